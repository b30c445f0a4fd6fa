#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# README, "What a planner asks": each command of its table as it stands, with a smaller small.ini, ends well and says
# what answers the question. And each key and metric that README's tables of questions name is there. TAP.
set -u
srcdir=$(CDPATH='' cd -- "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 1
PATH=$(pwd):$PATH
# shellcheck source=tests/tap/tap.sh
. "$srcdir/tests/tap/tap.sh"
not_in program
cd "$work" || exit 1
touch out err

printf '[ue]\ncount = 500\ncells = 20\nmuk_expired = 100%%\n' >small.ini
sed -n '/^| question | command | what answers it |$/,/^$/p' "$srcdir/README.md" | sed -n '3,$s/^| \(.*\) | `\(.*\)` | \(.*\) |$/\1\t\2\t\3/p' >asked
tab=$(printf '\t')
while IFS=$tab read -r question command answer; do
    sh -c "$command" >out 2>err </dev/null && grep -qF -- "$answer" out
    ok $? "$question"
done <asked
rows=$(sed -n '/^| question | command | what answers it |$/,/^$/p' "$srcdir/README.md" | grep -c '^| .*?')
[ "$rows" -gt 5 ] && [ "$rows" = "$(wc -l <asked)" ]
ok $? "the table was read whole ($rows rows)"

pullstorm metrics --format csv | cut -d, -f2 >known # the keys are columns, too
# shellcheck disable=SC2016 # the backticks are those of README
grep -oE '^\| [^|]* \| [^|]*`[^|]* \|$' "$srcdir/README.md" | grep -oE '`[a-z0-9]+[._][a-z0-9._]*[a-z0-9]`' | tr -d '`' |
    grep -vE '\.(csv|json|pcap|ini)$' | sort -u >named
grep -vxFf known named >out
[ "$(wc -l <named)" -gt 60 ] && [ ! -s out ]
ok $? "the keys and metrics in README's tables are there ($(wc -l <named))"
done_testing
