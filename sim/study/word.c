/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Words and their places. */
#include "sim/study/word.h"

#include <math.h>
#include <string.h>

const char *const *word_list(const struct study_host *host, unsigned metric)
{
    for (unsigned i = 0; host->metrics[metric].kind == STATS_WORD && i < host->word_count; i++)
        if (strcmp(host->words[i].metric, host->metrics[metric].name) == 0)
            return host->words[i].words;
    return NULL;
}

const char *word_text(const struct study_host *host, unsigned metric, double value)
{
    return isnan(value) ? NULL : word_list(host, metric)[(unsigned)value];
}

bool word_value(const struct study_host *host, unsigned metric, const char *text, double *value)
{
    const char *const *words = word_list(host, metric);

    for (unsigned i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0) {
            *value = i;
            return true;
        }
    return false;
}

char *word_choice(const char *const *words)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; words[i]; i++) {
        const char *quote = strchr(words[i], ' ') ? "\"" : "";

        g_string_append_printf(text, "%s%s%s%s",
                               i == 0         ? ""
                               : words[i + 1] ? ", "
                                              : " or ",
                               quote, words[i], quote);
    }
    return g_string_free(text, FALSE);
}

const char *word_worst(const struct study_host *host, unsigned metric, const double *const *runs, unsigned n)
{
    double worst = n > 0 ? 0 : (double)NAN;

    for (unsigned i = 0; i < n; i++)
        worst = isnan(worst) || isnan(runs[i][metric]) ? (double)NAN : fmax(worst, runs[i][metric]);
    return word_text(host, metric, worst);
}

char *word_counts(const struct study_host *host, unsigned metric, const double *const *runs, unsigned n)
{
    const char *const *words = word_list(host, metric);
    GString *text = g_string_new(NULL);

    for (unsigned word = 0; words[word]; word++) {
        unsigned count = 0;

        for (unsigned i = 0; i < n; i++)
            count += runs[i][metric] == word;
        if (count > 0)
            g_string_append_printf(text,
                                   text->len    ? ", %s (%u)"
                                   : count == 1 ? "%s (%u run)"
                                                : "%s (%u runs)",
                                   words[word], count);
    }
    return g_string_free(text, FALSE);
}
