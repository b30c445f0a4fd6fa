/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the parts of study_load() share. */
#ifndef SIM_STUDY_READER_H
#define SIM_STUDY_READER_H

#include "sim/config/mistakes.h"
#include "sim/study/study.h"

struct reader {
    struct study *study;
    GKeyFile *file;
    const char *base_text; /* instead of the file that base names; NULL: that file */
    GArray *lines;         /* struct config_line */
    GHashTable *given;     /* sections, and keys of sections, to the line that has them first */
    struct mistakes mistakes;
    unsigned *taken;   /* line that set each key in [set] or on an axis; 0: none */
    unsigned *variant; /* line that set each key in any variant; 0: none */
};

/* Adds "FILE:LINE: [section] name: message"; name may be NULL. */
void reader_mistake(struct reader *reader, unsigned line, const char *section, const char *name,
                    enum config_error code, const char *format, ...) G_GNUC_PRINTF(6, 7);

/* The value of a line, stripped; g_free. */
char *reader_value(const struct reader *reader, const char *section, const char *name);

/* [study]: one line; reader_finish_head() when all were read. */
void reader_head_line(struct reader *reader, unsigned line, const char *name);
void reader_finish_head(struct reader *reader);

/* Crosses the axes and keeps what the constraint lets pass; every mistake of a point is reported, with the
 * point. */
void reader_points(struct reader *reader);

#endif
