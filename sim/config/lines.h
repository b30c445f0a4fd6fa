/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Where things stand in a configuration file. GKeyFile reads the values but keeps no line numbers and quietly
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
 * comments in `text`, so that the rest can still be read and all mistakes be told at once; several blanks in
 * the name of a section are one, there as well. */
GArray *lines_index(char *text);

#endif
