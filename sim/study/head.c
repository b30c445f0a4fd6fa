/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The section [study]. */
#include "sim/config/file.h"
#include "sim/config/value.h"
#include "sim/study/identity.h"
#include "sim/study/metric.h"
#include "sim/study/reader.h"
#include "sim/study/word.h"

#include <string.h>

/* What may be in [study], as keys like those of a scenario. */
static const struct config_key head_keys[] = {
    {"study", "base", CONFIG_TEXT, "", "1", "4096", "", 0, NULL},
    {"study", "title", CONFIG_TEXT, "", "0", "1000", "", 0, NULL},
    {"study", "description", CONFIG_TEXT, "", "0", "10000", "", 0, NULL},
    {"study", "replications", CONFIG_COUNT, "1", "1", G_STRINGIFY(STUDY_REPLICATIONS_MAX), "", 0, NULL},
    {"study", "seed", CONFIG_SEED, "1", "0", "18446744073709551615", "", 0, NULL},
    {"study", "random_numbers", CONFIG_CHOICE, "common", "common|independent", "", "", 0, NULL},
    {"study", "timeout", CONFIG_DURATION, "", "1s", "30d", "", 0, NULL},
    {"study", "memory", CONFIG_BYTES, "", "1MB", "1000TB", "", 0, NULL},
    {"study", "metrics", CONFIG_TEXT, "", "1", "4000", "", 0, NULL},
    {"study", "constraint", CONFIG_TEXT, "", "1", "4000", "", 0, NULL},
};

static void take_base(struct reader *reader, unsigned line, const char *text)
{
    struct study *study = reader->study;
    char *folder = g_path_get_dirname(study->path);
    char *path = g_path_is_absolute(text) ? g_strdup(text) : g_build_filename(folder, text, NULL);
    GError *error = NULL;

    study->base = g_canonicalize_filename(path, NULL);
    study->base_text = reader->base_text
                           ? g_strdup(reader->base_text)
                           : config_file_read(study->base, study->host->schema->example, &error);
    if (study->base_text) {
        study->base_template = config_template_new(study->host->schema, study->base, study->base_text);
        study->base_scenario = study_base_with(study, NULL, &error);
    }
    if (study->base_scenario)
        identity_begin(study);
    if (error) {
        reader_mistake(reader, line, "study", "base", CONFIG_ERROR_FILE, "%s", error->message);
        g_error_free(error);
    }
    g_free(path);
    g_free(folder);
}

static void head_take_metrics(struct reader *reader, unsigned line, const char *text)
{
    const struct study_host *host = reader->study->host;

    reader->study->metrics = g_strsplit(text, ",", -1);
    for (char **metric = reader->study->metrics; *metric; metric++) {
        int place = metric_place(host, g_strstrip(*metric));

        if (place < 0)
            reader_mistake(reader, line, "study", "metrics", CONFIG_ERROR_UNKNOWN,
                           "%s: unknown metric, did you mean %s?", *metric, metric_nearest(host, *metric));
        else if (word_list(host, (unsigned)place))
            reader_mistake(reader, line, "study", "metrics", CONFIG_ERROR_VALUE,
                           "%s: a word, which no curve shows, expected metrics that are numbers, such as "
                           "collapsed",
                           *metric);
    }
}

static void take_constraint(struct reader *reader, unsigned line, const char *text)
{
    const struct expression_names names = study_names(reader->study->host->schema);
    GError *error = NULL;

    reader->study->constraint = expression_parse(text, &names, &error);
    if (error) {
        reader_mistake(reader, line, "study", "constraint", (enum config_error)error->code, "%s",
                       error->message);
        g_error_free(error);
    }
}

static void take_value(struct reader *reader, unsigned line, const struct config_key *key,
                       const struct config_value *value, const char *text)
{
    struct study *study = reader->study;

    if (strcmp(key->name, "base") == 0)
        take_base(reader, line, text);
    else if (strcmp(key->name, "title") == 0)
        study->title = g_strdup(text);
    else if (strcmp(key->name, "description") == 0)
        study->description = g_strdup(text);
    else if (strcmp(key->name, "replications") == 0)
        study->replications = (unsigned)value->integer;
    else if (strcmp(key->name, "seed") == 0)
        study->seed = value->seed;
    else if (strcmp(key->name, "random_numbers") == 0)
        study->independent = value->integer == 1;
    else if (strcmp(key->name, "timeout") == 0)
        study->timeout_ns = value->integer;
    else if (strcmp(key->name, "memory") == 0) {
        study->memory_bytes = value->integer;
        study->memory_text = g_strdup(text);
    } else if (strcmp(key->name, "metrics") == 0)
        head_take_metrics(reader, line, text);
    else
        take_constraint(reader, line, text);
}

void reader_head_line(struct reader *reader, unsigned line, const char *name)
{
    struct suggestion suggestion = {name, NULL, 0};

    for (size_t i = 0; i < G_N_ELEMENTS(head_keys); i++) {
        struct config_value value;
        char *text, *why = NULL;

        suggest_offer(&suggestion, head_keys[i].name);
        if (strcmp(head_keys[i].name, name) != 0)
            continue;
        text = reader_value(reader, "study", name);
        if (config_value_parse(&head_keys[i], text, &value, &why))
            take_value(reader, line, &head_keys[i], &value, text);
        else
            reader_mistake(reader, line, "study", name, CONFIG_ERROR_VALUE, "%s", why);
        g_free(why);
        g_free(text);
        return;
    }
    reader_mistake(reader, line, "study", name, CONFIG_ERROR_UNKNOWN, "unknown key, did you mean %s?",
                   suggestion.nearest);
}

void reader_finish_head(struct reader *reader)
{
    if (!g_key_file_has_group(reader->file, "study"))
        reader_mistake(reader, 0, NULL, NULL, CONFIG_ERROR_SYNTAX,
                       "no section [study], expected one with base = SCENARIO");
    else if (!g_key_file_has_key(reader->file, "study", "base", NULL))
        reader_mistake(reader, 0, "study", "base", CONFIG_ERROR_SYNTAX,
                       "missing, expected the path of a scenario");
    if (!reader->study->metrics)
        reader->study->metrics = g_new0(char *, 1);
}
