/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what a message to the HSS says. Pure. */
#ifndef MODELS_HSS_VERIFY_H
#define MODELS_HSS_VERIFY_H

#include "models/hss/state.h"
#include "models/keys/keys.h"

/* Reads a MAR (TS 29.109 §4.2). A MAR of an unknown IMPI is one with an error as result. */
void hss_verify(const struct key_store *keys, struct bytes message, struct hss_facts *out);

#endif
