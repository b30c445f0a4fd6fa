/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Groups of messages by kind, and what goes for all kinds. */
#include "models/content_private.h"

#include "models/bmsc/verify.h"
#include "models/ue/verify.h"

static const char *const content_kind_names[MESSAGE_KIND_COUNT] = {
#define X(name, meaning) #name,
    MESSAGE_KINDS_RADIO(X) MESSAGE_KINDS_CORE(X)
#undef X
};

static const struct content_steps *const content_steps[MESSAGE_KIND_COUNT] = {
    [KIND_pull] = &content_mikey_steps,
    [KIND_msk] = &content_mikey_steps,
    [KIND_msk_ack] = &content_ack_steps,
    [KIND_ua_post] = &content_post_steps,
    [KIND_ua_auth_post] = &content_credentials_steps,
    [KIND_ua_401] = &content_challenge_steps,
    [KIND_ua_200] = &content_success_steps,
};

static const struct content_kind content_kinds[MESSAGE_KIND_COUNT] = {
    [KIND_pull] = {sizeof(struct content_mikey), sizeof(struct ue_mikey_facts), content_write_mikey},
    [KIND_msk] = {sizeof(struct content_mikey), sizeof(struct ue_mikey_facts), content_write_mikey},
    [KIND_msk_ack] = {sizeof(struct content_ack), sizeof(struct bmsc_ack_facts), content_write_ack},
    [KIND_ua_post] = {sizeof(struct content_post), sizeof(struct bmsc_post_found), content_write_post},
    [KIND_ua_auth_post] = {sizeof(struct content_post), sizeof(struct bmsc_post_found), content_write_post},
    [KIND_ua_401] = {sizeof(struct content_challenge), sizeof(struct ue_challenge_found),
                     content_write_challenge},
    [KIND_ua_200] = {sizeof(struct content_success), sizeof(struct ue_success_found), content_write_success},
};

/* Lengths that depend on how many services are asked for. */
static void content_measure_services(struct content_table *table, const struct key_store *keys,
                                     unsigned count)
{
    struct content_post post = {.asked = (uint8_t)((1U << count) - 1)};
    struct content_success success = {.asked = post.asked};
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];

    for (unsigned i = 0; i < 2; i++) {
        post.credentials = i > 0;
        success.nonce_serial = i;
        table->post_bytes[i][count] = (uint32_t)content_write_post(keys, &post, bytes);
        table->success_bytes[i][count] = (uint32_t)content_write_success(keys, &success, bytes);
    }
}

static void content_table_init(struct content_table *table, const struct key_store *keys)
{
    const struct content_challenge fresh = {.stale = false}, stale = {.stale = true};
    const struct content_ack ack = {.key = {0, 0}};
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];

    memcpy(table->kinds, content_kinds, sizeof table->kinds);
    table->ack_bytes = (uint32_t)content_write_ack(keys, &ack, bytes);
    table->challenge_bytes[0] = (uint32_t)content_write_challenge(keys, &fresh, bytes);
    table->challenge_bytes[1] = (uint32_t)content_write_challenge(keys, &stale, bytes);
    for (unsigned count = 1; count <= keys->deployment->service_count; count++)
        content_measure_services(table, keys, count);
}

/* A little more than a message needs, so that those of a group do not fall onto one line of the cache. */
#define ROOM_BYTES (NET_MESSAGE_BYTES_MAX + 160)

G_STATIC_ASSERT(LANES == NET_WORK_MAX);

void content_shared_init(struct content_shared *shared, const struct deployment *deployment)
{
    struct key_store keys;

    key_store_init(&keys, deployment);
    content_table_init(&shared->table, &keys);
    key_store_clear(&keys);
    keys_at_hand_init(&shared->bmsc, deployment);
    keys_at_hand_init(&shared->ue, deployment);
}

void content_shared_clear(struct content_shared *shared)
{
    keys_at_hand_clear(&shared->bmsc);
    keys_at_hand_clear(&shared->ue);
}

void content_worker_init(struct content_worker *worker, const struct deployment *deployment,
                         struct content_shared *shared, unsigned number)
{
    worker->table = &shared->table;
    key_store_init(&worker->keys, deployment);
    worker->bmsc = (struct keys_at_hand_user){.table = &shared->bmsc, .number = number + 1};
    worker->ue = (struct keys_at_hand_user){.table = &shared->ue, .number = number + 1};
    worker->room = g_malloc(LANES * (size_t)ROOM_BYTES);
}

void content_worker_clear(struct content_worker *worker)
{
    key_store_clear(&worker->keys);
    g_clear_pointer(&worker->room, g_free);
}

void content_same(const struct content_group *group, unsigned i, const char *what, int64_t said,
                  int64_t found)
{
    if (said != found)
        g_error("a message of kind %s says %s = %" G_GINT64_FORMAT ", and its bytes %" G_GINT64_FORMAT,
                content_kind_names[group->messages[i]->kind], what, said, found);
}

void content_same_text(const struct content_group *group, unsigned i, const char *what, const char *said,
                       struct bytes found, size_t length)
{
    if (!bytes_equal(bytes_of(said, length), found))
        g_error("a message of kind %s says %s = %.*s, and its bytes %.*s",
                content_kind_names[group->messages[i]->kind], what, (int)length, said, (int)found.len,
                (const char *)found.at);
}

void content_made(struct content_group *group, unsigned i, size_t length)
{
    group->bytes[i] = bytes_of(group->out[i], length);
    content_same(group, i, "length", group->messages[i]->length, (int64_t)length);
}

/* A verification that calls everything right would find no difference. So in every run, in the first group
 * of each kind and now and then, the first message is verified once more, with one bit of its MAC or
 * digest wrong. */
#define GROUPS_PER_TRIAL 4096

static void content_try_wrong(struct content_group *group, unsigned kind)
{
    const struct content_steps *steps = content_steps[kind];
    const struct content_kind *sizes = &group->worker->table->kinds[kind];
    struct net_message *copy = g_malloc(sizeof *copy + content_room(sizes));
    struct content_group trial = {
        .worker = group->worker, .count = 1, .messages = &copy, .bytes = {group->bytes[0]}};
    uint64_t bit = group->worker->groups[kind] / GROUPS_PER_TRIAL;
    struct bytes proof = steps->proof(trial.bytes[0]);
    uint8_t *wrong = (uint8_t *)(uintptr_t)&proof.at[bit % proof.len];

    memcpy(copy, group->messages[0], sizeof *copy + sizes->content_bytes);
    *wrong ^= 1;
    steps->find(&trial);
    *wrong ^= 1;
    if (steps->proven(&trial, 0))
        g_error("a message of kind %s is found to be right, although a bit of its MAC or digest is wrong",
                content_kind_names[kind]);
    g_free(copy);
}

unsigned content_work(struct content_worker *worker, unsigned kind, struct net_message *const messages[],
                      unsigned count)
{
    const struct content_steps *steps = content_steps[kind];
    struct content_group group = {.worker = worker, .count = count, .messages = messages};
    unsigned held = 0;

    for (unsigned i = 0; i < count; i++)
        group.out[i] = worker->room + i * (size_t)ROOM_BYTES;
    steps->make(&group);
    steps->find(&group);
    for (unsigned i = 0; i < count; i++, held++)
        steps->hold(&group, i);
    if (worker->groups[kind]++ % GROUPS_PER_TRIAL == 0 && steps->proof)
        content_try_wrong(&group, kind);
    return held;
}

void content_write(struct net_region *at, const struct net_message *message, uint8_t *out)
{
    const struct model_region *m = model_of(at);

    m->contents->kinds[message->kind].write(&m->keys, message->bytes, out);
}
