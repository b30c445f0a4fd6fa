#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# pullstorm plot: which files it makes of runs, studies and plans, what they say, that they are the same on every call,
# and what it says to what is no result.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/results_common.sh
. "$srcdir/tests/system/results_common.sh"

# --- the functions behind it
PYTHONPATH=$srcdir/scripts:$here "$python" -m unittest test_results test_sayings >"$work/out" 2>"$work/err"
ok $? "unit tests of the Python modules"

# says FILE TEXT...: the SVG is well-formed XML and has the texts
says() {
    "$python" - "$@" >"$work/out" 2>"$work/err" <<'END'
import sys
import xml.etree.ElementTree as xml
text = " ".join(xml.parse(sys.argv[1]).getroot().itertext()).replace("\u00a0", " ")
missing = [word for word in sys.argv[2:] if word not in text]
sys.exit(f"{sys.argv[1]}: without {missing}" if missing else 0)
END
}

# made DIR NUMBER: so many plots, each as PNG and SVG, none empty, nothing else
made() {
    [ "$(find "$1" -name '*.svg' -size +1k | wc -l)" = "$2" ] && [ "$(find "$1" -name '*.png' -size +1k | wc -l)" = "$2" ] &&
        [ "$(find "$1" -type f | wc -l)" = $((2 * $2)) ]
}

# --- runs
runs storm
ok $? "a run to plot"
script plot "$work/storm"
made "$work/storm/plots" 8
ok $? "a run has eight plots, as PNG and SVG"
says "$work/storm/plots/keyed.svg" "UEs that hold the new MSK" "pulls sent" "simulated time (s)" "2 000 of 2 000"
ok $? "keyed.svg: title, curves, unit"
says "$work/storm/plots/queues.svg" BM-SC BSF HSS "jobs waiting" bmsc.queue_limit
ok $? "queues.svg: servers, and the limit that was reached"
says "$work/storm/plots/utilisation.svg" "worker time spent busy (%)" "BM-SC (" "while first pulls go out)"
ok $? "utilisation.svg"
"$python" -B - "$work/storm" <<'END' >"$work/out"
import csv, sys
rows, (total,) = (list(csv.DictReader(open(f"{sys.argv[1]}/{name}.csv"))) for name in ("timeseries", "summary"))
assert float(total["output.interval"]) == 1
for server in ("bmsc", "bsf", "hss"):
    busy = [0] + [int(row[server + "_busy_us"]) for row in rows]
    most = max(b - a for a, b in zip(busy, busy[1:])) / 1e6 / int(total[server + ".workers"])
    assert most > 0 and abs(most - float(total[server + "_utilisation_peak_ratio"])) < 2e-6, (server, most)
END
ok $? "worker time spent busy grows most in the busiest second of summary.csv"
says "$work/storm/plots/messages.svg" "503 of the BM-SC" "messages per second"
ok $? "messages.svg"
says "$work/storm/plots/bytes.svg" uplink downlink "links of the servers"
ok $? "bytes.svg"
says "$work/storm/plots/time_to_key.svg" median: p99: "share of all UEs"
ok $? "time_to_key.svg: quantiles"
script plot "$work/storm" -o "$work/again" && diff -r "$work/storm/plots" "$work/again" >"$work/out"
ok $? "the same bytes on every call"
mkdir "$work/hostile"
printf 'backend: nonsense\nfont.size: 40\ntext.usetex: True\n' >"$work/hostile/matplotlibrc"
(
    cd "$work/hostile" && MATPLOTLIBRC=$work/hostile/matplotlibrc MPLBACKEND=nonsense PYTHONWARNINGS=error PYTHONINSPECT=1 \
        PYTHONSTARTUP=nothing SOURCE_DATE_EPOCH=nonsense POSIXLY_CORRECT=1 script plot "$work/storm" -o "$work/hostile/plots"
) </dev/null && [ ! -s "$work/err" ] && diff -r "$work/again" "$work/hostile/plots" >"$work/out"
ok $? "... whatever the environment and the current folder have for matplotlib and Python"
! grep -lE '[0-9]{4}-[0-9]{2}-[0-9]{2}T|dc:date' "$work"/again/*.svg
ok $? "no date in them"
script plot "$work/storm" -o "$work/one" --format svg && [ -f "$work/one/keyed.svg" ] && [ ! -f "$work/one/keyed.png" ]
ok $? "--format svg makes no PNG"
runs lost access.loss=100% && script plot "$work/lost" && says "$work/lost/plots/time_to_key.svg" "no UE got the new MSK"
ok $? "a run in which no UE got its key"
without_times "$work/lost/summary.csv" && script plot "$work/lost" &&
    says "$work/lost/plots/time_to_key.svg" "no UE got the new MSK"
ok $? "... and its times have no value"
runs single ue.count=1 ue.cells=1 && script plot "$work/single" && made "$work/single/plots" 8
ok $? "a run of one UE"

runs long ue.count=20 ue.cells=2 pull.rate=0.0001/s run.end=30d && modest 400 plot "$work/long" --format svg
ok $? "a run of $(wc -l <"$work/long/timeseries.csv") rows does not need memory by the row"

# --- studies and plans: shape, number of plots
for case in one:4 two:8 variants:8 single:4 thirty:7 failed:4 facets:31 text:6 point:4 steps:4 \
    times:4 names:5 curves:7 unkeyed:4 nobody:7 begun:4 plan:1 plans:2 never:1 largest:1 mixed:2 both:9; do
    shape=${case%:*}
    rm -rf "${work:?}/$shape"
    study "$shape" && script plot "$work/$shape" --format svg &&
        [ "$(find "$work/$shape/plots" -name '*.svg' | wc -l)" = "${case#*:}" ]
    ok $? "study or plan \"$shape\" has ${case#*:} plots"
done
# exactly SVG FIRST LAST: each of these names of study_fixture.py is a text of its own
exactly() {
    PYTHONPATH=$here "$python" - "$@" >"$work/out" 2>"$work/err" <<'END'
import sys
import xml.etree.ElementTree as xml
from study_fixture import NAMES
texts = [element.text for element in xml.parse(sys.argv[1]).iter("{http://www.w3.org/2000/svg}text")]
missing = [name for name in NAMES[int(sys.argv[2]) : int(sys.argv[3])] if texts.count(name) != 1]
sys.exit(f"{sys.argv[1]}: not once {missing} in {texts}" if missing else 0)
END
}
exactly "$work/names/plots/time_to_key_p99_s.svg" 0 99
ok $? "a name is drawn as it is, whatever it means to what draws it"
exactly "$work/curves/plots/time_to_key_p99_s.svg" 0 8
ok $? "... in a legend, too"
says "$work/one/plots/time_to_key_p99_s.svg" "Time to key, 99th percentile (s)" "pull.rate (1/s)" 5000 "95 % confidence"
ok $? "a metric over its axis, with unit and interval"
says "$work/single/plots/time_to_key_p99_s.svg" "one run per point"
ok $? "one replication is said to be one"
says "$work/variants/plots/time_to_key_p99_s.svg" variant poisson even
ok $? "a curve for each variant"
says "$work/two/plots/time_to_key_p99_s_heat.svg" pull.rate bmsc.workers
ok $? "a heat map over two axes"
says "$work/failed/plots/time_to_key_p99_s.svg" "1 of 5 points" 5000
ok $? "a point without a finished run keeps its place"
says "$work/thirty/plots/time_to_key_p99_s.svg" "8 of 12 curves shown"
ok $? "curves left out are told"
study many && script plot "$work/many" --format svg --metric time_to_key_p99_s &&
    says "$work/many/plots/time_to_key_p99_s_08.svg" "8 of 12 shown"
ok $? "plots left out are told"
says "$work/times/plots/time_to_key_p99_s.svg" "exp(40 ms)" "lognormal(40 ms, 0.5)"
ok $? "distributions of a legend have units"
says "$work/unkeyed/plots/time_to_key_p99_s.svg" "no value where no UE got" 1000 &&
    ! says "$work/unkeyed/plots/http_503.svg" "no value"
ok $? "a point at which no UE got the key leaves a gap, and why is told"
says "$work/nobody/plots/time_to_key_p99_s.svg" "no UE got the key at these points"
ok $? "... also if there is no other"
says "$work/largest/plots/plan_time_to_key_p99_s.svg" "met everywhere; highest value tried 16"
ok $? "a plan for the largest value that is met everywhere"
says "$work/mixed/plots/plan_answers.svg" "Smallest or largest bmsc.workers"
ok $? "a plan with smallest and largest answers"
says "$work/plan/plots/plan_time_to_key_p99_s.svg" "target: 2 s" "answer 3" bmsc.workers
ok $? "a plan: target and answer"
says "$work/never/plots/plan_time_to_key_p99_s.svg" "never met"
ok $? "a plan that nothing meets"

# --- of the program's own making
if ./pullstorm --help | grep -q '^ *collect '; then
    printf '[study]\nbase = storm.ini\nreplications = 2\n[axis rate]\npull.rate = 500/s, 2000/s\n' >"$work/real.ini"
    ./pullstorm expand "$work/real.ini" -o "$work/real" >"$work/commands" 2>"$work/err" &&
        PATH=$PWD:$PATH sh -e "$work/commands" >"$work/out" 2>"$work/err" &&
        ./pullstorm collect "$work/real.ini" -o "$work/real" >"$work/out" 2>"$work/err" && script plot "$work/real" &&
        says "$work/real/plots/time_to_key_p99_s.svg" "pull.rate (1/s)" "2 runs per point"
    ok $? "a study of pullstorm expand and pullstorm collect"
    ./pullstorm plan "$work/real.ini" --target 'time_to_key_p99_s < 5s' --vary bmsc.workers=1..8 --quiet \
        -o "$work/real-plan" >"$work/out" 2>"$work/err" && script plot "$work/real-plan" &&
        says "$work/real-plan/plots/plan_time_to_key_p99_s.svg" "bmsc.workers" answer "target: 5 s"
    ok $? "a plan of pullstorm plan"
    ./pullstorm plan "$work/real.ini" --vary bmsc.workers=1..2 --quiet -o "$work/bounds" --replications 2..2 --target \
        '2 * time_to_key_p99_s <= 1.9 and time_to_key_p50_s <= 1s and time_to_key_p50_s > 0.1 * storm_duration_s and
        ues_without_key / ues <= 1%' >"$work/out" 2>"$work/err" && script plot "$work/bounds" --format svg &&
        says "$work/bounds/plots/plan_time_to_key_p99_s.svg" "target: 950 ms" &&
        says "$work/bounds/plots/plan_time_to_key_p50_s.svg" "target: 1 s" &&
        ! grep -l '>target: [0-9][^*]*<' "$work/bounds/plots/plan_ues.svg" "$work/bounds/plots/plan_ues_without_key.svg" \
            "$work/bounds/plots/plan_storm_duration_s.svg"
    ok $? "... whose target is drawn where the program has it, and only of one metric alone"
else
    skip "a study and a plan of the program" "this pullstorm has no studies"
fi

# --- what is no result
mkdir "$work/empty"
refused 2 "no folder" plot "$work/nothing"
refused 2 "a file" plot "$work/storm.ini"
refused 2 "an empty folder" plot "$work/empty"
refused 2 "no argument" plot
refused 2 "unknown option" plot "$work/one" --colour red
refused 2 "unknown format" plot "$work/one" --format gif
for option in -o --output --format; do refused 2 "$option ''" plot "$work/one" "$option" ''; done
refused 2 "a folder without a name" plot ''
# damaged FILE SED-SCRIPT NAME
damaged() {
    rm -rf "$work/damaged"
    cp -R "$work/storm" "$work/damaged"
    rm -rf "$work/damaged/plots"
    sed "$2" "$work/storm/$1" >"$work/damaged/$1"
    refused 2 "$3" plot "$work/damaged"
    grep -q "$1: " "$work/err" && [ ! -d "$work/damaged/plots" ]
    ok $? "... which names the file, and nothing is made"
}
damaged timeseries.csv '3s/,[^,]*$//' "a row that is too short"
damaged timeseries.csv '3s/,0,/,zero,/' "a field that is no number"
damaged summary.csv '2d' "a summary without its row"
damaged manifest.json '1d' "a damaged manifest"
damaged manifest.json 's/"format": 3,/"format": 1,/' "a manifest of another format"
damaged latency.csv '1s/p99_s/p98_s/' "a column that is missing"
rm "$work/damaged/latency.csv"
refused 2 "a file that is missing" plot "$work/damaged"
rm -rf "$work/damaged" && cp -R "$work/one" "$work/damaged" && rm -r "$work/damaged/plots" "$work/damaged/study.csv"
refused 2 "a study that was not collected" plot "$work/damaged"
grep -q "pullstorm collect" "$work/err"
ok $? "... which is told how to"

# --- what cannot be written
refused 1 "an output folder below a file" plot "$work/one" -o "$work/storm.ini/plots"
refused 1 "a file in place of the output folder" plot "$work/one" -o "$work/storm.ini"
grep -qF "$work/storm.ini: exists and is not a folder" "$work/err"
ok $? "... which is told as other commands do"
(
    ulimit -f 8
    script plot "$work/one" -o "$work/full/plots"
)
[ $? = 1 ] && [ ! -e "$work/full" ]
ok $? "a full disk: exit 1, no half file and no empty folder"
mkdir "$work/full"
(
    ulimit -f 8
    script plot "$work/one" -o "$work/full"
)
[ $? = 1 ] && [ -d "$work/full" ] && [ -z "$(ls -A "$work/full")" ]
ok $? "... and a folder that was there stays"

if [ -w /dev/full ]; then
    # lost NAME COMMAND...: its output has no place, with a buffer and without: exit 1 and one line
    lost() {
        title=$1
        shift
        for unbuffered in '' 1; do
            PYTHONUNBUFFERED=$unbuffered "$@" >/dev/full 2>"$work/err"
            [ $? = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q 'standard output could not be written whole: No space' "$work/err"
            ok $? "$title: its output is lost${unbuffered:+, without a buffer}"
        done
    }
    for command in plot report; do
        lost "$command" "$program" "$command" "$work/one"
        lost "$command --help" "$program" "$command" --help
    done
    for name in scripts/compare-engines tests/soak tests/faults tests/intervals; do
        lost "$name --help" "$python" "$srcdir/$name" --help
    done
else
    skip "output that is lost" "no /dev/full"
fi
"$program" plot --help >&- 2>"$work/err"
[ $? = 1 ] && grep -q 'standard output could not be written whole' "$work/err"
ok $? "no standard output at all: exit 1"

# --- interrupted: by modules that are loaded in place of Python's own
# interrupted NAME MODULE CODE ARGUMENT...: where this module is loaded: exit 1, one line, and nothing half done
interrupted() {
    title=$1
    rm -rf "$work/interrupting" "$work/nowhere"
    mkdir "$work/interrupting"
    printf 'import os, signal\n%s\n' "$3" >"$work/interrupting/$2.py"
    shift 3
    PYTHONPATH=$work/interrupting script "$@"
    [ $? = 1 ] && [ "$(cat "$work/err")" = "pullstorm: $1: interrupted" ] && [ ! -s "$work/out" ]
    ok $? "$title"
}
now='os.kill(os.getpid(), signal.SIGINT)'
interrupted "a plot is interrupted while Python starts" sitecustomize "$now" plot "$work/one" -o "$work/nowhere"
interrupted "... or loads a module" pandas "$now" plot "$work/one" -o "$work/nowhere"
interrupted "a report, too" pandas "try: $now
except BaseException: pass" report "$work/one" -o "$work/nowhere"
[ ! -e "$work/nowhere" ]
ok $? "... of which there is nothing"
interrupted "a report is interrupted while it is written" sitecustomize "move = os.replace
os.replace = lambda *paths: ($now, move(*paths))" report "$work/one" -o "$work/whole.html"
tail -n 1 "$work/whole.html" | grep -q '</html>' && [ -z "$(find "$work" -maxdepth 1 -type f -name '.*')" ]
ok $? "... and is there as a whole, without a rest"

# --- killed
mkdir "$work/killed"
killed plot "$work/one" -o "$work/killed"
ok $? "a plot is killed"
[ "$(find "$work/killed" -type f -name '.*' | wc -l)" = 1 ]
ok $? "... leaves a hidden file"
script plot "$work/one" -o "$work/killed" && [ -z "$(find "$work/killed" -type f -name '.*')" ]
ok $? "... which goes with the next call"

# --- without the modules: an interpreter with the standard library alone
printf '#!/bin/sh\nexec "%s" -S "$@"\n' "$python" >"$work/bare"
chmod +x "$work/bare"
PYTHON=$work/bare refused 1 "without matplotlib" plot "$work/one"
grep -q "$work/bare.*python3-matplotlib python3-pandas" "$work/err"
ok $? "... which names the interpreter and the packages"
PYTHON=$work/bare script plot --help && grep -q -e '--output' "$work/out"
ok $? "... and help needs none of them"
PYTHON=$work/none refused 1 "an interpreter that is not there" plot "$work/one"

# --- another name
PULLSTORM=$program "$srcdir/scripts/plot" --help >"$work/out" 2>"$work/err" && grep -q 'usage: pullstorm plot' "$work/out"
ok $? "scripts/plot is another name"

done_testing
