/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Sections [at TIME]: values that keys take at a time of the run.
 *
 *     [at 100s]
 *     hss.workers = 0
 *     access.loss = 10%
 *
 * TIME is a duration from the start of the run, above 0. A time has one section, and a key one line in it.
 * Only keys with changes_from may be there; the value is checked as that of the key is, from changes_from on.
 * This room reads the sections and does not apply them. Nor does it know when a run ends: that each time is
 * before is a matter of the schema's rule. */
#ifndef SIM_CONFIG_TIMELINE_H
#define SIM_CONFIG_TIMELINE_H

#include "sim/config/config.h"
#include "sim/config/mistakes.h"
#include "sim/config/value.h"

/* One line of such a section. */
struct timeline_entry {
    int64_t time_ns; /* from the start of the run */
    const struct config_key *key;
    struct config_value value;
    char *time, *text; /* time and value as they were written */
    unsigned line;     /* of the section in the file */
};

/* Reads the sections of one file. */
struct timeline_reader {
    const struct config_schema *schema;
    struct mistakes *mistakes;
    GArray *entries;   /* struct timeline_entry */
    GHashTable *times; /* nanoseconds to line */
    int64_t time_ns;   /* of the section that is being read; 0: it has none that is right */
    char *time;        /* ... as it is written */
    unsigned line;     /* ... where it stands */
    unsigned *lines;   /* ... by key: where it was set; 0: not yet */
};

/* Starts to read; timeline_reader_end() is due. */
void timeline_reader_begin(struct timeline_reader *reader, const struct config_schema *schema,
                           struct mistakes *mistakes);
/* Frees the reader, and puts what it has read into *out, for timeline_clear(). */
void timeline_reader_end(struct timeline_reader *reader, struct timeline *out);

/* Is it such a section, perhaps with a wrong time? `section` is the text between the brackets. Never, if no
 * key of the schema changes. */
bool timeline_is_section(const struct config_schema *schema, const char *section);
/* A section begins, at this line of the file. */
void timeline_take_section(struct timeline_reader *reader, const char *section, unsigned line);
/* A line of that section: "hss.workers" and its value. */
void timeline_take_key(struct timeline_reader *reader, const char *section, const char *name,
                       const char *text, unsigned line);

/* Writes the sections behind a canonical text; nothing if the timeline is empty. */
void timeline_print(const struct timeline *timeline, GString *to);
void timeline_clear(struct timeline *timeline);

#endif
