/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Options, messages and scenarios, as every command needs them. */
#include "sim/cli/cli.h"
#include "sim/net/ns3/ns3_network.h"

#include "sim/config/suggest.h"
#include "sim/config/value.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Control characters, C1 as well: a terminal would obey them. Line ends stay, for messages have several
 * lines. */
static bool is_control(gunichar c)
{
    return c != '\n' && (c < 0x20 || (c >= 0x7f && c < 0xa0));
}

void cli_print(const char *message)
{
    /* At once: standard error has no buffer, and a scenario may have a hundred thousand mistakes. */
    GString *shown = g_string_new(NULL);

    for (const char *at = message; *at;) {
        gunichar c = g_utf8_get_char_validated(at, -1);
        bool valid = c < (gunichar)-2;
        size_t length = valid ? (size_t)(g_utf8_next_char(at) - at) : 1;

        if (!valid)
            c = (unsigned char)*at;
        if (is_control(c))
            g_string_append_printf(shown, "\\x%02x", (unsigned)c);
        else
            g_string_append_len(shown, at, (gssize)length);
        at += length;
    }
    g_string_append_c(shown, '\n');
    fputs(shown->str, stderr);
    g_string_free(shown, TRUE);
}

void cli_error(const char *format, ...)
{
    va_list arguments;
    char *message;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fputs("pullstorm: ", stderr);
    cli_print(message);
    g_free(message);
}

static bool is_option(const GOptionEntry *entries, const char *name)
{
    for (; entries->long_name; entries++)
        if (strcmp(entries->long_name, name) == 0)
            return true;
    return false;
}

/* Reports the first long option that does not exist; false if all do. */
static bool refuse_unknown(const char *command, const GOptionEntry *entries, char **argv)
{
    for (char **at = argv + 1; *at && strcmp(*at, "--") != 0; at++) {
        if (!g_str_has_prefix(*at, "--"))
            continue;
        char *name = g_strndup(*at + 2, strcspn(*at + 2, "="));
        struct suggestion suggestion = {name, "help", suggest_distance(name, "help")};

        if (is_option(entries, name) || strcmp(name, "help") == 0) {
            g_free(name);
            continue;
        }
        for (const GOptionEntry *entry = entries; entry->long_name; entry++)
            suggest_offer(&suggestion, entry->long_name);
        cli_error("%s: unknown option --%s, did you mean --%s?", command, name, suggestion.nearest);
        g_free(name);
        return true;
    }
    return false;
}

/* The help that GOption makes, in ASCII: it is read in every locale. */
static void print_help(GOptionContext *context)
{
    char *help = g_option_context_get_help(context, TRUE, NULL);
    char **parts = g_strsplit(help, "\xe2\x80\xa6", -1);
    char *plain = g_strjoinv("...", parts);

    fputs(plain, stdout);
    g_free(plain);
    g_strfreev(parts);
    g_free(help);
}

/* The entry that a word of the command line names, with the value in the word itself as *attached (NULL:
 * none). NULL if it names none that takes a value. */
static const GOptionEntry *valued_option(const GOptionEntry *entries, const char *word, const char **attached)
{
    bool is_long = g_str_has_prefix(word, "--");
    size_t length = is_long ? strcspn(word + 2, "=") : 1;

    if (word[0] != '-' || word[1] == '\0')
        return NULL;
    *attached = is_long ? strchr(word, '=') : word[2] ? word + 2 : NULL;
    for (; entries->long_name; entries++)
        if (entries->arg != G_OPTION_ARG_NONE &&
            (is_long
                 ? strlen(entries->long_name) == length && strncmp(entries->long_name, word + 2, length) == 0
                 : entries->short_name == word[1]))
            return entries;
    return NULL;
}

/* Of two folders or numbers the last one counts, as in every command line; of two conditions the first would
 * be dropped, and the answer be one to another question. */
static bool asks_one_thing(const GOptionEntry *entry)
{
    return entry->arg == G_OPTION_ARG_STRING && (g_strcmp0(entry->arg_description, "CONDITION") == 0 ||
                                                 g_strcmp0(entry->arg_description, "SUM") == 0);
}

/* The words with -oDIR as -o DIR, as GOption expects it; g_ptr_array_unref() after the last use of any of
 * them. NULL after a message: a condition is given twice. */
static GPtrArray *split_words(const char *command, const GOptionEntry *entries, char **argv)
{
    GPtrArray *words = g_ptr_array_new(), *asked = g_ptr_array_new();
    bool good = true;

    for (char **at = argv; *at && good; at++) {
        const char *attached = NULL;
        const GOptionEntry *entry = at > argv ? valued_option(entries, *at, &attached) : NULL;

        if (entry && asks_one_thing(entry)) {
            good = !g_ptr_array_find(asked, entry, NULL);
            if (!good)
                cli_error("%s: --%s is given twice, expected one %s", command, entry->long_name,
                          *entry->arg_description == 'S' ? "sum"
                                                         : "condition: its parts are joined by 'and'");
            g_ptr_array_add(asked, (gpointer)entry);
        }
        if (entry && attached && (*at)[1] != '-') {
            char name[] = {'-', entry->short_name, '\0'};

            g_ptr_array_add(words, (gpointer)g_intern_string(name));
            g_ptr_array_add(words, (gpointer)attached);
            continue;
        }
        g_ptr_array_add(words, *at);
        if (entry && !attached && at[1]) /* its value, even if it looks like an option */
            g_ptr_array_add(words, *++at);
        else if (strcmp(*at, "--") == 0) {
            while (at[1])
                g_ptr_array_add(words, *++at);
        }
    }
    g_ptr_array_add(words, NULL);
    g_ptr_array_unref(asked);
    if (!good)
        g_clear_pointer(&words, g_ptr_array_unref);
    return words;
}

/* GOption converts texts from the locale's character set, which is ASCII for a program that sets none; they
 * are taken unchanged, like file names. g_free. */
static GOptionEntry *texts_as_they_stand(const GOptionEntry *entries)
{
    unsigned count = 0;
    GOptionEntry *copy;

    while (entries[count].long_name)
        count++;
    copy = g_memdup2(entries, (count + 1) * sizeof *entries);
    for (unsigned i = 0; i < count; i++)
        if (copy[i].arg == G_OPTION_ARG_STRING)
            copy[i].arg = G_OPTION_ARG_FILENAME;
    return copy;
}

static bool texts_are_utf8(const char *command, const GOptionEntry *entries)
{
    for (; entries->long_name; entries++) {
        const char *text = entries->arg == G_OPTION_ARG_STRING ? *(char **)entries->arg_data : NULL, *wrong;

        if (text && !g_utf8_validate(text, -1, &wrong)) {
            cli_error("%s: --%s: byte %d of the text is not UTF-8", command, entries->long_name,
                      (int)(wrong - text) + 1);
            return false;
        }
    }
    return true;
}

static bool holds_empty(char *const *texts)
{
    while (texts && *texts && **texts)
        texts++;
    return texts && *texts;
}

/* No value of an option and no other word may be empty: an empty one comes from a variable of a script that
 * was not set, and as the name of a folder it would mean the root. */
static bool nothing_is_empty(const char *command, const GOptionEntry *entries, const char *usage,
                             char *const *words)
{
    for (; entries->long_name; entries++) {
        bool several = entries->arg == G_OPTION_ARG_FILENAME_ARRAY;
        char *const one[] = {
            several || entries->arg == G_OPTION_ARG_NONE ? NULL : *(char **)entries->arg_data, NULL};

        if (holds_empty(several ? *(char ***)entries->arg_data : one)) {
            cli_error("%s: --%s: its value is empty, expected %s (pullstorm %s --help)", command,
                      entries->long_name, entries->arg_description, command);
            return false;
        }
    }
    if (*usage && holds_empty(words)) {
        cli_error("%s: a word of the command line is empty, expected %s (pullstorm %s --help)", command,
                  usage, command);
        return false;
    }
    return true;
}

enum cli_parsed cli_parse(const char *usage, const char *about, const GOptionEntry *entries, int *argc,
                          char **argv)
{
    const char *command = argv[0];
    GPtrArray *words = split_words(command, entries, argv);

    if (!words)
        return CLI_REFUSED;

    GOptionContext *context = g_option_context_new(usage);
    char *program = g_strdup_printf("pullstorm %s", command);
    gboolean help = FALSE;
    const GOptionEntry help_entry[] = {{"help", 'h', 0, G_OPTION_ARG_NONE, &help, "show this help", NULL},
                                       {.long_name = NULL}};
    enum cli_parsed parsed = CLI_GO;
    GOptionEntry *as_they_stand = texts_as_they_stand(entries);
    char **left = (char **)words->pdata;
    int count = (int)words->len - 1;
    GError *error = NULL;

    g_set_prgname(program);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, about);
    g_option_context_add_main_entries(context, as_they_stand, NULL);
    g_option_context_add_main_entries(context, help_entry, NULL);
    if (!g_option_context_parse(context, &count, &left, &error)) {
        if (!refuse_unknown(command, entries, argv))
            cli_error("%s: %s", command, error->message);
        g_clear_error(&error);
        parsed = CLI_REFUSED;
    } else if (help) {
        print_help(context);
        parsed = CLI_HELP_SHOWN;
    } else if (!texts_are_utf8(command, entries) || !nothing_is_empty(command, entries, usage, left + 1))
        parsed = CLI_REFUSED;
    else {
        int first = count > 1 && strcmp(left[1], "--") == 0 ? 2 : 1;

        /* The words that were split are gone: no more are left than there were. */
        *argc = count - first + 1;
        memcpy(argv + 1, left + first, sizeof *argv * (size_t)*argc);
    }
    g_ptr_array_unref(words);
    g_free(as_they_stand);
    g_free(program);
    g_option_context_free(context);
    return parsed;
}

char *cli_choice(const struct config_key *key, int chosen)
{
    char **words = g_strsplit(key->minimum, "|", -1);
    char *word = g_strdup(words[chosen]);

    g_strfreev(words);
    return word;
}

const struct network_engine *cli_engine(const struct scenario *scenario)
{
    char *name = cli_choice(scenario_key("run", "engine"), scenario->run_engine);
    const struct network_engine *const *engine = cli_engines;

    while (*engine && strcmp((*engine)->name, name) != 0)
        engine++;
    g_free(name);
    return *engine;
}

const void *cli_engine_options(const struct scenario *scenario, const char *pcap_dir, struct ns3_options *ns3)
{
    *ns3 = (struct ns3_options){.attributes = scenario->ns3_attributes, .pcap_dir = pcap_dir};
    return strcmp(cli_engine(scenario)->name, "ns3") == 0 ? ns3 : NULL;
}

char *cli_engine_names(void)
{
    GString *names = g_string_new(NULL);

    for (const struct network_engine *const *engine = cli_engines; *engine; engine++)
        g_string_append_printf(names, "%s%s", names->len ? " " : "", (*engine)->name);
    return g_string_free(names, FALSE);
}

struct scenario *cli_load(const char *path, const char *const *settings, config_rule *rule)
{
    GError *error = NULL;
    struct scenario *scenario = scenario_load_with(path, settings, rule, &error);

    if (!scenario) {
        cli_print(error->message);
        g_clear_error(&error);
        return NULL;
    }
    if (!cli_engine(scenario)) {
        char *engine = cli_choice(scenario_key("run", "engine"), scenario->run_engine);
        char *names = cli_engine_names();

        cli_error("engine %s is not compiled in, this program has: %s", engine, names);
        g_clear_pointer(&scenario, scenario_free);
        g_free(names);
        g_free(engine);
    }
    return scenario;
}

int cli_finish_output(void)
{
    bool failed = ferror(stdout) != 0;

    errno = 0;
    if (fflush(stdout) == 0 && !failed)
        return CLI_OK;
    cli_error("standard output could not be written whole%s%s", errno ? ": " : "",
              errno ? g_strerror(errno) : "");
    return CLI_FAILED;
}

int cli_list(int argc, char **argv, const char *about, void (*print_table)(void), void (*print_csv)(void))
{
    char *format = NULL;
    const GOptionEntry entries[] = {{"format", 0, 0, G_OPTION_ARG_STRING, &format, "csv: for scripts", "csv"},
                                    {.long_name = NULL}};
    enum cli_parsed parsed = cli_parse("", about, entries, &argc, argv);
    bool refused = parsed == CLI_REFUSED;

    if (parsed == CLI_GO) {
        bool known = !format || strcmp(format, "csv") == 0;

        if (!known)
            cli_error("unknown format \"%s\", the only one is csv", format);
        if (argc > 1)
            cli_error("%s: unexpected \"%s\"", argv[0], argv[1]);
        refused = !known || argc > 1;
        if (!refused)
            (format ? print_csv : print_table)();
    }
    g_free(format);
    return refused ? CLI_WRONG : cli_finish_output();
}
