/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Offered load: what a storm asks of each server and link, and what will become of it, from the scenario
 * alone and before anything runs. LOAD.md has the definitions and where each formula comes from. Pure: no
 * clock, no files; equal scenarios give equal numbers. Takes some ten milliseconds. */
#ifndef MODELS_LOAD_H
#define MODELS_LOAD_H

#include "models/scenario/scenario.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum load_server { LOAD_BMSC, LOAD_BSF, LOAD_HSS, LOAD_SERVERS };

/* Kinds of job. X(name, server, key of its service time, meaning) */
#define LOAD_JOB_LIST(X)                                                                                     \
    X(bmsc_pull, BMSC, bmsc_mikey_time, "pull made")                                                         \
    X(bmsc_challenge, BMSC, bmsc_challenge_time, "POST without credentials, answered with a challenge")      \
    X(bmsc_request, BMSC, bmsc_service_time, "POST with credentials")                                        \
    X(bmsc_zn_answer, BMSC, bmsc_zn_time, "Zn answer read")                                                  \
    X(bmsc_msk, BMSC, bmsc_mikey_time, "MSK message made")                                                   \
    X(bmsc_ack, BMSC, bmsc_mikey_time, "MIKEY ACK verified")                                                 \
    X(bsf_get, BSF, bsf_service_time, "first GET of a bootstrap")                                            \
    X(bsf_unknown, BSF, bsf_service_time, "GET with a TMPI that the BSF does not know")                      \
    X(bsf_resync, BSF, bsf_service_time, "GET with AUTS")                                                    \
    X(bsf_response, BSF, bsf_service_time, "GET with a response")                                            \
    X(bsf_zn, BSF, bsf_zn_time, "Zn request")                                                                \
    X(bsf_zh_answer, BSF, bsf_zh_time, "Zh answer read")                                                     \
    X(hss_zh, HSS, hss_service_time, "Zh request")

enum load_job {
#define X(name, server, time, meaning) LOAD_##name,
    LOAD_JOB_LIST(X)
#undef X
        LOAD_JOBS
};

struct load_job_cost {
    double per_ue; /* jobs, a mean over all UEs */
    double mean_s; /* service time */
    double work_s; /* worker time a UE */
};

struct load_server_load {
    double workers;
    double jobs_per_ue, work_s; /* a UE: jobs, and worker time */
    double mean_s;              /* of its jobs; 0 if there are none */
    double offered_ratio;       /* while first pulls go out, of the workers there are */
    double capacity_ues_per_s;  /* INFINITY where a UE costs nothing */
    double workers_min;         /* for pull.rate, offered load at most 1 */
    double time_min_s;          /* for ue.count UEs with the workers there are */
    double full_queue_s; /* a queue as long as queue_limit, or queue_time_limit, let it be, worked off */
    bool full_by_time;   /* queue_time_limit does */
    bool newest_first;   /* what it does then is not expected here */
    bool crowded;        /* more connections come than it lets in, which is not expected here */
    double patience_s;   /* of who waits for this server, the shortest */
    const char *patience_key;
    bool dead_work;      /* the full queue takes longer than that */
    double dead_queue;   /* ... from so many jobs on */
    double queue_max;    /* expected */
    double wait_max_s;   /* expected */
    double full_s;       /* expected: from the first pull until a job is turned away; NAN: never */
    double late_max_s;   /* expected: all that it serves comes too late, for so long */
    double useful_ratio; /* expected: of the work for others, what they still waited for; NAN: none */
};

/* One direction of the links of a cell, or of a server. */
enum load_link {
    LOAD_UPLINK,
    LOAD_DOWNLINK,
    LOAD_CORE_FROM_BMSC,
    LOAD_CORE_TO_BMSC,
    LOAD_CORE_FROM_BSF,
    LOAD_CORE_TO_BSF,
    LOAD_CORE_FROM_HSS,
    LOAD_CORE_TO_HSS,
    LOAD_LINKS
};

struct load_link_load {
    const char *name;
    double packets_per_ue, bytes_per_ue; /* IP bytes */
    double offered_ratio;                /* of its rate, PPP's two bytes a packet counted */
    double capacity_ues_per_s;           /* of the whole service */
};

/* What a run is called (LOAD.md). Calm: no job waits longer than this, none is turned away, nor is a
 * connection. */
#define LOAD_CALM_WAIT_S 1.0
/* Collapsed: for so long all that a server did came too late, and of its work in all less than this share did
 * not. */
#define LOAD_COLLAPSE_S      10.0
#define LOAD_COLLAPSE_USEFUL 0.5
/* From the best to the worst: of two that apply the later one is said. */
enum load_verdict { LOAD_CALM, LOAD_OVERLOADED, LOAD_CUT_OFF, LOAD_COLLAPSED };
extern const char *const load_verdict_names[]; /* NULL-terminated */

/* Keys of packets that are lost by name, doubled or late: none of that is expected. */
#define LOAD_PACKET_KEYS 6

struct load {
    double ues, pull_rate_per_s; /* first pulls */
    double pull_peak_per_s;      /* at the height of a burst; else the same */
    double pulls_s;              /* how long they go out */
    struct load_job_cost job[LOAD_JOBS];
    struct load_server_load server[LOAD_SERVERS];
    struct load_link_load link[LOAD_LINKS];
    double offered_max_ratio;
    double offered_peak_ratio;             /* the same at the height of a burst */
    const char *bottleneck;                /* name of a server or link */
    int bottleneck_server;                 /* enum load_server; -1: a link */
    double capacity_ues_per_s, time_min_s; /* of the bottleneck */
    double waiting_max;                    /* UEs that wait between two tries, at most */
    double retry_wait_s;                   /* how long, a mean: Retry-After and the random wait */
    double retry_per_s;                    /* tries that those UEs make a second */
    double retry_ratio;                    /* load of these tries alone at the bottleneck */
    double retries_per_ue;
    enum load_verdict verdict;
    bool ends_by_itself; /* before run.end, and without having been stopped */
    double recovery_s;   /* from when the last first pull is due until queues are drained; NAN: cut off */
    double keyed_ratio;  /* share of UEs that hold the key then */
    unsigned changes;    /* of sections [at TIME]: none of them is expected, the values of the start are */
    const char *packet_keys[LOAD_PACKET_KEYS + 1]; /* those that the scenario uses; NULL-terminated */
    uint64_t events; /* that were reckoned for all this: what it costs, some 50 to 100 ns each */
};

/* Fills in *out, which keeps nothing of the scenario. Takes some milliseconds, see `events`. */
void load_of_scenario(const struct scenario *scenario, struct load *out);

extern const char *const load_server_names[LOAD_SERVERS];
extern const char *const load_job_names[LOAD_JOBS];
extern const char *const load_job_meanings[LOAD_JOBS];

/* Every number of it in order: a name that is stable, its unit, the value (NAN: none), what it means. Texts
 * (unit "text") come with `text` set. */
struct load_line {
    const char *name, *unit, *meaning, *text;
    double value;
};
void load_lines(const struct load *load, void (*line)(void *user, const struct load_line *line), void *user);
/* name,unit,value,meaning and a row each. */
void load_write_csv(const struct load *load, FILE *to);

/* What matters of it, in sentences, NULL-terminated; g_strfreev(). The first is the load and the bottleneck,
 * the second what will become of the storm; more only where something is wrong. */
char **load_sentences(const struct load *load);
/* What is wrong alone; may be empty. */
char **load_warnings(const struct load *load);

#ifdef __cplusplus
}
#endif

#endif
