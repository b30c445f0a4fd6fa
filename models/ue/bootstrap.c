/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ub at the UE: GET, 401, the USIM, GET, 200 (TS 33.220 §4.5.2, TS 24.109 §4, RFC 3310). */
#include "models/ue/ue.h"

#include "models/crypto/gba_keys.h"
#include "models/keylog.h"
#include "models/wire/ub.h"

static void send_get(struct ue_at *u, enum message_kind kind, const struct digest_fields *credentials)
{
    const struct world *world = u->m->world;
    struct net_message *get = net_message(u->net, kind, 1000);
    struct ub_request request = {.bsf_fqdn = world->text.bsf_fqdn,
                                 .unix_s = world_unix_s(world, u->net->now_ns),
                                 .credentials = credentials};
    size_t length = 0;
    enum wire_status status = ub_request_encode(&request, get->bytes, get->capacity, &length);

    ue_exchange_send(u, get, status, length);
}

/* The TMPI if there is one, else the IMPI (TS 33.220 §4.5.2 step 1), the same in all requests of the run. */
static void username(struct ue_at *u, struct identity_text *out)
{
    if (u->x->by_tmpi)
        identity_tmpi(u->x->tmpi, out);
    else
        identity_impi(u->m->world, u->number, out);
}

/* The first request carries the user name only: empty nonce and response (TS 24.109 §4.2). */
static void send_first_get(struct ue_at *u)
{
    const struct world *world = u->m->world;
    struct identity_text name;

    username(u, &name);
    struct digest_fields credentials = {.username = identity_bytes(&name),
                                        .realm = world->text.bsf_fqdn,
                                        .nonce = bytes_text(""),
                                        .uri = bytes_text("/"),
                                        .response = bytes_text("")};
    send_get(u, KIND_ub_get, &credentials);
    ue_exchange_phase(u, UE_CHALLENGING, world->scenario->ue_response_timeout);
}

void ue_bootstrap_start(struct ue_at *u)
{
    struct ue_exchange *x = u->x;
    uint8_t rand[16];

    count(u->m, COUNT_gba_started);
    x->started_ns = u->net->now_ns;
    x->resync = false;
    x->by_tmpi = u->ue->has_tmpi;
    if (x->by_tmpi) {
        if (x->muk_vector == u->ue->newest.vector)
            memcpy(rand, x->muk_rand, sizeof rand);
        else
            key_rand(&u->m->keys, (struct key_name){u->number, u->ue->newest.vector}, rand);
        key_tmpi(&u->m->keys, u->number, rand, x->tmpi);
    }
    x->conn = net_tcp_connect(u->net, HOST_UES + u->number, HOST_BSF, HTTP_PORT, http_frame);
    send_first_get(u);
}

/* Keeps what the second request needs; false if this is no challenge for us. */
static bool challenge_fits(struct ue_at *u, const struct digest_fields *c)
{
    uint8_t server_data[TEXTS_ONE_BYTES_MAX];
    size_t length;

    if (!bytes_equal(c->realm, u->m->world->text.bsf_fqdn) ||
        !bytes_equal(c->algorithm, bytes_text("AKAv1-MD5")) || !digest_list_has(c->qop, "auth-int") ||
        wire_base64_decode(c->nonce, server_data, sizeof server_data, &length) != WIRE_OK || length < 32 ||
        !ue_challenge_keep(u, c))
        return false;
    memcpy(u->x->rand_autn, server_data, 32);
    return true;
}

/* Credentials for the challenge at hand; HA1 is kept for rspauth. */
static void send_credentials(struct ue_at *u, struct bytes password, struct bytes auts)
{
    const struct world *world = u->m->world;
    struct identity_text name;
    struct digest_hash ha2, response;
    struct ue_exchange *x = u->x;

    username(u, &name);
    ue_cnonce(u);
    x->nc = 1;
    struct digest_fields c = {.username = identity_bytes(&name),
                              .realm = world->text.bsf_fqdn,
                              .nonce = ue_challenge_nonce(u),
                              .uri = bytes_text("/"),
                              .qop = bytes_text("auth-int"),
                              .has_nc = true,
                              .nc = 1,
                              .cnonce = bytes_of(x->cnonce, sizeof x->cnonce),
                              .opaque = ue_challenge_opaque(u),
                              .algorithm = bytes_text("AKAv1-MD5"),
                              .auts = auts};
    digest_ha1(u->m->keys.crypto, DIGEST_MD5, c.username, c.realm, password, &x->ha1);
    digest_ha2(u->m->keys.crypto, DIGEST_MD5, bytes_text("GET"), c.uri, true, bytes_of(NULL, 0), &ha2);
    digest_response(u->m->keys.crypto, DIGEST_MD5, &x->ha1, c.nonce, 1, c.cnonce, c.qop, &ha2, &response);
    c.response = digest_hash_bytes(&response);
    send_get(u, KIND_ub_auth_get, &c);
}

void ue_bootstrap_usim(struct ue_at *u)
{
    int64_t timeout = u->m->world->scenario->ue_response_timeout;
    struct usim_answer answer;
    char auts[20];
    struct wire_writer w = wire_writer(auts, sizeof auts);
    struct key_name name;

    u->x->vector =
        key_find_rand(&u->m->keys, u->x->rand_autn, &name) && name.ue == u->number ? name.av : AV_NONE;
    switch (usim_authenticate(u, u->x->rand_autn, u->x->rand_autn + 16, &answer)) {
    case USIM_OK:
        memcpy(u->x->ks, answer.ks, sizeof answer.ks);
        send_credentials(u, bytes_of(answer.res, sizeof answer.res), bytes_of(NULL, 0));
        ue_exchange_phase(u, UE_BOOTSTRAPPING, timeout);
        break;
    case USIM_SYNC_FAILURE:
        if (u->x->resync) { /* re-synchronised already, and still stale: start over */
            ue_exchange_retry(u);
            break;
        }
        /* RFC 3310 §3.4: auts, and a response made with the empty password; a new challenge follows. */
        u->x->resync = true;
        count(u->m, COUNT_gba_resyncs);
        wire_put_base64(&w, answer.auts, sizeof answer.auts);
        send_credentials(u, bytes_of(NULL, 0), bytes_of(auts, wire_written(&w)));
        ue_exchange_phase(u, UE_CHALLENGING, timeout);
        break;
    case USIM_MAC_FAILURE: /* "shall abort the bootstrapping procedure": TS 24.109 §4.4 */
        count(u->m, COUNT_aka_failed);
        ue_exchange_give_up(u);
        break;
    }
}

/* The new Ks_NAF becomes the newest MUK; the one before stays as last used if it was proven. The new TMPI
 * takes the place of the old, if the BSF knows what that is. */
static void adopt(struct ue_at *u, int64_t expiry_unix_s, bool has_tmpi)
{
    const struct world *world = u->m->world;
    struct ue *ue = u->ue;
    struct identity_text impi;
    uint8_t muk[32];

    if (ue->proven)
        ue->used = ue->newest;
    ue->proven = false;
    ue->has_tmpi = has_tmpi;
    ue->newest =
        (struct ue_muk){.expiry_ns = (expiry_unix_s - world->epoch_s) * CLOCK_SECOND, .vector = u->x->vector};
    identity_impi(world, u->number, &impi);
    gba_ks_naf(u->m->keys.crypto, u->x->ks, u->x->rand_autn, identity_bytes(&impi), world->naf_id, muk);
    ue_exchange_muk_is(u, u->x->vector, u->x->rand_autn, muk);
    u->x->bootstrap = false;
    count(u->m, COUNT_gba_runs);
    histogram_add(&u->m->tally.latency[PROCEDURE_gba], u->net->now_ns - u->x->started_ns);
    if (u->m->keylog)
        keylog_av(u->m, u->net->now_ns, (struct key_name){u->number, u->x->vector});
}

static enum net_verdict success(struct ue_at *u, const struct http_message *answer)
{
    struct identity_text expected;
    struct digest_fields info;
    struct bytes b_tid;
    int64_t expiry_unix_s;

    identity_b_tid(u->m->world, u->x->rand_autn, &expected);
    if (!ue_rspauth_right(u, answer, "/", &info)) {
        count(u->m, COUNT_digest_failed);
        ue_exchange_retry(u);
        return NET_REJECTED;
    }
    if (u->x->vector == AV_NONE || ub_info_decode(answer->body, &b_tid, &expiry_unix_s) != WIRE_OK ||
        !bytes_equal(b_tid, identity_bytes(&expected))) {
        count(u->m, COUNT_http_malformed);
        ue_exchange_retry(u);
        return NET_REJECTED;
    }
    adopt(u, expiry_unix_s, http_has_product(answer, "Server", UB_PRODUCT_TOKEN));
    ue_exchange_hang_up(u);
    ue_request_start(u);
    return NET_RECEIVED;
}

/* The first challenge, the one after an AUTS, or a new one after a response (TS 24.109 §4.3, or as the one
 * it answered had been replaced by then): each is answered. */
static enum net_verdict challenged(struct ue_at *u, const struct http_message *answer)
{
    const struct bytes *header = NULL;
    struct digest_fields c;
    int64_t card;

    while ((header = http_find_next(answer, "WWW-Authenticate", header)) != NULL)
        if (digest_decode(*header, true, &c) == WIRE_OK && challenge_fits(u, &c))
            break;
    if (header == NULL) {
        count(u->m, COUNT_http_malformed);
        ue_exchange_retry(u);
        return NET_REJECTED;
    }
    if (u->x->phase == UE_BOOTSTRAPPING && ++u->x->challenges > UE_CHALLENGES_MAX) {
        ue_exchange_retry(u);
        return NET_RECEIVED;
    }
    card = distribution_sample(&u->m->world->scenario->ue_usim_time, ue_draw(u, PURPOSE_USIM_TIME));
    if (card > 0)
        ue_exchange_phase(u, UE_USIM, card);
    else
        ue_bootstrap_usim(u);
    return NET_RECEIVED;
}

/* The BSF has lost the TMPI, or knows none: once more with the IMPI (TS 33.220 §4.5.2 step 2). No text says
 * which status it is told by; any that refuses the first GET will do. */
static void forget_tmpi(struct ue_at *u)
{
    u->ue->has_tmpi = u->x->by_tmpi = u->x->resync = false;
    send_first_get(u);
}

enum net_verdict ue_bootstrap_answer(struct ue_at *u, const struct http_message *answer)
{
    if (answer->status == 200 && u->x->phase == UE_BOOTSTRAPPING)
        return success(u, answer);
    if (answer->status == 401)
        return challenged(u, answer);
    if (u->x->by_tmpi && u->x->phase == UE_CHALLENGING && answer->status / 100 == 4)
        forget_tmpi(u);
    else
        ue_exchange_failed_answer(u, answer);
    return NET_RECEIVED;
}
