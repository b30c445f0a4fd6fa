/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What every model knows: the operator's names, who is which host, what draws are for. The deployment is
 * written once, before the run. */
#ifndef MODELS_DEPLOYMENT_H
#define MODELS_DEPLOYMENT_H

#include "models/scenario/scenario.h"
#include "sim/base/bytes.h"
#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "sim/net/topology.h"

/* Hosts of the core; UE n is host HOST_UES + n. */
enum { HOST_BMSC, HOST_BSF, HOST_HSS, HOST_UES };

#define HTTP_PORT 80

/* What a random draw is for. Values are part of the results' identity: append, never reorder. */
enum purpose {
    PURPOSE_K,
    PURPOSE_OPC,
    PURPOSE_RAND_KEY,
    PURPOSE_NONCE_KEY,
    PURPOSE_SQN,
    PURPOSE_CLASS,
    PURPOSE_AGE,
    PURPOSE_MSK,
    PURPOSE_MIKEY_RAND,
    PURPOSE_CNONCE,
    PURPOSE_BACKOFF,
    PURPOSE_RETRY,
    PURPOSE_USIM_TIME,
    PURPOSE_PULL_GAP,
    PURPOSE_BMSC_SERVICE,
    PURPOSE_BSF_SERVICE,
    PURPOSE_HSS_SERVICE,
    PURPOSE_SQN_AHEAD,
    PURPOSE_SESSION_LOST,
    PURPOSE_RENEGOTIATE,
    PURPOSE_NONCE,
    PURPOSE_CSB_ID,
    PURPOSE_PREEMPTIVE,
    PURPOSE_CELL,
    PURPOSE_CELL_WEIGHT,
    PURPOSE_PULL_ORDER,
    PURPOSE_PULL_BURST,
    PURPOSE_RETRY_AFTER,
    PURPOSE_OVERLOAD
};

/* Entity number of draws that belong to no UE. */
#define ENTITY_DEPLOYMENT UINT32_MAX

#define FQDN_BYTES_MAX 64

/* Services: as many as one MSK request can ask for, so that a set of them is a byte. */
#define SERVICES_MAX 8
#define SERVICE_NONE UINT8_MAX

/* A service: its key group, and the MSK that the storm brings to all UEs. At the start they hold the one
 * before, of the Key Number below. */
struct deployment_service {
    uint16_t key_group;
    uint16_t msk_number;  /* Key Number of the new MSK */
    uint8_t msk[16];      /* the new MSK itself: the BM-SC's, and what the audit compares with */
    uint8_t msk_rand[16]; /* RAND of its MSK messages: one for all UEs (TS 33.246 §6.4.5.1) */
};

/* Names as the codecs take them: views of the strings in struct deployment. */
struct deployment_texts {
    struct bytes bmsc_fqdn, bsf_fqdn;
    struct bytes bmsc_diameter, bsf_diameter, hss_diameter, diameter_realm;
    struct bytes ua_realm, imsi_prefix, impi_suffix;
};

struct key_table;

struct deployment {
    const struct scenario *scenario;
    uint64_t seed;
    uint32_t ues;
    int64_t epoch_s;
    bool ipv6;
    struct net_topology topology;      /* its shares: of whoever made the deployment, see placement.h */
    const struct key_table *key_table; /* of subscribers from a file, likewise; NULL: derived from the seed */

    /* TS 23.003 names: Ub/Ua under pub.3gppnetwork.org, Diameter under 3gppnetwork.org. */
    char bmsc_fqdn[FQDN_BYTES_MAX], bsf_fqdn[FQDN_BYTES_MAX];
    char bmsc_diameter[FQDN_BYTES_MAX], bsf_diameter[FQDN_BYTES_MAX], hss_diameter[FQDN_BYTES_MAX];
    char diameter_realm[FQDN_BYTES_MAX];
    char ua_realm[FQDN_BYTES_MAX + 24];
    char imsi_prefix[8]; /* MCC || MNC */
    char impi_suffix[FQDN_BYTES_MAX];
    struct deployment_texts text;
    struct bytes naf_id; /* BM-SC FQDN || Ua security protocol identifier of MBMS */
    struct bytes bsf_id; /* BSF FQDN || that of TMPI */
    uint8_t naf_id_bytes[FQDN_BYTES_MAX + 5], bsf_id_bytes[FQDN_BYTES_MAX + 5];
    uint8_t key_domain_id[3];
    uint8_t rand_key[16], nonce_key[16];
    char ua_opaque[32]; /* of the BM-SC's challenges */

    unsigned service_count; /* every UE has joined all of them */
    struct deployment_service services[SERVICES_MAX];
};

/* Fills in everything that follows from the scenario, its one service included. */
void deployment_init(struct deployment *deployment, const struct scenario *scenario);

/* Adds a service, of a key group that none has yet; its MSK is drawn from the seed. To be called before
 * anything is made of the deployment, and for SERVICES_MAX services at most. */
void deployment_add_service(struct deployment *deployment, uint16_t key_group);

/* The service of a Key Domain and key group; SERVICE_NONE: the operator has no such one. */
unsigned deployment_find_service(const struct deployment *deployment, const uint8_t key_domain_id[3],
                                 uint16_t key_group);

/* MSK IDs (TS 33.246 §6.3.2.1): Key Group and Key Number. That of a service's current MSK, as requests and
 * pulls have it, and that of its new one. */
static inline uint32_t deployment_current_msk_id(const struct deployment *deployment, unsigned service)
{
    return (uint32_t)deployment->services[service].key_group << 16;
}

static inline uint32_t deployment_new_msk_id(const struct deployment *deployment, unsigned service)
{
    return deployment_current_msk_id(deployment, service) | deployment->services[service].msk_number;
}

/* Does it happen to this UE? A draw for each purpose, and none where the scenario leaves nothing to
 * chance. */
static inline bool deployment_chance(const struct deployment *deployment, uint32_t ue, enum purpose purpose,
                                     double share)
{
    return share > 0 && random_happens(random_u64(deployment->seed, ue, purpose, 0), share);
}

/* The index of a draw of ENTITY_DEPLOYMENT that each service makes for itself: its n-th. */
static inline uint64_t deployment_service_draw(unsigned service, uint32_t n)
{
    return (uint64_t)service << 32 | n;
}

/* Calendar time now, whole Unix seconds. */
static inline int64_t deployment_unix_s(const struct deployment *deployment, int64_t now_ns)
{
    int64_t s = now_ns / CLOCK_SECOND;
    return deployment->epoch_s + (now_ns % CLOCK_SECOND < 0 ? s - 1 : s);
}

#endif
