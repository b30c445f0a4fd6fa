/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the commands on studies share. */
#include "sim/cli/study_command.h"
#include "sim/cli/version.h"

#include "sim/cli/cli.h"
#include "sim/cli/output_dir.h"
#include "sim/cli/report.h"
#include "sim/config/file.h"
#include "sim/config/value.h"
#include "sim/study/collect.h"
#include "sim/study/folder.h"
#include "sim/study/jobs.h"
#include "sim/study/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHARDS_MAX 100000

/* An expired key costs a bootstrap besides the pull; ns-3 takes much longer than the native engine. Rough,
 * but only the order of runs rests on it. */
#define BOOTSTRAP_COST 2.0
#define NS3_COST       30.0

static char *study_command_refuse(const struct config *config)
{
    const struct scenario *scenario = scenario_of(config);
    char *names, *engine, *text;

    if (cli_engine(scenario))
        return NULL;
    names = cli_engine_names();
    engine = cli_choice(scenario_key("run", "engine"), scenario->run_engine);
    text = g_strdup_printf("run.engine: %s is not compiled in, this program has: %s", engine, names);
    g_free(engine);
    g_free(names);
    return text;
}

static const struct study_verdict verdicts[] = {
    {"collapsed", "collapsed"}, {"overloaded", "overloaded"}, {"cut_off", "cut off"}, {NULL, NULL}};

/* What is printed as more than 100 %. */
#define OVERLOAD 1.005

static void load_at(const struct config *config, struct study_load *out)
{
    const struct scenario *scenario = scenario_of(config);
    struct load load;

    load_of_scenario(scenario, &load);
    out->offered_ratio = load.offered_max_ratio;
    out->bottleneck = load.bottleneck;
    if (load.offered_max_ratio >= OVERLOAD)
        out->warning = g_strdup_printf(
            "more is offered than can be done: more and more UEs wait as long as pulls go out, and "
            "the answer holds for ue.count = %s only",
            scenario_value_text(scenario, scenario_key("ue", "count")));
}

static double number_at(const struct study *study, unsigned point, const struct config_key *key)
{
    double number;
    mpq_t exact;

    mpq_init(exact);
    study_number(key, study_point_text(study, point, key), exact);
    number = quantity_nearest(exact);
    mpq_clear(exact);
    return number;
}

static double effort_at(const struct study *study, unsigned point)
{
    double ues = number_at(study, point, scenario_key("ue", "count"));
    double expired = number_at(study, point, scenario_key("ue", "muk_expired"));
    const char *engine = study_point_text(study, point, scenario_key("run", "engine"));

    return ues * (1 + BOOTSTRAP_COST * expired) * (strcmp(engine, "ns3") == 0 ? NS3_COST : 1);
}

static double cost_at(const struct config *config)
{
    const struct scenario *scenario = scenario_of(config);
    struct storm_needs needs;

    storm_needs(scenario, cli_engine(scenario), &needs);
    return needs.cpu_s;
}

struct study_host study_command_host(void)
{
    return (struct study_host){.schema = &scenario_schema,
                               .metrics = storm_metrics,
                               .metric_count = storm_metric_count,
                               .quantiles = storm_quantiles,
                               .quantile_count = storm_quantile_count,
                               .words = storm_words,
                               .word_count = storm_word_count,
                               .ues = "ues",
                               .progress = "ues_keyed_ratio",
                               .load = load_at,
                               .verdicts = verdicts,
                               .effort = effort_at,
                               .cost_s = cost_at,
                               .calm = load_verdict_names[LOAD_CALM],
                               .version = PULLSTORM_VERSION,
                               .rule = storm_check,
                               .refuse = study_command_refuse,
                               .cell = summary_parameter_cell};
}

static struct study *or_mistakes(struct study *study, GError *error)
{
    if (error) {
        cli_print(error->message);
        g_error_free(error);
    }
    return study;
}

struct study *study_command_load(const char *path)
{
    const struct study_host host = study_command_host();
    GError *error = NULL;
    struct study *study = study_load(path, &host, &error);

    return or_mistakes(study, error);
}

struct study *study_command_load_folder(const char *dir)
{
    const struct study_host host = study_command_host();
    char *path = g_build_filename(dir, "study.ini", NULL),
         *base_path = g_build_filename(dir, "base.ini", NULL);
    GError *error = NULL;
    char *text = config_file_read(path, "study", &error), *base = NULL;
    struct study *study = NULL;

    if (text && g_file_test(base_path, G_FILE_TEST_EXISTS))
        base = config_file_read(base_path, scenario_schema.example, &error);
    if (text && !error)
        study = study_parse(path, text, base, &host, &error);
    g_free(path);
    g_free(base_path);
    g_free(text);
    g_free(base);
    return or_mistakes(study, error);
}

struct study *study_command_parse(const char *path, const char *text)
{
    const struct study_host host = study_command_host();
    GError *error = NULL;
    struct study *study = study_parse(path, text, NULL, &host, &error);

    return or_mistakes(study, error);
}

char *study_command_dir(const struct study *study, const char *given)
{
    return given ? g_strdup(given) : g_build_filename("results", study->name, NULL);
}

/* A number of replications at *text, which moves to its end; 0: none. */
static unsigned take_count(const char **text)
{
    char *end;
    uint64_t value;

    if (!g_ascii_isdigit(**text))
        return 0;
    value = g_ascii_strtoull(*text, &end, 10);
    *text = end;
    return value <= STUDY_REPLICATIONS_MAX ? (unsigned)value : 0;
}

bool study_command_replications(const char *text, unsigned *first, unsigned *last)
{
    const char *at = text;
    unsigned a = take_count(&at), b = a;

    if (a && g_str_has_prefix(at, "..")) {
        at += 2;
        b = take_count(&at);
    } else
        a = a ? 1 : 0;
    if (a && b && !*at && a <= b) {
        *first = a;
        *last = b;
        return true;
    }
    cli_error("--replications: \"%s\" is not right, expected N or A..B from 1 to %d", text,
              STUDY_REPLICATIONS_MAX);
    return false;
}

bool study_command_shard(const char *text, unsigned *shard, unsigned *shards)
{
    int length = 0;

    if (sscanf(text, "%5u/%6u%n", shard, shards, &length) == 2 && text[length] == '\0' && *shard >= 1 &&
        *shard <= *shards && *shards <= SHARDS_MAX) {
        --*shard;
        return true;
    }
    cli_error("--shard: \"%s\" is not right, expected I/N such as 1/4", text);
    return false;
}

static bool holds_somewhere(const struct study *study, const struct expression *only)
{
    for (unsigned point = 1; point <= study->point_count; point++)
        if (study_point_is(study, point, only))
            return true;
    return false;
}

struct expression *study_command_only(const struct study *study, const char *text)
{
    const struct expression_names names = study_names(study->host->schema);
    GError *error = NULL;
    struct expression *only = expression_parse(text, &names, &error);

    if (error) {
        cli_error("--only: %s", error->message);
        g_error_free(error);
        return NULL;
    }
    if (holds_somewhere(study, only))
        return only;
    cli_error("--only: \"%s\" is true at none of the %u points", text, study->point_count);
    expression_free(only);
    return NULL;
}

static bool one_line(const char *path)
{
    while (*path && !g_ascii_iscntrl(*path))
        path++;
    return *path == '\0';
}

bool study_command_one_line(const char *command, const struct study *study, const char *dir)
{
    const char *wrong = !one_line(dir) ? "folder of the study" : "base scenario";

    if (one_line(dir) && one_line(study->base))
        return true;
    cli_error("%s: the path of the %s holds a control character, expected one without: a command is one line",
              command, wrong);
    return false;
}

char *study_command_run_text(const struct study *study, const char *dir, const struct study_run *run)
{
    char *name = study_run_name(run->point, run->replication), *folder = folder_run(dir, name);
    char **words = run_command_words(study, "pullstorm", run->point, NULL, run->seed, folder,
                                     run->result.state == RESULT_DAMAGED);
    char *text = run_command_text(words);

    g_strfreev(words);
    g_free(folder);
    g_free(name);
    return text;
}

void study_command_print_run(const struct study *study, const char *dir, const struct study_run *run)
{
    char *text = study_command_run_text(study, dir, run);

    puts(text);
    g_free(text);
}

void study_command_other_version(const char *dir, const char *which)
{
    cli_error(
        "%s/runs/%s; results of different versions do not belong in one table: --any-version takes them "
        "all the same, -o names another folder",
        dir, which);
}

void study_command_given_up(const char *before, const struct study_run *failed)
{
    cli_error("%spoint %u: given up, its replications %u to %u failed, the last one by: %s", before,
              failed->point, failed->replication - COLLECT_FAILURES_MAX + 1, failed->replication,
              failed->result.why);
}

void study_command_tell_limit(const struct study *study)
{
    uint64_t kb = jobs_lower_limit_kb(study->memory_bytes);

    if (kb)
        cli_error("memory = %s: the hard limit here is lower and counts: %" PRIu64 " kB (ulimit -H -v)",
                  study->memory_text, kb);
}

int study_command_as_it_is(const struct study *study, const char *dir)
{
    GError *error = NULL;
    bool renumbers = false;

    if (!folder_fits(study, dir, &error) || !folder_renumbers(study, dir, &renumbers, &error))
        return study_command_give_up(error);
    if (!renumbers)
        return CLI_OK;
    cli_error(
        "%s: the study has grown, and its runs have other numbers now; pullstorm collect %s -o %s gives "
        "them those",
        dir, study->path, dir);
    return CLI_WRONG;
}

void study_command_clear(const char *dir)
{
    char *runs = g_build_filename(dir, "runs", NULL);

    output_dir_remove_abandoned(runs, NULL);
    g_free(runs);
}

int study_command_give_up(GError *error)
{
    int status = error->domain == G_FILE_ERROR ? CLI_FAILED : CLI_WRONG;

    cli_error("%s", error->message);
    g_error_free(error);
    return status;
}
