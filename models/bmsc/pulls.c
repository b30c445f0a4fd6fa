/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Solicited pulls: pacing, the message, its repetition (TS 33.246 §6.3.2.2.4). */
#include "models/bmsc/bmsc.h"

#include "models/crypto/mikey_keys.h"
#include "models/keylog.h"
#include "sim/base/random.h"

/* Time of pull number n (0 ..) after the first, with equal gaps: computed anew each time, so that no error
 * adds up. */
static int64_t uniform_ns(const struct scenario *s, double n)
{
    return (int64_t)(n * (double)CLOCK_SECOND / s->pull_rate);
}

/* When first pull number bmsc->next is due; called once for each, in their order. */
static int64_t due_ns(struct bmsc *bmsc)
{
    const struct world *world = bmsc->world;
    const struct scenario *s = world->scenario;
    uint32_t n = bmsc->next;

    if (s->pull_pacing == PULL_PACING_BURST) {
        uint64_t bits = random_u64(world->seed, ENTITY_WORLD, PURPOSE_PULL_BURST, n);

        return s->pull_start + uniform_ns(s, world->ues * burst_next(&bmsc->burst, bits));
    }
    if (s->pull_pacing == PULL_PACING_UNIFORM || n == 0)
        return s->pull_start + uniform_ns(s, n);
    return bmsc->next_pull_ns + random_exponential(random_u64(world->seed, ENTITY_WORLD, PURPOSE_PULL_GAP, n),
                                                   (double)CLOCK_SECOND / s->pull_rate);
}

/* Puts the UE of pull k in line, and has its memory fetched. */
static void look_ahead(struct bmsc *bmsc, uint32_t k)
{
    if (k >= bmsc->world->ues)
        return;
    uint32_t ue = bmsc->ahead[k % PULLS_AHEAD] = pull_order_at(&bmsc->order, k);
    __builtin_prefetch(&bmsc->ues[ue], 1);
}

static void set_next_pull(struct net_region *at, struct bmsc *bmsc)
{
    bmsc->next_pull_ns = due_ns(bmsc);
    net_timer(at, HOST_BMSC, bmsc->next_pull_ns - at->now_ns, TIMER_NEXT_PULL, 0);
}

void bmsc_start(struct net_region *at)
{
    struct bmsc *bmsc = model_of(at)->bmsc;

    burst_init(&bmsc->burst, bmsc->world->ues);
    for (uint32_t k = 0; k < PULLS_AHEAD; k++)
        look_ahead(bmsc, k);
    set_next_pull(at, bmsc);
}

void bmsc_next_pull(struct net_region *at)
{
    struct bmsc *bmsc = model_of(at)->bmsc;
    uint32_t k = bmsc->next++, ue = bmsc->ahead[k % PULLS_AHEAD];

    look_ahead(bmsc, k + PULLS_AHEAD); /* ue.count is far from the end of 32 bits */
    bmsc_ue(bmsc, ue)->first_pull_ns = at->now_ns;
    station_arrive(at, &bmsc->station, bmsc_job_take(bmsc, BMSC_PULL, ue), true);
    if (bmsc_all_due(bmsc))
        bmsc->last_due_ns = at->now_ns;
    else
        set_next_pull(at, bmsc);
}

/* --- encode --------------------------------------------------------------------------------------------- */

/* Key Number 0, V not set, a KEMAC without data: only the MAC is carried. */
static void encode(struct net_region *at, uint32_t number, const struct bmsc_session *session,
                   uint32_t counter, uint64_t rand_index)
{
    struct model_region *m = model_of(at);
    const struct world *world = m->world;
    struct identity_text b_tid;
    struct net_message *out;
    uint8_t rand[16], auth[20];

    identity_b_tid(world, session->rand, &b_tid);
    random_bytes(world->seed, number, PURPOSE_MIKEY_RAND, rand_index, rand, sizeof rand);
    struct mikey_message pull = {.data_type = MIKEY_PSK_INIT,
                                 .csb_id =
                                     (uint32_t)random_u64(world->seed, number, PURPOSE_CSB_ID, rand_index),
                                 .map_type = MIKEY_MAP_EMPTY,
                                 .has_ext = true,
                                 .has_key_domain_id = true,
                                 .has_msk_id = true,
                                 .msk_id = (uint32_t)world->scenario->msk_key_group << 16,
                                 .has_t = true,
                                 .ts_type = MIKEY_TS_COUNTER,
                                 .ts = counter,
                                 .has_rand = true,
                                 .rand = bytes_of(rand, sizeof rand),
                                 .has_idi = true,
                                 .idi = world->text.bmsc_fqdn,
                                 .has_idr = true,
                                 .idr = identity_bytes(&b_tid),
                                 .has_kemac = true,
                                 .encr_alg = MIKEY_ENCR_AES_CM_128,
                                 .mac_alg = MIKEY_MAC_HMAC_SHA1_160};
    memcpy(pull.key_domain_id, world->key_domain_id, sizeof pull.key_domain_id);

    mikey_auth_key(m->keys.crypto, bytes_of(session->muk, 32), pull.csb_id, pull.rand, auth);
    out = bmsc_mikey(at, KIND_pull, &pull, auth);
    if (out == NULL)
        return;
    out->mark_ns = m->bmsc->ues[number].first_pull_ns;
    net_udp_send(at, HOST_BMSC, HOST_UES + number, out);
}

/* --- decide --------------------------------------------------------------------------------------------- */

void bmsc_send_pull(struct net_region *at, uint32_t number)
{
    struct model_region *m = model_of(at);
    struct bmsc_ue *ue = bmsc_ue(m->bmsc, number);
    const struct scenario *s = m->world->scenario;
    uint16_t vector = s->pull_muk_rule == 0 ? ue->known : ue->used;

    if (ue->stage != BMSC_SOLICITING) /* its request came while this pull waited for a worker */
        return;
    struct bmsc_session *session = bmsc_session(m, number);
    bmsc_session_keys(m, number, session, vector);
    count_rate(m, RATE_pull, at->now_ns);
    if (ue->pulls == 0) {
        histogram_add(&m->tally.latency[PROCEDURE_pull_wait], at->now_ns - ue->first_pull_ns);
        if (m->bmsc->solicited++ == 0)
            m->bmsc->first_sent_ns = at->now_ns;
        m->bmsc->last_sent_ns = at->now_ns;
        if (m->keylog)
            keylog_vector(m, at->now_ns, number, vector);
    }
    if (ue->pulls++ > 0)
        count(m, COUNT_pull_retransmissions);
    encode(at, number, session, bmsc_counter(ue, vector), ue->draws++);
    session->timeout =
        net_timeout(at, HOST_BMSC, s->pull_timeout, TIMER_PULL_TIMEOUT, (uint64_t)ue->serial << 32 | number);
}

/* No authenticated request in time: another pull with a fresh counter, or the end of it. */
void bmsc_pull_timeout(struct net_region *at, uint64_t argument)
{
    struct model_region *m = model_of(at);
    struct bmsc_ue *ue = bmsc_ue(m->bmsc, (uint32_t)argument);

    if (ue->serial != argument >> 32 || ue->stage != BMSC_SOLICITING)
        return;
    if (ue->pulls < m->world->scenario->pull_attempts) {
        station_arrive(at, &m->bmsc->station, bmsc_job_take(m->bmsc, BMSC_PULL, (uint32_t)argument), true);
    } else {
        count(m, COUNT_ues_unanswered);
        ue->stage = BMSC_GAVE_UP;
        bmsc_session_end(at, ue);
    }
}
