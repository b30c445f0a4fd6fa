/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The engines of this program. */
#include "config.h"

#include "sim/cli/cli.h"
#include "sim/net/native/native.h"
#include "sim/net/ns3/ns3_network.h"

const struct network_engine *const cli_engines[] = {
    &native_engine,
#ifdef HAVE_NS3
    &ns3_engine,
#endif
    NULL,
};
