/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Limits that several rooms must agree on. They stand here because every room may include this one. */
#ifndef SIM_KERNEL_LIMITS_H
#define SIM_KERNEL_LIMITS_H

/* UEs that have an IPv4 address each: 10/8 without its first and last address. */
#define LIMITS_IPV4_UES 16777214

#endif
