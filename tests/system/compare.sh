#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# pullstorm compare on real runs: what differs is found and named, what differs by chance alone is not, exit status for
# CI, tables and page, and wrong input.
set -u

program=$PWD/pullstorm
PULLSTORM=$program # that scripts are other names of
export PULLSTORM
source=$(CDPATH='' cd -- "${srcdir:-.}" && pwd)
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
not_in program
cd "$work" || exit 1

# verdict METRIC POINTS: of the CSV in out
verdict() {
    awk -F, -v metric="$1" -v points="$2" '$1 == points && $2 == metric { print $17 }' out
}
# is METRIC VERDICT TEXT [POINTS]
is() {
    [ "$(verdict "$1" "${4:-}")" = "$2" ]
    ok $? "$3: $1 $2, got $(verdict "$1" "${4:-}")"
}

cat >base.ini <<END
[ue]
count = 200
cells = 10
muk_expired = 30%
[pull]
rate = 200/s
END
printf '[study]\nbase = base.ini\nreplications = 6\n[axis workers]\nbsf.workers = 1, 4\n[variant plain]\n' >study.ini
printf '[variant slow]\nbsf.service_time = fixed(20ms)\n' >>study.ini
expect 0 "a study" sweep study.ini -o study --quiet
sed 's/replications = 6/&\nseed = 2/' study.ini >again.ini
expect 0 "the same with other seeds" sweep again.ini -o again --quiet

# --- points of a study
expect 0 "two points" compare study --a 'bsf.workers == 1 and variant == plain' \
    --b 'bsf.workers == 4 and variant == plain' --format csv -o points --no-page
is bsf_utilisation_ratio differs "four workers are less busy than one"
is bsf_queue_max differs "... and nobody waits for them"
is pulls_sent alike "the same pulls go out"
is ues alike "to the same UEs"
[ "$(sed -n 2p points/compare_keys.csv)" = "bsf.workers,1,1,4" ] && [ "$(wc -l <points/compare_keys.csv)" = 2 ]
ok $? "one key differs"
cmp -s out points/compare.csv
ok $? "the table is what --format csv prints"
[ "$(cut -d, -f3,5 points/compare_runs.csv | sed -n '2,5p' | tr '\n' ' ')" = "A,1 B,1 A,2 B,2 " ]
ok $? "pairs are of the same replication"
if command -v python3 >/dev/null; then
    python3 -B "$source/tests/system/compare_again.py" points >out 2>err
    ok $? "reckoned again from the summaries: $(tail -n 1 out)"
else
    skip "reckoned again from the summaries" "no python3"
fi
expect 0 "once more" compare study --a 'bsf.workers == 1 and variant == plain' \
    --b 'bsf.workers == 4 and variant == plain' --format csv
cmp -s out points/compare.csv
ok $? "... is the same byte for byte"
expect 0 "variants at two points" compare study --a 'variant == plain' --b 'variant == slow'
says out "bsf.service_time: " "what the variant sets is named"
says out "2 points of A have their like in B, by bsf.workers (0 and 0 have none); 12 pairs of runs of the same seed" \
    "points are matched"
says out "Means over these points:" "means"
says out "bsf.workers=1: " "each point is told"
says out "by Benjamini and Hochberg" "how it is corrected is said"
expect 0 "variants as CSV" compare study --a 'variant == plain' --b 'variant == slow' --format csv
is bsf_utilisation_ratio differs "slower work, over all points" all
is bsf_utilisation_ratio differs "... and at one" bsf.workers=4

# --- by chance alone
expect 0 "two studies that differ in their seeds alone" compare study again --format csv
found=$(awk -F, '$1 != "all" && $17 == "differs"' out | wc -l)
looked=$(awk -F, '$1 != "all" && $16 != ""' out | wc -l)
[ "$looked" -ge 200 ] && [ "$found" -le $((looked / 50)) ]
ok $? "of $looked metrics of all points $found are called different"
expect 0 "... to read" compare study again
says out "no key differs" "no key differs"
says out "by replication, for no two have the same seed" "how pairs were made is said"
expect 0 "a study and itself" compare study study
says out "metrics alike: " "alike"
! grep -q "really differ" out
ok $? "nothing really differs"

# --- two runs
expect 0 "two runs" compare study/runs/p0001-r01 study/runs/p0002-r01
says out "One pair of runs says nothing of chance" "... have no intervals, which is said"
says out "(one pair: no interval)" "... at each number"
! grep -q "really differ" out
ok $? "nothing is called real"

# --- for CI
a='bsf.workers == 4 and variant == plain'
b='bsf.workers == 1 and variant == slow'
expect 1 "a regression" compare study --a "$a" --b "$b" --fail-if 'bsf_utilisation_ratio > +100%'
says out "--fail-if bsf_utilisation_ratio > +100%: met: " "... is told"
expect 0 "the other way round" compare study --a "$b" --b "$a" --fail-if 'bsf_utilisation_ratio > +5%' \
    --fail-if 'gba_mean_s > +1ms'
says out "--fail-if gba_mean_s > +1ms: not met" "each condition is told"
expect 1 "one of two is met" compare study --a "$a" --b "$b" --fail-if 'ues_keyed_ratio < -0.01' \
    --fail-if 'gba_mean_s > +1ms'
expect 0 "nothing is lost" compare study --a "$a" --b "$b" --fail-if 'ues_keyed_ratio < -1%' --format csv
says err "ues_keyed_ratio < -1%: not met" "with CSV conditions are told on standard error"
expect 0 "other seeds at one point" compare study again --a "$a" --b "$a" --format csv
larger=$(awk -F, '$1 == "" && $16 != "" && $17 == "within chance" && $9 > 0 && $2 ~ /_mean_s$/ { print $2; exit }' out)
[ -n "$larger" ]
ok $? "something is larger by chance: $larger"
expect 0 "what is larger by chance does not fail" compare study again --a "$a" --b "$a" --fail-if "$larger > 0"
says out "not sure: " "... and is said"
expect 1 "... but with --fail-unsure" compare study again --a "$a" --b "$a" --fail-if "$larger > 0" --fail-unsure
# run.end before the last have the key: a percentile that is not reached
"$program" run base.ini -o whole --quiet && "$program" run base.ini -s run.end=1500ms -o cut --quiet
ok $? "a run, and one that is cut off"
expect 1 "a percentile that is not reached any more" compare whole cut --fail-if 'update_p99_s > +5%'
says out "no value in 1 of 1 runs of B (A: 0), which counts as worse" "... counts as worse"
says out "update_p99_s                   no value in 0 of 1 runs of A, in 1 of 1 of B" "... and stands in the list"
expect 0 "... and not the other way round" compare cut whole --fail-if 'update_p99_s > +5%'
says out "not met: no value in 1 runs of A (B: 0), so that B is no worse" "... which is told"
expect 0 "metrics that were asked for" compare study --a "$a" --b "$b" --metrics 'gba_mean_s, ues' --format csv
[ "$(wc -l <out)" = 3 ]
ok $? "... and no others"

# --- tables are said to be there when they are
expect 0 "tables" compare whole cut -o told --no-page
says out "Tables in told" "... are said to be there"
expect 1 "a folder that cannot be made" compare whole cut -o base.ini/told --no-page
says err "base.ini/told: Not a directory" "... is an error"
! grep -q "^Tables" out
ok $? "... and nothing is said to be there"
PYTHON=/nowhere/python "$program" compare whole cut -o unmade >out 2>err
[ $? = 1 ] && grep -qx "Tables in unmade" out && [ -s unmade/compare.csv ] && [ ! -e unmade/compare.html ]
ok $? "without Python only the tables are: $(tail -n 1 out)"
"$program" compare whole cut -o piped --no-page | true
for table in compare compare_runs compare_keys compare_sides; do [ -s "piped/$table.csv" ] || break; done
ok $? "they are all there for a reader that leaves"
cat >ctrl-c <<'END'
#!/bin/sh
case $* in *"import "*) exit ;; esac # is it a Python that will do?
kill -INT $PPID
exit 1
END
chmod +x ctrl-c
PYTHON=$PWD/ctrl-c "$program" compare whole cut -o interrupted >out 2>err
[ $? = 1 ] && grep -qx "pullstorm: compare: interrupted" err && [ ! -s out ] && [ -s interrupted/compare_sides.csv ]
ok $? "an interrupt waits until the tables are there"

# --- the page
has_modules() {
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import matplotlib, pandas' 2>/dev/null && return
    done
    return 1
}
if [ -z "${PULLSTORM_TESTS:-}" ] && has_modules; then
    expect 0 "the tables" compare study --a 'variant == plain' --b 'variant == slow' -o side --no-page
    "$source/scripts/report" side -o side/compare.html >out 2>err
    ok $? "the page"
    tr '\n' ' ' <side/compare.html | grep -q 'are to fetch a new key.* (A) or .* (B) a request.*class="question">What becomes different '\
'if bsf.service_time goes from .*class="answer plain".*in brackets the 95.*id="question-title"'
    ok $? "... opens with the scenario, the question, the answer and how sure it is"
    says side/compare.html 'id="plot-compare_keyed"' "... has the curve of keyed UEs"
    says side/compare.html 'id="plot-compare_time_to_key"' "... and that of the time to key"
    says side/compare.html "What really differs" "... and the differences"
    for name in plot report; do
        "$source/scripts/$name" side -o side/chosen --metric ues >out 2>err
        [ $? = 2 ] && grep -q '^pullstorm: [a-z]*: side: is a comparison, .* always the same: no --metric' err && [ ! -e side/chosen ]
        ok $? "... of which $name lets nobody choose"
    done
    if "$program" report --help >/dev/null 2>&1; then
        expect 0 "the page at once" compare study --a 'variant == plain' --b 'variant == slow' -o once --format csv
        cmp -s side/compare.html once/compare.html && cmp -s out once/compare.csv
        ok $? "... is the same, and nothing but the table is printed"
    fi
    if grep -qE '(src|href)="?https?:' side/compare.html; then false; else true; fi
    ok $? "... and takes nothing from elsewhere"
fi

# --- mistakes
expect 2 "nothing to compare" compare
says err "expected two folders A and B" "... is said"
expect 2 "three folders" compare whole cut study
says err "got 3 (pullstorm compare --help)" "... are too many"
expect 2 "a metric that is a word" compare whole cut --metrics verdict
says err "verdict is a word, which has no difference" "... has no difference"
expect 2 "... nor a condition" compare whole cut --fail-if 'verdict > +1'
says err "verdict is a word, which has no difference" "... for the same reason"
expect 2 "one study with itself" compare study --a "$a"
says err "expected --b (and --a), or a second folder" "... is said"
expect 2 "a folder that is not there" compare study nowhere
says err "nowhere: no such folder" "... is named"
mkdir empty
expect 2 "a folder that holds no result" compare empty study
says err "empty: neither a run (it has no summary.csv) nor a study (no study.ini)" "... is named"
mkdir plan && touch plan/plan.csv plan/study.ini
expect 2 "the folder of a plan" compare plan study
says err "plan: the folder of a plan; expected that of a run" "... is named as what it is"
expect 2 "unsure of no condition" compare whole cut --fail-unsure
says err "--fail-unsure is of the conditions of --fail-if, and there is none" "... is said"
expect 2 "a file" compare study.ini study
says err "study.ini: not a folder; expected that of a run or of a study" "... is named"
expect 2 "conditions that are true nowhere" compare study --a "$a" --b 'bsf.workers == 9'
says err '"bsf.workers == 9" is true at none of the 4 points' "... are named"
expect 2 "a condition of a run" compare whole cut --a "$a"
says err "whole: a single run; conditions choose points of a study" "... is refused"
cp -r cut hurt && sed -i '2s/$/0/' hurt/summary.csv
expect 2 "a file that was changed" compare whole hurt
says err "hurt: damaged: summary.csv has" "... is named"
cp cut/summary.csv hurt && sed -i '$d' hurt/distribution.csv
expect 2 "a file that was cut" compare hurt whole
says err "hurt: damaged: distribution.csv has" "... is named"
expect 2 "an unknown metric" compare whole cut --fail-if 'update_p98_s > +5%'
says err 'unknown metric "update_p98_s", did you mean update_p9' "... is named with the nearest"
expect 2 "a change without a sign" compare whole cut --fail-if 'update_p99_s > 5%'
says err "expected one with its sign, such as +5% (of A) or +2s" "... is said"
expect 2 "a change of another unit" compare whole cut --fail-if 'update_p99_s > +5MB'
says err "update_p99_s, which is a time (s)" "... is said"
expect 2 "an unknown metric to look at" compare whole cut --metrics gba_mean
says err "did you mean gba_mean_s?" "... is named with the nearest"
expect 2 "a format that there is not" compare whole cut --format json
expect 2 "a result's own folder" compare whole cut -o study
says err "the folder of a result" "... is not written into"
sed -i 's/"format": [0-9]*/"format": 1/' cut/manifest.json
expect 2 "another format" compare whole cut
says err "cut/manifest.json: format 1, expected 3" "... is said"
rm -r again/runs/p0001-r02
expect 0 "a run that is missing at one point" compare study again
says out "1 run of it is not there, failed or damaged" "... is said"
says out "1 run has no partner and does not count" "... as well as what it leaves over"
says out "Means over all points are of the 5 replications that stand at each of them" "... and what counts"
manifest=again/runs/p0002-r03/manifest.json
sed -i 's/"version": "[^"]*"/"version": "0.0"/' "$manifest"
expect 0 "a run of another version" compare study again
says out "1 run of B was made by another version of pullstorm than its first, " "... is said"
sed -i 's/"format": [0-9]*/"format": 1/' "$manifest"
expect 2 "another format in a study" compare study again
says err "$manifest: format 1, expected 3" "... is said"
expect 0 "... of another point" compare study again --a 'bsf.workers == 1' --b 'bsf.workers == 1'
if [ -w /dev/full ]; then
    "$program" compare study study >/dev/full 2>err
    [ $? = 1 ] && grep -q '^pullstorm: standard output' err
    ok $? "output that cannot be written is a failure"
fi

done_testing
