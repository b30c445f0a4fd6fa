/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The parts of a condition that must all hold: of a < 1 and (b > 2 or c > 3) these are a < 1, and
 * b > 2 or c > 3. */
#ifndef SIM_STUDY_PARTS_H
#define SIM_STUDY_PARTS_H

#include "sim/study/expression.h"

#include <stdbool.h>

/* const struct expression *, borrowed, in the order in which they are written: what `and` joins, and the
 * condition itself where that would be more than `most`. g_ptr_array_unref. */
GPtrArray *expression_parts(const struct expression *condition, unsigned most);

/* A condition in words, which reads as the same condition: its comparisons of numbers as they were written;
 * g_free. */
char *expression_text(const struct expression *condition);

/* How far the samples are from failing a comparison (below 0: they fail it), a mean: order counts, not
 * the unit. NaN: it is no comparison alone, or has no value in some sample. */
double expression_margin(const struct expression *condition, const struct expression_values *samples,
                         unsigned sample_count);

#endif
