/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MIKEY: the computed messages byte for byte, the published ones field by field, and what has to be
 * refused. */
#include "models/wire/mikey.h"
#include "tests/tap/tap.h"
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

/* Length fields at known places of the solicited pull: EXT, its sub-payloads, RAND, both IDs, KEMAC. A
 * changed one never gives a pull of the same fields. */
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

static void test_size_limit(void)
{
    uint8_t *big = g_malloc0(MIKEY_MESSAGE_BYTES_MAX + 1), *data = g_malloc0(MIKEY_MESSAGE_BYTES_MAX);
    struct mikey_message m = expected_message("msk_push");
    struct bytes wire = message_of("msk_push");
    size_t length;

    memcpy(big, wire.at, wire.len);
    assert_status(mikey_decode(bytes_of(big, MIKEY_MESSAGE_BYTES_MAX + 1), &m), WIRE_LIMIT);
    m = expected_message("msk_push");
    m.encr_data = bytes_of(data, MIKEY_MESSAGE_BYTES_MAX - (mikey_length(&m) - m.encr_data.len));
    assert_status(mikey_encode(&m, big, MIKEY_MESSAGE_BYTES_MAX, &length), WIRE_OK);
    assert_status(mikey_decode(bytes_of(big, length), &m), WIRE_OK);
    m.encr_data.len++;
    assert_status(mikey_encode(&m, data, MIKEY_MESSAGE_BYTES_MAX, &length), WIRE_LIMIT);
    g_free(big);
    g_free(data);
}

#define REFUSE(group, change, status)                                                                        \
    do {                                                                                                     \
        struct mikey_message m = expected_message(group);                                                    \
        change;                                                                                              \
        assert_status(mikey_encode(&m, out, sizeof out, &length), status);                                   \
    } while (0)

static uint8_t out[512];
static size_t length;

/* The writer refuses what the reader would: values that we do not have, ... */
static void test_encode_unsupported(void)
{
    REFUSE("mtk", m.mac_alg = MIKEY_MAC_NULL, WIRE_UNSUPPORTED);
    REFUSE("mtk", m.prf = 1, WIRE_UNSUPPORTED);
    REFUSE("mtk", m.map_type = 2, WIRE_UNSUPPORTED);
    REFUSE("mtk", m.ts_type = 3, WIRE_UNSUPPORTED);
    REFUSE("mtk", m.encr_alg = 3, WIRE_UNSUPPORTED);
    REFUSE("msk_ack", m.auth_alg = MIKEY_MAC_NULL, WIRE_UNSUPPORTED);
    REFUSE("error_auth_failure", m.error_number = 13, WIRE_UNSUPPORTED);
    REFUSE("error_auth_failure", m.error_number = 12, WIRE_OK);
}

/* ... payloads that do not belong to the message (the table above mikey_shape_ok()), ... */
static void test_encode_shapes(void)
{
    REFUSE("mtk", m.has_t = false, WIRE_MALFORMED);
    REFUSE("mtk", m.has_kemac = false, WIRE_MALFORMED);
    REFUSE("mtk", m.has_error = true, WIRE_MALFORMED);
    REFUSE("mtk", (m.has_verification = true, m.auth_alg = MIKEY_MAC_HMAC_SHA1_160), WIRE_MALFORMED);
    REFUSE("mtk", m.data_type = MIKEY_PSK_VERIFICATION, WIRE_MALFORMED);
    REFUSE("mtk", m.data_type = 4, WIRE_MALFORMED);
    REFUSE("mtk", (m.has_idr = true, m.idr = bytes_text("a")), WIRE_MALFORMED);
    REFUSE("msk_ack", m.has_verification = false, WIRE_MALFORMED);
    REFUSE("msk_ack", (m.has_kemac = true, m.mac_alg = MIKEY_MAC_HMAC_SHA1_160), WIRE_MALFORMED);
    REFUSE("msk_ack", m.has_error = true, WIRE_MALFORMED);
    REFUSE("msk_ack", m.has_rand = true, WIRE_MALFORMED);
    REFUSE("msk_ack", m.has_idi = true, WIRE_MALFORMED);
    REFUSE("msk_ack", (m.map_type = MIKEY_MAP_SRTP_ID, m.sp_count = 1), WIRE_MALFORMED);
    REFUSE("error_auth_failure", m.has_error = false, WIRE_MALFORMED);
    REFUSE("error_auth_failure", (m.has_kemac = true, m.mac_alg = MIKEY_MAC_HMAC_SHA1_160), WIRE_MALFORMED);
    REFUSE("error_auth_failure", m.has_rand = true, WIRE_MALFORMED);
    REFUSE("error_auth_failure", m.has_idi = true, WIRE_MALFORMED);
    REFUSE("error_auth_failure", m.has_idr = true, WIRE_MALFORMED);
}

/* ... and contents that its fields cannot hold. */
static void test_encode_malformed(void)
{
    static const uint8_t zeros[256];

    REFUSE("mtk", m.ts = UINT64_C(1) << 32, WIRE_MALFORMED);
    REFUSE("mtk", m.sp_count = 1, WIRE_MALFORMED);
    REFUSE("mtk", (m.map_type = MIKEY_MAP_SRTP_ID, m.sp_count = 1), WIRE_MALFORMED);
    REFUSE("mtk", m.mtk_id.len = 0, WIRE_MALFORMED);
    REFUSE("mtk", m.mtk_id = bytes_of(zeros, 8), WIRE_OK);
    REFUSE("mtk", m.mtk_id = bytes_of(zeros, 9), WIRE_MALFORMED);
    REFUSE("mtk", (m.has_key_domain_id = m.has_msk_id = m.has_mtk_id = false), WIRE_MALFORMED);
    REFUSE("mtk", (m.has_rand = true, m.rand = bytes_of(zeros, 15)), WIRE_MALFORMED);
    REFUSE("mtk", (m.has_rand = true, m.rand = bytes_of(zeros, 255)), WIRE_OK);
    REFUSE("mtk", (m.has_rand = true, m.rand = bytes_of(zeros, 256)), WIRE_MALFORMED);
}

/* RFC 3830 §6.6: time stamps of NTP have 64 bits. */
static void test_ntp_time(void)
{
    for (uint8_t type = MIKEY_TS_NTP_UTC; type <= MIKEY_TS_NTP; type++) {
        struct mikey_message m = expected_message("mtk"), back;
        size_t counted = mikey_length(&m);

        m.ts_type = type;
        m.ts = UINT64_C(0xf486f1b001020304);
        g_assert_cmpuint(mikey_length(&m), ==, counted + 4);
        assert_status(mikey_encode(&m, out, sizeof out, &length), WIRE_OK);
        assert_status(mikey_decode(bytes_of(out, length), &back), WIRE_OK);
        assert_equal(&back, &m);
        for (size_t room = 0; room < counted + 4; room++)
            assert_status(mikey_encode(&m, out, room, &length), WIRE_NO_SPACE);
    }
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
    g_test_add_func("/mikey/size-limit", test_size_limit);
    g_test_add_func("/mikey/encode-unsupported", test_encode_unsupported);
    g_test_add_func("/mikey/encode-shapes", test_encode_shapes);
    g_test_add_func("/mikey/encode-malformed", test_encode_malformed);
    g_test_add_func("/mikey/ntp-time", test_ntp_time);
    return g_test_run();
}
