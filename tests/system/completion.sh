#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Completion in bash: what is offered for a line as bash hands it over, its words taken apart at "=" as COMP_WORDBREAKS says.
# COMPLETION names the file, if not that of the source; PROGRAM the program, if not that of the build.
set -u

program=${PROGRAM:-$PWD/pullstorm}
completion=${COMPLETION:-$(cd "${srcdir:-.}" && pwd)/scripts/completion/pullstorm}
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
not_in program
mkdir "$work/bin" "$work/here" && ln -s "$program" "$work/bin/pullstorm" && cd "$work/here" || exit 1
mkdir storms "a result"
touch storm.ini "my storm.ini" notes.txt storms/deep.ini

offered() { # offered WORD...: sorted, in found; the last word is that under the cursor
    PATH=$work/bin:$PATH bash --norc --noprofile -c '
        # shellcheck disable=SC1090
        . "$1"
        shift
        function=$(complete -p pullstorm | sed "s/.*-F \([^ ]*\) .*/\1/")
        COMP_WORDS=(pullstorm "$@") COMP_CWORD=$# COMP_LINE="pullstorm $*"
        COMP_POINT=${#COMP_LINE} COMPREPLY=()
        "$function" pullstorm "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        [ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' bash "$completion" "$@" 2>"$work/err" | sort >"$work/found"
}
offers() { # offers "WORD WORD..." FOR: exactly these
    tr ' ' '\n' <<<"$1" | grep . | sort >"$work/words"
    diff "$work/words" "$work/found" >"$work/expected" && [ ! -s "$work/err" ]
    ok $? "$2" "$work/expected" "$work/err"
}
has() { # has WORD...: these among others
    local word
    : >"$work/expected"
    for word in "$@"; do grep -qxF -e "$word" "$work/found" || echo "without $word" >>"$work/expected"; done
    [ ! -s "$work/expected" ] && [ ! -s "$work/err" ]
}

offered ''
offers "$("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | tr '\n' ' ')--help --version" "commands"
offered sw
offers sweep "a command that is begun"
for command in $("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    "$program" "$command" --help >"$work/help" 2>/dev/null || continue # plot and report without Python
    offered "$command" -
    # shellcheck disable=SC2046 # words
    has --help $(sed -n 's/^  \(-.*\)/\1/p' "$work/help" | sed 's/   *.*//' | grep -o -e '--[a-z][a-z-]*')
    ok $? "options of $command"
done
offered sweep --until
offers --until "an option that is begun"
offered run --quiet --pcap-
offers --pcap-devices "... behind one without a value"
offered run sto
offers "storm.ini storms" "scenarios, and folders that may have some"
offered run ''
has storm.ini "my storm.ini" storms "a result" && ! has notes.txt
ok $? "... and no other file"
offered decode no
offers notes.txt "any file for decode"
offered run storm.ini -o st
offers "storm.ini storms" "files behind -o"
offered run storm.ini -s ue.muk_e
offers ue.muk_expired= "a key behind -s"
offered run storm.ini --set = ue.muk_e
offers ue.muk_expired= "... and behind --set="
offered run storm.ini -s run.engine = ''
offers "native ns3" "words of a key"
offered run storm.ini -s pull.pacing = p
offers poisson "... that are begun"
offered run storm.ini -s ue.count = ''
offers "$("$program" keys --format csv | sed -n 's/^ue,count,[^,]*,[^,]*,\([^,]*\),.*/\1/p')" "the default of a number"
offered run storm.ini -s ue.count=5 -s pull.r
has pull.rate=
ok $? "a further -s"
offered plan storm.ini --vary bmsc.wor
offers bmsc.workers= "a key behind --vary"
offered plan storm.ini --target "'time_to_key_p99"
has time_to_key_p99_s
ok $? "a metric in a target"
offered plan storm.ini --target "'time_to_key_p99_s <= 10 and ues_without"
[ "$(cat "$work/found")" = "time_to_key_p99_s <= 10 and ues_without_key" ]
ok $? "... behind what stands there"
offered sweep storm.ini --only pull.ra
has pull.rate
ok $? "a key in a condition"
offered load storm.ini --format ''
offers "text csv" "words of an option"
offered keys --format ''
offers csv "... if it is one"
offered run storm.ini --engine = n
offers "native ns3" "... and behind its ="
offered keys ''
offers '' "nothing where nothing may stand"
offered run storm.ini --seed ''
offers '' "nothing for a number"
if "$program" plot --help >/dev/null 2>&1; then
    offered plot 'a r'
    [ "$(cat "$work/found")" = "a result" ]
    ok $? "the folder of a result"
    offered plot st
    offers storms "... and no file"
    offered plot . --metric update_p99_s,ues_keyed_r
    offers update_p99_s,ues_keyed_ratio "a further metric"
    offered plot . --format svg,p
    offers "svg,png svg,pdf" "kinds of pictures"
    offered plot . --log ''
    offers "x y xy" "axes"
fi

done_testing
