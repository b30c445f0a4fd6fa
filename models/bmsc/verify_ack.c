/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A MIKEY ACK to facts (TS 33.246 §6.3.2.3.1; RFC 3830 §3.1, §5.2). */
#include "models/bmsc/verify.h"

#include "models/crypto/mikey_keys.h"
#include "models/wire/mikey.h"

/* The session of a UE if it uses that key; NULL: none does. */
static const struct bmsc_session *bmsc_session_named(const struct bmsc *bmsc, struct key_name name)
{
    const struct bmsc_ue *ue = bmsc_ue_of(bmsc, name.ue);
    const struct bmsc_session *session;

    if (!ue->initialised || ue->session == POOL_NONE)
        return NULL;
    session = pool_at(&bmsc->sessions, ue->session);
    return session->av == name.av ? session : NULL;
}

/* Of which service the MSK message is that an ACK answers: the two have one CSB ID. If it is that of none,
 * the MAC is left to decide, under the key of the first. */
static unsigned bmsc_service_acked(const struct bmsc_session *session, uint32_t csb_id)
{
    unsigned service = session->service_count;

    while (--service > 0)
        if (session->deliveries[service].pushes > 0 && session->deliveries[service].csb_id == csb_id)
            break;
    return service;
}

void bmsc_verify_ack(const struct key_store *keys, const struct bmsc *bmsc, struct bytes message,
                     struct bmsc_ack_facts *out)
{
    const struct bmsc_session *session;
    struct mikey_message ack;
    uint8_t mac[MIKEY_MAC_BYTES];

    *out = (struct bmsc_ack_facts){.proper = false};
    if (mikey_decode(message, &ack) != WIRE_OK || ack.data_type != MIKEY_PSK_VERIFICATION || !ack.has_t ||
        ack.ts_type != MIKEY_TS_COUNTER || !ack.has_idr || !ack.has_verification ||
        ack.auth_alg != MIKEY_MAC_HMAC_SHA1_160)
        return;
    out->proper = true;
    out->counter = (uint32_t)ack.ts;
    out->known = key_find(keys, ack.idr, &out->name);
    session = out->known ? bmsc_session_named(bmsc, out->name) : NULL;
    if (session == NULL)
        return;
    out->service = (uint8_t)bmsc_service_acked(session, ack.csb_id);
    if (session->deliveries[out->service].pushes == 0 || ack.ver_data.len != sizeof mac)
        return;
    mikey_verification_mac(keys->crypto, bmsc_secrets_of(session)->msk_auth[out->service], ack.covered,
                           keys->deployment->text.bmsc_fqdn, ack.idr, ack.ts_raw, mac);
    out->mac_right = crypto_equal(mac, ack.ver_data.at, sizeof mac);
}
