# shellcheck shell=sh disable=SC2034 # variables of the scripts that read this
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# What the tests of plots and reports share; read in with ".". Run from the build folder, $srcdir naming the source tree.
srcdir=$(CDPATH='' cd -- "${srcdir:-$(dirname "$0")/../..}" && pwd)
here=$srcdir/tests/system
program=$PWD/pullstorm
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
unset PULLSTORM_TRACE || :

python=
for candidate in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3; do
    if "$candidate" -c 'import matplotlib, pandas' 2>/dev/null; then
        python=$candidate
        break
    fi
done
PYTHON=$python
export PYTHON

# shellcheck source=tests/tap/tap.sh
. "$srcdir/tests/tap/tap.sh"
# The slow tests of scripts need not run in each of several builds, nor do those of Python in one that is to find faults
# of the program.
not_in quick program
[ -n "$python" ] || skip_all "no Python 3 with matplotlib and pandas"

# script NAME ARGUMENT...: runs one of our commands in Python, output in out and err
script() {
    "$program" "$@" >"$work/out" 2>"$work/err"
}

# killed NAME ARGUMENT...: one of them, killed when a file is whole and not yet in its place
killed() {
    (PYTHONPATH=$srcdir/scripts exec "$python" - "$@" <<'END'
import os, signal, sys
from pullstorm_results import command
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sys.exit(command.main(sys.argv[1:]))
END
    ) >"$work/out" 2>"$work/err"
    [ $? -gt 128 ]
}

# modest MEGABYTES NAME ARGUMENT...: a command that does its work in no more memory than that
modest() {
    most=$1
    shift
    "$python" -c '
import resource, subprocess, sys
subprocess.run(sys.argv[2:], check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
sys.exit(f"{peak} MB" if peak > int(sys.argv[1]) else 0)' "$most" "$program" "$@" >"$work/out" 2>"$work/err"
}

# refused STATUS NAME ARGUMENT...: the command ends with the status, one line on standard error, and no traceback
refused() {
    wanted=$1
    title=$2
    shift 2
    script "$@"
    got=$?
    [ "$got" = "$wanted" ] && [ "$(wc -l <"$work/err")" = 1 ] && ! grep -q Traceback "$work/err"
    ok $? "$title: exit $wanted and one line"
}

# runs NAME [KEY=VALUE]...: a run of 2000 UEs into $work/NAME
runs() {
    result=$1
    shift
    printf '[ue]\ncount = 2k\ncells = 10\n[pull]\nrate = 2000/s\n[bmsc]\nworkers = 1\nqueue_limit = 200\n' >"$work/storm.ini"
    for key in "$@"; do
        set -- "$@" -s "$key"
        shift
    done
    ./pullstorm run "$work/storm.ini" -o "$work/$result" --quiet "$@" >"$work/out" 2>"$work/err"
}

# study SHAPE: a made-up study or plan in $work/SHAPE
study() {
    "$python" "$here/study_fixture.py" "$work/$1" "$1"
}

# without_times FILE: empties the fields of metrics that have no value where no UE holds the key
without_times() {
    "$python" - "$1" <<'END'
import csv, sys
header, row = csv.reader(open(sys.argv[1], newline=""))
row = ["" if name.startswith(("time_to_key_", "update_")) or name == "storm_duration_s" else value
       for name, value in zip(header, row)]
csv.writer(open(sys.argv[1], "w", newline=""), lineterminator="\n").writerows([header, row])
END
}

# contains FILE TEXT...: texts of a page, spaces that do not break taken for others
contains() {
    sed 's/\xc2\xa0/ /g' "$1" >"$work/text"
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$work/text" || {
            echo "without: $text" >"$work/out"
            return 1
        }
    done
}
