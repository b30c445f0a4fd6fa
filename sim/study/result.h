/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The folder of a finished run, as pullstorm run writes it, read back. */
#ifndef SIM_STUDY_RESULT_H
#define SIM_STUDY_RESULT_H

#include "sim/study/manifest.h"
#include "sim/study/study.h"

/* Of the files of a result, in their manifests; the next number, when who reads them would misread. */
#define RESULT_FORMAT 3

enum result_state {
    RESULT_MISSING, /* no such folder */
    RESULT_FAILED,  /* FOLDER.failed is there instead */
    RESULT_DAMAGED, /* cannot be read, or is not what was asked for */
    RESULT_OTHER,   /* whole, by another version of the program */
    RESULT_WHOLE
};

struct result {
    enum result_state state;
    char *why; /* damaged: what is wrong; failed: the reason; other: the version. NULL else */
    /* metric_count of the host, words as their place; NULL unless whole (or other, if any version will do) */
    double *metrics;
    double wall_s;     /* how long the run took; 0 if it is not known */
    bool other_format; /* damaged, in that its files are of another RESULT_FORMAT */
};

/* What the run should have been made with. */
struct result_wanted {
    const struct study_host *host;
    const struct config *scenario; /* all of it but the seed; NULL: there is no such run */
    uint64_t seed;
    bool any_version;
};

/* Reads FOLDER: its scenario must be the wanted one, and each file that its manifest names must have the size
 * that it says. Clear with result_clear(). A metric without a value (an empty cell), or that another version
 * did not have, is not a number. False and error (G_FILE_ERROR) if it is not known whether it, or its
 * .failed, is there; then it is missing in `out`. */
bool result_read(const char *folder, const struct result_wanted *wanted, struct result *out, GError **error);
void result_clear(struct result *result);

/* Holds the files of a folder against the sizes in its manifest, which that of another version may lack.
 * NULL, or what is wrong (g_free). */
char *result_files_wrong(const char *folder, const struct manifest *manifest, bool other_version);

/* Writes FOLDER.failed: the reason, then the end of what the run said. False and error if that fails. */
bool result_write_failure(const char *folder, const char *reason, const char *said, GError **error);
/* What a run came to that has just ended: reason and said as of jobs_ended(). Writes FOLDER.failed or removes
 * it; *failed: which. One that ended well and left no folder has failed. False and error if it cannot be
 * written. */
bool result_conclude(const char *folder, const char *reason, const char *said, bool *failed, GError **error);
/* Removes FOLDER.failed if it is there. */
void result_forget_failure(const char *folder);

#endif
