/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MIKEY messages: RFC 3830 §6 with the Key ID Information extension of RFC 4563 §4, in the shapes that
 * TS 33.246 uses (MSK message, solicited pull, MSK verification message, MTK message, error). Layout only;
 * the keys and MACs are models/crypto/mikey_keys.h. */
#ifndef MODELS_WIRE_MIKEY_H
#define MODELS_WIRE_MIKEY_H

#include "models/wire/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

enum mikey_data_type { MIKEY_PSK_INIT = 0, MIKEY_PSK_VERIFICATION = 1, MIKEY_ERROR = 6 };
enum mikey_map_type { MIKEY_MAP_SRTP_ID = 0, MIKEY_MAP_EMPTY = 1 };
enum mikey_ts_type { MIKEY_TS_NTP_UTC = 0, MIKEY_TS_NTP = 1, MIKEY_TS_COUNTER = 2 };
enum mikey_encr_alg { MIKEY_ENCR_NULL = 0, MIKEY_ENCR_AES_CM_128 = 1, MIKEY_ENCR_AES_KW_128 = 2 };
enum mikey_mac_alg { MIKEY_MAC_NULL = 0, MIKEY_MAC_HMAC_SHA1_160 = 1 };
enum mikey_id_type { MIKEY_ID_NAI = 0, MIKEY_ID_URI = 1 };
enum mikey_key_type { MIKEY_KEY_TGK = 0, MIKEY_KEY_TGK_SALT = 1, MIKEY_KEY_TEK = 2, MIKEY_KEY_TEK_SALT = 3 };
enum mikey_kv_type { MIKEY_KV_NULL = 0, MIKEY_KV_SPI = 1, MIKEY_KV_INTERVAL = 2 };

#define MIKEY_UDP_PORT          2269
#define MIKEY_MAC_BYTES         20
#define MIKEY_RAND_BYTES        16 /* what we send; any length >= 16 is read */
#define MIKEY_PAYLOADS_MAX      16
#define MIKEY_MESSAGE_BYTES_MAX 2048

/* A decoded message, or one to encode. Absent payloads have has_* false. Views point into the message. */
struct mikey_message {
    uint8_t data_type; /* enum mikey_data_type */
    bool v;            /* the initiator wants a verification message */
    uint8_t prf;       /* 0: MIKEY-1 */
    uint32_t csb_id;
    uint8_t cs_count;
    uint8_t map_type;
    struct bytes cs_map; /* 9 bytes a crypto session for SRTP-ID */

    bool has_ext; /* General Extension type 3, Key ID Information */
    bool has_key_domain_id, has_msk_id, has_mtk_id;
    uint8_t key_domain_id[3];
    uint32_t msk_id; /* Key Group << 16 | Key Number */
    struct bytes mtk_id;

    bool has_t;
    uint8_t ts_type;
    uint64_t ts;         /* COUNTER: 32 bits */
    struct bytes ts_raw; /* as transported (decoding only) */

    bool has_rand;
    struct bytes rand;

    /* One ID in a verification message is IDr; of two the first is IDi. */
    bool has_idi, has_idr;
    uint8_t idi_type, idr_type;
    struct bytes idi, idr;

    uint8_t sp_count; /* SP payloads seen, skipped over (streaming profile) */

    bool has_kemac;
    uint8_t encr_alg, mac_alg;
    struct bytes encr_data; /* length 0: a solicited pull */
    struct bytes mac;

    bool has_verification;
    uint8_t auth_alg;
    struct bytes ver_data;

    bool has_error;
    uint8_t error_number;

    /* Decoding: the bytes the MAC covers (up to and including mac_alg or auth_alg). */
    struct bytes covered;
};

/* Accepts what RFC 3830 §5.3 lets a receiver accept and nothing else: KEMAC or V last, nothing after it, no
 * payload twice, no unknown next-payload code, mac_alg NULL refused (WIRE_UNSUPPORTED). Any encr_alg that
 * RFC 3830 has is read: whoever decrypts has to ask for the one it can. */
enum wire_status mikey_decode(struct bytes in, struct mikey_message *out);

/* Encodes in the order HDR, EXT, T, RAND, IDi, IDr, KEMAC | V | ERR. The MAC (ver_data) is left zero: its
 * place is the last 20 bytes, and what it covers is everything before. *length is set on WIRE_OK. */
enum wire_status mikey_encode(const struct mikey_message *message, uint8_t *out, size_t capacity,
                              size_t *length);
/* The length that mikey_encode() will give. */
size_t mikey_length(const struct mikey_message *message);

/* Key data sub-payload, RFC 3830 §6.13, and its key validity data, §6.14. A key of no bytes is taken with
 * an interval: one way to read that an MSK message may bring Key Validity data alone (TS 33.246 §6.5.3,
 * which does not say how). */
struct mikey_key_data {
    uint8_t type, kv;
    struct bytes key, salt;
    struct bytes spi;                  /* kv SPI */
    struct bytes valid_from, valid_to; /* kv Interval: for an MSK SEQl and SEQu, see TS 33.246 §6.4.5.1 */
};

/* Decodes the sub-payload at the start of `in`; *rest is what follows (empty after the last). */
enum wire_status mikey_key_data_decode(struct bytes in, struct mikey_key_data *out, struct bytes *rest);
/* Encodes one sub-payload with next = 0. */
enum wire_status mikey_key_data_encode(const struct mikey_key_data *key_data, uint8_t *out, size_t capacity,
                                       size_t *length);

#ifdef __cplusplus
}
#endif

#endif
