/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Writing Diameter by the tables; the layouts are drawn in diameter.c. */
#include "models/wire/diameter_layout.h"

static struct bytes octets_of(const struct diameter_message *m, const struct diameter_avp *row)
{
    struct bytes value;

    memcpy(&value, (const uint8_t *)m + row->offset, sizeof value);
    return value;
}

/* Does the message choose to carry this AVP? Fixed and default values are not choices. */
static bool is_chosen(const struct diameter_message *m, const struct diameter_avp *row)
{
    switch (row->kind) {
    case AVP_OCTETS:
        return octets_of(m, row).at != NULL;
    case AVP_TIME:
        return m->has_times;
    case AVP_RESULT:
        return m->result >= row->value && m->result <= row->value_last;
    case AVP_GROUP:
        for (unsigned i = 0; i < row->list->count; i++)
            if (is_chosen(m, &row->list->rows[i]))
                return true;
        return row->presence == REQUIRED || row->presence == EXPECTED;
    default:
        return false;
    }
}

static bool is_wanted(const struct diameter_message *m, const struct diameter_avp *row)
{
    return row->kind == AVP_FIXED || row->kind == AVP_DEFAULT || row->kind == AVP_SCHEME || is_chosen(m, row);
}

/* Header of an AVP with `len` bytes of data. */
static void put_avp_head(struct wire_writer *w, const struct diameter_avp *row, size_t len)
{
    bool vendor = (row->flags & AVP_V) != 0;
    uint32_t length = (uint32_t)(AVP_HEAD_BYTES + (vendor ? AVP_VENDOR_BYTES : 0) + len);
    const uint8_t head[AVP_HEAD_BYTES + AVP_VENDOR_BYTES] = {0,
                                                             0,
                                                             (uint8_t)(row->code >> 8),
                                                             (uint8_t)row->code,
                                                             row->flags,
                                                             (uint8_t)(length >> 16),
                                                             (uint8_t)(length >> 8),
                                                             (uint8_t)length,
                                                             0,
                                                             0,
                                                             DIAMETER_VENDOR_3GPP >> 8,
                                                             DIAMETER_VENDOR_3GPP & 0xff};

    wire_put(w, head, AVP_HEAD_BYTES + (vendor ? AVP_VENDOR_BYTES : 0));
}

static void put_avp(struct wire_writer *w, const struct diameter_avp *row, struct bytes data)
{
    static const uint8_t zero[3];

    put_avp_head(w, row, data.len);
    wire_put_bytes(w, data);
    wire_put(w, zero, (4 - data.len % 4) % 4);
}

static void put_number(struct wire_writer *w, const struct diameter_avp *row, uint32_t number)
{
    put_avp_head(w, row, 4);
    wire_put_u32(w, number);
}

static enum wire_status put_time(struct wire_writer *w, const struct diameter_message *m,
                                 const struct diameter_avp *row)
{
    int64_t unix_s;

    memcpy(&unix_s, (const uint8_t *)m + row->offset, sizeof unix_s);
    /* 1968-01-20 to 2104-02-26: what 32 bits tell, see unix_of() of the reader */
    if (unix_s < (INT64_C(1) << 31) - NTP_UNIX_S || unix_s >= (INT64_C(3) << 31) - NTP_UNIX_S)
        return WIRE_MALFORMED;
    put_number(w, row, (uint32_t)(uint64_t)(unix_s + NTP_UNIX_S));
    return WIRE_OK;
}

static enum wire_status put_list(struct wire_writer *w, const struct diameter_message *m,
                                 const struct diameter_list *list);

/* The length is known only behind the children: it is written over the header then. */
static enum wire_status put_group(struct wire_writer *w, const struct diameter_message *m,
                                  const struct diameter_avp *row)
{
    uint8_t *head = w->at;
    enum wire_status status;

    put_avp_head(w, row, 0);
    status = put_list(w, m, row->list);
    if (status == WIRE_OK && !w->overflow) {
        size_t length = (size_t)(w->at - head);

        head[5] = (uint8_t)(length >> 16);
        head[6] = (uint8_t)(length >> 8);
        head[7] = (uint8_t)length;
    }
    return status;
}

static enum wire_status put_row(struct wire_writer *w, const struct diameter_message *m,
                                const struct diameter_avp *row)
{
    struct bytes data;

    switch (row->kind) {
    case AVP_OCTETS:
        data = octets_of(m, row);
        if (data.len < row->len_min || data.len > row->len_max)
            return WIRE_MALFORMED;
        put_avp(w, row, data);
        return WIRE_OK;
    case AVP_TIME:
        return put_time(w, m, row);
    case AVP_RESULT:
        put_number(w, row, m->result);
        return WIRE_OK;
    case AVP_SCHEME:
        put_avp(w, row, bytes_of(DIAMETER_SCHEME, sizeof DIAMETER_SCHEME - 1));
        return WIRE_OK;
    case AVP_GROUP:
        return put_group(w, m, row);
    default:
        put_number(w, row, row->value);
        return WIRE_OK;
    }
}

static enum wire_status put_list(struct wire_writer *w, const struct diameter_message *m,
                                 const struct diameter_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        const struct diameter_avp *row = &list->rows[i];

        if (is_wanted(m, row)) {
            enum wire_status status = put_row(w, m, row);

            if (status != WIRE_OK)
                return status;
        } else if (row->presence == REQUIRED) {
            return WIRE_MALFORMED;
        }
    }
    return WIRE_OK;
}

/* 3xxx are protocol errors, which carry the E bit: RFC 6733 §7.1.3. */
static uint8_t flags_of(const struct diameter_message *m)
{
    if (m->request)
        return FLAG_REQUEST | FLAG_PROXIABLE;
    return m->result / 1000 == 3 ? FLAG_PROXIABLE | FLAG_ERROR : FLAG_PROXIABLE;
}

enum wire_status diameter_encode(const struct diameter_message *message, uint8_t *out, size_t capacity,
                                 size_t *length)
{
    const struct diameter_list *list =
        diameter_list_of(message->command, message->application, message->request);
    struct wire_writer w = wire_writer(out, capacity);
    enum wire_status status;
    size_t total;

    if (list == NULL)
        return WIRE_UNSUPPORTED;
    if (!message->request && message->result == 0)
        return WIRE_MALFORMED;
    wire_put_u32(&w, (uint32_t)DIAMETER_VERSION << 24);
    wire_put_u8(&w, flags_of(message));
    wire_put_u24(&w, message->command);
    wire_put_u32(&w, message->application);
    wire_put_u32(&w, message->hop_by_hop);
    wire_put_u32(&w, message->end_to_end);
    status = put_list(&w, message, list);
    if (status != WIRE_OK)
        return status;
    if (w.overflow)
        return WIRE_NO_SPACE;
    total = wire_written(&w);
    if (total > DIAMETER_MESSAGE_BYTES_MAX)
        return WIRE_LIMIT;
    out[1] = (uint8_t)(total >> 16);
    out[2] = (uint8_t)(total >> 8);
    out[3] = (uint8_t)total;
    *length = total;
    return WIRE_OK;
}

/* Vendor-Id and Experimental-Result-Code, RFC 6733 §7.6, §7.7. */
static const struct diameter_avp experimental_rows[] = {
    FIXED(266, AVP_M, REQUIRED, DIAMETER_VENDOR_3GPP),
    RESULT(298, REQUIRED, DIAMETER_EXPERIMENTAL, UINT32_MAX),
};
const struct diameter_list diameter_experimental_result = LIST(experimental_rows);
