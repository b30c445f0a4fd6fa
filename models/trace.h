/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What happened to some UEs: a file for each, trace-ue-N.txt, a line for each thing in the order of simulated
 * time. doc/pullstorm-run.1 has the format.
 *
 * Agents tell what they received, what they found in it (facts), what they decided (actions, state), what
 * they sent. Lines are made where it happens, in the region of a server or of the UE, and wait there; between
 * windows trace_flush() puts both together, the servers' first where times are equal, so that the files are
 * the same for any number of regions. Nothing of a run depends on it. Keys are never in a line, only names of
 * them.
 *
 * A run without traces pays a comparison with NULL: trace_of(). */
#ifndef MODELS_TRACE_H
#define MODELS_TRACE_H

#include "models/counters.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace;

/* What a region has of the trace. */
struct trace_buffer {
    struct trace *trace;
    const int64_t *now_ns; /* its clock */
    bool core;             /* it is region 0 */
};

/* The lines of one UE, in one region. */
struct trace_ue;

/* Functions that are called for traces only. */
#define TRACE_COLD __attribute__((cold, noinline))

/* --- the files ------------------------------------------------------------------------------------------ */

/* Begins the files of some UEs, `prefix` and the number of the UE and ".txt"; `ues` is sorted, without
 * doubles. NULL and error (G_FILE_ERROR) if one cannot be made. trace_close() is its end. */
struct trace *trace_new(const char *prefix, const uint32_t *ues, uint32_t count, GError **error);
/* Between windows: writes what lies before time_ns, if a second has gone since the last call that looked and
 * there is much of it. False and error if a file could not be written, now or before. */
bool trace_flush(struct trace *trace, int64_t time_ns, GError **error);
/* Writes the rest and frees. False and error if a file is not whole. */
bool trace_close(struct trace *trace, GError **error);
/* The UEs, as trace_new() got them. */
const uint32_t *trace_numbers(const struct trace *trace, uint32_t *count);

/* --- lines ---------------------------------------------------------------------------------------------- */

TRACE_COLD struct trace_ue *trace_find(const struct trace_buffer *buffer, uint32_t ue);

/* Where the lines of a UE go; NULL: it is not traced. buffer may be NULL: no UE is. */
static inline struct trace_ue *trace_of(const struct trace_buffer *buffer, uint32_t ue)
{
    return __builtin_expect(buffer != NULL, 0) ? trace_find(buffer, ue) : NULL;
}

/* Who is at it from now on. */
void trace_at(struct trace_ue *t, uint32_t host);
/* A line at the region's time: who (the host that is at it), what, name; then its fields, each with a blank
 * before it; then the end, with the reason if `why`. */
void trace_begin(struct trace_ue *t, const char *what, const char *name);
void trace_add(struct trace_ue *t, const char *format, ...) G_GNUC_PRINTF(2, 3);
void trace_add_seconds(struct trace_ue *t, const char *name, int64_t ns); /* as a field */
void trace_end(struct trace_ue *t, bool why);
/* All in one. format: NULL for no fields. */
void trace_line(struct trace_ue *t, bool why, const char *what, const char *name, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

/* The name of an enum message_kind. */
const char *trace_kind(unsigned kind);
/* Something has reached a host: the reason of what follows there until the next. Counters that are raised
 * meanwhile become part of it. */
void trace_cause(struct trace_ue *t, uint32_t host, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* A message has: the line, and the cause. kind: enum message_kind. */
void trace_received(struct trace_ue *t, uint32_t host, uint32_t from, unsigned kind, size_t bytes);
/* A message leaves. */
void trace_sent(struct trace_ue *t, uint32_t to, unsigned kind, size_t bytes);
/* The receiver does not accept the message that is the cause. */
void trace_rejected(struct trace_ue *t, unsigned kind);
/* A job of a server, of some work, has come to that end: the line, and the cause. */
void trace_job(struct trace_ue *t, uint32_t host, const char *end, const char *work);
/* A timeout of a server has come: the line, and the cause. */
void trace_timeout(struct trace_ue *t, uint32_t host, const char *of);
/* A timeout is set; of: what it waits for. */
void trace_timeout_set(struct trace_ue *t, const char *of, int64_t delay_ns);
/* A counter changes. */
void trace_counter(struct trace_ue *t, enum model_counter counter, int64_t by);

/* Something in the network, whatever host is at it, to a packet of that kind from the UE (up) or to it. */
void trace_network(struct trace_ue *t, const char *what, const char *kind, bool up);

/* --- fields of a struct --------------------------------------------------------------------------------- */

enum trace_form {
    TRACE_FLAG,    /* yes, no */
    TRACE_NUMBER,  /* of any width; without sign unless 64 bits */
    TRACE_TIME,    /* nanoseconds, as seconds; -1: - */
    TRACE_AV,      /* - for AV_NONE */
    TRACE_SERVICE, /* - for SERVICE_NONE */
    TRACE_NAME,    /* an enum, or an integer that holds one */
    TRACE_TEXT,    /* struct bytes */
    TRACE_CHARS,   /* array of characters */
    TRACE_HEX,     /* array of bytes */
    TRACE_HIDDEN   /* not shown: a key, what a key could be found from, or what another line says */
};

/* The name of a value of an enumeration: a switch without default, so that the compiler misses none. */
typedef const char *trace_namer(int64_t value);

struct trace_field {
    const char *name;
    size_t offset, bytes;
    enum trace_form form;
    trace_namer *namer; /* TRACE_NAME */
};

/* All fields of a struct: tests/unit/test_trace.c compares them with its declaration, so that none is
 * forgotten. */
struct trace_fields {
    const char *name; /* in the column of names */
    const struct trace_field *at;
    size_t count;
};

#define TRACE_MEMBER(type, member)    (((struct type *)0)->member)
#define TRACE_FIELD(type, member, as) TRACE_FIELD_NAMED(type, member, as, NULL)
#define TRACE_FIELD_NAMED(type, member, as, from)                                                            \
    {                                                                                                        \
        .name = #member, .offset = offsetof(struct type, member),                                            \
        .bytes = sizeof TRACE_MEMBER(type, member), .form = (as), .namer = (from),                           \
    }
#define TRACE_FIELDS(called, fields)                                                                         \
    {                                                                                                        \
        (called), (fields), sizeof(fields) / sizeof *(fields)                                                \
    }

/* The fields of an object, as "name=value" each. */
void trace_add_fields(struct trace_ue *t, const struct trace_fields *fields, const void *object);
/* A line of nothing else. */
void trace_line_fields(struct trace_ue *t, bool why, const char *what, const struct trace_fields *fields,
                       const void *object);

/* --- state ---------------------------------------------------------------------------------------------- */

#define TRACE_STATE_MAX        64
#define TRACE_STATE_NAME_BYTES 24

/* A part of what an agent remembers of a UE. */
struct trace_state {
    const char *name;
    enum trace_form form; /* of those before TRACE_TEXT */
    int64_t value;
    trace_namer *namer;
};

/* The name of a part that there is for each service: "msk" of service 0, "msk.1" of service 1. */
const char *trace_state_name(char out[TRACE_STATE_NAME_BYTES], const char *name, unsigned service);
/* Lines for what is not as it was when this was last called for the UE and host: the same parts in the same
 * order. The first call has one line with all. */
void trace_states(struct trace_ue *t, uint32_t host, const struct trace_state *states, unsigned count);

#endif
