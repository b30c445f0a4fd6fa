# shellcheck shell=sh disable=SC2034,SC2154,SC2317 # variables of the scripts that read this, and for them
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# TAP (testanything.org) for tests in shell, and a folder of their own, $work. Read in with ".".
work=$(mktemp -d) || exit 1
at_end() { :; } # defined anew by a test that has more to clear up
trap 'at_end; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

tests=0
failed=0
# ok STATUS NAME [FILE]...: one line; of a test that failed the FILEs follow, or what the last command printed, if that
# lies in "out" and "err" of the current folder or of $work.
ok() {
    tests=$((tests + 1))
    if [ "$1" = 0 ]; then
        echo "ok $tests - $2"
        return
    fi
    failed=1
    echo "not ok $tests - $2"
    shift 2
    [ $# -gt 0 ] || set -- "$PWD/out" "$PWD/err"
    [ -f "$1" ] || set -- "$work/out" "$work/err"
    for said; do
        [ ! -f "$said" ] || sed "s/^/# ${said##*/}: /" "$said"
    done
}
skip() { # skip NAME REASON
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}
skip_all() { # skip_all REASON
    echo "1..0 # SKIP $*"
    exit 0
}
# not_in MODE...: skips all where PULLSTORM_TESTS is one of these (tests/README.md)
not_in() {
    for mode; do
        [ "${PULLSTORM_TESTS:-}" != "$mode" ] || skip_all "PULLSTORM_TESTS=$mode"
    done
}
# explain FILE: shows it as comments
explain() {
    sed 's/^/# /' "$1"
}
done_testing() {
    echo "1..$tests"
    exit $failed
}

# expect_command STATUS NAME COMMAND...: what it prints goes to out and err
expect_command() {
    wanted=$1
    name=$2
    shift 2
    "$@" >out 2>err </dev/null
    got=$?
    [ "$got" = "$wanted" ]
    ok $? "$name (exit $wanted, got $got)"
}
# expect STATUS NAME WORD...: as that, of "$program" with these words
expect() {
    wanted=$1
    name=$2
    shift 2
    expect_command "$wanted" "$name" "$program" "$@"
}
# says FILE TEXT NAME: wherever the lines of FILE are broken
says() {
    tr '\n' ' ' <"$1" | grep -qF -- "$2"
    ok $? "$3"
}
# equals VALUE EXPECTED NAME
equals() {
    [ "$1" = "$2" ]
    ok $? "$3 (expected $2, got $1)"
}
# cell FILE ROW COLUMN: of a CSV file without quotes; the first row behind the header is 1
cell() {
    awk -F, -v row="$2" -v name="$3" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
        NR == row + 1 { print $at }' "$1"
}
