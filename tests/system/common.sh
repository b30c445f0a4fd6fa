# shellcheck shell=sh disable=SC2034,SC2154 # variables of the scripts that read this, and for them
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# What the capture tests share; read in with ".". Run from the build folder, $srcdir naming the source tree, $scenario the scenario.
here=$srcdir/tests/system
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
unset TSHARK_OPTIONS || :

# A Python that has the AES that Milenage and MIKEY need; the first one on the PATH need not.
python=
for candidate in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3; do
    if "$candidate" -c 'import cryptography' 2>/dev/null; then
        python=$candidate
        break
    fi
done
tshark=$(command -v tshark || :)

# shellcheck source=tests/tap/tap.sh
. "$srcdir/tests/tap/tap.sh"
[ -n "$python" ] || skip_all "no Python 3 with the module cryptography"

# simulate NAME [SECTION.KEY=VALUE]...: runs $scenario into $work/NAME.
simulate() {
    name=$1
    shift
    set_keys=
    for key in "$@"; do
        set_keys="$set_keys -s $key"
    done
    # shellcheck disable=SC2086 # words are meant to be split; no value has spaces
    if ./pullstorm run "$scenario" -o "$work/$name" --pcap --keylog --quiet $set_keys >"$work/$name.log" 2>&1; then
        return 0
    fi
    explain "$work/$name.log"
    return 1
}

# column NAME COLUMN: a number of the run's summary.csv.
column() {
    [ -f "$work/$1.columns" ] || "$python" -c '
import csv, sys
for name, value in next(csv.DictReader(open(sys.argv[1], newline=""))).items():
    print(name, value)' "$work/$1/summary.csv" >"$work/$1.columns"
    awk -v wanted="$2" '$1 == wanted { print $2 }' "$work/$1.columns"
}
