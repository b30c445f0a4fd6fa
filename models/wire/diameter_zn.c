/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Zn between NAF and BSF, TS 29.109 §5.2: Bootstrapping-Info-Request and -Answer; AVPs of TS 29.109 §6.3. A
 * BM-SC supports GBA_U (TS 33.246 §4.1.1), and says so. GBA-Type stands in an answer only where the keys are
 * not those of 3G. */
#include "models/wire/diameter_avp.h"

/* Vendor-Specific-Application-Id, RFC 6733 §6.11. */
static const struct diameter_avp application_rows[] = {
    FIXED(266, AVP_M, REQUIRED, DIAMETER_VENDOR_3GPP), /* Vendor-Id */
    FIXED(258, AVP_M, REQUIRED, DIAMETER_ZN),          /* Auth-Application-Id */
};
static const struct diameter_list application = LIST(application_rows);

static const struct diameter_avp bir_rows[] = {
    OCTETS(263, AVP_M, REQUIRED, session_id, 1, NAME_MAX_BYTES),
    GROUP(260, AVP_M, REQUIRED, &application),
    DEFAULT(277, AVP_M, 1), /* Auth-Session-State: no state maintained */
    OCTETS(264, AVP_M, REQUIRED, origin_host, 1, NAME_MAX_BYTES),
    OCTETS(296, AVP_M, REQUIRED, origin_realm, 1, NAME_MAX_BYTES),
    OCTETS(283, AVP_M, REQUIRED, destination_realm, 1, NAME_MAX_BYTES),
    OCTETS(293, AVP_M, OPTIONAL, destination_host, 1, NAME_MAX_BYTES),
    OCTETS(403, AVP_V | AVP_M, MANY, gaa_service_id, 1, NAME_MAX_BYTES),
    OCTETS(401, AVP_V | AVP_M, REQUIRED, b_tid, 1, NAME_MAX_BYTES),      /* Transaction-Identifier */
    OCTETS(402, AVP_V | AVP_M, REQUIRED, naf_id, 6, NAME_MAX_BYTES + 5), /* FQDN, Ua protocol id */
    DEFAULT(407, AVP_V | AVP_M, 1),                                      /* GBA_U-Awareness-Indicator: yes */
    OVERLOAD_ROW,
};
const struct diameter_list diameter_bir = LIST(bir_rows);

static const struct diameter_avp bia_rows[] = {
    OCTETS(263, AVP_M, REQUIRED, session_id, 1, NAME_MAX_BYTES),
    GROUP(260, AVP_M, EXPECTED, &application),
    RESULT_ROWS,
    DEFAULT(277, AVP_M, 1),
    OCTETS(264, AVP_M, REQUIRED, origin_host, 1, NAME_MAX_BYTES),
    OCTETS(296, AVP_M, REQUIRED, origin_realm, 1, NAME_MAX_BYTES),
    OCTETS(1, AVP_M, OPTIONAL, impi, 1, NAME_MAX_BYTES),
    OCTETS(405, AVP_V | AVP_M, OPTIONAL, ks_naf, 32, 32),         /* ME-Key-Material */
    TIME(404, AVP_V | AVP_M, expiry_unix_s),                      /* Key-ExpiryTime */
    TIME(408, AVP_V | AVP_M, bootstrap_unix_s),                   /* BootstrapInfoCreationTime */
    OCTETS(400, AVP_V | AVP_M, OPTIONAL, uss, 1, TEXT_MAX_BYTES), /* GBA-UserSecSettings: ussList */
    OCTETS(410, AVP_V | AVP_M, OPTIONAL, gba_type, 4, 4),         /* GBA-Type */
    OVERLOAD_ROW,
    OVERLOAD_REPORT,
};
const struct diameter_list diameter_bia = LIST(bia_rows);
