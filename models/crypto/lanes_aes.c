/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lanes of AES go AES_LANES at a time: while one waits for its round, the processor works on others. Four
 * fill it (EPYC Zen 5: 205 instructions a lane in 53 cycles). */
#include "models/crypto/lanes_aes.h"
#include "models/crypto/counts.h"
#include "models/crypto/milenage.h"

void lanes_milenage_ck_ik(struct crypto *crypto, unsigned count, const uint8_t *const ks[],
                          const uint8_t *const opcs[], const uint8_t *const rands[], uint8_t *const ck_iks[])
{
    const uint8_t *some_ks[AES_LANES], *some_opcs[AES_LANES], *some_rands[AES_LANES];
    uint8_t *some_outs[AES_LANES];

    if (crypto->aes->ck_ik == NULL) {
        for (unsigned lane = 0; lane < count; lane++)
            milenage_ck_ik(crypto, ks[lane], opcs[lane], rands[lane], ck_iks[lane], ck_iks[lane] + 16);
        return;
    }
    crypto_count_lanes(crypto, CRYPTO_AES_KEY, count, 0);
    crypto_count_lanes(crypto, CRYPTO_AES_BLOCKS, count, 16);
    crypto_count_lanes(crypto, CRYPTO_AES_BLOCKS, count, 32);
    for (unsigned first = 0; first < count; first += AES_LANES) {
        for (unsigned i = 0; i < AES_LANES; i++) {
            const unsigned lane = first + i < count ? first + i : count - 1; /* the last one again */

            some_ks[i] = ks[lane];
            some_opcs[i] = opcs[lane];
            some_rands[i] = rands[lane];
            some_outs[i] = ck_iks[lane];
        }
        crypto->aes->ck_ik(some_ks, some_opcs, some_rands, some_outs);
    }
}
