/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Packets of ns-3 as programs see them. */
#ifndef SIM_NS3_VIEW_HH
#define SIM_NS3_VIEW_HH

#include "sim/ns3/internal.hh"

namespace ns3c_internal
{

/* A view of a packet that begins with `link_bytes` of link header; what follows IP's bytes is not shown. Only
 * the head is copied. Good while the packet is. */
class View
{
  public:
    View(const ns3::Ptr<const ns3::Packet> &whole, uint32_t link_bytes);
    ns3c_packet packet;
    const ns3::Packet *source;
    uint32_t skip;

  private:
    /* Headers of IPv6 with an extension and of TCP with all options fit. */
    uint8_t bytes[160];
};

/* Length that the IP header at `bytes` gives, 0 if it is not one. */
uint32_t ip_length(const uint8_t *bytes, size_t length);

/* Whether ns-3 can take these bytes apart in the place of `original`: an IP packet whose lengths agree, down
 * to the options of TCP and neighbour discovery. ns-3 reads on without looking. */
bool check_packet(const uint8_t *bytes, size_t length, const ns3c_packet &original);

} // namespace ns3c_internal

#endif
