#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# pullstorm run --trace-ue, on both engines: what the traces say of a bootstrap, of a lost MSK message, of refusals, of a UE that gives
# up; that they agree with capture and summary (check_trace.py), and change no result; each mistake in the option. TAP on standard
# output.
set -u
program=${PROGRAM:-$PWD/pullstorm}
source=$(cd "${srcdir:-.}" && pwd) || exit 1
# shellcheck source=tests/tap/tap.sh
. "$source/tests/tap/tap.sh"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
cd "$work" || exit 1

cat >storm.ini <<'INI'
[ue]
count = 50
cells = 5
muk_expired = 50%
[pull]
rate = 50/s
INI
engines=native
! "$program" --version | grep -q 'engines:.* ns3' || engines="native ns3"
results="summary.csv timeseries.csv latency.csv distribution.csv"

# agrees FOLDER NAME [--cut]
agrees() {
    python3 "$source/tests/system/check_trace.py" "$1" ${3:+"$3"} >out 2>err
    ok $? "$2: traces, capture and summary agree"
}
# same FOLDER FOLDER FILE...: the same bytes
same() {
    first=$1
    second=$2
    shift 2
    for file; do
        cmp -s "$first/$file" "$second/$file" || return 1
    done
}
# in_order FILE PATTERN...: lines that match, one behind the other
in_order() {
    file=$1
    shift
    line=0
    for pattern; do
        line=$(awk -v from="$line" -v pattern="$pattern" 'NR > from && $0 ~ pattern { print NR; exit }' "$file")
        [ -n "$line" ] || { echo "$file: no $pattern" >err && return 1; }
    done
}

for engine in $engines; do
    # shellcheck disable=SC2086 # a list of words
    {
        expect 0 "$engine: all UEs" run storm.ini --engine "$engine" --trace-ue 0-49 --pcap -o "$engine" --quiet
        agrees "$engine" "$engine"
        expect 0 "$engine: without traces" run storm.ini --engine "$engine" -o "$engine-plain" --quiet
        same "$engine" "$engine-plain" $results
        ok $? "$engine: the same results with and without"
        [ -z "$(find "$engine-plain" -name 'trace*')" ]
        ok $? "$engine: no trace without the option"
        expect 0 "$engine: one region" run storm.ini --engine "$engine" --trace-ue 49,3,10-12 -s run.regions=1 -o "$engine-one" --quiet
        [ "$(cd "$engine-one" && echo trace-ue-*)" = "trace-ue-10.txt trace-ue-11.txt trace-ue-12.txt trace-ue-3.txt trace-ue-49.txt" ] &&
            same "$engine" "$engine-one" trace-ue-3.txt trace-ue-10.txt trace-ue-49.txt
        ok $? "$engine: a list of UEs; the same lines for another number of regions"
    }
    grep -q '"trace-ue-7.txt"' "$engine/manifest.json"
    ok $? "$engine: the manifest has the files"

    # An expired MUK: pull, bootstrap with its Zh, request with its Zn, MSK.
    ue=$(grep -l 'pulls_expired_muk' "$engine"/trace-ue-*.txt | head -n 1)
    in_order "$ue" 'bmsc +action +pull ' 'ue +received pull ' 'ue +fact .* pull=yes .* mac_right=yes' 'ue +counter +pulls_expired_muk' \
        'ue +state +phase +idle -> challenging' 'ue +sent +ub_get +to=bsf' 'bsf +received ub_get' 'bsf +sent +zh_mar' 'hss +received zh_mar' \
        'hss +action +answer +result=2001 av=1' 'bsf +sent +ub_401' 'ue +fact +aka +mac_right=yes' 'ue +sent +ub_auth_get' \
        'bsf +state +session +0 -> 1' 'ue +state +newest_muk +0 -> 1' 'ue +sent +ua_post' 'bmsc +action +challenge' 'ue +sent +ua_auth_post' \
        'bmsc +sent +zn_bir' 'bsf +fact +bir .* result=2001' 'bmsc +received zn_bia' 'bmsc +state +stage +soliciting -> requested' \
        'bmsc +state +known_muk +0 -> 1' 'bmsc +sent +msk +to=ue' 'ue +counter +ues_keyed ' 'ue +state +phase .* -> idle' \
        'bmsc +received msk_ack' 'bmsc +state +stage +requested -> delivered'
    ok $? "$engine: an expired MUK, from the pull to the ACK" err "$ue"

    # Losses by name and by chance; a UE whose MSK messages are all lost.
    expect 0 "$engine: losses" run storm.ini --engine "$engine" --trace-ue 0-49 --pcap -o "$engine-lost" --quiet -s ue.attempts=2 \
        -s access.loss=2% -s access.duplicate=1% -s access.late=1% -s fault.drop=msk/3@1,msk/7@1-99,syn/9@1 -s fault.corrupt=msk_ack/11@1
    agrees "$engine-lost" "$engine, losses" --cut
    in_order "$engine-lost/trace-ue-3.txt" 'bmsc +sent +msk ' 'network +lost +msk +way=down' 'bmsc +timeout +fired +of=msk' \
        'bmsc +counter +msk_retransmissions' 'ue +received msk '
    ok $? "$engine: a lost MSK message comes again" err
    in_order "$engine-lost/trace-ue-7.txt" 'network +lost +msk ' 'ue +timeout +fired +of=awaiting_msk' 'ue +counter +ue_retries' \
        'ue +counter +ues_gave_up' 'ue +state +gave_up +no -> yes # timeout of awaiting_msk: msk_missing, ues_gave_up' 'bmsc +counter +msk_unanswered'
    ok $? "$engine: a UE gives up, and why" err "$engine-lost/trace-ue-7.txt"
    in_order "$engine-lost/trace-ue-9.txt" 'ue +action +connect' 'network +lost +syn +way=up'
    ok $? "$engine: a lost SYN" err
    in_order "$engine-lost/trace-ue-11.txt" 'ue +sent +msk_ack' 'network +corrupted msk_ack +way=up' 'bmsc +counter +mikey_' 'bmsc +rejected msk_ack +# msk_ack received: mikey_'
    ok $? "$engine: a damaged ACK is rejected, and why" err "$engine-lost/trace-ue-11.txt"

    # Queues of the cells that are full.
    expect 0 "$engine: narrow cells" run storm.ini --engine "$engine" --trace-ue 0-49 --pcap -o "$engine-narrow" --quiet -s ue.cells=1 \
        -s access.uplink_rate=60kbit/s -s access.downlink_rate=60kbit/s -s access.queue_limit=4kB
    agrees "$engine-narrow" "$engine, narrow cells" --cut
    cat "$engine-narrow"/trace-ue-*.txt >all
    grep -q 'network dropped .* way=up' all && grep -q 'network dropped .* way=down' all
    ok $? "$engine: packets that a full queue drops"

    # Servers that refuse.
    expect 0 "$engine: refusals" run storm.ini --engine "$engine" --trace-ue 0-49 --pcap -o "$engine-full" --quiet -s bsf.queue_limit=2 \
        -s bsf.workers=1 -s bsf.service_time='fixed(60ms)' -s hss.workers=1 -s hss.queue_limit=1 -s hss.service_time='fixed(300ms)'
    agrees "$engine-full" "$engine, refusals" --cut
    ue=$(grep -l 'bsf .* queue_full' "$engine-full"/trace-ue-*.txt | head -n 1)
    in_order "$ue" 'bsf +job +queue_full' 'bsf +job +turned_away +work=' 'bsf +action +refusal +status=503' 'ue +received ub_error' \
        'ue +fact +answer .* status=503' 'ue +counter +ue_retries'
    ok $? "$engine: the BSF refuses, the UE comes again" err "$ue"
    ue=$(grep -l 'hss .* queue_full' "$engine-full"/trace-ue-*.txt | head -n 1)
    in_order "$ue" 'hss +job +queue_full' 'hss +action +answer +result=3004' 'bsf +counter +zh_busy' 'bsf +action +refusal +status=503' 'ue +received ub_error'
    ok $? "$engine: the HSS refuses" err "$ue"
done
if [ "$engines" = "native ns3" ]; then
    # Times differ by what TCP does; what happens does not.
    cut -c 18- native/trace-ue-5.txt | sed 's/#.*//; s/bytes=.*//' | grep -E ' (sent|counter|state) ' | grep -v expiry | sort >native.said
    cut -c 18- ns3/trace-ue-5.txt | sed 's/#.*//; s/bytes=.*//' | grep -E ' (sent|counter|state) ' | grep -v expiry | sort >ns3.said
    [ -s native.said ] && awk '{ print $1, $2, $3 }' native.said | sort >a && awk '{ print $1, $2, $3 }' ns3.said | sort >b && cmp -s a b
    ok $? "the engines tell the same of a UE" a b
fi

# The comparison finds what is not there, and what is there twice.
cp -r native wrong
sed '/ sent *msk /d' native/trace-ue-5.txt >wrong/trace-ue-5.txt
! python3 "$source/tests/system/check_trace.py" wrong >out 2>err && grep -q "(5, 'msk')" out
ok $? "a line that is missing is found"
sed '/counter *ues_keyed/p' native/trace-ue-5.txt >wrong/trace-ue-5.txt
! python3 "$source/tests/system/check_trace.py" wrong >out 2>err && grep -q '^ues_keyed: 51' out
ok $? "a counter that is there twice is found"

# Keys are named, never shown.
expect 0 "with a key log" run storm.ini --trace-ue 0-49 --keylog -o keys --quiet
tail -n +2 keys/keylog.csv | awk -F, '{ print $NF }' | sort -u >values
[ "$(wc -l <values)" -gt 100 ] && ! cat keys/trace-ue-*.txt | grep -qiFf values
ok $? "no key is in a trace"

# refused VALUE WORDS: one line, nothing written
refused() {
    expect 2 "--trace-ue=$1" run storm.ini -o refused --trace-ue="$1"
    [ "$(wc -l <err)" = 1 ] && grep -qF -- "$2" err && [ ! -e refused ]
    ok $? "--trace-ue=$1: one line that says so, nothing written"
}
refused 50 '--trace-ue: there is no UE 50, expected numbers below ue.count = 50'
refused 40-60 'there is no UE 50'
refused 99999999999999999999999 'there is no UE'
refused 3,3 'UE 3 is named twice'
refused 1-5,3 'UE 3 is named twice'
refused 0-49,0-49 'names a UE twice'
for value in x '1,' ',1' 1,,2 3- 5-2 -1 ' 1' 1.5 0x1; do
    refused "$value" 'is not right, expected numbers of UEs, such as 17 or 3,8-10'
done
refused '' 'its value is empty'

# A result with traces is replaced whole.
expect 0 "--force" run storm.ini -o native --force --quiet
[ -z "$(find native -name 'trace*')" ]
ok $? "... takes the traces away"
done_testing
