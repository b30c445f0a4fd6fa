/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Milenage against the 20 sets of TS 35.208, through every function that computes a part of them. */
#include "models/crypto/milenage.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

#define SETS 20

static struct crypto *crypto;
static GKeyFile *file;

struct set {
    char name[16];
    struct bytes k, opc, op, rand, amf;
    uint64_t sqn;
};

static void assert_value(const struct set *set, const char *key, const void *got, size_t len)
{
    g_test_message("[%s] %s", set->name, key);
    assert_bytes(bytes_of(got, len), vector_hex(file, set->name, key));
}

static struct set set_open(unsigned number)
{
    struct set set = {.sqn = 0};
    struct bytes sqn;

    g_snprintf(set.name, sizeof set.name, "set %u", number);
    set.k = vector_hex(file, set.name, "k");
    set.op = vector_hex(file, set.name, "op");
    set.opc = vector_hex(file, set.name, "opc");
    set.rand = vector_hex(file, set.name, "rand");
    set.amf = vector_hex(file, set.name, "amf");
    sqn = vector_hex(file, set.name, "sqn");
    for (size_t i = 0; i < sqn.len; i++)
        set.sqn = set.sqn << 8 | sqn.at[i];
    return set;
}

static void assert_f2345(const struct set *set, const struct milenage_vector *got)
{
    assert_value(set, "f2", got->res, sizeof got->res);
    assert_value(set, "f3", got->ck, sizeof got->ck);
    assert_value(set, "f4", got->ik, sizeof got->ik);
    assert_value(set, "f5", got->ak, sizeof got->ak);
}

static void check_all(const struct set *set)
{
    struct milenage_vector got;
    uint8_t out[16];

    milenage_opc(crypto, set->k.at, set->op.at, out);
    assert_value(set, "opc", out, 16);
    milenage_all(crypto, set->k.at, set->opc.at, set->rand.at, set->sqn, set->amf.at, &got);
    assert_f2345(set, &got);
    assert_value(set, "f1", got.mac_a, 8);
    assert_value(set, "f1star", got.mac_s, 8);
    milenage_autn(set->sqn, got.ak, set->amf.at, got.mac_a, out);
    assert_value(set, "autn", out, 16);
}

static void check_parts(const struct set *set)
{
    struct milenage_vector got;
    uint8_t mac_a[8], mac_s[8], ks[32], ak_star[6];

    memset(&got, 0x5a, sizeof got);
    milenage_f2345(crypto, set->k.at, set->opc.at, set->rand.at, &got);
    assert_f2345(set, &got);
    g_assert_cmphex(got.mac_a[0], ==, 0x5a);
    g_assert_cmphex(got.mac_s[7], ==, 0x5a);
    milenage_f1(crypto, set->k.at, set->opc.at, set->rand.at, set->sqn, set->amf.at, mac_a, mac_s);
    assert_value(set, "f1", mac_a, 8);
    assert_value(set, "f1star", mac_s, 8);
    milenage_ck_ik(crypto, set->k.at, set->opc.at, set->rand.at, ks, ks + 16);
    assert_value(set, "ks", ks, 32);
    milenage_f5_star(crypto, set->k.at, set->opc.at, set->rand.at, ak_star);
    assert_value(set, "f5star", ak_star, 6);
}

/* AUTS there and back; every bit of MAC-S, and of the concealed SQN, counts. */
static void check_auts(const struct set *set)
{
    uint8_t auts[14];
    uint64_t sqn = 0;

    milenage_auts(crypto, set->k.at, set->opc.at, set->rand.at, set->sqn, auts);
    assert_value(set, "auts", auts, 14);
    g_assert_true(milenage_auts_open(crypto, set->k.at, set->opc.at, set->rand.at, auts, &sqn));
    g_assert_cmphex(sqn, ==, set->sqn);
    for (unsigned bit = 0; bit < 14 * 8; bit++) {
        sqn = 0x1234;
        auts[bit / 8] ^= (uint8_t)(1 << bit % 8);
        g_assert_false(milenage_auts_open(crypto, set->k.at, set->opc.at, set->rand.at, auts, &sqn));
        g_assert_cmphex(sqn, ==, 0x1234);
        auts[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    g_assert_true(milenage_auts_open(crypto, set->k.at, set->opc.at, set->rand.at, auts, &sqn));
}

static void each_set(void (*check)(const struct set *))
{
    for (unsigned number = 1; number <= SETS; number++) {
        struct set set = set_open(number);

        check(&set);
    }
}

static void test_all(void)
{
    each_set(check_all);
}

static void test_parts(void)
{
    each_set(check_parts);
}

static void test_auts(void)
{
    each_set(check_auts);
}

/* A vector costs one key and five blocks; what follows for the same subscriber costs no further key. */
static void test_cost(void)
{
    struct set set = set_open(3);
    struct crypto *own = crypto_new();
    const struct crypto_counts *counts = crypto_counts(own);
    struct milenage_vector got;
    uint8_t auts[14];

    milenage_all(own, set.k.at, set.opc.at, set.rand.at, set.sqn, set.amf.at, &got);
    g_assert_cmpuint(counts->calls[CRYPTO_AES_KEY], ==, 1);
    g_assert_cmpuint(counts->bytes[CRYPTO_AES_BLOCKS], ==, 5 * 16);
    milenage_auts(own, set.k.at, set.opc.at, set.rand.at, set.sqn, auts);
    g_assert_cmpuint(counts->calls[CRYPTO_AES_KEY], ==, 1);
    g_assert_cmpuint(counts->bytes[CRYPTO_AES_BLOCKS], ==, 8 * 16);
    crypto_free(own);
}

int main(int argc, char **argv)
{
    int failed;

    tap_init(argc, argv);
    crypto = crypto_new();
    file = vectors_open("milenage_35208.ini");
    g_test_add_func("/milenage/ts35208/all", test_all);
    g_test_add_func("/milenage/ts35208/parts", test_parts);
    g_test_add_func("/milenage/auts", test_auts);
    g_test_add_func("/milenage/cost", test_cost);
    failed = g_test_run();
    g_key_file_free(file);
    crypto_free(crypto);
    return failed;
}
