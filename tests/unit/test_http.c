/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP framing and heads: the example messages of Ub and Ua, and what has to be refused. */
#include "models/wire/http.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

static GKeyFile *gba;

static const struct {
    const char *group, *key;
    unsigned status; /* 0: a request */
    unsigned headers;
    size_t body;
} messages[] = {{"gba.ub.msgs", "get1", 0, 5, 0},
                {"gba.ub.msgs", "401", 401, 4, 0},
                {"gba.ub.msgs", "get2", 0, 5, 0},
                {"gba.ub.msgs", "200", 200, 6, 219},
                {"ua_msk_request.msgs", "post1", 0, 7, 190},
                {"ua_msk_request.msgs", "401", 401, 4, 0},
                {"ua_msk_request.msgs", "post2", 0, 8, 190},
                {"ua_msk_request.msgs", "200", 200, 6, 252}};

static void test_vectors(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        struct bytes wire = vector_text(gba, messages[i].group, messages[i].key);
        struct http_message m;

        g_assert_cmpint(http_frame(wire), ==, (int64_t)wire.len);
        assert_status(http_decode(wire, &m), WIRE_OK);
        g_assert_cmpint(m.is_request, ==, messages[i].status == 0);
        g_assert_cmpuint(m.status, ==, messages[i].status);
        g_assert_cmpuint(m.header_count, ==, messages[i].headers);
        g_assert_cmpuint(m.body.len, ==, messages[i].body);
        assert_bytes(m.body, bytes_of(wire.at + wire.len - m.body.len, m.body.len));
        if (m.is_request) {
            bool is_get = messages[i].key[0] == 'g';

            assert_bytes(m.method, bytes_text(is_get ? "GET" : "POST"));
            assert_bytes(m.target, bytes_text(is_get ? "/" : "/keymanagement?requesttype=msk-request"));
        }
    }
}

static void test_find(void)
{
    struct http_message m;

    assert_status(http_decode(vector_text(gba, "ua_msk_request.msgs", "post2"), &m), WIRE_OK);
    assert_bytes(*http_find(&m, "Host"), vector_text(gba, "gba", "naf_fqdn"));
    assert_bytes(*http_find(&m, "cOnTENT-lENGTH"), bytes_text("190"));
    assert_bytes(*http_find(&m, "Accept"), bytes_text("*/*"));
    g_assert_null(http_find(&m, "Hos"));
    g_assert_null(http_find(&m, "Hostx"));
    g_assert_null(http_find(&m, ""));
}

/* One after the other, to the end. */
static void test_find_next(void)
{
    static const char *const values[] = {"1", "2", "", "4"};
    const struct bytes *at = NULL;
    struct http_message m;

    assert_status(http_decode(bytes_text("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: y\r\nx: 2\r\nX:\r\n"
                                         "XX: z\r\nX: 4\r\n\r\n"),
                              &m),
                  WIRE_OK);
    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        at = http_find_next(&m, "X", at);
        g_assert_nonnull(at);
        assert_bytes(*at, bytes_text(values[i]));
    }
    g_assert_null(http_find_next(&m, "X", at));
    g_assert_null(http_find_next(&m, "Z", NULL));
}

/* Words of User-Agent and Server: whole ones, without a version or a semicolon. */
static void test_products(void)
{
    static const struct {
        const char *value;
        bool has;
    } cases[] = {{"3gpp-gba", true},
                 {"MBMSAgent; Release-6 3gpp-gba", true},
                 {"Client Agent; 3gpp-gba; x", true},
                 {"a\t3gpp-gba/1.0", true},
                 {"3gpp-gba-tmpi", false},
                 {"x3gpp-gba", false},
                 {"a/3gpp-gb 3gpp-gbaa", false},
                 {"4gpp-gba 3gpp-gbb", false},
                 {"  ", false},
                 {"", false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: %s\r\n\r\n", cases[i].value);
        struct http_message m;

        g_test_message("%s", cases[i].value);
        assert_status(http_decode(bytes_text(text), &m), WIRE_OK);
        g_assert_cmpint(http_has_product(&m, "User-Agent", "3gpp-gba"), ==, cases[i].has);
        g_assert_false(http_has_product(&m, "Server", "3gpp-gba"));
    }
}

/* The first of two headers of one name, white space around values, empty values, bytes above 127. */
static void test_values(void)
{
    struct http_message m;
    static const char text[] =
        "GET /a?b=c HTTP/1.1\r\nHost: a\r\nX: \t one\ttwo \t\r\nX: second\r\nEmpty:\r\nBlank:  \r\n"
        "Latin:\xe4\xff\r\n\r\n";

    assert_status(http_decode(bytes_text(text), &m), WIRE_OK);
    assert_bytes(m.target, bytes_text("/a?b=c"));
    assert_bytes(*http_find(&m, "x"), bytes_text("one\ttwo"));
    g_assert_cmpuint(http_find(&m, "empty")->len, ==, 0);
    g_assert_cmpuint(http_find(&m, "blank")->len, ==, 0);
    assert_bytes(*http_find(&m, "latin"), bytes_text("\xe4\xff"));
    g_assert_cmpuint(m.header_count, ==, 6);
}

/* A cut message is for a stream "wait for more", for a decoder truncated. */
static void assert_needs_more(struct bytes cut)
{
    struct http_message m;

    g_assert_cmpint(http_frame(cut), ==, 0);
    assert_status(http_decode(cut, &m), WIRE_TRUNCATED);
}

static void test_truncated(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++)
        for_each_truncation(vector_text(gba, messages[i].group, messages[i].key), assert_needs_more);
}

static void test_pipelined(void)
{
    struct bytes first = vector_text(gba, "ua_msk_request.msgs", "post1");
    struct bytes second = vector_text(gba, "gba.ub.msgs", "get1");
    uint8_t *both = g_malloc(first.len + second.len);
    struct http_message m;

    memcpy(both, first.at, first.len);
    memcpy(both + first.len, second.at, second.len);
    g_assert_cmpint(http_frame(bytes_of(both, first.len + second.len)), ==, (int64_t)first.len);
    assert_status(http_decode(bytes_of(both, first.len + 1), &m), WIRE_MALFORMED);
    g_free(both);
}

static void assert_consistent(struct bytes in)
{
    struct http_message m;
    int64_t framed = http_frame(in);

    g_assert_cmpint(framed, <=, (int64_t)in.len);
    if (http_decode(in, &m) != WIRE_OK)
        return;
    g_assert_cmpint(framed, ==, (int64_t)in.len);
    g_assert_true(is_within(m.body, in) && is_within(m.method, in) && is_within(m.target, in));
    for (unsigned i = 0; i < m.header_count; i++)
        g_assert_true(is_within(m.headers[i].name, in) && is_within(m.headers[i].value, in));
}

/* Every bit of every message: also those of Content-Length. */
static void test_bit_flips(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        struct bytes wire = vector_text(gba, messages[i].group, messages[i].key);

        for_each_bit_flip(wire, 0, wire.len, assert_consistent);
    }
}

/* Digits of "Content-Length: 190" changed: another length, or none, and then no end either. */
static void assert_other_length(struct bytes in)
{
    static const char name[] = "Content-Length: ";
    const char *digits = g_strstr_len((const char *)in.at, (gssize)in.len, name) + sizeof name - 1;
    bool is_length = g_ascii_isdigit(digits[0]) && g_ascii_isdigit(digits[1]) &&
                     (g_ascii_isdigit(digits[2]) || digits[2] == ' '); /* a bit from '0' */
    struct http_message m;

    g_assert_cmpint(http_frame(in) == (int64_t)in.len, ==, !is_length);
    g_assert_cmpint(http_decode(in, &m), !=, WIRE_OK);
}

static void test_content_length_flips(void)
{
    struct bytes wire = vector_text(gba, "ua_msk_request.msgs", "post1");
    const char *at = strstr((const char *)wire.at, "190");
    size_t from = (size_t)((const uint8_t *)at - wire.at);

    for_each_bit_flip(wire, from, from + 3, assert_other_length);
}

static const struct {
    const char *what, *text;
    enum wire_status status;
    int framed; /* 1: all of it, 0: more, -1: hopeless */
} faults[] = {
    {"no fault", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n", WIRE_OK, 1},
    {"no header but Host", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", WIRE_OK, 1},
    {"no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", WIRE_OK, 1},
    {"199 without a length", "HTTP/1.1 199 Wait\r\n\r\n", WIRE_OK, 1},
    {"304 without a length", "HTTP/1.1 304 Not Modified\r\n\r\n", WIRE_OK, 1},
    {"204 without a length", "HTTP/1.1 204 No Content\r\n\r\n", WIRE_OK, 1},
    {"length twice", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\ncontent-length: 0\r\n\r\n",
     WIRE_MALFORMED, 1},
    {"length list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0\r\n\r\n", WIRE_MALFORMED, 1},
    {"length with sign", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n", WIRE_MALFORMED, 1},
    {"length empty", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n", WIRE_MALFORMED, 1},
    {"length hexadecimal", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x0\r\n\r\n", WIRE_MALFORMED, 1},
    {"length of 65 bits", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n",
     WIRE_LIMIT, 1},
    {"length over the limit", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3001\r\n\r\n", WIRE_LIMIT, 1},
    {"body to come", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n", WIRE_TRUNCATED, 0},
    {"chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", WIRE_UNSUPPORTED, 1},
    {"response without a length", "HTTP/1.1 200 OK\r\n\r\n", WIRE_UNSUPPORTED, 1},
    {"folded header", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", WIRE_MALFORMED, 1},
    {"header without colon", "GET / HTTP/1.1\r\nHost: a\r\nAbc\r\n\r\n", WIRE_MALFORMED, 1},
    {"header without name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", WIRE_MALFORMED, 1},
    {"space before the colon", "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", WIRE_MALFORMED, 1},
    {"space before the name", "GET / HTTP/1.1\r\nHost: a\r\n A: b\r\n\r\n", WIRE_MALFORMED, 1},
    {"bare LF", "GET / HTTP/1.1\nHost: a\r\n\r\n", WIRE_MALFORMED, 1},
    {"bare LF in a header", "GET / HTTP/1.1\r\nHost: a\r\nA: b\nC: d\r\n\r\n", WIRE_MALFORMED, 1},
    {"bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\n", WIRE_MALFORMED, 1},
    {"bare CR", "GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", WIRE_MALFORMED, 1},
    {"escape character", "GET / HTTP/1.1\r\nHost: a\r\nA: \x1b\r\n\r\n", WIRE_MALFORMED, 1},
    {"delete character", "GET / HTTP/1.1\r\nHost: a\r\nA: aaaaaaaaaaaaaa\x7f\r\n\r\n", WIRE_MALFORMED, 1},
    {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", WIRE_UNSUPPORTED, 1},
    {"HTTP/2.0 response", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", WIRE_UNSUPPORTED, 1},
    {"no version", "GET /\r\n\r\n", WIRE_MALFORMED, 1},
    {"version in small letters", "GET / http/1.1\r\n\r\n", WIRE_MALFORMED, 1},
    {"empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", WIRE_MALFORMED, 1},
    {"space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", WIRE_MALFORMED, 1},
    {"tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", WIRE_MALFORMED, 1},
    {"trailing space", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", WIRE_MALFORMED, 1},
    {"status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", WIRE_MALFORMED, 1},
    {"status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", WIRE_MALFORMED, 1},
    {"status 600", "HTTP/1.1 600 No\r\nContent-Length: 0\r\n\r\n", WIRE_MALFORMED, 1},
    {"status 099", "HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n", WIRE_MALFORMED, 1},
    {"no space after the status", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", WIRE_MALFORMED, 1},
    {"empty line first", "\r\nGET / HTTP/1.1\r\n\r\n", WIRE_MALFORMED, -1},
    {"TLS", "\x16\x03\x01", WIRE_MALFORMED, -1},
    {"method in small letters", "get / HTTP/1.1\r\nHost: a\r\n\r\n", WIRE_OK, 1},
    {"nothing", "", WIRE_TRUNCATED, 0},
};

static void test_faults(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        uint8_t *block;
        struct bytes in = exact_copy(faults[i].text, strlen(faults[i].text), &block);
        struct http_message m;

        g_test_message("%s", faults[i].what);
        assert_status(http_decode(in, &m), faults[i].status);
        g_assert_cmpint(http_frame(in), ==, faults[i].framed > 0 ? (int64_t)in.len : faults[i].framed);
        g_free(block);
    }
}

/* RFC 7230 §5.4: a request without Host, with two, or with one that is no uri-host [ ":" port ]; §2.7.1: an
 * empty host is none. */
static void test_host(void)
{
    static const struct {
        const char *lines;
        enum wire_status status;
    } cases[] = {{"Host: bsf.mnc001.mcc001.pub.3gppnetwork.org\r\n", WIRE_OK},
                 {"hOST:\tBSF:8080 \r\n", WIRE_OK},
                 {"Host: a:\r\n", WIRE_OK},
                 {"Host: 192.0.2.1:80\r\n", WIRE_OK},
                 {"Host: [2001:db8::1]\r\n", WIRE_OK},
                 {"Host: [::ffff:192.0.2.1]:80\r\n", WIRE_OK},
                 {"Host: %61-._~!$&'()*+,;=\r\n", WIRE_OK},
                 {"A: b\r\nC: d\r\nHost: a\r\n", WIRE_OK},
                 {"", WIRE_MALFORMED},
                 {"A: b\r\n", WIRE_MALFORMED},
                 {"Hos: a\r\nHosts: a\r\n", WIRE_MALFORMED},
                 {"Host:\r\n", WIRE_MALFORMED},
                 {"Host: :80\r\n", WIRE_MALFORMED},
                 {"Host: a\r\nHost: a\r\n", WIRE_MALFORMED},
                 {"Host: a\r\nA: b\r\nhost: b\r\n", WIRE_MALFORMED},
                 {"Host: a b\r\n", WIRE_MALFORMED},
                 {"Host: a, b\r\n", WIRE_MALFORMED},
                 {"Host: a/b\r\n", WIRE_MALFORMED},
                 {"Host: u@a\r\n", WIRE_MALFORMED},
                 {"Host: http://a\r\n", WIRE_MALFORMED},
                 {"Host: a:80:80\r\n", WIRE_MALFORMED},
                 {"Host: a:8o\r\n", WIRE_MALFORMED},
                 {"Host: %6\r\n", WIRE_MALFORMED},
                 {"Host: %6g\r\n", WIRE_MALFORMED},
                 {"Host: %g6\r\n", WIRE_MALFORMED},
                 {"Host: %6:\r\n", WIRE_MALFORMED},
                 {"Host: %09%af%AF\r\n", WIRE_OK},
                 {"Host: \xc3\xa4\r\n", WIRE_MALFORMED},
                 {"Host: [2001:db8::1\r\n", WIRE_MALFORMED},
                 {"Host: [2001:db8::1]a\r\n", WIRE_MALFORMED},
                 {"Host: [192.0.2.1]\r\n", WIRE_MALFORMED},
                 {"Host: [2001:db8:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:1]\r\n", WIRE_MALFORMED},
                 {"Host: [v1.a]\r\n", WIRE_MALFORMED},
                 {"Host: []\r\n", WIRE_MALFORMED},
                 {"Host: ]\r\n", WIRE_MALFORMED}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("GET / HTTP/1.1\r\n%s\r\n", cases[i].lines);
        uint8_t *block;
        struct bytes in = exact_copy(text, strlen(text), &block);
        struct http_message m;

        g_test_message("%s", cases[i].lines);
        assert_status(http_decode(in, &m), cases[i].status);
        g_assert_cmpint(http_frame(in), ==, (int64_t)in.len); /* whole, so that it can be answered */
        g_free(block);
    }
}

/* Each byte within a host's name: RFC 3986 §2.2-2.3, reg-name. */
static void test_host_characters(void)
{
    for (unsigned c = 1; c < 256; c++) {
        g_autofree char *text = g_strdup_printf("GET / HTTP/1.1\r\nHost: a%cb\r\n\r\n", (char)c);
        bool good = (c < 128 && g_ascii_isalnum((char)c)) || strchr("-._~!$&'()*+,;=", (int)c) != NULL;
        struct http_message m;

        g_assert_cmpint(http_decode(bytes_text(text), &m) == WIRE_OK, ==, good);
    }
}

/* Fields that are no list stand once (RFC 7230 §3.2.2), be the second equal to the first or not, in requests
 * and in answers; lists, and what nobody reads, as often as they like. */
static void test_once(void)
{
    static const struct {
        const char *name, *value;
        bool once;
    } cases[] = {{"Authorization", "Digest username=\"a\"", true},
                 {"User-Agent", "UE-sim", true},
                 {"Server", "BSF-sim", true},
                 {"Date", "Tue, 01 Jan 2030 11:00:00 GMT", true},
                 {"Retry-After", "5", true},
                 {"WWW-Authenticate", "Digest realm=\"a\"", false},
                 {"Authentication-Info", "qop=auth-int", false},
                 {"Accept", "*/*", false},
                 {"Connection", "close", false},
                 {"Expires", "0", false},
                 {"Content-Type", "a/b", false},
                 {"Referer", "http://a", false},
                 {"Authorisation", "x", false}};
    static const char *const starts[] = {"GET / HTTP/1.1\r\nHost: a\r\n",
                                         "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"};

    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        const char *name = cases[i / 2].name, *value = cases[i / 2].value, *start = starts[i % 2];
        g_autofree char *upper = g_ascii_strup(name, -1);
        g_autofree char *one = g_strdup_printf("%s%s: %s\r\n\r\n", start, name, value);
        g_autofree char *equal =
            g_strdup_printf("%s%s: %s\r\nX: y\r\n%s: %s\r\n\r\n", start, name, value, upper, value);
        g_autofree char *other = g_strdup_printf("%s%s: %s\r\n%s:\r\n\r\n", start, name, value, name);
        enum wire_status twice = cases[i / 2].once ? WIRE_MALFORMED : WIRE_OK;
        struct http_message m;

        g_test_message("%s", equal);
        assert_status(http_decode(bytes_text(one), &m), WIRE_OK);
        assert_status(http_decode(bytes_text(equal), &m), twice);
        assert_status(http_decode(bytes_text(other), &m), twice);
        g_assert_cmpint(http_frame(bytes_text(equal)), ==, (int64_t)strlen(equal));
    }
}

/* NUL at every place of a head. */
static void test_nul(void)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: name\r\n\r\n";

    for (size_t i = 0; i < sizeof text - 1; i++) {
        char copy[sizeof text];
        struct http_message m;

        memcpy(copy, text, sizeof text);
        copy[i] = 0;
        g_assert_cmpint(http_decode(bytes_of(copy, sizeof text - 1), &m), !=, WIRE_OK);
    }
}

static void test_header_limit(void)
{
    GString *text = g_string_new("GET / HTTP/1.1\r\nHost: a\r\n");
    struct http_message m;

    for (unsigned i = 1; i < HTTP_HEADERS_MAX; i++)
        g_string_append(text, "A: b\r\n");
    g_string_append(text, "\r\n");
    assert_status(http_decode(bytes_of(text->str, text->len), &m), WIRE_OK);
    g_assert_cmpuint(m.header_count, ==, HTTP_HEADERS_MAX);
    g_string_insert(text, 16, "A: b\r\n");
    assert_status(http_decode(bytes_of(text->str, text->len), &m), WIRE_LIMIT);
    g_string_free(text, TRUE);
}

/* A head of exactly the limit, one byte more, and one that never ends; a body of exactly the limit. */
static void test_size_limits(void)
{
    GString *text = g_string_new("GET / HTTP/1.1\r\nHost: a\r\nA: ");
    struct http_message m;

    while (text->len < HTTP_HEAD_BYTES_MAX - 4)
        g_string_append_c(text, 'a');
    g_assert_cmpint(http_frame(bytes_of(text->str, text->len)), ==, 0);
    g_string_append(text, "\r\n\r\n");
    g_assert_cmpint(http_frame(bytes_of(text->str, text->len)), ==, HTTP_HEAD_BYTES_MAX);
    assert_status(http_decode(bytes_of(text->str, text->len), &m), WIRE_OK);
    g_string_insert_c(text, 30, 'a');
    g_assert_cmpint(http_frame(bytes_of(text->str, text->len)), ==, (int64_t)text->len);
    assert_status(http_decode(bytes_of(text->str, text->len), &m), WIRE_LIMIT);
    g_string_truncate(text, HTTP_HEAD_BYTES_MAX - 3);
    g_string_append(text, "aaaa");
    g_assert_cmpint(http_frame(bytes_of(text->str, text->len)), ==, (int64_t)text->len);

    g_string_assign(text, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n");
    for (unsigned i = 0; i < HTTP_BODY_BYTES_MAX; i++)
        g_string_append_c(text, 'b');
    g_assert_cmpint(http_frame(bytes_of(text->str, text->len)), ==, (int64_t)text->len);
    assert_status(http_decode(bytes_of(text->str, text->len), &m), WIRE_OK);
    g_assert_cmpuint(m.body.len, ==, HTTP_BODY_BYTES_MAX);
    g_string_free(text, TRUE);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    gba = vectors_open("gba_ub_ua_computed.ini");
    g_test_add_func("/http/vectors", test_vectors);
    g_test_add_func("/http/find", test_find);
    g_test_add_func("/http/find-next", test_find_next);
    g_test_add_func("/http/products", test_products);
    g_test_add_func("/http/values", test_values);
    g_test_add_func("/http/truncated", test_truncated);
    g_test_add_func("/http/pipelined", test_pipelined);
    g_test_add_func("/http/bit-flips", test_bit_flips);
    g_test_add_func("/http/content-length-flips", test_content_length_flips);
    g_test_add_func("/http/faults", test_faults);
    g_test_add_func("/http/host", test_host);
    g_test_add_func("/http/host/characters", test_host_characters);
    g_test_add_func("/http/fields that stand once", test_once);
    g_test_add_func("/http/nul", test_nul);
    g_test_add_func("/http/header-limit", test_header_limit);
    g_test_add_func("/http/size-limits", test_size_limits);
    return g_test_run();
}
