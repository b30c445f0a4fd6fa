/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ua between our BM-SC and a UE that is not ours, and the other way round: what the standards allow is taken,
 * whatever else is answered with the status that TS 33.246 table G.2.4-1 has for it. Digests are made here
 * from RFC 2617. */
#include "models/crypto/digest_auth.h"
#include "models/keys/keys.h"
#include "models/region.h"
#include "models/wire/ua.h"
#include "tests/tap/tap.h"
#include "tests/unit/forge_fixture.h"

#include <string.h>

/* --- credentials of another client ---------------------------------------------------------------------- */

struct client {
    const char *cnonce, *target;
    const char *realm, *nonce, *opaque; /* NULL: as the BM-SC said */
    const char *body;                   /* NULL: as our UE's */
    const char *header;                 /* printf(username, realm, nonce, uri, cnonce, response, opaque) */
    /* what came of it */
    unsigned status;
    bool stale, rspauth_right;
    char *answer;
};

#define COMMON_HEADER                                                                                        \
    "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", cnonce=\"%s\", "         \
    "nc=00000001, qop=auth-int, response=\"%s\", opaque=\"%s\", algorithm=MD5\r\n"

static struct client *client;
static struct digest_hash client_ha1;
static char *client_nonce;

static struct digest_hash response_of(struct crypto *crypto, const char *method, const char *uri,
                                      const char *nonce, const char *cnonce, struct bytes body)
{
    struct digest_hash ha2, response;

    digest_ha2(crypto, DIGEST_MD5, bytes_text(method), bytes_text(uri), true, body, &ha2);
    digest_response(crypto, DIGEST_MD5, &client_ha1, bytes_text(nonce), 1, bytes_text(cnonce),
                    bytes_text("auth-int"), &ha2, &response);
    return response;
}

/* HA1 of the UE's B-TID. */
static void make_ha1(struct net_region *at, const char *b_tid, const char *realm)
{
    struct model_region *m = model_of(at);
    struct key_name name;
    struct key_muk muk;

    g_assert_true(key_find(&m->keys, bytes_text(b_tid), &name));
    key_rand(&m->keys, name, muk.rand);
    key_muk(&m->keys, name.ue, muk.rand, muk.muk);
    client_ha1.length = 32;
    key_ua_ha1(&m->keys, &muk, client_ha1.hex);
    (void)realm; /* ours goes into it; with another the digest is wrong in any case */
}

/* The first POST with credentials comes from the other client. */
static bool another_client(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct http_message post;
    g_autofree char *b_tid = NULL, *realm = NULL, *nonce = NULL, *opaque = NULL, *header = NULL, *text = NULL;
    struct digest_hash response;
    char hex[33] = "";

    if (d->kind != KIND_ua_auth_post || forge_count > 0)
        return false;
    g_assert_cmpint(http_decode(d->bytes, &post), ==, WIRE_OK);
    if (client->body != NULL)
        post.body = bytes_text(client->body);
    b_tid = forge_directive(d->bytes, "username");
    realm = client->realm ? g_strdup(client->realm) : forge_directive(d->bytes, "realm");
    nonce = client->nonce ? g_strdup(client->nonce) : forge_directive(d->bytes, "nonce");
    opaque = client->opaque ? g_strdup(client->opaque) : forge_directive(d->bytes, "opaque");
    make_ha1(at, b_tid, realm);
    response =
        response_of(model_of(at)->keys.crypto, "POST", client->target, nonce, client->cnonce, post.body);
    memcpy(hex, response.hex, 32);
    header =
        g_strdup_printf(client->header, b_tid, realm, nonce, client->target, client->cnonce, hex, opaque);
    text = g_strdup_printf("POST %s HTTP/1.1\r\nHost: bmsc.example\r\nContent-Length: %zu\r\n%s\r\n%.*s",
                           client->target, post.body.len, header, (int)post.body.len,
                           (const char *)post.body.at);
    g_free(client_nonce);
    client_nonce = g_strdup(nonce);
    *forged = forge_keep((const uint8_t *)text, strlen(text));
    return true;
}

/* ... and what the BM-SC says to it. */
static bool client_and_answer(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct http_message answer;
    g_autofree char *rspauth = NULL, *stale = NULL;
    struct digest_hash expected;

    if (another_client(at, d, forged))
        return true;
    if ((d->kind != KIND_ua_200 && d->kind != KIND_ua_401 && d->kind != KIND_ua_error) || forge_count == 0 ||
        client->status != 0)
        return false;
    g_assert_cmpint(http_decode(d->bytes, &answer), ==, WIRE_OK);
    client->status = answer.status;
    stale = forge_directive(d->bytes, "stale");
    client->stale = stale != NULL;
    client->answer = g_strndup((const char *)answer.body.at, answer.body.len);
    rspauth = forge_directive(d->bytes, "rspauth");
    if (rspauth != NULL) {
        expected = response_of(model_of(at)->keys.crypto, "", client->target, client_nonce, client->cnonce,
                               answer.body);
        client->rspauth_right = strlen(rspauth) == 32 && memcmp(rspauth, expected.hex, 32) == 0;
    }
    return false;
}

static void answer_to(struct client *c)
{
    struct scenario *scenario = fixture_scenario("pull.attempts=1", "ue.attempts=4", NULL);
    struct storm *storm;

    client = c;
    storm = forge_run(scenario, client_and_answer);
    fixture_equal(storm, "digest_failed", (c->status == 401 && !c->stale) + (c->status == 200));
    forge_over(storm, scenario);
    g_clear_pointer(&c->answer, g_free);
}

#define URI        UA_MSK_REQUEST_URI
#define CNONCE_44  "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
#define CNONCE_128 CNONCE_44 CNONCE_44 "0123456789012345678901234567890123456789"

/* RFC 2617, RFC 7235 §2.1, TS 33.246 §G.2.3: order, white space and empty elements of the header, long
 * cnonces, further URI parameters, the absolute form of the URI. rspauth is made with the URI and the cnonce
 * that the client sent. */
static void test_taken(void)
{
    struct client clients[] = {
        {.cnonce = CNONCE_44, .target = URI, .header = COMMON_HEADER},
        {.cnonce = CNONCE_128, .target = URI, .header = COMMON_HEADER},
        {.cnonce = "c", .target = URI "&x=1", .header = COMMON_HEADER},
        {.cnonce = "c", .target = "http://bmsc.example" URI, .header = COMMON_HEADER},
        {.cnonce = "c",
         .target = URI,
         .header = "authorization:Digest ,username =\"%s\" ,,\trealm= \"%s\",nonce\t=\t\"%s\" , "
                   "uri=\"%s\",cnonce=\"%s\","
                   "nc=00000001,qop=\"auth-int\",response=\"%s\",opaque=\"%s\", unknown=1 , ,\r\n"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(clients); i++) {
        g_test_message("client %u", i);
        answer_to(&clients[i]);
        g_assert_cmpuint(clients[i].status, ==, 200);
        g_assert_true(clients[i].rspauth_right);
    }
}

/* A digest that is wrong is answered by 401, not by 400: wrong realm, opaque or response. One that is right,
 * but with a nonce that is not ours, is stale (RFC 2617 §3.2.1). */
static void test_challenged_again(void)
{
    struct client clients[] = {
        {.cnonce = "c", .target = URI, .header = COMMON_HEADER, .realm = "3GPP-bootstrapping@other.example"},
        {.cnonce = "c", .target = URI, .header = COMMON_HEADER, .opaque = "x"},
        {.cnonce = "c", .target = URI, .header = COMMON_HEADER, .opaque = ""},
        {.cnonce = "c",
         .target = URI,
         .header =
             "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", cnonce=\"%s\", "
             "nc=00000001, qop=auth-int, response=\"x%s\", opaque=\"%s\"\r\n"},
        {.cnonce = "c",
         .target = URI,
         .header = COMMON_HEADER,
         .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(clients); i++) {
        bool stale = i == G_N_ELEMENTS(clients) - 1;

        g_test_message("client %u", i);
        answer_to(&clients[i]);
        g_assert_cmpuint(clients[i].status, ==, 401);
        g_assert_cmpint(clients[i].stale, ==, stale);
    }
}

/* Credentials of a scheme that was not offered are none: the challenge (RFC 7235 §3.1). */
static void test_other_scheme(void)
{
    struct client c = {
        .cnonce = "c", .target = URI, .header = "Authorization: Basic %s %s %s %s %s %s %s\r\n"};
    struct scenario *scenario = fixture_scenario("pull.attempts=1", "ue.attempts=4", NULL);
    struct storm *storm;

    client = &c;
    storm = forge_run(scenario, client_and_answer);
    g_assert_cmpuint(c.status, ==, 401);
    fixture_equal(storm, "digest_failed", 0);
    g_free(c.answer);
    forge_over(storm, scenario);
}

/* A directive is missing or improper: 400 (RFC 2617 §3.2.2). */
static void test_bad_credentials(void)
{
    static const char *const headers[] = {
        "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", cnonce=\"%s\", "
        "qop=auth-int, "
        "response=\"%s\", opaque=\"%s\"\r\n",
        "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", cnonce=\"%s\", "
        "qop=auth, "
        "nc=00000001, response=\"%s\", opaque=\"%s\"\r\n",
        "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", cnonce=\"%s\", "
        "qop=auth-int, "
        "nc=1, response=\"%s\", opaque=\"%s\"\r\n",
        "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%sx\", cnonce=\"%s\", "
        "qop=auth-int, "
        "nc=00000001, response=\"%s\", opaque=\"%s\"\r\n",
        "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", cnonce=\"%s\", "
        "qop=auth-int, "
        "nc=00000001, response=\"%s\", opaque=\"%s\", algorithm=MD5-sess\r\n"};
    struct client long_cnonce = {.cnonce = CNONCE_128 "x", .target = URI, .header = COMMON_HEADER};

    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        struct client c = {.cnonce = "c", .target = URI, .header = headers[i]};

        g_test_message("header %u", i);
        answer_to(&c);
        g_assert_cmpuint(c.status, ==, 400);
    }
    answer_to(&long_cnonce);
    g_assert_cmpuint(long_cnonce.status, ==, 400);
}

/* --- requests of another kind --------------------------------------------------------------------------- */

static const char *other_request;
static unsigned other_status;

static bool another_request(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct http_message answer;

    (void)at;
    if (d->kind == KIND_ua_post && forge_count == 0) {
        *forged = forge_keep((const uint8_t *)other_request, strlen(other_request));
        return true;
    }
    if (d->kind == KIND_ua_error) {
        g_assert_cmpint(http_decode(d->bytes, &answer), ==, WIRE_OK);
        other_status = answer.status;
    }
    return false;
}

/* TS 33.246 table G.2.4-1. To none of them does the UE repeat its request. */
static void test_statuses(void)
{
    static const struct {
        const char *request;
        unsigned status;
    } cases[] = {
        {"GET /keymanagement?requesttype=msk-request HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"PUT /keymanagement?requesttype=msk-request HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405},
        {"POST /keymanagement HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404},
        {"POST /keys?requesttype=msk-request HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404},
        {"POST /keymanagement?requesttype=register HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 501},
        {"POST /keymanagement?requesttype=deregister HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 501},
        {"POST /keymanagement?requesttype=msk-request HTTP/1.0\r\nContent-Length: 0\r\n\r\n", 505},
        {"POST /keymanagement?requesttype=msk-request HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400},
        {"POST /keymanagement?requesttype=msk-request HTTP/1.1\r\nHost: a\r\nContent-Length: "
         "10\r\n\r\n<mbmsMSK/>",
         400},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 400}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scenario *scenario = fixture_scenario("pull.attempts=1", NULL);
        struct storm *storm;

        g_test_message("%s", cases[i].request);
        other_request = cases[i].request;
        other_status = 0;
        storm = forge_run(scenario, another_request);
        g_assert_cmpuint(other_status, ==, cases[i].status);
        fixture_equal(storm, "http_malformed", 1);
        fixture_equal(storm, "http_refused", 1);
        fixture_equal(storm, "ue_retries", 0);
        fixture_equal(storm, "ues_gave_up", 1);
        forge_over(storm, scenario);
    }
}

#define KEY(domain, id) "<MSK><keyDomainID>" domain "</keyDomainID><MSKID>" id "</MSKID></MSK>"
#define OURS            KEY("APEQ", "AAUAAA==")
#define OTHER_GROUP     KEY("APEQ", "AAYAAA==")
#define OTHER_DOMAIN    KEY("APIQ", "AAUAAA==")
#define THREE           OURS OURS OURS
#define ASKING_FOR(keys)                                                                                     \
    "<mbmsMSKRequest xmlns=\"urn:3GPP:metadata:2005:MBMS:mskRequest\">" keys "</mbmsMSKRequest>"

/* Each key is answered by itself (TS 33.246 §6.3.2.4): 403 for those of a service that the UE is not
 * registered to (table G.2.4-1). For those no MSK is sent; the 200 is right all the same. The UE, which asked
 * otherwise, does not understand that answer, and has its key all the same where the MSK was sent. */
static void test_keys_refused(void)
{
    static const struct {
        const char *body;
        unsigned granted, refused;
    } cases[] = {{ASKING_FOR(OTHER_GROUP), 0, 1},
                 {ASKING_FOR(OTHER_DOMAIN), 0, 1},
                 {ASKING_FOR(OTHER_GROUP OTHER_DOMAIN), 0, 2},
                 {ASKING_FOR(OTHER_GROUP OURS OTHER_DOMAIN), 1, 2},
                 {ASKING_FOR(OURS), 1, 0},
                 {ASKING_FOR(THREE THREE OURS OURS), 8, 0}};
    struct client too_many = {
        .cnonce = "c", .target = URI, .header = COMMON_HEADER, .body = ASKING_FOR(THREE THREE THREE)};

    answer_to(&too_many);
    g_assert_cmpuint(too_many.status, ==, 400);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct client c = {.cnonce = "c", .target = URI, .header = COMMON_HEADER, .body = cases[i].body};
        struct scenario *scenario = fixture_scenario("pull.attempts=1", "ue.attempts=1", NULL);
        struct storm *storm;
        g_auto(GStrv) granted = NULL, refused = NULL;

        g_test_message("%s", c.body);
        client = &c;
        storm = forge_run(scenario, client_and_answer);
        g_assert_cmpuint(c.status, ==, 200);
        g_assert_true(c.rspauth_right);
        granted = g_strsplit(c.answer, "<ResponseCode>200 OK<", -1);
        refused = g_strsplit(c.answer, "<ResponseCode>403 Forbidden<", -1);
        g_assert_cmpuint(g_strv_length(granted) - 1, ==, cases[i].granted);
        g_assert_cmpuint(g_strv_length(refused) - 1, ==, cases[i].refused);
        fixture_equal(storm, "msk_requests", 1);
        fixture_equal(storm, "msk_sent", cases[i].granted > 0);
        fixture_equal(storm, "ues_keyed", cases[i].granted > 0);
        fixture_equal(storm, "ues_without_key", cases[i].granted == 0);
        fixture_equal(storm, "http_refused", 0);
        fixture_equal(storm, "digest_failed", 1); /* our UE sent another cnonce */
        g_free(c.answer);
        forge_over(storm, scenario);
    }
}

/* A digest that was answered with "bootstrap again" is spent: sent once more, it is stale, and no MSK goes to
 * who sent it. */
static bool replayed(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static char *first;
    static size_t length;

    (void)at;
    if (d->kind != KIND_ua_auth_post)
        return false;
    if (first == NULL) {
        first = g_memdup2(d->bytes.at, d->bytes.len);
        length = d->bytes.len;
        return false;
    }
    if (forge_count > 0)
        return false;
    *forged = forge_keep((const uint8_t *)first, length);
    return true;
}

static void test_replay(void)
{
    struct scenario *scenario = fixture_scenario("bmsc.renegotiate=100%", NULL);
    struct storm *storm = forge_run(scenario, replayed);

    fixture_equal(storm, "http_401_renegotiate", 1);
    fixture_equal(storm, "http_401_stale", 1);
    fixture_equal(storm, "msk_requests", 1);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

/* --- another BM-SC -------------------------------------------------------------------------------------- */

#define LONG_NONCE  CNONCE_44 CNONCE_44 "0123456789012345678901234567890123456789"
#define LONG_OPAQUE "0123456789" CNONCE_44 CNONCE_44

static bool was_answered;

/* Several challenges, of which the UE understands the last (TS 24.109 §5.2.2.1: the realm says which key);
 * qop a list, as in the examples of TS 33.246 §H.2.1; long nonce and opaque, which are echoed. */
static bool other_challenge(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static const char challenges[] =
        "WWW-Authenticate: Digest realm=\"3GPP-bootstrapping-uicc@bmsc.mnc001.mcc001.pub.3gppnetwork.org\", "
        "nonce=\"a\", "
        "algorithm=MD5, qop=\"auth,auth-int\"\r\n"
        "WWW-Authenticate: Basic realm=\"x\"\r\n"
        "WWW-Authenticate: Digest qop=\"auth,auth-int\", opaque=\"" LONG_OPAQUE "\" , nonce=\"" LONG_NONCE
        "\",\r\n"
        "  realm=\"3GPP-bootstrapping@bmsc.mnc001.mcc001.pub.3gppnetwork.org\"\r\n";
    g_autofree char *one_line = NULL;
    char **lines;

    if (d->kind == KIND_ua_401 && forge_count == 0) {
        g_autofree char *text = NULL;

        lines = g_strsplit(challenges, "\r\n  ", -1); /* no folding */
        one_line = g_strjoinv(" ", lines);
        g_strfreev(lines);
        text = g_strdup_printf("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n%s\r\n", one_line);
        *forged = forge_keep((const uint8_t *)text, strlen(text));
        return true;
    }
    if (d->kind == KIND_ua_auth_post && forge_count == 1 && !was_answered) {
        g_autofree char *b_tid = forge_directive(d->bytes, "username"),
                        *nonce = forge_directive(d->bytes, "nonce"),
                        *opaque = forge_directive(d->bytes, "opaque"),
                        *cnonce = forge_directive(d->bytes, "cnonce"),
                        *response = forge_directive(d->bytes, "response"),
                        *nc = forge_directive(d->bytes, "nc"), *qop = forge_directive(d->bytes, "qop");
        struct digest_hash expected;
        struct http_message post;

        g_assert_cmpint(http_decode(d->bytes, &post), ==, WIRE_OK);
        g_assert_cmpstr(nonce, ==, LONG_NONCE);
        g_assert_cmpstr(opaque, ==, LONG_OPAQUE);
        g_assert_cmpstr(nc, ==, "00000001");
        g_assert_cmpstr(qop, ==, "auth-int");
        make_ha1(at, b_tid, NULL);
        expected = response_of(model_of(at)->keys.crypto, "POST", URI, nonce, cnonce, post.body);
        g_assert_cmpmem(response, strlen(response), expected.hex, 32);
        was_answered = true;
    }
    return false;
}

static void test_other_challenge(void)
{
    struct scenario *scenario = fixture_scenario("pull.attempts=1", NULL);
    struct storm *storm;

    was_answered = false;
    storm = forge_run(scenario, other_challenge);
    g_assert_true(was_answered);
    forge_over(storm, scenario);
}

static const char *other_body;

/* A 200 with another body, its rspauth made anew. */
static bool other_success(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    static char *b_tid, *nonce, *cnonce;
    g_autofree char *text = NULL;
    struct digest_hash rspauth;

    if (d->kind == KIND_ua_auth_post) {
        g_free(b_tid);
        g_free(nonce);
        g_free(cnonce);
        b_tid = forge_directive(d->bytes, "username");
        nonce = forge_directive(d->bytes, "nonce");
        cnonce = forge_directive(d->bytes, "cnonce");
    }
    if (d->kind != KIND_ua_200)
        return false;
    make_ha1(at, b_tid, NULL);
    rspauth = response_of(model_of(at)->keys.crypto, "", URI, nonce, cnonce, bytes_text(other_body));
    text = g_strdup_printf(
        "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nAuthentication-Info: ,nc=00000001 ,cnonce=\"%s\","
        "rspauth = \"%.32s\", qop=auth-int,\r\n\r\n%s",
        strlen(other_body), cnonce, rspauth.hex, other_body);
    *forged = forge_keep((const uint8_t *)text, strlen(text));
    return true;
}

#define RESPONSE(content)                                                                                    \
    "<mbmsMSKResponse xmlns=\"urn:3GPP:metadata:2005:MBMS:mskResponse\">" content "</mbmsMSKResponse>"
#define ONE(key, code) "<Response>" key "<ResponseCode>" code "</ResponseCode></Response>"

/* "200 OK" and "200" alike (TS 26.346 §11.8.2); other keys beside ours say nothing of ours, and where ours
 * is missing the answer is of no use (TS 33.246 §6.3.2.4). A key that is refused ends the exchange. */
static void test_other_success(void)
{
    static const struct {
        const char *body;
        int64_t refused, malformed;
    } cases[] = {{RESPONSE(ONE(OURS, "200 OK")), 0, 0},
                 {RESPONSE(ONE(OURS, "200")), 0, 0},
                 {RESPONSE("<new/>" ONE(OTHER_GROUP, "403 Forbidden") ONE(OURS, "200 OK")), 0, 0},
                 {RESPONSE(ONE(OURS, "403 Forbidden")), 1, 0},
                 {RESPONSE(ONE(OURS, "504")), 1, 0},
                 {RESPONSE(ONE(OTHER_GROUP, "200 OK")), 0, 1},
                 {RESPONSE(ONE(OTHER_DOMAIN, "200 OK")), 0, 1},
                 {RESPONSE(""), 0, 1},
                 {"<other/>", 0, 1}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scenario *scenario =
            fixture_scenario("pull.attempts=1", "ue.attempts=1", "fault.drop=msk@1-9", NULL);
        struct storm *storm;

        g_test_message("%s", cases[i].body);
        other_body = cases[i].body;
        storm = forge_run(scenario, other_success);
        fixture_equal(storm, "digest_failed", 0);
        fixture_equal(storm, "http_refused", cases[i].refused);
        fixture_equal(storm, "http_malformed", cases[i].malformed);
        fixture_equal(storm, "msk_missing", 1 - cases[i].refused - cases[i].malformed);
        forge_over(storm, scenario);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/peer/ua/taken", test_taken);
    g_test_add_func("/peer/ua/challenged again", test_challenged_again);
    g_test_add_func("/peer/ua/other scheme", test_other_scheme);
    g_test_add_func("/peer/ua/bad credentials", test_bad_credentials);
    g_test_add_func("/peer/ua/statuses", test_statuses);
    g_test_add_func("/peer/ua/keys refused", test_keys_refused);
    g_test_add_func("/peer/ua/replay", test_replay);
    g_test_add_func("/peer/ua/other challenge", test_other_challenge);
    g_test_add_func("/peer/ua/other success", test_other_success);
    return g_test_run();
}
