/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
#include "tests/bench/crypto_lanes.h"
#include "models/crypto/aes_unit.h"
#include "models/crypto/lanes_aes.h"
#include "models/crypto/lanes_gba.h"
#include "models/crypto/lanes_mikey.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SETS     16 /* of inputs, taken in turns */
#define SLICES   15
#define SLICE_NS 1000000.0

/* Inputs and outputs of a group of LANES lanes. */
struct lane_set {
    uint8_t text[LANES][320], key[LANES][32], out[LANES][64];
    struct bytes messages[LANES];
    const uint8_t *keys[LANES];
    uint8_t *outs[LANES];
    struct mikey_keys mikey[LANES], *mikeys[LANES];
    uint32_t csb_ids[LANES];
    uint64_t tss[LANES];
    struct lanes_hmac_sha1 prepared;
};

struct lane_bench {
    struct crypto *crypto;
    unsigned count;
    struct lane_set *sets;
};

typedef void lane_run(struct crypto *crypto, unsigned count, struct lane_set *set);

static void run_lanes_hmac_sha1_key(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_hmac_sha1_prepare(crypto, count, set->keys, 32, &set->prepared);
}

static void run_lanes_hmac_sha1(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_hmac_sha1(crypto, &set->prepared, count, set->messages, set->outs);
}

static void run_lanes_hmac_sha1_once(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_hmac_sha1_once(crypto, count, set->keys, 20, set->messages, set->outs);
}

static void run_lanes_hmac_sha256(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_hmac_sha256(crypto, count, set->keys, 32, set->messages, set->outs);
}

static void run_lanes_md5(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_md5(crypto, count, set->messages, set->outs);
}

static void run_lanes_auth_key(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_mikey_keys(crypto, count, set->keys, set->csb_ids, set->keys, true, set->mikeys);
}

static void run_lanes_mikey_keys(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_mikey_keys(crypto, count, set->keys, set->csb_ids, set->keys, false, set->mikeys);
}

static void run_lanes_mikey_crypt(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_mikey_crypt(crypto, count, (const struct mikey_keys *const *)set->mikeys, set->csb_ids, set->tss,
                      set->messages, set->outs);
}

static void run_lanes_ck_ik(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_milenage_ck_ik(crypto, count, set->keys, set->keys, set->keys, set->outs);
}

static void run_lanes_ks_naf(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_gba_ks_naf(crypto, count, set->keys, set->keys, set->messages, bytes_of(set->text[0], 43),
                     set->outs);
}

static void run_lanes_mrk(struct crypto *crypto, unsigned count, struct lane_set *set)
{
    lanes_mbms_mrk(crypto, count, set->keys, set->outs);
}

static const struct lane_line {
    const char *what;
    size_t bytes;
    lane_run *run;
} lane_lines[] = {
    {"lanes_hmac_sha1_key_32", 0, run_lanes_hmac_sha1_key},
    {"lanes_hmac_sha1_45", 45, run_lanes_hmac_sha1},
    {"lanes_hmac_sha1_once_162", 162, run_lanes_hmac_sha1_once},
    {"lanes_hmac_sha256_124", 124, run_lanes_hmac_sha256},
    {"lanes_hmac_sha256_11", 11, run_lanes_hmac_sha256},
    {"lanes_md5_32", 32, run_lanes_md5},
    {"lanes_md5_150", 150, run_lanes_md5},
    {"lanes_gba_ks_naf", 49, run_lanes_ks_naf},
    {"lanes_mbms_mrk", 0, run_lanes_mrk},
    {"lanes_mikey_auth_key", 0, run_lanes_auth_key},
    {"lanes_mikey_keys", 0, run_lanes_mikey_keys},
};

/* What has but two units: OpenSSL's EVP one after another, and the processor. */
static const struct lane_line lane_aes_lines[] = {
    {"lanes_mikey_crypt_26", 26, run_lanes_mikey_crypt},
    {"lanes_milenage_ck_ik", 0, run_lanes_ck_ik},
};

static double lane_cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double lane_time(struct lane_bench *bench, const struct lane_line *line, unsigned calls)
{
    const double start = lane_cpu_ns();

    for (unsigned i = 0; i < calls; i++)
        line->run(bench->crypto, bench->count, bench->sets + i % SETS);
    return lane_cpu_ns() - start;
}

static int lane_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of one call with `count` lanes: the median of slices. */
static double lane_ns(struct lane_bench *bench, const struct lane_line *line, unsigned count)
{
    unsigned calls = 64;
    double slices[SLICES];

    bench->count = count;
    for (unsigned set = 0; set < SETS; set++)
        for (unsigned lane = 0; lane < LANES; lane++)
            bench->sets[set].messages[lane].len = line->bytes;
    while (lane_time(bench, line, calls) < SLICE_NS / 2)
        calls *= 2;
    for (unsigned i = 0; i < SLICES; i++)
        slices[i] = lane_time(bench, line, calls) / calls;
    qsort(slices, SLICES, sizeof *slices, lane_compare);
    return slices[SLICES / 2];
}

static void lane_sets_fill(struct lane_bench *bench)
{
    bench->sets = aligned_alloc(64, SETS * sizeof *bench->sets);
    g_assert_nonnull(bench->sets);
    memset(bench->sets, 0, SETS * sizeof *bench->sets);
    for (unsigned i = 0; i < SETS; i++)
        for (unsigned lane = 0; lane < LANES; lane++) {
            struct lane_set *set = bench->sets + i;

            for (unsigned at = 0; at < sizeof set->text[lane]; at++)
                set->text[lane][at] = (uint8_t)(at * 37 + lane * 11 + i);
            for (unsigned at = 0; at < sizeof set->key[lane]; at++)
                set->key[lane][at] = (uint8_t)(at * 131 + lane * 7 + i);
            set->messages[lane] = bytes_of(set->text[lane], 0);
            set->keys[lane] = set->key[lane];
            set->outs[lane] = set->out[lane];
            set->mikeys[lane] = set->mikey + lane;
        }
}

static void lane_print(struct lane_bench *bench, const struct lane_line *line)
{
    static const char *const names[] = {"scalar", "avx2", "avx512"};
    double scalar[LANES + 1];

    lanes_use_always(bench->crypto, LANES_SCALAR);
    for (unsigned count = 1; count <= LANES; count++)
        scalar[count] = lane_ns(bench, line, count);
    printf("%s_scalar,%.1f,ns\n", line->what, scalar[LANES] / LANES);
    for (enum lanes_unit unit = LANES_AVX2; unit <= lanes_best(); unit++) {
        unsigned from = LANES;

        lanes_use_always(bench->crypto, unit);
        printf("%s_%s,%.1f,ns\n", line->what, names[unit], lane_ns(bench, line, LANES) / LANES);
        while (from > 0 && lane_ns(bench, line, from) < scalar[from])
            from--;
        printf("%s_%s_from,%u,lanes\n", line->what, names[unit], from < LANES ? from + 1 : 0);
    }
}

static void lane_print_aes(struct lane_bench *bench, const struct aes_unit *unit, const char *name)
{
    struct crypto *kept = bench->crypto;

    bench->crypto = crypto_new_on(unit);
    for (unsigned i = 0; i < G_N_ELEMENTS(lane_aes_lines); i++)
        printf("%s_%s,%.1f,ns\n", lane_aes_lines[i].what, name,
               lane_ns(bench, lane_aes_lines + i, LANES) / LANES);
    crypto_free(bench->crypto);
    bench->crypto = kept;
}

void crypto_lanes_print(void)
{
    struct lane_bench bench = {.crypto = crypto_new()};

    lane_sets_fill(&bench);
    for (unsigned i = 0; i < G_N_ELEMENTS(lane_lines); i++)
        lane_print(&bench, lane_lines + i);
    lane_print_aes(&bench, &aes_evp, "evp");
    lane_print_aes(&bench, aes_best(), "best");
    free(bench.sets);
    crypto_free(bench.crypto);
}
