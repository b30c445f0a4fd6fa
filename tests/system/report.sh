#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# scripts/report: what it says, that it is one file of its own and the same on every call; in a browser, that it can be
# read and used.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/results_common.sh
. "$srcdir/tests/system/results_common.sh"

# contains FILE TEXT...: texts of a page, spaces that do not break taken for others
contains() {
    sed 's/\xc2\xa0/ /g' "$1" >"$work/text"
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$work/text" || {
            echo "without: $text" >"$work/out"
            return 1
        }
    done
}

# --- tables that are copies of what the program says
mkdir "$work/tables" && "$srcdir/scripts/pullstorm_results/renew-tables" ./pullstorm "$work/tables"
for list in keys metrics; do
    diff "$srcdir/scripts/pullstorm_results/$list.csv" "$work/tables/$list.csv" >"$work/out"
    ok $? "scripts/pullstorm_results/$list.csv is what the program says (if not: make report-tables)"
done

# --- a run
runs storm access.loss=1% && script report "$work/storm"
ok $? "a report of a run"
page=$work/storm/report.html
contains "$page" "<h1>storm</h1>" "of 2 000 UEs" "hold the new MSK; the storm took" "It queued most at the BM-SC" \
    "answers 503 of the BM-SC (" "<noscript><svg" "bmsc.queue_limit" "reached its limit of 200 jobs" "Servers" \
    "pullstorm run" "access.loss" "keys have their default" "time_to_key_p99_s" "fingerprint"
ok $? "it has summary, warnings, scenario, plots, tables and how to repeat it"
fingerprint=$(sed -n 's/.*"fingerprint": "\(.*\)".*/\1/p' "$work/storm/manifest.json")
[ -n "$fingerprint" ] && contains "$page" "$fingerprint"
ok $? "the fingerprint is that of the manifest"
! grep -oE '(src|href|url\()[="'\'']*https?:[^" ]*|@import' "$page" >"$work/out"
ok $? "it loads nothing from elsewhere"
[ "$(wc -c <"$page")" -lt 1000000 ]
ok $? "it is small: $(wc -c <"$page") bytes"
script report "$work/storm" -o "$work/again.html" && cmp "$page" "$work/again.html" >"$work/out" 2>&1
ok $? "the same bytes on every call"
"$python" - "$page" >"$work/out" 2>"$work/err" <<'END'
import html.parser, sys
open_tags, void = [], {"meta", "link", "br"}
class Check(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        if tag not in void: open_tags.append(tag)
    def handle_startendtag(self, tag, attributes): pass
    def handle_endtag(self, tag):
        assert open_tags.pop() == tag, f"{self.getpos()}: </{tag}>"
Check().feed(open(sys.argv[1], encoding="utf-8").read())
sys.exit(f"open: {open_tags}" if open_tags else 0)
END
ok $? "every element is closed"

runs lost access.loss=100% && script report "$work/lost" &&
    contains "$work/lost/report.html" "None of the 2 000 UEs holds the new MSK" "2 000 UEs (100 %) do not hold the new MSK"
ok $? "a run in which no UE got its key"
runs easy bmsc.workers=20 pull.rate=100/s ue.muk_expired=0 && script report "$work/easy" &&
    contains "$work/easy/report.html" "2 000 of 2 000 UEs (100 %)" "Nothing was refused." "No UE bootstrapped." &&
    ! grep -q 'id="warnings"' "$work/easy/report.html"
ok $? "a run without trouble has no warnings"
runs single ue.count=1 ue.cells=1 && script report "$work/single" && contains "$work/single/report.html" "1 of 1 UE holds"
ok $? "a run of one UE"
runs fine output.interval=1ms && script report "$work/fine" &&
    [ "$(wc -l <"$work/fine/timeseries.csv")" -gt 5000 ] && [ "$(wc -c <"$work/fine/report.html")" -lt 1500000 ]
ok $? "long series are thinned out: $(wc -l <"$work/fine/timeseries.csv") rows"

# --- studies and plans
study two && script report "$work/two" &&
    contains "$work/two/report.html" "Made-up storms &lt;&amp;&gt;" "30 points, 150 finished runs" "Points: mean ±" \
        "[axis rate]"
ok $? "a report of a study"
study failed && script report "$work/failed" &&
    contains "$work/failed/report.html" "7 runs of 25 failed" "No run is finished at point 5" "failed: timeout 600s"
ok $? "failed runs are told"
study thirty && script report "$work/thirty" && contains "$work/thirty/report.html" "wider than ±10 % of the mean"
ok $? "wide intervals are told"
rm -rf "$work/single" && study single && script report "$work/single" &&
    contains "$work/single/report.html" "One run per point"
ok $? "one replication is told"
study plans && script report "$work/plans" &&
    contains "$work/plans/report.html" "bmsc.workers=1..16: the smallest for which this holds was looked for: time_to_key_p99_s &lt; 2s." \
        "--vary bmsc.workers=1..16 --replications 2..5" "Answers" \
        "neighbour" "is not sure with 95 % confidence at point 3"
ok $? "a report of a plan"

# --- mistakes
refused 2 "no folder" report "$work/nothing"
refused 2 "no result" report "$work"
refused 2 "no argument" report
refused 1 "an output file below a file" report "$work/two" -o "$work/storm.ini/r.html"
refused 1 "an output file in no folder" report "$work/two" -o "$work/nothing/r.html"
mkdir "$work/taken"
refused 1 "a folder in place of the output file" report "$work/two" -o "$work/taken"
cp -R "$work/two" "$work/damaged" && rm "$work/damaged/report.html" &&
    sed '3s/,[^,]*$//' "$work/two/study.csv" >"$work/damaged/study.csv"
refused 2 "a damaged study" report "$work/damaged"
grep -q "study.csv: line 3" "$work/err" && [ ! -e "$work/damaged/report.html" ]
ok $? "... with file and line, and nothing is made"
(
    ulimit -f 8
    script report "$work/two" -o "$work/taken/r.html"
)
[ $? = 1 ] && [ -z "$(ls -A "$work/taken")" ]
ok $? "a full disk: exit 1, no half file"

# --- in a browser
"$python" "$here/report_browser.py" "$page" "$work/two/report.html" "$work/failed/report.html" "$work/plans/report.html" \
    "$work/thirty/report.html" >"$work/browser" 2>"$work/err"
status=$?
if [ $status = 77 ]; then
    skip "in a browser" "no chromium, chromedriver or python3-selenium, or they do not start"
else
    while read -r line; do
        case $line in
        "ok - "*) ok 0 "${line#ok - }" ;;
        "not ok - "*) ok 1 "${line#not ok - }" ;;
        *) echo "$line" ;;
        esac
    done <"$work/browser"
    ok $status "the browser got through"
fi

echo "1..$tests"
