/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A BSF that decides upon facts, with nobody at the other end: what it would do is written down as words. */
#ifndef TESTS_UNIT_DECIDE_BSF_FIXTURE_H
#define TESTS_UNIT_DECIDE_BSF_FIXTURE_H

#include "models/bsf/decide.h"
#include "tests/unit/decide_fixture.h"

#define BSF_TEST_NUMBER 2

struct bsf_test {
    struct decide_fixture f;
    struct bsf *bsf;
    struct bsf_subscriber *s; /* subscriber 2 */
    int64_t now_ns;
    uint32_t index; /* the job in hand */
    struct bsf_job *job;
    struct bsf_action action;
};

/* A BSF as most tests begin: subscriber 2 has bootstrapped with AV 3, which lasts until 1000 s, and has the
 * TMPI of it; no challenge waits. It is 100.7 s. */
void bsf_test_new(struct bsf_test *t, const char *const settings[DECIDE_SETTINGS + 1]);
void bsf_test_free(struct bsf_test *t);
/* A challenge with AV 4 waits for the subscriber's answer, after so many that were wrong. */
struct bsf_challenge *bsf_test_challenge(struct bsf_test *t, uint8_t wrong);

/* A new job in hand. */
void bsf_test_take_job(struct bsf_test *t);
/* A GET of the subscriber arrives, ... */
void bsf_test_get(struct bsf_test *t, struct bsf_ub_facts facts);
/* ... and is served. */
void bsf_test_serve(struct bsf_test *t);
#define BSF_FIRST_GET                                                                                        \
    ((struct bsf_ub_facts){                                                                                  \
        .status = 200, .work = BSF_UB_GET, .tmpi_understood = true, .by_tmpi = true, .tmpi = "of now"})
/* A GET with credentials that answer the challenge with an AV. */
struct bsf_ub_facts bsf_test_credentials(uint16_t av, bool right, bool resync);

/* An MAA comes for the job, with all facts but its identifiers; verdict: expected. True: it is queued. */
bool bsf_test_maa(struct bsf_test *t, struct bsf_maa_facts facts, enum net_verdict verdict);
/* One of that result, with AV 5. */
struct bsf_maa_facts bsf_test_maa_of(uint32_t result);

/* Compares what is to be done with words, all there can be in an action, in this order: the message ("401",
 * "200", "refusal", "mar", "bia"), "status:403", "waits", "hang_up", "retry:10s", "expiry:1000s",
 * "result:2001", "overload" (may be reported), "reduction:50"; and what was counted, see decide_counted().
 * The job is over then, unless it waits. */
void bsf_test_did(struct bsf_test *t, const char *expected, const char *counted);

#endif
