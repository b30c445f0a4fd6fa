/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The answer to bytes: Milenage, MAA. */
#include "models/hss/encode.h"

#include "models/crypto/milenage.h"
#include "models/diameter_wire.h"
#include "models/identity.h"

#include <glib.h>

/* What a vector adds to an MAA. */
struct hss_vector_bytes {
    struct milenage_vector v;
    uint8_t rand_autn[32], guss[512];
};

static void hss_encode_vector(const struct key_store *keys, const struct hss_action *action,
                              struct bytes impi, struct hss_vector_bytes *b, struct diameter_message *maa)
{
    static const uint8_t amf[2] = {0, 0}; /* TS 33.102 Annex H: separation bit 0, not an EPS vector */
    const struct deployment *deployment = keys->deployment;
    uint8_t k[16], opc[16];
    size_t guss_length = 0;
    enum wire_status status;

    key_k(keys, action->av.ue, k);
    key_opc(keys, action->av.ue, opc);
    key_rand(keys, action->av, b->rand_autn);
    milenage_all(keys->crypto, k, opc, b->rand_autn, action->sqn, amf, &b->v);
    milenage_autn(action->sqn, b->v.ak, amf, b->v.mac_a, b->rand_autn + 16);
    status = diameter_guss_encode(impi, (uint32_t)(deployment->scenario->gba_lifetime / CLOCK_SECOND),
                                  b->guss, sizeof b->guss, &guss_length);
    g_assert(status == WIRE_OK);
    maa->rand_autn = bytes_of(b->rand_autn, sizeof b->rand_autn);
    maa->xres = bytes_of(b->v.res, sizeof b->v.res);
    maa->ck = bytes_of(b->v.ck, 16);
    maa->ik = bytes_of(b->v.ik, 16);
    maa->uss = bytes_of(b->guss, guss_length);
}

size_t hss_encode(const struct key_store *keys, const struct hss_facts *request,
                  const struct hss_action *action, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    struct identity_text impi;
    struct hss_vector_bytes vector;
    struct overload_bytes overload;
    struct diameter_message maa =
        diameter_answer(deployment, deployment->text.hss_diameter, &request->ids, action->result);

    maa.command = DIAMETER_MULTIMEDIA_AUTH;
    maa.application = DIAMETER_ZH;
    if (action->result == DIAMETER_SUCCESS) {
        identity_impi(deployment, request->subscriber, &impi);
        maa.impi = identity_bytes(&impi);
        hss_encode_vector(keys, action, maa.impi, &vector, &maa);
    }
    overload_write(&action->overload, &overload, &maa);
    return diameter_bytes(&maa, out, DIAMETER_BYTES);
}
