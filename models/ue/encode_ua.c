/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* POSTs on Ua (TS 33.246 §6.3.2.2.1). */
#include "models/ue/encode.h"

#include "models/crypto/lanes_texts.h"
#include "models/identity.h"
#include "models/wire/digest.h"
#include "models/wire/ua.h"

#include <glib.h>
#include <string.h>

#define BODY_BYTES (256 + SERVICES_MAX * UE_POST_KEY_BYTES)

G_STATIC_ASSERT(SERVICES_MAX <= UA_KEYS_MAX);

/* The current MSK of each service that is asked for: Key Number 0. */
static struct bytes ue_request_body(const struct key_store *keys, uint8_t asked, uint8_t buffer[BODY_BYTES])
{
    const struct deployment *deployment = keys->deployment;
    struct ua_key wanted[SERVICES_MAX];
    enum wire_status status;
    unsigned count = 0;
    size_t length = 0;

    for (unsigned i = 0; i < deployment->service_count; i++) {
        if ((asked >> i & 1) == 0)
            continue;
        wanted[count].msk_id = deployment_current_msk_id(deployment, i);
        memcpy(wanted[count++].key_domain_id, deployment->key_domain_id, sizeof wanted->key_domain_id);
    }
    status = ua_request_body_encode(wanted, count, buffer, BODY_BYTES, &length);
    g_assert(status == WIRE_OK);
    return bytes_of(buffer, length);
}

/* The bodies, and what the digests are made of; who asks for the same has the same body. */
static void ue_post_bodies(const struct key_store *keys, unsigned count, const struct ue_post_job jobs[],
                           uint8_t buffers[][BODY_BYTES], struct bytes bodies[],
                           struct lanes_response responses[])
{
    for (unsigned i = 0; i < count; i++) {
        const struct ue_post *post = &jobs[i].post;
        bool same = i > 0 && post->asked == jobs[i - 1].post.asked;

        bodies[i] = same ? bodies[i - 1] : ue_request_body(keys, post->asked, buffers[i]);
        if (post->rand == NULL)
            continue;
        responses[i] =
            (struct lanes_response){.ha1 = post->ha1,
                                    .nonce = post->digest.nonce,
                                    .cnonce = bytes_of(post->digest.cnonce, sizeof post->digest.cnonce),
                                    .qop = bytes_text("auth-int"),
                                    .nc = post->digest.nc};
        if (same)
            responses[i].ha2 = responses[i - 1].ha2;
        else
            digest_ha2(keys->crypto, DIGEST_MD5, bytes_text("POST"), bytes_text(UA_MSK_REQUEST_URI), true,
                       bodies[i], &responses[i].ha2);
    }
}

static void ue_post_lay(const struct key_store *keys, struct bytes body, const struct lanes_response *r,
                        struct ue_post_job *job)
{
    const struct deployment *deployment = keys->deployment;
    const struct ue_post *post = &job->post;
    struct identity_text b_tid;
    struct digest_fields c = {.realm = deployment->text.ua_realm,
                              .uri = bytes_text(UA_MSK_REQUEST_URI),
                              .algorithm = bytes_text("MD5")};
    enum wire_status status;

    if (post->rand) {
        identity_b_tid(deployment, post->rand, &b_tid);
        c.username = identity_bytes(&b_tid);
        ue_credentials(&post->digest, bytes_of(r->response.hex, r->response.length), &c);
    }
    status = ua_request_encode(deployment->text.bmsc_fqdn, deployment_unix_s(deployment, post->sent_ns),
                               post->rand ? &c : NULL, body, job->out, job->capacity, &job->length);
    g_assert(status == WIRE_OK);
}

void ue_encode_post(const struct key_store *keys, unsigned count, struct ue_post_job jobs[])
{
    uint8_t buffers[LANES][BODY_BYTES];
    struct lanes_response responses[LANES];
    struct bytes bodies[LANES];

    ue_post_bodies(keys, count, jobs, buffers, bodies, responses);
    if (jobs->post.rand)
        lanes_digest_responses(keys->crypto, count, responses);
    for (unsigned i = 0; i < count; i++)
        ue_post_lay(keys, bodies[i], &responses[i], &jobs[i]);
}
