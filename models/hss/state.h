/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the HSS remembers, what it finds in a MAR, and what it may answer. No key material, no bytes of
 * messages. */
#ifndef MODELS_HSS_STATE_H
#define MODELS_HSS_STATE_H

#include "models/hss/hss.h"
#include "models/keys/name.h"
#include "models/overload.h"
#include "models/wire/facts.h"

/* What the AuC remembers of a subscriber, from its first request in the run on. */
struct hss_subscriber {
    uint64_t seq; /* SEQ_HE: of the last AV made */
    uint32_t draws;
    uint16_t avs; /* made so far: number of the next one */
    bool known;
};

/* An AUTS that came with a request, checked against the subscriber's own K (TS 33.102 §6.3.5). */
enum hss_auts { HSS_NO_AUTS, HSS_AUTS_RIGHT, HSS_AUTS_WRONG };

/* What a MAR was found to say. */
struct hss_facts {
    bool proper; /* it is a MAR */
    struct diameter_ids ids;
    uint32_t subscriber;
    uint32_t result; /* DIAMETER_SUCCESS, or why it cannot be granted */
    enum hss_auts auts;
    uint64_t seq_ms; /* of a right AUTS: SEQ_MS */
    bool reacts;     /* its sender reacts to reports of overload */
};

struct hss_job {
    struct station_job station;
    struct hss_facts facts;
};

/* The answer: an MAA with an AV, or a refusal. */
struct hss_action {
    uint32_t result;
    struct key_name av; /* on DIAMETER_SUCCESS: the AV, and its SQN */
    uint64_t sqn;
    struct overload_said overload;
};

struct hss {
    const struct deployment *deployment;
    const struct scenario *now; /* the values that hold at this time: service times */
    struct station station;
    struct overload_report report;
    struct hss_subscriber *subscribers;
};

#endif
