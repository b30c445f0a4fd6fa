/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Where things are in a configuration file. GKeyFile reads the values but keeps no line numbers and quietly
 * merges what is given twice; this index has both. */
#ifndef SIM_CONFIG_LINES_H
#define SIM_CONFIG_LINES_H

#include <glib.h>

enum line_kind {
    LINE_SECTION,
    LINE_KEY,
    LINE_NONSENSE, /* neither section, key nor comment */
    LINE_HOMELESS  /* a key before the first section */
};

struct config_line {
    unsigned number; /* from 1 */
    enum line_kind kind;
    char *section; /* of LINE_SECTION and LINE_KEY */
    char *text;    /* name of the key; the start of the line if it is nonsense */
};

/* The lines that are neither blank nor comment, in order. Lines that GKeyFile would stop at are turned into
 * comments in `text`, so that the rest can still be read and all mistakes are reported at once. Several
 * blanks in the name of a section become one, in `text` as well. */
GArray *lines_index(char *text);

#endif
