/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Failures of models/README.md that no loss or damage on the radio brings about: between servers, and inside
 * messages whose MAC is right. Each is seen in its counter; who ends without a key, and why, is asserted,
 * too. */
#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/region.h"
#include "models/wire/diameter.h"
#include "tests/tap/tap.h"
#include "tests/unit/forge_fixture.h"

struct expectation {
    const char *metric;
    int64_t value;
};

struct row {
    const char *name;
    unsigned kind; /* of the messages that are changed */
    unsigned most; /* so many of them */
    bool (*change)(struct net_region *at, const struct net_delivery *d, struct bytes *forged);
    const char *settings[4];
    struct expectation expected[14];
};

static const struct row *row;

static bool change(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    return d->kind == row->kind && forge_count < row->most && row->change(at, d, forged);
}

/* --- what is changed ------------------------------------------------------------------------------------ */

/* The version of Diameter, and of MIKEY: nothing of the message can be understood. */
static bool other_version(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    (void)at;
    *forged = forge_keep(d->bytes.at, d->bytes.len);
    ((uint8_t *)(uintptr_t)forged->at)[0] ^= 0x80;
    return true;
}

static bool last_bit(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    (void)at;
    *forged = forge_keep(d->bytes.at, d->bytes.len);
    ((uint8_t *)(uintptr_t)forged->at)[forged->len - 1] ^= 1;
    return true;
}

static struct diameter_message decoded(const struct net_delivery *d)
{
    struct diameter_message m;

    g_assert_cmpint(diameter_decode(d->bytes, &m), ==, WIRE_OK);
    return m;
}

static bool encoded(const struct diameter_message *m, struct bytes *forged)
{
    uint8_t out[2048];
    size_t length;

    g_assert_cmpint(diameter_encode(m, out, sizeof out, &length), ==, WIRE_OK);
    *forged = forge_keep(out, length);
    return true;
}

/* Success, and nothing of what belongs to it. */
static bool empty_success(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct diameter_message m = decoded(d), bare;

    (void)at;
    bare = (struct diameter_message){.command = m.command,
                                     .application = m.application,
                                     .hop_by_hop = m.hop_by_hop,
                                     .end_to_end = m.end_to_end,
                                     .session_id = m.session_id,
                                     .origin_host = m.origin_host,
                                     .origin_realm = m.origin_realm,
                                     .result = DIAMETER_SUCCESS};
    return encoded(&bare, forged);
}

/* The other request, in the place of the right one. */
static bool other_command(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct diameter_message m = decoded(d);

    (void)at;
    if (d->kind == KIND_zn_bir) {
        m.command = DIAMETER_MULTIMEDIA_AUTH;
        m.application = DIAMETER_ZH;
        m.impi = bytes_text("x");
    } else {
        m.command = DIAMETER_BOOTSTRAPPING_INFO;
        m.application = DIAMETER_ZN;
        m.impi = bytes_of(NULL, 0);
        m.b_tid = m.naf_id = m.gaa_service_id = bytes_text("naf.example");
    }
    return encoded(&m, forged);
}

/* The keys of UE 1. */
static bool of_another(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct diameter_message m = decoded(d);
    struct identity_text impi;

    identity_impi(model_of(at)->deployment, 1, &impi);
    m.impi = identity_bytes(&impi);
    return encoded(&m, forged);
}

static bool of_another_naf(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct diameter_message m = decoded(d);

    (void)at;
    m.naf_id = bytes_text("naf.example\1\0\0\0\1");
    return encoded(&m, forged);
}

/* A B-TID of the right form that is nobody's. */
static bool nobodys_b_tid(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct diameter_message m = decoded(d);
    g_autofree char *b_tid = g_strndup((const char *)m.b_tid.at, m.b_tid.len);

    (void)at;
    b_tid[0] = b_tid[0] == 'A' ? 'B' : 'A';
    m.b_tid = bytes_text(b_tid);
    return encoded(&m, forged);
}

static bool nobodys_impi(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct diameter_message m = decoded(d);

    (void)at;
    m.impi = bytes_text("001019999999999@ims.mnc001.mcc001.3gppnetwork.org");
    return encoded(&m, forged);
}

/* AUTS with a wrong MAC-S. */
static bool wrong_auts(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct diameter_message m = decoded(d);
    uint8_t resync[30];

    (void)at;
    if (m.resync.at == NULL)
        return false;
    g_assert_cmpuint(m.resync.len, ==, sizeof resync);
    memcpy(resync, m.resync.at, sizeof resync);
    resync[29] ^= 1;
    m.resync = bytes_of(resync, sizeof resync);
    return encoded(&m, forged);
}

static bool nobodys_name(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    g_autofree char *name = forge_directive(d->bytes, "username");

    (void)at;
    if (strstr(name, "@ims.") == NULL)
        return false; /* its TMPI */
    *forged = forge_text(d->bytes, name, "001019999999999@ims.mnc001.mcc001.3gppnetwork.org");
    return true;
}

static struct mikey_key_data msk_data(struct net_region *at)
{
    return (struct mikey_key_data){.type = MIKEY_KEY_TEK,
                                   .kv = MIKEY_KV_INTERVAL,
                                   .key = bytes_of(model_of(at)->deployment->services[0].msk, 16),
                                   .valid_from = bytes_of("\0\0", 2),
                                   .valid_to = bytes_of("\1\0", 2)};
}

static bool with_data(struct net_region *at, const struct net_delivery *d, struct mikey_key_data data,
                      uint32_t more, struct bytes *forged)
{
    struct mikey_message m;

    g_assert_cmpint(mikey_decode(d->bytes, &m), ==, WIRE_OK);
    m.msk_id += more;
    *forged = forge_msk(at, d, &m, &data);
    return true;
}

static bool of_other_type(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct mikey_key_data data = msk_data(at);

    data.type = MIKEY_KEY_TGK;
    return with_data(at, d, data, 0, forged);
}

static bool other_key(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct mikey_key_data data = msk_data(at);

    data.key = bytes_text("another key of16");
    return with_data(at, d, data, 0, forged);
}

static bool other_number(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    return with_data(at, d, msk_data(at), 5, forged);
}

/* --- what comes of it ----------------------------------------------------------------------------------- */

#define ALL  UINT_MAX
#define ONCE "pull.attempts=1"
#define NOT_REFUSED                                                                                          \
    {"ues_keyed", 1}, {"ues_without_key", 0}, {"http_refused", 0},                                           \
    {                                                                                                        \
        "ues_gave_up", 0                                                                                     \
    }
/* No key, as some server said so for good: no further try. */
#define REFUSED                                                                                              \
    {"ues_keyed", 0}, {"ues_without_key", 1}, {"http_refused", 1}, {"ues_gave_up", 1},                       \
    {                                                                                                        \
        "ue_retries", 0                                                                                      \
    }

static const struct row rows[] = {
    /* Zn: who is not understood is not answered; 504, which a UE does not repeat */
    {"BIR malformed",
     KIND_zn_bir,
     ALL,
     other_version,
     {"ue.muk_ahead=100%", ONCE},
     {REFUSED, {"diameter_malformed", 1}, {"zn_timeouts", 1}, {"http_504", 1}, {"msk_requests", 0}}},
    {"BIR of another command",
     KIND_zn_bir,
     ALL,
     other_command,
     {"ue.muk_ahead=100%", ONCE},
     {REFUSED, {"diameter_malformed", 1}, {"zn_timeouts", 1}, {"http_504", 1}, {"msk_requests", 0}}},
    {"BIA malformed",
     KIND_zn_bia,
     ALL,
     other_version,
     {"ue.muk_ahead=100%", ONCE},
     {REFUSED, {"diameter_malformed", 1}, {"zn_timeouts", 1}, {"zn_late", 0}, {"http_504", 1}}},
    {"BIA without keys",
     KIND_zn_bia,
     ALL,
     empty_success,
     {"ue.muk_ahead=100%", ONCE},
     {REFUSED, {"diameter_malformed", 1}, {"zn_timeouts", 1}, {"http_504", 1}, {"msk_requests", 0}}},
    {"BIA for another subscriber",
     KIND_zn_bia,
     1,
     of_another,
     {"ue.muk_ahead=100%", "pull.attempts=2", "ue.count=2", "pull.rate=0.01/s"},
     {{"diameter_malformed", 1}, {"zn_timeouts", 1}, {"http_504", 1}, {"http_refused", 1}, {"ues_keyed", 2}}},
    {"NAF not authorised: 5402, 403",
     KIND_zn_bir,
     ALL,
     of_another_naf,
     {"ue.muk_ahead=100%", ONCE},
     {REFUSED,
      {"zn_requests", 1},
      {"zn_unknown", 0},
      {"zn_timeouts", 0},
      {"msk_requests", 0},
      {"gba_started", 0}}},
    {"NAF not authorised once: the next pull helps",
     KIND_zn_bir,
     1,
     of_another_naf,
     {"ue.muk_ahead=100%", "pull.attempts=2"},
     {{"ues_keyed", 1}, {"http_refused", 1}, {"ues_gave_up", 0}, {"pulls_sent", 2}, {"zn_requests", 2}}},
    {"B-TID of nobody: 5403, 401, new bootstrap",
     KIND_zn_bir,
     1,
     nobodys_b_tid,
     {"ue.muk_ahead=100%", ONCE},
     {NOT_REFUSED, {"zn_unknown", 1}, {"http_401_renegotiate", 1}, {"gba_runs", 1}, {"zn_requests", 2}}},
    {"B-TID of nobody, every time",
     KIND_zn_bir,
     ALL,
     nobodys_b_tid,
     {"ue.muk_ahead=100%", ONCE, "ue.attempts=1"},
     {{"ues_keyed", 0},
      {"ues_without_key", 1},
      {"zn_unknown", 4},
      {"http_401_renegotiate", 4},
      {"gba_runs", 3},
      {"http_refused", 0},
      {"ues_gave_up", 1}}},
    /* Zh: 503, which a UE repeats */
    {"MAR malformed",
     KIND_zh_mar,
     1,
     other_version,
     {"ue.muk_expired=100%", ONCE},
     {NOT_REFUSED,
      {"diameter_malformed", 1},
      {"zh_timeouts", 1},
      {"ub_503", 1},
      {"ue_retries", 1},
      {"zh_requests", 2}}},
    {"MAR of another command",
     KIND_zh_mar,
     1,
     other_command,
     {"ue.muk_expired=100%", ONCE},
     {NOT_REFUSED,
      {"diameter_malformed", 1},
      {"zh_timeouts", 1},
      {"ub_503", 1},
      {"ue_retries", 1},
      {"zh_requests", 2}}},
    {"MAA malformed",
     KIND_zh_maa,
     1,
     other_version,
     {"ue.muk_expired=100%", ONCE},
     {NOT_REFUSED,
      {"diameter_malformed", 1},
      {"zh_timeouts", 1},
      {"zh_late", 0},
      {"ub_503", 1},
      {"ue_retries", 1}}},
    {"MAA without a vector, every time",
     KIND_zh_maa,
     ALL,
     empty_success,
     {"ue.muk_expired=100%", ONCE, "ue.attempts=2"},
     {{"ues_keyed", 0},
      {"ues_without_key", 1},
      {"diameter_malformed", 2},
      {"zh_timeouts", 2},
      {"ub_503", 2},
      {"ue_retries", 1},
      {"http_refused", 0},
      {"ues_gave_up", 1}}},
    {"IMPI unknown at the HSS: 5401, 403",
     KIND_zh_mar,
     ALL,
     nobodys_impi,
     {"ue.muk_expired=100%", ONCE},
     {REFUSED,
      {"zh_requests", 2}, /* a first GET with a TMPI that is refused is followed by one with the IMPI */
      {"zh_timeouts", 0},
      {"tmpi_unknown", 0},
      {"ub_401", 0},
      {"ub_503", 0},
      {"gba_started", 1},
      {"gba_runs", 0}}},
    {"IMPI unknown at the BSF: 403",
     KIND_ub_get,
     ALL,
     nobodys_name,
     {"ue.muk_expired=100%", "bsf.session_lost=100%", ONCE},
     {REFUSED,
      {"tmpi_unknown", 1},
      {"http_malformed", 0},
      {"zh_requests", 0},
      {"ub_401", 0},
      {"gba_runs", 0}}},
    /* TS 33.102 clause 6.3.5: the HSS keeps its SQN, so that the next challenge is as stale; another try */
    {"AUTS with a wrong MAC-S",
     KIND_zh_mar,
     1,
     wrong_auts,
     {"ue.muk_expired=100%", "ue.sqn_ahead=100%", ONCE},
     {NOT_REFUSED,
      {"gba_resyncs", 2},
      {"gba_started", 2},
      {"gba_runs", 1},
      {"ue_retries", 1},
      {"zh_requests", 4},
      {"aka_failed", 0}}},
    {"AUTS with a wrong MAC-S, every time",
     KIND_zh_mar,
     ALL,
     wrong_auts,
     {"ue.muk_expired=100%", "ue.sqn_ahead=100%", ONCE, "ue.attempts=2"},
     {{"ues_keyed", 0},
      {"ues_without_key", 1},
      {"gba_resyncs", 2},
      {"gba_runs", 0},
      {"ue_retries", 1},
      {"http_refused", 0},
      {"ues_gave_up", 1}}},
    /* MIKEY */
    {"pull of another version",
     KIND_pull,
     1,
     other_version,
     {NULL},
     {NOT_REFUSED,
      {"mikey_malformed", 1},
      {"pulls_rejected", 1},
      {"pulls_accepted", 1},
      {"pull_retransmissions", 1}}},
    {"pull with a wrong MAC",
     KIND_pull,
     1,
     last_bit,
     {NULL},
     {NOT_REFUSED,
      {"mikey_bad_mac", 1},
      {"pulls_rejected", 1},
      {"pulls_accepted", 1},
      {"pull_retransmissions", 1}}},
    {"every pull with a wrong MAC",
     KIND_pull,
     ALL,
     last_bit,
     {NULL},
     {{"ues_keyed", 0},
      {"ues_without_key", 1},
      {"mikey_bad_mac", 3},
      {"pulls_rejected", 3},
      {"requests_started", 0},
      {"ues_unanswered", 1},
      {"ues_gave_up", 0}}},
    {"MSK with a wrong MAC",
     KIND_msk,
     1,
     last_bit,
     {NULL},
     {NOT_REFUSED, {"mikey_bad_mac", 1}, {"msk_sent", 2}, {"msk_retransmissions", 1}, {"msk_installed", 1}}},
    {"ACK with a wrong MAC",
     KIND_msk_ack,
     1,
     last_bit,
     {NULL},
     {NOT_REFUSED, {"mikey_bad_mac", 1}, {"msk_sent", 2}, {"msk_installed", 2}, {"acks_received", 1}}},
    {"ACK of another version",
     KIND_msk_ack,
     1,
     other_version,
     {NULL},
     {NOT_REFUSED, {"mikey_malformed", 1}, {"msk_sent", 2}, {"msk_installed", 2}, {"acks_received", 1}}},
    {"every MSK of another key type",
     KIND_msk,
     ALL,
     of_other_type,
     {ONCE, "ue.attempts=2", "ue.msk_timeout=30s"},
     {{"ues_keyed", 0},
      {"ues_without_key", 1},
      {"mikey_malformed", 8},
      {"msk_installed", 0},
      {"acks_received", 0},
      {"msk_unanswered", 2},
      {"msk_missing", 2},
      {"requests_started", 2},
      {"msk_requests", 2},
      {"ues_gave_up", 1}}},
    /* the audit alone knows: the UE holds what it was given under the number of the MSK */
    {"MSK that is another key",
     KIND_msk,
     1,
     other_key,
     {NULL},
     {NOT_REFUSED, {"msk_mismatch", 1}, {"msk_installed", 1}, {"acks_received", 1}, {"msk_missing", 0}}},
    {"MSK of another Key Number: kept as that, and the right one is asked for again",
     KIND_msk,
     1,
     other_number,
     {NULL},
     {NOT_REFUSED,
      {"msk_mismatch", 1},
      {"msk_installed", 2},
      {"acks_received", 2},
      {"msk_missing", 1},
      {"ue_retries", 1},
      {"requests_started", 2},
      {"msk_requests", 2}}},
};

static void test_row(const void *data)
{
    const char *const *s = ((const struct row *)data)->settings;
    struct scenario *scenario =
        fixture_scenario("run.end=1h", s[0], s[0] ? s[1] : NULL, s[0] && s[1] ? s[2] : NULL,
                         s[0] && s[1] && s[2] ? s[3] : NULL, NULL);
    struct storm *storm;

    row = data;
    storm = forge_run(scenario, change);
    for (const struct expectation *e = row->expected; e->metric != NULL; e++)
        if (fixture_metric(storm, e->metric) != e->value)
            g_error("%s: %s is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, row->name, e->metric,
                    fixture_metric(storm, e->metric), e->value);
    fixture_equal(storm, "ues_active", 0);
    forge_over(storm, scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/failures/forged/%s", rows[i].name);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    return g_test_run();
}
