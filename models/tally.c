/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory of what is counted. */
#include "models/tally.h"

void tally_init(struct tally *tally)
{
    *tally = (struct tally){.last_keyed_ns = -1};
    for (unsigned i = 0; i < MODEL_PROCEDURE_COUNT; i++)
        histogram_init(&tally->latency[i]);
}

void tally_clear(struct tally *tally)
{
    for (unsigned i = 0; i < MODEL_PROCEDURE_COUNT; i++)
        histogram_clear(&tally->latency[i]);
}
