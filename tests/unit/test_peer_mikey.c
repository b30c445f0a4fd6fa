/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MIKEY messages of a BM-SC that is not ours: what TS 33.246 §6.4-6.5 lets it send is taken, what the text
 * forbids is not, and each message does what the clause beside its test says. The numbers follow from the
 * text. */
#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/region.h"
#include "tests/tap/tap.h"
#include "tests/unit/forge_fixture.h"

#include <string.h>

/* --- a message put together by hand: payloads in any order ---------------------------------------------- */

enum { LAST = 0, KEMAC = 1, T = 5, ID = 6, SP = 10, RAND = 11, EXT = 21 };

struct by_hand {
    uint8_t bytes[1024];
    size_t length;
    size_t next_at; /* where the code of the next payload goes */
};

static void put(struct by_hand *b, const void *bytes, size_t length)
{
    g_assert_cmpuint(b->length + length, <=, sizeof b->bytes);
    memcpy(b->bytes + b->length, bytes, length);
    b->length += length;
}

static void put_u8(struct by_hand *b, uint8_t value)
{
    put(b, &value, 1);
}

static void put_u16(struct by_hand *b, size_t value)
{
    put_u8(b, (uint8_t)(value >> 8));
    put_u8(b, (uint8_t)value);
}

static void put_u32(struct by_hand *b, uint32_t value)
{
    put_u16(b, value >> 16);
    put_u16(b, value & 0xffff);
}

static void begin(struct by_hand *b, uint8_t code)
{
    b->bytes[b->next_at] = code;
    b->next_at = b->length;
    put_u8(b, LAST);
}

static void put_header(struct by_hand *b, const struct mikey_message *m)
{
    *b = (struct by_hand){.length = 0};
    put_u8(b, 1);
    put_u8(b, m->data_type);
    b->next_at = b->length;
    put_u8(b, LAST);
    put_u8(b, m->v ? 0x80 : 0);
    put_u32(b, m->csb_id);
    put_u8(b, m->cs_count);
    put_u8(b, m->map_type);
    put(b, m->cs_map.at ? m->cs_map.at : (const uint8_t *)"", m->cs_map.len);
}

static void put_id(struct by_hand *b, struct bytes id)
{
    begin(b, ID);
    put_u8(b, 0);
    put_u16(b, id.len);
    put(b, id.at, id.len);
}

static void put_payload(struct by_hand *b, uint8_t code, const struct mikey_message *m)
{
    switch (code) {
    case EXT: /* Key ID Information: Key Domain ID, MSK ID */
        begin(b, EXT);
        put_u8(b, 3);
        put_u16(b, 11);
        put_u16(b, 3);
        put(b, m->key_domain_id, 3);
        put_u16(b, 0x104);
        put_u32(b, m->msk_id);
        break;
    case T:
        begin(b, T);
        put_u8(b, MIKEY_TS_COUNTER);
        put_u32(b, (uint32_t)m->ts);
        break;
    case RAND:
        begin(b, RAND);
        put_u8(b, (uint8_t)m->rand.len);
        put(b, m->rand.at, m->rand.len);
        break;
    case ID: /* both, IDi first */
        put_id(b, m->idi);
        put_id(b, m->idr);
        break;
    default:
        g_assert_not_reached();
    }
}

static struct bytes finish(struct by_hand *b, struct net_region *at, const struct net_delivery *d,
                           const struct mikey_message *m)
{
    static const uint8_t mac[MIKEY_MAC_BYTES];

    begin(b, KEMAC);
    put_u8(b, MIKEY_ENCR_AES_CM_128);
    put_u16(b, m->encr_data.len);
    put(b, m->encr_data.at, m->encr_data.len);
    put_u8(b, MIKEY_MAC_HMAC_SHA1_160);
    put(b, mac, sizeof mac);
    return forge_mikey(at, d, bytes_of(b->bytes, b->length));
}

/* --- what is taken -------------------------------------------------------------------------------------- */

static struct mikey_message decoded(const struct net_delivery *d)
{
    struct mikey_message m;

    g_assert_cmpint(mikey_decode(d->bytes, &m), ==, WIRE_OK);
    return m;
}

static bool is_from_bmsc(const struct net_delivery *d)
{
    return d->kind == KIND_pull || d->kind == KIND_msk;
}

/* RFC 3830 §6 fixes the place of header and KEMAC alone. */
static bool other_order(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static const uint8_t orders[][4] = {{T, RAND, ID, EXT}, {ID, EXT, RAND, T}, {RAND, T, EXT, ID}};
    struct mikey_message m;
    struct by_hand b;

    if (!is_from_bmsc(d))
        return false;
    m = decoded(d);
    put_header(&b, &m);
    for (unsigned i = 0; i < 4; i++)
        put_payload(&b, orders[forge_count % G_N_ELEMENTS(orders)][i], &m);
    *forged = finish(&b, at, d, &m);
    return true;
}

/* TS 33.246 §6.5.3: an extension payload of unknown type is opaque, and part of what the MAC covers. */
static bool unknown_extension(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct mikey_message m;
    struct by_hand b;

    if (!is_from_bmsc(d))
        return false;
    m = decoded(d);
    put_header(&b, &m);
    put_payload(&b, EXT, &m);
    begin(&b, EXT);
    put_u8(&b, 200);
    put_u16(&b, 5);
    put(&b, "hello", 5);
    put_payload(&b, T, &m);
    put_payload(&b, RAND, &m);
    put_payload(&b, ID, &m);
    *forged = finish(&b, at, d, &m);
    return true;
}

static void taken_by(forger *with)
{
    struct scenario *scenario = fixture_scenario("ue.count=6", NULL);
    struct storm *storm = forge_run(scenario, with);

    g_assert_cmpuint(forge_count, >=, 12);
    fixture_equal(storm, "ues_keyed", 6);
    fixture_equal(storm, "pulls_received", 6);
    fixture_equal(storm, "acks_received", 6);
    fixture_equal(storm, "mikey_malformed", 0);
    fixture_equal(storm, "msk_mismatch", 0);
    forge_over(storm, scenario);
}

static void test_other_order(void)
{
    taken_by(other_order);
}

static void test_unknown_extension(void)
{
    taken_by(unknown_extension);
}

/* TS 33.246 §6.4.5.1: the ID type is ignored by the receiver. */
static bool other_id_types(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct mikey_message m;
    uint8_t out[1024];
    size_t length;

    if (!is_from_bmsc(d))
        return false;
    m = decoded(d);
    m.idi_type = 2;
    m.idr_type = 255;
    g_assert_cmpint(mikey_encode(&m, out, sizeof out, &length), ==, WIRE_OK);
    *forged = forge_mikey(at, d, bytes_of(out, length));
    return true;
}

static void test_other_id_types(void)
{
    taken_by(other_id_types);
}

static unsigned acks;

/* A streaming service: #CS 1, SRTP-ID map with its info, an SP payload (TS 33.246 §6.4.5.1); and a CSB ID of
 * any value (§6.4.2). The keys are derived with it, so that the MSK message is made anew. The ACK has the
 * same CSB ID, no crypto session and the Empty map all the same (§6.4.5.2). */
static bool streaming(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static const uint8_t map[9] = {0, 1, 2, 3, 4, 0, 0, 0, 0}, policy[] = {0, 1, 1, 1, 1, 16};
    struct mikey_message m;
    struct by_hand b;

    if (d->kind == KIND_msk_ack) {
        m = decoded(d);
        g_assert_cmphex(m.csb_id, ==, 0xfedcba98);
        g_assert_cmpuint(m.cs_count, ==, 0);
        g_assert_cmpint(m.map_type, ==, MIKEY_MAP_EMPTY);
        g_assert_cmpuint(m.cs_map.len, ==, 0);
        acks++;
        return false;
    }
    if (!is_from_bmsc(d))
        return false;
    m = decoded(d);
    m.csb_id = 0xfedcba98;
    if (d->kind == KIND_msk) {
        const struct deployment *deployment = model_of(at)->deployment;

        *forged = forge_msk(at, d, &m,
                            &(struct mikey_key_data){.type = MIKEY_KEY_TEK,
                                                     .kv = MIKEY_KV_INTERVAL,
                                                     .key = bytes_of(deployment->services[0].msk, 16),
                                                     .valid_from = bytes_text("\x7f\x01"),
                                                     .valid_to = bytes_text("\x7f\x02")});
        g_assert_cmpint(mikey_decode(*forged, &m), ==, WIRE_OK);
    }
    m.cs_count = 1;
    m.map_type = MIKEY_MAP_SRTP_ID;
    m.cs_map = bytes_of(map, sizeof map);
    put_header(&b, &m);
    for (unsigned i = 0; i < 4; i++)
        put_payload(&b, (const uint8_t[]){EXT, T, RAND, ID}[i], &m);
    begin(&b, SP);
    put_u16(&b, 0);
    put_u16(&b, sizeof policy);
    put(&b, policy, sizeof policy);
    *forged = finish(&b, at, d, &m);
    return true;
}

/* The BM-SC knows no such message of its own, so it does not take the ACK: only the UE is looked at. */
static void test_streaming(void)
{
    struct scenario *scenario = fixture_scenario("msk.attempts=1", NULL);
    struct storm *storm;

    acks = 0;
    storm = forge_run(scenario, streaming);
    fixture_equal(storm, "ues_keyed", 1);
    fixture_equal(storm, "msk_mismatch", 0);
    g_assert_cmpuint(acks, ==, 1);
    forge_over(storm, scenario);
}

/* --- key data ------------------------------------------------------------------------------------------- */

static const struct mikey_key_data *instead_data;
static struct mikey_key_data data_of_case;

/* The first MSK message has other key data. */
static bool other_data(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct mikey_message m;

    if (d->kind != KIND_msk || forge_count > 0)
        return false;
    m = decoded(d);
    if (instead_data != NULL && instead_data->key.len == 16)
        data_of_case.key = bytes_of(model_of(at)->deployment->services[0].msk, 16);
    *forged = forge_msk(at, d, &m, instead_data);
    return true;
}

static struct storm *run_with_data(struct scenario *scenario, struct mikey_key_data data)
{
    data_of_case = data;
    instead_data = &data_of_case;
    return forge_run(scenario, other_data);
}

static const uint8_t any_key[16];

#define MSK_DATA(type_, from, to)                                                                            \
    (struct mikey_key_data)                                                                                  \
    {                                                                                                        \
        .type = (type_), .kv = MIKEY_KV_INTERVAL, .key = bytes_of(any_key, 16),                              \
        .valid_from = bytes_text(from), .valid_to = bytes_text(to)                                           \
    }

/* TS 33.246 §6.4.5.1: type TEK, validity an interval, one key of our length. Whatever else is refused and
 * not acknowledged; the BM-SC sends again. */
static void test_data_refused(void)
{
    const struct mikey_key_data cases[] = {
        MSK_DATA(MIKEY_KEY_TGK, "\1\1", "\1\2"),
        {.type = MIKEY_KEY_TEK_SALT,
         .kv = MIKEY_KV_INTERVAL,
         .key = bytes_of(any_key, 16),
         .salt = bytes_of(any_key, 14),
         .valid_from = bytes_text("\1\1"),
         .valid_to = bytes_text("\1\2")},
        {.type = MIKEY_KEY_TEK, .kv = MIKEY_KV_NULL, .key = bytes_of(any_key, 16)},
        {.type = MIKEY_KEY_TEK, .kv = MIKEY_KV_SPI, .key = bytes_of(any_key, 16), .spi = bytes_text("\1")},
        MSK_DATA(MIKEY_KEY_TEK, "\1", "\1\2"),
        MSK_DATA(MIKEY_KEY_TEK, "", ""),
        {.type = MIKEY_KEY_TEK,
         .kv = MIKEY_KV_INTERVAL,
         .key = bytes_of(any_key, 15),
         .valid_from = bytes_text("\1\1"),
         .valid_to = bytes_text("\1\2")}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scenario *scenario = fixture_scenario(NULL, NULL);
        struct storm *storm = run_with_data(scenario, cases[i]);

        g_test_message("case %u", i);
        fixture_equal(storm, "mikey_malformed", 1);
        fixture_equal(storm, "msk_retransmissions", 1);
        fixture_equal(storm, "msk_installed", 1);
        fixture_equal(storm, "ues_keyed", 1);
        forge_over(storm, scenario);
    }
}

/* SEQl equal to SEQu is no invalidation, SEQl above it is (§6.3.2.1B); either message is right and
 * acknowledged. A UE whose MSK came invalid does not hold it: it asks again when ue.msk_timeout is over. */
static void test_invalid(void)
{
    struct scenario *scenario = fixture_scenario(NULL, NULL);
    struct storm *storm = run_with_data(scenario, MSK_DATA(MIKEY_KEY_TEK, "\1\2", "\1\2"));

    fixture_equal(storm, "msk_invalidated", 0);
    fixture_equal(storm, "ues_keyed", 1);
    fixture_equal(storm, "msk_sent", 1);
    forge_over(storm, scenario);

    scenario = fixture_scenario(NULL, NULL);
    storm = run_with_data(scenario, MSK_DATA(MIKEY_KEY_TEK, "\1\3", "\1\2"));
    fixture_equal(storm, "mikey_malformed", 0);
    fixture_equal(storm, "msk_invalidated", 1);
    fixture_equal(storm, "acks_received", 2);
    fixture_equal(storm, "msk_retransmissions", 0);
    fixture_equal(storm, "msk_missing", 1);
    fixture_equal(storm, "msk_requests", 2);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

static const struct mikey_key_data *second_data;

/* Key data of the second MSK message, which repeats the first, as its ACK was lost. */
static bool second_time(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static unsigned seen;
    struct mikey_message m;

    seen = d->kind == KIND_pull ? 0 : seen + (d->kind == KIND_msk);
    if (d->kind != KIND_msk || seen != 2)
        return false;
    m = decoded(d);
    *forged = forge_msk(at, d, &m, second_data);
    return true;
}

static struct storm *run_second(struct scenario *scenario, const struct mikey_key_data *data)
{
    second_data = data;
    return forge_run(scenario, second_time);
}

/* A message without a key updates the validity of the MSK it names (§6.5.3), whichever way the text may mean
 * it: a key of no bytes with an interval, or no key data at all, which changes nothing. Both are authentic,
 * and acknowledged. */
static void test_validity_alone(void)
{
    const struct mikey_key_data out = {.type = MIKEY_KEY_TEK,
                                       .kv = MIKEY_KV_INTERVAL,
                                       .valid_from = bytes_text("\1\3"),
                                       .valid_to = bytes_text("\1\2")};
    struct scenario *scenario = fixture_scenario("fault.drop=msk_ack@1", NULL);
    struct storm *storm = run_second(scenario, &out);

    fixture_equal(storm, "msk_installed", 1);
    fixture_equal(storm, "msk_invalidated", 1);
    fixture_equal(storm, "acks_received", 1);
    fixture_equal(storm, "ues_keyed", 0);
    fixture_equal(storm, "ues_without_key", 1);
    forge_over(storm, scenario);

    scenario = fixture_scenario("fault.drop=msk_ack@1", NULL);
    storm = run_second(scenario, NULL);
    fixture_equal(storm, "msk_installed", 1);
    fixture_equal(storm, "msk_invalidated", 0);
    fixture_equal(storm, "acks_received", 1);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

/* --- counters ------------------------------------------------------------------------------------------- */

static uint32_t ahead_by;
static unsigned pulls_seen;

/* The second pull (the first found the UE, but nothing answers it) comes with a counter far ahead. */
static bool far_counter(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static uint32_t first;
    struct mikey_message m;

    if (d->kind != KIND_pull)
        return false;
    m = decoded(d);
    if (pulls_seen++ == 0) {
        first = (uint32_t)m.ts;
        return false;
    }
    m.ts = (uint32_t)(first + ahead_by);
    *forged = forge_msk(at, d, &m, NULL);
    return true;
}

/* TS 33.246 §6.4.3, RFC 1982: greater means ahead by less than half the circle; at just the half it is
 * undefined, and discarded. */
static void test_serial_numbers(void)
{
    static const struct {
        uint32_t ahead_by;
        int64_t refused;
    } cases[] = {{1, 0}, {0x7fffffff, 0}, {0x80000000, 1}, {0x80000001, 1}, {0xffffffff, 1}, {0, 1}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scenario *scenario = fixture_scenario("bmsc.challenge_time=fixed(20s)", "pull.timeout=5s",
                                                     "pull.attempts=2", "ue.response_timeout=1min", NULL);
        struct storm *storm;

        ahead_by = cases[i].ahead_by;
        pulls_seen = 0;
        storm = forge_run(scenario, far_counter);
        fixture_equal(storm, "pulls_rejected", cases[i].refused);
        fixture_equal(storm, "pulls_coalesced", 1 - cases[i].refused);
        forge_over(storm, scenario);
    }
}

/* --- MUKs ----------------------------------------------------------------------------------------------- */

/* The pull becomes an MSK message, under the MUK that the pull came under. */
static bool msk_for_pull(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct mikey_message m;

    if (d->kind != KIND_pull || forge_count > 0)
        return false;
    m = decoded(d);
    m.v = true;
    m.msk_id |= model_of(at)->deployment->services[0].msk_number;
    data_of_case = MSK_DATA(MIKEY_KEY_TEK, "\1\1", "\1\2");
    data_of_case.key = bytes_of(model_of(at)->deployment->services[0].msk, 16);
    *forged = forge_msk(at, d, &m, &data_of_case);
    return true;
}

/* TS 33.246 §6.3.2.3.1: under an older MUK that is still valid an MSK message is what a pull is. Nothing
 * is stored or acknowledged; the UE asks with its newest B-TID, and gets the MSK under that. TS 31.102
 * §7.1.1.6: 9865. */
static void test_older_muk(void)
{
    struct scenario *scenario = fixture_scenario("ue.muk_ahead=100%", "gba.lifetime=100d", NULL);
    struct storm *storm = forge_run(scenario, msk_for_pull);

    fixture_equal(storm, "msk_older_muk", 1);
    fixture_equal(storm, "msk_installed", 1);
    fixture_equal(storm, "books_msk_ack_sent", 1);
    fixture_equal(storm, "msk_requests", 1);
    fixture_equal(storm, "zn_requests", 1);
    fixture_equal(storm, "pull_retransmissions", 0);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

/* Under the newest MUK it is what it says: a push. */
static void test_newest_muk(void)
{
    struct scenario *scenario = fixture_scenario("pull.attempts=1", NULL);
    struct storm *storm = forge_run(scenario, msk_for_pull);

    fixture_equal(storm, "msk_older_muk", 0);
    fixture_equal(storm, "msk_installed", 1);
    fixture_equal(storm, "books_msk_ack_sent", 1);
    fixture_equal(storm, "msk_requests", 0);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

/* Past its lifetime a MUK is good for a pull alone (§6.3.2.2.4 note 1). */
static void test_expired_muk(void)
{
    struct scenario *scenario = fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", NULL);
    struct storm *storm = forge_run(scenario, msk_for_pull);

    fixture_equal(storm, "mikey_expired_muk", 1);
    fixture_equal(storm, "msk_installed", 0);
    fixture_equal(storm, "books_msk_ack_sent", 0);
    fixture_equal(storm, "ues_keyed", 0);
    forge_over(storm, scenario);
}

/* One RAND for one MSK, whoever the UE is (§6.4.5.1), or no MTK could be read; the CSB ID is drawn for each
 * (§6.4.2). */
static bool look(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static uint8_t rand[16];
    static uint32_t csb_id;
    struct mikey_message m;

    (void)at;
    if (d->kind != KIND_msk)
        return false;
    m = decoded(d);
    g_assert_cmpuint(m.rand.len, ==, sizeof rand);
    if (forge_count > 0) {
        g_assert_cmpmem(m.rand.at, m.rand.len, rand, sizeof rand);
        g_assert_cmphex(m.csb_id, !=, csb_id);
    }
    memcpy(rand, m.rand.at, sizeof rand);
    csb_id = m.csb_id;
    *forged = d->bytes;
    return true;
}

static void test_one_rand(void)
{
    struct scenario *scenario = fixture_scenario("ue.count=20", "fault.drop=msk_ack/3@1", NULL);
    struct storm *storm = forge_run(scenario, look);

    fixture_equal(storm, "ues_keyed", 20);
    forge_over(storm, scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/peer/mikey/other order", test_other_order);
    g_test_add_func("/peer/mikey/unknown extension", test_unknown_extension);
    g_test_add_func("/peer/mikey/other ID types", test_other_id_types);
    g_test_add_func("/peer/mikey/streaming", test_streaming);
    g_test_add_func("/peer/mikey/key data refused", test_data_refused);
    g_test_add_func("/peer/mikey/invalid MSK", test_invalid);
    g_test_add_func("/peer/mikey/validity alone", test_validity_alone);
    g_test_add_func("/peer/mikey/serial numbers", test_serial_numbers);
    g_test_add_func("/peer/mikey/older MUK", test_older_muk);
    g_test_add_func("/peer/mikey/newest MUK", test_newest_muk);
    g_test_add_func("/peer/mikey/expired MUK", test_expired_muk);
    g_test_add_func("/peer/mikey/one RAND", test_one_rand);
    return g_test_run();
}
