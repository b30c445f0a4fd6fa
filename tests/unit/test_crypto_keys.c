/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The keys of MIKEY, GBA and MBMS and the values of HTTP Digest, against the vectors of their standards
 * where there are some, else against values that other programs computed. */
#include "models/crypto/digest_auth.h"
#include "models/crypto/gba_keys.h"
#include "models/crypto/mikey_keys.h"
#include "models/crypto/milenage.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

static struct crypto *crypto;
static GKeyFile *mikey, *gba, *digest;

static void assert_digest(const struct digest_hash *got, GKeyFile *file, const char *group, const char *key)
{
    assert_bytes(digest_hash_bytes(got), vector_text(file, group, key));
}

static void test_prf(void)
{
    static const char *const groups[] = {"prf.0", "prf.1", "prf.2", "prf.3"};

    for (unsigned i = 0; i < G_N_ELEMENTS(groups); i++) {
        struct bytes expected = vector_hex(mikey, groups[i], "outkey");
        uint8_t outkey[65];

        g_assert_cmpuint(expected.len, ==, vector_number(mikey, groups[i], "outkey_len"));
        memset(outkey, 0xee, sizeof outkey);
        mikey_prf(crypto, vector_hex(mikey, groups[i], "inkey"), vector_hex(mikey, groups[i], "label"),
                  outkey, expected.len);
        assert_bytes(bytes_of(outkey, expected.len), expected);
        g_assert_cmphex(outkey[expected.len], ==, 0xee);
        /* What is asked for in part is the beginning of the whole. */
        mikey_prf(crypto, vector_hex(mikey, groups[i], "inkey"), vector_hex(mikey, groups[i], "label"),
                  outkey, 7);
        g_assert_cmpmem(outkey, 7, expected.at, 7);
        mikey_prf(crypto, vector_hex(mikey, groups[i], "inkey"), vector_hex(mikey, groups[i], "label"),
                  outkey + 7, 0);
        g_assert_cmpmem(outkey, 7, expected.at, 7);
        g_assert_cmphex(outkey[7], ==, expected.at[7]);
    }
}

/* mikey_keys() takes a short cut where RAND is short: at every length it must agree with the PRF. */
static void test_keys_every_rand(void)
{
    struct bytes psk = vector_hex(mikey, "profile_inputs", "muk");
    uint8_t label[9 + 255] = {0, 0, 0, 0, 0xff, 0xca, 0xfe, 0xba, 0xbe};
    uint8_t expected[3][20], auth[20];
    static const uint8_t constants[3][4] = {
        {0x2d, 0x22, 0xac, 0x75}, {0x15, 0x05, 0x33, 0xe1}, {0x29, 0xb8, 0x89, 0x16}};

    for (unsigned i = 9; i < sizeof label; i++)
        label[i] = (uint8_t)(i * 91);
    for (size_t len = 0; len <= 255; len++) {
        struct mikey_keys keys;

        for (unsigned i = 0; i < 3; i++) {
            memcpy(label, constants[i], 4);
            mikey_prf(crypto, psk, bytes_of(label, 9 + len), expected[i], 20);
        }
        mikey_keys(crypto, psk, 0xcafebabe, bytes_of(label + 9, len), &keys);
        g_assert_cmpmem(keys.auth, 20, expected[0], 20);
        g_assert_cmpmem(keys.encr, 16, expected[1], 16);
        g_assert_cmpmem(keys.salt, 14, expected[2], 14);
        mikey_auth_key(crypto, psk, 0xcafebabe, bytes_of(label + 9, len), auth);
        g_assert_cmpmem(auth, 20, expected[0], 20);
    }
}

struct message {
    const char *group, *keys_group;
    struct bytes psk, rand, whole;
    uint32_t csb_id;
    struct mikey_keys keys;
};

static struct message message_open(const char *group, const char *keys_group, struct bytes psk,
                                   struct bytes rand)
{
    struct message message = {group, keys_group,     psk, rand, vector_hex(mikey, group, "message"),
                              0,     {{0}, {0}, {0}}};

    message.csb_id = (uint32_t)vector_number(mikey, "profile_inputs", "csb_id");
    mikey_keys(crypto, psk, message.csb_id, rand, &message.keys);
    return message;
}

static void check_keys(const struct message *message)
{
    uint8_t auth[20];

    assert_bytes(bytes_of(message->keys.encr, 16), vector_hex(mikey, message->keys_group, "enc"));
    assert_bytes(bytes_of(message->keys.auth, 20), vector_hex(mikey, message->keys_group, "auth"));
    assert_bytes(bytes_of(message->keys.salt, 14), vector_hex(mikey, message->keys_group, "salt"));
    mikey_auth_key(crypto, message->psk, message->csb_id, message->rand, auth);
    g_assert_cmpmem(auth, 20, message->keys.auth, 20);
}

static void check_mac(const struct message *message)
{
    size_t covered = message->whole.len - 20;
    uint8_t mac[20];

    mikey_mac(crypto, message->keys.auth, bytes_of(message->whole.at, covered), mac);
    assert_bytes(bytes_of(mac, 20), vector_hex(mikey, message->group, "mac"));
    g_assert_cmpmem(mac, 20, message->whole.at + covered, 20);
}

static void check_crypt(const struct message *message)
{
    struct bytes plain = vector_hex(mikey, message->group, "key_data_plain");
    struct bytes encrypted = vector_hex(mikey, message->group, "encr_data");
    uint64_t counter = vector_number(mikey, message->group, "ts_counter");
    uint8_t out[64];

    mikey_crypt(crypto, &message->keys, message->csb_id, counter, plain.at, out, plain.len);
    assert_bytes(bytes_of(out, plain.len), encrypted);
    mikey_crypt(crypto, &message->keys, message->csb_id, counter, out, out, plain.len);
    assert_bytes(bytes_of(out, plain.len), plain);
}

static struct message open_pull(void)
{
    return message_open("solicited_pull", "solicited_pull.keys", vector_hex(mikey, "profile_inputs", "muk"),
                        vector_hex(mikey, "solicited_pull", "rand"));
}

static struct message open_push(void)
{
    return message_open("msk_push", "msk_push.keys", vector_hex(mikey, "profile_inputs", "muk"),
                        vector_hex(mikey, "msk_push", "rand"));
}

static void test_pull(void)
{
    struct message pull = open_pull();

    check_keys(&pull);
    check_mac(&pull);
}

static void test_push(void)
{
    struct message push = open_push();

    check_keys(&push);
    check_mac(&push);
    check_crypt(&push);
}

static void test_mtk(void)
{
    struct message mtk = message_open("mtk", "mtk.keys", vector_hex(mikey, "profile_inputs", "msk"),
                                      vector_hex(mikey, "mtk", "rand_used"));

    check_keys(&mtk);
    check_mac(&mtk);
    check_crypt(&mtk);
}

static void test_ack(void)
{
    struct message push = open_push();
    struct bytes ack = vector_hex(mikey, "msk_ack", "message");
    struct bytes ts = bytes_of(ack.at + 12, 4); /* behind HDR (10) and the T payload's first two bytes */
    uint8_t mac[20];

    mikey_verification_mac(crypto, push.keys.auth, bytes_of(ack.at, ack.len - 20),
                           vector_text(mikey, "profile_inputs", "idi"),
                           vector_text(mikey, "profile_inputs", "idr"), ts, mac);
    assert_bytes(bytes_of(mac, 20), vector_hex(mikey, "msk_ack", "ver_data"));
    g_assert_cmpmem(mac, 20, ack.at + ack.len - 20, 20);
}

/* The IV takes all 64 bits of a timestamp and the CSB ID; checked against the formula, byte by byte,
 * through a key stream that another route gives. */
static void test_crypt_iv(void)
{
    struct mikey_keys keys;
    uint8_t iv[16], expected[40] = {0}, got[40] = {0};
    static const uint8_t mixed[14] = {0, 0, 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 5, 6, 7, 8};

    memset(&keys, 0x3c, sizeof keys);
    memset(iv, 0, sizeof iv);
    for (unsigned i = 0; i < 14; i++)
        iv[i] = mixed[i] ^ 0x3c;
    aes128_ctr(crypto, keys.encr, iv, expected, expected, sizeof expected);
    mikey_crypt(crypto, &keys, 0xdeadbeef, 0x0102030405060708, got, got, sizeof got);
    g_assert_cmpmem(got, sizeof got, expected, sizeof expected);
}

/* TS 33.220 §B.4: base64 of the first 24 octets, in a domain of its own. */
static void assert_tmpi(struct bytes ks, struct bytes rand, struct bytes impi)
{
    g_autofree char *bsf_id = g_strdup_printf("%s.....", vector_text(gba, "gba", "bsf_fqdn").at);
    size_t length = strlen(bsf_id);
    uint8_t tmpi[GBA_TMPI_BYTES];
    g_autofree char *text = NULL, *name = NULL;

    memcpy(bsf_id + length - 5, GBA_UA_TMPI, 5);
    gba_tmpi(crypto, ks.at, rand.at, impi, bytes_of(bsf_id, length), tmpi);
    text = g_base64_encode(tmpi, sizeof tmpi);
    name = g_strconcat(text, "@tmpi.bsf.3gppnetwork.org", NULL);
    assert_bytes(bytes_text(name), vector_text(gba, "gba", "tmpi"));
}

static void test_gba(void)
{
    struct bytes ks = vector_hex(gba, "gba", "ks"), rand = vector_hex(gba, "gba", "rand");
    struct bytes impi = vector_text(gba, "gba", "impi"), naf_id = vector_hex(gba, "gba", "naf_id");
    struct bytes fqdn = vector_text(gba, "gba", "naf_fqdn");
    uint8_t key[32];

    g_assert_cmpmem(naf_id.at, fqdn.len, fqdn.at, fqdn.len);
    g_assert_cmpmem(naf_id.at + fqdn.len, naf_id.len - fqdn.len, GBA_UA_MBMS, 5);
    gba_ks_naf(crypto, ks.at, rand.at, impi, naf_id, key);
    assert_bytes(bytes_of(key, 32), vector_hex(gba, "gba.ks_naf", "out"));
    assert_tmpi(ks, rand, impi);
    mbms_mrk(crypto, key, key);
    assert_bytes(bytes_of(key, 32), vector_hex(gba, "gba.mrk", "out"));
}

/* The inputs of one digest, by the names that the vector files use. */
struct credentials {
    GKeyFile *file;
    const char *group;
    enum digest_algorithm algorithm;
    struct bytes username, realm, password, body, response_body;
};

static void check_response(const struct credentials *c, const struct digest_hash *ha1, struct bytes method,
                           struct bytes body, const char *key)
{
    const struct bytes qop = vector_text(c->file, c->group, "qop");
    struct digest_hash ha2, response;

    digest_ha2(crypto, c->algorithm, method, vector_text(c->file, c->group, "uri"),
               bytes_equal(qop, bytes_text("auth-int")), body, &ha2);
    digest_response(crypto, c->algorithm, ha1, vector_text(c->file, c->group, "nonce"), 1,
                    vector_text(c->file, c->group, "cnonce"), qop, &ha2, &response);
    assert_digest(&response, c->file, c->group, key);
}

static void check_digest(const struct credentials *c)
{
    const struct bytes method = vector_text(c->file, c->group, "method");
    const struct bytes nothing = bytes_of(NULL, 0);
    const struct bytes qop = vector_text(c->file, c->group, "qop");
    struct digest_hash ha1, ha2;

    digest_ha1(crypto, c->algorithm, c->username, c->realm, c->password, &ha1);
    assert_digest(&ha1, c->file, c->group, "ha1");
    digest_ha2(crypto, c->algorithm, method, vector_text(c->file, c->group, "uri"),
               bytes_equal(qop, bytes_text("auth-int")), c->body, &ha2);
    assert_digest(&ha2, c->file, c->group, "ha2");
    check_response(c, &ha1, method, c->body, "response");
    if (c->response_body.len > 0)
        check_response(c, &ha1, nothing, c->response_body, "rspauth");
}

static void test_digest_ub(void)
{
    struct credentials c = {.file = gba, .group = "gba.ub", .algorithm = DIGEST_MD5};
    struct digest_hash ha1;

    c.username = vector_text(gba, "gba", "impi");
    c.realm = vector_text(gba, "gba", "bsf_fqdn");
    c.password = vector_hex(gba, "gba.ub", "password_hex");
    c.response_body = vector_text(gba, "gba.ub", "response_body");
    check_digest(&c);
    /* With AUTS the password is empty (RFC 3310 §3.4). */
    digest_ha1(crypto, DIGEST_MD5, c.username, c.realm, bytes_of(NULL, 0), &ha1);
    check_response(&c, &ha1, vector_text(gba, "gba.ub", "method"), bytes_of(NULL, 0),
                   "response_when_auts_empty_password");
}

static void test_digest_ua(void)
{
    struct credentials c = {.file = gba, .group = "ua_msk_request", .algorithm = DIGEST_MD5};

    c.username = vector_text(gba, c.group, "username");
    c.realm = vector_text(gba, c.group, "realm");
    c.password = vector_text(gba, c.group, "password");
    c.body = vector_text(gba, c.group, "body");
    c.response_body = vector_text(gba, c.group, "response_body");
    check_digest(&c);
}

static void test_digest_published(void)
{
    static const char *const groups[] = {"published.0", "published.1", "published.2"};

    for (unsigned i = 0; i < G_N_ELEMENTS(groups); i++) {
        struct credentials c = {.file = digest, .group = groups[i]};

        c.algorithm = bytes_equal(vector_text(digest, c.group, "algorithm"), bytes_text("MD5"))
                          ? DIGEST_MD5
                          : DIGEST_SHA256;
        c.username = vector_text(digest, c.group, "username");
        c.realm = vector_text(digest, c.group, "realm");
        c.password = vector_text(digest, c.group, "password");
        check_digest(&c);
    }
}

/* H(text) through another route: the parts put together in one text. */
static void hash_of(const char *text, struct digest_hash *out)
{
    char *sum = g_compute_checksum_for_string(G_CHECKSUM_MD5, text, -1);

    out->length = 32;
    memcpy(out->hex, sum, 32);
    g_free(sum);
}

/* The form without qop, of which there is no published value: formula against formula. */
static void test_digest_variants(void)
{
    struct digest_hash ha1, ha2, got, expected;
    char *text;

    digest_ha1(crypto, DIGEST_MD5, bytes_text("u"), bytes_text("r"), bytes_text("p"), &ha1);
    hash_of("u:r:p", &expected);
    g_assert_cmpmem(ha1.hex, 32, expected.hex, 32);
    digest_ha2(crypto, DIGEST_MD5, bytes_text("GET"), bytes_text("/"), false, bytes_text("ignored"), &ha2);
    hash_of("GET:/", &expected);
    g_assert_cmpmem(ha2.hex, 32, expected.hex, 32);
    digest_response(crypto, DIGEST_MD5, &ha1, bytes_text("n"), 1, bytes_text("c"), bytes_of(NULL, 0), &ha2,
                    &got);
    text = g_strdup_printf("%.32s:n:%.32s", ha1.hex, ha2.hex);
    hash_of(text, &expected);
    g_assert_cmpmem(got.hex, 32, expected.hex, 32);
    g_free(text);
    digest_response(crypto, DIGEST_MD5, &ha1, bytes_text("n"), 0xfedcba98, bytes_text("c"),
                    bytes_text("auth"), &ha2, &got);
    text = g_strdup_printf("%.32s:n:fedcba98:c:auth:%.32s", ha1.hex, ha2.hex);
    hash_of(text, &expected);
    g_assert_cmpmem(got.hex, 32, expected.hex, 32);
    g_free(text);
}

/* H(method:uri:H(body)) by GLib. */
static char *ha2_of(GChecksumType type, const char *method, const char *uri, const char *body)
{
    g_autofree char *hash = g_compute_checksum_for_string(type, body, -1);
    g_autofree char *text = g_strdup_printf("%s:%s:%s", method, uri, hash);

    return g_compute_checksum_for_string(type, text, -1);
}

static void check_ha2(enum digest_algorithm algorithm, const char *method, const char *uri, const char *body)
{
    g_autofree char *expected =
        ha2_of(algorithm == DIGEST_MD5 ? G_CHECKSUM_MD5 : G_CHECKSUM_SHA256, method, uri, body);
    struct digest_hash got;

    digest_ha2(crypto, algorithm, bytes_text(method), bytes_text(uri), true, bytes_text(body), &got);
    assert_bytes(digest_hash_bytes(&got), bytes_text(expected));
}

/* Texts as long as what is put together on the stack, and longer. */
static void test_digest_long(void)
{
    for (size_t len = 950; len < 1100; len++) {
        g_autofree char *uri = g_strnfill(len, 'u'), *body = g_strnfill(len, 'b');

        check_ha2(DIGEST_MD5, "POST", uri, "");
        check_ha2(DIGEST_MD5, "POST", uri, body);
        check_ha2(DIGEST_MD5, "POST", "/", body);
        check_ha2(DIGEST_SHA256, "POST", uri, body);
    }
}

/* The last HA2 is remembered with all that went into it: a change of any text, of its length or of one
 * character, gives another. */
static void test_digest_remembered(void)
{
    static const char *const texts[][3] = {
        {"POST", "/uri", "body"},
        {"PUT", "/uri", "body"},
        {"POST", "/url", "body"},
        {"POSX", "/uri", "body"},
        {"POST", "/ur", "body"},
        {"POST", "/uri", "bodies"},
        {"POST", "/uri", "bodx"},
        {"", "/uri", "body"},
        {"", "/uri", "bodx"},
        {"POST", "", "body"},
        {"POST", "/uri", ""},
        {"POST", "/ur", "ibod"}, /* from here on: put together, what the first begins with */
        {"POS", "T/ur", "ibod"},
        {"POST", "/uri", "bod"},
        {"PO", "ST/u", "ribo"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        for (unsigned k = 0; k < G_N_ELEMENTS(texts); k++) {
            check_ha2(DIGEST_MD5, texts[i][0], texts[i][1], texts[i][2]);
            check_ha2(DIGEST_MD5, texts[k][0], texts[k][1], texts[k][2]);
            check_ha2(DIGEST_SHA256, texts[k][0], texts[k][1], texts[k][2]);
        }
}

int main(int argc, char **argv)
{
    int failed;

    tap_init(argc, argv);
    crypto = crypto_new();
    mikey = vectors_open("mikey_computed.ini");
    gba = vectors_open("gba_ub_ua_computed.ini");
    digest = vectors_open("digest.ini");
    g_test_add_func("/mikey/prf", test_prf);
    g_test_add_func("/mikey/keys-every-rand", test_keys_every_rand);
    g_test_add_func("/mikey/pull", test_pull);
    g_test_add_func("/mikey/push", test_push);
    g_test_add_func("/mikey/ack", test_ack);
    g_test_add_func("/mikey/mtk", test_mtk);
    g_test_add_func("/mikey/iv", test_crypt_iv);
    g_test_add_func("/gba/keys", test_gba);
    g_test_add_func("/digest/published", test_digest_published);
    g_test_add_func("/digest/ub", test_digest_ub);
    g_test_add_func("/digest/ua", test_digest_ua);
    g_test_add_func("/digest/variants", test_digest_variants);
    g_test_add_func("/digest/long", test_digest_long);
    g_test_add_func("/digest/remembered", test_digest_remembered);
    failed = g_test_run();
    g_key_file_free(mikey);
    g_key_file_free(gba);
    g_key_file_free(digest);
    crypto_free(crypto);
    return failed;
}
