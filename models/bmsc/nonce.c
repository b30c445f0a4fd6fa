/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Digest nonces that validate themselves: base64 of one AES block over (time, serial, zeros) under a key of the
 * BM-SC's own. Nothing is stored per challenge; a forged nonce does not decrypt to zeros. */
#include "models/bmsc/bmsc.h"

void bmsc_nonce_make(struct model_region *m, int64_t now_ns, char nonce[24])
{
    struct bmsc *bmsc = m->bmsc;
    struct wire_writer w = wire_writer(nonce, 24);
    uint8_t plain[16] = {0}, sealed[16];
    uint32_t serial = ++bmsc->nonce_serial;

    for (unsigned i = 0; i < 8; i++)
        plain[i] = (uint8_t)((uint64_t)now_ns >> (56 - 8 * i));
    for (unsigned i = 0; i < 4; i++)
        plain[8 + i] = (uint8_t)(serial >> (24 - 8 * i));
    crypto_cipher_encrypt(m->crypto, bmsc->nonce_cipher, plain, sealed);
    wire_put_base64(&w, sealed, sizeof sealed);
}

enum bmsc_nonce bmsc_nonce_check(struct model_region *m, struct bytes nonce, int64_t now_ns, uint32_t *serial)
{
    static const uint8_t zero[4];
    uint8_t plain[16], sealed[16];
    uint64_t made_ns = 0;
    size_t length;

    if (wire_base64_decode(nonce, sealed, sizeof sealed, &length) != WIRE_OK || length != sizeof sealed)
        return NONCE_FORGED;
    crypto_cipher_decrypt(m->crypto, m->bmsc->nonce_cipher, sealed, plain);
    *serial = 0;
    for (unsigned i = 0; i < 8; i++)
        made_ns = made_ns << 8 | plain[i];
    for (unsigned i = 8; i < 12; i++)
        *serial = *serial << 8 | plain[i];
    if (memcmp(plain + 12, zero, sizeof zero) != 0 || made_ns > (uint64_t)now_ns)
        return NONCE_FORGED;
    return now_ns - (int64_t)made_ns > m->world->scenario->bmsc_nonce_lifetime ? NONCE_OLD : NONCE_FRESH;
}
