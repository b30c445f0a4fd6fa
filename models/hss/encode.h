/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Encode: the answers of the HSS. Pure. */
#ifndef MODELS_HSS_ENCODE_H
#define MODELS_HSS_ENCODE_H

#include "models/hss/state.h"
#include "models/keys/keys.h"

/* Writes the MAA to a request into out, DIAMETER_BYTES of it, and returns its length. */
size_t hss_encode(const struct key_store *keys, const struct hss_facts *request,
                  const struct hss_action *action, uint8_t *out);

#endif
