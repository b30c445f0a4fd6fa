/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* BIR on Zn (TS 29.109 §5.2). */
#include "models/bmsc/encode.h"

#include "models/diameter_wire.h"
#include "models/identity.h"

size_t bmsc_encode_bir(const struct key_store *keys, const struct bmsc_job *job, uint32_t index, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    uint32_t serial = job->diameter.station.serial;
    struct identity_text b_tid;
    uint8_t rand[16];
    char session[FQDN_BYTES_MAX + 36];

    key_rand(keys, job->post.name, rand);
    identity_b_tid(deployment, rand, &b_tid);
    struct diameter_message bir = {
        .command = DIAMETER_BOOTSTRAPPING_INFO,
        .request = true,
        .application = DIAMETER_ZN,
        .hop_by_hop = serial,
        .end_to_end = serial,
        .session_id = diameter_session(session, deployment->text.bmsc_diameter, deployment, serial, index),
        .origin_host = deployment->text.bmsc_diameter,
        .origin_realm = deployment->text.diameter_realm,
        .destination_realm = deployment->text.diameter_realm,
        .destination_host = deployment->text.bsf_diameter,
        .gaa_service_id = bytes_text("4"),
        .b_tid = identity_bytes(&b_tid),
        .naf_id = deployment->naf_id};
    if (deployment->scenario->bsf_overload_wait > 0)
        overload_offer(&bir);
    return diameter_bytes(&bir, out, DIAMETER_BYTES);
}
