/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of sessions. */
#include "models/bmsc/secrets.h"

#include "models/crypto/digest_auth.h"
#include "models/identity.h"

#include <string.h>

static bool bmsc_secrets_there(const struct bmsc_secrets *secrets, const struct bmsc_session *session)
{
    return secrets->serial == session->serial && secrets->av == session->av;
}

static void bmsc_secrets_begin(const struct key_store *keys, uint32_t ue, const struct bmsc_session *session,
                               struct bmsc_secrets *secrets)
{
    secrets->serial = session->serial;
    secrets->av = session->av;
    secrets->has_ha1 = false;
    key_rand(keys, (struct key_name){ue, session->av}, secrets->rand);
}

struct bmsc_secrets *bmsc_secrets(const struct key_store *keys, uint32_t ue,
                                  const struct bmsc_session *session)
{
    struct bmsc_secrets *secrets = bmsc_secrets_of(session);

    if (!bmsc_secrets_there(secrets, session)) {
        bmsc_secrets_begin(keys, ue, session, secrets);
        key_muk(keys, ue, secrets->rand, secrets->muk);
    }
    return secrets;
}

struct bmsc_secrets *bmsc_secrets_ha1(const struct key_store *keys, uint32_t ue,
                                      const struct bmsc_session *session)
{
    struct bmsc_secrets *secrets = bmsc_secrets(keys, ue, session);
    struct identity_text b_tid;
    struct digest_hash ha1;

    if (!secrets->has_ha1) {
        identity_b_tid(keys->deployment, secrets->rand, &b_tid);
        key_ua_ha1(keys, identity_bytes(&b_tid), secrets->muk, &ha1);
        memcpy(secrets->ha1, ha1.hex, sizeof secrets->ha1);
        secrets->has_ha1 = true;
    }
    return secrets;
}

void bmsc_secrets_adopt(const struct key_store *keys, uint32_t ue, const struct bmsc_session *session,
                        const uint8_t ks_naf[32])
{
    struct bmsc_secrets *secrets = bmsc_secrets_of(session);

    bmsc_secrets_begin(keys, ue, session, secrets);
    memcpy(secrets->muk, ks_naf, sizeof secrets->muk);
}
