/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The progress line. */
#include "sim/cli/progress.h"

#include "sim/cli/format.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INTERVAL_US 500000

void progress_start(struct progress *progress, bool shown)
{
    *progress = (struct progress){.shown = shown && isatty(STDERR_FILENO)};
    progress->start_us = progress->last_us = g_get_monotonic_time();
}

bool progress_due(struct progress *progress)
{
    return progress->shown && g_get_monotonic_time() - progress->last_us >= INTERVAL_US;
}

void progress_line(char line[PROGRESS_WIDTH + 1], const struct progress_state *state)
{
    char now[FORMAT_SIZE], rate[FORMAT_SIZE], left[FORMAT_SIZE];
    double ues = state->ues ? (double)state->ues_done / (double)state->ues : 0;
    double time = state->end_s > 0 ? state->simulated_s / state->end_s : 0;
    double share = ues > time ? ues : time;

    if (share > 0)
        format_seconds(left, state->elapsed_s * (1 - share) / share);
    else
        g_strlcpy(left, "?", sizeof left);
    int length = g_snprintf(line, PROGRESS_WIDTH + 1, "simulated %s, UEs done %.1f %%, %s events/s, %s left",
                            format_seconds(now, state->simulated_s), ues * 100,
                            format_short(rate, state->events_per_s), left);

    for (; length < PROGRESS_WIDTH; length++)
        line[length] = ' ';
    line[PROGRESS_WIDTH] = '\0';
}

void progress_show(struct progress *progress, struct progress_state *state, uint64_t events)
{
    int64_t now_us = g_get_monotonic_time();
    char line[PROGRESS_WIDTH + 1];

    state->elapsed_s = (double)(now_us - progress->start_us) / 1e6;
    state->events_per_s = now_us > progress->last_us ? (double)(events - progress->last_events) * 1e6 /
                                                           (double)(now_us - progress->last_us)
                                                     : 0;
    progress->last_us = now_us;
    progress->last_events = events;
    progress_line(line, state);
    fprintf(stderr, "\r%s", line);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH, "");
    progress->shown = false;
}
