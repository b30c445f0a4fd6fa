/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The mistakes of a scenario, collected until all are known. */
#ifndef SIM_CONFIG_MISTAKES_H
#define SIM_CONFIG_MISTAKES_H

#include "sim/config/schema.h"

struct mistakes {
    const char *path;       /* of the scenario file */
    GString *text;          /* one message a line */
    enum config_error code; /* of the first one */
    const char **origin;    /* where each key got its value: "FILE:12", "-s ..."; NULL: its default */
    bool values_right;      /* rules that join several values may be applied */
};

/* Adds "ORIGIN: message". */
void mistakes_add(struct mistakes *mistakes, enum config_error code, const char *origin, const char *format,
                  ...) G_GNUC_PRINTF(4, 5);

/* Adds "ORIGIN: SECTION.NAME: message", where ORIGIN is where that key got its value. */
void mistakes_add_at(struct mistakes *mistakes, enum config_error code, const char *section, const char *name,
                     const char *format, ...) G_GNUC_PRINTF(5, 6);

/* Adds a message for each pair of values that exclude each other. */
void contradictions_find(const struct scenario *scenario, struct mistakes *mistakes);

#endif
