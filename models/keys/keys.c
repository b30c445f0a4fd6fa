/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys by name. */
#include "models/keys/keys.h"

#include "models/crypto/gba_keys.h"
#include "models/crypto/lanes_aes.h"
#include "models/crypto/lanes_gba.h"
#include "models/crypto/lanes_texts.h"
#include "models/crypto/milenage.h"
#include "models/identity.h"
#include "models/keys/table.h"
#include "models/wire/wire.h"

#include <glib.h>
#include <string.h>

void key_store_init(struct key_store *keys, const struct deployment *deployment)
{
    *keys = (struct key_store){.deployment = deployment,
                               .crypto = crypto_new(),
                               .rand_cipher = crypto_cipher_new(deployment->rand_key),
                               .nonce_cipher = crypto_cipher_new(deployment->nonce_key)};
}

void key_store_clear(struct key_store *keys)
{
    crypto_free(keys->crypto);
    crypto_cipher_free(keys->rand_cipher);
    crypto_cipher_free(keys->nonce_cipher);
}

void key_k(const struct key_store *keys, uint32_t ue, uint8_t k[16])
{
    const struct key_table *table = keys->deployment->key_table;

    if (table != NULL)
        memcpy(k, table->k[ue], 16);
    else
        random_bytes(keys->deployment->seed, ue, PURPOSE_K, 0, k, 16);
}

void key_opc(const struct key_store *keys, uint32_t ue, uint8_t opc[16])
{
    const struct key_table *table = keys->deployment->key_table;

    if (table != NULL)
        memcpy(opc, table->opc[ue], 16);
    else
        random_bytes(keys->deployment->seed, ue, PURPOSE_OPC, 0, opc, 16);
}

void key_rand(const struct key_store *keys, struct key_name name, uint8_t rand[16])
{
    uint32_t ue = name.ue;
    uint8_t plain[16] = {(uint8_t)(ue >> 24), (uint8_t)(ue >> 16),     (uint8_t)(ue >> 8),
                         (uint8_t)ue,         (uint8_t)(name.av >> 8), (uint8_t)name.av};

    crypto_cipher_encrypt(keys->crypto, keys->rand_cipher, plain, rand);
}

bool key_find_rand(const struct key_store *keys, const uint8_t rand[16], struct key_name *name)
{
    static const uint8_t zero[10];
    uint8_t plain[16];
    struct key_name found;

    crypto_cipher_decrypt(keys->crypto, keys->rand_cipher, rand, plain);
    found.ue = (uint32_t)plain[0] << 24 | (uint32_t)plain[1] << 16 | (uint32_t)plain[2] << 8 | plain[3];
    found.av = (uint16_t)(plain[4] << 8 | plain[5]);
    if (memcmp(plain + 6, zero, sizeof zero) != 0 || found.ue >= keys->deployment->ues || found.av > AV_MAX)
        return false;
    *name = found;
    return true;
}

bool key_find(const struct key_store *keys, struct bytes b_tid, struct key_name *name)
{
    uint8_t rand[16];

    return identity_rand_of_b_tid(keys->deployment, b_tid, rand) && key_find_rand(keys, rand, name);
}

static void key_ks(const struct key_store *keys, uint32_t ue, const uint8_t rand[16], uint8_t ks[32])
{
    uint8_t k[16], opc[16];

    key_k(keys, ue, k);
    key_opc(keys, ue, opc);
    milenage_ck_ik(keys->crypto, k, opc, rand, ks, ks + 16);
}

static void key_muk_of_ks(const struct key_store *keys, uint32_t ue, const uint8_t rand[16],
                          const uint8_t ks[32], uint8_t muk[32])
{
    struct identity_text impi;

    identity_impi(keys->deployment, ue, &impi);
    gba_ks_naf(keys->crypto, ks, rand, identity_bytes(&impi), keys->deployment->naf_id, muk);
}

void key_material(const struct key_store *keys, struct key_name name, struct key_material *out)
{
    key_rand(keys, name, out->rand);
    key_ks(keys, name.ue, out->rand, out->ks);
    key_muk_of_ks(keys, name.ue, out->rand, out->ks, out->muk);
}

void key_muks(const struct key_store *keys, unsigned count, const uint32_t ues[],
              struct key_muk *const muks[])
{
    const uint8_t *k_at[LANES], *opc_at[LANES], *rand_at[LANES], *ks_of[LANES];
    uint8_t k[LANES][16], opc[LANES][16], ks[LANES][32], *ks_at[LANES], *muk_at[LANES];
    struct identity_text impi[LANES];
    struct bytes impi_at[LANES];

    g_assert(count > 0 && count <= LANES);
    for (unsigned i = 0; i < count; i++) {
        key_k(keys, ues[i], k[i]);
        key_opc(keys, ues[i], opc[i]);
        identity_impi(keys->deployment, ues[i], &impi[i]);
        impi_at[i] = identity_bytes(&impi[i]);
        k_at[i] = k[i];
        opc_at[i] = opc[i];
        rand_at[i] = muks[i]->rand;
        ks_of[i] = ks_at[i] = ks[i];
        muk_at[i] = muks[i]->muk;
    }
    lanes_milenage_ck_ik(keys->crypto, count, k_at, opc_at, rand_at, ks_at);
    lanes_gba_ks_naf(keys->crypto, count, ks_of, rand_at, impi_at, keys->deployment->naf_id, muk_at);
}

void key_muk(const struct key_store *keys, uint32_t ue, const uint8_t rand[16], uint8_t muk[32])
{
    uint8_t ks[32];

    key_ks(keys, ue, rand, ks);
    key_muk_of_ks(keys, ue, rand, ks, muk);
}

void key_tmpi(const struct key_store *keys, uint32_t ue, const uint8_t rand[16], char *tmpi)
{
    struct wire_writer w = wire_writer(tmpi, TMPI_TEXT_BYTES);
    struct identity_text impi;
    uint8_t ks[32], octets[GBA_TMPI_BYTES];

    key_ks(keys, ue, rand, ks);
    identity_impi(keys->deployment, ue, &impi);
    gba_tmpi(keys->crypto, ks, rand, identity_bytes(&impi), keys->deployment->bsf_id, octets);
    wire_put_base64(&w, octets, sizeof octets);
}

#define MRK_TEXT_BYTES 44 /* base64 */

void key_ua_ha1s(const struct key_store *keys, unsigned count, const struct key_muk *const muks[],
                 char *const ha1s[])
{
    uint8_t mrk[LANES][32], *mrk_at[LANES] = {NULL};
    char password[LANES][MRK_TEXT_BYTES];
    struct identity_text b_tid[LANES];
    const uint8_t *muk_at[LANES] = {NULL};
    struct lanes_ha1 jobs[LANES];

    g_assert(count > 0 && count <= LANES);
    for (unsigned i = 0; i < count; i++) {
        muk_at[i] = muks[i]->muk;
        mrk_at[i] = mrk[i];
    }
    lanes_mbms_mrk(keys->crypto, count, muk_at, mrk_at);
    for (unsigned i = 0; i < count; i++) {
        struct wire_writer w = wire_writer(password[i], sizeof password[i]);

        wire_put_base64(&w, mrk[i], sizeof mrk[i]);
        identity_b_tid(keys->deployment, muks[i]->rand, &b_tid[i]);
        jobs[i] = (struct lanes_ha1){.username = identity_bytes(&b_tid[i]),
                                     .realm = keys->deployment->text.ua_realm,
                                     .password = bytes_of(password[i], sizeof password[i])};
    }
    lanes_digest_ha1s(keys->crypto, count, jobs);
    for (unsigned i = 0; i < count; i++)
        memcpy(ha1s[i], jobs[i].ha1.hex, 32);
}

void key_ua_ha1(const struct key_store *keys, const struct key_muk *muk, char ha1[32])
{
    key_ua_ha1s(keys, 1, &muk, &ha1);
}
