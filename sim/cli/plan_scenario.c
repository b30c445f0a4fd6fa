/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A plan of a scenario: a study of one point, made of the scenario and of what the command line sets. */
#include "sim/cli/cli.h"
#include "sim/cli/plan.h"
#include "sim/cli/study_command.h"
#include "sim/config/file.h"
#include "sim/config/lines.h"

#include <inttypes.h>
#include <string.h>

bool plan_is_study(const char *path)
{
    char *text = config_file_read(path, scenario_schema.example, NULL);
    GArray *lines;
    bool is = false;

    if (!text)
        return true; /* the reader of studies says why */
    lines = lines_index(text);
    for (unsigned i = 0; i < lines->len; i++) {
        const struct config_line *line = &g_array_index(lines, struct config_line, i);

        is = is || (line->kind == LINE_SECTION && strcmp(line->section, "study") == 0);
    }
    g_array_free(lines, TRUE);
    g_free(text);
    return is;
}

/* "section.key" of a setting that was found to be right; g_free. */
static char *key_of(const char *setting)
{
    return g_strstrip(g_strndup(setting, strcspn(setting, "=")));
}

/* Is it set again later? The last counts. */
static bool set_again(char **settings, const char *key)
{
    bool again = false;

    for (; *settings && !again; settings++) {
        char *other = key_of(*settings);

        again = strcmp(key, other) == 0;
        g_free(other);
    }
    return again;
}

static bool of_one_line(const char *text)
{
    while (*text && !g_ascii_iscntrl(*text))
        text++;
    return *text == '\0';
}

static bool add_set(GString *text, char **settings)
{
    g_string_append(text, "[set]\n");
    for (; *settings; settings++) {
        const char *value = strchr(*settings, '=') + 1;
        char *key = key_of(*settings);

        if (!of_one_line(value)) {
            cli_error("-s %s: the value holds a control character, expected one without: a study is lines",
                      key);
            g_free(key);
            return false;
        }
        if (!set_again(settings + 1, key) && strcmp(key, "run.seed") != 0)
            g_string_append_printf(text, "%s = %s\n", key, value);
        g_free(key);
    }
    return true;
}

/* The text of the study; NULL and a message if it cannot be one. The scenario's seed is the study's. */
static char *study_text(const char *path, char **settings, const struct scenario *scenario)
{
    char *base = g_path_get_basename(path);
    GString *text = g_string_new("[study]\n");
    bool good = of_one_line(base);

    if (!good)
        cli_error("plan: the name of the scenario holds a control character, expected one without");
    g_string_append_printf(text, "base = ./%s\ntitle = %s\nseed = %" PRIu64 "\n", base, scenario->config.name,
                           scenario->run_seed);
    if (good && settings)
        good = add_set(text, settings);
    g_free(base);
    return g_string_free(text, !good);
}

struct study *plan_study_of(const char *path, char **settings)
{
    struct scenario *scenario = cli_load(path, (const char *const *)settings, storm_check);
    char *text = scenario ? study_text(path, settings, scenario) : NULL;
    struct study *study = NULL;

    if (text) {
        char *folder = g_path_get_dirname(path),
             *name = g_strdup_printf("%s-plan.ini", scenario->config.name);
        char *as = g_build_filename(folder, name, NULL);

        study = study_command_parse(as, text);
        g_free(as);
        g_free(name);
        g_free(folder);
    }
    g_free(text);
    scenario_free(scenario);
    return study;
}
