/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* GBA user security settings, TS 29.109 Annex A, in the form for one service:
 *
 *   guss[id] { bsfInfo { lifeTime (seconds) }, ussList { ... } }       in MAA
 *   ussList { uss[id, type] { uids { uid }, flags } }                  in BIA */
#include "models/wire/diameter.h"
#include "models/wire/http_write.h"
#include "models/wire/xml.h"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define GSID_MBMS   "4" /* GAA service identifier, TS 29.109 Annex B */

static void put_uss_list(struct wire_writer *w, struct bytes impi)
{
    wire_put_literal(w, "<ussList><uss id=\"" GSID_MBMS "\" type=\"" GSID_MBMS "\"><uids><uid>");
    wire_put_bytes(w, impi);
    wire_put_literal(w, "</uid></uids><flags/></uss></ussList>");
}

enum wire_status diameter_guss_encode(struct bytes impi, uint32_t lifetime_s, uint8_t *out, size_t capacity,
                                      size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);

    if (impi.len == 0 || !xml_is_plain(impi))
        return WIRE_MALFORMED;
    wire_put_literal(&w, DECLARATION "<guss id=\"");
    wire_put_bytes(&w, impi);
    wire_put_literal(&w, "\"><bsfInfo><lifeTime>");
    wire_put_decimal(&w, lifetime_s);
    wire_put_literal(&w, "</lifeTime></bsfInfo>");
    put_uss_list(&w, impi);
    wire_put_literal(&w, "</guss>");
    return wire_finish(&w, length);
}

enum wire_status diameter_uss_list_encode(struct bytes impi, uint8_t *out, size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);

    if (impi.len == 0 || !xml_is_plain(impi))
        return WIRE_MALFORMED;
    wire_put_literal(&w, DECLARATION);
    put_uss_list(&w, impi);
    return wire_finish(&w, length);
}

/* Content of bsfInfo. */
static enum wire_status read_bsf_info(struct xml_reader *r, struct bytes *lifetime)
{
    enum wire_status status = WIRE_OK;
    struct bytes name;
    bool found;

    while (status == WIRE_OK && (status = xml_child(r, &found, &name)) == WIRE_OK && found)
        status = xml_is(name, "lifeTime") ? xml_text_once(r, lifetime) : xml_skip(r);
    return status;
}

static enum wire_status read_guss(struct xml_reader *r, struct bytes *lifetime)
{
    enum wire_status status = xml_root(r, "guss", NULL);
    struct bytes name;
    bool found;

    while (status == WIRE_OK && (status = xml_child(r, &found, &name)) == WIRE_OK && found)
        status = xml_is(name, "bsfInfo") ? read_bsf_info(r, lifetime) : xml_skip(r);
    return status == WIRE_OK ? xml_finish(r) : status;
}

enum wire_status diameter_guss_lifetime(struct bytes guss, uint32_t *lifetime_s)
{
    struct bytes lifetime = {NULL, 0};
    struct xml_reader r;
    enum wire_status status = xml_begin(&r, guss);
    uint64_t value = 0;

    if (status == WIRE_OK)
        status = read_guss(&r, &lifetime);
    if (status == WIRE_OK && lifetime.at != NULL)
        status = wire_decimal_decode(lifetime, &value);
    if (status != WIRE_OK)
        return status;
    if (value > UINT32_MAX)
        return WIRE_LIMIT;
    *lifetime_s = (uint32_t)value;
    return WIRE_OK;
}
