/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Identities, the start state and the USIM. */
#include "models/crypto/digest_auth.h"
#include "models/crypto/milenage.h"
#include "models/identity.h"
#include "models/region.h"
#include "models/storm_private.h"
#include "models/subscriber.h"
#include "models/ue/ue.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

struct fixture {
    struct scenario *scenario;
    struct world world;
    struct model_region m;
};

static void set_up(struct fixture *f, const char *setting)
{
    *f = (struct fixture){
        .scenario = fixture_scenario("ue.count=20k", "ue.cells=100", "run.regions=7", setting, NULL)};
    world_init(&f->world, f->scenario);
    f->m.world = &f->world;
    key_store_init(&f->m.keys, &f->world);
}

static void tear_down(struct fixture *f)
{
    key_store_clear(&f->m.keys);
    scenario_free(f->scenario);
}

/* TS 23.003 forms, and every name leads back to its UE. */
static void test_names(void)
{
    struct fixture f;
    struct identity_text impi, b_tid;
    uint8_t rand[16];
    struct key_name name;
    uint32_t ue;

    set_up(&f, NULL);
    g_assert_cmpstr(f.world.bsf_fqdn, ==, "bsf.mnc001.mcc001.pub.3gppnetwork.org");
    g_assert_cmpstr(f.world.bmsc_fqdn, ==, "bmsc.mnc001.mcc001.pub.3gppnetwork.org");
    g_assert_cmpstr(f.world.diameter_realm, ==, "mnc001.mcc001.3gppnetwork.org");
    g_assert_cmpmem(f.world.key_domain_id, 3, "\x00\xf1\x10", 3);
    identity_impi(&f.world, 12345, &impi);
    g_assert_cmpmem(impi.text, impi.length, "001010000012345@ims.mnc001.mcc001.3gppnetwork.org", 49);
    for (uint32_t n = 0; n < f.world.ues; n += 97) {
        identity_impi(&f.world, n, &impi);
        g_assert_true(identity_find_impi(&f.world, identity_bytes(&impi), &ue));
        g_assert_cmpuint(ue, ==, n);
        key_rand(&f.m.keys, (struct key_name){n, (uint16_t)(n % 5)}, rand);
        identity_b_tid(&f.world, rand, &b_tid);
        g_assert_cmpuint(b_tid.length, ==, 24 + 1 + 37);
        g_assert_true(key_find(&f.m.keys, identity_bytes(&b_tid), &name));
        g_assert_cmpuint(name.ue, ==, n);
        g_assert_cmpuint(name.av, ==, n % 5);
        b_tid.text[3] ^= 1;
        g_assert_false(key_find(&f.m.keys, identity_bytes(&b_tid), &name));
    }
    g_assert_false(
        identity_find_impi(&f.world, bytes_text("001010000020000@ims.mnc001.mcc001.3gppnetwork.org"), &ue));
    g_assert_false(
        identity_find_impi(&f.world, bytes_text("00101000001234x@ims.mnc001.mcc001.3gppnetwork.org"), &ue));
    g_assert_false(identity_find_impi(&f.world, bytes_text(""), &ue));
    tear_down(&f);
}

static void test_three_digit_mnc(void)
{
    struct scenario *scenario = fixture_scenario("operator.mcc=310", "operator.mnc=410", NULL);
    struct world world;

    world_init(&world, scenario);
    g_assert_cmpstr(world.bsf_fqdn, ==, "bsf.mnc410.mcc310.pub.3gppnetwork.org");
    g_assert_cmpstr(world.imsi_prefix, ==, "310410");
    g_assert_cmpmem(world.key_domain_id, 3, "\x13\x00\x14", 3);
    scenario_free(scenario);
}

/* Shares within five standard deviations; what each class means holds for every UE of it. */
static void test_start_state(void)
{
    struct fixture f;
    struct subscriber_start s;
    unsigned classes[5] = {0};

    set_up(&f, NULL);
    f.scenario->ue_muk_expired = 0.3;
    f.scenario->ue_muk_ahead = 0.2;
    f.scenario->ue_muk_unknown = 0.1;
    f.scenario->ue_muk_unproven = 0.05;
    for (uint32_t n = 0; n < f.world.ues; n++) {
        subscriber_start(&f.world, n, &s);
        classes[s.class]++;
        g_assert_cmpint(s.newest_expiry_ns > 0, ==, s.class != CLASS_EXPIRED);
        g_assert_cmpint(s.newest_expiry_ns, <=, f.scenario->gba_lifetime + CLOCK_SECOND);
        g_assert_cmpint(s.older_expiry_ns, <, s.newest_expiry_ns);
        g_assert_cmpint(s.newest_expiry_ns % CLOCK_SECOND, ==, 0);
        g_assert_cmpint(s.bmsc_known == s.newest, ==, s.class != CLASS_AHEAD && s.class != CLASS_UNKNOWN);
    }
    g_assert_cmpint(ABS((int)classes[CLASS_EXPIRED] - 6000), <, 5 * 65);
    g_assert_cmpint(ABS((int)classes[CLASS_AHEAD] - 4000), <, 5 * 57);
    g_assert_cmpint(ABS((int)classes[CLASS_UNKNOWN] - 2000), <, 5 * 43);
    g_assert_cmpint(ABS((int)classes[CLASS_UNPROVEN] - 1000), <, 5 * 31);
    tear_down(&f);
}

/* --- the USIM: TS 33.102 Annex C ------------------------------------------------------------------------ */

static enum usim_result authenticate(struct ue_at *u, uint64_t sqn, struct usim_answer *answer)
{
    static const uint8_t amf[2];
    struct milenage_vector v;
    uint8_t k[16], opc[16], rand[16] = {1, 2, 3}, autn[16];

    key_k(&u->m->keys, u->number, k);
    key_opc(&u->m->keys, u->number, opc);
    milenage_all(u->m->keys.crypto, k, opc, rand, sqn, amf, &v);
    milenage_autn(sqn, v.ak, amf, v.mac_a, autn);
    return usim_authenticate(u, rand, autn, answer);
}

static void test_usim(void)
{
    struct fixture f;
    struct usim_answer answer;
    struct ue_states states;
    struct net_region net = {.now_ns = 0};
    uint8_t k[16], opc[16], rand[16] = {1, 2, 3};
    uint64_t seq, sqn_ms;

    set_up(&f, NULL);
    g_assert_true(ue_states_init(&states, f.world.ues, false));
    f.m.ues = ue_table_new(&states);
    net.model = &f.m;
    struct ue_at u = ue_find(&net, HOST_UES);
    seq = subscriber_start_seq_usim(&f.world, 0);

    /* fresh, then replayed, then any IND within its own order */
    g_assert_cmpint(authenticate(&u, (seq + 1) << 5 | ((seq + 1) & 31), &answer), ==, USIM_OK);
    g_assert_cmpint(authenticate(&u, (seq + 1) << 5 | ((seq + 1) & 31), &answer), ==, USIM_SYNC_FAILURE);
    g_assert_cmpint(authenticate(&u, (seq + 9) << 5 | ((seq + 9) & 31), &answer), ==, USIM_OK);
    g_assert_cmpint(authenticate(&u, (seq + 5) << 5 | ((seq + 5) & 31), &answer), ==, USIM_OK);
    /* too old for its IND, and too far ahead (Delta = 2^28) */
    g_assert_cmpint(authenticate(&u, (seq - 32) << 5 | (seq & 31), &answer), ==, USIM_SYNC_FAILURE);
    g_assert_cmpint(authenticate(&u, (seq + 10 + (1 << 28)) << 5, &answer), ==, USIM_SYNC_FAILURE);
    /* AUTS tells the highest SQN accepted */
    key_k(&f.m.keys, 0, k);
    key_opc(&f.m.keys, 0, opc);
    g_assert_true(milenage_auts_open(f.m.keys.crypto, k, opc, rand, answer.auts, &sqn_ms));
    g_assert_cmpuint(sqn_ms >> 5, ==, seq + 9);
    g_assert_cmpuint(sqn_ms & 31, ==, (seq + 9) & 31);
    ue_table_free(f.m.ues);
    ue_states_clear(&states);
    tear_down(&f);
}

static void test_usim_mac(void)
{
    struct fixture f;
    struct usim_answer answer;
    struct ue_states states;
    struct net_region net = {.now_ns = 0};
    const uint8_t rand[16] = {0}, autn[16] = {0};

    set_up(&f, NULL);
    g_assert_true(ue_states_init(&states, f.world.ues, false));
    f.m.ues = ue_table_new(&states);
    net.model = &f.m;
    struct ue_at u = ue_find(&net, HOST_UES);
    g_assert_cmpint(usim_authenticate(&u, rand, autn, &answer), ==, USIM_MAC_FAILURE);
    ue_table_free(f.m.ues);
    ue_states_clear(&states);
    tear_down(&f);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/subscriber/names", test_names);
    g_test_add_func("/subscriber/three-digit MNC", test_three_digit_mnc);
    g_test_add_func("/subscriber/start state", test_start_state);
    g_test_add_func("/usim/sequence numbers", test_usim);
    g_test_add_func("/usim/wrong MAC", test_usim_mac);
    return g_test_run();
}
