/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Writing MIKEY messages in the order HDR, EXT, T, RAND, IDi, IDr, ERR, KEMAC | V; the layouts are drawn in
 * mikey.c. The writer refuses what the reader would refuse, so a message of ours is never a surprise to
 * us. */
#include "models/wire/mikey_layout.h"

#define MIKEY_NEXT_AT    2 /* in the header */
#define EXT_HEAD_BYTES   4
#define RAND_HEAD_BYTES  2
#define ID_HEAD_BYTES    4
#define ERR_BYTES        4
#define KEMAC_HEAD_BYTES 4
#define MAC_TAIL_BYTES   (1 + MIKEY_MAC_BYTES) /* algorithm, MAC */

static size_t ext_data_length(const struct mikey_message *m)
{
    return (m->has_key_domain_id ? 2 + sizeof m->key_domain_id : 0) + (m->has_msk_id ? 2 + 4 : 0) +
           (m->has_mtk_id ? 2 + m->mtk_id.len : 0);
}

static size_t t_length(const struct mikey_message *m)
{
    return m->ts_type == MIKEY_TS_COUNTER ? 6 : 10;
}

size_t mikey_length(const struct mikey_message *m)
{
    size_t length = MIKEY_HEADER_BYTES + m->cs_map.len;

    if (m->has_ext)
        length += EXT_HEAD_BYTES + ext_data_length(m);
    if (m->has_t)
        length += t_length(m);
    if (m->has_rand)
        length += RAND_HEAD_BYTES + m->rand.len;
    if (m->has_idi)
        length += ID_HEAD_BYTES + m->idi.len;
    if (m->has_idr)
        length += ID_HEAD_BYTES + m->idr.len;
    if (m->has_error)
        length += ERR_BYTES;
    if (m->has_kemac)
        length += KEMAC_HEAD_BYTES + m->encr_data.len + MAC_TAIL_BYTES;
    if (m->has_verification)
        length += 1 + MAC_TAIL_BYTES;
    return length;
}

/* Values and lengths that the fields can hold. */
static enum wire_status check(const struct mikey_message *m, size_t length)
{
    if (m->prf != 0 || m->map_type > MIKEY_MAP_EMPTY || m->ts_type > MIKEY_TS_COUNTER ||
        m->encr_alg > MIKEY_ENCR_AES_KW_128 || m->error_number > MIKEY_ERROR_NUMBER_MAX ||
        (m->has_kemac && m->mac_alg != MIKEY_MAC_HMAC_SHA1_160) ||
        (m->has_verification && m->auth_alg != MIKEY_MAC_HMAC_SHA1_160))
        return WIRE_UNSUPPORTED;
    if (!mikey_shape_ok(m) || m->sp_count > 0 ||
        m->cs_map.len != (m->map_type == MIKEY_MAP_SRTP_ID ? (size_t)m->cs_count * MIKEY_CS_BYTES : 0) ||
        (m->has_ext && ext_data_length(m) == 0) ||
        (m->has_mtk_id && (m->mtk_id.len == 0 || m->mtk_id.len > MIKEY_MTK_ID_BYTES_MAX)) ||
        (m->ts_type == MIKEY_TS_COUNTER && m->ts > UINT32_MAX) ||
        (m->has_rand && (m->rand.len < MIKEY_RAND_BYTES || m->rand.len > UINT8_MAX)) ||
        (m->data_type == MIKEY_PSK_INIT && m->has_idr && !m->has_idi))
        return WIRE_MALFORMED;
    return length > MIKEY_MESSAGE_BYTES_MAX ? WIRE_LIMIT : WIRE_OK; /* less than 16 bits of length tell */
}

/* The head of a payload: its code goes to *next, where the payload before it says what follows; its own such
 * place comes first in it and says for now that nothing does. */
static inline void begin_payload(struct wire_writer *w, uint8_t **next, uint8_t code)
{
    **next = code;
    *next = w->at;
    wire_put_u8(w, MIKEY_LAST);
}

static inline void put_ext(struct wire_writer *w, const struct mikey_message *m)
{
    wire_put_u8(w, MIKEY_EXT_KEY_ID);
    wire_put_u16(w, (uint16_t)ext_data_length(m));
    if (m->has_key_domain_id) {
        wire_put_u16(w, MIKEY_ID_KEY_DOMAIN << 8 | sizeof m->key_domain_id);
        wire_put(w, m->key_domain_id, sizeof m->key_domain_id);
    }
    if (m->has_msk_id) {
        wire_put_u16(w, MIKEY_ID_MSK << 8 | 4);
        wire_put_u32(w, m->msk_id);
    }
    if (m->has_mtk_id) {
        wire_put_u16(w, (uint16_t)(MIKEY_ID_MTK << 8 | m->mtk_id.len));
        wire_put_bytes(w, m->mtk_id);
    }
}

static inline void put_t(struct wire_writer *w, const struct mikey_message *m)
{
    wire_put_u8(w, m->ts_type);
    if (m->ts_type == MIKEY_TS_COUNTER)
        wire_put_u32(w, (uint32_t)m->ts);
    else
        wire_put_u64(w, m->ts);
}

static inline void put_id(struct wire_writer *w, uint8_t type, struct bytes id)
{
    wire_put_u8(w, type);
    wire_put_u16(w, (uint16_t)id.len);
    wire_put_bytes(w, id);
}

static inline void put_mac_place(struct wire_writer *w)
{
    static const uint8_t zero[MIKEY_MAC_BYTES];

    wire_put_u8(w, MIKEY_MAC_HMAC_SHA1_160);
    wire_put(w, zero, sizeof zero);
}

static inline void put_header(struct wire_writer *w, const struct mikey_message *m)
{
    wire_put_u8(w, MIKEY_VERSION);
    wire_put_u8(w, m->data_type);
    wire_put_u8(w, MIKEY_LAST);
    wire_put_u8(w, (uint8_t)((m->v ? 0x80 : 0) | m->prf));
    wire_put_u32(w, m->csb_id);
    wire_put_u8(w, m->cs_count);
    wire_put_u8(w, m->map_type);
    wire_put_bytes(w, m->cs_map);
}

/* Those between T and KEMAC or V. */
static inline void put_middle(struct wire_writer *w, uint8_t **next, const struct mikey_message *m)
{
    if (m->has_rand) {
        begin_payload(w, next, MIKEY_RAND);
        wire_put_u8(w, (uint8_t)m->rand.len);
        wire_put_bytes(w, m->rand);
    }
    if (m->has_idi) {
        begin_payload(w, next, MIKEY_ID);
        put_id(w, m->idi_type, m->idi);
    }
    if (m->has_idr) {
        begin_payload(w, next, MIKEY_ID);
        put_id(w, m->idr_type, m->idr);
    }
    if (m->has_error) {
        begin_payload(w, next, MIKEY_ERR);
        wire_put_u8(w, m->error_number);
        wire_put_u16(w, 0);
    }
}

enum wire_status mikey_encode(const struct mikey_message *m, uint8_t *out, size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);
    size_t needed = mikey_length(m);
    enum wire_status status = check(m, needed);
    uint8_t *next = out + MIKEY_NEXT_AT;

    if (status != WIRE_OK)
        return status;
    if (needed > capacity)
        return WIRE_NO_SPACE;
    put_header(&w, m);
    if (m->has_ext) {
        begin_payload(&w, &next, MIKEY_EXT);
        put_ext(&w, m);
    }
    begin_payload(&w, &next, MIKEY_T);
    put_t(&w, m);
    put_middle(&w, &next, m);
    if (m->has_kemac) {
        begin_payload(&w, &next, MIKEY_KEMAC);
        put_id(&w, m->encr_alg, m->encr_data); /* same layout: one byte, 16 bits of length, data */
        put_mac_place(&w);
    }
    if (m->has_verification) {
        begin_payload(&w, &next, MIKEY_V);
        put_mac_place(&w);
    }
    *length = needed;
    return WIRE_OK;
}
