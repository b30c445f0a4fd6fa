/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the models have of a region: net_region.model points at one. Region 0 has the servers, others UEs. */
#ifndef MODELS_REGION_H
#define MODELS_REGION_H

#include "models/deployment.h"
#include "models/keys/keys.h"
#include "models/tally.h"
#include "models/trace.h"
#include "sim/net/net.h"

struct ue_table;
struct bmsc;
struct bsf;
struct hss;
struct keylog_buffer;
struct content_table;

struct model_region {
    const struct deployment *deployment;
    struct key_store keys;
    struct tally tally;
    const struct content_table *contents;
    struct keylog_buffer *keylog; /* NULL: no key log */
    struct trace_buffer *trace;   /* NULL: no UE is traced */
    struct ue_table *ues;         /* regions 1.. */
    /* Region 0: the scenario's values that hold at this time, a copy that follows the timeline. What its
     * texts and pointers point to is the scenario's. */
    struct scenario *now;
    struct bmsc *bmsc; /* region 0 */
    struct bsf *bsf;
    struct hss *hss;
};

static inline struct model_region *model_of(struct net_region *at)
{
    return (struct model_region *)at->model;
}

#endif
