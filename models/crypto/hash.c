/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* SHA-1, SHA-256 and MD5, and HMAC on the first two.
 *
 * These are OpenSSL's low-level functions although 3.0 deprecates them: they take no heap, and cost half
 * of what reused EVP contexts do (HMAC-SHA1 of 40 bytes under a prepared key: 90 ns against 307 ns for a
 * reused EVP_MAC_CTX and 987 ns for the one-shot HMAC(); they dispatch to the SHA instructions all the
 * same).
 *
 * What the parts of a message make together is gathered in one buffer, padded there (FIPS 180-4 §5.1,
 * RFC 1321 §3.1) and handed over as whole blocks in one call: two SHA-1 blocks take 45 ns in one call and 72
 * ns in two, and no *_Final() has to wipe its context. States and digests move in 16-byte pieces: the hash
 * loads them so, and a wide load right behind narrow stores to the same place waits for them (an
 * HMAC key prepared: 70 ns against 95 ns). */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "models/crypto/counts.h"

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stddef.h>

#define BLOCK  64
#define BUFFER 1024 /* whole blocks; what is longer goes through it in turns */
#define DIRECT 512  /* a part from this length on is hashed where it lies */

/* Hashes whole blocks. */
typedef int absorb_function(void *context, const void *blocks, size_t len);

INLINE int absorb_sha1(void *context, const void *blocks, size_t len)
{
    return SHA1_Update(context, blocks, len);
}

INLINE int absorb_sha256(void *context, const void *blocks, size_t len)
{
    return SHA256_Update(context, blocks, len);
}

INLINE int absorb_md5(void *context, const void *blocks, size_t len)
{
    return MD5_Update(context, blocks, len);
}

typedef uint16_t half_lanes __attribute__((vector_size(16)));
typedef uint32_t lanes __attribute__((vector_size(16)));

/* Four 32-bit words to big-endian order, in one load and one store. */
INLINE void store_words_be(uint8_t out[16], const void *words)
{
    half_lanes halves;
    lanes whole;

    memcpy(&halves, words, sizeof halves);
    halves = halves << 8 | halves >> 8;
    whole = (lanes)halves;
    whole = whole << 16 | whole >> 16;
    memcpy(out, &whole, sizeof whole);
}

INLINE void store32_be(uint8_t *at, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(at, &value, sizeof value);
}

/* Copied states and __builtin_bswap32() say "little-endian machine". */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#error "hash.c stores words for a little-endian machine"
#endif

/* A message on its way into a hash. */
struct feed {
    size_t used;
    uint64_t total; /* bytes hashed before it, and its own */
    uint8_t buffer[BUFFER + 2 * BLOCK];
};

/* A part of a message that is too long for the buffer. */
static void feed_turns(struct feed *feed, void *context, absorb_function *absorb, struct bytes part)
{
    if (feed->used == 0 && part.len >= DIRECT) {
        size_t whole = part.len & ~(size_t)(BLOCK - 1);

        absorb(context, part.at, whole);
        part.at += whole;
        part.len -= whole;
    }
    while (part.len > 0) {
        size_t room = BUFFER - feed->used;
        size_t run = part.len < room ? part.len : room;

        memcpy(feed->buffer + feed->used, part.at, run);
        part.at += run;
        part.len -= run;
        feed->used += run;
        if (feed->used == BUFFER) {
            absorb(context, feed->buffer, BUFFER);
            feed->used = 0;
        }
    }
}

/* Padding: a one bit, zeros up to 8 bytes before the end of a block, and the length in bits. The zeros are
 * always as many as can be needed, for to count them takes longer. */
INLINE void feed_end(struct feed *feed, void *context, absorb_function *absorb, bool big_endian)
{
    uint64_t bits = feed->total * 8;
    size_t end = (feed->used + 1 + sizeof bits + BLOCK - 1) & ~(size_t)(BLOCK - 1);

    feed->buffer[feed->used] = 0x80;
    memset(feed->buffer + feed->used + 1, 0, BLOCK);
    if (big_endian)
        bits = __builtin_bswap64(bits);
    memcpy(feed->buffer + end - sizeof bits, &bits, sizeof bits);
    absorb(context, feed->buffer, end);
}

/* The whole of a message behind `hashed` bytes that the context has taken. Returns the message's bytes. */
INLINE size_t feed_parts(struct feed *feed, void *context, absorb_function *absorb, bool big_endian,
                         const struct bytes *parts, unsigned count)
{
    size_t length = 0;

    for (unsigned i = 0; i < count; i++)
        length += parts[i].len;
    feed->total += length;
    if (feed->used + length <= BUFFER) {
        uint8_t *at = feed->buffer + feed->used;

        for (unsigned i = 0; i < count; i++) {
            crypto_copy(at, parts[i].at, parts[i].len);
            at += parts[i].len;
        }
        feed->used += length;
    } else {
        for (unsigned i = 0; i < count; i++)
            feed_turns(feed, context, absorb, parts[i]);
    }
    feed_end(feed, context, absorb, big_endian);
    return length;
}

INLINE void sha1_start(SHA_CTX *context)
{
    context->h0 = 0x67452301;
    context->h1 = 0xefcdab89;
    context->h2 = 0x98badcfe;
    context->h3 = 0x10325476;
    context->h4 = 0xc3d2e1f0;
    context->Nl = context->Nh = 0;
    context->num = 0;
}

_Static_assert(offsetof(SHA_CTX, h0) == 0 && offsetof(SHA_CTX, h4) == 16 && sizeof(SHA_LONG) == 4,
               "the state stands at the beginning of a SHA_CTX, word by word");

INLINE void sha1_restore(SHA_CTX *context, const uint32_t state[5])
{
    memcpy((void *)context, state, 5 * sizeof *state);
    context->Nl = context->Nh = 0;
    context->num = 0;
}

INLINE void sha1_save(const SHA_CTX *context, uint32_t state[5])
{
    memcpy(state, (const void *)context, 5 * sizeof *state);
}

INLINE void sha1_digest(const SHA_CTX *context, uint8_t digest[20])
{
    store_words_be(digest, context);
    store32_be(digest + 16, context->h4);
}

/* The block that HMAC's outer hash has behind the key block: the inner digest, padded; 84 bytes are 672
 * bits. */
INLINE void sha1_outer(const SHA_CTX *context, uint8_t block[BLOCK])
{
    const lanes second = {__builtin_bswap32(context->h4), __builtin_bswap32(0x80000000), 0, 0};
    const lanes third = {0, 0, 0, 0};
    const lanes fourth = {0, 0, 0, __builtin_bswap32(672)};

    store_words_be(block, context);
    memcpy(block + 16, &second, sizeof second);
    memcpy(block + 32, &third, sizeof third);
    memcpy(block + 48, &fourth, sizeof fourth);
}

static void sha1(struct bytes message, uint8_t digest[20])
{
    struct feed feed;
    SHA_CTX context;

    feed.used = 0;
    feed.total = 0;
    sha1_start(&context);
    feed_parts(&feed, &context, absorb_sha1, true, &message, 1);
    sha1_digest(&context, digest);
}

INLINE void sha256_start(SHA256_CTX *context)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memcpy(context->h, start, sizeof start);
    context->Nl = context->Nh = 0;
    context->num = 0;
    context->md_len = SHA256_DIGEST_LENGTH;
}

INLINE void sha256_digest(const SHA256_CTX *context, uint8_t digest[32])
{
    store_words_be(digest, context->h);
    store_words_be(digest + 16, context->h + 4);
}

INLINE size_t sha256_parts(const struct bytes *parts, unsigned count, uint8_t digest[32])
{
    struct feed feed;
    SHA256_CTX context;
    size_t length;

    feed.used = 0;
    feed.total = 0;
    sha256_start(&context);
    length = feed_parts(&feed, &context, absorb_sha256, true, parts, count);
    sha256_digest(&context, digest);
    return length;
}

/* HMAC's two key blocks (RFC 2104 §2), of a key of at most one block. */
INLINE void hmac_pads(struct bytes key, uint8_t inner[BLOCK], uint8_t outer[BLOCK])
{
    uint8_t block[BLOCK] = {0};

    crypto_copy(block, key.at, key.len);
    for (unsigned i = 0; i < BLOCK; i += sizeof(lanes)) {
        lanes piece, pad;

        memcpy(&piece, block + i, sizeof piece);
        pad = piece ^ 0x36363636;
        memcpy(inner + i, &pad, sizeof pad);
        pad = piece ^ 0x5c5c5c5c;
        memcpy(outer + i, &pad, sizeof pad);
    }
}

void hmac_sha1_prepare(struct crypto *crypto, struct bytes key, struct hmac_sha1_key *out)
{
    uint8_t hashed[20], pads[2][BLOCK];
    SHA_CTX context;

    crypto_count(crypto, CRYPTO_HMAC_SHA1_KEY, key.len);
    if (key.len > BLOCK) {
        sha1(key, hashed);
        key = bytes_of(hashed, sizeof hashed);
    }
    hmac_pads(key, pads[0], pads[1]);
    for (unsigned i = 0; i < 2; i++) {
        sha1_start(&context);
        SHA1_Transform(&context, pads[i]);
        sha1_save(&context, out->state[i]);
    }
}

void hmac_sha1(struct crypto *crypto, const struct hmac_sha1_key *key, const struct bytes *parts,
               unsigned count, uint8_t mac[20])
{
    uint8_t outer[BLOCK];
    struct feed feed;
    SHA_CTX context;
    size_t length;

    feed.used = 0;
    feed.total = BLOCK;
    sha1_restore(&context, key->state[0]);
    length = feed_parts(&feed, &context, absorb_sha1, true, parts, count);
    crypto_count(crypto, CRYPTO_HMAC_SHA1, length);
    sha1_outer(&context, outer);
    sha1_restore(&context, key->state[1]);
    SHA1_Transform(&context, outer);
    sha1_digest(&context, mac);
}

void hmac_sha1_block(struct crypto *crypto, const struct hmac_sha1_key *key, const uint8_t block[BLOCK],
                     size_t len, uint8_t mac[20])
{
    uint8_t outer[BLOCK];
    SHA_CTX context;

    crypto_count(crypto, CRYPTO_HMAC_SHA1, len);
    sha1_restore(&context, key->state[0]);
    SHA1_Transform(&context, block);
    sha1_outer(&context, outer);
    sha1_restore(&context, key->state[1]);
    SHA1_Transform(&context, outer);
    sha1_digest(&context, mac);
}

/* The key blocks go in front of what follows them, so that each of the two hashes is one call. */
void hmac_sha1_once(struct crypto *crypto, struct bytes key, const struct bytes *parts, unsigned count,
                    uint8_t mac[20])
{
    uint8_t hashed[20], outer[2 * BLOCK];
    struct feed feed;
    SHA_CTX context;
    size_t length;

    if (key.len > BLOCK) {
        sha1(key, hashed);
        key = bytes_of(hashed, sizeof hashed);
    }
    hmac_pads(key, feed.buffer, outer);
    feed.used = feed.total = BLOCK;
    sha1_start(&context);
    length = feed_parts(&feed, &context, absorb_sha1, true, parts, count);
    crypto_count(crypto, CRYPTO_HMAC_SHA1_ONCE, length);
    sha1_outer(&context, outer + BLOCK);
    sha1_start(&context);
    SHA1_Update(&context, outer, sizeof outer);
    sha1_digest(&context, mac);
}

void hmac_sha256(struct crypto *crypto, struct bytes key, const struct bytes *parts, unsigned count,
                 uint8_t mac[32])
{
    /* The outer message: the key block and 32 bytes, 768 bits. */
    uint8_t hashed[32], outer[2 * BLOCK] = {[BLOCK + 32] = 0x80, [126] = 0x03};
    struct feed feed;
    SHA256_CTX context;
    size_t length;

    if (key.len > BLOCK) {
        sha256_parts(&key, 1, hashed);
        key = bytes_of(hashed, sizeof hashed);
    }
    hmac_pads(key, feed.buffer, outer);
    feed.used = feed.total = BLOCK;
    sha256_start(&context);
    length = feed_parts(&feed, &context, absorb_sha256, true, parts, count);
    crypto_count(crypto, CRYPTO_HMAC_SHA256, length);
    sha256_digest(&context, outer + BLOCK);
    sha256_start(&context);
    SHA256_Update(&context, outer, sizeof outer);
    sha256_digest(&context, mac);
}

INLINE void md5_start(MD5_CTX *context)
{
    context->A = 0x67452301;
    context->B = 0xefcdab89;
    context->C = 0x98badcfe;
    context->D = 0x10325476;
    context->Nl = context->Nh = 0;
    context->num = 0;
}

_Static_assert(offsetof(MD5_CTX, A) == 0 && offsetof(MD5_CTX, D) == 12 && sizeof(MD5_LONG) == 4,
               "the state stands at the beginning of an MD5_CTX, word by word");

void md5(struct crypto *crypto, const struct bytes *parts, unsigned count, uint8_t digest[16])
{
    struct feed feed;
    MD5_CTX context;

    feed.used = 0;
    feed.total = 0;
    md5_start(&context);
    crypto_count(crypto, CRYPTO_MD5, feed_parts(&feed, &context, absorb_md5, false, parts, count));
    memcpy(digest, &context, 16);
}

void md5_padded(struct crypto *crypto, uint8_t *text, size_t len, uint8_t digest[16])
{
    const uint64_t bits = (uint64_t)len * 8;
    size_t end = (len + 1 + sizeof bits + BLOCK - 1) & ~(size_t)(BLOCK - 1);
    MD5_CTX context;

    crypto_count(crypto, CRYPTO_MD5, len);
    text[len] = 0x80;
    memset(text + len + 1, 0, BLOCK);
    memcpy(text + end - sizeof bits, &bits, sizeof bits);
    md5_start(&context);
    MD5_Update(&context, text, end);
    memcpy(digest, &context, 16);
}

void sha256(struct crypto *crypto, const struct bytes *parts, unsigned count, uint8_t digest[32])
{
    crypto_count(crypto, CRYPTO_SHA256, sha256_parts(parts, count, digest));
}
