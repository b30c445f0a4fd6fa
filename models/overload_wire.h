/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reports of overload in Diameter messages (RFC 7683 §7). */
#ifndef MODELS_OVERLOAD_WIRE_H
#define MODELS_OVERLOAD_WIRE_H

#include "models/overload.h"
#include "models/wire/diameter.h"

/* What a message says of overload. */
void overload_read(const struct diameter_message *message, struct overload_facts *out);

/* Says in a request that its sender reacts to reports. */
void overload_offer(struct diameter_message *request);

/* The values that an answer with a report points to: they live as long as the message is used. */
struct overload_bytes {
    uint8_t sequence[8], reduction[4], validity[4];
};
void overload_write(const struct overload_said *said, struct overload_bytes *bytes,
                    struct diameter_message *answer);

#endif
