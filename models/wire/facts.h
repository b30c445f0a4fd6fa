/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What messages can say, without their bytes: the part of wire that deciding may know. */
#ifndef MODELS_WIRE_FACTS_H
#define MODELS_WIRE_FACTS_H

#include <stdint.h>

/* Results of Diameter: RFC 6733 §7.1, TS 29.109 §6. */
enum diameter_result {
    DIAMETER_SUCCESS = 2001,
    DIAMETER_UNABLE_TO_DELIVER = 3002,
    DIAMETER_TOO_BUSY = 3004,
    DIAMETER_PERMANENT = 5000, /* from here on: failures for good (RFC 6733 §7.1.5) */
    DIAMETER_UNABLE_TO_COMPLY = 5012,
    DIAMETER_EXPERIMENTAL = 5400, /* from here on: of TS 29.109 §6.4, in an Experimental-Result */
    DIAMETER_IDENTITY_UNKNOWN = 5401,
    DIAMETER_NAF_NOT_AUTHORISED = 5402,
    DIAMETER_BTID_UNKNOWN = 5403
};

#define DIAMETER_SESSION_BYTES 80 /* longest Session-Id that a server keeps to answer it */
/* Identifiers of a request, which its answer repeats. */
struct diameter_ids {
    uint32_t hop_by_hop, end_to_end;
    uint8_t session_length;
    char session[DIAMETER_SESSION_BYTES];
};

/* MSK requests: keys in one message at most. */
#define UA_KEYS_MAX 8

/* One key that is asked for, or answered. */
struct ua_key {
    uint8_t key_domain_id[3];
    uint32_t msk_id;
    unsigned status; /* responses: 200, 403, 404 ... */
};

#endif
