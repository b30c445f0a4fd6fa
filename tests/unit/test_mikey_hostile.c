/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MIKEY from hostile hands: small messages with one fault each, and key data sub-payloads. */
#include "models/wire/mikey.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

#define ZERO_MAC   "0000000000000000000000000000000000000000"
#define INIT       "01000500000000000001" /* HDR, T next */
#define T(next)    next "0200000001"
#define RAND(next) next "10000102030405060708090a0b0c0d0e0f"
#define KEMAC      "0001000001" ZERO_MAC
#define VERIFY     "0001" ZERO_MAC
#define EXT(next)  next "030005000300f110"
#define ERROR      "01060500000000000001"

static GKeyFile *computed;

struct fault {
    const char *what, *hex;
    enum wire_status status;
};

static void check_hex(const char *what, const char *hex, enum wire_status expected)
{
    size_t len = strlen(hex) / 2;
    uint8_t *in = g_malloc(len);
    struct mikey_message m;

    for (size_t i = 0; i < len; i++)
        in[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    g_test_message("%s", what);
    assert_status(mikey_decode(bytes_of(in, len), &m), expected);
    g_free(in);
}

static void check_faults(const struct fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_hex(faults[i].what, faults[i].hex, faults[i].status);
}

static void test_payloads(void)
{
    static const struct fault faults[] = {
        {"no fault", INIT T("0b") RAND("01") KEMAC, WIRE_OK},
        {"no RAND: an update", INIT T("01") KEMAC, WIRE_OK},
        {"RAND twice", INIT T("0b") RAND("0b") RAND("01") KEMAC, WIRE_MALFORMED},
        {"T twice", INIT T("05") T("01") KEMAC, WIRE_MALFORMED},
        {"EXT twice", INIT T("15") EXT("15") EXT("01") KEMAC, WIRE_MALFORMED},
        {"foreign EXT beside ours", INIT T("15") "15000003414243" EXT("01") KEMAC, WIRE_OK},
        {"foreign EXT over the end", INIT T("15") "1500ff03414243" EXT("01") KEMAC, WIRE_TRUNCATED},
        {"SP under an empty map", INIT T("0a") "01000000030001ff" KEMAC, WIRE_MALFORMED},
        {"SP, no sessions", "01000500000000000000" T("0a") "01000000030001ff" KEMAC, WIRE_OK},
        {"SP parameter over the end", "01000500000000000000" T("0a") "01000000030002ff" KEMAC,
         WIRE_TRUNCATED},
        {"three IDs",
         INIT T("06") "06000000"
                      "06000000"
                      "01000000" KEMAC,
         WIRE_MALFORMED},
        {"ID of a type that nobody knows", INIT T("06") "01ff0000" KEMAC, WIRE_OK},
        {"V for an initiator", INIT T("09") VERIFY, WIRE_MALFORMED},
        {"KEMAC behind an error", INIT T("0c") "01000000" KEMAC, WIRE_MALFORMED},
        {"byte after the MAC", INIT T("01") KEMAC "00", WIRE_MALFORMED},
        {"payload after KEMAC", INIT T("01") "0501000001" ZERO_MAC T("00"), WIRE_MALFORMED},
        {"KEMAC names a payload", INIT T("01") "0501000001" ZERO_MAC, WIRE_MALFORMED},
        {"MAC NULL", INIT T("01") "0001000000", WIRE_UNSUPPORTED},
        {"MAC NULL with a MAC", INIT T("01") "0001000000" ZERO_MAC, WIRE_UNSUPPORTED},
        {"encryption 3", INIT T("01") "0003000001" ZERO_MAC, WIRE_UNSUPPORTED},
        {"encrypted data over the end", INIT T("01") "0001ffff01" ZERO_MAC, WIRE_TRUNCATED},
        {"no KEMAC", INIT T("00"), WIRE_MALFORMED},
        {"bytes after the last payload", INIT T("00") "00", WIRE_MALFORMED},
        {"RAND of 15", INIT T("0b") "010f000102030405060708090a0b0c0d0e" KEMAC, WIRE_MALFORMED},
        {"nothing behind the code", INIT T("0b"), WIRE_TRUNCATED},
    };

    check_faults(faults, G_N_ELEMENTS(faults));
}

/* Codes of other methods are known but not ours; the rest is unassigned, or belongs inside a KEMAC. */
static void test_unknown_payloads(void)
{
    static const uint8_t ours[] = {0, 1, 5, 6, 9, 10, 11, 12, 21};

    for (int code = 0; code < 256; code++) {
        if (memchr(ours, code, sizeof ours) == NULL) {
            char *hex = g_strdup_printf(INIT "%02x0200000001" RAND("01") KEMAC, (unsigned)code);

            check_hex("unknown code", hex, code <= 8 ? WIRE_UNSUPPORTED : WIRE_MALFORMED);
            g_free(hex);
        }
    }
}

static void test_headers(void)
{
    static const struct fault faults[] = {
        {"no fault", ERROR T("0c") "00000000", WIRE_OK},
        {"version 2", "02060500000000000001" T("0c") "00000000", WIRE_UNSUPPORTED},
        {"Diffie-Hellman", "01040500000000000001" T("0c") "00000000", WIRE_UNSUPPORTED},
        {"PRF 1", "01060501000000000001" T("0c") "00000000", WIRE_UNSUPPORTED},
        {"map type 2", "01060500000000000002" T("0c") "00000000", WIRE_UNSUPPORTED},
        {"255 sessions, no map", "0106050000000000ff00" T("0c") "00000000", WIRE_TRUNCATED},
        {"no payload at all", "01060000000000000001", WIRE_MALFORMED},
        {"no T",
         "01060c00000000000001"
         "00000000",
         WIRE_MALFORMED},
        {"timestamp type 3",
         ERROR "0c0300000001"
               "00000000",
         WIRE_UNSUPPORTED},
        {"64-bit timestamp",
         ERROR "0c000102030405060708"
               "00000000",
         WIRE_OK},
        {"error 13", ERROR T("0c") "000d0000", WIRE_UNSUPPORTED},
        {"error twice",
         ERROR T("0c") "0c000000"
                       "00000000",
         WIRE_MALFORMED},
        {"byte after the error", ERROR T("0c") "0000000000", WIRE_MALFORMED},
        {"authenticated error", ERROR T("0c") "09000000" VERIFY, WIRE_OK},
        {"ID in an error",
         ERROR T("06") "0c000000"
                       "00000000",
         WIRE_MALFORMED},
        {"verification", "01010500000000000001" T("09") VERIFY, WIRE_OK},
        {"RAND in a verification", "01010500000000000001" T("0b") RAND("09") VERIFY, WIRE_MALFORMED},
        {"two IDs in a verification",
         "01010500000000000001" T("06") "06000000"
                                        "09000000" VERIFY,
         WIRE_MALFORMED},
        {"verification without a MAC", "01010500000000000001" T("09") "0000", WIRE_UNSUPPORTED},
    };

    check_faults(faults, G_N_ELEMENTS(faults));
}

static void test_key_ids(void)
{
    static const struct fault faults[] = {
        {"empty extension", INIT T("15") "01030000" KEMAC, WIRE_MALFORMED},
        {"domain of two bytes", INIT T("15") "01030004000200f1" KEMAC, WIRE_MALFORMED},
        {"MSK ID of three bytes", INIT T("15") "010300050103000500" KEMAC, WIRE_MALFORMED},
        {"MTK ID of no byte", INIT T("15") "010300020200" KEMAC, WIRE_MALFORMED},
        {"MTK ID of nine bytes", INIT T("15") "0103000b0209010203040506070809" KEMAC, WIRE_MALFORMED},
        {"MSK ID twice", INIT T("15") "0103000c010400050001010400050001" KEMAC, WIRE_MALFORMED},
        {"unknown sub-payload", INIT T("15") "01030009070180010400050001" KEMAC, WIRE_OK},
        {"sub-payload over the end", INIT T("15") "010300050004000500" KEMAC, WIRE_TRUNCATED},
        {"sub-payload without length", INIT T("15") "0103000101" KEMAC, WIRE_TRUNCATED},
    };

    check_faults(faults, G_N_ELEMENTS(faults));
}

static void test_payload_limit(void)
{
    GString *hex = g_string_new("01001500000000000001");

    for (unsigned i = 0; i < MIKEY_PAYLOADS_MAX - 3; i++)
        g_string_append(hex, "15000000");
    g_string_append(hex, "05000000" T("01") KEMAC);
    check_hex("as many payloads as allowed", hex->str, WIRE_OK);
    g_string_insert(hex, 20, "15000000");
    check_hex("one more", hex->str, WIRE_LIMIT);
    g_string_free(hex, TRUE);
}

static void check_key_data(struct bytes plain, const struct mikey_key_data *expected)
{
    struct mikey_key_data d;
    struct bytes rest;
    uint8_t out[64];
    size_t length;

    assert_status(mikey_key_data_decode(plain, &d, &rest), WIRE_OK);
    g_assert_cmpuint(rest.len, ==, 0);
    g_assert_cmpuint(d.type, ==, expected->type);
    g_assert_cmpuint(d.kv, ==, expected->kv);
    assert_bytes(d.key, expected->key);
    assert_bytes(d.salt, expected->salt);
    assert_bytes(d.spi, expected->spi);
    assert_bytes(d.valid_from, expected->valid_from);
    assert_bytes(d.valid_to, expected->valid_to);
    assert_status(mikey_key_data_encode(expected, out, sizeof out, &length), WIRE_OK);
    g_assert_cmpmem(out, length, plain.at, plain.len);
    for (size_t room = 0; room < plain.len; room++)
        assert_status(mikey_key_data_encode(expected, out, room, &length), WIRE_NO_SPACE);
}

static void assert_key_data_refused(struct bytes in)
{
    struct mikey_key_data d;
    struct bytes rest;

    g_assert_cmpint(mikey_key_data_decode(in, &d, &rest), !=, WIRE_OK);
}

static void test_key_data(void)
{
    struct bytes msk = vector_hex(computed, "msk_push", "key_data_plain");
    struct bytes mtk = vector_hex(computed, "mtk", "key_data_plain");
    static const uint8_t spi[] = {0, 0x21, 0, 1, 0xaa, 2, 1, 2};
    static const uint8_t validity[] = {0, 0x22, 0, 0, 2, 0, 1, 2, 0, 2}; /* no key, an interval */

    check_key_data(msk, &(struct mikey_key_data){.type = MIKEY_KEY_TEK,
                                                 .kv = MIKEY_KV_INTERVAL,
                                                 .key = vector_hex(computed, "profile_inputs", "msk"),
                                                 .valid_from = vector_hex(computed, "profile_inputs", "seql"),
                                                 .valid_to = vector_hex(computed, "profile_inputs", "sequ")});
    check_key_data(mtk, &(struct mikey_key_data){.type = MIKEY_KEY_TEK_SALT,
                                                 .key = vector_hex(computed, "profile_inputs", "mtk"),
                                                 .salt = vector_hex(computed, "profile_inputs", "mtk_salt")});
    check_key_data(bytes_of(spi, sizeof spi), &(struct mikey_key_data){.type = MIKEY_KEY_TEK,
                                                                       .kv = MIKEY_KV_SPI,
                                                                       .key = bytes_of(spi + 4, 1),
                                                                       .spi = bytes_of(spi + 6, 2)});
    check_key_data(bytes_of(validity, sizeof validity),
                   &(struct mikey_key_data){.type = MIKEY_KEY_TEK,
                                            .kv = MIKEY_KV_INTERVAL,
                                            .valid_from = bytes_of(validity + 5, 2),
                                            .valid_to = bytes_of(validity + 8, 2)});
    for_each_truncation(msk, assert_key_data_refused);
    for_each_truncation(mtk, assert_key_data_refused);
    for_each_truncation(bytes_of(spi, sizeof spi), assert_key_data_refused);
}

static void test_key_data_list(void)
{
    static const uint8_t two[] = {20, 0x20, 0, 1, 0xaa, 0, 0x20, 0, 1, 0xbb};
    static const uint8_t bad[][5] = {
        {0, 0x40, 0, 1, 1}, {0, 0x03, 0, 1, 1}, {20, 0, 0, 1, 1}, {1, 0, 0, 1, 1}};
    static const uint8_t empty_key[] = {0, 0x20, 0, 0}, trailing[] = {0, 0x20, 0, 1, 1, 0};
    struct mikey_key_data d;
    struct bytes rest;

    assert_status(mikey_key_data_decode(bytes_of(two, sizeof two), &d, &rest), WIRE_OK);
    assert_bytes(d.key, bytes_of(two + 4, 1));
    assert_status(mikey_key_data_decode(rest, &d, &rest), WIRE_OK);
    assert_bytes(d.key, bytes_of(two + 9, 1));
    g_assert_cmpuint(rest.len, ==, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_key_data_refused(bytes_of(bad[i], sizeof bad[i]));
    assert_key_data_refused(bytes_of(empty_key, sizeof empty_key));
    assert_key_data_refused(bytes_of(trailing, sizeof trailing));
}

static void check_key_data_encode(struct mikey_key_data d, enum wire_status expected)
{
    uint8_t *out = g_malloc(2 * UINT16_MAX);
    size_t length;

    assert_status(mikey_key_data_encode(&d, out, 2 * UINT16_MAX, &length), expected);
    g_free(out);
}

/* Lengths have 16 bits for key and salt, 8 for SPI and validity: the longest that they tell, and one more. */
static void test_key_data_refused(void)
{
    uint8_t *zeros = g_malloc0(UINT16_MAX + 1);
    const struct bytes one = bytes_of(zeros, 1), most = bytes_of(zeros, UINT16_MAX);
    const struct bytes most_8 = bytes_of(zeros, UINT8_MAX), over_8 = bytes_of(zeros, UINT8_MAX + 1);
    const struct bytes over = bytes_of(zeros, UINT16_MAX + 1);
#define CHECK(expected, ...) check_key_data_encode((struct mikey_key_data){__VA_ARGS__}, expected)

    CHECK(WIRE_UNSUPPORTED, .type = 4, .key = one);
    CHECK(WIRE_UNSUPPORTED, .kv = 3, .key = one);
    CHECK(WIRE_MALFORMED, .kv = MIKEY_KV_NULL);
    CHECK(WIRE_MALFORMED, .kv = MIKEY_KV_SPI, .spi = one);
    CHECK(WIRE_OK, .type = MIKEY_KEY_TGK, .key = most);
    CHECK(WIRE_LIMIT, .type = MIKEY_KEY_TGK, .key = over);
    CHECK(WIRE_OK, .type = MIKEY_KEY_TGK_SALT, .key = one, .salt = most);
    CHECK(WIRE_LIMIT, .type = MIKEY_KEY_TGK_SALT, .key = one, .salt = over);
    CHECK(WIRE_OK, .kv = MIKEY_KV_SPI, .key = one, .spi = most_8);
    CHECK(WIRE_LIMIT, .kv = MIKEY_KV_SPI, .key = one, .spi = over_8);
    CHECK(WIRE_OK, .kv = MIKEY_KV_INTERVAL, .valid_from = most_8, .valid_to = most_8);
    CHECK(WIRE_LIMIT, .kv = MIKEY_KV_INTERVAL, .valid_from = over_8, .valid_to = most_8);
    CHECK(WIRE_LIMIT, .kv = MIKEY_KV_INTERVAL, .valid_from = most_8, .valid_to = over_8);
#undef CHECK
    g_free(zeros);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    computed = vectors_open("mikey_computed.ini");
    g_test_add_func("/mikey/hostile/payloads", test_payloads);
    g_test_add_func("/mikey/hostile/unknown-payloads", test_unknown_payloads);
    g_test_add_func("/mikey/hostile/headers", test_headers);
    g_test_add_func("/mikey/hostile/key-ids", test_key_ids);
    g_test_add_func("/mikey/hostile/payload-limit", test_payload_limit);
    g_test_add_func("/mikey/key-data", test_key_data);
    g_test_add_func("/mikey/key-data/list", test_key_data_list);
    g_test_add_func("/mikey/key-data/refused", test_key_data_refused);
    return g_test_run();
}
