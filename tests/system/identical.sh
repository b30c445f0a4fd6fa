#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Equal seeds give equal bytes whatever built the program: gcc and clang, -O0 and -O3, each run the same scenarios;
# all files but the manifest must be the same byte for byte, and the fingerprint too. Another seed gives others.
# identical.sh [PROGRAM]...: each PROGRAM, built before, has to give the same, too.
# Builds four programs (some minutes), so "make check" leaves it out and CI calls it. TAP on standard output.
set -u

top=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd) || exit 1
# shellcheck source=tests/tap/tap.sh
. "$top/tests/tap/tap.sh"
files="summary.csv timeseries.csv latency.csv distribution.csv keylog.csv capture.pcap"


# Everything that can go wrong on the air and in the keys, and every distribution: what doubles could make differ.
cat >"$work/mixed.ini" <<'INI'
[ue]
count = 400
cells = 7
muk_expired = 30%
muk_ahead = 10%
muk_unknown = 2%
muk_unproven = 5%
sqn_ahead = 10%
usim_time = uniform(1ms, 30ms)
[whatif]
pull_backoff_wait = 100ms
pull_backoff_max = 3s
[pull]
rate = 150/s
pacing = poisson
timeout = 8s
[bmsc]
workers = 2
service_time = exp(8ms)
challenge_time = lognormal(2ms, 1.5)
queue_limit = 40
renegotiate = 3%
nonce_lifetime = 200ms
[bsf]
workers = 2
service_time = exp(15ms)
queue_limit = 30
session_lost = 3%
[hss]
workers = 1
service_time = lognormal(10ms, 0.5)
[access]
loss = 3%
duplicate = 3%
late = 3%
ip_version = 4
INI
cat >"$work/ipv6.ini" <<'INI'
[ue]
count = 300
cells = 3
muk_expired = 50%
sqn_ahead = 30%
[pull]
rate = 400/s
[hss]
service_time = lognormal(10ms, 2)
[access]
loss = 1%
uplink_rate = 300kbit/s
downlink_rate = 700kbit/s
ip_version = 6
INI
cat >"$work/overload.ini" <<'INI'
[ue]
count = 300
cells = 5
muk_expired = 100%
[pull]
rate = 1k/s
[bmsc]
workers = 1
service_time = exp(30ms)
queue_limit = 10
listen_queue = 8
connections = 20
[bsf]
workers = 1
service_time = uniform(5ms, 40ms)
queue_limit = 5
[hss]
workers = 1
service_time = lognormal(30ms, 0.7)
queue_limit = 3
[diameter]
timeout = 1s
[tcp]
mss = 300B
INI

# fingerprint DIR
fingerprint() {
    sed -n 's/.*"fingerprint": "\([0-9a-f]*\)".*/\1/p' "$1/manifest.json"
}

# same DIR DIR : every file equal, and none of them empty
same() {
    for file in $files; do
        [ -s "$1/$file" ] && cmp "$1/$file" "$2/$file" >&2 || return 1
    done
    [ -n "$(fingerprint "$1")" ] && [ "$(fingerprint "$1")" = "$(fingerprint "$2")" ]
}

# differs DIR DIR : every file another, and the fingerprint too
differs() {
    for file in $files; do
        [ -s "$1/$file" ] && [ -s "$2/$file" ] || return 1
        cmp -s "$1/$file" "$2/$file" && return 1
    done
    [ "$(fingerprint "$1")" != "$(fingerprint "$2")" ]
}

run() { # run BUILD SCENARIO [OPTION]... : into BUILD.SCENARIO, or where -o says
    program=$work/$1/pullstorm
    result_dir=$work/$1.$2
    ini=$work/$2.ini
    shift 2
    "$program" run "$ini" --quiet --pcap --keylog -o "$result_dir" "$@" >&2
}

# compare BUILD: the scenarios by its program, and the same bytes as those of the first that was asked
reference=
compare() {
    for scenario in mixed ipv6 overload; do
        run "$1" "$scenario"
        ok $? "$1 runs $scenario.ini"
        [ "${reference:-$1}" = "$1" ] && continue
        same "$work/$reference.$scenario" "$work/$1.$scenario"
        ok $? "$1 gives the same bytes as $reference for $scenario.ini"
    done
    reference=${reference:-$1}
}

for compiler in gcc clang; do
    for level in O0 O3; do
        build=$compiler-$level
        "$top/scripts/build" "$work/$build" CC="$compiler" CFLAGS="-$level" --without-ns3 --disable-lto 2>"$work/log"
        if [ -x "$work/$build/pullstorm" ]; then
            compare "$build"
        else
            sed 's/^/# /' "$work/log"
            ok 1 "$build builds"
        fi
    done
done
for program; do
    number=$((${number:-0} + 1))
    mkdir "$work/built-$number" && ln -s "$(realpath "$program")" "$work/built-$number/pullstorm"
    compare "built-$number"
done

if [ -n "$reference" ]; then
    run "$reference" mixed --threads 4 -o "$work/threads"
    same "$work/$reference.mixed" "$work/threads"
    ok $? "4 threads give the same bytes as one"
    run "$reference" mixed --seed 2 -o "$work/seed"
    differs "$work/$reference.mixed" "$work/seed"
    ok $? "another seed gives others in every file"
fi
done_testing
