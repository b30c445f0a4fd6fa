/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Metrics that are a word, such as a verdict. In memory each is a number, the place of its word; in files and
 * conditions it is the word. */
#ifndef SIM_STUDY_WORD_H
#define SIM_STUDY_WORD_H

#include "sim/study/study.h"

/* The words that a metric may be, from the best to the worst, NULL-terminated; NULL: it is a number. */
const char *const *word_list(const struct study_host *host, unsigned metric);
/* The word of a value; NULL: it has none (NaN). */
const char *word_text(const struct study_host *host, unsigned metric, double value);
/* The value of a word; false: the metric may not be that. */
bool word_value(const struct study_host *host, unsigned metric, const char *text, double *value);
/* The words to choose from, 'calm, "cut off" or collapsed': quoted as conditions want them; g_free. */
char *word_choice(const char *const *words);
/* The worst of the words of n runs (metrics of each run); NULL: there is none, or a run has none. */
const char *word_worst(const struct study_host *host, unsigned metric, const double *const *runs, unsigned n);
/* How many runs have which, "calm (2 runs), collapsed (1)"; g_free. */
char *word_counts(const struct study_host *host, unsigned metric, const double *const *runs, unsigned n);

#endif
