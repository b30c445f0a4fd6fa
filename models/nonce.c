/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Sealing and opening of nonces:  | time 64 | serial 32 | kind 8 | zero 24 |  as one block. */
#include "models/nonce.h"

#include "models/subscriber.h"
#include "models/wire/wire.h"

#include <string.h>

#define BLOCK_BYTES 16
#define KIND_AT     12

void nonce_seal(const struct key_store *keys, int64_t made_ns, uint32_t serial, enum nonce_kind kind,
                char out[NONCE_TEXT_BYTES])
{
    struct wire_writer w = wire_writer(out, NONCE_TEXT_BYTES);
    uint8_t plain[BLOCK_BYTES] = {0}, sealed[BLOCK_BYTES];

    for (unsigned i = 0; i < 8; i++)
        plain[i] = (uint8_t)((uint64_t)made_ns >> (56 - 8 * i));
    for (unsigned i = 0; i < 4; i++)
        plain[8 + i] = (uint8_t)(serial >> (24 - 8 * i));
    plain[KIND_AT] = (uint8_t)kind;
    crypto_cipher_encrypt(keys->crypto, keys->nonce_cipher, plain, sealed);
    wire_put_base64(&w, sealed, sizeof sealed);
}

bool nonce_open(const struct key_store *keys, struct bytes nonce, int64_t *made_ns, uint32_t *serial,
                enum nonce_kind *kind)
{
    static const uint8_t zero[BLOCK_BYTES - KIND_AT - 1];
    uint8_t plain[BLOCK_BYTES], sealed[BLOCK_BYTES];
    uint64_t time = 0;
    size_t length;

    if (wire_base64_decode(nonce, sealed, sizeof sealed, &length) != WIRE_OK || length != sizeof sealed)
        return false;
    crypto_cipher_decrypt(keys->crypto, keys->nonce_cipher, sealed, plain);
    if (memcmp(plain + KIND_AT + 1, zero, sizeof zero) != 0 || plain[KIND_AT] > NONCE_NEXT)
        return false;
    for (unsigned i = 0; i < 8; i++)
        time = time << 8 | plain[i];
    *made_ns = (int64_t)time;
    *serial = (uint32_t)plain[8] << 24 | (uint32_t)plain[9] << 16 | (uint32_t)plain[10] << 8 | plain[11];
    *kind = (enum nonce_kind)plain[KIND_AT];
    return true;
}

void nonce_start(const struct key_store *keys, uint32_t ue, char nonce[NONCE_TEXT_BYTES])
{
    struct subscriber_start start;

    subscriber_start(keys->deployment, ue, &start);
    nonce_seal(keys, subscriber_start_known_ns(keys->deployment, &start), 0, NONCE_NEXT, nonce);
}
