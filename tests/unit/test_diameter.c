/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Diameter: the six example messages byte for byte and back, and what has to be refused. */
#include "models/wire/diameter.h"
#include "models/wire/read.h"
#include "tests/unit/tap.h"
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

/* A message of our own with `extra` behind its AVPs. */
static struct bytes with_avps(const char *name, const void *extra, size_t len, uint8_t **block)
{
    struct bytes wire = message_of(name), both;

    *block = g_malloc(wire.len + len);
    memcpy(*block, wire.at, wire.len);
    memcpy(*block + wire.len, extra, len);
    both = bytes_of(*block, wire.len + len);
    (*block)[2] = (uint8_t)(both.len >> 8);
    (*block)[3] = (uint8_t)both.len;
    return both;
}

static void check_extra(const char *name, const void *extra, size_t len, enum wire_status expected)
{
    struct diameter_message m;
    uint8_t *block;
    struct bytes in = with_avps(name, extra, len, &block);

    assert_status(diameter_decode(in, &m), expected);
    g_free(block);
}

#define CHECK_EXTRA(name, status, ...)                                                                       \
    do {                                                                                                     \
        static const uint8_t extra[] = {__VA_ARGS__};                                                        \
        check_extra(name, extra, sizeof extra, status);                                                      \
    } while (0)

static void test_extra_avps(void)
{
    /* unknown, without and with the M bit; with a vendor that is not 3GPP's; known and of no interest */
    CHECK_EXTRA("mar", WIRE_OK, 0, 0, 0x27, 0x0f, 0, 0, 0, 8);
    CHECK_EXTRA("mar", WIRE_UNSUPPORTED, 0, 0, 0x27, 0x0f, 0x40, 0, 0, 8);
    CHECK_EXTRA("mar", WIRE_UNSUPPORTED, 0, 0, 1, 0x99, 0xc0, 0, 0, 12, 0, 0, 0, 1);
    CHECK_EXTRA("mar", WIRE_OK, 0, 0, 1, 0x99, 0xc0, 0, 0, 12, 0, 0, 0x28, 0xaf);
    CHECK_EXTRA("mar", WIRE_OK, 0, 0, 1, 0x16, 0x40, 0, 0, 12, 0, 0, 0, 7);
    /* User-Name of another vendor is no User-Name; a second one is one too many */
    CHECK_EXTRA("mar", WIRE_OK, 0, 0, 0, 1, 0x80, 0, 0, 13, 0, 0, 0, 1, 'x', 0, 0, 0);
    CHECK_EXTRA("mar", WIRE_MALFORMED, 0, 0, 0, 1, 0x40, 0, 0, 9, 'x', 0, 0, 0);
    /* GAA-Service-Identifier may come again */
    CHECK_EXTRA("bir", WIRE_OK, 0, 0, 1, 0x93, 0xc0, 0, 0, 13, 0, 0, 0x28, 0xaf, '1', 0, 0, 0);
    /* lengths: shorter than the header, than header and vendor, over the end */
    CHECK_EXTRA("mar", WIRE_MALFORMED, 0, 0, 0x27, 0x0f, 0, 0, 0, 7);
    CHECK_EXTRA("mar", WIRE_MALFORMED, 0, 0, 0x27, 0x0f, 0, 0, 0, 0);
    CHECK_EXTRA("mar", WIRE_MALFORMED, 0, 0, 0x27, 0x0f, 0x80, 0, 0, 8, 0, 0, 0x28, 0xaf);
    CHECK_EXTRA("mar", WIRE_TRUNCATED, 0, 0, 0x27, 0x0f, 0, 0, 0, 9);
    CHECK_EXTRA("mar", WIRE_TRUNCATED, 0, 0, 0x27, 0x0f, 0, 0xff, 0xff, 0xff);
    CHECK_EXTRA("mar", WIRE_TRUNCATED, 0, 0, 0x27, 0x0f);
    /* a result and an experimental result; a vector without its keys; AUTS too short */
    CHECK_EXTRA("bia_5403", WIRE_MALFORMED, 0, 0, 1, 0x0c, 0x40, 0, 0, 12, 0, 0, 7, 0xd1);
    CHECK_EXTRA("bia_5403", WIRE_MALFORMED, 0, 0, 1, 0x95, 0xc0, 0, 0, 13, 0, 0, 0x28, 0xaf, 'k', 0, 0, 0);
    CHECK_EXTRA("mar", WIRE_MALFORMED, 0, 0, 2, 0x64, 0xc0, 0, 0, 12, 0, 0, 0x28, 0xaf);
    CHECK_EXTRA("mar", WIRE_MALFORMED, 0, 0, 2, 0x64, 0xc0, 0, 0, 28, 0, 0, 0x28, 0xaf, 0, 0, 2, 0x62, 0xc0,
                0, 0, 16, 0, 0, 0x28, 0xaf, 1, 2, 3, 4);
}

/* Failed-AVP may hold Failed-AVPs, but not without end. */
static void test_depth(void)
{
    for (unsigned depth = 1; depth <= DIAMETER_DEPTH_MAX + 1; depth++) {
        uint8_t extra[8 * (DIAMETER_DEPTH_MAX + 1)] = {0};

        for (unsigned i = 0; i < depth; i++) {
            const uint8_t head[8] = {0, 0, 1, 0x17, 0x40, 0, 0, (uint8_t)(8 * (depth - i))};

            memcpy(extra + 8 * i, head, sizeof head);
        }
        check_extra("mar", extra, (size_t)8 * depth, depth > DIAMETER_DEPTH_MAX ? WIRE_LIMIT : WIRE_OK);
        extra[7]++;
        check_extra("mar", extra, (size_t)8 * depth, WIRE_TRUNCATED);
    }
}

static void test_avp_limit(void)
{
    enum { MAR_AVPS = 10 };
    uint8_t extra[8 * (DIAMETER_AVPS_MAX - MAR_AVPS + 1)] = {0};

    for (unsigned i = 0; i < sizeof extra / 8; i++) {
        extra[8 * i + 2] = 0x27;
        extra[8 * i + 7] = 8;
    }
    check_extra("mar", extra, sizeof extra - 8, WIRE_OK);
    check_extra("mar", extra, sizeof extra, WIRE_LIMIT);
}

static void check_byte(size_t at, uint8_t value, enum wire_status expected)
{
    struct bytes wire = message_of("mar");
    struct diameter_message m;
    uint8_t *block;
    struct bytes copy = exact_copy(wire.at, wire.len, &block);

    block[at] = value;
    assert_status(diameter_decode(copy, &m), expected);
    g_free(block);
}

static void test_headers(void)
{
    static const uint8_t beyond[20] = {1, 0, DIAMETER_MESSAGE_BYTES_MAX >> 8,
                                       (DIAMETER_MESSAGE_BYTES_MAX & 0xff) + 4};
    static const uint8_t odd[20] = {1, 0, 0, 21}, tiny[20] = {1, 0, 0, 16}, version_2[] = {2};
    struct diameter_message m;

    check_byte(0, 2, WIRE_UNSUPPORTED);
    check_byte(1, 1, WIRE_LIMIT);
    check_byte(3, 0x58, WIRE_MALFORMED); /* shorter than the datagram */
    check_byte(3, 0x60, WIRE_TRUNCATED);
    check_byte(4, 0xe0, WIRE_MALFORMED);   /* a request with the E bit */
    check_byte(4, 0x40, WIRE_UNSUPPORTED); /* an answer with a Destination-Realm */
    check_byte(7, 0x30, WIRE_UNSUPPORTED);
    check_byte(11, 4, WIRE_UNSUPPORTED);      /* MAR on Zn */
    check_byte(0x5f, 0xae, WIRE_UNSUPPORTED); /* another vendor's application */
    g_assert_cmpint(diameter_frame(bytes_of(beyond, 20)), ==, -1);
    g_assert_cmpint(diameter_frame(bytes_of(odd, 20)), ==, -1);
    g_assert_cmpint(diameter_frame(bytes_of(tiny, 20)), ==, -1);
    g_assert_cmpint(diameter_frame(bytes_of(version_2, 1)), ==, -1);
    g_assert_cmpint(diameter_frame((struct bytes){NULL, 0}), ==, 0);
    assert_status(diameter_decode((struct bytes){NULL, 0}, &m), WIRE_TRUNCATED);
    assert_status(diameter_decode(bytes_of(odd, 20), &m), WIRE_MALFORMED);
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

/* An agent on the way knows no application: its answer has the E bit and no Vendor-Specific-Application-Id
 * (§7.2). */
static void test_agent_answer(void)
{
    struct diameter_message m = zh_message(false), back;
    uint8_t out[600];
    size_t length, at;

    m.result = DIAMETER_UNABLE_TO_DELIVER;
    assert_status(diameter_encode(&m, out, sizeof out, &length), WIRE_OK);
    at = (size_t)find_avp(out, length, 260);
    memmove(out + at, out + at + 32, length - at - 32);
    length -= 32;
    out[2] = (uint8_t)(length >> 8);
    out[3] = (uint8_t)length;
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
    static uint8_t out[4000];
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
    REFUSE("bia", m.uss = bytes_of(out, 2001), WIRE_MALFORMED);
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
    g_test_add_func("/diameter/extra-avps", test_extra_avps);
    g_test_add_func("/diameter/depth", test_depth);
    g_test_add_func("/diameter/avp-limit", test_avp_limit);
    g_test_add_func("/diameter/headers", test_headers);
    g_test_add_func("/diameter/results", test_results);
    g_test_add_func("/diameter/agent-answer", test_agent_answer);
    g_test_add_func("/diameter/times", test_times);
    g_test_add_func("/diameter/encode-refuses", test_encode_refuses);
    g_test_add_func("/diameter/guss", test_guss);
    return g_test_run();
}
