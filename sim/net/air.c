/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Draws of loss, doubling, lateness and damage. */
#include "sim/net/air.h"

#include "sim/base/random.h"
#include "sim/net/fault.h"

static uint64_t high(const struct random_block *block)
{
    return (uint64_t)block->word[0] << 32 | block->word[1];
}

static uint64_t low(const struct random_block *block)
{
    return (uint64_t)block->word[2] << 32 | block->word[3];
}

unsigned air_draw(const struct network_config *config, uint32_t cell, bool up, uint64_t index)
{
    uint32_t purpose = up ? NET_PURPOSE_UPLINK : NET_PURPOSE_DOWNLINK;
    unsigned actions = 0;

    if (config->access_loss > 0 || config->access_duplicate > 0) {
        struct random_block block = random_draw(config->seed, cell, purpose, index);
        if (random_happens(high(&block), config->access_loss))
            actions |= FAULT_DROP;
        if (random_happens(low(&block), config->access_duplicate))
            actions |= FAULT_DUPLICATE;
    }
    if (config->access_late > 0) {
        purpose += NET_PURPOSE_LATE - NET_PURPOSE_UPLINK;
        if (random_happens(random_u64(config->seed, cell, purpose, index), config->access_late))
            actions |= FAULT_DELAY;
    }
    return actions;
}

uint64_t air_damaged_bit(const struct network_config *config, uint32_t ue, int64_t now_ns, size_t length)
{
    uint64_t bits = random_u64(config->seed, ue, NET_PURPOSE_CORRUPT, (uint64_t)now_ns);

    return random_below(bits, (uint64_t)length * 8);
}
