/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Folders with studies and made-up results. */
#include "tests/unit/study_fixture.h"

#include "models/scenario/scenario.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

static const struct stats_column metrics[] = {{"wait_s", "s", "", STATS_MEAN},
                                              {"ues_done", "1", "", STATS_COUNT},
                                              {"load_ratio", "ratio", "", STATS_MEAN}};

static void cell(struct csv *csv, const struct config *scenario, const struct config_key *key)
{
    csv_text(csv, config_value_text(scenario, key));
}

static char *refuse(const struct config *scenario)
{
    return scenario_of(scenario)->run_engine == 0 ? NULL : g_strdup("run.engine: not compiled in");
}

/* As long as there are UEs, three times as long for one without a key. */
static double effort(const struct study *study, unsigned point)
{
    struct config *config = study_point_scenario(study, point, NULL);
    const struct scenario *scenario = scenario_of(config);
    double all = (double)scenario->ue_count * (1 + 2 * scenario->ue_muk_expired);

    config_free(config);
    return all;
}

const struct study_host study_fixture_host = {.schema = &scenario_schema,
                                              .metrics = metrics,
                                              .metric_count = G_N_ELEMENTS(metrics),
                                              .version = "1.0",
                                              .refuse = refuse,
                                              .effort = effort,
                                              .cell = cell};

void study_fixture_open(struct study_fixture *fixture)
{
    fixture->folder = g_dir_make_tmp("study-XXXXXX", NULL);
    g_assert_nonnull(fixture->folder);
    study_fixture_write(fixture, "base.ini", "[ue]\ncount = 2k\n[bmsc]\nworkers = 3\n");
}

static void remove_all(const char *path)
{
    GDir *listing = g_dir_open(path, 0, NULL);
    const char *name;

    while (listing && (name = g_dir_read_name(listing)) != NULL) {
        char *below = g_build_filename(path, name, NULL);

        remove_all(below);
        g_free(below);
    }
    if (listing)
        g_dir_close(listing);
    g_assert_cmpint(g_remove(path), ==, 0);
}

void study_fixture_close(struct study_fixture *fixture)
{
    remove_all(fixture->folder);
    g_free(fixture->folder);
}

char *study_fixture_path(const struct study_fixture *fixture, const char *name)
{
    return g_build_filename(fixture->folder, name, NULL);
}

void study_fixture_write(const struct study_fixture *fixture, const char *name, const char *text)
{
    char *path = study_fixture_path(fixture, name), *folder = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0777), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_free(folder);
    g_free(path);
}

char *study_fixture_read(const struct study_fixture *fixture, const char *name)
{
    char *path = study_fixture_path(fixture, name), *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_free(path);
    return text;
}

struct study *study_fixture_load(const struct study_fixture *fixture, const char *text)
{
    char *whole = g_strconcat("[study]\nbase = base.ini\n", text, NULL);
    char *path = study_fixture_path(fixture, "study.ini");
    GError *error = NULL;
    struct study *study;

    study_fixture_write(fixture, "study.ini", whole);
    study = study_load(path, &study_fixture_host, &error);
    g_assert_no_error(error);
    g_free(path);
    g_free(whole);
    return study;
}

/* The cell of a key, as the host writes it. */
static void key_cell(struct csv *csv, const struct study *study, const struct config *scenario,
                     unsigned point, unsigned replication, const struct config_key *key)
{
    if (strcmp(key->section, "run") == 0 && strcmp(key->name, "seed") == 0)
        csv_unsigned(csv, study_seed(study, point, replication));
    else
        cell(csv, scenario, key);
}

/* Header and row, without the end of the last line. */
static char *summary_text(const struct study *study, unsigned point, unsigned replication, const char *cells)
{
    struct config *scenario = study_point_scenario(study, point, NULL);
    char *keys = NULL, *text;
    struct csv *csv = csv_open_text(&keys);

    for (unsigned i = 0; i < scenario_schema.count; i++) {
        char *name = g_strdup_printf("%s.%s", scenario_schema.keys[i].section, scenario_schema.keys[i].name);

        csv_text(csv, name);
        g_free(name);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(metrics); i++)
        csv_text(csv, metrics[i].name);
    csv_row_end(csv, NULL);
    for (unsigned i = 0; i < scenario_schema.count; i++)
        key_cell(csv, study, scenario, point, replication, &scenario_schema.keys[i]);
    csv_close(csv, NULL);
    text = g_strconcat(keys, ",", cells, "\n", NULL);
    free(keys);
    config_free(scenario);
    return text;
}

void study_fixture_result(const struct study_fixture *fixture, const struct study *study, unsigned point,
                          unsigned replication, const char *version, const char *cells)
{
    char *text = summary_text(study, point, replication, cells), *name = study_run_name(point, replication);
    char *summary = g_strdup_printf("runs/%s/summary.csv", name);
    char *series = g_strdup_printf("runs/%s/timeseries.csv", name);
    char *manifest = g_strdup_printf("runs/%s/manifest.json", name);
    char *about = g_strdup_printf("{\n  \"program\": \"pullstorm\",\n  \"version\": \"%s\",\n  \"wall_s\": "
                                  "%u.500000,\n  \"scenario_text\": \"\\n  \\\"version\\\": \\\"9\\\"\",\n"
                                  "  \"files\": {\"summary.csv\": %zu, \"timeseries.csv\": 7}\n}\n",
                                  version, point, strlen(text));

    study_fixture_write(fixture, summary, text);
    study_fixture_write(fixture, series, "time_s\n");
    study_fixture_write(fixture, manifest, about);
    g_free(about);
    g_free(manifest);
    g_free(series);
    g_free(summary);
    g_free(name);
    g_free(text);
}
