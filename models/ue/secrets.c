/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of exchanges. */
#include "models/ue/secrets.h"

#include "models/crypto/gba_keys.h"
#include "models/identity.h"

#include <string.h>

struct ue_secrets *ue_secrets(const struct ue_exchange *x)
{
    struct ue_secrets *secrets = &((struct ue_exchange_memory *)(uintptr_t)x)->secrets;

    if (secrets->serial != x->serial) {
        secrets->serial = x->serial;
        secrets->muk_av = secrets->tmpi_av = secrets->ha1_av = AV_NONE;
        secrets->has_ks = false;
    }
    return secrets;
}

void ue_secrets_put_muk(struct ue_secrets *secrets, uint16_t av, const uint8_t rand[16],
                        const uint8_t muk[32])
{
    secrets->muk_av = av;
    memcpy(secrets->muk_rand, rand, sizeof secrets->muk_rand);
    memcpy(secrets->muk, muk, sizeof secrets->muk);
}

void ue_secrets_find_muk(const struct key_store *keys, struct key_name name, struct ue_secrets *secrets)
{
    struct identity_text impi;

    if (secrets->muk_av == name.av)
        return;
    secrets->muk_av = name.av;
    key_rand(keys, name, secrets->muk_rand);
    if (secrets->has_ks && memcmp(secrets->rand, secrets->muk_rand, sizeof secrets->rand) == 0) {
        identity_impi(keys->deployment, name.ue, &impi);
        gba_ks_naf(keys->crypto, secrets->ks, secrets->rand, identity_bytes(&impi), keys->deployment->naf_id,
                   secrets->muk);
    } else {
        key_muk(keys, name.ue, secrets->muk_rand, secrets->muk);
    }
}

void ue_secrets_find_tmpi(const struct key_store *keys, struct key_name name, struct ue_secrets *secrets)
{
    uint8_t rand[16];

    if (secrets->tmpi_av == name.av)
        return;
    secrets->tmpi_av = name.av;
    if (secrets->muk_av == name.av)
        memcpy(rand, secrets->muk_rand, sizeof rand);
    else
        key_rand(keys, name, rand);
    key_tmpi(keys, name.ue, rand, secrets->tmpi);
}

void ue_secrets_put_ub_ha1(struct ue_secrets *secrets, const char ha1[32])
{
    secrets->ha1_av = AV_NONE;
    memcpy(secrets->ha1, ha1, sizeof secrets->ha1);
}

void ue_secrets_find_ua_ha1(const struct key_store *keys, struct key_name name, struct ue_secrets *secrets)
{
    struct key_muk muk;

    ue_secrets_find_muk(keys, name, secrets);
    if (secrets->ha1_av == name.av)
        return;
    memcpy(muk.rand, secrets->muk_rand, sizeof muk.rand);
    memcpy(muk.muk, secrets->muk, sizeof muk.muk);
    key_ua_ha1(keys, &muk, secrets->ha1);
    secrets->ha1_av = name.av;
}
