/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The directory that a run writes: made as a hidden sibling, renamed when it is whole. What stands at its
 * final place is either an earlier whole result or this one, at any time. Errors are G_FILE_ERROR. */
#ifndef SIM_CLI_OUTPUT_DIR_H
#define SIM_CLI_OUTPUT_DIR_H

#include <glib.h>
#include <stdbool.h>

struct output_dir;

/* Checks that a result can be written to `target`, makes missing parents and the hidden sibling, and clears
 * away siblings that killed runs left, and what killed commands left in `target`. An earlier result, or
 * pictures of one, is refused unless `force`; a directory that holds anything else is refused always. */
struct output_dir *output_dir_begin(const char *target, bool force, GError **error);

/* Clears away what killed runs left in a folder beside the results that they were to make: the one of that
 * name, or NULL for all. */
void output_dir_remove_abandoned(const char *parent, const char *only);

/* Path of a file in the hidden sibling; g_free. */
char *output_dir_path(const struct output_dir *dir, const char *name);

/* A message that may name the hidden sibling, with the result as the user named it instead; g_free. */
char *output_dir_message(const struct output_dir *dir, const char *message);

/* Renames the sibling to its final place and frees; an earlier result is removed once the new one is there.
 * If that fails, the new one is removed, and the earlier one is what it was. */
bool output_dir_commit(struct output_dir *dir, GError **error);

/* Removes everything that was made, and frees. */
void output_dir_abort(struct output_dir *dir);

#endif
