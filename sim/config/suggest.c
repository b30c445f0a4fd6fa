/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Nearest names by edit distance with swaps (optimal string alignment). */
#include "sim/config/suggest.h"

#include <glib.h>
#include <string.h>

/* Longer names are compared by their beginning only: nothing known is that long. */
#define NAME_MAX_LENGTH 63

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned suggest_distance(const char *a, const char *b)
{
    unsigned rows[3][NAME_MAX_LENGTH + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    size_t a_length = strnlen(a, NAME_MAX_LENGTH), b_length = strnlen(b, NAME_MAX_LENGTH);

    memset(rows, 0, sizeof rows);
    for (size_t j = 0; j <= b_length; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *oldest = before;

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);

            now[j] = least(last[j - 1] + (x != y), least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && y == g_ascii_tolower(a[i - 2]))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
        now = oldest;
    }
    return last[b_length];
}

void suggest_offer(struct suggestion *suggestion, const char *name)
{
    size_t wanted = strnlen(suggestion->wanted, NAME_MAX_LENGTH), offered = strnlen(name, NAME_MAX_LENGTH);
    unsigned distance;

    /* No nearer than the letters that one of them has more. */
    if (suggestion->nearest &&
        suggestion->distance <= (wanted > offered ? wanted - offered : offered - wanted))
        return;
    distance = suggest_distance(suggestion->wanted, name);
    if (suggestion->nearest && suggestion->distance <= distance)
        return;
    suggestion->nearest = name;
    suggestion->distance = distance;
}
