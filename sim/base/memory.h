/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory that runs out. GLib ends the process by a signal then, and our rooms do as GLib does: who gets no
 * memory calls g_error() with a sentence like GLib's own, "...: failed to allocate 4096 bytes". A program
 * that calls memory_watch() ends otherwise: what had been begun is undone, one message reports it, and the
 * status is 1. */
#ifndef SIM_BASE_MEMORY_H
#define SIM_BASE_MEMORY_H

#include <glib.h>
#include <stddef.h>

/* Something that is to be undone if memory runs out; its place is its owner's. */
struct memory_guard {
    void (*undo)(void *user); /* may allocate a little, for which a reserve is kept */
    void *user;
    struct memory_guard *outer;
};

/* Says on standard error that memory is out, in one line that has these words in it; `bytes` could not be had
 * (0: it is not known how many). It may allocate a little. */
typedef void memory_reporter(void *user, size_t bytes);

/* Takes the reserve, and g_error()s of memory over. Once in a process, before anything else. */
void memory_watch(void);

/* Ends the process so; for who cannot call g_error(), which prints a text itself. After memory_watch(). */
G_NORETURN void memory_out(size_t bytes);

/* Who reports it from now on; NULL: a plain message. */
void memory_set_reporter(memory_reporter *report, void *user);

/* Guards nest: the last one pushed is undone first, and popped first. */
void memory_guard_push(struct memory_guard *guard, void (*undo)(void *user), void *user);
void memory_guard_pop(struct memory_guard *guard);

#endif
