/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MAR on Zh, BIA on Zn. */
#include "models/bsf/encode.h"

#include "models/diameter_wire.h"
#include "models/identity.h"

#include <glib.h>
#include <string.h>

size_t bsf_encode_mar(const struct key_store *keys, const struct bsf_job *job, uint32_t index, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    const struct bsf_credentials *c = &job->credentials;
    uint32_t serial = job->diameter.station.serial;
    struct diameter_message mar;
    struct identity_text impi;
    uint8_t resync[16 + sizeof c->auts]; /* RAND || AUTS */
    char session[FQDN_BYTES_MAX + 36];

    identity_impi(deployment, job->subscriber, &impi);
    mar =
        diameter_request(deployment, deployment->text.bsf_diameter, deployment->text.hss_diameter, serial,
                         diameter_session(session, deployment->text.bsf_diameter, deployment, serial, index));
    mar.command = DIAMETER_MULTIMEDIA_AUTH;
    mar.application = DIAMETER_ZH;
    mar.impi = identity_bytes(&impi);
    if (c->resync) {
        memcpy(resync, job->challenge.vector.rand_autn, 16);
        memcpy(resync + 16, c->auts, sizeof c->auts);
        mar.resync = bytes_of(resync, sizeof resync);
    }
    if (deployment->scenario->hss_overload_wait > 0)
        overload_offer(&mar);
    return diameter_bytes(&mar, out, DIAMETER_BYTES);
}

/* What a BIA has when keys are granted. */
struct bsf_grant_bytes {
    struct key_material material;
    struct identity_text impi;
    uint8_t uss[512];
};

static void bsf_encode_grant(const struct key_store *keys, struct key_name name, int64_t expiry_ns,
                             struct bsf_grant_bytes *b, struct diameter_message *bia)
{
    const struct deployment *deployment = keys->deployment;
    size_t uss_length = 0;
    enum wire_status status;

    identity_impi(deployment, name.ue, &b->impi);
    key_material(keys, name, &b->material);
    status = diameter_uss_list_encode(identity_bytes(&b->impi), b->uss, sizeof b->uss, &uss_length);
    g_assert(status == WIRE_OK);
    bia->impi = identity_bytes(&b->impi);
    bia->ks_naf = bytes_of(b->material.muk, sizeof b->material.muk);
    bia->uss = bytes_of(b->uss, uss_length);
    bia->has_times = true;
    bia->expiry_unix_s = deployment->epoch_s + expiry_ns / CLOCK_SECOND;
    bia->bootstrap_unix_s = bia->expiry_unix_s - deployment->scenario->gba_lifetime / CLOCK_SECOND;
}

size_t bsf_encode_bia(const struct key_store *keys, const struct bsf_job *job,
                      const struct bsf_action *action, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    struct bsf_grant_bytes grant;
    struct overload_bytes overload;
    struct diameter_message bia =
        diameter_answer(deployment, deployment->text.bsf_diameter, &job->zn.ids, action->result);

    bia.command = DIAMETER_BOOTSTRAPPING_INFO;
    bia.application = DIAMETER_ZN;
    if (action->result == DIAMETER_SUCCESS)
        bsf_encode_grant(keys, job->zn.name, action->expiry_ns, &grant, &bia);
    overload_write(&action->overload, &overload, &bia);
    return diameter_bytes(&bia, out, DIAMETER_BYTES);
}
