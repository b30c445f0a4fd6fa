/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What helps a storm, in the large: Retry-After that grows with what is in hand, a budget of retries, reports
 * of overload. It stands for models/station.c, models/ue/decide_exchange.c and models/overload.c; jobs that
 * are turned away when their turn comes are in load_fluid.c. */
#include "models/load_play.h"

#include <math.h>

#define RETRY_AFTER_MAX_S 86400.0
#define REDUCTION_MAX     100

/* --- Retry-After ---------------------------------------------------------------------------------------- */

double load_retry_after_s(struct load_play *play, enum load_server server, struct load_ue *ue)
{
    const struct scenario *s = play->s;
    bool bsf = server == LOAD_BSF;
    double base_s = floor(load_seconds(bsf ? s->bsf_retry_after : s->bmsc_retry_after));
    double grows = (double)(bsf ? s->bsf_retry_after_grows : s->bmsc_retry_after_grows);
    double spread = bsf ? s->bsf_retry_after_spread : s->bmsc_retry_after_spread;

    if (base_s <= 0)
        return 0;
    if (grows > 0)
        base_s = fmin(RETRY_AFTER_MAX_S, base_s + floor(base_s * load_in_hand(play, server) / grows));
    if (spread > 0)
        base_s = fmax(1, floor(base_s * (1 - spread + 2 * spread * load_unit(play, ue)) + 0.5));
    return base_s;
}

/* --- a budget of retries -------------------------------------------------------------------------------- */

double load_within_budget_s(const struct load_play *play, struct load_ue *ue, double time_s)
{
    double refill_s = load_seconds(play->s->whatif_retry_budget_refill);

    if (play->s->whatif_retry_budget == 0)
        return time_s;
    time_s = fmax(time_s, ue->budget_s - (double)(play->s->whatif_retry_budget - 1) * refill_s);
    ue->budget_s = fmax(ue->budget_s, time_s) + refill_s;
    return time_s;
}

/* --- reports of overload -------------------------------------------------------------------------------- */

static double overload_wait_s(const struct load_play *play, enum load_server server)
{
    return load_seconds(server == LOAD_HSS   ? play->s->hss_overload_wait
                        : server == LOAD_BSF ? play->s->bsf_overload_wait
                                             : 0);
}

void load_overload_tell(struct load_play *play, enum load_server server, struct load_request *r)
{
    struct load_fluid *f = &play->server[server];
    double limit_s = overload_wait_s(play, server);
    uint32_t reduction;

    r->report = 0;
    if (limit_s <= 0 || f->served_jobs <= 0)
        return;
    reduction = (uint32_t)fmin(REDUCTION_MAX, floor(100 * load_queued(play, server) * f->served_s /
                                                    f->served_jobs / f->workers / limit_s));
    if (reduction != f->reduction) {
        f->reduction = reduction;
        f->report++;
    }
    r->report = f->report;
    r->reduction = (uint8_t)reduction;
}

void load_overload_heard(struct load_play *play, enum load_server server, const struct load_request *r)
{
    struct load_fluid *f = &play->server[server];

    if (r->report <= f->heard)
        return;
    f->heard = r->report;
    f->heard_reduction = r->reduction;
    f->heard_until_s = play->now_s + load_seconds(play->s->diameter_overload_validity);
}

bool load_overload_throttles(struct load_play *play, enum load_server server, struct load_ue *ue)
{
    const struct load_fluid *f = &play->server[server];

    return play->now_s < f->heard_until_s && f->heard_reduction > 0 &&
           load_unit(play, ue) * 100 < (double)f->heard_reduction;
}
