/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Decimal numbers as a scenario writes them, read exactly: digits, optionally grouped by single '_', and an
 * optional '.' with further digits. No sign, no exponent, no locale. Integers never pass through a double, so
 * that 0.3s is 300000000 ns and nothing else. */
#ifndef SIM_CONFIG_NUMBER_H
#define SIM_CONFIG_NUMBER_H

#include <stdint.h>

#define NUMBER_DIGITS_MAX 24 /* without leading zeros; also the longest fraction */

enum number_status {
    NUMBER_OK,
    NUMBER_NONE,      /* does not begin with a number */
    NUMBER_LONG,      /* more digits than can be kept */
    NUMBER_NOT_WHOLE, /* finer than the unit that is stored */
    NUMBER_OVERFLOW
};

struct number {
    char digits[NUMBER_DIGITS_MAX + 1]; /* the value times 10^fraction, without leading zeros */
    unsigned length;                    /* of digits */
    unsigned fraction;                  /* how many digits there were after the '.' */
};

/* Reads a number at *text and moves *text to its end. */
enum number_status number_scan(const char **text, struct number *out);

/* The number times `scale` (1 .. 10^14) as an integer of at most `limit`, exactly or not at all. */
enum number_status number_integer(const struct number *number, uint64_t scale, uint64_t limit, uint64_t *out);

/* The number times 10^power, rounded once to the nearest double. */
double number_real(const struct number *number, int power);

#endif
