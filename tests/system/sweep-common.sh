# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that read this
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# What the tests of scripts/sweep share; read in with ".". Run from the build folder, $srcdir naming the source tree.
here=$(CDPATH='' cd -- "$srcdir/tests/system" && pwd)
scripts=$(CDPATH='' cd -- "$srcdir/scripts" && pwd)
export PULLSTORM=${PULLSTORM:-$PWD/pullstorm}
unset PARALLEL PARALLEL_SSH SBATCH_PARTITION || :
export LC_ALL=C.UTF-8

# shellcheck source=tests/tap/tap.sh
. "$srcdir/tests/tap/tap.sh"
# The slow tests of scripts need not run in each of several builds.
not_in quick
cd "$work" || exit 1

same() { # same DIR DIR NAME: the tables, byte for byte
    cmp "$1/runs.csv" "$2/runs.csv" >differ 2>&1 && cmp "$1/study.csv" "$2/study.csv" >>differ 2>&1
    ok $? "$3"
}
# until_true COMMAND...: waits for it, two minutes at most
until_true() {
    for _ in $(seq 1200); do
        "$@" && return 0
        sleep 0.1
    done
    return 1
}
# All of it, more than once: what is just being forked is not in the first list.
kill_session() {
    for _ in 1 2 3 4 5; do
        pkill -KILL --session "$session"
        sleep 0.1
    done
    true
}
# stamps DIR: when each whole result was made, to see what was made anew
stamps() {
    find "$1/runs" -path "$1/runs/p*/manifest.json" -printf '%P %T@\n' | sort
}

cat >base.ini <<'END'
[ue]
count = 100
cells = 1
[access]
loss = 0.1%
END
cat >study.ini <<'END'
[study]
base = base.ini
replications = 2
timeout = 10min
memory = 100TB

[axis rate]
pull.rate = 100/s, 500/s, 1000/s
[axis workers]
bmsc.workers = 1, 2
END
