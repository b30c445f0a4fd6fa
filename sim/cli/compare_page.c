/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The page of a comparison: pullstorm report makes it, as those of other results. */
#include "sim/cli/cli.h"
#include "sim/cli/compare.h"

#include <sys/wait.h>

int compare_page(const char *dir, const char *file)
{
    GError *error = NULL;
    char *program = g_file_read_link("/proc/self/exe", &error);
    char *words[] = {program, (char *)"report", (char *)dir, (char *)"-o", (char *)file, NULL};
    int wait_status = 0;

    if (!program || !g_spawn_sync(NULL, words, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                                  &wait_status, &error)) {
        cli_error("compare: no page: %s", error->message);
        g_error_free(error);
        g_free(program);
        return CLI_FAILED;
    }
    g_free(program);
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)
        return CLI_OK;
    cli_error("compare: %s could not be made; the tables are in %s", file, dir);
    return CLI_FAILED;
}
