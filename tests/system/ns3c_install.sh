#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# make installcheck: compiles the installed examples with what pkg-config says of the installed library, and runs them.
# Arguments: folder of the examples, folder of ns3c.pc. With DESTDIR, both are taken from there.
set -eu

examples=${DESTDIR:-}$1
PKG_CONFIG_PATH=${DESTDIR:-}$2${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
if [ -n "${DESTDIR:-}" ]; then
    prefix=--define-variable=prefix=$DESTDIR$(pkg-config --variable=prefix ns3c)
else
    prefix=
fi
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
for name in ns3c_udp_echo ns3c_dumbbell; do
    # shellcheck disable=SC2046,SC2086
    ${CC:-cc} -std=c11 -o "$build/$name" "$examples/$name.c" $(pkg-config $prefix --cflags --libs ns3c)
    "$build/$name" >"$build/output"
    test -s "$build/output"
    echo "ok - $name"
done
