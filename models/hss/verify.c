/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MAR to facts. */
#include "models/hss/verify.h"

#include "models/crypto/milenage.h"
#include "models/diameter_wire.h"
#include "models/identity.h"
#include "models/subscriber.h"

#define RESYNC_BYTES 30 /* RAND || AUTS */

/* Opens an AUTS with the subscriber's own keys. */
static void hss_verify_auts(const struct key_store *keys, struct bytes resync, struct hss_facts *out)
{
    uint8_t k[16], opc[16];
    uint64_t sqn_ms;

    key_k(keys, out->subscriber, k);
    key_opc(keys, out->subscriber, opc);
    if (milenage_auts_open(keys->crypto, k, opc, resync.at, resync.at + 16, &sqn_ms)) {
        out->auts = HSS_AUTS_RIGHT;
        out->seq_ms = sqn_ms >> SQN_IND_BITS;
    }
}

void hss_verify(const struct key_store *keys, struct bytes message, struct hss_facts *out)
{
    struct diameter_message mar;
    struct overload_facts overload;

    *out = (struct hss_facts){.result = DIAMETER_SUCCESS};
    if (diameter_decode(message, &mar) != WIRE_OK || !mar.request ||
        mar.command != DIAMETER_MULTIMEDIA_AUTH || mar.application != DIAMETER_ZH || mar.impi.at == NULL ||
        !diameter_ids_read(&mar, &out->ids) || (mar.resync.at != NULL && mar.resync.len != RESYNC_BYTES))
        return;
    out->proper = true;
    overload_read(&mar, &overload);
    out->reacts = overload.understood;
    if (!identity_find_impi(keys->deployment, mar.impi, &out->subscriber))
        out->result = DIAMETER_IDENTITY_UNKNOWN;
    if (mar.resync.at != NULL) {
        out->auts = HSS_AUTS_WRONG;
        if (out->result == DIAMETER_SUCCESS)
            hss_verify_auts(keys, mar.resync, out);
    }
}
