/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* One line on a terminal while a run goes on, from the host's clock. Nothing that it reads gets into the
 * model. */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;
    int64_t start_us, last_us; /* monotonic */
    uint64_t last_events;
};

/* What a line shows. */
struct progress_state {
    double simulated_s, end_s;
    int64_t ues, ues_done;
    double events_per_s, elapsed_s;
};

#define PROGRESS_WIDTH 79

/* Begins to measure time; nothing is ever printed unless shown. */
void progress_start(struct progress *progress, bool shown);
/* True about twice a second, if shown. */
bool progress_due(struct progress *progress);
/* Rewrites the line. Sets events_per_s (since the line before) and elapsed_s itself. */
void progress_show(struct progress *progress, struct progress_state *state, uint64_t events);
/* Clears the line, so that the next message starts on an empty one. */
void progress_end(struct progress *progress);

/* The line, padded with blanks to PROGRESS_WIDTH. */
void progress_line(char line[PROGRESS_WIDTH + 1], const struct progress_state *state);

#endif
