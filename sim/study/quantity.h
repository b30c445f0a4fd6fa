/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Values with units that a range counts through: fixed-point numbers, exact to 12 decimals of the finest unit
 * of their type, so that 0% + 3 x 10% is 30% and nothing beside it. */
#ifndef SIM_STUDY_QUANTITY_H
#define SIM_STUDY_QUANTITY_H

#include "sim/config/value.h"

#include <gmp.h>

/* 128 bits: wider than any value of a scenario times 10^12. */
struct quantity {
    __int128
        parts; /* the value in its type's finest unit (ns, bit/s, byte, 1/min, per cent, 1), times 10^12 */
};
#define QUANTITY_ONE ((__int128)1000000000000)

/* True for the types that have such values: COUNT, DURATION, SHARE, EVENT_RATE, BIT_RATE, BYTES. */
bool quantity_type(enum config_type type);

/* True for the types whose values are whole numbers of their finest unit. */
bool quantity_whole(enum config_type type);

/* Reads a value. *unit becomes the unit it is written with; NULL for a bare 0 where the unit says nothing.
 * False and *why (g_free) if it is none. */
bool quantity_parse(enum config_type type, const char *text, struct quantity *out,
                    const struct config_unit **unit, char **why);

/* What a text says in base units (1, s, 1/s, bit/s, byte; a share as a part of 1), exactly. False if it is
 * none. Ranges of keys do not matter. */
bool quantity_exact(enum config_type type, const char *text, mpq_t out);

/* The decimal fraction that a number was written as in a table: the shortest that reads as this number.
 * False for what is not finite. */
bool quantity_exact_real(double value, mpq_t out);

/* The nearest binary number; mpq_get_d() cuts off, so that 1/10 would be 0.09999999999999999. */
double quantity_nearest(const mpq_t exact);

/* The unit of a number without one; the finest where there has to be one. */
const struct config_unit *quantity_bare_unit(enum config_type type);

/* The value in that unit, all its decimals; in the finest unit if they would not end. g_free. */
char *quantity_text(enum config_type type, struct quantity value, const struct config_unit *unit);

/* The nearest value with six significant digits in that unit, and whole where the type is. For values that no
 * decimal fraction hits. */
struct quantity quantity_round(enum config_type type, struct quantity value, const struct config_unit *unit);

#endif
