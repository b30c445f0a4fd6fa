/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a study reads from a run's manifest.json. Any JSON that says it will do: white space, the order of
 * members and the way that texts are escaped do not matter. */
#ifndef SIM_STUDY_MANIFEST_H
#define SIM_STUDY_MANIFEST_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct manifest_file {
    char *name;
    uint64_t bytes;
};

struct manifest {
    char *version;
    int64_t format; /* RESULT_FORMAT of who wrote it; 0: not said, as in earlier versions */
    double wall_s;  /* 0: not known */
    GArray *files;  /* struct manifest_file; NULL: the manifest has none, as other versions' */
};

/* NULL and *why (g_free; "manifest.json:LINE:COLUMN: ..." where there is a place) if it is damaged. */
struct manifest *manifest_parse(const char *text, char **why);
void manifest_free(struct manifest *manifest);

#endif
