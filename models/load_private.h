/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files that make numbers of the storm in the large share. */
#ifndef MODELS_LOAD_PRIVATE_H
#define MODELS_LOAD_PRIVATE_H

#include "models/load_play.h"

/* Fills in out->link from a run in which every job found a worker; out->ues stands. */
void load_links(const struct load_play *play, struct load *out);

#endif
