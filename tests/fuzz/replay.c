/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Runs every fuzz target over its corpus and over mutations of it that are the same on every run, so that a
 * build without libFuzzer tests the decoders against damage too. */
#include "tests/fuzz/targets.h"
#include "tests/tap/tap.h"

#define MUTATIONS_PER_FILE 500
#define INPUT_BYTES_MAX    4096

static const struct target {
    const char *name;
    void (*run)(struct bytes in);
} targets[] = {{"mikey", fuzz_mikey}, {"http", fuzz_http}, {"digest", fuzz_digest},
               {"ub", fuzz_ub},       {"ua", fuzz_ua},     {"diameter", fuzz_diameter}};

/* splitmix64: a counter, hashed. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* One of: flip a bit, set a byte to a telling value, cut, repeat a stretch, delete a stretch. Returns the new
 * length. */
static size_t mutate(uint8_t *data, size_t len, uint64_t *state)
{
    static const uint8_t telling[] = {0,   1,   0x7f, 0x80, 0xff, '\r', '\n', '"',
                                      '<', '>', '&',  ',',  ':',  ' ',  '0',  '9'};
    uint64_t r = draw(state);
    size_t at = len > 0 ? (size_t)(r >> 8) % len : 0, span = (size_t)(r >> 40) % 16 + 1;

    if (len == 0)
        return 0;
    switch (r % 6) {
    case 0:
    case 1:
        data[at] ^= (uint8_t)(1U << (r >> 60 & 7));
        return len;
    case 2:
        data[at] = telling[(r >> 56) % sizeof telling];
        return len;
    case 3:
        return at;
    case 4:
        if (at + span > len || len + span > INPUT_BYTES_MAX)
            return len;
        memmove(data + at + span, data + at, len - at);
        return len + span;
    default:
        if (at + span > len)
            return len;
        memmove(data + at, data + at + span, len - at - span);
        return len - span;
    }
}

/* In a block of its own length, for AddressSanitizer. */
static void run_exact(const struct target *target, const uint8_t *data, size_t len)
{
    uint8_t *block = g_malloc(len + (len == 0));

    memcpy(block, data, len);
    target->run(bytes_of(block, len));
    g_free(block);
}

static void replay_file(const struct target *target, const char *path, uint64_t *state)
{
    GError *error = NULL;
    char *content;
    gsize len;

    g_file_get_contents(path, &content, &len, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(len, <=, INPUT_BYTES_MAX);
    run_exact(target, (const uint8_t *)content, len);
    for (unsigned i = 0; i < MUTATIONS_PER_FILE; i++) {
        uint8_t data[INPUT_BYTES_MAX];
        size_t size = len;
        unsigned times = (unsigned)(draw(state) % 4) + 1;

        memcpy(data, content, len);
        while (times-- > 0)
            size = mutate(data, size, state);
        run_exact(target, data, size);
    }
    g_free(content);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void replay(const void *data)
{
    const struct target *target = data;
    char *folder = g_build_filename(CORPUS_DIR, target->name, NULL);
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    GDir *dir = g_dir_open(folder, 0, &error);
    uint64_t state = 1;
    const char *name;

    g_assert_no_error(error);
    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
    g_dir_close(dir);
    g_assert_cmpuint(paths->len, >, 0);
    g_ptr_array_sort(paths, by_name);
    for (guint i = 0; i < paths->len; i++)
        replay_file(target, g_ptr_array_index(paths, i), &state);
    g_ptr_array_unref(paths);
    g_free(folder);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++) {
        char *path = g_strconcat("/fuzz/", targets[i].name, NULL);

        g_test_add_data_func(path, &targets[i], replay);
        g_free(path);
    }
    return g_test_run();
}
