/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Overload indication, RFC 7683: its AVPs byte for byte, what a report means, and what it does to a storm.
 * */
#include "models/overload_wire.h"
#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#define assert_wire(call, expected) g_assert_cmpstr(wire_status_text(call), ==, wire_status_text(expected))

/* --- on the wire ---------------------------------------------------------------------------------- */

/* Written by hand from §7 and RFC 6733 §4.1: code, flags, length, data. */
static const uint8_t supported[] = {0, 0, 2, 0x6d, 0, 0, 0, 24, 0, 0, 2, 0x6e,
                                    0, 0, 0, 16,   0, 0, 0, 0,  0, 0, 0, 1};
static const uint8_t olr[] = {0, 0, 2, 0x6f, 0, 0, 0, 60,   0, 0, 2, 0x70, 0, 0, 0, 16, 0, 0, 0, 1,
                              2, 3, 4, 5,    0, 0, 2, 0x72, 0, 0, 0, 12,   0, 0, 0, 0,  0, 0, 2, 0x73,
                              0, 0, 0, 12,   0, 0, 0, 42,   0, 0, 2, 0x71, 0, 0, 0, 12, 0, 0, 0, 30};
static const uint8_t features[8] = {0, 0, 0, 0, 0, 0, 0, 1}, sequence[8] = {0, 0, 0, 1, 2, 3, 4, 5},
                     host[4] = {0}, reduction[4] = {0, 0, 0, 42}, validity[4] = {0, 0, 0, 30};

static struct diameter_message message_of(uint32_t application, bool request)
{
    return (struct diameter_message){
        .command = application == DIAMETER_ZH ? DIAMETER_MULTIMEDIA_AUTH : DIAMETER_BOOTSTRAPPING_INFO,
        .request = request,
        .application = application,
        .hop_by_hop = 7,
        .end_to_end = 7,
        .session_id = bytes_text("a;1;1;1"),
        .origin_host = bytes_text("a.example"),
        .origin_realm = bytes_text("example"),
        .destination_realm = request ? bytes_text("example") : bytes_of(NULL, 0),
        .impi = request && application == DIAMETER_ZH ? bytes_text("user") : bytes_of(NULL, 0),
        .b_tid = request && application == DIAMETER_ZN ? bytes_text("b@bsf") : bytes_of(NULL, 0),
        .naf_id = request && application == DIAMETER_ZN ? bytes_text("naf.12345") : bytes_of(NULL, 0),
        .result = request ? 0 : DIAMETER_TOO_BUSY};
}

static size_t append(uint8_t *message, size_t length, const uint8_t *avp, size_t avp_length)
{
    memcpy(message + length, avp, avp_length);
    length += avp_length;
    message[2] = (uint8_t)(length >> 8);
    message[3] = (uint8_t)length;
    return length;
}

/* The message without, and the AVPs behind it, is the message with; and what is read is what was written. */
static void check_codec(uint32_t application, bool request)
{
    struct diameter_message m = message_of(application, request), back;
    uint8_t expected[512], out[512];
    size_t length = 0, expected_length = 0;

    assert_wire(diameter_encode(&m, expected, sizeof expected, &expected_length), WIRE_OK);
    expected_length = append(expected, expected_length, supported, sizeof supported);
    if (!request)
        expected_length = append(expected, expected_length, olr, sizeof olr);
    m.oc_features = bytes_of(features, sizeof features);
    if (!request) {
        m.oc_sequence = bytes_of(sequence, sizeof sequence);
        m.oc_report_type = bytes_of(host, sizeof host);
        m.oc_reduction = bytes_of(reduction, sizeof reduction);
        m.oc_validity = bytes_of(validity, sizeof validity);
    }
    assert_wire(diameter_encode(&m, out, sizeof out, &length), WIRE_OK);
    g_assert_cmpmem(out, length, expected, expected_length);
    assert_wire(diameter_decode(bytes_of(out, length), &back), WIRE_OK);
    g_assert_cmpmem(back.oc_features.at, back.oc_features.len, features, sizeof features);
    g_assert_cmpmem(back.oc_supported.at, back.oc_supported.len, supported + 8, sizeof supported - 8);
    g_assert_cmpmem(back.oc_sequence.at, back.oc_sequence.len, m.oc_sequence.at, m.oc_sequence.len);
    g_assert_cmpmem(back.oc_report_type.at, back.oc_report_type.len, m.oc_report_type.at,
                    m.oc_report_type.len);
    g_assert_cmpmem(back.oc_reduction.at, back.oc_reduction.len, m.oc_reduction.at, m.oc_reduction.len);
    g_assert_cmpmem(back.oc_validity.at, back.oc_validity.len, m.oc_validity.at, m.oc_validity.len);
}

static void codec(void)
{
    check_codec(DIAMETER_ZH, true);
    check_codec(DIAMETER_ZH, false);
    check_codec(DIAMETER_ZN, true);
    check_codec(DIAMETER_ZN, false);
}

/* What others may send, and what they may not. */
static bool overload_understood(const struct diameter_message *m)
{
    struct overload_facts facts;

    overload_read(m, &facts);
    return facts.understood;
}

static void foreign(void)
{
    static const uint8_t nothing[] = {0, 0, 2, 0x6d, 0, 0, 0, 8}; /* no feature vector */
    static const uint8_t bare[] = {0, 0, 2, 0x6f, 0, 0, 0, 8};    /* a report of nothing */
    static const uint8_t short_one[] = {0, 0, 2, 0x6d, 0, 0, 0, 20, 0, 0, 2, 0x6e, 0, 0, 0, 12, 0, 0, 0, 1};
    const struct {
        const uint8_t *avp;
        size_t length;
        enum wire_status status;
    } cases[] = {{nothing, sizeof nothing, WIRE_OK},
                 {supported, sizeof supported, WIRE_OK},
                 {bare, sizeof bare, WIRE_MALFORMED},
                 {short_one, sizeof short_one, WIRE_MALFORMED}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct diameter_message m = message_of(DIAMETER_ZH, false), back;
        uint8_t out[512];
        size_t length;

        assert_wire(diameter_encode(&m, out, sizeof out, &length), WIRE_OK);
        length = append(out, length, cases[i].avp, cases[i].length);
        assert_wire(diameter_decode(bytes_of(out, length), &back), cases[i].status);
        if (cases[i].status == WIRE_OK)
            g_assert_true(overload_understood(&back));
    }
    g_assert_false(overload_understood(&(struct diameter_message){.hop_by_hop = 1}));
}

/* --- what a report means ------------------------------------------------------------------------------ */

static struct overload_limit limit;

static void hear(int64_t now_s, uint8_t number, uint8_t type, int percent, int64_t valid_s)
{
    const uint8_t seq[8] = {[7] = number}, kind[4] = {[3] = type}, less[4] = {[3] = (uint8_t)percent};
    const uint8_t valid[4] = {(uint8_t)(valid_s >> 24), (uint8_t)(valid_s >> 16), (uint8_t)(valid_s >> 8),
                              (uint8_t)valid_s};
    struct diameter_message m = {.oc_supported = bytes_of(supported + 8, sizeof supported - 8),
                                 .oc_features = bytes_of(features, sizeof features),
                                 .oc_sequence = bytes_of(seq, 8),
                                 .oc_report_type = bytes_of(kind, 4),
                                 .oc_reduction = percent < 0 ? bytes_of(NULL, 0) : bytes_of(less, 4),
                                 .oc_validity = valid_s < 0 ? bytes_of(NULL, 0) : bytes_of(valid, 4)};
    struct overload_facts facts;

    overload_read(&m, &facts);
    overload_heard(&limit, now_s * CLOCK_SECOND, &facts);
}

/* Of 10 000 requests at a time, how many are not sent, in per cent. */
static double share_at(int64_t now_s)
{
    unsigned throttled = 0;

    for (uint64_t i = 0; i < 10000; i++)
        throttled += overload_throttles(&limit, now_s * CLOCK_SECOND, random_u64(1, 2, 3, i));
    return throttled / 100.;
}

static void assert_share(int64_t now_s, double percent)
{
    double share = share_at(now_s);

    g_assert_cmpfloat(share, >=, percent - 2 * (percent > 0 && percent < 100));
    g_assert_cmpfloat(share, <=, percent + 2 * (percent > 0 && percent < 100));
}

static void meaning(void)
{
    static const uint8_t other_algorithm[8] = {[7] = 2};
    struct diameter_message m = {.oc_supported = bytes_of(supported + 8, 16),
                                 .oc_features = bytes_of(other_algorithm, 8)};

    assert_share(0, 0);
    hear(10, 1, 0, 40, 20);
    assert_share(10, 40);
    hear(25, 1, 0, 90, 20); /* the same report again: neither another value nor longer */
    assert_share(29, 40);
    assert_share(30, 0);
    hear(40, 5, 0, 100, -1); /* 30 s where nothing is said */
    assert_share(69, 100);
    assert_share(70, 0);
    hear(80, 4, 0, 50, 20); /* an older one */
    hear(80, 6, 1, 50, 20); /* of the realm */
    hear(80, 6, 0, 101, 20);
    hear(80, 6, 0, -1, 20);
    assert_share(81, 0);
    hear(80, 6, 0, 50, 86401); /* longer than a day: 30 s */
    assert_share(109, 50);
    assert_share(110, 0);
    hear(120, 7, 0, 50, 86400);
    assert_share(86519, 50);
    hear(130, 8, 0, 70, 0); /* it is over */
    assert_share(130, 0);
    g_assert_false(overload_understood(&m));
}

/* --- in a storm ----------------------------------------------------------------------------------- */

static struct storm *run(struct scenario *scenario)
{
    struct storm *storm = fixture_run(scenario);

    g_test_message("keyed %g, throttled %g and %g, useful %g", storm_metric(storm, "ues_keyed_ratio"),
                   storm_metric(storm, "zn_throttled"), storm_metric(storm, "zh_throttled"),
                   storm_metric(storm, "hss_useful_ratio"));
    return storm;
}

/* 60 bootstraps a second for ten seconds, 30 at the HSS, 1 s of patience, eager retries. */
static void zh(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=2000", "ue.muk_expired=0.3", "pull.rate=200/s", "hss.workers=3",
                         "hss.service_time=fixed(100ms)", "diameter.timeout=1s", "ue.attempts=20",
                         "bsf.retry_after=1s", "ue.retry_cap=4s", "hss.overload_wait=500ms", NULL);
    struct storm *storm = run(scenario);

    fixture_equal(storm, "ues_keyed", 2000); /* without: 1453, see test_remedies.c */
    g_assert_cmpfloat(storm_metric(storm, "hss_useful_ratio"), ==, 1);
    fixture_equal(storm, "zh_timeouts", 0);
    g_assert_cmpint(fixture_metric(storm, "zh_throttled"), >, 300);
    g_assert_cmpint(fixture_metric(storm, "zh_throttled"), ==, fixture_metric(storm, "ub_503"));
    /* What waits at most: the limit, and what was under way when it was reached. */
    g_assert_cmpfloat(storm_metric(storm, "hss_queue_max"), <, 0.7 / 0.1 * 3);
    storm_free(storm);
    scenario_free(scenario);
}

/* 200 Zn requests a second, 100 at the BSF; a Zn timeout would be the end of a UE's try. */
static void zn(void)
{
    static const char *const remedies[] = {"bsf.overload_wait=0s", "bsf.overload_wait=500ms"};
    int64_t keyed[2];

    for (unsigned i = 0; i < 2; i++) {
        struct scenario *scenario = fixture_scenario(
            "ue.count=2000", "ue.muk_ahead=1", "pull.rate=200/s", "bsf.workers=2", "bsf.zn_time=fixed(20ms)",
            "diameter.timeout=1s", "ue.attempts=10", remedies[i], NULL);
        struct storm *storm = run(scenario);

        keyed[i] = fixture_metric(storm, "ues_keyed");
        g_assert_true((fixture_metric(storm, "zn_throttled") > 0) == (i == 1));
        g_assert_cmpint(fixture_metric(storm, "zn_throttled"), ==, fixture_metric(storm, "http_503"));
        storm_free(storm);
        scenario_free(scenario);
    }
    g_assert_cmpint(keyed[0], <, 1000);
    g_assert_cmpint(keyed[1], ==, 2000);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/overload/codec", codec);
    g_test_add_func("/overload/foreign", foreign);
    g_test_add_func("/overload/meaning", meaning);
    g_test_add_func("/overload/Zh", zh);
    g_test_add_func("/overload/Zn", zn);
    return g_test_run();
}
