/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Digest header fields (RFC 2617 §3.2, RFC 3310 §3): WWW-Authenticate, Authorization, Authentication-Info.
 * Parsed by tokens: a quoted value may hold commas, '=' and ';'. */
#ifndef MODELS_WIRE_DIGEST_H
#define MODELS_WIRE_DIGEST_H

#include "models/wire/http.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values without quotes; at == NULL: absent. */
struct digest_fields {
    struct bytes username, realm, nonce, uri, response, cnonce, opaque, auts, qop, algorithm;
    struct bytes rspauth, nextnonce, domain;
    bool has_nc;
    uint32_t nc;
    bool stale; /* stale=true was said */
};

/* value: of the header. with_scheme: it starts with "Digest" (not so in Authentication-Info). White space
 * around "=" and commas, empty list elements and a trailing comma are taken (RFC 7235 §2.1, RFC 7230 §7). A
 * parameter twice, or a quoted value with a backslash, is WIRE_MALFORMED; unknown parameters are passed
 * over. */
enum wire_status digest_decode(struct bytes value, bool with_scheme, struct digest_fields *out);

/* Authentication-Info, a list that may stand in several lines (RFC 7615 §3, RFC 7230 §3.2.2); WIRE_TRUNCATED
 * if there is none. */
enum wire_status digest_info_decode(const struct http_message *message, struct digest_fields *out);

/* Values are written as they are: none may hold a quote, a backslash or a control character (those that
 * digest_decode() gave never do).
 * The values of the three headers, fields in the order of the examples of RFC 2617 as GBA clients send them:
 * challenge: Digest realm, nonce, algorithm, qop, [opaque], [stale]
 * credentials: Digest username, realm, nonce, uri, [qop, nc, cnonce], response, [opaque], [algorithm], [auts]
 *   (without qop only username, realm, nonce, uri, response: the first request of Ub)
 * info: qop, rspauth, cnonce, nc, [nextnonce] */
void digest_put_challenge(struct wire_writer *w, const struct digest_fields *f);
void digest_put_credentials(struct wire_writer *w, const struct digest_fields *f);
void digest_put_info(struct wire_writer *w, const struct digest_fields *f);

/* Is `token` in a comma-separated list such as qop="auth,auth-int"? */
bool digest_list_has(struct bytes list, const char *token);

#ifdef __cplusplus
}
#endif

#endif
