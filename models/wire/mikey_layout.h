/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What reader and writer of MIKEY share: codes, sizes, and which payloads belong to which message. */
#ifndef MODELS_WIRE_MIKEY_LAYOUT_H
#define MODELS_WIRE_MIKEY_LAYOUT_H

#include "models/wire/mikey.h"

/* Codes of the next-payload byte, RFC 3830 §6.1 table 6.1.b; 21 with RFC 3830 §6.15. */
enum mikey_payload {
    MIKEY_LAST = 0,
    MIKEY_KEMAC = 1,
    MIKEY_PKE = 2,
    MIKEY_DH = 3,
    MIKEY_SIGN = 4,
    MIKEY_T = 5,
    MIKEY_ID = 6,
    MIKEY_CERT = 7,
    MIKEY_CHASH = 8,
    MIKEY_V = 9,
    MIKEY_SP = 10,
    MIKEY_RAND = 11,
    MIKEY_ERR = 12,
    MIKEY_KEY_DATA = 20,
    MIKEY_EXT = 21
};

#define MIKEY_VERSION          1
#define MIKEY_HEADER_BYTES     10
#define MIKEY_CS_BYTES         9 /* policy number, SSRC, ROC: RFC 3830 §6.1.1 */
#define MIKEY_EXT_KEY_ID       3 /* RFC 4563 §4 */
#define MIKEY_ID_KEY_DOMAIN    0
#define MIKEY_ID_MSK           1
#define MIKEY_ID_MTK           2
#define MIKEY_MTK_ID_BYTES_MAX 8  /* 2, or 4 in one operator profile; the rest is room */
#define MIKEY_ERROR_NUMBER_MAX 12 /* RFC 3830 §6.12 */

/* Are these the payloads of a message of that data type (RFC 3830 §3.1, §4.5, §5.1.2), with nothing that
 * the streams of an empty map cannot have (RFC 4563 §5)? */
bool mikey_shape_ok(const struct mikey_message *message);

#endif
