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

#include <glib.h>
#include <string.h>

/* The bytes are made, and the receiver's framer finds just this message in a stream. */
static void content_made_http(struct content_group *group, unsigned i, size_t length)
{
    content_made(group, i, length);
    content_same(group, i, "framed", (int64_t)length, http_frame(group->bytes[i]));
}

/* The places of the names of one side, with HA1. */
static void content_ha1s(const struct content_group *group, struct keys_at_hand_user *side,
                         const struct key_name names[], struct key_at_hand *places[])
{
    keys_at_hand_find(side, group->count, names, places);
    keys_at_hand_ha1s(&group->worker->keys, group->count, places);
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

/* muk, ha1: of its credentials, if it has any. */
static struct ue_post content_post(const struct deployment *deployment, const struct content_post *c,
                                   const struct key_muk *muk, const char *ha1)
{
    struct ue_post post = {
        .sent_ns = c->sent_ns,
        .asked = c->asked,
        .digest = {.nonce = bytes_of(c->nonce, sizeof c->nonce),
                   .opaque = bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque),
                   .nc = c->nc},
    };

    memcpy(post.digest.cnonce, c->cnonce, sizeof c->cnonce);
    if (c->credentials) {
        post.rand = muk->rand;
        post.ha1 = ha1;
    }
    return post;
}

size_t content_write_post(const struct key_store *keys, const void *content, uint8_t *out)
{
    const struct content_post *c = content;
    struct ue_post_job job = {.out = out, .capacity = NET_MESSAGE_BYTES_MAX};
    struct key_muk muk;
    char ha1[32];

    if (c->credentials) {
        key_rand(keys, (struct key_name){c->ue, c->av}, muk.rand);
        key_muk(keys, c->ue, muk.rand, muk.muk);
        key_ua_ha1(keys, &muk, ha1);
    }
    job.post = content_post(keys->deployment, c, &muk, ha1);
    ue_encode_post(keys, 1, &job);
    return job.length;
}

static void content_make_some_posts(struct content_group *group, bool credentials)
{
    struct content_worker *w = group->worker;
    struct ue_post_job jobs[LANES];
    struct key_at_hand *places[LANES];
    struct key_name names[LANES];

    for (unsigned i = 0; i < group->count; i++) {
        const struct content_post *c = content_at(group, i);

        names[i] = (struct key_name){c->ue, c->av};
    }
    if (credentials)
        content_ha1s(group, &w->ue, names, places);
    for (unsigned i = 0; i < group->count; i++)
        jobs[i] = (struct ue_post_job){.post = content_post(w->keys.deployment, content_at(group, i),
                                                            credentials ? &places[i]->muk : NULL,
                                                            credentials ? places[i]->ha1 : NULL),
                                       .out = group->out[i],
                                       .capacity = NET_MESSAGE_BYTES_MAX};
    ue_encode_post(&w->keys, group->count, jobs);
    if (credentials)
        keys_at_hand_give_back(&w->ue, group->count, places);
    for (unsigned i = 0; i < group->count; i++)
        content_made_http(group, i, jobs[i].length);
}

static void content_make_post(struct content_group *group)
{
    content_make_some_posts(group, false);
}

static void content_make_credentials(struct content_group *group)
{
    content_make_some_posts(group, true);
}

static void content_read_posts(struct content_group *group, bool credentials, struct bmsc_post_found *found[])
{
    for (unsigned i = 0; i < group->count; i++) {
        found[i] = CONTENT_FOUND(content_at(group, i), struct content_post);
        content_same(group, i, "credentials", credentials,
                     bmsc_read_post_apart(&group->worker->keys, group->bytes[i], found[i]));
    }
}

static void content_find_post(struct content_group *group)
{
    struct bmsc_post_found *found[LANES];

    content_read_posts(group, false, found);
}

/* ... and the proofs, under the keys that the BM-SC derives of the names in them. */
static void content_find_credentials(struct content_group *group)
{
    struct bmsc_post_found *found[LANES];
    struct key_at_hand *places[LANES];
    struct key_name names[LANES];
    const char *ha1s[LANES];

    content_read_posts(group, true, found);
    for (unsigned i = 0; i < group->count; i++)
        names[i] = found[i]->post.name;
    content_ha1s(group, &group->worker->bmsc, names, places);
    for (unsigned i = 0; i < group->count; i++)
        ha1s[i] = places[i]->ha1;
    bmsc_prove_posts(&group->worker->keys, group->count, found, ha1s);
    keys_at_hand_give_back(&group->worker->bmsc, group->count, places);
}

static void content_hold_post(const struct content_group *group, unsigned i)
{
    const struct content_post *c = content_at(group, i);
    const struct bmsc_post_found *found = CONTENT_FOUND(c, struct content_post);
    const struct bmsc_post *post = &found->post;
    struct ua_key keys[SERVICES_MAX];
    unsigned count = content_keys(group->worker->keys.deployment, c->asked, 0, keys);

    content_same(group, i, "status", 200, post->status);
    content_same(group, i, "work", c->credentials ? BMSC_AUTH_POST : BMSC_POST, post->work);
    content_same(group, i, "key_count", count, post->key_count);
    for (unsigned k = 0; k < count; k++) {
        content_same(group, i, "msk_id", keys[k].msk_id, post->keys[k].msk_id);
        content_same(group, i, "key_domain_id", 0,
                     memcmp(keys[k].key_domain_id, post->keys[k].key_domain_id, sizeof keys->key_domain_id));
    }
}

static void content_hold_credentials(const struct content_group *group, unsigned i)
{
    const struct content_post *c = content_at(group, i);
    const struct bmsc_post_found *found = CONTENT_FOUND(c, struct content_post);
    const struct bmsc_post *post = &found->post;

    content_hold_post(group, i);
    content_same(group, i, "ue", c->ue, post->name.ue);
    content_same(group, i, "av", c->av, post->name.av);
    content_same(group, i, "names_right", true, post->names_right);
    content_same(group, i, "nc", c->nc, post->nc);
    content_same_text(group, i, "nonce", c->nonce, bytes_of(found->nonce_text, sizeof found->nonce_text),
                      sizeof c->nonce);
    content_same_text(group, i, "cnonce", c->cnonce, bytes_of(found->cnonce, sizeof found->cnonce),
                      sizeof c->cnonce);
    content_same(group, i, "digest_right", true, post->digest_right);
}

static bool content_post_proven(const struct content_group *group, unsigned i)
{
    const struct bmsc_post_found *found = CONTENT_FOUND(content_at(group, i), struct content_post);

    return found->post.digest_right;
}

/* The 32 characters behind a name and a quotation mark. */
static struct bytes content_directive(struct bytes message, const char *name)
{
    const uint8_t *at = memmem(message.at, message.len, name, strlen(name));

    g_assert(at != NULL);
    return bytes_of(at + strlen(name), 32);
}

static struct bytes content_response(struct bytes message)
{
    return content_directive(message, "response=\"");
}

const struct content_steps content_post_steps = {content_make_post, content_find_post, content_hold_post,
                                                 NULL, NULL};
const struct content_steps content_credentials_steps = {content_make_credentials, content_find_credentials,
                                                        content_hold_credentials, content_response,
                                                        content_post_proven};

/* --- 401 ------------------------------------------------------------------------------------------------ */

size_t content_write_challenge(const struct key_store *keys, const void *content, uint8_t *out)
{
    return bmsc_encode_challenge(keys, content, out);
}

static void content_make_challenge(struct content_group *group)
{
    for (unsigned i = 0; i < group->count; i++)
        content_made_http(group, i,
                          content_write_challenge(&group->worker->keys, content_at(group, i), group->out[i]));
}

/* The texts in the facts are views of bytes that are gone soon: they are held to what was said at once. */
static void content_find_challenge(struct content_group *group)
{
    const struct key_store *keys = &group->worker->keys;
    const struct deployment *deployment = keys->deployment;

    for (unsigned i = 0; i < group->count; i++) {
        const struct content_challenge *c = content_at(group, i);
        struct ue_challenge_found *found = CONTENT_FOUND(c, struct content_challenge);
        struct ue_answer_facts *facts = &found->facts;

        ue_verify_challenge_apart(keys, group->bytes[i], facts);
        nonce_seal(keys, c->sent_ns, c->nonce_serial, NONCE_CHALLENGE, found->nonce);
        content_same_text(group, i, "nonce", found->nonce, facts->nonce, sizeof found->nonce);
        content_same_text(group, i, "opaque", deployment->ua_opaque, facts->opaque,
                          sizeof deployment->ua_opaque);
        facts->nonce = bytes_of(NULL, 0);
        facts->opaque = bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque);
    }
}

static void content_hold_challenge(const struct content_group *group, unsigned i)
{
    const struct content_challenge *c = content_at(group, i);
    const struct ue_challenge_found *found = CONTENT_FOUND(c, struct content_challenge);

    content_same(group, i, "proper", true, found->facts.proper);
    content_same(group, i, "status", 401, found->facts.status);
    content_same(group, i, "challenge", true, found->facts.challenge);
    content_same(group, i, "stale", c->stale, found->facts.stale);
}

const struct content_steps content_challenge_steps = {content_make_challenge, content_find_challenge,
                                                      content_hold_challenge, NULL, NULL};

/* --- 200 ------------------------------------------------------------------------------------------------ */

static struct bmsc_success content_success(const struct content_success *c, const char *ha1,
                                           const struct ua_key *answered, unsigned count)
{
    return (struct bmsc_success){
        .sent_ns = c->sent_ns,
        .expiry_ns = c->expiry_ns,
        .ha1 = ha1,
        .nonce = bytes_of(c->nonce, sizeof c->nonce),
        .cnonce = bytes_of(c->cnonce, sizeof c->cnonce),
        .uri = bytes_text(UA_MSK_REQUEST_URI),
        .nc = c->nc,
        .nonce_serial = c->nonce_serial,
        .key_count = count,
        .keys = answered,
    };
}

size_t content_write_success(const struct key_store *keys, const void *content, uint8_t *out)
{
    const struct content_success *c = content;
    struct ua_key answered[SERVICES_MAX];
    unsigned count = content_keys(keys->deployment, c->asked, 200, answered);
    struct bmsc_success_job job = {.out = out};
    struct key_muk muk;
    char ha1[32];

    key_rand(keys, c->key, muk.rand);
    key_muk(keys, c->key.ue, muk.rand, muk.muk);
    key_ua_ha1(keys, &muk, ha1);
    job.success = content_success(c, ha1, answered, count);
    bmsc_encode_success(keys, 1, &job);
    return job.length;
}

static void content_success_names(const struct content_group *group, struct key_name names[])
{
    for (unsigned i = 0; i < group->count; i++)
        names[i] = ((const struct content_success *)content_at(group, i))->key;
}

static void content_make_success(struct content_group *group)
{
    struct content_worker *w = group->worker;
    struct ua_key answered[LANES][SERVICES_MAX];
    struct bmsc_success_job jobs[LANES];
    struct key_at_hand *places[LANES];
    struct key_name names[LANES];
    unsigned last = 0, count = 0;

    content_success_names(group, names);
    content_ha1s(group, &w->bmsc, names, places);
    for (unsigned i = 0; i < group->count; i++) {
        const struct content_success *c = content_at(group, i);

        if (i == 0 || c->asked != ((const struct content_success *)content_at(group, last))->asked) {
            count = content_keys(w->keys.deployment, c->asked, 200, answered[i]);
            last = i;
        }
        jobs[i] = (struct bmsc_success_job){
            .success = content_success(c, places[i]->ha1, answered[last], count), .out = group->out[i]};
    }
    bmsc_encode_success(&w->keys, group->count, jobs);
    keys_at_hand_give_back(&w->bmsc, group->count, places);
    for (unsigned i = 0; i < group->count; i++)
        content_made_http(group, i, jobs[i].length);
}

/* A view of bytes that are gone soon: it is held to what was said at once. */
static void content_next_nonce(const struct content_group *group, unsigned i)
{
    const struct content_success *c = content_at(group, i);
    struct ue_success_found *found = CONTENT_FOUND(c, struct content_success);

    if (!found->facts.rspauth_right)
        return;
    content_same(group, i, "nextnonce", c->nonce_serial > 0, found->facts.nextnonce.len > 0);
    if (c->nonce_serial == 0)
        return;
    nonce_seal(&group->worker->keys, c->sent_ns, c->nonce_serial, NONCE_NEXT, found->nextnonce);
    content_same_text(group, i, "nextnonce", found->nextnonce, found->facts.nextnonce,
                      sizeof found->nextnonce);
}

static void content_find_success(struct content_group *group)
{
    struct content_worker *w = group->worker;
    struct ue_success_job jobs[LANES];
    struct ue_digest digests[LANES];
    struct key_at_hand *places[LANES];
    struct key_name names[LANES];

    content_success_names(group, names);
    content_ha1s(group, &w->ue, names, places);
    for (unsigned i = 0; i < group->count; i++) {
        const struct content_success *c = content_at(group, i);
        struct ue_success_found *found = CONTENT_FOUND(c, struct content_success);

        digests[i] = (struct ue_digest){.nonce = bytes_of(c->nonce, sizeof c->nonce), .nc = c->nc};
        memcpy(digests[i].cnonce, c->cnonce, sizeof c->cnonce);
        jobs[i] = (struct ue_success_job){.message = group->bytes[i],
                                          .digest = &digests[i],
                                          .ha1 = places[i]->ha1,
                                          .asked = c->asked,
                                          .facts = &found->facts};
    }
    ue_verify_success_apart(&w->keys, group->count, jobs);
    keys_at_hand_give_back(&w->ue, group->count, places);
    for (unsigned i = 0; i < group->count; i++)
        content_next_nonce(group, i);
}

static void content_hold_success(const struct content_group *group, unsigned i)
{
    const struct content_success *c = content_at(group, i);
    const struct ue_success_found *found = CONTENT_FOUND(c, struct content_success);

    content_same(group, i, "proper", true, found->facts.proper);
    content_same(group, i, "status", 200, found->facts.status);
    content_same(group, i, "rspauth_right", true, found->facts.rspauth_right);
    content_same(group, i, "whole", true, found->facts.whole);
    content_same(group, i, "granted", c->asked, found->facts.granted);
}

static bool content_success_proven(const struct content_group *group, unsigned i)
{
    const struct ue_success_found *found = CONTENT_FOUND(content_at(group, i), struct content_success);

    return found->facts.rspauth_right;
}

static struct bytes content_rspauth(struct bytes message)
{
    return content_directive(message, "rspauth=\"");
}

const struct content_steps content_success_steps = {content_make_success, content_find_success,
                                                    content_hold_success, content_rspauth,
                                                    content_success_proven};
