/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Bodies of the MSK request and its response: what is read can be written, and is then read alike; and the
 * XML reader says of any body what the decoder says. */
#include "models/wire/ua_xml.h"
#include "tests/fuzz/targets.h"

typedef enum wire_status decoder(struct bytes, struct ua_key *, unsigned *);
typedef enum wire_status encoder(const struct ua_key *, unsigned, uint8_t *, size_t, size_t *);

/* Reads `in` and asks for the same keys, or for the same refusal. */
static void check_reading(struct bytes in, decoder *decode, enum wire_status status,
                          const struct ua_key *keys, unsigned count)
{
    struct ua_key again[UA_KEYS_MAX];
    unsigned count_again;

    PROMISE(decode(in, again, &count_again) == status);
    if (status != WIRE_OK)
        return;
    PROMISE(count_again == count);
    for (unsigned i = 0; i < count; i++)
        PROMISE(memcmp(keys[i].key_domain_id, again[i].key_domain_id, 3) == 0 &&
                keys[i].msk_id == again[i].msk_id && keys[i].status == again[i].status);
}

static void check(struct bytes in, decoder *decode, decoder *decode_xml, encoder *encode)
{
    struct ua_key keys[UA_KEYS_MAX];
    unsigned count;
    uint8_t out[3000];
    size_t length;
    enum wire_status status = decode(in, keys, &count);

    check_reading(in, decode_xml, status, keys, count);
    if (status != WIRE_OK)
        return;
    PROMISE(count >= 1 && count <= UA_KEYS_MAX);
    PROMISE(encode(keys, count, out, sizeof out, &length) == WIRE_OK);
    check_reading(bytes_of(out, length), decode, WIRE_OK, keys, count);
    check_reading(bytes_of(out, length), decode_xml, WIRE_OK, keys, count);
}

void fuzz_ua(struct bytes in)
{
    check(in, ua_request_body_decode, ua_request_body_decode_xml, ua_request_body_encode);
    check(in, ua_response_body_decode, ua_response_body_decode_xml, ua_response_body_encode);
}
