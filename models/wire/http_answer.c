/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Answers that BSF and BM-SC give alike: the digest challenge, and refusals without a body.
 *
 *   HTTP/1.1 401 Unauthorized        HTTP/1.1 503 Service Unavailable
 *   Server: ...                      Server: ...
 *   Date: ...                        Date: ...
 *   Content-Length: 0                Content-Length: 0
 *   WWW-Authenticate: Digest ...     [Retry-After: seconds]                              RFC 7231 §7.1.3 */
#include "models/wire/http_write.h"
#include "models/wire/ua.h"

void http_put_date_value(struct wire_writer *w, int64_t unix_s)
{
    char line[WIRE_HTTP_DATE_LENGTH + 2];

    wire_http_date(unix_s, line);
    memcpy(line + WIRE_HTTP_DATE_LENGTH, CRLF, 2);
    wire_put(w, line, sizeof line);
}

void http_put_content_length(struct wire_writer *w, size_t length)
{
    wire_put_literal(w, "Content-Length: ");
    wire_put_decimal(w, length);
    wire_put_literal(w, CRLF);
}

static void put_answer_head(struct wire_writer *w, const char *status_line, const char *server,
                            int64_t unix_s)
{
    wire_put_literal(w, "HTTP/1.1 ");
    wire_put(w, status_line, strlen(status_line));
    wire_put_literal(w, CRLF "Server: ");
    wire_put(w, server, strlen(server));
    wire_put_literal(w, CRLF);
    http_put_date(w, "Date: ", unix_s);
    wire_put_literal(w, "Content-Length: 0" CRLF);
}

enum wire_status http_challenge_encode(const char *server, const struct digest_fields *challenge,
                                       int64_t unix_s, uint8_t *out, size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);

    put_answer_head(&w, "401 Unauthorized", server, unix_s);
    wire_put_literal(&w, "WWW-Authenticate: ");
    digest_put_challenge(&w, challenge);
    wire_put_literal(&w, CRLF CRLF);
    return wire_finish(&w, length);
}

enum wire_status http_success_encode(const char *server, const char *content_type,
                                     const struct digest_fields *info, int64_t unix_s, int64_t expiry_unix_s,
                                     struct bytes body, uint8_t *out, size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);

    wire_put_literal(&w, "HTTP/1.1 200 OK" CRLF "Server: ");
    wire_put(&w, server, strlen(server));
    wire_put_literal(&w, CRLF "Authentication-Info: ");
    digest_put_info(&w, info);
    wire_put_literal(&w, CRLF);
    http_put_date(&w, "Date: ", unix_s);
    http_put_date(&w, "Expires: ", expiry_unix_s);
    wire_put_literal(&w, "Content-Type: ");
    wire_put(&w, content_type, strlen(content_type));
    wire_put_literal(&w, CRLF);
    http_put_content_length(&w, body.len);
    wire_put_literal(&w, CRLF);
    wire_put_bytes(&w, body);
    return wire_finish(&w, length);
}

/* RFC 7231 §6.1; of those that TS 33.246 table G.2.4-1 has, and 200. */
const char *http_status_line(unsigned status)
{
    switch (status) {
    case 200:
        return "200 OK";
    case 400:
        return "400 Bad Request";
    case 403:
        return "403 Forbidden";
    case 404:
        return "404 Not Found";
    case 405:
        return "405 Method Not Allowed";
    case 500:
        return "500 Internal Server Error";
    case 501:
        return "501 Not Implemented";
    case 503:
        return "503 Service Unavailable";
    case 504:
        return "504 Gateway Timeout";
    case 505:
        return "505 HTTP Version Not Supported";
    default:
        return NULL;
    }
}

enum wire_status http_error_encode(unsigned status, const char *server, int64_t unix_s,
                                   uint32_t retry_after_s, uint8_t *out, size_t capacity, size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);
    const char *status_line = http_status_line(status);

    if (status_line == NULL || status < 400)
        return WIRE_UNSUPPORTED;
    put_answer_head(&w, status_line, server, unix_s);
    if (retry_after_s > 0) {
        wire_put_literal(&w, "Retry-After: ");
        wire_put_decimal(&w, retry_after_s);
        wire_put_literal(&w, CRLF);
    }
    wire_put_literal(&w, CRLF);
    return wire_finish(&w, length);
}

uint32_t http_retry_after(const struct http_message *message)
{
    const struct bytes *after = http_find(message, "Retry-After"), *date;
    int64_t then, now;
    uint64_t delta_s;

    if (after == NULL)
        return 0;
    switch (wire_decimal_decode(*after, &delta_s)) {
    case WIRE_OK:
        return delta_s < UINT32_MAX ? (uint32_t)delta_s : UINT32_MAX;
    case WIRE_LIMIT:
        return UINT32_MAX;
    default:
        break;
    }
    date = http_find(message, "Date");
    if (date == NULL || wire_http_date_decode(*after, &then) != WIRE_OK ||
        wire_http_date_decode(*date, &now) != WIRE_OK || then <= now)
        return 0;
    return then - now < UINT32_MAX ? (uint32_t)(then - now) : UINT32_MAX;
}
