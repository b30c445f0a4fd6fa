/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Prediction against simulation over random scenarios: offered load, verdict, recovery time. */
#include "models/bmsc/bmsc.h"
#include "models/bsf/bsf.h"
#include "models/hss/hss.h"
#include "models/load_private.h"
#include "models/storm_private.h"
#include "sim/net/native/native.h"
#include "tests/tap/tap.h"

#include <math.h>

#define SCENARIOS 200

/* --- random scenarios ----------------------------------------------------------------------------------- */

static double between(GRand *rand, double low, double high)
{
    return g_rand_double_range(rand, low, high);
}

static double one_of(GRand *rand, const double *values, int count)
{
    return values[g_rand_int_range(rand, 0, count)];
}
#define ONE_OF(rand, ...)                                                                                    \
    one_of(rand, (const double[]){__VA_ARGS__}, (int)(sizeof((const double[]){__VA_ARGS__}) / sizeof(double)))

static void add(GPtrArray *settings, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(GPtrArray *settings, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(settings, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void add_state(GRand *rand, GPtrArray *settings)
{
    double left = 1;

    for (unsigned i = 0; i < 4; i++) {
        static const char *const names[] = {"muk_expired", "muk_ahead", "muk_unknown", "muk_unproven"};
        double share = ONE_OF(rand, 0, i < 2 ? 1 : 0, 1) * between(rand, 0, i < 2 ? left : left / 4);

        add(settings, "ue.%s=%.3f", names[i], share);
        left -= share;
    }
    add(settings, "ue.sqn_ahead=%.2f", ONE_OF(rand, 0, 0, 0.5));
    add(settings, "ue.preemptive=%.2f", ONE_OF(rand, 0, 0, 0.5));
    add(settings, "bsf.session_lost=%.2f", ONE_OF(rand, 0, 0, 0.3));
    add(settings, "bmsc.renegotiate=%.2f", ONE_OF(rand, 0, 0, 0.2));
    add(settings, "bmsc.muk_lifetime=%.0fs", ONE_OF(rand, 0, 0, 43200));
    add(settings, "gba.lifetime=%.0fs", ONE_OF(rand, 86400, 86400, 3600));
    add(settings, "pull.muk_rule=%s", g_rand_boolean(rand) ? "last_known" : "last_used");
}

/* One server, or none, is offered more than the rest. */
static void add_servers(GRand *rand, GPtrArray *settings, double rate)
{
    static const struct {
        const char *name, *time;
        double jobs;
    } servers[] = {{"bmsc", "service_time", 1.2}, {"bsf", "service_time", 1}, {"hss", "service_time", 0.5}};
    int busiest = g_rand_int_range(rand, 0, 3);
    double load = between(rand, 0.3, 2.5);

    for (int i = 0; i < 3; i++) {
        int workers = g_rand_int_range(rand, 1, 5);
        double offered = i == busiest ? load : between(rand, 0.05, 0.5);

        add(settings, "%s.workers=%d", servers[i].name, workers);
        add(settings, "%s.%s=fixed(%.0fus)", servers[i].name, servers[i].time,
            1e6 * offered * workers / rate / servers[i].jobs);
        add(settings, "%s.queue_limit=%.0f", servers[i].name, ONE_OF(rand, 50, 200, 1000, 10000));
    }
    add(settings, "bsf.zn_time=fixed(%.0fus)", 1e6 * between(rand, 0, 0.5) / rate);
}

static struct scenario *draw(unsigned n)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7 + n);
    g_autoptr(GPtrArray) settings = g_ptr_array_new_with_free_func(g_free);
    double rate = between(rand, 40, 100), pulls_s = between(rand, 8, 16);
    GError *error = NULL;
    struct scenario *scenario;
    g_autofree char *name = g_strdup_printf("random %u", n);

    add(settings, "run.seed=%u", n);
    add(settings, "ue.count=%.0f", rate * pulls_s);
    add(settings, "ue.cells=20");
    add(settings, "pull.order=by_number"); /* as work_of_drawn() has it */
    add(settings, "pull.rate=%.3f/s", rate);
    add(settings, "pull.timeout=%.0fs", ONE_OF(rand, 10, 30, 60));
    add(settings, "run.end=%.1fs", ONE_OF(rand, 3600, 3600, 3600, 3600, 3600, 3600, pulls_s, 2 * pulls_s));
    add(settings, "access.loss=%.3f", ONE_OF(rand, 0, 0, 0, 0.01));
    add(settings, "diameter.timeout=%.0fs", ONE_OF(rand, 1, 2, 5));
    add(settings, "ue.response_timeout=%.0fs", ONE_OF(rand, 5, 10, 30));
    add(settings, "ue.attempts=%.0f", ONE_OF(rand, 3, 6, 20));
    add(settings, "bsf.retry_after=%.0fs", ONE_OF(rand, 0, 2, 10));
    add(settings, "bmsc.retry_after=%.0fs", ONE_OF(rand, 0, 2, 10));
    add(settings, "ue.retry_cap=%.0fs", ONE_OF(rand, 4, 64));
    add_state(rand, settings);
    add_servers(rand, settings, rate);
    g_ptr_array_add(settings, NULL);
    scenario = scenario_parse(name, "", (const char *const *)settings->pdata, NULL, &error);
    g_assert_no_error(error);
    return scenario;
}

/* --- what a run measured -------------------------------------------------------------------------------- */

struct measured {
    double busy_s[LOAD_SERVERS]; /* a UE */
    double recovery_s, wait_max_s, late_s;
    double retries;
    bool ended;
    enum load_verdict verdict;
};

static void measure(const struct scenario *s, struct measured *m)
{
    static const char *const late[] = {"bmsc_late_max_s", "bsf_late_max_s", "hss_late_max_s"};
    const struct storm_options options = {.engine = &native_engine};
    struct storm *storm = storm_new(s, &options, NULL);
    const struct model_region *core = &storm->models[0];
    const struct worker_queue *servers[] = {&bmsc_station(core->bmsc)->queue, &bsf_station(core->bsf)->queue,
                                            &hss_station(core->hss)->queue};

    g_assert_cmpint(storm_run(storm, NULL), ==, STORM_DONE);
    *m = (struct measured){.retries = storm_metric(storm, "ue_retries"),
                           .recovery_s = storm_metric(storm, "recovery_s"),
                           .ended = storm_metric(storm, "simulated_s") < load_seconds(s->run_end)};
    for (unsigned i = 0; i < LOAD_SERVERS; i++) {
        double wait_s = (double)storm_latency(storm, PROCEDURE_bmsc_wait + i)->max_ns / 1e9;

        m->busy_s[i] = worker_queue_busy_ns(servers[i], storm_now_ns(storm)) / 1e9 / (double)s->ue_count;
        m->wait_max_s = fmax(m->wait_max_s, wait_s);
        m->late_s = fmax(m->late_s, storm_metric(storm, late[i]));
    }
    m->verdict = storm_verdict(storm);
    storm_free(storm);
}

/* --- prediction against measurement --------------------------------------------------------------------- */

/* What the run drew for a UE. */
static void start_drawn(const struct deployment *deployment, uint32_t number, struct load_ue *ue)
{
    const struct scenario *s = deployment->scenario;
    struct subscriber_start drawn;
    struct load_start start;

    subscriber_start(deployment, number, &drawn);
    start = (struct load_start){
        .class = drawn.class,
        /* Expiry is in whole seconds, one more for what has not expired. */
        .age_s = load_seconds(s->gba_lifetime - drawn.newest_expiry_ns) + (drawn.class != CLASS_EXPIRED),
        .older_by_s = load_seconds(drawn.newest_expiry_ns - drawn.older_expiry_ns),
        .resync = deployment_chance(deployment, number, PURPOSE_SQN_AHEAD, s->ue_sqn_ahead),
        .lost = deployment_chance(deployment, number, PURPOSE_SESSION_LOST, s->bsf_session_lost),
        .preemptive = deployment_chance(deployment, number, PURPOSE_PREEMPTIVE, s->ue_preemptive),
        .renegotiate = deployment_chance(deployment, number, PURPOSE_RENEGOTIATE, s->bmsc_renegotiate)};
    load_start_fill(s, &start, ue);
}

/* Work of one UE by the population that was drawn, not by shares: chance is no error of the prediction. */
static void work_of_drawn(const struct scenario *s, double work_s[LOAD_SERVERS])
{
    struct deployment deployment;
    struct load_ue *ues = g_new(struct load_ue, s->ue_count);
    struct load_play play;

    deployment_init(&deployment, s);
    for (uint32_t i = 0; i < s->ue_count; i++)
        start_drawn(&deployment, i, &ues[i]);
    load_play_run(&play, s, ues, (uint32_t)s->ue_count, NULL, UINT64_MAX);
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        work_s[i] = 0;
    for (unsigned job = 0; job < LOAD_JOBS; job++)
        work_s[load_job_server[job]] += play.jobs[job] * play.mean_s[job] / (double)s->ue_count;
    load_play_clear(&play);
}

struct soak_tally {
    unsigned loads, verdicts, wrong, marginal, recoveries;
    double worst_load;
    double recovery_error[SCENARIOS];
};

/* Where nobody tried again, nothing was lost, nobody was cut off, and nothing was sent twice because a queue
 * was long, what was done is what was offered. */
static void compare_load(const struct scenario *s, const struct measured *m, unsigned n,
                         struct soak_tally *tally)
{
    double work_s[LOAD_SERVERS];

    if (m->retries > 0 || !m->ended || s->access_loss > 0 || m->wait_max_s > 2)
        return;
    work_of_drawn(s, work_s);
    tally->loads++;
    for (unsigned i = 0; i < LOAD_SERVERS; i++) {
        double error = m->busy_s[i] > 0 ? fabs(work_s[i] / m->busy_s[i] - 1) : work_s[i];

        tally->worst_load = fmax(tally->worst_load, error);
        if (error > 0.02)
            g_error("scenario %u: a UE costs the %s %g s, expected were %g s", n, load_server_names[i],
                    m->busy_s[i], work_s[i]);
    }
}

static bool near(double value, double threshold)
{
    return value > threshold / 2 && value < threshold * 2;
}

/* Where what is predicted, or was, lies within a factor of two of a threshold of LOAD.md, a wait within that
 * of the patience of who asks (one answer in time ends a collapse), or offered load within 5 % of all there
 * is. */
static bool is_marginal(const struct load *load, const struct measured *m)
{
    bool marginal = false;

    for (unsigned i = 0; i < LOAD_SERVERS; i++) {
        const struct load_server_load *server = &load->server[i];

        marginal = marginal || near(server->wait_max_s, server->patience_s) ||
                   fabs(server->useful_ratio - LOAD_COLLAPSE_USEFUL) < 0.05;
        marginal = marginal || near(server->wait_max_s, LOAD_CALM_WAIT_S) ||
                   near(server->late_max_s, LOAD_COLLAPSE_S) || fabs(server->offered_ratio - 1) < 0.05;
    }
    return marginal || near(m->wait_max_s, LOAD_CALM_WAIT_S) || near(m->late_s, LOAD_COLLAPSE_S);
}

static void compare_verdict(const struct load *load, const struct measured *m, unsigned n,
                            struct soak_tally *tally)
{
    tally->verdicts++;
    if (load->verdict == m->verdict)
        return;
    if (is_marginal(load, m)) {
        tally->marginal++;
        g_test_message("marginal: scenario %u, expected %s, was %s", n, load_verdict_names[load->verdict],
                       load_verdict_names[m->verdict]);
    } else {
        tally->wrong++;
        g_test_message("wrong: scenario %u, expected %s, was %s; late for %.1f %.1f %.1f s, was %.1f s", n,
                       load_verdict_names[load->verdict], load_verdict_names[m->verdict],
                       load->server[0].late_max_s, load->server[1].late_max_s, load->server[2].late_max_s,
                       m->late_s);
    }
}

static void compare_recovery(const struct load *load, const struct measured *m, struct soak_tally *tally)
{
    if (!m->ended || !load->ends_by_itself || !(m->recovery_s >= 2))
        return;
    tally->recovery_error[tally->recoveries++] = fabs(load->recovery_s / m->recovery_s - 1);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void test_random(void)
{
    struct soak_tally tally = {0};
    double median, ninth;

    for (unsigned n = 0; n < SCENARIOS; n++) {
        struct scenario *s = draw(n);
        struct measured m;
        struct load load;

        load_of_scenario(s, &load);
        measure(s, &m);
        compare_load(s, &m, n, &tally);
        compare_verdict(&load, &m, n, &tally);
        compare_recovery(&load, &m, &tally);
        scenario_free(s);
    }
    qsort(tally.recovery_error, tally.recoveries, sizeof(double), by_size);
    median = tally.recovery_error[tally.recoveries / 2];
    ninth = tally.recovery_error[tally.recoveries * 9 / 10];
    g_test_message("work: %u scenarios, at most %.2f %% off", tally.loads, 100 * tally.worst_load);
    g_test_message("verdicts: %u, %u wrong, %u marginal", tally.verdicts, tally.wrong, tally.marginal);
    g_test_message("recovery: %u storms, median error %.1f %%, nine of ten below %.1f %%", tally.recoveries,
                   100 * median, 100 * ninth);
    g_assert_cmpuint(tally.loads, >=, SCENARIOS / 5);
    g_assert_cmpuint(tally.wrong, ==, 0);
    g_assert_cmpuint(tally.marginal, <=, SCENARIOS / 20);
    g_assert_cmpuint(tally.recoveries, >=, SCENARIOS / 5);
    g_assert_cmpfloat(median, <=, 0.2);
}

/* Shares of a scenario against what a run of many UEs draws. */
static void test_drawn(void)
{
    for (unsigned n = 0; n < 8; n++) {
        struct scenario *s = draw(n);
        double work_s[LOAD_SERVERS], rate = s->pull_rate;
        struct load load;

        s->pull_rate *= 40000.0 / (double)s->ue_count;
        s->ue_count = 40000;
        load_of_scenario(s, &load);
        work_of_drawn(s, work_s);
        for (unsigned i = 0; i < LOAD_SERVERS; i++)
            if (fabs(load.server[i].work_s - work_s[i]) > 0.02 * work_s[i] + 0.01 / rate)
                g_error("scenario %u: %s, by shares %g s, by draws %g s", n, load_server_names[i],
                        load.server[i].work_s, work_s[i]);
        scenario_free(s);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/load/drawn", test_drawn);
    tap_add_chance("/load/random", test_random);
    return g_test_run();
}
