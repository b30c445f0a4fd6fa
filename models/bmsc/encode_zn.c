/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* BIR on Zn (TS 29.109 §5.2). */
#include "models/bmsc/encode.h"

#include "models/diameter_wire.h"
#include "models/identity.h"

size_t bmsc_encode_bir(const struct key_store *keys, const struct bmsc_job *job, uint32_t index, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    uint32_t serial = job->diameter.station.serial;
    struct diameter_message bir;
    struct identity_text b_tid;
    uint8_t rand[16];
    char session[FQDN_BYTES_MAX + 36];

    key_rand(keys, job->post.name, rand);
    identity_b_tid(deployment, rand, &b_tid);
    bir = diameter_request(
        deployment, deployment->text.bmsc_diameter, deployment->text.bsf_diameter, serial,
        diameter_session(session, deployment->text.bmsc_diameter, deployment, serial, index));
    bir.command = DIAMETER_BOOTSTRAPPING_INFO;
    bir.application = DIAMETER_ZN;
    bir.gaa_service_id = bytes_text("4");
    bir.b_tid = identity_bytes(&b_tid);
    bir.naf_id = deployment->naf_id;
    if (deployment->scenario->bsf_overload_wait > 0)
        overload_offer(&bir);
    return diameter_bytes(&bir, out, DIAMETER_BYTES);
}
