/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages that our own peers never send, well-formed and rightly protected: put in the place of real ones as
 * these reach their receiver. */
#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/region.h"
#include "models/wire/diameter.h"
#include "tests/tap/tap.h"
#include "tests/unit/forge_fixture.h"

static struct scenario *scenario;

static struct storm *run(struct scenario *of, forger *with)
{
    scenario = of;
    return forge_run(of, with);
}

static void over(struct storm *storm)
{
    forge_over(storm, scenario);
}

/* An answer with another result and none of the fields of success. */
static bool with_result(const struct net_delivery *d, uint32_t result, struct bytes *forged)
{
    struct diameter_message m, bare;
    uint8_t out[1024];
    size_t length;

    g_assert_cmpint(diameter_decode(d->bytes, &m), ==, WIRE_OK);
    bare = (struct diameter_message){.command = m.command,
                                     .application = m.application,
                                     .hop_by_hop = m.hop_by_hop,
                                     .end_to_end = m.end_to_end,
                                     .session_id = m.session_id,
                                     .origin_host = m.origin_host,
                                     .origin_realm = m.origin_realm,
                                     .result = result};
    g_assert_cmpint(diameter_encode(&bare, out, sizeof out, &length), ==, WIRE_OK);
    *forged = forge_keep(out, length);
    return true;
}

/* 2001 in its lower 16 bits. */
static bool large_result(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    (void)at;
    return (d->kind == KIND_zn_bia || d->kind == KIND_zh_maa) &&
           with_result(d, 65536 + DIAMETER_SUCCESS, forged);
}

static void test_large_result(void)
{
    struct storm *storm = run(fixture_scenario("ue.muk_ahead=100%", "pull.attempts=1", NULL), large_result);

    fixture_equal(storm, "msk_requests", 0);
    fixture_equal(storm, "http_refused", 1);
    fixture_equal(storm, "http_401_renegotiate", 0);
    over(storm);
    storm =
        run(fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", "ue.attempts=1", NULL), large_result);
    fixture_equal(storm, "ub_401", 0);
    fixture_equal(storm, "ub_503", 0);
    fixture_equal(storm, "http_refused", 1);
    over(storm);
}

/* RFC 6733 §7.1.5, TS 29.109 §6.2.2: what failed for good should not be attempted again, be it on Zn or on
 * Zh. */
static bool permanent_failure(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    (void)at;
    return (d->kind == KIND_zn_bia || d->kind == KIND_zh_maa) && with_result(d, 5012, forged);
}

static void test_permanent_failure(void)
{
    struct storm *storm =
        run(fixture_scenario("ue.muk_ahead=100%", "pull.attempts=1", NULL), permanent_failure);

    fixture_equal(storm, "http_refused", 1);
    fixture_equal(storm, "ue_retries", 0);
    over(storm);
    storm = run(fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", NULL), permanent_failure);
    fixture_equal(storm, "http_refused", 1);
    fixture_equal(storm, "ue_retries", 0);
    over(storm);
}

/* Keys of 2G GBA, which the BM-SC does not support: it "shall stop processing" (TS 29.109 §5.2). */
static bool keys_of_2g(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static const uint8_t type_2g[4] = {0, 0, 0, 1};
    struct diameter_message m;
    uint8_t out[1024];
    size_t length;

    (void)at;
    if (d->kind != KIND_zn_bia)
        return false;
    g_assert_cmpint(diameter_decode(d->bytes, &m), ==, WIRE_OK);
    m.gba_type = bytes_of(type_2g, sizeof type_2g);
    g_assert_cmpint(diameter_encode(&m, out, sizeof out, &length), ==, WIRE_OK);
    *forged = forge_keep(out, length);
    return true;
}

static void test_keys_of_2g(void)
{
    struct storm *storm = run(fixture_scenario("ue.muk_ahead=100%", "pull.attempts=1", NULL), keys_of_2g);

    fixture_equal(storm, "msk_requests", 0);
    fixture_equal(storm, "http_refused", 1);
    fixture_equal(storm, "msk_sent", 0);
    over(storm);
}

/* RFC 6733 §7.1.4: what may be better the next time is no refusal for good. */
static bool transient_failure(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    (void)at;
    return d->kind == KIND_zn_bia && forge_count == 0 && with_result(d, 4002, forged);
}

static void test_transient_failure(void)
{
    struct storm *storm = run(fixture_scenario("ue.muk_ahead=100%", NULL), transient_failure);

    fixture_equal(storm, "http_503", 1);
    fixture_equal(storm, "ues_keyed", 1);
    over(storm);
}

/* Another request's answer: hop-by-hop and end-to-end id do not belong together (RFC 6733 §3). */
static bool stray_answer(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    (void)at;
    if (d->kind != KIND_zn_bia && d->kind != KIND_zh_maa)
        return false;
    *forged = forge_keep(d->bytes.at, d->bytes.len);
    ((uint8_t *)(uintptr_t)forged->at)[12] ^= 1;
    return true;
}

static void test_stray_answer(void)
{
    struct storm *storm =
        run(fixture_scenario("ue.muk_ahead=100%", "pull.attempts=1", "ue.attempts=1", NULL), stray_answer);

    fixture_equal(storm, "zn_timeouts", 1);
    over(storm);
    storm =
        run(fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", "ue.attempts=1", NULL), stray_answer);
    fixture_equal(storm, "zh_timeouts", 1);
    over(storm);
}

/* A message of the BM-SC with another name of its key, under the same MUK. */
static bool renamed(struct net_region *at, const struct net_delivery *d, uint32_t msk_id, uint8_t domain,
                    struct bytes *forged)
{
    struct mikey_message message;
    uint8_t out[1024];
    size_t length;

    g_assert_cmpint(mikey_decode(d->bytes, &message), ==, WIRE_OK);
    message.msk_id = msk_id;
    message.key_domain_id[0] ^= domain;
    g_assert_cmpint(mikey_encode(&message, out, sizeof out, &length), ==, WIRE_OK);
    *forged = forge_mikey(at, d, bytes_of(out, length));
    return true;
}

static bool foreign_group(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    return d->kind == KIND_msk && forge_count == 0 && renamed(at, d, forge_group(at) + 0x10002, 0, forged);
}

static bool foreign_domain(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    return d->kind == KIND_pull && forge_count == 0 && renamed(at, d, forge_group(at), 1, forged);
}

/* TS 33.246 §6.3.2.1: an MSK is named by its Key Domain and MSK ID; the UE is member of one group. */
static void test_foreign(void)
{
    struct storm *storm = run(fixture_scenario("ue.msk_timeout=1min", NULL), foreign_group);

    fixture_equal(storm, "mikey_foreign", 1);
    fixture_equal(storm, "msk_installed", 1);
    fixture_equal(storm, "msk_retransmissions", 1);
    fixture_equal(storm, "ues_keyed", 1);
    over(storm);
    storm = run(fixture_scenario(NULL, NULL), foreign_domain);
    fixture_equal(storm, "mikey_foreign", 1);
    fixture_equal(storm, "pulls_rejected", 1);
    fixture_equal(storm, "pulls_accepted", 1);
    fixture_equal(storm, "ues_keyed", 1);
    over(storm);
}

static bool older_again(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static unsigned seen;

    seen = d->kind == KIND_pull ? 0 : seen + (d->kind == KIND_msk);
    return d->kind == KIND_msk && seen == 2 && renamed(at, d, forge_group(at) + 1, 0, forged);
}

/* TS 31.102 §4.2.80: two MSKs of a group are held; one of them come again takes nothing from the other. */
static void test_older_again(void)
{
    struct storm *storm = run(fixture_scenario("fault.drop=msk_ack@1", NULL), older_again);

    fixture_equal(storm, "msk_installed", 2);
    fixture_equal(storm, "msk_mismatch", 1);
    fixture_equal(storm, "ues_keyed", 1);
    fixture_equal(storm, "ues_without_key", 0);
    over(storm);
}

/* --- replays -------------------------------------------------------------------------------------------- */

/* UE 1 asks, and UE 0's host, which has heard it, sends the same again when the answer is there, and again
 * when that is answered, while the nonce is young. */
enum { REPLAYER = HOST_UES, VICTIM };
#define REPLAYS_MAX 30

static struct replay {
    const char *name;
    const char *settings[3];
    /* how the first answers on Zn are changed; NULL: not at all */
    bool (*zn)(const struct net_delivery *d, struct bytes *forged);
    unsigned answer; /* that the captured request got: kind */
} * replay;
static struct captured {
    GBytes *post; /* with credentials, of the victim */
    unsigned answer, sent, granted;
    unsigned zn; /* answers changed */
} captured;

static void send_again(struct net_region *at)
{
    gsize length;
    const void *bytes = g_bytes_get_data(captured.post, &length);

    if (captured.sent++ < REPLAYS_MAX)
        forge_send(at, forge_connect(at, REPLAYER, HOST_BMSC), KIND_ua_auth_post, bytes_of(bytes, length));
}

static bool is_answer(const struct net_delivery *d)
{
    return d->kind == KIND_ua_200 || d->kind == KIND_ua_401 || d->kind == KIND_ua_error;
}

static bool capture_and_replay(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    if (d->kind == KIND_zn_bia && replay->zn != NULL && captured.zn < 2) { /* one for each UE */
        captured.zn++;
        return replay->zn(d, forged);
    }
    if (d->kind == KIND_ua_auth_post && d->peer == VICTIM && captured.post == NULL) {
        captured.post = g_bytes_new(d->bytes.at, d->bytes.len);
        *forged = forge_keep(d->bytes.at, d->bytes.len);
        return true; /* as it is, but counted */
    }
    if (captured.post == NULL || !is_answer(d))
        return false;
    if (d->host == VICTIM && captured.answer == 0) {
        captured.answer = d->kind;
        send_again(at);
    } else if (d->host == REPLAYER && captured.sent > 0) {
        send_again(at);
    }
    return false;
}

static bool busy(const struct net_delivery *d, struct bytes *forged)
{
    return with_result(d, DIAMETER_TOO_BUSY, forged);
}

static bool unknown(const struct net_delivery *d, struct bytes *forged)
{
    return with_result(d, DIAMETER_BTID_UNKNOWN, forged);
}

static bool not_authorised(const struct net_delivery *d, struct bytes *forged)
{
    return with_result(d, 5402, forged);
}

static bool of_2g(const struct net_delivery *d, struct bytes *forged)
{
    return keys_of_2g(NULL, d, forged);
}

static bool stray(const struct net_delivery *d, struct bytes *forged)
{
    return stray_answer(NULL, d, forged);
}

/* Whatever the captured request was answered: none of its copies is granted, and no MSK goes to who sent
 * them; both UEs get their key, each by one request. */
static void test_replay(const void *data)
{
    struct replay of = *(const struct replay *)data;
    struct storm *storm;

    replay = &of;
    captured = (struct captured){0};
    storm =
        run(fixture_scenario("ue.count=2", "ue.attempts=20", of.settings[0] ? of.settings[0] : "run.seed=1",
                             of.settings[1] ? of.settings[1] : "run.seed=1",
                             of.settings[2] ? of.settings[2] : "run.seed=1", NULL),
            capture_and_replay);
    g_assert_cmpuint(captured.answer, ==, of.answer);
    g_assert_cmpuint(captured.sent, >, 3);
    fixture_equal(storm, "msk_requests", 2);
    fixture_equal(storm, "http_200", 2);
    fixture_equal(storm, "mikey_unknown_muk", 0);
    fixture_equal(storm, "digest_failed", 0);
    fixture_equal(storm, "ues_keyed", 2);
    g_bytes_unref(captured.post);
    over(storm);
}

#define FULL "bmsc.workers=1", "bmsc.queue_limit=0", "bmsc.challenge_time=fixed(0s)"

static const struct replay replays[] = {
    {"200", {NULL}, NULL, KIND_ua_200},
    {"200, nonce of before", {"ue.preemptive=100%"}, NULL, KIND_ua_200},
    {"401, bootstrap again", {"bmsc.renegotiate=100%"}, NULL, KIND_ua_401},
    {"401, MUK run out", {"bmsc.muk_lifetime=1min"}, NULL, KIND_ua_401},
    {"503, queue full", {FULL}, NULL, KIND_ua_error},
    {"503, queue full, nonce of before",
     {"ue.preemptive=100%", "bmsc.workers=1", "bmsc.queue_limit=0"},
     NULL,
     KIND_ua_error},
    {"503, Zn busy", {"ue.muk_ahead=100%"}, busy, KIND_ua_error},
    {"503, Zn busy, nonce of before", {"ue.muk_ahead=100%", "ue.preemptive=100%"}, busy, KIND_ua_error},
    {"504, Zn silent", {"ue.muk_ahead=100%"}, stray, KIND_ua_error},
    {"504, Zn late",
     {"ue.muk_ahead=100%", "bsf.zn_time=fixed(6s)", "bmsc.late_answers=keep"},
     NULL,
     KIND_ua_error},
    {"403, not authorised", {"ue.muk_ahead=100%"}, not_authorised, KIND_ua_error},
    {"403, keys of 2G GBA", {"ue.muk_ahead=100%"}, of_2g, KIND_ua_error},
    {"401, B-TID unknown for once", {"ue.muk_ahead=100%"}, unknown, KIND_ua_401}};

/* Likewise on Ub, where a response is judged before the queue is found full: the replayer holds the only
 * worker as it comes. The user name is the IMPI, as a TMPI is looked up by the UE's address here. */
static struct net_conn ub_conn;

static bool capture_and_replay_ub(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static const char other[] =
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Digest username=\"%.*s\", realm=\"\", "
        "nonce=\"\", uri=\"/\", response=\"\"\r\n\r\n";
    struct identity_text impi;
    gsize length;

    if (d->kind == KIND_pull && d->host == VICTIM)
        ub_conn = forge_connect(at, REPLAYER, HOST_BSF);
    if (d->kind == KIND_ub_401 && d->host == VICTIM && captured.post == NULL) {
        g_autofree char *text = NULL;

        identity_impi(model_of(at)->deployment, 0, &impi);
        text = g_strdup_printf(other, impi.length, impi.text);
        forge_send(at, ub_conn, KIND_ub_get, bytes_text(text));
    }
    if (d->kind == KIND_ub_auth_get && d->peer == VICTIM && captured.post == NULL) {
        captured.post = g_bytes_new(d->bytes.at, d->bytes.len);
        *forged = forge_keep(d->bytes.at, d->bytes.len);
        return true;
    }
    if (d->kind == KIND_ub_error && captured.post != NULL && captured.sent++ == 0) {
        const void *bytes = g_bytes_get_data(captured.post, &length);

        forge_send(at, forge_connect(at, REPLAYER, HOST_BSF), KIND_ub_auth_get, bytes_of(bytes, length));
    }
    captured.granted += d->kind == KIND_ub_200 && d->host == REPLAYER;
    return false;
}

static void test_replay_ub(void)
{
    struct storm *storm;

    captured = (struct captured){0};
    storm = run(fixture_scenario("ue.count=2", "ue.muk_expired=100%", "pull.rate=1/s", "bsf.workers=1",
                                 "bsf.queue_limit=0", "bsf.session_lost=100%", NULL),
                capture_and_replay_ub);
    g_assert_cmpuint(captured.sent, ==, 1);    /* the 503 */
    g_assert_cmpuint(captured.granted, ==, 1); /* UE 0 itself */
    fixture_equal(storm, "ub_503", 1);
    fixture_equal(storm, "ub_200", 2);
    fixture_equal(storm, "gba_runs", 2);
    fixture_equal(storm, "ues_keyed", 2);
    g_bytes_unref(captured.post);
    over(storm);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/forged/large result", test_large_result);
    g_test_add_func("/forged/permanent failure", test_permanent_failure);
    g_test_add_func("/forged/keys of 2G GBA", test_keys_of_2g);
    g_test_add_func("/forged/transient failure", test_transient_failure);
    g_test_add_func("/forged/stray answer", test_stray_answer);
    g_test_add_func("/forged/foreign", test_foreign);
    g_test_add_func("/forged/older again", test_older_again);
    for (unsigned i = 0; i < G_N_ELEMENTS(replays); i++) {
        g_autofree char *path = g_strdup_printf("/forged/replay after %s", replays[i].name);
        g_test_add_data_func(path, &replays[i], test_replay);
    }
    g_test_add_func("/forged/replay on Ub after 503", test_replay_ub);
    return g_test_run();
}
