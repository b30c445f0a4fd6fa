/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The key derivation function of GBA, TS 33.220 Annex B.2: HMAC-SHA-256(Key, FC || P0 || L0 || P1 || L1 ||
 * ...), every length two bytes, big-endian. FC is 01 for all keys here. */
#include "models/crypto/gba_keys.h"

#include <assert.h>
#include <string.h>

#define PARAMETERS_MAX 4

static void kdf(struct crypto *crypto, const uint8_t key[32], const struct bytes *parameters, unsigned count,
                uint8_t out[32])
{
    static const uint8_t fc = 0x01;
    uint8_t lengths[PARAMETERS_MAX][2];
    struct bytes s[1 + 2 * PARAMETERS_MAX];

    assert(count <= PARAMETERS_MAX);
    s[0] = bytes_of(&fc, 1);
    for (unsigned i = 0; i < count; i++) {
        assert(parameters[i].len <= UINT16_MAX);
        lengths[i][0] = (uint8_t)(parameters[i].len >> 8);
        lengths[i][1] = (uint8_t)parameters[i].len;
        s[1 + 2 * i] = parameters[i];
        s[2 + 2 * i] = bytes_of(lengths[i], 2);
    }
    hmac_sha256(crypto, bytes_of(key, 32), s, 1 + 2 * count, out);
}

void gba_ks_naf(struct crypto *crypto, const uint8_t ks[32], const uint8_t rand[16], struct bytes impi,
                struct bytes naf_id, uint8_t ks_naf[32])
{
    const struct bytes parameters[4] = {bytes_of("gba-me", 6), bytes_of(rand, 16), impi, naf_id};

    kdf(crypto, ks, parameters, 4, ks_naf);
}

void gba_tmpi(struct crypto *crypto, const uint8_t ks[32], const uint8_t rand[16], struct bytes impi,
              struct bytes bsf_id, uint8_t tmpi[GBA_TMPI_BYTES])
{
    uint8_t whole[32];

    gba_ks_naf(crypto, ks, rand, impi, bsf_id, whole); /* the same parameters, another name at the end */
    memcpy(tmpi, whole, GBA_TMPI_BYTES);
}

/* TS 33.246 Annex F. */
void mbms_mrk(struct crypto *crypto, const uint8_t ks_naf[32], uint8_t mrk[32])
{
    const struct bytes parameter = bytes_of("mbms-mrk", 8);

    kdf(crypto, ks_naf, &parameter, 1, mrk);
}
