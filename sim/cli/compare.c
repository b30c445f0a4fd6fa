/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm compare: two runs, points of a study or studies held against each other. */
#include "sim/cli/compare.h"

#include "sim/cli/cli.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/study_command.h"
#include "sim/study/folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    char *a, *b, *metrics, *format, *dir;
    char **fail_if;
    gboolean fail_unsure, all, no_page;
};

struct request {
    const struct options *options;
    const char *paths[2];
    bool csv;
    bool *metrics;         /* those to look at; NULL: all */
    GPtrArray *conditions; /* struct compare_condition * */
};

static enum cli_parsed compare_options_parse(struct options *o, int *argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"a", 0, 0, G_OPTION_ARG_STRING, &o->a, "points of A, a study, e.g. 'bsf.workers == 4'", "CONDITION"},
        {"b", 0, 0, G_OPTION_ARG_STRING, &o->b, "points of B, in the same way: 'variant == poisson'",
         "CONDITION"},
        {"fail-if", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->fail_if,
         "exit with status 1 if B differs so from A: 'update_p99_s > +5%'; may be given again", "CHANGE"},
        {"fail-unsure", 0, 0, G_OPTION_ARG_NONE, &o->fail_unsure,
         "with --fail-if: also where the estimate does and its interval leaves it open", NULL},
        {"metrics", 0, 0, G_OPTION_ARG_STRING, &o->metrics,
         "look at these only, e.g. 'update_p99_s, http_503' (default: all)", "LIST"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &o->all, "list every metric that differs, however many", NULL},
        {"format", 0, 0, G_OPTION_ARG_STRING, &o->format, "text: to read; csv: every metric", "text|csv"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->dir,
         "write the tables compare*.csv and the page compare.html there", "DIR"},
        {"no-page", 0, 0, G_OPTION_ARG_NONE, &o->no_page, "with -o: no page", NULL},
        {.long_name = NULL}};

    return cli_parse(
        "A [B]",
        "Holds two results against each other: the folders of two runs or studies, or points of one\n"
        "study (A alone, with --a and --b). Says what differs in the scenario and which metrics "
        "really\ndiffer, with 95 % intervals over pairs of runs of the same seed.",
        entries, argc, argv);
}

/* --- what is asked -------------------------------------------------------------------------------------- */

static bool compare_format_right(const char *format, bool *csv)
{
    *csv = format && strcmp(format, "csv") == 0;
    if (!format || *csv || strcmp(format, "text") == 0)
        return true;
    cli_error("compare: unknown format \"%s\", expected text or csv", format);
    return false;
}

/* A result has its own page. */
static bool is_result(const char *dir)
{
    static const char *const names[] = {"summary.csv", "study.ini", "plan.csv"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *file = g_build_filename(dir, names[i], NULL);
        bool there = g_file_test(file, G_FILE_TEST_EXISTS);

        g_free(file);
        if (there)
            return true;
    }
    return false;
}

static bool words_right(struct request *r, int argc, char **argv)
{
    const struct options *o = r->options;

    if (argc < 2 || argc > 3)
        cli_error("compare: expected two folders A and B, or one with --a and --b, got %d (pullstorm compare "
                  "--help)",
                  argc - 1);
    else if (argc == 2 && (!o->a || !o->b))
        cli_error("compare: %s alone is compared with itself: expected --%s (and --%s), or a second folder",
                  argv[1], o->a ? "b" : "a", o->a ? "a" : "b");
    else if (o->fail_unsure && !o->fail_if)
        cli_error("compare: --fail-unsure is of the conditions of --fail-if, and there is none");
    else if (o->dir && is_result(o->dir))
        cli_error("compare: -o %s: the folder of a result, expected another one for the comparison", o->dir);
    else {
        r->paths[0] = argv[1];
        r->paths[1] = argv[argc - 1];
        return true;
    }
    return false;
}

static bool choose_metric(struct request *r, const struct study_host *host, const char *name)
{
    GError *error = NULL;
    unsigned metric;

    if (compare_metric(host, name, &metric, &error)) {
        r->metrics[metric] = true;
        return true;
    }
    cli_error("compare: --metrics: %s", error->message);
    g_error_free(error);
    return false;
}

static bool metrics_right(struct request *r, const struct study_host *host)
{
    char **names = r->options->metrics ? g_strsplit(r->options->metrics, ",", -1) : NULL;
    bool good = true;

    if (!names)
        return true;
    r->metrics = g_new0(bool, host->metric_count);
    for (char **name = names; *name && good; name++)
        good = choose_metric(r, host, g_strstrip(*name));
    g_strfreev(names);
    return good;
}

static bool conditions_right(struct request *r, const struct study_host *host)
{
    for (char **text = r->options->fail_if; text && *text; text++) {
        GError *error = NULL;
        struct compare_condition *condition = compare_condition_parse(*text, host, &error);

        if (!condition) {
            cli_error("compare: --fail-if: %s", error->message);
            g_error_free(error);
            return false;
        }
        g_ptr_array_add(r->conditions, condition);
    }
    return true;
}

/* --- what comes out ------------------------------------------------------------------------------------- */

static bool compare_print_csv(const struct comparison *comparison)
{
    char *text = NULL;
    struct csv *csv = csv_open_text(&text);
    bool good = compare_csv_rows(csv, comparison, NULL);

    good = csv_close(csv, NULL) && good;
    fputs(text, stdout);
    free(text);
    return good;
}

static bool write_tables(const struct comparison *comparison, const char *dir, GError **error)
{
    return folder_write_csv(dir, "compare.csv", compare_csv_rows, comparison, error) &&
           folder_write_csv(dir, "compare_runs.csv", compare_runs_rows, comparison, error) &&
           folder_write_csv(dir, "compare_keys.csv", compare_keys_rows, comparison, error) &&
           folder_write_csv(dir, "compare_sides.csv", compare_sides_rows, comparison, error);
}

static int write_page(const char *dir)
{
    char *file = g_build_filename(dir, "compare.html", NULL);
    int status = compare_page(dir, file);

    g_free(file);
    return status;
}

/* *made: in words, what is in the folder then. Stays as it is if not all tables are. */
static int write_folder(const struct comparison *comparison, const char *dir, bool page, const char **made)
{
    GError *error = NULL;
    int status = CLI_OK;

    if (g_mkdir_with_parents(dir, 0777) != 0) {
        cli_error("%s: %s", dir, g_strerror(errno));
        return CLI_FAILED;
    }
    if (!write_tables(comparison, dir, &error))
        return study_command_give_up(error);
    *made = "Tables";
    if (page)
        status = write_page(dir);
    if (page && status == CLI_OK)
        *made = "Tables and page";
    return status;
}

/* Prints a line for each condition: below the table if it is for people, else on standard error. CLI_FAILED
 * if one is met. */
static int judge(const struct request *r, const struct comparison *comparison)
{
    int status = CLI_OK;

    for (unsigned i = 0; i < r->conditions->len; i++) {
        char *why;
        enum compare_met met = compare_condition_met(comparison, g_ptr_array_index(r->conditions, i), &why);

        if (met == COMPARE_MET || (met == COMPARE_NOT_SURE && r->options->fail_unsure))
            status = CLI_FAILED;
        if (r->csv)
            cli_error("%s", why);
        else
            printf("--fail-if %s\n", why);
        g_free(why);
    }
    return status;
}

/* Files first: who reads our output may leave before its end. */
static int compare_tell(const struct request *r, const struct comparison *comparison)
{
    const char *dir = r->options->dir, *made = "";
    int status, written = CLI_OK;

    if (dir) {
        interrupt_hold(); /* else a table of this comparison could be beside one of another */
        written = write_folder(comparison, dir, !r->options->no_page, &made);
        if (interrupt_held()) {
            cli_error("compare: interrupted");
            return CLI_FAILED;
        }
    }
    if (r->csv)
        compare_print_csv(comparison);
    else
        compare_text_print(comparison, r->options->all, stdout);
    status = judge(r, comparison);
    if (*made && !r->csv)
        printf("%s in %s\n", made, dir);
    if (cli_finish_output() != CLI_OK)
        return CLI_FAILED;
    return written != CLI_OK ? written : status;
}

static int compare(const struct request *r, const struct study_host *host)
{
    GError *error = NULL;
    struct compare_side *a = compare_side_read(r->paths[0], r->options->a, host, &error);
    struct compare_side *b = a ? compare_side_read(r->paths[1], r->options->b, host, &error) : NULL;
    struct comparison *comparison = b ? compare_sides(a, b, r->metrics, &error) : NULL;
    int status;

    if (comparison)
        status = compare_tell(r, comparison);
    else
        status = study_command_give_up(error);
    comparison_free(comparison);
    compare_side_free(a);
    compare_side_free(b);
    return status;
}

static void free_condition(gpointer data)
{
    compare_condition_free(data);
}

int compare_command(int argc, char **argv)
{
    struct options o = {.a = NULL};
    struct request r = {.options = &o, .conditions = g_ptr_array_new_with_free_func(free_condition)};
    const struct study_host host = study_command_host();
    enum cli_parsed parsed = compare_options_parse(&o, &argc, argv);
    int status = CLI_WRONG;

    if (parsed == CLI_HELP_SHOWN)
        status = cli_finish_output();
    else if (parsed == CLI_GO && words_right(&r, argc, argv) && compare_format_right(o.format, &r.csv) &&
             metrics_right(&r, &host) && conditions_right(&r, &host))
        status = compare(&r, &host);
    g_ptr_array_unref(r.conditions);
    g_free(r.metrics);
    g_free(o.a);
    g_free(o.b);
    g_free(o.metrics);
    g_free(o.format);
    g_free(o.dir);
    g_strfreev(o.fail_if);
    return status;
}
