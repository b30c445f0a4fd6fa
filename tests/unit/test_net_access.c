/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a cell does to a packet: every set of named faults with every set of draws, without an engine. */
#include "sim/base/clock.h"
#include "sim/net/access.h"
#include "tests/tap/tap.h"

enum { KIND_ASK, KIND_ANSWER, KINDS };
enum { UES = 100, UE = 7, CELL = 3, PAYLOAD = 40 };
#define NOW_NS   (5 * CLOCK_SECOND)
#define LATE_NS  (30 * CLOCK_MILLISECOND)
#define FAULT_NS (2 * CLOCK_MILLISECOND)

static const char *const kind_names[KINDS] = {"ask", "answer"};

static struct network_config make_config(void)
{
    return (struct network_config){
        .seed = 1,
        .topology = {.servers = 1, .ues = UES, .cells = 10, .regions = 1},
        .kind_names = kind_names,
        .kinds = KINDS,
        .access_late_ns = LATE_NS,
        .fault_delay_ns = FAULT_NS,
    };
}

static void start(struct access *access, const struct network_config *config)
{
    GError *error = NULL;

    access_init(access, config, &error);
    g_assert_no_error(error);
}

struct decided {
    struct access_fate fate;
    int64_t counters[NETWORK_COUNTER_COUNT];
};

/* The fate of one packet of a kind, the first of a link. */
static struct decided decide(struct access *access, bool up, unsigned kind, uint32_t payload_bytes)
{
    struct access_link link = {.cell = CELL, .up = up};
    const struct access_packet packet = {UE, kind, payload_bytes, NOW_NS};
    struct decided decided = {0};

    decided.fate = access_decide(access, &link, &packet, NOW_NS, decided.counters);
    return decided;
}

/* What happens to all packets: named, drawn are sets of enum fault_action. */
static struct network_config config_of(unsigned named, unsigned drawn)
{
    struct network_config config = make_config();

    config.fault_drop = named & FAULT_DROP ? "ask/7@1" : NULL;
    config.fault_duplicate = named & FAULT_DUPLICATE ? "ask/7@1" : NULL;
    config.fault_delay = named & FAULT_DELAY ? "ask/7@1" : NULL;
    config.fault_corrupt = named & FAULT_CORRUPT ? "ask/7@1" : NULL;
    config.access_loss = drawn & FAULT_DROP ? 1 : 0;
    config.access_duplicate = drawn & FAULT_DUPLICATE ? 1 : 0;
    config.access_late = drawn & FAULT_DELAY ? 1 : 0;
    return config;
}

static void assert_fate(const struct decided *d, unsigned named, unsigned drawn)
{
    bool dropped = named & FAULT_DROP || drawn & FAULT_DROP;
    bool doubled = !dropped && (named & FAULT_DUPLICATE || drawn & FAULT_DUPLICATE);
    bool damaged = !dropped && named & FAULT_CORRUPT;
    int64_t delay_ns = 0;

    if (!dropped && named & FAULT_DELAY)
        delay_ns += FAULT_NS;
    if (!dropped && drawn & FAULT_DELAY)
        delay_ns += LATE_NS;
    g_assert_cmpint(d->fate.dropped, ==, dropped);
    g_assert_cmpint(d->fate.doubled, ==, doubled);
    g_assert_cmpint(d->fate.damaged, ==, damaged);
    g_assert_cmpint(d->fate.delay_ns, ==, delay_ns);
    g_assert_cmpuint(d->fate.damaged_bit, <, damaged ? PAYLOAD * 8 : 1);
    g_assert_cmpint(d->counters[NETWORK_packets_lost], ==, dropped);
    g_assert_cmpint(d->counters[NETWORK_packets_duplicated], ==, doubled);
    g_assert_cmpint(d->counters[NETWORK_packets_corrupted], ==, damaged);
    g_assert_cmpint(d->counters[NETWORK_packets_late], ==, delay_ns > 0);
}

static void test_precedence(void)
{
    for (unsigned named = 0; named < 16; named++)
        for (unsigned drawn = 0; drawn < 8; drawn++)
            for (int up = 0; up < 2; up++) {
                const struct network_config config = config_of(named, drawn);
                struct access access;

                start(&access, &config);
                g_assert_cmpint(access_names(&access, UE), ==, named != 0);
                struct decided decided = decide(&access, up, KIND_ASK, PAYLOAD);
                assert_fate(&decided, named, drawn);
                /* The second of the kind is not named. */
                decided = decide(&access, up, KIND_ASK, PAYLOAD);
                assert_fate(&decided, 0, drawn);
                access_clear(&access);
            }
}

/* Both directions count together; other kinds do not count, nor do other UEs, even one that shares a bit with
 * the named one. */
static void test_whose_packet(void)
{
    struct network_config config = make_config();
    int64_t counters[NETWORK_COUNTER_COUNT] = {0};
    const struct access_packet other = {UE + 64, KIND_ASK, PAYLOAD, NOW_NS};
    struct access_link link = {.cell = CELL, .up = true};
    struct access access;

    config.fault_drop = "ask/7@2, syn/7@1";
    start(&access, &config);
    g_assert_false(access_names(&access, UE + 1));
    g_assert_false(access_decide(&access, &link, &other, NOW_NS, counters).dropped);
    g_assert_false(decide(&access, true, KIND_ANSWER, PAYLOAD).fate.dropped);
    g_assert_false(decide(&access, true, KIND_ASK, PAYLOAD).fate.dropped);
    g_assert_true(decide(&access, false, KIND_ASK, PAYLOAD).fate.dropped);
    g_assert_true(decide(&access, true, FAULT_SYN, 0).fate.dropped);
    access_clear(&access);
}

static void test_nothing_to_damage(void)
{
    struct network_config config = make_config();
    struct access access;

    config.fault_corrupt = "ack/7@1";
    config.fault_duplicate = "ack/7@1";
    start(&access, &config);
    struct decided decided = decide(&access, true, FAULT_ACK, 0);
    g_assert_false(decided.fate.damaged);
    g_assert_true(decided.fate.doubled);
    g_assert_cmpint(decided.counters[NETWORK_packets_corrupted], ==, 0);
    access_clear(&access);
}

/* The bit depends on UE and time, and may be any of the payload. */
static void test_damaged_bit(void)
{
    struct network_config config = make_config();
    bool seen[2 * 8] = {false};
    struct access access;

    config.fault_corrupt = "ask/7@1-1000";
    start(&access, &config);
    for (int i = 0; i < 1000; i++) {
        struct access_link link = {.cell = CELL, .up = i % 2};
        const struct access_packet packet = {UE, KIND_ASK, 2, NOW_NS};
        int64_t counters[NETWORK_COUNTER_COUNT] = {0};
        /* Twice at each time: up and down. */
        struct access_fate fate = access_decide(&access, &link, &packet, NOW_NS + i / 2, counters);

        g_assert_cmpuint(fate.damaged_bit, <, 16);
        seen[fate.damaged_bit] = true;
    }
    for (unsigned bit = 0; bit < 16; bit++)
        g_assert_true(seen[bit]);
    access_clear(&access);
}

static unsigned count_lost(const struct network_config *config, uint32_t cell, bool up, uint64_t *pattern)
{
    struct access_link link = {.cell = cell, .up = up};
    int64_t counters[NETWORK_COUNTER_COUNT] = {0};
    struct access access;

    start(&access, config);
    *pattern = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        const struct access_packet packet = {.ue = i % UES};
        bool lost = access_decide(&access, &link, &packet, NOW_NS, counters).dropped;

        if (i < 64)
            *pattern |= (uint64_t)lost << i;
    }
    g_assert_cmpuint(link.packets, ==, 10000);
    access_clear(&access);
    return (unsigned)counters[NETWORK_packets_lost];
}

/* Each direction of each cell has draws of its own, by the number of the packet alone, of the share that is
 * asked for: 3 000 of 10 000, give or take five times 46. */
static void test_draws(void)
{
    struct network_config config = make_config();
    uint64_t up, down, other, again;

    config.access_loss = 0.3;
    g_assert_cmpint(ABS((int)count_lost(&config, CELL, true, &up) - 3000), <, 230);
    g_assert_cmpint(ABS((int)count_lost(&config, CELL, false, &down) - 3000), <, 230);
    g_assert_cmpint(ABS((int)count_lost(&config, CELL + 1, true, &other) - 3000), <, 230);
    count_lost(&config, CELL, true, &again);
    g_assert_cmpuint(up, ==, again);
    g_assert_cmpuint(up, !=, down);
    g_assert_cmpuint(up, !=, other);
}

/* Who draws nothing has no number of packets: draws that are turned on later begin at 0. */
static void test_no_draws(void)
{
    const struct network_config config = make_config();
    struct access_link link = {.cell = CELL, .up = true};
    const struct access_packet packet = {.ue = UE};
    int64_t counters[NETWORK_COUNTER_COUNT] = {0};
    struct access access;

    start(&access, &config);
    struct access_fate fate = access_decide(&access, &link, &packet, NOW_NS, counters);
    g_assert_false(fate.dropped || fate.doubled || fate.damaged || fate.delay_ns);
    g_assert_cmpuint(link.packets, ==, 0);
    access_clear(&access);
}

/* Draws are numbered from the first packet on if anything is ever drawn: later changes move no draw. */
static void test_changes(void)
{
    const struct network_change changes[] = {{NOW_NS, NETWORK_ACCESS_LOSS, 0, 0.3},
                                             {NOW_NS, NETWORK_CORE_RATE, 8000, 0},
                                             {2 * NOW_NS, NETWORK_ACCESS_LOSS, 0, 0}};
    struct network_config config = make_config(), steady = make_config();
    struct access_link link = {.cell = CELL, .up = true}, other = link;
    int64_t counters[NETWORK_COUNTER_COUNT] = {0};
    struct access access, always;

    config.changes = changes;
    config.change_count = G_N_ELEMENTS(changes);
    steady.access_loss = 0.3;
    start(&access, &config);
    start(&always, &steady);
    for (uint64_t n = 0; n < 300; n++) {
        const struct access_packet packet = {.ue = UE, .start_ns = NOW_NS - 100 + (int64_t)n};
        bool lost = access_decide(&always, &other, &packet, NOW_NS, counters).dropped;

        g_assert_cmpint(access_decide(&access, &link, &packet, NOW_NS, counters).dropped, ==,
                        lost && packet.start_ns >= NOW_NS);
        g_assert_cmpuint(link.packets, ==, n + 1);
    }
    const struct access_packet late = {.ue = UE, .start_ns = 2 * NOW_NS};
    for (unsigned n = 0; n < 300; n++)
        g_assert_false(access_decide(&access, &link, &late, NOW_NS, counters).dropped);
    access_clear(&access);
    access_clear(&always);
}

static void test_wrong_text(void)
{
    struct network_config config = make_config();
    GError *error = NULL;
    struct access access;

    config.fault_delay = "ask/100@1";
    g_assert_false(access_init(&access, &config, &error));
    g_assert_error(error, NETWORK_ERROR, 0);
    g_error_free(error);
    access_clear(&access);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/access/precedence", test_precedence);
    g_test_add_func("/net/access/whose-packet", test_whose_packet);
    g_test_add_func("/net/access/nothing-to-damage", test_nothing_to_damage);
    g_test_add_func("/net/access/damaged-bit", test_damaged_bit);
    g_test_add_func("/net/access/draws", test_draws);
    g_test_add_func("/net/access/no-draws", test_no_draws);
    g_test_add_func("/net/access/changes", test_changes);
    g_test_add_func("/net/access/wrong-text", test_wrong_text);
    return g_test_run();
}
