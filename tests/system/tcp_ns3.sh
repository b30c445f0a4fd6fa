#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# The recorded packets of ns-3's TCP are what the ns-3 of this machine sends. --record writes them anew.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
vectors=$srcdir/tests/vectors/tcp_ns3_traces.ini

if [ "${1:-}" = --record ]; then
    tests/system/record_tcp_ns3 >"$vectors.new" && mv "$vectors.new" "$vectors"
    exit $?
fi
if [ ! -x tests/system/record_tcp_ns3 ]; then
    echo "1..0 # SKIP built without ns-3"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

echo 1..1
if tests/system/record_tcp_ns3 >"$work/traces.ini" && diff "$vectors" "$work/traces.ini" >"$work/diff"; then
    echo "ok 1 - the recorded traces are those of ns-3"
else
    echo "not ok 1 - the recorded traces are those of ns-3"
    sed 's/^/# /' "$work/diff"
fi
