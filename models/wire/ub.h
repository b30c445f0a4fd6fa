/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of the Ub interface between UE and BSF: HTTP with Digest AKAv1-MD5 (TS 33.220 §4.5.2, TS 24.109
 * §4, RFC 3310). GET -> 401 -> GET with credentials -> 200 with BootstrappingInfo; 403, 503 on failure.
 * Decoding is http_decode() and digest_decode(); the functions here encode and read the XML. */
#ifndef MODELS_WIRE_UB_H
#define MODELS_WIRE_UB_H

#include "models/wire/digest.h"
#include "models/wire/http.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In User-Agent of each request and in Server of each answer: TMPI is known (TS 33.220 §4.5.2, TS 24.109
 * §4.2). */
#define UB_PRODUCT_TOKEN "3gpp-gba-tmpi"
#define UB_SERVER        "BSF-sim " UB_PRODUCT_TOKEN

/* GET / (both). Headers: Host, User-Agent: UE-sim 3gpp-gba-tmpi, Date, Accept, Authorization. */
struct ub_request {
    struct bytes bsf_fqdn;
    int64_t unix_s;
    const struct digest_fields *credentials;
};
enum wire_status ub_request_encode(const struct ub_request *request, uint8_t *out, size_t capacity,
                                   size_t *length);

/* 401. Headers: Server: BSF-sim 3gpp-gba-tmpi, Date, Content-Length: 0, WWW-Authenticate. */
enum wire_status ub_challenge_encode(const struct digest_fields *challenge, int64_t unix_s, uint8_t *out,
                                     size_t capacity, size_t *length);

/* 200. The body is made first: rspauth covers it. Headers: Server, Authentication-Info, Date, Expires,
 * Content-Type: application/vnd.3gpp.bsf+xml, Content-Length. */
enum wire_status ub_info_encode(struct bytes b_tid, int64_t expiry_unix_s, uint8_t *out, size_t capacity,
                                size_t *length);
enum wire_status ub_success_encode(const struct digest_fields *info, int64_t unix_s, int64_t expiry_unix_s,
                                   struct bytes body, uint8_t *out, size_t capacity, size_t *length);
enum wire_status ub_info_decode(struct bytes body, struct bytes *b_tid, int64_t *expiry_unix_s);

#ifdef __cplusplus
}
#endif

#endif
