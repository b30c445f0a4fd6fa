/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* For the files of the work on contents alone: a file for each interface. */
#ifndef MODELS_CONTENT_PRIVATE_H
#define MODELS_CONTENT_PRIVATE_H

#include "models/content_work.h"

/* A message that is worked on. */
struct content_at_work {
    struct content_worker *worker;
    const struct net_message *message;
    struct bytes bytes; /* as they were made */
};

/* Holds what was found to what was said. */
void content_same(const struct content_at_work *at, const char *what, int64_t said, int64_t found);
/* Holds the length of what was made to that under which it was sent. */
void content_made(struct content_at_work *at, const uint8_t *bytes, size_t length);

/* One message each. */
typedef void content_worker_function(struct content_at_work *at, void *content);
content_worker_function content_work_mikey, content_work_ack;
content_worker_function content_work_post, content_work_challenge, content_work_success;

/* As content_kind.write(). */
typedef size_t content_writer_function(const struct key_store *keys, const void *content, uint8_t *out);
content_writer_function content_write_mikey, content_write_ack;
content_writer_function content_write_post, content_write_challenge, content_write_success;

#endif
