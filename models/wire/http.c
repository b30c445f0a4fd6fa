/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP/1.1 messages, RFC 7230 §3, in the strict form that Ub and Ua use:
 *
 *   request-line   method SP request-target SP "HTTP/1.1" CRLF               §3.1.1
 *   status-line    "HTTP/1.1" SP 3DIGIT SP reason CRLF                       §3.1.2
 *   header-field   token ":" OWS value OWS CRLF, no folding                  §3.2, §3.2.4
 *                  CRLF
 *   body           Content-Length bytes; none without it in a request        §3.3.3
 *
 * Whatever two parsers could read in two ways (bare LF, folding, two lengths, Transfer-Encoding) is refused: that is
 * how requests get smuggled. A response without Content-Length would last until the connection closes: refused too. */
#include "models/wire/http.h"
#include "models/wire/scan.h"

#define CONTENT_LENGTH    "Content-Length"
#define TRANSFER_ENCODING "Transfer-Encoding"
#define VERSION           "HTTP/1.1"
#define VERSION_LENGTH    8

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

/* A line without its CRLF, and *at behind it. Any other control character than tab is an error of the grammar; no
 * CRLF in sight is truncation. */
static enum wire_status get_line(const uint8_t **at, const uint8_t *end, struct bytes *line)
{
    const uint8_t *stop = *at;

    for (;;) {
        stop = scan_control(stop, end);
        if (stop == end || (*stop == '\r' && stop + 1 == end))
            return WIRE_TRUNCATED;
        if (*stop != '\t')
            break;
        stop++;
    }
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
    for (size_t i = 0; i < out->target.len; i++)
        if (out->target.at[i] <= ' ' || out->target.at[i] > '~')
            return WIRE_MALFORMED;
    return check_version(version);
}

static enum wire_status decode_header(struct bytes line, struct http_header *out)
{
    const uint8_t *at = line.at, *end = line.at + line.len, *colon = scan_token(at, end);

    /* no name, white space before it (folding) or before the colon, no colon */
    if (colon == at || colon == end || *colon != ':')
        return WIRE_MALFORMED;
    out->name = bytes_of(at, (size_t)(colon - at));
    at = colon + 1;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    out->value = bytes_of(at, (size_t)(end - at));
    return WIRE_OK;
}

/* How long the body is, from what the headers say. */
struct framing {
    bool has_length;
    uint64_t length;
};

static enum wire_status read_framing(const struct http_header *header, struct framing *framing)
{
    enum wire_status status;

    if (scan_equal_nocase(header->name, TRANSFER_ENCODING, sizeof TRANSFER_ENCODING - 1))
        return WIRE_UNSUPPORTED;
    if (!scan_equal_nocase(header->name, CONTENT_LENGTH, sizeof CONTENT_LENGTH - 1))
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
        status = line.len >= 5 && memcmp(line.at, "HTTP/", 5) == 0 ? decode_status_line(line, out)
                                                                   : decode_request_line(line, out);
    while (status == WIRE_OK && (status = get_line(&at, end, &line)) == WIRE_OK && line.len > 0) {
        struct http_header *header = &out->headers[out->header_count];

        if (out->header_count == HTTP_HEADERS_MAX)
            return WIRE_LIMIT;
        out->header_count++;
        status = decode_header(line, header);
        if (status == WIRE_OK)
            status = read_framing(header, &framing);
    }
    if (status != WIRE_OK)
        return status;
    if ((size_t)(at - in.at) > HTTP_HEAD_BYTES_MAX)
        return WIRE_LIMIT;
    if (!framing.has_length && !is_bodiless(out->is_request, out->status))
        return WIRE_UNSUPPORTED;
    out->body = bytes_of(at, (size_t)(end - at));
    if (out->body.len != framing.length)
        return out->body.len < framing.length ? WIRE_TRUNCATED : WIRE_MALFORMED;
    return WIRE_OK;
}

const struct bytes *http_find(const struct http_message *message, const char *name)
{
    size_t len = strlen(name);

    for (unsigned i = 0; i < message->header_count; i++)
        if (scan_equal_nocase(message->headers[i].name, name, len))
            return &message->headers[i].value;
    return NULL;
}

/* A start line begins with a token; a peer that speaks TLS or a binary protocol is found out at once. */
static bool can_begin(struct bytes data)
{
    return data.len == 0 || scan_token_table[data.at[0]];
}

/* The framer looks at line ends and the two headers that say where a message ends, at nothing else: what is wrong with
 * the rest http_decode() says, and a server may still answer 400. */
static bool frame_line(struct bytes line, struct framing *framing)
{
    struct http_header header;

    if (line.len < 2 || ((line.at[0] | 0x20) != 'c' && (line.at[0] | 0x20) != 't'))
        return true;
    if (decode_header(line, &header) != WIRE_OK)
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
        return -1;
    return data.len - head_len < framing->length ? 0 : (int64_t)(head_len + framing->length);
}

int64_t http_frame(struct bytes data)
{
    struct framing framing = {false, 0};
    bool may_lack_length = true;
    size_t from = 0;

    if (!can_begin(data))
        return -1;
    while (from < data.len) {
        const uint8_t *lf = memchr(data.at + from, '\n', data.len - from);
        struct bytes line;

        if (lf == NULL)
            break;
        if (lf == data.at + from || lf[-1] != '\r')
            return -1;
        line = bytes_of(data.at + from, (size_t)(lf - 1 - (data.at + from)));
        if (line.len == 0)
            return framing.has_length || may_lack_length
                       ? frame_end(data, (size_t)(lf + 1 - data.at), &framing)
                       : -1;
        if (from == 0)
            may_lack_length = is_line_bodiless(line);
        else if (!frame_line(line, &framing))
            return -1;
        from = (size_t)(lf + 1 - data.at);
    }
    return data.len > HTTP_HEAD_BYTES_MAX ? -1 : 0;
}
