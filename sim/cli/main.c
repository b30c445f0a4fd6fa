/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm(1): finds the command and hands over. */
#include "sim/base/memory.h"
#include "sim/cli/cli.h"
#include "sim/cli/version.h"
#include "sim/config/suggest.h"

#include <gmp.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"run", run_command, "simulate one scenario and write its result"},
    {"check", check_command, "find every mistake in a scenario without running it"},
    {"load", load_command, "say what a scenario asks of servers and links, before it runs"},
    {"keys", keys_command, "list every scenario key"},
    {"metrics", metrics_command, "list every column of the results"},
    {"expand", expand_command, "list the runs of a parameter study"},
    {"collect", collect_command, "make tables of the runs of a study"},
    {"sweep", sweep_command, "run a parameter study, or what is missing of it"},
    {"plan", plan_command, "find the values that meet a target, or the cheapest"},
    {"compare", compare_command, "say what differs between two results beyond chance"},
    {"plot", plot_command, "make pictures of a result"},
    {"report", report_command, "make one page of a result, to be read anywhere"},
    {"decode", decode_command, "print a MIKEY message field by field"},
};

static void usage(FILE *to)
{
    fputs("Usage: pullstorm COMMAND [OPTION...]\n\n"
          "Simulates millions of UEs that answer an MBMS solicited pull (3GPP TS 33.246).\n\n"
          "Commands:\n",
          to);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fputs("\n"
          "Options:\n"
          "  --help    show this help; \"pullstorm COMMAND --help\" that of a command\n"
          "  --version show the version and the engines compiled in\n"
          "\n"
          "Exit status: 0 done; 1 the run failed or its result could not be written\n"
          "whole; 2 the command line or the scenario is wrong.\n",
          to);
}

static int unknown(const char *name)
{
    struct suggestion suggestion = {name, NULL, 0};
    bool option = name[0] == '-';

    if (option) {
        suggest_offer(&suggestion, "--help");
        suggest_offer(&suggestion, "--version");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands) && !option; i++)
        suggest_offer(&suggestion, commands[i].name);
    cli_error("unknown %s %s, did you mean %s? (pullstorm --help)", option ? "option" : "command", name,
              suggestion.nearest);
    return CLI_WRONG;
}

/* GMP would end the process by abort(). */
static void *gmp_resize(void *at, size_t old_bytes, size_t bytes)
{
    (void)old_bytes;
    return g_realloc(at, bytes);
}

static void gmp_free(void *at, size_t bytes)
{
    (void)bytes;
    g_free(at);
}

/* OpenSSL would go on, and in places fall over what it then has not. */
static void *openssl_malloc(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return g_malloc(bytes);
}

static void *openssl_realloc(void *at, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return g_realloc(at, bytes);
}

static void openssl_free(void *at, const char *file, int line)
{
    (void)file;
    (void)line;
    g_free(at);
}

/* What g_strerror() would print before it returns NULL: that it cannot convert a text. From ASCII, for nobody
 * here calls setlocale(), it always can, but where there is no memory. */
static void on_print(const gchar *text)
{
    (void)text;
    memory_out(0);
}

int main(int argc, char **argv)
{
    memory_watch();
    g_set_print_handler(on_print);
    mp_set_memory_functions(g_malloc, gmp_resize, gmp_free);
    CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);
    if (argc < 2) {
        usage(stderr);
        return CLI_WRONG;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return cli_finish_output();
    }
    if (strcmp(argv[1], "--version") == 0) {
        char *names = cli_engine_names();

        printf("pullstorm " PULLSTORM_VERSION "\nengines: %s\n", names);
        g_free(names);
        return cli_finish_output();
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return unknown(argv[1]);
}
