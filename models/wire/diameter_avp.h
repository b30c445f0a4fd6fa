/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of Diameter as tables: one row an AVP, in the order of writing. diameter_zh.c and diameter_zn.c
 * hold the tables, diameter.c reads and writes by them. */
#ifndef MODELS_WIRE_DIAMETER_AVP_H
#define MODELS_WIRE_DIAMETER_AVP_H

#include "models/wire/diameter.h"

#include <stddef.h>

#define DIAMETER_VENDOR_3GPP 10415
#define DIAMETER_ROWS_MAX    32

/* AVP flags, RFC 6733 §4.1. */
enum { AVP_V = 0x80, AVP_M = 0x40 };

enum diameter_kind {
    AVP_OCTETS,  /* a struct bytes at `offset`; written if it has an address */
    AVP_TIME,    /* an int64_t at `offset`, Unix seconds; written if has_times */
    AVP_RESULT,  /* `result` of `value` to `value_last`; 0: not there */
    AVP_FIXED,   /* `value`; anything else is not for us */
    AVP_DEFAULT, /* `value` is written; reading passes over it */
    AVP_SCHEME,  /* the text "Digest-AKAv1-MD5" */
    AVP_GROUP    /* `list`; written if it holds any AVP that a message chooses */
};

enum diameter_presence {
    OPTIONAL,
    REQUIRED,
    EXPECTED, /* required, but an answer with the E bit may lack it (RFC 6733 §7.2) */
    MANY      /* the first counts */
};

struct diameter_avp {
    uint16_t code;
    uint8_t flags;
    uint8_t kind;     /* enum diameter_kind */
    uint8_t presence; /* enum diameter_presence */
    uint16_t offset;  /* in struct diameter_message; of a group 0: it has none */
    uint16_t len_min, len_max;
    uint32_t value, value_last;
    const struct diameter_list *list;
};

struct diameter_list {
    const struct diameter_avp *rows;
    unsigned count; /* at most DIAMETER_ROWS_MAX */
};

/* Rows. The lengths are those of the data. */
#define OCTETS(code, flags, presence, field, len_min, len_max)                                               \
    {                                                                                                        \
        code, flags, AVP_OCTETS, presence, (uint16_t)offsetof(struct diameter_message, field), len_min,      \
            len_max, 0, 0, NULL                                                                              \
    }
#define TIME(code, flags, field)                                                                             \
    {                                                                                                        \
        code, flags, AVP_TIME, OPTIONAL, (uint16_t)offsetof(struct diameter_message, field), 4, 4, 0, 0,     \
            NULL                                                                                             \
    }
#define RESULT(code, presence, from, last)                                                                   \
    {                                                                                                        \
        code, AVP_M, AVP_RESULT, presence, 0, 4, 4, from, last, NULL                                         \
    }
#define FIXED(code, flags, presence, value)                                                                  \
    {                                                                                                        \
        code, flags, AVP_FIXED, presence, 0, 4, 4, value, 0, NULL                                            \
    }
#define DEFAULT(code, flags, value)                                                                          \
    {                                                                                                        \
        code, flags, AVP_DEFAULT, OPTIONAL, 0, 4, 4, value, 0, NULL                                          \
    }
#define SCHEME(code, flags)                                                                                  \
    {                                                                                                        \
        code, flags, AVP_SCHEME, OPTIONAL, 0, 1, 255, 0, 0, NULL                                             \
    }
#define GROUP(code, flags, presence, list)                                                                   \
    {                                                                                                        \
        code, flags, AVP_GROUP, presence, 0, 0, UINT16_MAX, 0, 0, list                                       \
    }

/* ... whose presence is told, by what it holds. */
#define GROUP_SEEN(code, flags, presence, list, field)                                                       \
    {                                                                                                        \
        code, flags, AVP_GROUP, presence, (uint16_t)offsetof(struct diameter_message, field), 0, UINT16_MAX, \
            0, 0, list                                                                                       \
    }

#define LIST(rows)                                                                                           \
    {                                                                                                        \
        rows, sizeof rows / sizeof *rows                                                                     \
    }
#define NAME_MAX_BYTES 255  /* host names, realms, NAIs: RFC 6733 §4.3.1, RFC 7542 §2.3 */
#define TEXT_MAX_BYTES 2000 /* XML */

/* Experimental-Result, RFC 6733 §7.6: the results that the applications define. */
extern const struct diameter_list diameter_experimental_result;
#define RESULT_ROWS                                                                                          \
    RESULT(268, OPTIONAL, 1, DIAMETER_EXPERIMENTAL - 1),                                                     \
        GROUP(297, AVP_M, OPTIONAL, &diameter_experimental_result)

/* Overload, RFC 7683 §7: what a node understands; in answers also its report. Neither flag may be set. */
extern const struct diameter_list diameter_oc_supported, diameter_oc_olr;
#define OVERLOAD_ROW    GROUP_SEEN(621, 0, OPTIONAL, &diameter_oc_supported, oc_supported)
#define OVERLOAD_REPORT GROUP(623, 0, MANY, &diameter_oc_olr)

extern const struct diameter_list diameter_mar, diameter_maa, diameter_bir, diameter_bia;

#endif
