/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reading Diameter by the tables, RFC 6733 §3 and §4.1:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-----------------------------------------------+
 *   |  version = 1  |                message length                 |
 *   +-+-+-+-+-------+-----------------------------------------------+
 *   |R|P|E|T|       |                 command code                  |
 *   +-+-+-+-+-------+-----------------------------------------------+
 *   |                        application id                         |
 *   |                        hop-by-hop id                          |
 *   |                        end-to-end id                          |
 *   +---------------------------------------------------------------+
 *   AVP:
 *   +---------------------------------------------------------------+
 *   |                           AVP code                            |
 *   +-+-+-+---------+-----------------------------------------------+
 *   |V|M|P|         |        AVP length, without padding            |
 *   +-+-+-+---------+-----------------------------------------------+
 *   |                    vendor id, if V is set                     |
 *   +---------------------------------------------------------------+
 *   ~ data                           ~ 0-3 bytes of padding         ~
 *   +---------------------------------------------------------------+ */
#include "models/wire/diameter_layout.h"
#include "models/wire/read.h"

struct avp {
    uint32_t code, vendor;
    bool mandatory;
    struct bytes data;
};

/* What is carried along while the lists of one message are read. */
struct parse {
    struct diameter_message *message;
    unsigned avps, times;
    bool error; /* E bit */
};

const struct diameter_list *diameter_list_of(uint32_t command, uint32_t application, bool request)
{
    if (command == DIAMETER_MULTIMEDIA_AUTH && application == DIAMETER_ZH)
        return request ? &diameter_mar : &diameter_maa;
    if (command == DIAMETER_BOOTSTRAPPING_INFO && application == DIAMETER_ZN)
        return request ? &diameter_bir : &diameter_bia;
    return NULL;
}

/* The next AVP of a list. In a grouped AVP the padding of the last child counts, §4.4. */
static enum wire_status get_avp(struct wire_reader *r, struct avp *avp)
{
    struct bytes head = wire_get(r, AVP_HEAD_BYTES), padding;
    uint32_t length, head_len = AVP_HEAD_BYTES;

    if (r->truncated)
        return WIRE_TRUNCATED;
    avp->code = wire_load_u32(head.at);
    avp->mandatory = (head.at[4] & AVP_M) != 0;
    avp->vendor = 0;
    length = wire_load_u24(head.at + 5);
    if (head.at[4] & AVP_V) {
        avp->vendor = wire_get_u32(r);
        head_len += AVP_VENDOR_BYTES;
    }
    if (length < head_len)
        return WIRE_MALFORMED;
    avp->data = wire_get(r, length - head_len);
    padding = wire_get(r, (4 - length % 4) % 4);
    (void)padding; /* whatever it holds: "ignored" */
    return r->truncated ? WIRE_TRUNCATED : WIRE_OK;
}

static uint32_t vendor_of(const struct diameter_avp *row)
{
    return row->flags & AVP_V ? DIAMETER_VENDOR_3GPP : 0;
}

/* The row of an AVP, or count. Messages mostly keep the order of the table: the search begins at `from`,
 * behind the row found last, and goes round. */
static unsigned find_row(const struct diameter_list *list, const struct avp *avp, unsigned from)
{
    for (unsigned i = 0; i < list->count; i++) {
        unsigned at = from + i < list->count ? from + i : from + i - list->count;

        if (list->rows[at].code == avp->code && vendor_of(&list->rows[at]) == avp->vendor)
            return at;
    }
    return list->count;
}

/* Grouped AVPs whose contents we do not use: Failed-AVP and Proxy-Info, and what a Failed-AVP may quote. */
static bool is_passed_group(const struct avp *avp)
{
    if (avp->vendor == DIAMETER_VENDOR_3GPP)
        return avp->code == 612;
    return avp->vendor == 0 && (avp->code == 279 || avp->code == 284 || avp->code == 260 || avp->code == 297);
}

/* AVPs without a row that may come with the M bit, §4.5: of the base protocol Proxy-State 33,
 * Origin-State-Id 278, Failed-AVP 279, Error-Message 281, Route-Record 282, Proxy-Info 284,
 * Error-Reporting-Host 294; of 3GPP all of TS 29.109 (400-420), SIP-Number-Auth-Items 607 and
 * SIP-Item-Number 613. */
static bool may_be_ignored(const struct avp *avp)
{
    static const uint16_t base[] = {33, 278, 279, 281, 282, 284, 294};

    if (!avp->mandatory)
        return true;
    if (avp->vendor == DIAMETER_VENDOR_3GPP)
        return (avp->code >= 400 && avp->code <= 420) || avp->code == 607 || avp->code == 613;
    for (size_t i = 0; avp->vendor == 0 && i < sizeof base / sizeof *base; i++)
        if (avp->code == base[i])
            return true;
    return false;
}

/* An AVP of no interest still has to be well-formed: `depth` groups deep so far. */
static enum wire_status pass_over(struct parse *p, const struct avp *avp, unsigned depth)
{
    struct wire_reader r = wire_reader(avp->data);
    enum wire_status status = WIRE_OK;

    if (!is_passed_group(avp))
        return WIRE_OK;
    if (depth == DIAMETER_DEPTH_MAX)
        return WIRE_LIMIT;
    while (status == WIRE_OK && wire_left(&r) > 0) {
        struct avp child;

        if (++p->avps > DIAMETER_AVPS_MAX)
            return WIRE_LIMIT;
        status = get_avp(&r, &child);
        if (status == WIRE_OK)
            status = pass_over(p, &child, depth + 1);
    }
    return status;
}

static enum wire_status read_list(struct parse *p, struct bytes avps, const struct diameter_list *list);

/* Time, §4.3.1: seconds of NTP, that is since 1900; values without the high bit lie after its turn in
 * 2036. */
static int64_t unix_of(uint32_t ntp)
{
    return (int64_t)ntp + (ntp & UINT32_C(0x80000000) ? 0 : INT64_C(1) << 32) - NTP_UNIX_S;
}

static enum wire_status read_row(struct parse *p, const struct diameter_avp *row, struct bytes data)
{
    struct diameter_message *m = p->message;
    uint8_t *field = (uint8_t *)m + row->offset;
    uint32_t number = data.len == 4 ? wire_load_u32(data.at) : 0;
    int64_t time;

    if (data.len < row->len_min || data.len > row->len_max)
        return WIRE_MALFORMED;
    switch (row->kind) {
    case AVP_OCTETS:
        memcpy(field, &data, sizeof data);
        return WIRE_OK;
    case AVP_TIME:
        time = unix_of(number);
        memcpy(field, &time, sizeof time);
        p->times++;
        return WIRE_OK;
    case AVP_RESULT: /* once in all, be it Result-Code or Experimental-Result */
        if (m->result != 0 || number == 0)
            return WIRE_MALFORMED;
        m->result = number;
        return WIRE_OK;
    case AVP_FIXED:
        return number == row->value ? WIRE_OK : WIRE_UNSUPPORTED;
    case AVP_SCHEME:
        return bytes_equal(data, bytes_text(DIAMETER_SCHEME)) ? WIRE_OK : WIRE_UNSUPPORTED;
    case AVP_GROUP:
        if (row->offset != 0)
            memcpy(field, &data, sizeof data);
        return read_list(p, data, row->list);
    default:
        return WIRE_OK;
    }
}

static enum wire_status read_avp(struct parse *p, const struct avp *avp, const struct diameter_list *list,
                                 unsigned index, uint32_t *seen)
{
    uint32_t bit = UINT32_C(1) << index;

    if (index == list->count)
        return may_be_ignored(avp) ? pass_over(p, avp, 0) : WIRE_UNSUPPORTED;
    if (*seen & bit)
        return list->rows[index].presence == MANY ? WIRE_OK : WIRE_MALFORMED;
    *seen |= bit;
    return read_row(p, &list->rows[index], avp->data);
}

static enum wire_status read_list(struct parse *p, struct bytes avps, const struct diameter_list *list)
{
    struct wire_reader r = wire_reader(avps);
    uint32_t seen = 0;
    unsigned next = 0;

    while (wire_left(&r) > 0) {
        enum wire_status status;
        struct avp avp;
        unsigned index;

        if (++p->avps > DIAMETER_AVPS_MAX)
            return WIRE_LIMIT;
        status = get_avp(&r, &avp);
        if (status != WIRE_OK)
            return status;
        index = find_row(list, &avp, next);
        status = read_avp(p, &avp, list, index, &seen);
        if (status != WIRE_OK)
            return status;
        if (index < list->count)
            next = index + 1;
    }
    for (unsigned i = 0; i < list->count; i++) {
        unsigned presence = list->rows[i].presence;

        if ((presence == REQUIRED || (presence == EXPECTED && !p->error)) && !(seen >> i & 1))
            return WIRE_MALFORMED;
    }
    return WIRE_OK;
}

/* Header; *avps is what follows. */
static enum wire_status read_header(struct bytes in, struct parse *p, struct bytes *avps)
{
    struct diameter_message *m = p->message;
    uint32_t length;
    uint8_t flags;

    if (in.len < HEADER_BYTES)
        return WIRE_TRUNCATED;
    if (in.at[0] != DIAMETER_VERSION)
        return WIRE_UNSUPPORTED;
    length = wire_load_u24(in.at + 1);
    if (length > DIAMETER_MESSAGE_BYTES_MAX)
        return WIRE_LIMIT;
    if (length % 4 != 0 || length < HEADER_BYTES || length < in.len)
        return WIRE_MALFORMED;
    if (length > in.len)
        return WIRE_TRUNCATED;
    flags = in.at[4];
    m->request = (flags & FLAG_REQUEST) != 0;
    m->command = wire_load_u24(in.at + 5);
    m->application = wire_load_u32(in.at + 8);
    m->hop_by_hop = wire_load_u32(in.at + 12);
    m->end_to_end = wire_load_u32(in.at + 16);
    p->error = (flags & FLAG_ERROR) != 0;
    *avps = bytes_of(in.at + HEADER_BYTES, in.len - HEADER_BYTES);
    return m->request && p->error ? WIRE_MALFORMED : WIRE_OK;
}

enum wire_status diameter_decode(struct bytes in, struct diameter_message *out)
{
    struct parse p = {.message = out};
    const struct diameter_list *list;
    struct bytes avps;
    enum wire_status status;

    wire_clear(out, sizeof *out);
    status = read_header(in, &p, &avps);
    if (status != WIRE_OK)
        return status;
    list = diameter_list_of(out->command, out->application, out->request);
    if (list == NULL)
        return WIRE_UNSUPPORTED;
    status = read_list(&p, avps, list);
    out->has_times = p.times == 2;
    if (status == WIRE_OK && !out->request && out->result == 0)
        return WIRE_MALFORMED;
    return status;
}

int64_t diameter_frame(struct bytes data)
{
    uint32_t length;

    if (data.len > 0 && data.at[0] != DIAMETER_VERSION)
        return -1;
    if (data.len < 4)
        return 0;
    length = wire_load_u24(data.at + 1);
    if (length % 4 != 0 || length < HEADER_BYTES || length > DIAMETER_MESSAGE_BYTES_MAX)
        return -1;
    return data.len < length ? 0 : (int64_t)length;
}
