/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A BM-SC that decides upon facts, with nobody at the other end: what it would do is put into words. */
#ifndef TESTS_UNIT_DECIDE_BMSC_FIXTURE_H
#define TESTS_UNIT_DECIDE_BMSC_FIXTURE_H

#include "models/bmsc/decide.h"
#include "tests/unit/decide_fixture.h"

struct bmsc_test {
    struct decide_fixture f;
    struct bmsc *bmsc;
    struct bmsc_ue *ue; /* UE 2 */
    int64_t now_ns;
    struct bmsc_action action; /* being decided */
    uint32_t job;              /* the last that was taken for a message, or queued */
    bool checked;              /* the digest of a POST was verified on the way */
};

#define BMSC_TEST_UE      2
#define BMSC_TEST_TIMEOUT 70 /* name of each session's timeout; that of service 1 is 71 */

/* A BM-SC as most tests begin: UE 2 has no session, MUK 3 is its last known and last used, until 1000 s and
 * with counter 10; it was pulled once, at 90 s, and it is 100 s now. The next nonce has number 21, and nonce
 * 10 with nc 3 was the last spent. */
void bmsc_test_new(struct bmsc_test *t, const char *const settings[DECIDE_SETTINGS + 1]);
/* ... one of so many services, each with a state like that. */
void bmsc_test_new_services(struct bmsc_test *t, const char *const settings[DECIDE_SETTINGS + 1],
                            unsigned services);
void bmsc_test_free(struct bmsc_test *t);
/* Its session, whose timeout is running. */
struct bmsc_session *bmsc_test_session(struct bmsc_test *t);

/* A POST arrives: its job. */
uint32_t bmsc_test_post(struct bmsc_test *t, struct bmsc_post post);
/* The job is served; right: what a check of its digest finds. */
void bmsc_test_serve(struct bmsc_test *t, uint32_t job, bool right);
/* An answer comes for a job that waits for the BSF, with all facts but its identifiers; verdict:
 * expected. True: its job is queued, and is t->job. */
bool bmsc_test_bia(struct bmsc_test *t, uint32_t job, struct bmsc_bia_facts facts, enum net_verdict verdict);

/* Compares what is to be done, and does it as far as the next decisions need it; what was counted, see
 * decide_counted(); the stage of UE 2 in service 0. The action is empty then, and t->job what it queued, if
 * it did. Words, all there can be in an action, in this order: "adopt", "check" (a digest was verified),
 * "cancel:70", "401", "200", "refusal:503", "bir", "pull:3", "msk:3" (under MUK 3), "ends", "queue:pull" or
 * "queue:msk", "waits", "hang_up", "retry:10s", "stale", "nonce:21", "expiry:1000s", "counter:11", "csb",
 * "due:90s", "first". What is for service 1 has "@1" behind it: "pull:3@1", "queue:msk@1". */
void bmsc_test_did(struct bmsc_test *t, const char *did, const char *counted, enum bmsc_stage stage);

/* Compares whether the nonce of a number is void: a POST with it, and with an nc that would do, finds out.
 * The UE is as before then; what was counted is not. */
void bmsc_test_nonce_void(struct bmsc_test *t, uint32_t nonce, bool is_void);

/* Counted by each 401, by what it is for, and by a 200. */
#define CHALLENGED  "http_401 ua_401/s"
#define STALE       "http_401 http_401_stale ua_401/s"
#define RENEGOTIATE "http_401 http_401_renegotiate ua_401/s"
#define GRANTED     "msk_requests http_200"

/* Facts that are all right, and behind them what differs: the later of two initialisers counts. */
#pragma GCC diagnostic ignored "-Woverride-init"
#define BMSC_CREDENTIALS(...)                                                                                \
    ((struct bmsc_post){.status = 200,                                                                       \
                        .work = BMSC_AUTH_POST,                                                              \
                        .b_tid_known_form = true,                                                            \
                        .name = {BMSC_TEST_UE, 3},                                                           \
                        .names_right = true,                                                                 \
                        .nonce_state = NONCE_FRESH,                                                          \
                        .nonce_serial = 11,                                                                  \
                        .nc = 1,                                                                             \
                        .key_count = 1,                                                                      \
                        .keys = {{.key_domain_id = {0x00, 0xf1, 0x10}, .msk_id = 5 << 16}},                  \
                        __VA_ARGS__})
#define BMSC_BIA(...)                                                                                        \
    ((struct bmsc_bia_facts){.answer = {.proper = true, .paired = true, .result = DIAMETER_SUCCESS},         \
                             .whole = true,                                                                  \
                             .ue = BMSC_TEST_UE,                                                             \
                             .expiry_ns = 2000 * CLOCK_SECOND,                                               \
                             .bootstrap_ns = 90 * CLOCK_SECOND,                                              \
                             .ks_naf = {1, 2, 3},                                                            \
                             __VA_ARGS__})

#endif
