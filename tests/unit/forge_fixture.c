/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Storms in which some messages are replaced as they reach their receiver. */
#include "tests/unit/forge_fixture.h"

#include "models/crypto/mikey_keys.h"
#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/region.h"
#include "models/wire/http.h"
#include "sim/net/native/native.h"

#include <string.h>

unsigned forge_count;

static const struct net_handlers *real;
static struct net_handlers handlers;
static forger *forge;

static struct net_delivery instead(struct net_region *at, const struct net_delivery *d)
{
    struct net_delivery out = *d;

    if (forge(at, d, &out.bytes))
        forge_count++;
    return out;
}

static enum net_verdict on_datagram(struct net_region *at, const struct net_delivery *d)
{
    struct net_delivery out = instead(at, d);

    return real->datagram(at, &out);
}

static enum net_verdict on_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn,
                                   uint64_t user)
{
    struct net_delivery out = instead(at, d);

    return real->message(at, &out, conn, user);
}

static struct network *create(const struct network_config *config, GError **error)
{
    struct network_config c = *config;

    real = config->handlers;
    handlers = *real;
    handlers.datagram = on_datagram;
    handlers.message = on_message;
    handlers.work = NULL; /* what is replaced is bytes */
    c.handlers = &handlers;
    return native_engine.create(&c, error);
}

struct storm *forge_run(struct scenario *scenario, forger *with)
{
    struct network_engine engine = native_engine;
    const struct storm_options options = {.engine = &engine};
    GError *error = NULL;
    char *what = NULL;
    struct storm *storm;

    engine.create = create;
    forge = with;
    forge_count = 0;
    storm = storm_new(scenario, &options, &error);
    g_assert_no_error(error);
    g_assert_cmpint(storm_run(storm, &error), ==, STORM_DONE);
    g_assert_no_error(error);
    g_assert_cmpuint(forge_count, >, 0);
    if (!storm_books_balance(storm, &what))
        g_error("books: %s", what);
    return storm;
}

void forge_over(struct storm *storm, struct scenario *scenario)
{
    storm_free(storm);
    scenario_free(scenario);
}

struct bytes forge_keep(const uint8_t *bytes, size_t length)
{
    static uint8_t buffer[4096];

    g_assert_cmpuint(length, <=, sizeof buffer);
    memcpy(buffer, bytes, length);
    return bytes_of(buffer, length);
}

struct bytes forge_mikey(struct net_region *at, const struct net_delivery *d, struct bytes message)
{
    struct model_region *m = model_of(at);
    struct mikey_message decoded;
    uint8_t muk[32], rand[16], auth[20], mac[MIKEY_MAC_BYTES];
    struct bytes kept = forge_keep(message.at, message.len);
    uint8_t *out = (uint8_t *)(uintptr_t)kept.at;

    g_assert_cmpint(mikey_decode(kept, &decoded), ==, WIRE_OK);
    g_assert_true(identity_rand_of_b_tid(m->deployment, decoded.idr, rand));
    key_muk(&m->keys, d->host - HOST_UES, rand, muk);
    mikey_auth_key(m->keys.crypto, bytes_of(muk, 32), decoded.csb_id, decoded.rand, auth);
    mikey_mac(m->keys.crypto, auth, decoded.covered, mac);
    memcpy(out + kept.len - sizeof mac, mac, sizeof mac);
    return kept;
}

struct bytes forge_msk(struct net_region *at, const struct net_delivery *d, struct mikey_message *message,
                       const struct mikey_key_data *key_data)
{
    struct model_region *m = model_of(at);
    uint8_t muk[32], rand[16], data[200], out[1024];
    struct mikey_keys keys;
    size_t length = 0;

    if (key_data != NULL) {
        g_assert_cmpint(mikey_key_data_encode(key_data, data, sizeof data, &length), ==, WIRE_OK);
        g_assert_true(identity_rand_of_b_tid(m->deployment, message->idr, rand));
        key_muk(&m->keys, d->host - HOST_UES, rand, muk);
        mikey_keys(m->keys.crypto, bytes_of(muk, 32), message->csb_id, message->rand, &keys);
        mikey_crypt(m->keys.crypto, &keys, message->csb_id, message->ts, data, data, length);
    }
    message->encr_data = bytes_of(data, length);
    g_assert_cmpint(mikey_encode(message, out, sizeof out, &length), ==, WIRE_OK);
    return forge_mikey(at, d, bytes_of(out, length));
}

struct bytes forge_text(struct bytes message, const char *from, const char *to)
{
    g_autofree char *text = g_strndup((const char *)message.at, message.len);
    char *at = strstr(text, from);
    g_autoptr(GString) out = g_string_new(NULL);

    if (at == NULL)
        g_error("\"%s\" is not in\n%s", from, text);
    g_string_append_len(out, text, at - text);
    g_string_append(out, to);
    g_string_append(out, at + strlen(from));
    return forge_keep((const uint8_t *)out->str, out->len);
}

char *forge_directive(struct bytes message, const char *name)
{
    g_autofree char *text = g_strndup((const char *)message.at, message.len);
    g_autofree char *pattern = g_strdup_printf("[ ,]%s=\"?([^\",\\s]*)", name);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    return g_regex_match(regex, text, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

struct net_conn forge_connect(struct net_region *at, uint32_t host, uint32_t server)
{
    return net_tcp_connect(at, host, server, HTTP_PORT, http_frame);
}

void forge_send(struct net_region *at, struct net_conn conn, unsigned kind, struct bytes bytes)
{
    struct net_message *message = net_message(at, kind, bytes.len);

    memcpy(message->bytes, bytes.at, bytes.len);
    message->length = (uint32_t)bytes.len;
    g_assert_true(net_tcp_send(at, conn, message));
}

uint32_t forge_group(struct net_region *at)
{
    return deployment_current_msk_id(model_of(at)->deployment, 0);
}
