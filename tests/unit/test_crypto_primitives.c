/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The primitives against published vectors, and against OpenSSL's EVP one-shot functions on inputs of
 * every length that a message of ours has, cut into parts at random; AES by the processor and by OpenSSL. */
#include "models/crypto/aes_unit.h"
#include "tests/tap/tap.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define LENGTH_MAX 300

static struct crypto *crypto;
static const struct aes_unit *unit; /* of `crypto` */

static GBytes *from_hex(const char *hex)
{
    size_t len = strlen(hex) / 2;
    uint8_t *bytes = g_malloc(len + 1);

    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    return g_bytes_new_take(bytes, len);
}

static struct bytes view(GBytes *bytes)
{
    size_t len;
    const void *at = g_bytes_get_data(bytes, &len);

    return bytes_of(at, len);
}

static void assert_hex(const uint8_t *got, size_t len, const char *expected_hex)
{
    GBytes *expected = from_hex(expected_hex);

    g_assert_cmpmem(got, len, view(expected).at, view(expected).len);
    g_bytes_unref(expected);
}

/* Key or message of a published case: a text, or if it has none `repeat` times the byte `fill`. */
struct input {
    const char *text;
    uint8_t fill;
    unsigned repeat;
    bool counting; /* 01 02 03 ... */
};

static struct bytes input_bytes(const struct input *input, uint8_t *buffer)
{
    if (input->text != NULL)
        return bytes_text(input->text);
    for (unsigned i = 0; i < input->repeat; i++)
        buffer[i] = input->counting ? (uint8_t)(i + 1) : input->fill;
    return bytes_of(buffer, input->repeat);
}

struct hmac_case {
    struct input key, message;
    const char *mac;
};

/* RFC 2202 §3, cases 1-7. */
static const struct hmac_case hmac_sha1_cases[] = {
    {{.fill = 0x0b, .repeat = 20}, {.text = "Hi There"}, "b617318655057264e28bc0b6fb378c8ef146be00"},
    {{.text = "Jefe"}, {.text = "what do ya want for nothing?"}, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {{.fill = 0xaa, .repeat = 20}, {.fill = 0xdd, .repeat = 50}, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
    {{.counting = true, .repeat = 25},
     {.fill = 0xcd, .repeat = 50},
     "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
    {{.fill = 0x0c, .repeat = 20},
     {.text = "Test With Truncation"},
     "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
    {{.fill = 0xaa, .repeat = 80},
     {.text = "Test Using Larger Than Block-Size Key - Hash Key First"},
     "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
    {{.fill = 0xaa, .repeat = 80},
     {.text = "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"},
     "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
};

/* RFC 4231 §4.2-4.8, cases 1-7 (of case 5 the RFC gives the first 16 bytes). */
static const struct hmac_case hmac_sha256_cases[] = {
    {{.fill = 0x0b, .repeat = 20},
     {.text = "Hi There"},
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {{.text = "Jefe"},
     {.text = "what do ya want for nothing?"},
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {{.fill = 0xaa, .repeat = 20},
     {.fill = 0xdd, .repeat = 50},
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {{.counting = true, .repeat = 25},
     {.fill = 0xcd, .repeat = 50},
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {{.fill = 0x0c, .repeat = 20}, {.text = "Test With Truncation"}, "a3b6167473100ee06e0c796c2955552b"},
    {{.fill = 0xaa, .repeat = 131},
     {.text = "Test Using Larger Than Block-Size Key - Hash Key First"},
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {{.fill = 0xaa, .repeat = 131},
     {.text = "This is a test using a larger than block-size key and a larger than block-size data. The key "
              "needs to be hashed before being used by the HMAC algorithm."},
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

static void test_hmac_sha1_published(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(hmac_sha1_cases); i++) {
        uint8_t key_bytes[256], message_bytes[256], mac[20];
        const struct bytes key = input_bytes(&hmac_sha1_cases[i].key, key_bytes);
        const struct bytes message = input_bytes(&hmac_sha1_cases[i].message, message_bytes);
        struct hmac_sha1_key prepared;

        hmac_sha1_prepare(crypto, key, &prepared);
        hmac_sha1(crypto, &prepared, &message, 1, mac);
        assert_hex(mac, 20, hmac_sha1_cases[i].mac);
        memset(mac, 0, sizeof mac);
        hmac_sha1_once(crypto, key, &message, 1, mac);
        assert_hex(mac, 20, hmac_sha1_cases[i].mac);
    }
}

static void test_hmac_sha256_published(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(hmac_sha256_cases); i++) {
        uint8_t key_bytes[256], message_bytes[256], mac[32];
        const struct bytes key = input_bytes(&hmac_sha256_cases[i].key, key_bytes);
        const struct bytes message = input_bytes(&hmac_sha256_cases[i].message, message_bytes);

        hmac_sha256(crypto, key, &message, 1, mac);
        assert_hex(mac, strlen(hmac_sha256_cases[i].mac) / 2, hmac_sha256_cases[i].mac);
    }
}

/* RFC 1321 §A.5 and FIPS 180-2 Appendix B. */
static void test_hashes_published(void)
{
    const struct bytes abc = bytes_text("abc"), nothing = bytes_of(NULL, 0);
    const struct bytes alphabet[2] = {bytes_text("abcdefghijklm"), bytes_text("nopqrstuvwxyz")};
    const struct bytes two_blocks = bytes_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    uint8_t digest[32];

    md5(crypto, &nothing, 1, digest);
    assert_hex(digest, 16, "d41d8cd98f00b204e9800998ecf8427e");
    md5(crypto, NULL, 0, digest);
    assert_hex(digest, 16, "d41d8cd98f00b204e9800998ecf8427e");
    md5(crypto, &abc, 1, digest);
    assert_hex(digest, 16, "900150983cd24fb0d6963f7d28e17f72");
    md5(crypto, alphabet, 2, digest);
    assert_hex(digest, 16, "c3fcd3d76192e4007dfb496cca67e13b");
    sha256(crypto, &abc, 1, digest);
    assert_hex(digest, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256(crypto, &two_blocks, 1, digest);
    assert_hex(digest, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* FIPS 197 Appendix C.1; SP 800-38A F.1.1, F.1.2 (ECB) and F.5.1 (CTR). */
#define SP_KEY "2b7e151628aed2a6abf7158809cf4f3c"
#define SP_PLAIN                                                                                             \
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"                                       \
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define SP_ECB                                                                                               \
    "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"                                       \
    "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"
#define SP_CTR                                                                                               \
    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"                                       \
    "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"

static void test_aes_block_published(void)
{
    GBytes *fips_key = from_hex("000102030405060708090a0b0c0d0e0f");
    GBytes *fips_plain = from_hex("00112233445566778899aabbccddeeff");
    GBytes *key = from_hex(SP_KEY), *plain = from_hex(SP_PLAIN), *ecb = from_hex(SP_ECB);
    struct crypto_cipher *cipher = crypto_cipher_new_on(unit, view(key).at);
    uint8_t out[64], back[16];

    aes128_key(crypto, view(fips_key).at);
    aes128_blocks(crypto, view(fips_plain).at, out, 1);
    assert_hex(out, 16, "69c4e0d86a7b0430d8cdb78070b4c55a");
    aes128_key(crypto, view(key).at);
    aes128_blocks(crypto, view(plain).at, out, 4);
    assert_hex(out, 64, SP_ECB);
    memcpy(out, view(plain).at, 64);
    aes128_blocks(crypto, out, out, 3);
    g_assert_cmpmem(out, 48, view(ecb).at, 48);
    for (unsigned i = 0; i < 4; i++) {
        crypto_cipher_encrypt(crypto, cipher, view(plain).at + 16 * i, out);
        g_assert_cmpmem(out, 16, view(ecb).at + 16 * i, 16);
        crypto_cipher_decrypt(crypto, cipher, out, back);
        g_assert_cmpmem(back, 16, view(plain).at + 16 * i, 16);
    }
    crypto_cipher_free(cipher);
    g_bytes_unref(fips_key);
    g_bytes_unref(fips_plain);
    g_bytes_unref(key);
    g_bytes_unref(plain);
    g_bytes_unref(ecb);
}

static void test_aes_ctr_published(void)
{
    GBytes *key = from_hex(SP_KEY), *plain = from_hex(SP_PLAIN);
    GBytes *iv = from_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    uint8_t out[64];

    aes128_ctr(crypto, view(key).at, view(iv).at, view(plain).at, out, 64);
    assert_hex(out, 64, SP_CTR);
    aes128_ctr(crypto, view(key).at, view(iv).at, out, out, 64);
    g_assert_cmpmem(out, 64, view(plain).at, 64);
    g_bytes_unref(key);
    g_bytes_unref(plain);
    g_bytes_unref(iv);
}

static void fill_random(GRand *rand, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)g_rand_int(rand);
}

/* Cuts a message into up to 6 parts, empty ones among them. */
static unsigned cut(GRand *rand, struct bytes message, struct bytes parts[6])
{
    unsigned count = 0;

    while (count < 5) {
        size_t run = (size_t)g_rand_int_range(rand, 0, (int)message.len + 1);

        parts[count++] = bytes_of(message.at, run);
        message.at += run;
        message.len -= run;
    }
    parts[count++] = message;
    return count;
}

static void compare_hashes(GRand *rand, struct bytes message, struct bytes key)
{
    struct bytes parts[6];
    unsigned count = cut(rand, message, parts), len;
    struct hmac_sha1_key prepared;
    uint8_t got[32], expected[EVP_MAX_MD_SIZE];

    md5(crypto, parts, count, got);
    g_assert_cmpint(EVP_Digest(message.at, message.len, expected, &len, EVP_md5(), NULL), ==, 1);
    g_assert_cmpmem(got, 16, expected, len);
    sha256(crypto, parts, count, got);
    g_assert_cmpint(EVP_Digest(message.at, message.len, expected, &len, EVP_sha256(), NULL), ==, 1);
    g_assert_cmpmem(got, 32, expected, len);
    g_assert_nonnull(HMAC(EVP_sha256(), key.at, (int)key.len, message.at, message.len, expected, &len));
    hmac_sha256(crypto, key, parts, count, got);
    g_assert_cmpmem(got, 32, expected, len);
    g_assert_nonnull(HMAC(EVP_sha1(), key.at, (int)key.len, message.at, message.len, expected, &len));
    hmac_sha1_prepare(crypto, key, &prepared);
    hmac_sha1(crypto, &prepared, parts, count, got);
    g_assert_cmpmem(got, 20, expected, len);
    hmac_sha1_once(crypto, key, parts, count, got);
    g_assert_cmpmem(got, 20, expected, len);
}

static void compare_ctr(GRand *rand, struct bytes message)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t key[16], iv[16], *expected = g_malloc(message.len + 16), *got = g_malloc(message.len + 16);
    int len = 0;

    fill_random(rand, key, 16);
    fill_random(rand, iv, 16);
    /* The carry has to run through every byte now and then. */
    memset(iv + g_rand_int_range(rand, 0, 16), 0xff, 1);
    if (g_rand_boolean(rand)) {
        int from = g_rand_int_range(rand, 0, 16);

        memset(iv + from, 0xff, (size_t)(16 - from));
    }
    g_assert_cmpint(EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), NULL, key, iv), ==, 1);
    g_assert_cmpint(EVP_EncryptUpdate(context, expected, &len, message.at, (int)message.len), ==, 1);
    aes128_ctr(crypto, key, iv, message.at, got, message.len);
    g_assert_cmpmem(got, message.len, expected, len);
    EVP_CIPHER_CTX_free(context);
    g_free(expected);
    g_free(got);
}

static void compare_blocks(GRand *rand, struct bytes message)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned blocks = (unsigned)(message.len / 16);
    uint8_t key[16], *expected = g_malloc(message.len + 16), *got = g_malloc(message.len + 16);
    int len = 0;

    fill_random(rand, key, 16);
    g_assert_cmpint(EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), NULL, key, NULL), ==, 1);
    g_assert_cmpint(EVP_EncryptUpdate(context, expected, &len, message.at, (int)(16 * blocks)), ==, 1);
    aes128_key(crypto, key);
    aes128_blocks(crypto, message.at, got, blocks);
    g_assert_cmpmem(got, 16 * (size_t)blocks, expected, len);
    EVP_CIPHER_CTX_free(context);
    g_free(expected);
    g_free(got);
}

static void test_every_length(void)
{
    GRand *rand = g_rand_new_with_seed(33246);
    uint8_t message[4 * 1024], key[LENGTH_MAX];
    static const size_t longer[] = {511,  512,  575,  576,  959,  960,  1014, 1015, 1016,
                                    1017, 1023, 1024, 1025, 1087, 1088, 1089, 2048, 4000};

    for (size_t len = 0; len <= LENGTH_MAX; len++) {
        fill_random(rand, message, len);
        fill_random(rand, key, sizeof key);
        compare_hashes(rand, bytes_of(message, len), bytes_of(key, len % 130));
        compare_ctr(rand, bytes_of(message, len));
        compare_blocks(rand, bytes_of(message, len));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(longer); i++) {
        fill_random(rand, message, longer[i]);
        fill_random(rand, key, sizeof key);
        compare_hashes(rand, bytes_of(message, longer[i]), bytes_of(key, 20 + i));
        compare_ctr(rand, bytes_of(message, longer[i]));
    }
    g_rand_free(rand);
}

/* Setting the same key again is free, and a key set by aes128_ctr() is not taken for the one before it. */
static void test_aes_key_kept(void)
{
    struct crypto *own = crypto_new_on(unit);
    const struct crypto_counts *counts = crypto_counts(own);
    static const uint8_t zero[16], one[16] = {1};
    uint8_t before[16], after[16], stream[16];

    aes128_key(own, one);
    aes128_blocks(own, zero, before, 1);
    aes128_key(own, one);
    g_assert_cmpuint(counts->calls[CRYPTO_AES_KEY], ==, 1);
    aes128_ctr(own, zero, zero, zero, stream, 16);
    aes128_key(own, one);
    aes128_blocks(own, zero, after, 1);
    g_assert_cmpuint(counts->calls[CRYPTO_AES_KEY], ==, 2);
    g_assert_cmpmem(before, 16, after, 16);
    aes128_key(own, zero);
    aes128_blocks(own, zero, after, 1);
    g_assert_cmpmem(stream, 16, after, 16);
    crypto_free(own);
}

static void test_counts(void)
{
    struct crypto *own = crypto_new();
    const struct crypto_counts *counts = crypto_counts(own);
    const struct bytes parts[2] = {bytes_text("abc"), bytes_text("de")};
    struct crypto_cipher *cipher = crypto_cipher_new((const uint8_t *)"0123456789abcdef");
    struct hmac_sha1_key key;
    uint8_t out[32];

    for (unsigned i = 0; i < CRYPTO_OPERATIONS; i++) {
        g_assert_cmpuint(counts->calls[i], ==, 0);
        g_assert_nonnull(crypto_operation_names[i]);
    }
    hmac_sha1_prepare(own, parts[0], &key);
    hmac_sha1(own, &key, parts, 2, out);
    hmac_sha1(own, &key, parts, 1, out);
    hmac_sha1_once(own, parts[0], parts, 2, out);
    hmac_sha256(own, parts[0], parts, 2, out);
    md5(own, parts, 2, out);
    sha256(own, parts, 2, out);
    g_assert_cmpuint(counts->calls[CRYPTO_HMAC_SHA1_KEY], ==, 1);
    g_assert_cmpuint(counts->calls[CRYPTO_HMAC_SHA1], ==, 2);
    g_assert_cmpuint(counts->bytes[CRYPTO_HMAC_SHA1], ==, 8);
    g_assert_cmpuint(counts->calls[CRYPTO_HMAC_SHA1_ONCE], ==, 1);
    g_assert_cmpuint(counts->bytes[CRYPTO_HMAC_SHA1_ONCE], ==, 5);
    g_assert_cmpuint(counts->bytes[CRYPTO_HMAC_SHA256], ==, 5);
    g_assert_cmpuint(counts->bytes[CRYPTO_MD5], ==, 5);
    g_assert_cmpuint(counts->bytes[CRYPTO_SHA256], ==, 5);
    aes128_blocks(own, out, out, 2);
    aes128_ctr(own, out, out, out, out, 7);
    g_assert_cmpuint(counts->calls[CRYPTO_AES_BLOCKS], ==, 1);
    g_assert_cmpuint(counts->bytes[CRYPTO_AES_BLOCKS], ==, 32);
    g_assert_cmpuint(counts->calls[CRYPTO_AES_CTR], ==, 1);
    g_assert_cmpuint(counts->bytes[CRYPTO_AES_CTR], ==, 7);
    memset(out, 1, sizeof out);
    crypto_cipher_encrypt(own, cipher, out, out + 16);
    crypto_cipher_decrypt(own, cipher, out + 16, out + 16);
    g_assert_cmpmem(out, 16, out + 16, 16);
    g_assert_cmpuint(counts->calls[CRYPTO_AES_BLOCKS], ==, 3);
    crypto_cipher_free(cipher);
    crypto_free(own);
    crypto_free(NULL);
    crypto_cipher_free(NULL);
}

static void test_equal(void)
{
    g_assert_true(crypto_equal("abcd", "abcd", 4));
    g_assert_false(crypto_equal("abcd", "abce", 4));
    g_assert_false(crypto_equal("abcd", "bbcd", 4));
    g_assert_true(crypto_equal("abcd", "abce", 3));
    g_assert_true(crypto_equal("", "", 0));
    /* at every length a difference in any one byte shows, and what lies behind the end does not */
    for (size_t len = 0; len <= 40; len++) {
        uint8_t a[41] = {0}, b[41] = {0};

        b[len] = 1;
        g_assert_true(crypto_equal(a, b, len));
        for (size_t i = 0; i < len; i++) {
            b[i] = 0x80;
            g_assert_false(crypto_equal(a, b, len));
            b[i] = 0;
        }
    }
}

/* AES on processors without instructions for it. */
static void test_aes_evp(void)
{
    struct crypto *kept = crypto;

    unit = &aes_evp;
    crypto = crypto_new_on(unit);
    test_aes_block_published();
    test_aes_ctr_published();
    test_every_length();
    test_aes_key_kept();
    crypto_free(crypto);
    crypto = kept;
    unit = aes_best();
}

int main(int argc, char **argv)
{
    int failed;

    tap_init(argc, argv);
    crypto = crypto_new();
    unit = aes_best();
    g_test_add_func("/crypto/hmac-sha1/rfc2202", test_hmac_sha1_published);
    g_test_add_func("/crypto/hmac-sha256/rfc4231", test_hmac_sha256_published);
    g_test_add_func("/crypto/hashes/rfc1321-fips180", test_hashes_published);
    g_test_add_func("/crypto/aes/block/fips197-sp800-38a", test_aes_block_published);
    g_test_add_func("/crypto/aes/ctr/sp800-38a", test_aes_ctr_published);
    g_test_add_func("/crypto/every-length", test_every_length);
    g_test_add_func("/crypto/aes/key-kept", test_aes_key_kept);
    g_test_add_func("/crypto/counts", test_counts);
    g_test_add_func("/crypto/equal", test_equal);
    g_test_add_func("/crypto/aes/evp", test_aes_evp);
    failed = g_test_run();
    crypto_free(crypto);
    return failed;
}
