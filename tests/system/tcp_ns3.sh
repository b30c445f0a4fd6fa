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
# shellcheck source=tests/tap/tap.sh
. "$srcdir/tests/tap/tap.sh"
[ -x tests/system/record_tcp_ns3 ] || skip_all "built without ns-3"

tests/system/record_tcp_ns3 >"$work/traces.ini" && diff "$vectors" "$work/traces.ini" >"$work/diff"
ok $? "the recorded traces are those of ns-3" "$work/diff"
done_testing
