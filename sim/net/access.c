/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The fate of packets on the links of cells, see access.h. */
#include "sim/net/access.h"

#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "sim/net/purpose.h"

/* Takes a change into the shares that hold from its time on; rates are none. */
static bool access_change(struct access_shares *shares, const struct network_change *change)
{
    double *share = change->what == NETWORK_ACCESS_LOSS        ? &shares->loss
                    : change->what == NETWORK_ACCESS_DUPLICATE ? &shares->duplicate
                    : change->what == NETWORK_ACCESS_LATE      ? &shares->late
                                                               : NULL;

    if (share)
        *share = change->share;
    return share != NULL;
}

static struct access_shares *access_shares_new(const struct network_config *config)
{
    struct access_shares *shares = g_new(struct access_shares, config->change_count + 1), *last = shares;

    *last = (struct access_shares){CLOCK_NEVER, config->access_loss, config->access_duplicate,
                                   config->access_late};
    for (uint32_t i = 0; i < config->change_count; i++) {
        struct access_shares next = *last;

        if (!access_change(&next, &config->changes[i]))
            continue;
        last->until_ns = config->changes[i].time_ns;
        *++last = next;
    }
    return shares;
}

/* Is anything drawn at some time? */
static bool access_draws(const struct access_shares *shares)
{
    for (;; shares++) {
        if (shares->loss > 0 || shares->duplicate > 0 || shares->late > 0)
            return true;
        if (shares->until_ns == CLOCK_NEVER)
            return false;
    }
}

bool access_init(struct access *access, const struct network_config *config, GError **error)
{
    *access = (struct access){.config = config, .shares = access_shares_new(config)};
    access->draws = access_draws(access->shares);
    fault_set_init(&access->faults);
    if (!fault_set_read(&access->faults, config, error))
        return false;
    access->named = access->faults.ues | (config->trace ? config->trace->ues : 0);
    return true;
}

void access_clear(struct access *access)
{
    fault_set_clear(&access->faults);
    g_free(access->shares);
}

static uint64_t access_high(const struct random_block *block)
{
    return (uint64_t)block->word[0] << 32 | block->word[1];
}

static uint64_t access_low(const struct random_block *block)
{
    return (uint64_t)block->word[2] << 32 | block->word[3];
}

/* What holds for a packet that begins to leave then. */
static const struct access_shares *access_shares_at(const struct access *access, struct access_link *link,
                                                    int64_t start_ns)
{
    while (access->shares[link->changed].until_ns <= start_ns)
        link->changed++;
    return &access->shares[link->changed];
}

/* What is drawn for the link's next packet, a set of enum fault_action. */
static unsigned access_draw(const struct access *access, struct access_link *link, int64_t start_ns)
{
    const struct network_config *config = access->config;
    const struct access_shares *shares = access_shares_at(access, link, start_ns);
    uint64_t index = link->packets++;
    unsigned actions = 0;

    if (shares->loss > 0 || shares->duplicate > 0) {
        struct random_block block = random_draw(config->seed, link->cell,
                                                link->up ? NET_PURPOSE_UPLINK : NET_PURPOSE_DOWNLINK, index);
        if (random_happens(access_high(&block), shares->loss))
            actions |= FAULT_DROP;
        if (random_happens(access_low(&block), shares->duplicate))
            actions |= FAULT_DUPLICATE;
    }
    if (shares->late > 0) {
        uint32_t purpose = link->up ? NET_PURPOSE_LATE : NET_PURPOSE_LATE_DOWNLINK;
        if (random_happens(random_u64(config->seed, link->cell, purpose, index), shares->late))
            actions |= FAULT_DELAY;
    }
    return actions;
}

static uint64_t access_damaged_bit(const struct network_config *config, const struct access_packet *packet,
                                   int64_t now_ns)
{
    uint64_t bits = random_u64(config->seed, packet->ue, NET_PURPOSE_CORRUPT, (uint64_t)now_ns);

    return random_below(bits, (uint64_t)packet->payload_bytes * 8);
}

static void access_count(const struct access_fate *fate, bool late, int64_t counters[NETWORK_COUNTER_COUNT])
{
    counters[NETWORK_packets_lost] += fate->dropped;
    counters[NETWORK_packets_corrupted] += fate->damaged;
    counters[NETWORK_packets_duplicated] += fate->doubled;
    counters[NETWORK_packets_late] += late;
}

bool access_traces(const struct access *access, uint32_t ue)
{
    const struct network_trace *trace = access->config->trace;

    return trace && trace->ues >> (ue & 63) & 1;
}

void access_tell(const struct access *access, struct network_event *event, unsigned kind)
{
    const struct network_config *config = access->config;

    event->kind = kind < config->kinds ? config->kind_names[kind] : fault_control_names[kind - FAULT_SYN];
    config->trace->event(config->user, event);
}

/* What was decided, to who follows the UE. */
static void access_tell_fate(const struct access *access, const struct access_link *link,
                             const struct access_packet *packet, const struct access_fate *fate,
                             int64_t now_ns)
{
    const struct {
        bool happened;
        const char *what;
    } tells[] = {{fate->dropped, "lost"},
                 {fate->damaged, "corrupted"},
                 {fate->doubled, "duplicated"},
                 {fate->delay_ns > 0, "late"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(tells); i++) {
        struct network_event event = {
            .time_ns = now_ns, .ue = packet->ue, .what = tells[i].what, .up = link->up};

        if (tells[i].happened)
            access_tell(access, &event, packet->kind);
    }
}

struct access_fate access_judge(struct access *access, struct access_link *link,
                                const struct access_packet *packet, int64_t now_ns,
                                int64_t counters[NETWORK_COUNTER_COUNT])
{
    const struct network_config *config = access->config;
    unsigned named =
        access_names(access, packet->ue) ? fault_check(&access->faults, packet->ue, packet->kind) : 0;
    unsigned drawn = access->draws ? access_draw(access, link, packet->start_ns) : 0;
    unsigned both = named | drawn;
    struct access_fate fate = {.dropped = both & FAULT_DROP};

    if (!fate.dropped) {
        fate.damaged = named & FAULT_CORRUPT && packet->payload_bytes > 0;
        if (fate.damaged)
            fate.damaged_bit = access_damaged_bit(config, packet, now_ns);
        fate.doubled = both & FAULT_DUPLICATE;
        fate.delay_ns = (drawn & FAULT_DELAY ? config->access_late_ns : 0) +
                        (named & FAULT_DELAY ? config->fault_delay_ns : 0);
    }
    access_count(&fate, !fate.dropped && both & FAULT_DELAY, counters);
    if (both && access_traces(access, packet->ue))
        access_tell_fate(access, link, packet, &fate, now_ns);
    return fate;
}
