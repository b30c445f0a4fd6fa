/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lines wait as text, one stream for the servers and one for the cell of each UE; a flush merges the two by
 * time and appends them to the UE's file. A file is open while it is written only: there may be more of them
 * than a process may have open. */
#include "models/trace.h"

#include "models/deployment.h"
#include "models/keys/name.h"
#include "sim/base/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TRACE_WAITING_MAX (4U << 20) /* bytes that wait before a flush writes them */
#define TRACE_TEXT_MAX    128        /* characters shown of a text */

/* Of which the start, in the text, of the next line is the end. */
struct trace_mark {
    int64_t time_ns;
    gsize start;
};

struct trace_ue {
    int64_t now_ns;
    uint32_t host;     /* that is at it */
    unsigned counters; /* named in the cause */
    GString *text;
    GArray *marks; /* struct trace_mark */
    GString *cause;
    bool seen[HOST_UES + 1]; /* its states */
    int64_t states[HOST_UES + 1][TRACE_STATE_MAX];
};

struct trace {
    char *prefix;
    uint32_t *numbers;
    uint32_t count;
    struct trace_ue *ues[2]; /* of the cells, of region 0: each touched by one region only */
    int64_t next_flush_ns;
    GError *failure; /* sticky */
};

static const char *const trace_kinds[MESSAGE_KIND_COUNT] = {
#define X(name, meaning) #name,
    MESSAGE_KINDS(X)
#undef X
};

static const struct {
    const char *name, *meaning;
} trace_counters[MODEL_COUNTER_COUNT] = {
#define X(name, unit, meaning) {#name, meaning},
    MODEL_COUNTERS(X)
#undef X
};

static const char *trace_host(uint32_t host)
{
    static const char *const names[] = {[HOST_BMSC] = "bmsc", [HOST_BSF] = "bsf", [HOST_HSS] = "hss"};

    return host < HOST_UES ? names[host] : "ue";
}

const char *trace_kind(unsigned kind)
{
    return trace_kinds[kind];
}

/* --- the files ------------------------------------------------------------------------------------------ */

/* Opens the file of a UE, writes, closes; the first failure stays. */
static void trace_write(struct trace *trace, uint32_t place, const char *how, const GString *text)
{
    g_autofree char *path = g_strdup_printf("%s%" PRIu32 ".txt", trace->prefix, trace->numbers[place]);
    FILE *file;
    int failure = 0;

    if (trace->failure != NULL)
        return;
    errno = 0;
    file = fopen(path, how);
    if (file == NULL || fwrite(text->str, 1, text->len, file) != text->len)
        failure = errno ? errno : EIO;
    if (file != NULL && fclose(file) != 0 && failure == 0)
        failure = errno ? errno : EIO;
    if (failure != 0)
        g_set_error(&trace->failure, G_FILE_ERROR, (int)g_file_error_from_errno(failure), "%s: %s", path,
                    g_strerror(failure));
}

static void trace_free(struct trace *trace)
{
    for (unsigned side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < trace->count; i++) {
            struct trace_ue *t = &trace->ues[side][i];

            g_string_free(t->text, TRUE);
            g_array_free(t->marks, TRUE);
            g_string_free(t->cause, TRUE);
        }
        g_free(trace->ues[side]);
    }
    g_clear_error(&trace->failure);
    g_free(trace->numbers);
    g_free(trace->prefix);
    g_free(trace);
}

struct trace *trace_new(const char *prefix, const uint32_t *ues, uint32_t count, GError **error)
{
    struct trace *trace = g_new0(struct trace, 1);
    GString *head = g_string_new(NULL);

    trace->prefix = g_strdup(prefix);
    trace->numbers = g_memdup2(ues, count * sizeof *ues);
    trace->count = count;
    for (unsigned side = 0; side < 2; side++) {
        trace->ues[side] = g_new0(struct trace_ue, count);
        for (uint32_t i = 0; i < count; i++)
            trace->ues[side][i] =
                (struct trace_ue){.host = side ? HOST_BMSC : HOST_UES,
                                  .text = g_string_new(NULL),
                                  .marks = g_array_new(FALSE, FALSE, sizeof(struct trace_mark)),
                                  .cause = g_string_new(NULL)};
    }
    for (uint32_t i = 0; i < count && trace->failure == NULL; i++) {
        g_string_printf(head, "# UE %" PRIu32 "\n%-16s %-7s %-8s %s\n", ues[i], "# time_s", "who", "what",
                        "name and fields # why");
        trace_write(trace, i, "wbe", head);
    }
    g_string_free(head, TRUE);
    if (trace->failure == NULL)
        return trace;
    g_propagate_error(error, g_steal_pointer(&trace->failure));
    trace_free(trace);
    return NULL;
}

const uint32_t *trace_numbers(const struct trace *trace, uint32_t *count)
{
    *count = trace->count;
    return trace->numbers;
}

static gsize trace_mark_end(const struct trace_ue *t, guint i)
{
    return i + 1 < t->marks->len ? g_array_index(t->marks, struct trace_mark, i + 1).start : t->text->len;
}

/* Time of a line; CLOCK_NEVER if there is none before the limit. */
static int64_t trace_mark_ns(const struct trace_ue *t, guint i, int64_t limit_ns)
{
    int64_t time_ns = i < t->marks->len ? g_array_index(t->marks, struct trace_mark, i).time_ns : CLOCK_NEVER;

    return time_ns < limit_ns ? time_ns : CLOCK_NEVER;
}

/* Takes the first lines away. */
static void trace_shift(struct trace_ue *t, guint lines)
{
    gsize bytes;

    if (lines == 0)
        return;
    bytes = trace_mark_end(t, lines - 1);
    g_string_erase(t->text, 0, (gssize)bytes);
    g_array_remove_range(t->marks, 0, lines);
    for (guint i = 0; i < t->marks->len; i++)
        g_array_index(t->marks, struct trace_mark, i).start -= bytes;
}

/* Both streams of a UE, by time. */
static void trace_merge(struct trace *trace, uint32_t place, int64_t limit_ns)
{
    struct trace_ue *sides[] = {&trace->ues[1][place], &trace->ues[0][place]}; /* the servers first */
    GString *out = g_string_new(NULL);
    guint next[2] = {0, 0};

    for (;;) {
        int64_t core_ns = trace_mark_ns(sides[0], next[0], limit_ns);
        int64_t cell_ns = trace_mark_ns(sides[1], next[1], limit_ns);
        unsigned side = core_ns <= cell_ns ? 0 : 1;
        const struct trace_ue *t = sides[side];
        gsize start;

        if (MIN(core_ns, cell_ns) == CLOCK_NEVER)
            break;
        start = g_array_index(t->marks, struct trace_mark, next[side]).start;
        g_string_append_len(out, t->text->str + start, (gssize)(trace_mark_end(t, next[side]) - start));
        next[side]++;
    }
    if (out->len > 0)
        trace_write(trace, place, "abe", out);
    trace_shift(sides[0], next[0]);
    trace_shift(sides[1], next[1]);
    g_string_free(out, TRUE);
}

static bool trace_write_all(struct trace *trace, int64_t limit_ns, GError **error)
{
    for (uint32_t i = 0; i < trace->count; i++)
        trace_merge(trace, i, limit_ns);
    if (trace->failure && error)
        *error = g_error_copy(trace->failure);
    return trace->failure == NULL;
}

bool trace_flush(struct trace *trace, int64_t time_ns, GError **error)
{
    gsize waiting = 0;

    if (time_ns < trace->next_flush_ns)
        return true;
    trace->next_flush_ns = time_ns + CLOCK_SECOND;
    for (uint32_t i = 0; i < trace->count; i++)
        waiting += trace->ues[0][i].text->len + trace->ues[1][i].text->len;
    return waiting < TRACE_WAITING_MAX || trace_write_all(trace, time_ns, error);
}

bool trace_close(struct trace *trace, GError **error)
{
    bool whole = trace_write_all(trace, CLOCK_NEVER, error);

    trace_free(trace);
    return whole;
}

/* --- lines ---------------------------------------------------------------------------------------------- */

struct trace_ue *trace_find(const struct trace_buffer *buffer, uint32_t ue)
{
    const struct trace *trace = buffer->trace;
    uint32_t from = 0, to = trace->count;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (trace->numbers[middle] == ue) {
            trace->ues[buffer->core][middle].now_ns = *buffer->now_ns;
            return &trace->ues[buffer->core][middle];
        }
        if (trace->numbers[middle] < ue)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static void trace_begin_as(struct trace_ue *t, const char *who, const char *what, const char *name)
{
    const struct trace_mark mark = {t->now_ns, t->text->len};

    g_array_append_val(t->marks, mark);
    g_string_append_printf(t->text, "%6" PRId64 ".%09" PRId64 " %-7s %-8s %-20s", t->now_ns / CLOCK_SECOND,
                           t->now_ns % CLOCK_SECOND, who, what, name);
}

void trace_at(struct trace_ue *t, uint32_t host)
{
    t->host = host;
}

void trace_begin(struct trace_ue *t, const char *what, const char *name)
{
    trace_begin_as(t, trace_host(t->host), what, name);
}

void trace_add(struct trace_ue *t, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_string_append_vprintf(t->text, format, arguments);
    va_end(arguments);
}

/* -1: what has not been. Below that: before the run. */
static void trace_add_time(struct trace_ue *t, int64_t time_ns)
{
    uint64_t ns = time_ns < 0 ? -(uint64_t)time_ns : (uint64_t)time_ns;

    if (time_ns < 0)
        g_string_append_c(t->text, '-');
    if (time_ns != -1)
        trace_add(t, "%" PRIu64 ".%09" PRIu64, ns / CLOCK_SECOND, ns % CLOCK_SECOND);
}

void trace_add_seconds(struct trace_ue *t, const char *name, int64_t ns)
{
    trace_add(t, " %s=", name);
    trace_add_time(t, ns);
}

void trace_end(struct trace_ue *t, bool why)
{
    if (why && t->cause->len > 0)
        g_string_append_printf(t->text, " # %s", t->cause->str);
    while (t->text->str[t->text->len - 1] == ' ')
        g_string_truncate(t->text, t->text->len - 1);
    g_string_append_c(t->text, '\n');
}

void trace_line(struct trace_ue *t, bool why, const char *what, const char *name, const char *format, ...)
{
    va_list arguments;

    trace_begin(t, what, name);
    if (format != NULL) {
        va_start(arguments, format);
        g_string_append_vprintf(t->text, format, arguments);
        va_end(arguments);
    }
    trace_end(t, why);
}

void trace_cause(struct trace_ue *t, uint32_t host, const char *format, ...)
{
    va_list arguments;

    t->host = host;
    t->counters = 0;
    va_start(arguments, format);
    g_string_vprintf(t->cause, format, arguments);
    va_end(arguments);
}

void trace_received(struct trace_ue *t, uint32_t host, uint32_t from, unsigned kind, size_t bytes)
{
    trace_cause(t, host, "%s received", trace_kinds[kind]);
    trace_line(t, false, "received", trace_kinds[kind], " from=%s bytes=%zu", trace_host(from), bytes);
}

void trace_sent(struct trace_ue *t, uint32_t to, unsigned kind, size_t bytes)
{
    trace_line(t, true, "sent", trace_kinds[kind], " to=%s bytes=%zu", trace_host(to), bytes);
}

void trace_rejected(struct trace_ue *t, unsigned kind)
{
    trace_line(t, true, "rejected", trace_kinds[kind], NULL);
}

void trace_job(struct trace_ue *t, uint32_t host, const char *end, const char *work)
{
    trace_cause(t, host, "%s %s", work, end);
    trace_line(t, false, "job", end, " work=%s", work);
}

void trace_timeout(struct trace_ue *t, uint32_t host, const char *of)
{
    trace_cause(t, host, "timeout of %s", of);
    trace_line(t, false, "timeout", "fired", " of=%s", of);
}

void trace_timeout_set(struct trace_ue *t, const char *of, int64_t delay_ns)
{
    trace_begin(t, "timeout", "set");
    trace_add(t, " of=%s", of);
    trace_add_seconds(t, "delay", delay_ns);
    trace_end(t, true);
}

void trace_counter(struct trace_ue *t, enum model_counter counter, int64_t by)
{
    trace_begin(t, "counter", trace_counters[counter].name);
    trace_add(t, " by=%" PRId64 " # %s", by, trace_counters[counter].meaning);
    trace_end(t, false);
    g_string_append_printf(t->cause, "%s%s", t->counters++ == 0 ? ": " : ", ", trace_counters[counter].name);
}

void trace_network(struct trace_ue *t, const char *what, const char *kind, bool up)
{
    trace_begin_as(t, "network", what, kind);
    trace_add(t, " way=%s", up ? "up" : "down");
    trace_end(t, false);
}

/* --- fields --------------------------------------------------------------------------------------------- */

static void trace_add_value(struct trace_ue *t, enum trace_form form, int64_t value, trace_namer *namer)
{
    if (form == TRACE_FLAG)
        g_string_append(t->text, value ? "yes" : "no");
    else if (form == TRACE_TIME)
        trace_add_time(t, value);
    else if ((form == TRACE_AV && value == AV_NONE) || (form == TRACE_SERVICE && value == SERVICE_NONE))
        g_string_append_c(t->text, '-');
    else if (form == TRACE_NAME)
        g_string_append(t->text, namer(value));
    else
        trace_add(t, "%" PRId64, value);
}

/* As one word, whatever is in it. */
static void trace_add_text(struct trace_ue *t, const char *at, size_t length)
{
    for (size_t i = 0; i < MIN(length, TRACE_TEXT_MAX); i++) {
        if (g_ascii_isgraph(at[i]) && at[i] != '\\')
            g_string_append_c(t->text, at[i]);
        else
            trace_add(t, "\\x%02x", (unsigned char)at[i]);
    }
    if (length > TRACE_TEXT_MAX)
        g_string_append(t->text, "...");
}

static int64_t trace_integer(const void *at, size_t bytes)
{
    uint64_t wide;
    uint32_t word;
    uint16_t half;

    switch (bytes) {
    case 1:
        return *(const uint8_t *)at;
    case 2:
        memcpy(&half, at, sizeof half);
        return half;
    case 4:
        memcpy(&word, at, sizeof word);
        return word;
    default:
        memcpy(&wide, at, sizeof wide);
        return (int64_t)wide;
    }
}

static void trace_add_field(struct trace_ue *t, const struct trace_field *field, const char *at)
{
    const struct bytes *text;

    if (field->form == TRACE_HIDDEN)
        return;
    trace_add(t, " %s=", field->name);
    switch (field->form) {
    case TRACE_TEXT:
        text = (const struct bytes *)(const void *)at;
        trace_add_text(t, (const char *)text->at, text->len);
        break;
    case TRACE_CHARS:
        trace_add_text(t, at, strnlen(at, field->bytes));
        break;
    case TRACE_HEX:
        for (size_t i = 0; i < field->bytes; i++)
            trace_add(t, "%02x", (unsigned char)at[i]);
        break;
    default:
        trace_add_value(t, field->form, trace_integer(at, field->bytes), field->namer);
    }
}

void trace_add_fields(struct trace_ue *t, const struct trace_fields *fields, const void *object)
{
    for (size_t i = 0; i < fields->count; i++)
        trace_add_field(t, &fields->at[i], (const char *)object + fields->at[i].offset);
}

void trace_line_fields(struct trace_ue *t, bool why, const char *what, const struct trace_fields *fields,
                       const void *object)
{
    trace_begin(t, what, fields->name);
    trace_add_fields(t, fields, object);
    trace_end(t, why);
}

/* --- state ---------------------------------------------------------------------------------------------- */

const char *trace_state_name(char out[TRACE_STATE_NAME_BYTES], const char *name, unsigned service)
{
    if (service == 0)
        g_strlcpy(out, name, TRACE_STATE_NAME_BYTES);
    else
        g_snprintf(out, TRACE_STATE_NAME_BYTES, "%s.%u", name, service);
    return out;
}

static void trace_add_state(struct trace_ue *t, const struct trace_state *state, int64_t value)
{
    trace_add_value(t, state->form, value, state->namer);
}

static void trace_states_first(struct trace_ue *t, const struct trace_state *states, unsigned count)
{
    trace_begin(t, "state", "all");
    for (unsigned i = 0; i < count; i++) {
        trace_add(t, " %s=", states[i].name);
        trace_add_state(t, &states[i], states[i].value);
    }
    trace_end(t, false);
}

void trace_states(struct trace_ue *t, uint32_t host, const struct trace_state *states, unsigned count)
{
    unsigned who = MIN(host, HOST_UES);

    g_assert(count <= TRACE_STATE_MAX);
    t->host = host;
    if (!t->seen[who])
        trace_states_first(t, states, count);
    for (unsigned i = 0; i < count; i++) {
        if (t->seen[who] && t->states[who][i] != states[i].value) {
            trace_begin(t, "state", states[i].name);
            g_string_append_c(t->text, ' ');
            trace_add_state(t, &states[i], t->states[who][i]);
            g_string_append(t->text, " -> ");
            trace_add_state(t, &states[i], states[i].value);
            trace_end(t, true);
        }
        t->states[who][i] = states[i].value;
    }
    t->seen[who] = true;
}
