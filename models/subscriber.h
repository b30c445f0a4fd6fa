/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Subscribers: identities and keys, all derived from the seed and the UE's number, so that nothing need be
 * stored to have them again. Stands for the HSS's database, the USIM, and the key stores of BSF and BM-SC.
 *
 * Authentication vectors of a UE are numbered 0, 1, 2 ... as the HSS makes them; RAND of vector v of UE n is
 * a block cipher's image of (n, v) under a key drawn from the seed. Looking a B-TID up is therefore
 * decrypting it: what a table would answer, without the table. A RAND that nobody made decrypts to garbage
 * and is unknown. */
#ifndef MODELS_SUBSCRIBER_H
#define MODELS_SUBSCRIBER_H

#include "models/world.h"

#define IMPI_BYTES_MAX  80
#define B_TID_BYTES_MAX 96
#define VECTOR_NONE     UINT16_MAX
#define VECTOR_MAX      65000

struct subscriber_text {
    uint8_t length;
    char text[B_TID_BYTES_MAX];
};

static inline struct bytes subscriber_bytes(const struct subscriber_text *t)
{
    return bytes_of(t->text, t->length);
}

/* Permanent keys of the USIM. */
void subscriber_k(const struct world *world, uint32_t ue, uint8_t k[16]);
void subscriber_opc(const struct world *world, uint32_t ue, uint8_t opc[16]);

/* <IMSI>@ims.mnc<MNC>.mcc<MCC>.3gppnetwork.org (TS 23.003 §13.3), and back; false if not one of ours. */
void subscriber_impi(const struct world *world, uint32_t ue, struct subscriber_text *out);
bool subscriber_of_impi(const struct world *world, struct bytes impi, uint32_t *ue);

/* TMPI of the bootstrap with a vector: base64 of 24 octets and a domain of its own (TS 33.220 §B.4). A BSF
 * looks it up in its database; there is no way back from it here, so the BSF compares it with the one of the
 * subscriber it is likely to be. */
#define TMPI_TEXT_BYTES 32 /* in front of the domain */
void subscriber_tmpi(struct model_region *m, uint32_t ue, const uint8_t rand[16], char tmpi[TMPI_TEXT_BYTES]);
/* With its domain. */
void subscriber_tmpi_name(const char tmpi[TMPI_TEXT_BYTES], struct subscriber_text *out);
/* Has a user name that form? Then *tmpi is what stands in front of the domain. */
bool subscriber_tmpi_form(struct bytes username, struct bytes *tmpi);

/* RAND of a vector, and back; false if it is nobody's. */
void subscriber_rand(struct model_region *m, uint32_t ue, uint16_t vector, uint8_t rand[16]);
bool subscriber_of_rand(struct model_region *m, const uint8_t rand[16], uint32_t *ue, uint16_t *vector);

/* base64(RAND)@<BSF> (TS 33.220 §4.5.2), and back. */
void subscriber_b_tid(const struct world *world, const uint8_t rand[16], struct subscriber_text *out);
bool subscriber_rand_of_b_tid(const struct world *world, struct bytes b_tid, uint8_t rand[16]);
bool subscriber_of_b_tid(struct model_region *m, struct bytes b_tid, uint32_t *ue, uint16_t *vector);

/* The keys that bootstrapping with a vector gives, derived again: Ks = CK || IK, and Ks_NAF for our BM-SC,
 * which is the MUK (GBA_ME). */
void subscriber_ks(struct model_region *m, uint32_t ue, uint16_t vector, uint8_t ks[32]);
void subscriber_muk(struct model_region *m, uint32_t ue, uint16_t vector, uint8_t muk[32]);
/* The same for who has the vector's RAND at hand. */
void subscriber_muk_by_rand(struct model_region *m, uint32_t ue, const uint8_t rand[16], uint8_t muk[32]);
/* HA1 of the MSK request: username B-TID, password base64(MRK) (TS 33.246 §6.3.2.2). */
struct digest_hash;
void subscriber_ua_ha1(struct model_region *m, struct bytes b_tid, const uint8_t muk[32],
                       struct digest_hash *ha1);

/* --- the start state: what each side remembers of the time before the run ------------------------------- */

enum subscriber_class {
    CLASS_CURRENT, /* both sides hold the same valid MUK */
    CLASS_EXPIRED, /* ... past its lifetime */
    CLASS_AHEAD,   /* the UE has bootstrapped again since */
    CLASS_UNKNOWN, /* the BM-SC has lost what it learned since a MUK that the UE forgot */
    CLASS_UNPROVEN /* the BM-SC knows the newest MUK but used an older one, which the UE forgot */
};

/* The class at u, from 0 to 1, of UEs in order of their classes, in the shares that the scenario says.
 * Inline, as load has nothing else of subscribers. */
static inline enum subscriber_class subscriber_class_at(const struct scenario *s, double u)
{
    if ((u -= s->ue_muk_expired) < 0)
        return CLASS_EXPIRED;
    if ((u -= s->ue_muk_ahead) < 0)
        return CLASS_AHEAD;
    if ((u -= s->ue_muk_unknown) < 0)
        return CLASS_UNKNOWN;
    if ((u -= s->ue_muk_unproven) < 0)
        return CLASS_UNPROVEN;
    return CLASS_CURRENT;
}

struct subscriber_start {
    enum subscriber_class class;
    uint16_t newest;  /* vector of the last bootstrap: UE, BSF */
    uint16_t ue_used; /* of the last MIKEY message the UE accepted; VECTOR_NONE: forgotten */
    uint16_t bmsc_known, bmsc_used;
    int64_t newest_expiry_ns, older_expiry_ns; /* of `newest`, and of those before it */
    uint32_t counter; /* MIKEY counter of the vectors in use, the same on both sides */
};
void subscriber_start(const struct world *world, uint32_t ue, struct subscriber_start *out);
/* When the bootstrap was whose MUK the BM-SC knows; below 0. */
int64_t subscriber_start_known_ns(const struct world *world, const struct subscriber_start *start);
/* The nextnonce that a UE was given in its last exchange before the run, taken to be soon after that
 * bootstrap. */
void subscriber_start_nonce(struct model_region *m, uint32_t ue, char nonce[24]);

/* TS 33.102 Annex C: SQN = SEQ || IND, and the largest jump of SEQ that a USIM accepts (§C.2.1). */
#define SQN_IND_BITS 5
#define SQN_DELTA    (1 << 28)

/* Sequence numbers at the start (TS 33.102 Annex C): SEQ of the newest vector at the HSS and at the USIM. */
uint64_t subscriber_start_seq_hss(const struct world *world, uint32_t ue);
uint64_t subscriber_start_seq_usim(const struct world *world, uint32_t ue);

#endif
