#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# pullstorm sweep, by its other name scripts/sweep: the same tables however the runs came to be; nothing lost, nothing
# done twice; every failure told.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/sweep-common.sh
. "$srcdir/tests/system/sweep-common.sh"
command -v parallel >/dev/null || skip_all "GNU parallel is not installed"
sweep=$scripts/sweep
real=$PULLSTORM

# A program that is pullstorm except for runs whose folder is named in a file: hold (until it is killed), linger (when
# the result is there), fail, die, lose (who runs it, as a machine that stops does), hang (with a child of its own, deaf to TERM).
cat >pullstorm <<END
#!/bin/bash
[ "\$1" = run ] || exec "$real" "\$@"
name=\$(grep -o 'p[0-9]*-r[0-9]*' <<<"\$*" | tail -n 1)
for way in hold linger fail die hang lose; do
    grep -qf "$work/\$way" <<<"\$name" 2>/dev/null && break || way=
done
case \$way in
hold) echo \$\$ >"$work/held.new" && mv "$work/held.new" "$work/held" && exec sleep 1000 ;;
linger) "$real" "\$@" && echo \$\$ >"$work/held.new" && mv "$work/held.new" "$work/held" && exec sleep 1000 ;;
fail) echo "no such luck" >&2 && exit 1 ;;
die) echo "last words" >&2 && kill -KILL \$\$ ;;
lose) echo lost >>"$work/lost" && kill -KILL \$PPID ;;
hang)
    trap '' TERM
    sleep 1000 &
    echo "\$\$ \$!" >"$work/hung"
    wait
    sleep 1000
    ;;
esac
exec "$real" "\$@"
END
chmod +x pullstorm
odd=$work/pullstorm
# shellcheck disable=SC2317 # called from there
at_end() {
    [ ! -f sessions ] || xargs -a sessions -n 1 pkill -KILL --session 2>/dev/null
}
# begin NAME COMMAND...: in a session of its own, whose number goes to $session
begin() {
    env --default-signal=INT setsid "$@" >out 2>err </dev/null &
    session=$!
    echo "$session" >>sessions
}
# nothing_hidden DIR: but the lock
nothing_hidden() {
    [ -z "$(find "$1" -name '.*' ! -name .sweep.lock)" ]
}
held() {
    rm -f held
    until_true test -f held
}
# alive OPTION...: of these processes those that are not just waiting for their parent to notice their end
alive() {
    ps -o stat=,pid=,args= "$@" | awk '!/^Z/'
}
# shellcheck disable=SC2317 # by until_true
session_ended() {
    [ -z "$(alive -s "$session")" ]
}

# --- the same tables
expect_command 0 "a study, one run at a time" "$sweep" study.ini -o one -j 1
says out "12 runs: 12 done, 0 failed, 0 missing" "... says what was done"
[ ! -s err ]
ok $? "... without progress where there is no terminal"
[ "$(wc -l <one/runs.csv) $(wc -l <one/study.csv) $(find one/runs -mindepth 1 -maxdepth 1 | wc -l)" = "13 7 12" ]
ok $? "... a row per run, a row per point, nothing else in runs/"
stamps one >before
expect_command 0 "again" "$sweep" study.ini -o one
stamps one | cmp -s - before
ok $? "... runs nothing"
expect_command 0 "three at a time, quietly" "$sweep" study.ini -o three -j3 --quiet
[ ! -s out ] && [ ! -s err ]
ok $? "... prints nothing"
same one three "... the same runs.csv and study.csv"

# --- what is missing, and only that
rm -r one/runs/p0002-r01 one/runs/p0006-r02
expect_command 0 "two results were removed" "$sweep" study.ini --output=one
[ "$(stamps one | diff - before | grep -c '^<')" = 2 ]
ok $? "... those two are made again, no other"
same one three "... with the same tables"
stamps one >before
truncate -s 100 one/runs/p0003-r01/summary.csv
rm one/runs/p0004-r02/manifest.json
expect_command 0 "two results are damaged" "$sweep" study.ini -o one
grep -q p0003-r01 err && grep -q p0004-r02 err
ok $? "... both are named"
[ "$(stamps one | diff - before | grep -c '^<')" = 2 ]
ok $? "... those two are made again, no other"
same one three "... with the same tables"

# --- interrupted, killed
for how in INT TERM KILL Ctrl-C; do
    rm -rf cut
    echo 'p000[35]-r01' >hold
    begin env PULLSTORM="$odd" "$sweep" study.ini -o cut -j 2
    held
    ok $? "$how: a sweep is at work"
    cp out out.1
    expect_command 2 "... a second one is refused" "$sweep" study.ini -o cut
    says err "another plan or sweep (process" "... and says why"
    case $how in
    KILL) kill_session ;;
    Ctrl-C) kill -INT -- "-$session" ;;
    *) kill -s "$how" "$session" ;;
    esac
    wait "$session" 2>/dev/null
    got=$?
    until_true session_ended
    ok $? "... no process is left $(alive -s "$session")"
    if [ "$how" != KILL ]; then
        [ $got = 1 ]
        ok $? "... exit status 1 (got $got)"
    fi
    [ -z "$(find cut/runs -name '*.failed')" ]
    ok $? "... what was at work has not failed"
    stamps cut >before
    rm hold
    expect_command 0 "... the next call goes on" "$sweep" study.ini -o cut
    [ "$(stamps cut | diff - before | grep -c '^>')" = 0 ]
    ok $? "... keeps the $(wc -l <before) that were done"
    same cut three "... with the same tables"
    nothing_hidden cut
    ok $? "... and leaves nothing hidden behind"
done

rm -rf cut
echo p0003-r01 >linger
begin env PULLSTORM="$odd" "$sweep" study.ini -o cut -j 1
held
kill_session
until_true session_ended
[ -d cut/runs/p0003-r01 ]
ok $? "killed when a run is done and its process not yet gone"
rm linger
expect_command 0 "... the next call goes on" "$sweep" study.ini -o cut
same cut three "... with the same tables"
nothing_hidden cut
ok $? "... and leaves nothing hidden behind"

echo p0001-r01 >hold
rm -rf cut
begin env PULLSTORM="$odd" "$sweep" study.ini -o cut -j 2
held
kill -KILL "$session"
until_true session_ended
ok $? "only the sweep is killed: its runs end, too $(alive -s "$session")"
[ -z "$(find cut/runs -name '*.failed')" ]
ok $? "... and have not failed"
rm hold
expect_command 0 "... the next call goes on" "$sweep" study.ini -o cut
same cut three "... with the same tables"

# --- failures
cat >hinder <<'END'
#!/bin/sh
while [ "$1" != -o ]; do shift; done
mkdir "$2.failed"
exit 1
END
chmod +x hinder
expect_command 1 "what happened to a run cannot be recorded" env PULLSTORM="$PWD/hinder" "$real" sweep study.ini \
    -o hindered -j 1
says err ".failed: Is a directory" "... is told"
! grep 'failed:.*failed:' err
ok $? "... once"
echo p0001-r01 >fail
echo p0002-r02 >die
expect_command 1 "runs fail and are killed" env PULLSTORM="$odd" "$sweep" study.ini -o failed
says out "12 runs: 10 done, 2 failed, 0 missing" "... the others go on"
[ "$(head -qn 1 failed/runs/*.failed | tr '\n' ,)" = "exit 1,killed by signal 9," ]
ok $? "... the reasons are recorded"
[ "$(tail -qn +2 failed/runs/p000[12]*.failed | tr '\n' ,)" = "no such luck,last words," ]
ok $? "... and what they said"
says err "p0001-r01.failed: exit 1" "... and told"
[ "$(grep -c 'failed: ' failed/runs.csv)" = 2 ]
ok $? "... they are in runs.csv"
rm fail die
stamps failed >before
expect_command 1 "the next call leaves them" "$sweep" study.ini -o failed
stamps failed | cmp -s - before
ok $? "... and runs nothing"
expect_command 0 "--retry-failed runs them again" "$sweep" study.ini -o failed --retry-failed
[ "$(stamps failed | diff - before | grep -c '^<')$(find failed/runs -name '*.failed')" = 2 ]
ok $? "... and only them"
same failed three "... with the same tables"
# The only run is the one that hangs: how long others take on this machine does not matter.
echo p0003-r01 >hang
sed 's/10min/3s/' study.ini >limits.ini
expect_command 1 "a run hangs" env PULLSTORM="$odd" "$sweep" limits.ini -o late --replications 1 \
    --only 'pull.rate == 500/s and bmsc.workers == 1'
says err "p0003-r01.failed: timeout 3s" "... which is told"
[ "$(head -n 1 late/runs/p0003-r01.failed)" = "timeout 3s" ]
ok $? "... and recorded"
read -r -a pids <hung
[ "${#pids[@]}" = 2 ] && [ -z "$(alive -p "${pids[0]}" -p "${pids[1]}")" ]
ok $? "... its children are gone"
rm hang

# Slurm tells every process to end, each at its own moment: a run that was told first has not failed. As the one command
# that every scheduler drives: sweep --one.
one=("$real" sweep --program "$work/ending" --timeout 600s --one)
# shellcheck disable=SC2016 # for the program's shell
printf '#!/bin/sh\nkill -TERM $PPID\nexit 1\n' >ending
chmod +x ending
mkdir told
expect_command 3 "told to end as the run ends" timeout --signal=KILL 120 "${one[@]}" "pullstorm run base.ini -o told/runs/p1"
# shellcheck disable=SC2016
printf '#!/bin/sh\n(sleep 0.2; kill -TERM $PPID) &\nkill -TERM $$\n' >ending
expect_command 3 "told to end a little later than the run" "${one[@]}" "pullstorm run base.ini -o told/runs/p2"
# shellcheck disable=SC2016
printf '#!/bin/sh\nkill -STOP $$\n' >ending
begin "${one[@]}" "pullstorm run base.ini -o told/runs/p3"
# shellcheck disable=SC2317 # by until_true
halted() { [ -n "$(ps -o stat= -s "$session" | awk '/^T/')" ]; }
until_true halted && kill -TERM "$session"
wait "$session"
got=$?
[ $got = 3 ] && until_true session_ended
ok $? "a run that is halted is ended (exit 3, got $got)"
[ -z "$(find told/runs -name '*.failed')" ]
ok $? "... none of them has failed"

# However little memory there is, that is what is told: every limit below what the run needs.
mkdir small
if grep -qE '__asan_init|__gcov_init' "$real"; then
    skip "memory limits" "AddressSanitizer and gcov have needs of their own"
else
    enough=
    wrong=
    for megabytes in $(seq 2 3 200); do
        if "$real" sweep --memory "${megabytes}MB" --one \
            "pullstorm run base.ini -s ue.count=20k -o small/runs/p1-r1 --quiet" >out 2>err; then
            enough=$megabytes
            break
        fi
        [ "$(head -n 1 small/runs/p1-r1.failed)" = "memory ${megabytes}MB" ] ||
            wrong="$wrong $megabytes MB: $(head -n 1 small/runs/p1-r1.failed);"
    done
    [ -n "$enough" ] && [ "$enough" -gt 20 ] && [ -z "$wrong" ]
    ok $? "too little memory is told as such, from 2 MB to ${enough:-never} MB$wrong"
    [ ! -e small/runs/p1-r1.failed ]
    ok $? "... and forgotten when there is enough"
    "$real" sweep --program "$odd" --memory 1GB --one "pullstorm run none.ini -o small/runs/p2-r1" 2>err
    [ "$(head -n 1 small/runs/p2-r1.failed)" = "exit 2" ]
    ok $? "what fails for another reason below a limit is not told as memory"
    # A user's own hard limit may be lower than that of the study.
    # shellcheck disable=SC2016 # for that program
    printf '#!/bin/bash\nulimit -v >"%s/allowed"\n[ $1 = run ] || exec "%s" "$@"\n' "$work" "$real" >allowed.sh
    chmod +x allowed.sh
    (
        ulimit -v 3000000
        "$real" sweep --program "$work/allowed.sh" --memory 4GB --one "pullstorm run base.ini -o small/runs/p4-r1"
    )
    [ "$(cat allowed)" = 3000000 ]
    ok $? "of two limits of memory the lower one is used ($(cat allowed) kB)"
fi
if ! grep -q __asan_init "$real"; then
    sed 's/100TB/4GB/' study.ini >limits.ini
    # shellcheck disable=SC2016 # for that shell
    expect_command 0 "a study below a hard limit" bash -c 'ulimit -v 3000000; "$0" limits.ini -o small/out' "$sweep"
    [ "$(grep -c '3000000 kB' err)" = 1 ]
    ok $? "... says so once"
    # shellcheck disable=SC2016 # for that shell
    expect_command 0 "... and a plan" bash -c 'ulimit -v 3000000; "$0" plan limits.ini -o small/plan --target "ues_keyed >= 1" --vary ue.attempts=3..4 --replications 1..1 --quiet' "$real"
    [ "$(grep -c '3000000 kB' err)" = 1 ]
    ok $? "... says it in the same words, once"
fi
# Whether the event queue is what finds no memory depends on the limit: so it is told here in its own words.
printf '#!/bin/sh\necho "** ERROR **: kernel: no memory for 4194304 bytes of events" >&2\nkill -TRAP $$\n' >no-memory
chmod +x no-memory
"$real" sweep --program "$work/no-memory" --memory 100MB --one "pullstorm run base.ini -o small/runs/p3-r1" >out 2>err
[ "$(head -n 1 small/runs/p3-r1.failed)" = "memory 100MB" ]
ok $? "an event queue that finds no memory is told as memory"

# --- parts
expect_command 0 "--only" "$sweep" study.ini -o part --only 'bmsc.workers == 2'
says out "6 runs: 6 done" "... runs those points"
expect_command 0 "--replications" "$sweep" study.ini -o part --replications 1
says out "6 runs: 6 done" "... that many"
expect_command 0 "the rest" "$sweep" study.ini -o part
same part three "... the same tables as at once"
for i in 1 2 3; do
    "$sweep" study.ini -o "shard$i" --shard $i/3 >out 2>err || break
done
mkdir -p shards/runs
cp -r shard[123]/runs/. shards/runs/
rm -rf shard[123]
expect_command 0 "three shards, brought together" "$sweep" study.ini -o shards
same shards three "... the same tables"
for i in 1 2; do "$sweep" study.ini -o together --shard $i/2 >out.$i 2>err.$i & done
wait
expect_command 0 "two shards in one folder at the same time" "$sweep" study.ini -o together
same together three "... the same tables"
expect_command 0 "--dry-run" "$sweep" study.ini -o dry --dry-run
[ "$(grep -c '^pullstorm run ' out)" = 12 ] && [ ! -e dry ]
ok $? "... lists the runs and makes nothing"

# --- names that mean something to what is underneath
plain=$work/names
mkdir "$plain"
cp base.ini "$plain"
{
    printf '[study]\nbase = base.ini\nmemory = 100TB\n'
    PYTHONPATH=$here python3 -B -c 'from study_fixture import NAMES
for name in NAMES: print(f"[variant {name}]")
print("[axis rate]\npull.rate = 100/s, 500/s")'
} >"$plain/study.ini"
# shellcheck disable=SC2016 # a name
odd_name='x=y {} {.} {1} {#} {= 1 =} %j $(touch made) `id` [a-z]* \n "q" é'
mkdir "$work/$odd_name" "$work/$odd_name/t *"
cp base.ini "$work/$odd_name"
cp "$plain/study.ini" "$work/$odd_name/$odd_name.ini"
ln -s "$real" "$work/$odd_name/pullstorm"
expect_command 0 "variants with names of all kinds" "$sweep" "$plain/study.ini" -o "$plain/out" -j 1
cd "$work/$odd_name" || exit 1
expect_command 0 "... in folders and files with such names, temporary ones as well" env TMPDIR="$PWD/t *" \
    PULLSTORM="$PWD/pullstorm" "$sweep" "$odd_name.ini" -o "$odd_name"
same "$plain/out" "$odd_name" "... the same tables"
[ "$(find . -mindepth 1 -maxdepth 1 | wc -l)" = 8 ] && [ -z "$(ls -A 't *')" ]
ok $? "... and nothing else is made or gone"
expect_command 0 "... the study's limits are found" "$sweep" "$odd_name.ini" --wrapper
says out "--memory 100TB" "... and kept"
cp out err "$work"
cd "$work" || exit 1
# shellcheck disable=SC2016 # a name
says "$plain/out/study.csv" ',a$b_{ c$,' "... the names stand in the tables"

# --- what a user's environment has for the tools underneath
mkdir hostile
cat >hostile/env <<'END'
sort() { echo nothing; }
awk() { echo nothing; }
cd /
END
printf '#!/bin/sh\necho "I am not bash" >&2\nexit 1\n' >hostile/shell
chmod +x hostile/shell
hostile=(env POSIXLY_CORRECT=1 BASH_ENV="$work/hostile/env" CDPATH=/ GREP_OPTIONS=-v MAWKBINMODE=3 PARALLEL=--dry-run
    PERL5OPT=-Mnosuch SHELL="$work/hostile/shell" SHELLOPTS=errexit:noglob G_MESSAGES_DEBUG=all LANGUAGE=de OMP_NUM_THREADS=1
    'BASH_FUNC_find%%=() { echo nothing; }' TMPDIR=hostile)
expect_command 0 "an environment that changes what tools do" "${hostile[@]}" "$sweep" study.ini -o hostile/out
same hostile/out three "... changes nothing"
sed 's/10min/1.5min/; s/100TB/0.5TB/' study.ini >decimals.ini
LC_ALL=C "$sweep" decimals.ini --wrapper >wrapper
grep -q -- '--timeout 90s --memory 0.5TB' wrapper
ok $? "limits with decimals"
if localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" >/dev/null 2>&1 || [ -d "$work/de_DE.UTF-8" ]; then
    expect_command 0 "... in a locale with a decimal comma" env LOCPATH="$work" LC_ALL=de_DE.UTF-8 "$sweep" decimals.ini --wrapper
    cmp -s out wrapper
    ok $? "... are the same"
else
    skip "... in a locale with a decimal comma" "localedef cannot make one; on Debian: apt-get install locales"
fi

# A Slurm of another cluster: tasks wait for two questions and are run at the third.
mkdir slurm
printf '#!/bin/sh\necho "4711;far"\n' >slurm/sbatch
cat >slurm/squeue <<END
#!/bin/bash
[ -z "\${SQUEUE_STATES:-}" ] || exit 0
[ "\${SLURM_CLUSTERS:-}" = far ] || { echo "slurm_load_jobs error: Invalid job id specified" >&2 && exit 1; }
echo >>"$work/slurm/asked"
[ "\$(wc -l <"$work/slurm/asked")" -gt 2 ] || { echo PENDING && exit; }
for task in \$(seq 12); do SLURM_ARRAY_TASK_ID=\$task bash "$work/queued/slurm/job.sh" >&2; done
END
printf '#!/bin/sh\n' >slurm/scontrol
cp slurm/scontrol slurm/scancel
chmod +x slurm/*
# The same, but its job stays in the queue whatever it is told.
mkdir deaf
cp slurm/scontrol slurm/scancel slurm/sbatch deaf
printf '#!/bin/sh\necho PENDING\n' >deaf/squeue
chmod +x deaf/squeue
begin env PATH="$work/deaf:$PATH" SQUEUE_STATES=RUNNING SWEEP_SLURM_POLL=0.1 SWEEP_SLURM_PATIENCE=0.3 "$sweep" study.ini \
    -o deaf/out --slurm
until_true grep -qs "job 4711" out && sleep 0.5 && kill -TERM "$session"
wait "$session"
got=$?
[ $got = 1 ] && grep -q 4711 deaf/out/slurm/job
ok $? "a job that waits is waited for; one that does not end is not forgotten (exit 1, got $got)"
expect_command 0 "filters of squeue's, another cluster" env PATH="$work/slurm:$PATH" SQUEUE_STATES=RUNNING SWEEP_SLURM_POLL=0.1 \
    "$sweep" study.ini -o queued --slurm
[ "$(wc -l <slurm/asked)" = 3 ] && [ ! -e queued/slurm/job ]
ok $? "... its job is waited for"
same queued three "... the same tables"

# --- hosts
expect_command 0 "--sshlogin, this machine" "$sweep" study.ini -o hosts1 --sshlogin 2/:
same hosts1 three "... the same tables"
cat >ssh <<'END'
#!/bin/bash
export SHELL=/bin/bash # as sshd sets it; our own caller may not have it
unset TMPDIR           # which is not ours there; GNU parallel fails where its name has quotes
echo "$1" >>"$(dirname "$0")/hosts"
shift
[ "$1" = -- ] && shift
setsid bash -c "$*" & # like a remote process it is not signalled when the connection ends
wait $!
END
chmod +x ssh
remote=$(printf %q "$work/ssh") # GNU parallel takes a command line
expect_command 0 "--sshlogin, two hosts" env PARALLEL_SSH="$remote" "$sweep" study.ini -o hosts2 --sshlogin 1/alpha,1/beta
same hosts2 three "... the same tables"
[ "$(sort -u hosts | tr '\n' ,)" = alpha,beta, ]
ok $? "... both were used"
echo p0003-r01 >hold
begin env PARALLEL_SSH="$remote" PULLSTORM="$odd" "$sweep" study.ini -o hosts3 --sshlogin 1/alpha,1/beta
held
kill -INT "$session"
wait "$session"
got=$?
# shellcheck disable=SC2317 # by until_true
held_ended() {
    [ -z "$(alive -p "$(cat held)")" ]
}
# shellcheck disable=SC2317 # by until_true
all_ended() { # what watched over that run, too
    flock -n hosts3/.sweep.lock true
}
[ $got = 1 ] && until_true held_ended && until_true all_ended
ok $? "Ctrl-C reaches the hosts (exit 1, got $got)"
rm hold
expect_command 0 "... the next call goes on" "$sweep" study.ini -o hosts3
same hosts3 three "... the same tables"

# --- until it is narrow
narrow='ci(time_to_key_p50_s) < 4%'
expect_command 0 "--until" "$sweep" study.ini -o until1 --until "$narrow" --replications 2..5
cp err narrow
counts=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "n") n = i; next } { printf "%d ", $n }' until1/study.csv)
"$real" collect study.ini -o until1 --replications 5 --check-until "$narrow" >wide
[ -s wide ] && [ "$(wc -l <wide)" -lt 6 ]
ok $? "... the test's threshold parts the points ($counts)"
[ "$(grep -o 'point [0-9]*' narrow | tr -d 'a-z ')" = "$(cat wide)" ]
ok $? "... names the points that did not get there"
[ "$(tr ' ' '\n' <<<"$counts" | grep -n '^5$' | cut -d: -f 1)" = "$(cat wide)" ]
ok $? "... which alone had all their replications"
rm -rf until2
for name in p0001-r02 p000[1-6]-r03 p000[1-6]-r04; do
    echo "$name" >hold
    begin env PULLSTORM="$odd" "$sweep" study.ini -o until2 --until "$narrow" --replications 2..5 -j 1
    held && kill_session
    ok $? "... killed in round $((${name##*-r0} - 1))"
    wait "$session" 2>/dev/null
    until_true session_ended
done
rm -f hold
expect_command 0 "... goes on from there" "$sweep" study.ini -o until2 --until "$narrow" --replications 2..5
same until1 until2 "... and ends with the same runs"
# What is missing is made before any interval is looked at: an interval of too few runs says nothing.
echo p0003-r01 >hold
begin env PULLSTORM="$odd" "$sweep" study.ini -o until4 --until "$narrow" --replications 2..5 --sshlogin 1/:
held && rm hold && pkill -KILL --session "$session" -f 'parallel --plain'
ok $? "GNU parallel is killed in the first round"
wait "$session"
got=$?
[ $got = 0 ] && same until1 until4 "... the same call makes what is missing, and then the same runs (exit 0, got $got)"
[ $got = 0 ] || ok 1 "... the same call makes what is missing (exit 0, got $got)"
echo p0004-r01 >lose
expect_command 1 "a run is lost whenever it is made" env PULLSTORM="$odd" "$sweep" study.ini -o until5 --until "$narrow" \
    --replications 2..5 --sshlogin 1/:
says out "12 runs: 11 done, 0 failed, 1 missing" "... no point gets more meanwhile, and it is said what is missing"
[ "$(wc -l <lost)" = 3 ]
ok $? "... after three tries"
rm lose
expect_command 0 "... the next call goes on" "$sweep" study.ini -o until5 --until "$narrow" --replications 2..5
same until1 until5 "... and ends with the same runs"
echo 'p0004-r' >fail
for call in first second; do
    expect_command 1 "--until with a point that always fails, $call call" env PULLSTORM="$odd" "$sweep" study.ini -o until6 \
        --until "$narrow" --replications 2..5
    says err "sweep: point 4: given up, its replications 1 to 3 failed, the last one by: exit 1" "... is given up and named"
    [ "$(find until6/runs -name 'p0004*' -printf '%f\n' | sort | tr '\n' ' ')" = "p0004-r01.failed p0004-r02.failed p0004-r03.failed " ]
    ok $? "... after three replications"
    [ "$(awk -F, '!/^4,/ { print $1 $2 }' until6/runs.csv)" = "$(awk -F, '!/^4,/ { print $1 $2 }' until1/runs.csv)" ]
    ok $? "... the others have the runs they would have had"
done
rm fail
expect_command 0 "--retry-failed" "$sweep" study.ini -o until6 --until "$narrow" --replications 2..5 --retry-failed
[ "$(awk -F, '!/^4,/' until6/study.csv)" = "$(awk -F, '!/^4,/' until1/study.csv)" ]
ok $? "... takes it up again"
expect_command 2 "--until with --shard" "$sweep" study.ini -o until3 --until "$narrow" --shard 1/2

# --- another study, another version
sed 's/500/600/' study.ini >study.new && mv study.ini study.old && mv study.new study.ini
expect_command 2 "the study has changed" "$sweep" study.ini -o one
says err "600/s" "... what has is told"
mv study.old study.ini
cp base.ini base.old && sed -i 's/count = 100/count = 200/' base.ini
expect_command 2 "the base has changed" "$sweep" study.ini -o one
says err "count = 200" "... what has is told"
mv base.old base.ini
stamps one >before
sed -i 's/"version": "[^"]*"/"version": "0.0.9"/' one/runs/p0002-r02/manifest.json
expect_command 2 "a result of another version" "$sweep" study.ini -o one
says err "0.0.9" "... is refused"
touch -d "@$(awk '/p0002-r02/ { print $2 }' before)" one/runs/p0002-r02/manifest.json
expect_command 0 "... unless --any-version" "$sweep" study.ini -o one --any-version
stamps one | cmp -s - before
ok $? "... which does not run it again"
same one three "... the same tables"

# --- what is needed, what is wrong
mkdir tools
for tool in bash dirname env readlink realpath; do
    ln -s "$(command -v $tool)" tools/
done
expect_command 2 "GNU parallel is missing" env PATH="$work/tools" "$sweep" study.ini -o needs --sshlogin 1/:
says err "apt-get install parallel" "... how to get it is told"
expect_command 0 "... and not needed on this machine" env PATH="$work/tools" "$sweep" study.ini -o alone
same alone three "... nor is awk or anything else"
printf '\357\273\277' | cat - study.ini >marked.ini
"$sweep" study.ini --wrapper >wrapper
expect_command 0 "a study with a byte order mark" "$sweep" marked.ini --wrapper
grep -q -- '--timeout 600s' wrapper && cmp -s out wrapper
ok $? "... has the same limits"
expect_command 0 "an output folder whose name begins with a hyphen" "$sweep" study.ini -o -x --only 'bmsc.workers == 2' --replications 1
[ -s ./-x/study.csv ] && [ ! -e results ]
ok $? "... is taken"
expect_command 0 "the root as output folder" "$sweep" study.ini -o / --dry-run
says out " -o /runs/p0001-r01 " "... is taken"
for option in -o -j --output --jobs --only --until --replications --shard --sshlogin; do
    expect_command 2 "$option ''" "$sweep" study.ini "$option" '' --dry-run
    long=${option/#-o/--output}
    says err "sweep: ${long/#-j/--jobs}: its value is empty" "... is refused"
    [[ $option != --* ]] || expect_command 2 "$option=" "$sweep" study.ini "$option=" --dry-run
done
expect_command 2 "a study without a name" "$sweep" ''
for option in --program --timeout --memory; do
    expect_command 2 "--one with $option ''" "$real" sweep "$option" '' --one "pullstorm run base.ini -o unnamed"
done
expect_command 2 "--one with a program that is not there" "$real" sweep --program ./none --one "pullstorm run base.ini -o unnamed"
expect_command 2 "--one with a line that is none" "$real" sweep --one "run it"
expect_command 2 "--one with a study" "$real" sweep study.ini --one "pullstorm run base.ini -o unnamed"
expect_command 2 "a limit without --one" "$sweep" study.ini -o wrong --timeout 3s
[ ! -e unnamed ] && [ ! -e results ]
ok $? "... and nothing is made"
expect_command 2 "no study" "$sweep"
expect_command 2 "a study that is not there" "$sweep" nothing.ini
expect_command 2 "an unknown option" "$sweep" study.ini --frobnicate
expect_command 2 "a wrong number of jobs" "$sweep" study.ini -j many
expect_command 2 "a wrong shard" "$sweep" study.ini --shard 4/3
expect_command 2 "a wrong condition" "$sweep" study.ini -o wrong --only 'pull.rat > 3'
expect_command 2 "--until with a metric that is none" "$sweep" study.ini -o wrong --until 'ci(time_to_kee_p50_s) < 4%'
says err 'sweep: --until: time_to_kee_p50_s: unknown metric, did you mean time_to_key_p50_s?' "... which is told"
expect_command 2 "--until that is not understood" "$sweep" study.ini -o wrong --until 'time_to_key_p50_s < 4%'
expect_command 2 "... nor in a dry run" "$sweep" study.ini -o wrong --until 'ci(time_to_key_p50_s) = 4' --dry-run
[ ! -e wrong ] && [ ! -e needs ]
ok $? "... and no folder is made"
expect_command 0 "--help" "$sweep" --help
if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
    echo p0001-r01 >hold
    rm -f held
    PULLSTORM=$odd script -qec "timeout 600 '$sweep' study.ini -o bar" /dev/null >bar.out 2>&1 </dev/null &
    until_true grep -qs '11 of 12 runs.* left' bar.out
    ok $? "progress on a terminal"
    kill -KILL "$(cat held)"
    wait
fi
done_testing
