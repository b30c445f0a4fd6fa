/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the models find wrong with a scenario: every mistake of its named faults, at its place. */
#include "models/deployment.h"
#include "models/storm.h"
#include "sim/base/limits.h"
#include "sim/net/capture.h"
#include "tests/tap/tap.h"

#include <glib/gstdio.h>

#define KINDS                                                                                                \
    "pull, msk, msk_ack, ua_post, ua_auth_post, ua_401, ua_200, ua_error, ub_get, ub_auth_get, ub_401, "     \
    "ub_200, ub_error, syn, synack, ack, fin, rst"
#define UNKNOWN "names an unknown kind of packet, expected one of " KINDS
#define SHAPE   "is not a fault, expected KIND[/UE]@N[-M] such as ack/7@1-2, with 1 <= N <= M"

static char *path;

static struct scenario *load(const char *bytes, const char *const *settings, config_rule *rule,
                             GError **error)
{
    g_assert_true(g_file_set_contents(path, bytes, -1, NULL));
    return scenario_load_with(path, settings, rule, error);
}

/* Loads and expects exactly these messages, in which FILE stands for the path. */
static void refuse(const char *bytes, const char *const *settings, const char *expected)
{
    char **parts = g_strsplit(expected, "FILE", -1);
    char *message = g_strjoinv(path, parts);
    GError *error = NULL;

    g_assert_null(load(bytes, settings, storm_check, &error));
    g_assert_cmpstr(error->message, ==, message);
    g_clear_error(&error);
    g_free(message);
    g_strfreev(parts);
}

static void test_right(void)
{
    const char *const settings[] = {"fault.corrupt = ub_get/3@1-2,ua_200@7", NULL};
    GError *error = NULL;
    struct scenario *scenario =
        load("[ue]\ncount = 4\ncells = 1\n[fault]\ndrop = pull@1, rst/2@1\n", settings, storm_check, &error);

    g_assert_no_error(error);
    scenario_free(scenario);
}

static void test_every_fault(void)
{
    const char *const settings[] = {"fault.delay=msk@0", "fault.corrupt=pull", NULL};

    refuse("[fault]\ndrop = foo@1\nduplicate = msk@1, pul@2,sny/1@1\n", settings,
           "FILE:2: fault.drop: \"foo@1\" " UNKNOWN " (did you mean fin?)\n"
           "FILE:3: fault.duplicate: \"pul@2\" " UNKNOWN " (did you mean pull?)\n"
           "FILE:3: fault.duplicate: \"sny/1@1\" " UNKNOWN " (did you mean syn?)\n"
           "-s fault.delay=msk@0: fault.delay: \"msk@0\" " SHAPE "\n"
           "-s fault.corrupt=pull: fault.corrupt: \"pull\" " SHAPE);
}

/* Mistakes of faults are reported with all others; which UEs there are is known when ue.count is right. */
static void test_other_mistakes(void)
{
    refuse("[ue]\ncount = 7x\n[fault]\ndrop = foo/9@1, msk/9@1\n", NULL,
           "FILE:2: ue.count: \"7x\" has an unknown unit, expected a whole number such as 1500, 100k or 1.5M "
           "(k, M, G)\n"
           "FILE:4: fault.drop: \"foo/9@1\" " UNKNOWN " (did you mean fin?)");
    refuse("[ue]\ncount = 7\n[fault]\ndrop = msk/7@1, msk/6@1\n", NULL,
           "FILE:2: ue.count: 7 is below ue.cells = 100, expected at least that\n"
           "FILE:4: fault.drop: \"msk/7@1\" names UE 7, expected at most 6, which is the last one");
}

/* Messages between servers never come by where faults are applied. */
static void test_between_servers(void)
{
    const char *const kinds[] = {"zn_bir", "zn_bia", "zh_mar", "zh_maa"};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        char *bytes = g_strdup_printf("[fault]\ndelay = msk@1, %s/1@2\n", kinds[i]);
        char *expected = g_strdup_printf(
            "FILE:2: fault.delay: \"%s/1@2\" would do nothing: %s goes from server to server, and "
            "faults are applied at a UE's radio link; expected a kind that a UE sends or receives",
            kinds[i], kinds[i]);

        refuse(bytes, NULL, expected);
        g_free(bytes);
        g_free(expected);
    }
}

/* A program that does not ask storm_check() gets the mistakes from storm_new(). */
static void test_unchecked(void)
{
    const struct storm_options options = {.engine = NULL};
    GError *error = NULL;
    struct scenario *scenario = load("[fault]\ndrop = foo@1\n", NULL, NULL, &error);

    g_assert_no_error(error);
    g_assert_null(storm_new(scenario, &options, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_UNKNOWN);
    g_assert_cmpstr(error->message, ==, "check: fault.drop: \"foo@1\" " UNKNOWN " (did you mean fin?)");
    g_clear_error(&error);
    scenario_free(scenario);
}

/* As many UEs as IPv4 has addresses for, and one more: the scenario, the deployment and the captures
 * agree. */
static void test_ipv4_limit(void)
{
    const char *const fits[] = {"ue.count=" G_STRINGIFY(LIMITS_IPV4_UES), NULL};
    const char *const more[] = {"ue.count=16777215", NULL};
    const char *const four[] = {"ue.count=16777215", "access.ip_version=4", NULL};
    struct scenario *scenario = load("[ue]\n", fits, storm_check, NULL);
    struct deployment deployment;
    char text[46];

    deployment_init(&deployment, scenario);
    g_assert_false(deployment.ipv6);
    scenario_free(scenario);
    scenario = load("[ue]\n", more, storm_check, NULL);
    deployment_init(&deployment, scenario);
    g_assert_true(deployment.ipv6);
    scenario_free(scenario);
    refuse("[ue]\n", four,
           "-s access.ip_version=4: access.ip_version: 4 has addresses for " G_STRINGIFY(
               LIMITS_IPV4_UES) " UEs "
                                "(10/8), and ue.count = 16777215, expected 6 or auto");
    capture_address(HOST_UES + LIMITS_IPV4_UES - 1, HOST_UES, false, text);
    g_assert_cmpstr(text, ==, "10.255.255.254");
    capture_address(HOST_UES + LIMITS_IPV4_UES, HOST_UES, false, text);
    g_assert_cmpstr(text, ==, "10.0.0.1");
}

int main(int argc, char **argv)
{
    int status;
    char *folder;

    tap_init(argc, argv);
    folder = g_dir_make_tmp("pullstorm-test-XXXXXX", NULL);
    path = g_build_filename(folder, "check.ini", NULL);
    g_test_add_func("/storm-check/right", test_right);
    g_test_add_func("/storm-check/every-fault", test_every_fault);
    g_test_add_func("/storm-check/other-mistakes", test_other_mistakes);
    g_test_add_func("/storm-check/between-servers", test_between_servers);
    g_test_add_func("/storm-check/unchecked", test_unchecked);
    g_test_add_func("/storm-check/IPv4-limit", test_ipv4_limit);
    status = g_test_run();
    g_remove(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return status;
}
