/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Requests by kind, digest responses, ACKs. */
#include "models/ue/encode.h"

#include "models/crypto/digest_auth.h"
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
    struct ue_post post = {.sent_ns = now_ns, .asked = ue->x->asked, .digest = ue_exchange_digest(ue)};

    if (action->kind == KIND_ua_auth_post) {
        ue_secrets_find_ua_ha1(keys, name, secrets);
        post.rand = secrets->muk_rand;
        post.ha1 = secrets->ha1;
    }
    return ue_encode_post(keys, &post, out, ue_request_bytes(action->kind, keys->deployment->service_count));
}

size_t ue_encode_request(const struct key_store *keys, int64_t now_ns, const struct ue_seen *ue,
                         const struct ue_action *action, uint8_t *out)
{
    if (action->kind == KIND_ua_post || action->kind == KIND_ua_auth_post)
        return ue_encode_own_post(keys, now_ns, ue, action, out);
    return ue_encode_get(keys, now_ns, ue, action, out);
}

void ue_encode_response(const struct key_store *keys, const struct ue_digest *digest,
                        const struct digest_hash *ha1, struct bytes method, struct bytes body,
                        char response_text[32], struct digest_fields *c)
{
    struct digest_hash ha2, response;

    c->nonce = digest->nonce;
    c->qop = bytes_text("auth-int");
    c->has_nc = true;
    c->nc = digest->nc;
    c->cnonce = bytes_of(digest->cnonce, sizeof digest->cnonce);
    c->opaque = digest->opaque.len > 0 ? digest->opaque : bytes_of(NULL, 0);
    digest_ha2(keys->crypto, DIGEST_MD5, method, c->uri, true, body, &ha2);
    digest_response(keys->crypto, DIGEST_MD5, ha1, c->nonce, c->nc, c->cnonce, c->qop, &ha2, &response);
    memcpy(response_text, response.hex, 32);
    c->response = bytes_of(response_text, 32);
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

size_t ue_encode_ack(const struct key_store *keys, const struct ue_mikey_opened *opened, uint8_t *out,
                     size_t capacity)
{
    const struct mikey_message *m = &opened->message, ack = ue_ack(m);
    size_t length = 0;
    enum wire_status status = mikey_encode(&ack, out, capacity, &length);

    g_assert(status == WIRE_OK);
    mikey_verification_mac(keys->crypto, opened->keys.auth, bytes_of(out, length - MIKEY_MAC_BYTES), m->idi,
                           m->idr, m->ts_raw, out + length - MIKEY_MAC_BYTES);
    return length;
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
