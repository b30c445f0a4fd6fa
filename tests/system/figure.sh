#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# One UE, message by message, against the flow of TS 33.246 clause 6.3.2.2.4 in both of its wordings.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/common.sh
. "$srcdir/tests/system/common.sh"

scenario=$work/figure.ini
cat >"$scenario" <<'END'
[ue]
count = 1
cells = 1
muk_expired = 0
END

# flow CASE [SECTION.KEY=VALUE]...
flow() {
    case=$1
    shift
    if simulate "$case" "$@" &&
        "$python" "$here/figure.py" "$work/$case/capture.pcap" --case "$case" >"$work/$case.flow" 2>&1; then
        ok 0 "$case: messages, order, direction, ports, sizes, connections"
    else
        ok 1 "$case: messages, order, direction, ports, sizes, connections"
        [ ! -f "$work/$case.flow" ] || explain "$work/$case.flow"
    fi
    "$python" "$here/verify_capture.py" "$work/$case/capture.pcap" "$work/$case/keylog.csv" \
        --summary "$work/$case/summary.csv" >"$work/$case.log" 2>&1
    status=$?
    ok $status "$case: every byte verified with the keys of the run"
    [ $status = 0 ] || explain "$work/$case.log"
}

flow warm
flow expired ue.muk_expired=100%
flow lost-tmpi ue.muk_expired=100% bsf.session_lost=100%
flow ahead ue.muk_ahead=100%
flow preemptive ue.preemptive=100%
flow rerun pull.muk_rule=last_used bmsc.renegotiate=100%
flow unheard pull.muk_rule=last_used ue.muk_unproven=100% pull.attempts=3
flow lifetime-over bmsc.muk_lifetime=1s
flow heard ue.muk_unproven=100%

# The check itself: a flow is not that of another case.
for wrong in "warm expired" "expired ahead" "ahead warm" "ahead heard" "preemptive warm" "rerun expired" "heard unheard" \
    "lost-tmpi expired" "heard ahead"; do
    capture=${wrong% *}
    "$python" "$here/figure.py" "$work/$capture/capture.pcap" --case "${wrong#* }" >/dev/null 2>&1
    [ $? = 1 ]
    ok $? "the flow of $capture is not taken for that of ${wrong#* }"
done

# tshark's reading of the same packets: ports and payload sizes of the datagrams.
if [ -n "$tshark" ]; then
    for case in warm expired lost-tmpi ahead preemptive rerun lifetime-over heard; do
        sizes=$("$tshark" -n -r "$work/$case/capture.pcap" -Y mikey -T fields -e ip.src -e udp.length 2>/dev/null |
            awk '{ printf "%s%s %d", sep, $1, $2 - 8; sep = ", " }')
        [ "$sizes" = "192.0.2.1 182, 192.0.2.1 208, 10.0.0.1 104" ]
        ok $? "$case: tshark sees pull, MSK message and ACK: $sizes"
    done
else
    skip "sizes as tshark sees them" "tshark is not installed"
fi

done_testing
