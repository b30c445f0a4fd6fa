/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The reader of configurations with its own schema: the reader knows no keys but those that it is given. */
#include "sim/config/config.h"
#include "sim/config/mistakes.h"
#include "tests/tap/tap.h"

#include <stddef.h>

struct kitchen {
    struct config config;
    config_DURATION oven_time;
    config_CHOICE oven_heat;
    config_TEXT cake_name;
    config_TEXT cake_code;
};

static const struct config_key keys[] = {
    {"oven", "time", CONFIG_DURATION, "45min", "1min", "10h", "", offsetof(struct kitchen, oven_time), NULL},
    {"oven", "heat", CONFIG_CHOICE, "above", "above|below", "", "", offsetof(struct kitchen, oven_heat),
     NULL},
    {"cake", "name", CONFIG_TEXT, "plain", "1", "20", "", offsetof(struct kitchen, cake_name), NULL},
    {"cake", "code", CONFIG_TEXT, "abc", "3", "3", "", offsetof(struct kitchen, cake_code), NULL},
};
static const struct config_gone gone[] = {{"cake.size", "cakes have one size, set oven.time"}};

static const struct kitchen *kitchen_of(const struct config *config)
{
    return (const struct kitchen *)(const void *)config;
}

/* Needs an hour: says whose default it is, too. */
static void needs_an_hour(const struct config *config, struct mistakes *mistakes)
{
    if (kitchen_of(config)->oven_time < INT64_C(3600000000000))
        mistakes_add_at(mistakes, CONFIG_ERROR_CONTRADICTION, "oven", "time", "is too short for \"%s\" (%s)",
                        kitchen_of(config)->cake_name,
                        mistakes_origin(mistakes, "cake", "name") ? "yours" : "the default");
}

static const struct config_schema kitchen_schema = {
    .keys = keys,
    .count = G_N_ELEMENTS(keys),
    .gone = gone,
    .gone_count = G_N_ELEMENTS(gone),
    .size = sizeof(struct kitchen),
    .rule = needs_an_hour,
    .example = "oven",
    .other_section = "shop",
    .other_why = "this is a shop",
};

static void refuse(const char *text, const char *const *settings, config_rule *rule, const char *expected)
{
    GError *error = NULL;

    g_assert_null(config_parse(&kitchen_schema, "k.ini", text, settings, rule, &error));
    g_assert_cmpstr(error->message, ==, expected);
    g_error_free(error);
}

static void test_values(void)
{
    const char *const settings[] = {"oven.time = 90min", NULL};
    GError *error = NULL;
    struct config *config =
        config_parse(&kitchen_schema, "a/k.ini", "[oven]\ntime=2h\nheat=below\n", settings, NULL, &error);
    char *text = config_text(config);

    g_assert_no_error(error);
    g_assert_true(config->schema == &kitchen_schema);
    g_assert_cmpstr(config->name, ==, "k");
    g_assert_cmpint(kitchen_of(config)->oven_time, ==, INT64_C(5400000000000));
    g_assert_cmpint(kitchen_of(config)->oven_heat, ==, 1);
    g_assert_cmpstr(kitchen_of(config)->cake_name, ==, "plain");
    g_assert_cmpstr(text, ==, "[oven]\ntime = 90min\nheat = below\n\n[cake]\nname = plain\ncode = abc\n");
    g_assert_cmpstr(config_value_text(config, config_key_named(&kitchen_schema, "oven.time")), ==, "90min");
    g_free(text);
    config_free(config);
}

/* What one configuration sets is in no other of its template, and each outlives the template. */
static void test_template(void)
{
    const char *const settings[] = {"oven.time=90min", "cake.name=rich", NULL};
    const struct config_key *name = config_key_named(&kitchen_schema, "cake.name");
    struct config_template *from = config_template_new(&kitchen_schema, "a/k.ini", "[oven]\ntime=2h\n");
    GError *error = NULL;
    struct config *set = config_from_template(from, settings, NULL, &error);
    struct config *plain = config_from_template(from, NULL, NULL, &error);

    config_template_free(from);
    g_assert_no_error(error);
    g_assert_cmpint(kitchen_of(set)->oven_time, ==, INT64_C(5400000000000));
    g_assert_cmpstr(kitchen_of(set)->cake_name, ==, "rich");
    g_assert_cmpstr(config_value_text(set, name), ==, "rich");
    config_free(set);
    g_assert_cmpint(kitchen_of(plain)->oven_time, ==, INT64_C(7200000000000));
    g_assert_cmpstr(kitchen_of(plain)->cake_name, ==, "plain");
    g_assert_cmpstr(config_value_text(plain, name), ==, "plain");
    g_assert_cmpstr(plain->name, ==, "k");
    config_free(plain);
}

/* Mistakes of the text are those of each configuration, in front of its own, and stay out of the next one. */
static void test_template_mistakes(void)
{
    const char *const settings[] = {"oven.heat=both", NULL};
    struct config_template *from = config_template_new(&kitchen_schema, "k.ini", "[oven]\ntime=long\n");

    for (unsigned i = 0; i < 3; i++) {
        GError *error = NULL;
        const char *second = "\n-s oven.heat=both: oven.heat: ";

        g_assert_null(config_from_template(from, i == 1 ? settings : NULL, NULL, &error));
        g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE);
        g_assert_true(g_str_has_prefix(error->message, "k.ini:2: oven.time: "));
        g_assert_true((strstr(error->message, second) != NULL) == (i == 1));
        g_error_free(error);
    }
    config_template_free(from);
}

static void test_names(void)
{
    g_assert_true(config_key_find(&kitchen_schema, "oven", "heat") == &keys[1]);
    g_assert_true(config_key_named(&kitchen_schema, "cake.name") == &keys[2]);
    g_assert_null(config_key_find(&kitchen_schema, "ue", "count"));
    g_assert_null(config_key_named(&kitchen_schema, "oven"));
    g_assert_null(config_key_named(&kitchen_schema, "oven.name"));
    g_assert_cmpstr(config_key_gone(&kitchen_schema, "cake.size"), ==, gone[0].why);
    g_assert_null(config_key_gone(&kitchen_schema, "cake.name"));
}

static void test_mistakes(void)
{
    refuse("[ovn]\n[cake]\nnam=x\ntime=1h\nsize=2\n", NULL, NULL,
           "k.ini:1: [ovn]: unknown section, did you mean [oven]?\n"
           "k.ini:3: cake.nam: unknown key, did you mean cake.name?\n"
           "k.ini:4: cake.time: unknown key, did you mean cake.name? There is oven.time\n"
           "k.ini:5: cake.size: cakes have one size, set oven.time");
    refuse("time=1h\n", NULL, NULL,
           "k.ini:1: time: stands before the first section, expected a line such as [oven] above it");
    refuse("[shop]\n[oven]\nheat=left\n", NULL, NULL, "k.ini:1: [shop]: this is a shop");
}

static void test_texts(void)
{
    const char *const settings[] = {"cake.name=\xff", NULL};

    refuse("[cake]\nname=\ncode=four\n", settings, NULL,
           "k.ini:2: cake.name: \"\" has 0 characters, expected 1 to 20\n"
           "k.ini:3: cake.code: \"four\" has 4 characters, expected 3\n"
           "-s: a setting is not UTF-8 text");
}

static void names_the_cake(const struct config *config, struct mistakes *mistakes)
{
    mistakes_add_at(mistakes, CONFIG_ERROR_VALUE, "cake", "name", "%s, %s", kitchen_of(config)->cake_name,
                    mistakes->values_right ? "values right" : "values wrong");
}

/* The rule of the schema is for values that are right; that of the caller is applied in any case. */
static void test_rules(void)
{
    const char *const settings[] = {"cake.name=big", NULL};

    refuse("", NULL, NULL, "k.ini: oven.time: is too short for \"plain\" (the default)");
    refuse("[oven]\ntime=1min\n", settings, names_the_cake,
           "k.ini:2: oven.time: is too short for \"big\" (yours)\n"
           "-s cake.name=big: cake.name: big, values right");
    refuse("[oven]\nheat=left\n", NULL, names_the_cake,
           "k.ini:2: oven.heat: \"left\" is not known, expected one of above, below (did you mean below?)\n"
           "k.ini: cake.name: plain, values wrong");
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/config/schema/values", test_values);
    g_test_add_func("/config/schema/template", test_template);
    g_test_add_func("/config/schema/template_mistakes", test_template_mistakes);
    g_test_add_func("/config/schema/names", test_names);
    g_test_add_func("/config/schema/mistakes", test_mistakes);
    g_test_add_func("/config/schema/texts", test_texts);
    g_test_add_func("/config/schema/rules", test_rules);
    return g_test_run();
}
