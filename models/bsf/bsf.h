/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The BSF: bootstraps UEs over Ub with vectors it fetches over Zh, and hands Ks_NAF to the BM-SC over Zn
 * (TS 33.220 §4.5.2-4.5.3). Files: bsf.c (memory, dispatch), ub_verify.c and ub.c, zh.c, zn.c. */
#ifndef MODELS_BSF_BSF_H
#define MODELS_BSF_BSF_H

#include "models/crypto/digest_auth.h"
#include "models/diameter_peer.h"
#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/overload.h"
#include "models/station.h"
#include "models/subscriber.h"
#include "models/texts.h"
#include "models/wire/digest.h"
#include "models/wire/http.h"

/* NULL: no memory for its table, of so many bytes a UE. */
struct bsf *bsf_new(const struct world *world);
extern const size_t bsf_ue_bytes;
void bsf_free(struct bsf *bsf);
struct server *bsf_server(struct bsf *bsf);
const struct station *bsf_station(const struct bsf *bsf);

enum net_verdict bsf_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
/* user: of that connection, 0 if it ended in good order. */
void bsf_closed(struct net_region *at, struct net_conn conn, uint64_t user);
void bsf_timer(struct net_region *at, uint32_t kind, uint64_t argument);

/* --- inside the room ------------------------------------------------------------------------------------ */

#define BSF_NONCE_BYTES_MAX 128 /* RAND, AUTN and what a server may add */

/* A bootstrapping session as the BSF remembers it, and the TMPI of the last one, which outlives it (TS 33.220
 * §4.4.13). */
struct bsf_subscriber {
    int64_t expiry_ns;
    uint32_t challenge; /* place of the challenge that waits for an answer; POOL_NONE: none */
    uint32_t spare;     /* likewise, of a vector that came too late and was never sent */
    uint32_t draws;
    uint16_t vector; /* of the session; AV_NONE: none (any more) */
    uint16_t tmpi;   /* vector whose TMPI is stored; AV_NONE: none */
    bool known;
    bool zh_failed; /* the Zh request before had no answer in time, or was refused for now */
};

struct bsf_challenge {
    uint32_t lifetime_s; /* from the GUSS */
    uint16_t vector;
    uint8_t rand_autn[32];
    uint8_t xres_length;
    uint8_t xres[16];
    uint8_t wrong; /* responses to it and the challenges before, in a row */
    bool by_tmpi;  /* the UE is known by this one */
    char tmpi[TMPI_TEXT_BYTES];
};

enum bsf_work { BSF_UB_GET, BSF_UB_UNKNOWN, BSF_UB_CREDENTIALS, BSF_ZH_ANSWER, BSF_ZN };

/* Of a GET's credentials; the uri as the UE wrote it. */
enum ub_text { UB_CNONCE, UB_URI };

/* What a GET with credentials was found to say. */
struct bsf_credentials {
    uint16_t vector; /* of the challenge that it answers; AV_NONE: none that we wait for */
    bool right;      /* the digest */
    bool resync;
    uint8_t auts[14];
    struct texts texts; /* enum ub_text */
    uint32_t nc;
    struct digest_hash ha1; /* for rspauth */
};

/* What a BIR asks, and its answer repeats. */
struct bsf_zn {
    uint32_t hop_by_hop, end_to_end;
    uint16_t vector; /* of the B-TID */
    uint8_t session_length;
    bool reacts; /* to reports of overload */
    char session[80];
};

struct bsf_job {
    struct station_job station;
    uint32_t serial;
    uint8_t work;    /* enum bsf_work */
    bool waiting;    /* for an answer of the HSS */
    bool late;       /* ... that nobody asks for any more: its request was refused */
    uint32_t result; /* of Zh; Zn: of the answer to give */
    uint32_t subscriber;
    bool tmpi_understood; /* the UE's product tokens say so */
    struct net_conn conn;
    int64_t sent_ns;  /* of the Zh request */
    uint64_t timeout; /* for its answer */
    union {
        struct bsf_credentials credentials;
        struct bsf_zn zn; /* BSF_ZN */
    };
    struct bsf_challenge challenge; /* from the MAA, for the UE of the request */
};

struct bsf {
    const struct world *world;
    struct station station;
    struct pool jobs, challenges, long_texts;
    struct diameter_peer hss;
    struct overload_limit zh_limit;
    struct overload_report zn_report;
    struct bsf_subscriber *subscribers;
    uint32_t serial;
};

struct bsf_subscriber *bsf_subscriber(struct bsf *bsf, uint32_t number);
uint32_t bsf_job_take(struct bsf *bsf);
void bsf_job_give(struct bsf *bsf, uint32_t index);

/* ub_verify.c: reads. The status to refuse it with, 200 for none. likely: UE at the address that it came
 * from. */
unsigned bsf_verify_ub(struct model_region *m, struct bytes bytes, uint32_t likely, struct bsf_job *job);

/* ub.c */
enum net_verdict bsf_ub_request(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void bsf_ub_turn_away(struct net_region *at, uint32_t job, bool answer);
void bsf_ub_unknown(struct net_region *at, uint32_t job);
void bsf_ub_credentials(struct net_region *at, uint32_t job);
void bsf_ub_challenge(struct net_region *at, const struct bsf_job *job,
                      const struct bsf_challenge *challenge);
void bsf_ub_refuse(struct net_region *at, const struct bsf_job *job, unsigned status);

/* zh.c */
/* Asks the HSS for a vector, unless one is there that no UE has seen. */
void bsf_zh_vector(struct net_region *at, uint32_t job);
void bsf_zh_request(struct net_region *at, uint32_t job);
enum net_verdict bsf_zh_answer(struct net_region *at, const struct net_delivery *d);
void bsf_zh_answered(struct net_region *at, uint32_t job);
void bsf_zh_timeout(struct net_region *at, uint64_t argument);

/* zn.c */
enum net_verdict bsf_zn_request(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void bsf_zn_turn_away(struct net_region *at, uint32_t job, bool answered);
void bsf_zn_serve(struct net_region *at, uint32_t job);

#endif
