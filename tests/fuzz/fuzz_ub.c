/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* BootstrappingInfo documents, and the texts in them: dates, base64, numbers. */
#include "models/wire/ub.h"
#include "tests/fuzz/targets.h"

static void check_texts(struct bytes in)
{
    uint8_t plain[64], text[100];
    char date[WIRE_HTTP_DATE_LENGTH];
    struct wire_writer w = wire_writer(text, sizeof text);
    uint64_t number;
    int64_t time;
    size_t len;

    if (wire_base64_decode(in, plain, sizeof plain, &len) == WIRE_OK) {
        wire_put_base64(&w, plain, len);
        PROMISE(!w.overflow && bytes_equal(bytes_of(text, wire_written(&w)), in));
    }
    if (wire_http_date_decode(in, &time) == WIRE_OK) {
        wire_http_date(time, date);
        PROMISE(bytes_equal(bytes_of(date, sizeof date), in));
    }
    wire_decimal_decode(in, &number);
}

void fuzz_ub(struct bytes in)
{
    static uint8_t out[1 << 17];
    struct bytes b_tid, b_tid_back;
    int64_t expiry, expiry_back;
    size_t length;

    check_texts(in);
    if (ub_info_decode(in, &b_tid, &expiry) != WIRE_OK)
        return;
    promise_within(b_tid, in);
    if (ub_info_encode(b_tid, expiry, out, sizeof out, &length) != WIRE_OK)
        return; /* a quote in the B-TID, or it is too long */
    PROMISE(ub_info_decode(bytes_of(out, length), &b_tid_back, &expiry_back) == WIRE_OK);
    PROMISE(bytes_equal(b_tid, b_tid_back) && expiry == expiry_back);
}
