/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of a session that are at hand, so that they need not be derived for each message. Nobody but verify
 * and encode looks into them: they hold nothing that the key store would not give again. */
#ifndef MODELS_BMSC_SECRETS_H
#define MODELS_BMSC_SECRETS_H

#include "models/bmsc/state.h"
#include "models/keys/keys.h"

struct bmsc_secrets {
    uint32_t serial; /* of the session that they are of */
    uint16_t av;     /* ... and the AV */
    bool has_ha1;
    bool other; /* the MUK came from the BSF, and is not the one that the store has for the AV */
    struct key_muk key;
    char ha1[32];
    struct bmsc_msk_auth {
        uint16_t av; /* AV_NONE: no key */
        uint32_t csb_id;
        uint8_t key[20];
    } msk_auth[]; /* authentication key of the MSK messages under way, of each service */
};

/* What the pool of sessions holds: a session with a delivery for each service, and the secrets behind it. */
static inline size_t bmsc_secrets_offset(unsigned services)
{
    return sizeof(struct bmsc_session) + services * sizeof(struct bmsc_delivery);
}

static inline size_t bmsc_session_bytes(unsigned services)
{
    return bmsc_secrets_offset(services) + sizeof(struct bmsc_secrets) +
           services * sizeof(struct bmsc_msk_auth);
}

static inline struct bmsc_secrets *bmsc_secrets_of(const struct bmsc_session *session)
{
    return (struct bmsc_secrets *)((uintptr_t)session + bmsc_secrets_offset(session->service_count));
}

/* The secrets of a UE's session for the AV that it uses, derived unless they are there. */
struct bmsc_secrets *bmsc_secrets(const struct key_store *keys, uint32_t ue,
                                  const struct bmsc_session *session);
/* ... with HA1 of the MSK request. */
struct bmsc_secrets *bmsc_secrets_ha1(const struct key_store *keys, uint32_t ue,
                                      const struct bmsc_session *session);
/* The authentication key of the MSK messages of a service that are under way, which have one CSB ID. It is
 * put there when one is encoded, or else derived. */
void bmsc_secrets_put_auth(struct bmsc_secrets *secrets, unsigned service, uint32_t csb_id,
                           const uint8_t auth[20]);
const uint8_t *bmsc_secrets_auth(const struct key_store *keys, uint32_t ue,
                                 const struct bmsc_session *session, unsigned service);
/* Takes over the MUK of the session's AV as the BSF sent it. */
void bmsc_secrets_adopt(const struct key_store *keys, uint32_t ue, const struct bmsc_session *session,
                        const uint8_t ks_naf[32]);
/* Is the session's MUK another than the store has for its AV? Then it cannot go by its name. */
bool bmsc_secrets_other(const struct bmsc_session *session);

#endif
