/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* "Did you mean ...?": the nearest of some known names. */
#ifndef SIM_CONFIG_SUGGEST_H
#define SIM_CONFIG_SUGGEST_H

/* Letters to insert, delete, replace or swap with their neighbour; upper and lower case count as the same. */
unsigned suggest_distance(const char *a, const char *b);

/* Keeps the nearest name offered so far; the first wins a tie. Start with {text}. */
struct suggestion {
    const char *wanted;
    const char *nearest; /* NULL: none offered yet */
    unsigned distance;
};
void suggest_offer(struct suggestion *suggestion, const char *name);

#endif
