/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Subscribers from a file, and into one. */
#include "models/keys/table.h"

#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/subscriber.h"
#include "sim/base/table.h"
#include "sim/stats/csv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

G_DEFINE_QUARK(key - table - error - quark, key_table_error)

#define HEADER    "imsi,k,opc,sqn"
#define SQN_BYTES 6

enum { COLUMN_IMSI, COLUMN_K, COLUMN_OPC, COLUMN_SQN, COLUMNS };

/* A file that is being read. */
struct key_table_reader {
    const struct deployment *deployment;
    const char *path;
    FILE *file;
    unsigned long line; /* number of the last one */
    struct key_table *table;
    unsigned long *line_of_ue; /* 0: not yet */
    GError **error;
};

static void key_table_refuse(struct key_table_reader *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void key_table_refuse(struct key_table_reader *r, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(r->error, KEY_TABLE_ERROR, 0, "%s:%lu: %s", r->path, r->line, text);
}

static bool key_table_hex(struct key_table_reader *r, const char *name, const char *text, uint8_t *out,
                          size_t bytes)
{
    size_t length = strlen(text);

    if (length != 2 * bytes) {
        key_table_refuse(r, "%s: \"%s\" has %zu characters, expected %zu hexadecimal digits", name, text,
                         length, 2 * bytes);
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        int digit = g_ascii_xdigit_value(text[i]);

        if (digit < 0) {
            key_table_refuse(r, "%s: \"%s\" is not a number, expected %zu hexadecimal digits", name, text,
                             length);
            return false;
        }
        out[i / 2] = (uint8_t)(out[i / 2] << 4 | digit);
    }
    return true;
}

/* The UE of an IMSI, which must not have come before. */
static bool key_table_ue(struct key_table_reader *r, const char *imsi, uint32_t *ue)
{
    const struct deployment *deployment = r->deployment;

    if (!identity_find_imsi(deployment, bytes_text(imsi), ue)) {
        key_table_refuse(
            r,
            "imsi: \"%s\" is none of the scenario, expected %d digits: %s and a number below ue.count = %u",
            imsi, IMSI_DIGITS, deployment->imsi_prefix, deployment->ues);
        return false;
    }
    if (r->line_of_ue[*ue] != 0) {
        key_table_refuse(r, "imsi: %s stands in line %lu already, expected a line for each UE", imsi,
                         r->line_of_ue[*ue]);
        return false;
    }
    r->line_of_ue[*ue] = r->line;
    return true;
}

static bool key_table_row(struct key_table_reader *r, const char *line)
{
    g_auto(GStrv) cells = g_strsplit(line, ",", -1);
    uint8_t sqn[SQN_BYTES] = {0};
    uint64_t value = 0;
    uint32_t ue;

    if (g_strv_length(cells) != COLUMNS) {
        key_table_refuse(r, "%u fields, expected %d: " HEADER, g_strv_length(cells), COLUMNS);
        return false;
    }
    if (!key_table_ue(r, cells[COLUMN_IMSI], &ue) ||
        !key_table_hex(r, "k", cells[COLUMN_K], r->table->k[ue], 16) ||
        !key_table_hex(r, "opc", cells[COLUMN_OPC], r->table->opc[ue], 16) ||
        !key_table_hex(r, "sqn", cells[COLUMN_SQN], sqn, sizeof sqn))
        return false;
    for (unsigned i = 0; i < sizeof sqn; i++)
        value = value << 8 | sqn[i];
    r->table->seq[ue] = value >> SQN_IND_BITS;
    return true;
}

/* Every UE has its line? */
static bool key_table_whole(struct key_table_reader *r)
{
    for (uint32_t ue = 0; ue < r->table->count; ue++) {
        struct identity_text impi;

        if (r->line_of_ue[ue] != 0)
            continue;
        identity_impi(r->deployment, ue, &impi);
        key_table_refuse(r, "ends without a line for imsi %.*s, expected one for each of ue.count = %u UEs",
                         IMSI_DIGITS, impi.text, r->table->count);
        return false;
    }
    return true;
}

static bool key_table_read_lines(struct key_table_reader *r)
{
    char *line = NULL;
    size_t room = 0;
    bool right = true;

    while (right && getline(&line, &room, r->file) >= 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (++r->line > 1) {
            right = key_table_row(r, line);
        } else if (strcmp(line, HEADER) != 0) {
            key_table_refuse(r, "\"%.60s\" is not the header, expected " HEADER, line);
            right = false;
        }
    }
    free(line);
    if (right && ferror(r->file)) {
        g_set_error(r->error, KEY_TABLE_ERROR, 0, "%s: %s", r->path, g_strerror(errno));
        return false;
    }
    return right && key_table_whole(r);
}

static struct key_table *key_table_new(uint32_t count)
{
    struct key_table *table = g_new0(struct key_table, 1);

    table->count = count;
    table->k = table_new(count, sizeof *table->k);
    table->opc = table_new(count, sizeof *table->opc);
    table->seq = table_new(count, sizeof *table->seq);
    if (table->k != NULL && table->opc != NULL && table->seq != NULL)
        return table;
    key_table_free(table);
    return NULL;
}

void key_table_free(struct key_table *table)
{
    if (table == NULL)
        return;
    table_free(table->k, table->count, sizeof *table->k);
    table_free(table->opc, table->count, sizeof *table->opc);
    table_free(table->seq, table->count, sizeof *table->seq);
    g_free(table);
}

struct key_table *key_table_read(const struct deployment *deployment, const char *path, GError **error)
{
    struct key_table_reader r = {
        .deployment = deployment, .path = path, .file = fopen(path, "re"), .error = error};
    bool right = false;

    if (r.file == NULL) {
        g_set_error(error, KEY_TABLE_ERROR, 0, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    r.table = key_table_new(deployment->ues);
    r.line_of_ue = table_new(deployment->ues, sizeof *r.line_of_ue);
    if (r.table != NULL && r.line_of_ue != NULL)
        right = key_table_read_lines(&r);
    else
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM, "%s: out of memory for %u subscribers", path,
                    deployment->ues);
    fclose(r.file);
    table_free(r.line_of_ue, deployment->ues, sizeof *r.line_of_ue);
    if (right)
        return r.table;
    key_table_free(r.table);
    return NULL;
}

static void key_table_put_hex(struct csv *csv, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * 16 + 1] = "";

    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    csv_text(csv, text);
}

static void key_table_write_row(struct csv *csv, const struct key_store *keys, uint32_t ue, GError **error)
{
    uint64_t seq = subscriber_start_seq_hss(keys->deployment, ue);
    uint64_t value = seq << SQN_IND_BITS | (seq & ((1U << SQN_IND_BITS) - 1));
    struct identity_text impi;
    uint8_t key[16], sqn[SQN_BYTES];

    identity_impi(keys->deployment, ue, &impi);
    impi.text[IMSI_DIGITS] = '\0';
    csv_text(csv, impi.text);
    key_k(keys, ue, key);
    key_table_put_hex(csv, key, sizeof key);
    key_opc(keys, ue, key);
    key_table_put_hex(csv, key, sizeof key);
    for (unsigned i = 0; i < sizeof sqn; i++)
        sqn[i] = (uint8_t)(value >> 8 * (sizeof sqn - 1 - i));
    key_table_put_hex(csv, sqn, sizeof sqn);
    csv_row_end(csv, error && *error ? NULL : error);
}

bool key_table_write(const struct deployment *deployment, const char *path, GError **error)
{
    struct csv *csv = csv_open(path, error);
    GError *failure = NULL;
    struct key_store keys;

    if (csv == NULL)
        return false;
    key_store_init(&keys, deployment);
    csv_text(csv, "imsi");
    csv_text(csv, "k");
    csv_text(csv, "opc");
    csv_text(csv, "sqn");
    csv_row_end(csv, &failure);
    for (uint32_t ue = 0; ue < deployment->ues && failure == NULL; ue++)
        key_table_write_row(csv, &keys, ue, &failure);
    key_store_clear(&keys);
    csv_close(csv, failure ? NULL : &failure);
    if (failure == NULL)
        return true;
    g_propagate_error(error, failure);
    return false;
}
