/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Limits that several rooms must agree on. They stand here because every room may include this one. */
#ifndef SIM_BASE_LIMITS_H
#define SIM_BASE_LIMITS_H

/* UEs that have an IPv4 address each: 10/8 without its first and last address. */
#define LIMITS_IPV4_UES 16777214

/* Unix seconds that the 32 bits of a Diameter Time can hold (RFC 6733 §4.3.1): 1968-01-20 to 2104-02-26. */
#define LIMITS_TIME_MIN ((INT64_C(1) << 31) - INT64_C(2208988800))
#define LIMITS_TIME_END ((INT64_C(3) << 31) - INT64_C(2208988800))

#endif
