/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Diameter messages and guss documents: what is read can be written, and is then read alike. */
#include "models/wire/diameter.h"
#include "tests/fuzz/targets.h"

static void check_views(const struct diameter_message *m, struct bytes in)
{
    const struct bytes views[] = {
        m->session_id,
        m->origin_host,
        m->origin_realm,
        m->destination_realm,
        m->destination_host,
        m->impi,
        m->resync,
        m->rand_autn,
        m->xres,
        m->ck,
        m->ik,
        m->b_tid,
        m->naf_id,
        m->uss,
        m->ks_naf,
        m->gaa_service_id,
        m->oc_supported,
        m->oc_features,
        m->oc_sequence,
        m->oc_report_type,
        m->oc_reduction,
        m->oc_validity,
    };

    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        promise_within(views[i], in);
}

void fuzz_diameter(struct bytes in)
{
    uint8_t out[DIAMETER_MESSAGE_BYTES_MAX + 200];
    struct diameter_message m, back;
    int64_t framed = diameter_frame(in);
    enum wire_status status;
    uint32_t lifetime;
    size_t length;

    diameter_guss_lifetime(in, &lifetime);
    PROMISE(framed >= -1 && framed <= (int64_t)in.len);
    if (diameter_decode(in, &m) != WIRE_OK)
        return;
    PROMISE(framed == (int64_t)in.len);
    check_views(&m, in);
    status = diameter_encode(&m, out, sizeof out, &length);
    if (status == WIRE_LIMIT || status == WIRE_NO_SPACE)
        return; /* default AVPs made it too long */
    PROMISE(status == WIRE_OK && diameter_decode(bytes_of(out, length), &back) == WIRE_OK);
    PROMISE(back.result == m.result && back.has_times == m.has_times);
    PROMISE(!m.has_times ||
            (back.expiry_unix_s == m.expiry_unix_s && back.bootstrap_unix_s == m.bootstrap_unix_s));
    PROMISE(bytes_equal(back.session_id, m.session_id) && bytes_equal(back.impi, m.impi) &&
            bytes_equal(back.rand_autn, m.rand_autn) && bytes_equal(back.b_tid, m.b_tid) &&
            bytes_equal(back.uss, m.uss) && bytes_equal(back.ks_naf, m.ks_naf));
    PROMISE(bytes_equal(back.oc_features, m.oc_features) && bytes_equal(back.oc_sequence, m.oc_sequence) &&
            bytes_equal(back.oc_report_type, m.oc_report_type) &&
            bytes_equal(back.oc_reduction, m.oc_reduction) && bytes_equal(back.oc_validity, m.oc_validity));
}
