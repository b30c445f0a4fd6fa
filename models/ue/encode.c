/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Requests by kind, digest responses, ACKs. */
#include "models/ue/encode.h"

#include "models/crypto/lanes_texts.h"
#include "models/identity.h"
#include "models/wire/digest.h"

#include <glib.h>
#include <string.h>

size_t ue_request_bytes(enum message_kind kind, unsigned services)
{
    return kind == KIND_ua_post        ? UE_POST_BYTES + services * UE_POST_KEY_BYTES
           : kind == KIND_ua_auth_post ? UE_AUTH_POST_BYTES + services * UE_POST_KEY_BYTES
                                       : UE_GET_BYTES;
}

/* The POST of an exchange; its credentials are with the newest MUK's B-TID and MRK. */
static size_t ue_encode_own_post(const struct key_store *keys, int64_t now_ns, const struct ue_seen *ue,
                                 const struct ue_action *action, uint8_t *out)
{
    struct ue_secrets *secrets = ue_secrets(ue->x);
    struct key_name name = {ue->number, ue->ue->newest.av};
    struct ue_post_job job = {
        .post = {.sent_ns = now_ns, .asked = ue->x->asked, .digest = ue_exchange_digest(ue)},
        .out = out,
        .capacity = ue_request_bytes(action->kind, keys->deployment->service_count)};

    if (action->kind == KIND_ua_auth_post) {
        ue_secrets_find_ua_ha1(keys, name, secrets);
        job.post.rand = secrets->muk_rand;
        job.post.ha1 = secrets->ha1;
    }
    ue_encode_post(keys, 1, &job);
    return job.length;
}

size_t ue_encode_request(const struct key_store *keys, int64_t now_ns, const struct ue_seen *ue,
                         const struct ue_action *action, uint8_t *out)
{
    if (action->kind == KIND_ua_post || action->kind == KIND_ua_auth_post)
        return ue_encode_own_post(keys, now_ns, ue, action, out);
    return ue_encode_get(keys, now_ns, ue, action, out);
}

void ue_credentials(const struct ue_digest *digest, struct bytes response, struct digest_fields *c)
{
    c->nonce = digest->nonce;
    c->qop = bytes_text("auth-int");
    c->has_nc = true;
    c->nc = digest->nc;
    c->cnonce = bytes_of(digest->cnonce, sizeof digest->cnonce);
    c->opaque = digest->opaque.len > 0 ? digest->opaque : bytes_of(NULL, 0);
    c->response = response;
}

/* HDR, T, IDr, V with the Empty map and no crypto session, whatever the message had. */
static struct mikey_message ue_ack(const struct mikey_message *m)
{
    return (struct mikey_message){.data_type = MIKEY_PSK_VERIFICATION,
                                  .csb_id = m->csb_id,
                                  .map_type = MIKEY_MAP_EMPTY,
                                  .has_t = true,
                                  .ts_type = m->ts_type,
                                  .ts = m->ts,
                                  .has_idr = true,
                                  .idr_type = MIKEY_ID_NAI,
                                  .idr = m->idr,
                                  .has_verification = true,
                                  .auth_alg = MIKEY_MAC_HMAC_SHA1_160};
}

size_t ue_ack_bytes(const struct ue_mikey_opened *opened)
{
    const struct mikey_message ack = ue_ack(&opened->message);

    return mikey_length(&ack);
}

void ue_encode_ack(const struct key_store *keys, unsigned count, struct ue_ack_job jobs[])
{
    struct lanes_verification macs[LANES];

    for (unsigned i = 0; i < count; i++) {
        const struct mikey_message *m = &jobs[i].opened->message, ack = ue_ack(m);
        enum wire_status status = mikey_encode(&ack, jobs[i].out, jobs[i].capacity, &jobs[i].length);

        g_assert(status == WIRE_OK);
        macs[i] =
            (struct lanes_verification){.auth = jobs[i].opened->keys.auth,
                                        .covered = bytes_of(jobs[i].out, jobs[i].length - MIKEY_MAC_BYTES),
                                        .idi = m->idi,
                                        .idr = m->idr,
                                        .ts = m->ts_raw};
    }
    lanes_verification_macs(keys->crypto, count, macs);
    for (unsigned i = 0; i < count; i++)
        memcpy(jobs[i].out + macs[i].covered.len, macs[i].mac, MIKEY_MAC_BYTES);
}

void ue_ack_opened(const struct key_store *keys, const struct content_ack *c, const struct key_muk *key,
                   const uint8_t auth[20], struct ue_ack_texts *texts, struct ue_mikey_opened *out)
{
    for (unsigned i = 0; i < sizeof texts->ts; i++)
        texts->ts[i] = (uint8_t)(c->counter >> (24 - 8 * i));
    identity_b_tid(keys->deployment, key->rand, &texts->b_tid);
    out->message = (struct mikey_message){.csb_id = c->csb_id,
                                          .ts_type = MIKEY_TS_COUNTER,
                                          .ts = c->counter,
                                          .ts_raw = bytes_of(texts->ts, sizeof texts->ts),
                                          .idi = keys->deployment->text.bmsc_fqdn,
                                          .idr = identity_bytes(&texts->b_tid)};
    memcpy(out->keys.auth, auth, sizeof out->keys.auth);
}
