/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of Ub, TS 33.220 §4.5.2 and TS 24.109 §4:
 *
 *   GET / HTTP/1.1                                      HTTP/1.1 200 OK
 *   Host: <BSF>                                         Server: BSF-sim 3gpp-gba-tmpi
 *   User-Agent: UE-sim 3gpp-gba-tmpi                    Authentication-Info: qop, rspauth, cnonce, nc
 *   Date: ...                                           Date: ...
 *   Accept: any type                                    Expires: <end of Ks>
 *   Authorization: Digest username=<TMPI or IMPI> ...   Content-Type: application/vnd.3gpp.bsf+xml
 *                                                       Content-Length: ...
 *
 * Body: BootstrappingInfo { btid, lifetime (XML dateTime, UTC) }, in the order and white space of the
 * vectors. */
#include "models/wire/ub.h"
#include "models/wire/http_write.h"
#include "models/wire/xml.h"

enum wire_status ub_request_encode(const struct ub_request *request, uint8_t *out, size_t capacity,
                                   size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);

    wire_put_literal(&w, "GET / HTTP/1.1" CRLF "Host: ");
    wire_put_bytes(&w, request->bsf_fqdn);
    wire_put_literal(&w, CRLF "User-Agent: UE-sim " UB_PRODUCT_TOKEN CRLF);
    http_put_date(&w, "Date: ", request->unix_s);
    wire_put_literal(&w, "Accept: */*" CRLF "Authorization: ");
    digest_put_credentials(&w, request->credentials);
    wire_put_literal(&w, CRLF CRLF);
    return wire_finish(&w, length);
}

enum wire_status ub_challenge_encode(const struct digest_fields *challenge, int64_t unix_s, uint8_t *out,
                                     size_t capacity, size_t *length)
{
    return http_challenge_encode(UB_SERVER, challenge, unix_s, out, capacity, length);
}

enum wire_status ub_info_encode(struct bytes b_tid, int64_t expiry_unix_s, uint8_t *out, size_t capacity,
                                size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);
    char lifetime[WIRE_XML_TIME_LENGTH];

    if (b_tid.len == 0 || !xml_is_plain(b_tid))
        return WIRE_MALFORMED;
    wire_xml_time(expiry_unix_s, lifetime);
    wire_put_literal(&w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<BootstrappingInfo xmlns=\"uri:3gpp-gba\">\n"
                         "<btid>");
    wire_put_bytes(&w, b_tid);
    wire_put_literal(&w, "</btid>\n<lifetime>");
    wire_put(&w, lifetime, sizeof lifetime);
    wire_put_literal(&w, "</lifetime>\n</BootstrappingInfo>\n");
    return wire_finish(&w, length);
}

enum wire_status ub_success_encode(const struct digest_fields *info, int64_t unix_s, int64_t expiry_unix_s,
                                   struct bytes body, uint8_t *out, size_t capacity, size_t *length)
{
    return http_success_encode(UB_SERVER, "application/vnd.3gpp.bsf+xml", info, unix_s, expiry_unix_s, body,
                               out, capacity, length);
}

/* Children we do not know are passed over. */
static enum wire_status read_info(struct xml_reader *r, struct bytes *b_tid, struct bytes *lifetime)
{
    enum wire_status status = xml_root(r, "BootstrappingInfo", "uri:3gpp-gba");
    bool found = true;
    struct bytes name;

    while (status == WIRE_OK && (status = xml_child(r, &found, &name)) == WIRE_OK && found) {
        if (xml_is(name, "btid"))
            status = xml_text_once(r, b_tid);
        else if (xml_is(name, "lifetime"))
            status = xml_text_once(r, lifetime);
        else
            status = xml_skip(r);
    }
    return status == WIRE_OK ? xml_finish(r) : status;
}

enum wire_status ub_info_decode(struct bytes body, struct bytes *b_tid, int64_t *expiry_unix_s)
{
    struct bytes lifetime = {NULL, 0};
    struct xml_reader r;
    enum wire_status status = xml_begin(&r, body);

    *b_tid = (struct bytes){NULL, 0};
    if (status == WIRE_OK)
        status = read_info(&r, b_tid, &lifetime);
    if (status != WIRE_OK)
        return status;
    if (b_tid->len == 0 || lifetime.at == NULL)
        return WIRE_MALFORMED;
    return wire_xml_time_decode(lifetime, expiry_unix_s);
}
