#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# The manual pages say what the program says: a page for each command, in the same words; the options of each, no more and
# no fewer, in its list and in its synopsis; no option and no page is named that is not there.
set -u

program=$PWD/pullstorm
doc=$(CDPATH='' cd -- "${srcdir:-.}/doc" && pwd)
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
not_in program
cd "$work" || exit 1

same() { # same NAME: the files "expected" and "found" are alike but for the order
    sort -u expected >expected.sorted
    sort -u found >found.sorted
    diff expected.sorted found.sorted >out
    ok $? "$1"
}

# section PAGE NAME: its source without fonts and escapes
section() {
    awk -v name=".SH $2" '/^\.SH/ { on = $0 == name; next } on' "$1" | sed 's/\\f[A-Z]//g; s/\\-/-/g; s/\\(.*/ /; s/"//g'
}
# options: those in what is read, one a line, with their hyphens
options() {
    grep -oE -- '(^|[^a-z0-9-])--?[a-z][a-z0-9-]*' | sed 's/^[^-]*//'
}
# of_help: the heads of the list of options in a help of ours or of Python, without what is said of them
of_help() {
    sed -n 's/^  \(-.*\)/\1/p' | sed 's/   *.*//' | options
}

"$program" --help >help
sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\)  *\(.*\)/\1 \2/p' help >commands
[ "$(wc -l <commands)" -ge 12 ]
ok $? "commands are found in the help"

cut -d' ' -f1 commands | sed 's/^/pullstorm-/' >expected
for page in "$doc"/pullstorm-*.1; do basename "$page" .1; done >found
same "each command has a page, and each page a command"
section "$doc/pullstorm.1" COMMANDS | sed -n 's/^\.BR \(pullstorm-[a-z]*\) (1)$/\1/p' >found
same "pullstorm(1) lists each"
sed 's/^/pullstorm-/; s/ / - /' commands >expected
for page in "$doc"/pullstorm-*.1; do section "$page" NAME; done >found
same "what they are is said in the same words"

: >all
while read -r command _; do
    page=$doc/pullstorm-$command.1
    [ -f "$page" ] || continue
    if ! "$program" "$command" --help >help 2>out; then
        grep -q 'Python 3' out # plot and report have their help from it
        ok $? "the help of $command is not there without Python"
        continue
    fi
    of_help <help >expected
    cat expected >>all
    section "$page" OPTIONS | awk '/^\.TP/ { getline; print }' | options >found
    same "the page of $command has its options"
    # One that has a short name stands in the synopsis by that.
    sed -n 's/^  \(-.*\)/\1/p' help | sed 's/   *.*//' | while read -r head; do
        echo "$head" | options | head -n 1
    done | grep -vx -e -h >expected
    section "$page" SYNOPSIS | options >found
    same "... and the synopsis, too"
    case $command in plot | report)
        for text in help "$page"; do
            tr -s ' \n' '  ' <"$text" | grep -q 'a run, a study, a plan or a comparison'
            ok $? "$(basename "$text"): of what results $command is"
        done
        ;;
    esac
done <commands

# Three are those of sbatch, which sweep hands on; one is of the program alone.
printf '%s\n' --partition --mem --cpus-per-task --version >>all
for page in "$doc"/pullstorm*.[15]; do
    sed 's/\\f[A-Z]//g; s/\\-/-/g; /^\.\\"/d' "$page" | options | grep -e -- | sort -u >named
    sort -u all | comm -13 - named | sed "s|^|$(basename "$page"): |"
done >out
[ ! -s out ]
ok $? "no page names an option that does not exist"
for page in "$doc"/pullstorm*.[15]; do
    sed -n 's/^\.[BIR]*  *(* *\(pullstorm[a-z\\-]*\) (\([1-9]\)).*/\1.\2/p' "$page" | sed 's/\\-/-/g' | while read -r other; do
        [ -f "$doc/$other" ] || echo "$(basename "$page"): $other"
    done
done >out
[ ! -s out ]
ok $? "no page refers to one that does not exist"

done_testing
