/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP of a peer that is not ours, on Ub and Ua alike: header fields that are missing, or stand twice (RFC
 * 7230 §3.2.2, §5.4, RFC 7235, RFC 7615). A request is answered 400, an answer is a try that failed. */
#include "models/wire/http.h"
#include "tests/unit/forge_fixture.h"
#include "tests/unit/tap.h"

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

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/peer/http/requests", test_requests);
    g_test_add_func("/peer/http/answers", test_answers);
    g_test_add_func("/peer/http/lists", test_lists);
    return g_test_run();
}
