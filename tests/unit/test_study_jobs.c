/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Child processes: how they end, and what is reported as the reason. */
#include "sim/study/folder.h"
#include "sim/study/jobs.h"
#include "tests/tap/tap.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

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
    char *reason = NULL;
    struct jobs *jobs = jobs_new(limits, on_ended, &reason);

    jobs_add(jobs, words, NULL);
    g_assert_true(jobs_run(jobs));
    jobs_free(jobs);
    return reason;
}

static void expect_end(const char *script, const struct jobs_limits *limits, const char *expected)
{
    char *reason = end_of(script, limits);

    g_assert_cmpstr(reason, ==, expected);
    g_free(reason);
}

static void keep_said(void *user, void *job, const char *reason, const char *said)
{
    (void)job;
    (void)reason;
    *(char **)user = g_strdup(said);
}

/* What it said last, and no more of it than a message can hold. */
static void test_said(void)
{
    const char *script = "yes no | head -n 50000 >&2; printf 'the \\377 end' >&2";
    char *words[] = {(char *)"/bin/sh", (char *)"-c", (char *)script, NULL}, *said = NULL;
    const struct jobs_limits limits = {.at_a_time = 1};
    struct jobs *jobs = jobs_new(&limits, keep_said, &said);

    jobs_add(jobs, words, NULL);
    g_assert_true(jobs_run(jobs));
    jobs_free(jobs);
    g_assert_true(g_str_has_suffix(said, "\nno\nthe \357\277\275 end"));
    g_assert_cmpuint(strlen(said), ==, 65536 + 2);
    g_free(said);
}

static void test_reasons(void)
{
    const struct jobs_limits none = {.at_a_time = 1}, late = {.at_a_time = 1, .timeout_ns = 200000000};

    expect_end("exit 0", &none, "well");
    expect_end("exit 3", &none, "exit 3");
    expect_end("kill -KILL $$", &none, "killed by signal 9");
    expect_end("sleep 60", &late, "timeout 0.2s");
    expect_end("trap '' TERM; sleep 0.6; exit 0", &late, "well");
    expect_end("trap '' TERM; sleep 0.6; exit 1", &late, "timeout 0.2s");
}

struct dropping {
    struct jobs *jobs;
    unsigned ended;
};

static void drop_rest(void *user, void *job, const char *reason, const char *said)
{
    struct dropping *dropping = user;

    (void)job;
    (void)said;
    g_assert_null(reason);
    dropping->ended++;
    jobs_drop(dropping->jobs);
}

/* Of five, two run when the rest is dropped: they go on to their end. */
static void test_drop(void)
{
    char *words[] = {(char *)"/bin/sh", (char *)"-c", (char *)"sleep 0.2", NULL};
    const struct jobs_limits limits = {.at_a_time = 2};
    struct dropping dropping = {.jobs = NULL};

    dropping.jobs = jobs_new(&limits, drop_rest, &dropping);
    for (unsigned i = 0; i < 5; i++)
        jobs_add(dropping.jobs, words, NULL);
    g_assert_true(jobs_run(dropping.jobs));
    g_assert_cmpuint(dropping.ended, ==, 2);
    jobs_free(dropping.jobs);
}

/* Each library, and our kernel, has its own words for it. */
static void test_memory(void)
{
    const struct jobs_limits limits = {
        .at_a_time = 1, .memory_bytes = INT64_C(1) << 46, .memory_text = "64TiB"};
    const struct jobs_limits none = {.at_a_time = 1};
    const struct jobs_limits tiny = {.at_a_time = 1, .memory_bytes = 1000000, .memory_text = "1MB"};

    expect_end("exit 1", &tiny, "memory 1MB"); /* the shell does not come so far */
    expect_end("kill -SEGV $$", &limits, "killed by signal 11");
    expect_end("echo 'kernel: no memory for 4194304 bytes of events' >&2; kill -TRAP $$", &limits,
               "memory 64TiB");
    expect_end("echo 'gmem.c:136: failed to allocate 24 bytes' >&2; kill -TRAP $$", &limits, "memory 64TiB");
    expect_end("echo 'no memory of it' >&2; kill -TRAP $$", &limits, "killed by signal 5");
    expect_end("echo 'kernel: no memory for 8 bytes of events' >&2; kill -TRAP $$", &none,
               "killed by signal 5");
}

/* Last, because there is no way back. The limit of a child is the lower one, and it is reported as what it
 * is. */
static void test_hard_limit(void)
{
    const struct rlimit hard = {(rlim_t)1 << 45, (rlim_t)1 << 45};
    const struct jobs_limits limits = {
        .at_a_time = 1, .memory_bytes = INT64_C(1) << 46, .memory_text = "64TiB"};
    const struct jobs_limits lower = {
        .at_a_time = 1, .memory_bytes = INT64_C(1) << 44, .memory_text = "16TiB"};

    g_assert_cmpint(setrlimit(RLIMIT_AS, &hard), ==, 0);
    expect_end("echo out of memory >&2; exit $(($(ulimit -v) == 1 << 35))", &limits,
               "memory 34359738368 kB (hard limit)");
    expect_end("echo out of memory >&2; exit $(($(ulimit -v) == 1 << 34))", &lower, "memory 16TiB");
}

static bool is_free(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool free = flock(file, LOCK_EX | LOCK_NB) == 0;

    close(file);
    return free;
}

/* A lock of the parent is held by a child, and by the processes that it leaves, until they end. */
static void test_held(void)
{
    char *dir = g_dir_make_tmp("test-study-jobs-XXXXXX", NULL);
    char *path = g_build_filename(dir, ".sweep.lock", NULL), *text = NULL;
    char *fifo = g_build_filename(dir, "fifo", NULL), *script;
    GError *error = NULL;
    struct jobs_limits limits = {.at_a_time = 1, .held = folder_lock(dir, &error)};
    int end;

    g_assert_no_error(error);
    g_assert_cmpint(folder_lock(dir, &error), ==, -1);
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION);
    text = g_strdup_printf("%s: another plan or sweep (process %ld on ", dir, (long)getpid());
    g_assert_true(g_str_has_prefix(error->message, text));
    g_clear_error(&error);
    /* A process that it leaves reads until we close our end, or die. */
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    end = open(fifo, O_RDWR | O_CLOEXEC);
    script = g_strdup_printf("exec 3<'%s'; cat <&3 >/dev/null 2>&1 &", fifo);
    expect_end(script, &limits, "well");
    close(limits.held);
    g_assert_false(is_free(path));
    close(end);
    for (unsigned i = 0; i < 100 && !is_free(path); i++)
        g_usleep(100000);
    g_assert_true(is_free(path));
    g_assert_cmpint(g_unlink(fifo), ==, 0);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0);
    g_free(script);
    g_free(fifo);
    g_free(text);
    g_free(path);
    g_free(dir);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/jobs/reasons", test_reasons);
    g_test_add_func("/study/jobs/drop", test_drop);
    g_test_add_func("/study/jobs/said", test_said);
    g_test_add_func("/study/jobs/memory", test_memory);
    g_test_add_func("/study/jobs/held", test_held);
    g_test_add_func("/study/jobs/hard_limit", test_hard_limit);
    return g_test_run();
}
