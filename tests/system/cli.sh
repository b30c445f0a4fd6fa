#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# The command line from outside, on a storm without models (tests/unit/fake_storm.c): exit statuses, what is
# written, and what is left when a run fails, is interrupted or killed; and on the real one, what the models say.
set -u

program=$PWD/tests/unit/pullstorm_fake
models=$PWD/pullstorm
source=$(CDPATH='' cd -- "${srcdir:-.}" && pwd)
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
# shellcheck disable=SC2317 # called by tap.sh
at_end() {
    chmod -R u+w "$work"
}
cd "$work" || exit 1

# nothing but the scenarios and out, err is in the work folder, hidden or not
clean() {
    left=$(find . -mindepth 1 ! -name '*.ini' ! -path ./out ! -path ./err)
    [ -z "$left" ]
    ok $? "$1 leaves nothing behind${left:+: $left}"
}
# waits until a run that was told to end has cleared up
wait_for_none() {
    for _ in $(seq 300); do
        [ -z "$(find . -name '.*.partial-*')" ] && return 0
        sleep 0.1
    done
    return 1
}
# waits until a run has made its hidden folder
wait_for_partial() {
    for _ in $(seq 300); do
        [ -n "$(find . -name '.*.partial-*')" ] && return 0
        sleep 0.1
    done
    return 1
}

printf '[ue]\ncount = 2k\n[hss]\nservice_time = lognormal(10ms, 0.5)\n' >storm.ini
printf '[ue]\ncuont = 2k\n' >bad.ini

printf '[ue]\ncount = 2k\nbackoff_max = 5s\n[whatif]\npull_backoff_wait = 0ms\n' >gone.ini
printf '[whatif]\npull_backoff_wait = 0ms\npull_backoff_max = 30s\n' >what.ini

# --- command line
expect 2 "no command"
says err "Usage: pullstorm" "no command shows the usage"
expect 0 "--help" --help
expect 0 "--version" --version
says out "engines: native" "--version names the engines"
expect 2 "unknown command" chekc storm.ini
says err "did you mean check?" "the nearest command is suggested"
expect 2 "unknown option before a command" --versoin
says err "did you mean --version?" "the nearest global option is suggested"
expect 2 "unknown option" run storm.ini --trheads=2
says err "did you mean --threads?" "the nearest option is suggested"
expect 2 "unknown option of decode" decode --kesy=x
says err "decode: unknown option --kesy, did you mean --keys?" "... is treated as that of any command"
expect 2 "no scenario" run
expect 2 "two scenarios" run storm.ini storm.ini
expect 2 "option without its value" run storm.ini -o
expect 2 "seed out of range" run storm.ini --seed 18446744073709551616
says err "--seed: " "a wrong seed is reported as --seed"
expect 2 "threads 0" run storm.ini --threads 0
expect 2 "threads x" run storm.ini --threads 1x
expect 2 "engine that is not compiled in" run storm.ini --engine ns3
says err "ns3 is not compiled in" "... and says so"
expect 2 "the same by its key" run storm.ini -s run.engine=ns3
expect 2 "devices of an engine that has none" run storm.ini --pcap-devices
for ues in x 3- 5-2 '1,' 1,2,1 0-9,0-9,0-9 99999999; do
    expect 2 "traces of UEs $ues" run storm.ini --trace-ue "$ues"
    says err "--trace-ue: " "... are reported as --trace-ue"
done
expect 2 "engine that does not exist" run storm.ini --engine ns4
clean "a wrong command line"

# --- what is empty is no name, no number, and not the default
printf '[study]\nbase = storm.ini\n' >study.ini
for command in run check load keys metrics expand collect plan decode; do
    case $command in
    run | check | load) word=storm.ini ;;
    keys | metrics) word= ;;
    *) word=study.ini ;;
    esac
    "$program" "$command" --help | sed -n 's/^ .*--\([a-z-]*\)=.*/\1/p' >options.ini
    [ -s options.ini ]
    ok $? "$command has options with values"
    while read -r option; do
        # shellcheck disable=SC2086 # a word or none
        expect 2 "$command --$option ''" "$command" $word "--$option" ''
        says err "pullstorm: $command: --$option: its value is empty, expected " "... is refused in these words"
        [ "$(wc -l <err)" = 1 ]
        ok $? "... and no others"
    done <options.ini
    [ -n "$word" ] || continue
    expect 2 "$command ''" "$command" ''
    says err "pullstorm: $command: a word of the command line is empty, expected " "... is refused"
done
expect 2 "one setting of several is empty" run storm.ini -s ue.count=5 -s '' -s ue.cells=1
expect 2 "an empty value behind an equals sign" collect study.ini --output=
clean "an empty value"

# --- check, keys, metrics
expect 0 "check" check storm.ini
says out "no mistake found" "check says that all is well"
expect 2 "check finds an unknown key" check bad.ini
says err "bad.ini:2: ue.cuont: unknown key, did you mean ue.count?" "... with file, line and suggestion"
expect 2 "a setting attached to its option" check storm.ini -sue.count=5 "-sue.cells=ten"
says err "ue.cells" "... is read"
expect 2 "check finds a wrong setting" check storm.ini -s ue.count=5 -s ue.cells=ten
says err "-s ue.cells=ten: ue.cells:" "... and names it"
expect 2 "check of nothing" check nowhere.ini
expect 0 "check notes pulls after the end" check storm.ini -s run.end=2s
says err "note: " "... on standard error"
expect 2 "check of a key that is there no more" check gone.ini
says err "gone.ini:3: ue.backoff_max: no UE waits between a solicited pull and its request" "... says why"
says err "TS 33.246 6.3.2.2.1" "... with the clause"
says err "whatif.pull_backoff_max" "... and what to set instead"
expect 2 "the same as a setting" check storm.ini -s ue.backoff_wait=5s
says err "-s ue.backoff_wait=5s: ue.backoff_wait: no UE waits" "... says why"
printf '[study]\nbase = storm.ini\n[axis w]\nbsf.workers = 2, 4\n' >study.ini
expect 2 "a study is no scenario" run study.ini
says err "study.ini:1: [study]: this is a study, expected a scenario (a study is run by pullstorm sweep)" "... which is said"
[ "$(wc -l <err)" = 1 ]
ok $? "... once"
expect 0 "check of a what-if" check what.ini
says err "note: what if: whatif.pull_backoff_max = 30s; no standard has that" "... names it, and not the one at its default"
expect 0 "check without one" check storm.ini
! grep -q 'what if' err
ok $? "... names none"
! grep -q 'engine' err
ok $? "... nor engines that part"
expect 0 "check where the engines part" check storm.ini -s core.queue_limit=20kB -s tcp.rto_initial=20ms
says err "note: core.queue_limit = 20kB is below a TCP window (65535 bytes)" "... names the queue"
says err "note: tcp.rto_initial = 20ms is not above the round trip between servers" "... the timeout"
says err "(run.engine = native)" "... and the engine"
expect 0 "check where they just do not" check storm.ini -s core.queue_limit=66kB -s tcp.rto_initial=21ms -s tcp.rto_max=50s
! grep -q 'engine' err
ok $? "... says nothing"
expect 0 "keys tells what-ifs apart" keys
says out "Behaviour that no standard has." "... in a heading of their own"
expect 2 "check asks the models about faults, whatever else is wrong" check bad.ini -s fault.drop=fake@1
says err "bad.ini:2: ue.cuont:" "... tells the one mistake"
says err "-s fault.drop=fake@1: fault.drop: no such kind of packet" "... and the other"
expect 2 "so does run" run storm.ini -s fault.drop=fake@1
says err "-s fault.drop=fake@1: fault.drop: no such kind of packet" "... in the same words"
printf '[ue]\n\033[31mcount = 5\n\302\233cells = 1\nattempts = 5\007\n' >strange.ini
expect 2 "check of a file with control characters" check strange.ini
says err 'strange.ini:2: "\x1b[31mcount = 5" is not understood' "... shows them"
says err 'strange.ini:3: ue.\x9bcells: unknown key' "... and those of C1"
[ "$(wc -l <err)" = 3 ] && [ "$(tr -d '\n -~' <err | wc -c)" = 0 ]
ok $? "... and lets none reach the terminal"
expect 0 "keys" keys
says out "[access]" "keys go by section"
expect 0 "metrics" metrics
expect 0 "keys as CSV" keys --format csv
cp out keys.ini
expect 0 "metrics as CSV" metrics --format=csv
cp out metrics.ini
expect 2 "keys in an unknown format" keys --format xml
expect 2 "metrics with a stray word" metrics all
for command in run check load keys metrics decode; do
    expect 0 "$command --help" "$command" --help
done

# --- a run
expect 0 "run" run storm.ini
[ "$(wc -l <out)" -le 30 ] && [ "$(awk '{ if (length > 80) n++ } END { print n + 0 }' out)" = 0 ]
ok $? "the summary fits a screen"
says out "results/storm/summary.csv" "the summary names the files"
! grep -q 'What if' out
ok $? "... and no what-if, where none is on"
expect 0 "a run with a what-if" run what.ini -o what
says out "What if: whatif.pull_backoff_max = 30s. No standard has that." "... is named by the summary"
rm -rf what
[ ! -s err ]
ok $? "nothing on standard error without a terminal"
for file in summary latency distribution timeseries; do
    head -n 1 "results/storm/$file.csv" | tr ',' '\n' >header.ini
    awk -F, -v f="$file.csv" '$1 == f { print $2 }' metrics.ini | cmp -s - header.ini
    ok $? "the header of $file.csv is what metrics lists"
done
[ "$(wc -l <results/storm/summary.csv)" = 2 ]
ok $? "summary.csv has a header and one row"
says results/storm/summary.csv ',"lognormal(0.01, 0.5)",' "a distribution is one quoted cell, in seconds"
says results/storm/manifest.json '"fingerprint": "9e3779b97f4a7c15"' "the manifest has the fingerprint"
says results/storm/manifest.json '"command_line": ["pullstorm", "run", "storm.ini"]' "... and the command line"
sed -n 's/^  "scenario_text": "\(.*\)",$/\1/p' results/storm/manifest.json >text.ini
digest=$(printf '%b' "$(cat text.ini)" | sha256sum | cut -d ' ' -f 1)
says results/storm/manifest.json "\"scenario_sha256\": \"$digest\"" "... and the digest of its scenario text"
printf '%b' "$(cat text.ini)" >again.ini
expect 0 "the scenario text of the manifest runs" run again.ini --threads 4 --quiet -o again
[ ! -s out ] && [ ! -s err ]
ok $? "--quiet is quiet"
cmp -s results/storm/summary.csv again/summary.csv
ok $? "and gives the same summary.csv, byte for byte"
expect 0 "another seed" run storm.ini --seed 18446744073709551615 -o other --quiet
says other/manifest.json '"seed": 18446744073709551615' "--seed is taken"
cmp -s other/summary.csv again/summary.csv
[ $? = 1 ]
ok $? "and gives another summary.csv"

# --- what stands is not overwritten
expect 1 "a finished result is not overwritten" run storm.ini
says err "--force" "... and --force is named"
mkdir results/storm/plots
touch results/storm/report.html results/storm/plots/keyed.png
expect 0 "--force replaces it" run storm.ini --force -s run.seed=5
[ ! -e results/storm/report.html ] && [ ! -e results/storm/plots ]
ok $? "... with the report and pictures that were made of it"
says results/storm/manifest.json '"seed": 5' "... by the new one"
PULLSTORM_FAKE=fail "$program" run storm.ini --force -s run.seed=6 >out 2>err
[ $? = 1 ] && grep -q '"seed": 5' results/storm/manifest.json
ok $? "--force keeps the earlier result when the new run fails"
PULLSTORM_FAKE=unbalanced "$program" run storm.ini --force -s run.seed=6 >out 2>err
[ $? = 1 ] && grep -q '"seed": 5' results/storm/manifest.json
ok $? "books that do not balance are a failure"
(
    ulimit -f 16
    PULLSTORM_FAKE=long exec "$program" run storm.ini --force -s run.seed=6
) >out 2>err
[ $? = 1 ] && grep -q '"seed": 5' results/storm/manifest.json
ok $? "--force keeps the earlier result when the disk is full"
says err "File too large" "... and the reason is told"
touch results/storm/notes.txt
expect 1 "--force does not delete what is not a result" run storm.ini --force
says err 'notes.txt' "... and names it"
[ "$(find results other again -mindepth 1 -name '.*')" = "" ]
ok $? "no hidden folder is left"
rm -rf results other again

# --- where nothing can be written
touch file.ini
expect 1 "the output folder is a file" run storm.ini -o file.ini
says err "is not a folder" "... and that is said"
expect 1 "the output folder is below a file" run storm.ini -o file.ini/deep/er
expect 1 "the output folder cannot be made" run storm.ini -o /proc/pullstorm/result
expect 0 "missing parents are made" run storm.ini -o deep/er/still/
rm -rf deep
expect 2 "a storm that refuses the scenario" run bad.ini -o deep/er
PULLSTORM_FAKE=refuse "$program" run storm.ini -o deep/er >out 2>err
[ $? = 2 ]
ok $? "a contradiction that the models find"
clean "a refused run"
(
    ulimit -f 16
    PULLSTORM_FAKE=long exec "$program" run storm.ini -o deep/er
) >out 2>err
[ $? = 1 ]
ok $? "a full disk"
says err "pullstorm: deep/er/timeseries.csv: File too large" "... what could not be written is named as the user knows it"
clean "a full disk"
PULLSTORM_FAKE=fail "$program" run storm.ini -o deep/er >out 2>err
[ $? = 1 ]
ok $? "a run that fails half-way"
clean "a run that fails half-way"
if [ -w /dev/full ]; then
    "$program" run storm.ini -o full.ini >/dev/full 2>err
    [ $? = 1 ] && [ -f full.ini/manifest.json ]
    ok $? "a summary that cannot be printed is a failure; the result stays"
    "$program" keys >/dev/full 2>err
    [ $? = 1 ]
    ok $? "a table that cannot be printed is a failure"
    for command in run check load keys metrics expand collect plan decode; do
        "$program" "$command" --help >/dev/full 2>err
        [ $? = 1 ] && grep -q '^pullstorm: standard output' err
        ok $? "so is the help of $command"
    done
    rm -rf full.ini
fi

# --- folders that cannot be listed to their end: an error, never "there is no more"
mkdir list
printf '[study]\nbase = storm.ini\nreplications = 2\n' >list/study.ini
cp storm.ini list
for seed in 1 2 3; do
    "$program" run list/storm.ini --seed $seed -o list/s/runs/p0001-r0$seed --quiet >out 2>err
done
expect 0 "collect" collect list/study.ini -o list/s
cp list/s/runs.csv list/s/study.csv list
says list/s/runs.csv "1,3,3,done," "... takes the third replication of two"
# broken NAME SAME WORD...: whichever call of readdir() fails, the command says so with status 1, or does what it
# should; and SAME finds what was there before
broken() {
    name=$1
    unchanged=$2
    shift 2
    wrong=
    told=0
    for call in $(seq 40); do
        PULLSTORM_FAKE_READDIR=$call "$program" "$@" >out 2>err
        got=$?
        if [ $got = 1 ] && grep -q ': cannot be listed: Input/output error' err; then
            told=$((told + 1))
            $unchanged || wrong="$wrong $call (changed)"
        elif [ $got != 0 ] || ! $unchanged; then
            wrong="$wrong $call (status $got)"
        fi
    done
    [ -z "$wrong" ] && [ $told -gt 0 ]
    ok $? "$name: every failing readdir() is told ($told), or does no harm$wrong"
}
# shellcheck disable=SC2317 # by broken
same_tables() { cmp -s list/runs.csv list/s/runs.csv && cmp -s list/study.csv list/s/study.csv; }
same_result() { [ "$(cut -d, -f1-5 list/r/summary.csv)" = "$summary" ] && [ -s list/r/manifest.json ] && [ -e list/r/plots/a.svg ]; }
# shellcheck disable=SC2317 # by broken
whole_result() { [ "$(cut -d, -f1-5 list/r/summary.csv)" = "$summary" ] && grep -q '"timeseries.csv": ' list/r/manifest.json; }
broken "collect" same_tables collect list/study.ini -o list/s
"$program" run list/storm.ini -o list/r --quiet >out 2>err
mkdir list/r/plots
touch list/r/plots/a.svg
summary=$(cut -d, -f1-5 list/r/summary.csv)
for call in $(seq 40); do
    PULLSTORM_FAKE_READDIR=$call "$program" run list/storm.ini -o list/r --quiet >out 2>err
    [ $? = 1 ] && same_result || echo "$call"
done >wrong.ini
[ ! -s wrong.ini ]
ok $? "a result and its pictures are not overwritten, whichever readdir() fails$(tr '\n' ' ' <wrong.ini)"
broken "run --force" whole_result run list/storm.ini -o list/r --force --quiet
expect 0 "run --force on a disk without bad blocks" run list/storm.ini -o list/r --force --quiet
[ -z "$(find list -name '.*')" ]
ok $? "... and nothing hidden is left"
rm -rf list

# --- signals
for signal in INT TERM; do
    PULLSTORM_FAKE=slow "$program" run storm.ini -o deep/er >out 2>err &
    pid=$!
    wait_for_partial
    kill -s "$signal" "$pid"
    wait "$pid"
    [ $? = 1 ] && grep -q interrupted err
    ok $? "SIG$signal stops a run with a message and exit status 1"
    clean "SIG$signal"
done
PULLSTORM_FAKE=deaf "$program" run storm.ini -o killed >out 2>err &
pid=$!
wait_for_partial
kill -s INT "$pid"
while kill -s TERM "$pid" 2>/dev/null; do sleep 0.1; done
wait "$pid"
[ $? -gt 128 ]
ok $? "a second signal ends the run at once"
[ ! -e killed ]
ok $? "a killed run leaves no half result at its place"
expect 0 "the next run into the same place" run storm.ini -o killed
[ "$(find . -name '.*.partial-*')" = "" ]
ok $? "... clears away what the killed one left"
PULLSTORM_FAKE=slow "$program" run storm.ini -o killed --force >/dev/null 2>&1 &
pid=$!
wait_for_partial
expect 0 "a run beside another into the same place" run storm.ini -o killed --force
kill -0 "$pid" && [ "$(find . -name '.*.partial-*')" != "" ]
ok $? "... leaves the other's hidden folder alone"
kill -s TERM "$pid"
wait "$pid"
rm -rf killed

# --- what killed commands leave: it goes with the next call, and is in nobody's way
hidden() { find "$1" -name '.*' ! -name .sweep.lock; }
printf '[study]\nbase = storm.ini\n' >study.ini
mkdir -p killed.ini/whole
"$program" run storm.ini -o killed.ini/whole/runs/p0001-r01 --quiet >out 2>err
cp -r killed.ini/whole killed.ini/first
expect 0 "collect" collect study.ini -o killed.ini/whole
left=0
for call in 1 2 3 4; do
    rm -rf killed.ini/cut
    cp -r killed.ini/first killed.ini/cut
    (PULLSTORM_FAKE_RENAME=$call exec "$program" collect study.ini -o killed.ini/cut) >out 2>err
    [ $? -gt 128 ] && left=$((left + $(hidden killed.ini/cut | wc -l)))
    expect 0 "collect after one that was killed before its file $call was there" collect study.ini -o killed.ini/cut
    diff -r killed.ini/whole killed.ini/cut >out 2>&1
    ok $? "... leaves what one that was not killed leaves"
done
[ $left = 4 ]
ok $? "... each of which had left a hidden file ($left)"

# leave FOLDER: what is left in the folder of a result by run, report, plot, a sweep that had not yet begun
leave() {
    mkdir -p "$1/plots" "$1/.deeper.partial-123"
    touch "$1/.pullstorm.partial-AbCdE1" "$1/plots/.pullstorm.partial-AbCdE2" "$1/.deeper.partial-123/summary.csv" \
        "$1/.sweep.lock" "$1/.sweep.1-of-2.lock"
}
leave killed.ini/left
expect 0 "a run into a folder with nothing but leftovers" run storm.ini -o killed.ini/left --quiet
diff -r killed.ini/left killed.ini/whole/runs/p0001-r01 >out
! grep -v '^[<>-]\|^[0-9]\|manifest.json' out
ok $? "... leaves none"
leave killed.ini/left
expect 1 "a result beside leftovers" run storm.ini -o killed.ini/left --quiet
says err "holds a result already" "... is not replaced without --force"
expect 0 "... but with it" run storm.ini -o killed.ini/left --quiet --force
[ -z "$(find killed.ini/left -name '.*')" ] && [ ! -e killed.ini/left/plots ]
ok $? "... and the leftovers are gone"
leave killed.ini/whole
leave killed.ini/whole/runs
expect 0 "collect beside leftovers" collect study.ini -o killed.ini/whole
[ -z "$(find killed.ini/whole killed.ini/whole/runs -maxdepth 1 -name '.pullstorm*')" ] && [ ! -e killed.ini/whole/runs/.deeper.partial-123 ]
ok $? "... clears them away"
if command -v flock >/dev/null; then
    for file in .pullstorm.partial-AbCdE1 .sweep.lock; do
        rm -rf killed.ini/busy
        mkdir killed.ini/busy
        exec 9>"killed.ini/busy/$file"
        flock 9
        expect 1 "a run into a folder where $file is locked" run storm.ini -o killed.ini/busy --force
        says err "holds \"$file\"" "... is refused"
        [ -e "killed.ini/busy/$file" ]
        ok $? "... and the file stays"
        exec 9>&-
    done
fi
mkdir killed.ini/old killed.ini/.old.partial-7.old killed.ini/.gone.partial-7.old
touch killed.ini/.old.partial-7.old/summary.csv killed.ini/.gone.partial-7.old/summary.csv
expect 0 "a run whose earlier result a killed one had put aside" run storm.ini -o killed.ini/gone --quiet
[ -e killed.ini/.gone.partial-7.old/summary.csv ]
ok $? "... keeps that"
expect 0 "a run where the new one was in its place" run storm.ini -o killed.ini/old --quiet
[ ! -e killed.ini/.old.partial-7.old ]
ok $? "... removes it"
rm -rf killed.ini

# --- progress
if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
    # on_terminal [OPTION]: a slow run there, in the background, until end_on_terminal
    on_terminal() {
        PULLSTORM_FAKE=slow script -qec "echo \$\$ >pid.ini; exec '$program' run storm.ini -o t $*" /dev/null >out 2>err \
            </dev/null &
        wait_for_partial
    }
    end_on_terminal() {
        kill -s INT "$(cat pid.ini)"
        wait
    }
    on_terminal
    for _ in $(seq 300); do
        grep -q 'simulated .* UEs done .* events/s, .* left' out && break
        sleep 0.1
    done
    grep -q 'simulated .* UEs done .* events/s, .* left' out
    ok $? "progress on a terminal"
    end_on_terminal
    on_terminal --quiet
    sleep 1 # twice the time until progress is shown
    end_on_terminal
    grep -q 'simulated' out
    [ $? = 1 ]
    ok $? "no progress with --quiet"
    wait_for_none # the terminal may be gone before the run
    clean "an interrupted run on a terminal"
fi

# --- quickstart, beside stand-ins for what it calls: the report is of the run's folder, which counts from the caller's
mkdir -p tree.ini/scripts tree.ini/build caller.ini
cp "$source/scripts/quickstart" "$source/scripts/environment.sh" tree.ini/scripts
printf '#!/bin/sh\n' | tee tree.ini/scripts/setup >tree.ini/scripts/build
cat >tree.ini/build/pullstorm <<'END'
#!/bin/sh
for word in "$@"; do echo "$word"; done >run.out
END
cat >tree.ini/scripts/report <<'END'
#!/bin/sh
echo "$1" >report.out
END
chmod +x tree.ini/scripts/* tree.ini/build/pullstorm
quickstart() { # quickstart RUN REPORT WORD...: the last word of the run and that of the report
    wanted="$1 $2"
    shift 2
    (cd caller.ini && ../tree.ini/scripts/quickstart "$@") >out 2>err
    got="$(tail -n 1 tree.ini/run.out) $(cat tree.ini/report.out)"
    [ "$got" = "$wanted" ]
    ok $? "quickstart $* (expected $wanted, got $got)"
}
quickstart --force results/solicited-pull
quickstart ue.count=5 results/solicited-pull -s ue.count=5
for folder in "-o here" -ohere "--output here" --output=here; do
    # shellcheck disable=SC2086 # an option and its value
    quickstart "$work/caller.ini/here" "$work/caller.ini/here" $folder
done
quickstart /there /there -o /there
rm -rf tree.ini caller.ini

# --- with the real models
program=$models

# Commands in Python, with an interpreter that tells what it is called with.
cat >python.ini <<'END'
#!/bin/sh
[ "$1" != -c ] || exit 0
echo "$LC_ALL ${PYTHONWARNINGS-none} $PULLSTORM"
for word in "$@"; do echo "$word"; done
exit 7
END
chmod +x python.ini
export PYTHON="$work/python.ini" PYTHONWARNINGS=error
expect 7 "plot has the exit status of Python" plot 'a folder' -o ''
[ "$(head -n 1 out)" = "C.UTF-8 none $(readlink -f "$models")" ]
ok $? "... in an environment that changes nothing of what it writes"
sed 1d out | tr '\n' '|' | grep -q '^-B|/.*/pullstorm_results|plot|a folder|-o||$'
ok $? "... and the words as they are"
expect 7 "report likewise" report .
PYTHON=/bin/false
expect 1 "plot without the modules" plot .
says err "pullstorm: plot: /bin/false, named by the environment variable PYTHON, is no Python 3 with" "... names what was tried"
says err "apt-get install python3-matplotlib python3-pandas" "... and what is missing"
expect 1 "... and without an interpreter for its help" report --help
cp "$models" alone.ini
program=$work/alone.ini
expect 1 "plot where the program lies alone" plot .
grep -q "pullstorm_results) are in none of $work, .*: install" err || grep -q /bin/false err # installed where this build would be
ok $? "... says where its parts were looked for"
program=$models
unset PYTHON PYTHONWARNINGS
rm python.ini alone.ini
expect 2 "check of faults that no model knows" check storm.ini -s fault.drop=foo@1 -s fault.duplicate=msk@1,pul@2
says err '-s fault.drop=foo@1: fault.drop: "foo@1" names an unknown kind' "... names the first"
says err '-s fault.duplicate=msk@1,pul@2: fault.duplicate: "pul@2" names an unknown kind' "... and the second"
says err '(did you mean pull?)' "... and suggests the nearest"
if "$program" --version | grep -q ns3; then
    printf '[run]\nengine = ns3\n[ue]\ncount = 1\ncells = 1\n[ns3]\nattributes = ns3::Nothing::At=all\n' >attribute.ini
    expect 2 "check of an attribute that ns-3 does not know" check attribute.ini
    says err 'attribute.ini:7: ns3.attributes: ' "... has file, line and key"
    expect 0 "check of what ns-3 does otherwise" check storm.ini -s run.engine=ns3 -s tcp.rto_max=50s
    says err "note: run.engine = ns3 sends again after 60s at most" "... says so"
    for name in NS_ATTRIBUTE_DEFAULT=ns3::TcpSocket::SegmentSize=100 NS_GLOBAL_VALUE=ChecksumEnabled=true; do
        (export "${name?}" && "$program" run attribute.ini -s ns3.attributes= -o unset --quiet) >out 2>err
        [ $? = 2 ] && [ ! -e unset ] && [ "$(wc -l <err)" = 1 ]
        ok $? "a run on ns3 where the environment has values for it is refused"
        says err "the environment sets ${name%%=*}, " "... by the name of the variable"
    done
    (export NS_ATTRIBUTE_DEFAULT= && "$program" run attribute.ini -s ns3.attributes= -o unset --quiet) >out 2>err
    ok $? "an empty one sets nothing"
    rm -rf unset
fi

# small WORD... : ends in the program with 400 MB of address space, which a sanitizer's shadow does not fit into
small() {
    # shellcheck disable=SC3045 # dash and bash have it
    ulimit -v 400000
    exec "$program" "$@"
}
if (small --version) >/dev/null 2>&1; then
    printf '[ue]\ncount = 1\ncells = 1\n' >one.ini
    (small run one.ini -o deep/er -s ue.count=100M -s ue.cells=1000) >out 2>err
    [ $? = 1 ] && [ "$(wc -l <err)" = 1 ]
    ok $? "a run that memory does not hold fails with one message"
    says err "ue.count = 100M: the run would be out of memory" "... which names the key"
    says err " MB" "... and the memory wanted"
    clean "a run that memory does not hold"
fi

done_testing
