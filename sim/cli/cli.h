/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm(1): what its commands share. Each command takes its own argc and argv (argv[0] is its name) and
 * returns the exit status. */
#ifndef SIM_CLI_CLI_H
#define SIM_CLI_CLI_H

#include "models/storm.h"

#include <glib.h>
#include <stdbool.h>

enum cli_status {
    CLI_OK = 0,
    CLI_FAILED = 1, /* the run failed or its result could not be written whole */
    CLI_WRONG = 2   /* the command line or the scenario is wrong */
};

/* The commands, by name: each reads its own options and returns an enum cli_status. */
int run_command(int argc, char **argv);
int check_command(int argc, char **argv);
int load_command(int argc, char **argv);
int keys_command(int argc, char **argv);
int metrics_command(int argc, char **argv);
int decode_command(int argc, char **argv);
int expand_command(int argc, char **argv);
int collect_command(int argc, char **argv);
int plan_command(int argc, char **argv);
int sweep_command(int argc, char **argv);
int compare_command(int argc, char **argv);
int plot_command(int argc, char **argv);
int report_command(int argc, char **argv);

/* The engines that are compiled in, NULL-terminated; the program defines it. */
extern const struct network_engine *const cli_engines[];
/* The engine that a scenario's run.engine names; never NULL for one that cli_load() returned. */
const struct network_engine *cli_engine(const struct scenario *scenario);
struct ns3_options;
/* What a scenario says to its engine alone, put into *ns3; NULL if the engine has no options. pcap_dir: for
 * captures of every device, NULL: none. */
const void *cli_engine_options(const struct scenario *scenario, const char *pcap_dir,
                               struct ns3_options *ns3);
/* Their names, separated by spaces. Free with g_free. */
char *cli_engine_names(void);

/* Prints a message, maybe of several lines, on standard error. Names and values in it may come from anywhere:
 * control characters are shown as \xHH. */
void cli_print(const char *message);
/* Prints "pullstorm: message" in the same way. */
void cli_error(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* What an options parser found. */
enum cli_parsed { CLI_GO, CLI_HELP_SHOWN, CLI_REFUSED };

/* Parses the options of a command; --help is added. `usage` is what follows the options, `about` a paragraph
 * for --help. The value of a short option may follow it at once (-oDIR). What is not an option is left in
 * argv[1..], *argc is set. Texts (G_OPTION_ARG_STRING) are UTF-8 in every locale. Options that are not known
 * are answered with the nearest; a value or word that is empty is refused. */
enum cli_parsed cli_parse(const char *usage, const char *about, const GOptionEntry *entries, int *argc,
                          char **argv);

/* A scenario with the settings of the command line; prints every mistake if there is one. NULL: wrong. An
 * engine that is not compiled in is a mistake, too. rule: storm_check(), or one that calls it. */
struct scenario *cli_load(const char *path, const char *const *settings, config_rule *rule);

/* Ends standard output: CLI_OK, or CLI_FAILED and a message if not all of it could be written. */
int cli_finish_output(void);

/* A command that takes no operand and prints a list: as a table, or with --format csv. Its status. */
int cli_list(int argc, char **argv, const char *about, void (*print_table)(void), void (*print_csv)(void));

/* A word of a CHOICE key: the one the scenario has. Free with g_free. */
char *cli_choice(const struct config_key *key, int chosen);

#endif
