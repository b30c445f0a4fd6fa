/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages that are sent by what they say. */
#include "models/content.h"

#include <string.h>

struct net_message *content_message(struct net_region *at, enum message_kind kind, uint32_t length,
                                    const void *content)
{
    const struct content_kind *k = &model_of(at)->contents->kinds[kind];
    struct net_message *out = net_message(at, kind, content_room(k));

    memcpy(out->bytes, content, k->content_bytes);
    out->length = length;
    out->has_content = true;
    return out;
}

struct bytes content_bytes(const struct model_region *m, const struct net_delivery *d,
                           uint8_t bytes[NET_MESSAGE_BYTES_MAX])
{
    return bytes_of(bytes, m->contents->kinds[d->kind].write(&m->keys, d->content, bytes));
}
