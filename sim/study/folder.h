/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The folder of a study: study.ini and base.ini as they were used last, runs/, and the tables made of
 * them. */
#ifndef SIM_STUDY_FOLDER_H
#define SIM_STUDY_FOLDER_H

#include "sim/study/study.h"

/* Does each finished run in the folder have a place in the study, which may have grown since? Scenario and
 * seed say which run it is. Comments and blank lines do not count; a folder without the copies fits any
 * study. False and error (CONFIG_ERROR_CONTRADICTION with what has changed and which runs that concerns, or
 * CONFIG_ERROR_FILE). */
bool folder_fits(const struct study *study, const char *dir, GError **error);

/* Would folder_begin() give runs other numbers? Then nothing in DIR/runs is under the name that it has in the
 * study. */
bool folder_renumbers(const struct study *study, const char *dir, bool *renumbers, GError **error);

/* folder_fits(), then makes DIR/runs, gives runs the numbers that they have in the study now, and has the
 * copies be of this study. Who calls it where folder_renumbers() has the lock. */
bool folder_begin(const struct study *study, const char *dir, GError **error);

/* Makes the folder and takes the lock on it: a file to be closed at the end. Children that keep it open hold
 * the lock, too. -1 and error (CONFIG_ERROR_CONTRADICTION) if somebody else is at work there. */
int folder_lock(const char *dir, GError **error);
/* The same for one shard of a sweep: locks[0] is shared with other shards, locks[1] its own. */
bool folder_lock_shard(const char *dir, unsigned shard, unsigned shards, int locks[2], GError **error);
/* Nobody else may have the shared lock; and shared again. */
bool folder_lock_alone(const char *dir, int lock, GError **error);
void folder_lock_together(int lock);

/* DIR/runs/NAME; g_free. */
char *folder_run(const char *dir, const char *name);

/* Calls `each` for every name in DIR/runs, sorted; no such folder is an empty one. False and error if it
 * cannot be read. */
bool folder_each_run(const char *dir, void (*each)(void *user, const char *name), void *user, GError **error);
/* The numbers in "p0001-r01", or in "p0001-r01.failed"; false if it is neither. */
bool folder_run_numbers(const char *name, unsigned *point, unsigned *replication);

/* Writes DIR/NAME by `rows`, beside it first, and puts it in its place when it is whole. */
bool folder_write_csv(const char *dir, const char *name,
                      bool (*rows)(struct csv *csv, const void *user, GError **error), const void *user,
                      GError **error);

#endif
