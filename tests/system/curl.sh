#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# HTTP Digest against a client that is not ours: curl answers the 401 of our codecs, and they verify what it sends.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/common.sh
. "$srcdir/tests/system/common.sh"

command -v curl >/dev/null || skip_all "no curl"
user='I1U8vpY3qJ0hiuZNrke/NQ==@bsf.mnc001.mcc001.pub.3gppnetwork.org' # a B-TID
password='OLvgm6HSUYXt/aWEz5ToW3wD8UvivAMF0eoRTw3+fmk='                # an MRK
mkfifo "$work/in"
tests/system/digest_server "$user" "$password" <"$work/in" >"$work/log" &
server=$!
exec 8>"$work/in"
until [ -s "$work/log" ] || ! kill -0 "$server"; do
    sleep 0.1
done
port=$(head -n 1 "$work/log")

# ask NAME STATUS "VERDICT ..." CURL-OPTION...: what curl gets, and what the server says of its requests.
ask() {
    name=$1
    status=$2
    verdicts=$3
    shift 3
    before=$(wc -l <"$work/log")
    found=$(curl --silent --noproxy '*' --max-time 60 --output "$work/body" --write-out '%{http_code}' --digest "$@" \
        "http://127.0.0.1:$port/keymanagement?requesttype=msk-request")
    same "$name: status" "$status" "$found"
    same "$name: as the server sees it" "$verdicts" "$(tail -n "+$((before + 1))" "$work/log" | tr '\n' ';')"
}

# same NAME EXPECTED FOUND
same() {
    [ "$2" = "$3" ]
    ok $? "$1: $3"
}

ask "the right password" 200 "GET: no credentials;GET: verified;" --user "$user:$password"
[ "$(cat "$work/body")" = "<keys/>" ]
ok $? "and the body is there"
ask "a wrong password" 401 "GET: no credentials;GET: response;" --user "$user:OLvgm6HS"
ask "another user" 401 "GET: no credentials;GET: username or realm;" --user "somebody:$password"
ask "another method" 200 "DELETE: no credentials;DELETE: verified;" --user "$user:$password" --request DELETE

exec 8>&-
wait "$server"
ok $? "the server ends in good order"
done_testing
