/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Finds the Python parts and an interpreter; the commands plot and report, which are Python alone. */
#include "sim/cli/python.h"
#include "sim/cli/cli.h"
#include "sim/cli/folders.h"
#include "sim/cli/interrupt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What Python's own variables and those of matplotlib would change; where modules lie (PYTHONPATH) stays. */
static const char unwanted[] =
    "LANGUAGE G_DEBUG G_MESSAGES_DEBUG G_MESSAGES_PREFIXED MATPLOTLIBRC MPLBACKEND PYTHONDEBUG PYTHONDEVMODE "
    "PYTHONDUMPREFS PYTHONFAULTHANDLER PYTHONINSPECT PYTHONINTMAXSTRDIGITS PYTHONIOENCODING PYTHONMALLOC "
    "PYTHONMALLOCSTATS PYTHONOPTIMIZE PYTHONPROFILEIMPORTTIME PYTHONSTARTUP PYTHONTRACEMALLOC PYTHONVERBOSE "
    "PYTHONWARNDEFAULTENCODING PYTHONWARNINGS SOURCE_DATE_EPOCH";

static void settle_environment(void)
{
    char **names = g_strsplit(unwanted, " ", -1), *program = g_file_read_link("/proc/self/exe", NULL);

    for (char **name = names; *name; name++)
        g_unsetenv(*name);
    g_strfreev(names);
    if (program) /* conditions are read by this program, and by no other */
        g_setenv("PULLSTORM", program, TRUE);
    g_free(program);
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    g_setenv("OPENBLAS_NUM_THREADS", "1", TRUE); /* more cost memory only */
}

/* Runs "CANDIDATE -c CODE" in silence. */
static bool runs(const char *candidate, const char *code)
{
    const char *words[] = {candidate, "-c", code, NULL};
    GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL;
    int wait_status = 0;

    return g_spawn_sync(NULL, (char **)words, NULL, flags, NULL, NULL, NULL, NULL, &wait_status, NULL) &&
           g_spawn_check_wait_status(wait_status, NULL);
}

#define NEEDED                                                                                               \
    "the modules matplotlib and pandas; on Debian: apt-get install python3-matplotlib python3-pandas"

/* The interpreter that PYTHON names, if it does, or the first that has the modules, which the first python3
 * of the PATH need not. NULL after a message. Help needs none of the modules; they are looked for and not
 * loaded, which would take as long as a plot. */
static const char *interpreter(const char *command, bool for_help)
{
    const char *named = g_getenv("PYTHON");
    const char *const candidates[] = {"python3", "/usr/bin/python3", "/usr/local/bin/python3"};
    const char *code =
        for_help ? "import argparse"
                 : "from importlib.util import find_spec as f; exit(not (f('matplotlib') and f('pandas')))";

    if (named && *named) {
        if (runs(named, code))
            return named;
        cli_error("%s: %s, named by the environment variable PYTHON, is no Python 3 with " NEEDED, command,
                  named);
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++)
        if (runs(candidates[i], code))
            return candidates[i];
    cli_error("%s: there is no Python 3 with " NEEDED
              " (or name an interpreter that has them in the environment variable PYTHON)",
              command);
    return NULL;
}

/* From the folder of programs to that of data, as they were given to configure: "../share/pullstorm";
 * g_free. */
static char *way_to_data(void)
{
    char **from = g_strsplit(FOLDER_BIN, "/", -1), **to = g_strsplit(FOLDER_DATA, "/", -1);
    GString *way = g_string_new(NULL);
    unsigned same = 0;
    char *rest;

    while (from[same] && to[same] && strcmp(from[same], to[same]) == 0)
        same++;
    for (char **up = from + same; *up; up++)
        g_string_append(way, "../");
    rest = g_strjoinv("/", to + same);
    g_string_append(way, rest);
    g_free(rest);
    g_strfreev(from);
    g_strfreev(to);
    return g_string_free(way, FALSE);
}

/* The folder of the Python parts: beside this program in a build, at the place that it has to an installed
 * program, or where configure put it. NULL after a message; else g_free. */
static char *find_parts(const char *command)
{
    char *program = g_file_read_link("/proc/self/exe", NULL);
    char *here = program ? g_path_get_dirname(program) : g_strdup(FOLDER_BIN);
    char *way = way_to_data(), *moved = g_build_filename(here, way, NULL);
    const char *const folders[] = {here, moved, FOLDER_DATA};
    char *parts = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(folders) && !parts; i++) {
        char *main = g_build_filename(folders[i], "scripts", "pullstorm_results", "__main__.py", NULL);

        char *real = realpath(main, NULL); /* in a build it is a link to the source */

        if (real)
            parts = g_path_get_dirname(real);
        free(real);
        g_free(main);
    }
    if (!parts)
        cli_error("%s: its Python parts (scripts/pullstorm_results) are in none of %s, %s and %s: install "
                  "pullstorm "
                  "as a whole, with make install",
                  command, here, moved, FOLDER_DATA);
    g_free(moved);
    g_free(way);
    g_free(here);
    g_free(program);
    return parts;
}

static bool asks_for_help(const char *const *words)
{
    while (*words && strcmp(*words, "--help") != 0 && strcmp(*words, "-h") != 0)
        words++;
    return *words != NULL;
}

/* "python3 -B PARTS WORDS...": -B, for where we are installed nobody may write. NULL after a message; else
 * g_strfreev. */
static char **python_command_line(const char *const *words)
{
    char *parts = find_parts(words[0]);
    const char *python;
    GPtrArray *line;

    if (!parts)
        return NULL;
    settle_environment();
    python = interpreter(words[0], asks_for_help(words));
    if (!python) {
        g_free(parts);
        return NULL;
    }
    line = g_ptr_array_new();
    g_ptr_array_add(line, g_strdup(python));
    g_ptr_array_add(line, g_strdup("-B"));
    g_ptr_array_add(line, parts);
    for (; *words; words++)
        g_ptr_array_add(line, g_strdup(*words));
    g_ptr_array_add(line, NULL);
    return (char **)g_ptr_array_free(line, FALSE);
}

int cli_python(const char *const *words)
{
    char **line;

    /* Until the Python parts take Ctrl-C (process.py): while Python starts, it would end it with a
     * traceback. */
    interrupt_hold();
    line = python_command_line(words);
    if (!line)
        return CLI_FAILED;
    fflush(stdout);
    execvp(line[0], line);
    cli_error("%s: %s: %s", words[0], line[0], g_strerror(errno));
    g_strfreev(line);
    return CLI_FAILED;
}

int plot_command(int argc, char **argv)
{
    (void)argc;
    return cli_python((const char *const *)argv);
}

int report_command(int argc, char **argv)
{
    (void)argc;
    return cli_python((const char *const *)argv);
}
