#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# make installcheck, of the program: what a user does, from what is installed and nothing else. Arguments: folders of the
# program, of its data, of manual pages, of documents, of completion in bash ("no": none). With DESTDIR, they are taken
# from there. Nothing here is read from the source; the environment is that of a new login, the folder is another one.
set -eu

bin=${DESTDIR:-}$1
data=${DESTDIR:-}$2
man=${DESTDIR:-}$3
doc=${DESTDIR:-}$4
completion=no
[ "$5" = no ] || completion=${DESTDIR:-}$5/pullstorm
# shellcheck source=tests/tap/tap.sh
. "$(dirname "$0")/../tap/tap.sh"
# shellcheck disable=SC2317 # called by tap.sh
at_end() {
    chmod -R u+w "$work"
}
cd "$work"

# A copy elsewhere, so that whatever is found is found from the program itself.
moved=$work/moved
mkdir -p "$moved$1" "$moved$2"
cp "$bin/pullstorm" "$moved$1/"
cp -R "$data/scripts" "$moved$2/"
chmod -R a-w "$moved"
find "$moved" | sort >before

clean() { # clean COMMAND...: with nothing of our environment
    env -i HOME="$work" PATH="${at:-$bin}:/usr/local/bin:/usr/bin:/bin" TERM=dumb LANG=C.UTF-8 ${PYTHON:+PYTHON="$PYTHON"} "$@"
}
done_with() { # what fails ends the script: it has all been done
    ok 0 "$*"
}

scenario=$data/scripts/scenarios/solicited-pull.ini
clean pullstorm check "$scenario" >checked 2>&1
clean pullstorm load "$scenario" >loaded
clean pullstorm keys --format csv | grep -q '^ue,count,'
clean pullstorm metrics --format csv | grep -q '^summary.csv,time_to_key_p99_s,'
clean pullstorm run "$scenario" -s ue.count=20 -s ue.cells=1 -o run --quiet
test -s checked && test -s loaded && test -s run/summary.csv
done_with "check, load, keys, metrics, run"
echo '010105007b95d0f400010602000000770900003e5a7068675746556173593148445736586f5a595977413d3d406273662e6d6e633030312e
6d63633030312e7075622e336770706e6574776f726b2e6f726700018b6c7b19fdd19db8161d99405567ac953216ba87' |
    clean pullstorm decode - | grep -q 'bsf.mnc001.mcc001.pub.3gppnetwork.org'
done_with "decode"

printf '[ue]\ncount = 20\ncells = 2\n[pull]\nrate = 20/s\n' >small.ini
printf '[study]\nbase = small.ini\nreplications = 2\n[axis workers]\nbmsc.workers = 1, 2\n' >study.ini
[ "$(clean pullstorm expand study.ini --count)" = 4 ]
clean pullstorm sweep study.ini -o study --quiet
clean pullstorm collect study.ini -o study >/dev/null
test -s study/study.csv
clean "$data/scripts/sweep" study.ini -o other --quiet
cmp study/study.csv other/study.csv
done_with "expand, sweep, collect; scripts/sweep"
clean pullstorm plan study.ini --target 'ues_without_key <= 20' --vary ue.muk_expired=0,1 -o plan --quiet >/dev/null
test -s plan/plan.csv
done_with "plan"

# Where there is no Python for them, plot and report say so, and what would help.
if clean pullstorm plot run -o first --format svg >out 2>err; then
    test -n "$(ls first)"
    clean "$data/scripts/report" study >/dev/null
    test -s study/report.html
    done_with "plot, report; scripts/report"
    at=$moved$1
    clean pullstorm plot run -o second --format svg >/dev/null
    clean "$moved$2/scripts/plot" study --format svg --metric time_to_key_p99_s --only 'bmsc.workers == 2' >/dev/null
    at=
    diff -r first second
    test -s study/plots/time_to_key_p99_s.svg
    done_with "the same from a prefix that was moved and that nobody may write to"
else
    grep -q 'python3-matplotlib' err
    done_with "plot tells what it lacks: $(cat err)"
fi
find "$moved" | sort | cmp - before
done_with "nothing is written where it is installed"

for command in $(clean pullstorm --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    test -s "$man/man1/pullstorm-$command.1"
done
test -s "$man/man1/pullstorm.1"
for page in pullstorm-scenario pullstorm-study; do test -s "$man/man5/$page.5"; done
if command -v man >/dev/null; then
    MANPATH=$man man -w pullstorm-sweep >/dev/null
    MANPATH=$man man -w 5 pullstorm-study >/dev/null
fi
done_with "manual pages"
for file in README.md CHANGELOG.md models/README.md models/LOAD.md models/CONFORMANCE.md results/README.md; do
    test -s "$doc/$file"
done
# What documents lead to is there, too; other addresses than of files have a colon, places in the same page a # first.
(
    cd "$doc"
    grep -roE '\]\([^)]+' --include='*.md' . >"$work/links"
    while IFS= read -r found; do
        target=${found#*](}
        case $target in *:* | '#'*) continue ;; esac
        [ -e "$(dirname "${found%%:*}")/${target%%#*}" ] || echo "$found"
    done <"$work/links"
) >absent
cat absent
test ! -s absent
done_with "documents and reference studies"
if [ "$completion" != no ] && command -v bash >/dev/null; then
    # shellcheck disable=SC2016 # for that bash
    [ "$(clean bash --norc --noprofile -c '
        . "$1"
        COMP_WORDS=(pullstorm run x.ini -s run.eng) COMP_CWORD=4
        "$(complete -p pullstorm | sed "s/.*-F \([^ ]*\) .*/\1/")"
        echo "${COMPREPLY[@]}"' bash "$completion")" = run.engine= ]
    done_with "completion in bash"
fi
done_testing
