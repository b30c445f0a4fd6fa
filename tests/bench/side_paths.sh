#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# What stands beside the storm itself: expand of a study of 100 000 points, and a run that writes a capture and a key
# log. Rows what,value,unit,ratio: CPU time, the best of several alternating runs. Ratios: to the 2 s allowed; to the
# run without both files, divided by the 1.5 allowed.
set -eu

source=$(cd "$1" && pwd)
runs=${2:-3}
pullstorm=$(pwd)/pullstorm
scenario=$source/scripts/scenarios/solicited-pull.ini
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

cat >"$folder/study.ini" <<END
[study]
base = $scenario
[axis rate]
pull.rate = 100/s..1k/s step 100/s
[axis workers]
bmsc.workers = 1..100 step 1
[axis ues]
ue.count = 1k..100k step 1k
END

# Prints NAME and the user and system time that a command takes, in seconds.
cpu() {
    name=$1
    shift
    (
        "$@" >"$folder/output"
        times
    ) | awk -v name="$name" '
        NR == 2 { gsub("s", ""); for (i = 1; i <= 2; i++) { split($i, t, "m"); sum += 60 * t[1] + t[2] } print name, sum }'
    rm -rf "$folder/run"
}

i=0
while [ "$i" -lt "$runs" ]; do
    cpu expand "$pullstorm" expand "$folder/study.ini" -o "$folder/run"
    cpu plain "$pullstorm" run "$scenario" --quiet -o "$folder/run"
    cpu recorded "$pullstorm" run "$scenario" --quiet -o "$folder/run" --pcap --keylog
    i=$((i + 1))
done | awk '
    !($1 in best) || $2 < best[$1] { best[$1] = $2 }
    END { printf "expand_100k_points,%.3f,s,%.3f\n", best["expand"], best["expand"] / 2
          printf "run_recorded,%.3f,s,%.3f\n", best["recorded"], best["recorded"] / best["plain"] / 1.5
          printf "run_plain,%.3f,s,\n", best["plain"] }'
