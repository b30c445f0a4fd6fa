/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Simulated time: signed 64-bit nanoseconds since the start of the run. No code below sim/cli
 * ever reads the host's clock; times before the start of the run are negative. */
#ifndef SIM_BASE_CLOCK_H
#define SIM_BASE_CLOCK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CLOCK_MICROSECOND INT64_C(1000)
#define CLOCK_MILLISECOND INT64_C(1000000)
#define CLOCK_SECOND      INT64_C(1000000000)
#define CLOCK_NEVER       INT64_MAX

#ifdef __cplusplus
}
#endif

#endif
