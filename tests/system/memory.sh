#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# What a run takes of the machine: check says it, a run keeps to it, one that cannot fit is refused, and one that runs
# out of memory in the middle says so and leaves nothing.
set -u
program=$PWD/pullstorm
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
cd "$work" || exit 1


# Every UE waits: the BM-SC has one worker, and room for all.
cat >storm.ini <<'END'
[run]
regions = 4
[ue]
count = 4k
cells = 40
muk_expired = 20%
[pull]
rate = 10k/s
[bmsc]
workers = 1
service_time = fixed(10ms)
connections = 1M
listen_queue = 1M
END
printf '[ue]\ncount = 5k\ncells = 50\nmuk_expired = 30%%\n' >calm.ini

# bytes TEXT: of "12.3 MB"
bytes() {
    echo "$1" | awk '{ n["B"] = 1; n["kB"] = 1e3; n["MB"] = 1e6; n["GB"] = 1e9; printf "%.0f\n", $1 * n[$2] }'
}
# near A B PERCENT NAME
near() {
    awk -v a="$1" -v b="$2" -v p="$3" 'BEGIN { exit !(a > 0 && b > 0 && a <= b * (1 + p / 100) && b <= a * (1 + p / 100)) }'
    ok $? "$4: $1 said, $2 taken, at most $3 % apart"
}

# --- what check says is what a run takes
"$program" check calm.ini >out 2>err
ok $? "check"
[ ! -s err ]
ok $? "... has nothing to add where there is enough of all"
"$program" run calm.ini -o calm --quiet --pcap --keylog >out.run 2>err
ok $? "a run"
near "$(bytes "$(sed -n 's/.*(\(.*\) more with --pcap.*/\1/p' out)")" "$(wc -c <calm/capture.pcap)" 10 "size of a capture"
near "$(bytes "$(sed -n 's/.*--pcap, \(.*\) with --keylog.*/\1/p' out)")" "$(wc -c <calm/keylog.csv)" 10 "size of a key log"
near "$(bytes "$(sed -n 's/.* and \(.*\) of disk.*/\1/p' out)")" "$(cat calm/manifest.json calm/[!ck]*.csv | wc -c)" 60 "size of the files"

peak() { # peak FOLDER: bytes
    sed -n 's/.*"peak_memory_bytes": *\([0-9]*\).*/\1/p' "$1/manifest.json"
}
# A sanitizer's shadow has sizes of its own, and does not fit into a limit.
limited() { # limited KILOBYTES WORD...
    (
        # shellcheck disable=SC3045 # dash and bash have it
        ulimit -v "$1"
        shift
        exec "$program" "$@"
    )
}
if ! limited 400000 --version >out 2>err; then
    skip "limits of memory" "a sanitizer takes more address space than a limit allows"
    done_testing
fi
for engine in $("$program" --version | sed -n 's/engines: //p'); do
    "$program" check calm.ini -s run.engine="$engine" -s ue.count=1k >out 2>err
    "$program" run calm.ini -o "peak-$engine" --quiet --engine "$engine" -s ue.count=1k >out.run 2>err
    near "$(bytes "$(sed -n 's/.*about \(.*\) of memory.*/\1/p' out)")" "$(peak "peak-$engine")" 40 "memory on $engine"
done
"$program" check storm.ini >out 2>err
"$program" run storm.ini -o waiting --quiet >out.run 2>err
near "$(bytes "$(sed -n 's/.*memory (\(.*\) if all UEs wait.*/\1/p' out)")" "$(peak waiting)" 30 "memory if all wait"

# --- what cannot fit is refused
limited 150000 check storm.ini -s ue.count=10M >out 2>err
grep -q '^note: run refuses it: ue.count = 10M: the run would be out of memory: .* GB are needed, and .* MB can be had (limit of address space, ulimit -v)$' err
ok $? "check says that a run will be refused"
limited 150000 run storm.ini -s ue.count=10M -o deep/er >out 2>err
[ $? = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q 'out of memory: .*; --ignore-needs tries it all the same' err && [ ! -e deep ]
ok $? "run refuses it, says how much there is, and makes nothing"
limited 150000 run storm.ini -s ue.count=10M -o deep/er --ignore-needs >out 2>err
[ $? = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q 'out of memory' err && [ ! -e deep ]
ok $? "and fails where it is told to try"
limited 150000 check storm.ini -s ue.count=80k >out 2>err
grep -q '^note: if many UEs wait at a time, the .* MB of memory that can be had (limit of address space, ulimit -v) will not do$' err
ok $? "check says where it will only do if few wait"
(
    # shellcheck disable=SC3045
    ulimit -f 100
    exec "$program" run calm.ini --pcap -o full
) >out 2>err
[ $? = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q 'a file would grow too large: .* (limit of a file, ulimit -f)' err && [ ! -e full ]
ok $? "a capture that would be too large is refused"

# --- whichever allocation is the one that fails
for engine in $("$program" --version | sed -n 's/engines: //p'); do
    wrong=
    enough=
    refused=0
    limit=8000
    while [ -z "$enough" ] && [ -z "$wrong" ] && [ "$limit" -lt 4000000 ]; do
        limit=$((limit + limit / 64))
        limited "$limit" --version >out 2>err || continue
        limited "$limit" run storm.ini -s ue.count=1k -o "some/$engine" --quiet --engine "$engine" --ignore-needs >out 2>err
        status=$?
        if [ $status = 0 ]; then
            enough=$limit
        elif [ $status = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q 'out of memory' err && [ ! -e some ]; then
            refused=$((refused + 1))
        else
            wrong=" (status $status with $limit kB)"
        fi
    done
    [ -n "$enough" ] && [ $refused -ge 3 ]
    ok $? "$engine: out of memory, status 1, nothing left, $refused times up to ${enough:-never} kB$wrong"
    rm -rf some
done

done_testing
