/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the commands on studies share. */
#include "sim/cli/study_command.h"
#include "sim/cli/version.h"

#include "sim/cli/cli.h"
#include "sim/cli/output_dir.h"
#include "sim/cli/report.h"
#include "sim/config/value.h"

#include <stdio.h>
#include <string.h>

static char *refuse(const struct scenario *scenario)
{
    char *names, *engine, *text;

    if (cli_engine(scenario))
        return NULL;
    names = cli_engine_names();
    engine = cli_choice(config_key_find("run", "engine"), scenario->run_engine);
    text = g_strdup_printf("run.engine: %s is not compiled in, this program has: %s", engine, names);
    g_free(engine);
    g_free(names);
    return text;
}

struct study *study_command_load(const char *path)
{
    const struct study_host host = {.metrics = storm_metrics,
                                    .metric_count = storm_metric_count,
                                    .version = PULLSTORM_VERSION,
                                    .rule = storm_check,
                                    .refuse = refuse,
                                    .cell = summary_parameter_cell};
    GError *error = NULL;
    struct study *study;

    study = study_load(path, &host, &error);
    if (error) {
        cli_print(error->message);
        g_error_free(error);
    }
    return study;
}

char *study_command_dir(const struct study *study, const char *given)
{
    return given ? g_strdup(given) : g_build_filename("results", study->name, NULL);
}

/* A number of replications at *text, which moves behind it; 0: none. */
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
