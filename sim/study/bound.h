/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Where a condition bounds one name alone: of 2 * a <= 1.9 and not b / 3 > 4 and a + b < 9 the bounds are
 * a <= 0.95 and b <= 12. */
#ifndef SIM_STUDY_BOUND_H
#define SIM_STUDY_BOUND_H

#include "sim/study/expression.h"

struct bound {
    const char *name;       /* borrowed from the expression */
    const char *comparison; /* < <= > >= == */
    double value;
};

/* Those that must hold whenever the condition does, in the order in which they are written: comparisons that
 * are linear in one name and joined by and. GArray of struct bound; g_array_unref. */
GArray *expression_bounds(const struct expression *condition);

#endif
