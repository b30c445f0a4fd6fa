/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm decode: what it prints of every MIKEY vector, what it verifies, and that it refuses exactly
 * what the codec refuses, each time with a place and a reason. */
#include "models/crypto/mikey_keys.h"
#include "models/wire/mikey.h"
#include "sim/cli/decode.h"
#include "sim/cli/decode_parts.h"
#include "tests/tap/tap.h"
#include "tests/unit/decode_log.h"
#include "tests/unit/wire_vectors.h"

static GKeyFile *computed, *published;
static struct decode_keylog *whole_log;
static const struct decode_options print_only;

static const char *const computed_groups[] = {"solicited_pull", "msk_push", "msk_ack", "mtk",
                                              "error_auth_failure"};
static const char *const published_groups[] = {
    "card_test_messages.messages.msk_v0_a", "card_test_messages.messages.msk_v0_b",
    "card_test_messages.messages.msk_v1",   "card_test_messages.messages.mtk_a",
    "card_test_messages.messages.mtk_b",    "card_test_messages.messages.mtk_c"};

static struct decode_keylog *log_of(const char *text)
{
    char *path = new_file(text, -1);
    GString *error = g_string_new(NULL);
    struct decode_keylog *keylog = decode_keylog_open(path, bytes_of(NULL, 0), error);

    g_assert_cmpstr(error->str, ==, "");
    g_assert_nonnull(keylog);
    g_string_free(error, TRUE);
    drop_file(path);
    return keylog;
}

/* Decodes, and checks the outcome: each of the `texts` (up to a NULL) must be in the output or in the
 * error. */
static void expect(struct bytes message, const struct decode_options *options, int status,
                   const char *const *texts)
{
    GString *out = g_string_new(NULL), *error = g_string_new(NULL);

    g_assert_cmpint(decode_message(message, options, out, error), ==, status);
    g_test_message("%s%s", out->str, error->str);
    g_assert_true((status == 0) == (error->len == 0));
    for (; *texts != NULL; texts++)
        if (strstr(out->str, *texts) == NULL && strstr(error->str, *texts) == NULL)
            g_error("\"%s\" is neither in\n%s\nnor in: %s", *texts, out->str, error->str);
    g_string_free(out, TRUE);
    g_string_free(error, TRUE);
}

#define EXPECT(message, options, status, ...)                                                                \
    expect((message), (options), (status), (const char *const[]){__VA_ARGS__, NULL})

static struct bytes message_of(const char *group)
{
    return vector_hex(computed, group, "message");
}

static void test_print(void)
{
    EXPECT(message_of("solicited_pull"), &print_only, 0, "182 bytes: a solicited pull",
           "    10  -- general extension", "MCC 001, MNC 01",
           "Key Group 5, Key Number 0: request the current MSK (solicited pull)", "counter 1",
           "\"bmsc.mnc001.mcc001.pub.3gppnetwork.org\"; initiator (IDi)",
           "\"" LOG_B_TID "\"; responder (IDr)", "000102030405060708090a0b0c0d0e0f", "AES-CM-128",
           "none: the KEMAC carries the MAC alone", "over bytes 0 to 161", "MIKEY-1 (HMAC-SHA-1)",
           "no verification message is wanted", "626d73632e6d6e633030312e... 38 bytes");
    EXPECT(message_of("msk_push"), &print_only, 0, "208 bytes: an MSK message",
           "a verification message is wanted", "Key Group 5, Key Number 1", "counter 2", "encrypted");
    EXPECT(message_of("msk_ack"), &print_only, 0, "104 bytes: an ACK", "\"" LOG_B_TID "\"; responder (IDr)",
           "bed3e570e65fca3e40c02993... 20 bytes", "    82  -- V: verification message");
    EXPECT(message_of("mtk"), &print_only, 0, "96 bytes: an MTK message", "MTK ID");
    EXPECT(message_of("error_auth_failure"), &print_only, 0, "20 bytes: an error message",
           "0: authentication failure");
}

static void test_print_published(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(published_groups); i++) {
        bool mtk = strstr(published_groups[i], ".mtk_") != NULL;

        EXPECT(vector_hex(published, published_groups[i], "hex"), &print_only, 0,
               mtk ? "82 bytes: an MTK message" : "an MSK message", "aaaabbbb", "COUNTER, 32 bits");
    }
    EXPECT(vector_hex(published, published_groups[0], "hex"), &print_only, 0, "\"\\x01www.motv.com\"",
           "no MCC and MNC in it");
}

static void test_verify_muk(void)
{
    const struct decode_options with_log = {.keylog = whole_log};

    EXPECT(message_of("solicited_pull"), &with_log, 0, "MAC is right under the MUK of \"" LOG_B_TID "\"");
    EXPECT(message_of("msk_push"), &with_log, 0, "MAC is right", "type 2: TEK; validity 2: interval",
           "     4  " LOG_MSK, "    21  0000 ", "MTK IDs above 0", "    24  fffe ", "MTK IDs up to 65534",
           "MSK 00050001 equals the one in the key log");
    EXPECT(message_of("msk_invalidation"), &with_log, 0, "MTK IDs above 2", "MTK IDs up to 1",
           "SEQl is above SEQu: the MSK is made invalid");
    EXPECT(message_of("msk_push_tgk"), &with_log, 0, "type 0: TGK; validity 2: interval",
           "SEQu is the highest possible value, which TS 33.246 clause 6.4.5.1 does not allow");
    EXPECT(message_of("error_auth_failure"), &with_log, 0, "nothing to verify");
}

static void test_verify_ack(void)
{
    GString *rand = g_string_new("0123456789abcdef");
    struct bytes rand_bytes = vector_hex(computed, "msk_push", "rand");
    struct decode_options options = {.keylog = whole_log};

    EXPECT(message_of("msk_ack"), &options, 1, "its RAND is missing, give it with --rand");
    options.rand = rand_bytes;
    EXPECT(message_of("msk_ack"), &options, 0, "MAC is right",
           "\"bmsc.mnc001.mcc001.pub.3gppnetwork.org\" (derived");
    options.bmsc = "bmsc.mnc001.mcc001.pub.3gppnetwork.org";
    EXPECT(message_of("msk_ack"), &options, 0, "MAC is right");
    options.bmsc = "bmsc.mnc002.mcc001.pub.3gppnetwork.org";
    EXPECT(message_of("msk_ack"), &options, 1,
           "MAC does not verify under any of the 2 MUKs of \"" LOG_B_TID "\"");
    options.bmsc = NULL;
    options.rand = bytes_of(rand->str, 16);
    EXPECT(message_of("msk_ack"), &options, 1, "MAC does not verify");
    g_string_free(rand, TRUE);
}

/* An ACK whose B-TID names no network, and one that names no UE. */
static void test_verify_ack_names(void)
{
    struct decode_options options = {.keylog = whole_log, .rand = vector_hex(computed, "msk_push", "rand")};
    struct mikey_message ack = {.data_type = MIKEY_PSK_VERIFICATION,
                                .map_type = MIKEY_MAP_EMPTY,
                                .has_t = true,
                                .ts_type = MIKEY_TS_COUNTER,
                                .ts = 2,
                                .has_idr = true,
                                .idr = bytes_text("somebody@somewhere"),
                                .has_verification = true,
                                .auth_alg = MIKEY_MAC_HMAC_SHA1_160};
    uint8_t out[256];
    size_t len;

    assert_status(mikey_encode(&ack, out, sizeof out, &len), WIRE_OK);
    EXPECT(bytes_of(out, len), &options, 1, "give it with --bmsc");
    options.bmsc = "bmsc";
    EXPECT(bytes_of(out, len), &options, 1, "the key log has no MUK for the B-TID \"somebody@somewhere\"");
    ack.has_idr = false;
    assert_status(mikey_encode(&ack, out, sizeof out, &len), WIRE_OK);
    EXPECT(bytes_of(out, len), &options, 1, "has no ID payload");
}

static void test_verify_mtk(void)
{
    struct decode_options options = {.keylog = whole_log};
    struct decode_keylog *other = log_of(LOG_HEADER LOG_ROW("", "MSK", "00050002", LOG_MSK));
    struct decode_keylog *wrong = log_of(LOG_HEADER LOG_ROW("", "MSK", "00050001", LOG_MTK));

    EXPECT(message_of("mtk"), &options, 1, "RAND that came with that MSK is missing, give it with --rand");
    options.rand = vector_hex(computed, "mtk", "rand_used");
    EXPECT(message_of("mtk"), &options, 0, "MAC is right under MSK 00050001", LOG_MTK,
           "c0c1c2c3c4c5c6c7c8c9cacbcccd", "type 3: TEK and salt", "MTK 0001 equals the one in the key log");
    options.keylog = other;
    EXPECT(message_of("mtk"), &options, 1, "the key log has no MSK 00050001");
    options.keylog = wrong;
    EXPECT(message_of("mtk"), &options, 1, "MAC does not verify under any of the 1 MSK 00050001");
    decode_keylog_close(other);
    decode_keylog_close(wrong);
}

static void test_log_differs(void)
{
    struct decode_keylog *other_msk =
        log_of(LOG_HEADER LOG_ROW(LOG_B_TID, "MUK", "", LOG_MUK) LOG_ROW("", "MSK", "00050001", LOG_MTK));
    struct decode_keylog *no_msk = log_of(LOG_HEADER LOG_ROW(LOG_B_TID, "MUK", "", LOG_MUK));
    struct decode_keylog *no_muk = log_of(LOG_HEADER);
    struct decode_options options = {.keylog = other_msk};

    EXPECT(message_of("msk_push"), &options, 0, "MSK 00050001 DIFFERS from the one in the key log");
    options.keylog = no_msk;
    EXPECT(message_of("msk_push"), &options, 0, "MSK 00050001 is not in the key log");
    options.keylog = no_muk;
    EXPECT(message_of("msk_push"), &options, 1, "not verified: the key log has no MUK for the B-TID");
    decode_keylog_close(other_msk);
    decode_keylog_close(no_msk);
    decode_keylog_close(no_muk);
}

static struct bytes bytes_of_hex(const char *hex)
{
    GString *error = g_string_new(NULL);
    GByteArray *bytes = decode_input(bytes_text(hex), error);
    struct bytes view;

    g_assert_cmpstr(error->str, ==, "");
    view = bytes_of(bytes->data, bytes->len);
    g_string_free(error, TRUE);
    g_test_queue_free(g_byte_array_free(bytes, FALSE));
    return view;
}

/* What is under "key data" is what the message says of them; one in plain is read as it is. */
static void test_encryption(void)
{
    const struct decode_options with_log = {.keylog = whole_log};
    struct bytes muk = bytes_of_hex(LOG_MUK), plain = vector_hex(computed, "msk_push", "key_data_plain");
    struct mikey_message m;
    struct mikey_keys keys;
    struct crypto *crypto = crypto_new();
    uint8_t out[256];
    size_t len;

    EXPECT(message_of("msk_push"), &print_only, 0, "key data          encrypted with AES-CM-128");
    assert_status(mikey_decode(message_of("msk_push"), &m), WIRE_OK);
    m.encr_alg = MIKEY_ENCR_AES_KW_128;
    assert_status(mikey_encode(&m, out, sizeof out, &len), WIRE_OK);
    EXPECT(bytes_of(out, len), &print_only, 0, "key data          wrapped with AES-KW-128");
    m.encr_alg = MIKEY_ENCR_NULL;
    m.encr_data = plain;
    assert_status(mikey_encode(&m, out, sizeof out, &len), WIRE_OK);
    EXPECT(bytes_of(out, len), &print_only, 0, "key data          in plain, not encrypted");
    mikey_keys(crypto, muk, m.csb_id, m.rand, &keys);
    mikey_mac(crypto, keys.auth, bytes_of(out, len - MIKEY_MAC_BYTES), out + len - MIKEY_MAC_BYTES);
    EXPECT(bytes_of(out, len), &with_log, 0, "MAC is right", "-- key data that are not encrypted",
           "MSK 00050001 equals the one in the key log");
    crypto_free(crypto);
}

/* One MSK for all UEs of a run is kept once, so that what is kept does not grow with the log. */
static void test_log_repeats(void)
{
    struct decode_keylog *keylog =
        log_of(LOG_HEADER LOG_ROW("a", "MSK", "00050001", LOG_MSK) LOG_ROW("b", "MSK", "00050001", LOG_MSK)
                   LOG_ROW("a", "MSK", "00050001", LOG_MSK) LOG_ROW("a", "MSK", "00050001", LOG_MTK));

    g_assert_cmpuint(decode_keylog_count(keylog), ==, 2);
    decode_keylog_close(keylog);
}

/* A log that was read for one B-TID has the MUKs of no other. */
static void test_log_of_one(void)
{
    char *path = new_file(LOG_WHOLE, -1);
    GString *error = g_string_new(NULL);
    struct decode_keylog *mine = decode_keylog_open(path, bytes_text(LOG_B_TID), error);
    struct decode_keylog *others = decode_keylog_open(path, bytes_text("other@bsf.example"), error);
    struct decode_options options = {.keylog = mine};

    EXPECT(message_of("msk_push"), &options, 0, "equals the one in the key log");
    options.keylog = others;
    EXPECT(message_of("msk_push"), &options, 1, "the key log has no MUK for the B-TID");
    options.rand = vector_hex(computed, "mtk", "rand_used");
    EXPECT(message_of("mtk"), &options, 0, "MAC is right under MSK 00050001");
    decode_keylog_close(mine);
    decode_keylog_close(others);
    g_string_free(error, TRUE);
    drop_file(path);
}

/* Refused by decode exactly if refused by the codec, and then with an offset inside the message or at its
 * end. */
static void check_agrees(struct bytes message)
{
    GString *out = g_string_new(NULL), *error = g_string_new(NULL);
    struct mikey_message decoded;
    bool accepted = mikey_decode(message, &decoded) == WIRE_OK;
    int status = decode_message(message, &print_only, out, error);
    size_t offset = SIZE_MAX;

    if (accepted != (status == 0))
        g_error("the codec %s what decode %s: %s\n%s", accepted ? "accepts" : "refuses",
                status ? "refuses" : "accepts", error->str, out->str);
    if (status != 0) {
        g_assert_cmpint(sscanf(error->str, "offset %zu: ", &offset), ==, 1);
        g_assert_cmpuint(offset, <=, message.len);
        g_assert_null(strchr(error->str, '\n'));
    }
    g_string_free(out, TRUE);
    g_string_free(error, TRUE);
}

static void check_truncation(struct bytes cut)
{
    struct mikey_message decoded;

    g_assert_cmpint(mikey_decode(cut, &decoded), !=, WIRE_OK);
    check_agrees(cut);
}

static void each_vector(void (*check)(struct bytes message))
{
    for (unsigned i = 0; i < G_N_ELEMENTS(computed_groups); i++)
        check(message_of(computed_groups[i]));
    for (unsigned i = 0; i < G_N_ELEMENTS(published_groups); i++)
        check(vector_hex(published, published_groups[i], "hex"));
}

static void truncate_it(struct bytes message)
{
    for_each_truncation(message, check_truncation);
}

static void flip_it(struct bytes message)
{
    for_each_bit_flip(message, 0, message.len, check_agrees);
}

static void test_truncations(void)
{
    each_vector(truncate_it);
}

static void test_bit_flips(void)
{
    each_vector(flip_it);
}

/* What no vector has: crypto sessions, SP, an NTP timestamp, a URI, further key IDs and extensions, an
 * error with V. */
static const char *const rare[] = {
    "01000a00000000010100"
    "001234567800000000"
    "0500000006000101020101"
    "06000102030405060708"
    "0101000473697021"
    "0000000001000102030405060708090a0b0c0d0e0f10111213",
    "01001500000000010001"
    "150000027878"
    "0503000b0702aabb0001040000aabb0100"
    "010200000001"
    "0000000001000102030405060708090a0b0c0d0e0f10111213",
    "01001500000000010001"
    "150000027878"
    "0503000c0702aabb01040000aabb0900"
    "010200000001"
    "0000000001000102030405060708090a0b0c0d0e0f10111213",
    "01060500000000000001"
    "0c0200000002"
    "09000000"
    "0001000102030405060708090a0b0c0d0e0f10111213",
};

static void test_rare(void)
{
    const struct decode_options with_log = {.keylog = whole_log};

    EXPECT(bytes_of_hex(rare[0]), &print_only, 0, "policy 0, SSRC 12345678, ROC 0", "type 0, 1 bytes",
           "NTP-UTC, 64 bits", "72623859790382856", "1: URI", "\"sip!\"");
    EXPECT(bytes_of_hex(rare[1]), &print_only, 1, "offset 25: Key Domain ID has length 1, expected 3");
    EXPECT(bytes_of_hex(rare[2]), &print_only, 0, "passed over", "Key Group 0, Key Number 43707");
    EXPECT(bytes_of_hex(rare[3]), &with_log, 1, "an error message names no B-TID");
    EXPECT(bytes_of_hex("0101050000000000000100"), &print_only, 1,
           "offset 11: timestamp type: expected 1 byte, 0 left");
    for (unsigned i = 0; i < G_N_ELEMENTS(rare); i++) {
        truncate_it(bytes_of_hex(rare[i]));
        flip_it(bytes_of_hex(rare[i]));
    }
}

/* Each payload is right by itself, but they do not make a message. */
static void test_shapes(void)
{
    EXPECT(bytes_of_hex("01000500000000000001"
                        "000200000001"),
           &print_only, 1, "expected T and KEMAC");
    EXPECT(bytes_of_hex("01010500000000000001"
                        "000200000001"),
           &print_only, 1, "at most one ID, and V");
    EXPECT(bytes_of_hex("01060500000000000001"
                        "000200000001"),
           &print_only, 1, "expected T and ERR");
    EXPECT(bytes_of_hex("01000a00000000000001"
                        "0500000003000101"
                        "010200000001"
                        "0000000001000102030405060708090a0b0c0d0e0f10111213"),
           &print_only, 1, "expected no SP with an empty CS ID map");
    EXPECT(bytes_of_hex("01000500000000000001"
                        "050200000001"
                        "000200000001"),
           &print_only, 1, "offset 16: a second payload T");
    EXPECT(bytes_of_hex("01000200000000000001"), &print_only, 1,
           "offset 2: next payload 2 (PKE: envelope data) cannot stand here");
    EXPECT(bytes_of_hex("02000500000000000001"), &print_only, 1,
           "offset 0: version 2 is not MIKEY, expected 1");
    EXPECT(bytes_of_hex("01020500000000000001"), &print_only, 1, "offset 1: data type 2 is not supported");
}

/* Every byte set to every value, and bytes put in after it. */
static void test_bytes(void)
{
    struct bytes push = message_of("msk_push");
    uint8_t longer[4096] = {0};

    for (size_t at = 0; at < 60; at++)
        for (unsigned value = 0; value < 256; value++) {
            uint8_t *block;
            struct bytes changed = exact_copy(push.at, push.len, &block);

            block[at] = (uint8_t)value;
            check_agrees(changed);
            g_free(block);
        }
    memcpy(longer, push.at, push.len);
    for (size_t len = push.len + 1; len <= sizeof longer; len += 97)
        check_agrees(bytes_of(longer, len));
}

static void test_garbage(void)
{
    GRand *rand = g_rand_new_with_seed(3830);

    for (unsigned i = 0; i < 4000; i++) {
        size_t len = (size_t)g_rand_int_range(rand, 0, 200);
        uint8_t message[256] = {0};

        for (size_t at = 0; at < len; at++)
            message[at] = (uint8_t)g_rand_int_range(rand, 0, g_rand_boolean(rand) ? 22 : 256);
        if (i % 4 != 0) {
            message[0] = 1;
            message[1] = (uint8_t)(i % 3 == 2 ? 6 : i % 3);
            message[3] &= 0x80;
            message[9] = (uint8_t)(i % 2);
        }
        check_agrees(bytes_of(message, len));
    }
    g_rand_free(rand);
}

/* With keys no changed message is taken for right: the MAC covers every bit. */
static void check_never_right(struct bytes changed)
{
    const struct decode_options with_log = {.keylog = whole_log};
    GString *out = g_string_new(NULL), *error = g_string_new(NULL);

    g_assert_cmpint(decode_message(changed, &with_log, out, error), ==, 1);
    g_assert_null(strstr(out->str, "MAC is right"));
    g_string_free(out, TRUE);
    g_string_free(error, TRUE);
}

static void test_changed_never_right(void)
{
    struct bytes push = message_of("msk_push");

    for_each_bit_flip(push, 0, push.len, check_never_right);
}

/* Names in a message cannot write to the terminal. */
static void test_hostile_text(void)
{
    struct bytes pull = message_of("solicited_pull");
    uint8_t changed[182];

    memcpy(changed, pull.at, pull.len);
    memcpy(changed + 53, "\x1b[2J\"\\\n", 7);
    EXPECT(bytes_of(changed, sizeof changed), &print_only, 0, "\"\\x1b[2J\\x22\\x5c\\x0a");
}

static void assert_input(const char *text, gssize len, const char *expected, size_t expected_len)
{
    GString *error = g_string_new(NULL);
    GByteArray *got = decode_input(bytes_of(text, len < 0 ? strlen(text) : (size_t)len), error);

    g_assert_cmpstr(error->str, ==, "");
    g_assert_nonnull(got);
    g_assert_cmpmem(got->data, got->len, expected, expected_len);
    g_byte_array_unref(got);
    g_string_free(error, TRUE);
}

static void assert_no_input(const char *text, const char *reason)
{
    GString *error = g_string_new(NULL);

    g_assert_null(decode_input(bytes_text(text), error));
    g_assert_cmpstr(error->str, ==, reason);
    g_string_free(error, TRUE);
}

static void test_input(void)
{
    assert_input("01 00\n15", -1, "\x01\x00\x15", 3);
    assert_input("  0x01000A\r\n0XfF \t", -1, "\x01\x00\x0a\xff", 4);
    assert_input("0x01 0x00", -1, "\x01\x00", 2);
    assert_input("\x01\x00\x15\x20", 4, "\x01\x00\x15\x20", 4);
    assert_no_input("", "empty input, expected a MIKEY message in hexadecimal or binary");
    assert_no_input(" \n\t", "empty input, expected a MIKEY message in hexadecimal or binary");
    assert_no_input("0100150", "7 hexadecimal digits, expected an even number");
    assert_no_input("01 0g", "character 5 is 0x67, expected a hexadecimal digit to end a byte");
    assert_no_input("01 0 0", "character 5 is 0x20, expected a hexadecimal digit to end a byte");
    assert_no_input("hello", "character 1 is 0x68, expected a hexadecimal digit, white space or 0x");
}

static void assert_no_log(const char *text, const char *reason)
{
    GString *error = g_string_new(NULL);
    char *path = new_file(text, -1);

    g_assert_null(decode_keylog_open(path, bytes_of(NULL, 0), error));
    g_assert_true(g_str_has_prefix(error->str, path));
    g_assert_cmpstr(error->str + strlen(path), ==, reason);
    g_string_free(error, TRUE);
    drop_file(path);
}

static void test_keylog(void)
{
    struct decode_keylog *quoted = log_of("label,id,\"b_tid\",more,value\r\n"
                                          "MUK,,\"" LOG_B_TID "\",\"a \"\"b\"\", c\"," LOG_MUK "\r\n\r\n");
    const struct decode_options options = {.keylog = quoted};

    EXPECT(message_of("solicited_pull"), &options, 0, "MAC is right");
    decode_keylog_close(quoted);
    decode_keylog_close(NULL);
    assert_no_log("", ":1: empty, expected time_s,impi,b_tid,label,id,value");
    assert_no_log("time_s,impi,b_tid,label,id\n",
                  ":1: no column value, expected a key log: time_s,impi,b_tid,label,id,value");
    assert_no_log(LOG_HEADER "0,a,b,MUK\n", ":2: 4 fields, expected a field id");
    assert_no_log(LOG_HEADER "\n0,a,\"b,MUK,,00\n",
                  ":3: field 3 is not CSV, expected quotes that close before a comma");
    assert_no_log(LOG_HEADER LOG_ROW("b", "MUK", "", "0g"),
                  ":2: value is not a key, expected 2 to 64 hexadecimal digits");
    assert_no_log(LOG_HEADER LOG_ROW("b", "MUK", "", "000"),
                  ":2: value is not a key, expected 2 to 64 hexadecimal digits");
    assert_no_log(LOG_HEADER LOG_ROW("b", "MUK", "", LOG_MUK "00"),
                  ":2: value is not a key, expected 2 to 64 hexadecimal digits");
    assert_no_log(LOG_HEADER LOG_ROW("b", "MUK", "", ""),
                  ":2: value is not a key, expected 2 to 64 hexadecimal digits");
}

int main(int argc, char **argv)
{
    int failed;

    tap_init(argc, argv);
    computed = vectors_open("mikey_computed.ini");
    published = vectors_open("mikey_layout_published.ini");
    whole_log = log_of(LOG_WHOLE);
    g_test_add_func("/decode/print", test_print);
    g_test_add_func("/decode/print-published", test_print_published);
    g_test_add_func("/decode/verify-muk", test_verify_muk);
    g_test_add_func("/decode/verify-ack", test_verify_ack);
    g_test_add_func("/decode/verify-ack-names", test_verify_ack_names);
    g_test_add_func("/decode/verify-mtk", test_verify_mtk);
    g_test_add_func("/decode/log-differs", test_log_differs);
    g_test_add_func("/decode/log-of-one", test_log_of_one);
    g_test_add_func("/decode/log-repeats", test_log_repeats);
    g_test_add_func("/decode/encryption", test_encryption);
    g_test_add_func("/decode/truncations", test_truncations);
    g_test_add_func("/decode/bit-flips", test_bit_flips);
    g_test_add_func("/decode/rare", test_rare);
    g_test_add_func("/decode/shapes", test_shapes);
    g_test_add_func("/decode/bytes", test_bytes);
    g_test_add_func("/decode/garbage", test_garbage);
    g_test_add_func("/decode/changed-never-right", test_changed_never_right);
    g_test_add_func("/decode/hostile-text", test_hostile_text);
    g_test_add_func("/decode/input", test_input);
    g_test_add_func("/decode/keylog", test_keylog);
    failed = g_test_run();
    decode_keylog_close(whole_log);
    g_key_file_free(computed);
    g_key_file_free(published);
    return failed;
}
