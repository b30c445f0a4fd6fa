/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Diameter: the six example messages byte for byte and back, and what must not be written. */
#include "models/wire/diameter.h"
#include "models/wire/read.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

#define EXPIRY INT64_C(1893499200) /* 2030-01-01 12:00:00, an hour after the example's bootstrapping */

static GKeyFile *file, *gba;
static const char *const names[] = {"mar", "maa", "mar_resync", "bir", "bia", "bia_5403"};

static struct bytes message_of(const char *name)
{
    return vector_hex(file, name, "hex");
}

static struct bytes key_of(const char *key)
{
    return vector_hex(gba, "gba", key);
}

static struct bytes join(struct bytes a, struct bytes b)
{
    uint8_t *out = g_malloc(a.len + b.len);

    memcpy(out, a.at, a.len);
    memcpy(out + a.len, b.at, b.len);
    g_test_queue_free(out);
    return bytes_of(out, a.len + b.len);
}

/* XML by the encoder, in a block of its own. */
static struct bytes uss_of(bool guss)
{
    uint8_t *out = g_malloc(400);
    struct bytes impi = vector_text(gba, "gba", "impi");
    size_t length;

    g_test_queue_free(out);
    if (guss)
        assert_status(diameter_guss_encode(impi, 86400, out, 400, &length), WIRE_OK);
    else
        assert_status(diameter_uss_list_encode(impi, out, 400, &length), WIRE_OK);
    return bytes_of(out, length);
}

static struct diameter_message zh_message(bool request)
{
    return (struct diameter_message){
        .command = DIAMETER_MULTIMEDIA_AUTH,
        .request = request,
        .application = DIAMETER_ZH,
        .hop_by_hop = 1,
        .end_to_end = 1,
        .session_id = bytes_text("bsf.mnc001.mcc001.3gppnetwork.org;1893456000;1"),
        .origin_host =
            bytes_text(request ? "bsf.mnc001.mcc001.3gppnetwork.org" : "hss.mnc001.mcc001.3gppnetwork.org"),
        .origin_realm = bytes_text("mnc001.mcc001.3gppnetwork.org"),
        .impi = vector_text(gba, "gba", "impi")};
}

static struct diameter_message zn_message(bool request)
{
    return (struct diameter_message){
        .command = DIAMETER_BOOTSTRAPPING_INFO,
        .request = request,
        .application = DIAMETER_ZN,
        .hop_by_hop = 1,
        .end_to_end = 1,
        .session_id = bytes_text("bmsc.mnc001.mcc001.3gppnetwork.org;1893456000;1"),
        .origin_host =
            bytes_text(request ? "bmsc.mnc001.mcc001.3gppnetwork.org" : "bsf.mnc001.mcc001.3gppnetwork.org"),
        .origin_realm = bytes_text("mnc001.mcc001.3gppnetwork.org")};
}

static void fill_zh(struct diameter_message *m, const char *name)
{
    if (m->request) {
        m->destination_realm = bytes_text("mnc001.mcc001.3gppnetwork.org");
        m->destination_host = bytes_text("hss.mnc001.mcc001.3gppnetwork.org");
        if (strcmp(name, "mar_resync") == 0)
            m->resync = join(key_of("rand"), vector_hex(gba, "gba.ub", "auts_hex"));
        return;
    }
    m->result = DIAMETER_SUCCESS;
    m->rand_autn = join(key_of("rand"), key_of("autn"));
    m->xres = key_of("res");
    m->ck = key_of("ck");
    m->ik = key_of("ik");
    m->uss = uss_of(true);
}

static void fill_zn(struct diameter_message *m, const char *name)
{
    if (m->request) {
        m->destination_realm = bytes_text("mnc001.mcc001.3gppnetwork.org");
        m->destination_host = bytes_text("bsf.mnc001.mcc001.3gppnetwork.org");
        m->gaa_service_id = bytes_text("4");
        m->b_tid = vector_text(gba, "gba", "btid");
        m->naf_id = key_of("naf_id");
    } else if (strcmp(name, "bia_5403") == 0) {
        m->result = DIAMETER_BTID_UNKNOWN;
    } else {
        m->result = DIAMETER_SUCCESS;
        m->impi = vector_text(gba, "gba", "impi");
        m->ks_naf = vector_hex(gba, "gba.ks_naf", "out");
        m->has_times = true;
        m->expiry_unix_s = INT64_C(0xf486ffc0) - INT64_C(2208988800);
        m->bootstrap_unix_s = INT64_C(0xf486f1b0) - INT64_C(2208988800);
        m->uss = uss_of(false);
    }
}

static struct diameter_message expected_message(const char *name)
{
    bool request = name[2] == 'r';
    struct diameter_message m = name[0] == 'm' ? zh_message(request) : zn_message(request);

    if (name[0] == 'm')
        fill_zh(&m, name);
    else
        fill_zn(&m, name);
    return m;
}

static void assert_equal(const struct diameter_message *a, const struct diameter_message *b)
{
    g_assert_cmpuint(a->command, ==, b->command);
    g_assert_cmpint(a->request, ==, b->request);
    g_assert_cmpuint(a->application, ==, b->application);
    g_assert_cmpuint(a->hop_by_hop, ==, b->hop_by_hop);
    g_assert_cmpuint(a->end_to_end, ==, b->end_to_end);
    g_assert_cmpuint(a->result, ==, b->result);
    assert_bytes(a->session_id, b->session_id);
    assert_bytes(a->origin_host, b->origin_host);
    assert_bytes(a->origin_realm, b->origin_realm);
    assert_bytes(a->destination_realm, b->destination_realm);
    assert_bytes(a->destination_host, b->destination_host);
    assert_bytes(a->impi, b->impi);
    assert_bytes(a->resync, b->resync);
    assert_bytes(a->rand_autn, b->rand_autn);
    assert_bytes(a->xres, b->xres);
    assert_bytes(a->ck, b->ck);
    assert_bytes(a->ik, b->ik);
    assert_bytes(a->b_tid, b->b_tid);
    assert_bytes(a->naf_id, b->naf_id);
    assert_bytes(a->gaa_service_id, b->gaa_service_id);
    assert_bytes(a->ks_naf, b->ks_naf);
    assert_bytes(a->uss, b->uss);
    g_assert_cmpint(a->has_times, ==, b->has_times);
    g_assert_cmpint(a->expiry_unix_s, ==, b->expiry_unix_s);
    g_assert_cmpint(a->bootstrap_unix_s, ==, b->bootstrap_unix_s);
}

static void test_encode(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        struct diameter_message m = expected_message(names[i]);

        g_test_message("%s", names[i]);
        CHECK_ENCODER(message_of(names[i]), diameter_encode(&m, out, room, &length));
        g_assert_cmpuint(message_of(names[i]).len, ==, vector_number(file, names[i], "length"));
    }
}

static void test_decode(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        struct diameter_message expected = expected_message(names[i]), m;
        struct bytes wire = message_of(names[i]);

        g_test_message("%s", names[i]);
        assert_status(diameter_decode(wire, &m), WIRE_OK);
        assert_equal(&m, &expected);
        g_assert_cmpint(diameter_frame(wire), ==, (int64_t)wire.len);
    }
    g_assert_cmpint(expected_message("bia").expiry_unix_s, ==, EXPIRY);
}

static void assert_refused(struct bytes cut)
{
    struct diameter_message m;

    g_assert_cmpint(diameter_frame(cut), ==, 0);
    assert_status(diameter_decode(cut, &m), WIRE_TRUNCATED);
}

/* The same, but with a message length that fits what is left. */
static void test_truncated(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        struct bytes wire = message_of(names[i]);

        for_each_truncation(wire, assert_refused);
        for (size_t len = 20; len < wire.len; len += 4) {
            struct diameter_message m;
            uint8_t *block;
            struct bytes cut = exact_copy(wire.at, len, &block);

            block[2] = (uint8_t)(len >> 8);
            block[3] = (uint8_t)len;
            g_assert_cmpint(diameter_frame(cut), ==, (int64_t)len);
            if (diameter_decode(cut, &m) == WIRE_OK) /* only optional AVPs are gone */
                g_assert_true(m.origin_realm.len > 0 && (m.request || m.result != 0));
            g_free(block);
        }
    }
}

static void assert_consistent(struct bytes in)
{
    struct diameter_message m;
    const struct bytes *views[] = {&m.session_id,
                                   &m.origin_host,
                                   &m.origin_realm,
                                   &m.destination_realm,
                                   &m.destination_host,
                                   &m.impi,
                                   &m.resync,
                                   &m.rand_autn,
                                   &m.xres,
                                   &m.ck,
                                   &m.ik,
                                   &m.b_tid,
                                   &m.naf_id,
                                   &m.gaa_service_id,
                                   &m.ks_naf,
                                   &m.uss};

    g_assert_cmpint(diameter_frame(in), <=, (int64_t)in.len);
    if (diameter_decode(in, &m) != WIRE_OK)
        return;
    g_assert_cmpint(diameter_frame(in), ==, (int64_t)in.len);
    for (unsigned i = 0; i < G_N_ELEMENTS(views); i++)
        g_assert_true(is_within(*views[i], in));
}

static void test_bit_flips(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        struct bytes wire = message_of(names[i]);

        for_each_bit_flip(wire, 0, wire.len, assert_consistent);
    }
}

static const struct diameter_message *unchanged;

static void assert_other(struct bytes in)
{
    struct diameter_message m;

    if (diameter_decode(in, &m) == WIRE_OK) /* a longer or shorter last byte, within the padding */
        g_assert_false(bytes_equal(m.session_id, unchanged->session_id));
}

/* The length field of the first AVP, Session-Id, at 20 + 5. */
static void test_length_fields(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        struct diameter_message m = expected_message(names[i]);

        unchanged = &m;
        for_each_bit_flip(message_of(names[i]), 25, 28, assert_other);
    }
}

/* Offset of the first AVP of a code without vendor; -1: there is none. */
static int find_avp(const uint8_t *message, size_t length, uint32_t code)
{
    for (size_t at = 20; at < length; at += (wire_load_u24(message + at + 5) + 3) & ~UINT32_C(3))
        if (wire_load_u32(message + at) == code)
            return (int)at;
    return -1;
}

/* Protocol errors are in Result-Code and set the E bit; those of the applications are not and do not. */
static void test_results(void)
{
    static const uint32_t results[] = {DIAMETER_SUCCESS,          DIAMETER_UNABLE_TO_DELIVER,
                                       DIAMETER_TOO_BUSY,         DIAMETER_UNABLE_TO_COMPLY,
                                       DIAMETER_IDENTITY_UNKNOWN, DIAMETER_NAF_NOT_AUTHORISED};

    for (unsigned i = 0; i < G_N_ELEMENTS(results); i++) {
        struct diameter_message m = zh_message(false), back;
        uint8_t out[600];
        size_t length;

        m.result = results[i];
        assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_OK);
        g_assert_cmpuint(out[4], ==, results[i] / 1000 == 3 ? 0x60 : 0x40);
        assert_status(diameter_decode(bytes_of(out, length), &back), WIRE_OK);
        assert_equal(&back, &m);
        g_assert_cmpint(find_avp(out, length, 297) >= 0, ==, results[i] >= 5400);
    }
}

/* Takes the AVP at `at`, of `len` bytes, out of a message. */
static size_t cut_avp(uint8_t *message, size_t length, size_t at, size_t len)
{
    memmove(message + at, message + at + len, length - at - len);
    length -= len;
    message[2] = (uint8_t)(length >> 8);
    message[3] = (uint8_t)length;
    return length;
}

/* An answer has a result, and a result is a number above 0 (§7.1). */
static void test_no_result(void)
{
    struct bytes wire = message_of("bia"), other = message_of("bia_5403");
    struct diameter_message m;
    uint8_t *block;
    struct bytes in = exact_copy(wire.at, wire.len, &block);
    int result = find_avp(block, in.len, 268), times = find_avp(block, in.len, 404);

    in.len = cut_avp(block, in.len, (size_t)result, 12);
    assert_status(diameter_decode(in, &m), WIRE_MALFORMED);
    in.len = wire.len;
    memcpy(block, wire.at, wire.len);
    memset(block + result + 8, 0, 4);
    assert_status(diameter_decode(in, &m), WIRE_MALFORMED);
    /* nor is 0 taken for none where an Experimental-Result follows, here in the place of both times */
    memcpy(block + times, other.at + find_avp(other.at, other.len, 297), 32);
    assert_status(diameter_decode(in, &m), WIRE_MALFORMED);
    g_free(block);
}

/* An agent on the way knows no application: its answer has the E bit and no Vendor-Specific-Application-Id
 * (§7.2). */
static void test_agent_answer(void)
{
    struct diameter_message m = zh_message(false), back;
    uint8_t out[600];
    size_t length;

    m.result = DIAMETER_UNABLE_TO_DELIVER;
    assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_OK);
    length = cut_avp(out, length, (size_t)find_avp(out, length, 260), 32);
    assert_status(diameter_decode(bytes_of(out, length), &back), WIRE_OK);
    assert_equal(&back, &m);
    out[4] &= 0xdf;
    assert_status(diameter_decode(bytes_of(out, length), &back), WIRE_MALFORMED);
}

/* 32 bits of seconds since 1900 turn in 2036. */
static void test_times(void)
{
    static const int64_t moments[] = {0, INT64_C(2085978495), INT64_C(2085978496), INT64_C(4102444800)};
    struct diameter_message m = expected_message("bia"), back;
    uint8_t out[800];
    size_t length;

    for (unsigned i = 0; i < G_N_ELEMENTS(moments); i++) {
        m.expiry_unix_s = m.bootstrap_unix_s = moments[i];
        assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_OK);
        assert_status(diameter_decode(bytes_of(out, length), &back), WIRE_OK);
        assert_equal(&back, &m);
    }
    m.expiry_unix_s = INT64_C(4233462144);
    assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_MALFORMED);
    m.expiry_unix_s = INT64_MIN;
    assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_MALFORMED);
}

#define REFUSE(name, change, status)                                                                         \
    do {                                                                                                     \
        struct diameter_message m = expected_message(name);                                                  \
        change;                                                                                              \
        assert_status(diameter_encode(&m, out, sizeof out, &length), status);                                \
    } while (0)

static void test_encode_refuses(void)
{
    static uint8_t out[4000], text[2001];
    size_t length;

    REFUSE("mar", m.command = 1, WIRE_UNSUPPORTED);
    REFUSE("mar", m.application = DIAMETER_ZN, WIRE_UNSUPPORTED);
    REFUSE("mar", m.impi.at = NULL, WIRE_MALFORMED);
    REFUSE("mar", m.destination_realm.at = NULL, WIRE_MALFORMED);
    REFUSE("mar_resync", m.resync.len = 29, WIRE_MALFORMED);
    REFUSE("maa", m.result = 0, WIRE_MALFORMED);
    REFUSE("maa", m.ck.at = NULL, WIRE_MALFORMED);
    REFUSE("maa", m.xres.len = 3, WIRE_MALFORMED);
    REFUSE("bir", m.naf_id.at = NULL, WIRE_MALFORMED);
    REFUSE("bir", m.b_tid.len = 0, WIRE_MALFORMED);
    REFUSE("bia", m.ks_naf.len = 31, WIRE_MALFORMED);
    REFUSE("bia", m.uss = bytes_of(text, 2001), WIRE_MALFORMED);
    REFUSE("bia", m.uss = bytes_of(text, 2000), WIRE_OK);
}

/* Each AVP is within its limit, and the whole message is over its own by four bytes. */
static void test_size_limit(void)
{
    struct diameter_message m = expected_message("bia"), back;
    static uint8_t text[2000], out[DIAMETER_MESSAGE_BYTES_MAX + 4];
    size_t length;

    m.session_id = m.origin_host = m.impi = bytes_of(text, 255);
    m.uss = bytes_of(text, sizeof text);
    m.origin_realm = bytes_of(text, 1);
    assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_OK);
    m.origin_realm.len += DIAMETER_MESSAGE_BYTES_MAX - length;
    assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_OK);
    g_assert_cmpuint(length, ==, DIAMETER_MESSAGE_BYTES_MAX);
    assert_status(diameter_decode(bytes_of(out, length), &back), WIRE_OK);
    assert_equal(&back, &m);
    m.origin_realm.len += 4;
    assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_LIMIT);
}

static void test_guss(void)
{
    uint32_t lifetime = 1;
    uint8_t out[8];
    size_t length;

    assert_status(diameter_guss_lifetime(uss_of(true), &lifetime), WIRE_OK);
    g_assert_cmpuint(lifetime, ==, 86400);
    assert_status(diameter_guss_lifetime(bytes_text("<guss><ussList/></guss>"), &lifetime), WIRE_OK);
    g_assert_cmpuint(lifetime, ==, 0);
    assert_status(diameter_guss_lifetime(bytes_text("<guss><bsfInfo><x/></bsfInfo></guss>"), &lifetime),
                  WIRE_OK);
    g_assert_cmpuint(lifetime, ==, 0);
    assert_status(diameter_guss_lifetime(uss_of(false), &lifetime), WIRE_MALFORMED);
#define LIFE(text) bytes_text("<guss><bsfInfo>" text "</bsfInfo></guss>")
    assert_status(diameter_guss_lifetime(LIFE("<lifeTime>4294967296</lifeTime>"), &lifetime), WIRE_LIMIT);
    assert_status(diameter_guss_lifetime(LIFE("<lifeTime>-1</lifeTime>"), &lifetime), WIRE_MALFORMED);
    assert_status(diameter_guss_lifetime(LIFE("<lifeTime/>"), &lifetime), WIRE_MALFORMED);
    assert_status(diameter_guss_lifetime(LIFE("<lifeTime>1</lifeTime><lifeTime>1</lifeTime>"), &lifetime),
                  WIRE_MALFORMED);
    assert_status(diameter_guss_encode(bytes_text(""), 1, out, sizeof out, &length), WIRE_MALFORMED);
    assert_status(diameter_uss_list_encode(bytes_text(""), out, sizeof out, &length), WIRE_MALFORMED);
    assert_status(diameter_guss_encode(bytes_text("a\"b"), 1, out, sizeof out, &length), WIRE_MALFORMED);
    assert_status(diameter_uss_list_encode(bytes_text("a&b"), out, sizeof out, &length), WIRE_MALFORMED);
    assert_status(diameter_uss_list_encode(bytes_text("ab"), out, sizeof out, &length), WIRE_NO_SPACE);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    file = vectors_open("diameter_computed.ini");
    gba = vectors_open("gba_ub_ua_computed.ini");
    g_test_add_func("/diameter/encode", test_encode);
    g_test_add_func("/diameter/decode", test_decode);
    g_test_add_func("/diameter/truncated", test_truncated);
    g_test_add_func("/diameter/bit-flips", test_bit_flips);
    g_test_add_func("/diameter/length-fields", test_length_fields);
    g_test_add_func("/diameter/results", test_results);
    g_test_add_func("/diameter/no-result", test_no_result);
    g_test_add_func("/diameter/agent-answer", test_agent_answer);
    g_test_add_func("/diameter/times", test_times);
    g_test_add_func("/diameter/encode-refuses", test_encode_refuses);
    g_test_add_func("/diameter/size-limit", test_size_limit);
    g_test_add_func("/diameter/guss", test_guss);
    return g_test_run();
}
