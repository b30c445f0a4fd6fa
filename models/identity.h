/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Names of a subscriber as the interfaces write them: IMPI, B-TID, TMPI. Text to number and back; no keys. */
#ifndef MODELS_IDENTITY_H
#define MODELS_IDENTITY_H

#include "models/deployment.h"

#define IMPI_BYTES_MAX  80
#define B_TID_BYTES_MAX 96

struct identity_text {
    uint8_t length;
    char text[B_TID_BYTES_MAX];
};

/* A view of the text, for as long as it lives. */
static inline struct bytes identity_bytes(const struct identity_text *t)
{
    return bytes_of(t->text, t->length);
}

#define IMSI_DIGITS 15 /* MCC, MNC, and the UE's number as MSIN */
/* The UE of an IMSI; false if it is of no UE of this operator. */
bool identity_find_imsi(const struct deployment *deployment, struct bytes imsi, uint32_t *ue);

/* The IMPI of a UE: <IMSI>@ims.mnc<MNC>.mcc<MCC>.3gppnetwork.org (TS 23.003 §13.3). */
void identity_impi(const struct deployment *deployment, uint32_t ue, struct identity_text *out);
/* The UE of an IMPI; false if it is of no UE of this operator. */
bool identity_find_impi(const struct deployment *deployment, struct bytes impi, uint32_t *ue);

/* The B-TID of a RAND: base64(RAND)@<BSF> (TS 33.220 §4.5.2). */
void identity_b_tid(const struct deployment *deployment, const uint8_t rand[16], struct identity_text *out);
/* The RAND of a B-TID; false if that is none of this BSF. Whose it is, key_find() says. */
bool identity_rand_of_b_tid(const struct deployment *deployment, struct bytes b_tid, uint8_t rand[16]);

/* A TMPI is 24 octets in base64 and a domain of its own (TS 33.220 §B.4). */
#define TMPI_TEXT_BYTES 32 /* in front of the domain */
/* The TMPI with its domain. */
void identity_tmpi(const char tmpi[TMPI_TEXT_BYTES], struct identity_text *out);
/* Does a user name have that form? Then *tmpi is what stands in front of the domain. */
bool identity_is_tmpi(struct bytes username, struct bytes *tmpi);

#endif
