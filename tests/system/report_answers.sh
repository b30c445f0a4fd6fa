#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# pullstorm report: what a page opens with. The verdict of a storm, the bottleneck, offered load and the cost of a UE, the
# answer with its interval; and a page without the program that knows the load.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/results_common.sh
. "$srcdir/tests/system/results_common.sh"
PULLSTORM=$(pwd)/pullstorm
export PULLSTORM

# in_order FILE TEXT...: one behind the other
in_order() {
    "$python" - "$@" >"$work/out" 2>&1 <<'END'
import sys
page, at = open(sys.argv[1], encoding="utf-8").read().replace("\u00a0", " "), 0
for text in sys.argv[2:]:
    at = page.find(text, at)
    if at < 0:
        sys.exit(f"not there, or too early: {text}")
END
}

# storm NAME [KEY=VALUE]...: a run of operator.ini into $work/NAME, and its report
cat >"$work/operator.ini" <<'END'
[ue]
count = 4k
cells = 4
muk_expired = 25%
[pull]
rate = 1000/s
[bmsc]
workers = 6
service_time = exp(3ms)
[bsf]
workers = 4
[hss]
workers = 3
END
storm() {
    result=$1
    shift
    for key in "$@"; do
        set -- "$@" -s "$key"
        shift
    done
    ./pullstorm run "$work/operator.ini" -o "$work/$result" --quiet "$@" >"$work/out" 2>"$work/err" &&
        script report "$work/$result"
}

# --- the verdict
storm calm pull.rate=1050/s && contains "$work/calm/report.html" '<div class="answer calm">' \
    "Calm: no job waited longer than 1 s for a worker" && ! grep -q 'id="warnings"' "$work/calm/report.html"
ok $? "a healthy storm at 90 % has no warning"
in_order "$work/calm/report.html" "4 000 UEs in 4 cells are to fetch a new key" "How soon do all UEs hold the new key" \
    "Calm:" "All 4 000 UEs hold the new key" "99 % of all after" "The bottleneck is the HSS" "one draw of chance" \
    "Offered load, and what one UE costs" "Summary" "Plots"
ok $? "scenario, question, answer and how sure it is stand before all evidence"
storm collapse pull.rate=700/s hss.workers=1 diameter.timeout=1s ue.muk_expired=30% 'hss.service_time=fixed(10ms)' &&
    contains "$work/collapse/report.html" '<div class="answer collapsed">' "without a break nothing useful was served" \
        "The HSS was busy for those who had already stopped waiting"
ok $? "a collapse cannot be missed"

# --- the bottleneck is where load is highest, not where most waited
storm behind ue.count=6k pull.rate=350/s bmsc.workers=2 bsf.workers=1 bsf.queue_limit=12 hss.workers=1 \
    'hss.service_time=exp(10ms)' && contains "$work/behind/report.html" "The bottleneck is the BSF" \
    "Waits were longer at the HSS, behind it" && ! grep -q "The bottleneck is the HSS" "$work/behind/report.html"
ok $? "the BSF is the bottleneck, though more waited at the HSS"

# --- offered load
./pullstorm load "$work/operator.ini" --format csv -s pull.rate=1050/s >"$work/load.csv" 2>"$work/err"
"$python" - "$work/load.csv" "$work/calm/report.html" >"$work/out" 2>&1 <<'END'
import csv, re, sys
load = {row["name"]: row["value"] for row in csv.DictReader(open(sys.argv[1], newline=""))}
page = open(sys.argv[2], encoding="utf-8").read().replace("\u00a0", " ")
table = page[page.index("<caption>Cost of one UE") :]
for prefix, name in (("bmsc", "BM-SC"), ("bsf", "BSF"), ("hss", "HSS")):
    row = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', table)[1]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
    work, workers = float(load[f"{prefix}_work_s"]), float(load[f"{prefix}_workers"])
    assert abs(float(cells[0].split()[0]) / 1000 / work - 1) < 0.006, (name, cells)  # ms, three digits
    assert abs(float(cells[3].split()[0]) - 100 * 1050 * work / workers) < 0.06, (name, cells)  # rate * work / workers
    assert int(cells[4].replace(" ", "")) == int(workers / work), (name, cells)
END
ok $? "the table has the work of a UE, rate * work / workers, and workers / work"
PULLSTORM=$work/nothing "$python" -B "$srcdir/scripts/pullstorm_results" report "$work/calm" -o "$work/alone.html" \
    >"$work/out" 2>"$work/err" &&
    contains "$work/alone.html" "The offered load is not in this report: the program pullstorm, which works it out, was not found" \
        "The bottleneck is the HSS" "Calm:"
ok $? "a page without the program says what it lacks, and has the rest"

# --- a study with variants
cat >"$work/study.ini" <<'END'
[study]
base = operator.ini
description = Does it pay to be patient?
replications = 4
metrics = update_p99_s, hss_queue_max, ues_keyed_ratio
[set]
ue.count = 4k
[axis rate]
pull.rate = 500/s, 2k/s
[variant patient]
diameter.timeout = 5s
[variant hasty]
diameter.timeout = 500ms
END
./pullstorm sweep "$work/study.ini" -o "$work/study" >"$work/out" 2>"$work/err" && script report "$work/study" &&
    in_order "$work/study/report.html" "4 000 UEs in 4 cells" "500/s to 2000/s" "Does it pay to be patient?" \
        "Overloaded at points 2 and 4" "Calm at points 1 and 3: " "Time until 99 % of all UEs hold the key" \
        "By 4 runs a point" "bottleneck" "verdict by the load" "What one UE costs"
ok $? "a study opens with its question and answers it, with intervals"
# --- a plan
sed '/^\[variant/,$d' "$work/study.ini" >"$work/one.ini"
./pullstorm plan "$work/one.ini" --target 'update_p99_s <= 9' --vary 'hss.workers=1..6' --replications 2..2 \
    -o "$work/plan" --quiet >"$work/out" 2>"$work/err"
[ -e "$work/plan/plan.csv" ] && script report "$work/plan" &&
    in_order "$work/plan/report.html" "the HSS has 1 to 6 workers" "Does it pay to be patient? What is the smallest hss.workers" \
        "that meets the target is" "Offered load, and what one UE costs" "hss.workers = 1, the neighbour" "Answers"
ok $? "a plan opens with what was asked, the answer, and the load there"

done_testing
