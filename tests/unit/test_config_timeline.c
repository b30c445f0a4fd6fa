/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Sections [at TIME]: what is read, in which order, and every mistake at its line. */
#include "sim/config/timeline.h"
#include "tests/tap/tap.h"

#include <stddef.h>

struct lamp {
    struct config config;
    config_COUNT lamp_watts;
    config_SHARE lamp_dim;
    config_TEXT lamp_name;
    config_COUNT wall_switches;
};

static const struct config_key keys[] = {
    {"lamp", "watts", CONFIG_COUNT, "40", "1", "100", "", offsetof(struct lamp, lamp_watts), "0"},
    {"lamp", "dim", CONFIG_SHARE, "0", "0", "1", "", offsetof(struct lamp, lamp_dim), "0"},
    {"lamp", "name", CONFIG_TEXT, "one", "1", "20", "", offsetof(struct lamp, lamp_name), NULL},
    {"wall", "switches", CONFIG_COUNT, "1", "1", "9", "", offsetof(struct lamp, wall_switches), NULL},
};
static const struct config_gone gone[] = {{"lamp.colour", "lamps are white, set lamp.dim"}};

static const struct config_schema schema = {
    .keys = keys,
    .count = G_N_ELEMENTS(keys),
    .gone = gone,
    .gone_count = G_N_ELEMENTS(gone),
    .size = sizeof(struct lamp),
    .example = "lamp",
};
/* The same lamp, of which nothing changes: its last key alone. */
static const struct config_schema fixed_schema = {
    .keys = &keys[3], .count = 1, .size = sizeof(struct lamp), .example = "wall"};

static void refuse(const struct config_schema *of, const char *text, const char *const *settings,
                   const char *expected)
{
    GError *error = NULL;

    g_assert_null(config_parse(of, "l.ini", text, settings, NULL, &error));
    g_assert_cmpstr(error->message, ==, expected);
    g_error_free(error);
}

static struct config *parse(const char *text)
{
    GError *error = NULL;
    struct config *config = config_parse(&schema, "l.ini", text, NULL, NULL, &error);

    g_assert_no_error(error);
    return config;
}

static void expect(const struct timeline_entry *entry, int64_t time_ns, const struct config_key *key,
                   int64_t integer, double real, unsigned line)
{
    g_assert_cmpint(entry->time_ns, ==, time_ns);
    g_assert_true(entry->key == key);
    g_assert_cmpint(entry->value.integer, ==, integer);
    g_assert_cmpfloat(entry->value.real, ==, real);
    g_assert_cmpuint(entry->line, ==, line);
}

/* By time, then as the table has the keys; the values of the start are what they are. */
static void test_order(void)
{
    struct config *config = parse("[at 1min]\nlamp.dim = 10%\nlamp.watts = 0\n[lamp]\nwatts = 60\n"
                                  "[at  1500ms]\n lamp.watts=7 \n[at 2s]\n");
    const struct lamp *lamp = (const struct lamp *)(const void *)config;

    g_assert_cmpuint(config->timeline.count, ==, 3);
    expect(&config->timeline.entries[0], INT64_C(1500000000), &keys[0], 7, 0, 6);
    expect(&config->timeline.entries[1], INT64_C(60000000000), &keys[0], 0, 0, 1);
    expect(&config->timeline.entries[2], INT64_C(60000000000), &keys[1], 0, 0.1, 1);
    g_assert_cmpint(lamp->lamp_watts, ==, 60);
    g_assert_cmpfloat(lamp->lamp_dim, ==, 0);
    config_free(config);
}

static void expect_text(const struct config *config, const char *expected)
{
    char *text = config_text(config);

    g_assert_cmpstr(text, ==, expected);
    g_free(text);
}

/* The canonical text says the same when it is read again; without changes it has no trace of them. */
static void test_canonical(void)
{
    static const char plain[] = "[lamp]\nwatts = 40\ndim = 0\nname = one\n\n[wall]\nswitches = 1\n";
    static const char changes[] =
        "\n[at 1500ms]\nlamp.watts = 7\n\n[at 1min]\nlamp.watts = 0\nlamp.dim = 10%\n";
    struct config *config = parse("[at 1min]\nlamp.dim = 10%\nlamp.watts = 0\n[at 1500ms]\nlamp.watts=7\n");
    char *whole = g_strconcat(plain, changes, NULL);

    expect_text(config, whole);
    config_free(config);
    config = parse(whole);
    expect_text(config, whole);
    config_free(config);
    config = parse("[at 1s]\n");
    g_assert_cmpuint(config->timeline.count, ==, 0);
    expect_text(config, plain);
    config_free(config);
    g_free(whole);
}

static void test_times(void)
{
    refuse(&schema, "[at]\n[at ]\nlamp.watts=x\n", NULL,
           "l.ini:1: [at]: has no time, expected one from the start of the run, such as [at 100s]\n"
           "l.ini:2: [at ]: has no time, expected one from the start of the run, such as [at 100s]\n"
           "l.ini:3: [at ] lamp.watts: \"x\" is not a number, expected a whole number such as 1500, 100k or "
           "1.5M (k, M, G)");
    refuse(
        &schema, "[at5s]\n[at -5s]\n[at 0]\n[at 5]\n", NULL,
        "l.ini:1: [at5s]: has no blank before the time, expected [at 5s]\n"
        "l.ini:2: [at -5s]: \"-5s\" is negative, expected a duration such as 20ms (ns, us, ms, s, min, h, "
        "d)\n"
        "l.ini:3: [at 0]: is the start of the run, whose values have sections of their own; expected a time "
        "above 0s\n"
        "l.ini:4: [at 5]: \"5\" has no unit, expected a duration such as 20ms (ns, us, ms, s, min, h, d)");
    refuse(
        &schema, "[at noon]\n[at 4000d]\n", NULL,
        "l.ini:1: [at noon]: \"noon\" is not a number, expected a duration such as 20ms (ns, us, ms, s, min, "
        "h, d)\n"
        "l.ini:2: [at 4000d]: \"4000d\" is out of range, expected 0s to 3650d");
    refuse(&schema, "[at 1min]\n[at 5s]\n[at 60s]\n[at 5s]\n", NULL,
           "l.ini:3: [at 60s]: has the time of line 1, expected one section for a time\n"
           "l.ini:4: [at 5s]: has the time of line 2, expected one section for a time");
}

static void test_keys(void)
{
    refuse(
        &schema, "[at 5s]\nlamp.wats=1\nwatts=1\nlamp.name=two\nwall.switches=2\nlamp.colour=red\n", NULL,
        "l.ini:2: [at 5s] lamp.wats: unknown key, expected SECTION.KEY = VALUE, did you mean lamp.watts?\n"
        "l.ini:3: [at 5s] watts: unknown key, expected SECTION.KEY = VALUE, did you mean lamp.watts?\n"
        "l.ini:4: [at 5s] lamp.name: cannot change during a run, expected one of lamp.watts, lamp.dim\n"
        "l.ini:5: [at 5s] wall.switches: cannot change during a run, expected one of lamp.watts, lamp.dim\n"
        "l.ini:6: [at 5s] lamp.colour: lamps are white, set lamp.dim");
    refuse(&schema, "[at 5s]\nlamp.watts=1\nlamp.watts=2\n[at 6s]\nlamp.watts=101\nlamp.dim=-1\n", NULL,
           "l.ini:3: [at 5s] lamp.watts: given twice, first on line 2; expected once\n"
           "l.ini:5: [at 6s] lamp.watts: \"101\" is out of range, expected 0 to 100\n"
           "l.ini:6: [at 6s] lamp.dim: \"-1\" is negative, expected a share such as 0.1 or 10%");
    refuse(&schema, "[lamp]\nwatts=0\n", NULL,
           "l.ini:2: lamp.watts: \"0\" is out of range, expected 1 to 100");
}

static void test_elsewhere(void)
{
    const char *const settings[] = {"at 5s.lamp.watts=1", NULL};

    refuse(&schema, "", settings,
           "-s at 5s.lamp.watts=1: a setting holds from the start of the run, expected changes in a section "
           "[at TIME] of the file");
    refuse(&fixed_schema, "[at 5s]\n", NULL, "l.ini:1: [at 5s]: unknown section, did you mean [wall]?");
    refuse(&schema, "[attic]\n", NULL, "l.ini:1: [attic]: unknown section, did you mean [lamp]?");
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/config/timeline/order", test_order);
    g_test_add_func("/config/timeline/canonical", test_canonical);
    g_test_add_func("/config/timeline/times", test_times);
    g_test_add_func("/config/timeline/keys", test_keys);
    g_test_add_func("/config/timeline/elsewhere", test_elsewhere);
    return g_test_run();
}
