/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Zh between BSF and HSS, TS 29.109 §4.2: Multimedia-Auth-Request and -Answer. AVPs 608-626 are those of
 * TS 29.229 §6.3. */
#include "models/wire/diameter_avp.h"

/* Vendor-Specific-Application-Id, RFC 6733 §6.11. */
static const struct diameter_avp application_rows[] = {
    FIXED(266, AVP_M, REQUIRED, DIAMETER_VENDOR_3GPP), /* Vendor-Id */
    FIXED(258, AVP_M, REQUIRED, DIAMETER_ZH),          /* Auth-Application-Id */
};
static const struct diameter_list application = LIST(application_rows);

/* SIP-Auth-Data-Item of a request: the UE's answer to a SQN it did not accept (TS 29.228 table 6.3.2). In a
 * request for a first vector it is left out, which says Digest-AKAv1-MD5 (TS 29.109 §4.2). */
static const struct diameter_avp resync_rows[] = {
    SCHEME(608, AVP_V | AVP_M),                           /* SIP-Authentication-Scheme */
    OCTETS(610, AVP_V | AVP_M, REQUIRED, resync, 30, 30), /* SIP-Authorization: RAND || AUTS */
};
static const struct diameter_list resync = LIST(resync_rows);

static const struct diameter_avp mar_rows[] = {
    OCTETS(263, AVP_M, REQUIRED, session_id, 1, NAME_MAX_BYTES),
    GROUP(260, AVP_M, REQUIRED, &application),
    DEFAULT(277, AVP_M, 1), /* Auth-Session-State: no state maintained */
    OCTETS(264, AVP_M, REQUIRED, origin_host, 1, NAME_MAX_BYTES),
    OCTETS(296, AVP_M, REQUIRED, origin_realm, 1, NAME_MAX_BYTES),
    OCTETS(283, AVP_M, REQUIRED, destination_realm, 1, NAME_MAX_BYTES),
    OCTETS(293, AVP_M, OPTIONAL, destination_host, 1, NAME_MAX_BYTES),
    OCTETS(1, AVP_M, REQUIRED, impi, 1, NAME_MAX_BYTES), /* User-Name */
    GROUP(612, AVP_V | AVP_M, OPTIONAL, &resync),
    OVERLOAD_ROW,
};
const struct diameter_list diameter_mar = LIST(mar_rows);

/* SIP-Auth-Data-Item of an answer: one authentication vector (TS 29.228 table 6.3.5; SIP-Item-Number is for
 * several). */
static const struct diameter_avp vector_rows[] = {
    SCHEME(608, AVP_V | AVP_M), /* SIP-Authentication-Scheme */
    OCTETS(609, AVP_V | AVP_M, REQUIRED, rand_autn, 32, 32),
    OCTETS(610, AVP_V | AVP_M, REQUIRED, xres, 4, 16),
    OCTETS(625, AVP_V | AVP_M, REQUIRED, ck, 16, 16), /* Confidentiality-Key */
    OCTETS(626, AVP_V | AVP_M, REQUIRED, ik, 16, 16), /* Integrity-Key */
};
static const struct diameter_list vector = LIST(vector_rows);

static const struct diameter_avp maa_rows[] = {
    OCTETS(263, AVP_M, REQUIRED, session_id, 1, NAME_MAX_BYTES),
    GROUP(260, AVP_M, EXPECTED, &application),
    RESULT_ROWS,
    DEFAULT(277, AVP_M, 1),
    OCTETS(264, AVP_M, REQUIRED, origin_host, 1, NAME_MAX_BYTES),
    OCTETS(296, AVP_M, REQUIRED, origin_realm, 1, NAME_MAX_BYTES),
    OCTETS(1, AVP_M, OPTIONAL, impi, 1, NAME_MAX_BYTES),
    GROUP(612, AVP_V | AVP_M, OPTIONAL, &vector),
    OCTETS(400, AVP_V | AVP_M, OPTIONAL, uss, 1, TEXT_MAX_BYTES), /* GBA-UserSecSettings: guss */
    OVERLOAD_ROW,
    OVERLOAD_REPORT,
};
const struct diameter_list diameter_maa = LIST(maa_rows);
