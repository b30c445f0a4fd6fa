/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of Ua, the MSK request of TS 33.246 §6.3.2.2:
 *
 *   POST /keymanagement?requesttype=msk-request HTTP/1.1      HTTP/1.1 200 OK
 *   Host: <NAF>                                               Server: BMSC-sim
 *   User-Agent: UE-sim                                        Authentication-Info: qop, rspauth, cnonce, nc
 *   Date: ...                                                 Date: ...
 *   Accept: any type                                           Content-Type: application/mbms-msk-response+xml
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
    wire_put_literal(&w, CRLF "User-Agent: UE-sim" CRLF);
    http_put_date(&w, "Date: ", unix_s);
    wire_put_literal(&w, "Accept: */*" CRLF "Content-Type: application/mbms-msk+xml" CRLF);
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

enum wire_status ua_success_encode(const struct digest_fields *info, int64_t unix_s, struct bytes body,
                                   uint8_t *out, size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);

    wire_put_literal(&w, "HTTP/1.1 200 OK" CRLF "Server: " SERVER CRLF "Authentication-Info: ");
    digest_put_info(&w, info);
    wire_put_literal(&w, CRLF);
    http_put_date(&w, "Date: ", unix_s);
    wire_put_literal(&w, "Content-Type: application/mbms-msk-response+xml" CRLF);
    http_put_content_length(&w, body.len);
    wire_put_literal(&w, CRLF);
    wire_put_bytes(&w, body);
    return wire_finish(&w, length);
}
