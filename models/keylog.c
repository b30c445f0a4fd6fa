/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Rows wait in one buffer a region; a flush sorts what is due and writes it: by time, of one time those of
 * the core first and then those of UEs by number, each in the order of its region. */
#include "models/keylog.h"

#include "models/crypto/gba_keys.h"
#include "sim/stats/csv.h"

#define VALUE_BYTES_MAX 32

struct row {
    int64_t time_ns;
    uint32_t region, order;
    uint32_t ue;     /* UINT32_MAX: of no UE */
    uint32_t id;     /* MSK */
    uint16_t vector; /* AV_NONE: none */
    uint8_t label;
    uint8_t length;
    uint8_t value[VALUE_BYTES_MAX];
};

struct keylog_buffer {
    GArray *rows;
    uint32_t region, order;
};

/* Names that begin a row. The keys of one AV come in a row, so most rows have those of the row before. */
struct keylog_names {
    uint32_t ue;
    uint16_t vector;
    char impi[B_TID_BYTES_MAX + 1], b_tid[B_TID_BYTES_MAX + 1];
};

struct keylog {
    const struct deployment *deployment;
    struct csv *csv;
    uint32_t regions;
    struct keylog_buffer *buffers;
    GArray *due;               /* of a flush; kept, as its memory is used again soon */
    struct key_store keys;     /* for B-TIDs while writing */
    struct keylog_names names; /* of the row written last */
    GError *failure;           /* sticky */
};

static const char *const label_names[] = {"K", "OPC", "KS", "MUK", "MRK", "MSK", "MTK"};

struct keylog *keylog_new(const struct deployment *deployment, const char *path, uint32_t regions,
                          GError **error)
{
    struct csv *csv = csv_open(path, error);
    struct keylog *keylog;

    if (csv == NULL)
        return NULL;
    keylog = g_new0(struct keylog, 1);
    keylog->deployment = deployment;
    keylog->csv = csv;
    keylog->regions = regions;
    keylog->buffers = g_new0(struct keylog_buffer, regions);
    for (uint32_t i = 0; i < regions; i++)
        keylog->buffers[i] = (struct keylog_buffer){g_array_new(FALSE, FALSE, sizeof(struct row)), i, 0};
    keylog->due = g_array_new(FALSE, FALSE, sizeof(struct row));
    key_store_init(&keylog->keys, deployment);
    keylog->names = (struct keylog_names){.ue = UINT32_MAX, .vector = AV_NONE};
    static const char *const header[] = {"time_s", "impi", "b_tid", "label", "id", "value"};
    for (unsigned i = 0; i < G_N_ELEMENTS(header); i++)
        csv_text(csv, header[i]);
    csv_row_end(csv, &keylog->failure);
    return keylog;
}

struct keylog_buffer *keylog_buffer(struct keylog *keylog, uint32_t region)
{
    return &keylog->buffers[region];
}

static void append(struct keylog_buffer *buffer, int64_t now_ns, enum keylog_label label, uint32_t ue,
                   uint16_t vector, uint32_t id, const uint8_t *value, uint8_t length)
{
    struct row row = {.time_ns = now_ns,
                      .region = buffer->region,
                      .order = buffer->order++,
                      .ue = ue,
                      .id = id,
                      .vector = vector,
                      .label = (uint8_t)label,
                      .length = length};

    memcpy(row.value, value, length);
    g_array_append_val(buffer->rows, row);
}

void keylog_subscriber(struct model_region *m, int64_t now_ns, uint32_t ue)
{
    uint8_t key[16];

    key_k(&m->keys, ue, key);
    append(m->keylog, now_ns, KEYLOG_K, ue, AV_NONE, 0, key, sizeof key);
    key_opc(&m->keys, ue, key);
    append(m->keylog, now_ns, KEYLOG_OPC, ue, AV_NONE, 0, key, sizeof key);
}

void keylog_av(struct model_region *m, int64_t now_ns, struct key_name name)
{
    struct key_material key;

    key_material(&m->keys, name, &key);
    append(m->keylog, now_ns, KEYLOG_KS, name.ue, name.av, 0, key.ks, sizeof key.ks);
    append(m->keylog, now_ns, KEYLOG_MUK, name.ue, name.av, 0, key.muk, sizeof key.muk);
    mbms_mrk(m->keys.crypto, key.muk, key.muk);
    append(m->keylog, now_ns, KEYLOG_MRK, name.ue, name.av, 0, key.muk, sizeof key.muk);
}

void keylog_msk(struct model_region *m, int64_t now_ns, uint32_t msk_id, const uint8_t msk[16])
{
    append(m->keylog, now_ns, KEYLOG_MSK, UINT32_MAX, AV_NONE, msk_id, msk, 16);
}

static int by_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    if ((x->region == 0) != (y->region == 0))
        return x->region == 0 ? -1 : 1;
    if (x->region != 0 && x->ue != y->ue)
        return x->ue < y->ue ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void keylog_copy_name(char to[B_TID_BYTES_MAX + 1], const struct identity_text *name)
{
    memcpy(to, name->text, name->length);
    to[name->length] = '\0';
}

/* The names of a row, in keylog->names. */
static void keylog_name(struct keylog *keylog, const struct row *row)
{
    struct keylog_names *names = &keylog->names;
    struct identity_text impi = {0}, b_tid = {0};

    if (names->ue == row->ue && names->vector == row->vector)
        return;
    names->ue = row->ue;
    names->vector = row->vector;
    if (row->ue != UINT32_MAX)
        identity_impi(keylog->deployment, row->ue, &impi);
    if (row->vector != AV_NONE) {
        uint8_t rand[16];

        key_rand(&keylog->keys, (struct key_name){row->ue, row->vector}, rand);
        identity_b_tid(keylog->deployment, rand, &b_tid);
    }
    keylog_copy_name(names->impi, &impi);
    keylog_copy_name(names->b_tid, &b_tid);
}

static void write_row(struct keylog *keylog, const struct row *row)
{
    struct csv *csv = keylog->csv;

    keylog_name(keylog, row);
    csv_seconds(csv, row->time_ns);
    csv_text(csv, keylog->names.impi);
    csv_text(csv, keylog->names.b_tid);
    csv_text(csv, label_names[row->label]);
    if (row->label == KEYLOG_MSK || row->label == KEYLOG_MTK) {
        const uint8_t id[4] = {(uint8_t)(row->id >> 24), (uint8_t)(row->id >> 16), (uint8_t)(row->id >> 8),
                               (uint8_t)row->id};

        csv_hex(csv, id, sizeof id);
    } else
        csv_text(csv, "");
    csv_hex(csv, row->value, row->length);
    csv_row_end(csv, keylog->failure ? NULL : &keylog->failure);
}

bool keylog_flush(struct keylog *keylog, int64_t time_ns, GError **error)
{
    GArray *due = keylog->due;

    g_array_set_size(due, 0);
    for (uint32_t i = 0; i < keylog->regions; i++) {
        GArray *rows = keylog->buffers[i].rows;
        guint n = 0;

        while (n < rows->len && g_array_index(rows, struct row, n).time_ns < time_ns)
            n++;
        if (n > 0) {
            g_array_append_vals(due, rows->data, n);
            g_array_remove_range(rows, 0, n);
        }
    }
    g_array_sort(due, by_time);
    for (guint i = 0; i < due->len && keylog->failure == NULL; i++)
        write_row(keylog, &g_array_index(due, struct row, i));
    if (keylog->failure && error)
        *error = g_error_copy(keylog->failure);
    return keylog->failure == NULL;
}

bool keylog_close(struct keylog *keylog, GError **error)
{
    bool whole = keylog_flush(keylog, INT64_MAX, error);

    if (!csv_close(keylog->csv, whole ? error : NULL))
        whole = false;
    for (uint32_t i = 0; i < keylog->regions; i++)
        g_array_free(keylog->buffers[i].rows, TRUE);
    g_free(keylog->buffers);
    g_array_free(keylog->due, TRUE);
    key_store_clear(&keylog->keys);
    g_clear_error(&keylog->failure);
    g_free(keylog);
    return whole;
}
