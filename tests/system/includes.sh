#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# scripts/check-includes finds each kind of what it forbids, in a copy of the tree that was spoiled. TAP on standard output.
set -u
top=$(CDPATH='' cd -- "${srcdir:-.}" && pwd) || exit 1
# shellcheck source=tests/tap/tap.sh
. "$top/tests/tap/tap.sh"
cd "$work" || exit 1

fresh() {
    rm -rf tree && mkdir tree && cp -r "$top/models" "$top/sim" tree && cp "$top/CONTRIBUTING.md" tree && chmod -R u+w tree
}
# finds WORDS NAME: the spoiled tree is refused, in these words
finds() {
    "$top/scripts/check-includes" tree >out 2>err
    [ $? = 1 ] && grep -qF -- "$1" out
    ok $? "$2"
}

fresh
expect_command 0 "the tree as it is" "$top/scripts/check-includes" tree
echo '#include "models/storm.h"' >>tree/sim/net/fault.c
finds "sim/net/fault.c: includes models/storm.h" "a room that includes what is above it"
fresh
echo '#include "models/crypto/milenage.h"' >>tree/models/ue/decide_ub.c
finds "models/ue/decide_ub.c: decides, and sees models/crypto/milenage.h" "a decision that sees cryptography"
fresh
echo '#include "models/wire/http.h"' >>tree/models/bsf/state.h
finds "models/bsf/decide.c: decides, and sees models/wire/http.h (by models/bsf/state.h)" "... by what it includes"
fresh
echo 'void f(struct ue_exchange *x);' >>tree/models/ue/verify.h
finds "models/ue/verify.h: verifies or encodes, and has a struct ue_exchange * that is not const" "a verify that may change state"
fresh
echo 'void f(void) { net_udp_send(0, 0, 0, 0); }' >>tree/models/hss/encode.c
finds "models/hss/encode.c: calls net_udp_send()" "an encoder that sends"
fresh
echo >tree/sim/stray.c
finds "sim/stray.c: in no row of the table" "a file that no row knows"
fresh
echo 'static inline bool xml_skip_space(const uint8_t *at) { return at != NULL; }' >>tree/models/wire/digest.c
finds "models/wire/xml.c: has a static function xml_skip_space(), as models/wire/digest.c has" "two static functions of one name in a room"
done_testing
