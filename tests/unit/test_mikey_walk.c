/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MIKEY field by field: every byte of a message is in one field, and a walk gives what decoding gives. The
 * words of the faults are in test_decode.c. */
#include "models/wire/mikey_walk.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

#define ZERO_MAC "0000000000000000000000000000000000000000"

static GKeyFile *computed;
static const char *const groups[] = {"solicited_pull", "msk_push", "msk_ack", "mtk", "error_auth_failure"};

/* Crypto sessions, SP and an NTP timestamp; two extensions, one of them foreign, with a foreign key ID. */
static const char *const others[] = {
    "01000a00000000010100001234567800000000050000000600010102010106000102030405060708"
    "01010004736970210000000001" ZERO_MAC,
    "010015000000000100011500000278780503000c0702aabb01040000aabb0900010200000001"
    "0000000001" ZERO_MAC,
};

struct reach {
    struct bytes message;
    size_t end;
};

static void follow_field(const struct mikey_field *field, void *user)
{
    struct reach *reach = user;

    g_assert_cmpuint(field->offset, ==, reach->end);
    g_assert_true(field->value.len == 0 || field->value.at == reach->message.at + reach->end);
    g_assert_cmpuint(field->value.len, <=, reach->message.len - reach->end);
    g_assert_true(field->id == MIKEY_FIELD_START ? field->value.len == 0 : field->name[0] != '\0');
    reach->end += field->value.len;
}

static struct reach walk(struct bytes message)
{
    struct reach reach = {message, 0};
    struct mikey_walk walk = {.on_field = follow_field, .user = &reach};
    struct mikey_message walked, decoded;
    enum wire_status status = mikey_walk(message, &walk, &walked);

    assert_status(mikey_decode(message, &decoded), status);
    g_assert_true((status == WIRE_OK) == (walk.fault[0] == '\0'));
    g_assert_cmpmem(&walked, sizeof walked, &decoded, sizeof decoded);
    return reach;
}

static void check_whole(struct bytes message)
{
    g_assert_cmpuint(walk(message).end, ==, message.len);
}

static void check_cut(struct bytes cut)
{
    g_assert_cmpuint(walk(cut).end, <=, cut.len);
}

static void cut_it(struct bytes message)
{
    for_each_truncation(message, check_cut);
}

static void each_message(void (*check)(struct bytes message))
{
    for (unsigned i = 0; i < G_N_ELEMENTS(groups); i++)
        check(vector_hex(computed, groups[i], "message"));
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        uint8_t raw[96];
        const size_t len = strlen(others[i]) / 2;

        for (size_t j = 0; j < len; j++)
            raw[j] = (uint8_t)(g_ascii_xdigit_value(others[i][2 * j]) << 4 |
                               g_ascii_xdigit_value(others[i][2 * j + 1]));
        check(bytes_of(raw, len));
    }
}

static void test_whole(void)
{
    each_message(check_whole);
}

static void test_cut(void)
{
    each_message(cut_it);
}

/* Refused for what stands before, which no vector has: decoding says the same, and a walk says why. */
static void refuse(const char *hex, enum wire_status expected, const char *why)
{
    uint8_t raw[128];
    struct bytes message = {raw, strlen(hex) / 2};
    struct reach reach = {message, 0};
    struct mikey_walk walk = {.on_field = follow_field, .user = &reach};
    struct mikey_message walked, decoded;

    for (size_t i = 0; i < message.len; i++)
        raw[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    assert_status(mikey_decode(message, &decoded), expected);
    assert_status(mikey_walk(message, &walk, &walked), expected);
    g_assert_nonnull(strstr(walk.fault, why));
}

#define KEY_ID   "03000c0702aabb01040000aabb0900"
#define FOREIGN4 "15000000150000001500000015000000"

static void test_refused(void)
{
    refuse("0100150000000001000115" KEY_ID "15" KEY_ID "15" KEY_ID, WIRE_MALFORMED, "a second Key ID");
    refuse("01001500000000010001" FOREIGN4 FOREIGN4 FOREIGN4 FOREIGN4 FOREIGN4, WIRE_LIMIT,
           "more than 16 payloads");
}

static void test_payload_names(void)
{
    g_assert_cmpstr(mikey_payload_name(1), ==, "KEMAC: key data transport");
    g_assert_cmpstr(mikey_payload_name(13), ==, "unknown");
    g_assert_cmpstr(mikey_payload_name(255), ==, "unknown");
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    computed = vectors_open("mikey_computed.ini");
    g_test_add_func("/mikey/walk/whole", test_whole);
    g_test_add_func("/mikey/walk/cut", test_cut);
    g_test_add_func("/mikey/walk/refused", test_refused);
    g_test_add_func("/mikey/walk/payload names", test_payload_names);
    return g_test_run();
}
