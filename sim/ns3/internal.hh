/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files of the bindings share: what is behind the handles, and how the parts reach each other. */
#ifndef SIM_NS3_INTERNAL_HH
#define SIM_NS3_INTERNAL_HH

#include "sim/ns3/ns3c.h"
#include "sim/ns3/sending.hh"

#include <ns3/ipv4-address.h>
#include <ns3/ipv6-address.h>
#include <ns3/net-device.h>
#include <ns3/node.h>
#include <ns3/object.h>
#include <ns3/packet.h>
#include <ns3/ptr.h>
#include <ns3/queue.h>
#include <ns3/tag.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace ns3
{
class CsmaChannel;
class Ipv4L3Protocol;
class Ipv4Route;
class Ipv6L3Protocol;
class Ipv6Route;
class TcpL4Protocol;
class UdpL4Protocol;
} // namespace ns3

namespace ns3c_internal
{

class Capture;
class Event;
class BoundedScheduler;
class LinkChannel;
class Routes4;
class Routes6;
class SendHook;

/* ns-3 adds times up without looking: above these a packet's way comes to the end of int64_t, and then of the
 * past. */
constexpr int64_t delay_max_ns = INT64_C(86400000000000); /* a day */
constexpr uint64_t rate_max_bit_per_s = UINT64_C(1000000000000000);
/* What a fate's delay leaves of all time, a year: for what comes of the packet. */
constexpr int64_t last_arrival_ns = INT64_MAX - INT64_C(31536000000000000);

/* Remembers the sentence for ns3c_error(), printf-like, and returns `status`. */
ns3c_status fail(ns3c_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* At the border to C, where an exception ends: what the call answers instead. Within a handler. */
ns3c_status caught(const char *function) noexcept;
/* In the life of a simulator: has a reserve for the first allocation that fails, and notices it. */
void keep_reserve();
void forget_memory();
/* Throws if that has happened: there is not much left, and nothing is begun any more. */
void need_memory();
/* Looks whether there is room for a megabyte, and counts as such a failure if not: for many events, or one
 * object. need_room(): then throws. */
void probe_memory();
void need_room();
/* As printf()'s %g, with a decimal point in every locale. */
std::string number_text(double number);

/* --- addresses --- */

/* "192.0.2.1" for sentences. */
struct AddressText {
    explicit AddressText(const ns3c_address &address)
    {
        ns3c_address_format(&address, text);
    }
    char text[NS3C_ADDRESS_TEXT_BYTES];
};

/* Whether the family is 4 or 6; an error if not. */
ns3c_status check_family(const ns3c_address *address);
ns3::Ipv4Address to_ipv4(const ns3c_address &address);
ns3::Ipv6Address to_ipv6(const ns3c_address &address);
ns3c_address from_ipv4(ns3::Ipv4Address address);
ns3c_address from_ipv6(const ns3::Ipv6Address &address);

/* An IPv6 address as a key of a table. */
struct Key6 {
    uint64_t high, low; /* host byte order */
    bool operator==(const Key6 &other) const
    {
        return high == other.high && low == other.low;
    }
};
Key6 key6(const ns3::Ipv6Address &address);
uint64_t mix(uint64_t value);
struct Hash6 {
    size_t operator()(const Key6 &key) const
    {
        return mix(key.high ^ mix(key.low));
    }
};
struct Hash4 {
    size_t operator()(uint32_t key) const
    {
        return mix(key);
    }
};

/* --- packets --- */

/* The program's number of a datagram; goes with the packet, is not on the wire. */
class DatagramTag : public ns3::Tag
{
  public:
    static ns3::TypeId GetTypeId();
    ns3::TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(ns3::TagBuffer out) const override;
    void Deserialize(ns3::TagBuffer in) override;
    void Print(std::ostream &out) const override;

    uint64_t value = 0;
};

/* Counts a packet that is thrown away and calls the hook of ns3c_on_drop(). `packet` begins with `link_bytes`
 * that are not IP's. */
void report_drop(ns3c *sim, ns3c_drop reason, const ns3::Ptr<const ns3::Packet> &packet, uint32_t link_bytes);

/* The same for what an upper layer throws away: `packet` without its IP header, and the header. */
void report_drop(ns3c *sim, ns3c_drop reason, const ns3::Ptr<const ns3::Packet> &packet,
                 const ns3::Header &ip);

/* --- nodes --- */

/* Replaced by the room's UDP and TCP: objects that make_stack() aggregates to the node. */
ns3::Ptr<ns3::UdpL4Protocol> new_udp(ns3c_node *node);
ns3::Ptr<ns3::TcpL4Protocol> new_tcp(ns3c_node *node);

/* Whether the address is the node's own: of a device, of ns3c_node_add_local(), or loopback. */
bool is_local(const ns3c_node *node, const ns3c_address &address);

/* Hooks in ns-3's traces: has the drops of the node's IP counted. */
void hook_drops(ns3c_node *node);
/* And those of packets whose next hop does not answer ARP. */
void hook_resolution(ns3c_device *device);

/* The next `count` of the simulator's random streams, by number: a second simulator gets the same ones. */
int64_t take_streams(ns3c *sim, int64_t count);

/* Sets an attribute of a live object from text, all checks included; `what` names the object in the
 * sentence. */
ns3c_status set_attribute(ns3::Object *object, const char *what, const char *attribute, const char *value);

} // namespace ns3c_internal

struct ns3c {
    ns3c();
    ~ns3c();

    ns3::Ptr<ns3c_internal::BoundedScheduler> scheduler;
    bool running = false, stopped = false;
    unsigned calls = 0;  /* of the program that are in ns-3's code now, which may call it back */
    int64_t streams = 0; /* random streams given away */

    /* Events with an id: id = generation << 32 | slot + 1. */
    struct Slot {
        ns3c_internal::Event *event;
        uint32_t generation;
        uint32_t next_free; /* slot + 1, 0: none */
    };
    std::vector<Slot> slots;
    uint32_t free_slot = 0;

    std::vector<std::unique_ptr<ns3c_node>> nodes;
    std::vector<std::unique_ptr<ns3c_device>> devices;
    std::vector<std::unique_ptr<ns3c_csma>> csmas;
    std::vector<std::shared_ptr<ns3c_internal::Capture>> captures;

    ns3c_drop_fn *on_drop = nullptr;
    void *on_drop_user = nullptr;
    uint64_t drops[NS3C_DROP_REASONS] = {};

    struct ns3c_tcp_counters tcp = {};
};

namespace ns3c_internal
{

/* Around a call that may have ns-3 send something: what calls the program back is within it. */
class Calling
{
  public:
    explicit Calling(ns3c *of) : sim(of)
    {
        sim->calls++;
    }
    ~Calling()
    {
        sim->calls--;
    }
    Calling(const Calling &) = delete;

  private:
    ns3c *const sim;
};

} // namespace ns3c_internal

struct ns3c_node {
    ns3c_node();
    ~ns3c_node();

    ns3c *sim = nullptr;
    ns3::Ptr<ns3::Node> node;
    ns3::Ptr<ns3::Ipv4L3Protocol> ipv4;
    ns3::Ptr<ns3::Ipv6L3Protocol> ipv6;
    ns3::Ptr<ns3::UdpL4Protocol> udp;
    ns3::Ptr<ns3::TcpL4Protocol> tcp;
    ns3::Ptr<ns3c_internal::Routes4> routes4;
    ns3::Ptr<ns3c_internal::Routes6> routes6;

    std::vector<ns3c_device *> devices;
    std::shared_ptr<ns3c_internal::SendHook> send_hook; /* ns3c_node_on_send() */
};

struct ns3c_device {
    ns3c_device();
    ~ns3c_device();

    ns3c_node *node = nullptr;
    ns3::Ptr<ns3::NetDevice> net;
    ns3::Ptr<ns3::Queue<ns3::Packet>> queue;
    ns3c_device *peer = nullptr; /* point-to-point: the other end */
    ns3c_csma *csma = nullptr;
    uint32_t link_head = 0; /* bytes of link header before IP's */
    uint32_t link_tail = 0; /* and after */
    uint32_t interface4 = 0, interface6 = 0;
    ns3::Ipv4Address source4 = ns3::Ipv4Address::GetAny(); /* first address of the device */
    ns3::Ipv6Address source6 = ns3::Ipv6Address::GetAny();
    /* One route object for each next hop; tables have pointers to them. */
    std::unordered_map<uint32_t, ns3::Ptr<ns3::Ipv4Route>, ns3c_internal::Hash4> hops4;
    std::unordered_map<ns3c_internal::Key6, ns3::Ptr<ns3::Ipv6Route>, ns3c_internal::Hash6> hops6;

    ns3c_fate_fn *fate = nullptr;
    void *fate_user = nullptr;
    struct ns3c_device_counters counters = {};
    ns3c_internal::Sending sending;
};

struct ns3c_csma {
    ns3c_csma();
    ~ns3c_csma();

    ns3c *sim = nullptr;
    ns3::Ptr<ns3::CsmaChannel> channel;
    ns3c_link_options options = {};
};

#endif
