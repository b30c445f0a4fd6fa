/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads keylog.csv (time_s,impi,b_tid,label,id,value; RFC 4180) for pullstorm decode. Columns are found by their names
 * in the header, so that further ones do no harm. */
#include "sim/cli/decode_parts.h"

#define VALUE_BYTES_MAX 32 /* the longest key there is: MUK, MRK, Ks */

enum column { COLUMN_B_TID, COLUMN_LABEL, COLUMN_ID, COLUMN_VALUE, COLUMNS };
static const char *const column_names[COLUMNS] = {"b_tid", "label", "id", "value"};

struct decode_keylog {
    GPtrArray *keys; /* struct decode_key */
};

/* A place in the file, for messages. */
struct place {
    const char *path;
    unsigned line;
    GString *error;
};

static void refuse(const struct place *place, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void refuse(const struct place *place, const char *format, ...)
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

/* One field of a record at *at, which is moved to the comma behind it or the end. NULL if its quotes do not close. */
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
            refuse(place, "field %u is not CSV, expected quotes that close before a comma", fields->len + 1);
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
            refuse(place, "no column %s, expected a key log: time_s,impi,b_tid,label,id,value",
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
        refuse(place, "value is not a key, expected 2 to %d hexadecimal digits", 2 * VALUE_BYTES_MAX);
        return false;
    }
    at = g_malloc(len);
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    *out = bytes_of(at, len);
    return true;
}

static bool read_record(const struct place *place, const char *line, const unsigned columns[COLUMNS],
                        GPtrArray *keys)
{
    GPtrArray *fields = split(place, line);
    struct decode_key *key = NULL;
    struct bytes value;
    bool right = fields != NULL;

    for (unsigned c = 0; right && c < COLUMNS; c++)
        if (columns[c] >= fields->len) {
            refuse(place, "%u fields, expected a field %s", fields->len, column_names[c]);
            right = false;
        }
    right = right && read_value(place, fields->pdata[columns[COLUMN_VALUE]], &value);
    if (right) {
        key = g_new0(struct decode_key, 1);
        key->b_tid = g_strdup(fields->pdata[columns[COLUMN_B_TID]]);
        key->label = g_strdup(fields->pdata[columns[COLUMN_LABEL]]);
        key->id = g_strdup(fields->pdata[columns[COLUMN_ID]]);
        key->value = value;
        g_ptr_array_add(keys, key);
    }
    if (fields != NULL)
        g_ptr_array_unref(fields);
    return right;
}

static bool read_lines(const char *path, char **lines, GPtrArray *keys, GString *error)
{
    struct place place = {path, 1, error};
    unsigned columns[COLUMNS] = {0};

    for (unsigned i = 0; lines[i] != NULL; i++) {
        place.line = i + 1;
        g_strchomp(lines[i]);
        if (i == 0 ? !read_header(&place, lines[i], columns)
                   : *lines[i] && !read_record(&place, lines[i], columns, keys))
            return false;
    }
    return true;
}

struct decode_keylog *decode_keylog_open(const char *path, GString *error)
{
    struct decode_keylog *keylog;
    GError *problem = NULL;
    char *text, **lines;
    bool right;

    if (!g_file_get_contents(path, &text, NULL, &problem)) {
        g_string_append_printf(error, "%s", problem->message);
        g_error_free(problem);
        return NULL;
    }
    keylog = g_new(struct decode_keylog, 1);
    keylog->keys = g_ptr_array_new_with_free_func(key_free);
    lines = g_strsplit(text, "\n", -1);
    right = read_lines(path, lines, keylog->keys, error);
    if (right && lines[0] == NULL) {
        g_string_append_printf(error, "%s:1: empty, expected time_s,impi,b_tid,label,id,value", path);
        right = false;
    }
    g_strfreev(lines);
    g_free(text);
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
