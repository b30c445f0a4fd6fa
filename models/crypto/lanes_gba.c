/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The key derivation function of gba_keys.c with S of each lane put together in one place. */
#include "models/crypto/lanes_gba.h"
#include "models/crypto/counts.h"
#include "models/crypto/gba_keys.h"

#define KEY   32
#define S_MAX 256 /* longer ones go one after another */

/* S behind its FC (TS 33.220 §B.2): parameter and length. */
static uint8_t *lanes_parameter(uint8_t *at, struct bytes parameter)
{
    crypto_copy(at, parameter.at, parameter.len);
    at += parameter.len;
    *at++ = (uint8_t)(parameter.len >> 8);
    *at++ = (uint8_t)parameter.len;
    return at;
}

void lanes_gba_ks_naf(struct crypto *crypto, unsigned count, const uint8_t *const kss[],
                      const uint8_t *const rands[], const struct bytes impis[], struct bytes naf_id,
                      uint8_t *const ks_nafs[])
{
    const struct bytes label = bytes_of("gba-me", 6);
    uint8_t texts[LANES][S_MAX];
    struct bytes messages[LANES];
    bool fit = lanes_pay(crypto, LANES_SHA256, count);

    for (unsigned lane = 0; lane < count; lane++)
        fit = fit && 1 + label.len + 16 + impis[lane].len + naf_id.len + 4 * 2 <= S_MAX;
    for (unsigned lane = 0; lane < count; lane++) {
        uint8_t *at = texts[lane];

        if (!fit) {
            gba_ks_naf(crypto, kss[lane], rands[lane], impis[lane], naf_id, ks_nafs[lane]);
            continue;
        }
        *at++ = 0x01;
        at = lanes_parameter(at, label);
        at = lanes_parameter(at, bytes_of(rands[lane], 16));
        at = lanes_parameter(at, impis[lane]);
        at = lanes_parameter(at, naf_id);
        messages[lane] = bytes_of(texts[lane], (size_t)(at - texts[lane]));
    }
    if (fit)
        lanes_hmac_sha256(crypto, count, kss, KEY, messages, ks_nafs);
}

void lanes_mbms_mrk(struct crypto *crypto, unsigned count, const uint8_t *const ks_nafs[],
                    uint8_t *const mrks[])
{
    static const uint8_t text[] = "\x01mbms-mrk\x00\x08";
    struct bytes messages[LANES];

    for (unsigned lane = 0; lane < count; lane++)
        messages[lane] = bytes_of(text, sizeof text - 1);
    lanes_hmac_sha256(crypto, count, ks_nafs, KEY, messages, mrks);
}
