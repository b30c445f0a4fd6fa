/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ua: the four example messages of an MSK request byte for byte, and their XML bodies. */
#include "models/wire/ua.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

#define NOW    INT64_C(1893495601) /* 2030-01-01 11:00:01 */
#define EXPIRY INT64_C(1893499200) /* 12:00:00 */

static GKeyFile *gba;
static const char group[] = "ua_msk_request";
static const struct ua_key example = {{0x00, 0xf1, 0x10}, 0x00050000, 200};

static struct bytes text_of(const char *key)
{
    return vector_text(gba, group, key);
}

static struct bytes message_of(const char *key)
{
    return vector_text(gba, "ua_msk_request.msgs", key);
}

static void test_messages(void)
{
    struct bytes naf = vector_text(gba, "gba", "naf_fqdn"), body = text_of("body");
    struct digest_fields challenge = {.realm = text_of("realm"),
                                      .nonce = text_of("nonce"),
                                      .algorithm = bytes_text("MD5"),
                                      .qop = text_of("qop"),
                                      .opaque = text_of("opaque")};
    struct digest_fields credentials = challenge;
    struct digest_fields info = {
        .qop = text_of("qop"), .rspauth = text_of("rspauth"), .cnonce = text_of("cnonce"), .nc = 1};

    credentials.username = text_of("username");
    credentials.uri = text_of("uri");
    credentials.nc = 1;
    credentials.cnonce = text_of("cnonce");
    credentials.response = text_of("response");
    assert_bytes(credentials.uri, bytes_text(UA_MSK_REQUEST_URI));
    CHECK_ENCODER(message_of("post1"), ua_request_encode(naf, NOW, NULL, body, out, room, &length));
    CHECK_ENCODER(message_of("401"), ua_challenge_encode(&challenge, NOW, out, room, &length));
    CHECK_ENCODER(message_of("post2"), ua_request_encode(naf, NOW, &credentials, body, out, room, &length));
    CHECK_ENCODER(message_of("200"),
                  ua_success_encode(&info, NOW, EXPIRY, text_of("response_body"), out, room, &length));
}

static void test_sizes(void)
{
    static const char *const keys[] = {"post1", "401", "post2", "200"};

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
        g_assert_cmpuint(message_of(keys[i]).len, ==,
                         vector_number(gba, "ua_msk_request.msg_bytes", keys[i]));
}

static void test_bodies(void)
{
    struct ua_key keys[UA_KEYS_MAX];
    unsigned count = 0;

    CHECK_ENCODER(text_of("body"), ua_request_body_encode(&example, 1, out, room, &length));
    CHECK_ENCODER(text_of("response_body"), ua_response_body_encode(&example, 1, out, room, &length));
    assert_status(ua_request_body_decode(text_of("body"), keys, &count), WIRE_OK);
    g_assert_cmpuint(count, ==, 1);
    g_assert_cmpmem(keys[0].key_domain_id, 3, example.key_domain_id, 3);
    g_assert_cmpuint(keys[0].msk_id, ==, example.msk_id);
    g_assert_cmpuint(keys[0].status, ==, 0);
    assert_status(ua_response_body_decode(text_of("response_body"), keys, &count), WIRE_OK);
    g_assert_cmpuint(count, ==, 1);
    g_assert_cmpmem(keys[0].key_domain_id, 3, example.key_domain_id, 3);
    g_assert_cmpuint(keys[0].msk_id, ==, example.msk_id);
    g_assert_cmpuint(keys[0].status, ==, 200);
}

static void test_many_keys(void)
{
    struct ua_key keys[UA_KEYS_MAX + 1], back[UA_KEYS_MAX];
    uint8_t out[2400];
    size_t length;
    unsigned count = 0;
    char *text;

    for (unsigned i = 0; i <= UA_KEYS_MAX; i++)
        keys[i] = (struct ua_key){{(uint8_t)i, 0xff, (uint8_t)(3 * i)}, 0xfffe0000 + i, 200 + i};
    assert_status(ua_response_body_encode(keys, UA_KEYS_MAX, out, sizeof out, &length), WIRE_OK);
    assert_status(ua_response_body_decode(bytes_of(out, length), back, &count), WIRE_OK);
    g_assert_cmpuint(count, ==, UA_KEYS_MAX);
    for (unsigned i = 0; i < count; i++) {
        g_assert_cmpmem(back[i].key_domain_id, 3, keys[i].key_domain_id, 3);
        g_assert_cmpuint(back[i].msk_id, ==, keys[i].msk_id);
        g_assert_cmpuint(back[i].status, ==, keys[i].status);
    }
    assert_status(ua_response_body_encode(keys, UA_KEYS_MAX + 1, out, sizeof out, &length), WIRE_LIMIT);
    assert_status(ua_request_body_encode(keys, UA_KEYS_MAX + 1, out, sizeof out, &length), WIRE_LIMIT);
    assert_status(ua_request_body_encode(keys, 0, out, sizeof out, &length), WIRE_MALFORMED);
    keys[0].status = 99;
    assert_status(ua_response_body_encode(keys, 1, out, sizeof out, &length), WIRE_MALFORMED);
    keys[0].status = 600;
    assert_status(ua_response_body_encode(keys, 1, out, sizeof out, &length), WIRE_MALFORMED);

    assert_status(ua_request_body_encode(keys, UA_KEYS_MAX, out, sizeof out, &length), WIRE_OK);
    text = g_strdup_printf(
        "%.*s<MSK><keyDomainID>APEQ</keyDomainID><MSKID>AAUAAA==</MSKID></MSK></mbmsMSKRequest>",
        (int)(length - strlen("</mbmsMSKRequest>\n")), (char *)out);
    assert_status(ua_request_body_decode(bytes_text(text), back, &count), WIRE_LIMIT);
    g_free(text);
}

/* Answers that say yes to every key are read by comparing: as many as there may be, one more, text behind. */
static void test_granted_keys(void)
{
    static const struct {
        const char *end;
        unsigned answers;
        enum wire_status status;
    } cases[] = {{"</mbmsMSKResponse>\n", UA_KEYS_MAX, WIRE_OK},
                 {"</mbmsMSKResponse>", UA_KEYS_MAX, WIRE_OK},
                 {"</mbmsMSKResponse>x", UA_KEYS_MAX, WIRE_MALFORMED},
                 {"</mbmsMSKResponse>\n", UA_KEYS_MAX + 1, WIRE_LIMIT},
                 {"</mbmsMSKResponse>\n", 0, WIRE_MALFORMED}};
    const char *whole = (const char *)text_of("response_body").at;
    const char *answer = strstr(whole, "<Response>"), *end = strstr(whole, "</mbmsMSKResponse>");

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *text = g_string_new_len(whole, answer - whole);
        struct ua_key keys[UA_KEYS_MAX];
        unsigned count;

        for (unsigned k = 0; k < cases[i].answers; k++)
            g_string_append_len(text, answer, end - answer);
        g_string_append(text, cases[i].end);
        assert_status(ua_response_body_decode(bytes_of(text->str, text->len), keys, &count), cases[i].status);
        for (unsigned k = 0; cases[i].status == WIRE_OK && k < UA_KEYS_MAX; k++)
            g_assert_true(count == UA_KEYS_MAX && keys[k].msk_id == example.msk_id && keys[k].status == 200);
        g_string_free(text, TRUE);
    }
}

static void test_request_faults(void)
{
#define REQUEST_SPACE    "urn:3GPP:metadata:2005:MBMS:mskRequest"
#define REQUEST(content) "<mbmsMSKRequest xmlns=\"" REQUEST_SPACE "\">" content "</mbmsMSKRequest>"
#define DOMAIN           "<keyDomainID>APEQ</keyDomainID>"
#define ID               "<MSKID>AAUAAA==</MSKID>"
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {REQUEST("<MSK>" DOMAIN ID "</MSK>"), true},
        {REQUEST("<x/><MSK>" ID "<y>z</y>" DOMAIN "</MSK>"), true},
        {REQUEST(""), false},
        {REQUEST("<MSK/>"), false},
        {REQUEST("<MSK>" DOMAIN "</MSK>"), false},
        {REQUEST("<MSK>" ID "</MSK>"), false},
        {REQUEST("<MSK>" DOMAIN DOMAIN ID "</MSK>"), false},
        {REQUEST("<MSK>" DOMAIN ID ID "</MSK>"), false},
        {REQUEST("<MSK>text" DOMAIN ID "</MSK>"), false},
        {REQUEST("<MSK>" DOMAIN "<MSKID>AAUAAAA=</MSKID></MSK>"), false},
        {REQUEST("<MSK>" DOMAIN "<MSKID>AAUA</MSKID></MSK>"), false},
        {REQUEST("<MSK>" DOMAIN "<MSKID>AAUAAB==</MSKID></MSK>"), false},
        {REQUEST("<MSK>" DOMAIN "<MSKID/></MSK>"), false},
        {REQUEST("<MSK><keyDomainID>APE=</keyDomainID>" ID "</MSK>"), false},
        {REQUEST("<MSK><keyDomainID>APEQAA==</keyDomainID>" ID "</MSK>"), false},
        /* the same in other words of Namespaces in XML, and what is not the same */
        {"<m:mbmsMSKRequest xmlns:m='" REQUEST_SPACE "'><m:MSK><m:MSKID>AAUAAA==</m:MSKID>"
         "<m:keyDomainID>APEQ</m:keyDomainID></m:MSK></m:mbmsMSKRequest>",
         true},
        {REQUEST("<MSK xmlns:x=\"urn:x\"><x:keyDomainID>no</x:keyDomainID>" DOMAIN ID "</MSK>"), true},
        {REQUEST("<MSK xmlns=\"urn:x\">" DOMAIN ID "</MSK>"), false},
        {"<m:mbmsMSKRequest xmlns:m='" REQUEST_SPACE "'><MSK>" DOMAIN ID "</MSK></m:mbmsMSKRequest>", false},
        {"<mbmsMSKRequest><MSK>" DOMAIN ID "</MSK></mbmsMSKRequest>", false},
        {"<mbmsMSKRequest xmlns=\"urn:3GPP:metadata:2005:MBMS:msk\"><MSK>" DOMAIN ID
         "</MSK></mbmsMSKRequest>",
         false},
        {"<mbmsMSK xmlns=\"" REQUEST_SPACE "\"><MSK>" DOMAIN ID "</MSK></mbmsMSK>", false},
        {"<mbmsMSKResponse xmlns=\"" REQUEST_SPACE "\"><MSK>" DOMAIN ID "</MSK></mbmsMSKResponse>", false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct ua_key keys[UA_KEYS_MAX];
        unsigned count;

        g_test_message("%s", cases[i].text);
        g_assert_cmpint(ua_request_body_decode(bytes_text(cases[i].text), keys, &count) == WIRE_OK, ==,
                        cases[i].good);
    }
}

static void test_response_faults(void)
{
#define RESPONSE(content)                                                                                    \
    "<mbmsMSKResponse xmlns=\"urn:3GPP:metadata:2005:MBMS:mskResponse\"><Response>" content                  \
    "</Response></mbmsMSKResponse>"
#define MSK "<MSK>" DOMAIN ID "</MSK>"
    static const struct {
        const char *text;
        bool good;
    } cases[] = {{RESPONSE(MSK "<ResponseCode>403</ResponseCode>"), true},
                 {RESPONSE(MSK "<ResponseCode>403 Forbidden</ResponseCode>"), true},
                 {RESPONSE(MSK "<ResponseCode>403 </ResponseCode>"), true},
                 {RESPONSE(MSK "<ResponseCode>403Forbidden</ResponseCode>"), false},
                 {RESPONSE(MSK "<ResponseCode>OK</ResponseCode>"), false},
                 {RESPONSE(MSK "<ResponseCode>20 OK</ResponseCode>"), false},
                 {RESPONSE("<ResponseCode>403</ResponseCode><x/>" MSK), true},
                 {RESPONSE(MSK), false},
                 {RESPONSE("<ResponseCode>200</ResponseCode>"), false},
                 {RESPONSE(MSK MSK "<ResponseCode>200</ResponseCode>"), false},
                 {RESPONSE(MSK "<ResponseCode>200</ResponseCode><ResponseCode>200</ResponseCode>"), false},
                 {RESPONSE(MSK "<ResponseCode>99</ResponseCode>"), false},
                 {RESPONSE(MSK "<ResponseCode>600</ResponseCode>"), false},
                 {RESPONSE(MSK "<ResponseCode>0200</ResponseCode>"), false},
                 {RESPONSE(MSK "<ResponseCode>-20</ResponseCode>"), false},
                 {RESPONSE(MSK "<ResponseCode/>"), false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct ua_key keys[UA_KEYS_MAX];
        unsigned count;

        g_test_message("%s", cases[i].text);
        g_assert_cmpint(ua_response_body_decode(bytes_text(cases[i].text), keys, &count) == WIRE_OK, ==,
                        cases[i].good);
    }
}

/* TS 26.346 §11.8.2: ResponseCode is a string, the examples say "200 OK". With phrase or without, ours or
 * another. */
static void test_response_codes(void)
{
    static const struct {
        const char *text;
        unsigned status;
    } cases[] = {{"200 OK", 200}, {"200", 200}, {"200 Granted", 200}, {" 403 Forbidden ", 403}, {"503", 503}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf(RESPONSE(MSK "<ResponseCode>%s</ResponseCode>"), cases[i].text);
        struct ua_key keys[UA_KEYS_MAX];
        unsigned count;

        assert_status(ua_response_body_decode(bytes_text(text), keys, &count), WIRE_OK);
        g_assert_cmpuint(count, ==, 1);
        g_assert_cmpuint(keys[0].status, ==, cases[i].status);
    }
}

/* TS 33.246 §G.2: the parameter "requesttype" says what is asked for; further parameters may stand beside
 * it. */
static void test_targets(void)
{
    static const struct {
        const char *target;
        enum ua_request request;
    } cases[] = {{"/keymanagement?requesttype=msk-request", UA_MSK_REQUEST},
                 {"/keymanagement?requesttype=msk-request&x=1", UA_MSK_REQUEST},
                 {"/keymanagement?x=1&requesttype=msk-request", UA_MSK_REQUEST},
                 {"/keymanagement?&&requesttype=msk-request&", UA_MSK_REQUEST},
                 {"http://bmsc.home1.net:1234/keymanagement?requesttype=msk-request", UA_MSK_REQUEST},
                 {"/keymanagement?requesttype=register", UA_REGISTRATION},
                 {"/keymanagement?requesttype=deregister&x", UA_DEREGISTRATION},
                 {"/keymanagement?requesttype=msk-requests", UA_NO_REQUEST},
                 {"/keymanagement?requesttype=", UA_NO_REQUEST},
                 {"/keymanagement?xrequesttype=msk-request", UA_NO_REQUEST},
                 {"/keymanagement", UA_NO_REQUEST},
                 {"/keymanagement?", UA_NO_REQUEST},
                 {"/other?requesttype=msk-request", UA_NO_REQUEST},
                 {"http://bmsc.home1.net:1234", UA_NO_REQUEST},
                 {"http://", UA_NO_REQUEST},
                 {"/", UA_NO_REQUEST},
                 {"", UA_NO_REQUEST}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t *block;
        struct bytes target = exact_copy(cases[i].target, strlen(cases[i].target), &block);

        g_test_message("%s", cases[i].target);
        g_assert_cmpint(ua_request_of_target(target), ==, cases[i].request);
        g_free(block);
    }
}

/* TS 24.109 §5.2.1: in each request, with credentials and without. */
static void test_product_token(void)
{
    static const char *const keys[] = {"post1", "post2"};
    struct http_message m;

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        assert_status(http_decode(message_of(keys[i]), &m), WIRE_OK);
        g_assert_true(http_has_product(&m, "User-Agent", "3gpp-gba"));
        g_assert_nonnull(http_find(&m, "Referer"));
    }
}

/* Only the line feed behind the last tag may be missing. */
static void assert_request_cut(struct bytes cut)
{
    struct ua_key keys[UA_KEYS_MAX];
    unsigned count;

    g_assert_cmpint(ua_request_body_decode(cut, keys, &count) == WIRE_OK, ==,
                    cut.len == text_of("body").len - 1);
}

static void assert_response_cut(struct bytes cut)
{
    struct ua_key keys[UA_KEYS_MAX];
    unsigned count;

    g_assert_cmpint(ua_response_body_decode(cut, keys, &count) == WIRE_OK, ==,
                    cut.len == text_of("response_body").len - 1);
}

/* A changed body is refused or holds one key: that of the example where no base64 character changed. */
static void assert_one_key(struct bytes in)
{
    struct ua_key keys[UA_KEYS_MAX];
    unsigned count;

    if (ua_response_body_decode(in, keys, &count) == WIRE_OK)
        g_assert_true(count == 1 && keys[0].status >= 100 && keys[0].status <= 599);
}

static void test_damaged(void)
{
    struct bytes response = text_of("response_body");

    for_each_truncation(text_of("body"), assert_request_cut);
    for_each_truncation(response, assert_response_cut);
    for_each_bit_flip(response, 0, response.len, assert_one_key);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    gba = vectors_open("gba_ub_ua_computed.ini");
    g_test_add_func("/ua/messages", test_messages);
    g_test_add_func("/ua/sizes", test_sizes);
    g_test_add_func("/ua/bodies", test_bodies);
    g_test_add_func("/ua/many-keys", test_many_keys);
    g_test_add_func("/ua/granted-keys", test_granted_keys);
    g_test_add_func("/ua/request-faults", test_request_faults);
    g_test_add_func("/ua/response-faults", test_response_faults);
    g_test_add_func("/ua/response codes", test_response_codes);
    g_test_add_func("/ua/targets", test_targets);
    g_test_add_func("/ua/product token", test_product_token);
    g_test_add_func("/ua/damaged", test_damaged);
    return g_test_run();
}
