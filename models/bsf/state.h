/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the BSF remembers, what it finds in messages, and what it may do. An AV's bytes are carried along,
 * and nobody looks into them but verify and encode. */
#ifndef MODELS_BSF_STATE_H
#define MODELS_BSF_STATE_H

#include "models/bsf/bsf.h"
#include "models/diameter_client.h"
#include "models/keys/name.h"
#include "models/texts.h"
#include "models/wire/facts.h"

#define BSF_TMPI_BYTES 32 /* of a TMPI, in front of its domain */

/* --- facts
 * ------------------------------------------------------------------------------------------------ */

enum bsf_work { BSF_UB_GET, BSF_UB_UNKNOWN, BSF_UB_CREDENTIALS, BSF_ZH_ANSWER, BSF_ZN };

/* What a GET with credentials was found to say. */
struct bsf_credentials {
    uint16_t av; /* of the challenge that it answers; AV_NONE: none that the BSF waits for */
    bool right;  /* the digest */
    bool resync; /* it brings an AUTS */
    uint8_t auts[14];
    uint32_t nc;
    char ha1[32]; /* for rspauth */
};

/* What a GET was found to say. */
struct bsf_ub_facts {
    unsigned status;    /* 200, or the status to refuse it with */
    enum bsf_work work; /* the first three */
    uint32_t subscriber;
    bool tmpi_understood; /* the UE's product tokens say so */
    bool by_tmpi;         /* the user name is a TMPI: this one */
    char tmpi[BSF_TMPI_BYTES];
    struct bsf_credentials credentials; /* of BSF_UB_CREDENTIALS */
    struct bytes cnonce, uri;           /* ... views of the message */
};

/* What a BIR asks. */
struct bsf_zn_facts {
    bool proper; /* it is a BIR */
    struct diameter_ids ids;
    struct key_name name; /* of the B-TID */
    uint32_t result;      /* DIAMETER_SUCCESS, or why it cannot be granted */
    bool reacts;          /* its sender reacts to reports of overload */
};

/* An AV as the HSS sent it. */
struct bsf_vector {
    uint32_t lifetime_s; /* from the GUSS */
    uint16_t av;
    uint8_t rand_autn[32];
    uint8_t xres_length;
    uint8_t xres[16];
};

/* What an answer on Zh was found to say. */
struct bsf_maa_facts {
    struct diameter_facts answer;
    bool whole; /* a success that holds all it has to, or a failure */
    uint32_t subscriber;
    struct bsf_vector vector;
};

/* --- state
 * ------------------------------------------------------------------------------------------------ */

/* A bootstrapping session as the BSF remembers it, and the TMPI of the last one, which outlives it (TS 33.220
 * §4.4.13). */
struct bsf_subscriber {
    int64_t expiry_ns;
    uint32_t challenge; /* place of the challenge that waits for an answer; POOL_NONE: none */
    uint32_t spare;     /* likewise, of an AV that came too late and was never sent */
    uint32_t draws;
    uint16_t av;   /* of the session; AV_NONE: none (any more) */
    uint16_t tmpi; /* AV whose TMPI is stored; AV_NONE: none */
    bool known;
    bool zh_failed; /* the Zh request before had no answer in time, or was refused for now */
};

struct bsf_challenge {
    struct bsf_vector vector;
    uint8_t wrong; /* responses to it and the challenges before, in a row */
    bool by_tmpi;  /* the UE is known by this one */
    char tmpi[BSF_TMPI_BYTES];
};

enum bsf_text { BSF_TEXT_CNONCE, BSF_TEXT_URI };

struct bsf_job {
    struct diameter_job diameter; /* first: a GET may wait for the HSS */
    uint8_t work;                 /* enum bsf_work */
    bool tmpi_understood;
    uint32_t subscriber;
    uint32_t result; /* of Zh */
    union {
        struct {
            struct bsf_credentials credentials;
            struct texts texts; /* enum bsf_text */
        };
        struct bsf_zn_facts zn; /* BSF_ZN */
    };
    struct bsf_challenge challenge; /* from the MAA, for the UE of the request */
};

struct bsf {
    const struct deployment *deployment;
    const struct scenario *now; /* the values that hold at this time: service times */
    struct station station;
    struct pool challenges, long_texts;
    struct diameter_client hss;
    struct overload_report zn_report;
    struct bsf_subscriber *subscribers;
};

/* The challenge that waits for a subscriber's answer; NULL: none. */
static inline struct bsf_challenge *bsf_challenge_of(const struct bsf *bsf, const struct bsf_subscriber *s)
{
    return s->challenge == POOL_NONE ? (struct bsf_challenge *)0 : pool_at(&bsf->challenges, s->challenge);
}

/* --- actions
 * ---------------------------------------------------------------------------------------------- */

enum bsf_send {
    BSF_SEND_NOTHING,
    BSF_SEND_CHALLENGE, /* 401 with the job's challenge */
    BSF_SEND_SUCCESS,   /* 200 to its credentials */
    BSF_SEND_REFUSAL,   /* of that status */
    BSF_SEND_MAR,
    BSF_SEND_BIA
};

/* What is done with a job: at most one message is sent, then the job is over unless it waits for the HSS. */
struct bsf_action {
    enum bsf_send send;
    bool waits;
    bool hang_up; /* behind the message, as the peer does not speak HTTP */
    unsigned status;
    uint32_t retry_after_s;
    int64_t expiry_ns; /* of the session: 200, BIA */
    uint32_t result;   /* BIA */
    struct overload_said overload;
};

#endif
