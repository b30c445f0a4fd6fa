#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Sections [at TIME] of a scenario: what they do to a run, that studies carry them along, and each mistake with its place. TAP on
# standard output.
set -u
program=${PROGRAM:-$PWD/pullstorm}
source=$(cd "${srcdir:-.}" && pwd) || exit 1
# shellcheck source=tests/tap/tap.sh
. "$source/tests/tap/tap.sh"
cd "$work" || exit 1

# column FILE NAME: its values, a line each, behind the time
column() {
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next } { print $1, $c }' "$1"
}
metric() { # metric FOLDER NAME
    python3 -c 'import csv, sys; print(next(csv.DictReader(open(sys.argv[1])))[sys.argv[2]])' "$1/summary.csv" "$2"
}

# The shipped outage.
expect 0 "hss-outage.ini: checked" check "$source/scripts/scenarios/hss-outage.ini"
says out 'pull rate 100/s, 2 changes at 2 times)' "check counts the changes"
expect 0 "hss-outage.ini: run" run "$source/scripts/scenarios/hss-outage.ini" -o outage --quiet
[ "$(metric outage ues_keyed)" = 20000 ]
ok $? "everybody has the key at the end"
column outage/timeseries.csv hss_busy | awk '$1 > 101 && $1 <= 160 && $2 > 0 { bad = 1 } $1 > 161 && $1 < 170 && $2 == 2 { back = 1 } END { exit bad || !back }'
ok $? "the HSS serves nobody from 100 s to 160 s, and both workers are busy after that"
column outage/timeseries.csv gba_runs | awk '$1 == 102 { from = $2 } $1 == 159 { to = $2 } END { exit from == 0 || from != to }'
ok $? "no bootstrap ends meanwhile"
column outage/timeseries.csv zh_timeouts | awk '$1 == 100 { from = $2 } $1 == 160 { to = $2 } END { exit from != 0 || to < 1000 }'
ok $? "requests on Zh time out only meanwhile and after it"
grep -q 'at 100s' outage/manifest.json
ok $? "the manifest has the sections"

printf '[ue]\ncount = 10\ncells = 1\n' >plain.ini
expect 0 "no sections: checked" check plain.ini
! grep -q change out
ok $? "no sections: check says nothing of changes"

# The engines agree on what can be counted without chance.
cat >small.ini <<'INI'
[ue]
count = 20
cells = 2
placement = even
muk_expired = 100%
[pull]
rate = 10/s
order = by_number
[hss]
workers = 1
service_time = fixed(50ms)
[bmsc]
service_time = fixed(2ms)
challenge_time = fixed(1ms)
[bsf]
service_time = fixed(5ms)
zn_time = fixed(2ms)
[at 2s]
hss.workers = 0
access.downlink_rate = 1Mbit/s
[at 4s]
hss.workers = 3
hss.service_time = fixed(10ms)
pull.rate = 20/s
INI
for engine in $("$program" --version | sed -n 's/^engines: //p'); do
    expect 0 "$engine: a small one" run small.ini --engine "$engine" -o "small-$engine" --quiet
    for name in ues_keyed gba_runs zh_requests zh_timeouts pulls_sent msk_sent http_200; do
        printf '%s=%s ' "$name" "$(metric "small-$engine" $name)"
    done >"counted-$engine"
    cmp -s counted-native "counted-$engine"
    ok $? "$engine: counts as native" "counted-native" "counted-$engine"
done

# A study takes its base with the sections, and another outage is another study.
printf '[study]\nbase = small.ini\nmetrics = ues_keyed, zh_timeouts, gba_p99_s\n[axis a]\nhss.service_time = fixed(10ms), fixed(50ms)\n' >study.ini
expect 0 "a study" sweep study.ini -o study --quiet
sed 's/^\[at 4s\]/[at 3s]/' small.ini >later.ini && mv later.ini small.ini
expect 2 "another timeline in the base is another study" sweep study.ini -o study --quiet

# refused LINES WORDS NAME
refused() {
    { cat plain.ini && printf '%b' "$1"; } >wrong.ini
    expect 2 "$3" check wrong.ini
    grep -qF -- "$2" err
    ok $? "$3: says what and where"
}
refused '[at 2h]\nhss.workers = 1\n' 'wrong.ini:4: [at 2h]: is not before the end of the run (run.end = 1h), expected an earlier time' "beyond run.end"
refused '[at 9s]\nhss.workers = 1\n[at 9000ms]\nbsf.workers = 1\n' 'wrong.ini:6: [at 9000ms]: has the time of line 4' "the same time twice"
refused '[at noon]\nhss.workers = 1\n' 'wrong.ini:4: [at noon]:' "not a time"
refused '[at]\nhss.workers = 1\n' 'wrong.ini:4: [at]: has no time' "no time"
refused '[at 0s]\nhss.workers = 1\n' 'wrong.ini:4: [at 0s]: is the start of the run' "the start"
refused '[at 9s]\nue.count = 1\n' 'wrong.ini:5: [at 9s] ue.count: cannot change during a run, expected one of' "a key that cannot change"
refused '[at 9s]\nhss.worker = 1\n' 'did you mean hss.workers?' "an unknown key"
refused '[at 9s]\nhss.workers = -1\n' 'wrong.ini:5: [at 9s] hss.workers:' "a wrong value"
refused '[at 9s]\nworkers = 1\n' 'wrong.ini:5: [at 9s] workers: unknown key, expected SECTION.KEY = VALUE' "a key without its section"
refused '[hss]\nworkers = 0\n' 'hss.workers' "no worker at the start"
done_testing
