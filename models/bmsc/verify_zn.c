/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A BIA on Zn to facts (TS 29.109 §5.2). */
#include "models/bmsc/verify.h"

#include "models/diameter_wire.h"
#include "models/identity.h"

#include <string.h>

/* The keys of a successful BIA; false if something is missing. */
static bool bmsc_read_keys(const struct deployment *deployment, const struct diameter_message *bia,
                           struct bmsc_bia_facts *out)
{
    static const uint8_t gba_3g[4] = {0}; /* GBA-Type, TS 29.109 table 6.1 */

    if (bia->ks_naf.len != sizeof out->ks_naf || !bia->has_times ||
        !identity_find_impi(deployment, bia->impi, &out->ue))
        return false;
    out->other_gba = bia->gba_type.at != NULL && !bytes_equal(bia->gba_type, bytes_of(gba_3g, sizeof gba_3g));
    memcpy(out->ks_naf, bia->ks_naf.at, sizeof out->ks_naf);
    out->expiry_ns = (bia->expiry_unix_s - deployment->epoch_s) * CLOCK_SECOND;
    out->bootstrap_ns = (bia->bootstrap_unix_s - deployment->epoch_s) * CLOCK_SECOND;
    return true;
}

void bmsc_verify_bia(const struct key_store *keys, struct bytes message, struct bmsc_bia_facts *out)
{
    struct diameter_message bia;

    *out = (struct bmsc_bia_facts){.whole = true};
    if (diameter_decode(message, &bia) != WIRE_OK || bia.request ||
        bia.command != DIAMETER_BOOTSTRAPPING_INFO)
        return;
    diameter_answer_read(&bia, &out->answer);
    if (bia.result == DIAMETER_SUCCESS)
        out->whole = bmsc_read_keys(keys->deployment, &bia, out);
}
