/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* keylog.csv: every key of the run, for checking a capture with an independent program. Regions append to
 * buffers of their own; between windows the rows are merged in order of time and written. */
#ifndef MODELS_KEYLOG_H
#define MODELS_KEYLOG_H

#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/region.h"

#include <glib.h>

struct keylog;

enum keylog_label { KEYLOG_K, KEYLOG_OPC, KEYLOG_KS, KEYLOG_MUK, KEYLOG_MRK, KEYLOG_MSK, KEYLOG_MTK };

/* Creates the file with its header row. */
struct keylog *keylog_new(const struct deployment *deployment, const char *path, uint32_t regions,
                          GError **error);
struct keylog_buffer *keylog_buffer(struct keylog *keylog, uint32_t region);
/* Writes what lies before time_ns. */
bool keylog_flush(struct keylog *keylog, int64_t time_ns, GError **error);
/* Writes the rest, closes, frees. */
bool keylog_close(struct keylog *keylog, GError **error);

/* Logs K and OPc of a UE. */
void keylog_subscriber(struct model_region *m, int64_t now_ns, uint32_t ue);
/* Logs Ks, MUK and MRK that an AV gives. */
void keylog_av(struct model_region *m, int64_t now_ns, struct key_name name);
/* Logs an MSK of the group; id: the MSK ID. */
void keylog_msk(struct model_region *m, int64_t now_ns, uint32_t msk_id, const uint8_t msk[16]);

#endif
