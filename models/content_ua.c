/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* POSTs, challenges and 200s on Ua: made and verified. */
#include "models/content_private.h"

#include "models/bmsc/encode.h"
#include "models/bmsc/verify.h"
#include "models/nonce.h"
#include "models/ue/encode.h"
#include "models/ue/verify.h"
#include "models/wire/http.h"
#include "models/wire/ua.h"

#include <string.h>

/* That the receiver's framer finds just this message in a stream. */
static void content_framed(const struct content_at_work *at)
{
    content_same(at, "framed", at->message->length, http_frame(at->bytes));
}

static void content_same_text(const struct content_at_work *at, const char *what, const char *said,
                              struct bytes found, size_t length)
{
    content_same(at, what, 0, !bytes_equal(bytes_of(said, length), found));
}

/* The current MSKs of a set of services. */
static unsigned content_keys(const struct deployment *deployment, uint8_t asked, unsigned status,
                             struct ua_key keys[SERVICES_MAX])
{
    unsigned count = 0;

    for (unsigned i = 0; i < deployment->service_count; i++) {
        if ((asked >> i & 1) == 0)
            continue;
        keys[count] = (struct ua_key){.msk_id = deployment_current_msk_id(deployment, i), .status = status};
        memcpy(keys[count++].key_domain_id, deployment->key_domain_id, sizeof keys->key_domain_id);
    }
    return count;
}

/* --- POST ----------------------------------------------------------------------------------------------- */

static size_t content_make_post(const struct key_store *keys, struct key_at_hand *place,
                                const struct content_post *c, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    struct ue_post post = {
        .sent_ns = c->sent_ns,
        .asked = c->asked,
        .digest = {.nonce = bytes_of(c->nonce, sizeof c->nonce),
                   .opaque = bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque),
                   .nc = c->nc},
    };

    memcpy(post.digest.cnonce, c->cnonce, sizeof c->cnonce);
    if (c->credentials) {
        post.ha1 = key_at_hand_ha1(keys, place);
        post.rand = place->muk.rand;
    }
    return ue_encode_post(keys, &post, out, NET_MESSAGE_BYTES_MAX);
}

size_t content_write_post(const struct key_store *keys, const void *content, uint8_t *out)
{
    const struct content_post *c = content;
    struct key_at_hand place = {.name = {c->ue, c->av}};

    return content_make_post(keys, &place, c, out);
}

static void content_hold_credentials(const struct content_at_work *at, const struct content_post *c,
                                     const struct bmsc_post_found *found)
{
    const struct bmsc_post *post = &found->post;

    content_same(at, "b_tid_known_form", true, post->b_tid_known_form);
    content_same(at, "ue", c->ue, post->name.ue);
    content_same(at, "av", c->av, post->name.av);
    content_same(at, "names_right", true, post->names_right);
    content_same(at, "nc", c->nc, post->nc);
    content_same_text(at, "nonce", c->nonce, bytes_of(found->nonce_text, sizeof found->nonce_text),
                      sizeof c->nonce);
    content_same_text(at, "cnonce", c->cnonce, bytes_of(found->cnonce, sizeof found->cnonce),
                      sizeof c->cnonce);
    content_same(at, "digest_right", true, post->digest_right);
}

void content_work_post(struct content_at_work *at, void *content)
{
    const struct content_post *c = content;
    struct bmsc_post_found *found = CONTENT_FOUND(content, struct content_post);
    struct content_worker *w = at->worker;
    const struct bmsc_post *post = &found->post;
    const struct key_name name = {c->ue, c->av};
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];
    struct ua_key keys[SERVICES_MAX];
    unsigned count = content_keys(w->keys.deployment, c->asked, 0, keys);

    content_made(at, bytes, content_make_post(&w->keys, keys_at_hand(&w->receiver, name), c, bytes));
    content_framed(at);
    bmsc_verify_post_apart(&w->keys, &w->sender, at->bytes, found);
    content_same(at, "status", 200, post->status);
    content_same(at, "work", c->credentials ? BMSC_AUTH_POST : BMSC_POST, post->work);
    content_same(at, "key_count", count, post->key_count);
    for (unsigned i = 0; i < count; i++) {
        content_same(at, "msk_id", keys[i].msk_id, post->keys[i].msk_id);
        content_same(at, "key_domain_id", 0,
                     memcmp(keys[i].key_domain_id, post->keys[i].key_domain_id, sizeof keys->key_domain_id));
    }
    if (c->credentials)
        content_hold_credentials(at, c, found);
}

/* --- 401 ------------------------------------------------------------------------------------------------ */

size_t content_write_challenge(const struct key_store *keys, const void *content, uint8_t *out)
{
    return bmsc_encode_challenge(keys, content, out);
}

void content_work_challenge(struct content_at_work *at, void *content)
{
    const struct content_challenge *c = content;
    struct ue_challenge_found *found = CONTENT_FOUND(content, struct content_challenge);
    struct ue_answer_facts *facts = &found->facts;
    const struct deployment *deployment = at->worker->keys.deployment;
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];
    char nonce[NONCE_TEXT_BYTES];

    content_made(at, bytes, content_write_challenge(&at->worker->keys, c, bytes));
    content_framed(at);
    ue_verify_answer_apart(&at->worker->keys, NULL, NULL, 0, at->bytes, facts);
    content_same(at, "proper", true, facts->proper);
    content_same(at, "status", 401, facts->status);
    content_same(at, "challenge", true, facts->challenge);
    content_same(at, "stale", c->stale, facts->stale);
    nonce_seal(&at->worker->keys, c->sent_ns, c->nonce_serial, NONCE_CHALLENGE, nonce);
    content_same_text(at, "nonce", nonce, facts->nonce, sizeof nonce);
    content_same_text(at, "opaque", deployment->ua_opaque, facts->opaque, sizeof deployment->ua_opaque);
    memcpy(found->nonce, nonce, sizeof found->nonce);
    facts->nonce = bytes_of(NULL, 0);
    facts->opaque = bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque);
}

/* --- 200 ------------------------------------------------------------------------------------------------ */

static size_t content_make_success(const struct key_store *keys, struct key_at_hand *place,
                                   const struct content_success *c, uint8_t *out)
{
    struct ua_key answered[SERVICES_MAX];
    const struct bmsc_success success = {
        .sent_ns = c->sent_ns,
        .expiry_ns = c->expiry_ns,
        .ha1 = key_at_hand_ha1(keys, place),
        .nonce = bytes_of(c->nonce, sizeof c->nonce),
        .cnonce = bytes_of(c->cnonce, sizeof c->cnonce),
        .uri = bytes_text(UA_MSK_REQUEST_URI),
        .nc = c->nc,
        .nonce_serial = c->nonce_serial,
        .key_count = content_keys(keys->deployment, c->asked, 200, answered),
        .keys = answered,
    };

    return bmsc_encode_success(keys, &success, out);
}

size_t content_write_success(const struct key_store *keys, const void *content, uint8_t *out)
{
    const struct content_success *c = content;
    struct key_at_hand place = {.name = c->key};

    return content_make_success(keys, &place, c, out);
}

static void content_hold_next_nonce(const struct content_at_work *at, const struct content_success *c,
                                    struct ue_success_found *found)
{
    char next[NONCE_TEXT_BYTES];

    content_same(at, "nextnonce", c->nonce_serial > 0, found->facts.nextnonce.len > 0);
    if (c->nonce_serial == 0)
        return;
    nonce_seal(&at->worker->keys, c->sent_ns, c->nonce_serial, NONCE_NEXT, next);
    content_same_text(at, "nextnonce", next, found->facts.nextnonce, sizeof next);
    memcpy(found->nextnonce, next, sizeof next);
}

void content_work_success(struct content_at_work *at, void *content)
{
    const struct content_success *c = content;
    struct ue_success_found *found = CONTENT_FOUND(content, struct content_success);
    struct ue_answer_facts *facts = &found->facts;
    struct content_worker *w = at->worker;
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];
    struct ue_digest digest = {.nonce = bytes_of(c->nonce, sizeof c->nonce), .nc = c->nc};

    content_made(at, bytes, content_make_success(&w->keys, keys_at_hand(&w->sender, c->key), c, bytes));
    content_framed(at);
    memcpy(digest.cnonce, c->cnonce, sizeof c->cnonce);
    ue_verify_answer_apart(&w->keys, &digest, key_at_hand_ha1(&w->keys, keys_at_hand(&w->receiver, c->key)),
                           c->asked, at->bytes, facts);
    content_same(at, "proper", true, facts->proper);
    content_same(at, "status", 200, facts->status);
    content_same(at, "rspauth_right", true, facts->rspauth_right);
    content_same(at, "whole", true, facts->whole);
    content_same(at, "granted", c->asked, facts->granted);
    content_hold_next_nonce(at, c, found);
}
