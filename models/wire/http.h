/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP/1.1 messages (RFC 7230) as far as Ub and Ua need them: one start line, headers, a body of
 * Content-Length bytes. No chunked coding, no folded headers: refused, never guessed. */
#ifndef MODELS_WIRE_HTTP_H
#define MODELS_WIRE_HTTP_H

#include "models/wire/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HTTP_HEADERS_MAX    24
#define HTTP_HEAD_BYTES_MAX 3000
#define HTTP_BODY_BYTES_MAX 3000

struct http_header {
    struct bytes name, value; /* value without surrounding white space */
};

struct http_message {
    bool is_request;
    struct bytes method, target; /* request */
    unsigned status;             /* response: 100..599 */
    struct http_header headers[HTTP_HEADERS_MAX];
    unsigned header_count;
    struct bytes body;
};

/* `in` must hold exactly one whole message. */
enum wire_status http_decode(struct bytes in, struct http_message *out);
/* First header of that name (case-insensitive); NULL if there is none. */
const struct bytes *http_find_name(const struct http_message *message, const char *name, size_t len);
/* The same; of a literal the compiler knows the length. */
static inline const struct bytes *http_find(const struct http_message *message, const char *name)
{
    return http_find_name(message, name, strlen(name));
}
/* The first header of that name behind `after`, one that was found before; NULL: from the beginning. */
const struct bytes *http_find_next(const struct http_message *message, const char *name,
                                   const struct bytes *after);
/* What a request-target names at its host: all of it, or what follows "http://" and the authority (RFC 7230
 * §5.3). */
struct bytes http_path(struct bytes target);
/* Is `product` one of the words of that header, as User-Agent and Server list them (RFC 7231 §5.5.3)? A
 * version behind it, as in "product/1.2", and a semicolon are not part of the word. */
bool http_has_product(const struct http_message *message, const char *header, const char *product);
/* A net_framer: length of the first whole message in a stream, 0 for more, -1 for what is no HTTP. A message
 * whose end cannot be told (two lengths, Transfer-Encoding, a head without end) is all that is there: it is
 * to be answered (RFC 7230 §3.3.3), and http_decode() refuses it. */
int64_t http_frame(struct bytes data);

#ifdef __cplusplus
}
#endif

#endif
