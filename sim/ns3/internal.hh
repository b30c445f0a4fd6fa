/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files of the bindings share. */
#ifndef SIM_NS3_INTERNAL_HH
#define SIM_NS3_INTERNAL_HH

#include "sim/ns3/ns3c.h"

namespace ns3c_internal
{

/* Remembers the sentence for ns3c_error(), printf-like, and returns `status`. */
ns3c_status fail(ns3c_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

} // namespace ns3c_internal

#endif
