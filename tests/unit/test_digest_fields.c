/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Digest header fields: the values of the example messages both ways, and the grammar's edges. */
#include "models/wire/digest.h"
#include "models/wire/http.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

static GKeyFile *gba;

/* The value of a header in an example message. */
static struct bytes header_of(const char *group, const char *key, const char *header)
{
    struct http_message m;

    assert_status(http_decode(vector_text(gba, group, key), &m), WIRE_OK);
    g_assert_nonnull(http_find(&m, header));
    return *http_find(&m, header);
}

static const struct {
    const char *group, *key, *header;
    void (*put)(struct wire_writer *w, const struct digest_fields *f);
} examples[] = {{"gba.ub.msgs", "get1", "Authorization", digest_put_credentials},
                {"gba.ub.msgs", "401", "WWW-Authenticate", digest_put_challenge},
                {"gba.ub.msgs", "get2", "Authorization", digest_put_credentials},
                {"gba.ub.msgs", "200", "Authentication-Info", digest_put_info},
                {"ua_msk_request.msgs", "401", "WWW-Authenticate", digest_put_challenge},
                {"ua_msk_request.msgs", "post2", "Authorization", digest_put_credentials},
                {"ua_msk_request.msgs", "200", "Authentication-Info", digest_put_info}};

/* Reading and writing again gives the same bytes. */
static void test_examples(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(examples); i++) {
        struct bytes value = header_of(examples[i].group, examples[i].key, examples[i].header);
        struct digest_fields f;
        uint8_t out[600];
        struct wire_writer w = wire_writer(out, sizeof out);

        assert_status(digest_decode(value, examples[i].put != digest_put_info, &f), WIRE_OK);
        examples[i].put(&w, &f);
        g_assert_false(w.overflow);
        assert_bytes(bytes_of(out, wire_written(&w)), value);
        for (size_t room = 0; room < value.len; room++) {
            w = wire_writer(out, room);
            examples[i].put(&w, &f);
            g_assert_true(w.overflow);
        }
    }
}

static void test_fields(void)
{
    static const char ua[] = "ua_msk_request", ub[] = "gba.ub";
    struct digest_fields f;

    assert_status(digest_decode(header_of("ua_msk_request.msgs", "post2", "Authorization"), true, &f),
                  WIRE_OK);
    assert_bytes(f.username, vector_text(gba, ua, "username"));
    assert_bytes(f.realm, vector_text(gba, ua, "realm"));
    assert_bytes(f.nonce, vector_text(gba, ua, "nonce"));
    assert_bytes(f.uri, vector_text(gba, ua, "uri"));
    assert_bytes(f.response, vector_text(gba, ua, "response"));
    assert_bytes(f.cnonce, vector_text(gba, ua, "cnonce"));
    assert_bytes(f.opaque, vector_text(gba, ua, "opaque"));
    assert_bytes(f.qop, vector_text(gba, ua, "qop"));
    assert_bytes(f.algorithm, bytes_text("MD5"));
    g_assert_true(f.has_nc);
    g_assert_cmpuint(f.nc, ==, 1);
    g_assert_null(f.auts.at);
    g_assert_null(f.rspauth.at);

    assert_status(digest_decode(header_of("gba.ub.msgs", "get1", "Authorization"), true, &f), WIRE_OK);
    assert_bytes(f.username, vector_text(gba, "gba", "impi"));
    g_assert_nonnull(f.nonce.at);
    g_assert_cmpuint(f.nonce.len, ==, 0);
    g_assert_nonnull(f.response.at);
    g_assert_cmpuint(f.response.len, ==, 0);
    g_assert_false(f.has_nc);
    g_assert_null(f.qop.at);

    assert_status(digest_decode(header_of("gba.ub.msgs", "200", "Authentication-Info"), false, &f), WIRE_OK);
    assert_bytes(f.rspauth, vector_text(gba, ub, "rspauth"));
}

/* What the examples do not show: auts, stale, nextnonce, a high nc. */
static void test_optional_fields(void)
{
    struct digest_fields f = {.username = bytes_text("u"),
                              .realm = bytes_text("r"),
                              .nonce = bytes_text("n"),
                              .uri = bytes_text("/"),
                              .response = bytes_text("x"),
                              .qop = bytes_text("auth-int"),
                              .cnonce = bytes_text("c"),
                              .nc = 0xfedcba98,
                              .algorithm = bytes_text("AKAv1-MD5"),
                              .auts = vector_text(gba, "gba.ub", "auts_b64"),
                              .stale = true,
                              .rspauth = bytes_text("y"),
                              .nextnonce = bytes_text("z")};
    struct digest_fields back;
    char out[300];
    struct wire_writer w = wire_writer(out, sizeof out);

    digest_put_credentials(&w, &f);
    assert_bytes(bytes_of(out, wire_written(&w)),
                 bytes_text("Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"/\", qop=auth-int, "
                            "nc=fedcba98, cnonce=\"c\", response=\"x\", algorithm=AKAv1-MD5, "
                            "auts=\"uoU/PBI8z0TpNZbjVcY=\""));
    assert_status(digest_decode(bytes_of(out, wire_written(&w)), true, &back), WIRE_OK);
    assert_bytes(back.auts, f.auts);
    g_assert_cmpuint(back.nc, ==, f.nc);

    w = wire_writer(out, sizeof out);
    digest_put_challenge(&w, &f);
    assert_bytes(
        bytes_of(out, wire_written(&w)),
        bytes_text("Digest realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5, qop=\"auth-int\", stale=true"));
    assert_status(digest_decode(bytes_of(out, wire_written(&w)), true, &back), WIRE_OK);
    g_assert_true(back.stale);

    w = wire_writer(out, sizeof out);
    digest_put_info(&w, &f);
    assert_bytes(bytes_of(out, wire_written(&w)),
                 bytes_text("qop=auth-int, rspauth=\"y\", cnonce=\"c\", nc=fedcba98, nextnonce=\"z\""));
    assert_status(digest_decode(bytes_of(out, wire_written(&w)), false, &back), WIRE_OK);
    assert_bytes(back.nextnonce, f.nextnonce);

    f = (struct digest_fields){.realm = f.realm, .nonce = f.nonce};
    w = wire_writer(out, sizeof out);
    digest_put_challenge(&w, &f);
    assert_bytes(bytes_of(out, wire_written(&w)), bytes_text("Digest realm=\"r\", nonce=\"n\""));
}

/* Separators inside quotes, any case of names, unknown parameters, either form of a value, blanks. */
static void test_grammar(void)
{
    struct digest_fields f;

    assert_status(digest_decode(bytes_text("dIGEST   ReAlM=\"a,b=c; d\" ,\tNONCE=bare,x-new=\"1\", other=2 , "
                                           "domain=\"/a /b\", STALE=TRUE,algorithm=\"MD5\""),
                                true, &f),
                  WIRE_OK);
    assert_bytes(f.realm, bytes_text("a,b=c; d"));
    assert_bytes(f.nonce, bytes_text("bare"));
    assert_bytes(f.domain, bytes_text("/a /b"));
    assert_bytes(f.algorithm, bytes_text("MD5"));
    g_assert_true(f.stale);
    assert_status(digest_decode(bytes_text("stale=false"), false, &f), WIRE_OK);
    g_assert_false(f.stale);
    assert_status(digest_decode(bytes_text("realm=\"\xc3\xa4 long enough for words\""), false, &f), WIRE_OK);
    g_assert_cmpuint(f.realm.len, ==, 24);
}

/* RFC 7235 §2.1, RFC 7230 §7: white space around "=" and commas, empty elements, a comma at either end. */
static void test_lists_of_peers(void)
{
    static const char *const texts[] = {
        "Digest realm=\"a\",nonce=\"b\"",         "Digest realm=\"a\" , nonce=\"b\",",
        "Digest ,realm=\"a\",,nonce=\"b\"",       "Digest , ,realm =\"a\",\t,nonce= \"b\" , ,",
        "Digest realm\t=\t\"a\"\t,\tnonce\t=\tb", "Digest nonce = b ,realm= \"a\" ",
        "Digest realm=  a, nonce  =b,,,"};

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        uint8_t *block;
        struct bytes in = exact_copy(texts[i], strlen(texts[i]), &block);
        struct digest_fields f;

        g_test_message("%s", texts[i]);
        assert_status(digest_decode(in, true, &f), WIRE_OK);
        assert_bytes(f.realm, bytes_text("a"));
        assert_bytes(f.nonce, bytes_text("b"));
        g_free(block);
    }
}

/* Authentication-Info is a list of parameters (RFC 7615 §3): it may stand in several lines, but a parameter
 * stands once in all of them. */
static void test_info_lines(void)
{
    static const struct {
        const char *lines;
        enum wire_status status;
    } cases[] = {
        {"Authentication-Info: qop=auth-int, nc=00000001\r\n"
         "X: y\r\nauthentication-info: rspauth=\"a\",\r\n",
         WIRE_OK},
        {"Authentication-Info: qop=auth-int\r\nAuthentication-Info:\r\n"
         "Authentication-Info: ,nc=00000001, rspauth=\"a\"\r\n",
         WIRE_OK},
        {"", WIRE_TRUNCATED},
        {"Authentication-Info:\r\nAuthentication-Info: ,\r\n", WIRE_TRUNCATED},
        {"Authentication-Info: qop=auth-int\r\nAuthentication-Info: qop=auth-int\r\n", WIRE_MALFORMED},
        {"Authentication-Info: qop=auth-int, nc=00000001\r\n"
         "Authentication-Info: rspauth=\"a\", NC=00000001\r\n",
         WIRE_MALFORMED},
        {"Authentication-Info: qop=auth-int, rspauth=\"a\r\nAuthentication-Info: b\"\r\n", WIRE_TRUNCATED}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n%s\r\n", cases[i].lines);
        struct http_message m;
        struct digest_fields f;

        g_test_message("%s", cases[i].lines);
        assert_status(http_decode(bytes_text(text), &m), WIRE_OK);
        assert_status(digest_info_decode(&m, &f), cases[i].status);
        if (cases[i].status != WIRE_OK)
            continue;
        assert_bytes(f.qop, bytes_text("auth-int"));
        assert_bytes(f.rspauth, bytes_text("a"));
        g_assert_cmpuint(f.nc, ==, 1);
    }
}

static void test_faults(void)
{
    static const struct {
        const char *text;
        enum wire_status status;
    } cases[] = {{"", WIRE_MALFORMED},
                 {"Digest", WIRE_TRUNCATED},
                 {"Digest ", WIRE_TRUNCATED},
                 {"Basic realm=\"a\"", WIRE_UNSUPPORTED},
                 {"Digestrealm=\"a\"", WIRE_MALFORMED},
                 {"Digest=\"a\"", WIRE_MALFORMED},
                 {"Digest\trealm=\"a\"", WIRE_MALFORMED},
                 {"Digest realm", WIRE_TRUNCATED},
                 {"Digest realm=", WIRE_TRUNCATED},
                 {"Digest realm=\"a", WIRE_TRUNCATED},
                 {"Digest realm=\"a\\\"b\"", WIRE_MALFORMED},
                 {"Digest realm=\"a\\b\"", WIRE_MALFORMED},
                 {"Digest realm=\"a\tb\"", WIRE_MALFORMED},
                 {"Digest realm=\"a\"b", WIRE_MALFORMED},
                 {"Digest realm=\"a\" nonce=\"b\"", WIRE_MALFORMED},
                 {"Digest ,", WIRE_TRUNCATED},
                 {"Digest , ,\t", WIRE_TRUNCATED},
                 {"Digest realm=\"a\" realm", WIRE_MALFORMED},
                 {"Digest realm ", WIRE_TRUNCATED},
                 {"Digest realm a", WIRE_MALFORMED},
                 {"Digest realm= ", WIRE_TRUNCATED},
                 {"Digest realm=,", WIRE_MALFORMED},
                 {"Digest realm=\"a\", realm=\"a\"", WIRE_MALFORMED},
                 {"Digest stale=true, stale=true", WIRE_MALFORMED},
                 {"Digest nc=00000001, NC=00000001", WIRE_MALFORMED},
                 {"Digest nc=1", WIRE_MALFORMED},
                 {"Digest nc=000000001", WIRE_MALFORMED},
                 {"Digest nc=0000000G", WIRE_MALFORMED},
                 {"Digest nc=0000000A", WIRE_MALFORMED},
                 {"Digest nc=\"00000001\"", WIRE_MALFORMED},
                 {"Digest =\"a\"", WIRE_MALFORMED},
                 {"Digest realm=/", WIRE_MALFORMED}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t *block;
        struct bytes in = exact_copy(cases[i].text, strlen(cases[i].text), &block);
        struct digest_fields f;

        g_test_message("%s", cases[i].text);
        assert_status(digest_decode(in, true, &f), cases[i].status);
        g_free(block);
    }
}

/* A cut value is refused, or cut between parameters, or in a bare last one. */
static void assert_shorter(struct bytes cut)
{
    struct digest_fields f;

    if (digest_decode(cut, true, &f) == WIRE_OK)
        g_assert_true(f.algorithm.at == NULL || f.algorithm.at + f.algorithm.len == cut.at + cut.len);
}

static void assert_within(struct bytes in)
{
    struct digest_fields f;

    if (digest_decode(in, true, &f) == WIRE_OK)
        g_assert_true(is_within(f.username, in) && is_within(f.realm, in) && is_within(f.nonce, in) &&
                      is_within(f.uri, in) && is_within(f.response, in) && is_within(f.algorithm, in));
}

static void test_damaged(void)
{
    struct bytes value = header_of("ua_msk_request.msgs", "post2", "Authorization");

    for_each_truncation(value, assert_shorter);
    for_each_bit_flip(value, 0, value.len, assert_within);
}

static void test_lists(void)
{
    struct bytes list = bytes_text("auth ,,  AUTH-int\t,x");

    g_assert_true(digest_list_has(list, "auth"));
    g_assert_true(digest_list_has(list, "auth-int"));
    g_assert_true(digest_list_has(list, "x"));
    g_assert_false(digest_list_has(list, "aut"));
    g_assert_false(digest_list_has(list, "int"));
    g_assert_false(digest_list_has(bytes_text(""), "auth"));
    g_assert_false(digest_list_has((struct bytes){NULL, 0}, "auth"));
    g_assert_false(digest_list_has(bytes_text(" "), "auth"));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    gba = vectors_open("gba_ub_ua_computed.ini");
    g_test_add_func("/digest/examples", test_examples);
    g_test_add_func("/digest/fields", test_fields);
    g_test_add_func("/digest/optional-fields", test_optional_fields);
    g_test_add_func("/digest/grammar", test_grammar);
    g_test_add_func("/digest/lists of peers", test_lists_of_peers);
    g_test_add_func("/digest/lines of Authentication-Info", test_info_lines);
    g_test_add_func("/digest/faults", test_faults);
    g_test_add_func("/digest/damaged", test_damaged);
    g_test_add_func("/digest/lists", test_lists);
    return g_test_run();
}
