/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Runs small storms in-process: a scenario from settings, then metrics by name. */
#ifndef TESTS_UNIT_STORM_FIXTURE_H
#define TESTS_UNIT_STORM_FIXTURE_H

#include "models/storm.h"

/* What every such scenario starts from. */
#define FIXTURE_BASE                                                                                         \
    "[run]\nregions = 1\n"                                                                                   \
    "[ue]\ncount = 1\ncells = 1\nplacement = even\nmuk_expired = 0\n"                                        \
    "[pull]\nstart = 0s\nrate = 1000/s\norder = by_number\n"                                                 \
    "[bmsc]\nservice_time = fixed(2ms)\nchallenge_time = fixed(1ms)\n"                                       \
    "[bsf]\nservice_time = fixed(5ms)\nzn_time = fixed(2ms)\n"                                               \
    "[hss]\nservice_time = fixed(10ms)\n"

/* One UE, one cell, no randomness in time or place: every server answers in a fixed time, UEs are dealt out
 * to cells evenly and pulled by their number. Settings
 * ("section.key=value", NULL at the end) come on top. Aborts the test on a wrong setting. */
struct scenario *fixture_scenario(const char *first, ...) G_GNUC_NULL_TERMINATED;

/* The engine that the test is built for: native, or ns3 with FIXTURE_NS3 defined. */
const struct network_engine *fixture_engine(void);

/* Runs a scenario to its end, and checks what must hold in every run: the books balance, every MSK decrypted
 * is the one that was made, nothing is under way at the end. */
struct storm *fixture_run(const struct scenario *scenario);

#define fixture_metric(storm, name) ((int64_t)storm_metric(storm, name))
/* Compares a metric with what is expected. */
#define fixture_equal(storm, name, value) g_assert_cmpint(fixture_metric(storm, name), ==, (value))

#endif
