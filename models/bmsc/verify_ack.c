/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A MIKEY ACK to facts (TS 33.246 §6.3.2.3.1; RFC 3830 §3.1, §5.2). */
#include "models/bmsc/verify.h"

#include "models/crypto/lanes_texts.h"

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

/* The session of the MUK that an ACK names, if an MSK message of the service that it answers is under way. */
static bool bmsc_ack_find(const struct bmsc *bmsc, struct bmsc_ack_facts *facts,
                          const struct bmsc_session **session)
{
    *session = facts->known ? bmsc_session_named(bmsc, facts->name) : NULL;
    if (*session == NULL)
        return false;
    facts->service = (uint8_t)bmsc_service_acked(*session, facts->csb_id);
    return (*session)->deliveries[facts->service].pushes > 0;
}

bool bmsc_read_ack(const struct key_store *keys, struct bytes message, struct mikey_message *ack,
                   struct bmsc_ack_facts *out)
{
    *out = (struct bmsc_ack_facts){.proper = false};
    if (mikey_decode(message, ack) != WIRE_OK || ack->data_type != MIKEY_PSK_VERIFICATION || !ack->has_t ||
        ack->ts_type != MIKEY_TS_COUNTER || !ack->has_idr || !ack->has_verification ||
        ack->auth_alg != MIKEY_MAC_HMAC_SHA1_160)
        return false;
    out->proper = true;
    out->counter = (uint32_t)ack->ts;
    out->csb_id = ack->csb_id;
    out->known = key_find(keys, ack->idr, &out->name);
    return out->known;
}

void bmsc_prove_ack(const struct key_store *keys, unsigned count, struct bmsc_ack_job jobs[])
{
    struct lanes_verification macs[LANES];

    for (unsigned i = 0; i < count; i++)
        macs[i] = (struct lanes_verification){.auth = jobs[i].auth,
                                              .covered = jobs[i].ack->covered,
                                              .idi = keys->deployment->text.bmsc_fqdn,
                                              .idr = jobs[i].ack->idr,
                                              .ts = jobs[i].ack->ts_raw};
    lanes_verification_macs(keys->crypto, count, macs);
    for (unsigned i = 0; i < count; i++) {
        const struct bytes mac = jobs[i].ack->ver_data;

        jobs[i].facts->mac_right = mac.len == sizeof macs->mac && crypto_equal(macs[i].mac, mac.at, mac.len);
    }
}

void bmsc_verify_ack(const struct key_store *keys, const struct bmsc *bmsc, struct bytes message,
                     struct bmsc_ack_facts *out)
{
    const struct bmsc_session *session;
    struct mikey_message ack;

    if (!bmsc_read_ack(keys, message, &ack, out) || !bmsc_ack_find(bmsc, out, &session))
        return;
    struct bmsc_ack_job job = {out, &ack, bmsc_secrets_auth(keys, out->name.ue, session, out->service)};
    bmsc_prove_ack(keys, 1, &job);
}

bool bmsc_ack_of_content(const struct bmsc *bmsc, const struct content_ack *said,
                         const struct bmsc_ack_facts *found, struct bmsc_ack_facts *out)
{
    const struct bmsc_session *session;

    *out = *found;
    out->mac_right = false;
    if (!bmsc_ack_find(bmsc, out, &session))
        return true;
    if (session->deliveries[out->service].csb_id != said->csb_id || out->service != said->service ||
        bmsc_secrets_other(session))
        return false;
    out->mac_right = found->mac_right;
    return true;
}
