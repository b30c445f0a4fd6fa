/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The fields of a MIKEY message one by one, and where and why a message is refused: for programs that print
 * messages. It is the parser of mikey_decode(), which reports to nobody. */
#ifndef MODELS_WIRE_MIKEY_WALK_H
#define MODELS_WIRE_MIKEY_WALK_H

#include "models/wire/mikey.h"

/* All fields, and what the standards call them. Each byte of a message is in one field. */
#define MIKEY_FIELDS(X)                                                                                      \
    X(START, "payload") /* no bytes: a payload begins here. It comes before its other fields */              \
    X(VERSION, "version")                                                                                    \
    X(DATA_TYPE, "data type")                                                                                \
    X(NEXT, "next payload")                                                                                  \
    X(V_PRF, "V and PRF") /* V in the highest bit */                                                         \
    X(CSB_ID, "CSB ID")                                                                                      \
    X(CS_COUNT, "#CS")                                                                                       \
    X(MAP_TYPE, "CS ID map type")                                                                            \
    X(CS, "crypto session") /* policy number 8, SSRC 32, ROC 32 */                                           \
    X(LENGTH, "length")                                                                                      \
    X(EXT_TYPE, "extension type")                                                                            \
    X(EXT_DATA, "extension data") /* of an extension that the parser passes over */                          \
    X(KEY_ID_TYPE, "key ID type")                                                                            \
    X(KEY_ID_LENGTH, "key ID length")                                                                        \
    X(KEY_ID, "key ID") /* of a type that the parser passes over */                                          \
    X(KEY_DOMAIN_ID, "Key Domain ID")                                                                        \
    X(MSK_ID, "MSK ID")                                                                                      \
    X(MTK_ID, "MTK ID")                                                                                      \
    X(TS_TYPE, "timestamp type")                                                                             \
    X(TS, "timestamp")                                                                                       \
    X(RAND, "RAND")                                                                                          \
    X(ID_TYPE, "ID type")                                                                                    \
    X(ID, "ID")                                                                                              \
    X(POLICY_NUMBER, "policy number")                                                                        \
    X(PROTOCOL_TYPE, "protocol type")                                                                        \
    X(PARAMETER, "parameter") /* of a security policy: type 8, length 8, value */                            \
    X(ERROR_NUMBER, "error number")                                                                          \
    X(RESERVED, "reserved")                                                                                  \
    X(ENCR_ALG, "encryption")                                                                                \
    X(ENCR_DATA, "key data")                                                                                 \
    X(MAC_ALG, "MAC algorithm") /* of KEMAC and of V */                                                      \
    X(MAC, "MAC")

enum mikey_field_id {
#define MIKEY_FIELD_ID(id, name) MIKEY_FIELD_##id,
    MIKEY_FIELDS(MIKEY_FIELD_ID)
#undef MIKEY_FIELD_ID
        MIKEY_FIELD_COUNT
};

struct mikey_field {
    enum mikey_field_id id;
    const char *name;
    uint8_t payload;    /* enum mikey_payload (mikey_layout.h); 0 in the common header */
    size_t offset;      /* from the start of the message */
    struct bytes value; /* points into the message */
};

struct mikey_walk {
    /* Called for each field in the order of the bytes, once it is known to be whole. */
    void (*on_field)(const struct mikey_field *field, void *user);
    void *user;
    /* Set by mikey_walk(), if it refuses: the first fault in the order of the bytes, and its offset. */
    size_t fault_offset;
    char fault[160];
};

/* Decodes as mikey_decode() does, and calls walk->on_field for the fields up to the first fault. */
enum wire_status mikey_walk(struct bytes in, struct mikey_walk *walk, struct mikey_message *out);

/* What RFC 3830 calls the payload with that next-payload code, or "unknown". */
const char *mikey_payload_name(uint8_t code);

#endif
