/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what messages to a UE say, and whether MACs and digests are right under its keys. Pure: reads
 * state where a message answers to something, changes none. */
#ifndef MODELS_UE_VERIFY_H
#define MODELS_UE_VERIFY_H

#include "models/crypto/mikey_keys.h"
#include "models/ue/secrets.h"
#include "models/ue/state.h"
#include "models/wire/mikey.h"

/* A MIKEY message as it was opened: for what answers it. */
struct ue_mikey_opened {
    struct mikey_message message; /* views of the bytes */
    uint8_t rand[16];             /* of the MUK that it names */
    uint8_t muk[32];
    struct mikey_keys keys; /* of a pull the authentication key alone */
};

/* Reads a pull or an MSK message, with the checks of RFC 3830 §5.4, and decrypts what the latter brings.
 * *opened: what was derived, as far as it came. */
void ue_verify_mikey(const struct key_store *keys, const struct ue_seen *ue, struct bytes message,
                     struct ue_mikey_facts *out, struct ue_mikey_opened *opened);
/* Reads an answer of the server that the UE's exchange is connected to, by its phase. */
void ue_verify_answer(const struct key_store *keys, const struct ue_seen *ue, struct bytes message,
                      struct ue_answer_facts *out);
/* The USIM's part: opens the exchange's challenge (TS 33.102 §6.3.3). What it gives is put into the
 * exchange's secrets. */
void ue_verify_aka(const struct key_store *keys, const struct ue_seen *ue, struct ue_aka_facts *out);

#endif
