#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# pullstorm plan of a scenario: windows between values of the grid, what it will take, offered load and verdict, two
# keys with prices. What it has to find follows from sums, as in studies.sh, which has the plans of studies.
set -u

program=$PWD/pullstorm
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
not_in program
cd "$work" || exit 1

# A UE takes 30 ms at the BM-SC: three workers are good for 100 a second. 300 UEs in 3.4 s from pull.start on take at
# least 90 a second; from more than 100 on the short queue turns UEs away, who come back too late.
cat >window.ini <<'EOF'
[ue]
count = 300
cells = 10
muk_expired = 0
[pull]
rate = 100/s
[bmsc]
workers = 3
service_time = fixed(20ms)
challenge_time = fixed(10ms)
mikey_time = fixed(0s)
queue_limit = 10
[tcp]
time_wait = 0s
[run]
end = 4400ms
EOF
rates='pull.rate=10/s..500/s step 5/s'
expect 0 "what a plan will take" plan window.ini --target 'ues_keyed_ratio >= 0.98' --vary "$rates" --dry-run \
    --replications 2..3 -j 1
# Nine of the grid, and halvings of a gap of twelve values.
says out "about 26 runs, usually at most 38; about" "... is said in runs"
says out " on 1 processor, at most " "... and in time"
[ ! -e results ]
ok $? "... and nothing is made"
expect 0 "a window of two among 99 values" plan window.ini --target 'ues_keyed_ratio >= 0.98' --vary "$rates" \
    --replications 2..2 -j 2
says err "about 26 runs, usually at most 34; about" "... and before it begins it says what it will take"
plan=results/window-plan/plan.csv
equals "$(cell $plan 1 status) $(cell $plan 1 window_low) $(cell $plan 1 window_high)" "window 95 100" \
    "... is found between values of the grid, in results/NAME-plan"
equals "$(cell $plan 1 below_failed), $(cell $plan 1 above_failed)" "ues_keyed_ratio >= 0.98, ues_keyed_ratio >= 0.98" \
    "... with what fails on either side"
says out "window: met from pull.rate = 95/s to 100/s; below, at pull.rate = 90/s: ues_keyed_ratio >= 0.98 fails; above, at pull.rate = 105/s: ues_keyed_ratio >= 0.98 fails" \
    "... in words"
says out "at pull.rate = 95/s: offered load 95 % (BM-SC); " "... and with the offered load"
says out "at pull.rate = 90/s: offered load 90 % (BM-SC); cut off in 2 of 2 runs" "... and what was cut off beside it"
equals "$(cell $plan 1 neighbour_verdict)" "cut off in 2 of 2 runs" "... in the table, too"
awk "BEGIN { exit !($(cell $plan 1 offered_ratio) > 0.945 && $(cell $plan 1 offered_ratio) < 0.955) }"
ok $? "... as is the offered load"
expect 0 "a load near 100 %" plan window.ini --target 'ues_keyed_ratio >= 0.5' --vary pull.rate=100.3/s,400/s \
    --replications 1..1 -o near --quiet
grep -q "at pull.rate = 100.3/s: offered load 100\.[0-9][0-9] % (BM-SC); " out
ok $? "... is told on which side of it"
# Nothing has 300 UEs served in 3.4 s where the workers are two.
expect 0 "a target that nothing meets" plan window.ini -s bmsc.workers=2 --target 'ues_keyed_ratio >= 0.98' \
    --vary "$rates" --replications 1..1 -j 2 -o none --quiet
says out "none of the 99 values of pull.rate from 10/s to 500/s meets the target as far as was looked: at " \
    "... is said with the number of looks"
says out " values were not looked at, the most of them in a row from " "... and with what was not looked at"
says out "nearest: pull.rate = " "... and what comes nearest"
[ ! -s err ]
ok $? "... and --quiet says nothing else"

# --- a scenario and what is set
expect 0 "settings" plan window.ini -s ue.count=100 -s bmsc.workers=9 -s 'bmsc.workers=2' -s run.seed=7 -o set --quiet \
    --target 'ues_keyed >= 1' --vary bmsc.queue_limit=10..11 --replications 1..1
[ "$(cat set/study.ini)" = "[study]
base = ./window.ini
title = window
seed = 7
[set]
ue.count = 100
bmsc.workers = 2" ]
ok $? "... are those of the study that is made of the scenario, the last of two; the seed is the study's"
expect 0 "the same again" plan window.ini -s ue.count=100 -s bmsc.workers=2 -s run.seed=7 -o set --quiet \
    --target 'ues_keyed >= 1' --vary bmsc.queue_limit=10..11 --replications 1..1
says out "0 runs made, 2 found" "... runs nothing"
expect 2 "other settings in the same folder" plan window.ini -s ue.count=101 -o set --quiet --target 'ues_keyed >= 1' \
    --vary bmsc.queue_limit=10..11
says err "has changed" "... are refused"
expect 2 "a wrong setting" plan window.ini -s ue.cuont=5 --target 'ues_keyed >= 1' --vary bmsc.workers=1..2
says err "did you mean" "... is named"
expect 2 "a setting of two lines" plan window.ini -s "ns3.attributes=a
[axis b]" --target 'ues_keyed >= 1' --vary bmsc.workers=1..2
printf '[study]\nbase = window.ini\n' >study.ini
expect 2 "a setting of a study" plan study.ini -s ue.count=5 --target 'ues_keyed >= 1' --vary bmsc.workers=1..2
says err "study.ini is a study, expected it in its [set]" "... is refused"
expect 2 "no such file" plan nothing.ini --target 'ues_keyed >= 1' --vary bmsc.workers=1..2
says err "nothing.ini" "... is named"

# --- overloaded at the answer: it holds for this number of UEs alone
over() { # over OPTION...
    expect 0 "an answer above 100 % $*" plan window.ini -s bmsc.workers=2 -s bmsc.queue_limit=1000 -s run.end=60s -o over \
        --quiet --target 'update_p99_s <= 6' --vary 'pull.rate=80/s..100/s step 20/s' --replications 2..2 "$@"
}
over
says out "at pull.rate = 80/s: offered load 120 % (BM-SC); " "... is told with its load"
says out "note: more is offered than can be done: more and more UEs wait as long as pulls go out, and the answer holds for ue.count = 300 only" \
    "... and with a warning"

# Without the column, as in results of another version, nobody knows how a run ended.
says out "calm in 2 of 2 runs" "... and with how the runs ended"
for folder in over/runs/*/; do
    sed -i '1s/,cut_off,/,cut_oof,/' "$folder/summary.csv"
    sed -i 's/"version": "[^"]*"/"version": "0.0.1"/' "$folder/manifest.json"
done
over --any-version
equals "$(grep -c '^  at pull.rate = 80/s: offered load 120 % (BM-SC)$' out) $(cell over/plan.csv 1 verdict)" "1 " \
    "... which is not said of results that do not tell"

# --- two keys. A bootstrap takes 50 ms at the HSS: five workers at 95 a second; the BM-SC needs three.
cat >two.ini <<'EOF'
[ue]
count = 400
cells = 10
muk_expired = 100%
[pull]
rate = 95/s
[bmsc]
service_time = fixed(20ms)
challenge_time = fixed(10ms)
mikey_time = fixed(0s)
[hss]
service_time = fixed(50ms)
[tcp]
time_wait = 0s
EOF
both='bmsc_wait_mean_s <= 0.02 and hss_wait_mean_s <= 0.02'
two() { # two STATUS NAME PRICE
    expect "$1" "$2" plan two.ini --target "$both" --vary bmsc.workers=1..12 --vary hss.workers=1..12 --quiet -j 2 \
        --replications 2..2 --cost "$3" -o two
}
two 0 "two keys with prices" '3*bmsc.workers + 10*hss.workers'
says out "cheapest that meets the target: bmsc.workers = 3, hss.workers = 5, cost 59 (" "... the cheapest combination"
says out "at bmsc.workers = 2, hss.workers = 5: bmsc_wait_mean_s <= 0.02 fails" "... one less of the first key fails"
says out "at bmsc.workers = 3, hss.workers = 4: hss_wait_mean_s <= 0.02 fails" "... and one less of the second"
equals "$(cell two/plan.csv 1 answer) $(cell two/plan.csv 1 answer2) $(cell two/plan.csv 1 cost) $(cell two/plan.csv 1 sought)" \
    "3 5 59 cheapest" "... in the table, too"
equals "$(head -n 1 two/frontier.csv)" "bmsc.workers,hss.workers,cost,meets,cheapest" "the frontier is a table"
# Whatever was not looked at and does not follow is empty.
awk -F, 'NR > 1 { n++; right = $1 >= 3 && $2 >= 5; if ($4 != "" && $4 != right || $3 != 3 * $1 + 10 * $2) bad++
    if (($5 == 1) != ($1 == 3 && $2 == 5)) bad++; empty += $4 == "" } END { exit bad || n != 144 || empty > 10 }' \
    two/frontier.csv
ok $? "... of all combinations, right wherever it says something"
looked=$(($(wc -l <two/plan_curve.csv) - 1))
says out "$looked of 144 combinations were looked at" "looks are counted ($looked)"
[ "$looked" -le 36 ]
ok $? "... and few"
# Three workers are enough at the BM-SC, five at the HSS: so it was made.
# (Where both are too few, one holds back what the other would get.)
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { failed = $at["failed"]
      if ($at["meets"] == "no") n++
      if ($at["meets"] == "yes" && failed != "") bad++
      if ($at["meets"] != "no") next
      few = $at["value"] < 3 ? "bmsc_wait_mean_s <= 0.02" : ""
      if ($at["value2"] < 5) few = few == "" ? "hss_wait_mean_s <= 0.02" : "both"
      if (few == "both" ? failed == "" : failed != few) bad++ }
    END { exit bad || n < 3 }' two/plan_curve.csv
ok $? "what fails stands beside each combination that was looked at"
# 20/s is too slow, from 100/s on UEs are turned away: nothing of the grid (20/s, 220/s, 420/s) meets it.
cat >band.ini <<'EOF'
[ue]
count = 400
cells = 2
muk_expired = 0
[bmsc]
workers = 1
service_time = fixed(10ms)
challenge_time = fixed(1ms)
queue_limit = 5
[run]
end = 5min
EOF
band() { # band DIR TARGET
    expect 0 "two keys, $2" plan band.ini -o "$1" --quiet -j 2 --replications 1..1 --target "$2" \
        --vary 'pull.rate=20/s..420/s step 20/s' --vary hss.workers=1..2 --cost 'pull.rate + 10 * hss.workers'
}
band band 'update_p99_s <= 18 and http_503 <= 40'
says out "cheapest that meets the target: pull.rate = 40/s, hss.workers = 1, cost 50 (" \
    "... a window between values of the grid is found"
says out "combinations were looked at; more of a key hurts somewhere, and all cheaper ones were looked at" \
    "... and no cheaper one is left"
band above 'update_p99_s <= 9 and http_503 <= 40'
equals "$(awk -F, 'NR > 1 && $4 != ""' above/frontier.csv | wc -l)" "$(($(wc -l <above/plan_curve.csv) - 1))" \
    "... nothing meets it, and the frontier says nothing of what was not looked at"
says out "nearest: pull.rate = 40/s, hss.workers = 2: update_p99_s <= 9 fails" "... and the nearest miss is told"
expect 0 "two keys, of one of which less is better" plan two.ini -o turned --quiet -j 2 --replications 1..1 \
    --target 'bmsc_wait_mean_s <= 0.02' --vary 'pull.rate=50/s,60/s,95/s,200/s' --vary bmsc.workers=1..4 \
    --cost '3*bmsc.workers - pull.rate / 50' -s hss.workers=8
says out "follow from these if more of bmsc.workers never hurts, nor less of pull.rate" "... what is taken to follow says so"
two 2 "another price in the same folder" 'bmsc.workers + hss.workers'
says err "answers another question" "... is refused"
wrong() { # wrong NAME TEXT WORD...
    name=$1
    text=$2
    shift 2
    expect 2 "$name" plan two.ini --target "$both" -o wrong "$@"
    says err "$text" "... is refused: $text"
}
a=bmsc.workers=1..4
b=hss.workers=1..4
wrong "two keys without prices" "expected --cost with the price of each" --vary $a --vary $b
wrong "prices of one key" "expected --vary twice" --vary $a --cost 'bmsc.workers'
wrong "three keys" "given 3 times, expected at most 2 keys" --vary $a --vary $b --vary bsf.workers=1..2
wrong "the same key twice" "bmsc.workers is varied already" --vary $a --vary bmsc.workers=5..6 --cost bmsc.workers
wrong "a price of another key" "did you mean" --vary $a --vary $b --cost 'bmsc.workers + bsf.workers'
wrong "a price without one key" "expected both varied keys" --vary $a --vary $b --cost '3 * bmsc.workers'
wrong "a condition as price" '--cost "bmsc.workers > 2 and hss.workers", at character 14: expected +, -, *, / or the end' \
    --vary $a --vary $b --cost 'bmsc.workers > 2 and hss.workers'
wrong "half a price" '--cost "bmsc.workers *", at character 15: expected a key' --vary $a --vary $b --cost 'bmsc.workers *'
wrong "a condition in parentheses as price" "expected a sum, not a condition" --vary $a --vary $b --cost '(bmsc.workers > hss.workers)'
wrong "a price that divides by 0" "divides by 0" --vary $a --vary $b --cost 'bmsc.workers / (hss.workers - 2)'
wrong "the largest of two keys" "expected none of --largest" --vary $a --vary $b --cost 'bmsc.workers+hss.workers' --largest
wrong "too many combinations" "more than 10000 combinations" --vary bmsc.workers=1..101 --vary hss.workers=1..100 \
    --cost 'bmsc.workers+hss.workers'
# Three of nine combinations are wrong, and neither the first nor the last of them all.
wrong "keys that bound each other" "point 1, ue.retry_base = 5s, ue.retry_cap = 2s: " --vary ue.retry_base=1s,5s,20s \
    --vary ue.retry_cap=2s,10s,64s --cost 'ue.retry_base + ue.retry_cap'
[ ! -e wrong ]
ok $? "... before anything runs"
printf '[study]\nbase = two.ini\n[axis a]\npull.rate = 50/s, 95/s\n' >axis.ini
expect 2 "two keys over a study with an axis" plan axis.ini --target "$both" --vary $a --vary $b --cost 'bmsc.workers+hss.workers'
says err "two keys are varied at one point" "... are refused"

done_testing
