/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Digest header fields: credentials that are read can be written, and are then read alike. */
#include "models/wire/digest.h"
#include "tests/fuzz/targets.h"

static void check(struct bytes in, bool with_scheme)
{
    static uint8_t out[1 << 17];
    struct wire_writer w = wire_writer(out, sizeof out);
    struct digest_fields f, back;

    if (digest_decode(in, with_scheme, &f) != WIRE_OK)
        return;
    promise_within(f.username, in);
    promise_within(f.realm, in);
    promise_within(f.nonce, in);
    promise_within(f.qop, in);
    promise_within(f.auts, in);
    promise_within(f.domain, in);
    digest_list_has(f.qop, "auth-int");
    /* what is written bare must be a token to be read again */
    f.qop = f.qop.at != NULL ? bytes_text("auth-int") : f.qop;
    f.algorithm = f.algorithm.at != NULL ? bytes_text("MD5") : f.algorithm;
    digest_put_credentials(&w, &f);
    if (w.overflow)
        return;
    PROMISE(digest_decode(bytes_of(out, wire_written(&w)), true, &back) == WIRE_OK);
    PROMISE(bytes_equal(back.username, f.username) && bytes_equal(back.realm, f.realm) &&
            bytes_equal(back.nonce, f.nonce) && bytes_equal(back.uri, f.uri) &&
            bytes_equal(back.response, f.response));
    PROMISE(f.qop.at == NULL || (back.nc == f.nc && bytes_equal(back.auts, f.auts)));
}

void fuzz_digest(struct bytes in)
{
    check(in, true);
    check(in, false);
}
