/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The state at the start, as models/subscriber.h has it, but evenly by the shares of a scenario. */
#include "models/load_play.h"

#include "models/scenario/words.h"
#include "sim/base/burst.h"

#include <math.h>

double load_muk_expiry_s(const struct scenario *s, double gba_expiry_s)
{
    double lifetime_s = load_seconds(s->bmsc_muk_lifetime);

    return lifetime_s > 0 ? fmin(gba_expiry_s, gba_expiry_s - load_seconds(s->gba_lifetime) + lifetime_s)
                          : gba_expiry_s;
}

void load_start_fill(const struct scenario *s, const struct load_start *start, struct load_ue *ue)
{
    static const struct {
        uint16_t newest, ue_used, known, used;
    } vectors[] = {[CLASS_CURRENT] = {0, 0, 0, 0},
                   [CLASS_EXPIRED] = {0, 0, 0, 0},
                   [CLASS_AHEAD] = {1, 0, 0, 0},
                   [CLASS_UNKNOWN] = {2, 1, 0, 0},
                   [CLASS_UNPROVEN] = {1, AV_NONE, 1, 0}};
    double lifetime_s = load_seconds(s->gba_lifetime), left_s = lifetime_s - start->age_s;
    double expiry_s = start->class == CLASS_EXPIRED ? -floor(-left_s) : floor(left_s) + 1;
    double known_expiry_s;

    *ue = (struct load_ue){.newest = vectors[start->class].newest,
                           .used = vectors[start->class].ue_used,
                           .known = vectors[start->class].known,
                           .bmsc_used = vectors[start->class].used,
                           .expiry_s = expiry_s,
                           .bsf_expiry_s = expiry_s,
                           .has_tmpi = true,
                           .resync = start->resync,
                           .preemptive = start->preemptive,
                           .renegotiate = start->renegotiate};
    ue->proven = ue->used == ue->newest;
    if (ue->proven)
        ue->used = AV_NONE;
    ue->vectors = ue->newest;
    ue->bsf = ue->tmpi = start->lost ? AV_NONE : ue->newest;
    known_expiry_s = ue->known == ue->newest ? expiry_s : expiry_s - start->older_by_s;
    ue->known_expiry_s = load_muk_expiry_s(s, known_expiry_s);
    ue->first_nonce_s = known_expiry_s - lifetime_s;
}

/* The n-th point of the R sequence (M. Roberts, 2018): evenly spread in all of its dimensions at once. */
enum { BY_CLASS, BY_AGE, BY_OLDER, BY_RESYNC, BY_LOST, BY_PREEMPTIVE, BY_RENEGOTIATE, DIMENSIONS };

static double point(uint32_t n, unsigned dimension)
{
    static const double root = 1.0969815577985598; /* x^8 = x + 1 */
    double step = pow(root, -(double)(dimension + 1)), x = 0.5 + step * n;

    return x - floor(x);
}

void load_start_even(const struct scenario *s, uint32_t n, struct load_ue *ue)
{
    double lifetime_s = load_seconds(s->gba_lifetime);
    struct load_start start = {.class = subscriber_class_at(s, point(n, BY_CLASS)),
                               .age_s = lifetime_s * point(n, BY_AGE),
                               .older_by_s = lifetime_s * point(n, BY_OLDER),
                               .resync = point(n, BY_RESYNC) < s->ue_sqn_ahead,
                               .lost = point(n, BY_LOST) < s->bsf_session_lost,
                               .preemptive = point(n, BY_PREEMPTIVE) < s->ue_preemptive,
                               .renegotiate = point(n, BY_RENEGOTIATE) < s->bmsc_renegotiate};

    if (start.class == CLASS_EXPIRED)
        start.age_s += lifetime_s;
    load_start_fill(s, &start, ue);
}

double load_pull_s(const struct scenario *s, uint32_t n, uint32_t cohorts)
{
    double ues = (double)s->ue_count, each = ues / cohorts, start_s = load_seconds(s->pull_start);

    if (s->pull_pacing == PULL_PACING_BURST)
        return start_s + ues / s->pull_rate * burst_instant((n + 0.5) / cohorts);
    return start_s + (n * each + (each - 1) / 2) / s->pull_rate;
}
