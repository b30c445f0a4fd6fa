/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of sessions. */
#include "models/bmsc/secrets.h"

#include "models/crypto/mikey_keys.h"

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
    secrets->has_ha1 = secrets->other = false;
    for (unsigned i = 0; i < session->service_count; i++)
        secrets->msk_auth[i].av = AV_NONE;
    key_rand(keys, (struct key_name){ue, session->av}, secrets->key.rand);
}

struct bmsc_secrets *bmsc_secrets(const struct key_store *keys, uint32_t ue,
                                  const struct bmsc_session *session)
{
    struct bmsc_secrets *secrets = bmsc_secrets_of(session);

    if (!bmsc_secrets_there(secrets, session)) {
        bmsc_secrets_begin(keys, ue, session, secrets);
        key_muk(keys, ue, secrets->key.rand, secrets->key.muk);
    }
    return secrets;
}

struct bmsc_secrets *bmsc_secrets_ha1(const struct key_store *keys, uint32_t ue,
                                      const struct bmsc_session *session)
{
    struct bmsc_secrets *secrets = bmsc_secrets(keys, ue, session);

    if (!secrets->has_ha1) {
        key_ua_ha1(keys, &secrets->key, secrets->ha1);
        secrets->has_ha1 = true;
    }
    return secrets;
}

void bmsc_secrets_put_auth(struct bmsc_secrets *secrets, unsigned service, uint32_t csb_id,
                           const uint8_t auth[20])
{
    struct bmsc_msk_auth *place = &secrets->msk_auth[service];

    place->av = secrets->av;
    place->csb_id = csb_id;
    memcpy(place->key, auth, sizeof place->key);
}

const uint8_t *bmsc_secrets_auth(const struct key_store *keys, uint32_t ue,
                                 const struct bmsc_session *session, unsigned service)
{
    struct bmsc_secrets *secrets = bmsc_secrets(keys, ue, session);
    uint32_t csb_id = session->deliveries[service].csb_id;
    uint8_t auth[20];

    if (secrets->msk_auth[service].av != secrets->av || secrets->msk_auth[service].csb_id != csb_id) {
        mikey_auth_key(keys->crypto, bytes_of(secrets->key.muk, sizeof secrets->key.muk), csb_id,
                       bytes_of(keys->deployment->services[service].msk_rand, 16), auth);
        bmsc_secrets_put_auth(secrets, service, csb_id, auth);
    }
    return secrets->msk_auth[service].key;
}

void bmsc_secrets_adopt(const struct key_store *keys, uint32_t ue, const struct bmsc_session *session,
                        const uint8_t ks_naf[32])
{
    struct bmsc_secrets *secrets = bmsc_secrets_of(session);

    bmsc_secrets_begin(keys, ue, session, secrets);
    key_muk(keys, ue, secrets->key.rand, secrets->key.muk);
    secrets->other = !crypto_equal(secrets->key.muk, ks_naf, sizeof secrets->key.muk);
    memcpy(secrets->key.muk, ks_naf, sizeof secrets->key.muk);
}

bool bmsc_secrets_other(const struct bmsc_session *session)
{
    const struct bmsc_secrets *secrets = bmsc_secrets_of(session);

    return bmsc_secrets_there(secrets, session) && secrets->other;
}
