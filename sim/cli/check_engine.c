/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Where the two engines are known to differ: sim/net/ns3/ns3_network.h says what ns-3 does in its own way,
 * results/engines how much that changes. It is not wrong, but anybody who compares the engines must know
 * it. */
#include "sim/cli/check_engine.h"

#include "sim/base/clock.h"
#include "sim/config/value.h"

#include <stdio.h>
#include <string.h>

#define WINDOW_BYTES          65535               /* what one connection has out at most */
#define NS3_RTO_MAX_NS        (60 * CLOCK_SECOND) /* fixed there */
#define LINKS_BETWEEN_SERVERS 4                   /* server, router, server, and back */

static const char *engine_text_of(const struct scenario *scenario, const char *section, const char *name)
{
    return scenario_value_text(scenario, scenario_key(section, name));
}

void check_note_engines(const struct scenario *scenario)
{
    const char *engine = engine_text_of(scenario, "run", "engine");

    if (scenario->core_queue_limit < WINDOW_BYTES)
        fprintf(
            stderr,
            "note: core.queue_limit = %s is below a TCP window (%d bytes): where Diameter connections lose "
            "segments, engine ns3 sends others again than native (run.engine = %s)\n",
            engine_text_of(scenario, "core", "queue_limit"), WINDOW_BYTES, engine);
    if (scenario->tcp_rto_initial <= LINKS_BETWEEN_SERVERS * scenario->core_delay)
        fprintf(
            stderr,
            "note: tcp.rto_initial = %s is not above the round trip between servers (four links of "
            "core.delay = %s): engine ns3 may send other Diameter segments again than native (run.engine = "
            "%s)\n",
            engine_text_of(scenario, "tcp", "rto_initial"), engine_text_of(scenario, "core", "delay"),
            engine);
    if (scenario->tcp_rto_max != NS3_RTO_MAX_NS && strcmp(engine, "ns3") == 0)
        fprintf(stderr,
                "note: run.engine = ns3 sends again after 60s at most, SYNs after more, independent of "
                "tcp.rto_max = "
                "%s; it is only how long a half-closed connection may keep silent\n",
                engine_text_of(scenario, "tcp", "rto_max"));
}
