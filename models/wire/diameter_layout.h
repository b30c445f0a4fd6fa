/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What reader and writer of Diameter share. */
#ifndef MODELS_WIRE_DIAMETER_LAYOUT_H
#define MODELS_WIRE_DIAMETER_LAYOUT_H

#include "models/wire/diameter_avp.h"

#define DIAMETER_VERSION 1
#define HEADER_BYTES     20
#define AVP_HEAD_BYTES   8
#define AVP_VENDOR_BYTES 4
#define NTP_UNIX_S       INT64_C(2208988800) /* 1970-01-01 in seconds since 1900-01-01 */
#define DIAMETER_SCHEME  "Digest-AKAv1-MD5"

/* Header flags, RFC 6733 §3. */
enum { FLAG_REQUEST = 0x80, FLAG_PROXIABLE = 0x40, FLAG_ERROR = 0x20 };

/* The table of a message; NULL if it is none of ours. */
const struct diameter_list *diameter_list_of(uint32_t command, uint32_t application, bool request);

#endif
