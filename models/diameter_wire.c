/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Session-Ids, common facts of answers. */
#include "models/diameter_wire.h"

#include <glib.h>
#include <string.h>

bool diameter_ids_read(const struct diameter_message *request, struct diameter_ids *out)
{
    if (request->session_id.len > sizeof out->session)
        return false;
    out->hop_by_hop = request->hop_by_hop;
    out->end_to_end = request->end_to_end;
    out->session_length = (uint8_t)request->session_id.len;
    memcpy(out->session, request->session_id.at, request->session_id.len);
    return true;
}

struct bytes diameter_session(char buffer[FQDN_BYTES_MAX + 36], struct bytes host,
                              const struct deployment *deployment, uint32_t serial, uint32_t index)
{
    struct wire_writer w = wire_writer(buffer, FQDN_BYTES_MAX + 36);

    wire_put_bytes(&w, host);
    wire_put_literal(&w, ";");
    wire_put_decimal(&w, (uint64_t)deployment->epoch_s);
    wire_put_literal(&w, ";");
    wire_put_decimal(&w, serial);
    wire_put_literal(&w, ";"); /* the optional value: which job waits */
    wire_put_decimal(&w, index);
    return bytes_of(buffer, wire_written(&w));
}

/* The optional value at the end of a Session-Id; UINT32_MAX if there is none. */
static uint32_t session_value(struct bytes session_id)
{
    size_t at = session_id.len;
    uint64_t value;

    while (at > 0 && session_id.at[at - 1] != ';')
        at--;
    if (at == 0 ||
        wire_decimal_decode(bytes_of(session_id.at + at, session_id.len - at), &value) != WIRE_OK ||
        value > UINT32_MAX)
        return UINT32_MAX;
    return (uint32_t)value;
}

void diameter_answer_read(const struct diameter_message *answer, struct diameter_facts *out)
{
    *out = (struct diameter_facts){.proper = true,
                                   .paired = answer->hop_by_hop == answer->end_to_end,
                                   .index = session_value(answer->session_id),
                                   .serial = answer->end_to_end,
                                   .result = answer->result};
    overload_read(answer, &out->overload);
}

struct diameter_message diameter_request(const struct deployment *deployment, struct bytes from,
                                         struct bytes to, uint32_t serial, struct bytes session)
{
    return (struct diameter_message){.request = true,
                                     .hop_by_hop = serial,
                                     .end_to_end = serial,
                                     .session_id = session,
                                     .origin_host = from,
                                     .origin_realm = deployment->text.diameter_realm,
                                     .destination_realm = deployment->text.diameter_realm,
                                     .destination_host = to};
}

struct diameter_message diameter_answer(const struct deployment *deployment, struct bytes from,
                                        const struct diameter_ids *ids, uint32_t result)
{
    return (struct diameter_message){.hop_by_hop = ids->hop_by_hop,
                                     .end_to_end = ids->end_to_end,
                                     .session_id = bytes_of(ids->session, ids->session_length),
                                     .origin_host = from,
                                     .origin_realm = deployment->text.diameter_realm,
                                     .result = result};
}

size_t diameter_bytes(const struct diameter_message *message, uint8_t *out, size_t capacity)
{
    size_t length = 0;
    enum wire_status status = diameter_encode(message, out, capacity, &length);

    g_assert(status == WIRE_OK);
    return length;
}
