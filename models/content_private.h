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

/* What is done with a group of messages of one kind. */
struct content_steps {
    /* Makes the bytes, with the keys of the sender. */
    void (*make)(struct content_group *group);
    /* Reads and verifies them with the keys of the receiver, and puts what was found behind the contents.
     * That they can be read is held to what was said; what else was found is not yet. */
    void (*find)(struct content_group *group);
    /* Holds what was found in message i to what was said. */
    void (*hold)(const struct content_group *group, unsigned i);
    /* Where the MAC or the digest of a message stands, and what was found of it. NULL: it has none. */
    struct bytes (*proof)(struct bytes message);
    bool (*proven)(const struct content_group *group, unsigned i);
};
extern const struct content_steps content_mikey_steps, content_ack_steps;
extern const struct content_steps content_post_steps, content_credentials_steps;
extern const struct content_steps content_challenge_steps, content_success_steps;

/* As content_kind.write(). */
typedef size_t content_writer_function(const struct key_store *keys, const void *content, uint8_t *out);
content_writer_function content_write_mikey, content_write_ack;
content_writer_function content_write_post, content_write_challenge, content_write_success;

#endif
