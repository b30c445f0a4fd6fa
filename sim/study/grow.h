/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A study that has changed while runs of it are in its folder. A run is what its scenario and seed are: as
 * long as both are in the study it stays, under the name that its point and replication have now. */
#ifndef SIM_STUDY_GROW_H
#define SIM_STUDY_GROW_H

#include "sim/study/study.h"

struct grow {
    GPtrArray *moves;   /* char *: a name in runs/ and the one it is to have, in turn */
    GPtrArray *dropped; /* char *: failures in runs/ that belong to nothing any more */
};

/* What is to be done with the runs in DIR, made by `before`, that they are those of `now`. NULL if a
 * finished run has no place, and *why (g_free): which and for what; or error (G_FILE_ERROR) if the folder
 * cannot be read. */
struct grow *grow_find(const struct study *before, const struct study *now, const char *dir, char **why,
                       GError **error);
void grow_free(struct grow *grow);

/* Moves the runs. All or none: a process that is killed before the copies in DIR are those of `now` leaves a
 * journal, and grow_recover() uses it to put back what was moved. False and error (G_FILE_ERROR). */
bool grow_carry_out(const struct grow *grow, const struct study *now, const char *dir, GError **error);
/* The copies are those of the study: nothing is put back any more. */
void grow_commit(const char *dir);
bool grow_recover(const char *dir, GError **error);
/* Was somebody killed in the middle of it? */
bool grow_interrupted(const char *dir);

#endif
