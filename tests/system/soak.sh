#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# A few random scenarios, always the same ones; .ci/run has more of them.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
kept=$PWD/soak-failed
# With cryptography, if there is one, which the verification of captures needs.
for python in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3; do
    "$python" -c 'import cryptography' 2>/dev/null && break
done
command -v "$python" >/dev/null && exec "$python" "$srcdir/tests/soak" --program ./pullstorm --count 20 --keep "$kept"
# shellcheck source=tests/tap/tap.sh
. "$srcdir/tests/tap/tap.sh"
skip_all "no Python 3"
