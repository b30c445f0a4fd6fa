/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Pulls, MSK messages, ACKs: made and verified. */
#include "models/content_private.h"

#include "models/bmsc/encode.h"
#include "models/bmsc/verify.h"
#include "models/ue/encode.h"
#include "models/ue/verify.h"

size_t content_write_mikey(const struct key_store *keys, const void *content, uint8_t *out)
{
    const struct content_mikey *c = content;
    uint8_t auth[20];
    struct key_muk key;

    key_rand(keys, c->key, key.rand);
    key_muk(keys, c->key.ue, key.rand, key.muk);
    return bmsc_encode_mikey(keys, c, &key, out, NET_MESSAGE_BYTES_MAX, auth);
}

/* As the BM-SC makes it; it knows the ACK of an MSK message by the key. */
static void content_make_mikey(struct content_at_work *at, const struct content_mikey *c, uint8_t *out)
{
    struct content_worker *w = at->worker;
    struct key_at_hand *place = keys_at_hand(&w->sender, c->key);
    const struct key_muk *key = key_at_hand_muk(&w->keys, place);
    uint8_t auth[20];

    content_made(at, out, bmsc_encode_mikey(&w->keys, c, key, out, NET_MESSAGE_BYTES_MAX, auth));
    if (c->msk)
        key_at_hand_put_auth(place, c->csb_id, auth);
}

static void content_hold_mikey(const struct content_at_work *at, const struct content_mikey *c,
                               struct key_name name, const struct ue_mikey_facts *found)
{
    const struct deployment_service *service = &at->worker->keys.deployment->services[c->service];

    content_same(at, "proper", true, found->proper);
    content_same(at, "pull", !c->msk, found->pull);
    content_same(at, "ue", c->key.ue, name.ue);
    content_same(at, "av", c->key.av, name.av);
    content_same(at, "mac_right", true, found->mac_right);
    content_same(at, "counter", c->counter, found->counter);
    content_same(at, "v", c->msk, found->v);
    content_same(at, "service", c->service, found->service);
    content_same(at, "key_number", c->msk ? service->msk_number : 0, found->key_number);
    content_same(at, "readable", c->msk, found->readable);
    content_same(at, "has_key", c->msk, found->has_key);
    content_same(at, "key_right", c->msk, found->key_right);
    content_same(at, "has_validity", c->msk, found->has_validity);
    content_same(at, "valid", c->msk, found->valid);
}

void content_work_mikey(struct content_at_work *at, void *content)
{
    const struct content_mikey *c = content;
    struct ue_mikey_facts *found = CONTENT_FOUND(content, struct content_mikey);
    struct content_worker *w = at->worker;
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];
    struct key_name name = {0, AV_NONE};
    struct ue_mikey_opened opened;

    content_make_mikey(at, c, bytes);
    ue_verify_mikey_apart(&w->keys, &w->receiver, at->bytes, found, &opened, &name);
    content_hold_mikey(at, c, name, found);
    if (c->msk) {
        content_same(at, "csb_id", c->csb_id, opened.message.csb_id);
        key_at_hand_put_auth(keys_at_hand(&w->receiver, name), c->csb_id, opened.keys.auth);
    }
}

static size_t content_make_ack(const struct key_store *keys, struct key_at_hand *place,
                               const struct content_ack *c, uint8_t *out)
{
    const struct key_muk *key = key_at_hand_muk(keys, place);
    struct ue_mikey_opened opened;
    struct ue_ack_texts texts;

    ue_ack_opened(keys, c, key, key_at_hand_auth(keys, place, c->csb_id, c->service), &texts, &opened);
    return ue_encode_ack(keys, &opened, out, NET_MESSAGE_BYTES_MAX);
}

size_t content_write_ack(const struct key_store *keys, const void *content, uint8_t *out)
{
    const struct content_ack *c = content;
    struct key_at_hand place = {.name = c->key};

    return content_make_ack(keys, &place, c, out);
}

void content_work_ack(struct content_at_work *at, void *content)
{
    const struct content_ack *c = content;
    struct bmsc_ack_facts *found = CONTENT_FOUND(content, struct content_ack);
    struct content_worker *w = at->worker;
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];
    struct key_at_hand *place;
    struct mikey_message ack;

    content_made(at, bytes, content_make_ack(&w->keys, keys_at_hand(&w->receiver, c->key), c, bytes));
    content_same(at, "known", true, bmsc_read_ack(&w->keys, at->bytes, &ack, found));
    place = keys_at_hand(&w->sender, found->name);
    found->mac_right =
        bmsc_ack_mac_right(&w->keys, &ack, key_at_hand_auth(&w->keys, place, found->csb_id, c->service));
    content_same(at, "ue", c->key.ue, found->name.ue);
    content_same(at, "av", c->key.av, found->name.av);
    content_same(at, "counter", c->counter, found->counter);
    content_same(at, "csb_id", c->csb_id, found->csb_id);
    content_same(at, "mac_right", true, found->mac_right);
}
