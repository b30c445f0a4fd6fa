/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Files that are written beside their place, hidden, and put there when they are whole. While one is written
 * a lock is on it (flock); the lock of one whose writer was killed is free, and the next process that writes
 * into its folder removes it. scripts/pullstorm_results/leftovers.py does the same under the same name. */
#ifndef SIM_FILES_ASIDE_H
#define SIM_FILES_ASIDE_H

#include <glib.h>
#include <stdbool.h>

struct aside;

/* A new empty file beside `path`, after what others left there was cleared away. NULL and error
 * (G_FILE_ERROR). */
struct aside *aside_begin(const char *path, GError **error);
/* Where it is for now. */
const char *aside_path(const struct aside *aside);
/* Puts it in its place and frees. False and error if that fails; then it is removed. */
bool aside_commit(struct aside *aside, GError **error);
/* Removes it and frees. */
void aside_abort(struct aside *aside);

/* All of a file at once. What stood there is left if it fails. */
bool aside_write(const char *path, const char *text, GError **error);

/* Clears away what killed writers left in a folder; what is being written stays. */
void aside_remove_abandoned(const char *folder);

/* Takes the lock on the file at a path, if it is free and the file is still there: the open file, to be
 * closed after use. -1: another process has it, or it is gone. flags: of open(). */
int aside_take(const char *path, int flags);

/* Is the file at the path the one that was opened? Another process may have removed it since, and a third one
 * made a new one. */
bool aside_still_there(const char *path, int file);

#endif
