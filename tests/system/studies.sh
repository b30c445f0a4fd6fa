#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Parameter studies from outside, on the real program: expand, collect, plan. What plan has to find is known
# beforehand: every number is fixed (no chance in times, loss or back-off), so it follows from a sum.
set -u

program=$PWD/pullstorm
source=$(CDPATH='' cd -- "${srcdir:-.}" && pwd)
studies=$source/scripts/studies
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
not_in program
cd "$work" || exit 1

# lines N NAME: standard output has so many
lines() {
    [ "$(wc -l <out)" = "$1" ]
    ok $? "$2"
}
# run_all: runs the command lines in out
run_all() {
    sed "s|^pullstorm |'$program' |" out >commands
    sh -e ./commands >run.log 2>&1
}

# --- expand
expect 0 "count" expand "$studies/quick.ini" --count
equals "$(cat out)" 20 "2 variants, 2 x 3 points less one each, 2 replications"
expect 0 "expand" expand "$studies/quick.ini" -o q
lines 20 "a line a run"
cp out all
says out "-s pull.pacing=uniform -s pull.rate=100/s -s bmsc.workers=1 -s bsf.workers=1 --seed 1 -o q/runs/p0001-r01 --quiet" \
    "a whole command line"
[ ! -e q ]
ok $? "expand makes nothing"
expect 0 "--only" expand "$studies/quick.ini" -o q --only 'variant == poisson and bmsc.workers > 2'
lines 4 "two points of two replications"
says out "q/runs/p0010-r02" "numbers stay"
expect 0 "--points" expand "$studies/quick.ini" -o q --points --only 'variant == poisson and bmsc.workers > 2'
[ "$(tr '\n' ' ' <out)" = "8 10 " ]
ok $? "... are the numbers of the points, each once"
mkdir as-folder && sed 's|^base = .*|base = gone.ini|' "$studies/quick.ini" >as-folder/study.ini &&
    cp "$studies/../scenarios/solicited-pull.ini" as-folder/base.ini
expect 0 "--points of a folder, whose base has moved" expand as-folder --points --only 'point > 8'
[ "$(tr '\n' ' ' <out)" = "9 10 " ]
ok $? "... its points"
expect 2 "--points with --count" expand "$studies/quick.ini" --points --count
expect 2 "--only twice" expand "$studies/quick.ini" --points --only 'point > 8' --only 'point < 2'
says err "expand: --only is given twice, expected one condition: its parts are joined by 'and'" "... is refused, the first would be dropped"
expect 2 "--points with --longest-first" expand "$studies/quick.ini" --points --longest-first
says err "expand: --points, which go by their numbers, and --longest-first do not go together" "... is refused"
expect 2 "--count with --longest-first" expand "$studies/quick.ini" --count --longest-first
expect 0 "--replications" expand "$studies/quick.ini" -o q --replications 2..4
lines 30 "three replications of ten points"
says out "--seed 4 -o q/runs/p0010-r04" "replication 4 has seed 4"
for shard in 1 2 3; do "$program" expand "$studies/quick.ini" -o q --shard $shard/3; done | sort >shards
sort all | cmp -s - shards
ok $? "shards make up the whole"
expect 0 "--missing with nothing there" expand "$studies/quick.ini" -o q --missing
cmp -s out all
ok $? "all are missing"
expect 2 "an unknown name" expand "$studies/quick.ini" --only 'pull.rte < 3'
says err "at character 1: pull.rte: unknown name, did you mean pull.rate?" "... is suggested"
expect 2 "a condition that is never true" expand "$studies/quick.ini" --only 'variant == poison'
says err "is true at none of the 10 points" "... is a mistake"
expect 2 "a wrong shard" expand "$studies/quick.ini" --shard 4/3
expect 2 "wrong replications" expand "$studies/quick.ini" --replications 3..1
expect 2 "no study" expand
expect 2 "a study that does not exist" expand nowhere.ini
printf '[study]\nbase = %s/scripts/scenarios/solicited-pull.ini\n[variant é]\n[variant e]\n' "$source" >accent.ini
for locale in C C.UTF-8; do
    export LC_ALL="$locale"
    expect 0 "text that is not ASCII, locale $locale" expand accent.ini --only 'variant == "é"' --count
    equals "$(cat out)" 1 "... is compared"
    expect 2 "text that is not UTF-8, locale $locale" expand accent.ini --only "$(printf 'variant == \351')"
    says err "expand: --only: byte 12 of the text is not UTF-8" "... is refused in words"
done
unset LC_ALL
expect 2 "a folder of two lines" expand accent.ini -o "$(printf 'two\nlines')"
says err "expand: the path of the folder of the study holds a control character" "... is refused: a command is one line"
mkdir "$(printf 'x\ny')" && cp accent.ini "$source/scripts/scenarios/solicited-pull.ini" "$(printf 'x\ny')"
sed -i 's|^base = .*/|base = |' "$(printf 'x\ny/accent.ini')"
expect 2 "a base in a folder of two lines" expand "$(printf 'x\ny/accent.ini')" -o z
says err "expand: the path of the base scenario holds a control character" "... is refused as well"
[ ! -s out ]
ok $? "... and no command is printed"
printf '[study]\nbase = %s/scripts/scenarios/solicited-pull.ini\nmetrics = ues_keyed, verdict\n' "$source" >bad.ini
expect 2 "a word among the metrics to show" expand bad.ini
says err "metrics: verdict: a word, which no curve shows, expected metrics that are numbers" "... is refused"
printf '[study]\nbase = %s/scripts/scenarios/solicited-pull.ini\n[axis a]\nue.cuont = 1\n' "$source" >bad.ini
expect 2 "a wrong study" expand bad.ini
says err "bad.ini:4: [axis a] ue.cuont: unknown key, did you mean ue.count?" "... with file, line and suggestion"
expect 0 "the study of pull rates" expand "$studies/rate.ini" --count
equals "$(cat out)" 50 "5 rates, 2 variants, 5 replications"

# Conditions are reckoned as the decimals that they are written in: the points that meet a bound exactly are in.
# points NUMBER CONSTRAINT AXIS-A AXIS-B: two axes, KEY=VALUES each
points() {
    printf '[study]\nbase = %s/scripts/scenarios/solicited-pull.ini\nconstraint = %s\n[axis a]\n%s\n[axis b]\n%s\n' \
        "$source" "$2" "$3" "$4" >exact.ini
    expect 0 "$2" expand exact.ini --count
    equals "$(cat out)" "$1" "... lets $1 points pass"
    sed -i '/^constraint/d' exact.ini
    expect 0 "--only '$2'" expand exact.ini --count --only "$2"
    equals "$(cat out)" "$1" "... likewise"
}
points 3 'ue.muk_expired + ue.muk_ahead <= 30%' 'ue.muk_expired = 10%, 20%' 'ue.muk_ahead = 10%, 20%'
points 3 'whatif.pull_backoff_wait + whatif.pull_backoff_max <= 300ms' 'whatif.pull_backoff_wait = 100ms, 200ms' \
    'whatif.pull_backoff_max = 100ms, 200ms'
points 4 'pull.timeout == 3 * ue.retry_base' 'pull.timeout = 300ms, 600ms, 900ms, 1200ms' \
    'ue.retry_base = 100ms, 200ms, 300ms, 400ms'
points 10 'pull.timeout >= 3 * ue.retry_base' 'pull.timeout = 300ms, 600ms, 900ms, 1200ms' \
    'ue.retry_base = 100ms, 200ms, 300ms, 400ms'
points 3 'ue.muk_expired == access.loss + 0.1' 'ue.muk_expired = 0.2..0.4 step 0.1' 'access.loss = 10%..30% in 3'
points 1 'pull.rate == 6 * bmsc.workers / 100' 'pull.rate = 3.6/min, 0.07/s' 'bmsc.workers = 1, 2'
printf '[study]\nbase = %s/scripts/scenarios/solicited-pull.ini\n[axis a]\npull.rate = 0.6/min, 0.01/s\n' "$source" >exact.ini
expect 2 "a value of an axis twice, by the minute and by the second" expand exact.ini
says err "value 2 (0.01/s) is value 1 again" "... is found"

# --- run, collect
cp all out
run_all
ok $? "all command lines run"
expect 0 "collect" collect "$studies/quick.ini" -o q
[ ! -s out ] && [ ! -s err ]
ok $? "... has nothing to say"
equals "$(wc -l <q/runs.csv)" 21 "runs.csv has a row per run"
equals "$(wc -l <q/study.csv)" 11 "study.csv has a row per point"
# shellcheck disable=SC2016 # a program of awk
metrics='{ for (i = NF - 99; i <= NF; i++) printf "%s ", $i }'
equals "$(tail -n 1 q/runs.csv | awk -F, "$metrics")" "$(tail -n 1 q/runs/p0010-r02/summary.csv | awk -F, "$metrics")" \
    "runs.csv has what the run has, to the letter"
mean=$(awk -v a="$(cell q/runs.csv 1 time_to_key_mean_s)" -v b="$(cell q/runs.csv 2 time_to_key_mean_s)" \
    -v m="$(cell q/study.csv 1 time_to_key_mean_s_mean)" 'BEGIN { d = m - (a + b) / 2; print (d < 1e-9 && d > -1e-9) }')
equals "$mean" 1 "study.csv has the mean of the two"
expect 0 "--missing with all there" expand "$studies/quick.ini" -o q --missing --count
equals "$(cat out)" 0 "nothing is missing"
cp q/runs.csv q/study.csv .
mkdir again again/runs
find q/runs -mindepth 1 -maxdepth 1 | sort -r | while read -r run; do cp -r "$run" again/runs; done
expect 0 "collect what was made in another order" collect "$studies/quick.ini" -o again
cmp -s runs.csv again/runs.csv && cmp -s study.csv again/study.csv
ok $? "the same tables, byte for byte"
expect 0 "--check-until" collect "$studies/quick.ini" -o q --check-until 'ci(ues_keyed) < 1%'
lines 0 "all UEs have keys: no spread"
equals "$(cell q/runs.csv 1 verdict), $(cell q/study.csv 1 verdict)" "calm, calm" "a verdict is a word in both tables"
expect 2 "--check-until of a word" collect "$studies/quick.ini" -o q --check-until 'ci(verdict) < 1%'
says err "verdict: a word, which has no interval, expected a metric that is a number" "... is refused"
expect 0 "--check-until of a metric with spread" collect "$studies/quick.ini" -o q --check-until 'ci(time_to_key_mean_s) < 0.0001%'
lines 10 "no point is so narrow"

# --- what is missing, damaged, failed, of another version
rm -rf again/runs/p0003-r01
: >again/runs/p0005-r02/summary.csv
rm -rf again/runs/p0007-r01
printf 'exit 1\nno space\n' >again/runs/p0007-r01.failed
expect 0 "--missing" expand "$studies/quick.ini" -o again --missing
lines 2 "one is missing, one is damaged; a failed one is not listed"
says err "again/runs/p0005-r02: damaged, to be run again" "the damaged one is named"
run_all
ok $? "... and they run, over the damaged one"
expect 1 "collect with a failed run" collect "$studies/quick.ini" -o again
says err "19 of 20 runs are done, 1 failed, 0 missing" "... counts them"
says again/runs.csv "7,1,1,failed: exit 1,poisson,100,2,1," "... and has a row for it"
expect 0 "--retry-failed" expand "$studies/quick.ini" -o again --missing --retry-failed
lines 1 "the failed one again"
run_all
expect 0 "collect" collect "$studies/quick.ini" -o again
cmp -s runs.csv again/runs.csv && cmp -s study.csv again/study.csv
ok $? "the same tables in the end"
sed -i 's/,calm,/,clam,/' again/runs/p0004-r01/summary.csv
expect 0 "--missing with a verdict that there is not" expand "$studies/quick.ini" -o again --missing
lines 1 "it is damaged"
says err 'verdict is "clam", expected calm, overloaded, "cut off" or collapsed' "... and why"
run_all
: >again/runs/p0001-r01/timeseries.csv
rm again/runs/p0001-r02/latency.csv again/runs/p0002-r01/distribution.csv
expect 0 "--missing with files emptied and lost" expand "$studies/quick.ini" -o again --missing
lines 3 "each of them is damaged"
says err "timeseries.csv has 0 bytes, expected" "... the emptied one is named"
says err "latency.csv is missing" "... and the lost one"
run_all
expect 0 "collect" collect "$studies/quick.ini" -o again
cmp -s runs.csv again/runs.csv && cmp -s study.csv again/study.csv
ok $? "... and the same tables come out again"
sed 's/"version": "[^"]*"/"version": "0.0.1"/' q/runs/p0002-r01/manifest.json >m && mv m again/runs/p0002-r01/manifest.json
expect 2 "another version" expand "$studies/quick.ini" -o again --missing
says err "p0002-r01: made by version 0.0.1" "... is refused"
expect 2 "another version in collect" collect "$studies/quick.ini" -o again
expect 0 "--any-version" expand "$studies/quick.ini" -o again --missing --any-version --count
equals "$(cat out)" 0 "... takes it"
sed "s|^base.*|base = $source/scripts/scenarios/solicited-pull.ini|" "$studies/quick.ini" >quick.ini
expect 0 "a study that names its base otherwise" expand quick.ini -o q --missing --count
equals "$(cat out)" 0 "... is the same"
sed -i 's/^seed.*/seed = 1000/' quick.ini
expect 2 "a changed study" expand quick.ini -o q --missing
says err "q/study.ini: the study has changed since its first runs" "... is refused with what has changed"
says err "20 finished runs would not be of this study any more: p0001-r01, " "... and the runs"

# The copies are gone, and the base is another one: the results tell.
mkdir moved moved/scenarios
cp -r q moved/q
rm moved/q/study.ini moved/q/base.ini
sed 's/^service_time.*/service_time = exp(9ms)/' "$source/scripts/scenarios/solicited-pull.ini" >moved/scenarios/solicited-pull.ini
mkdir moved/studies
cp "$studies/quick.ini" moved/studies
expect 0 "a changed base without the copy of the first one" expand moved/studies/quick.ini -o moved/q --missing --count
equals "$(cat out)" 20 "... fits no run"
says err "service_time = exp(" "... and the key that differs is named"
devices=$("$program" --version | grep -q 'engines:.* ns3' && echo --engine=ns3 --pcap-devices)
# shellcheck disable=SC2086 # two words or none
"$program" run "$source/scripts/scenarios/solicited-pull.ini" -s ue.count=5 -s ue.cells=1 --pcap --keylog --quiet -o sizes $devices
for file in sizes/*; do
    case $file in
    */manifest.json) ;;
    *) grep -qF "\"${file#sizes/}\": $(wc -c <"$file")" sizes/manifest.json || echo "$file" ;;
    esac
done >out
lines 0 "the manifest has the size of every file, captures and key logs too${devices:+, and those of devices}"

# --- plan. One UE pulls every 10 ms, and its two requests take 20 ms and 10 ms at the BM-SC and nothing anywhere else:
# utilisation 3 / workers. Below 3 workers the queue grows without end, from 3 on there is hardly any.
cat >base.ini <<'EOF'
[ue]
count = 600
cells = 10
muk_expired = 0
[pull]
rate = 100/s
timeout = 600s
[bmsc]
service_time = fixed(20ms)
challenge_time = fixed(10ms)
mikey_time = fixed(0s)
[tcp]
time_wait = 0s
EOF
printf '[study]\nbase = base.ini\n' >one.ini
# with_runs NAME: a folder for another question, with the runs of the first plan
with_runs() {
    mkdir "$1"
    cp -r one/runs one/study.ini one/base.ini "$1"
}
target='bmsc_wait_mean_s <= 0.02 and ues_without_key <= 0'
expect 0 "plan" plan one.ini --target "$target" --vary bmsc.workers=1..32 -j 2 --quiet -o one
equals "$(cell one/plan.csv 1 answer)" 3 "three workers are needed"
equals "$(cell one/plan.csv 1 status)" met "... the target is met"
equals "$(cell one/plan.csv 1 neighbour)" 2 "... and not at two"
equals "$(cell one/plan.csv 1 sure)" no "... not surely: ten runs without a failure leave 3 in 10 open"
equals "$(cell one/plan.csv 1 met_runs), $(cell one/plan.csv 1 met_low | cut -c1-6), $(cell one/plan.csv 1 values)" \
    "10 of 10, 0.7411, 32" "... it is met by a share p of all runs at least, with p^10 = 5 %"
equals "$(cell one/plan.csv 1 target), $(cell one/plan.csv 1 vary), $(cell one/plan.csv 1 sought)" \
    "$target, bmsc.workers=1..32, smallest" "... with what was asked"
says out "smallest bmsc.workers that meets the target: 3" "... in words"
# n UEs arrive in n / 100 s, a worker serves one in 30 ms: the last of 600 waits about 600 (30 / 2 - 10) ms = 3 s.
wait=$(cell one/plan_curve.csv 2 bmsc_wait_mean_s_mean)
awk -v w="$wait" 'BEGIN { exit !(w > 0.5 && w < 3) }'
ok $? "at two workers requests wait for seconds ($wait s)"
looked=$(($(wc -l <one/plan_curve.csv) - 1))
[ "$looked" -le 11 ]
ok $? "the search looks at few of 32 values ($looked): a grid of nine, and between two of them"
made=$(find one/runs -mindepth 1 -maxdepth 1 | wc -l)
says out "$made runs made, 0 found" "every run is counted"
cp one/plan.csv one/plan_curve.csv .
touch stamp
expect 0 "plan again" plan one.ini --target "$target" --vary bmsc.workers=1..32 -j 1 --quiet -o one
says out "0 runs made, $made found" "... runs nothing again"
[ -z "$(find one/runs -newer stamp)" ]
ok $? "... touches no run"
cmp -s plan.csv one/plan.csv && cmp -s plan_curve.csv one/plan_curve.csv
ok $? "... and says the same, byte for byte"
expect 0 "short options with their values attached" plan one.ini --target "$target" --vary bmsc.workers=1..32 -j1 -oone \
    --quiet
says out "0 runs made, $made found" "... are taken"
expect 2 "a wrong attached value" plan one.ini --target "$target" --vary bmsc.workers=1..32 -jx -o one
says err "--jobs: \"x\" is not right" "... is named"
expect 2 "an attached value of an unknown option" plan one.ini --target "$target" --vary bmsc.workers=1..32 -xj1 -o one
with_runs old
sed -i 's/"version": "[^"]*"/"version": "0.0.1"/' "old/runs/p0001-vbmsc.workers=1-r01/manifest.json"
expect 2 "a plan with a run of another version" plan one.ini --target "$target" --vary bmsc.workers=1..32 -o old --quiet
says err "r01: made by version 0.0.1; take another folder with -o, or --any-version" "... is refused"
expect 0 "--any-version" plan one.ini --target "$target" --vary bmsc.workers=1..32 -o old --quiet --any-version
says out "0 runs made, $made found" "... takes it"
with_runs wide
expect 0 "plan, largest by itself" plan one.ini --target "bmsc_utilisation_ratio >= 30%" --vary bmsc.workers=4..32 \
    --quiet -o wide
# 3 / 9 = 33 %, 3 / 10 = 30 % less the time until the last job ended
equals "$(cell wide/plan.csv 1 answer)" 9 "nine workers are used by a third"
says out "largest bmsc.workers" "... and it is said that this is the largest"
with_runs exact
expect 0 "a target that is met exactly" plan one.ini --target "ues_keyed_ratio <= 0.7 + 0.2 + 0.1" --vary bmsc.workers=3..4 \
    --quiet -o exact
equals "$(cell exact/plan.csv 1 status), $(cell exact/plan.csv 1 sure)" "always, yes" "... is met"
with_runs never
expect 0 "a target that is never met" plan one.ini --target "time_to_key_p50_s <= 1ms" --vary bmsc.workers=1..8 --quiet -o never
equals "$(cell never/plan.csv 1 status), $(cell never/plan.csv 1 met_runs), $(cell never/plan.csv 1 values)" "never, , 8" \
    "... is never met"
says out "none of the 8 values of bmsc.workers from 1 to 8 meets the target" "... and that is said, after a look at all"
says out ": time_to_key_p50_s <= 1ms fails (time_to_key_p50_s 0." "... with the nearest miss"
with_runs always
expect 0 "a target that is always met" plan one.ini --target "ues_keyed_ratio >= 0" --vary bmsc.workers=1..8 --quiet -o always
equals "$(cell always/plan.csv 1 status)" always "... is always met"
equals "$(cell always/plan.csv 1 answer)" 1 "... from the smallest on"
# Three workers serve all at once; at two the last waits for 3 s.
with_runs words
expect 0 "a target that is a word" plan one.ini --target "verdict == calm" --vary bmsc.workers=1..32 --quiet -o words
equals "$(cell words/plan.csv 1 answer), $(cell words/plan.csv 1 verdict), $(cell words/plan.csv 1 neighbour_verdict)" \
    "3, calm in 10 of 10 runs, overloaded in 3 of 3 runs" "... is met where nobody waits"
says out "that meets the target: 3 (verdict calm (10 runs); at 2 verdict overloaded (" "... in words, with the runs"
expect 2 "a word that a verdict is not" plan one.ini --target "verdict != cut off" --vary bmsc.workers=1..2 -o words2
says err 'verdict is never cut, expected calm, overloaded, "cut off" or collapsed' "... is told with those that it is"
expect 2 "a verdict as a number" plan one.ini --target "verdict < 1" --vary bmsc.workers=1..2 -o words2
says err "verdict is a text, expected == or != and a word behind it" "... likewise"
with_runs sides
expect 0 "a target with two sides" plan one.ini --vary bmsc.workers=1..32 --quiet -o sides \
    --target "bmsc_utilisation_ratio <= 0.4 and bmsc_utilisation_ratio >= 0.15"
# 3 / 8 = 38 %, 3 / 19 = 16 %
equals "$(cell sides/plan.csv 1 status) $(cell sides/plan.csv 1 window_low) $(cell sides/plan.csv 1 window_high)" \
    "window 8 19" "... is met in a window"
says out "window: met from bmsc.workers = 8 to 19; below, at bmsc.workers = 7: bmsc_utilisation_ratio <= 0.4 fails; above, at bmsc.workers = 20: bmsc_utilisation_ratio >= 0.15 fails" \
    "... of which both ends are told, and what fails beside them"
equals "$(cell sides/plan.csv 1 below_failed), $(cell sides/plan.csv 1 above_failed)" \
    "bmsc_utilisation_ratio <= 0.4, bmsc_utilisation_ratio >= 0.15" "... in the table, too"
printf '[study]\nbase = base.ini\n[axis a]\nbmsc.workers = 1, 2, 8\n' >three.ini
# A worker is good for 33 UEs a second.
expect 0 "a plan of three points" plan three.ini --target 'bmsc_wait_mean_s <= 0.02' --vary 'pull.rate=20/s..120/s in 6' \
    --quiet -o three
equals "$(cell three/plan.csv 1 answer) $(cell three/plan.csv 2 answer) $(cell three/plan.csv 3 answer)" "20 60 120" \
    "... gives the largest rate at each, also where every rate will do"
equals "$(cell three/plan.csv 1 sought) $(cell three/plan.csv 2 sought) $(cell three/plan.csv 3 sought)" \
    "largest largest largest" "... and looks the same way everywhere"
equals "$(cell three/plan.csv 2 status) $(cell three/plan.csv 3 status)" "met always" "... which is told of the last"
printf '[study]\nbase = base.ini\n[set]\nbmsc.workers = 2\n[axis a]\nhss.workers = 1, 2\n' >two.ini
expect 0 "points that contradict each other" plan two.ini --vary 'pull.rate=20/s..120/s in 6' --quiet -o two \
    --target 'bmsc_wait_mean_s <= 0.02 and hss.workers < 2 or bmsc_wait_mean_s > 0.02 and hss.workers > 1'
equals "$(cell two/plan.csv 1 status) $(cell two/plan.csv 2 status)" "window met" "... are told apart"
equals "$(cell two/plan.csv 1 sought) $(cell two/plan.csv 2 sought)" "smallest smallest" "... and the smallest is looked for"
says out "not monotone over the study: point 1 meets the target at pull.rate = 20/s and not at 120/s, point 2 the other" \
    "... which is said"
refused() { # refused NAME WORD...: the same folder, another question
    cp one/plan.csv before.csv
    expect 2 "$1" plan one.ini --quiet -o one --vary "$2" --target "$3" ${4:+"$4"}
    says err "one/plan.csv: answers another question: the smallest bmsc.workers with '$target'; asked is" \
        "... is refused with both"
    cmp -s before.csv one/plan.csv
    ok $? "... and leaves the first answer"
}
refused "another target" bmsc.workers=1..32 'ues_keyed_ratio >= 0'
refused "another key" bsf.workers=1..2 "$target"
refused "another direction" bmsc.workers=1..32 "$target" --largest
expect 0 "the same question in other words, and another range" plan one.ini --quiet -o one --vary 'bmsc.workers = 2..4' \
    --target 'bmsc_wait_mean_s<=0.02  and ues_without_key <= 0'
equals "$(cell one/plan.csv 1 answer)" 3 "... is answered"
expect 2 "the smallest after the largest" plan one.ini --quiet -o wide --vary bmsc.workers=4..5 \
    --target "bmsc_utilisation_ratio >= 30%"
with_runs older
cut -d, -f1-3 plan.csv >older/plan.csv
expect 2 "a plan.csv of an older form" plan one.ini --quiet -o older --vary bmsc.workers=1..32 --target "$target"
says err "older/plan.csv: not the table of a plan" "... is not replaced"
: >one/runs/p0001-vbmsc.workers=1-r01/summary.csv
expect 0 "a damaged run" plan one.ini --target "$target" --vary bmsc.workers=1..32 -o one
says err "p0001-vbmsc.workers=1-r01: damaged, run again" "... is named"
says out "1 runs made" "... and run again"
cmp -s plan.csv one/plan.csv
ok $? "the answer stays"
expect 2 "a target without a metric" plan one.ini --target "bmsc.workers < 3" --vary bmsc.workers=1..8 -o one
expect 2 "an unknown metric" plan one.ini --target "ues_kyed > 3" --vary bmsc.workers=1..8 -o one
says err "did you mean ues_keyed?" "... is suggested"
expect 2 "falling values" plan one.ini --target "$target" --vary bmsc.workers=3,2,1 -o one
says err "expected rising values" "... are refused"
expect 2 "an empty range" plan one.ini --target "$target" --vary bmsc.workers=5..2 -o one
expect 2 "nothing to vary" plan one.ini --target "$target" -o one
printf '[study]\nbase = base.ini\nseed = 1000\n' >changed.ini
expect 2 "plan of a changed study" plan changed.ini --target "$target" --vary bmsc.workers=1..4 -o one
says err "the study has changed" "... is refused"

# --- metrics without a value, answers by the means alone
# set_cell RUN METRIC TEXT: in the result of a run, as if it had come out so. Cells with commas stand further left.
set_cell() {
    awk -F, -v OFS=, -v name="$2" -v text="$3" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) behind = NF - i }
        NR == 2 { $(NF - behind) = text } { print }' "$1/summary.csv" >changed.csv
    mv changed.csv "$1/summary.csv"
    sed -i "s/\"summary.csv\": [0-9]*/\"summary.csv\": $(wc -c <"$1/summary.csv")/" "$1/manifest.json"
}
expect 0 "a target on time to key" plan one.ini --target 'time_to_key_p99_s <= 1000' --vary bmsc.workers=1..2 -o none --quiet
equals "$(cell none/plan.csv 1 status)" always "... is met"
set_cell "none/runs/p0001-vbmsc.workers=2-r02" time_to_key_p99_s ''
for target in 'time_to_key_p99_s <= 1000' 'not (time_to_key_p99_s > 1000)'; do
    cp -r none "none.$tests"
    rm "none.$tests/plan.csv"
    expect 0 "$target, a run of which has no time to key" plan one.ini --target "$target" --vary bmsc.workers=1..2 \
        -o "none.$tests"
    says err "workers = 2 fails the target (3 runs); without a value: time_to_key_p99_s" "... fails surely"
    says out "has no value at bmsc.workers = 2 in some run" "... which is said"
done
expect 0 "a target that is 0 / 0" plan one.ini --target 'http_503 / http_503 < 1' --vary bmsc.workers=1..4 -o nan --quiet
equals "$(cell nan/plan.csv 1 status), $(cell nan/plan.csv 1 sure)" "never, yes" "... is never met, surely"
says out "http_503 / http_503 < 1 has no value at bmsc.workers = 1, 2, 3, 4 in some run" "... and it is said why"
[ "$(find nan/runs -mindepth 1 -maxdepth 1 | wc -l)" = 12 ]
ok $? "... by three replications"
expect 0 "never, by the means alone" plan one.ini --target 'time_to_key_p50_s <= 1ms' --vary bmsc.workers=1..3 -o means \
    --quiet --replications 1
says out "none of the 3 values of bmsc.workers from 1 to 3 meets the target" "... is said to be so"
says out "unsure: after 1 replications" "... but unsure"
equals "$(cell means/plan.csv 1 sure)" no "... in the table, too"
# Each sort of comparison has its own judge: STATUS, SURE, condition. Of an extreme, and of what
# mixes metrics, 95 % of runs must meet it: four that do not are sure, four that do are not.
judged=0
while read -r status sure condition; do
    judged=$((judged + 1))
    expect 0 "target $condition" plan one.ini --target "$condition" --vary bmsc.workers=16..17 -o "judged-$judged" --quiet \
        --replications 2..4
    equals "$(cell "judged-$judged/plan.csv" 1 status) $(cell "judged-$judged/plan.csv" 1 sure)" "$status $sure" "... is judged"
done <<'EOF'
always no storm_duration_s <= 1000
never yes storm_duration_s <= 1ms
never yes 2 * storm_duration_s - 1 <= 1ms
always no bmsc_wait_mean_s <= time_to_key_mean_s
never yes bmsc_wait_mean_s >= time_to_key_mean_s
always no time_to_key_p99_s <= storm_duration_s
never yes time_to_key_p99_s > storm_duration_s
always no time_to_key_mean_s * time_to_key_mean_s <= 100
never yes bmsc_queue_max >= 1 / bmsc_queue_max + 1000000
always yes bmsc.workers <= 20 and ues_keyed >= 1
never yes bmsc.workers <= 2 and ues_keyed >= 1
always no ues_without_key < 1
never yes time_to_key_p99_s != time_to_key_p99_s
never yes time_to_key_p99_s * time_to_key_p99_s <= 0
always yes time_to_key_p99_s == 1 * time_to_key_p99_s
EOF

# --- runs that fail, and signals
# A thousand tries, of which nearly all are in vain: in little memory minutes of work, some seconds for a machine of
# ten times the speed.
cat >slow.ini <<'EOF'
[study]
base = base.ini
timeout = 1s
[set]
ue.count = 300k
ue.attempts = 1000
ue.response_timeout = 10ms
pull.attempts = 100
access.loss = 90%
output.interval = 1d
run.end = 30d
EOF
expect 1 "a run that takes too long" plan slow.ini --target "$target" --vary bmsc.workers=3..4 -o slow --quiet \
    --replications 1 -j 1
equals "$(head -n 1 slow/runs/p0001-vbmsc.workers=3-r01.failed)" "timeout 1s" "... is stopped, and it is written down why"
equals "$(cell slow/plan.csv 1 status)" failed "... and there is no answer"
# The high end fails at once, the low one takes longer: what it came to is the same in every call.
printf '[study]\nbase = base.ini\nmemory = 1GB\n' >high.ini
# AddressSanitizer takes more address space than that.
for jobs in $(grep -q __asan_init "$program" || echo 2 1); do
    expect 1 "a run that fails beside another, -j $jobs" plan high.ini --target "$target" --vary ue.count=2000,100M -o high \
        --quiet --replications 1 -j "$jobs"
    [ "$jobs" = 2 ] && cp high/plan.csv high/plan_curve.csv .
    cmp -s plan.csv high/plan.csv && cmp -s plan_curve.csv high/plan_curve.csv
    ok $? "... the same tables"
done
printf '[study]\nbase = base.ini\nmemory = 20MB\n' >small.ini
expect 1 "a run that takes too much memory" plan small.ini --target "$target" --vary bmsc.workers=3..4 -o small --quiet \
    --replications 1 -j 1
if ! grep -q __asan_init "$program"; then # which needs terabytes of address space itself
    equals "$(head -n 1 small/runs/p0001-vbmsc.workers=3-r01.failed)" "memory 20MB" "... is stopped, and it is written down why"
fi
sed '/^timeout/d; /^ue.count/d' slow.ini >long.ini
"$program" plan long.ini --target "$target" --vary ue.count=10,300k -o long -j 1 >out 2>err &
pid=$!
for _ in $(seq 300); do
    [ -d "long/runs/p0001-vue.count=10-r03" ] && [ -n "$(find long/runs -name '.*300k*.partial-*')" ] && break
    sleep 0.1
done
"$program" plan long.ini --target "$target" --vary ue.count=10,300k -o long -j 1 >out2 2>err2
[ $? = 2 ] && grep -q "long: another plan or sweep (process $pid on .*) or a run that it started is at work here" err2
ok $? "a second plan in the same folder is refused (exit 2)"
# The lock is the one of a sweep, for which flock(1) stands here.
flock -n long/.sweep.lock true
same $? 1 "... and so is a sweep"
kill -s INT "$pid"
wait "$pid"
same $? 1 "SIGINT stops a plan"
says err "interrupted; finished runs are kept" "... with a message"
[ "$(ls long/runs)" = "$(printf 'p0001-vue.count=10-r0%s\n' 1 2 3)" ] && [ -z "$(find long/runs -name '.*')" ]
ok $? "... its children leave nothing behind, and what was finished stays"
flock -n long/.sweep.lock true
ok $? "... the folder is free again"
exec 9>>long/.sweep.lock
flock -n 9
expect 2 "a plan beside a sweep" plan long.ini --target "$target" --vary ue.count=10,20 -o long
exec 9>&-
expect 0 "a further call" plan long.ini --target "$target" --vary ue.count=10,20 -o long --quiet
says out "3 runs made, 3 found" "... takes up what was finished"

for command in expand collect plan sweep; do
    expect 0 "$command --help" "$command" --help
done

# --- folders that are somebody else's
printf '[ue]\ncount = 20\ncells = 2\n' >few.ini
"$program" run few.ini -o a-run --quiet
printf '[study]\nbase = few.ini\n[axis w]\nbsf.workers = 2, 4\n' >two.ini
mkdir mine
echo precious >mine/study.csv
for command in sweep collect; do
    expect 2 "$command in the folder of a run" "$command" two.ini -o a-run
    says err "a-run/summary.csv: this is the folder of a run, expected another folder" "... is refused"
    expect 2 "$command over a table that is no study's" "$command" two.ini -o mine
    says err "mine/study.csv: this is no table of a study in this folder, and would be replaced" "... is refused"
done
equals "$(cat mine/study.csv) $(find mine a-run -name "*.ini" | wc -l)" "precious 0" "nothing is lost, and nothing left there"

expect 2 "intervals of no width" sweep two.ini -o until --dry-run --until 'ci(update_p99_s) < 0%'
says err "no interval is narrower than that, expected more than 0 %" "... are refused"
mkdir read-only
chmod 555 read-only
if ! : 2>/dev/null >read-only/probe; then
    expect 1 "a folder that cannot be written" sweep two.ini -o read-only/study
fi
expect 2 "a file in the folder's place" sweep two.ini -o few.ini
says err "few.ini: exists and is not a folder" "... is named"

# --- counts that were zero in all runs
expect 0 "no failure in 59 runs" plan few.ini -o few --quiet --target 'ues_without_key == 0' --vary bsf.workers=3 --replications 59..59
equals "$(cell few/plan.csv 1 status) $(cell few/plan.csv 1 sure)" "always yes" "... makes it sure that 95 % of all runs have none"
expect 0 "... and in 58" plan few.ini -o fewer --quiet --target 'ues_without_key == 0' --vary bsf.workers=3 --replications 58..58
equals "$(cell fewer/plan.csv 1 sure)" no "... does not"

done_testing
