/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Header lines that Ub and Ua write alike. Each is a line with its CRLF. */
#ifndef MODELS_WIRE_HTTP_WRITE_H
#define MODELS_WIRE_HTTP_WRITE_H

#include "models/wire/digest.h"

#define CRLF "\r\n"

/* A date and its CRLF. */
void http_put_date_value(struct wire_writer *w, int64_t unix_s);
/* name: a literal such as "Date: ". */
#define http_put_date(w, name, unix_s) (wire_put_literal((w), name), http_put_date_value((w), (unix_s)))
void http_put_content_length(struct wire_writer *w, size_t length);

/* "404 Not Found": a status that our servers give and its reason phrase (RFC 7231 §6.1); NULL for others. */
const char *http_status_line(unsigned status);

/* 401 with the fields of `challenge`, Server being server. */
enum wire_status http_challenge_encode(const char *server, const struct digest_fields *challenge,
                                       int64_t unix_s, uint8_t *out, size_t capacity, size_t *length);

/* 200 with Authentication-Info and a body that may be kept until it expires. */
enum wire_status http_success_encode(const char *server, const char *content_type,
                                     const struct digest_fields *info, int64_t unix_s, int64_t expiry_unix_s,
                                     struct bytes body, uint8_t *out, size_t capacity, size_t *length);

/* The outcome of an encoder. */
static inline enum wire_status wire_finish(const struct wire_writer *w, size_t *length)
{
    if (w->overflow)
        return WIRE_NO_SPACE;
    *length = wire_written(w);
    return WIRE_OK;
}

#endif
