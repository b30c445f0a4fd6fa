/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The fate of packets on the links of cells, see access.h. */
#include "sim/net/access.h"

#include "sim/base/random.h"
#include "sim/net/purpose.h"

bool access_init(struct access *access, const struct network_config *config, GError **error)
{
    *access = (struct access){
        .config = config,
        .draws = config->access_loss > 0 || config->access_duplicate > 0 || config->access_late > 0,
    };
    fault_set_init(&access->faults);
    return fault_set_read(&access->faults, config, error);
}

void access_clear(struct access *access)
{
    fault_set_clear(&access->faults);
}

static uint64_t access_high(const struct random_block *block)
{
    return (uint64_t)block->word[0] << 32 | block->word[1];
}

static uint64_t access_low(const struct random_block *block)
{
    return (uint64_t)block->word[2] << 32 | block->word[3];
}

/* What is drawn for the link's next packet, a set of enum fault_action. */
static unsigned access_draw(const struct network_config *config, struct access_link *link)
{
    uint64_t index = link->packets++;
    unsigned actions = 0;

    if (config->access_loss > 0 || config->access_duplicate > 0) {
        struct random_block block = random_draw(config->seed, link->cell,
                                                link->up ? NET_PURPOSE_UPLINK : NET_PURPOSE_DOWNLINK, index);
        if (random_happens(access_high(&block), config->access_loss))
            actions |= FAULT_DROP;
        if (random_happens(access_low(&block), config->access_duplicate))
            actions |= FAULT_DUPLICATE;
    }
    if (config->access_late > 0) {
        uint32_t purpose = link->up ? NET_PURPOSE_LATE : NET_PURPOSE_LATE_DOWNLINK;
        if (random_happens(random_u64(config->seed, link->cell, purpose, index), config->access_late))
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

struct access_fate access_judge(struct access *access, struct access_link *link,
                                const struct access_packet *packet, int64_t now_ns,
                                int64_t counters[NETWORK_COUNTER_COUNT])
{
    const struct network_config *config = access->config;
    unsigned named =
        access_names(access, packet->ue) ? fault_check(&access->faults, packet->ue, packet->kind) : 0;
    unsigned drawn = access->draws ? access_draw(config, link) : 0;
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
    return fate;
}
