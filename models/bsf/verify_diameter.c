/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A BIR on Zn, an MAA on Zh to facts. */
#include "models/bsf/verify.h"

#include "models/diameter_wire.h"
#include "models/identity.h"

#include <string.h>

void bsf_verify_zn(const struct key_store *keys, struct bytes message, struct bsf_zn_facts *out)
{
    struct diameter_message bir;
    struct overload_facts overload;

    *out = (struct bsf_zn_facts){.result = DIAMETER_SUCCESS};
    if (diameter_decode(message, &bir) != WIRE_OK || !bir.request ||
        bir.command != DIAMETER_BOOTSTRAPPING_INFO || bir.application != DIAMETER_ZN ||
        bir.b_tid.at == NULL || bir.naf_id.at == NULL || !diameter_ids_read(&bir, &out->ids))
        return;
    out->proper = true;
    overload_read(&bir, &overload);
    out->reacts = overload.understood;
    if (!bytes_equal(bir.naf_id, keys->deployment->naf_id))
        out->result = DIAMETER_NAF_NOT_AUTHORISED;
    else if (!key_find(keys, bir.b_tid, &out->name))
        out->result = DIAMETER_BTID_UNKNOWN;
}

/* The AV of a successful MAA; false if something is missing, or the RAND is nobody's. */
static bool bsf_read_vector(const struct key_store *keys, const struct diameter_message *maa,
                            struct bsf_maa_facts *out)
{
    struct bsf_vector *v = &out->vector;
    struct key_name name;

    if (maa->rand_autn.len != 32 || maa->xres.len < 4 || maa->xres.len > sizeof v->xres ||
        maa->ck.len != 16 || maa->ik.len != 16 ||
        !identity_find_impi(keys->deployment, maa->impi, &out->subscriber) ||
        !key_find_rand(keys, maa->rand_autn.at, &name) || name.ue != out->subscriber)
        return false;
    v->av = name.av;
    memcpy(v->rand_autn, maa->rand_autn.at, sizeof v->rand_autn);
    memcpy(v->xres, maa->xres.at, maa->xres.len);
    v->xres_length = (uint8_t)maa->xres.len;
    if (maa->uss.at == NULL || diameter_guss_lifetime(maa->uss, &v->lifetime_s) != WIRE_OK ||
        v->lifetime_s == 0)
        v->lifetime_s = (uint32_t)(keys->deployment->scenario->gba_lifetime / CLOCK_SECOND);
    return true;
}

void bsf_verify_maa(const struct key_store *keys, struct bytes message, struct bsf_maa_facts *out)
{
    struct diameter_message maa;

    *out = (struct bsf_maa_facts){.whole = true};
    if (diameter_decode(message, &maa) != WIRE_OK || maa.request || maa.command != DIAMETER_MULTIMEDIA_AUTH)
        return;
    diameter_answer_read(&maa, &out->answer);
    if (maa.result == DIAMETER_SUCCESS)
        out->whole = bsf_read_vector(keys, &maa, out);
}
