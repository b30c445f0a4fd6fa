/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The end of a process that gets no memory any more. */
#include "sim/base/memory.h"

#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For what is allocated to undo and to report: above malloc's threshold, so that free() gives it back at
 * once. */
#define RESERVE_BYTES ((size_t)1 << 20)

/* Of the process, as its memory is. */
static struct {
    void *reserve;
    struct memory_guard *innermost;
    memory_reporter *report;
    void *user;
    bool ending;
} the;

static void memory_report_plainly(void *user, size_t bytes)
{
    (void)user;
    if (bytes > 0)
        fprintf(stderr, "pullstorm: out of memory: there are no %zu bytes more\n", bytes);
    else
        fputs("pullstorm: out of memory\n", stderr);
}

/* Of a build for coverage; nowhere else. */
extern void __gcov_dump(void) __attribute__((weak));

/* No exit(): what that takes apart is half made. */
G_NORETURN static void memory_leave(void)
{
    fflush(stderr);
    if (__gcov_dump)
        __gcov_dump();
    _exit(EXIT_FAILURE);
}

/* Not even the reserve sufficed: GLib, which is in its handler already, raises its signal. */
G_NORETURN static void memory_on_signal(int number)
{
    static const char words[] = "pullstorm: out of memory\n";

    (void)number;
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    memory_leave();
}

void memory_out(size_t bytes)
{
    the.ending = true;
    signal(SIGTRAP, memory_on_signal);
    signal(SIGABRT, memory_on_signal);
    free(the.reserve);
    while (the.innermost) {
        struct memory_guard *guard = the.innermost;

        the.innermost = guard->outer;
        guard->undo(guard->user);
    }
    the.report(the.user, bytes);
    memory_leave();
}

/* The number that a text begins with; 0: there is none. By hand, for memory may have run out in a function of
 * GLib's that holds a lock, and g_ascii_strtoull() needs one. */
static size_t memory_number_at(const char *text)
{
    size_t number = 0;

    for (; g_ascii_isdigit(*text); text++)
        number = number * 10 + (size_t)(*text - '0');
    return number;
}

/* A message of GLib or of this program. Without a text there was no memory for it. */
static void memory_on_message(const char *domain, GLogLevelFlags level, const char *message, void *user)
{
    static const char *const words[] = {"failed to allocate ", "malloc failure"};
    const bool error = level & G_LOG_LEVEL_ERROR;

    if (error && !message)
        memory_out(0);
    for (size_t i = 0; i < G_N_ELEMENTS(words) && error; i++) {
        const char *said = strstr(message, words[i]);

        if (said)
            memory_out(memory_number_at(said + strlen(words[i])));
    }
    g_log_default_handler(domain, level, message, user);
}

/* GLib has printed it. */
G_NORETURN static void memory_on_abort(int number)
{
    (void)number;
    memory_leave();
}

/* GLib aborts where there is no memory for a lock or a thread's own variable: those that errors, texts and
 * dates of all rooms use are made now. */
static void memory_make_locks(void)
{
    GDateTime *date;

    signal(SIGABRT, memory_on_abort);
    g_error_free(g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_FAILED, ""));
    g_get_charset(NULL);
    date = g_date_time_new_from_unix_utc(0);
    g_free(g_date_time_format(date, "%Y"));
    g_date_time_unref(date);
    signal(SIGABRT, SIG_DFL);
}

void memory_watch(void)
{
    the.report = memory_report_plainly;
    g_log_set_default_handler(memory_on_message, NULL); /* needs no memory, as a handler for a domain would */
    the.reserve = malloc(RESERVE_BYTES);
    if (!the.reserve)
        memory_out(RESERVE_BYTES);
    /* Touched, or it would be a promise that the system may break. */
    memset(the.reserve, 1, RESERVE_BYTES);
    memory_make_locks();
}

void memory_set_reporter(memory_reporter *report, void *user)
{
    the.report = report ? report : memory_report_plainly;
    the.user = user;
}

void memory_guard_push(struct memory_guard *guard, void (*undo)(void *user), void *user)
{
    *guard = (struct memory_guard){undo, user, the.innermost};
    the.innermost = guard;
}

void memory_guard_pop(struct memory_guard *guard)
{
    if (the.ending) /* it undoes itself */
        return;
    g_assert(the.innermost == guard);
    the.innermost = guard->outer;
}
