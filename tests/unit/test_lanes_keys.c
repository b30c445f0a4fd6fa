/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of MIKEY and GBA, Milenage and AES-CM of many lanes against what the functions for one message give,
 * and against the vectors of these: on every unit, with every number of lanes; what is counted, too. */
#include "models/crypto/aes_unit.h"
#include "models/crypto/gba_keys.h"
#include "models/crypto/lanes_aes.h"
#include "models/crypto/lanes_gba.h"
#include "models/crypto/lanes_mikey.h"
#include "models/crypto/milenage.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

#define SETS 20 /* of TS 35.208 */

static struct crypto *lanes, *single; /* many lanes at once, and one after another */
static GRand *numbers;

/* Inputs and outputs that any of the functions can take. */
struct group {
    unsigned count;
    uint8_t secret[LANES][32], other[LANES][16], rand[LANES][16], texts[LANES][300];
    const uint8_t *secrets[LANES], *others[LANES], *rands[LANES];
    struct bytes messages[LANES];
    uint32_t csb_ids[LANES];
    uint64_t tss[LANES];
    uint8_t result[LANES][300], expected[LANES][300];
    uint8_t *results[LANES];
};

static void fill(void *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)out)[i] = (uint8_t)g_rand_int(numbers);
}

static void group_open(struct group *group, unsigned count, size_t longest)
{
    memset(group, 0, sizeof *group);
    group->count = count;
    fill(group->secret, sizeof group->secret);
    fill(group->other, sizeof group->other);
    fill(group->rand, sizeof group->rand);
    fill(group->texts, sizeof group->texts);
    fill(group->csb_ids, sizeof group->csb_ids);
    fill(group->tss, sizeof group->tss);
    for (unsigned i = 0; i < LANES; i++) {
        group->secrets[i] = group->secret[i];
        group->others[i] = group->other[i];
        group->rands[i] = group->rand[i];
        group->results[i] = group->result[i];
        group->messages[i] =
            bytes_of(group->texts[i], (size_t)g_rand_int_range(numbers, 0, (int)longest + 1));
    }
}

/* All results are what one after another gives, so none is written in lanes that are not used; and as much
 * was counted. */
static void group_close(struct group *group)
{
    g_assert_cmpmem(group->result, sizeof group->result, group->expected, sizeof group->expected);
    g_assert_cmpmem(crypto_counts(lanes), sizeof(struct crypto_counts), crypto_counts(single),
                    sizeof(struct crypto_counts));
}

/* Calls `test` for every number of lanes on every unit. */
static void each(void (*test)(unsigned count))
{
    for (unsigned aes = 0; aes < 2; aes++)
        for (enum lanes_unit unit = LANES_SCALAR; unit <= lanes_best(); unit++) {
            lanes = crypto_new_on(aes == 0 ? aes_best() : &aes_evp);
            single = crypto_new();
            lanes_use_always(single, LANES_SCALAR);
            for (unsigned round = 0; round < 2; round++) {
                if (round == 0)
                    lanes_use(lanes, unit);
                else
                    lanes_use_always(lanes, unit);
                for (unsigned count = 1; count <= LANES; count++)
                    test(count);
            }
            crypto_free(lanes);
            crypto_free(single);
        }
}

static void mikey_count(unsigned count)
{
    for (unsigned auth_only = 0; auth_only < 2; auth_only++) {
        struct mikey_keys *outs[LANES];
        struct group group;

        group_open(&group, count, 0);
        for (unsigned i = 0; i < count; i++) {
            const struct bytes psk = bytes_of(group.secret[i], 32), rand = bytes_of(group.rand[i], 16);

            outs[i] = (struct mikey_keys *)group.result[i];
            if (auth_only)
                mikey_auth_key(single, psk, group.csb_ids[i], rand, group.expected[i]);
            else
                mikey_keys(single, psk, group.csb_ids[i], rand, (struct mikey_keys *)group.expected[i]);
        }
        lanes_mikey_keys(lanes, count, group.secrets, group.csb_ids, group.rands, auth_only, outs);
        group_close(&group);
    }
}

static void test_mikey(void)
{
    each(mikey_count);
}

static void crypt_count(unsigned count)
{
    static const size_t longest[] = {32, 40};

    for (unsigned i = 0; i < G_N_ELEMENTS(longest); i++) {
        struct mikey_keys keys[LANES];
        const struct mikey_keys *places[LANES];
        struct group group;

        group_open(&group, count, longest[i]);
        fill(keys, sizeof keys);
        group.messages[count - 1].len = longest[i];
        for (unsigned lane = 0; lane < count; lane++) {
            places[lane] = keys + lane;
            mikey_crypt(single, keys + lane, group.csb_ids[lane], group.tss[lane], group.messages[lane].at,
                        group.expected[lane], group.messages[lane].len);
        }
        lanes_mikey_crypt(lanes, count, places, group.csb_ids, group.tss, group.messages, group.results);
        group_close(&group);
    }
}

static void test_crypt(void)
{
    each(crypt_count);
}

static void ck_ik_count(unsigned count)
{
    struct group group;

    group_open(&group, count, 0);
    for (unsigned i = 0; i < count; i++)
        milenage_ck_ik(single, group.secret[i], group.other[i], group.rand[i], group.expected[i],
                       group.expected[i] + 16);
    lanes_milenage_ck_ik(lanes, count, group.secrets, group.others, group.rands, group.results);
    group_close(&group);
}

static void test_ck_ik(void)
{
    each(ck_ik_count);
}

static void gba_count(unsigned count)
{
    static const size_t longest[] = {60, 180, 300};
    const struct bytes naf_id = bytes_text("naf.operator.example" GBA_UA_MBMS);

    for (unsigned i = 0; i < G_N_ELEMENTS(longest); i++) {
        struct group group;

        group_open(&group, count, longest[i]);
        for (unsigned lane = 0; lane < count; lane++)
            gba_ks_naf(single, group.secret[lane], group.rand[lane], group.messages[lane], naf_id,
                       group.expected[lane]);
        lanes_gba_ks_naf(lanes, count, group.secrets, group.rands, group.messages, naf_id, group.results);
        group_close(&group);
        for (unsigned lane = 0; lane < count; lane++)
            mbms_mrk(single, group.expected[lane], group.expected[lane]);
        lanes_mbms_mrk(lanes, count, (const uint8_t *const *)group.results, group.results);
        group_close(&group);
    }
}

static void test_gba(void)
{
    each(gba_count);
}

/* A published or computed set in lane `at`, amid others. */
static void vector_milenage(GKeyFile *file, unsigned at, const char *set)
{
    struct group group;

    group_open(&group, LANES, 0);
    group.secrets[at] = vector_hex(file, set, "k").at;
    group.others[at] = vector_hex(file, set, "opc").at;
    group.rands[at] = vector_hex(file, set, "rand").at;
    lanes_milenage_ck_ik(lanes, LANES, group.secrets, group.others, group.rands, group.results);
    assert_bytes(bytes_of(group.result[at], 32), vector_hex(file, set, "ks"));
}

static void vector_gba(GKeyFile *file, unsigned at)
{
    struct group group;

    group_open(&group, LANES, 50);
    group.secrets[at] = vector_hex(file, "gba", "ks").at;
    group.rands[at] = vector_hex(file, "gba", "rand").at;
    group.messages[at] = vector_text(file, "gba", "impi");
    lanes_gba_ks_naf(lanes, LANES, group.secrets, group.rands, group.messages,
                     vector_hex(file, "gba", "naf_id"), group.results);
    assert_bytes(bytes_of(group.result[at], 32), vector_hex(file, "gba", "muk_gba_me"));
    lanes_mbms_mrk(lanes, LANES, (const uint8_t *const *)group.results, group.results);
    assert_bytes(bytes_of(group.result[at], 32), vector_hex(file, "gba.mrk", "out"));
}

static void vector_mikey(GKeyFile *file, unsigned at)
{
    struct mikey_keys keys[LANES], *outs[LANES];
    const struct mikey_keys *places[LANES];
    struct group group;

    group_open(&group, LANES, 0);
    for (unsigned i = 0; i < LANES; i++)
        places[i] = outs[i] = keys + i;
    group.secrets[at] = vector_hex(file, "profile_inputs", "muk").at;
    group.rands[at] = vector_hex(file, "msk_push", "rand").at;
    group.csb_ids[at] = (uint32_t)vector_number(file, "profile_inputs", "csb_id");
    lanes_mikey_keys(lanes, LANES, group.secrets, group.csb_ids, group.rands, false, outs);
    assert_bytes(bytes_of(keys[at].auth, 20), vector_hex(file, "msk_push.keys", "auth"));
    assert_bytes(bytes_of(keys[at].encr, 16), vector_hex(file, "msk_push.keys", "enc"));
    assert_bytes(bytes_of(keys[at].salt, 14), vector_hex(file, "msk_push.keys", "salt"));
    group.tss[at] = vector_number(file, "msk_push", "ts_counter");
    group.messages[at] = vector_hex(file, "msk_push", "key_data_plain");
    lanes_mikey_crypt(lanes, LANES, places, group.csb_ids, group.tss, group.messages, group.results);
    assert_bytes(bytes_of(group.result[at], group.messages[at].len),
                 vector_hex(file, "msk_push", "encr_data"));
}

static void test_vectors(void)
{
    GKeyFile *milenage = vectors_open("milenage_35208.ini"), *gba = vectors_open("gba_ub_ua_computed.ini");
    GKeyFile *mikey = vectors_open("mikey_computed.ini");

    lanes = crypto_new();
    for (enum lanes_unit unit = LANES_SCALAR; unit <= lanes_best(); unit++) {
        lanes_use_always(lanes, unit);
        for (unsigned i = 0; i < SETS; i++) {
            char set[16];

            g_snprintf(set, sizeof set, "set %u", i + 1);
            vector_milenage(milenage, i % LANES, set);
        }
        for (unsigned at = 0; at < LANES; at++) {
            vector_gba(gba, at);
            vector_mikey(mikey, at);
        }
    }
    crypto_free(lanes);
    g_key_file_free(milenage);
    g_key_file_free(gba);
    g_key_file_free(mikey);
}

int main(int argc, char **argv)
{
    int failed;

    tap_init(argc, argv);
    numbers = g_rand_new_with_seed(33220);
    g_test_add_func("/lanes/mikey", test_mikey);
    g_test_add_func("/lanes/mikey/crypt", test_crypt);
    g_test_add_func("/lanes/milenage", test_ck_ik);
    g_test_add_func("/lanes/gba", test_gba);
    g_test_add_func("/lanes/vectors", test_vectors);
    failed = g_test_run();
    g_rand_free(numbers);
    return failed;
}
