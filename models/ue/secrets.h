/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of an exchange that are at hand, so that they need not be derived for each message. Nobody but
 * verify and encode looks into them: they hold nothing that the key store would not give again. */
#ifndef MODELS_UE_SECRETS_H
#define MODELS_UE_SECRETS_H

#include "models/keys/keys.h"
#include "models/ue/state.h"

struct ue_secrets {
    uint32_t serial; /* of the exchange that they are of */
    uint16_t muk_av; /* whose key muk is; AV_NONE: nobody's */
    uint16_t tmpi_av;
    bool has_ks;
    uint8_t muk[32];
    uint8_t muk_rand[16];
    uint8_t rand[16]; /* of the last challenge that the USIM answered, and what it gave */
    uint8_t ks[32];
    uint8_t res[8];
    /* Whose MUK's HA1 of the MSK request ha1 is; AV_NONE: that of the last credentials on Ub. */
    uint16_t ha1_av;
    char ha1[32];
    char tmpi[32];
};

/* What the pool of exchanges holds. */
struct ue_exchange_memory {
    struct ue_exchange x; /* first */
    struct ue_secrets secrets;
};

/* The secrets of an exchange, empty at first. */
struct ue_secrets *ue_secrets(const struct ue_exchange *x);
/* Puts a MUK and the RAND of its AV there. */
void ue_secrets_put_muk(struct ue_secrets *secrets, uint16_t av, const uint8_t rand[16],
                        const uint8_t muk[32]);
/* Has it put there if it is not, from the last bootstrap if it is of that. */
void ue_secrets_find_muk(const struct key_store *keys, struct key_name name, struct ue_secrets *secrets);
/* Likewise the TMPI of a bootstrap. */
void ue_secrets_find_tmpi(const struct key_store *keys, struct key_name name, struct ue_secrets *secrets);
/* HA1 of the last credentials on Ub; of the MSK request under a MUK. Of the two the later one is there. */
void ue_secrets_put_ub_ha1(struct ue_secrets *secrets, const char ha1[32]);
void ue_secrets_find_ua_ha1(const struct key_store *keys, struct key_name name, struct ue_secrets *secrets);

#endif
