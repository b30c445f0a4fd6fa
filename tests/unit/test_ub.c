/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ub: the four example messages byte for byte, their body, and the plain refusals. */
#include "models/wire/ua.h"
#include "models/wire/ub.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

#define NOW    INT64_C(1893495600) /* 2030-01-01 11:00:00 */
#define EXPIRY (NOW + 3600)

static GKeyFile *gba;

static struct bytes text_of(const char *group, const char *key)
{
    return vector_text(gba, group, key);
}

static void test_requests(void)
{
    struct digest_fields f = {.username = text_of("gba", "impi"),
                              .realm = text_of("gba", "bsf_fqdn"),
                              .nonce = bytes_text(""),
                              .uri = text_of("gba.ub", "uri"),
                              .response = bytes_text("")};
    struct ub_request request = {text_of("gba", "bsf_fqdn"), NOW, &f};

    CHECK_ENCODER(text_of("gba.ub.msgs", "get1"), ub_request_encode(&request, out, room, &length));
    f.nonce = text_of("gba.ub", "nonce");
    f.qop = text_of("gba.ub", "qop");
    f.nc = 1;
    f.cnonce = text_of("gba.ub", "cnonce");
    f.response = text_of("gba.ub", "response");
    f.algorithm = bytes_text("AKAv1-MD5");
    CHECK_ENCODER(text_of("gba.ub.msgs", "get2"), ub_request_encode(&request, out, room, &length));
}

/* The same of a UE that has bootstrapped before: its TMPI is the user name (TS 33.220 §4.5.2). */
static void test_requests_of_tmpi(void)
{
    struct digest_fields f = {.username = text_of("gba", "tmpi"),
                              .realm = text_of("gba", "bsf_fqdn"),
                              .nonce = bytes_text(""),
                              .uri = text_of("gba.ub", "uri"),
                              .response = bytes_text("")};
    struct ub_request request = {text_of("gba", "bsf_fqdn"), NOW, &f};

    CHECK_ENCODER(text_of("gba.ub.msgs", "get1_tmpi"), ub_request_encode(&request, out, room, &length));
    f.nonce = text_of("gba.ub", "nonce");
    f.qop = text_of("gba.ub", "qop");
    f.nc = 1;
    f.cnonce = text_of("gba.ub", "cnonce");
    f.response = text_of("gba.ub", "tmpi_response");
    f.algorithm = bytes_text("AKAv1-MD5");
    CHECK_ENCODER(text_of("gba.ub.msgs", "get2_tmpi"), ub_request_encode(&request, out, room, &length));
}

/* The token that says so stands in each of the four (TS 24.109 §4.2), and in a refusal. */
static void test_product_token(void)
{
    static const struct {
        const char *key, *header;
    } messages[] = {{"get1", "User-Agent"}, {"401", "Server"}, {"get2", "User-Agent"}, {"200", "Server"}};
    struct http_message m;
    uint8_t out[300];
    size_t length;

    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        assert_status(http_decode(text_of("gba.ub.msgs", messages[i].key), &m), WIRE_OK);
        g_assert_true(http_has_product(&m, messages[i].header, "3gpp-gba-tmpi"));
        g_assert_false(http_has_product(&m, messages[i].header, "3gpp-gba"));
        g_assert_null(http_find(&m, "Referer"));
    }
    assert_status(http_error_encode(403, UB_SERVER, NOW, 0, out, sizeof out, &length), WIRE_OK);
    assert_status(http_decode(bytes_of(out, length), &m), WIRE_OK);
    g_assert_true(http_has_product(&m, "Server", "3gpp-gba-tmpi"));
}

/* The answer to a synchronisation failure carries AUTS as its last field. */
static void test_auts(void)
{
    struct digest_fields f = {.username = text_of("gba", "impi"),
                              .realm = text_of("gba", "bsf_fqdn"),
                              .nonce = text_of("gba.ub", "nonce"),
                              .uri = text_of("gba.ub", "uri"),
                              .qop = text_of("gba.ub", "qop"),
                              .nc = 1,
                              .cnonce = text_of("gba.ub", "cnonce"),
                              .response = text_of("gba.ub", "response_when_auts_empty_password"),
                              .algorithm = bytes_text("AKAv1-MD5"),
                              .auts = text_of("gba.ub", "auts_b64")};
    struct ub_request request = {text_of("gba", "bsf_fqdn"), NOW, &f};
    struct bytes auts = vector_hex(gba, "gba.ub", "auts_hex");
    struct digest_fields back;
    struct http_message m;
    uint8_t out[700], decoded[14];
    size_t length;

    assert_status(ub_request_encode(&request, out, sizeof out, &length), WIRE_OK);
    assert_status(http_decode(bytes_of(out, length), &m), WIRE_OK);
    assert_status(digest_decode(*http_find(&m, "Authorization"), true, &back), WIRE_OK);
    assert_bytes(back.response, f.response);
    assert_status(wire_base64_decode(back.auts, decoded, sizeof decoded, &length), WIRE_OK);
    assert_bytes(bytes_of(decoded, length), auts);
}

static void test_answers(void)
{
    struct digest_fields f = {.realm = text_of("gba", "bsf_fqdn"),
                              .nonce = text_of("gba.ub", "nonce"),
                              .algorithm = bytes_text("AKAv1-MD5"),
                              .qop = text_of("gba.ub", "qop"),
                              .rspauth = text_of("gba.ub", "rspauth"),
                              .cnonce = text_of("gba.ub", "cnonce"),
                              .nc = 1};
    struct bytes body = text_of("gba.ub", "response_body");

    CHECK_ENCODER(text_of("gba.ub.msgs", "401"), ub_challenge_encode(&f, NOW, out, room, &length));
    CHECK_ENCODER(body, ub_info_encode(text_of("gba", "btid"), EXPIRY, out, room, &length));
    CHECK_ENCODER(text_of("gba.ub.msgs", "200"),
                  ub_success_encode(&f, NOW, EXPIRY, body, out, room, &length));
}

static void test_sizes(void)
{
    static const char *const keys[] = {"get1", "401", "get2", "200", "get1_tmpi", "get2_tmpi"};

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
        g_assert_cmpuint(text_of("gba.ub.msgs", keys[i]).len, ==,
                         vector_number(gba, "gba.ub.msg_bytes", keys[i]));
}

static void test_info_decode(void)
{
    struct bytes b_tid;
    int64_t expiry = 0;
    uint8_t out[1];
    size_t length;

    assert_status(ub_info_decode(text_of("gba.ub", "response_body"), &b_tid, &expiry), WIRE_OK);
    assert_bytes(b_tid, text_of("gba", "btid"));
    g_assert_cmpint(expiry, ==, EXPIRY);
    assert_status(ub_info_encode(bytes_text("a<b"), 0, out, sizeof out, &length), WIRE_MALFORMED);
    assert_status(ub_info_encode(bytes_text(""), 0, out, sizeof out, &length), WIRE_MALFORMED);
}

static void test_info_faults(void)
{
#define INFO(content) "<BootstrappingInfo xmlns=\"uri:3gpp-gba\">" content "</BootstrappingInfo>"
#define TIME          "<lifetime>2030-01-01T12:00:00Z</lifetime>"
    static const struct {
        const char *text;
        bool good;
    } cases[] = {{INFO("<btid>a</btid>" TIME), true},
                 {INFO(TIME "<new><x/></new><btid>a</btid>"), true},
                 {INFO("<btid>a</btid>"), false},
                 {INFO(TIME), false},
                 {INFO("<btid/>" TIME), false},
                 {INFO("<btid>a</btid><btid>a</btid>" TIME), false},
                 {INFO("<btid>a</btid>" TIME TIME), false},
                 {INFO("<btid>a</btid>text" TIME), false},
                 {INFO("<btid><b>a</b></btid>" TIME), false},
                 {INFO("<btid>a</btid><lifetime>tomorrow</lifetime>"), false},
                 {INFO("<btid>a</btid><lifetime/>"), false},
                 {INFO("<btid>a</btid>" TIME) "x", false},
                 {INFO("<btid>a</btid><lifetime>2030-01-01T12:00:00.250Z</lifetime>"), true},
                 {INFO("<btid>a</btid><lifetime>2030-01-01T12:00:00.Z</lifetime>"), false},
                 {INFO("<btid>a</btid><lifetime>2030-01-01T12:00:00.2.5Z</lifetime>"), false},
                 {INFO("<btid>a</btid><lifetime>2030-01-01T12:00:00</lifetime>"), false},
                 {"<g:BootstrappingInfo xmlns:g=\"uri:3gpp-gba\"><g:btid>a</g:btid><g:lifetime>"
                  "2030-01-01T12:00:00Z</g:lifetime></g:BootstrappingInfo>",
                  true},
                 {"<BootstrappingInfo><btid>a</btid>" TIME "</BootstrappingInfo>", false},
                 {"<BootstrappingInfo xmlns=\"uri:other\"><btid>a</btid>" TIME "</BootstrappingInfo>", false},
                 {"<Other xmlns=\"uri:3gpp-gba\"><btid>a</btid>" TIME "</Other>", false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bytes b_tid;
        int64_t expiry;

        g_test_message("%s", cases[i].text);
        g_assert_cmpint(ub_info_decode(bytes_text(cases[i].text), &b_tid, &expiry) == WIRE_OK, ==,
                        cases[i].good);
    }
}

/* Only the line feed behind the last tag may be missing. */
static void assert_refused(struct bytes cut)
{
    struct bytes b_tid;
    int64_t expiry;
    bool whole = cut.len > 0 && cut.len == text_of("gba.ub", "response_body").len - 1;

    g_assert_cmpint(ub_info_decode(cut, &b_tid, &expiry) == WIRE_OK, ==, whole);
}

static void assert_within(struct bytes in)
{
    struct bytes b_tid;
    int64_t expiry;

    if (ub_info_decode(in, &b_tid, &expiry) == WIRE_OK)
        g_assert_true(b_tid.len > 0 && is_within(b_tid, in));
}

static void test_info_damaged(void)
{
    struct bytes body = text_of("gba.ub", "response_body");

    for_each_truncation(body, assert_refused);
    for_each_bit_flip(body, 0, body.len, assert_within);
}

static void test_errors(void)
{
    static const unsigned statuses[] = {400, 403, 404, 405, 500, 501, 503, 504, 505};
    struct http_message m;
    uint8_t buffer[300];
    size_t len;

    CHECK_ENCODER(
        bytes_text("HTTP/1.1 503 Service Unavailable\r\nServer: BSF-sim\r\n"
                   "Date: Tue, 01 Jan 2030 11:00:00 GMT\r\nContent-Length: 0\r\nRetry-After: 120\r\n\r\n"),
        http_error_encode(503, "BSF-sim", NOW, 120, out, room, &length));
    for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++) {
        assert_status(http_error_encode(statuses[i], "BMSC-sim", NOW, 0, buffer, sizeof buffer, &len),
                      WIRE_OK);
        g_assert_cmpint(http_frame(bytes_of(buffer, len)), ==, (int64_t)len);
        assert_status(http_decode(bytes_of(buffer, len), &m), WIRE_OK);
        g_assert_cmpuint(m.status, ==, statuses[i]);
        assert_bytes(*http_find(&m, "server"), bytes_text("BMSC-sim"));
        g_assert_cmpuint(http_retry_after(&m), ==, 0);
    }
    for (unsigned status = 0, i = 0; status < 1000; status++) {
        if (i < G_N_ELEMENTS(statuses) && status == statuses[i])
            i++;
        else
            assert_status(http_error_encode(status, "BSF-sim", NOW, 0, buffer, sizeof buffer, &len),
                          WIRE_UNSUPPORTED);
    }
}

static void test_retry_after(void)
{
    static const struct {
        const char *headers;
        uint32_t seconds;
    } cases[] = {
        {"Retry-After: 0", 0},
        {"Retry-After: 120", 120},
        {"Retry-After: 4294967296", UINT32_MAX},
        {"Retry-After: 99999999999999999999", UINT32_MAX},
        {"Retry-After: -1", 0},
        {"Retry-After: soon", 0},
        {"Retry-After: Tue, 01 Jan 2030 11:01:30 GMT", 0},
        {"Date: Tue, 01 Jan 2030 11:00:00 GMT\r\nRetry-After: Tue, 01 Jan 2030 11:01:30 GMT", 90},
        {"Date: Tue, 01 Jan 2030 11:02:00 GMT\r\nRetry-After: Tue, 01 Jan 2030 11:01:30 GMT", 0},
        {"Date: Tue, 01 Jan 2030 11:02:00 GMT\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT", UINT32_MAX},
        {"Date: Tue, 01 Jan 2030 11:00:00 GMT\r\nRetry-After: soon", 0},
        {"Date: today\r\nRetry-After: Tue, 01 Jan 2030 11:01:30 GMT", 0}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text =
            g_strconcat("HTTP/1.1 503 X\r\nContent-Length: 0\r\n", cases[i].headers, "\r\n\r\n", NULL);
        struct http_message m;

        assert_status(http_decode(bytes_text(text), &m), WIRE_OK);
        g_assert_cmpuint(http_retry_after(&m), ==, cases[i].seconds);
        g_free(text);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    gba = vectors_open("gba_ub_ua_computed.ini");
    g_test_add_func("/ub/requests", test_requests);
    g_test_add_func("/ub/requests of TMPI", test_requests_of_tmpi);
    g_test_add_func("/ub/product token", test_product_token);
    g_test_add_func("/ub/auts", test_auts);
    g_test_add_func("/ub/answers", test_answers);
    g_test_add_func("/ub/sizes", test_sizes);
    g_test_add_func("/ub/info/decode", test_info_decode);
    g_test_add_func("/ub/info/faults", test_info_faults);
    g_test_add_func("/ub/info/damaged", test_info_damaged);
    g_test_add_func("/ub/errors", test_errors);
    g_test_add_func("/ub/retry-after", test_retry_after);
    return g_test_run();
}
