/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a column of a result is called and means, and one value of it. */
#ifndef SIM_STATS_COLUMN_H
#define SIM_STATS_COLUMN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct stats_column {
    const char *name;
    const char *unit; /* "1", "s", "bytes", "ratio", "1/s" */
    const char *meaning;
};

struct stats_value {
    const struct stats_column *column;
    enum { STATS_INTEGER, STATS_REAL } type;
    int64_t integer;
    double real; /* NaN: there is no value */
};

#ifdef __cplusplus
}
#endif

#endif
