/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Point-to-point links below the devices: the wire, on which packets meet their fate, and the queue before
 * it. */
#ifndef SIM_NS3_CHANNEL_HH
#define SIM_NS3_CHANNEL_HH

#include "sim/ns3/internal.hh"

#include <ns3/drop-tail-queue.h>
#include <ns3/point-to-point-channel.h>
#include <ns3/point-to-point-net-device.h>

namespace ns3c_internal
{

constexpr uint32_t ppp_bytes = 2;

/* The wire between two devices; counts what they send. */
class LinkChannel : public ns3::PointToPointChannel
{
  public:
    bool TransmitStart(ns3::Ptr<const ns3::Packet> packet, ns3::Ptr<ns3::PointToPointNetDevice> from,
                       ns3::Time duration) override;
    void set_ends(ns3c_device *a, ns3c_device *b);

  private:
    bool meet_fate(ns3c_device *from, const ns3::Ptr<const ns3::Packet> &packet,
                   const ns3::Ptr<ns3::PointToPointNetDevice> &source, const ns3::Time &duration);
    void arrive(ns3c_device *at, const ns3::Time &in, const ns3::Ptr<ns3::Packet> &packet);

    ns3c_device *ends[2] = {nullptr, nullptr};
};

/* ns-3's drop-tail queue with a limit in IP bytes, link headers not counted. */
class ByteQueue : public ns3::DropTailQueue<ns3::Packet>
{
  public:
    ByteQueue(uint64_t limit, uint32_t overhead);
    bool Enqueue(ns3::Ptr<ns3::Packet> packet) override;

  private:
    uint64_t bytes_max;
    uint32_t link_bytes; /* of each packet */
};

/* A queue according to the options: ns-3's own or a ByteQueue. */
ns3::Ptr<ns3::Queue<ns3::Packet>> make_queue(const ns3c_link_options *options, uint32_t link_bytes);
/* Checks options of a link; `what` names the call. */
ns3c_status check_link(const char *what, const ns3c_link_options *options);
/* Gives the device to the node and to its IP, and has its drops counted. */
void join(ns3c_device *device, ns3c_node *node);

} // namespace ns3c_internal

#endif
