/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What makes a point the same: its scenario, not its number or the spelling of its values. */
#ifndef SIM_STUDY_IDENTITY_H
#define SIM_STUDY_IDENTITY_H

#include "sim/study/study.h"

/* Fills study->base_cells and default_cells: what points have in common. The base has been read. */
void identity_begin(struct study *study);

/* A line "section.key=value", in base units, for each key that has not its default, without the seed; g_free.
 * A key that a later version adds changes none. Then a line "at NANOSECONDS section.key=value" for each
 * change during the run. */
char *identity_of(const struct study *study, unsigned point);

/* Fills study->identities: a number for each point (from 1), of its scenario, and of how many points before
 * it have the same one. */
void identity_number_points(struct study *study);

#endif
