/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of the Ua interface between UE and BM-SC: the MSK request of TS 33.246 §6.3.2.2 over HTTP Digest
 * (§G.2.3, with the bodies of TS 26.346 §11.6 and §11.8), and the plain error responses that BM-SC and BSF
 * share. */
#ifndef MODELS_WIRE_UA_H
#define MODELS_WIRE_UA_H

#include "models/wire/digest.h"
#include "models/wire/facts.h"
#include "models/wire/http.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UA_MSK_REQUEST_URI "/keymanagement?requesttype=msk-request"
#define UA_REALM_PREFIX    "3GPP-bootstrapping@"
/* In each request: an HTTP client in the ME that knows GBA (TS 24.109 §5.2.1, TS 33.246 §H.2.1). */
#define UA_PRODUCT_TOKEN "3gpp-gba"

enum wire_status ua_request_body_encode(const struct ua_key *keys, unsigned count, uint8_t *out,
                                        size_t capacity, size_t *length);
enum wire_status ua_request_body_decode(struct bytes body, struct ua_key keys[UA_KEYS_MAX], unsigned *count);
enum wire_status ua_response_body_encode(const struct ua_key *keys, unsigned count, uint8_t *out,
                                         size_t capacity, size_t *length);
enum wire_status ua_response_body_decode(struct bytes body, struct ua_key keys[UA_KEYS_MAX], unsigned *count);

/* What the Request-URI asks for (TS 33.246 §G.2): "/keymanagement" with the URI parameter "requesttype",
 * further parameters beside it, or the same behind "http://" and a host. */
enum ua_request { UA_NO_REQUEST, UA_MSK_REQUEST, UA_REGISTRATION, UA_DEREGISTRATION };
enum ua_request ua_request_of_target(struct bytes target);

/* POST UA_MSK_REQUEST_URI. Headers: Host, User-Agent: UE-sim 3gpp-gba, Date, Accept, Referer, Content-Type,
 * Content-Length, [Authorization]. credentials NULL: a POST without Authorization. */
enum wire_status ua_request_encode(struct bytes naf_fqdn, int64_t unix_s,
                                   const struct digest_fields *credentials, struct bytes body, uint8_t *out,
                                   size_t capacity, size_t *length);

/* 401 of the BM-SC. Headers: Server: BMSC-sim, Date, Content-Length: 0, WWW-Authenticate. */
enum wire_status ua_challenge_encode(const struct digest_fields *challenge, int64_t unix_s, uint8_t *out,
                                     size_t capacity, size_t *length);
/* 200. Headers: Server, Authentication-Info, Date, Expires, Content-Type, Content-Length. expiry_unix_s: of
 * the key that the response is authenticated with. */
enum wire_status ua_success_encode(const struct digest_fields *info, int64_t unix_s, int64_t expiry_unix_s,
                                   struct bytes body, uint8_t *out, size_t capacity, size_t *length);

/* An answer without a body: 400, 403, 404, 405, 500, 501, 503, 504, 505 (TS 33.246 table G.2.4-1). server: as
 * it stands in Server. retry_after_s > 0 adds Retry-After. */
enum wire_status http_error_encode(unsigned status, const char *server, int64_t unix_s,
                                   uint32_t retry_after_s, uint8_t *out, size_t capacity, size_t *length);
/* Retry-After in seconds (delta or HTTP date, against the message's own Date); 0 if there is none. */
uint32_t http_retry_after(const struct http_message *message);

#ifdef __cplusplus
}
#endif

#endif
