/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The mistakes of a configuration, collected until all are known. */
#ifndef SIM_CONFIG_MISTAKES_H
#define SIM_CONFIG_MISTAKES_H

#include "sim/config/schema.h"

struct mistakes {
    const struct config_schema *schema;
    const char *path;       /* of the file */
    GString *text;          /* one message a line */
    enum config_error code; /* of the first one */
    const char **origin;    /* of each key of the schema, as mistakes_origin() has it; NULL: not known */
    bool values_right;      /* rules that join several values may be applied */
};

/* Adds "ORIGIN: message". */
void mistakes_add(struct mistakes *mistakes, enum config_error code, const char *origin, const char *format,
                  ...) G_GNUC_PRINTF(4, 5);

/* Adds "ORIGIN: SECTION.NAME: message", where ORIGIN is where that key got its value. */
void mistakes_add_at(struct mistakes *mistakes, enum config_error code, const char *section, const char *name,
                     const char *format, ...) G_GNUC_PRINTF(5, 6);

/* Where a key got its value: "FILE:12", "-s section.key=value"; NULL: it has its default. */
const char *mistakes_origin(const struct mistakes *mistakes, const char *section, const char *name);

#endif
