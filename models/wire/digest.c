/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Digest header fields, RFC 2617 §3.2:
 *
 *   [ "Digest" 1*SP ] parameter *( OWS "," OWS parameter )
 *   parameter     = token "=" ( token | DQUOTE *( any character but DQUOTE, "\", controls ) DQUOTE )
 *
 *   in                    quoted                                                      bare
 *   WWW-Authenticate      realm nonce opaque domain qop (a list)                      algorithm stale
 *   Authorization         username realm nonce uri response cnonce opaque auts        algorithm qop nc
 *   Authentication-Info   rspauth cnonce nextnonce                                    qop nc
 *
 * Either form is read for any parameter but nc. */
#include "models/wire/digest.h"
#include "models/wire/scan.h"

#include <stddef.h>

enum kind { VALUE, NC, STALE };

struct parameter {
    char name[10];
    uint8_t kind;
    uint16_t offset; /* of a VALUE in struct digest_fields */
};

#define FIELD(name)                                                                                          \
    {                                                                                                        \
#name, VALUE, (uint16_t)offsetof(struct digest_fields, name)                                         \
    }

/* By length of name; first_of_length[n] is the first with n letters. */
static const struct parameter parameters[] = {
    {"nc", NC, 0},  FIELD(qop),          FIELD(uri),      FIELD(auts),      FIELD(realm),
    FIELD(nonce),   {"stale", STALE, 0}, FIELD(cnonce),   FIELD(opaque),    FIELD(domain),
    FIELD(rspauth), FIELD(response),     FIELD(username), FIELD(nextnonce), FIELD(algorithm),
};
static const uint8_t first_of_length[] = {0, 0, 0, 1, 3, 4, 7, 10, 11, 13, 15};
#define NAME_LENGTH_MAX 9

/* Index in parameters, or -1. */
static int find_parameter(struct bytes name)
{
    if (name.len > NAME_LENGTH_MAX)
        return -1;
    for (int i = first_of_length[name.len]; i < first_of_length[name.len + 1]; i++)
        if (name.at[0] == (uint8_t)parameters[i].name[0] &&
            memcmp(name.at, parameters[i].name, name.len) == 0)
            return i;
    for (int i = first_of_length[name.len]; i < first_of_length[name.len + 1]; i++)
        if (scan_equal_nocase(name, parameters[i].name, name.len))
            return i;
    return -1;
}

/* nc-value = 8LHEX, RFC 2617 §3.2.2. */
static bool decode_nc(struct bytes text, uint32_t *nc)
{
    uint32_t sum = 0;

    if (text.len != 8)
        return false;
    for (size_t i = 0; i < 8; i++) {
        uint8_t c = text.at[i], digit;

        if (c >= '0' && c <= '9')
            digit = (uint8_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint8_t)(c - 'a' + 10);
        else
            return false;
        sum = sum << 4 | digit;
    }
    *nc = sum;
    return true;
}

static enum wire_status set_field(int index, struct bytes value, bool quoted, struct digest_fields *out)
{
    const struct parameter *p = &parameters[index];

    switch (p->kind) {
    case VALUE:
        memcpy((uint8_t *)out + p->offset, &value, sizeof value);
        return WIRE_OK;
    case NC:
        out->has_nc = true;
        return !quoted && decode_nc(value, &out->nc) ? WIRE_OK : WIRE_MALFORMED;
    default: /* whatever is not "true" is false: §3.2.1 */
        out->stale = scan_equal_nocase(value, "true", 4);
        return WIRE_OK;
    }
}

/* The value behind "=", *at behind it. */
static enum wire_status get_value(const uint8_t **at, const uint8_t *end, struct bytes *value, bool *quoted)
{
    const uint8_t *from = *at, *stop;

    *quoted = from < end && *from == '"';
    if (*quoted) {
        stop = scan_quoted(++from, end);
        if (stop == end)
            return WIRE_TRUNCATED;
        if (*stop != '"')
            return WIRE_MALFORMED;
        *at = stop + 1;
    } else {
        stop = scan_token(from, end);
        if (stop == from)
            return stop == end ? WIRE_TRUNCATED : WIRE_MALFORMED;
        *at = stop;
    }
    *value = bytes_of(from, (size_t)(stop - from));
    return WIRE_OK;
}

/* The short way to a parameter of ours with a name of at most 7 letters, which is nearly all of them: "=" within the next 8
 * bytes, and before it exactly the letters of the table. -1 says nothing: go the long way. */
static int find_short(const uint8_t *at, const uint8_t *end, size_t *name_len)
{
    uint64_t word, equals;

    if (end - at < 8)
        return -1;
    word = scan_load(at);
    equals = scan_has(word, '=');
    if (equals == 0)
        return -1;
    *name_len = scan_before(equals);
    for (int i = first_of_length[*name_len]; i < first_of_length[*name_len + 1]; i++) {
        uint64_t name = scan_load((const uint8_t *)parameters[i].name); /* zeros behind its letters */

        if (((word ^ name) & ((UINT64_C(1) << 8 * *name_len) - 1)) == 0)
            return i;
    }
    return -1;
}

static enum wire_status get_parameter(const uint8_t **at, const uint8_t *end, unsigned *seen,
                                      struct digest_fields *out)
{
    const uint8_t *name = *at, *name_end;
    enum wire_status status;
    struct bytes value;
    size_t name_len;
    bool quoted;
    int index = find_short(name, end, &name_len);

    name_end = index >= 0 ? name + name_len : scan_token(name, end);
    if (name_end == end)
        return WIRE_TRUNCATED;
    if (name_end == name || *name_end != '=')
        return WIRE_MALFORMED;
    *at = name_end + 1;
    status = get_value(at, end, &value, &quoted);
    if (status != WIRE_OK)
        return status;
    if (index < 0)
        index = find_parameter(bytes_of(name, (size_t)(name_end - name)));
    if (index < 0)
        return WIRE_OK;
    if (*seen & 1U << index)
        return WIRE_MALFORMED;
    *seen |= 1U << index;
    return set_field(index, value, quoted, out);
}

static const uint8_t *skip_space(const uint8_t *at, const uint8_t *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

enum wire_status digest_decode(struct bytes value, bool with_scheme, struct digest_fields *out)
{
    const uint8_t *at = value.at, *end = value.len > 0 ? value.at + value.len : value.at;
    unsigned seen = 0;

    memset(out, 0, sizeof *out);
    if (with_scheme) {
        const uint8_t *scheme_end = scan_token(at, end);

        if (scheme_end == at || (scheme_end < end && *scheme_end != ' '))
            return WIRE_MALFORMED;
        if (!scan_equal_nocase(bytes_of(at, (size_t)(scheme_end - at)), "Digest", 6))
            return WIRE_UNSUPPORTED;
        at = skip_space(scheme_end, end);
    }
    for (;;) {
        enum wire_status status = get_parameter(&at, end, &seen, out);

        if (status != WIRE_OK)
            return status;
        at = skip_space(at, end);
        if (at == end)
            return WIRE_OK;
        if (*at != ',')
            return WIRE_MALFORMED;
        at = skip_space(at + 1, end);
    }
}

/* Each of these writes what stands between the previous value and its own, the value, and the closing quote. */
#define PUT_QUOTED(w, name, value)                                                                           \
    do {                                                                                                     \
        wire_put_literal(w, name "=\"");                                                                     \
        wire_put_bytes(w, value);                                                                            \
        wire_put_literal(w, "\"");                                                                           \
    } while (0)
#define PUT_QUOTED_IF(w, name, value)                                                                        \
    do {                                                                                                     \
        if ((value).at != NULL)                                                                              \
            PUT_QUOTED(w, name, value);                                                                      \
    } while (0)
#define PUT_BARE_IF(w, name, value)                                                                          \
    do {                                                                                                     \
        if ((value).at != NULL) {                                                                            \
            wire_put_literal(w, name "=");                                                                   \
            wire_put_bytes(w, value);                                                                        \
        }                                                                                                    \
    } while (0)

void digest_put_challenge(struct wire_writer *w, const struct digest_fields *f)
{
    PUT_QUOTED(w, "Digest realm", f->realm);
    PUT_QUOTED(w, ", nonce", f->nonce);
    PUT_BARE_IF(w, ", algorithm", f->algorithm);
    PUT_QUOTED_IF(w, ", qop", f->qop);
    PUT_QUOTED_IF(w, ", opaque", f->opaque);
    if (f->stale)
        wire_put_literal(w, ", stale=true");
}

void digest_put_credentials(struct wire_writer *w, const struct digest_fields *f)
{
    PUT_QUOTED(w, "Digest username", f->username);
    PUT_QUOTED(w, ", realm", f->realm);
    PUT_QUOTED(w, ", nonce", f->nonce);
    PUT_QUOTED(w, ", uri", f->uri);
    if (f->qop.at == NULL) {
        PUT_QUOTED(w, ", response", f->response);
        return;
    }
    PUT_BARE_IF(w, ", qop", f->qop);
    wire_put_literal(w, ", nc=");
    wire_put_hex32(w, f->nc, 8);
    PUT_QUOTED(w, ", cnonce", f->cnonce);
    PUT_QUOTED(w, ", response", f->response);
    PUT_QUOTED_IF(w, ", opaque", f->opaque);
    PUT_BARE_IF(w, ", algorithm", f->algorithm);
    PUT_QUOTED_IF(w, ", auts", f->auts);
}

void digest_put_info(struct wire_writer *w, const struct digest_fields *f)
{
    wire_put_literal(w, "qop=");
    wire_put_bytes(w, f->qop);
    PUT_QUOTED(w, ", rspauth", f->rspauth);
    PUT_QUOTED(w, ", cnonce", f->cnonce);
    wire_put_literal(w, ", nc=");
    wire_put_hex32(w, f->nc, 8);
    PUT_QUOTED_IF(w, ", nextnonce", f->nextnonce);
}

bool digest_list_has(struct bytes list, const char *token)
{
    const uint8_t *at = list.at, *end = list.len > 0 ? list.at + list.len : list.at;
    size_t len = strlen(token);

    while (at < end) {
        const uint8_t *from = skip_space(at, end), *comma = memchr(from, ',', (size_t)(end - from));
        const uint8_t *to = comma != NULL ? comma : end;

        at = comma != NULL ? comma + 1 : end;
        while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
            to--;
        if (scan_equal_nocase(bytes_of(from, (size_t)(to - from)), token, len))
            return true;
    }
    return false;
}
