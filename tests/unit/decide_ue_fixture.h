/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A UE that decides upon facts, with nobody at the other end: what it would do is written down as words. */
#ifndef TESTS_UNIT_DECIDE_UE_FIXTURE_H
#define TESTS_UNIT_DECIDE_UE_FIXTURE_H

#include "models/ue/decide.h"
#include "tests/unit/decide_fixture.h"

struct ue_test {
    struct decide_fixture f;
    struct ue_states states;
    struct ue_decision d; /* of UE 2 */
    struct ue_actions actions;
    uint32_t conns;    /* the last connection opened has this index */
    uint64_t timeouts; /* ... and the last timeout set this name */
    uint32_t serial;   /* of the UE at the last comparison */
    int64_t delay_ns;  /* of the last timeout set */
    uint64_t sqn_ms;   /* of the last AUTS sent */
};

#define UE_TEST_NUMBER 2
#define UE_TEST_EPOCH  INT64_C(1893456000) /* of the scenario: 2030-01-01 */
#define UE_IDLE        (-1)

/* A UE as most tests begin: it holds MUK 3, proven, with counter 10, until 1000 s, and it is 100 s now. */
void ue_test_new(struct ue_test *u, const char *const settings[DECIDE_SETTINGS + 1]);
/* ... one of so many services. */
void ue_test_new_services(struct ue_test *u, const char *const settings[DECIDE_SETTINGS + 1],
                          unsigned services);
void ue_test_free(struct ue_test *u);

/* Drives it to a phase by what succeeds (WAITING: by a 503). Its connection is number 7 then, and its timeout
 * 70. Nothing is counted, nothing done. */
void ue_test_to(struct ue_test *u, enum ue_phase phase);

/* What it decides upon. */
enum net_verdict ue_test_mikey(struct ue_test *u, struct ue_mikey_facts facts);
enum net_verdict ue_test_answer(struct ue_test *u, struct ue_answer_facts facts);
void ue_test_aka(struct ue_test *u, struct ue_aka_facts facts);

/* Compares what is to be done, in this order, and does it as far as the next decisions need it; what was
 * counted, see decide_counted(); the phase, or UE_IDLE. Words: "connect:bmsc", "first_nonce", the kind of a
 * request ("auts" behind one that brings it), "close:7", "abort:7", "timeout:30s" ("timeout:random" if it
 * is no whole number of milliseconds), "cancel:70", "ack", "usim", "log:4" (keys of that AV). */
void ue_test_did(struct ue_test *u, const char *did, const char *counted, int phase);
/* What has happened so far is nobody's concern. */
void ue_test_forget(struct ue_test *u);

/* Facts that are all right, and behind them what differs: the later of two initialisers counts. */
#pragma GCC diagnostic ignored "-Woverride-init"
#define UE_PULL(...)                                                                                         \
    ((struct ue_mikey_facts){                                                                                \
        .proper = true, .pull = true, .held = true, .av = 3, .mac_right = true, __VA_ARGS__})
#define UE_MSK(...)                                                                                          \
    ((struct ue_mikey_facts){.proper = true,                                                                 \
                             .held = true,                                                                   \
                             .av = 3,                                                                        \
                             .mac_right = true,                                                              \
                             .v = true,                                                                      \
                             .key_number = 2,                                                                \
                             .readable = true,                                                               \
                             .has_key = true,                                                                \
                             .key_right = true,                                                              \
                             .has_validity = true,                                                           \
                             .valid = true,                                                                  \
                             __VA_ARGS__})
#define UE_ANSWER(...) ((struct ue_answer_facts){.proper = true, __VA_ARGS__})
#define UE_401(...)                                                                                          \
    UE_ANSWER(.status = 401, .challenge = true, .nonce = {(const void *)"nonce", 5},                         \
              .opaque = {(const void *)"opaque", 6}, __VA_ARGS__)
#define UE_UA_200(...)                                                                                       \
    UE_ANSWER(.status = 200, .rspauth_right = true, .whole = true, .granted = 1, __VA_ARGS__)
#define UE_UB_200(...)                                                                                       \
    UE_ANSWER(.status = 200, .rspauth_right = true, .whole = true, .tmpi_understood = true,                  \
              .expiry_unix_s = UE_TEST_EPOCH + 2000, __VA_ARGS__)

#endif
