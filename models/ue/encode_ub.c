/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* GETs on Ub (TS 24.109 §4.2, RFC 3310). */
#include "models/ue/encode.h"

#include "models/crypto/digest_auth.h"
#include "models/crypto/milenage.h"
#include "models/identity.h"
#include "models/wire/digest.h"
#include "models/wire/ub.h"

#include <glib.h>
#include <string.h>

static void ue_user_name(const struct key_store *keys, const struct ue_seen *ue, struct identity_text *out)
{
    struct ue_secrets *secrets = ue_secrets(ue->x);

    if (ue->x->tmpi_av == AV_NONE) {
        identity_impi(keys->deployment, ue->number, out);
        return;
    }
    ue_secrets_find_tmpi(keys, (struct key_name){ue->number, ue->x->tmpi_av}, secrets);
    identity_tmpi(secrets->tmpi, out);
}

/* AUTS of SQN_MS in base64. */
static struct bytes ue_auts(const struct key_store *keys, const struct ue_seen *ue, uint64_t sqn_ms,
                            char text[20])
{
    struct wire_writer w = wire_writer(text, 20);
    uint8_t k[16], opc[16], auts[14];

    key_k(keys, ue->number, k);
    key_opc(keys, ue->number, opc);
    milenage_auts(keys->crypto, k, opc, ue->x->rand_autn, sqn_ms, auts);
    wire_put_base64(&w, auts, sizeof auts);
    return bytes_of(text, wire_written(&w));
}

/* Credentials for the exchange's challenge: RES as password, or none with an AUTS. */
static void ue_ub_credentials(const struct key_store *keys, const struct ue_seen *ue,
                              const struct ue_action *action, struct ue_digest *digest, char response[32],
                              struct digest_fields *c)
{
    struct ue_secrets *secrets = ue_secrets(ue->x);
    struct bytes password = action->auts ? bytes_of(NULL, 0) : bytes_of(secrets->res, sizeof secrets->res);
    struct digest_hash ha1, ha2, hash;

    *digest = ue_exchange_digest(ue);
    c->algorithm = bytes_text("AKAv1-MD5");
    digest_ha1(keys->crypto, DIGEST_MD5, c->username, c->realm, password, &ha1);
    ue_credentials(digest, bytes_of(response, 32), c);
    digest_ha2(keys->crypto, DIGEST_MD5, bytes_text("GET"), c->uri, true, bytes_of(NULL, 0), &ha2);
    digest_response(keys->crypto, DIGEST_MD5, &ha1, c->nonce, c->nc, c->cnonce, c->qop, &ha2, &hash);
    memcpy(response, hash.hex, 32);
    ue_secrets_put_ub_ha1(secrets, ha1.hex);
}

/* The first request carries the user name only: empty nonce and response (TS 24.109 §4.2). */
size_t ue_encode_get(const struct key_store *keys, int64_t now_ns, const struct ue_seen *ue,
                     const struct ue_action *action, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    struct ue_digest digest;
    char response[32];
    struct identity_text name;
    enum wire_status status;
    size_t length = 0;
    char auts[20];
    struct digest_fields c = {.realm = deployment->text.bsf_fqdn,
                              .nonce = bytes_text(""),
                              .uri = bytes_text("/"),
                              .response = bytes_text("")};
    const struct ub_request request = {.bsf_fqdn = deployment->text.bsf_fqdn,
                                       .unix_s = deployment_unix_s(deployment, now_ns),
                                       .credentials = &c};

    ue_user_name(keys, ue, &name);
    c.username = identity_bytes(&name);
    if (action->kind == KIND_ub_auth_get) {
        if (action->auts)
            c.auts = ue_auts(keys, ue, action->sqn_ms, auts);
        ue_ub_credentials(keys, ue, action, &digest, response, &c);
    }
    status = ub_request_encode(&request, out, UE_GET_BYTES, &length);
    g_assert(status == WIRE_OK);
    return length;
}
