/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Metrics that are quantiles, and the procedures whose samples they are of. */
#include "models/counters.h"
#include "models/storm.h"

#include <glib.h>

/* Those of the update are over all UEs. */
#define WHOLE(name) (PROCEDURE_##name == PROCEDURE_update ? "ues" : NULL)
#define QUANTILES(name, meaning)                                                                             \
    {#name "_p50_s", #name, 0.5, WHOLE(name)}, {#name "_p90_s", #name, 0.9, WHOLE(name)},                    \
        {#name "_p95_s", #name, 0.95, WHOLE(name)}, {#name "_p99_s", #name, 0.99, WHOLE(name)},              \
        {#name "_p999_s", #name, 0.999, WHOLE(name)},

const struct stats_quantile storm_quantiles[] = {MODEL_PROCEDURES(QUANTILES)};
const unsigned storm_quantile_count = G_N_ELEMENTS(storm_quantiles);
