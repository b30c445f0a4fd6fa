/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* UDP and TCP as ns-3 has them. */
#include "sim/ns3/internal.hh"

#include <ns3/tcp-l4-protocol.h>
#include <ns3/udp-l4-protocol.h>

ns3::Ptr<ns3::UdpL4Protocol> ns3c_internal::new_udp(ns3c_node *)
{
    return ns3::CreateObject<ns3::UdpL4Protocol>();
}

ns3::Ptr<ns3::TcpL4Protocol> ns3c_internal::new_tcp(ns3c_node *)
{
    return ns3::CreateObject<ns3::TcpL4Protocol>();
}
