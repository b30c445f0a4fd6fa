/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* For the files of the work on contents alone: a file for each interface. */
#ifndef MODELS_CONTENT_PRIVATE_H
#define MODELS_CONTENT_PRIVATE_H

#include "models/content_work.h"

/* Messages of one kind that are worked on. */
struct content_group {
    struct content_worker *worker;
    unsigned count;
    struct net_message *const *messages;
    uint8_t *out[LANES];       /* room of NET_MESSAGE_BYTES_MAX for the bytes of each, */
    struct bytes bytes[LANES]; /* ... and these, once they are made */
};

static inline void *content_at(const struct content_group *group, unsigned i)
{
    return group->messages[i]->bytes;
}

/* Holds what was found in message i to what was said. */
void content_same(const struct content_group *group, unsigned i, const char *what, int64_t said,
                  int64_t found);
void content_same_text(const struct content_group *group, unsigned i, const char *what, const char *said,
                       struct bytes found, size_t length);
/* The bytes of message i are made: their length is that under which it was sent. */
void content_made(struct content_group *group, unsigned i, size_t length);

typedef void content_worker_function(struct content_group *group);
content_worker_function content_work_mikey, content_work_ack;
content_worker_function content_work_post, content_work_challenge, content_work_success;

/* As content_kind.write(). */
typedef size_t content_writer_function(const struct key_store *keys, const void *content, uint8_t *out);
content_writer_function content_write_mikey, content_write_ack;
content_writer_function content_write_post, content_write_challenge, content_write_success;

#endif
