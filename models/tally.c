/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory of what is counted, and who sees it being counted. */
#include "models/tally.h"

#include "models/trace.h"

#include <glib.h>

void tally_init(struct tally *tally, unsigned service_count)
{
    *tally = (struct tally){.service_count = service_count};
    tally->services = g_new0(struct tally_service, service_count);
    for (unsigned i = 0; i < service_count; i++)
        tally->services[i].last_keyed_ns = -1;
    for (unsigned i = 0; i < MODEL_PROCEDURE_COUNT; i++)
        histogram_init(&tally->latency[i]);
}

void tally_clear(struct tally *tally)
{
    for (unsigned i = 0; i < MODEL_PROCEDURE_COUNT; i++)
        histogram_clear(&tally->latency[i]);
    g_free(tally->services);
}

void tally_trace(const struct tally *tally, uint32_t ue, enum model_counter counter, int64_t by)
{
    struct trace_ue *t = trace_of(tally->trace, ue);

    if (t != NULL)
        trace_counter(t, counter, by);
}
