/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a UE decides upon MIKEY messages, and what it remembers for requests to come: "What each failure leads
 * to" of models/README.md as (state, facts) -> (state, actions). Answers and timeouts: test_decide_ue.c. */
#include "models/subscriber.h"
#include "tests/unit/decide_ue_fixture.h"

/* --- refused -------------------------------------------------------------------------------------------- */

struct refused {
    const char *name;
    struct ue_mikey_facts facts;
    uint32_t counter; /* of the MUK before */
    const char *counted;
    uint32_t after; /* likewise, after it */
};

/* In the words of the failure table where they are of it. Each row breaks all that is checked later, too, so
 * that the order of the checks shows. */
static const struct refused refused[] = {
    {"MIKEY message that is malformed",
     UE_PULL(.proper = false, .held = false, .counter = 10, .mac_right = false, .service = SERVICE_NONE), 10,
     "mikey_malformed", 10},
    {"pull under a MUK not held",
     UE_PULL(.held = false, .counter = 10, .mac_right = false, .service = SERVICE_NONE), 10,
     "mikey_unknown_muk", 10},
    {"MSK under a MUK not held",
     UE_MSK(.held = false, .counter = 10, .mac_right = false, .service = SERVICE_NONE), 10,
     "mikey_unknown_muk", 10},
    {"pull doubled", UE_PULL(.counter = 10, .mac_right = false, .service = SERVICE_NONE), 10,
     "mikey_replayed", 10},
    {"pull overtaken by a later one", UE_PULL(.counter = 9), 10, "mikey_replayed", 10},
    {"MSK doubled", UE_MSK(.counter = 10), 10, "mikey_replayed", 10},
    {"counter half the circle ahead", UE_PULL(.counter = 10 + (UINT32_C(1) << 31)), 10, "mikey_replayed", 10},
    {"counter behind, across its wrap", UE_PULL(.counter = UINT32_MAX), 2, "mikey_replayed", 2},
    {"wrong MAC: pull", UE_PULL(.counter = 11, .mac_right = false, .service = SERVICE_NONE), 10,
     "mikey_bad_mac", 10},
    {"wrong MAC: MSK", UE_MSK(.counter = 11, .mac_right = false, .service = SERVICE_NONE), 10,
     "mikey_bad_mac", 10},
    {"pull of another Key Domain or key group", UE_PULL(.counter = 11, .service = SERVICE_NONE), 10,
     "mikey_foreign", 11},
    {"MSK of another Key Domain or key group", UE_MSK(.counter = 11, .service = SERVICE_NONE), 10,
     "mikey_foreign", 11},
    {"MSK message that cannot be read", UE_MSK(.counter = 11, .readable = false), 10, "mikey_malformed", 11},
};

static void test_refused(gconstpointer data)
{
    const struct refused *row = data;
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    u.d.ue->newest.counter = row->counter;
    u.d.ue->proven = false;
    g_assert_cmpint(ue_test_mikey(&u, row->facts), ==, NET_REJECTED);
    ue_test_did(&u, "", row->counted, UE_IDLE);
    g_assert_cmpuint(u.d.ue->newest.counter, ==, row->after);
    g_assert_cmpint(u.d.ue->proven, ==, row->after != row->counter);
    g_assert_cmpuint(u.d.ue->services[0].msk[0], ==, 1);
    g_assert_cmpint(u.d.ue->services[0].first_pull_ns, ==, -1);
    ue_test_free(&u);
}

/* The counter is greater in the sense of RFC 1982 §3.2. */
static void test_counter(void)
{
    static const struct {
        uint32_t stored, counter;
    } fresh[] = {{0, 1},
                 {10, 11},
                 {10, 10 + (UINT32_MAX >> 1)},
                 {UINT32_MAX, 0},
                 {UINT32_MAX - 1, 5},
                 {UINT32_C(1) << 31, UINT32_MAX}};

    for (unsigned i = 0; i < G_N_ELEMENTS(fresh); i++) {
        struct ue_test u;

        ue_test_new(&u, SETTINGS(NULL));
        u.d.ue->newest.counter = fresh[i].stored;
        g_assert_cmpint(ue_test_mikey(&u, UE_PULL(.counter = fresh[i].counter)), ==, NET_RECEIVED);
        g_assert_cmpuint(u.d.ue->newest.counter, ==, fresh[i].counter);
        g_assert_nonnull(u.d.x);
        ue_test_free(&u);
    }
}

/* --- lifetimes ------------------------------------------------------------------------------------------ */

/* Past its lifetime, which ends exactly at its expiry, a MUK is good for a pull and for nothing else. */
static void test_expired_muk(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    u.d.ue->newest.expiry_ns = u.d.now_ns;
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.counter = 11)), ==, NET_REJECTED);
    ue_test_did(&u, "", "mikey_expired_muk", UE_IDLE);
    g_assert_cmpuint(u.d.ue->newest.counter, ==, 10);
    g_assert_cmpint(ue_test_mikey(&u, UE_PULL(.counter = 11)), ==, NET_RECEIVED);
    ue_test_did(&u, "connect:bsf ub_get timeout:30s",
                "pulls_expired_muk pulls_accepted pull:10s ues_active gba_started ub_requests",
                UE_CHALLENGING);
    g_assert_cmpuint(u.d.ue->newest.counter, ==, 11);
    g_assert_true(u.d.ue->proven);
    ue_test_free(&u);
    ue_test_new(&u, SETTINGS(NULL));
    u.d.ue->newest.expiry_ns = u.d.now_ns + 1;
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.counter = 11)), ==, NET_RECEIVED);
    ue_test_free(&u);
}

/* --- pulls ---------------------------------------------------------------------------------------------- */

/* What a pull under the newest MUK, or under the last used, means for both. */
static void test_two_muks(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    u.d.ue->proven = false;
    u.d.ue->newest.counter = 0;
    u.d.ue->last_used = (struct ue_muk){.av = 1, .counter = 20, .expiry_ns = u.d.now_ns};
    g_assert_cmpint(ue_test_mikey(&u, UE_PULL(.av = 1, .counter = 20)), ==, NET_REJECTED);
    ue_test_did(&u, "", "mikey_replayed", UE_IDLE);
    g_assert_cmpint(ue_test_mikey(&u, UE_PULL(.av = 1, .counter = 21)), ==, NET_RECEIVED);
    ue_test_did(&u, "connect:bmsc ua_post timeout:30s", /* the newest is within its lifetime */
                "pulls_expired_muk pulls_accepted pull:10s ues_active requests_started ua_requests",
                UE_ASKING);
    g_assert_cmpuint(u.d.ue->last_used.counter, ==, 21);
    g_assert_cmpuint(u.d.ue->newest.counter, ==, 0);
    g_assert_false(u.d.ue->proven);
    g_assert_cmpint(ue_test_mikey(&u, UE_PULL(.counter = 1)), ==, NET_RECEIVED);
    ue_test_did(&u, "", "pulls_coalesced pull:10s", UE_ASKING); /* busy: nothing changes */
    g_assert_true(u.d.ue->proven);
    g_assert_cmpuint(u.d.ue->last_used.av, ==, AV_NONE);
    ue_test_free(&u);
}

/* time_to_key counts from the first pull, an accepted one or not. */
static void test_first_pull(void)
{
    struct ue_test u;
    const struct ue_mikey_facts later = UE_PULL(.counter = 12);

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_ASKING);
    g_assert_cmpint(u.d.ue->services[0].first_pull_ns, ==, 90 * CLOCK_SECOND);
    ue_decide_mikey(&u.d, &later, 95 * CLOCK_SECOND);
    ue_test_did(&u, "", "pulls_coalesced pull:5s", UE_ASKING);
    g_assert_cmpint(u.d.ue->services[0].first_pull_ns, ==, 90 * CLOCK_SECOND);
    ue_test_free(&u);
}

/* --- MSK messages --------------------------------------------------------------------------------------- */

#define KEYED "msk_installed ues_keyed update:100s within_2 last_keyed:100s"

/* It comes without a pull; its repetition is acknowledged again. */
static void test_msk(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.counter = 11)), ==, NET_RECEIVED);
    ue_test_did(&u, "ack", KEYED, UE_IDLE);
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.counter = 12)), ==, NET_RECEIVED); /* ACK lost */
    ue_test_did(&u, "ack", "msk_installed", UE_IDLE);
    g_assert_cmpuint(u.d.ue->services[0].msk[0], ==, 2);
    g_assert_cmpuint(u.d.ue->services[0].msk[1], ==, 1);
    ue_test_mikey(&u, UE_MSK(.counter = 13, .v = false));
    ue_test_did(&u, "", "msk_installed", UE_IDLE);
    ue_test_free(&u);
}

/* The shares of output.deadlines: up to the deadline, not beyond. */
static void test_deadlines(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS("output.deadlines=99s, 100s, 101s"));
    ue_test_mikey(&u, UE_MSK(.counter = 11, .v = false));
    ue_test_did(&u, "", "msk_installed ues_keyed update:100s within_2 within_3 last_keyed:100s", UE_IDLE);
    ue_test_free(&u);
    ue_test_new(&u, SETTINGS("pull.start=2s"));
    ue_test_mikey(&u, UE_MSK(.counter = 11, .v = false));
    ue_test_did(&u, "", "msk_installed ues_keyed update:98s within_2 last_keyed:100s", UE_IDLE);
    ue_test_free(&u);
}

/* Not stored, not acknowledged: it does as after a pull. */
static void test_msk_under_an_older_muk(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    u.d.ue->proven = false;
    u.d.ue->last_used = (struct ue_muk){.av = 1, .counter = 20, .expiry_ns = u.d.now_ns + 1};
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.av = 1, .counter = 21)), ==, NET_REJECTED);
    ue_test_did(&u, "connect:bmsc ua_post timeout:30s",
                "msk_older_muk ues_active requests_started ua_requests", UE_ASKING);
    g_assert_cmpuint(u.d.ue->last_used.counter, ==, 21);
    g_assert_cmpuint(u.d.ue->services[0].msk[0], ==, 1);
    g_assert_cmpint(u.d.ue->services[0].first_pull_ns, ==, -1);
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.av = 1, .counter = 22)), ==, NET_REJECTED);
    ue_test_did(&u, "", "msk_older_muk", UE_ASKING);
    u.d.now_ns++;
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.av = 1, .counter = 23)), ==, NET_REJECTED);
    ue_test_did(&u, "", "mikey_expired_muk", UE_ASKING);
    ue_test_free(&u);
}

/* Stored as invalid: the UE does not hold it any more, until it comes again. */
static void test_invalid_interval(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_mikey(&u, UE_MSK(.counter = 11));
    ue_test_forget(&u);
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.counter = 12, .valid = false)), ==, NET_RECEIVED);
    ue_test_did(&u, "ack", "msk_installed msk_invalidated ues_keyed=-1", UE_IDLE);
    g_assert_cmpuint(u.d.ue->services[0].msk[0], ==, 2);
    g_assert_false(u.d.ue->services[0].msk_valid[0]);
    g_assert_true(u.d.ue->services[0].msk_valid[1]);
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.counter = 13, .has_key = false)), ==, NET_RECEIVED);
    ue_test_did(&u, "ack", "ues_keyed update:100s within_2 last_keyed:100s", UE_IDLE);
    ue_test_to(&u, UE_AWAITING_MSK); /* an invalid one is not what it waits for */
    ue_test_mikey(&u, UE_MSK(.counter = 15, .valid = false));
    ue_test_did(&u, "ack", "msk_installed msk_invalidated ues_keyed=-1", UE_AWAITING_MSK);
    ue_test_free(&u);
}

/* Two are kept, the older goes when a third arrives (TS 33.246 §6.5.3). One without a key changes the
 * interval of one that is there. */
static void test_three_msks(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_mikey(&u, UE_MSK(.counter = 11));
    ue_test_forget(&u);
    ue_test_mikey(&u, UE_MSK(.counter = 12, .key_number = 3)); /* none that the BM-SC made */
    ue_test_did(&u, "ack", "msk_installed msk_mismatch", UE_IDLE);
    g_assert_cmpuint(u.d.ue->services[0].msk[0], ==, 3);
    g_assert_cmpuint(u.d.ue->services[0].msk[1], ==, 2);
    ue_test_mikey(&u, UE_MSK(.counter = 13, .has_key = false, .key_number = 2, .valid = false));
    ue_test_did(&u, "ack", "msk_invalidated ues_keyed=-1", UE_IDLE);
    ue_test_mikey(&u, UE_MSK(.counter = 14, .has_key = false, .key_number = 3));
    ue_test_did(&u, "ack", "", UE_IDLE);
    g_assert_false(u.d.ue->services[0].msk_valid[1]);
    ue_test_mikey(&u, UE_MSK(.counter = 15, .has_key = false, .key_number = 4)); /* of a key not here */
    ue_test_did(&u, "ack", "", UE_IDLE);
    ue_test_mikey(&u, UE_MSK(.counter = 16, .has_key = false, .has_validity = false)); /* nothing in it */
    ue_test_did(&u, "ack", "", UE_IDLE);
    g_assert_cmpuint(u.d.ue->services[0].msk[0], ==, 3);
    ue_test_mikey(&u, UE_MSK(.counter = 17, .has_key = false, .valid = false, .key_number = 3));
    ue_test_did(&u, "ack", "msk_invalidated", UE_IDLE);
    ue_test_mikey(&u, UE_MSK(.counter = 18, .key_number = 4, .key_right = false));
    ue_test_did(&u, "ack", "msk_installed msk_mismatch", UE_IDLE);
    g_assert_cmpuint(u.d.ue->services[0].msk[0], ==, 4);
    g_assert_cmpuint(u.d.ue->services[0].msk[1], ==, 3);
    g_assert_false(u.d.ue->services[0].msk_valid[1]);
    ue_test_mikey(&u, UE_MSK(.counter = 19, .key_right = false));
    ue_test_did(&u, "ack", "msk_installed msk_mismatch ues_keyed update:100s within_2 last_keyed:100s",
                UE_IDLE);
    ue_test_free(&u);
}

/* --- an MSK that arrives while the UE is busy with something else --------------------------------------- */

static void test_msk_between(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL)); /* ... the next try: nothing is left to ask for */
    ue_test_to(&u, UE_WAITING);
    ue_test_mikey(&u, UE_MSK(.counter = 12));
    ue_test_did(&u, "ack cancel:70", KEYED " ues_active=-1 time_to_key:10s", UE_IDLE);
    ue_test_free(&u);
}

struct overtaken {
    const char *name;
    enum ue_phase at;
    bool closes, times_out;
    struct ue_answer_facts facts;
    const char *did, *counted;
};

/* An MSK message arrives in phase `at`, then this happens. No further request is sent. */
static const struct overtaken overtaken[] = {
    {"200 lost, MSK arrives first: the 200", UE_REQUESTING, false, false, UE_UA_200(), "close:7 cancel:70",
     "msk_request:0s ues_active=-1"},
    {"200 lost, MSK arrives first: it never comes",
     UE_REQUESTING,
     false,
     true,
     {0},
     "abort:7",
     "ue_timeouts ues_active=-1"},
    {"200 lost, MSK arrives first: the connection breaks",
     UE_REQUESTING,
     true,
     false,
     {0},
     "cancel:70",
     "ue_connections_failed ues_active=-1"},
    {"200 lost, MSK arrives first: 503", UE_REQUESTING, false, false, UE_ANSWER(.status = 503),
     "close:7 cancel:70", "ues_active=-1"},
    {"200 lost, MSK arrives first: 403", UE_REQUESTING, false, false, UE_ANSWER(.status = 403),
     "abort:7 cancel:70", "http_refused ues_active=-1"},
    {"MSK arrives when the UE asks again: a 401 goes unanswered", UE_ASKING, false, false, UE_401(),
     "close:7 cancel:70", "ues_active=-1"},
    {"MSK arrives when the UE asks again: 401 with stale=true", UE_REQUESTING, false, false,
     UE_401(.stale = true), "close:7 cancel:70", "ues_active=-1"},
    {"MSK arrives when the UE asks again: 401 that wants a bootstrap", UE_REQUESTING, false, false, UE_401(),
     "close:7 cancel:70", "ues_active=-1"},
    {"MSK arrives while the UE bootstraps: no request follows", UE_BOOTSTRAPPING, false, false, UE_UB_200(),
     "log:4 close:7 cancel:70", "gba_runs gba:0s ues_active=-1"},
};

static void test_overtaken(gconstpointer data)
{
    const struct overtaken *row = data;
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, row->at);
    u.d.ue->newest.expiry_ns = u.d.now_ns + 1; /* or the message would be refused */
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.counter = 12)), ==, NET_RECEIVED);
    ue_test_did(&u, "ack", KEYED " time_to_key:10s", (int)row->at);
    if (row->closes)
        ue_decide_closed(&u.d);
    else if (row->times_out)
        ue_decide_timeout(&u.d);
    else
        g_assert_cmpint(ue_test_answer(&u, row->facts), ==, NET_RECEIVED);
    ue_test_did(&u, row->did, row->counted, UE_IDLE);
    g_assert_false(u.d.ue->services[0].gave_up);
    ue_test_free(&u);
}

/* --- nonces for requests to come ------------------------------------------------------------------------ */

static struct bytes long_nonce(size_t length)
{
    static char text[TEXTS_ONE_BYTES_MAX + 1];

    memset(text, 'n', sizeof text);
    return bytes_of(text, length);
}

static void assert_nonce(const struct ue_test *u, struct bytes nonce, const char *opaque, uint32_t nc)
{
    const struct pool *texts = &u->d.table->long_texts;

    g_assert_true(bytes_equal(texts_get(texts, &u->d.x->texts, UE_TEXT_NONCE), nonce));
    g_assert_true(bytes_equal(texts_get(texts, &u->d.x->texts, UE_TEXT_OPAQUE), bytes_text(opaque)));
    g_assert_cmpuint(u->d.x->nc, ==, nc);
}

/* From a POST with credentials to the end of the exchange; then the next pull. */
static void next_exchange(struct ue_test *u, struct bytes nextnonce, const char *did, const char *counted,
                          int phase)
{
    ue_test_forget(u);
    ue_test_answer(u, UE_UA_200(.nextnonce = nextnonce));
    ue_test_forget(u);
    ue_test_mikey(u, UE_MSK(.counter = u->d.ue->newest.counter + 1));
    g_assert_null(u->d.x);
    ue_test_forget(u);
    ue_test_mikey(u, UE_PULL(.counter = u->d.ue->newest.counter + 1));
    ue_test_did(u, did, counted, phase);
}

static void test_preemptive(void)
{
    static const char counted[] =
        "pulls_accepted pull:10s ues_active requests_started requests_preemptive ua_requests";
    struct ue_test u;

    ue_test_new(&u, SETTINGS("ue.preemptive=100%"));
    const struct pool *nonces = &u.d.table->nonces, *texts = &u.d.table->long_texts;
    ue_test_mikey(&u, UE_PULL(.counter = 11));
    ue_test_did(&u, "connect:bmsc first_nonce ua_auth_post timeout:30s", counted, UE_REQUESTING);
    assert_nonce(&u, bytes_text("first nonce"), "first opaque", 1);
    next_exchange(&u, bytes_text("next"), "connect:bmsc ua_auth_post timeout:30s", counted, UE_REQUESTING);
    assert_nonce(&u, bytes_text("next"), "first opaque", 1);
    g_assert_cmpuint(nonces->used, ==, 0);
    /* without a nextnonce, or with one that is too long: the one that was used, its nc one higher */
    next_exchange(&u, bytes_text(""), "connect:bmsc ua_auth_post timeout:30s", counted, UE_REQUESTING);
    assert_nonce(&u, bytes_text("next"), "first opaque", 2);
    next_exchange(&u, long_nonce(TEXTS_ONE_BYTES_MAX + 1), "connect:bmsc ua_auth_post timeout:30s", counted,
                  UE_REQUESTING);
    assert_nonce(&u, bytes_text("next"), "first opaque", 3);
    next_exchange(&u, long_nonce(TEXTS_ONE_BYTES_MAX), "connect:bmsc ua_auth_post timeout:30s", counted,
                  UE_REQUESTING);
    assert_nonce(&u, long_nonce(TEXTS_ONE_BYTES_MAX), "first opaque", 1);
    g_assert_cmpuint(texts->used, ==, 1);
    /* no answer: the nonce is spent, the next try has none */
    ue_decide_closed(&u.d);
    ue_test_did(&u, "cancel:71 timeout:random", "ue_connections_failed ue_retries", UE_WAITING);
    ue_decide_timeout(&u.d);
    ue_test_did(&u, "connect:bmsc ua_post timeout:30s", "requests_started ua_requests ua_requests_retried",
                UE_ASKING);
    ue_test_free(&u);
}

/* A UE that does not send credentials at once keeps no nonce. */
static void test_not_preemptive(void)
{
    static const char *const settings[] = {"ue.preemptive=0%", "ue.preemptive=0.000001%"};

    for (unsigned i = 0; i < G_N_ELEMENTS(settings); i++) {
        struct ue_test u;

        ue_test_new(&u, SETTINGS(settings[i]));
        g_assert_cmpint(u.d.table->states.nonce_of_ue != NULL, ==, i == 1);
        ue_test_to(&u, UE_REQUESTING);
        next_exchange(&u, bytes_text("next"), "connect:bmsc ua_post timeout:30s",
                      "pulls_accepted pull:10s ues_active requests_started ua_requests", UE_ASKING);
        g_assert_cmpuint(u.d.table->nonces.used, ==, 0);
        ue_test_free(&u);
    }
}

/* The nonce of a 401 that wants a bootstrap outlives a failed one, and goes with the exchange. */
static void test_kept_nonce(void)
{
    struct ue_answer_facts renegotiate = UE_401();
    struct ue_test u;

    ue_test_new(&u, SETTINGS("ue.attempts=2"));
    ue_test_to(&u, UE_REQUESTING);
    renegotiate.nonce = long_nonce(TEXTS_ONE_BYTES_MAX);
    ue_test_answer(&u, renegotiate);
    ue_test_forget(&u);
    g_assert_cmpuint(u.d.table->nonces.used, ==, 1);
    ue_decide_closed(&u.d);
    ue_test_forget(&u);
    ue_decide_timeout(&u.d); /* the second try must bootstrap as well */
    ue_test_did(&u, "connect:bsf ub_get timeout:30s", "gba_started ub_requests ub_requests_retried",
                UE_CHALLENGING);
    g_assert_cmpuint(u.d.table->nonces.used, ==, 1);
    ue_decide_closed(&u.d);
    ue_test_did(&u, "cancel:71", "ue_connections_failed ues_gave_up ues_active=-1", UE_IDLE);
    g_assert_cmpuint(u.d.table->nonces.used, ==, 0);
    ue_test_free(&u);
}

/* --- sequence numbers ----------------------------------------------------------------------------------- */

/* SEQ may jump by 2^28 at most (TS 33.102 §C.2.1), for each IND from the highest of all. */
static void test_sqn_jump(void)
{
    struct ue_test u;
    uint64_t seq, sqn_ms;

    ue_test_new(&u, SETTINGS(NULL));
    seq = subscriber_start_seq_usim(&u.f.deployment, UE_TEST_NUMBER);
    g_assert_false(ue_decide_sqn(&u.d, (seq + SQN_DELTA + 1) << 5, &sqn_ms));
    g_assert_true(ue_decide_sqn(&u.d, (seq + SQN_DELTA) << 5, &sqn_ms));
    g_assert_cmpuint(sqn_ms, ==, seq << 5 | (seq & 31)); /* before it */
    g_assert_false(ue_decide_sqn(&u.d, (seq + SQN_DELTA) << 5, &sqn_ms));
    g_assert_cmpuint(sqn_ms, ==, (seq + SQN_DELTA) << 5);
    g_assert_true(ue_decide_sqn(&u.d, (seq + 2 * (uint64_t)SQN_DELTA) << 5 | 31, &sqn_ms));
    ue_test_free(&u);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *path = g_strdup_printf("/decide ue/refused/%u, %s", i + 1, refused[i].name);

        g_test_add_data_func(path, &refused[i], test_refused);
    }
    g_test_add_func("/decide ue/counters", test_counter);
    g_test_add_func("/decide ue/MSK or pull under an expired MUK", test_expired_muk);
    g_test_add_func("/decide ue/two MUKs", test_two_muks);
    g_test_add_func("/decide ue/first pull", test_first_pull);
    g_test_add_func("/decide ue/MSK, ACK lost", test_msk);
    g_test_add_func("/decide ue/deadlines", test_deadlines);
    g_test_add_func("/decide ue/MSK message under an older MUK", test_msk_under_an_older_muk);
    g_test_add_func("/decide ue/MSK whose interval is invalid", test_invalid_interval);
    g_test_add_func("/decide ue/three MSKs", test_three_msks);
    g_test_add_func("/decide ue/MSK between tries", test_msk_between);
    for (unsigned i = 0; i < G_N_ELEMENTS(overtaken); i++) {
        g_autofree char *path = g_strdup_printf("/decide ue/overtaken/%u, %s", i + 1, overtaken[i].name);

        g_test_add_data_func(path, &overtaken[i], test_overtaken);
    }
    g_test_add_func("/decide ue/credentials at once", test_preemptive);
    g_test_add_func("/decide ue/credentials when asked for", test_not_preemptive);
    g_test_add_func("/decide ue/nonce kept for after a bootstrap", test_kept_nonce);
    g_test_add_func("/decide ue/jump of the sequence number", test_sqn_jump);
    return g_test_run();
}
