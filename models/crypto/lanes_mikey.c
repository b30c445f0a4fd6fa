/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The PRF of RFC 3830 §4.1.2 for a PSK of one block and at most 20 bytes of key: A_1 = HMAC(PSK, label), key
 * = HMAC(PSK, A_1 || label). Key states, labels and A_1 stay words of lanes all the way. */
#include "models/crypto/lanes_mikey.h"
#include "models/crypto/counts.h"

#define PSK         32
#define RAND        16
#define LABEL       (9 + RAND) /* constant, 0xFF, CSB ID, RAND (§4.1.4) */
#define HASH        20
#define HASH_WORDS  5
#define STREAM      32 /* of AES-CM at once */
#define LABEL_WORDS 7  /* the mark behind its 25 bytes included */

/* What the two HMACs hash. The label's constant and A_1 change from one key to the next. */
struct lanes_labels {
    struct lanes_hmac_sha1 keys;
    struct lanes_block first;  /* label */
    struct lanes_block second; /* A_1 || label */
};

static void lanes_labels_set(struct lanes_labels *labels, const struct lanes_kernel *kernel, unsigned count,
                             const uint32_t csb_ids[], const uint8_t *const rands[])
{
    uint8_t texts[LANES][LABEL];
    struct lanes_feed feed = {.mark = 0x80};

    for (unsigned lane = 0; lane < LANES; lane++) {
        feed.at[lane] = texts[lane];
        if (lane < count) {
            const uint32_t csb_id = __builtin_bswap32(csb_ids[lane]);

            memset(texts[lane], 0, 4);
            texts[lane][4] = 0xff;
            memcpy(texts[lane] + 5, &csb_id, sizeof csb_id);
            memcpy(texts[lane] + LABEL - RAND, rands[lane], RAND);
            feed.len[lane] = LABEL;
        }
    }
    kernel->load(&labels->first, &feed, 0, true);
    memset(labels->second.word, 0, sizeof labels->second.word);
    memcpy(labels->second.word[HASH_WORDS], labels->first.word[0], LABEL_WORDS * sizeof *labels->first.word);
    for (unsigned lane = 0; lane < LANES; lane++) {
        labels->first.word[15][lane] = (64 + LABEL) * 8;
        labels->second.word[15][lane] = (64 + HASH + LABEL) * 8;
    }
}

/* `len` bytes of key to each of out[]. */
static void lanes_derive(struct crypto *crypto, struct lanes_labels *labels, unsigned count,
                         enum mikey_label constant, uint8_t *const out[], size_t len)
{
    struct lanes_state key;

    for (unsigned lane = 0; lane < LANES; lane++)
        labels->first.word[0][lane] = labels->second.word[HASH_WORDS][lane] = (uint32_t)constant;
    crypto_count_lanes(crypto, CRYPTO_HMAC_SHA1, count, LABEL);
    lanes_sha1_block(crypto->lanes, &labels->keys, count, &labels->first, labels->second.word);
    crypto_count_lanes(crypto, CRYPTO_HMAC_SHA1, count, HASH + LABEL);
    lanes_sha1_block(crypto->lanes, &labels->keys, count, &labels->second, key.word);
    crypto->lanes->store(out, len, count, key.word, true);
}

static void lanes_keys_in_turn(struct crypto *crypto, unsigned count, const uint8_t *const psks[],
                               const uint32_t csb_ids[], const uint8_t *const rands[], bool auth_only,
                               struct mikey_keys *const out[])
{
    for (unsigned lane = 0; lane < count; lane++) {
        const struct bytes psk = bytes_of(psks[lane], PSK), rand = bytes_of(rands[lane], RAND);

        if (auth_only)
            mikey_auth_key(crypto, psk, csb_ids[lane], rand, out[lane]->auth);
        else
            mikey_keys(crypto, psk, csb_ids[lane], rand, out[lane]);
    }
}

void lanes_mikey_keys(struct crypto *crypto, unsigned count, const uint8_t *const psks[],
                      const uint32_t csb_ids[], const uint8_t *const rands[], bool auth_only,
                      struct mikey_keys *const out[])
{
    struct lanes_labels labels;
    uint8_t *auths[LANES], *encrs[LANES], *salts[LANES];

    if (!lanes_pay(crypto, LANES_SHA1, count)) {
        lanes_keys_in_turn(crypto, count, psks, csb_ids, rands, auth_only, out);
        return;
    }
    for (unsigned lane = 0; lane < count; lane++) {
        auths[lane] = out[lane]->auth;
        encrs[lane] = out[lane]->encr;
        salts[lane] = out[lane]->salt;
    }
    lanes_hmac_sha1_prepare(crypto, count, psks, PSK, &labels.keys);
    lanes_labels_set(&labels, crypto->lanes, count, csb_ids, rands);
    lanes_derive(crypto, &labels, count, MIKEY_LABEL_AUTH, auths, sizeof out[0]->auth);
    if (auth_only)
        return;
    lanes_derive(crypto, &labels, count, MIKEY_LABEL_ENCR, encrs, sizeof out[0]->encr);
    lanes_derive(crypto, &labels, count, MIKEY_LABEL_SALT, salts, sizeof out[0]->salt);
}

/* out = in ^ stream for at most STREAM bytes: from 16 on two pieces that may overlap. */
static void lanes_xor(uint8_t *out, const uint8_t *in, const uint8_t *stream, size_t len)
{
    typedef uint8_t piece __attribute__((vector_size(16)));
    piece first, last, key_first, key_last;

    if (len < sizeof first) {
        for (size_t i = 0; i < len; i++)
            out[i] = in[i] ^ stream[i];
        return;
    }
    memcpy(&first, in, sizeof first);
    memcpy(&last, in + len - sizeof last, sizeof last);
    memcpy(&key_first, stream, sizeof key_first);
    memcpy(&key_last, stream + len - sizeof key_last, sizeof key_last);
    first ^= key_first;
    last ^= key_last;
    memcpy(out, &first, sizeof first);
    memcpy(out + len - sizeof last, &last, sizeof last);
}

static void lanes_crypt_some(struct crypto *crypto, unsigned count, const struct mikey_keys *const keys[],
                             const uint32_t csb_ids[], const uint64_t tss[], const struct bytes in[],
                             uint8_t *const out[])
{
    const uint8_t *encrs[AES_LANES];
    uint8_t ivs[AES_LANES][16], streams[AES_LANES][STREAM];

    for (unsigned i = 0; i < AES_LANES; i++) {
        const unsigned lane = i < count ? i : count - 1; /* the last one again */

        encrs[i] = keys[lane]->encr;
        mikey_iv(keys[lane], csb_ids[lane], tss[lane], ivs[i]);
    }
    crypto->aes->stream(encrs, ivs, streams);
    for (unsigned i = 0; i < count; i++) {
        crypto_count(crypto, CRYPTO_AES_CTR, in[i].len);
        lanes_xor(out[i], in[i].at, streams[i], in[i].len);
    }
}

void lanes_mikey_crypt(struct crypto *crypto, unsigned count, const struct mikey_keys *const keys[],
                       const uint32_t csb_ids[], const uint64_t tss[], const struct bytes in[],
                       uint8_t *const out[])
{
    bool fit = crypto->aes->stream != NULL;

    for (unsigned lane = 0; lane < count; lane++)
        fit = fit && in[lane].len <= STREAM;
    if (!fit) {
        for (unsigned lane = 0; lane < count; lane++)
            mikey_crypt(crypto, keys[lane], csb_ids[lane], tss[lane], in[lane].at, out[lane], in[lane].len);
        return;
    }
    for (unsigned first = 0; first < count; first += AES_LANES)
        lanes_crypt_some(crypto, count - first < AES_LANES ? count - first : AES_LANES, keys + first,
                         csb_ids + first, tss + first, in + first, out + first);
}
