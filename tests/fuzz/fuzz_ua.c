/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Bodies of the MSK request and its response: what is read can be written, and is then read alike. */
#include "models/wire/ua.h"
#include "tests/fuzz/targets.h"

typedef enum wire_status decoder(struct bytes, struct ua_key *, unsigned *);
typedef enum wire_status encoder(const struct ua_key *, unsigned, uint8_t *, size_t, size_t *);

static void check(struct bytes in, decoder *decode, encoder *encode)
{
    struct ua_key keys[UA_KEYS_MAX], back[UA_KEYS_MAX];
    unsigned count, count_back;
    uint8_t out[3000];
    size_t length;

    if (decode(in, keys, &count) != WIRE_OK)
        return;
    PROMISE(count >= 1 && count <= UA_KEYS_MAX);
    PROMISE(encode(keys, count, out, sizeof out, &length) == WIRE_OK);
    PROMISE(decode(bytes_of(out, length), back, &count_back) == WIRE_OK && count_back == count);
    for (unsigned i = 0; i < count; i++)
        PROMISE(memcmp(keys[i].key_domain_id, back[i].key_domain_id, 3) == 0 &&
                keys[i].msk_id == back[i].msk_id && keys[i].status == back[i].status);
}

void fuzz_ua(struct bytes in)
{
    check(in, ua_request_body_decode, ua_request_body_encode);
    check(in, ua_response_body_decode, ua_response_body_encode);
}
