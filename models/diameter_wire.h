/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the servers' Diameter messages have in common: Session-Ids, answers to a client, the buffer. */
#ifndef MODELS_DIAMETER_WIRE_H
#define MODELS_DIAMETER_WIRE_H

#include "models/deployment.h"
#include "models/diameter_client.h"
#include "models/overload_wire.h"
#include "models/wire/diameter.h"

#define DIAMETER_BYTES 1024 /* room for a message of these servers */

/* Reads the identifiers that an answer repeats; false: the Session-Id is longer than what is kept. */
bool diameter_ids_read(const struct diameter_message *request, struct diameter_ids *out);

/* The Session-Id of a job's request (RFC 6733 §8.8): host;epoch;serial;index. Returns a view of buffer. */
struct bytes diameter_session(char buffer[FQDN_BYTES_MAX + 36], struct bytes host,
                              const struct deployment *deployment, uint32_t serial, uint32_t index);
/* The facts of an answer that deciding needs, whatever its command. */
void diameter_answer_read(const struct diameter_message *answer, struct diameter_facts *out);

/* A request of a server to another with what all have, and its answer; the rest of the fields is for the
 * caller. session: of the request, see diameter_session(). */
struct diameter_message diameter_request(const struct deployment *deployment, struct bytes from,
                                         struct bytes to, uint32_t serial, struct bytes session);
struct diameter_message diameter_answer(const struct deployment *deployment, struct bytes from,
                                        const struct diameter_ids *ids, uint32_t result);

/* Encodes a message that cannot fail to fit into DIAMETER_BYTES, and returns its length. */
size_t diameter_bytes(const struct diameter_message *message, uint8_t *out, size_t capacity);

#endif
