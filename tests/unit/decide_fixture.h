/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What tests of deciding share: a deployment without a network, and what was counted, as words. */
#ifndef TESTS_UNIT_DECIDE_FIXTURE_H
#define TESTS_UNIT_DECIDE_FIXTURE_H

#include "models/deployment.h"
#include "models/tally.h"
#include "tests/tap/tap.h"

struct decide_fixture {
    struct scenario *scenario; /* a test may change it */
    struct deployment deployment;
    struct tally tally;
};

#define DECIDE_SETTINGS 5
/* Up to DECIDE_SETTINGS settings, "section.key=value". */
#define SETTINGS(...) ((const char *const[DECIDE_SETTINGS + 1]){__VA_ARGS__})

/* The deployment of four UEs that storm_fixture.h has, with settings on top; and one with so many services,
 * of key groups 5, 6 and so on. */
void decide_set_up(struct decide_fixture *f, const char *const settings[DECIDE_SETTINGS + 1]);
void decide_set_up_services(struct decide_fixture *f, const char *const settings[DECIDE_SETTINGS + 1],
                            unsigned services);
void decide_tear_down(struct decide_fixture *f);

/* Compares all that was counted and measured since the last call with words, in any order, and clears it:
 * "http_401" rose by one, "ues_keyed=-1" by that; a procedure took "gba:3s" ("gba:3s*2": the longest of two);
 * "ua_401/s" messages of that rate, one in the second ("ua_401/s=2"); "within_1" UEs keyed within the first
 * of output.deadlines; "last_keyed:3s". What is counted for service 1 has "@1" behind its name:
 * "ues_keyed@1". */
void decide_counted(struct decide_fixture *f, const char *expected);

/* Appends a word to a list: printf() with a blank in front, unless it is the first. */
void decide_say(GString *words, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A duration as those words have it: "5s", "1500ms", "7ns". Until the next call. */
const char *decide_time(int64_t ns);

#endif
