/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The AVPs of overload indication, RFC 7683 §7. They are of no vendor: 625 and 626 of TS 29.229 are others.
 * */
#include "models/wire/diameter_avp.h"

static const struct diameter_avp supported_rows[] = {
    OCTETS(622, 0, OPTIONAL, oc_features, 8, 8), /* OC-Feature-Vector, Unsigned64 */
};
const struct diameter_list diameter_oc_supported = LIST(supported_rows);

static const struct diameter_avp olr_rows[] = {
    OCTETS(624, 0, REQUIRED, oc_sequence, 8, 8),    /* OC-Sequence-Number, Unsigned64 */
    OCTETS(626, 0, REQUIRED, oc_report_type, 4, 4), /* OC-Report-Type: 0 of the host, 1 of the realm */
    OCTETS(627, 0, OPTIONAL, oc_reduction, 4, 4),   /* OC-Reduction-Percentage */
    OCTETS(625, 0, OPTIONAL, oc_validity, 4, 4),    /* OC-Validity-Duration, seconds */
};
const struct diameter_list diameter_oc_olr = LIST(olr_rows);
