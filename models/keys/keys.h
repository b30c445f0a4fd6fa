/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The key store: who holds which key, by name. A key's name is a UE and the number of an authentication
 * vector (AV); the store finds the name of a B-TID and derives the keys of a name. Stands for the database
 * of the HSS, the USIMs, and what BSF and BM-SC keep.
 *
 * AVs of a UE are numbered 0, 1, 2 ... as the HSS makes them. The RAND of AV v of UE n is a block cipher's
 * image of (n, v) under a key drawn from the seed, so looking a B-TID up is decrypting it: what a table
 * would answer, without the table. A RAND that nobody made decrypts to garbage and is unknown.
 *
 * Where K, OPc and the first SQN of a UE come from is the backend's affair: derived from the seed (nothing
 * need be stored), or from a table (models/keys/table.h). A store is a region's own, as its contexts are
 * used by one thread at a time; it changes no result. */
#ifndef MODELS_KEYS_KEYS_H
#define MODELS_KEYS_KEYS_H

#include "models/crypto/crypto.h"
#include "models/deployment.h"
#include "models/keys/name.h"

struct key_store {
    const struct deployment *deployment;
    struct crypto *crypto;
    struct crypto_cipher *rand_cipher, *nonce_cipher;
};

/* The store of a deployment, for one region. key_store_clear() gives its contexts back. */
void key_store_init(struct key_store *keys, const struct deployment *deployment);
void key_store_clear(struct key_store *keys);

/* Permanent keys of a UE's USIM. */
void key_k(const struct key_store *keys, uint32_t ue, uint8_t k[16]);
void key_opc(const struct key_store *keys, uint32_t ue, uint8_t opc[16]);

/* The RAND of an AV. */
void key_rand(const struct key_store *keys, struct key_name name, uint8_t rand[16]);
/* The name of a RAND, or of a B-TID; false if it is nobody's. */
bool key_find_rand(const struct key_store *keys, const uint8_t rand[16], struct key_name *name);
bool key_find(const struct key_store *keys, struct bytes b_tid, struct key_name *name);

/* What bootstrapping with an AV gives. */
struct key_material {
    uint8_t rand[16];
    uint8_t ks[32];  /* CK || IK */
    uint8_t muk[32]; /* Ks_NAF for the BM-SC, which is the MUK (GBA_ME) */
};
void key_material(const struct key_store *keys, struct key_name name, struct key_material *out);
/* A MUK, and the RAND of its AV, of which its B-TID is made. */
struct key_muk {
    uint8_t rand[16], muk[32];
};
/* The MUK alone, for who has the RAND of the AV at hand; and of `count` UEs at once, LANES at most, whose
 * RANDs stand there already. */
void key_muks(const struct key_store *keys, unsigned count, const uint32_t ues[],
              struct key_muk *const muks[]);
void key_muk(const struct key_store *keys, uint32_t ue, const uint8_t rand[16], uint8_t muk[32]);
/* The TMPI of that bootstrap (TS 33.220 §B.4). There is no way back from it: a BSF looks it up in its
 * database, here it compares it with that of the subscriber it is likely to be. */
void key_tmpi(const struct key_store *keys, uint32_t ue, const uint8_t rand[16], char *tmpi);
/* HA1 of the MSK request, 32 characters: user name B-TID, password base64(MRK) (TS 33.246 §6.3.2.2); and of
 * `count` MUKs at once, LANES at most. */
void key_ua_ha1(const struct key_store *keys, const struct key_muk *muk, char ha1[32]);
void key_ua_ha1s(const struct key_store *keys, unsigned count, const struct key_muk *const muks[],
                 char *const ha1s[]);

#endif
