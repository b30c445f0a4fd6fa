/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Diameter overload indication (RFC 7683) between two servers of a kept connection: a node that is
 * overloaded reports in its answers by how much it wants less (host report, loss algorithm), and the node
 * that asks it does not send that share of its requests. How much a node wants less is its own decision:
 * here in proportion to the wait in its queue. Both are off unless bsf.overload_wait (Zn) or
 * hss.overload_wait (Zh) is set. What stands in messages is read and written by overload_wire.h. */
#ifndef MODELS_OVERLOAD_H
#define MODELS_OVERLOAD_H

#include <stdbool.h>
#include <stdint.h>

/* --- the node that is asked --------------------------------------------------------------------------- */

struct overload_report {
    uint64_t sequence;  /* of the report in force; 0: there was none yet */
    uint32_t reduction; /* per cent */
    int64_t changed_ns;
};

/* What an answer says. */
struct overload_said {
    bool features; /* that overload is reported at all */
    bool report;
    uint64_t sequence;
    uint32_t reduction, validity_s;
};

struct overload_policy {
    int64_t limit_ns;    /* wait (> 0) at which nothing more is wanted */
    int64_t validity_ns; /* of a report */
    int64_t
        epoch_s; /* Unix time of the start: sequence numbers are above those of a node that started earlier */
};

/* What to say to a request whose sender reacts to reports. wait_ns: what a request has to wait for now. */
struct overload_said overload_say(struct overload_report *report, const struct overload_policy *policy,
                                  int64_t now_ns, int64_t wait_ns);

/* --- the node that asks ------------------------------------------------------------------------------- */

/* What a message was found to say. */
struct overload_facts {
    bool understood; /* its sender knows reports of the loss algorithm */
    bool report;     /* there is one, of the kind that is understood */
    uint64_t sequence;
    uint32_t reduction, validity_s;
};

struct overload_limit {
    uint64_t sequence;
    uint32_t reduction; /* per cent, until until_ns */
    int64_t until_ns;
};

/* Takes note of what an answer says: a report counts once, from its first arrival, and none that is older
 * than it (RFC 7683 §7.4, §7.5). */
void overload_heard(struct overload_limit *limit, int64_t now_ns, const struct overload_facts *answer);
/* Is this request one of those that are not sent? bits: a draw. */
bool overload_throttles(const struct overload_limit *limit, int64_t now_ns, uint64_t bits);

#endif
