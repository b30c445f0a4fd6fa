/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* One value: text to number, in the units that schema.h names, and the range check. */
#ifndef SIM_CONFIG_VALUE_H
#define SIM_CONFIG_VALUE_H

#include "sim/config/config.h"

/* The member that belongs to the type holds the value. */
struct config_value {
    int64_t integer; /* COUNT, DURATION (ns), BIT_RATE, BYTES, DATE; CHOICE: place in the list */
    uint64_t seed;   /* SEED */
    double real;     /* SHARE, EVENT_RATE */
    struct durations durations;
    struct distribution distribution;
};

/* A unit that a value may be written with, and how many of the stored unit it is. */
struct config_unit {
    const char *name;
    uint64_t scale;
};
/* The units of COUNT, DURATION, BIT_RATE and BYTES, ended by a NULL name; NULL for the other types, which are
 * not stored as whole numbers. */
const struct config_unit *config_type_units(enum config_type type);

/* Reads a value and checks its range. False and *why (g_free) if it is wrong: what is wrong and what was
 * expected, without the name of the key. TEXT stays in `text`. */
bool config_value_parse(const struct config_key *key, const char *text, struct config_value *out, char **why);

/* Puts the value into its member of the struct of values that begins with `config`; that of TEXT points to
 * `text`, which has to last as long. */
void config_value_store(const struct config_key *key, const struct config_value *value, const char *text,
                        struct config *config);

#endif
