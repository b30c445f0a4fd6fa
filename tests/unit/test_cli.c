/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The parts of the command line that need no run: formats, JSON, the progress line, the output folder. */
#include "sim/cli/format.h"
#include "sim/cli/output_dir.h"
#include "sim/cli/progress.h"
#include "sim/cli/report.h"
#include "sim/cli/study_command.h"
#include "tests/tap/tap.h"

#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_format(void)
{
    char b[FORMAT_SIZE];

    g_assert_cmpstr(format_count(b, 0), ==, "0");
    g_assert_cmpstr(format_count(b, 999), ==, "999");
    g_assert_cmpstr(format_count(b, 1234567), ==, "1 234 567");
    g_assert_cmpstr(format_count(b, -1000), ==, "-1 000");
    g_assert_cmpstr(format_count(b, INT64_MIN), ==, "-9 223 372 036 854 775 808");
    g_assert_cmpstr(format_seconds(b, 0), ==, "0 s");
    g_assert_cmpstr(format_seconds(b, 0.0123), ==, "12.3 ms");
    g_assert_cmpstr(format_seconds(b, 20e-6), ==, "20.0 us");
    g_assert_cmpstr(format_seconds(b, 5e-9), ==, "5.00 ns");
    g_assert_cmpstr(format_seconds(b, 0.9996), ==, "1.00 s");
    g_assert_cmpstr(format_seconds(b, 119), ==, "119 s");
    g_assert_cmpstr(format_seconds(b, 200), ==, "3 min 20 s");
    g_assert_cmpstr(format_seconds(b, 7260), ==, "2 h 1 min");
    g_assert_cmpstr(format_seconds(b, 200000), ==, "2 d 7 h");
    format_seconds(b, 1e300); /* must fit */
    g_assert_cmpstr(format_bytes(b, 12), ==, "12 B");
    g_assert_cmpstr(format_bytes(b, 12345678), ==, "12.3 MB");
    g_assert_cmpstr(format_short(b, 999999), ==, "1.00 M");
    g_assert_cmpstr(format_exact_seconds(b, 0), ==, "0");
    g_assert_cmpstr(format_exact_seconds(b, 2500000), ==, "0.0025");
    g_assert_cmpstr(format_exact_seconds(b, INT64_C(60000000000)), ==, "60");
    g_assert_cmpstr(format_exact_seconds(b, 1), ==, "0.000000001");
}

static void test_json(void)
{
    GString *text = g_string_new(NULL);

    manifest_json_string(text, "a \"b\" c\\d\n\t\x01\x7f \xc3\xa4");
    g_assert_cmpstr(text->str, ==, "\"a \\\"b\\\" c\\\\d\\n\\t\\u0001\\u007f \xc3\xa4\"");
    g_string_truncate(text, 0);
    manifest_json_string(text, "\xff");
    g_assert_true(g_utf8_validate(text->str, -1, NULL));
    g_string_free(text, TRUE);
}

static void test_progress(void)
{
    struct progress_state state = {
        .simulated_s = 30, .end_s = 3600, .ues = 200, .ues_done = 50, .events_per_s = 1.5e6, .elapsed_s = 20};
    char line[PROGRESS_WIDTH + 1];

    progress_line(line, &state);
    g_assert_cmpuint(strlen(line), ==, PROGRESS_WIDTH);
    g_assert_true(
        g_str_has_prefix(line, "simulated 30.0 s, UEs done 25.0 %, 1.50 M events/s, 60.0 s left  "));
    /* Further in time than in UEs: the time tells. */
    state.simulated_s = 1800;
    progress_line(line, &state);
    g_assert_nonnull(strstr(line, "20.0 s left"));
    state = (struct progress_state){.ues = 1};
    progress_line(line, &state);
    g_assert_nonnull(strstr(line, "? left"));
}

static void put(const char *folder, const char *name, const char *content)
{
    char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, content, -1, NULL));
    g_free(path);
}

static void put_result(const struct output_dir *dir, const char *content)
{
    char *path = output_dir_path(dir, "summary.csv");

    g_assert_true(g_file_set_contents(path, content, -1, NULL));
    g_free(path);
}

static void expect_content(const char *folder, const char *name, const char *content)
{
    char *path = g_build_filename(folder, name, NULL);
    char *found = NULL;

    g_assert_true(g_file_get_contents(path, &found, NULL, NULL));
    g_assert_cmpstr(found, ==, content);
    g_free(found);
    g_free(path);
}

/* How many entries a folder has, hidden ones too. */
static unsigned entries(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    unsigned count = 0;

    g_assert_nonnull(dir);
    while (g_dir_read_name(dir))
        count++;
    g_dir_close(dir);
    return count;
}

static void refuse_dir(const char *target, bool force, const char *reason)
{
    GError *error = NULL;

    g_assert_null(output_dir_begin(target, force, &error));
    g_assert_nonnull(error);
    g_assert_true(error->domain == G_FILE_ERROR);
    g_assert_nonnull(strstr(error->message, reason));
    g_error_free(error);
}

static void test_output(void)
{
    char *top = g_dir_make_tmp("pullstorm-test-XXXXXX", NULL);
    char *deep = g_build_filename(top, "a", "b", "c", NULL);
    char *above = g_path_get_dirname(deep);
    struct output_dir *dir = output_dir_begin(deep, false, NULL);

    /* Abandoned: nothing is left, not even the parents. */
    put_result(dir, "1");
    g_assert_cmpuint(entries(above), ==, 1);
    output_dir_abort(dir);
    g_assert_cmpuint(entries(top), ==, 0);

    dir = output_dir_begin(deep, false, NULL);
    put_result(dir, "1");
    g_assert_true(output_dir_commit(dir, NULL));
    expect_content(deep, "summary.csv", "1");
    g_assert_cmpuint(entries(above), ==, 1);

    /* The earlier result stays until the new one is whole. */
    refuse_dir(deep, false, "--force");
    dir = output_dir_begin(deep, true, NULL);
    put_result(dir, "2");
    expect_content(deep, "summary.csv", "1");
    output_dir_abort(dir);
    expect_content(deep, "summary.csv", "1");
    dir = output_dir_begin(deep, true, NULL);
    put_result(dir, "3");
    g_assert_true(output_dir_commit(dir, NULL));
    expect_content(deep, "summary.csv", "3");
    g_assert_cmpuint(entries(above), ==, 1);

    char *summary = g_build_filename(deep, "summary.csv", NULL);
    char *a = g_path_get_dirname(above);
    g_assert_cmpint(g_remove(summary), ==, 0);
    g_assert_cmpint(g_rmdir(deep), ==, 0);
    g_assert_cmpint(g_rmdir(above), ==, 0);
    g_assert_cmpint(g_rmdir(a), ==, 0);
    g_assert_cmpint(g_rmdir(top), ==, 0);
    g_free(a);
    g_free(summary);
    g_free(above);
    g_free(deep);
    g_free(top);
}

/* What another program made is never replaced or deleted, and what cannot be written is reported before the
 * run. */
static void test_refused(void)
{
    char *top = g_dir_make_tmp("pullstorm-test-XXXXXX", NULL);
    char *target = g_build_filename(top, "r", NULL);
    char *file = g_build_filename(target, "thesis.tex", NULL);
    char *below = g_build_filename(file, "x", NULL);
    char *summary = g_build_filename(target, "summary.csv", NULL);
    char *link = g_build_filename(top, "link", NULL);
    struct output_dir *dir;

    g_assert_cmpint(g_mkdir(target, 0777), ==, 0);
    put(target, "thesis.tex", "x");
    refuse_dir(target, true, "thesis.tex");
    refuse_dir(top, true, "holds \"r\"");
    refuse_dir(file, true, "is not a folder");
    refuse_dir(below, true, "Not a directory");
    refuse_dir("", true, "no name");
    refuse_dir("/", true, "/: cannot be a result");
    refuse_dir("/proc/no/such", true, "/proc/no");
    g_assert_cmpint(symlink("nowhere", link), ==, 0);
    refuse_dir(link, true, "No such file");
    g_assert_cmpint(g_remove(link), ==, 0);
    expect_content(target, "thesis.tex", "x");
    g_assert_cmpint(g_remove(file), ==, 0);

    /* A link to a folder is followed; the link stays. */
    g_assert_cmpint(symlink("r", link), ==, 0);
    dir = output_dir_begin(link, false, NULL);
    put_result(dir, "1");
    g_assert_true(output_dir_commit(dir, NULL));
    expect_content(target, "summary.csv", "1");
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));

    g_assert_cmpint(g_remove(link), ==, 0);
    g_assert_cmpint(g_remove(summary), ==, 0);
    g_assert_cmpint(g_rmdir(target), ==, 0);
    g_assert_cmpint(g_rmdir(top), ==, 0);
    g_free(link);
    g_free(summary);
    g_free(below);
    g_free(file);
    g_free(target);
    g_free(top);
}

/* Another file turns up in the earlier result while the run is under way: it is kept, and said where. */
static void test_kept(void)
{
    char *top = g_dir_make_tmp("pullstorm-test-XXXXXX", NULL);
    char *target = g_build_filename(top, "r", NULL);
    char *partial, *kept, *file;
    struct output_dir *dir = output_dir_begin(target, false, NULL);

    put_result(dir, "1");
    g_assert_true(output_dir_commit(dir, NULL));
    dir = output_dir_begin(target, true, NULL);
    put_result(dir, "2");
    put(target, "plot.svg", "x");
    file = output_dir_path(dir, "summary.csv");
    partial = g_path_get_dirname(file);
    g_free(file);
    g_assert_true(output_dir_commit(dir, NULL));
    expect_content(target, "summary.csv", "2");
    kept = g_file_test(partial, G_FILE_TEST_IS_DIR) ? g_strdup(partial) : g_strconcat(partial, ".old", NULL);
    expect_content(kept, "plot.svg", "x");
    g_assert_cmpuint(entries(kept), ==, 1);

    file = g_build_filename(kept, "plot.svg", NULL);
    g_remove(file);
    g_assert_cmpint(g_rmdir(kept), ==, 0);
    g_free(file);
    file = g_build_filename(target, "summary.csv", NULL);
    g_remove(file);
    g_assert_cmpint(g_rmdir(target), ==, 0);
    g_assert_cmpint(g_rmdir(top), ==, 0);
    g_free(file);
    g_free(kept);
    g_free(partial);
    g_free(target);
    g_free(top);
}

/* plots/ alone: an empty one is replaced, pictures with --force only, and another folder never. */
static void test_plots_alone(void)
{
    char *top = g_dir_make_tmp("pullstorm-test-XXXXXX", NULL);
    char *target = g_build_filename(top, "r", NULL), *plots = g_build_filename(target, "plots", NULL);
    char *summary = g_build_filename(target, "summary.csv", NULL);

    for (int filled = 0; filled <= 1; filled++) {
        struct output_dir *dir;

        g_assert_cmpint(g_mkdir_with_parents(plots, 0777), ==, 0);
        if (filled) {
            put(plots, "a.svg", "x");
            refuse_dir(target, false, "--force");
        }
        dir = output_dir_begin(target, filled, NULL);
        g_assert_nonnull(dir);
        put_result(dir, "1");
        g_assert_true(output_dir_commit(dir, NULL));
        expect_content(target, "summary.csv", "1");
        g_assert_cmpuint(entries(target), ==, 1);
        g_assert_cmpuint(entries(top), ==, 1);
        g_assert_cmpint(g_remove(summary), ==, 0);
    }
    g_assert_cmpint(symlink("..", plots), ==, 0);
    refuse_dir(target, true, "plots");
    g_assert_cmpint(g_remove(plots), ==, 0);
    g_assert_cmpint(g_rmdir(target), ==, 0);
    g_assert_cmpint(g_rmdir(top), ==, 0);
    g_free(summary);
    g_free(plots);
    g_free(target);
    g_free(top);
}

/* A run begins and ends, again and again; what it began must stay as long as it is at work. */
static void begin_often(const char *target)
{
    for (int i = 0; i < 500; i++) {
        struct output_dir *dir = output_dir_begin(target, false, NULL);
        char *file = dir ? output_dir_path(dir, "summary.csv") : NULL;

        if (!dir || !g_file_set_contents(file, "1", -1, NULL))
            _exit(1);
        output_dir_abort(dir);
        g_free(file);
    }
    _exit(0);
}

/* Runs that begin at one time take none of the others' folders for an abandoned one. */
static void test_begin_together(void)
{
    char *top = g_dir_make_tmp("pullstorm-test-XXXXXX", NULL);
    char *target = g_build_filename(top, "r", NULL);
    pid_t children[4];

    for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
        children[i] = fork();
        g_assert_cmpint(children[i], >=, 0);
        if (children[i] == 0)
            begin_often(target);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
        int status;

        g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
        g_assert_cmpint(status, ==, 0);
    }
    g_assert_cmpint(g_rmdir(top), ==, 0);
    g_free(target);
    g_free(top);
}

/* Two runs into one folder: the second to end reports it, and leaves nothing. */
static void test_race(void)
{
    char *top = g_dir_make_tmp("pullstorm-test-XXXXXX", NULL);
    char *target = g_build_filename(top, "r", NULL);
    struct output_dir *dir = output_dir_begin(target, false, NULL);
    GError *error = NULL;

    put_result(dir, "mine");
    g_assert_cmpint(g_mkdir(target, 0777), ==, 0);
    put(target, "summary.csv", "theirs");
    g_assert_false(output_dir_commit(dir, &error));
    g_assert_nonnull(strstr(error->message, "another run"));
    g_clear_error(&error);
    expect_content(target, "summary.csv", "theirs");
    g_assert_cmpuint(entries(top), ==, 1);

    char *summary = g_build_filename(target, "summary.csv", NULL);
    g_remove(summary);
    /* An empty folder may become the result. */
    dir = output_dir_begin(target, false, &error);
    g_assert_no_error(error);
    put_result(dir, "mine");
    g_assert_true(output_dir_commit(dir, NULL));
    expect_content(target, "summary.csv", "mine");
    g_assert_cmpint(g_remove(summary), ==, 0);
    g_assert_cmpint(g_rmdir(target), ==, 0);
    g_assert_cmpint(g_rmdir(top), ==, 0);
    g_free(summary);
    g_free(target);
    g_free(top);
}

/* In proportion to UEs; an expired key costs twice as much again, ns-3 thirty times as much. */
static void test_effort(void)
{
    static const struct {
        unsigned point;
        double effort;
    } points[] = {{1, 100}, {2, 3000}, {3, 200}, {4, 6000}, {5, 200}, {6, 6000}, {7, 400}, {8, 12000}};
    struct study_host host = study_command_host();
    struct study *study;

    host.refuse = NULL; /* not every engine is compiled in */
    study = study_parse("s.ini",
                        "[study]\nbase = b.ini\n[axis share]\nue.muk_expired = 0%, 50%\n[axis ues]\n"
                        "ue.count = 100, 200\n[axis engine]\nrun.engine = native, ns3\n",
                        "", &host, NULL);
    g_assert_nonnull(study);
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++)
        g_assert_cmpfloat(host.effort(study, points[i].point), ==, points[i].effort);
    study_free(study);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/cli/format", test_format);
    g_test_add_func("/cli/json", test_json);
    g_test_add_func("/cli/progress", test_progress);
    g_test_add_func("/cli/output", test_output);
    g_test_add_func("/cli/refused", test_refused);
    g_test_add_func("/cli/kept", test_kept);
    g_test_add_func("/cli/plots-alone", test_plots_alone);
    g_test_add_func("/cli/begin-together", test_begin_together);
    g_test_add_func("/cli/race", test_race);
    g_test_add_func("/cli/effort", test_effort);
    return g_test_run();
}
