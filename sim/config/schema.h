/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The scenario: keys.def expanded into a struct, a table, and the reader of GKeyFile (INI) files.
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
 *   TEXT          any text, bounds are its length */
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
typedef char *config_TEXT; /* owned by the scenario, never NULL */

/* One scenario: scenario->bmsc_workers and so on, one member a key. */
struct scenario {
#define KEY(section, name, type, standard, minimum, maximum, meaning) config_##type section##_##name;
#include "sim/config/keys.def"
#undef KEY
    char *name; /* file name without folder and .ini */
    char *text; /* canonical: every key with its value as given or its default, sections in table order */
};

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
    const char *standard, *minimum, *maximum, *meaning;
    size_t offset; /* in struct scenario */
};
extern const struct config_key config_keys[];
extern const unsigned config_key_count;
/* Why a key of an earlier version ("section.key") is there no more and what to set instead; NULL: there never
 * was one. */
const char *config_key_gone(const char *name);
/* "section.key"; g_free. */
char *config_key_name(const struct config_key *key);
const char *config_type_name(enum config_type type);
/* "1", "s", "bytes", "bit/s", "1/s", "ratio", "text" ... */
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

/* Reads a scenario: defaults, then the file, then `settings` ("section.key=value", NULL-terminated, may be
 * NULL). All mistakes are collected: one message a line, each with file, line, key, what was expected, and
 * for an unknown name the nearest known one. NULL and error if there is any. */
struct scenario *scenario_load(const char *path, const char *const *settings, GError **error);
void scenario_free(struct scenario *scenario);

struct mistakes;
/* What a room that knows more than this one finds wrong with a scenario; see mistakes.h. */
typedef void scenario_rule(const struct scenario *scenario, struct mistakes *mistakes);

/* scenario_load() with one more rule, whose mistakes are told with all others. It is applied whatever is
 * wrong already: a value that could not be read has its default, and `text` is not there yet. */
struct scenario *scenario_load_with(const char *path, const char *const *settings, scenario_rule *rule,
                                    GError **error);

/* The same of a file that has been read already, by scenario_file_read(); messages call it `path`. */
struct scenario *scenario_parse(const char *path, const char *text, const char *const *settings,
                                scenario_rule *rule, GError **error);

/* The value of a key as text: as it was written, or its default. Owned by the scenario. */
const char *scenario_value_text(const struct scenario *scenario, const struct config_key *key);

#ifdef __cplusplus
}
#endif

#endif
