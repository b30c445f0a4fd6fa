/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory that runs out: what was begun is undone, the last first; one line says so; the status is 1. Each end
 * is that of a process of its own. */
#include "sim/base/memory.h"
#include "tests/tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* So that a sanitizer's malloc() fails as that of the C library does; it says so on standard error. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void undo(void *user)
{
    fprintf(stderr, "undone: %s\n", (const char *)user);
    g_free(g_malloc(1000)); /* the reserve is there for it */
}

static void begin(struct memory_guard guards[3])
{
    memory_watch();
    memory_guard_push(&guards[0], undo, "first");
    memory_guard_push(&guards[1], undo, "second");
    memory_guard_push(&guards[2], undo, "popped");
    memory_guard_pop(&guards[2]);
}

static void ours(void)
{
    struct memory_guard guards[3];

    begin(guards);
    g_error("room: failed to allocate 77 bytes");
}

static void glibs(void)
{
    struct memory_guard guards[3];

    begin(guards);
    g_free(g_malloc(G_MAXSSIZE));
}

static void tell(void *user, size_t bytes)
{
    fprintf(stderr, "%s: out of memory: %zu\n", (const char *)user, bytes);
}

static void told(void)
{
    memory_watch();
    memory_set_reporter(NULL, NULL);
    memory_set_reporter(tell, "scenario");
    g_error("OpenSSL: malloc failure");
}

static void fail_again(void *user)
{
    struct memory_guard *guard = user;

    memory_guard_pop(guard);
    g_error("room: failed to allocate 1 bytes");
}

static void again(void)
{
    struct memory_guard guard;

    memory_watch();
    memory_guard_push(&guard, fail_again, &guard);
    g_error("room: failed to allocate 5 bytes");
}

static void other(void)
{
    memory_watch();
    g_error("a broken invariant");
}

static void ends(const char *path, const char *words)
{
    g_test_trap_subprocess(path, 0, 0);
    g_assert_true(g_test_trap_has_passed() == FALSE);
    g_test_trap_assert_stderr(words);
}

static void test_ends(void)
{
    ends("/memory/subprocess/ours",
         "*undone: second\nundone: first\npullstorm: out of memory: there are no 77 bytes more\n");
    ends("/memory/subprocess/glibs", "*undone: second\nundone: first\npullstorm: out of memory: there are no "
                                     "9223372036854775807 bytes more\n");
    ends("/memory/subprocess/told", "*scenario: out of memory: 0\n");
    ends("/memory/subprocess/other", "*ERROR*a broken invariant*");
}

/* In a process of GTest's own GLib would end by itself. */
static void test_ends_again(void)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        g_assert_nonnull(freopen("/dev/null", "w", stderr));
        again();
        _exit(EXIT_SUCCESS);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/memory/ends", test_ends);
    g_test_add_func("/memory/ends again", test_ends_again);
    g_test_add_func("/memory/subprocess/ours", ours);
    g_test_add_func("/memory/subprocess/glibs", glibs);
    g_test_add_func("/memory/subprocess/told", told);
    g_test_add_func("/memory/subprocess/other", other);
    return g_test_run();
}
