/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Identities, the start state and the USIM. */
#include "models/crypto/digest_auth.h"
#include "models/crypto/milenage.h"
#include "models/identity.h"
#include "models/region.h"
#include "models/storm_private.h"
#include "models/subscriber.h"
#include "models/ue/decide.h"
#include "models/ue/verify.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

struct fixture {
    struct scenario *scenario;
    struct deployment deployment;
    struct model_region m;
};

static void set_up(struct fixture *f, const char *setting)
{
    *f = (struct fixture){
        .scenario = fixture_scenario("ue.count=20k", "ue.cells=100", "run.regions=7", setting, NULL)};
    deployment_init(&f->deployment, f->scenario);
    f->m.deployment = &f->deployment;
    key_store_init(&f->m.keys, &f->deployment);
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
    g_assert_cmpstr(f.deployment.bsf_fqdn, ==, "bsf.mnc001.mcc001.pub.3gppnetwork.org");
    g_assert_cmpstr(f.deployment.bmsc_fqdn, ==, "bmsc.mnc001.mcc001.pub.3gppnetwork.org");
    g_assert_cmpstr(f.deployment.diameter_realm, ==, "mnc001.mcc001.3gppnetwork.org");
    g_assert_cmpmem(f.deployment.key_domain_id, 3, "\x00\xf1\x10", 3);
    identity_impi(&f.deployment, 12345, &impi);
    g_assert_cmpmem(impi.text, impi.length, "001010000012345@ims.mnc001.mcc001.3gppnetwork.org", 49);
    for (uint32_t n = 0; n < f.deployment.ues; n += 97) {
        identity_impi(&f.deployment, n, &impi);
        g_assert_true(identity_find_impi(&f.deployment, identity_bytes(&impi), &ue));
        g_assert_cmpuint(ue, ==, n);
        key_rand(&f.m.keys, (struct key_name){n, (uint16_t)(n % 5)}, rand);
        identity_b_tid(&f.deployment, rand, &b_tid);
        g_assert_cmpuint(b_tid.length, ==, 24 + 1 + 37);
        g_assert_true(key_find(&f.m.keys, identity_bytes(&b_tid), &name));
        g_assert_cmpuint(name.ue, ==, n);
        g_assert_cmpuint(name.av, ==, n % 5);
        b_tid.text[3] ^= 1;
        g_assert_false(key_find(&f.m.keys, identity_bytes(&b_tid), &name));
    }
    g_assert_false(identity_find_impi(&f.deployment,
                                      bytes_text("001010000020000@ims.mnc001.mcc001.3gppnetwork.org"), &ue));
    g_assert_false(identity_find_impi(&f.deployment,
                                      bytes_text("00101000001234x@ims.mnc001.mcc001.3gppnetwork.org"), &ue));
    g_assert_false(identity_find_impi(&f.deployment, bytes_text(""), &ue));
    tear_down(&f);
}

static void test_three_digit_mnc(void)
{
    struct scenario *scenario = fixture_scenario("operator.mcc=310", "operator.mnc=410", NULL);
    struct deployment deployment;

    deployment_init(&deployment, scenario);
    g_assert_cmpstr(deployment.bsf_fqdn, ==, "bsf.mnc410.mcc310.pub.3gppnetwork.org");
    g_assert_cmpstr(deployment.imsi_prefix, ==, "310410");
    g_assert_cmpmem(deployment.key_domain_id, 3, "\x13\x00\x14", 3);
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
    for (uint32_t n = 0; n < f.deployment.ues; n++) {
        subscriber_start(&f.deployment, n, &s);
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

struct card {
    struct fixture f;
    struct ue_states states;
    struct ue_decision d;
};

static void card_new(struct card *card)
{
    set_up(&card->f, NULL);
    g_assert_true(ue_states_init(&card->states, &card->f.deployment));
    card->d = (struct ue_decision){.table = ue_table_new(&card->f.deployment, &card->states),
                                   .ue = ue_of(&card->states, 0)};
    ue_decide_start(&card->d);
}

static void card_free(struct card *card)
{
    ue_table_free(card->d.table);
    ue_states_clear(&card->states);
    tear_down(&card->f);
}

static void test_usim(void)
{
    struct card card;
    uint64_t seq, sqn_ms;

    card_new(&card);
    seq = subscriber_start_seq_usim(&card.f.deployment, 0);
    /* fresh, then replayed, then any IND within its own order */
    g_assert_true(ue_decide_sqn(&card.d, (seq + 1) << 5 | ((seq + 1) & 31), &sqn_ms));
    g_assert_false(ue_decide_sqn(&card.d, (seq + 1) << 5 | ((seq + 1) & 31), &sqn_ms));
    g_assert_true(ue_decide_sqn(&card.d, (seq + 9) << 5 | ((seq + 9) & 31), &sqn_ms));
    g_assert_true(ue_decide_sqn(&card.d, (seq + 5) << 5 | ((seq + 5) & 31), &sqn_ms));
    /* too old for its IND, and too far ahead (Delta = 2^28) */
    g_assert_false(ue_decide_sqn(&card.d, (seq - 32) << 5 | (seq & 31), &sqn_ms));
    g_assert_false(ue_decide_sqn(&card.d, (seq + 10 + (1 << 28)) << 5, &sqn_ms));
    /* what an AUTS says is the highest SQN accepted */
    g_assert_cmpuint(sqn_ms >> 5, ==, seq + 9);
    g_assert_cmpuint(sqn_ms & 31, ==, (seq + 9) & 31);
    card_free(&card);
}

/* A challenge is opened with the card's own K: its SQN, its AV, and whether its MAC is right. */
static void test_usim_mac(void)
{
    static const uint8_t amf[2];
    const struct key_name name = {0, 7};
    const uint64_t sqn = UINT64_C(0x123456789ab);
    struct ue_exchange_memory memory = {.x = {.serial = 1}};
    uint8_t *rand = memory.x.rand_autn, k[16], opc[16];
    struct milenage_vector v;
    struct ue_aka_facts facts;
    struct card card;

    card_new(&card);
    const struct key_store *keys = &card.f.m.keys;
    const struct ue_seen seen = {.number = 0, .ue = card.d.ue, .x = &memory.x};
    key_k(keys, 0, k);
    key_opc(keys, 0, opc);
    key_rand(keys, name, rand);
    milenage_all(keys->crypto, k, opc, rand, sqn, amf, &v);
    milenage_autn(sqn, v.ak, amf, v.mac_a, rand + 16);
    ue_verify_aka(keys, &seen, &facts);
    g_assert_true(facts.mac_right);
    g_assert_cmpuint(facts.sqn, ==, sqn);
    g_assert_cmpuint(facts.av, ==, name.av);
    g_assert_cmpmem(memory.secrets.res, 8, v.res, 8);
    rand[31] ^= 1;
    ue_verify_aka(keys, &seen, &facts);
    g_assert_false(facts.mac_right);
    rand[0] ^= 1; /* nobody's RAND */
    ue_verify_aka(keys, &seen, &facts);
    g_assert_false(facts.mac_right);
    g_assert_cmpuint(facts.av, ==, AV_NONE);
    card_free(&card);
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
