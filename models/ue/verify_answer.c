/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Answers of BSF and BM-SC to facts: challenges, rspauth, bodies (RFC 2617, RFC 3310, TS 24.109, TS 33.246
 * §6.3.2.2). */
#include "models/ue/verify.h"

#include "models/crypto/lanes_texts.h"
#include "models/identity.h"
#include "models/wire/digest.h"
#include "models/wire/http.h"
#include "models/wire/ua.h"
#include "models/wire/ub.h"

#include <string.h>

/* An Authentication-Info, and the digest that its rspauth is held to. */
struct ue_rspauth {
    struct digest_fields info;
    struct lanes_response response;
};

/* --- 401
 * -------------------------------------------------------------------------------------------------- */

/* Texts that the UE has room for. */
static bool ue_challenge_fits(const struct digest_fields *c)
{
    return c->nonce.len > 0 && c->nonce.len <= TEXTS_ONE_BYTES_MAX && c->opaque.len <= TEXTS_ONE_BYTES_MAX &&
           digest_list_has(c->qop, "auth-int");
}

/* AKAv1-MD5 of the BSF, RAND and AUTN first in the nonce. */
static bool ue_challenge_of_bsf(const struct deployment *deployment, const struct digest_fields *c,
                                uint8_t rand_autn[32])
{
    uint8_t server_data[TEXTS_ONE_BYTES_MAX];
    size_t length;

    if (!bytes_equal(c->realm, deployment->text.bsf_fqdn) ||
        !bytes_equal(c->algorithm, bytes_text("AKAv1-MD5")) || !ue_challenge_fits(c) ||
        wire_base64_decode(c->nonce, server_data, sizeof server_data, &length) != WIRE_OK || length < 32)
        return false;
    memcpy(rand_autn, server_data, 32);
    return true;
}

static bool ue_challenge_of_bmsc(const struct deployment *deployment, const struct digest_fields *c)
{
    return bytes_equal(c->realm, deployment->text.ua_realm) &&
           (c->algorithm.at == NULL || bytes_equal(c->algorithm, bytes_text("MD5"))) && ue_challenge_fits(c);
}

/* Of several challenges the first that the UE understands. */
static void ue_read_challenge(const struct deployment *deployment, const struct http_message *answer, bool ub,
                              struct ue_answer_facts *out)
{
    const struct bytes *header = NULL;
    struct digest_fields c;

    while ((header = http_find_next(answer, "WWW-Authenticate", header)) != NULL) {
        if (digest_decode(*header, true, &c) != WIRE_OK ||
            !(ub ? ue_challenge_of_bsf(deployment, &c, out->rand_autn)
                 : ue_challenge_of_bmsc(deployment, &c)))
            continue;
        out->challenge = true;
        out->stale = c.stale;
        out->nonce = c.nonce;
        out->opaque = c.opaque;
        return;
    }
}

/* --- 200
 * -------------------------------------------------------------------------------------------------- */

struct ue_digest ue_exchange_digest(const struct ue_seen *ue)
{
    struct ue_digest digest = {.nonce = texts_get(ue->long_texts, &ue->x->texts, UE_TEXT_NONCE),
                               .opaque = texts_get(ue->long_texts, &ue->x->texts, UE_TEXT_OPAQUE),
                               .nc = ue->x->nc};
    struct wire_writer w = wire_writer(digest.cnonce, sizeof digest.cnonce);

    wire_put_hex32(&w, (uint32_t)(ue->x->cnonce >> 32), 8);
    wire_put_hex32(&w, (uint32_t)ue->x->cnonce, 8);
    return digest;
}

/* Authentication-Info against what the request's digest was made of. False if it says otherwise; else rspauth
 * is left to be proven. */
static bool ue_read_info(const struct key_store *keys, const struct ue_digest *digest, const char ha1[32],
                         const struct http_message *answer, const char *uri, struct ue_rspauth *out)
{
    struct digest_fields *info = &out->info;

    if (digest_info_decode(answer, info) != WIRE_OK || !info->has_nc || info->nc != digest->nc ||
        !bytes_equal(info->cnonce, bytes_of(digest->cnonce, sizeof digest->cnonce)) ||
        !bytes_equal(info->qop, bytes_text("auth-int")))
        return false;
    out->response = (struct lanes_response){
        .ha1 = ha1, .nonce = digest->nonce, .cnonce = info->cnonce, .qop = info->qop, .nc = digest->nc};
    digest_ha2(keys->crypto, DIGEST_MD5, bytes_of(NULL, 0), bytes_text(uri), true, answer->body,
               &out->response.ha2);
    return true;
}

static bool ue_rspauth_right(const struct ue_rspauth *r)
{
    const struct digest_hash *expected = &r->response.response;

    return r->info.rspauth.len == expected->length &&
           crypto_equal(r->info.rspauth.at, expected->hex, expected->length);
}

static void ue_read_bootstrap(const struct key_store *keys, const struct ue_seen *ue,
                              const struct http_message *answer, struct ue_answer_facts *out)
{
    const struct ue_digest digest = ue_exchange_digest(ue);
    struct identity_text expected;
    struct ue_rspauth r;
    struct bytes b_tid;

    if (!ue_read_info(keys, &digest, ue_secrets(ue->x)->ha1, answer, "/", &r))
        return;
    lanes_digest_responses(keys->crypto, 1, &r.response);
    out->rspauth_right = ue_rspauth_right(&r);
    if (!out->rspauth_right)
        return;
    identity_b_tid(keys->deployment, ue->x->rand_autn, &expected);
    out->whole = ub_info_decode(answer->body, &b_tid, &out->expiry_unix_s) == WIRE_OK &&
                 bytes_equal(b_tid, identity_bytes(&expected));
    out->tmpi_understood = http_has_product(answer, "Server", UB_PRODUCT_TOKEN);
}

/* What the response says of a service's key, by its Key Domain and MSK ID; false: nothing. */
static bool ue_key_answered(const struct deployment *deployment, unsigned service,
                            const struct ua_key *answered, unsigned count, unsigned *status)
{
    for (unsigned i = 0; i < count; i++) {
        *status = answered[i].status;
        if (memcmp(answered[i].key_domain_id, deployment->key_domain_id, 3) == 0 &&
            answered[i].msk_id == deployment_current_msk_id(deployment, service))
            return true;
    }
    return false;
}

/* The answers for the keys that were asked for; others that a response may hold, or lack, say nothing of them
 * (TS 33.246 §6.3.2.4). */
static void ue_read_keys(const struct deployment *deployment, uint8_t asked,
                         const struct http_message *answer, const struct digest_fields *info,
                         struct ue_answer_facts *out)
{
    struct ua_key answered[UA_KEYS_MAX];
    unsigned count, status;

    if (ua_response_body_decode(answer->body, answered, &count) != WIRE_OK)
        return;
    out->nextnonce = info->nextnonce;
    out->whole = true;
    for (unsigned i = 0; i < deployment->service_count; i++) {
        if ((asked >> i & 1) == 0)
            continue;
        if (!ue_key_answered(deployment, i, answered, count, &status))
            out->whole = false;
        else if (status == 200)
            out->granted |= (uint8_t)(1U << i);
    }
}

/* 200s to requests for keys whose heads were read. */
static void ue_prove_successes(const struct key_store *keys, unsigned count, struct ue_success_job jobs[])
{
    struct ue_rspauth r[LANES];
    struct lanes_response responses[LANES];
    unsigned proven[LANES], proven_count = 0;

    for (unsigned i = 0; i < count; i++) {
        struct ue_success_job *job = &jobs[i];

        if (!ue_read_info(keys, job->digest, job->ha1, &job->answer, UA_MSK_REQUEST_URI, &r[i]))
            continue;
        responses[proven_count] = r[i].response;
        proven[proven_count++] = i;
    }
    if (proven_count > 0)
        lanes_digest_responses(keys->crypto, proven_count, responses);
    for (unsigned k = 0; k < proven_count; k++) {
        unsigned i = proven[k];

        r[i].response = responses[k];
        jobs[i].facts->rspauth_right = ue_rspauth_right(&r[i]);
        if (jobs[i].facts->rspauth_right)
            ue_read_keys(keys->deployment, jobs[i].asked, &jobs[i].answer, &r[i].info, jobs[i].facts);
    }
}

static void ue_read_own_keys(const struct key_store *keys, const struct ue_seen *ue,
                             const struct http_message *answer, struct ue_answer_facts *out)
{
    const struct ue_digest digest = ue_exchange_digest(ue);
    struct ue_secrets *secrets = ue_secrets(ue->x);
    struct ue_success_job job = {.digest = &digest, .asked = ue->x->asked, .facts = out, .answer = *answer};

    ue_secrets_find_ua_ha1(keys, (struct key_name){ue->number, ue->ue->newest.av}, secrets);
    job.ha1 = secrets->ha1;
    ue_prove_successes(keys, 1, &job);
}

static bool ue_read_answer(struct bytes message, struct http_message *answer, struct ue_answer_facts *out)
{
    *out = (struct ue_answer_facts){.proper = false};
    if (http_decode(message, answer) != WIRE_OK || answer->is_request)
        return false;
    out->proper = true;
    out->status = answer->status;
    return true;
}

void ue_verify_answer(const struct key_store *keys, const struct ue_seen *ue, struct bytes message,
                      struct ue_answer_facts *out)
{
    bool ub = ue->x->phase == UE_CHALLENGING || ue->x->phase == UE_BOOTSTRAPPING;
    struct http_message answer;

    if (!ue_read_answer(message, &answer, out))
        return;
    if (answer.status == 401)
        ue_read_challenge(keys->deployment, &answer, ub, out);
    else if (answer.status == 503)
        out->retry_after_s = http_retry_after(&answer);
    else if (answer.status == 200 && ue->x->phase == UE_BOOTSTRAPPING)
        ue_read_bootstrap(keys, ue, &answer, out);
    else if (answer.status == 200 && ue->x->phase == UE_REQUESTING)
        ue_read_own_keys(keys, ue, &answer, out);
}

void ue_verify_challenge_apart(const struct key_store *keys, struct bytes message,
                               struct ue_answer_facts *out)
{
    struct http_message answer;

    if (ue_read_answer(message, &answer, out))
        ue_read_challenge(keys->deployment, &answer, false, out);
}

void ue_verify_success_apart(const struct key_store *keys, unsigned count, struct ue_success_job jobs[])
{
    for (unsigned i = 0; i < count; i++)
        if (!ue_read_answer(jobs[i].message, &jobs[i].answer, jobs[i].facts))
            jobs[i].answer = (struct http_message){.is_request = true}; /* has no Authentication-Info */
    ue_prove_successes(keys, count, jobs);
}

/* Was it found with what the exchange would look at it with? */
static bool ue_success_is_own(const struct ue_seen *ue, const struct content_success *said)
{
    const struct ue_digest digest = ue_exchange_digest(ue);

    return said->key.ue == ue->number && said->key.av == ue->ue->newest.av && said->nc == digest.nc &&
           said->asked == ue->x->asked &&
           bytes_equal(digest.nonce, bytes_of(said->nonce, sizeof said->nonce)) &&
           memcmp(digest.cnonce, said->cnonce, sizeof said->cnonce) == 0;
}

bool ue_challenge_of_content(const struct ue_seen *ue, const struct ue_challenge_found *found,
                             struct ue_answer_facts *out)
{
    *out = found->facts;
    out->nonce = bytes_of(found->nonce, sizeof found->nonce);
    return ue->x->phase != UE_CHALLENGING && ue->x->phase != UE_BOOTSTRAPPING;
}

bool ue_success_of_content(const struct ue_seen *ue, const struct content_success *said,
                           const struct ue_success_found *found, struct ue_answer_facts *out)
{
    if (ue->x->phase != UE_REQUESTING) {
        *out = (struct ue_answer_facts){.proper = true, .status = 200};
        return ue->x->phase != UE_BOOTSTRAPPING;
    }
    *out = found->facts;
    if (out->nextnonce.len > 0)
        out->nextnonce = bytes_of(found->nextnonce, sizeof found->nextnonce);
    return ue_success_is_own(ue, said);
}
