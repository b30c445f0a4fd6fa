#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# A few calls of each class fail, in the commands that take no time; .ci/run has all of them fail.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
for python in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3; do
    command -v "$python" >/dev/null && exec "$python" "$srcdir/tests/faults" --program ./pullstorm --at-most 5 \
        --cases run,run-force,check,expand,decode,collect
done
# shellcheck source=tests/tap/tap.sh
. "$srcdir/tests/tap/tap.sh"
skip_all "no Python 3"
