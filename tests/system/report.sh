#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# pullstorm report: what it says, that it is one file of its own and the same on every call; in a browser, that it can be
# read and used.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/results_common.sh
. "$srcdir/tests/system/results_common.sh"

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
contains "$page" "<h1>storm</h1>" "of 2 000 UEs" "hold the new MSK; the storm took" "The bottleneck is the BM-SC" \
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
without_times "$work/lost/summary.csv" && script report "$work/lost" &&
    contains "$work/lost/report.html" "None of the 2 000 UEs holds the new MSK" "<td>no value</td>"
ok $? "... and its times have no value"
runs easy bmsc.workers=20 pull.rate=100/s ue.muk_expired=0 && script report "$work/easy" &&
    contains "$work/easy/report.html" "2 000 of 2 000 UEs (100 %)" "Nothing was refused." "No UE bootstrapped." &&
    ! grep -q 'id="warnings"' "$work/easy/report.html"
ok $? "a run without trouble has no warnings"
runs calm pull.rate=150/s ue.count=4k && script report "$work/calm" && ! grep -q 'was saturated' "$work/calm/report.html"
ok $? "a worker that is often busy when looked at, but has no queue, is not told to be saturated"
runs single ue.count=1 ue.cells=1 && script report "$work/single" && contains "$work/single/report.html" "1 of 1 UE holds"
ok $? "a run of one UE"
runs fine output.interval=1ms && script report "$work/fine" &&
    [ "$(wc -l <"$work/fine/timeseries.csv")" -gt 5000 ] && [ "$(wc -c <"$work/fine/report.html")" -lt 1500000 ]
ok $? "long series are thinned out: $(wc -l <"$work/fine/timeseries.csv") rows"
runs long ue.count=20 ue.cells=2 pull.rate=0.0001/s run.end=30d && modest 400 report "$work/long" &&
    [ "$(wc -c <"$work/long/report.html")" -lt 1500000 ]
ok $? "... also when they are read: $(wc -l <"$work/long/timeseries.csv") rows"

# --- studies and plans
study two && script report "$work/two" &&
    contains "$work/two/report.html" "Made-up storms &lt;&amp;&gt;" "30 points, 150 finished runs" \
        "Points: estimate (95 % interval)" \
        "[axis rate]"
ok $? "a report of a study"
contains "$work/two/report.html" "The BM-SC was saturated: busy for more than 95 % of the time, queue at its limit" \
    "answers 503 (http_503, up to 58 041 a run on average: full itself, or the BSF was busy) at points 7, 13, 14, 19 to 21 and 25 to 28."
ok $? "servers that could not take it are told, and at which points"
for name in implosion expiry radio; do
    script report "$srcdir/results/$name" -o "$work/$name.html"
done
# The largest mean of the table, in groups of three digits.
refused=$("$python" -c 'import csv, sys
most = max(float(row["http_503_mean"]) for row in csv.DictReader(sys.stdin))
print(format(most, ",.0f").replace(",", " "))' <"$srcdir/results/implosion/study.csv")
contains "$work/implosion.html" "queue at its limit (bmsc.queue_limit)" "http_503, up to $refused a run" &&
    contains "$work/expiry.html" "The BSF: answers 503 (ub_503, up to" "or the HSS was busy or silent)" &&
    ! grep -q 'saturated\|refused\|answers 503' "$work/radio.html"
ok $? "... those of the reference studies"
study many && script report "$work/many" && contains "$work/many/report.html" "8 of 12 shown. The table below has all"
ok $? "plots left out are told"
study unkeyed && script report "$work/unkeyed" &&
    contains "$work/unkeyed/report.html" "from 506 ms [" "No value at point 3, as no UE got the key."
ok $? "points at which no UE got the key are told"
study nobody && script report "$work/nobody" &&
    contains "$work/nobody/report.html" "(time_to_key_p99_s): no value, as no UE got the key." && ! grep -q NaN "$work/nobody/report.html"
ok $? "... also if it got one nowhere"
study begun && script report "$work/begun" &&
    contains "$work/begun/report.html" " at the one point that is finished." \
        "no run of points 1, 2, 4 and 5: left out with --only, or not made yet"
ok $? "one finished point is not everywhere"
contains "$work/two/report.html" ">pullstorm sweep study.ini -o results/again<" &&
    study fewer && script report "$work/fewer" &&
    contains "$work/fewer/report.html" ">pullstorm sweep study.ini --replications 3 -o results/again<"
ok $? "how to repeat it has the number of replications"
study names && script report "$work/names" && study curves && script report "$work/curves" &&
    contains "$work/names/report.html" "<td>from \$5 to \$6</td>" "<td>inf</td>" "<td>&lt;/script&gt;&lt;b&gt;&amp;amp;</td>"
ok $? "names are texts, whatever they mean elsewhere"
study until && script report "$work/until" &&
    contains "$work/until/report.html" "Points have 5 to 9 replications, the study file has 5: more were made" \
        "(METRIC) &lt; P%&#x27; --replications 5..9 -o results/again<"
ok $? "... or from where to where they go"
study part && script report "$work/part" && contains "$work/part/report.html" "There is no run of point 2: left out with --only"
ok $? "... and what was left out"
study failed && script report "$work/failed" &&
    contains "$work/failed/report.html" "7 runs of 25 failed" "No run is finished at point 5" "failed: timeout 600s"
ok $? "failed runs are told"
study thirty && script report "$work/thirty" && contains "$work/thirty/report.html" "wider than ±10 % of what is estimated"
ok $? "wide intervals are told"
rm -rf "$work/single" && study single && script report "$work/single" &&
    contains "$work/single/report.html" "One run per point"
ok $? "one replication is told"
study plans && script report "$work/plans" &&
    contains "$work/plans/report.html" "bmsc.workers=1..16: the smallest for which this holds was looked for: time_to_key_p99_s &lt; 2s." \
        "--vary bmsc.workers=1..16 --replications 2..5" "Answers" \
        "neighbour" "is not sure with 95 % confidence at point 3" \
        "With pull.rate = 1000/s the smallest bmsc.workers that meets the target is 3: the 99th" "; with 2 it is 13.4 s ("
ok $? "a report of a plan"
study both && script report "$work/both" &&
    contains "$work/both/report.html" "30 points, 150 finished runs" "Plan made in the same folder" \
        "The smallest bmsc.workers that meets the target is 3" 'id="plot-plan_time_to_key_p99_s"' "pullstorm plan study.ini" \
        'data-chart="8"'
ok $? "a report of a study and of a plan in its folder has both"

# --- mistakes
refused 2 "no folder" report "$work/nothing"
refused 2 "no result" report "$work"
refused 2 "no argument" report
for option in -o --output; do refused 2 "$option ''" report "$work/two" "$option" ''; done
refused 2 "a folder without a name" report ''
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

# --- killed
killed report "$work/storm" && [ "$(find "$work/storm" -maxdepth 1 -type f -name '.*' | wc -l)" = 1 ]
ok $? "a report is killed, and leaves a hidden file"
cp -R "$work/storm" "$work/again"
script report "$work/storm" && [ -z "$(find "$work/storm" -maxdepth 1 -type f -name '.*')" ]
ok $? "... which goes with the next call"
./pullstorm run "$work/storm.ini" -o "$work/again" --force --quiet >"$work/out" 2>"$work/err" &&
    [ -z "$(find "$work/again" -name '.*')" ] && [ ! -e "$work/again/report.html" ]
ok $? "... or with the next run"

# --- in a browser
"$python" "$here/report_browser.py" "$page" "$work/two/report.html" "$work/failed/report.html" "$work/plans/report.html" \
    "$work/thirty/report.html" "$work/both/report.html" "$work/nobody/report.html" "$work/names/report.html" "$work/curves/report.html" >"$work/browser" 2>"$work/err"
status=$?
if [ $status = 77 ]; then
    skip "in a browser" "no chromium, chromedriver or python3-selenium, or they do not start"
else
    while read -r line; do
        case $line in
        "ok "*) ok 0 "${line#* - }" ;;
        "not ok "*) ok 1 "${line#* - }" ;;
        1..*) ;;
        *) echo "$line" ;;
        esac
    done <"$work/browser"
    ok $status "the browser got through"
fi

done_testing
