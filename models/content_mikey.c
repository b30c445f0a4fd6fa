/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Pulls, MSK messages, ACKs: made and verified. */
#include "models/content_private.h"

#include "models/bmsc/encode.h"
#include "models/bmsc/verify.h"
#include "models/ue/encode.h"
#include "models/ue/verify.h"

#include <string.h>

/* --- pull, MSK message ---------------------------------------------------------------------------------- */

size_t content_write_mikey(const struct key_store *keys, const void *content, uint8_t *out)
{
    const struct content_mikey *c = content;
    struct key_muk muk;
    struct bmsc_mikey_job job = {.content = c, .muk = &muk, .out = out, .capacity = NET_MESSAGE_BYTES_MAX};

    key_rand(keys, c->key, muk.rand);
    key_muk(keys, c->key.ue, muk.rand, muk.muk);
    bmsc_encode_mikey(keys, 1, &job);
    return job.length;
}

/* As the BM-SC makes them; it knows the ACK of an MSK message by the key. */
static void content_make_mikey(struct content_group *group)
{
    struct content_worker *w = group->worker;
    struct bmsc_mikey_job jobs[LANES];
    struct key_at_hand *places[LANES];
    struct key_name names[LANES];

    for (unsigned i = 0; i < group->count; i++)
        names[i] = ((const struct content_mikey *)content_at(group, i))->key;
    keys_at_hand_find(&w->bmsc, group->count, names, places);
    keys_at_hand_muks(&w->keys, group->count, places);
    for (unsigned i = 0; i < group->count; i++)
        jobs[i] = (struct bmsc_mikey_job){.content = content_at(group, i),
                                          .muk = &places[i]->muk,
                                          .out = group->out[i],
                                          .capacity = NET_MESSAGE_BYTES_MAX};
    bmsc_encode_mikey(&w->keys, group->count, jobs);
    for (unsigned i = 0; i < group->count; i++) {
        content_made(group, i, jobs[i].length);
        if (jobs[i].content->msk)
            key_at_hand_put_auth(places[i], jobs[i].content->csb_id, jobs[i].mikey.auth);
    }
    keys_at_hand_give_back(&w->bmsc, group->count, places);
}

/* As the UE reads them. */
static void content_find_mikey(struct content_group *group)
{
    struct content_worker *w = group->worker;
    struct ue_mikey_opened opened[LANES];
    struct ue_mikey_job jobs[LANES];
    struct key_at_hand *places[LANES];
    struct key_name names[LANES];

    for (unsigned i = 0; i < group->count; i++) {
        const struct content_mikey *c = content_at(group, i);

        jobs[i] = (struct ue_mikey_job){CONTENT_FOUND(c, struct content_mikey), &opened[i]};
        content_same(group, i, "named", true,
                     ue_read_mikey(&w->keys, group->bytes[i], jobs[i].facts, &opened[i], &names[i]));
        content_same(group, i, "ue", c->key.ue, names[i].ue);
        if (c->msk)
            content_same(group, i, "csb_id", c->csb_id, opened[i].message.csb_id);
    }
    keys_at_hand_find(&w->ue, group->count, names, places);
    keys_at_hand_muks(&w->keys, group->count, places);
    for (unsigned i = 0; i < group->count; i++)
        memcpy(opened[i].muk, places[i]->muk.muk, sizeof opened[i].muk);
    ue_prove_mikey(&w->keys, group->count, jobs);
    for (unsigned i = 0; i < group->count; i++)
        if (!jobs[i].facts->pull)
            key_at_hand_put_auth(places[i], opened[i].message.csb_id, opened[i].keys.auth);
    keys_at_hand_give_back(&w->ue, group->count, places);
}

static void content_hold_mikey(const struct content_group *group, unsigned i)
{
    const struct content_mikey *c = content_at(group, i);
    const struct ue_mikey_facts *found = CONTENT_FOUND(c, struct content_mikey);
    const struct deployment_service *service = &group->worker->keys.deployment->services[c->service];

    content_same(group, i, "pull", !c->msk, found->pull);
    content_same(group, i, "av", c->key.av, found->av);
    content_same(group, i, "mac_right", true, found->mac_right);
    content_same(group, i, "counter", c->counter, found->counter);
    content_same(group, i, "v", c->msk, found->v);
    content_same(group, i, "service", c->service, found->service);
    content_same(group, i, "key_number", c->msk ? service->msk_number : 0, found->key_number);
    content_same(group, i, "readable", c->msk, found->readable);
    content_same(group, i, "has_key", c->msk, found->has_key);
    content_same(group, i, "key_right", c->msk, found->key_right);
    content_same(group, i, "has_validity", c->msk, found->has_validity);
    content_same(group, i, "valid", c->msk, found->valid);
}

/* The MAC comes last (RFC 3830 §6.2, §6.9). */
static struct bytes content_mac(struct bytes message)
{
    return bytes_of(message.at + message.len - MIKEY_MAC_BYTES, MIKEY_MAC_BYTES);
}

static bool content_mikey_proven(const struct content_group *group, unsigned i)
{
    const struct ue_mikey_facts *found = CONTENT_FOUND(content_at(group, i), struct content_mikey);

    return found->mac_right;
}

const struct content_steps content_mikey_steps = {content_make_mikey, content_find_mikey, content_hold_mikey,
                                                  content_mac, content_mikey_proven};

/* --- ACK ------------------------------------------------------------------------------------------------ */

size_t content_write_ack(const struct key_store *keys, const void *content, uint8_t *out)
{
    const struct content_ack *c = content;
    struct ue_mikey_opened opened;
    struct ue_ack_job job = {.opened = &opened, .out = out, .capacity = NET_MESSAGE_BYTES_MAX};
    struct ue_ack_texts texts;
    struct mikey_keys mikey;
    struct key_muk muk;

    key_rand(keys, c->key, muk.rand);
    key_muk(keys, c->key.ue, muk.rand, muk.muk);
    mikey_auth_key(keys->crypto, bytes_of(muk.muk, sizeof muk.muk), c->csb_id,
                   bytes_of(keys->deployment->services[c->service].msk_rand, 16), mikey.auth);
    ue_ack_opened(keys, c, &muk, mikey.auth, &texts, &opened);
    ue_encode_ack(keys, 1, &job);
    return job.length;
}

/* Of one side: places and authentication keys. csb_ids, services: of the MSK messages. */
static void content_auths(const struct content_group *group, struct keys_at_hand_user *side,
                          const struct key_name names[], const uint32_t csb_ids[],
                          struct key_at_hand *places[], uint8_t auths[][20])
{
    uint8_t services[LANES];

    for (unsigned i = 0; i < group->count; i++)
        services[i] = ((const struct content_ack *)content_at(group, i))->service;
    keys_at_hand_find(side, group->count, names, places);
    keys_at_hand_auths(&group->worker->keys, group->count, places, csb_ids, services, auths);
}

static void content_make_ack(struct content_group *group)
{
    struct content_worker *w = group->worker;
    struct ue_mikey_opened opened[LANES];
    struct ue_ack_texts texts[LANES];
    struct ue_ack_job jobs[LANES];
    struct key_at_hand *places[LANES];
    struct key_name names[LANES];
    uint32_t csb_ids[LANES];
    uint8_t auths[LANES][20];

    for (unsigned i = 0; i < group->count; i++) {
        const struct content_ack *c = content_at(group, i);

        names[i] = c->key;
        csb_ids[i] = c->csb_id;
    }
    content_auths(group, &w->ue, names, csb_ids, places, auths);
    for (unsigned i = 0; i < group->count; i++) {
        ue_ack_opened(&w->keys, content_at(group, i), &places[i]->muk, auths[i], &texts[i], &opened[i]);
        jobs[i] = (struct ue_ack_job){
            .opened = &opened[i], .out = group->out[i], .capacity = NET_MESSAGE_BYTES_MAX};
    }
    keys_at_hand_give_back(&w->ue, group->count, places);
    ue_encode_ack(&w->keys, group->count, jobs);
    for (unsigned i = 0; i < group->count; i++)
        content_made(group, i, jobs[i].length);
}

static void content_find_ack(struct content_group *group)
{
    struct content_worker *w = group->worker;
    struct mikey_message acks[LANES];
    struct bmsc_ack_job jobs[LANES];
    struct key_at_hand *places[LANES];
    struct key_name names[LANES];
    uint32_t csb_ids[LANES];
    uint8_t auths[LANES][20];

    for (unsigned i = 0; i < group->count; i++) {
        struct bmsc_ack_facts *found = CONTENT_FOUND(content_at(group, i), struct content_ack);

        content_same(group, i, "known", true, bmsc_read_ack(&w->keys, group->bytes[i], &acks[i], found));
        jobs[i] = (struct bmsc_ack_job){found, &acks[i], auths[i]};
        names[i] = found->name;
        csb_ids[i] = found->csb_id;
    }
    content_auths(group, &w->bmsc, names, csb_ids, places, auths);
    keys_at_hand_give_back(&w->bmsc, group->count, places);
    bmsc_prove_ack(&w->keys, group->count, jobs);
}

static void content_hold_ack(const struct content_group *group, unsigned i)
{
    const struct content_ack *c = content_at(group, i);
    const struct bmsc_ack_facts *found = CONTENT_FOUND(c, struct content_ack);

    content_same(group, i, "ue", c->key.ue, found->name.ue);
    content_same(group, i, "av", c->key.av, found->name.av);
    content_same(group, i, "counter", c->counter, found->counter);
    content_same(group, i, "csb_id", c->csb_id, found->csb_id);
    content_same(group, i, "mac_right", true, found->mac_right);
}

static bool content_ack_proven(const struct content_group *group, unsigned i)
{
    const struct bmsc_ack_facts *found = CONTENT_FOUND(content_at(group, i), struct content_ack);

    return found->mac_right;
}

const struct content_steps content_ack_steps = {content_make_ack, content_find_ack, content_hold_ack,
                                                content_mac, content_ack_proven};
