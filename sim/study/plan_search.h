/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which values of a range to look at next, and what all that was seen says. Keeps no state: what is known
 * goes in, so a search that was broken off goes on where it was, and earlier evidence counts.
 *
 * First a coarse grid. Where it shows values that meet the target, the ends of each window of such values
 * are found by halving. Where it shows none, a window may lie between two values of the grid; what fails
 * on either side of such a gap says whether it may: different parts of the target, or one whose margin
 * has its peak there. Those gaps are halved, the best first, then the widest, up to a number of looks. */
#ifndef SIM_STUDY_PLAN_SEARCH_H
#define SIM_STUDY_PLAN_SEARCH_H

#include <stdbool.h>

enum verdict { VERDICT_UNKNOWN, VERDICT_FAILS, VERDICT_MEETS };

/* Parts of a target, which must all be met. */
#define SEARCH_PARTS_MAX 32

/* What is known of a value. */
struct search_seen {
    enum verdict verdict;
    unsigned failed; /* where it fails: bit p is set if part p of the target fails there */
    /* Of each part how well it is met; only the order counts. NULL: not known. */
    const double *margins;
};

enum search_status {
    SEARCH_GOES_ON,
    SEARCH_MET,         /* one window, up to the end of the range on the better side */
    SEARCH_WINDOW,      /* one window, and values on its better side fail, too */
    SEARCH_NEVER,       /* nothing that was seen meets the target */
    SEARCH_ALWAYS,      /* nothing that was seen fails it */
    SEARCH_NOT_MONOTONE /* several windows */
};

#define SEARCH_NONE       (~0u)
#define SEARCH_NEEDED_MAX 16
/* Values of the grid, with both ends, of a long range. */
#define SEARCH_GRID_MAX 9
/* Nothing met: so many values are looked at in any case, and so many while there is reason to. */
#define SEARCH_LOOKS_LEAST 13
#define SEARCH_LOOKS_MOST  22

struct search {
    enum search_status status;
    unsigned needed[SEARCH_NEEDED_MAX], needed_count; /* places to look at; none once the search is over */
    unsigned answer; /* the value that is sought among those that meet; or SEARCH_NONE */
    unsigned
        neighbour; /* the value that fails beside it; of NEVER the one that comes nearest; or SEARCH_NONE */
    unsigned low, high;    /* the window of the answer: its first and last value; or SEARCH_NONE */
    unsigned below, above; /* the values beside the window, which fail; SEARCH_NONE at an end of the range */
    unsigned windows;      /* how many there are */
    bool turned[2];        /* of two keys: less of it is taken to be better, not more */
    unsigned left;         /* looks to come after the needed ones, as far as is known */
};

/* Goes on, with nothing found. */
struct search search_begun(void);

/* seen: the `count` values of a range, in order. parts: of the target. largest: the largest value that
 * meets is sought, else the smallest; no look depends on it. */
struct search search_look(const struct search_seen *seen, unsigned count, unsigned parts, bool largest);

/* Does the outcome of a search that is over rest on that value? An answer rests on itself and the value
 * beside it, a window on both its ends and what is beside them, ALWAYS on the ends of the range; that
 * nothing meets, or that there are several windows, on all that was seen. */
bool search_rests_on(const struct search *search, unsigned place);

/* How many values the grid of a range of so many has, and the place of its i-th. */
unsigned search_grid_count(unsigned count);
unsigned search_grid_place(unsigned i, unsigned grid, unsigned count);

/* A gap between two values that were looked at and fail, with others between them that were not. */
struct search_gap {
    unsigned a, b;   /* their places */
    bool may;        /* a window may lie there */
    unsigned common; /* parts that fail on both sides */
    double best;     /* of these the least margin, on the better side */
};

/* The gap that is to be looked at first of values of which none is known to meet; false: there is none. */
bool search_gap(const struct search_seen *seen, unsigned count, unsigned parts, struct search_gap *out);
/* Where there is reason to look, fewer parts to be mended come first, then the nearest miss; else width, and
 * of equally wide ones the nearest miss. */
bool search_gap_better(const struct search_gap *one, const struct search_gap *other);

/* Of all that fail the one with fewest failing parts, and of those the nearest miss; of equal ones the last,
 * or (first) the first. SEARCH_NONE: none was looked at. */
unsigned search_nearest_miss(const struct search_seen *seen, unsigned count, unsigned parts, bool first);

/* The next window after place `from`: the first and last of values that meet with none that fails between.
 * False: there is none. */
bool search_window(const struct search_seen *seen, unsigned count, unsigned from, unsigned *low,
                   unsigned *high);

#endif
