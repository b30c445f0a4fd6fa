/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what messages to a UE say, and whether MACs and digests are right under its keys. Pure: reads
 * state where a message answers to something, changes none. */
#ifndef MODELS_UE_VERIFY_H
#define MODELS_UE_VERIFY_H

#include "models/content.h"
#include "models/crypto/mikey_keys.h"
#include "models/ue/secrets.h"
#include "models/ue/state.h"
#include "models/wire/http.h"
#include "models/wire/mikey.h"

/* What a digest of the UE is made of, besides HA1. */
struct ue_digest {
    struct bytes nonce, opaque;
    char cnonce[CONTENT_CNONCE_BYTES];
    uint32_t nc;
};
/* That of the exchange's credentials. */
struct ue_digest ue_exchange_digest(const struct ue_seen *ue);

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
/* Its parts, without a UE's state. Reads it, and finds the name of its MUK, as if its UE held that; false
 * if it is nobody's, or has not the shape. Then, with the MUK put into *opened, the proofs of `count` of
 * them, LANES at most: all pulls, or all MSK messages; of more than one with RANDs of MIKEY_RAND_BYTES. */
bool ue_read_mikey(const struct key_store *keys, struct bytes message, struct ue_mikey_facts *out,
                   struct ue_mikey_opened *opened, struct key_name *name);
struct ue_mikey_job {
    struct ue_mikey_facts *facts;
    struct ue_mikey_opened *opened;
};
void ue_prove_mikey(const struct key_store *keys, unsigned count, struct ue_mikey_job jobs[]);
/* The facts of a message that came by its content, of which *found was found so. */
void ue_mikey_of_content(const struct ue_seen *ue, const struct ue_mikey_facts *found,
                         struct ue_mikey_facts *out);
/* Reads an answer of the server that the UE's exchange is connected to, by its phase. */
void ue_verify_answer(const struct key_store *keys, const struct ue_seen *ue, struct bytes message,
                      struct ue_answer_facts *out);
/* The same of answers of the BM-SC, without a UE's state: of a 401; of `count` 200s, LANES at most, to
 * requests for the keys of services. */
void ue_verify_challenge_apart(const struct key_store *keys, struct bytes message,
                               struct ue_answer_facts *out);
struct ue_success_job {
    struct bytes message;
    const struct ue_digest *digest; /* of the request */
    const char *ha1;                /* 32 characters */
    uint8_t asked;                  /* set of services */
    struct ue_answer_facts *facts;
    struct http_message answer; /* what was read */
};
void ue_verify_success_apart(const struct key_store *keys, unsigned count, struct ue_success_job jobs[]);
/* What was found so stands behind a content, with the texts that the facts have views of. */
struct ue_challenge_found {
    struct ue_answer_facts facts;
    char nonce[CONTENT_NONCE_BYTES];
};
struct ue_success_found {
    struct ue_answer_facts facts;
    char nextnonce[CONTENT_NONCE_BYTES];
};
/* The facts of an answer that came by its content. False if the exchange would look at it otherwise: then its
 * bytes have to be verified. */
bool ue_challenge_of_content(const struct ue_seen *ue, const struct ue_challenge_found *found,
                             struct ue_answer_facts *out);
bool ue_success_of_content(const struct ue_seen *ue, const struct content_success *said,
                           const struct ue_success_found *found, struct ue_answer_facts *out);
/* The USIM's part: opens the exchange's challenge (TS 33.102 §6.3.3). What it gives is put into the
 * exchange's secrets. */
void ue_verify_aka(const struct key_store *keys, const struct ue_seen *ue, struct ue_aka_facts *out);

#endif
