/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Fuzz targets, one a decoder. Each takes any bytes and ends the program if the decoder or its encoder breaks
 * a promise. entry.c makes a libFuzzer program of one; replay.c runs them all as a test. */
#ifndef TESTS_FUZZ_TARGETS_H
#define TESTS_FUZZ_TARGETS_H

#include "models/wire/wire.h"

#include <stdlib.h>

void fuzz_mikey(struct bytes in);
void fuzz_http(struct bytes in);
void fuzz_digest(struct bytes in);
void fuzz_ub(struct bytes in);
void fuzz_ua(struct bytes in);
void fuzz_diameter(struct bytes in);

#define PROMISE(condition)                                                                                   \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

/* Touches the first and last byte of a view, so that AddressSanitizer judges it, and asks whether it lies in
 * `in`. */
static inline void promise_within(struct bytes view, struct bytes in)
{
    volatile uint8_t byte;

    if (view.len == 0)
        return;
    byte = view.at[0];
    byte = view.at[view.len - 1];
    (void)byte;
    PROMISE(view.at >= in.at && view.at + view.len <= in.at + in.len);
}

#endif
