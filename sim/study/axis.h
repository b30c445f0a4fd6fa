/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The values that a key takes along an axis, as a study writes them:
 *   A, B, C             a list; commas in parentheses belong to the value: exp(1ms), uniform(1ms, 3ms)
 *   A..B step S         A, A + S, A + 2 S ... up to B
 *   A..B factor F       A, A F, A F F ... up to B
 *   A..B in N           N values evenly spaced, both ends
 *   A..B in N geometric likewise, with equal quotients
 *   A..B                whole numbers from A to B (counts only)
 * A range may be an item of a list. Its values are exact decimals in the finest of the units it is written
 * with; where none hits, they are rounded to six digits, and to whole units where the key stores whole ones.
 * Values that fall together by that are given once (factor), or are a mistake (in N). */
#ifndef SIM_STUDY_AXIS_H
#define SIM_STUDY_AXIS_H

#include "sim/config/schema.h"

#define AXIS_VALUES_MAX 10000

/* Texts as a scenario has them, each checked to be a value of the key; free with g_ptr_array_unref(). NULL
 * and *why (g_free) if it is wrong: what is wrong and what was expected, without the name of the key. */
GPtrArray *axis_values(const struct config_key *key, const char *text, char **why);

#endif
