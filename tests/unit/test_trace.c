/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Traces of UEs: how lines look and are put in order; that no fact is forgotten; that counters in the traces
 * of all UEs are those of the run, which tracing does not change. */
#include "models/trace.h"

#include "models/bmsc/trace.h"
#include "models/bsf/trace.h"
#include "models/deployment.h"
#include "models/hss/trace.h"
#include "models/keys/name.h"
#include "models/ue/trace.h"
#include "sim/base/bytes.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- lines ---------------------------------------------------------------------------------------------- */

/* A folder for the files of one test. */
static char *folder_new(void)
{
    GError *error = NULL;
    char *folder = g_dir_make_tmp("trace-XXXXXX", &error);

    g_assert_no_error(error);
    return folder;
}

/* What is in the file of a UE, which is removed. */
static char *file_take(const char *prefix, unsigned ue)
{
    g_autofree char *path = g_strdup_printf("%s%u.txt", prefix, ue);
    char *text = NULL;
    GError *error = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    g_unlink(path);
    return text;
}

/* Two UEs, 2 and 7, seen by region 0 and by that of their cell. */
struct lines_test {
    char *folder, *prefix;
    struct trace *trace;
    int64_t core_ns, cell_ns;
    struct trace_buffer core, cell;
};

static const uint32_t lines_ues[] = {2, 7};

static void lines_set_up(struct lines_test *f)
{
    GError *error = NULL;

    f->core_ns = f->cell_ns = 0;
    f->folder = folder_new();
    f->prefix = g_build_filename(f->folder, "ue-", NULL);
    f->trace = trace_new(f->prefix, lines_ues, G_N_ELEMENTS(lines_ues), &error);
    g_assert_no_error(error);
    f->core = (struct trace_buffer){f->trace, &f->core_ns, true};
    f->cell = (struct trace_buffer){f->trace, &f->cell_ns, false};
}

static void lines_tear_down(struct lines_test *f)
{
    g_rmdir(f->folder);
    g_free(f->folder);
    g_free(f->prefix);
}

#define HEAD(ue) "# UE " ue "\n# time_s         who     what     name and fields # why\n"

static void lines_end(struct lines_test *f, const char *two, const char *seven)
{
    GError *error = NULL;
    g_autofree char *text_two = NULL, *text_seven = NULL;

    g_assert_true(trace_close(f->trace, &error));
    g_assert_no_error(error);
    text_two = file_take(f->prefix, 2);
    text_seven = file_take(f->prefix, 7);
    g_assert_cmpstr(text_two, ==, two);
    g_assert_cmpstr(text_seven, ==, seven);
    lines_tear_down(f);
}

static void test_order(void)
{
    struct lines_test f;
    struct trace_ue *core, *cell;

    lines_set_up(&f);
    g_assert_null(trace_of(NULL, 2));
    for (uint32_t ue = 0; ue < 9; ue++)
        g_assert_cmpint(trace_of(&f.core, ue) != NULL, ==, ue == 2 || ue == 7);
    g_assert_true(trace_of(&f.core, 2) != trace_of(&f.cell, 2));

    f.cell_ns = 3 * CLOCK_SECOND;
    cell = trace_of(&f.cell, 2);
    trace_received(cell, HOST_UES, HOST_BMSC, KIND_pull, 98);
    trace_rejected(cell, KIND_pull);
    f.core_ns = 1;
    core = trace_of(&f.core, 2);
    trace_sent(core, HOST_UES + 2, KIND_pull, 98);
    f.core_ns = 3 * CLOCK_SECOND;
    core = trace_of(&f.core, 2);
    trace_job(core, HOST_BSF, "served", "get");
    f.core_ns = 12345 * CLOCK_SECOND + 678;
    core = trace_of(&f.core, 2);
    trace_timeout(core, HOST_BMSC, "pull");
    lines_end(&f,
              HEAD("2") "     0.000000001 bmsc    sent     pull                 to=ue bytes=98\n"
                        "     3.000000000 bsf     job      served               work=get\n"
                        "     3.000000000 ue      received pull                 from=bmsc bytes=98\n"
                        "     3.000000000 ue      rejected pull                 # pull received\n"
                        " 12345.000000678 bmsc    timeout  fired                of=pull\n",
              HEAD("7"));
}

static void test_reasons(void)
{
    struct lines_test f;
    struct trace_ue *t;

    lines_set_up(&f);
    t = trace_of(&f.cell, 7);
    trace_cause(t, HOST_UES, "connection closed %s", "reset");
    trace_counter(t, COUNT_ue_retries, 1);
    trace_counter(t, COUNT_ues_active, -1);
    trace_line(t, true, "action", "abort", NULL);
    trace_network(t, "lost", "syn", true);
    trace_timeout_set(t, "phase", 1500000000);
    trace_at(t, HOST_HSS);
    trace_line(t, false, "job", "queued", " place=%d", 5);
    trace_cause(t, HOST_UES, "later");
    trace_line(t, true, "action", "close", NULL);
    lines_end(
        &f, HEAD("2"),
        HEAD(
            "7") "     0.000000000 ue      counter  ue_retries           by=1 # times a UE tried again "
                 "after a failure\n"
                 "     0.000000000 ue      counter  ues_active           by=-1 # UEs in an exchange (gauge)\n"
                 "     0.000000000 ue      action   abort                # connection closed reset: "
                 "ue_retries, ues_active\n"
                 "     0.000000000 network lost     syn                  way=up\n"
                 "     0.000000000 ue      timeout  set                  of=phase delay=1.500000000 # "
                 "connection closed reset: ue_retries, ues_active\n"
                 "     0.000000000 hss     job      queued               place=5\n"
                 "     0.000000000 ue      action   close                # later\n");
}

enum shape { ROUND, SQUARE };
struct shown {
    bool flag;
    uint8_t one;
    uint16_t av, no_av;
    uint32_t four;
    int64_t time_ns, before_ns, never_ns;
    enum shape shape;
    struct bytes text;
    char chars[4];
    uint8_t hex[2], key[2];
};

static const char *shape_name(int64_t shape)
{
    return shape == ROUND ? "round" : "square";
}

static void test_fields(void)
{
    static const struct trace_field all[] = {TRACE_FIELD(shown, flag, TRACE_FLAG),
                                             TRACE_FIELD(shown, one, TRACE_NUMBER),
                                             TRACE_FIELD(shown, av, TRACE_AV),
                                             TRACE_FIELD(shown, no_av, TRACE_AV),
                                             TRACE_FIELD(shown, four, TRACE_NUMBER),
                                             TRACE_FIELD(shown, time_ns, TRACE_TIME),
                                             TRACE_FIELD(shown, before_ns, TRACE_TIME),
                                             TRACE_FIELD(shown, never_ns, TRACE_TIME),
                                             TRACE_FIELD_NAMED(shown, shape, TRACE_NAME, shape_name),
                                             TRACE_FIELD(shown, text, TRACE_TEXT),
                                             TRACE_FIELD(shown, chars, TRACE_CHARS),
                                             TRACE_FIELD(shown, hex, TRACE_HEX),
                                             TRACE_FIELD(shown, key, TRACE_HIDDEN)};
    static const struct trace_fields fields = TRACE_FIELDS("shown", all);
    const struct shown shown = {true,   255,         9,     AV_NONE, UINT32_MAX,
                                1,      -1500000000, -1,    SQUARE,  bytes_of("a b\\\n", 5),
                                "four", {0xab, 1},   {1, 2}};
    struct lines_test f;
    struct trace_ue *t;
    char longer[130];

    lines_set_up(&f);
    t = trace_of(&f.core, 2);
    trace_line_fields(t, false, "fact", &fields, &shown);
    memset(longer, 'x', sizeof longer);
    struct shown other = {.text = bytes_of(longer, sizeof longer)};
    t = trace_of(&f.core, 7);
    trace_line_fields(t, false, "fact", &fields, &other);
    g_autofree char *x = g_strnfill(128, 'x');
    g_autofree char *seven = g_strconcat(
        HEAD("7") "     0.000000000 bmsc    fact     shown                flag=no one=0 av=0 no_av=0 four=0 "
                  "time_ns=0.000000000 before_ns=0.000000000 never_ns=0.000000000 shape=round text=",
        x, "... chars= hex=0000\n", NULL);
    lines_end(
        &f,
        HEAD("2") "     0.000000000 bmsc    fact     shown                flag=yes one=255 av=9 no_av=- "
                  "four=4294967295 time_ns=0.000000001 before_ns=-1.500000000 never_ns=- shape=square "
                  "text=a\\x20b\\x5c\\x0a chars=four hex=ab01\n",
        seven);
}

static void test_states(void)
{
    struct trace_state states[] = {{"shape", TRACE_NAME, ROUND, shape_name},
                                   {"count", TRACE_NUMBER, 3, NULL}};
    char name[2][TRACE_STATE_NAME_BYTES];
    struct lines_test f;
    struct trace_ue *t;

    g_assert_cmpstr(trace_state_name(name[0], "msk", 0), ==, "msk");
    g_assert_cmpstr(trace_state_name(name[1], "msk", 1), ==, "msk.1");
    lines_set_up(&f);
    t = trace_of(&f.core, 2);
    trace_states(t, HOST_BSF, states, 2);
    trace_states(t, HOST_BSF, states, 2);
    states[1].value = 4;
    trace_states(t, HOST_HSS, states, 2);
    trace_cause(t, HOST_BSF, "get served");
    states[0].value = SQUARE;
    trace_states(t, HOST_BSF, states, 2);
    trace_states(t, HOST_BSF, states, 2);
    lines_end(
        &f,
        HEAD("2") "     0.000000000 bsf     state    all                  shape=round count=3\n"
                  "     0.000000000 hss     state    all                  shape=round count=4\n"
                  "     0.000000000 bsf     state    shape                round -> square # get served\n"
                  "     0.000000000 bsf     state    count                3 -> 4 # get served\n",
        HEAD("7"));
}

/* More than may wait, with lines at and behind the time of the flush: they come once, and in order. */
static void test_flush(void)
{
    g_autofree char *wide = g_strnfill(100000, 'x');
    unsigned lines = 0;
    struct lines_test f;
    int64_t last_ns = -1;

    lines_set_up(&f);
    for (unsigned i = 0; i < 100; i++) {
        f.core_ns = f.cell_ns = i * CLOCK_SECOND;
        trace_line(trace_of(&f.core, 2), false, "job", "first", " %s", wide);
        trace_line(trace_of(&f.cell, 2), false, "job", "second", NULL);
        if (i > 0) {
            g_assert_true(trace_flush(f.trace, (i - 1) * CLOCK_SECOND, NULL));
            g_assert_true(trace_flush(f.trace, (i - 1) * CLOCK_SECOND + 1, NULL)); /* too soon to look */
        }
    }
    g_assert_true(trace_close(f.trace, NULL));
    g_autofree char *text = file_take(f.prefix, 2), *empty = file_take(f.prefix, 7);
    g_auto(GStrv) all = g_strsplit(text, "\n", -1);
    for (char **line = all + 2; **line != '\0'; line++, lines++) {
        int64_t at_ns = g_ascii_strtoll(*line, NULL, 10);

        g_assert_true(strstr(*line, lines % 2 == 0 ? " first " : " second") != NULL);
        g_assert_cmpint(at_ns, ==, last_ns + (lines % 2 == 0));
        last_ns = at_ns;
    }
    g_assert_cmpuint(lines, ==, 200);
    g_assert_cmpstr(empty, ==, HEAD("7"));
    lines_tear_down(&f);
}

static void test_files_fail(void)
{
    struct lines_test f;
    g_autofree char *path = NULL;
    GError *error = NULL;

    g_assert_null(trace_new("/nonexistent/ue-", lines_ues, 2, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_cmpstr(error->message, ==, "/nonexistent/ue-2.txt: No such file or directory");
    g_clear_error(&error);

    /* A folder takes the place of a file. */
    lines_set_up(&f);
    path = g_strconcat(f.prefix, "7.txt", NULL);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    trace_line(trace_of(&f.core, 2), false, "job", "queued", NULL);
    trace_line(trace_of(&f.core, 7), false, "job", "queued", NULL);
    g_assert_false(trace_close(f.trace, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
    g_clear_error(&error);
    g_rmdir(path);
    g_free(file_take(f.prefix, 2));
    lines_tear_down(&f);
}

/* --- no fact is forgotten ------------------------------------------------------------------------------- */

static const struct facts_row {
    const char *file, *structure;
    const char *prefix; /* where the fields stand that are those of the struct */
    const struct trace_fields *fields;
} facts_rows[] = {
    {"models/ue/state.h", "ue_mikey_facts", "", &ue_trace_mikey_facts},
    {"models/ue/state.h", "ue_answer_facts", "", &ue_trace_answer_facts},
    {"models/ue/state.h", "ue_aka_facts", "", &ue_trace_aka_facts},
    {"models/bmsc/state.h", "bmsc_post", "", &bmsc_trace_post_facts},
    {"models/keys/name.h", "key_name", "name.", &bmsc_trace_post_facts},
    {"models/bmsc/state.h", "bmsc_ack_facts", "", &bmsc_trace_ack_facts},
    {"models/keys/name.h", "key_name", "name.", &bmsc_trace_ack_facts},
    {"models/bmsc/state.h", "bmsc_bia_facts", "", &bmsc_trace_bia_facts},
    {"models/diameter_client.h", "diameter_facts", "answer.", &bmsc_trace_bia_facts},
    {"models/overload.h", "overload_facts", "answer.overload.", &bmsc_trace_bia_facts},
    {"models/bsf/state.h", "bsf_ub_facts", "", &bsf_trace_ub_facts},
    {"models/bsf/state.h", "bsf_credentials", "credentials.", &bsf_trace_ub_facts},
    {"models/bsf/state.h", "bsf_zn_facts", "", &bsf_trace_zn_facts},
    {"models/wire/facts.h", "diameter_ids", "ids.", &bsf_trace_zn_facts},
    {"models/keys/name.h", "key_name", "name.", &bsf_trace_zn_facts},
    {"models/bsf/state.h", "bsf_maa_facts", "", &bsf_trace_maa_facts},
    {"models/diameter_client.h", "diameter_facts", "answer.", &bsf_trace_maa_facts},
    {"models/bsf/state.h", "bsf_vector", "vector.", &bsf_trace_maa_facts},
    {"models/hss/state.h", "hss_facts", "", &hss_trace_facts},
    {"models/wire/facts.h", "diameter_ids", "ids.", &hss_trace_facts},
};

/* Whether some row of the fields shows a member, or members of it. */
static bool fields_have(const struct trace_fields *fields, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < fields->count; i++)
        if (g_str_has_prefix(fields->at[i].name, name) && strchr(".", fields->at[i].name[length]) != NULL)
            return true;
    return false;
}

/* The members that a struct is declared with. */
static char **struct_members(const struct facts_row *row)
{
    g_autofree char *path = g_build_filename(SOURCE_DIR, row->file, NULL);
    g_autofree char *head = g_strdup_printf("\nstruct %s {\n", row->structure);
    g_autofree char *text = NULL;
    g_autoptr(GRegex) comment = g_regex_new("/\\*.*?\\*/", G_REGEX_DOTALL, 0, NULL);
    g_autoptr(GRegex) member = g_regex_new("(\\w+)(\\[[^]]*\\])?[,;]", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    GPtrArray *members = g_ptr_array_new();
    GError *error = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    char *from = strstr(text, head);
    g_assert_nonnull(from);
    *strstr(from, "\n};") = '\0';
    g_autofree char *bare = g_regex_replace_literal(comment, from + strlen(head), -1, 0, "", 0, NULL);
    for (g_regex_match(member, bare, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL))
        g_ptr_array_add(members, g_match_info_fetch(match, 1));
    g_ptr_array_add(members, NULL);
    return (char **)g_ptr_array_free(members, FALSE);
}

static void test_facts_whole(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(facts_rows); i++) {
        const struct facts_row *row = &facts_rows[i];
        g_auto(GStrv) members = struct_members(row);

        g_assert_cmpuint(g_strv_length(members), >=, 2);
        for (char **member = members; *member != NULL; member++) {
            g_autofree char *name = g_strconcat(row->prefix, *member, NULL);

            if (!fields_have(row->fields, name))
                g_error("%s: struct %s: %s is in no line of a trace", row->file, row->structure, *member);
        }
    }
}

/* --- storms --------------------------------------------------------------------------------------------- */

#define STORM_UES 12

static const struct storm_row {
    const char *name;
    const char *settings[10];
} storm_rows[] = {
    {"clean", {"run.seed=1"}},
    {"bootstraps", {"ue.muk_expired=50%", "ue.muk_ahead=50%", "ue.sqn_ahead=50%"}},
    {"losses",
     {"ue.muk_expired=50%", "access.loss=10%", "access.duplicate=5%", "access.late=5%",
      "fault.drop=msk/1@1-9,syn/2@1",
      "fault.corrupt=msk/3@1,ua_auth_post/4@1,ub_get/5@1,ua_200/6@1,msk_ack/7@1", "ue.attempts=2"}},
    {"queues",
     {"ue.muk_expired=100%", "bsf.queue_limit=1", "hss.queue_limit=1", "bsf.workers=1", "hss.workers=1",
      "bmsc.workers=1", "bmsc.queue_limit=2", "bmsc.service_time=fixed(400ms)",
      "hss.service_time=fixed(300ms)"}},
    {"late",
     {"ue.muk_expired=50%", "ue.muk_ahead=50%", "hss.service_time=fixed(6s)", "bsf.zn_time=fixed(6s)",
      "bsf.late_answers=keep", "bmsc.late_answers=keep", "hss.workers=2"}},
    {"late_dropped",
     {"ue.muk_expired=50%", "ue.muk_ahead=50%", "hss.service_time=fixed(6s)", "bsf.zn_time=fixed(6s)"}},
    {"turned_away",
     {"ue.muk_expired=100%", "hss.workers=1", "hss.service_time=fixed(2s)", "hss.drop_late=yes",
      "bsf.queue_time_limit=100ms", "bsf.workers=1", "bsf.service_time=fixed(60ms)"}},
    {"overload",
     {"ue.muk_expired=100%", "hss.workers=1", "hss.service_time=fixed(500ms)", "hss.overload_wait=1s",
      "bsf.overload_wait=1s"}},
    {"session_lost", {"bsf.session_lost=100%", "ue.muk_ahead=100%", "ue.muk_expired=0"}},
    {"narrow",
     {"access.uplink_rate=60kbit/s", "access.downlink_rate=60kbit/s", "access.queue_limit=2kB", "ue.cells=1",
      "run.regions=1"}},
    {"mixed_up", {"access.rtt=200ms", "access.late=20%", "access.late_delay=2s", "ue.muk_expired=50%"}},
};

static struct scenario *storm_scenario(const struct storm_row *row)
{
    const char *const *s = row->settings;

    return fixture_scenario(
        "ue.count=12", "ue.cells=3", "run.regions=3", s[0] ? s[0] : "run.seed=1", s[1] ? s[1] : "run.seed=1",
        s[2] ? s[2] : "run.seed=1", s[3] ? s[3] : "run.seed=1", s[4] ? s[4] : "run.seed=1",
        s[5] ? s[5] : "run.seed=1", s[6] ? s[6] : "run.seed=1", s[7] ? s[7] : "run.seed=1",
        s[8] ? s[8] : "run.seed=1", s[9] ? s[9] : "run.seed=1", NULL);
}

/* Adds up lines "counter NAME by=N". */
static void add_counters(GHashTable *sums, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) words = g_strsplit_set(*line, " ", -1);
        char *cells[5];
        unsigned count = 0;

        for (char **word = words; *word != NULL && count < G_N_ELEMENTS(cells); word++)
            if (**word != '\0')
                cells[count++] = *word;
        if (count < 5 || strcmp(cells[2], "counter") != 0)
            continue;
        int64_t by = g_ascii_strtoll(cells[4] + strlen("by="), NULL, 10);
        int64_t sum = GPOINTER_TO_INT(g_hash_table_lookup(sums, cells[3])) + by;
        g_hash_table_insert(sums, g_strdup(cells[3]), GINT_TO_POINTER((gint)sum));
    }
}

/* A run of which some UEs are traced: every step-th. */
struct traced_run {
    struct storm *storm;
    char *texts[STORM_UES]; /* NULL: not traced */
};

static void traced_run_do(struct traced_run *run, const struct scenario *scenario, unsigned step)
{
    g_autofree char *folder = folder_new(), *prefix = g_build_filename(folder, "ue-", NULL);
    uint32_t ues[STORM_UES], count = 0;
    GError *error = NULL;

    for (uint32_t ue = 0; ue < STORM_UES; ue += step)
        ues[count++] = ue;
    const struct storm_options options = {
        .engine = fixture_engine(), .trace_prefix = prefix, .trace_ues = ues, .trace_count = count};
    *run = (struct traced_run){.storm = storm_new(scenario, &options, &error)};
    g_assert_no_error(error);
    g_assert_cmpint(storm_run(run->storm, &error), ==, STORM_DONE);
    for (uint32_t i = 0; i < count; i++)
        run->texts[ues[i]] = file_take(prefix, ues[i]);
    g_assert_cmpint(g_rmdir(folder), ==, 0); /* there are no other files */
}

static void traced_run_clear(struct traced_run *run)
{
    storm_free(run->storm);
    for (unsigned i = 0; i < STORM_UES; i++)
        g_free(run->texts[i]);
}

/* The counters of all UEs are the run's. An answer over Zn or Zh whose request is over may be nobody's. */
static void counters_add_up(const struct storm_row *row, const struct traced_run *run)
{
    static const char *const names[] = {
#define X(name, unit, meaning) #name,
        MODEL_COUNTERS(X)
#undef X
    };
    g_autoptr(GHashTable) sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned i = 0; i < STORM_UES; i++)
        add_counters(sums, run->texts[i]);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        int64_t traced = GPOINTER_TO_INT(g_hash_table_lookup(sums, names[i]));
        int64_t counted = fixture_metric(run->storm, names[i]);
        bool nobodys = g_str_equal(names[i], "zn_late") || g_str_equal(names[i], "zh_late");

        if (traced != counted && !(nobodys && traced < counted))
            g_error("%s: %s is %" G_GINT64_FORMAT ", in traces %" G_GINT64_FORMAT, row->name, names[i],
                    counted, traced);
    }
}

static void test_storm(const void *data)
{
    const struct storm_row *row = data;
    struct scenario *scenario = storm_scenario(row);
    struct storm *plain = fixture_run(scenario);
    uint64_t fingerprint = storm_fingerprint(plain);
    struct traced_run all, some;

    storm_free(plain);
    traced_run_do(&all, scenario, 1);
    g_assert_cmpuint(storm_fingerprint(all.storm), ==, fingerprint);
    counters_add_up(row, &all);
    storm_free(g_steal_pointer(&all.storm)); /* ns-3 has one at a time */
    traced_run_do(&some, scenario, 5);
    g_assert_cmpuint(storm_fingerprint(some.storm), ==, fingerprint);
    for (unsigned i = 0; i < STORM_UES; i += 5)
        g_assert_cmpstr(some.texts[i], ==, all.texts[i]);
    traced_run_clear(&all);
    traced_run_clear(&some);
    scenario_free(scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/trace/order", test_order);
    g_test_add_func("/trace/reasons", test_reasons);
    g_test_add_func("/trace/fields", test_fields);
    g_test_add_func("/trace/states", test_states);
    g_test_add_func("/trace/flush", test_flush);
    g_test_add_func("/trace/files_fail", test_files_fail);
    g_test_add_func("/trace/facts_whole", test_facts_whole);
    for (unsigned i = 0; i < G_N_ELEMENTS(storm_rows); i++) {
        g_autofree char *path = g_strconcat("/trace/storm/", storm_rows[i].name, NULL);
        g_test_add_data_func(path, &storm_rows[i], test_storm);
    }
    return g_test_run();
}
