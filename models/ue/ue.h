/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The UE: idle it is one struct ue; while it is in an exchange it has a struct ue_exchange from the region's
 * pool.
 *
 *   pull accepted -> [CHALLENGING -> USIM -> BOOTSTRAPPING] -> ASKING -> REQUESTING
 *                 -> AWAITING_MSK -> done
 *
 * TS 33.246 §6.3.2.2.4 with the MUK bookkeeping of models/README.md. Files: datagram.c (MIKEY in, ACK out),
 * exchange.c (tries, timers, connections), bootstrap.c (Ub), request.c (Ua), nonces.c (those for requests to
 * come), usim.c (AKA), table.c (memory). */
#ifndef MODELS_UE_UE_H
#define MODELS_UE_UE_H

#include "models/crypto/digest_auth.h"
#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/region.h"
#include "models/subscriber.h"
#include "models/texts.h"
#include "models/wire/digest.h"
#include "models/wire/http.h"
#include "models/wire/mikey.h"
#include "sim/base/pool.h"

/* A MUK as the UE remembers it; the key itself is derived again from the vector's number. */
struct ue_muk {
    int64_t expiry_ns;
    uint32_t counter; /* last accepted, or where a new MUK starts: 0 */
    uint16_t vector;  /* AV_NONE: no such MUK */
};

struct ue {
    struct ue_muk newest;  /* of the newest Ks_NAF it generated */
    struct ue_muk used;    /* of the last MIKEY message it accepted, while the newest is not proven */
    int64_t first_pull_ns; /* for measuring; -1 before the first */
    uint32_t exchange;     /* POOL_NONE: idle */
    uint32_t sqn;          /* place of its SQN array; POOL_NONE: as at the start */
    uint32_t serial;       /* of the state: stale timers carry an older one */
    uint32_t draws;        /* random draws made */
    uint16_t msk[2];       /* Key Numbers held of the group, newer first, 0: none (TS 33.246 §6.5.3: two) */
    bool msk_valid[2];     /* unless an MSK message made it invalid */
    bool known : 1;        /* the start state was filled in */
    bool proven : 1;       /* a MIKEY message came under the newest MUK: the BM-SC has it too */
    bool gave_up : 1;
    bool has_tmpi : 1; /* of the newest bootstrap */
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
enum challenge_text { CHALLENGE_NONCE, CHALLENGE_OPAQUE };

/* A nonce of the BM-SC for a request to come, and the opaque that goes with it. */
struct ue_nonce {
    uint32_t nc;        /* used up to this */
    struct texts texts; /* enum challenge_text */
};

struct ue_exchange {
    struct net_conn conn;
    uint64_t timeout;   /* of the phase */
    int64_t started_ns; /* of the procedure under way, for measuring */
    int64_t retry_after_ns;
    int64_t budget_ns; /* when the budget of retries is whole again (whatif.retry_budget) */
    uint32_t nc;
    uint32_t
        nonce_kept; /* place of that of the 401 that asked for the bootstrap under way; POOL_NONE: none */
    uint16_t tries;
    uint16_t muk_vector; /* whose key muk holds; AV_NONE: nobody's */
    uint16_t vector;     /* of the bootstrap under way */
    uint16_t key_group;
    uint8_t phase;
    uint8_t stale;
    uint8_t challenges;
    uint8_t renegotiations;
    bool bootstrap;   /* the newest GBA key must not be used any more */
    bool resync;      /* the challenge answers an AUTS */
    bool by_tmpi;     /* the bootstrap under way gives the TMPI below as user name, else the IMPI */
    bool msk_arrived; /* while an answer is awaited */
    uint8_t muk[32];
    uint8_t muk_rand[16]; /* of its vector */
    uint8_t ks[32];
    uint8_t rand_autn[32];
    struct digest_hash ha1;
    struct texts texts; /* enum challenge_text */
    char cnonce[16];
    char tmpi[TMPI_TEXT_BYTES];
};

/* SEQ_MS of TS 33.102 §C.1.1.1, one for each IND, relative to the SEQ at the start. */
struct ue_sqn {
    int64_t seq[32];
};

/* All UEs of the storm, by number. A region touches those of its cells alone. */
struct ue_states {
    uint32_t count;
    struct ue *ues;
    uint32_t *nonce_of_ue; /* of UEs that send credentials at once; NULL if there are none. See nonces.c */
};

/* What a region has of its UEs. */
struct ue_table {
    struct ue *ues; /* of struct ue_states, as the next */
    uint32_t *nonce_of_ue;
    struct pool exchanges;
    struct pool sqns;
    struct pool nonces;
    struct pool long_texts;
};

/* What a handler works with. */
struct ue_at {
    struct net_region *net;
    struct model_region *m;
    uint32_t number; /* of the UE */
    struct ue *ue;
    struct ue_exchange *x; /* NULL: idle */
};

/* False: no memory for so many UEs; ue_states_clear() all the same. preemptive: some send credentials at
 * once. */
bool ue_states_init(struct ue_states *states, uint32_t count, bool preemptive);
void ue_states_clear(struct ue_states *states);
/* A region's. The states are to outlive it. */
struct ue_table *ue_table_new(const struct ue_states *states);
void ue_table_free(struct ue_table *table);

/* --- for the network: handlers of the hosts that are UEs ------------------------------------------------ */
enum net_verdict ue_datagram(struct net_region *at, const struct net_delivery *d);
enum net_verdict ue_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void ue_closed(struct net_region *at, uint32_t host, struct net_conn conn, enum net_close_reason reason);
void ue_timer(struct net_region *at, uint32_t host, uint64_t serial);
void ue_prefetch(struct net_region *at, uint32_t host, unsigned stage);

/* --- inside the room ------------------------------------------------------------------------------------ */
struct ue_at ue_find(struct net_region *at, uint32_t host);
uint64_t ue_draw(struct ue_at *u, enum purpose purpose);
bool ue_holds_msk(const struct ue_at *u); /* the one that the storm is about */
/* Puts the MUK of a vector, and its RAND, into the exchange, derived unless they are there. */
void ue_exchange_muk(struct ue_at *u, uint16_t vector);
/* ... those that are at hand. */
void ue_exchange_muk_is(struct ue_at *u, uint16_t vector, const uint8_t rand[16], const uint8_t muk[32]);

/* exchange.c */
/* vector, rand, muk: of the pull, as a rather likely key of the request. */
void ue_exchange_begin(struct ue_at *u, uint16_t key_group, uint16_t vector, const uint8_t rand[16],
                       const uint8_t muk[32]);
void ue_exchange_try(struct ue_at *u);     /* counts one */
void ue_exchange_go(struct ue_at *u);      /* bootstraps if it must, else requests */
void ue_exchange_retry(struct ue_at *u);   /* after a failure: later, or gives up */
void ue_exchange_refused(struct ue_at *u); /* an answer that no further try can change */
void ue_exchange_give_up(struct ue_at *u); /* no further try, unless another pull comes */
void ue_exchange_phase(struct ue_at *u, enum ue_phase phase, int64_t timeout_ns);
void ue_exchange_hang_up(struct ue_at *u); /* closes the connection in good order */
void ue_exchange_end(struct ue_at *u);
void ue_exchange_failed_answer(struct ue_at *u, const struct http_message *answer);
/* Sends a request, whose mark says until when the UE waits for the answer. */
void ue_exchange_send(struct ue_at *u, struct net_message *message, enum wire_status status, size_t length);

/* bootstrap.c */
void ue_bootstrap_start(struct ue_at *u);
void ue_bootstrap_usim(struct ue_at *u); /* the card has computed */
enum net_verdict ue_bootstrap_answer(struct ue_at *u, const struct http_message *answer);

/* request.c */
void ue_request_start(struct ue_at *u);
enum net_verdict ue_request_answer(struct ue_at *u, const struct http_message *answer);
void ue_cnonce(struct ue_at *u);

/* nonces.c: credentials in the first POST. A UE may answer the challenge of a 401 that made it bootstrap
 * again, and one that ue.preemptive has chosen uses the nonce of an exchange before. */
/* Puts such a nonce, its opaque and its nc into the exchange; false: there is none. */
bool ue_nonce_take(struct ue_at *u);
/* Keeps the nonce at hand while the UE bootstraps. */
void ue_nonce_keep(struct ue_at *u);
/* ... or for the next exchange: that of Authentication-Info if it has one (nextnonce), else the one used. */
void ue_nonce_remember(struct ue_at *u, struct bytes nextnonce);
void ue_nonce_drop(struct ue_at *u); /* what the exchange still keeps */
/* Keeps nonce and opaque of a challenge; false if they are too long, or there is no nonce. */
bool ue_challenge_keep(struct ue_at *u, const struct digest_fields *challenge);
struct bytes ue_challenge_nonce(const struct ue_at *u);
struct bytes ue_challenge_opaque(const struct ue_at *u); /* at == NULL: the challenge had none */
/* Verifies Authentication-Info against the exchange's HA1, nonce, cnonce and nc; *info: its fields. */
bool ue_rspauth_right(struct ue_at *u, const struct http_message *answer, const char *uri,
                      struct digest_fields *info);

/* usim.c: TS 33.102 §6.3.3, Annex C. */
enum usim_result { USIM_OK, USIM_MAC_FAILURE, USIM_SYNC_FAILURE };
struct usim_answer {
    uint8_t res[8];
    uint8_t ks[32];   /* CK || IK */
    uint8_t auts[14]; /* on USIM_SYNC_FAILURE */
};
enum usim_result usim_authenticate(struct ue_at *u, const uint8_t rand[16], const uint8_t autn[16],
                                   struct usim_answer *out);

#endif
