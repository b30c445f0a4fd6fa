/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of Ua, the MSK request of TS 33.246 §6.3.2.2, §G.2.3 and §H.2.1:
 *
 *   POST /keymanagement?requesttype=msk-request HTTP/1.1      HTTP/1.1 200 OK
 *   Host: <NAF>                                               Server: BMSC-sim
 *   User-Agent: UE-sim 3gpp-gba                               Authentication-Info: qop, rspauth, cnonce, nc
 *   Date: ...                                                 Date: ...
 *   Accept: any type                                          Expires: ...
 *   Referer: http://<NAF>/service                             Content-Type: application/mbms-msk-response+xml
 *   Content-Type: application/mbms-msk+xml                    Content-Length: ...
 *   Content-Length: ...
 *   [Authorization: Digest username=<B-TID> ...]                                                        */
#include "models/wire/ua.h"
#include "models/wire/http_write.h"

#define SERVER "BMSC-sim"

enum wire_status ua_request_encode(struct bytes naf_fqdn, int64_t unix_s,
                                   const struct digest_fields *credentials, struct bytes body, uint8_t *out,
                                   size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);

    wire_put_literal(&w, "POST " UA_MSK_REQUEST_URI " HTTP/1.1" CRLF "Host: ");
    wire_put_bytes(&w, naf_fqdn);
    wire_put_literal(&w, CRLF "User-Agent: UE-sim " UA_PRODUCT_TOKEN CRLF);
    http_put_date(&w, "Date: ", unix_s);
    wire_put_literal(&w, "Accept: */*" CRLF "Referer: http://");
    wire_put_bytes(&w, naf_fqdn);
    wire_put_literal(&w, "/service" CRLF "Content-Type: application/mbms-msk+xml" CRLF);
    http_put_content_length(&w, body.len);
    if (credentials != NULL) {
        wire_put_literal(&w, "Authorization: ");
        digest_put_credentials(&w, credentials);
        wire_put_literal(&w, CRLF);
    }
    wire_put_literal(&w, CRLF);
    wire_put_bytes(&w, body);
    return wire_finish(&w, length);
}

enum wire_status ua_challenge_encode(const struct digest_fields *challenge, int64_t unix_s, uint8_t *out,
                                     size_t capacity, size_t *length)
{
    return http_challenge_encode(SERVER, challenge, unix_s, out, capacity, length);
}

enum wire_status ua_success_encode(const struct digest_fields *info, int64_t unix_s, int64_t expiry_unix_s,
                                   struct bytes body, uint8_t *out, size_t capacity, size_t *length)
{
    return http_success_encode(SERVER, "application/mbms-msk-response+xml", info, unix_s, expiry_unix_s, body,
                               out, capacity, length);
}

/* The value of "requesttype" among the URI parameters; at == NULL: there is none. */
static struct bytes request_type(const uint8_t *at, const uint8_t *end)
{
    static const char name[] = "requesttype=";

    while (at < end) {
        const uint8_t *ampersand = memchr(at, '&', (size_t)(end - at));
        const uint8_t *stop = ampersand == NULL ? end : ampersand;

        if ((size_t)(stop - at) >= sizeof name - 1 && memcmp(at, name, sizeof name - 1) == 0)
            return bytes_of(at + sizeof name - 1, (size_t)(stop - at) - (sizeof name - 1));
        at = ampersand == NULL ? end : ampersand + 1;
    }
    return (struct bytes){NULL, 0};
}

enum ua_request ua_request_of_target(struct bytes target)
{
    static const char path[] = "/keymanagement?";
    struct bytes text, type;

    if (bytes_equal(target, bytes_text(UA_MSK_REQUEST_URI)))
        return UA_MSK_REQUEST;
    text = http_path(target);
    if (text.len < sizeof path - 1 || memcmp(text.at, path, sizeof path - 1) != 0)
        return UA_NO_REQUEST;
    type = request_type(text.at + sizeof path - 1, text.at + text.len);
    if (bytes_equal(type, bytes_text("msk-request")))
        return UA_MSK_REQUEST;
    if (bytes_equal(type, bytes_text("register")))
        return UA_REGISTRATION;
    return bytes_equal(type, bytes_text("deregister")) ? UA_DEREGISTRATION : UA_NO_REQUEST;
}
