/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Storms for tests. */
#include "tests/unit/storm_fixture.h"

#ifdef FIXTURE_NS3
#include "sim/net/ns3/ns3_network.h"
#else
#include "sim/net/native/native.h"
#endif

#include <glib/gstdio.h>
#include <stdarg.h>
#include <unistd.h>

static const char base[] = FIXTURE_BASE;

struct scenario *fixture_scenario(const char *first, ...)
{
    g_autoptr(GPtrArray) settings = g_ptr_array_new();
    g_autofree char *path = NULL;
    GError *error = NULL;
    struct scenario *scenario;
    va_list more;
    int file = g_file_open_tmp("storm-XXXXXX.ini", &path, &error);

    g_assert_no_error(error);
    g_assert_cmpint(write(file, base, sizeof base - 1), ==, sizeof base - 1);
    close(file);
    va_start(more, first);
    for (const char *s = first; s != NULL; s = va_arg(more, const char *))
        g_ptr_array_add(settings, (void *)s);
    va_end(more);
    g_ptr_array_add(settings, NULL);
    scenario = scenario_load(path, (const char *const *)settings->pdata, &error);
    g_assert_no_error(error);
    g_unlink(path);
    return scenario;
}

const struct network_engine *fixture_engine(void)
{
#ifdef FIXTURE_NS3
    return &ns3_engine;
#else
    return &native_engine;
#endif
}

struct storm *fixture_run(const struct scenario *scenario)
{
#ifdef FIXTURE_NS3
    const struct ns3_options ns3 = {.attributes = scenario->ns3_attributes};
    const struct storm_options options = {.engine = &ns3_engine, .engine_options = &ns3};
#else
    const struct storm_options options = {.engine = &native_engine};
#endif
    GError *error = NULL;
    char *what = NULL;
    struct storm *storm = storm_new(scenario, &options, &error);

    g_assert_no_error(error);
    g_assert_cmpint(storm_run(storm, &error), ==, STORM_DONE);
    g_assert_no_error(error);
    if (!storm_books_balance(storm, &what))
        g_error("books: %s", what);
    fixture_equal(storm, "msk_mismatch", 0);
    fixture_equal(storm, "pulls_received",
                  fixture_metric(storm, "pulls_accepted") + fixture_metric(storm, "pulls_coalesced"));
    fixture_equal(storm, "tcp_open",
                  2 * (fixture_metric(storm, "zn_requests") > 0) +
                      2 * (fixture_metric(storm, "zh_requests") > 0));
    fixture_equal(storm, "ues_active", 0);
    return storm;
}
