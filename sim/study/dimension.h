/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a number in a condition is of: a time, a rate, bytes, a count, a share. A condition that compares or
 * adds two that are of different sorts is a mistake, even if it has a value. */
#ifndef SIM_STUDY_DIMENSION_H
#define SIM_STUDY_DIMENSION_H

#include <stdbool.h>

/* Among what has no unit: a quotient of two of one sort takes the sort of what is beside it. So does a number
 * that is written without a unit, and what it is multiplied with or divided by: in 500 * bmsc.workers the 500
 * may be a rate. */
enum dimension_sort { DIMENSION_ANY, DIMENSION_COUNT, DIMENSION_SHARE, DIMENSION_WITH_UNIT };

struct dimension {
    enum dimension_sort sort;
    int time, bytes, bits; /* exponents of s, byte, bit; all 0 but for DIMENSION_WITH_UNIT */
};

/* Of a unit as columns and keys have it: "1", "ratio", "s", "1/s", "bytes", "bit/s"; others are any. */
struct dimension dimension_of_unit(const char *unit);
/* Of a number as a condition has it: 10%, 500ms, 5k/s, 20Mbit/s, 64kB; 5 and 5k are any. */
struct dimension dimension_of_number(const char *text);

/* May the two be compared, added, subtracted? Then what comes out of the latter. */
bool dimension_alike(const struct dimension *a, const struct dimension *b, struct dimension *out);
struct dimension dimension_product(const struct dimension *a, const struct dimension *b);
struct dimension dimension_quotient(const struct dimension *a, const struct dimension *b);

/* "a time (s)", "a share", "a count", "s^2": for messages, until the next call with this buffer. */
#define DIMENSION_TEXT_BYTES 64
const char *dimension_text(const struct dimension *d, char buffer[DIMENSION_TEXT_BYTES]);

#endif
