/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Requests by kind, digest responses, ACKs. */
#include "models/ue/encode.h"

#include "models/crypto/digest_auth.h"
#include "models/wire/digest.h"

#include <glib.h>
#include <string.h>

size_t ue_request_bytes(enum message_kind kind, unsigned services)
{
    return kind == KIND_ua_post        ? UE_POST_BYTES + services * UE_POST_KEY_BYTES
           : kind == KIND_ua_auth_post ? UE_AUTH_POST_BYTES + services * UE_POST_KEY_BYTES
                                       : UE_GET_BYTES;
}

size_t ue_encode_request(const struct key_store *keys, int64_t now_ns, const struct ue_seen *ue,
                         const struct ue_action *action, uint8_t *out)
{
    if (action->kind == KIND_ua_post || action->kind == KIND_ua_auth_post)
        return ue_encode_post(keys, now_ns, ue, action, out);
    return ue_encode_get(keys, now_ns, ue, action, out);
}

void ue_encode_response(const struct key_store *keys, const struct ue_seen *ue, const struct digest_hash *ha1,
                        struct bytes method, struct bytes body, struct ue_credentials_bytes *b,
                        struct digest_fields *c)
{
    const struct ue_exchange *x = ue->x;
    struct wire_writer w = wire_writer(b->cnonce, sizeof b->cnonce);
    struct bytes opaque = texts_get(ue->long_texts, &x->texts, UE_TEXT_OPAQUE);
    struct digest_hash ha2, response;

    wire_put_hex32(&w, (uint32_t)(x->cnonce >> 32), 8);
    wire_put_hex32(&w, (uint32_t)x->cnonce, 8);
    c->nonce = texts_get(ue->long_texts, &x->texts, UE_TEXT_NONCE);
    c->qop = bytes_text("auth-int");
    c->has_nc = true;
    c->nc = x->nc;
    c->cnonce = bytes_of(b->cnonce, sizeof b->cnonce);
    c->opaque = opaque.len > 0 ? opaque : bytes_of(NULL, 0);
    digest_ha2(keys->crypto, DIGEST_MD5, method, c->uri, true, body, &ha2);
    digest_response(keys->crypto, DIGEST_MD5, ha1, c->nonce, c->nc, c->cnonce, c->qop, &ha2, &response);
    memcpy(b->response, response.hex, sizeof b->response);
    c->response = bytes_of(b->response, sizeof b->response);
    memcpy(ue_secrets(x)->ha1, ha1->hex, sizeof ue_secrets(x)->ha1);
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
