/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MIKEY: the computed messages byte for byte, the published ones field by field, and what has to be refused. */
#include "models/wire/mikey.h"
#include "tests/unit/tap.h"
#include "tests/unit/wire_vectors.h"

static GKeyFile *computed, *published;

static const struct {
    const char *group;
    uint8_t data_type;
    bool v, mac_last;
} messages[] = {{"solicited_pull", MIKEY_PSK_INIT, false, true},
                {"msk_push", MIKEY_PSK_INIT, true, true},
                {"msk_ack", MIKEY_PSK_VERIFICATION, false, true},
                {"mtk", MIKEY_PSK_INIT, false, true},
                {"error_auth_failure", MIKEY_ERROR, false, false}};

static const char *const card_messages[] = {"msk_v0_a", "msk_v0_b", "msk_v1", "mtk_a", "mtk_b", "mtk_c"};

static struct bytes message_of(const char *group)
{
    return vector_hex(computed, group, "message");
}

static struct bytes card_message(const char *name)
{
    char *group = g_strconcat("card_test_messages.messages.", name, NULL);

    g_test_queue_free(group);
    return vector_hex(published, group, "hex");
}

static uint32_t hex32(const char *group, const char *key)
{
    struct bytes b = vector_hex(computed, group, key);

    g_assert_cmpuint(b.len, ==, 4);
    return (uint32_t)b.at[0] << 24 | (uint32_t)b.at[1] << 16 | (uint32_t)b.at[2] << 8 | b.at[3];
}

/* What every initiator's message of the profile has. */
static struct mikey_message profile_message(const char *group, uint32_t msk_id)
{
    struct mikey_message m = {.data_type = MIKEY_PSK_INIT,
                              .map_type = MIKEY_MAP_EMPTY,
                              .has_ext = true,
                              .has_key_domain_id = true,
                              .has_msk_id = true,
                              .msk_id = msk_id,
                              .has_t = true,
                              .ts_type = MIKEY_TS_COUNTER,
                              .ts = vector_number(computed, group, "ts_counter"),
                              .has_kemac = true,
                              .encr_alg = MIKEY_ENCR_AES_CM_128,
                              .mac_alg = MIKEY_MAC_HMAC_SHA1_160};
    struct bytes domain = vector_hex(computed, "profile_inputs", "key_domain_id");

    memcpy(m.key_domain_id, domain.at, sizeof m.key_domain_id);
    return m;
}

static void set_ids_and_rand(struct mikey_message *m, const char *group)
{
    m->has_idi = m->has_idr = m->has_rand = true;
    m->idi = vector_text(computed, "profile_inputs", "idi");
    m->idr = vector_text(computed, "profile_inputs", "idr");
    m->rand = vector_hex(computed, group, "rand");
}

static struct mikey_message expected_message(const char *group)
{
    struct mikey_message m = {
        .map_type = MIKEY_MAP_EMPTY, .has_t = true, .ts_type = MIKEY_TS_COUNTER, .ts = 2};

    if (strcmp(group, "solicited_pull") == 0) {
        m = profile_message(group, hex32(group, "msk_id"));
        set_ids_and_rand(&m, group);
    } else if (strcmp(group, "msk_push") == 0) {
        m = profile_message(group, hex32("profile_inputs", "msk_id"));
        set_ids_and_rand(&m, group);
        m.v = true;
        m.encr_data = vector_hex(computed, group, "encr_data");
    } else if (strcmp(group, "mtk") == 0) {
        m = profile_message(group, hex32("profile_inputs", "msk_id"));
        m.has_mtk_id = true;
        m.mtk_id = vector_hex(computed, "profile_inputs", "mtk_id");
        m.encr_data = vector_hex(computed, group, "encr_data");
    } else if (strcmp(group, "msk_ack") == 0) {
        m.data_type = MIKEY_PSK_VERIFICATION;
        m.has_idr = m.has_verification = true;
        m.idr = vector_text(computed, "profile_inputs", "idr");
        m.auth_alg = MIKEY_MAC_HMAC_SHA1_160;
    } else {
        m.data_type = MIKEY_ERROR;
        m.has_error = true;
    }
    return m;
}

static void assert_equal(const struct mikey_message *a, const struct mikey_message *b)
{
    g_assert_cmpuint(a->data_type, ==, b->data_type);
    g_assert_cmpuint(a->v, ==, b->v);
    g_assert_cmpuint(a->csb_id, ==, b->csb_id);
    g_assert_cmpuint(a->cs_count, ==, b->cs_count);
    g_assert_cmpuint(a->map_type, ==, b->map_type);
    assert_bytes(a->cs_map, b->cs_map);
    g_assert_cmpuint(a->has_ext, ==, b->has_ext);
    g_assert_cmpuint(a->has_key_domain_id, ==, b->has_key_domain_id);
    g_assert_cmpmem(a->key_domain_id, 3, b->key_domain_id, 3);
    g_assert_cmpuint(a->has_msk_id, ==, b->has_msk_id);
    g_assert_cmpuint(a->msk_id, ==, b->msk_id);
    g_assert_cmpuint(a->has_mtk_id, ==, b->has_mtk_id);
    assert_bytes(a->mtk_id, b->mtk_id);
    g_assert_cmpuint(a->has_t, ==, b->has_t);
    g_assert_cmpuint(a->ts_type, ==, b->ts_type);
    g_assert_cmpuint(a->ts, ==, b->ts);
    g_assert_cmpuint(a->has_rand, ==, b->has_rand);
    assert_bytes(a->rand, b->rand);
    g_assert_cmpuint(a->has_idi, ==, b->has_idi);
    g_assert_cmpuint(a->has_idr, ==, b->has_idr);
    g_assert_cmpuint(a->idi_type, ==, b->idi_type);
    g_assert_cmpuint(a->idr_type, ==, b->idr_type);
    assert_bytes(a->idi, b->idi);
    assert_bytes(a->idr, b->idr);
    g_assert_cmpuint(a->sp_count, ==, b->sp_count);
    g_assert_cmpuint(a->has_kemac, ==, b->has_kemac);
    g_assert_cmpuint(a->encr_alg, ==, b->encr_alg);
    g_assert_cmpuint(a->mac_alg, ==, b->mac_alg);
    assert_bytes(a->encr_data, b->encr_data);
    g_assert_cmpuint(a->has_verification, ==, b->has_verification);
    g_assert_cmpuint(a->auth_alg, ==, b->auth_alg);
    g_assert_cmpuint(a->has_error, ==, b->has_error);
    g_assert_cmpuint(a->error_number, ==, b->error_number);
}

static void test_encode(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        struct mikey_message m = expected_message(messages[i].group);
        struct bytes wire = message_of(messages[i].group);
        size_t unmac = messages[i].mac_last ? wire.len - MIKEY_MAC_BYTES : wire.len, length = 0;
        static const uint8_t zero[MIKEY_MAC_BYTES];
        uint8_t out[512];

        g_assert_cmpuint(mikey_length(&m), ==, wire.len);
        g_assert_cmpuint(vector_number(computed, messages[i].group, "length"), ==, wire.len);
        assert_status(mikey_encode(&m, out, wire.len, &length), WIRE_OK);
        g_assert_cmpmem(out, unmac, wire.at, unmac);
        g_assert_cmpmem(out + unmac, length - unmac, zero, wire.len - unmac);
        for (size_t room = 0; room < wire.len; room++)
            assert_status(mikey_encode(&m, out, room, &length), WIRE_NO_SPACE);
    }
}

static void test_decode(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        struct mikey_message expected = expected_message(messages[i].group), m;
        struct bytes wire = message_of(messages[i].group);

        assert_status(mikey_decode(wire, &m), WIRE_OK);
        assert_equal(&m, &expected);
        if (messages[i].mac_last) {
            struct bytes mac = m.has_kemac ? m.mac : m.ver_data;

            assert_bytes(m.covered, bytes_of(wire.at, wire.len - MIKEY_MAC_BYTES));
            assert_bytes(mac, vector_hex(computed, messages[i].group, m.has_kemac ? "mac" : "ver_data"));
        }
        assert_bytes(m.ts_raw, bytes_of((const uint8_t[]){0, 0, 0, (uint8_t)m.ts}, 4));
    }
}

/* One payload of the published list against what was decoded. */
static void check_payload(const char *group, const struct mikey_message *m, unsigned *ids)
{
    struct bytes p = vector_text(published, group, "p");

    if (bytes_equal(p, bytes_text("HDR"))) {
        const uint8_t csb[] = {(uint8_t)(m->csb_id >> 24), (uint8_t)(m->csb_id >> 16),
                               (uint8_t)(m->csb_id >> 8), (uint8_t)m->csb_id};

        assert_bytes(bytes_of(csb, 4), vector_hex(published, group, "csb_id"));
        g_assert_cmpuint(m->data_type, ==, vector_number(published, group, "data_type"));
        g_assert_cmpuint(m->v, ==, vector_number(published, group, "v"));
        g_assert_cmpuint(m->cs_count, ==, vector_number(published, group, "ncs"));
        g_assert_cmpuint(m->map_type, ==, vector_number(published, group, "map_type"));
    } else if (bytes_equal(p, bytes_text("EXT"))) {
        GString *sub = g_string_new(NULL);

        g_string_printf(sub, "0:%02x%02x%02x;1:%08x", m->key_domain_id[0], m->key_domain_id[1],
                        m->key_domain_id[2], m->msk_id);
        if (m->has_mtk_id)
            g_string_append_printf(sub, ";2:%02x%02x%02x%02x", m->mtk_id.at[0], m->mtk_id.at[1],
                                   m->mtk_id.at[2], m->mtk_id.at[3]);
        assert_bytes(bytes_text(sub->str), vector_text(published, group, "sub"));
        g_string_free(sub, TRUE);
    } else if (bytes_equal(p, bytes_text("T"))) {
        g_assert_cmpuint(m->ts_type, ==, vector_number(published, group, "ts_type"));
        assert_bytes(m->ts_raw, vector_hex(published, group, "value"));
    } else if (bytes_equal(p, bytes_text("RAND"))) {
        assert_bytes(m->rand, vector_hex(published, group, "data"));
    } else if (bytes_equal(p, bytes_text("ID"))) {
        g_assert_cmpuint(*ids == 0 ? m->idi_type : m->idr_type, ==,
                         vector_number(published, group, "id_type"));
        assert_bytes((*ids)++ == 0 ? m->idi : m->idr, vector_hex(published, group, "data"));
    } else {
        assert_bytes(p, bytes_text("KEMAC"));
        g_assert_cmpuint(m->encr_alg, ==, vector_number(published, group, "encr_alg"));
        g_assert_cmpuint(m->encr_data.len, ==, vector_number(published, group, "encr_len"));
        g_assert_cmpuint(m->mac_alg, ==, vector_number(published, group, "mac_alg"));
        assert_bytes(m->mac, vector_hex(published, group, "mac"));
    }
}

/* The messages of the card test parse to the listed fields, and encoding those gives the same bytes. */
static void test_published(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(card_messages); i++) {
        struct bytes wire = card_message(card_messages[i]);
        struct mikey_message m;
        unsigned ids = 0, payloads = 0;
        uint8_t out[256];
        size_t length;

        assert_status(mikey_decode(wire, &m), WIRE_OK);
        for (;; payloads++) {
            char *group =
                g_strdup_printf("card_test_messages.messages.%s.parsed.%u", card_messages[i], payloads);
            bool there = g_key_file_has_group(published, group);

            if (there)
                check_payload(group, &m, &ids);
            g_free(group);
            if (!there)
                break;
        }
        g_assert_cmpuint(payloads, ==, m.has_rand ? 7 : 4);
        assert_status(mikey_encode(&m, out, sizeof out, &length), WIRE_OK);
        g_assert_cmpmem(out, length - MIKEY_MAC_BYTES, wire.at, wire.len - MIKEY_MAC_BYTES);
    }
}

/* The header of a public unit test with its two crypto sessions, made a message by T, RAND and KEMAC. */
static void test_srtp_map(void)
{
    struct bytes map = vector_hex(published, "cases.1", "hex");
    struct mikey_message m = expected_message("msk_push"), back;
    uint8_t out[512];
    size_t length;

    m.csb_id = 0x12345678;
    m.map_type = MIKEY_MAP_SRTP_ID;
    m.cs_count = 2;
    m.cs_map = map;
    assert_status(mikey_encode(&m, out, sizeof out, &length), WIRE_OK);
    g_assert_cmpmem(out + 10, map.len, map.at, map.len);
    assert_status(mikey_decode(bytes_of(out, length), &back), WIRE_OK);
    assert_equal(&back, &m);
    m.cs_count = 1;
    assert_status(mikey_encode(&m, out, sizeof out, &length), WIRE_MALFORMED);
    assert_status(mikey_decode(vector_hex(published, "cases.0", "hex"), &back), WIRE_MALFORMED);
}

static void assert_refused(struct bytes in)
{
    struct mikey_message m;

    g_assert_cmpint(mikey_decode(in, &m), !=, WIRE_OK);
}

static void test_truncated(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++)
        for_each_truncation(message_of(messages[i].group), assert_refused);
    for (unsigned i = 0; i < G_N_ELEMENTS(card_messages); i++)
        for_each_truncation(card_message(card_messages[i]), assert_refused);
}

/* Refused, or every view lies in the message and it encodes to as many bytes again (SP and foreign
 * extensions, which we do not write, apart). */
static void assert_consistent(struct bytes in)
{
    struct mikey_message m;

    if (mikey_decode(in, &m) != WIRE_OK)
        return;
    g_assert_true(is_within(m.cs_map, in) && is_within(m.mtk_id, in) && is_within(m.ts_raw, in) &&
                  is_within(m.rand, in) && is_within(m.idi, in) && is_within(m.idr, in) &&
                  is_within(m.encr_data, in) && is_within(m.mac, in) && is_within(m.ver_data, in) &&
                  is_within(m.covered, in));
    g_assert_cmpuint(mikey_length(&m), <=, in.len);
}

static void test_bit_flips(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        struct bytes wire = message_of(messages[i].group);

        for_each_bit_flip(wire, 0, wire.len, assert_consistent);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(card_messages); i++) {
        struct bytes wire = card_message(card_messages[i]);

        for_each_bit_flip(wire, 0, wire.len, assert_consistent);
    }
}

/* Length fields at known places of the solicited pull: EXT, its sub-payloads, RAND, both IDs, KEMAC. A changed one
 * never gives a pull of the same fields. */
static void assert_not_the_pull(struct bytes in)
{
    struct mikey_message m;

    if (mikey_decode(in, &m) == WIRE_OK)
        g_assert_cmpuint(m.encr_data.len + m.idr.len, !=, 62);
}

static void test_length_fields(void)
{
    static const size_t at[][2] = {{12, 2}, {15, 1}, {20, 1}, {32, 1}, {51, 2}, {93, 2}, {159, 2}};

    for (unsigned i = 0; i < G_N_ELEMENTS(at); i++)
        for_each_bit_flip(message_of("solicited_pull"), at[i][0], at[i][0] + at[i][1], assert_not_the_pull);
}

static const char pull_head[] = "010005000000000000010b0200000001"; /* HDR, T */
static const char rand_16[] = "10000102030405060708090a0b0c0d0e0f";
static const char kemac[] = "00010000010000000000000000000000000000000000000000";

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

static void check_tail(const char *what, enum wire_status expected, const char *a, const char *b)
{
    char *hex = g_strconcat(pull_head, a, b, NULL);

    check_hex(what, hex, expected);
    g_free(hex);
}

/* Each case is a small message with one fault; the first has none. pull_head announces RAND. */
static void test_hostile_payloads(void)
{
    char *rand_then_kemac = g_strconcat("01", rand_16, NULL),
         *rand_then_rand = g_strconcat("0b", rand_16, NULL);
    char *rand_then_t = g_strconcat("05", rand_16, NULL), *rand_then_ext = g_strconcat("15", rand_16, NULL);
    char *rand_then_sp = g_strconcat("0a", rand_16, NULL), *rand_then_v = g_strconcat("09", rand_16, NULL);
    char *rand_twice = g_strconcat(rand_then_rand, rand_then_kemac, NULL);
    char *t_twice = g_strconcat(rand_then_t, "010200000001", NULL);
    char *ext_twice = g_strconcat(rand_then_ext, "15030005000300f110", "01030005000300f110", NULL);
    char *ext_foreign = g_strconcat(rand_then_ext, "15000003414243", "01030005000300f110", NULL);
    char *sp = g_strconcat(rand_then_sp, "01000000030001ff", NULL);
    char *id_3 = g_strconcat("06", rand_16, "06000000", "06000000", "01000000", NULL);

    check_tail("good", WIRE_OK, rand_then_kemac, kemac);
    check_tail("RAND twice", WIRE_MALFORMED, rand_twice, kemac);
    check_tail("T twice", WIRE_MALFORMED, t_twice, kemac);
    check_tail("EXT twice", WIRE_MALFORMED, ext_twice, kemac);
    check_tail("foreign EXT beside ours", WIRE_OK, ext_foreign, kemac);
    check_tail("SP under an empty map", WIRE_MALFORMED, sp, kemac);
    check_tail("three IDs", WIRE_MALFORMED, id_3, kemac);
    check_tail("V for an initiator", WIRE_MALFORMED, rand_then_v,
               "00010000000000000000000000000000000000000000");
    check_tail("bytes after the MAC", WIRE_MALFORMED, rand_then_kemac,
               "0001000001000000000000000000000000000000000000000000");
    check_tail("payload after KEMAC", WIRE_MALFORMED, rand_then_kemac,
               "05010000010000000000000000000000000000000000000000");
    check_tail("MAC NULL", WIRE_UNSUPPORTED, rand_then_kemac, "0001000000");
    check_tail("encryption 3", WIRE_UNSUPPORTED, rand_then_kemac,
               "00030000010000000000000000000000000000000000000000");
    check_tail("no KEMAC", WIRE_MALFORMED, "00", rand_16);
    check_tail("RAND of 15", WIRE_MALFORMED, "010f000102030405060708090a0b0c0d0e", kemac);
    check_tail("no payload behind the code", WIRE_TRUNCATED, "05", rand_16);
    for (unsigned code = 0; code < 256; code++) {
        static const uint8_t known[] = {0, 1, 5, 6, 9, 10, 11, 12, 21};
        char first[3] = {"0123456789abcdef"[code >> 4], "0123456789abcdef"[code & 15], 0};

        if (memchr(known, (int)code, sizeof known) == NULL) {
            char *unknown = g_strconcat(first, rand_16, NULL);

            check_tail(first, code <= 8 ? WIRE_UNSUPPORTED : WIRE_MALFORMED, unknown, kemac);
            g_free(unknown);
        }
    }
    g_free(rand_then_kemac), g_free(rand_then_rand), g_free(rand_then_t), g_free(rand_then_ext);
    g_free(rand_then_sp), g_free(rand_then_v), g_free(rand_twice), g_free(t_twice), g_free(ext_twice);
    g_free(ext_foreign), g_free(sp), g_free(id_3);
}

static void test_hostile_headers(void)
{
    check_hex("version 2",
              "02060500000000000001"
              "0c0200000002"
              "00000000",
              WIRE_UNSUPPORTED);
    check_hex("Diffie-Hellman",
              "01040500000000000001"
              "0c0200000002"
              "00000000",
              WIRE_UNSUPPORTED);
    check_hex("PRF 1",
              "01060501000000000001"
              "0c0200000002"
              "00000000",
              WIRE_UNSUPPORTED);
    check_hex("map type 2",
              "01060500000000000002"
              "0c0200000002"
              "00000000",
              WIRE_UNSUPPORTED);
    check_hex("255 sessions, no map",
              "0106050000000000ff00"
              "0c0200000002"
              "00000000",
              WIRE_TRUNCATED);
    check_hex("no payload at all", "01060000000000000001", WIRE_MALFORMED);
    check_hex("no T",
              "01060c00000000000001"
              "00000000",
              WIRE_MALFORMED);
    check_hex("timestamp type 3",
              "01060500000000000001"
              "0c0300000002"
              "00000000",
              WIRE_UNSUPPORTED);
    check_hex("error 13",
              "01060500000000000001"
              "0c0200000002"
              "000d0000",
              WIRE_UNSUPPORTED);
    check_hex("error twice",
              "01060500000000000001"
              "0c0200000002"
              "0c000000"
              "00000000",
              WIRE_MALFORMED);
    check_hex("bytes after the error",
              "01060500000000000001"
              "0c0200000002"
              "0000000000",
              WIRE_MALFORMED);
    check_hex("64-bit timestamp",
              "01060500000000000001"
              "0c000102030405060708"
              "00000000",
              WIRE_OK);
    check_hex("ID in an error",
              "01060500000000000001"
              "060200000002"
              "0c000000"
              "00000000",
              WIRE_MALFORMED);
    check_hex("RAND in a verification message",
              "01010500000000000001"
              "0b0200000002"
              "0910000102030405060708090a0b0c0d0e0f"
              "00010000000000000000000000000000000000000000",
              WIRE_MALFORMED);
    check_hex("verification without a MAC",
              "01010500000000000001"
              "090200000002"
              "0000",
              WIRE_UNSUPPORTED);
}

static void test_hostile_key_ids(void)
{
    static const struct {
        const char *what, *hex;
        enum wire_status status;
    } cases[] = {{"empty extension", "0503000000", WIRE_MALFORMED},
                 {"domain of two bytes", "05030004000200f1", WIRE_MALFORMED},
                 {"MSK ID of three bytes", "050300050103000500", WIRE_MALFORMED},
                 {"MTK ID of no byte", "050300020200", WIRE_MALFORMED},
                 {"MTK ID of nine bytes", "0503000b0209010203040506070809", WIRE_MALFORMED},
                 {"MSK ID twice", "0503000c010400050001010400050001", WIRE_MALFORMED},
                 {"unknown sub-payload", "05030009070180010400050001", WIRE_OK},
                 {"sub-payload over the end", "050300050004000500", WIRE_TRUNCATED},
                 {"sub-payload without length", "0503000101", WIRE_TRUNCATED}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *hex = g_strconcat("01001500000000000001", cases[i].hex, "010200000001", kemac, NULL);

        check_hex(cases[i].what, hex, cases[i].status);
        g_free(hex);
    }
}

static void test_limits(void)
{
    GString *hex = g_string_new("01001500000000000001");
    uint8_t *big = g_malloc0(MIKEY_MESSAGE_BYTES_MAX + 1);
    struct mikey_message m = expected_message("msk_push");
    struct bytes wire = message_of("msk_push");
    size_t length;

    for (unsigned i = 0; i < MIKEY_PAYLOADS_MAX - 3; i++)
        g_string_append(hex, "15000000");
    g_string_append_printf(hex, "0500000001020000000100010000010000000000000000000000000000000000000000");
    check_hex("as many payloads as allowed", hex->str, WIRE_OK);
    g_string_insert(hex, 20, "15000000");
    check_hex("one more", hex->str, WIRE_LIMIT);
    g_string_free(hex, TRUE);

    memcpy(big, wire.at, wire.len);
    assert_status(mikey_decode(bytes_of(big, MIKEY_MESSAGE_BYTES_MAX + 1), &m), WIRE_LIMIT);
    m = expected_message("msk_push");
    m.encr_data = bytes_of(big, MIKEY_MESSAGE_BYTES_MAX - (mikey_length(&m) - m.encr_data.len));
    assert_status(mikey_encode(&m, big, MIKEY_MESSAGE_BYTES_MAX, &length), WIRE_OK);
    assert_status(mikey_decode(bytes_of(big, length), &m), WIRE_OK);
    m.encr_data.len++;
    assert_status(mikey_encode(&m, big, MIKEY_MESSAGE_BYTES_MAX, &length), WIRE_LIMIT);
    g_free(big);
}

#define REFUSE(change, status)                                                                               \
    do {                                                                                                     \
        struct mikey_message m = expected_message("mtk");                                                    \
        change;                                                                                              \
        assert_status(mikey_encode(&m, out, sizeof out, &length), status);                                   \
    } while (0)

/* The writer refuses what the reader would. */
static void test_encode_refuses(void)
{
    static const uint8_t short_rand[15];
    uint8_t out[256];
    size_t length;

    REFUSE(m.mac_alg = MIKEY_MAC_NULL, WIRE_UNSUPPORTED);
    REFUSE(m.prf = 1, WIRE_UNSUPPORTED);
    REFUSE(m.map_type = 2, WIRE_UNSUPPORTED);
    REFUSE(m.ts_type = 3, WIRE_UNSUPPORTED);
    REFUSE(m.has_t = false, WIRE_MALFORMED);
    REFUSE(m.ts = UINT64_C(1) << 32, WIRE_MALFORMED);
    REFUSE(m.has_kemac = false, WIRE_MALFORMED);
    REFUSE(m.sp_count = 1, WIRE_MALFORMED);
    REFUSE(m.data_type = MIKEY_PSK_VERIFICATION, WIRE_MALFORMED);
    REFUSE(m.data_type = 4, WIRE_MALFORMED);
    REFUSE(m.mtk_id.len = 0, WIRE_MALFORMED);
    REFUSE((m.has_key_domain_id = m.has_msk_id = m.has_mtk_id = false), WIRE_MALFORMED);
    REFUSE((m.has_rand = true, m.rand = bytes_of(short_rand, 15)), WIRE_MALFORMED);
    REFUSE((m.has_idr = true, m.idr = bytes_text("a")), WIRE_MALFORMED);
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

    check_key_data(msk, &(struct mikey_key_data){.type = MIKEY_KEY_TGK,
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

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    computed = vectors_open("mikey_computed.ini");
    published = vectors_open("mikey_layout_published.ini");
    g_test_add_func("/mikey/encode", test_encode);
    g_test_add_func("/mikey/decode", test_decode);
    g_test_add_func("/mikey/published", test_published);
    g_test_add_func("/mikey/srtp-map", test_srtp_map);
    g_test_add_func("/mikey/truncated", test_truncated);
    g_test_add_func("/mikey/bit-flips", test_bit_flips);
    g_test_add_func("/mikey/length-fields", test_length_fields);
    g_test_add_func("/mikey/hostile/payloads", test_hostile_payloads);
    g_test_add_func("/mikey/hostile/headers", test_hostile_headers);
    g_test_add_func("/mikey/hostile/key-ids", test_hostile_key_ids);
    g_test_add_func("/mikey/limits", test_limits);
    g_test_add_func("/mikey/encode-refuses", test_encode_refuses);
    g_test_add_func("/mikey/key-data", test_key_data);
    g_test_add_func("/mikey/key-data/list", test_key_data_list);
    return g_test_run();
}
