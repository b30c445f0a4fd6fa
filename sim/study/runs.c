/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The runs of a study and their command lines. */
#include "sim/study/runs.h"

#include "sim/study/folder.h"

#include <inttypes.h>
#include <string.h>

static void runs_clear_run(gpointer data)
{
    struct study_run *run = data;

    result_clear(&run->result);
    g_clear_pointer(&run->folder, g_free);
}

/* The highest replication that was ever begun, if it is above *user. */
static void find_highest_replication(void *user, const char *name)
{
    unsigned *highest = user, point, replication;

    if (folder_run_numbers(name, &point, &replication))
        *highest = MAX(*highest, replication);
}

static bool runs_read_run(const struct study *study, const struct runs_wanted *wanted,
                          const struct config *scenario, struct study_run *run, GError **error)
{
    const struct result_wanted expected = {study->host, scenario, run->seed, wanted->any_version};
    char *name = study_run_name(run->point, run->replication);
    bool good;

    run->folder = folder_run(wanted->dir, name);
    good = result_read(run->folder, &expected, &run->result, error);
    g_free(name);
    return good;
}

/* Adds the replications of a point from the first wanted one to `last`. */
static bool list_point(const struct study *study, const struct runs_wanted *wanted, unsigned point,
                       unsigned last, GArray *runs, GError **error)
{
    struct config *scenario = wanted->dir ? study_point_scenario(study, point, NULL) : NULL;
    bool good = true;

    for (unsigned r = wanted->first; r <= last && good; r++) {
        struct study_run run = {.point = point, .replication = r, .seed = study_seed(study, point, r)};

        good = !wanted->dir || runs_read_run(study, wanted, scenario, &run, error);
        if (r > wanted->last && (run.result.state == RESULT_MISSING || run.result.state == RESULT_FAILED))
            runs_clear_run(&run);
        else
            g_array_append_val(runs, run);
    }
    config_free(scenario);
    return good;
}

GArray *runs_list(const struct study *study, const struct runs_wanted *wanted, GError **error)
{
    GArray *runs = g_array_new(FALSE, TRUE, sizeof(struct study_run));
    unsigned last = wanted->last;
    bool good = !wanted->further || !wanted->dir ||
                folder_each_run(wanted->dir, find_highest_replication, &last, error);

    g_array_set_clear_func(runs, runs_clear_run);
    for (unsigned point = 1; point <= study->point_count && good; point++)
        good = list_point(study, wanted, point, last, runs, error);
    if (good)
        return runs;
    g_array_free(runs, TRUE);
    return NULL;
}

char *runs_other_version(const GArray *runs)
{
    for (unsigned i = 0; i < runs->len; i++) {
        const struct study_run *run = &g_array_index(runs, struct study_run, i);

        if (run->result.state == RESULT_OTHER) {
            char *name = study_run_name(run->point, run->replication);
            char *text = g_strdup_printf("%s: made by version %s", name, run->result.why);

            g_free(name);
            return text;
        }
    }
    return NULL;
}

char **run_command_words(const struct study *study, const char *program, unsigned point, char **settings,
                         uint64_t seed, const char *folder, bool replace)
{
    GPtrArray *words = g_ptr_array_new();
    char **own = study_point_settings(study, point);

    g_ptr_array_add(words, g_strdup(program));
    g_ptr_array_add(words, g_strdup("run"));
    g_ptr_array_add(words, g_strdup(study->base));
    for (char **at = own; *at; at++) {
        g_ptr_array_add(words, g_strdup("-s"));
        g_ptr_array_add(words, g_strdup(*at));
    }
    for (char **at = settings; at && *at; at++) {
        g_ptr_array_add(words, g_strdup("-s"));
        g_ptr_array_add(words, g_strdup(*at));
    }
    g_ptr_array_add(words, g_strdup("--seed"));
    g_ptr_array_add(words, g_strdup_printf("%" PRIu64, seed));
    g_ptr_array_add(words, g_strdup("-o"));
    g_ptr_array_add(words, g_strdup(folder));
    g_ptr_array_add(words, g_strdup("--quiet"));
    if (replace)
        g_ptr_array_add(words, g_strdup("--force"));
    g_ptr_array_add(words, NULL);
    g_strfreev(own);
    return (char **)g_ptr_array_free(words, FALSE);
}

static bool plain(const char *word)
{
    for (const char *at = word; *at; at++)
        if (!g_ascii_isalnum(*at) && !strchr("_-+=./:@%,", *at))
            return false;
    return *word != '\0';
}

char *run_command_text(char **words)
{
    GString *text = g_string_new(NULL);

    for (char **word = words; *word; word++) {
        char *quoted = plain(*word) ? g_strdup(*word) : g_shell_quote(*word);

        g_string_append_printf(text, "%s%s", text->len ? " " : "", quoted);
        g_free(quoted);
    }
    return g_string_free(text, FALSE);
}

/* --- cost ----------------------------------------------------------------------------------------------- */

/* Seconds that each point takes, from the runs that were timed; estimates are scaled to fit them. */
static double *point_costs(const struct study *study, const GArray *timed)
{
    double *cost = g_new0(double, study->point_count + 1), *sum = g_new0(double, study->point_count + 1);
    unsigned *count = g_new0(unsigned, study->point_count + 1);
    double measured = 0, estimated = 0;

    for (unsigned i = 0; i < timed->len; i++) {
        const struct study_run *run = &g_array_index(timed, struct study_run, i);

        sum[run->point] += run->result.wall_s;
        count[run->point] += run->result.wall_s > 0;
    }
    for (unsigned p = 1; p <= study->point_count; p++) {
        cost[p] = study->host->effort ? study->host->effort(study, p) : 1;
        if (count[p] > 0) {
            measured += sum[p] / count[p];
            estimated += cost[p];
        }
    }
    for (unsigned p = 1; p <= study->point_count; p++)
        if (count[p] > 0)
            cost[p] = sum[p] / count[p];
        else if (measured > 0 && estimated > 0)
            cost[p] *= measured / estimated;
    g_free(sum);
    g_free(count);
    return cost;
}

static gint costlier_first(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct study_run *first = a, *second = b;
    const double *cost = user;

    if (cost[first->point] != cost[second->point])
        return cost[first->point] > cost[second->point] ? -1 : 1;
    if (first->point != second->point)
        return first->point < second->point ? -1 : 1;
    return first->replication < second->replication ? -1 : first->replication > second->replication;
}

void runs_longest_first(const struct study *study, GArray *runs, const GArray *timed)
{
    double *cost = point_costs(study, timed);

    g_array_sort_with_data(runs, costlier_first, cost);
    g_free(cost);
}
