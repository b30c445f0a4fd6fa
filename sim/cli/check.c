/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm check: every mistake of a scenario, without running it. */
#include "models/scenario/pace.h"
#include "sim/cli/check_engine.h"
#include "sim/cli/cli.h"
#include "sim/cli/format.h"
#include "sim/cli/load_notes.h"
#include "sim/cli/needs.h"
#include "sim/cli/whatif.h"
#include "sim/config/mistakes.h"
#include "sim/config/timeline.h"
#include "sim/config/value.h"
#include "sim/net/ns3/ns3_network.h"

#include <stdio.h>

/* Not wrong, but worth a word: a storm that cannot end within the run. */
static void note_late_pulls(const struct scenario *scenario)
{
    struct pace pace;
    double last_s;
    char last[FORMAT_SIZE], end[FORMAT_SIZE];

    pace_init(&pace, scenario);
    last_s = (double)scenario->pull_start / 1e9 + pace_seconds(&pace, (double)(scenario->ue_count - 1));
    pace_clear(&pace);
    if (last_s < (double)scenario->run_end / 1e9)
        return;
    fprintf(stderr, "note: at pull.rate the last pull is due at %s, after run.end at %s\n",
            format_seconds(last, last_s), format_seconds(end, (double)scenario->run_end / 1e9));
}

/* ", N changes at M times"; empty if there are none. g_free. */
static char *changes_text(const struct scenario *scenario)
{
    const struct timeline *timeline = &scenario->config.timeline;
    unsigned times = 0;

    for (unsigned i = 0; i < timeline->count; i++)
        times += i == 0 || timeline->entries[i].time_ns != timeline->entries[i - 1].time_ns;
    if (times == 0)
        return g_strdup("");
    return g_strdup_printf(", %u %s at %u %s", timeline->count, timeline->count == 1 ? "change" : "changes",
                           times, times == 1 ? "time" : "times");
}

/* Not wrong either, but the result says nothing of a network that follows the standards. */
static void note_whatif(const struct scenario *scenario)
{
    char *on = whatif_text(scenario);

    if (on)
        fprintf(stderr, "note: what if: %s; no standard has that\n", on);
    g_free(on);
}

/* Only ns-3 knows which attributes it has: ask it. */
static void check_attributes(const struct scenario *scenario, struct mistakes *mistakes)
{
    struct ns3_options ns3;
    const struct storm_options options = {.engine = cli_engine(scenario),
                                          .engine_options = cli_engine_options(scenario, NULL, &ns3)};
    GError *error = NULL;
    struct storm *storm = storm_new(scenario, &options, &error);

    if (!storm && error->domain != G_FILE_ERROR)
        mistakes_add_at(mistakes, CONFIG_ERROR_VALUE, "ns3", "attributes", "%s", error->message);
    if (storm)
        storm_free(storm);
    g_clear_error(&error);
}

static void check_scenario(const struct config *config, struct mistakes *mistakes)
{
    const struct scenario *scenario = scenario_of(config);

    storm_check(config, mistakes);
    if (mistakes->text->len == 0 && *scenario->ns3_attributes && cli_engine(scenario))
        check_attributes(scenario, mistakes);
}

static void check_print_load(const struct scenario *scenario)
{
    struct load load;

    load_of_scenario(scenario, &load);
    load_summary(&load, stdout);
    load_notes(&load);
}

int check_command(int argc, char **argv)
{
    char **settings = NULL;
    const GOptionEntry entries[] = {{"set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings,
                                     "set a scenario key; may be given again", "SECTION.KEY=VALUE"},
                                    {.long_name = NULL}};
    enum cli_parsed parsed =
        cli_parse("SCENARIO",
                  "Validates a scenario without running it. Every mistake is one line with "
                  "file, line, key\nand what was expected.",
                  entries, &argc, argv);
    struct scenario *scenario = NULL;
    bool right = false;

    if (parsed == CLI_HELP_SHOWN)
        return cli_finish_output();
    if (parsed == CLI_GO && argc != 2)
        cli_error("check: expected one SCENARIO, got %d (pullstorm check --help)", argc - 1);
    else if (parsed == CLI_GO)
        scenario = cli_load(argv[1], (const char *const *)settings, check_scenario);
    if (scenario) {
        char ues[FORMAT_SIZE], cells[FORMAT_SIZE], *changes = changes_text(scenario);

        right = true;
        note_late_pulls(scenario);
        note_whatif(scenario);
        check_note_engines(scenario);
        printf("%s: no mistake found (%s UEs in %s cells, pull rate %s%s)\n", argv[1],
               format_count(ues, scenario->ue_count), format_count(cells, scenario->ue_cells),
               scenario_value_text(scenario, scenario_key("pull", "rate")), changes);
        g_free(changes);
        check_print_load(scenario);
        needs_print(scenario);
    }
    scenario_free(scenario);
    g_strfreev(settings);
    return right ? cli_finish_output() : CLI_WRONG;
}
