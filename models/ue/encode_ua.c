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

size_t ue_encode_post(const struct key_store *keys, const struct ue_post *post, uint8_t *out, size_t capacity)
{
    const struct deployment *deployment = keys->deployment;
    struct identity_text b_tid;
    char response[32];
    uint8_t buffer[BODY_BYTES];
    struct bytes body = ue_request_body(keys, post->asked, buffer);
    struct digest_fields c = {.realm = deployment->text.ua_realm,
                              .uri = bytes_text(UA_MSK_REQUEST_URI),
                              .algorithm = bytes_text("MD5")};
    enum wire_status status;
    size_t length = 0;

    if (post->rand) {
        struct digest_hash ha1 = {.length = 32};

        memcpy(ha1.hex, post->ha1, 32);
        identity_b_tid(deployment, post->rand, &b_tid);
        c.username = identity_bytes(&b_tid);
        ue_encode_response(keys, &post->digest, &ha1, bytes_text("POST"), body, response, &c);
    }
    status = ua_request_encode(deployment->text.bmsc_fqdn, deployment_unix_s(deployment, post->sent_ns),
                               post->rand ? &c : NULL, body, out, capacity, &length);
    g_assert(status == WIRE_OK);
    return length;
}
