/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A challenge to facts, at the USIM (TS 33.102 §6.3.3). */
#include "models/ue/verify.h"

#include "models/crypto/milenage.h"

#include <string.h>

void ue_verify_aka(const struct key_store *keys, const struct ue_seen *ue, struct ue_aka_facts *out)
{
    struct ue_secrets *secrets = ue_secrets(ue->x);
    const uint8_t *rand = ue->x->rand_autn, *autn = rand + 16;
    uint8_t k[16], opc[16], mac_a[8], mac_s[8];
    struct milenage_vector v;
    struct key_name name;

    *out = (struct ue_aka_facts){.av = AV_NONE};
    if (key_find_rand(keys, rand, &name) && name.ue == ue->number)
        out->av = name.av;
    key_k(keys, ue->number, k);
    key_opc(keys, ue->number, opc);
    milenage_f2345(keys->crypto, k, opc, rand, &v);
    for (unsigned i = 0; i < 6; i++)
        out->sqn = out->sqn << 8 | (uint8_t)(autn[i] ^ v.ak[i]);
    milenage_f1(keys->crypto, k, opc, rand, out->sqn, autn + 6, mac_a, mac_s);
    out->mac_right = crypto_equal(mac_a, autn + 8, sizeof mac_a);
    memcpy(secrets->rand, rand, sizeof secrets->rand);
    memcpy(secrets->res, v.res, sizeof secrets->res);
    memcpy(secrets->ks, v.ck, 16);
    memcpy(secrets->ks + 16, v.ik, 16);
    secrets->has_ks = true;
}
