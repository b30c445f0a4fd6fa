#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# The two engines against each other: times to key, counters, and every byte of every message.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/common.sh
. "$srcdir/tests/system/common.sh"

./pullstorm --version | grep -q 'engines:.* ns3' || skip_all "the ns3 engine is not compiled in"

# A thousand UEs of each scenario; scripts/compare-engines by hand takes two thousand, results/engines more, with three
# seeds.
"$python" "$srcdir/scripts/compare-engines" -n 1000 --pullstorm ./pullstorm -o "$work/engines" >"$work/table" 2>&1
ok $? "the engines agree, within the limits of scripts/compare-engines"
explain "$work/table"

scenario=$work/bytes.ini
cat >"$scenario" <<'END'
[ue]
count = 60
cells = 6
muk_expired = 30%
muk_ahead = 20%
sqn_ahead = 20%

[pull]
rate = 60/s
END
for version in 4 6; do
    for engine in native ns3; do
        simulate "bytes-$engine-$version" "run.engine=$engine" "access.ip_version=$version" ||
            ok 1 "IPv$version: runs on $engine"
    done
    "$python" "$here/same_bytes.py" "$work/bytes-native-$version/capture.pcap" "$work/bytes-ns3-$version/capture.pcap" \
        >"$work/bytes" 2>&1
    ok $? "IPv$version: every message is the same on both, byte for byte"
    explain "$work/bytes"
done
# alike NAME SETTING...: the network's counters and the mean time to key are equal on both engines
alike() {
    what=$1
    shift
    for engine in native ns3; do
        simulate "alike-$engine" "run.engine=$engine" access.loss=0 ue.muk_ahead=0 ue.sqn_ahead=0 "$@" || ok 1 "$what: runs on $engine"
    done
    for name in packets_sent tcp_retransmissions core_bytes; do
        [ "$(cell "$work/alike-native/summary.csv" 1 $name)" = "$(cell "$work/alike-ns3/summary.csv" 1 $name)" ]
        ok $? "$what: $name is $(cell "$work/alike-native/summary.csv" 1 $name) and $(cell "$work/alike-ns3/summary.csv" 1 $name)"
    done
    rm -r "$work/alike-native" "$work/alike-ns3"
}
alike "Linux's timers: sent again at the very time of a delayed ACK" ue.count=100 ue.cells=5 ue.muk_expired=100% \
    tcp.rto_min=200ms pull.rate=3/s
alike "duplicate acknowledgments after a timeout" ue.count=1 ue.cells=1 ue.muk_expired=0 tcp.mss=200B tcp.rto_min=200ms \
    fault.drop=ua_post@1
# The judge must see a difference.
simulate bytes-other run.engine=ns3 run.seed=2
"$python" "$here/same_bytes.py" "$work/bytes-native-4/capture.pcap" "$work/bytes-other/capture.pcap" >/dev/null 2>&1
[ $? = 1 ]
ok $? "messages of another seed are told apart"
done_testing
