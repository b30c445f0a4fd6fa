/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm load: what a scenario asks of servers and links, and what will become of it, before it runs. */
#include "models/load.h"

#include "sim/cli/cli.h"
#include "sim/cli/format.h"
#include "sim/cli/load_notes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH       79
#define NAME_WIDTH  32
#define VALUE_WIDTH 12

void load_notes(const struct load *load)
{
    char **warnings = load_warnings(load);

    for (char **warning = warnings; *warning; warning++)
        fprintf(stderr, "note: %s\n", *warning);
    g_strfreev(warnings);
}

void load_summary(const struct load *load, FILE *to)
{
    char **sentences = load_sentences(load);

    for (unsigned i = 0; i < 2; i++)
        format_wrapped(to, 0, WIDTH, sentences[i]);
    g_strfreev(sentences);
}

static void print_line(void *user, const struct load_line *line)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    const char *value = line->text;

    (void)user;
    if (!value)
        value = isfinite(line->value)
                    ? g_ascii_formatd(number, sizeof number, fabs(line->value) >= 1e6 ? "%.0f" : "%.6g",
                                      line->value + 0.0)
                    : "-";
    printf("%-*s %*s %-6s %s\n", NAME_WIDTH, line->name, VALUE_WIDTH, value,
           strcmp(line->unit, "text") == 0 ? "" : line->unit, line->meaning);
}

static void print_text(const struct load *load)
{
    char **sentences = load_sentences(load);

    for (char **sentence = sentences; *sentence; sentence++)
        format_wrapped(stdout, 0, WIDTH, *sentence);
    g_strfreev(sentences);
    putchar('\n');
    load_lines(load, print_line, NULL);
}

/* text, csv, or NULL for the first. */
static bool load_format_right(const char *format, bool *csv)
{
    *csv = format && strcmp(format, "csv") == 0;
    if (!format || *csv || strcmp(format, "text") == 0)
        return true;
    cli_error("load: unknown format \"%s\", expected text or csv", format);
    return false;
}

int load_command(int argc, char **argv)
{
    char **settings = NULL, *format = NULL;
    const GOptionEntry entries[] = {
        {"set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, "set a scenario key; may be given again",
         "SECTION.KEY=VALUE"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &format, "text: to read; csv: for scripts", "text|csv"},
        {.long_name = NULL}};
    enum cli_parsed parsed =
        cli_parse("SCENARIO",
                  "Says what a scenario asks of each server and link before anything runs: work of one UE,\n"
                  "offered load, bottleneck, and whether the storm will end by itself.",
                  entries, &argc, argv);
    struct scenario *scenario = NULL;
    bool csv = false, done = false;

    if (parsed == CLI_GO && argc != 2)
        cli_error("load: expected one SCENARIO, got %d (pullstorm load --help)", argc - 1);
    else if (parsed == CLI_GO && load_format_right(format, &csv))
        scenario = cli_load(argv[1], (const char *const *)settings, storm_check);
    if (scenario) {
        struct load load;

        load_of_scenario(scenario, &load);
        if (csv)
            load_write_csv(&load, stdout);
        else
            print_text(&load);
        done = true;
    }
    scenario_free(scenario);
    g_strfreev(settings);
    g_free(format);
    return done || parsed == CLI_HELP_SHOWN ? cli_finish_output() : CLI_WRONG;
}
