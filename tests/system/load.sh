#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# pullstorm load, and what check and run say of it: storms whose fate is known from the scenario alone, and its errors.
set -u

program=$PWD/pullstorm
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
cd "$work" || exit 1

# value NAME: of the CSV in out
value() {
    awk -F, -v name="$1" '$1 == name { print $3 }' out
}
# is NAME VALUE TEXT
is() {
    [ "$(value "$1")" = "$2" ]
    ok $? "$3: $1 = $2, got $(value "$1")"
}

# 20 000 UEs that the BM-SC has to ask the BSF about, 4 ms each
printf '[ue]\ncount = 20k\ncells = 20\nmuk_expired = 0\nmuk_ahead = 100%%\n[bsf]\nworkers = 1\nzn_time = fixed(4ms)\n' >zn.ini
# 20 000 UEs that all bootstrap, 10 ms each at the HSS
printf '[ue]\ncount = 20k\ncells = 20\nmuk_expired = 100%%\n[hss]\nworkers = 6\nservice_time = fixed(10ms)\n' >zh.ini
# a few UEs, slowly
printf '[ue]\ncount = 100\ncells = 10\n[pull]\nrate = 10/s\n' >calm.ini

# --- numbers
expect 0 "load as CSV" load zn.ini --format csv
[ "$(head -n 1 out)" = name,unit,value,meaning ]
ok $? "it has a header"
is bsf_zn_per_ue 1 "each UE is asked about"
is bsf_work_s 0.004 "4 ms each"
is bsf_offered_ratio 4 "1000 a second for a server of 250"
is bsf_capacity_ues_per_s 250 "so many it serves"
is bsf_workers_min 4 "so many it takes"
is bsf_time_min_s 80 "so long it takes at least"
is bsf_full_queue_s 40 "10 000 jobs of 4 ms"
is bsf_patience_s 5 "diameter.timeout"
is bsf_dead_queue 1250 "jobs in 5 s"
is bsf_dead_work bsf.queue_limit "the limit that lets a queue grow so long"
is hss_dead_work "" "... and none does where nothing is to be done"
is bottleneck BSF "the bottleneck"
is verdict collapsed "what becomes of it"
is hss_capacity_ues_per_s "" "nobody bootstraps: no capacity to speak of"
awk -F, 'NR > 1 && ($1 == "" || $2 == "" || NF < 4) { wrong = 1 } END { exit wrong }' out
ok $? "each line has name, unit, value and meaning"
cp out first
expect 0 "once more" load zn.ini --format=csv
cmp -s out first
ok $? "the same again"
expect 0 "another seed" load zn.ini --format csv -s run.seed=77
cmp -s out first
ok $? "no run is drawn: the seed changes nothing"

# --- the verdict follows the keys
expect 0 "workers enough" load zn.ini --format csv -s bsf.workers=5
is verdict calm "80 %"
expect 0 "Zh, a queue longer than its askers wait" load zh.ini --format csv
is verdict collapsed "the HSS works for nobody"
expect 0 "Zh, a queue that they can wait for" load zh.ini --format csv -s hss.queue_limit=2500
is verdict overloaded "it turns away in time and recovers"
is keyed_ratio 1 "everybody gets the key"
expect 0 "the end comes too early" load calm.ini --format csv -s run.end=5s
is verdict "cut off" "... which is named"
is recovery_s "" "... and when it would be over is not told"
expect 0 "a storm that collapses, cut off" load zh.ini -s run.end=1min
says out "cut off by run.end before it is over" "... is said to be both"

expect 0 "a time that fills the queue before its length does" load zn.ini --format csv -s bsf.queue_time_limit=6s
is bsf_dead_work bsf.queue_time_limit "... is the limit that is named"

# --- to read
expect 0 "load" load zh.ini
says out "BSF 151 %, HSS 167 %" "the load of each server"
says out "bottleneck HSS, good for 600 UEs/s." "the bottleneck"
says out "Expected: collapsed" "the verdict"
says out "so the answer depends on ue.count" "above 100 % the number of UEs matters"
says out "s), and its queue overflows" "... and when the queue is full"
says out "dead work: a queue of hss.queue_limit takes the HSS 16.7 s, and who asks it waits 5 s (diameter.timeout)" "dead work"
grep -q '^hss_offered_ratio  *1.66667 ratio  HSS: ' out
ok $? "a number a line"
[ ! -s err ]
ok $? "nothing on standard error"

# --- check and run
expect 0 "check of a calm storm" check calm.ini
says out "Expected: calm." "it says so"
[ ! -s err ]
ok $? "... without a warning"
expect 0 "check of a storm that will collapse" check zh.ini
says out "Expected: collapsed" "it says so"
says err "note: HSS is offered 167 %" "... and warns of the load"
says err "note: dead work: a queue of hss.queue_limit" "... and of dead work"
expect 0 "run" run calm.ini -o calm
says out "Expected: calm." "the summary has what was to be expected"
expect 0 "run --quiet" run calm.ini -o calm --force --quiet
[ ! -s out ] && [ ! -s err ]
ok $? "... is quiet"

# The summary has the verdict: a storm that comes down by itself, and one of which nothing came for long.
printf '[ue]\ncount = 400\ncells = 4\nmuk_expired = 100%%\n[hss]\nworkers = 1\nservice_time = fixed(10ms)\n' >over.ini
expect 0 "a storm of 400 %" run over.ini -s pull.rate=400/s -s diameter.timeout=20s -o over
says out "Verdict      overloaded, recovered by itself, from the last pull on in 3" "is overloaded, and 4 s of work come from 1 s of pulls"
expect 0 "... of which nobody waits for an answer" run over.ini -s pull.rate=400/s -s ue.count=4k -s diameter.timeout=1s -o late
says out "Verdict      collapsed, nothing useful was served for" "has collapsed"

# --- errors
expect 2 "no scenario" load
says err "load: expected one SCENARIO, got 0" "... is said"
expect 2 "two scenarios" load calm.ini zn.ini
expect 2 "a scenario that is not there" load nowhere.ini
says err "nowhere.ini" "... is named"
expect 2 "a wrong setting" load calm.ini -s ue.count=many
says err "-s ue.count=many: ue.count:" "... is named"
expect 2 "a format that there is not" load calm.ini --format json
says err 'load: unknown format "json", expected text or csv' "... is said"
[ ! -s out ]
ok $? "... and nothing printed"
expect 0 "a link that is offered too much" load calm.ini -s core.rate=100kbit/s
says out "Expected of the servers' work alone: " "... makes it an expectation of the servers"
says out "of its rate: what waits there only a run tells" "... which is said"
expect 0 "... as CSV" load calm.ini -s core.rate=100kbit/s --format csv
grep -q '^left_out,text,core.rate,' out
ok $? "... by the key that is left out"
expect 0 "more connections than are let in" load calm.ini -s bmsc.listen_queue=1 -s access.rtt=1s --format csv
grep -q '^left_out,text,bmsc.listen_queue,' out
ok $? "... by that key, too"
# What is said of a run then: calm it is not.
expect 0 "... in a run" run calm.ini -s bmsc.listen_queue=1 -s bmsc.connections=1 -s access.rtt=1s -o refused
grep -q "connections refused [1-9]" out && grep -q "^Verdict *overloaded" out
ok $? "... connections are refused, so it is not calm"

if [ -w /dev/full ]; then
    "$program" load calm.ini >/dev/full 2>err
    [ $? = 1 ] && grep -q '^pullstorm: standard output' err
    ok $? "output that cannot be written is a failure"
fi

done_testing
