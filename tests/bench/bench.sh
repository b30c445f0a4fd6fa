#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# make bench: runs the benchmarks one after another in the build folder; rows what,value,unit,ratio to the terminal
# and to bench.csv. A ratio below 1 meets the target (storm_crypto_floor: storm / floor, to stay below 2.5).
set -eu

source=$1
partial=bench.csv.partial
trap 'rm -f "$partial"' EXIT
trap 'exit 1' HUP INT TERM

echo "what,value,unit,ratio" | tee "$partial"
# What has no ratio of its own gets an empty last cell.
tests/bench/bench_queue | awk -F, -v OFS=, '/,/ && $1 != "what" { print $1, $2, $3, $4 }' | tee -a "$partial"
tests/bench/bench_crypto | awk -F, -v OFS=, '/,/ && $1 != "what" { print $1, $2, $3, $4 }' | tee -a "$partial"
tests/bench/bench_storm "$source/scripts/scenarios/million.ini" | tee -a "$partial"
"$source/tests/bench/side_paths.sh" "$source" | tee -a "$partial"
if [ -x tests/bench/bench_ns3c ]; then
    "$source/tests/bench/ns3c.sh" | tee -a "$partial"
fi
mv "$partial" bench.csv
