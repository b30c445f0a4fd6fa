/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a configuration may hold: types, keys, and the schema, which is a table of keys. This room knows no
 * key itself: the caller that reads a file gives it the schema. A room that has keys makes them from a list
 * of rows (X macro), so that the table and the struct of values are one: see models/scenario/keys.def.
 *
 * Types and how they are written (white space around a value is ignored, digits may be grouped by '_'):
 *   COUNT         12, 1.5M, 100k (k, M, G: powers of ten; must come out whole)
 *   SEED          0 .. 2^64-1, decimal
 *   DURATION      20ms: number with ns, us, ms, s, min, h, d; a bare number is an error unless it is 0
 *   SECONDS       a DURATION that comes out in whole seconds, for what protocols carry in such
 *   SHARE         0.1 or 10%
 *   EVENT_RATE    2000/s, 2k/s, 120/min; a bare number is per second
 *   BIT_RATE      10Mbit/s: number with bit/s, kbit/s, Mbit/s, Gbit/s, Tbit/s
 *   BYTES         number with B, kB, MB, GB, TB, KiB, MiB, GiB
 *   DURATIONS     1min, 10min: up to DURATIONS_MAX of them in rising order; empty: none
 *   DISTRIBUTION  fixed(2ms), exp(2ms), lognormal(2ms, 0.5), uniform(1ms, 3ms)
 *   DATE          2030-01-01T00:00:00Z
 *   CHOICE        one word of a list (stored as its place in the list)
 *   TEXT          any text, bounds are its length
 *
 * Keys that may change during a run (config_key.changes_from) can be set for a time, too, by lines
 * "section.key = value" in a section [at 100s]: see timeline.h. */
#ifndef SIM_CONFIG_SCHEMA_H
#define SIM_CONFIG_SCHEMA_H

#include "sim/base/random.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int64_t config_COUNT; /* number */
typedef uint64_t config_SEED;
typedef int64_t config_DURATION;  /* nanoseconds */
typedef int64_t config_SECONDS;   /* nanoseconds, too */
typedef double config_SHARE;      /* 0..1 */
typedef double config_EVENT_RATE; /* per second */
typedef int64_t config_BIT_RATE;  /* bit/s */
typedef int64_t config_BYTES;     /* bytes */
#define DURATIONS_MAX 4
typedef struct durations {
    unsigned count;
    int64_t ns[DURATIONS_MAX];
} config_DURATIONS;
typedef struct distribution config_DISTRIBUTION;
typedef int64_t config_DATE; /* Unix seconds */
typedef int config_CHOICE;
typedef const char *config_TEXT; /* owned by the configuration, never NULL */

enum config_type {
    CONFIG_COUNT,
    CONFIG_SEED,
    CONFIG_DURATION,
    CONFIG_SECONDS,
    CONFIG_DURATIONS,
    CONFIG_SHARE,
    CONFIG_EVENT_RATE,
    CONFIG_BIT_RATE,
    CONFIG_BYTES,
    CONFIG_DISTRIBUTION,
    CONFIG_DATE,
    CONFIG_CHOICE,
    CONFIG_TEXT
};

struct config_key {
    const char *section, *name;
    enum config_type type;
    /* Default and bounds, written as values are. CHOICE: minimum is the list of words, "one|another". */
    const char *standard, *minimum, *maximum, *meaning;
    size_t offset; /* of its member in the struct of values */
    /* The least value that a section [at TIME] may set, written as values are; NULL: the key does not change
     * during a run. Not for CHOICE and TEXT. */
    const char *changes_from;
};

/* A key of an earlier version. */
struct config_gone {
    const char *name; /* "section.key" */
    const char *why;  /* it is gone, and what to set instead */
};

struct config;
struct mistakes;
/* What must hold between several values; adds to the mistakes what is wrong (mistakes.h). */
typedef void config_rule(const struct config *config, struct mistakes *mistakes);

/* One sort of configuration. */
struct config_schema {
    const struct config_key *keys; /* those of one section come together */
    unsigned count;
    const struct config_gone *gone;
    unsigned gone_count;
    size_t size;         /* of the struct of values; it begins with a struct config (config.h) */
    config_rule *rule;   /* applied when every single value is right; NULL: nothing to check */
    const char *example; /* name of a section, for messages such as "expected sections such as [ue]" */
    /* A section that only a file of another sort has, and what to say about such a file; NULL: there is
     * none. */
    const char *other_section, *other_why;
};

/* The key of that name; NULL: there is none. It belongs to the schema. */
const struct config_key *config_key_find(const struct config_schema *schema, const char *section,
                                         const char *name);
/* The same by "section.key". */
const struct config_key *config_key_named(const struct config_schema *schema, const char *name);
/* Why a key of an earlier version ("section.key") is gone and what to set instead; NULL: there never was
 * one. */
const char *config_key_gone(const struct config_schema *schema, const char *name);
/* "section.key"; g_free. */
char *config_key_name(const struct config_key *key);
/* "count", "whole seconds" ...; a literal. */
const char *config_type_name(enum config_type type);
/* "1", "s", "bytes", "bit/s", "1/s", "ratio", "text" ...; a literal. */
const char *config_type_unit(enum config_type type);

#define CONFIG_ERROR (config_error_quark())
GQuark config_error_quark(void);
enum config_error {
    CONFIG_ERROR_FILE,         /* missing or unreadable */
    CONFIG_ERROR_SYNTAX,       /* not a GKeyFile */
    CONFIG_ERROR_UNKNOWN,      /* section or key */
    CONFIG_ERROR_VALUE,        /* unit, type, range */
    CONFIG_ERROR_CONTRADICTION /* keys that exclude each other */
};

#ifdef __cplusplus
}
#endif

#endif
