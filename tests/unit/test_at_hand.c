/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys at hand are those that the key store has: of one name or of a group, new or known, with and without
 * a place of one's own, and beside another thread's group. */
#include "models/keys/at_hand.h"

#include "models/crypto/mikey_keys.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <string.h>

struct fixture {
    struct scenario *scenario;
    struct deployment deployment;
    struct key_store keys;
    struct keys_at_hand table;
    struct keys_at_hand_user user, other;
};

static void set_up(struct fixture *f)
{
    f->scenario = fixture_scenario("ue.count=20k", "ue.cells=100", NULL); /* more UEs than places */
    deployment_init(&f->deployment, f->scenario);
    key_store_init(&f->keys, &f->deployment);
    keys_at_hand_init(&f->table, &f->deployment);
    f->user = (struct keys_at_hand_user){.table = &f->table, .number = 1};
    f->other = (struct keys_at_hand_user){.table = &f->table, .number = 2};
}

static void tear_down(struct fixture *f)
{
    keys_at_hand_clear(&f->table);
    key_store_clear(&f->keys);
    scenario_free(f->scenario);
}

static void assert_right(const struct fixture *f, const struct key_at_hand *place, struct key_name name)
{
    struct key_material expected;
    struct key_muk muk;
    char ha1[32];

    key_material(&f->keys, name, &expected);
    g_assert_cmpmem(place->muk.rand, 16, expected.rand, 16);
    g_assert_cmpmem(place->muk.muk, 32, expected.muk, 32);
    memcpy(muk.rand, expected.rand, sizeof muk.rand);
    memcpy(muk.muk, expected.muk, sizeof muk.muk);
    key_ua_ha1(&f->keys, &muk, ha1);
    g_assert_cmpmem(place->ha1, 32, ha1, 32);
}

/* A group, all of whose keys must be right; given back unless it is to be kept. */
static void use(struct fixture *f, struct keys_at_hand_user *user, unsigned count,
                const struct key_name names[], struct key_at_hand *places[], bool give_back)
{
    keys_at_hand_find(user, count, names, places);
    keys_at_hand_ha1s(&f->keys, count, places);
    for (unsigned i = 0; i < count; i++)
        assert_right(f, places[i], names[i]);
    if (give_back)
        keys_at_hand_give_back(user, count, places);
}

static void test_groups(void)
{
    struct key_at_hand *places[LANES], *again[LANES];
    struct key_name names[LANES];
    struct fixture f;

    set_up(&f);
    for (unsigned count = 1; count <= LANES; count++) {
        for (unsigned i = 0; i < count; i++)
            names[i] = (struct key_name){count * 31 + i * 7, (uint16_t)(i % 3)};
        use(&f, &f.user, count, names, places, true);
        use(&f, &f.user, count, names, again, true);
        for (unsigned i = 0; i < count; i++)
            g_assert_true(places[i] == again[i]);
    }
    tear_down(&f);
}

/* Names that would have one place: the first has it, the others one apart; equal ones share theirs. */
static void test_one_place(void)
{
    const uint32_t apart = 16384;
    const struct key_name names[] = {{5, 1}, {5 + apart, 1}, {5, 1}, {5, 2}, {5 + apart, 1}};
    struct key_at_hand *places[G_N_ELEMENTS(names)];
    struct fixture f;

    set_up(&f);
    for (unsigned turn = 0; turn < 2; turn++) {
        use(&f, &f.user, G_N_ELEMENTS(names), names, places, true);
        g_assert_true(places[0] == &f.table.places[5] && places[2] == places[0]);
        g_assert_true(places[1] == &f.user.spare[0] && places[4] == places[1]);
        g_assert_true(places[3] == &f.user.spare[1]);
    }
    use(&f, &f.user, 1, names + 1, places, true); /* the place is free, and changes its name */
    g_assert_true(places[0] == &f.table.places[5]);
    tear_down(&f);
}

/* While another thread's group has a place, this one's is apart. */
static void test_two_users(void)
{
    const struct key_name names[] = {{9, 0}, {10, 0}};
    struct key_at_hand *places[2], *others[2];
    struct fixture f;

    set_up(&f);
    use(&f, &f.other, 1, names, others, false);
    use(&f, &f.user, 2, names, places, true);
    g_assert_true(places[0] == &f.user.spare[0] && places[1] == &f.table.places[10]);
    assert_right(&f, others[0], names[0]);
    keys_at_hand_give_back(&f.other, 1, others);
    use(&f, &f.user, 2, names, places, true);
    g_assert_true(places[0] == &f.table.places[9]);
    tear_down(&f);
}

static void test_auths(void)
{
    const struct key_name names[] = {{3, 0}, {4, 0}, {3, 0}};
    const uint32_t csb_ids[] = {77, 78, 79}; /* two of one UE */
    const uint8_t services[] = {0, 0, 0};
    struct key_at_hand *places[3];
    uint8_t auths[3][20], expected[20], put[20] = {1, 2, 3};
    struct fixture f;

    set_up(&f);
    for (unsigned turn = 0; turn < 2; turn++) {
        keys_at_hand_find(&f.user, 3, names, places);
        keys_at_hand_auths(&f.keys, 3, places, csb_ids, services, auths);
        for (unsigned i = 0; i < 3; i++) {
            mikey_auth_key(f.keys.crypto, bytes_of(places[i]->muk.muk, 32), csb_ids[i],
                           bytes_of(f.deployment.services[0].msk_rand, 16), expected);
            g_assert_cmpmem(auths[i], 20, expected, 20);
        }
        keys_at_hand_give_back(&f.user, 3, places);
    }
    keys_at_hand_find(&f.user, 1, names + 1, places);
    key_at_hand_put_auth(places[0], 78, put);
    keys_at_hand_auths(&f.keys, 1, places, csb_ids + 1, services, auths);
    g_assert_cmpmem(auths[0], 20, put, 20);
    keys_at_hand_give_back(&f.user, 1, places);
    tear_down(&f);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/at hand/groups", test_groups);
    g_test_add_func("/at hand/one place for several", test_one_place);
    g_test_add_func("/at hand/two users", test_two_users);
    g_test_add_func("/at hand/authentication keys", test_auths);
    return g_test_run();
}
