/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The XML bodies of the MSK request and its response, TS 26.346 §11.6 and §11.8: Key Domain ID (3 bytes)
 * and MSK ID (4 bytes) in base64, one status per key. ResponseCode is a string; the examples have number
 * and phrase, "200 OK".
 *
 *   mbmsMSKRequest { MSK { keyDomainID, MSKID } 1..8 }               urn:3GPP:metadata:2005:MBMS:mskRequest
 *   mbmsMSKResponse { Response { MSK { keyDomainID, MSKID }, ResponseCode } 1..8 }       ...:mskResponse */
#include "models/wire/http_write.h"
#include "models/wire/read.h"
#include "models/wire/ua_xml.h"
#include "models/wire/xml.h"

/* What stands between the values in the documents as they are written here. */
#define DECLARATION    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define REQUEST_SPACE  "urn:3GPP:metadata:2005:MBMS:mskRequest"
#define RESPONSE_SPACE "urn:3GPP:metadata:2005:MBMS:mskResponse"
#define REQUEST_BEGIN  DECLARATION "<mbmsMSKRequest xmlns=\"" REQUEST_SPACE "\">\n"
#define REQUEST_END    "</mbmsMSKRequest>\n"
#define RESPONSE_BEGIN DECLARATION "<mbmsMSKResponse xmlns=\"" RESPONSE_SPACE "\">\n"
#define RESPONSE_END   "</mbmsMSKResponse>\n"
#define ANSWER_BEGIN   "<Response>\n"
#define BEFORE_DOMAIN  "<MSK>\n<keyDomainID>"
#define BEFORE_MSK     "</keyDomainID>\n<MSKID>"
#define KEY_END        "</MSKID>\n</MSK>\n"
#define BEFORE_CODE    "<ResponseCode>"
#define ANSWER_END     "</ResponseCode>\n</Response>\n"

#define DOMAIN_TEXT_BYTES 4 /* base64 of 3 bytes */
#define MSK_TEXT_BYTES    8 /* base64 of 4 */
#define CODE_DIGITS       3
#define GRANTED           "200 OK" /* what nearly every response says */

static void put_key(struct wire_writer *w, const struct ua_key *key)
{
    const uint8_t msk_id[4] = {(uint8_t)(key->msk_id >> 24), (uint8_t)(key->msk_id >> 16),
                               (uint8_t)(key->msk_id >> 8), (uint8_t)key->msk_id};

    wire_put_literal(w, BEFORE_DOMAIN);
    wire_put_base64(w, key->key_domain_id, sizeof key->key_domain_id);
    wire_put_literal(w, BEFORE_MSK);
    wire_put_base64(w, msk_id, sizeof msk_id);
    wire_put_literal(w, KEY_END);
}

static void put_code(struct wire_writer *w, unsigned status)
{
    const char *line = http_status_line(status);

    wire_put_literal(w, BEFORE_CODE);
    if (line != NULL)
        wire_put(w, line, strlen(line));
    else
        wire_put_decimal(w, status);
    wire_put_literal(w, ANSWER_END);
}

static enum wire_status check_count(unsigned count)
{
    if (count == 0)
        return WIRE_MALFORMED;
    return count > UA_KEYS_MAX ? WIRE_LIMIT : WIRE_OK;
}

enum wire_status ua_request_body_encode(const struct ua_key *keys, unsigned count, uint8_t *out,
                                        size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);
    enum wire_status status = check_count(count);

    if (status != WIRE_OK)
        return status;
    wire_put_literal(&w, REQUEST_BEGIN);
    for (unsigned i = 0; i < count; i++)
        put_key(&w, &keys[i]);
    wire_put_literal(&w, REQUEST_END);
    return wire_finish(&w, length);
}

enum wire_status ua_response_body_encode(const struct ua_key *keys, unsigned count, uint8_t *out,
                                         size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);
    enum wire_status status = check_count(count);

    if (status != WIRE_OK)
        return status;
    wire_put_literal(&w, RESPONSE_BEGIN);
    for (unsigned i = 0; i < count; i++) {
        if (keys[i].status < 100 || keys[i].status > 599)
            return WIRE_MALFORMED;
        wire_put_literal(&w, ANSWER_BEGIN);
        put_key(&w, &keys[i]);
        put_code(&w, keys[i].status);
    }
    wire_put_literal(&w, RESPONSE_END);
    return wire_finish(&w, length);
}

/* Base64 of exactly `len` bytes. */
static bool decode_exactly(struct bytes text, uint8_t *out, size_t len)
{
    size_t got;

    return wire_base64_decode(text, out, len, &got) == WIRE_OK && got == len;
}

/* Content of <MSK>. */
static enum wire_status read_key(struct xml_reader *r, struct ua_key *key)
{
    struct bytes name, domain = {NULL, 0}, msk = {NULL, 0};
    enum wire_status status = WIRE_OK;
    uint8_t id[4];
    bool found;

    while (status == WIRE_OK && (status = xml_child(r, &found, &name)) == WIRE_OK && found) {
        if (xml_is(name, "keyDomainID"))
            status = xml_text_once(r, &domain);
        else if (xml_is(name, "MSKID"))
            status = xml_text_once(r, &msk);
        else
            status = xml_skip(r);
    }
    if (status != WIRE_OK)
        return status;
    if (domain.at == NULL || msk.at == NULL ||
        !decode_exactly(domain, key->key_domain_id, sizeof key->key_domain_id) ||
        !decode_exactly(msk, id, sizeof id))
        return WIRE_MALFORMED;
    key->msk_id = wire_load_u32(id);
    return WIRE_OK;
}

/* Three digits, and behind a blank whatever phrase there is. */
static enum wire_status read_code(struct bytes text, unsigned *code)
{
    uint64_t value;

    if (text.len < CODE_DIGITS || (text.len > CODE_DIGITS && text.at[CODE_DIGITS] != ' ') ||
        wire_decimal_decode(bytes_of(text.at, CODE_DIGITS), &value) != WIRE_OK || value < 100 || value > 599)
        return WIRE_MALFORMED;
    *code = (unsigned)value;
    return WIRE_OK;
}

/* Content of <Response>. */
static enum wire_status read_response(struct xml_reader *r, struct ua_key *key)
{
    struct bytes name, code = {NULL, 0};
    enum wire_status status = WIRE_OK;
    bool found, has_key = false;

    while (status == WIRE_OK && (status = xml_child(r, &found, &name)) == WIRE_OK && found) {
        if (xml_is(name, "MSK")) {
            status = has_key ? WIRE_MALFORMED : read_key(r, key);
            has_key = true;
        } else if (xml_is(name, "ResponseCode")) {
            status = xml_text_once(r, &code);
        } else {
            status = xml_skip(r);
        }
    }
    if (status != WIRE_OK)
        return status;
    return has_key && code.at != NULL ? read_code(code, &key->status) : WIRE_MALFORMED;
}

static enum wire_status read_keys(struct bytes body, const char *root, const char *name_space,
                                  const char *item,
                                  enum wire_status (*read_item)(struct xml_reader *, struct ua_key *),
                                  struct ua_key keys[UA_KEYS_MAX], unsigned *count)
{
    struct xml_reader r;
    enum wire_status status = xml_begin(&r, body);
    struct bytes name;
    bool found;

    *count = 0;
    if (status == WIRE_OK)
        status = xml_root(&r, root, name_space);
    while (status == WIRE_OK && (status = xml_child(&r, &found, &name)) == WIRE_OK && found) {
        if (!xml_is(name, item)) {
            status = xml_skip(&r);
        } else if (*count == UA_KEYS_MAX) {
            status = WIRE_LIMIT;
        } else {
            keys[*count].status = 0;
            status = read_item(&r, &keys[(*count)++]);
        }
    }
    if (status == WIRE_OK)
        status = xml_finish(&r);
    return status == WIRE_OK && *count == 0 ? WIRE_MALFORMED : status;
}

enum wire_status ua_request_body_decode_xml(struct bytes body, struct ua_key keys[UA_KEYS_MAX],
                                            unsigned *count)
{
    return read_keys(body, "mbmsMSKRequest", REQUEST_SPACE, "MSK", read_key, keys, count);
}

enum wire_status ua_response_body_decode_xml(struct bytes body, struct ua_key keys[UA_KEYS_MAX],
                                             unsigned *count)
{
    return read_keys(body, "mbmsMSKResponse", RESPONSE_SPACE, "Response", read_response, keys, count);
}

/* The other way to read: a document that is, byte by byte, as it is written here is known by comparing what
 * stands between the values. It says yes or nothing; what is not like that the XML reader judges. */
static inline bool pass(struct wire_reader *r, const char *text, size_t len)
{
    if (wire_left(r) < len || memcmp(r->at, text, len) != 0)
        return false;
    r->at += len;
    return true;
}

#define PASS(r, literal) pass((r), (literal), sizeof(literal) - 1)

static bool match_key(struct wire_reader *r, struct ua_key *key)
{
    uint8_t id[4];

    if (!PASS(r, BEFORE_DOMAIN) ||
        !decode_exactly(wire_get(r, DOMAIN_TEXT_BYTES), key->key_domain_id, sizeof key->key_domain_id) ||
        !PASS(r, BEFORE_MSK) || !decode_exactly(wire_get(r, MSK_TEXT_BYTES), id, sizeof id))
        return false;
    key->msk_id = wire_load_u32(id);
    key->status = 0;
    return PASS(r, KEY_END);
}

static bool match_answer(struct wire_reader *r, struct ua_key *key)
{
    if (!PASS(r, ANSWER_BEGIN) || !match_key(r, key) || !PASS(r, BEFORE_CODE GRANTED ANSWER_END))
        return false;
    key->status = 200;
    return true;
}

/* A document's end: there were keys, and nothing follows. */
static bool match_end(const struct wire_reader *r, const char *text, size_t len, unsigned count)
{
    return count > 0 && wire_left(r) == len && memcmp(r->at, text, len) == 0;
}

static bool match_request(struct bytes body, struct ua_key keys[UA_KEYS_MAX], unsigned *count)
{
    struct wire_reader r = wire_reader(body);

    if (!PASS(&r, REQUEST_BEGIN))
        return false;
    for (*count = 0; *count < UA_KEYS_MAX && wire_left(&r) > sizeof REQUEST_END; ++*count)
        if (!match_key(&r, &keys[*count]))
            return false;
    return match_end(&r, REQUEST_END, sizeof REQUEST_END - 1, *count);
}

static bool match_response(struct bytes body, struct ua_key keys[UA_KEYS_MAX], unsigned *count)
{
    struct wire_reader r = wire_reader(body);

    if (!PASS(&r, RESPONSE_BEGIN))
        return false;
    for (*count = 0; *count < UA_KEYS_MAX && wire_left(&r) > sizeof RESPONSE_END; ++*count)
        if (!match_answer(&r, &keys[*count]))
            return false;
    return match_end(&r, RESPONSE_END, sizeof RESPONSE_END - 1, *count);
}

enum wire_status ua_request_body_decode(struct bytes body, struct ua_key keys[UA_KEYS_MAX], unsigned *count)
{
    return match_request(body, keys, count) ? WIRE_OK : ua_request_body_decode_xml(body, keys, count);
}

enum wire_status ua_response_body_decode(struct bytes body, struct ua_key keys[UA_KEYS_MAX], unsigned *count)
{
    return match_response(body, keys, count) ? WIRE_OK : ua_response_body_decode_xml(body, keys, count);
}
