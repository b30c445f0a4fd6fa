/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Solicited pulls and MSK messages (TS 33.246 §6.4.5.1; RFC 3830 §3.1, §5.2). */
#include "models/bmsc/encode.h"

#include "models/crypto/lanes_mikey.h"
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

/* What is drawn for a message, and what it brings. */
struct bmsc_mikey_parts {
    uint32_t csb_id;
    uint8_t rand[MIKEY_RAND_BYTES];
    uint8_t data[64];
    size_t data_length; /* 0: a pull */
};

static void bmsc_mikey_draw(const struct deployment *deployment, const struct content_mikey *c,
                            struct bmsc_mikey_parts *out)
{
    const struct deployment_service *service = &deployment->services[c->service];

    if (c->msk) {
        out->csb_id = c->csb_id;
        memcpy(out->rand, service->msk_rand, sizeof out->rand);
        out->data_length = bmsc_key_data(service, out->data, sizeof out->data);
    } else {
        out->csb_id = (uint32_t)random_u64(deployment->seed, c->key.ue, PURPOSE_CSB_ID, c->rand_index);
        random_bytes(deployment->seed, c->key.ue, PURPOSE_MIKEY_RAND, c->rand_index, out->rand,
                     sizeof out->rand);
        out->data_length = 0;
    }
}

/* Encrypts what MSK messages bring. */
static void bmsc_mikey_encrypt(const struct key_store *keys, unsigned count, struct bmsc_mikey_job jobs[],
                               struct bmsc_mikey_parts parts[])
{
    const struct mikey_keys *mikey[LANES];
    struct bytes in[LANES];
    uint32_t csb_ids[LANES];
    uint64_t counters[LANES];
    uint8_t *out[LANES];

    g_assert(count > 0 && count <= LANES);
    for (unsigned i = 0; i < count; i++) {
        mikey[i] = &jobs[i].mikey;
        csb_ids[i] = parts[i].csb_id;
        counters[i] = jobs[i].content->counter;
        out[i] = parts[i].data;
        in[i] = bytes_of(parts[i].data, parts[i].data_length);
    }
    lanes_mikey_crypt(keys->crypto, count, mikey, csb_ids, counters, in, out);
}

/* The message, its MAC left out. */
static void bmsc_mikey_lay(const struct deployment *deployment, const struct bmsc_mikey_parts *parts,
                           struct bmsc_mikey_job *job)
{
    const struct content_mikey *c = job->content;
    uint32_t msk_id = c->msk ? deployment_new_msk_id(deployment, c->service)
                             : deployment_current_msk_id(deployment, c->service);
    struct identity_text b_tid;
    struct mikey_message m;
    enum wire_status status;

    identity_b_tid(deployment, job->muk->rand, &b_tid);
    m = bmsc_mikey_to(deployment, msk_id, c->counter, &b_tid);
    m.v = c->msk;
    m.csb_id = parts->csb_id;
    m.rand = bytes_of(parts->rand, sizeof parts->rand);
    m.encr_data = bytes_of(parts->data, parts->data_length);
    status = mikey_encode(&m, job->out, job->capacity, &job->length);
    g_assert(status == WIRE_OK);
}

static void bmsc_mikey_macs(const struct key_store *keys, unsigned count, struct bmsc_mikey_job jobs[])
{
    const uint8_t *auth[LANES];
    struct bytes covered[LANES];
    uint8_t *macs[LANES];

    g_assert(count > 0 && count <= LANES);
    for (unsigned i = 0; i < count; i++) {
        auth[i] = jobs[i].mikey.auth;
        covered[i] = bytes_of(jobs[i].out, jobs[i].length - MIKEY_MAC_BYTES);
        macs[i] = jobs[i].out + covered[i].len;
    }
    lanes_hmac_sha1_once(keys->crypto, count, auth, sizeof jobs->mikey.auth, covered, macs);
}

void bmsc_encode_mikey(const struct key_store *keys, unsigned count, struct bmsc_mikey_job jobs[])
{
    bool pulls = !jobs->content->msk;
    struct bmsc_mikey_parts parts[LANES];
    const uint8_t *muks[LANES], *rands[LANES];
    struct mikey_keys *mikey[LANES];
    uint32_t csb_ids[LANES];

    g_assert(count > 0 && count <= LANES);
    for (unsigned i = 0; i < count; i++) {
        bmsc_mikey_draw(keys->deployment, jobs[i].content, &parts[i]);
        muks[i] = jobs[i].muk->muk;
        rands[i] = parts[i].rand;
        csb_ids[i] = parts[i].csb_id;
        mikey[i] = &jobs[i].mikey;
    }
    lanes_mikey_keys(keys->crypto, count, muks, csb_ids, rands, pulls, mikey);
    if (!pulls)
        bmsc_mikey_encrypt(keys, count, jobs, parts);
    for (unsigned i = 0; i < count; i++)
        bmsc_mikey_lay(keys->deployment, &parts[i], &jobs[i]);
    bmsc_mikey_macs(keys, count, jobs);
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
