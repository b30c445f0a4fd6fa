/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The ns3 engine put together. */
#include "sim/net/ns3/ns3_network.h"

static struct network *engine_create(const struct network_config *config, GError **error)
{
    (void)config;
    g_set_error(error, NETWORK_ERROR, 0, "the ns3 engine is not complete yet");
    return NULL;
}

const struct network_engine ns3_engine = {.name = "ns3", .has_devices = true, .create = engine_create};
