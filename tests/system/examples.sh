#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Runs the examples. Those of libns3c: the echo says what plain ns-3 says, to the letter, and what the tutorial has in print;
# the dumbbell brings every page, no sooner than the bottleneck can. That of libpullstorm: every UE of the two cells gets
# its key, and later when the backhaul is busy with other traffic.
set -u

# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
check() { # check NAME GOT EXPECTED: of several lines, maybe
    printf '%s\n' "got:" "$2" "expected:" "$3" >"$work/out"
    [ "$2" = "$3" ]
    ok $? "$1"
}

tutorial='At time +2s client sent 1024 bytes to 10.1.1.2 port 9
At time +2.00369s server received 1024 bytes from 10.1.1.1 port 49153
At time +2.00369s server sent 1024 bytes to 10.1.1.1 port 49153
At time +2.00737s client received 1024 bytes from 10.1.1.2 port 9'

echoed=$(doc/examples/ns3c_udp_echo)
check "the echo prints what the tutorial has" "$echoed" "$tutorial"
check "the echo prints what plain ns-3 prints" "$echoed" "$(tests/system/ns3_first)"

dumbbell=$(doc/examples/ns3c_dumbbell 8 100000)
check "eight pages arrive whole" "$(printf '%s\n' "$dumbbell" | grep -c '^client [0-7]: 100000 bytes in ')" 8
# 8 pages of 100000 bytes at 10 Mbit/s
last=$(printf '%s\n' "$dumbbell" | awk '/^client/ && $6 > last { last = $6 } END { print last }')
check "not before the bottleneck lets them" "$(echo "$last" | awk '{ print ($1 > 0.64 && $1 < 10) }')" 1
check "and again the same" "$(doc/examples/ns3c_dumbbell 8 100000)" "$dumbbell"

printf '[ue]\ncount = 200\n[pull]\nrate = 50/s\n' >"$work/small.ini"
alone=$(doc/examples/two_cells "$work/small.ini")
busy=$(doc/examples/two_cells "$work/small.ini" 8.5)
mean() {
    printf '%s\n' "$1" | sed 's/.*mean \([0-9.]*\) s.*/\1/'
}
check "every UE of the two cells gets its key" "${alone%%;*}" "200 of 200 UEs hold the key"
check "... beside other traffic as well" "${busy%%;*}" "200 of 200 UEs hold the key"
check "... but has to wait longer" "$(echo "$(mean "$alone") $(mean "$busy")" | awk '{ print ($2 > 1.01 * $1) }')" 1
done_testing
