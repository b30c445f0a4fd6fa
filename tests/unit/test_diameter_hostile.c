/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Diameter from hostile hands: the example messages with AVPs added and headers changed. */
#include "models/wire/diameter.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

static GKeyFile *file;

static struct bytes message_of(const char *name)
{
    return vector_hex(file, name, "hex");
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

/* AVPs that may come with the M bit though no row has them, and their neighbours (TS 29.109 §6). */
static void test_ignored_codes(void)
{
    static const struct {
        uint16_t code;
        enum wire_status status;
    } cases[] = {{399, WIRE_UNSUPPORTED}, {400, WIRE_OK},         {420, WIRE_OK}, {421, WIRE_UNSUPPORTED},
                 {606, WIRE_UNSUPPORTED}, {607, WIRE_OK},         {613, WIRE_OK}, {614, WIRE_UNSUPPORTED},
                 {608, WIRE_UNSUPPORTED}, {611, WIRE_UNSUPPORTED}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t extra[] = {0, 0, cases[i].code >> 8, cases[i].code & 0xff, 0xc0, 0, 0, 12, 0, 0, 0x28, 0xaf};

        g_test_message("%u", cases[i].code);
        check_extra("mar", extra, sizeof extra, cases[i].status);
    }
}

/* What a Failed-AVP quotes is looked into where it is a group: Vendor-Specific-Application-Id 260,
 * Experimental-Result 297, Proxy-Info 284, SIP-Auth-Data-Item 612; not where it is something else. */
static void test_failed_groups(void)
{
    static const struct {
        uint16_t code;
        bool vendor, group;
    } cases[] = {{260, false, true}, {297, false, true},  {284, false, true}, {279, false, true},
                 {612, true, true},  {612, false, false}, {260, true, false}, {1, false, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t head = cases[i].vendor ? 12 : 8;
        uint8_t extra[32] = {0, 0, 1, 0x17, 0x40, 0, 0, (uint8_t)(16 + head)};
        uint8_t *child = extra + 8;

        child[2] = (uint8_t)(cases[i].code >> 8);
        child[3] = (uint8_t)cases[i].code;
        child[4] = cases[i].vendor ? 0xc0 : 0x40;
        child[7] = (uint8_t)(8 + head);
        if (cases[i].vendor)
            memcpy(child + 8, (const uint8_t[]){0, 0, 0x28, 0xaf}, 4);
        child[head + 7] = 8; /* one AVP of no data */
        check_extra("mar", extra, 16 + head, WIRE_OK);
        child[head + 7] = 7;
        check_extra("mar", extra, 16 + head, cases[i].group ? WIRE_MALFORMED : WIRE_OK);
    }
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
    /* the first as a Failed-AVP around the others: its children count like all others */
    extra[2] = 0x01;
    extra[3] = 0x17;
    extra[6] = (uint8_t)((sizeof extra - 8) >> 8);
    extra[7] = (uint8_t)(sizeof extra - 8);
    check_extra("mar", extra, sizeof extra - 8, WIRE_OK);
    extra[6] = (uint8_t)(sizeof extra >> 8);
    extra[7] = (uint8_t)sizeof extra;
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

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    file = vectors_open("diameter_computed.ini");
    g_test_add_func("/diameter/hostile/extra-avps", test_extra_avps);
    g_test_add_func("/diameter/hostile/ignored-codes", test_ignored_codes);
    g_test_add_func("/diameter/hostile/failed-groups", test_failed_groups);
    g_test_add_func("/diameter/hostile/depth", test_depth);
    g_test_add_func("/diameter/hostile/avp-limit", test_avp_limit);
    g_test_add_func("/diameter/hostile/headers", test_headers);
    return g_test_run();
}
