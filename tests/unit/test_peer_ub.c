/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ub with a peer that is not ours, or that errs: TS 24.109 §4.3-4.4, TS 33.220 §4.5.2. */
#include "models/wire/http.h"
#include "models/wire/wire.h"
#include "tests/tap/tap.h"
#include "tests/unit/forge_fixture.h"

#include <string.h>

static unsigned wrong_times;

/* The first responses are wrong in one digit. */
static bool wrong_response(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    g_autofree char *response = NULL, *from = NULL, *to = NULL;

    (void)at;
    if (d->kind != KIND_ub_auth_get || forge_count >= wrong_times)
        return false;
    response = forge_directive(d->bytes, "response");
    from = g_strdup_printf(" response=\"%s\"", response);
    response[7] = response[7] == '0' ? '1' : '0';
    to = g_strdup_printf(" response=\"%s\"", response);
    *forged = forge_text(d->bytes, from, to);
    return true;
}

/* TS 24.109 §4.3: a new challenge after each wrong response, so that each costs a MAR; a failure after N
 * in a row. */
static void test_wrong_response(void)
{
    for (unsigned wrong = 1; wrong <= 3; wrong++) {
        struct scenario *scenario =
            fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", "bsf.response_attempts=3", NULL);
        struct storm *storm;

        wrong_times = wrong;
        storm = forge_run(scenario, wrong_response);
        fixture_equal(storm, "digest_failed", wrong);
        fixture_equal(storm, "zh_requests", wrong < 3 ? wrong + 1 : 3);
        fixture_equal(storm, "ub_401", wrong < 3 ? wrong + 1 : 3);
        fixture_equal(storm, "books_ub_error_sent", wrong == 3);
        fixture_equal(storm, "http_refused", wrong == 3);
        fixture_equal(storm, "ue_retries", 0);
        fixture_equal(storm, "gba_started", 1);
        fixture_equal(storm, "ues_keyed", wrong < 3);
        forge_over(storm, scenario);
    }
}

/* In a row: the UE of before, refused after two, has its full number of tries the next time. */
static void test_wrong_again(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.muk_expired=100%", "pull.attempts=2", "bsf.response_attempts=2", NULL);
    struct storm *storm;

    wrong_times = 3;
    storm = forge_run(scenario, wrong_response);
    fixture_equal(storm, "digest_failed", 3);
    fixture_equal(storm, "books_ub_error_sent", 1);
    fixture_equal(storm, "gba_started", 2);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

static char *nonce_of_bsf;

/* AUTN of the first challenge has a wrong MAC. */
static bool wrong_autn(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    g_autofree char *nonce = NULL, *wrong = NULL;
    guchar *octets;
    gsize length;

    (void)at;
    if (d->kind != KIND_ub_401 || forge_count > 0)
        return false;
    nonce = forge_directive(d->bytes, "nonce");
    octets = g_base64_decode(nonce, &length);
    g_assert_cmpuint(length, ==, 32);
    octets[31] ^= 1;
    wrong = g_base64_encode(octets, length);
    g_free(octets);
    *forged = forge_text(d->bytes, nonce, wrong);
    return true;
}

/* TS 24.109 §4.4: the UE aborts, it does not try again by itself; the next pull finds it as before. */
static void test_wrong_autn(void)
{
    struct scenario *scenario = fixture_scenario("ue.muk_expired=100%", "pull.attempts=1", NULL);
    struct storm *storm = forge_run(scenario, wrong_autn);

    fixture_equal(storm, "aka_failed", 1);
    fixture_equal(storm, "ue_retries", 0);
    fixture_equal(storm, "ues_gave_up", 1);
    fixture_equal(storm, "http_refused", 0);
    fixture_equal(storm, "books_ub_auth_get_sent", 0);
    fixture_equal(storm, "ues_keyed", 0);
    forge_over(storm, scenario);

    scenario = fixture_scenario("ue.muk_expired=100%", "pull.attempts=2", NULL);
    storm = forge_run(scenario, wrong_autn);
    fixture_equal(storm, "aka_failed", 1);
    fixture_equal(storm, "pulls_sent", 2);
    fixture_equal(storm, "ues_gave_up", 0);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

#define OPAQUE "5ccc069c403ebaf9f0171e9517f30e41"

/* A challenge as TS 24.109 §A.3 shows it: server specific data behind RAND and AUTN, and an opaque, both of
 * which come back. */
static bool fuller_challenge(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    g_autofree char *nonce = forge_directive(d->bytes, "nonce"), *longer = NULL, *from = NULL, *to = NULL;

    (void)at;
    if (d->kind == KIND_ub_401 && forge_count == 0) {
        guchar octets[48] = "";
        gsize length;
        guchar *vector = g_base64_decode(nonce, &length);

        memcpy(octets, vector, 32);
        memcpy(octets + 32, "server data of 16", 16);
        g_free(vector);
        longer = g_base64_encode(octets, sizeof octets);
        from = g_strdup_printf("nonce=\"%s\"", nonce);
        to = g_strdup_printf("opaque=\"" OPAQUE "\", nonce=\"%s\"", longer);
        *forged = forge_text(d->bytes, from, to);
        nonce_of_bsf = g_strdup(longer);
        return true;
    }
    if (d->kind == KIND_ub_auth_get && nonce_of_bsf != NULL) {
        g_autofree char *opaque = forge_directive(d->bytes, "opaque");

        g_assert_cmpstr(opaque, ==, OPAQUE);
        g_assert_cmpstr(nonce, ==, nonce_of_bsf);
        g_clear_pointer(&nonce_of_bsf, g_free);
    }
    return false;
}

static void test_fuller_challenge(void)
{
    struct scenario *scenario = fixture_scenario("ue.muk_expired=100%", NULL);
    struct storm *storm = forge_run(scenario, fuller_challenge);

    g_assert_null(nonce_of_bsf);
    /* Our BSF takes the response. Its rspauth is of the nonce that it gave, so the UE refuses that, and
     * bootstraps again. */
    fixture_equal(storm, "ub_200", 2);
    fixture_equal(storm, "digest_failed", 1);
    fixture_equal(storm, "gba_runs", 1);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

/* --- TMPI ----------------------------------------------------------------------------------------------- */

static unsigned gets;
static bool second_by_impi;

static void look_at_get(const struct net_delivery *d)
{
    g_autofree char *name = NULL;

    if (d->kind != KIND_ub_get)
        return;
    name = forge_directive(d->bytes, "username");
    if (++gets == 2)
        second_by_impi = strstr(name, "@ims.") != NULL;
}

/* A BSF without the product token in its answers knows no TMPI: the UE has none of that bootstrap, and its
 * next begins with the IMPI. */
static bool bsf_without_token(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    (void)at;
    look_at_get(d);
    if (d->kind != KIND_ub_200)
        return false;
    *forged = forge_text(d->bytes, "Server: BSF-sim 3gpp-gba-tmpi", "Server: BSF-sim");
    return true;
}

/* A UE without it in its requests has no TMPI at the BSF. */
static bool ue_without_token(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    (void)at;
    look_at_get(d);
    if (d->kind != KIND_ub_auth_get || forge_count > 0)
        return false;
    *forged = forge_text(d->bytes, "User-Agent: UE-sim 3gpp-gba-tmpi", "User-Agent: UE-sim");
    return true;
}

static void test_tokens(void)
{
    struct scenario *scenario = fixture_scenario("ue.muk_expired=100%", "bmsc.renegotiate=100%", NULL);
    struct storm *storm;

    gets = 0;
    storm = forge_run(scenario, bsf_without_token);
    g_assert_true(second_by_impi);
    fixture_equal(storm, "gba_runs", 2);
    fixture_equal(storm, "tmpi_unknown", 0);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);

    scenario = fixture_scenario("ue.muk_expired=100%", "bmsc.renegotiate=100%", NULL);
    gets = 0;
    storm = forge_run(scenario, ue_without_token);
    g_assert_false(second_by_impi);
    fixture_equal(storm, "gba_runs", 2);
    fixture_equal(storm, "tmpi_unknown", 1);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

/* Somebody else's TMPI is not this UE's: unknown, and the IMPI follows. */
static bool other_tmpi(struct net_region *at, const struct net_delivery *d, struct bytes *forged)
{
    g_autofree char *name = NULL, *other = NULL;

    (void)at;
    if (d->kind != KIND_ub_get || forge_count > 0)
        return false;
    name = forge_directive(d->bytes, "username");
    other = g_strdup(name);
    other[0] = other[0] == 'A' ? 'B' : 'A';
    *forged = forge_text(d->bytes, name, other);
    return true;
}

static void test_other_tmpi(void)
{
    struct scenario *scenario = fixture_scenario("ue.muk_expired=100%", NULL);
    struct storm *storm = forge_run(scenario, other_tmpi);

    fixture_equal(storm, "tmpi_unknown", 1);
    fixture_equal(storm, "zh_requests", 1);
    fixture_equal(storm, "ues_keyed", 1);
    forge_over(storm, scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/peer/ub/wrong response", test_wrong_response);
    g_test_add_func("/peer/ub/wrong response again", test_wrong_again);
    g_test_add_func("/peer/ub/wrong AUTN", test_wrong_autn);
    g_test_add_func("/peer/ub/fuller challenge", test_fuller_challenge);
    g_test_add_func("/peer/ub/product tokens", test_tokens);
    g_test_add_func("/peer/ub/other TMPI", test_other_tmpi);
    return g_test_run();
}
