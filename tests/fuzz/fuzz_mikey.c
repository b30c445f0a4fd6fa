/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MIKEY messages and key data: what is read can be written, and is then read alike. A walk gives what
 * decoding gives. */
#include "models/wire/mikey_walk.h"
#include "tests/fuzz/targets.h"

static void check_views(const struct mikey_message *m, struct bytes in)
{
    const struct bytes views[] = {m->cs_map, m->mtk_id, m->ts_raw,   m->rand,    m->idi,
                                  m->idr,    m->mac,    m->ver_data, m->covered, m->encr_data};

    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        promise_within(views[i], in);
    PROMISE((m->covered.len > 0) == (m->has_kemac || m->has_verification));
    PROMISE(m->covered.len == 0 || m->covered.len + MIKEY_MAC_BYTES == in.len);
}

static void check_field(const struct mikey_field *field, void *user)
{
    const struct bytes *in = user;

    promise_within(field->value, *in);
    PROMISE(field->value.len == 0 || field->value.at == in->at + field->offset);
}

static void check_walk(struct bytes in, enum wire_status status)
{
    struct mikey_walk walk = {.on_field = check_field, .user = &in};
    struct mikey_message m;

    PROMISE(mikey_walk(in, &walk, &m) == status);
    PROMISE(walk.fault_offset <= in.len && (walk.fault[0] == '\0') == (status == WIRE_OK));
}

static void check_message(struct bytes in)
{
    uint8_t out[MIKEY_MESSAGE_BYTES_MAX];
    struct mikey_message m, back;
    enum wire_status status = mikey_decode(in, &m);
    size_t length;

    check_walk(in, status);
    if (status != WIRE_OK)
        return;
    check_views(&m, in);
    if (mikey_encode(&m, out, sizeof out, &length) != WIRE_OK)
        return; /* it held SP, or an extension without an id */
    PROMISE(length == mikey_length(&m) && length <= in.len);
    PROMISE(mikey_decode(bytes_of(out, length), &back) == WIRE_OK);
    PROMISE(back.csb_id == m.csb_id && back.msk_id == m.msk_id && back.ts == m.ts && back.v == m.v);
    PROMISE(bytes_equal(back.rand, m.rand) && bytes_equal(back.idi, m.idi) && bytes_equal(back.idr, m.idr));
    PROMISE(bytes_equal(back.encr_data, m.encr_data) && bytes_equal(back.mtk_id, m.mtk_id));
}

/* What is written is read alike; alone it is the last sub-payload. */
static void check_key_data(const struct mikey_key_data *d)
{
    uint8_t out[MIKEY_MESSAGE_BYTES_MAX];
    struct mikey_key_data back;
    struct bytes rest;
    size_t length;

    if (mikey_key_data_encode(d, out, sizeof out, &length) != WIRE_OK)
        return; /* longer than any message */
    PROMISE(mikey_key_data_decode(bytes_of(out, length), &back, &rest) == WIRE_OK && rest.len == 0);
    PROMISE(back.type == d->type && back.kv == d->kv && bytes_equal(back.key, d->key));
    PROMISE(bytes_equal(back.salt, d->salt) && bytes_equal(back.spi, d->spi));
    PROMISE(bytes_equal(back.valid_from, d->valid_from) && bytes_equal(back.valid_to, d->valid_to));
}

void fuzz_mikey(struct bytes in)
{
    struct mikey_key_data d;
    struct bytes rest = in;

    check_message(in);
    while (rest.len > 0 && mikey_key_data_decode(rest, &d, &rest) == WIRE_OK) {
        promise_within(d.key, in);
        promise_within(d.salt, in);
        promise_within(d.spi, in);
        promise_within(d.valid_from, in);
        promise_within(d.valid_to, in);
        PROMISE(d.key.len > 0 || d.kv == MIKEY_KV_INTERVAL);
        check_key_data(&d);
    }
}
