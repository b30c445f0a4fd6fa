/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP messages: the framer and the decoder agree on where one ends. */
#include "models/wire/ua.h"
#include "tests/fuzz/targets.h"

static void promise_once(const struct http_message *m, const char *name)
{
    const struct bytes *first = http_find(m, name);

    PROMISE(first == NULL || http_find_next(m, name, first) == NULL);
}

void fuzz_http(struct bytes in)
{
    struct http_message m;
    struct digest_fields info;
    int64_t framed = http_frame(in);
    enum wire_status status;

    PROMISE(framed >= -1 && framed <= (int64_t)in.len);
    status = http_decode(in, &m);
    if (status == WIRE_OK)
        PROMISE(framed == (int64_t)in.len);
    if (framed > 0 && http_decode(bytes_of(in.at, (size_t)framed), &m) != WIRE_OK)
        return;
    if (status != WIRE_OK)
        return;
    promise_within(m.method, in);
    promise_within(m.target, in);
    promise_within(m.body, in);
    PROMISE(m.header_count <= HTTP_HEADERS_MAX && m.body.len <= HTTP_BODY_BYTES_MAX);
    PROMISE(m.is_request ? m.method.len > 0 && m.target.len > 0 : m.status >= 100 && m.status <= 599);
    for (unsigned i = 0; i < m.header_count; i++) {
        PROMISE(m.headers[i].name.len > 0);
        promise_within(m.headers[i].name, in);
        promise_within(m.headers[i].value, in);
    }
    PROMISE(!m.is_request || http_find(&m, "Host") != NULL);
    promise_once(&m, "Host");
    promise_once(&m, "Authorization");
    promise_once(&m, "Retry-After");
    http_retry_after(&m);
    if (digest_info_decode(&m, &info) == WIRE_OK)
        promise_within(info.rspauth, in);
}
