#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Which source a program calls itself by: scripts/describe-version in trees of all sorts, and what the program makes of it.
set -u
program=$PWD/pullstorm
describe=${srcdir:-.}/scripts/describe-version
describe=$(cd "$(dirname "$describe")" && pwd)/describe-version
# shellcheck source=tests/tap/tap.sh
. "${srcdir:-.}/tests/tap/tap.sh"
cd "$work" || exit 1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CEILING_DIRECTORIES="$work"
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

is() { # is FOLDER VERSION COMMIT NAME
    "$describe" "$1" 0.7.0 >out 2>err
    [ "$(cat out)" = "$(printf '%s\n%s' "$2" "$3")" ]
    ok $? "$4"
}

mkdir bare
is bare 0.7.0 "" "neither git nor a release"
mkdir release
printf '0.6.1-3-gabc\nabcdef\n' >release/.version
is release 0.6.1-3-gabc abcdef "a release tells what it was made from"
if command -v git >/dev/null; then
    in_tree() {
        git -c user.name=n -c user.email=e@example.org -C tree "$@"
    }
    git init -q tree
    is tree 0.7.0 "" "a tree without a commit"
    echo 1 >tree/file
    in_tree add file
    in_tree commit -qm first
    first=$(in_tree rev-parse HEAD)
    is tree "0.7.0-g$(in_tree rev-parse --short=12 HEAD)" "$first" "without a tag: the release and the commit"
    in_tree tag v0.8.0
    is tree 0.8.0 "$first" "a tag"
    in_tree commit -qm second --allow-empty
    second=$(in_tree rev-parse HEAD)
    is tree "0.8.0-1-g$(in_tree rev-parse --short=12 HEAD)" "$second" "a commit behind a tag"
    echo 2 >tree/file
    is tree "0.8.0-1-g$(in_tree rev-parse --short=12 HEAD)-dirty" "$second" "a file that differs"
    in_tree checkout -q file
    echo 3 >tree/other
    mkdir tree/copy
    is tree "0.8.0-1-g$(in_tree rev-parse --short=12 HEAD)" "$second" "a file that git does not know"
    is tree/copy 0.7.0 "" "a copy inside of another tree"
fi

printf '[ue]\ncount = 1\ncells = 1\n' >one.ini
"$program" run one.ini -o one --quiet
version=$("$program" --version | sed -n 's/^pullstorm //p')
grep -q "^  \"version\": \"$version\",\$" one/manifest.json
ok $? "the manifest has the version of --version"
grep -qE '^  "commit": "([0-9a-f]{40})?",$' one/manifest.json
ok $? "... the commit"
grep -qE '^  "format": [0-9]+,$' one/manifest.json
ok $? "... the format of the files"
grep -qE '^  "libraries": \{"glib": "[0-9.]+", "openssl": "[0-9.a-z]+", "libc": "[0-9.]+"\},$' one/manifest.json
ok $? "... and the versions of libraries"
if "$program" --version | grep -q ' ns3'; then
    "$program" run one.ini -o packets --quiet --engine ns3
    grep -qE '"ns-3": "3\.[0-9]+"\},$' packets/manifest.json
    ok $? "... of ns-3, where it simulated"
fi

done_testing
