/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP/1.1 messages, RFC 7230 §3, in the strict form that Ub and Ua use:
 *
 *   request-line   method SP request-target SP "HTTP/1.1" CRLF               §3.1.1
 *   status-line    "HTTP/1.1" SP 3DIGIT SP reason CRLF                       §3.1.2
 *   header-field   token ":" OWS value OWS CRLF, no folding                  §3.2, §3.2.4
 *                  CRLF
 *   body           Content-Length bytes; none without it in a request        §3.3.3
 *
 * Whatever two parsers could read in two ways (bare LF, folding, two lengths, Transfer-Encoding) is refused:
 * that is how requests get smuggled. A response without Content-Length would last until the connection
 * closes: refused too.
 *
 * A field that is no list may stand once (§3.2.2: "deliberately misleading duplicate header fields"), and
 * Host has to stand in a request (§5.4). Those that somebody here reads are, by their grammar,
 *
 *   Host                 uri-host [ ":" port ]                   §5.4                         once
 *   Content-Length       1*DIGIT                                 §3.3.2                       once
 *   Authorization        credentials                             RFC 7235 §4.2                once
 *   User-Agent, Server   product *( RWS ( product / comment ) )  RFC 7231 §5.5.3, §7.4.2      once
 *   Date                 HTTP-date                               RFC 7231 §7.1.1.2            once
 *   Retry-After          HTTP-date / delta-seconds               RFC 7231 §7.1.3              once
 *   WWW-Authenticate     1#challenge                             RFC 7235 §4.1                a list
 *   Authentication-Info  #auth-param                             RFC 7615 §3                  a list
 *
 * Nobody reads Accept and Connection (lists), nor Content-Type, Expires and Referer: how often they stand
 * changes nothing, so they are passed over like fields that are not known. */
#include "models/wire/http.h"
#include "models/wire/scan.h"

#include <arpa/inet.h>

#define CONTENT_LENGTH           "Content-Length"
#define TRANSFER_ENCODING        "Transfer-Encoding"
#define CONTENT_LENGTH_LENGTH    (sizeof CONTENT_LENGTH - 1)
#define TRANSFER_ENCODING_LENGTH (sizeof TRANSFER_ENCODING - 1)
#define VERSION                  "HTTP/1.1"
#define VERSION_LENGTH           8

/* clang-format off */
const uint8_t scan_token_table[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 00 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 10 */
    0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, /* 20 */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, /* 30 */
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 40 */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, /* 50 */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 60 */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, /* 70 */
};
/* clang-format on */

/* A line without its CRLF, and *at behind it. Any other control character than tab is an error of the
 * grammar; no CRLF in sight is truncation. */
static inline enum wire_status get_line(const uint8_t **at, const uint8_t *end, struct bytes *line)
{
    const uint8_t *stop = scan_control(*at, end);

    while (stop < end && *stop == '\t')
        stop = scan_control(stop + 1, end);
    if (end - stop < 2)
        return stop == end || *stop == '\r' ? WIRE_TRUNCATED : WIRE_MALFORMED;
    if (stop[0] != '\r' || stop[1] != '\n')
        return WIRE_MALFORMED;
    *line = bytes_of(*at, (size_t)(stop - *at));
    *at = stop + 2;
    return WIRE_OK;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
    return is_digit(c) || (scan_lower(c) >= 'a' && scan_lower(c) <= 'f');
}

static enum wire_status check_version(const uint8_t *at)
{
    if (memcmp(at, VERSION, VERSION_LENGTH) == 0)
        return WIRE_OK;
    return memcmp(at, "HTTP/", 5) == 0 && is_digit(at[5]) && at[6] == '.' && is_digit(at[7])
               ? WIRE_UNSUPPORTED
               : WIRE_MALFORMED;
}

static enum wire_status decode_status_line(struct bytes line, struct http_message *out)
{
    const uint8_t *c = line.at + VERSION_LENGTH;

    /* "HTTP/1.1 200 " */
    if (line.len < VERSION_LENGTH + 5 || c[0] != ' ' || !is_digit(c[1]) || !is_digit(c[2]) ||
        !is_digit(c[3]) || c[4] != ' ')
        return WIRE_MALFORMED;
    out->status = (unsigned)(c[1] - '0') * 100 + (unsigned)(c[2] - '0') * 10 + (unsigned)(c[3] - '0');
    if (out->status < 100 || out->status > 599)
        return WIRE_MALFORMED;
    return check_version(line.at);
}

static enum wire_status decode_request_line(struct bytes line, struct http_message *out)
{
    const uint8_t *end = line.at + line.len, *method_end = scan_token(line.at, end), *version;

    out->is_request = true;
    if (method_end == line.at || end - method_end < 3 + VERSION_LENGTH || *method_end != ' ')
        return WIRE_MALFORMED;
    version = end - VERSION_LENGTH;
    if (version[-1] != ' ')
        return WIRE_MALFORMED;
    out->method = bytes_of(line.at, (size_t)(method_end - line.at));
    out->target = bytes_of(method_end + 1, (size_t)(version - 1 - (method_end + 1)));
    if (scan_visible(out->target.at, end) < version - 1)
        return WIRE_MALFORMED;
    return check_version(version);
}

static inline bool is_blank(uint8_t c)
{
    return c <= ' ' && (c == ' ' || c == '\t'); /* nearly all are above */
}

/* The CR behind the line, before `readable`, ends a token and white space, so only that is a bound while
 * going forward. */
static inline enum wire_status http_decode_header(struct bytes line, const uint8_t *readable,
                                                  struct http_header *out)
{
    const uint8_t *at = line.at, *end = line.at + line.len, *colon = scan_token(at, readable);

    /* no name, white space before it (folding) or before the colon, no colon */
    if (colon == at || colon == end || *colon != ':')
        return WIRE_MALFORMED;
    out->name = bytes_of(at, (size_t)(colon - at));
    at = colon + 1;
    while (is_blank(*at))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    out->value = bytes_of(at, (size_t)(end - at));
    return WIRE_OK;
}

/* How long the body is, from what the headers say. */
struct framing {
    bool has_length;
    uint64_t length;
};

/* The lengths of their names tell these two from nearly every other header. */
static inline bool may_frame(size_t name_len)
{
    return name_len == CONTENT_LENGTH_LENGTH || name_len == TRANSFER_ENCODING_LENGTH;
}

static enum wire_status read_framing(const struct http_header *header, struct framing *framing)
{
    enum wire_status status;

    if (scan_equal_nocase(header->name, TRANSFER_ENCODING, TRANSFER_ENCODING_LENGTH))
        return WIRE_UNSUPPORTED;
    if (!scan_equal_nocase(header->name, CONTENT_LENGTH, CONTENT_LENGTH_LENGTH))
        return WIRE_OK;
    if (framing->has_length)
        return WIRE_MALFORMED;
    framing->has_length = true;
    status = wire_decimal_decode(header->value, &framing->length);
    return status == WIRE_OK && framing->length > HTTP_BODY_BYTES_MAX ? WIRE_LIMIT : status;
}

/* Has a message of this start line no body even without Content-Length? */
static bool is_bodiless(bool is_request, unsigned status)
{
    return is_request || status < 200 || status == 204 || status == 304;
}

#define FIELD_IF(name, field, bit) (scan_equal_nocase((name), (field), sizeof(field) - 1) ? 1U << (bit) : 0)

/* A bit for each field that is no list, and no framing; 0: any other. */
static inline unsigned single_field(struct bytes name)
{
    switch (name.len) {
    case 4:
        return FIELD_IF(name, "Host", 0) | FIELD_IF(name, "Date", 1);
    case 6:
        return FIELD_IF(name, "Server", 2);
    case 10:
        return FIELD_IF(name, "User-Agent", 3);
    case 11:
        return FIELD_IF(name, "Retry-After", 4);
    case 13:
        return FIELD_IF(name, "Authorization", 5);
    default:
        return 0;
    }
}

static enum wire_status decode_start_line(struct bytes line, struct http_message *out)
{
    return line.len >= 5 && memcmp(line.at, "HTTP/", 5) == 0 ? decode_status_line(line, out)
                                                             : decode_request_line(line, out);
}

/* Header lines and the empty line behind them, *from behind that. */
static inline enum wire_status decode_headers(const uint8_t **from, const uint8_t *end,
                                              struct http_message *out, struct framing *framing)
{
    const uint8_t *at = *from;
    unsigned seen = 0;

    for (struct http_header *header = out->headers;; header++) {
        struct bytes line;
        unsigned field;
        enum wire_status status = get_line(&at, end, &line);

        if (status != WIRE_OK)
            return status;
        if (line.len == 0)
            break;
        if (header == out->headers + HTTP_HEADERS_MAX)
            return WIRE_LIMIT;
        out->header_count = (unsigned)(header - out->headers) + 1;
        status = http_decode_header(line, end, header);
        if (status != WIRE_OK)
            return status;
        field = single_field(header->name);
        if (seen & field)
            return WIRE_MALFORMED;
        seen |= field;
        if (!may_frame(header->name.len))
            continue;
        status = read_framing(header, framing);
        if (status != WIRE_OK)
            return status;
    }
    *from = at;
    return WIRE_OK;
}

/* unreserved and sub-delims of RFC 3986 §2.2-2.3: a bit for each of 128 characters. */
static bool is_name_character(uint8_t c)
{
    static const uint32_t set[4] = {0, 0x2bff7fd2, 0x87fffffe, 0x47fffffe};

    return c < 128 && (set[c >> 5] >> (c & 31) & 1) != 0;
}

/* reg-name of RFC 3986 §3.2.2, which IPv4address is as well. */
static const uint8_t *skip_name(const uint8_t *at, const uint8_t *end)
{
    for (; at < end; at++) {
        if (is_name_character(*at))
            continue;
        if (*at != '%' || end - at < 3 || !is_hex(at[1]) || !is_hex(at[2]))
            break;
        at += 2;
    }
    return at;
}

/* IP-literal, with an IPv6address; of the future versions of RFC 3986 §3.2.2 none is known. NULL: it is
 * none. */
static const uint8_t *skip_literal(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *close = memchr(at, ']', (size_t)(end - at));
    size_t len = close == NULL ? SIZE_MAX : (size_t)(close - at) - 1;
    char text[INET6_ADDRSTRLEN] = "";
    struct in6_addr address;

    if (len >= sizeof text)
        return NULL;
    memcpy(text, at + 1, len);
    return inet_pton(AF_INET6, text, &address) == 1 ? close + 1 : NULL;
}

/* RFC 7230 §5.4, and §2.7.1: an "http" URI with an empty host is invalid, and what we are asked for has
 * one. */
static bool is_host(struct bytes value)
{
    const uint8_t *from = value.at, *end = from + value.len, *at;

    at = value.len > 0 && *from == '[' ? skip_literal(from, end) : skip_name(from, end);
    if (at == NULL || at == from || (at < end && *at++ != ':'))
        return false;
    while (at < end && is_digit(*at))
        at++;
    return at == end;
}

/* "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a
 * Host header field and to any request message that contains more than one Host header field or a Host
 * header field with an invalid field-value": RFC 7230 §5.4. */
static bool has_host(const struct http_message *request)
{
    const struct bytes *host = http_find(request, "Host");

    return host != NULL && is_host(*host);
}

enum wire_status http_decode(struct bytes in, struct http_message *out)
{
    const uint8_t *at = in.at, *end = in.len > 0 ? in.at + in.len : in.at;
    struct framing framing = {false, 0};
    struct bytes line;
    enum wire_status status;

    out->is_request = false;
    out->method = out->target = out->body = (struct bytes){NULL, 0};
    out->status = 0;
    out->header_count = 0;
    status = get_line(&at, end, &line);
    if (status == WIRE_OK)
        status = decode_start_line(line, out);
    if (status == WIRE_OK)
        status = decode_headers(&at, end, out, &framing);
    if (status != WIRE_OK)
        return status;
    if ((size_t)(at - in.at) > HTTP_HEAD_BYTES_MAX)
        return WIRE_LIMIT;
    if (out->is_request && !has_host(out))
        return WIRE_MALFORMED;
    if (!framing.has_length && !is_bodiless(out->is_request, out->status))
        return WIRE_UNSUPPORTED;
    out->body = bytes_of(at, (size_t)(end - at));
    if (out->body.len != framing.length)
        return out->body.len < framing.length ? WIRE_TRUNCATED : WIRE_MALFORMED;
    return WIRE_OK;
}

const struct bytes *http_find_name(const struct http_message *message, const char *name, size_t len)
{
    for (unsigned i = 0; i < message->header_count; i++)
        if (scan_equal_nocase(message->headers[i].name, name, len))
            return &message->headers[i].value;
    return NULL;
}

const struct bytes *http_find_next(const struct http_message *message, const char *name,
                                   const struct bytes *after)
{
    const struct http_header *header = message->headers, *end = header + message->header_count;

    while (after != NULL && &header++->value != after)
        continue;
    for (; header < end; header++)
        if (scan_equal_nocase(header->name, name, strlen(name)))
            return &header->value;
    return NULL;
}

struct bytes http_path(struct bytes target)
{
    static const char scheme[] = "http://";
    const uint8_t *end = target.at + target.len, *slash;

    if (target.len < sizeof scheme - 1 || memcmp(target.at, scheme, sizeof scheme - 1) != 0)
        return target;
    slash = memchr(target.at + sizeof scheme - 1, '/', target.len - (sizeof scheme - 1));
    return slash == NULL ? bytes_of(end, 0) : bytes_of(slash, (size_t)(end - slash));
}

static bool ends_product(uint8_t c)
{
    return c == ' ' || c == '\t' || c == ';' || c == '/';
}

bool http_has_product(const struct http_message *message, const char *header, const char *product)
{
    const struct bytes *value = http_find(message, header);
    const uint8_t *at = value != NULL ? value->at : NULL,
                  *end = value != NULL ? value->at + value->len : NULL;
    size_t len = strlen(product);

    while (at < end) {
        const uint8_t *from = at;

        while (at < end && !ends_product(*at))
            at++;
        if ((size_t)(at - from) == len && memcmp(from, product, len) == 0)
            return true;
        at++;
    }
    return false;
}

/* A start line begins with a token; a peer that speaks TLS or a binary protocol is found out at once. */
static bool can_begin(struct bytes data)
{
    return data.len == 0 || scan_token_table[data.at[0]];
}

/* The framer looks at line ends and the two headers that say where a message ends, at nothing else: what is
 * wrong with the rest http_decode() says, and a server may still answer 400. Where no end can be told all
 * that has come is taken for the message, which http_decode() refuses as well. */
static inline bool frame_line(struct bytes line, struct framing *framing)
{
    struct http_header header;

    /* A name of a length that matters, or none at all. */
    if ((line.len <= CONTENT_LENGTH_LENGTH || line.at[CONTENT_LENGTH_LENGTH] != ':') &&
        (line.len <= TRANSFER_ENCODING_LENGTH || line.at[TRANSFER_ENCODING_LENGTH] != ':'))
        return true;
    if (http_decode_header(line, line.at + line.len + 1, &header) != WIRE_OK)
        return true;
    return read_framing(&header, framing) == WIRE_OK;
}

/* Is the status line (or request line) one after which a missing Content-Length means no body? */
static bool is_line_bodiless(struct bytes line)
{
    struct http_message message;

    if (line.len < 5 || memcmp(line.at, "HTTP/", 5) != 0)
        return true;
    return decode_status_line(line, &message) == WIRE_OK && is_bodiless(false, message.status);
}

static int64_t frame_end(struct bytes data, size_t head_len, const struct framing *framing)
{
    if (head_len > HTTP_HEAD_BYTES_MAX)
        return (int64_t)data.len;
    return data.len - head_len < framing->length ? 0 : (int64_t)(head_len + framing->length);
}

int64_t http_frame(struct bytes data)
{
    const uint8_t *at = data.at, *end = data.len > 0 ? data.at + data.len : data.at, *lf;
    const int64_t all = (int64_t)data.len;
    struct framing framing = {false, 0};
    bool may_lack_length = true;

    if (!can_begin(data))
        return -1;
    for (; at < end && (lf = memchr(at, '\n', (size_t)(end - at))) != NULL; at = lf + 1) {
        struct bytes line = bytes_of(at, (size_t)(lf - at) - 1);

        if (lf == at || lf[-1] != '\r')
            return all;
        if (line.len == 0)
            return framing.has_length || may_lack_length
                       ? frame_end(data, (size_t)(lf + 1 - data.at), &framing)
                       : all;
        if (at == data.at)
            may_lack_length = is_line_bodiless(line);
        else if (!frame_line(line, &framing))
            return all;
    }
    return data.len > HTTP_HEAD_BYTES_MAX ? all : 0;
}
