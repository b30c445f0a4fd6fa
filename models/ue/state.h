/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a UE remembers, what it finds in messages, and what it may do. No key material. */
#ifndef MODELS_UE_STATE_H
#define MODELS_UE_STATE_H

#include "models/counters.h"
#include "models/keys/name.h"
#include "models/texts.h"
#include "models/ue/ue.h"
#include "sim/base/bytes.h"
#include "sim/base/pool.h"

/* --- facts
 * ------------------------------------------------------------------------------------------------ */

/* What a MIKEY message of the BM-SC was found to say. */
struct ue_mikey_facts {
    bool proper;      /* it has the shape of TS 33.246 §6.4.5.1 */
    bool pull;        /* Key Number 0 */
    bool held;        /* it names a MUK that the UE holds: */
    uint16_t av;      /* ... that of this AV */
    bool mac_right;   /* ... under which its MAC is right */
    uint32_t counter; /* its timestamp */
    bool v;           /* an ACK is wanted */
    uint8_t service;  /* whose Key Domain and key group it names; SERVICE_NONE: the UE has not joined it */
    uint16_t key_number;
    /* An MSK message whose MAC is right; what it brings was decrypted: */
    bool readable; /* one TEK with its interval, the interval alone, or nothing */
    bool has_key;
    bool key_right; /* the key is the new MSK of the service */
    bool has_validity;
    bool valid; /* SEQl is not above SEQu */
};

/* What an answer of BSF or BM-SC was found to say. Texts are views of the message. */
struct ue_answer_facts {
    bool proper; /* an HTTP response */
    unsigned status;
    uint32_t retry_after_s;
    /* 401 */
    bool challenge; /* it has one that the UE understands, the first of: */
    bool stale;
    struct bytes nonce, opaque;
    uint8_t rand_autn[32]; /* Ub */
    /* 200 to credentials */
    bool rspauth_right;
    bool whole;             /* the body holds what it has to */
    uint8_t granted;        /* Ua: set of the services whose keys were asked for, and are 200 */
    struct bytes nextnonce; /* Ua */
    int64_t expiry_unix_s;  /* Ub */
    bool tmpi_understood;   /* Ub: the product tokens say so */
};

/* What the USIM finds in a challenge (TS 33.102 §6.3.3). */
struct ue_aka_facts {
    bool mac_right;
    uint64_t sqn;
    uint16_t av; /* AV_NONE: one that no HSS of this operator made for this UE */
};

/* --- state
 * ------------------------------------------------------------------------------------------------ */

/* A MUK as the UE remembers it; the key itself is derived again from its name. */
struct ue_muk {
    int64_t expiry_ns;
    uint32_t counter; /* last accepted, or where a new MUK starts: 0 */
    uint16_t av;      /* AV_NONE: no such MUK */
};

/* What the UE has of one service. */
struct ue_service {
    int64_t first_pull_ns; /* for measuring; -1 before the first */
    uint16_t msk[2];       /* Key Numbers held of the group, newer first, 0: none (TS 33.246 §6.5.3: two) */
    bool msk_valid[2];     /* unless an MSK message made it invalid */
    bool gave_up;
};

/* With one service it fills a cache line. */
struct ue {
    struct ue_muk newest;         /* of the newest Ks_NAF it generated */
    struct ue_muk last_used;      /* of the last MIKEY message it accepted, while the newest is not proven */
    uint32_t exchange;            /* POOL_NONE: idle */
    uint32_t sqn;                 /* place of its SQN array; POOL_NONE: as at the start */
    uint32_t serial;              /* of the state: stale timers carry an older one */
    uint32_t draws : 29;          /* random draws made */
    bool initialised : 1;         /* the start state was filled in */
    bool proven : 1;              /* a MIKEY message came under the newest MUK: the BM-SC has it too */
    bool has_tmpi : 1;            /* of the newest bootstrap */
    struct ue_service services[]; /* of the deployment, in their order */
};

enum ue_phase {
    UE_WAITING,       /* for a retry, or what if it waited after a pull */
    UE_CHALLENGING,   /* GET sent, 401 expected */
    UE_USIM,          /* the card is computing */
    UE_BOOTSTRAPPING, /* GET with credentials sent */
    UE_ASKING,        /* POST without credentials sent, 401 expected */
    UE_REQUESTING,    /* POST with credentials sent */
    UE_AWAITING_MSK
};

#define UE_STALE_MAX          3 /* stale=true answers in a row until the try counts as failed */
#define UE_RENEGOTIATIONS_MAX 3 /* likewise 401s that ask for a new bootstrap */
#define UE_CHALLENGES_MAX     4 /* likewise new challenges of the BSF after a response */

/* Of a challenge; an empty opaque: it had none. */
enum ue_text { UE_TEXT_NONCE, UE_TEXT_OPAQUE };

/* A nonce of the BM-SC for a request to come, and the opaque that goes with it. */
struct ue_nonce {
    uint32_t nc;        /* used up to this */
    struct texts texts; /* enum ue_text */
};

struct ue_exchange {
    uint32_t serial; /* of the exchange, among those of its region */
    struct net_conn conn;
    uint64_t timeout;   /* of the phase */
    int64_t started_ns; /* of the procedure under way, for measuring */
    int64_t retry_after_ns;
    int64_t budget_ns; /* when the budget of retries is whole again (whatif.retry_budget) */
    uint64_t cnonce;   /* of the last credentials */
    uint32_t nc;
    uint32_t
        nonce_kept; /* place of that of the 401 that asked for the bootstrap under way; POOL_NONE: none */
    uint16_t tries;
    uint16_t av;      /* of the bootstrap under way */
    uint16_t tmpi_av; /* whose TMPI it gives as user name; AV_NONE: the IMPI */
    /* Sets of services, bit n for service n. One request asks for all that are missing (TS 33.246
     * §6.3.2.2.1); those that are pulled later are asked for when it is done. */
    uint8_t services; /* for whose MSKs the exchange is */
    uint8_t arrived;  /* of these, whose MSK is there */
    uint8_t asked;    /* for whose MSKs the request under way asks */
    uint8_t phase;
    uint8_t stale;
    uint8_t challenges;
    uint8_t renegotiations;
    bool bootstrap; /* the newest GBA key must not be used any more */
    bool resync;    /* the challenge answers an AUTS */
    uint8_t rand_autn[32];
    struct texts texts; /* enum ue_text */
};

/* SEQ_MS of TS 33.102 §C.1.1.1, one for each IND. */
struct ue_sqn {
    int64_t seq[32];
};

struct ue_table {
    const struct deployment *deployment;
    struct ue_states states; /* of all regions */
    uint32_t exchange_serial;
    struct pool exchanges; /* each a struct ue_exchange, with its secrets behind it */
    struct pool sqns;
    struct pool nonces;
    struct pool long_texts;
};

static inline struct ue *ue_of(const struct ue_states *states, uint32_t number)
{
    return (struct ue *)(states->ues + number * states->ue_bytes);
}

/* A UE for those who may change nothing. */
struct ue_seen {
    uint32_t number;
    const struct ue *ue;
    const struct ue_exchange *x; /* NULL: idle */
    const struct pool *long_texts;
};

/* --- actions
 * ---------------------------------------------------------------------------------------------- */

enum ue_do {
    UE_DO_CONNECT,     /* to `host`, for the exchange */
    UE_DO_FIRST_NONCE, /* the nonce that the UE was given before the run is the exchange's */
    UE_DO_SEND,        /* a request of `kind` on the exchange's connection */
    UE_DO_CLOSE,       /* `conn`, in good order */
    UE_DO_ABORT,       /* `conn` */
    UE_DO_TIMEOUT,     /* after delay_ns, for the exchange, with the UE's serial */
    UE_DO_CANCEL,      /* `timeout` */
    UE_DO_ACKNOWLEDGE, /* the MSK message that is being handled */
    UE_DO_USIM,        /* the card has had its time: ue_verify_aka(), ue_decide_aka() */
    UE_DO_LOG_KEYS     /* of `av`, into the key log */
};

struct ue_action {
    enum ue_do what;
    union {
        uint32_t host;
        struct {
            enum message_kind kind;
            bool auts;       /* credentials that bring an AUTS, */
            uint64_t sqn_ms; /* ... of this SQN_MS */
        };
        struct net_conn conn;
        int64_t delay_ns;
        uint64_t timeout;
        uint16_t av;
    };
};

#define UE_ACTIONS_MAX 12

/* What is done, in this order. */
struct ue_actions {
    unsigned count;
    struct ue_action at[UE_ACTIONS_MAX];
};

#endif
