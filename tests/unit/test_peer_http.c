/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP of a peer that is not ours, on Ub and Ua alike: header fields that are missing, or stand twice (RFC
 * 7230 §3.2.2, §5.4, RFC 7235, RFC 7615), messages without a clear end, waits without end. A request is
 * answered 400, an answer is a try that failed. */
#include "models/wire/http.h"
#include "tests/tap/tap.h"
#include "tests/unit/forge_fixture.h"

#include <string.h>

/* In messages of a kind `from` becomes `to`. */
struct change {
    unsigned kind;
    const char *from, *to;
};

static const struct change *change;
static unsigned changes_max;
static unsigned refused_with; /* the last refusal of a server */

static bool changed(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    struct http_message answer;

    (void)at;
    if (d->kind == change->kind && forge_count < changes_max) {
        *forged = forge_text(d->bytes, change->from, change->to);
        return true;
    }
    if (d->kind == KIND_ua_error || d->kind == KIND_ub_error) {
        g_assert_cmpint(http_decode(d->bytes, &answer), ==, WIRE_OK);
        refused_with = answer.status;
    }
    return false;
}

static struct storm *run_changed(struct scenario *scenario, const struct change *c, unsigned at_most)
{
    g_test_message("kind %u: \"%s\" for \"%s\"", c->kind, c->to, c->from);
    change = c;
    changes_max = at_most;
    refused_with = 0;
    return forge_run(scenario, changed);
}

/* clang-format off */
#define NO_HOST         "\r\nHost: ", "\r\nGhost: "
#define EMPTY_HOST      "\r\nHost: ", "\r\nHost:\r\nX: "
#define WRONG_HOST      "\r\nHost: ", "\r\nHost: a b "
#define TWO_HOSTS       "\r\nHost: ", "\r\nHost: other.example\r\nhost: "
#define TWO_AGENTS      "\r\nUser-Agent: ", "\r\nUser-Agent: x\r\nUser-Agent: "
#define TWO_DATES       "\r\nDate: ", "\r\nDate: Tue, 01 Jan 2030 11:00:00 GMT\r\nDate: "
#define TWO_SERVERS     "\r\nServer: ", "\r\nServer: x\r\nServer: "
#define TWO_LENGTHS     "\r\nContent-Length: 0", "\r\nContent-Length: 0\r\nContent-Length: 0"
#define TWO_CREDENTIALS "\r\nAuthorization: ", "\r\nAuthorization: Digest username=\"x\"\r\nAuthorization: "
#define TWO_CHALLENGES  "\r\nWWW-Authenticate: ", "\r\nWWW-Authenticate: Basic\r\nWWW-Authenticate: "
#define QOP_TWICE       "Authentication-Info: ", "Authentication-Info: qop=auth-int\r\nAuthentication-Info: "
#define INFO_APART      ", cnonce=", "\r\nX: y\r\nAuthentication-Info: cnonce="
/* clang-format on */

/* Counted, and answered 400; to that the UE says no more, but that a first GET with a TMPI is followed by one
 * with the IMPI. */
static void test_requests(void)
{
    static const struct change cases[] = {
        {KIND_ua_post, NO_HOST},      {KIND_ua_post, EMPTY_HOST},     {KIND_ua_post, WRONG_HOST},
        {KIND_ua_post, TWO_HOSTS},    {KIND_ua_post, TWO_AGENTS},     {KIND_ua_post, TWO_DATES},
        {KIND_ua_auth_post, NO_HOST}, {KIND_ua_auth_post, TWO_HOSTS}, {KIND_ua_auth_post, TWO_CREDENTIALS},
        {KIND_ub_get, NO_HOST},       {KIND_ub_get, EMPTY_HOST},      {KIND_ub_get, WRONG_HOST},
        {KIND_ub_get, TWO_HOSTS},     {KIND_ub_get, TWO_AGENTS},      {KIND_ub_get, TWO_CREDENTIALS},
        {KIND_ub_auth_get, NO_HOST},  {KIND_ub_auth_get, TWO_HOSTS},  {KIND_ub_auth_get, TWO_CREDENTIALS},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scenario *scenario = fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", NULL);
        struct storm *storm = run_changed(scenario, &cases[i], UINT_MAX);

        g_assert_cmpuint(refused_with, ==, 400);
        fixture_equal(storm, "http_malformed", cases[i].kind == KIND_ub_get ? 2 : 1);
        fixture_equal(storm, "http_refused", 1);
        fixture_equal(storm, "ues_gave_up", 1);
        fixture_equal(storm, "ues_keyed", 0);
        fixture_equal(storm, "msk_requests", 0);
        fixture_equal(storm, "digest_failed", 0);
        forge_over(storm, scenario);
    }
}

/* An answer that is malformed costs one try. */
static void test_answers(void)
{
    static const struct change cases[] = {
        {KIND_ub_401, TWO_SERVERS}, {KIND_ub_401, TWO_DATES},   {KIND_ub_200, TWO_SERVERS},
        {KIND_ua_401, TWO_SERVERS}, {KIND_ua_200, TWO_SERVERS}, {KIND_ua_200, TWO_DATES},
        {KIND_ub_401, TWO_LENGTHS}, {KIND_ua_401, TWO_LENGTHS},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scenario *scenario =
            fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", "fault.drop=msk@1", NULL);
        struct storm *storm = run_changed(scenario, &cases[i], 1);

        fixture_equal(storm, "http_malformed", 1);
        fixture_equal(storm, "ue_retries", 1);
        fixture_equal(storm, "digest_failed", 0);
        fixture_equal(storm, "ues_keyed", 1);
        forge_over(storm, scenario);
    }
}

/* Two lines of a list are one (RFC 7230 §3.2.2): parameters apart are as good as together, and those that are
 * there twice are wrong in two lines, too. */
static void test_lists(void)
{
    static const struct {
        struct change change;
        bool right;
    } cases[] = {{{KIND_ub_200, INFO_APART}, true},     {{KIND_ua_200, INFO_APART}, true},
                 {{KIND_ub_200, QOP_TWICE}, false},     {{KIND_ua_200, QOP_TWICE}, false},
                 {{KIND_ub_401, TWO_CHALLENGES}, true}, {{KIND_ua_401, TWO_CHALLENGES}, true}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scenario *scenario =
            fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", "fault.drop=msk@1", NULL);
        struct storm *storm = run_changed(scenario, &cases[i].change, 1);

        fixture_equal(storm, "digest_failed", !cases[i].right);
        fixture_equal(storm, "ue_retries", !cases[i].right);
        fixture_equal(storm, "http_malformed", 0);
        fixture_equal(storm, "ues_keyed", 1);
        forge_over(storm, scenario);
    }
}

/* --- Retry-After ---------------------------------------------------------------------------------------- */

static const char *retry_after;

/* The first challenge is a refusal instead, on the interface that the UE asks first. */
static bool refused_for_now(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    g_autofree char *text = NULL;

    (void)at;
    if ((d->kind != KIND_ua_401 && d->kind != KIND_ub_401) || forge_count > 0)
        return false;
    text = g_strdup_printf("HTTP/1.1 503 Service Unavailable\r\nDate: Tue, 01 Jan 2030 11:00:00 GMT\r\n"
                           "Retry-After: %s\r\nContent-Length: 0\r\n\r\n",
                           retry_after);
    *forged = forge_keep((const uint8_t *)text, strlen(text));
    return true;
}

/* A server is heeded up to ue.retry_after_max, and cannot silence a UE for longer; up to ue.retry_base (1 s)
 * is the UE's own wait. */
static void test_retry_after(void)
{
    static const struct {
        const char *value, *most;
        double wait_s;
    } cases[] = {{"0", "10s", 0},
                 {"5", "10s", 5},
                 {"10", "10s", 10},
                 {"11", "10s", 10},
                 {"999999999", "10s", 10},
                 {"99999999999999999999", "10s", 10},
                 {"Tue, 01 Jan 2030 11:00:05 GMT", "10s", 5},
                 {"Fri, 31 Dec 9999 23:59:59 GMT", "10s", 10},
                 {"999999999", NULL, 3600}};

    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        const char *most = cases[i / 2].most, *expired = i % 2 ? "ue.muk_expired=100%" : "ue.muk_expired=0";
        g_autofree char *setting = most ? g_strdup_printf("ue.retry_after_max=%s", most) : NULL;
        struct scenario *scenario = fixture_scenario("pull.attempts=1", "run.end=2h", expired, setting, NULL);
        struct storm *storm;
        double time_s;

        retry_after = cases[i / 2].value;
        g_test_message("%s, %s, %s", retry_after, setting, expired);
        storm = forge_run(scenario, refused_for_now);
        time_s = storm_metric(storm, "time_to_key_max_s");
        fixture_equal(storm, "ues_keyed", 1);
        fixture_equal(storm, "ue_retries", 1);
        fixture_equal(storm, "http_refused", 0);
        g_assert_cmpfloat(time_s, >=, cases[i / 2].wait_s);
        g_assert_cmpfloat(time_s, <, cases[i / 2].wait_s + 3);
        forge_over(storm, scenario);
    }
}

/* --- messages whose end cannot be told ------------------------------------------------------------------ */

static const struct endless {
    const char *fields;
    unsigned ua_status, ub_status;
} * endless;
static uint32_t asked; /* the server */

#define URI "/keymanagement?requesttype=msk-request"

/* Behind such a request one that would be answered 401 or 403, had it been read. */
static bool ask_without_end(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    const char *start =
        asked == HOST_BMSC ? "POST " URI " HTTP/1.1\r\nHost: a\r\n" : "GET / HTTP/1.1\r\nHost: a\r\n";
    unsigned kind = asked == HOST_BMSC ? KIND_ua_post : KIND_ub_get;
    struct http_message answer;

    if (d->kind == KIND_pull && forge_count == 0) {
        struct net_conn conn = forge_connect(at, d->host, asked);
        g_autofree char *first = g_strconcat(start, endless->fields, NULL);
        g_autofree char *second = g_strconcat(start, "Content-Length: 0\r\n\r\n", NULL);

        forge_send(at, conn, kind, bytes_text(first));
        forge_send(at, conn, kind, bytes_text(second));
        *forged = forge_keep(d->bytes.at, d->bytes.len);
        return true;
    }
    if (d->kind == KIND_ua_error || d->kind == KIND_ub_error) {
        g_assert_cmpuint(refused_with, ==, 0);
        g_assert_cmpint(http_decode(d->bytes, &answer), ==, WIRE_OK);
        refused_with = answer.status;
    }
    return false;
}

/* RFC 7230 §3.3.3: two lengths, or one that is none, make the framing invalid: 400, and the connection is
 * closed. What follows is no request, whatever it looks like (§9.5). §3.3.1: a transfer coding that is not
 * understood, 501 where the interface has that. §3.2.5: a head that is too long, 4xx. */
static void test_no_end(void)
{
    g_autofree char *filler = g_strnfill(HTTP_HEAD_BYTES_MAX, 'x'),
                    *long_head = g_strconcat("X: ", filler, NULL);
    const struct endless cases[] = {{"Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400, 400},
                                    {"Content-Length: 0\r\nContent-Length: 9\r\n\r\n", 400, 400},
                                    {"Content-Length: 0, 0\r\n\r\n", 400, 400},
                                    {"Content-Length: -1\r\n\r\n", 400, 400},
                                    {"Content-Length: 99999\r\n\r\n", 400, 400},
                                    {"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, 400},
                                    {"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", 501, 400},
                                    {"X: y\n\r\n", 400, 400},
                                    {long_head, 400, 400}};

    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        struct scenario *scenario = fixture_scenario("pull.attempts=1", NULL);
        struct storm *storm;

        endless = &cases[i / 2];
        asked = i % 2 == 0 ? HOST_BMSC : HOST_BSF;
        g_test_message("%u: %.40s", asked, endless->fields);
        refused_with = 0;
        storm = forge_run(scenario, ask_without_end);
        g_assert_cmpuint(refused_with, ==, asked == HOST_BMSC ? endless->ua_status : endless->ub_status);
        fixture_equal(storm, "http_malformed", 1);
        fixture_equal(storm, "http_401", 1); /* that of the UE itself */
        fixture_equal(storm, "ub_401", 0);
        fixture_equal(storm, "ues_keyed", 1);
        fixture_equal(storm, "ue_retries", 0);
        fixture_equal(storm, "tcp_open", 0);
        forge_over(storm, scenario);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/peer/http/requests", test_requests);
    g_test_add_func("/peer/http/answers", test_answers);
    g_test_add_func("/peer/http/lists", test_lists);
    g_test_add_func("/peer/http/retry-after", test_retry_after);
    g_test_add_func("/peer/http/no end", test_no_end);
    return g_test_run();
}
