/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Child processes: how they end, and what they are told to have ended by. */
#include "sim/study/jobs.h"
#include "tests/unit/tap.h"

static void on_ended(void *user, void *job, const char *reason, const char *said)
{
    char **out = user;

    (void)job;
    (void)said;
    g_assert_null(*out);
    *out = g_strdup(reason ? reason : "well");
}

/* How a shell script ends; g_free. */
static char *end_of(const char *script, const struct jobs_limits *limits)
{
    char *words[] = {(char *)"/bin/sh", (char *)"-c", (char *)script, NULL};
    char *scratch = g_build_filename(g_get_tmp_dir(), "test-study-jobs-XXXXXX", NULL), *reason = NULL;
    int file = g_mkstemp(scratch);
    struct jobs *jobs = jobs_new(limits, on_ended, &reason);

    g_assert_cmpint(file, >=, 0);
    g_close(file, NULL);
    jobs_add(jobs, words, scratch, NULL);
    g_assert_true(jobs_run(jobs));
    jobs_free(jobs);
    g_assert_false(g_file_test(scratch, G_FILE_TEST_EXISTS));
    g_free(scratch);
    return reason;
}

static void expect_end(const char *script, const struct jobs_limits *limits, const char *expected)
{
    char *reason = end_of(script, limits);

    g_assert_cmpstr(reason, ==, expected);
    g_free(reason);
}

static void test_reasons(void)
{
    const struct jobs_limits none = {.at_a_time = 1}, late = {.at_a_time = 1, .timeout_ns = 200000000};

    expect_end("exit 0", &none, "well");
    expect_end("exit 3", &none, "exit 3");
    expect_end("kill -KILL $$", &none, "killed by signal 9");
    expect_end("sleep 60", &late, "timeout 0.2s");
}

/* Each library, and our kernel, has words of its own for it. */
static void test_memory(void)
{
    const struct jobs_limits limits = {
        .at_a_time = 1, .memory_bytes = INT64_C(1) << 46, .memory_text = "64TiB"};
    const struct jobs_limits none = {.at_a_time = 1};

    expect_end("echo 'kernel: no memory for 4194304 bytes of events' >&2; kill -TRAP $$", &limits,
               "memory 64TiB");
    expect_end("echo 'gmem.c:136: failed to allocate 24 bytes' >&2; kill -TRAP $$", &limits, "memory 64TiB");
    expect_end("echo 'no memory of it' >&2; kill -TRAP $$", &limits, "killed by signal 5");
    expect_end("echo 'kernel: no memory for 8 bytes of events' >&2; kill -TRAP $$", &none,
               "killed by signal 5");
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/jobs/reasons", test_reasons);
    g_test_add_func("/study/jobs/memory", test_memory);
    return g_test_run();
}
