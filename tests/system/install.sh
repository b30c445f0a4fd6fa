#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# make installcheck, of the libraries: compiles the installed examples with what pkg-config says of them, and runs them.
# Arguments: folders of the .pc files and of the examples, then NAME:PACKAGE of each example. With DESTDIR, the folders are
# taken from there. Of the program: installed.sh.
set -eu

PKG_CONFIG_PATH=${DESTDIR:-}$1${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
examples=${DESTDIR:-}$2
packages=${DESTDIR:-}$1
headers=${DESTDIR:-}$(pkg-config --variable=includedir pullstorm)
shift 2
# shellcheck source=tests/tap/tap.sh
. "$(dirname "$0")/../tap/tap.sh"

# flags PACKAGE [--cflags]: below DESTDIR for our own packages, as the system has it for others
flags() {
    if [ -n "${DESTDIR:-}" ]; then
        prefix=$(pkg-config --variable=prefix "$1")
        pkg-config --cflags "${2---libs}" "$1" | sed "s|\\(-[IL]\\)$prefix|\\1$DESTDIR$prefix|g"
    else
        pkg-config --cflags "${2---libs}" "$1"
    fi
}

compile() { # compile PROGRAM SOURCE PACKAGE
    # shellcheck disable=SC2046 # flags are words
    ${CC:-cc} -std=gnu11 -o "$work/$1" "$2" $(flags "$3")
}

cat >"$work/least.c" <<'END'
#include <models/storm.h>
int main(void)
{
    GError *error = NULL;
    return scenario_load("/nowhere.ini", NULL, &error) == NULL && error && storm_metric_count > 0 ? 0 : 1;
}
END
compile least "$work/least.c" pullstorm
"$work/least"
ok 0 "libpullstorm"
# Headers of what is there and of nothing else; C++ takes them, twice, and calls what has C's names.
if [ -f "$packages/ns3c.pc" ]; then
    test -f "$headers/ns3c.h" && test -f "$headers/pullstorm/sim/net/ns3/ns3_network.h"
else
    test ! -e "$headers/ns3c.h" && test ! -e "$headers/pullstorm/sim/ns3" && test ! -e "$headers/pullstorm/sim/net/ns3"
fi
ok 0 "headers of ns-3 only with ns-3"
cxx=${CXX:-c++}
if command -v "${cxx%% *}" >/dev/null; then
    (cd "$headers/pullstorm" && find . -name '*.h' | sed 's|^\./\(.*\)|#include <\1>|' | sort) >"$work/headers"
    while read -r header; do
        printf '%s\n%s\n' "$header" "$header" >"$work/one.cc"
        # shellcheck disable=SC2046,SC2086 # flags are words
        $cxx -std=c++17 -Wall -Werror -fsyntax-only "$work/one.cc" $(flags pullstorm --cflags)
    done <"$work/headers"
    sed 's/== NULL/== nullptr/' "$work/least.c" >"$work/least.cc"
    # shellcheck disable=SC2046,SC2086
    $cxx -std=c++17 -o "$work/least++" "$work/least.cc" $(flags pullstorm)
    "$work/least++"
    ok 0 "the headers in C++"
fi
printf '[ue]\ncount = 20\ncells = 2\n[pull]\nrate = 20/s\n' >"$work/small.ini"
for example in "$@"; do
    name=${example%%:*}
    compile "$name" "$examples/$name.c" "${example#*:}"
    case $name in
    two_cells) "$work/$name" "$work/small.ini" 5 ;;
    *) "$work/$name" ;;
    esac >"$work/output"
    test -s "$work/output"
    ok 0 "$name"
done
done_testing
