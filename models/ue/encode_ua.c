/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* POSTs on Ua (TS 33.246 §6.3.2.2.1). */
#include "models/ue/encode.h"

#include "models/crypto/digest_auth.h"
#include "models/identity.h"
#include "models/wire/digest.h"
#include "models/wire/ua.h"

#include <glib.h>
#include <string.h>

#define BODY_BYTES (256 + SERVICES_MAX * UE_POST_KEY_BYTES)

G_STATIC_ASSERT(SERVICES_MAX <= UA_KEYS_MAX);

/* The current MSK of each service that is asked for: Key Number 0. */
static struct bytes ue_request_body(const struct key_store *keys, const struct ue_seen *ue,
                                    uint8_t buffer[BODY_BYTES])
{
    const struct deployment *deployment = keys->deployment;
    struct ua_key wanted[SERVICES_MAX];
    enum wire_status status;
    unsigned count = 0;
    size_t length = 0;

    for (unsigned i = 0; i < deployment->service_count; i++) {
        if ((ue->x->asked >> i & 1) == 0)
            continue;
        wanted[count].msk_id = deployment_current_msk_id(deployment, i);
        memcpy(wanted[count++].key_domain_id, deployment->key_domain_id, sizeof wanted->key_domain_id);
    }
    status = ua_request_body_encode(wanted, count, buffer, BODY_BYTES, &length);
    g_assert(status == WIRE_OK);
    return bytes_of(buffer, length);
}

size_t ue_encode_post(const struct key_store *keys, int64_t now_ns, const struct ue_seen *ue,
                      const struct ue_action *action, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    bool credentials = action->kind == KIND_ua_auth_post;
    struct ue_secrets *secrets = ue_secrets(ue->x);
    struct ue_credentials_bytes b;
    struct identity_text b_tid;
    struct digest_hash ha1;
    uint8_t buffer[BODY_BYTES];
    struct bytes body = ue_request_body(keys, ue, buffer);
    struct digest_fields c = {.realm = deployment->text.ua_realm,
                              .uri = bytes_text(UA_MSK_REQUEST_URI),
                              .algorithm = bytes_text("MD5")};
    enum wire_status status;
    size_t length = 0;

    if (credentials) { /* with the newest MUK's B-TID and MRK */
        ue_secrets_find_muk(keys, (struct key_name){ue->number, ue->ue->newest.av}, secrets);
        identity_b_tid(deployment, secrets->muk_rand, &b_tid);
        c.username = identity_bytes(&b_tid);
        key_ua_ha1(keys, c.username, secrets->muk, &ha1);
        ue_encode_response(keys, ue, &ha1, bytes_text("POST"), body, &b, &c);
    }
    status = ua_request_encode(deployment->text.bmsc_fqdn, deployment_unix_s(deployment, now_ns),
                               credentials ? &c : NULL, body, out,
                               ue_request_bytes(action->kind, deployment->service_count), &length);
    g_assert(status == WIRE_OK);
    return length;
}
