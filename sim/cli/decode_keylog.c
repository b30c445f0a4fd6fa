/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads keylog.csv (time_s,impi,b_tid,label,id,value; RFC 4180) for pullstorm decode. Columns are found by
 * their names in the header, so that further ones do no harm. */
#include "sim/cli/decode_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VALUE_BYTES_MAX 32   /* the longest key there is: MUK, MRK, Ks */
#define LINE_BYTES_MAX  8192 /* far above any row: a B-TID and an IMPI are user names of some hundred bytes */

enum column { COLUMN_B_TID, COLUMN_LABEL, COLUMN_ID, COLUMN_VALUE, COLUMNS };
static const char *const column_names[COLUMNS] = {"b_tid", "label", "id", "value"};

struct decode_keylog {
    GPtrArray *keys;    /* struct decode_key */
    GHashTable *known;  /* the same, as a set: the log of a run has one MSK once for every UE */
    struct bytes b_tid; /* of the MUKs to keep; while reading */
};

/* A place in the file, for messages. */
struct place {
    const char *path;
    unsigned line;
    GString *error;
};

static void keylog_refuse(const struct place *place, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void keylog_refuse(const struct place *place, const char *format, ...)
{
    va_list args;

    g_string_append_printf(place->error, "%s:%u: ", place->path, place->line);
    va_start(args, format);
    g_string_append_vprintf(place->error, format, args);
    va_end(args);
}

static void key_free(void *pointer)
{
    struct decode_key *key = pointer;

    g_free(key->label);
    g_free(key->b_tid);
    g_free(key->id);
    g_free((void *)(uintptr_t)key->value.at);
    g_free(key);
}

/* One field of a record at *at, which is moved to the comma after it or to the end. NULL if its quotes do not
 * close. */
static char *next_field(const char **at)
{
    GString *field = g_string_new(NULL);
    const char *p = *at;

    if (*p != '"') {
        size_t len = strcspn(p, ",");

        g_string_append_len(field, p, (gssize)len);
        *at = p + len;
        return g_string_free(field, FALSE);
    }
    for (p++; *p && (*p != '"' || p[1] == '"'); p++) {
        if (*p == '"')
            p++;
        g_string_append_c(field, *p);
    }
    if (*p != '"' || (p[1] != ',' && p[1] != '\0')) {
        g_string_free(field, TRUE);
        return NULL;
    }
    *at = p + 1;
    return g_string_free(field, FALSE);
}

/* The fields of a line; NULL and a message if it is not CSV. */
static GPtrArray *split(const struct place *place, const char *line)
{
    GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);

    for (const char *at = line;; at++) {
        char *field = next_field(&at);

        if (field == NULL) {
            keylog_refuse(place, "field %u is not CSV, expected quotes that close before a comma",
                          fields->len + 1);
            g_ptr_array_unref(fields);
            return NULL;
        }
        g_ptr_array_add(fields, field);
        if (*at == '\0')
            return fields;
    }
}

static bool read_header(const struct place *place, const char *line, unsigned columns[COLUMNS])
{
    GPtrArray *fields = split(place, line);
    bool right = fields != NULL;

    for (unsigned c = 0; right && c < COLUMNS; c++) {
        bool found = false;

        for (unsigned i = 0; i < fields->len && !found; i++) {
            found = strcmp(fields->pdata[i], column_names[c]) == 0;
            columns[c] = i;
        }
        if (!found)
            keylog_refuse(place, "no column %s, expected a key log: time_s,impi,b_tid,label,id,value",
                          column_names[c]);
        right = found;
    }
    if (fields != NULL)
        g_ptr_array_unref(fields);
    return right;
}

static bool read_value(const struct place *place, const char *hex, struct bytes *out)
{
    size_t digits = strlen(hex), len = digits / 2;
    uint8_t *at;

    if (digits == 0 || digits % 2 != 0 || strspn(hex, "0123456789abcdefABCDEF") != digits ||
        len > VALUE_BYTES_MAX) {
        keylog_refuse(place, "value is not a key, expected 2 to %d hexadecimal digits", 2 * VALUE_BYTES_MAX);
        return false;
    }
    at = g_malloc(len);
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    *out = bytes_of(at, len);
    return true;
}

static guint key_hash(const void *pointer)
{
    const struct decode_key *key = pointer;
    guint hash = g_str_hash(key->label) + 31 * g_str_hash(key->b_tid) + 37 * g_str_hash(key->id);

    for (size_t i = 0; i < key->value.len; i++)
        hash = 31 * hash + key->value.at[i];
    return hash;
}

static gboolean key_equal(const void *pointer, const void *other_pointer)
{
    const struct decode_key *key = pointer, *other = other_pointer;

    return strcmp(key->label, other->label) == 0 && strcmp(key->b_tid, other->b_tid) == 0 &&
           strcmp(key->id, other->id) == 0 && bytes_equal(key->value, other->value);
}

static bool is_wanted(const struct decode_keylog *keylog, const char *label, const char *b_tid)
{
    if (strcmp(label, "MUK") == 0)
        return keylog->b_tid.at == NULL || bytes_equal(keylog->b_tid, bytes_text(b_tid));
    return strcmp(label, "MSK") == 0 || strcmp(label, "MTK") == 0;
}

static void keep(struct decode_keylog *keylog, struct decode_key *key)
{
    if (g_hash_table_contains(keylog->known, key)) {
        key_free(key);
        return;
    }
    g_hash_table_add(keylog->known, key);
    g_ptr_array_add(keylog->keys, key);
}

static bool read_record(const struct place *place, const char *line, const unsigned columns[COLUMNS],
                        struct decode_keylog *keylog)
{
    GPtrArray *fields = split(place, line);
    const char *texts[COLUMNS];
    struct bytes value;
    bool right = fields != NULL;

    for (unsigned c = 0; right && c < COLUMNS; c++) {
        right = columns[c] < fields->len;
        if (right)
            texts[c] = fields->pdata[columns[c]];
        else
            keylog_refuse(place, "%u fields, expected a field %s", fields->len, column_names[c]);
    }
    right = right && read_value(place, texts[COLUMN_VALUE], &value);
    if (right && is_wanted(keylog, texts[COLUMN_LABEL], texts[COLUMN_B_TID])) {
        struct decode_key *key = g_new(struct decode_key, 1);

        /* An MSK is that of all UEs: it does not matter in which UE's row it is. */
        bool of_ue = strcmp(texts[COLUMN_LABEL], "MUK") == 0;

        *key = (struct decode_key){g_strdup(texts[COLUMN_LABEL]), g_strdup(of_ue ? texts[COLUMN_B_TID] : ""),
                                   g_strdup(texts[COLUMN_ID]), value};
        keep(keylog, key);
    } else if (right) {
        g_free((void *)(uintptr_t)value.at);
    }
    if (fields != NULL)
        g_ptr_array_unref(fields);
    return right;
}

/* The next line, without its end, into `line`. False at the end of the file, and with a message for what is
 * no line of text: a key log can be a device or a pipe that never ends one. */
static bool next_line(FILE *file, struct place *place, char line[LINE_BYTES_MAX], bool *right)
{
    if (!fgets(line, LINE_BYTES_MAX, file))
        return false;
    place->line++;
    *right = strchr(line, '\n') || (feof(file) && strlen(line) < LINE_BYTES_MAX - 1);
    if (!*right)
        keylog_refuse(place,
                      "no end of the line within %d bytes, or a NUL byte in it, expected a row of a key log",
                      LINE_BYTES_MAX - 1);
    g_strchomp(line);
    return *right;
}

static bool keylog_read_lines(FILE *file, struct place *place, struct decode_keylog *keylog)
{
    unsigned columns[COLUMNS] = {0};
    char line[LINE_BYTES_MAX];
    bool right = true;

    while (right && next_line(file, place, line, &right)) {
        if (place->line == 1)
            right = read_header(place, line, columns);
        else if (*line != '\0')
            right = read_record(place, line, columns, keylog);
    }
    if (right && ferror(file)) {
        g_string_append_printf(place->error, "%s: cannot be read: %s", place->path, g_strerror(errno));
        right = false;
    } else if (right && place->line == 0) {
        place->line = 1;
        keylog_refuse(place, "empty, expected time_s,impi,b_tid,label,id,value");
        right = false;
    }
    return right;
}

struct decode_keylog *decode_keylog_open(const char *path, struct bytes b_tid, GString *error)
{
    struct place place = {path, 0, error};
    FILE *file = fopen(path, "r");
    struct decode_keylog *keylog;
    bool right;

    if (file == NULL) {
        g_string_append_printf(error, "%s: cannot be read: %s", path, g_strerror(errno));
        return NULL;
    }
    keylog = g_new(struct decode_keylog, 1);
    *keylog = (struct decode_keylog){.keys = g_ptr_array_new(),
                                     .known = g_hash_table_new_full(key_hash, key_equal, key_free, NULL),
                                     .b_tid = b_tid};
    right = keylog_read_lines(file, &place, keylog);
    fclose(file);
    if (right)
        return keylog;
    decode_keylog_close(keylog);
    return NULL;
}

void decode_keylog_close(struct decode_keylog *keylog)
{
    if (keylog == NULL)
        return;
    g_ptr_array_unref(keylog->keys);
    g_hash_table_unref(keylog->known);
    g_free(keylog);
}

unsigned decode_keylog_count(const struct decode_keylog *keylog)
{
    return keylog->keys->len;
}

const struct decode_key *decode_keylog_key(const struct decode_keylog *keylog, unsigned index)
{
    return keylog->keys->pdata[index];
}
