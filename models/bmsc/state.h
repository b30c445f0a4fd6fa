/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the BM-SC remembers, what it finds in messages, and what it may do. No key material but the Ks_NAF
 * of a Zn answer, which is carried along and which nobody looks into but verify and encode. */
#ifndef MODELS_BMSC_STATE_H
#define MODELS_BMSC_STATE_H

#include "models/bmsc/bmsc.h"
#include "models/bmsc/pull_order.h"
#include "models/diameter_client.h"
#include "models/keys/name.h"
#include "models/scenario/pace.h"
#include "models/texts.h"
#include "models/wire/facts.h"
#include "sim/base/burst.h"

/* --- facts
 * ------------------------------------------------------------------------------------------------ */

enum bmsc_work { BMSC_PULL, BMSC_POST, BMSC_AUTH_POST, BMSC_ZN_ANSWER, BMSC_MSK, BMSC_ACK };

enum bmsc_nonce { NONCE_UNKNOWN, NONCE_FRESH, NONCE_OLD };

/* Of a POST's credentials; the uri as the UE wrote it. */
enum bmsc_text { BMSC_TEXT_NONCE, BMSC_TEXT_CNONCE, BMSC_TEXT_URI, BMSC_TEXTS };

/* What a POST was found to say: all that deciding and answering need. Whether its digest is right is found
 * when the key is at hand: bmsc_verify_digest(). */
struct bmsc_post {
    unsigned status;       /* 200, or the status to refuse it with (TS 33.246 table G.2.4-1) */
    enum bmsc_work work;   /* BMSC_POST or BMSC_AUTH_POST */
    bool b_tid_known_form; /* the user name is a B-TID of our BSF: */
    struct key_name name;  /* ... of this key */
    bool names_right;      /* realm and opaque are those of the BM-SC, the response has the length of one */
    bool digest_right;     /* it is known already: right under the key of that name */
    enum bmsc_nonce nonce_state;
    uint32_t nonce_serial;
    uint32_t nc;
    unsigned key_count;
    struct ua_key keys[UA_KEYS_MAX];
    char ha2[32];
    char response[32];
};

/* What an ACK was found to say. */
struct bmsc_ack_facts {
    bool proper;          /* it is a verification message of the right shape */
    bool known;           /* its IDr is a B-TID */
    struct key_name name; /* ... of this key */
    uint32_t counter;
    uint32_t csb_id;
    uint8_t service; /* whose MSK message it answers, by its CSB ID, in a session of this name: */
    bool mac_right;  /* ... under the authentication key of that message */
};

/* What an answer on Zn was found to say. */
struct bmsc_bia_facts {
    struct diameter_facts answer;
    bool whole; /* a success that holds all it has to, or a failure */
    uint32_t ue;
    bool other_gba; /* keys of another kind than 3G GBA */
    int64_t expiry_ns, bootstrap_ns;
    uint8_t ks_naf[32];
};

/* --- state
 * ------------------------------------------------------------------------------------------------ */

enum bmsc_stage {
    BMSC_SOLICITING, /* pulled, or about to be; no authenticated request yet */
    BMSC_REQUESTED,  /* granted; the MSK is on its way */
    BMSC_DELIVERED,  /* the ACK is in */
    BMSC_GAVE_UP     /* all pulls unanswered */
};

/* What is remembered of a UE for one service. */
struct bmsc_ue_service {
    int64_t first_pull_ns; /* when it was due; -1: not yet */
    uint32_t serial;       /* of this state: stale timers carry an older one */
    uint8_t pulls;         /* sent */
    uint8_t stage;
};

/* A UE as the BM-SC remembers it. Two MUKs at most: the last known, and the last used successfully. */
struct bmsc_ue {
    int64_t last_known_expiry_ns; /* as bmsc_muk_expiry_ns() has it */
    uint32_t last_known_counter;  /* MIKEY counter of the last message under that MUK */
    uint32_t last_used_counter;   /* likewise, if it is another one */
    uint32_t session;             /* POOL_NONE: none */
    uint32_t draws;
    uint32_t nonce_serial; /* of the last digest accepted, and its nc: neither may come again */
    uint32_t nc;
    uint16_t last_known, last_used; /* AVs */
    bool initialised;
    bool renegotiated; /* made to bootstrap again, for whatever reason */
    bool zn_failed;    /* the Zn request before had no answer in time, or was refused for now */
    struct bmsc_ue_service services[]; /* of the deployment, in their order */
};

/* Pull and MSK messages of one service in a session. */
struct bmsc_delivery {
    uint64_t timeout;     /* for the request after a pull, or the ACK after an MSK message */
    uint32_t counter_min; /* of the MSK messages sent for this request: an ACK must answer one of them */
    uint32_t csb_id;      /* of these */
    uint8_t pushes;
    bool acked; /* the ACK waits for a worker */
};

/* What is remembered of a UE while it is served; the keys that go with it are in a struct bmsc_secrets. */
struct bmsc_session {
    uint32_t serial;       /* of the session */
    uint32_t address;      /* host of the last authenticated request: where the MSK goes */
    uint16_t av;           /* whose keys are in use; AV_NONE: none yet */
    uint8_t open;          /* set of services that are solicited, or whose MSK is on its way */
    uint8_t service_count; /* of the deployment: */
    struct bmsc_delivery deliveries[];
};

struct bmsc_job {
    struct diameter_job diameter; /* first: a POST may wait for the BSF */
    uint8_t work;                 /* enum bmsc_work */
    uint8_t service;              /* of a pull, an MSK message, an ACK */
    bool other_gba;
    uint32_t result;  /* of Zn */
    uint32_t request; /* serial of the state that an MSK message is for */
    uint32_t next;    /* job that is queued behind this one; POOL_NONE: none */
    uint32_t ue;
    uint32_t peer; /* host it came from */
    int64_t zn_expiry_ns, zn_bootstrap_ns;
    uint8_t zn_ks_naf[32];
    struct bmsc_post post;
    struct texts texts; /* enum bmsc_text */
};

#define PULLS_AHEAD 4 /* UEs whose memory is fetched before it is their turn */

/* The first pulls of one service. */
struct bmsc_storm {
    struct pull_order order;
    uint32_t next;               /* first pulls that have been due */
    uint32_t ahead[PULLS_AHEAD]; /* UEs whose turn comes: of pull k in k mod PULLS_AHEAD */
    struct pace pace;
    struct burst burst;
    uint32_t solicited;
    int64_t next_pull_ns;
    int64_t first_sent_ns, last_sent_ns; /* of first pulls */
    int64_t last_due_ns;                 /* -1: not yet */
};

struct bmsc {
    const struct deployment *deployment;
    const struct scenario *now; /* the values that hold at this time: service times */
    struct station station;
    struct pool sessions; /* each of bmsc_session_bytes(): a struct bmsc_session, its secrets behind it */
    struct pool long_texts;
    struct diameter_client bsf;
    size_t ue_bytes;
    char *ues;                    /* each a struct bmsc_ue: bmsc_ue_of() */
    struct bmsc_storm *storms;    /* of each service */
    size_t pull_bytes, msk_bytes; /* of each such message */
    uint32_t session_serial;
    uint32_t nonce_serial;
    uint64_t *void_nonces; /* a bit for each serial: see nonces.c */
    uint32_t void_words;
};

/* A UE as it is, even if its start state is not filled in: bmsc_ue() does that. */
static inline struct bmsc_ue *bmsc_ue_of(const struct bmsc *bmsc, uint32_t number)
{
    return (struct bmsc_ue *)(bmsc->ues + number * bmsc->ue_bytes);
}

/* The argument of a timer for a UE and a service, and of which state: serial, service, and the UE's number in
 * the lowest bits. */
#define BMSC_TIMER_UE_BITS 28
static inline uint64_t bmsc_timer_argument(uint32_t ue, unsigned service, uint32_t serial)
{
    return (uint64_t)serial << 32 | service << BMSC_TIMER_UE_BITS | ue;
}

static inline uint32_t bmsc_timer_ue(uint64_t argument)
{
    return (uint32_t)argument & ((1U << BMSC_TIMER_UE_BITS) - 1);
}

static inline unsigned bmsc_timer_service(uint64_t argument)
{
    return (uint32_t)argument >> BMSC_TIMER_UE_BITS;
}

/* --- actions
 * ---------------------------------------------------------------------------------------------- */

enum bmsc_send {
    BMSC_SEND_NOTHING,
    BMSC_SEND_CHALLENGE, /* 401 */
    BMSC_SEND_SUCCESS,   /* 200 */
    BMSC_SEND_REFUSAL,
    BMSC_SEND_BIR,
    BMSC_SEND_PULL,
    BMSC_SEND_MSK
};

enum bmsc_challenge { CHALLENGE_FIRST, CHALLENGE_STALE, CHALLENGE_RENEGOTIATE };

/* What is done, in this order: keys are taken over, a timeout is cancelled, a message is sent (a pull or
 * MSK message with its timeout), the session ends, jobs are queued. Then the job that was served is over,
 * unless it waits for the BSF. */
struct bmsc_action {
    bool adopt;      /* the job's Ks_NAF is the key of the session from now on */
    uint64_t cancel; /* 0: none */
    enum bmsc_send send;
    bool ends;
    uint32_t queue; /* the first of them, see struct bmsc_job; POOL_NONE: none */
    bool waits;
    bool hang_up; /* behind a refusal, as the peer does not speak HTTP */
    bool check;   /* nothing yet: whether the digest is right has to be found first */

    uint32_t ue;
    uint8_t service; /* pull, MSK message */
    unsigned status;
    uint32_t retry_after_s;
    bool stale;
    uint32_t nonce_serial; /* 401; of nextnonce: 200, 0 for none */
    int64_t expiry_ns;     /* of the key: 200 */
    uint16_t av;           /* pull, MSK message: whose MUK, ... */
    uint32_t counter;      /* ... under which counter, ... */
    uint32_t csb_id;
    uint64_t rand_index;   /* of a pull: the draw of its RAND */
    int64_t first_pull_ns; /* ... when the first was due */
    bool first;            /* it is the first to this UE */
};

#endif
