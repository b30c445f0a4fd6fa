/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Solicited pulls and MSK messages (TS 33.246 §6.4.5.1; RFC 3830 §3.1, §5.2). */
#include "models/bmsc/encode.h"

#include "models/crypto/mikey_keys.h"
#include "models/identity.h"
#include "models/wire/mikey.h"

#include <glib.h>
#include <string.h>

struct content_mikey bmsc_content_mikey(const struct bmsc_action *action)
{
    return (struct content_mikey){.key = {action->ue, action->av},
                                  .counter = action->counter,
                                  .csb_id = action->csb_id,
                                  .service = action->service,
                                  .msk = action->send == BMSC_SEND_MSK,
                                  .rand_index = action->rand_index};
}

/* What both messages have: the BM-SC to a UE, under a MUK. */
static struct mikey_message bmsc_mikey_to(const struct deployment *deployment, uint32_t msk_id,
                                          uint32_t counter, const struct identity_text *b_tid)
{
    struct mikey_message m = {.data_type = MIKEY_PSK_INIT,
                              .map_type = MIKEY_MAP_EMPTY,
                              .has_ext = true,
                              .has_key_domain_id = true,
                              .has_msk_id = true,
                              .msk_id = msk_id,
                              .has_t = true,
                              .ts_type = MIKEY_TS_COUNTER,
                              .ts = counter,
                              .has_rand = true,
                              .has_idi = true,
                              .idi = deployment->text.bmsc_fqdn,
                              .has_idr = true,
                              .idr = identity_bytes(b_tid),
                              .has_kemac = true,
                              .encr_alg = MIKEY_ENCR_AES_CM_128,
                              .mac_alg = MIKEY_MAC_HMAC_SHA1_160};

    memcpy(m.key_domain_id, deployment->key_domain_id, sizeof m.key_domain_id);
    return m;
}

/* The message with its MAC. */
static size_t bmsc_mikey_bytes(const struct key_store *keys, const struct mikey_message *message,
                               const uint8_t auth[20], uint8_t *out, size_t capacity)
{
    size_t length = 0;
    enum wire_status status = mikey_encode(message, out, capacity, &length);

    g_assert(status == WIRE_OK);
    mikey_mac(keys->crypto, auth, bytes_of(out, length - MIKEY_MAC_BYTES), out + length - MIKEY_MAC_BYTES);
    return length;
}

static size_t bmsc_encode_pull(const struct key_store *keys, const struct content_mikey *c,
                               const struct key_muk *key, uint8_t *out, size_t capacity)
{
    const struct deployment *deployment = keys->deployment;
    struct identity_text b_tid;
    struct mikey_message pull;
    uint8_t rand[16], auth[20];

    identity_b_tid(deployment, key->rand, &b_tid);
    pull = bmsc_mikey_to(deployment, deployment_current_msk_id(deployment, c->service), c->counter, &b_tid);
    random_bytes(deployment->seed, c->key.ue, PURPOSE_MIKEY_RAND, c->rand_index, rand, sizeof rand);
    pull.rand = bytes_of(rand, sizeof rand);
    pull.csb_id = (uint32_t)random_u64(deployment->seed, c->key.ue, PURPOSE_CSB_ID, c->rand_index);
    mikey_auth_key(keys->crypto, bytes_of(key->muk, 32), pull.csb_id, pull.rand, auth);
    return bmsc_mikey_bytes(keys, &pull, auth, out, capacity);
}

/* The MSK with its Key Validity data (TS 33.246 §6.4.5.1): MTK IDs above SEQl up to SEQu, two bytes each.
 * SEQl is exclusive (§6.5.4), so the first MTK may be 1; the highest possible value is not for SEQu. */
static size_t bmsc_key_data(const struct deployment_service *service, uint8_t *out, size_t capacity)
{
    static const uint8_t seq_low[2] = {0, 0}, seq_high[2] = {0xff, 0xfe};
    struct mikey_key_data data = {.type = MIKEY_KEY_TEK,
                                  .kv = MIKEY_KV_INTERVAL,
                                  .key = bytes_of(service->msk, sizeof service->msk),
                                  .valid_from = bytes_of(seq_low, 2),
                                  .valid_to = bytes_of(seq_high, 2)};
    size_t length = 0;
    enum wire_status status = mikey_key_data_encode(&data, out, capacity, &length);

    g_assert(status == WIRE_OK);
    return length;
}

static size_t bmsc_encode_msk(const struct key_store *keys, const struct content_mikey *c,
                              const struct key_muk *key, uint8_t *out, size_t capacity, uint8_t auth[20])
{
    const struct deployment *deployment = keys->deployment;
    const struct deployment_service *service = &deployment->services[c->service];
    struct identity_text b_tid;
    struct mikey_message msk;
    struct mikey_keys mikey;
    uint8_t data[64];
    size_t data_length = bmsc_key_data(service, data, sizeof data);

    identity_b_tid(deployment, key->rand, &b_tid);
    msk = bmsc_mikey_to(deployment, deployment_new_msk_id(deployment, c->service), c->counter, &b_tid);
    msk.v = true;
    msk.csb_id = c->csb_id;
    msk.rand = bytes_of(service->msk_rand, 16);
    msk.encr_data = bytes_of(data, data_length);
    mikey_keys(keys->crypto, bytes_of(key->muk, 32), msk.csb_id, msk.rand, &mikey);
    mikey_crypt(keys->crypto, &mikey, msk.csb_id, c->counter, data, data, data_length);
    memcpy(auth, mikey.auth, 20);
    return bmsc_mikey_bytes(keys, &msk, auth, out, capacity);
}

size_t bmsc_encode_mikey(const struct key_store *keys, const struct content_mikey *c,
                         const struct key_muk *key, uint8_t *out, size_t capacity, uint8_t auth[20])
{
    return c->msk ? bmsc_encode_msk(keys, c, key, out, capacity, auth)
                  : bmsc_encode_pull(keys, c, key, out, capacity);
}

/* The length of a message with so many bytes of key data. */
static size_t bmsc_mikey_length(const struct deployment *deployment, size_t data_length)
{
    static const uint8_t none[64];
    struct identity_text b_tid;
    struct mikey_message m;

    identity_b_tid(deployment, none, &b_tid);
    m = bmsc_mikey_to(deployment, 0, 0, &b_tid);
    m.rand = bytes_of(none, 16);
    m.encr_data = bytes_of(none, data_length);
    return mikey_length(&m);
}

size_t bmsc_pull_bytes(const struct deployment *deployment)
{
    return bmsc_mikey_length(deployment, 0);
}

size_t bmsc_msk_bytes(const struct deployment *deployment)
{
    uint8_t data[64];

    return bmsc_mikey_length(deployment, bmsc_key_data(&deployment->services[0], data, sizeof data));
}
