/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Subscribers from a table instead of the seed: the backend of the key store for keys that somebody else
 * has made. A CSV file (RFC 4180, without quotes) with the header imsi,k,opc,sqn and a line for each UE of
 * the scenario, in any order:
 *
 *   imsi  15 digits: MCC, MNC, and the UE's number as MSIN (identity.h)   k     32 hexadecimal digits
 * opc   32 hexadecimal digits   sqn   12 hexadecimal digits: SQN_HE of the last AV made before the run,
 * SEQ || IND (TS 33.102 Annex C) */
#ifndef MODELS_KEYS_TABLE_H
#define MODELS_KEYS_TABLE_H

#include "models/deployment.h"

#include <glib.h>

struct key_table {
    uint32_t count;
    uint8_t (*k)[16], (*opc)[16];
    uint64_t *seq; /* of SQN_HE */
};

/* Reads the table of all UEs of a deployment; key_table_free() gives it back. NULL and error: the file
 * cannot be read, or something in it is wrong (KEY_TABLE_ERROR: file, line, what was expected), or there
 * is no memory (G_FILE_ERROR). */
struct key_table *key_table_read(const struct deployment *deployment, const char *path, GError **error);
void key_table_free(struct key_table *table);

/* Writes such a file of the subscribers of a deployment, wherever their keys come from. False and error:
 * it could not be written whole. */
bool key_table_write(const struct deployment *deployment, const char *path, GError **error);

#define KEY_TABLE_ERROR (key_table_error_quark())
GQuark key_table_error_quark(void);

#endif
