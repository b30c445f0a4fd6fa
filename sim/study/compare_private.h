/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the parts of a comparison share. */
#ifndef SIM_STUDY_COMPARE_PRIVATE_H
#define SIM_STUDY_COMPARE_PRIVATE_H

#include "sim/study/compare.h"

/* Fills results and together; metrics: those to look at, NULL: all. */
void compare_measure(struct comparison *comparison, const bool *metrics);

#endif
