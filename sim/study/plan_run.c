/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Makes the runs that a plan asks for, and judges them; what it asks for next is decided in plan_step.c. */
#include "sim/study/plan_private.h"

#include "sim/study/folder.h"
#include "sim/study/jobs.h"
#include "sim/study/runs.h"

#include <string.h>

static void note(const struct plan *plan, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void note(const struct plan *plan, const char *format, ...)
{
    va_list arguments;
    char *text;

    if (!plan->options.note)
        return;
    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    plan->options.note(text);
    g_free(text);
}

static void note_verdict(const struct plan *plan, const struct plan_value *value)
{
    char *name = plan_value_name(plan, value->place);

    note(plan, "point %u: %s %s the target%s (%u runs)%s%s", value->point->number, name,
         value->verdict == VERDICT_MEETS ? "meets" : "fails", value->sure ? "" : " by the estimates alone",
         value->metrics->len, value->missing ? "; without a value: " : "",
         value->missing ? value->missing : "");
    g_free(name);
}

/* --- runs ----------------------------------------------------------------------------------------------- */

/* "p0001-vbmsc.workers=8-r01". */
char *plan_run_folder(const struct plan_value *value, unsigned replication)
{
    const struct plan *plan = value->point->plan;
    char **varied = plan_varied(plan, value->place), *values = g_strjoinv("-v", varied);
    char *name = g_strdup_printf("p%04u-v%s-r%02u", value->point->number, values, replication);
    char *folder;

    /* Rates have a '/', distributions parentheses and blanks. */
    g_strcanon(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%=-", '_');
    folder = folder_run(plan->options.dir, name);
    g_free(name);
    g_free(values);
    g_strfreev(varied);
    return folder;
}

static bool plan_read_folder(const struct plan_value *value, unsigned replication, const char *folder,
                             struct result *out, GError **error)
{
    const struct plan *plan = value->point->plan;
    unsigned point = value->point->number;
    struct config *scenario = plan_scenario(plan, point, value->place, NULL);
    const struct result_wanted wanted = {
        plan->study->host, scenario, study_seed(plan->study, point, replication), plan->options.any_version};

    bool good = result_read(folder, &wanted, out, error);

    config_free(scenario);
    return good;
}

/* The first reason counts. What runs ends, for its result will be found the next time; nothing more is
 * started. */
static void plan_refuse(struct plan *plan, GError *error)
{
    jobs_drop(plan->jobs);
    if (plan->refusal)
        g_error_free(error);
    else
        plan->refusal = error;
}

static void start_run(struct plan_value *value, unsigned replication, char *folder, bool replace)
{
    struct plan *plan = value->point->plan;
    struct plan_job *job = g_new0(struct plan_job, 1);
    char **varied = plan_varied(plan, value->place);
    char **words =
        run_command_words(plan->study, plan->options.program, value->point->number, varied,
                          study_seed(plan->study, value->point->number, replication), folder, replace);

    *job = (struct plan_job){value, replication, folder};
    g_hash_table_add(plan->open, job);
    result_forget_failure(folder);
    value->waiting++;
    value->point->waiting++;
    jobs_add(plan->jobs, words, job);
    g_strfreev(words);
    g_strfreev(varied);
}

static void plan_take_metrics(struct plan_value *value, unsigned replication, struct result *result)
{
    value->metrics->pdata[replication - 1] = g_steal_pointer(&result->metrics);
}

/* Takes a replication from its folder, or has it run. */
static void get_replication(struct plan_value *value, unsigned replication)
{
    struct plan *plan = value->point->plan;
    char *folder = plan_run_folder(value, replication);
    struct result result;
    GError *error = NULL;

    if (!plan_read_folder(value, replication, folder, &result, &error))
        plan_refuse(plan, error);
    else if (result.metrics) {
        plan_take_metrics(value, replication, &result);
        plan->found++;
        result_forget_failure(folder); /* of a time when it could not be read */
    } else if (result.state == RESULT_OTHER)
        plan_refuse(plan, g_error_new(CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
                                      "%s: made by version %s; take another folder with -o, or --any-version",
                                      folder, result.why));
    else {
        if (result.state == RESULT_DAMAGED)
            note(plan, "%s: damaged, run again: %s", folder, result.why);
        start_run(value, replication, g_steal_pointer(&folder), result.state == RESULT_DAMAGED);
    }
    g_free(folder);
    result_clear(&result);
}

/* All replications asked for are there. Where the intervals leave it open the estimates say which way to
 * look; step_at() asks for more runs where it matters. */
static void decide(struct plan_value *value)
{
    struct plan *plan = value->point->plan;
    GError *error = NULL;
    enum answer answer = plan_judge(value, true, &error);

    if (error) {
        plan_refuse(plan, error);
        return;
    }
    value->sure = answer != ANSWER_UNSURE;
    if (!value->sure)
        answer = plan_judge(value, false, NULL);
    value->verdict = answer == ANSWER_YES ? VERDICT_MEETS : VERDICT_FAILS;
    plan_judge_parts(value);
    note_verdict(plan, value);
}

static void ask(struct plan_value *value, unsigned wanted)
{
    unsigned from = value->wanted;

    value->wanted = wanted;
    g_ptr_array_set_size(value->metrics, (gint)wanted);
    for (unsigned r = from + 1; r <= wanted && !value->point->plan->refusal; r++)
        get_replication(value, r);
    if (value->waiting == 0 && !value->point->plan->refusal)
        decide(value);
}

static struct step_rules plan_rules(const struct plan *plan)
{
    return (struct step_rules){.count = plan->count,
                               .parts = plan->parts->len,
                               .grid = plan->axis_count > 1 ? &plan->grid : NULL,
                               .first = plan->options.first,
                               .last = plan->options.last};
}

struct search_seen *plan_seen(const struct plan_point *point)
{
    struct search_seen *seen = g_new(struct search_seen, point->plan->count);

    for (unsigned v = 0; v < point->plan->count; v++) {
        const struct plan_value *value = &point->values[v];

        seen[v] = (struct search_seen){value->verdict, value->failed, value->margins};
    }
    return seen;
}

struct search plan_look(const struct plan *plan, const struct search_seen *seen)
{
    const struct step_rules rules = plan_rules(plan);

    return step_look(&rules, seen, plan->direction.largest);
}

static struct step next_step(const struct plan_point *point)
{
    const struct plan *plan = point->plan;
    const struct step_rules rules = plan_rules(plan);
    struct step_value *values = g_new(struct step_value, plan->count);
    struct search_seen *seen = plan_seen(point);
    struct step step;

    for (unsigned v = 0; v < plan->count; v++)
        values[v] = (struct step_value){seen[v], point->values[v].wanted, point->values[v].sure};
    step = step_at(&rules, values, &plan->direction);
    g_free(seen);
    g_free(values);
    return step;
}

/* Asks for what is wished next, until something has to be waited for. */
static void advance(struct plan_point *point)
{
    const struct plan *plan = point->plan;
    bool over = false;

    while (!over && point->waiting == 0 && !point->failure && !plan->refusal) {
        struct step step = next_step(point);

        point->look = step.look;
        for (unsigned i = 0; i < step.wish_count && !plan->refusal; i++)
            ask(&point->values[step.wishes[i].place], step.wishes[i].replications);
        over = step.wish_count == 0;
        step_clear(&step);
    }
}

/* Once the direction is known it holds for all points, and for good. */
static void direct(struct plan *plan)
{
    unsigned points = plan->study->point_count;
    struct step_ends *ends;
    GError *error = NULL;

    if (plan->direction.known || plan->refusal)
        return;
    ends = g_new(struct step_ends, points);
    for (unsigned p = 0; p < points; p++) {
        const struct plan_point *point = &plan->points[p];

        ends[p] = (struct step_ends){point->values[0].verdict, point->values[plan->count - 1].verdict,
                                     point->failure != NULL};
    }
    plan->direction = step_direction(ends, points);
    g_free(ends);
    if (!plan->direction.known)
        return;
    if (!plan_same_question(plan, &error))
        plan_refuse(plan, error);
    for (unsigned p = 0; p < points && !plan->refusal; p++)
        advance(&plan->points[p]);
}

static void run_failed(struct plan_job *job, const char *reason, const char *said)
{
    struct plan_point *point = job->value->point;
    GError *error = NULL;

    if (!result_write_failure(job->folder, reason, said, &error))
        plan_refuse(point->plan, error);
    if (!point->failure)
        point->failure = g_strdup_printf("%s (%s.failed)", reason, job->folder);
}

static void run_ended(void *user, void *data, const char *reason, const char *said)
{
    struct plan_job *job = data;
    struct plan_value *value = job->value;
    struct result result = {.state = RESULT_MISSING};
    GError *error = NULL;

    (void)user;
    value->waiting--;
    value->point->waiting--;
    value->point->plan->ended++;
    if (reason)
        run_failed(job, reason, said);
    else if (!plan_read_folder(value, job->replication, job->folder, &result, &error))
        plan_refuse(value->point->plan, error);
    else {
        if (result.state == RESULT_WHOLE)
            plan_take_metrics(value, job->replication, &result);
        else
            run_failed(job, result.why ? result.why : "no result", said);
        value->point->plan->made++;
    }
    if (value->waiting == 0 && !value->point->failure && !value->point->plan->refusal) {
        decide(value);
        advance(value->point);
    }
    direct(value->point->plan);
    result_clear(&result);
    g_hash_table_remove(value->point->plan->open, job);
}

/* Values that an earlier call looked at count as evidence. */
static void take_earlier(struct plan_point *point)
{
    const struct plan *plan = point->plan;

    for (unsigned v = 0; v < plan->count; v++) {
        bool all = true;

        for (unsigned r = 1; r <= plan->options.first && all; r++) {
            char *folder = plan_run_folder(&point->values[v], r);

            all = g_file_test(folder, G_FILE_TEST_IS_DIR);
            g_free(folder);
        }
        if (all)
            ask(&point->values[v], plan->options.first);
    }
}

static enum plan_outcome plan_search_all(struct plan *plan, GError **error)
{
    const struct jobs_limits limits = {.at_a_time = plan->options.at_a_time,
                                       .timeout_ns = plan->study->timeout_ns,
                                       .memory_bytes = plan->study->memory_bytes,
                                       .memory_text = plan->study->memory_text,
                                       .held = plan->lock};
    bool whole;

    if (!plan_same_question(plan, error) || !folder_begin(plan->study, plan->options.dir, error))
        return PLAN_REFUSED;
    plan->jobs = jobs_new(&limits, run_ended, plan);
    for (unsigned p = 0; p < plan->study->point_count && !plan->refusal; p++) {
        take_earlier(&plan->points[p]);
        advance(&plan->points[p]);
    }
    direct(plan);
    whole = plan->refusal || jobs_run(plan->jobs);
    g_clear_pointer(&plan->jobs, jobs_free);
    if (plan->refusal) {
        g_propagate_error(error, g_steal_pointer(&plan->refusal));
        return PLAN_REFUSED;
    }
    return whole ? PLAN_DONE : PLAN_INTERRUPTED;
}

enum plan_outcome plan_run(struct plan *plan, GError **error)
{
    if (plan->lock < 0 && folder_fits(plan->study, plan->options.dir, error))
        plan->lock = folder_lock(plan->options.dir, error);
    return plan->lock < 0 ? PLAN_REFUSED : plan_search_all(plan, error);
}

unsigned plan_failures(const struct plan *plan)
{
    unsigned count = 0;

    for (unsigned p = 0; p < plan->study->point_count; p++)
        count += plan->points[p].failure != NULL;
    return count;
}

unsigned plan_runs_made(const struct plan *plan)
{
    return plan->made;
}

unsigned plan_runs_found(const struct plan *plan)
{
    return plan->found;
}
