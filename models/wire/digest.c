/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Digest header fields, RFC 2617 §3.2 in the list form of RFC 7235 §2.1 and RFC 7230 §7, which a recipient
 * has to take with empty elements and a comma at either end:
 *
 *   [ "Digest" 1*SP ] *( "," OWS ) parameter *( OWS "," [ OWS parameter ] )
 *   parameter     = token BWS "=" BWS ( token | DQUOTE *( any character but DQUOTE, "\", controls ) DQUOTE )
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
    uint8_t len; /* of the name */
    uint8_t kind;
    uint16_t offset; /* of a VALUE in struct digest_fields */
};

#define FIELD(name)                                                                                          \
    {                                                                                                        \
#name, sizeof #name - 1, VALUE, (uint16_t)offsetof(struct digest_fields, name)                       \
    }

/* By length of name; first_of_length[n] is the first with n letters. */
static const struct parameter parameters[] = {
    {"nc", 2, NC, 0},
    FIELD(qop),
    FIELD(uri),
    FIELD(auts),
    FIELD(realm),
    FIELD(nonce),
    {"stale", 5, STALE, 0},
    FIELD(cnonce),
    FIELD(opaque),
    FIELD(domain),
    FIELD(rspauth),
    FIELD(response),
    FIELD(username),
    FIELD(nextnonce),
    FIELD(algorithm),
};
static const uint8_t first_of_length[] = {0, 0, 0, 1, 3, 4, 7, 10, 11, 13, 15};
#define NAME_LENGTH_MAX 9

/* The first 8 letters of a name as a number, whatever its order; those behind its end are zeros. */
static inline uint64_t first_letters(const void *name, size_t len)
{
    uint64_t word;

    memcpy(&word, name, sizeof word);
    if (len >= sizeof word)
        return word;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return word & ~(UINT64_MAX >> 8 * len);
#else
    return word & ((UINT64_C(1) << 8 * len) - 1);
#endif
}

/* So many bytes are looked at from the start of a name, if there are so many. */
#define NAME_READ_BYTES (NAME_LENGTH_MAX + 1)

/* Is that the name, letter by letter? It is as long as the parameter's; NAME_READ_BYTES can be read. */
static inline bool is_named(const uint8_t *name, const struct parameter *p)
{
    return first_letters(name, p->len) == first_letters(p->name, sizeof(uint64_t)) &&
           (p->len <= sizeof(uint64_t) || name[sizeof(uint64_t)] == (uint8_t)p->name[sizeof(uint64_t)]);
}

/* Index in parameters, or -1. `readable`: bytes from the start of the name to the end of the header. */
static inline int find_parameter(struct bytes name, size_t readable)
{
    int from, to;

    if (name.len > NAME_LENGTH_MAX)
        return -1;
    from = first_of_length[name.len];
    to = first_of_length[name.len + 1];
    if (readable >= NAME_READ_BYTES)
        for (int i = from; i < to; i++)
            if (is_named(name.at, &parameters[i]))
                return i;
    for (int i = from; i < to; i++)
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

static inline enum wire_status set_field(int index, struct bytes value, bool quoted,
                                         struct digest_fields *out)
{
    const struct parameter *p = &parameters[index];

    if (p->kind == VALUE) {
        memcpy((uint8_t *)out + p->offset, &value, sizeof value);
        return WIRE_OK;
    }
    if (p->kind == NC) {
        out->has_nc = true;
        return !quoted && decode_nc(value, &out->nc) ? WIRE_OK : WIRE_MALFORMED;
    }
    out->stale = scan_equal_nocase(value, "true", 4); /* whatever is not "true" is false: §3.2.1 */
    return WIRE_OK;
}

/* The value behind "=", *at behind it. */
static inline enum wire_status digest_get_value(const uint8_t **at, const uint8_t *end, struct bytes *value,
                                                bool *quoted)
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

static const uint8_t *digest_skip_space(const uint8_t *at, const uint8_t *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* What has been read of a header. */
struct progress {
    unsigned seen; /* a bit for each of parameters */
    bool any;      /* parameter, an unknown one included */
};

static inline enum wire_status get_parameter(const uint8_t **at, const uint8_t *end,
                                             struct progress *progress, struct digest_fields *out)
{
    const uint8_t *name = *at, *name_end = scan_token(name, end), *equals = digest_skip_space(name_end, end);
    enum wire_status status;
    struct bytes value;
    bool quoted;
    int index;

    if (equals == end)
        return WIRE_TRUNCATED;
    if (name_end == name || *equals != '=')
        return WIRE_MALFORMED;
    *at = digest_skip_space(equals + 1, end);
    status = digest_get_value(at, end, &value, &quoted);
    if (status != WIRE_OK)
        return status;
    progress->any = true;
    index = find_parameter(bytes_of(name, (size_t)(name_end - name)), (size_t)(end - name));
    if (index < 0)
        return WIRE_OK;
    if (progress->seen & 1U << index)
        return WIRE_MALFORMED;
    progress->seen |= 1U << index;
    return set_field(index, value, quoted, out);
}

/* Passes over what may stand between two parameters: one comma at least, unless none was read yet; more
 * commas are empty elements. *at: behind it, or the end of the header. */
static inline enum wire_status skip_separator(const uint8_t **at, const uint8_t *end, bool first)
{
    const uint8_t *from = digest_skip_space(*at, end);

    if (from == end || *from == ',' || first) {
        while (from < end && *from == ',')
            from = digest_skip_space(from + 1, end);
        *at = from;
        return WIRE_OK;
    }
    return WIRE_MALFORMED;
}

/* One line's parameters, up to its end. */
static inline enum wire_status get_parameters(const uint8_t *at, const uint8_t *end,
                                              struct progress *progress, struct digest_fields *out)
{
    for (bool first = true;; first = false) {
        enum wire_status status = skip_separator(&at, end, first);

        if (status == WIRE_OK && at == end)
            return WIRE_OK;
        if (status == WIRE_OK)
            status = get_parameter(&at, end, progress, out);
        if (status != WIRE_OK)
            return status;
    }
}

enum wire_status digest_decode(struct bytes value, bool with_scheme, struct digest_fields *out)
{
    const uint8_t *at = value.at, *end = value.len > 0 ? value.at + value.len : value.at;
    struct progress progress = {0, false};
    enum wire_status status;

    wire_clear(out, sizeof *out);
    if (with_scheme) {
        const uint8_t *scheme_end = scan_token(at, end);

        if (scheme_end == at || (scheme_end < end && *scheme_end != ' '))
            return WIRE_MALFORMED;
        if (!scan_equal_nocase(bytes_of(at, (size_t)(scheme_end - at)), "Digest", 6))
            return WIRE_UNSUPPORTED;
        at = scheme_end;
    }
    status = get_parameters(at, end, &progress, out);
    return status == WIRE_OK && !progress.any ? WIRE_TRUNCATED : status;
}

enum wire_status digest_info_decode(const struct http_message *message, struct digest_fields *out)
{
    struct progress progress = {0, false};
    const struct bytes *line = NULL;

    wire_clear(out, sizeof *out);
    while ((line = http_find_next(message, "Authentication-Info", line)) != NULL) {
        enum wire_status status = get_parameters(line->at, line->at + line->len, &progress, out);

        if (status != WIRE_OK)
            return status;
    }
    return progress.any ? WIRE_OK : WIRE_TRUNCATED;
}

/* What stands between the previous value and its own, the value, and the closing quote. */
static inline void put_quoted(struct wire_writer *w, const char *before, size_t len, struct bytes value)
{
    uint8_t *at = w->at;

    if ((size_t)(w->end - at) < len + value.len + 1) {
        w->overflow = true;
        return;
    }
    w->at += len + value.len + 1;
    memcpy(at, before, len);
    if (value.len > 0)
        memcpy(at + len, value.at, value.len);
    at[len + value.len] = '"';
}

#define PUT_QUOTED(w, name, value) put_quoted((w), name "=\"", sizeof(name "=\"") - 1, (value))
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
    wire_put_literal(w, ", qop=");
    wire_put_bytes(w, f->qop);
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
        const uint8_t *from = digest_skip_space(at, end), *comma = memchr(from, ',', (size_t)(end - from));
        const uint8_t *to = comma != NULL ? comma : end;

        at = comma != NULL ? comma + 1 : end;
        while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
            to--;
        if (scan_equal_nocase(bytes_of(from, (size_t)(to - from)), token, len))
            return true;
    }
    return false;
}
