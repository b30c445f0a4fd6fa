#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# libns3c against plain C++ on the same workload: runs both in turn, and takes the best run of each. Rows
# what,value,unit,ratio: microseconds for an exchange; ratio: to those of plain C++, divided by the 1.05 allowed.
set -eu

runs=${1:-5}
for mode in tcp udp; do
    each=150
    [ "$mode" = tcp ] || each=2000
    i=0
    while [ "$i" -lt "$runs" ]; do
        echo "shim $(tests/bench/bench_ns3c $mode $each)"
        echo "plain $(tests/bench/bench_ns3c_plain $mode $each)"
        i=$((i + 1))
    done | awk -v mode="$mode" '
        { each = $3 / $2 * 1e6; if (!($1 in best) || each < best[$1]) best[$1] = each }
        END { printf "ns3c_%s,%.3f,us,%.3f\n", mode, best["shim"], best["shim"] / best["plain"] / 1.05
              printf "ns3c_plain_%s,%.3f,us,\n", mode, best["plain"] }'
done
