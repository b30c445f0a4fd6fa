#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# scripts/sweep --slurm against a Slurm of its own: munged, slurmctld and slurmd with keys, ports and folders of this
# test, on this machine, started and stopped here.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/sweep-common.sh
. "$srcdir/tests/system/sweep-common.sh"
PATH=$PATH:/usr/sbin:/sbin
for tool in munged slurmctld slurmd sbatch squeue scancel sinfo scontrol; do
    command -v $tool >/dev/null || skip_all "Slurm is not installed ($tool)"
done
[ "$(id -u)" = 0 ] || skip_all "only root can start a Slurm"
sweep=$scripts/sweep
cluster=$work/cluster
unset "${!SLURM_@}" "${!SBATCH_@}"
export SLURM_CONF=$cluster/slurm.conf SWEEP_SLURM_POLL=0.5

# A port that nobody listens on.
free_port() {
    local port=$1
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

stop() { # stop NAME: a daemon
    local pid
    pid=$(cat "$cluster/$1.pid" 2>/dev/null) || return
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do
        grep -qs '^State:.[^Z]' "/proc/$pid/status" || return
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null
}

# shellcheck disable=SC2317 # called when this ends
at_end() {
    scancel --user root 2>/dev/null
    stop slurmd
    stop slurmctld
    stop munged
}

start_munge() {
    # munged insists on folders that nobody else may write to, up to the root, or --force.
    mkdir -p "$cluster"/{munge,state,spool} && chmod 755 "$work" "$cluster" "$cluster/munge"
    head -c 1024 /dev/urandom >"$cluster/munge/key" && chmod 400 "$cluster/munge/key"
    munged --force --key-file="$cluster/munge/key" --socket="$cluster/munge/socket" --pid-file="$cluster/munged.pid" \
        --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed"
}

# configure PORT NAME: and the next free port
configure() {
    local port=$1 name=$2
    cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$name(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$cluster/munge/socket
SlurmctldPort=$port
SlurmdPort=$(free_port $((port + 1)))
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_min_interval=0
MailProg=/bin/true
KillWait=3
MaxArraySize=6
ReturnToService=2
NodeName=$name NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
}

# From a range of its own, other than that of the test of ssh. Between the look and the start a port may be taken.
start_cluster() {
    local port name
    name=$(uname -n)
    start_munge || return
    port=$((25000 + $$ % 4000))
    for _ in 1 2 3; do
        port=$(free_port $((port + 1)))
        configure "$port" "${name%%.*}"
        port=$((port + 1))
        rm -f "$cluster"/*.log
        slurmctld -f "$SLURM_CONF" && slurmd -f "$SLURM_CONF" && until_true idle_or_taken
        taken || break
        stop slurmd
        stop slurmctld
    done
    idle
}
taken() {
    grep -qs 'Address already in use' "$cluster"/slurm*.log
}
idle() {
    sinfo --noheader --format %T | grep -q idle
}
# shellcheck disable=SC2317 # by until_true
idle_or_taken() {
    taken || idle
}
# shellcheck disable=SC2317 # by until_true
queue_empty() {
    [ -z "$(squeue --noheader)" ]
}
if ! start_cluster >cluster.log 2>&1; then
    tail -n 20 cluster.log "$cluster"/*.log | sed 's/^/# /'
    skip_all "no Slurm can be started here"
fi

expect_command 0 "a study on this machine" "$sweep" study.ini -o here --quiet
expect_command 0 "the same as a job array" "$sweep" study.ini -o array --slurm
says out "12 runs in 5 tasks" "... of as many tasks as the cluster allows"
same here array "... the same tables"
[ "$(find array/runs -mindepth 1 | grep -c 'failed\|partial\|stderr')" = 0 ]
ok $? "... and nothing else in runs/"
[ ! -e array/slurm/job ]
ok $? "... the job is done with"
expect_command 0 "again" "$sweep" study.ini -o array --slurm
! grep -q "Slurm's job" out
ok $? "... submits nothing"

# A program that holds one run until it is killed.
cat >pullstorm <<END
#!/bin/bash
case "\$*" in run*p0004-r02*) echo \$\$ >"$work/held" && exec sleep 1000 ;; esac
exec "$PULLSTORM" "\$@"
END
chmod +x pullstorm
expect_command 0 "--no-wait, with options of sbatch" env PULLSTORM="$work/pullstorm" "$sweep" study.ini -o later \
    --slurm='--job-name="my study" --time=10' --no-wait
until_true test -s held
[ "$(squeue --noheader --format %j | sort -u)" = "my study" ]
ok $? "... they reach sbatch"
expect_command 2 "... no other sweep may work on it meanwhile" "$sweep" study.ini -o later
says err "Slurm's job" "... and is told why"
scancel "$(cat later/slurm/job)"
until_true queue_empty
[ -z "$(find later/runs -name '*.failed')" ]
ok $? "... what Slurm ends has not failed"
expect_command 0 "... a later call runs what is missing" "$sweep" study.ini -o later --slurm
same here later "... the same tables"

rm -f held
env --default-signal=INT PULLSTORM="$work/pullstorm" "$sweep" study.ini -o cut --slurm=--cpus-per-task=2 >out 2>err &
pid=$!
until_true test -s held
kill -INT $pid
wait $pid
got=$?
[ $got = 1 ] && queue_empty
ok $? "Ctrl-C cancels the job (exit 1, got $got)"
[ -z "$(find cut/runs -name '*.failed')" ]
ok $? "... what was at work has not failed"
expect_command 0 "... the next call goes on" "$sweep" study.ini -o cut --slurm -j 1
same here cut "... the same tables"

sed -i "s/sleep 1000/false/; s/exec false/exit 1/" pullstorm
expect_command 1 "a run fails" env PULLSTORM="$work/pullstorm" "$sweep" study.ini -o failed --slurm
[ "$(head -n 1 failed/runs/p0004-r02.failed) $(stamps failed | wc -l)" = "exit 1 11" ]
ok $? "... it is recorded, the others go on"
expect_command 2 "sbatch refuses the options" "$sweep" study.ini -o refused --slurm=--partition=none
expect_command 2 "--until with --no-wait" "$sweep" study.ini -o refused --slurm --no-wait --until 'ci(ues_keyed) < 1%'
expect_command 0 "--until, in rounds" "$sweep" study.ini -o rounds --slurm --until 'ci(time_to_key_p50_s) < 4%' --replications 2..3
expect_command 0 "... and on this machine" "$sweep" study.ini -o rounds-here --until 'ci(time_to_key_p50_s) < 4%' --replications 2..3
same rounds rounds-here "... the same tables"
done_testing
