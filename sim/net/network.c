/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What both engines say alike. */
#include "sim/net/network.h"

G_DEFINE_QUARK(pullstorm - network - error, network_error)

const struct network_counter_info network_counters[NETWORK_COUNTER_COUNT] = {
#define X(name, unit, meaning) {#name, unit, meaning},
    NETWORK_COUNTERS(X)
#undef X
};
