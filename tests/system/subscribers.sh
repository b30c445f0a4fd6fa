#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Subscribers from a file: a run that reads what a derived run wrote has the same result, capture and key log included; other
# keys are other bytes and the same storm; each mistake is one line with its place. TAP on standard output.
# shellcheck disable=SC2016 # awk expands it
set -u
program=${PROGRAM:-$PWD/pullstorm}
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
cd "$work" || exit 1
cat >storm.ini <<'INI'
[ue]
count = 30
cells = 3
muk_expired = 50%
muk_ahead = 20%
sqn_ahead = 30%
INI
files="summary.csv timeseries.csv latency.csv distribution.csv capture.pcap keylog.csv"

same() { # same A B FILE...
    a=$1
    b=$2
    shift 2
    for file; do
        cmp "$a/$file" "$b/$file" >>out 2>&1 || return 1
    done
}

engines=$("$program" --version | sed -n 's/^engines: //p')
for engine in $engines; do
    expect 0 "$engine: a run that writes its subscribers" run storm.ini --engine "$engine" -o "$engine" --pcap --keylog --write-subscribers --quiet
    expect 0 "$engine: ... and one that reads them" run storm.ini --engine "$engine" -o "$engine-table" --pcap --keylog --quiet \
        --subscribers "$engine/subscribers.csv" --write-subscribers
    # shellcheck disable=SC2086 # a list of words
    same "$engine" "$engine-table" $files subscribers.csv
    ok $? "$engine: the same bytes"
done

# The order of lines does not matter; another K of one UE does, and changes nothing that is counted.
{ head -n 1 native/subscribers.csv && tail -n +2 native/subscribers.csv | sort -r; } >reversed.csv
awk -F, -v OFS=, 'NR == 2 { $2 = "00112233445566778899aabbccddeeff" } { print }' native/subscribers.csv >other.csv
for name in reversed other; do
    expect 0 "$name" run storm.ini -o "$name" --pcap --keylog --quiet --subscribers "$name.csv"
done
# shellcheck disable=SC2086 # a list of words
same native reversed $files
ok $? "lines in another order: the same bytes"
same native other summary.csv timeseries.csv latency.csv distribution.csv && ! same native other keylog.csv && ! same native other capture.pcap
ok $? "another K: the same storm, another key log and capture"
grep -q ',K,,00112233445566778899aabbccddeeff$' other/keylog.csv
ok $? "... and it is that K"

# refused COMMAND LINE WORDS NAME: awk makes the file; the run is refused, naming the line
refused() {
    awk -F, -v OFS=, "$1" native/subscribers.csv >wrong.csv
    expect 2 "$4" run storm.ini -o wrong --quiet --subscribers wrong.csv
    [ "$(wc -l <err)" = 1 ] && grep -qF "wrong.csv:$2: $3" err && [ ! -e wrong ]
    ok $? "$4: one line with its place, nothing written"
}
refused 'NR == 5 { $1 = first } NR == 3 { first = $1 } { print }' 5 'imsi: 001010000000001 stands in line 3 already' "a duplicate IMSI"
refused 'NR == 4 { $1 = "00101" } { print }' 4 'imsi: "00101" is none of the scenario, expected 15 digits: 00101 and a number below ue.count = 30' "a short IMSI"
refused 'NR == 4 { $1 = "001010000000030" } { print }' 4 'imsi: "001010000000030" is none' "an IMSI beyond ue.count"
refused 'NR == 4 { $2 = substr($2, 2) } { print }' 4 'k: "' "a short K"
refused 'NR == 6 { $3 = $3 "0" } { print }' 6 'opc: "' "a long OPc"
refused 'NR == 7 { $4 = "00000000000g" } { print }' 7 'sqn: "00000000000g" is not a number, expected 12 hexadecimal digits' "a bad number"
refused 'NR == 7 { $4 = "-0000000001f" } { print }' 7 'sqn: "-0000000001f" is not a number' "a sign"
refused 'NR == 9 { NF = 3 } { print }' 9 '3 fields, expected 4: imsi,k,opc,sqn' "a field too few"
refused 'NR > 1 { print }' 1 '"001010000000000,' "no header"
refused 'NR != 12 { print }' 30 'ends without a line for imsi 001010000000010, expected one for each of ue.count = 30 UEs' "a UE without a line"
: >empty.csv
expect 2 "an empty file" run storm.ini -o wrong --quiet --subscribers empty.csv
says err 'empty.csv:0: ends without' "an empty file: what is missing"
expect 2 "no file" run storm.ini -o wrong --quiet --subscribers nowhere.csv
says err 'nowhere.csv: No such file' "no file: which"
done_testing
