/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The progress line of a sweep, on a terminal. */
#include "sim/cli/sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define INTERVAL_MS 500
#define BAR_WIDTH   30

/* "[###   ] 3 of 10 runs, 1 failed, 0:00:12 left"; g_free. */
static char *progress_text_of(const struct sweep_progress *p)
{
    int64_t elapsed_s = (g_get_monotonic_time() - p->start_us) / G_USEC_PER_SEC;
    GString *text = g_string_new("[");

    for (unsigned i = 0; i < BAR_WIDTH; i++)
        g_string_append_c(text, (uint64_t)i * p->total < (uint64_t)p->ended * BAR_WIDTH ? '#' : ' ');
    g_string_append_printf(text, "] %u of %u runs", p->ended, p->total);
    if (p->failed > 0)
        g_string_append_printf(text, ", %u failed", p->failed);
    if (p->ended > 0 && elapsed_s > 0) {
        int64_t left = elapsed_s * (p->total - p->ended) / p->ended;

        g_string_append_printf(text, ", %" PRId64 ":%02d:%02d left", left / 3600, (int)(left / 60 % 60),
                               (int)(left % 60));
    }
    return g_string_free(text, FALSE);
}

/* Its first line is a header. */
static unsigned lines_of(const char *path)
{
    char *text = NULL;
    unsigned lines = 0;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    g_free(text);
    return lines > 0 ? lines - 1 : 0;
}

void sweep_progress_print(const struct sweep_progress *progress)
{
    char *text = progress_text_of(progress);

    fprintf(stderr, "\r%s\033[K", text);
    fflush(stderr);
    g_free(text);
}

static gboolean progress_on_time(gpointer user)
{
    struct sweep_progress *p = user;

    if (p->joblog)
        p->ended = MIN(lines_of(p->joblog), p->total);
    sweep_progress_print(p);
    return G_SOURCE_CONTINUE;
}

void sweep_progress_begin(struct sweep_progress *progress, unsigned total, bool shown)
{
    progress->total = total;
    progress->start_us = g_get_monotonic_time();
    progress->source =
        shown && isatty(STDERR_FILENO) ? g_timeout_add(INTERVAL_MS, progress_on_time, progress) : 0;
}

void sweep_progress_end(struct sweep_progress *progress)
{
    if (!progress->source)
        return;
    g_source_remove(progress->source);
    progress->source = 0;
    fputs("\r\033[K", stderr);
}
