/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The runs of a study, in its order (points, and in each its replications), with what became of them; and the
 * command lines that make them. */
#ifndef SIM_STUDY_RUNS_H
#define SIM_STUDY_RUNS_H

#include "sim/study/result.h"

struct study_run {
    unsigned point, replication;
    uint64_t seed;
    char *folder;         /* NULL unless it was read */
    struct result result; /* missing unless the folder was read */
};

struct runs_wanted {
    unsigned first, last; /* replications */
    bool further;         /* and those after the last whose result is there */
    const char *dir;      /* read results there; NULL: do not */
    bool any_version;
};

/* struct study_run; free with g_array_free(). NULL and error (G_FILE_ERROR) if the folder cannot be read. */
GArray *runs_list(const struct study *study, const struct runs_wanted *wanted, GError **error);

/* "p0001-r01: made by version 0.0.9" of the first result of another version, NULL if there is none;
 * g_free. */
char *runs_other_version(const GArray *runs);

/* The words of "pullstorm run ...". program: its first word. settings: more "key=value", or NULL. replace:
 * the folder holds something that is to be replaced. g_strfreev. */
char **run_command_words(const struct study *study, const char *program, unsigned point, char **settings,
                         uint64_t seed, const char *folder, bool replace);

/* Words joined by blanks, quoted for a shell where they must be; g_free. */
char *run_command_text(char **words);

/* Sorts by expected cost, the longest first; runs of equal cost keep their order. Where runs of the same
 * point have been timed that counts, elsewhere the number of UEs, the share that bootstraps, and the
 * engine. */
void runs_longest_first(const struct study *study, GArray *runs, const GArray *timed);

#endif
