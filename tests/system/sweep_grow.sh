#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Studies that grow: what is there is kept, under the number that it has then, and what is missing is made; only what
# would make a finished run another one is refused. The same study in a new folder tells what must come out.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/sweep-common.sh
. "$srcdir/tests/system/sweep-common.sh"
P=$PULLSTORM
# made DIR: when each whole result was made, whatever it is called now
made() {
    find "$1/runs" -name manifest.json -printf '%T@\n' | sort
}
# grows NAME SCRIPT KEPT: the study changed by sed, in a copy of the first folder and in a new one
grows() {
    sed "$2" study.ini >grown.ini
    rm -rf grown fresh
    cp -a first grown
    made grown >before
    "$P" sweep grown.ini -o fresh --quiet || return
    expect_command 0 "$1" "$P" sweep grown.ini -o grown
    same grown fresh "... the tables of a new folder"
    kept=$(made grown | comm -12 - before | wc -l)
    [ "$kept" = "$3" ] && [ -z "$(find grown/runs -name '.*')" ]
    ok $? "... and $3 runs are kept ($kept)"
}
# refused NAME TEXT...: what stands there stays; each text is in what is said
refused() {
    local name=$1 text
    shift
    rm -rf grown
    cp -a first grown
    find grown -type f -exec cksum {} + | sort >before
    expect_command 2 "$name" "$P" sweep grown.ini -o grown
    for text in "$@"; do says err "$text" "... is refused, and says: $text"; done
    find grown -type f ! -name .sweep.lock -exec cksum {} + | sort | comm -13 before - >after
    [ ! -s after ]
    ok $? "... nothing there changes"
}

expect_command 0 "a study" "$P" sweep study.ini -o first --quiet
grows "values at the end of the slowest axis" 's/1000\/s/&, 2000\/s/' 12
grows "a value in the middle of each axis" 's/100\/s,/& 300\/s,/; s/workers = 1,/& 4,/' 12
grows "a value before all others" 's/rate = /&50\/s, /' 12
grows "the values in another order, spelt otherwise" 's/100\/s, 500\/s, 1000\/s/1k\/s, 6000\/min, 0.5k\/s/' 12
grows "another axis first" '/^\[axis rate/i [axis ues]\nue.count = 50, 100' 12
grows "more replications, a title, other metrics and limits" \
    's/= 2$/= 3\ntitle = More\nmetrics = ues_keyed/; s/10min/20min/' 12
grows "variants" '$ a [variant lossy]\naccess.loss = 1%\n[variant plain]' 12

rm -rf grown
cp -a first grown
sed 's/replications = 2/replications = 1/' study.ini >grown.ini
expect_command 0 "fewer replications" "$P" sweep grown.ini -o grown
same grown first "... leave the runs that stand there in the tables"

# Draws of independent seeds are of a point, not of its number.
sed -i 's/replications = 2/&\nrandom_numbers = independent/' study.ini
mv first common
expect_command 0 "a study of independent seeds" "$P" sweep study.ini -o first --quiet
[ "$(cut -d, -f3 first/runs.csv | sort -u | wc -l)" = 13 ]
ok $? "... has one for each run"
grows "a value in the middle of each axis" 's/100\/s,/& 300\/s,/; s/workers = 1,/& 4,/' 12
sed -i '/independent/d' study.ini
rm -r first
mv common first

# --- what has no place in the study any more
cp study.ini grown.ini
sed -i 's/500/600/' grown.ini
refused "another value" 'the study has changed since its first runs: there "pull.rate = 100/s, 500/s, 1000/s"' \
    '4 finished runs would not be of this study any more: p0003-r01, p0003-r02, p0004-r01, p0004-r02' \
    'pull.rate=500/s, bmsc.workers=1 is no point of the study any more'
sed 's/replications = 2/&\nseed = 5/' study.ini >grown.ini
refused "another seed" 'there "(nothing)", now "seed = 5"' '12 finished runs' 'p0001-r01, ' 'no replication has its seed '
sed '/^\[axis rate/i [set]\nhss.workers = 7' study.ini >grown.ini
refused "another [set]" '12 finished runs' 'the first since hss.workers was '
cp study.ini grown.ini
cp base.ini base.old
sed -i 's/count = 100/count = 200/' base.ini
refused "another base" 'base.ini: the base scenario has changed since its first runs: there "count = 100", now "count = 200"' \
    'the first since ue.count was 100, is 200'
sed -i 's/count = 200/count = 1_00/' base.ini
expect_command 0 "a base that is the same in other words" "$P" sweep grown.ini -o grown
same grown first "... is the same"
mv base.old base.ini

# --- failures go with their points, and those of points that are no more are forgotten
rm -rf grown
cp -a first grown
for name in p0003-r01 p0005-r02; do
    rm -r grown/runs/$name
    printf 'exit 1\nno such luck\n' >grown/runs/$name.failed
done
rm -r grown/runs/p0005-r01 grown/runs/p0006-r0[12]
sed 's/100\/s,/& 300\/s,/; s/, 1000\/s//' study.ini >grown.ini
expect_command 1 "a study in which runs have failed" "$P" sweep grown.ini -o grown
says err "grown/runs/p0005-r01.failed: exit 1" "... they stay failed, under their numbers of now"
[ "$(find grown/runs -name '*.failed' -printf '%f ')" = "p0005-r01.failed " ]
ok $? "... and only those that are in the study"

# --- who may do it
sed 's/100\/s,/& 300\/s,/' study.ini >grown.ini
rm -rf grown
cp -a first grown
expect_command 2 "expand of what has other numbers now" "$P" expand grown.ini -o grown --missing
says err "its runs have other numbers now; pullstorm collect grown.ini -o grown gives them those" "... says what to do"
exec 9>>grown/.sweep.lock
flock -s -n 9
expect_command 2 "a shard of it, beside another shard" "$P" sweep grown.ini -o grown --shard 1/2
says err "is at work here" "... has to wait"
expect_command 2 "collect, too" "$P" collect grown.ini -o grown
exec 9>&-
expect_command 1 "collect" "$P" collect grown.ini -o grown
says err "12 of 16 runs are done, 0 failed, 4 missing" "... gives them those"
expect_command 0 "expand" "$P" expand grown.ini -o grown --missing --count
[ "$(cat out)" = 4 ]
ok $? "... lists what is missing"
expect_command 0 "the shard" "$P" sweep grown.ini -o grown --shard 1/2 --quiet
expect_command 0 "and the other" "$P" sweep grown.ini -o grown --shard 2/2 --quiet
expect_command 0 "all of it" "$P" sweep grown.ini -o fresh2 --quiet
"$P" collect grown.ini -o grown && same grown fresh2 "... the same tables"

# --- killed in the middle: points 3 to 6 get the numbers 5 to 8. The journal is that of a sweep; what it had done by then
# is done here by hand.
moves() {
    for point in 3 4 5 6; do
        for r in 1 2; do
            printf 'p%04d-r%02d\np%04d-r%02d\n' $point $r $((point + 2)) $r
        done
    done
}
sum=$({ cat grown.ini && echo && cat base.ini; } | sha256sum | cut -d ' ' -f 1)
for stage in first-aside all-aside first-placed all-placed committed; do
    rm -rf cut
    cp -a first cut
    journal=.moves
    moves | paste - - | while read -r old new; do
        mv "cut/runs/$old" "cut/runs/.moving-$new"
        [ $stage = first-aside ] && break
    done
    case $stage in *aside) ;; *)
        journal=.moves.placing
        moves | paste - - | while read -r old new; do
            mv "cut/runs/.moving-$new" "cut/runs/$new"
            [ $stage = first-placed ] && break
        done
        ;;
    esac
    [ $stage != committed ] || cp grown.ini cut/study.ini
    printf '%s\n%s' "$sum" "$(moves)" >cut/$journal
    made cut >before
    expect_command 0 "killed when it had come to: $stage" "$P" sweep grown.ini -o cut
    same cut fresh2 "... the same tables"
    [ "$(made cut | comm -12 - before | wc -l)" = 12 ] && [ -z "$(find cut -name '.mov*')" ]
    ok $? "... of the same runs"
done
rm -rf cut
cp -a first cut
mv cut/runs/p0003-r01 cut/runs/.moving-p0005-r01
printf '%s\n%s' "$sum" "$(moves)" >cut/.moves
made cut >before
expect_command 0 "killed, and called with the study as it was" "$P" sweep study.ini -o cut
same cut first "... the same tables as before"
[ "$(made cut | comm -12 - before | wc -l)" = 12 ]
ok $? "... of the same runs"

# --- a plan
# shellcheck disable=SC2317 # called by expect
plan() { "$P" plan "$1" -o "$2" --quiet --replications 2..2 --vary bmsc.workers=1..2 --target 'ues_without_key <= 0'; }
printf '[study]\nbase = base.ini\n[axis rate]\npull.rate = 100/s, 1000/s\n' >study.ini
sed 's/100\/s,/& 300\/s,/' study.ini >grown.ini
expect_command 0 "a plan" plan study.ini planned
expect_command 0 "... of another point, in its folder" plan grown.ini planned
says out "4 runs made, 8 found" "... runs what is missing"
expect_command 0 "... and in a folder of its own" plan grown.ini fresh3
cmp planned/plan.csv fresh3/plan.csv && cmp planned/plan_curve.csv fresh3/plan_curve.csv
ok $? "... with the same answers"
# What the storms came to: run.end comes while pulls are still due.
printf '[study]\nbase = base.ini\nreplications = 2\n[set]\nrun.end = 2200ms\naccess.loss = 0\n[axis rate]\npull.rate = 20/s, 10k/s, 50/s\n' >short.ini
expect_command 0 "a study with points whose runs end too early" "$P" sweep short.ini -o short
says out "not calm: 4 cut off by run.end (points 1, 3)" "... which is said, with the points"
expect_command 0 "a part of it" "$P" sweep short.ini -o short --only 'pull.rate == 20/s'
says out "not calm: 2 cut off by run.end (point 1)" "... of the runs that were asked for, no others"
done_testing
