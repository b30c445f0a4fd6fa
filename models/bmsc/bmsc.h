/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The BM-SC: solicits its UEs, answers their MSK requests, pushes the MSK (TS 33.246 §6.3.2.2.4,
 * §6.3.2.3.1). Files: bmsc.c (memory, dispatch), pulls.c (pacing, pulls, their timeouts), post_verify.c,
 * post.c, post_encode.c and nonces.c (HTTP), zn.c (fetching keys), msk.c (MSK messages and ACKs). */
#ifndef MODELS_BMSC_BMSC_H
#define MODELS_BMSC_BMSC_H

#include "models/bmsc/pull_order.h"
#include "models/crypto/digest_auth.h"
#include "models/diameter_peer.h"
#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/nonce.h"
#include "models/overload.h"
#include "models/station.h"
#include "models/subscriber.h"
#include "models/texts.h"
#include "models/wire/digest.h"
#include "models/wire/http.h"
#include "models/wire/mikey.h"
#include "models/wire/ua.h"
#include "sim/base/burst.h"

/* NULL: no memory for its table, of so many bytes a UE. */
struct bmsc *bmsc_new(const struct world *world);
extern const size_t bmsc_ue_bytes;
void bmsc_free(struct bmsc *bmsc);
struct server *bmsc_server(struct bmsc *bmsc);

const struct station *bmsc_station(const struct bmsc *bmsc);

/* Sets the first pull going. */
void bmsc_start(struct net_region *at);
enum net_verdict bmsc_datagram(struct net_region *at, const struct net_delivery *d);
enum net_verdict bmsc_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
/* user: of that connection, 0 if it ended in good order. */
void bmsc_closed(struct net_region *at, struct net_conn conn, uint64_t user);
void bmsc_timer(struct net_region *at, uint32_t kind, uint64_t argument);
void bmsc_prefetch(struct net_region *at, uint32_t kind, uint64_t argument, unsigned stage);
/* UEs that were sent a pull so far. */
uint32_t bmsc_solicited(const struct bmsc *bmsc);
/* Has the first pull of every UE been due? */
bool bmsc_all_due(const struct bmsc *bmsc);
/* First pulls sent per second, from the first to the last that has left; NaN for less than two, or all at
 * once. */
double bmsc_pull_rate_per_s(const struct bmsc *bmsc);
/* UEs that it solicits, or whose MSK it has not seen acknowledged yet. */
uint32_t bmsc_sessions(const struct bmsc *bmsc);
/* When the first pull of the last UE was due; -1: not yet. */
int64_t bmsc_last_due_ns(const struct bmsc *bmsc);

/* --- inside the room ------------------------------------------------------------------------------------ */

enum bmsc_stage {
    BMSC_SOLICITING, /* pulled, or about to be; no authenticated request yet */
    BMSC_REQUESTED,  /* granted; the MSK is on its way */
    BMSC_DELIVERED,  /* the ACK is in */
    BMSC_GAVE_UP     /* all pulls unanswered */
};

/* A UE as the BM-SC remembers it. Two MUKs at most: the last known, and the last used successfully. */
struct bmsc_ue {
    int64_t known_expiry_ns; /* of the last known MUK, as bmsc_muk_expiry_ns() has it */
    int64_t first_pull_ns;   /* when it was due; -1: not yet */
    uint32_t known_counter;  /* MIKEY counter of the last message under that MUK */
    uint32_t used_counter;   /* likewise, if it is another one */
    uint32_t session;        /* POOL_NONE: no keys at hand */
    uint32_t serial;         /* of the state: stale timers carry an older one */
    uint32_t draws;
    uint32_t nonce_serial; /* of the last digest accepted, and its nc: neither may come again */
    uint32_t nc;
    uint16_t known, used; /* vectors */
    uint8_t pulls;        /* sent */
    uint8_t stage;
    bool initialised;
    bool renegotiated; /* made to bootstrap again, for whatever reason */
    bool zn_failed;    /* the Zn request before had no answer in time, or was refused for now */
};

/* Keys at hand while a UE is being served. */
struct bmsc_session {
    uint64_t timeout;     /* for the request after a pull, or the ACK after an MSK message */
    uint32_t address;     /* host of the last authenticated request: where the MSK goes */
    uint32_t counter_min; /* of the MSK messages sent for this request: an ACK must answer one of them */
    uint16_t vector;      /* whose keys these are; AV_NONE: none yet */
    uint8_t pushes;
    bool acked; /* the ACK waits for a worker */
    bool has_ha1;
    uint8_t rand[16]; /* of that vector */
    uint8_t muk[32];
    struct digest_hash ha1;
    uint32_t csb_id;      /* of the MSK messages sent for this request */
    uint8_t msk_auth[20]; /* authentication key of those messages */
};

enum bmsc_work { BMSC_PULL, BMSC_POST, BMSC_AUTH_POST, BMSC_ZN_ANSWER, BMSC_MSK, BMSC_ACK };

enum bmsc_nonce { NONCE_UNKNOWN, NONCE_FRESH, NONCE_OLD };

/* Of a POST's credentials; the uri as the UE wrote it. */
enum post_text { POST_NONCE, POST_CNONCE, POST_URI };

/* What a POST with credentials was found to say: all that deciding and answering need. */
struct bmsc_post {
    bool b_tid_known_form; /* the user name is a B-TID of our BSF */
    bool names_right;      /* realm and opaque are ours, the response has the length of one */
    uint16_t vector;
    enum bmsc_nonce nonce_state;
    uint32_t nonce_serial;
    uint32_t nc;
    unsigned key_count;
    struct ua_key keys[UA_KEYS_MAX];
    struct digest_hash ha2;
    char response[32];
    struct texts texts; /* enum post_text */
};

struct bmsc_job {
    struct station_job station;
    uint32_t serial;
    uint8_t work;     /* enum bmsc_work */
    bool waiting;     /* for an answer of the BSF */
    bool late;        /* ... that nobody asks for any more: its request was refused */
    uint32_t result;  /* of Zn */
    bool other_gba;   /* the keys are of another kind than 3G GBA */
    uint32_t request; /* serial of the UE's state that an MSK message is for */
    uint32_t ue;
    uint32_t peer; /* host it came from */
    struct net_conn conn;
    int64_t sent_ns;  /* of the Zn request */
    uint64_t timeout; /* for its answer */
    int64_t zn_expiry_ns, zn_bootstrap_ns;
    uint8_t zn_ks_naf[32];
    struct bmsc_post post;
};

#define PULLS_AHEAD 4 /* UEs whose memory is fetched before it is their turn */

struct bmsc {
    const struct world *world;
    struct station station;
    struct pool jobs, sessions, long_texts;
    struct diameter_peer bsf;
    struct overload_limit zn_limit;
    struct bmsc_ue *ues;
    uint32_t serial; /* of jobs */
    uint32_t nonce_serial;
    uint64_t *void_nonces; /* a bit for each serial: see nonces.c */
    uint32_t void_words;
    struct pull_order order;
    uint32_t next;               /* first pulls that have been due */
    uint32_t ahead[PULLS_AHEAD]; /* UEs whose turn comes: of pull k in k mod PULLS_AHEAD */
    struct burst burst;
    uint32_t solicited;
    int64_t next_pull_ns;
    int64_t first_sent_ns, last_sent_ns; /* of first pulls */
    int64_t last_due_ns;                 /* -1: not yet */
};

struct bmsc_ue *bmsc_ue(struct bmsc *bmsc, uint32_t number);
struct bmsc_session *bmsc_session(struct model_region *m, uint32_t number); /* made if there is none */
void bmsc_session_end(struct net_region *at, struct bmsc_ue *ue);
/* Puts the keys of a vector into the session, derived if they are others. */
void bmsc_session_keys(struct model_region *m, uint32_t number, struct bmsc_session *session,
                       uint16_t vector);
uint32_t bmsc_job_take(struct bmsc *bmsc, enum bmsc_work work, uint32_t ue);
void bmsc_job_give(struct bmsc *bmsc, uint32_t index);
/* The next counter for a message under a MUK. */
uint32_t bmsc_counter(struct bmsc_ue *ue, uint16_t vector);

/* pulls.c */
void bmsc_next_pull(struct net_region *at);
void bmsc_send_pull(struct net_region *at, uint32_t ue);
void bmsc_pull_timeout(struct net_region *at, uint64_t argument);

/* When a MUK ends for the BM-SC: with the GBA key, or earlier by a lifetime of its own. */
int64_t bmsc_muk_expiry_ns(const struct world *world, int64_t gba_expiry_ns, int64_t bootstrap_ns);

/* post_verify.c: pure. The status to refuse it with (TS 33.246 table G.2.4-1), 200 for none. */
unsigned bmsc_verify_post(struct model_region *m, int64_t now_ns, struct bytes bytes, struct bmsc_job *job);
/* The response against the keys at hand. */
bool bmsc_digest_right(struct model_region *m, const struct bmsc_session *session,
                       const struct bmsc_post *post);

/* post.c: decides. */
enum net_verdict bmsc_post_arrives(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void bmsc_serve_auth_post(struct net_region *at, uint32_t job);
void bmsc_serve_zn_answer(struct net_region *at, uint32_t job);

/* nonces.c */
/* A nonce and its nc are good once. False: too old, used before, or not one of ours; the digest being right,
 * the UE need only repeat it with another (RFC 2617 §3.2.1: stale). */
bool bmsc_nonce_spend(struct bmsc *bmsc, struct bmsc_ue *ue, const struct bmsc_post *post);
/* Of a POST with credentials that is refused before its digest was judged: it may have been right. */
void bmsc_nonce_void(struct bmsc *bmsc, const struct bmsc_job *job);

/* post_encode.c */
enum bmsc_challenge { CHALLENGE_FIRST, CHALLENGE_STALE, CHALLENGE_RENEGOTIATE };
void bmsc_send_challenge(struct net_region *at, struct net_conn conn, enum bmsc_challenge why);
void bmsc_send_success(struct net_region *at, const struct bmsc_job *job, const struct bmsc_session *session);
void bmsc_send_refusal(struct net_region *at, const struct bmsc_job *job,
                       unsigned status); /* counts 503, 504 */

/* zn.c */
void bmsc_zn_request(struct net_region *at, uint32_t job);
enum net_verdict bmsc_zn_answer(struct net_region *at, const struct net_delivery *d);
void bmsc_zn_timeout(struct net_region *at, uint64_t argument);

/* msk.c */
/* A MIKEY message with its MAC under an authentication key; NULL: it cannot be encoded. */
struct net_message *bmsc_mikey(struct net_region *at, unsigned kind, const struct mikey_message *message,
                               const uint8_t auth[20]);
void bmsc_queue_msk(struct net_region *at, uint32_t ue);
void bmsc_send_msk(struct net_region *at, uint32_t ue, uint32_t request);
void bmsc_msk_timeout(struct net_region *at, uint64_t argument);
void bmsc_serve_ack(struct net_region *at, uint32_t ue);

#endif
