/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The storm in the large (models/LOAD.md): a few thousand cohorts of UEs go through the procedure, servers
 * are fluid queues. No messages, no keys, no network: what takes a storm minutes takes this milliseconds.
 * Files:
 * load_play.c (time, the run), load_fluid.c (servers), load_core.c (what servers decide), load_ue.c (what UEs
 * do), load_remedies.c (what helps), load_start.c (the start state). load.c makes numbers of it. */
#ifndef MODELS_LOAD_PLAY_H
#define MODELS_LOAD_PLAY_H

#include "models/counters.h"
#include "models/load.h"
#include "models/subscriber.h"

/* --- a server: its work is a fluid that runs off at `workers` seconds a second -------------------------- */

struct load_fluid {
    double workers, limit;
    double queue_time_limit_s; /* INFINITY: none */
    bool drop_late, dropped;   /* the rule; one was */
    double grain_s;            /* work of a few cohorts: shorter waits are of their lumps, not of the storm */
    double free_s;             /* when what is there has been begun */
    double came_s, apart_s;    /* when the last cohort came, and how long after the one before */
    double *begins;            /* ring of the times at which jobs begin, in order */
    uint32_t capacity, head, length; /* of the ring; a power of two */
    double queue_max, wait_max_s;
    double full_s;              /* when a job was first turned away; NAN: never */
    double backlog_s;           /* when a job last was let in after LOAD_BACKLOG_S or more, or turned away */
    double served_s, useful_s;  /* of what others asked for, and of it what they still waited for */
    double served_jobs;         /* of others */
    double asking;              /* requests that it has put to the server behind, and waits for */
    uint32_t report, reduction; /* of overload, the last; 0: none */
    uint32_t heard, heard_reduction; /* ... and what who asks this server knows of it */
    double heard_until_s;
    double late_since_s; /* all that was served came too late, since then; INFINITY: the last did not */
    double late_max_s;   /* the longest such time */
};

/* --- a cohort of UEs, and what BM-SC and BSF remember of it --------------------------------------------- */

enum load_stage { LOAD_SOLICITING, LOAD_REQUESTED, LOAD_DELIVERED, LOAD_UNANSWERED };
enum load_phase {
    LOAD_IDLE,
    LOAD_WAITING,
    LOAD_CHALLENGING,
    LOAD_BOOTSTRAPPING,
    LOAD_ASKING,
    LOAD_REQUESTING,
    LOAD_AWAITING
};

/* Vectors and times as in models/ue and models/bmsc, seconds from the start of the run. */
struct load_ue {
    double expiry_s, known_expiry_s, bsf_expiry_s;
    double first_nonce_s, nonce_s; /* when they were made */
    double retry_after_s;
    double budget_s;    /* when the budget of retries is whole again */
    uint32_t serial;    /* of the UE's phase: what is older is stale */
    uint32_t granted;   /* likewise of the BM-SC's grants */
    uint32_t challenge; /* of the BSF, that waits for a response; 0: none */
    uint32_t offered;   /* ... that the UE answers */
    uint32_t draws;
    uint16_t newest, used, known, bmsc_used, bsf, tmpi, vectors;
    uint16_t tries, pulls, sent;
    uint8_t stage, phase, stale, renegotiations, challenges;
    bool proven, resync, by_tmpi, has_tmpi, bootstrap, spare;
    bool preemptive, nonce_kept, renegotiate, renegotiated;
    bool acked, keyed, gave_up;
    bool followed; /* the connection had a second request */
};

/* --- what happens --------------------------------------------------------------------------------------- */

enum load_ask { LOAD_GET, LOAD_GET_AUTS, LOAD_GET_RES, LOAD_POST, LOAD_AUTH_POST };
enum load_answer { LOAD_401, LOAD_401_STALE, LOAD_401_RENEGOTIATE, LOAD_403, LOAD_200, LOAD_503, LOAD_504 };

/* A request of a UE on its way through the servers. It goes on when the UE has given up waiting. */
struct load_request {
    uint32_t ue, serial, challenge;
    uint8_t ask, server, job, answer;
    bool busy, known, answered; /* what the second server said, and that it did */
    bool timed;                 /* the UE's timeout is set */
    bool given_up;              /* by the first server, that waits for the second no more */
    bool dropped;               /* by the second: no answer comes */
    bool nonce_old;
    uint16_t vector;
    uint8_t reduction;     /* what the second server wants less, per cent */
    uint32_t report;       /* ... the number of that report; 0: none */
    double deadline_s;     /* of the UE */
    double ask_deadline_s; /* of the first server */
    double retry_after_s;  /* of a 503 */
    uint32_t next_free;
};

enum load_event_kind {
    LOAD_PULL_MADE,
    LOAD_PULL_AGAIN,  /* pull.timeout */
    LOAD_ARRIVES,     /* a request, at its server */
    LOAD_SERVED,      /* there */
    LOAD_REFUSED,     /* ... or not: it had waited for too long when its turn came */
    LOAD_ASKS,        /* arrives at the server behind */
    LOAD_ASKED,       /* served there */
    LOAD_ANSWERS,     /* is back at the first */
    LOAD_ANSWERED,    /* that job is done */
    LOAD_ASK_TIMEOUT, /* diameter.timeout */
    LOAD_UE_TIMEOUT,  /* of a phase of the UE, or the end of a wait */
    LOAD_MSK_AGAIN,   /* msk.timeout */
    LOAD_MSK_SENT,    /* its job is done */
    LOAD_ACK_ARRIVES,
    LOAD_ACK_SERVED
};

struct load_event {
    double time_s;
    uint64_t order; /* among those of one time */
    uint32_t what;  /* cohort or request */
    uint32_t serial;
    uint8_t kind;
};

struct load_play {
    const struct scenario *s;
    bool unlimited; /* every job finds a worker: what UEs cost by themselves */
    double each;    /* UEs in a cohort */
    double now_s, end_s;
    double one_way_s, between_s; /* UE to server, server to server */
    double mean_s[LOAD_JOBS];
    bool varies[LOAD_JOBS]; /* service times are drawn: they come near a timeout */
    struct load_fluid server[LOAD_SERVERS];
    struct load_ue *ues;
    uint32_t challenges;
    uint32_t cohorts, pulled;
    struct load_request *requests;
    uint32_t request_count, request_capacity, request_free;
    struct load_event *heap;
    uint32_t heap_count, heap_capacity;
    uint64_t order, events, events_max;
    double jobs[LOAD_JOBS];              /* UEs that caused one, of each kind */
    double messages[MESSAGE_KIND_COUNT]; /* likewise */
    double connections[LOAD_SERVERS];
    double followed[LOAD_SERVERS];         /* of them, those with more than one request */
    double by_impi, auts, auts_mar, stale; /* of the messages that differ in size */
    double waiting, waiting_max;           /* UEs between two tries */
    double retries, waited_s;              /* tries after the first; and what UEs waited for them, in all */
    double keyed, last_keyed_s;
    bool stopped; /* events_max was reached */
    bool cut_off; /* run.end came first */
};

/* Runs a scenario with so many cohorts, at most `events_max` events; load_play_clear() afterwards. ues: one a
 * cohort, g_malloc()ed, or NULL for load_start_even(). visit_s: worker time that a UE which comes to a server
 * costs there, or NULL: every job finds a worker, and time goes on for ever. */
void load_play_run(struct load_play *play, const struct scenario *s, struct load_ue *ues, uint32_t cohorts,
                   const double *visit_s, uint64_t events_max);
void load_play_clear(struct load_play *play);

/* load_start.c */
struct load_start {
    enum subscriber_class class;
    double age_s;      /* of the newest bootstrap */
    double older_by_s; /* how much older the one before was */
    bool resync, lost, preemptive, renegotiate;
};
void load_start_fill(const struct scenario *s, const struct load_start *start, struct load_ue *ue);
/* Cohort n, so that the shares of the scenario come out evenly. */
void load_start_even(const struct scenario *s, uint32_t n, struct load_ue *ue);
/* When the n-th of `cohorts` is pulled first. */
double load_pull_s(const struct scenario *s, uint32_t n, uint32_t cohorts);

/* --- inside --------------------------------------------------------------------------------------------- */

/* What happens at a time: of a kind, for a UE, a request or a job (`what`), in the state `serial`. */
void load_push(struct load_play *play, double time_s, enum load_event_kind kind, uint32_t what,
               uint32_t serial);
double load_unit(struct load_play *play, struct load_ue *ue); /* a draw, uniform in [0, 1) */
bool load_lost(struct load_play *play, struct load_ue *ue);   /* a packet on the air */
static inline double load_seconds(int64_t ns)
{
    return (double)ns / 1e9;
}

/* An idle server of so many workers, with a queue of `limit`; and the end of it. */
void load_fluid_init(struct load_fluid *f, int64_t workers, int64_t limit);
void load_fluid_clear(struct load_fluid *f);
/* A job was turned away. */
void load_fluid_refuses(struct load_fluid *f, double time_s);
/* Who waits for a job. */
struct load_asker {
    double gone_s; /* from then on the server can know that nobody does */
    bool patient;  /* wants no answer: is not turned away when its turn comes */
};
struct load_admission {
    enum { LOAD_SERVES, LOAD_FULL, LOAD_WAITED, LOAD_DROPPED } how;
    double at_s; /* when it is done, or turned away */
};
/* A job of a cohort arrives at its server. asker: NULL for the server's own work, never turned away. */
struct load_admission load_admit(struct load_play *play, enum load_job job, const struct load_asker *asker);
/* UEs that wait in its queue; jobs that it has in hand: those, what is being served, and what waits for the
 * server behind. */
double load_queued(struct load_play *play, enum load_server server);
double load_in_hand(struct load_play *play, enum load_server server);
/* ... it is done; useful: who asked was still waiting. The server's own work does not count for that. */
void load_account(struct load_play *play, enum load_job job, bool useful);

/* load_remedies.c. Retry-After of a 503 that is made now. */
double load_retry_after_s(struct load_play *play, enum load_server server, struct load_ue *ue);
/* When a UE that would try again at time_s may do so; takes it from its budget. */
double load_within_budget_s(const struct load_play *play, struct load_ue *ue, double time_s);
/* The server's report goes with its answer; who asks it has that answer; is this request one that is not
 * sent? */
void load_overload_tell(struct load_play *play, enum load_server server, struct load_request *r);
void load_overload_heard(struct load_play *play, enum load_server server, const struct load_request *r);
bool load_overload_throttles(struct load_play *play, enum load_server server, struct load_ue *ue);

/* load_core.c: a UE is pulled; one of the events of servers comes. */
void load_core_pull(struct load_play *play, uint32_t ue);
void load_core_event(struct load_play *play, const struct load_event *e);
/* The place of a new request, and one that is not needed any more. */
uint32_t load_request_take(struct load_play *play);
void load_request_give(struct load_play *play, uint32_t request);
/* When the BM-SC takes a MUK as expired whose GBA key expires then. */
double load_muk_expiry_s(const struct scenario *s, double gba_expiry_s);
extern const enum load_server load_job_server[LOAD_JOBS];
/* Service times vary where a mean is more than this share of the shortest patience. */
#define LOAD_NEAR_TIMEOUT 0.02
double load_service_s(struct load_play *play, enum load_job job);
double load_way_s(struct load_play *play, struct load_ue *ue); /* of a segment, sent again until it arrives */

/* Shorter waits are of chance: any server has them that is not idle. */
#define LOAD_BACKLOG_S 0.1
/* The UE has a pull, an answer, or the MSK; a wait of its is over. */
void load_ue_pull(struct load_play *play, uint32_t ue, uint16_t vector, double time_s);
void load_ue_answer(struct load_play *play, const struct load_request *r, double time_s);
void load_ue_msk(struct load_play *play, uint32_t ue, double time_s);
void load_ue_timeout(struct load_play *play, uint32_t ue, uint32_t serial);

#endif
