/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* UDP and TCP of the bindings: ns-3's protocols with hash tables in place of their lists of end points, and
 * ns-3's TCP socket with what it lacks to be closed, refused, counted and let go of reliably. */
#ifndef SIM_NS3_TRANSPORT_HH
#define SIM_NS3_TRANSPORT_HH

#include "sim/ns3/internal.hh"

#include <ns3/ipv4-end-point.h>
#include <ns3/ipv4-header.h>
#include <ns3/ipv4-interface.h>
#include <ns3/ipv6-end-point.h>
#include <ns3/ipv6-header.h>
#include <ns3/ipv6-interface.h>
#include <ns3/tcp-header.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-rx-buffer.h>
#include <ns3/tcp-socket-base.h>
#include <ns3/tcp-tx-buffer.h>
#include <ns3/udp-l4-protocol.h>

#include <deque>

/* What is behind the handle of a connection is ns3c_internal::TcpEnd. */
struct ns3c_tcp {
};

namespace ns3c_internal
{

/* IPv4 addresses are keyed as IPv4-mapped ones, which never occur on the wire of IPv6. */
Key6 address_key(ns3::Ipv4Address address);
Key6 address_key(const ns3::Ipv6Address &address);
Key6 address_key(const ns3c_address &address);

struct PortKey {
    Key6 address; /* {0, 0}: any */
    uint16_t port;
    bool operator==(const PortKey &other) const
    {
        return port == other.port && address == other.address;
    }
};
struct PortHash {
    size_t operator()(const PortKey &key) const
    {
        return mix(key.address.low + mix(key.address.high + key.port));
    }
};

struct FlowKey {
    Key6 local, remote;
    uint16_t local_port, remote_port;
    bool operator==(const FlowKey &other) const
    {
        return local_port == other.local_port && remote_port == other.remote_port && local == other.local &&
               remote == other.remote;
    }
};
struct FlowHash {
    size_t operator()(const FlowKey &key) const
    {
        uint64_t ports = uint64_t(key.local_port) << 16 | key.remote_port;

        return mix(key.local.low + mix(key.remote.low + mix(key.local.high ^ key.remote.high ^ ports)));
    }
};

class UdpPorts : public ns3::UdpL4Protocol
{
  public:
    explicit UdpPorts(ns3c_node *node);
    ~UdpPorts() override;
    RxStatus Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv4Header &ip,
                     ns3::Ptr<ns3::Ipv4Interface> interface) override;
    RxStatus Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Header &ip,
                     ns3::Ptr<ns3::Ipv6Interface> interface) override;

    ns3c_node *const node;
    std::unordered_map<PortKey, ns3c_udp *, PortHash> table;

  private:
    template <typename Ip> RxStatus take(const ns3::Ptr<ns3::Packet> &packet, const Ip &ip, bool *ours);
    std::vector<uint8_t> buffer; /* for the payload of the datagram that is handed over */
};

class TcpEnd;

class TcpPorts : public ns3::TcpL4Protocol
{
  public:
    explicit TcpPorts(ns3c_node *node);
    ~TcpPorts() override;
    RxStatus Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv4Header &ip,
                     ns3::Ptr<ns3::Ipv4Interface> interface) override;
    RxStatus Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Header &ip,
                     ns3::Ptr<ns3::Ipv6Interface> interface) override;

    ns3::Ptr<TcpEnd> create();
    TcpEnd *find(const FlowKey &key) const;
    ns3c_listener *listener(const Key6 &address, uint16_t port) const;
    /* A port that no connection to that remote one has; 0: there is none. */
    uint16_t ephemeral(FlowKey key);
    /* What has been linked lives until it is unlinked. */
    void link(TcpEnd *end);
    void unlink(TcpEnd *end);

    ns3c_node *const node;
    struct ns3c_tcp_counters *const counters;
    std::unordered_map<FlowKey, TcpEnd *, FlowHash> table;
    std::unordered_map<PortKey, ns3c_listener *, PortHash> listeners;
    TcpEnd *ends = nullptr;
    uint32_t listeners_made = 0;

  protected:
    void DoDispose() override;

  private:
    template <typename Ip, typename Interface>
    RxStatus take(const ns3::Ptr<ns3::Packet> &packet, const Ip &ip, const Interface &interface);
    uint16_t last_ephemeral = 49151;
};

/* One end of a connection, or a listening socket. */
class TcpEnd : public ns3::TcpSocketBase, public ns3c_tcp
{
  public:
    TcpEnd();
    TcpEnd(const TcpEnd &listening);
    ~TcpEnd() override;

    static TcpEnd *of(ns3c_tcp *tcp)
    {
        return static_cast<TcpEnd *>(tcp);
    }
    static const TcpEnd *of(const ns3c_tcp *tcp)
    {
        return static_cast<const TcpEnd *>(tcp);
    }

    /* A segment for this end. */
    void segment(const ns3::Ptr<ns3::Packet> &packet, const ns3::Ipv4Header &ip, const ns3::TcpHeader &tcp,
                 const ns3::Ptr<ns3::Ipv4Interface> &interface);
    void segment(const ns3::Ptr<ns3::Packet> &packet, const ns3::Ipv6Header &ip, const ns3::TcpHeader &tcp,
                 const ns3::Ptr<ns3::Ipv6Interface> &interface);

    void start_listening(ns3c_listener *of_listener, const ns3c_address *address, uint16_t port);
    void start_connecting(const ns3c_address &local, const FlowKey &flow, const ns3c_address &remote);
    void take_over(const ns3c_tcp_events *program_events, void *program_user);
    size_t send(const uint8_t *bytes, size_t length);
    size_t receive(uint8_t *out, size_t capacity);
    void shut();
    void let_go();
    void reset();
    void abandon();
    ns3c_status configure(const char *attribute, const char *value);
    /* Ends a connection in TIME_WAIT early: its peer has begun another one. */
    void expire();
    void drop_endpoints();

    bool waits() const
    {
        return m_state == TIME_WAIT;
    }
    size_t readable() const
    {
        return m_tcb->m_rxBuffer->Available();
    }
    size_t unacknowledged() const
    {
        return m_txBuffer->Size();
    }
    FlowKey key = {};
    ns3c_address local = {}, remote = {};
    TcpPorts *ports = nullptr;
    ns3c_listener *listener = nullptr; /* that it listens for, or that it waits at to be accepted */
    uint32_t listener_number = 0;      /* a later listener may have the address of an earlier one */
    TcpEnd *next = nullptr, *previous = nullptr;

  protected:
    ns3::Ptr<ns3::TcpSocketBase> Fork() override;
    void CompleteFork(ns3::Ptr<ns3::Packet> packet, const ns3::TcpHeader &tcp, const ns3::Address &from,
                      const ns3::Address &to) override;
    void SendEmptyPacket(uint8_t flags) override;
    void ReTxTimeout() override;
    void LastAckTimeout() override;
    void DelAckTimeout() override;
    void PersistTimeout() override;
    uint32_t SendDataPacket(ns3::SequenceNumber32 seq, uint32_t size, bool with_ack) override;
    void ReceivedAck(ns3::Ptr<ns3::Packet> packet, const ns3::TcpHeader &tcp) override;
    uint32_t AvailableWindow() const override;

  private:
    class Entry;
    class Call;
    static void on_segment_sent(ns3::Ptr<const ns3::Packet> packet, const ns3::TcpHeader &header,
                                ns3::Ptr<const ns3::TcpSocketBase> socket);
    static void on_connected(ns3::Ptr<ns3::Socket> socket);
    static void on_failed(ns3::Ptr<ns3::Socket> socket);
    static void on_closed(ns3::Ptr<ns3::Socket> socket);
    static void on_accepted(ns3::Ptr<ns3::Socket> socket, const ns3::Address &from);
    static void on_received(ns3::Ptr<ns3::Socket> socket);
    static void on_sendable(ns3::Ptr<ns3::Socket> socket, uint32_t room);

    bool has_endpoint() const
    {
        return m_endPoint || m_endPoint6;
    }
    bool fin_is_out() const
    {
        return m_state == FIN_WAIT_1 || m_state == CLOSING || m_state == LAST_ACK;
    }
    bool acknowledges_fin(const ns3::TcpHeader &tcp) const
    {
        return (tcp.GetFlags() & ns3::TcpHeader::ACK) && tcp.GetAckNumber() == m_tcb->m_highTxMark + 1;
    }
    void set_callbacks();
    void own_endpoint();
    bool before(const ns3::TcpHeader &tcp, uint32_t length);
    bool before_last_ack(const ns3::TcpHeader &tcp);
    void after(const ns3::TcpHeader &tcp, uint32_t length, TcpStates_t state);
    void after_fin_wait(const ns3::TcpHeader &tcp, uint32_t length, TcpStates_t state);
    uint32_t room_of_duplicates(uint32_t room) const;
    void half_close();
    void repair_fin();
    void update_window();
    void take_probe(const ns3::TcpHeader &tcp);
    void set_window_timer();
    void stop_waiting();
    void set_orphan_timer();
    void give_up();
    void settle(bool may_call);
    void settle_later();
    void tell_peer_closed();
    void finish();
    void announce();
    void done();
    void done_when_read();
    void gone();
    void leave_listener();
    void drain();

    std::unique_ptr<ns3::Ipv4EndPoint> endpoint4;
    std::unique_ptr<ns3::Ipv6EndPoint> endpoint6;
    ns3c_tcp_events events = {};
    void *user = nullptr;
    ns3::EventId wait_event;     /* until what does not fill a segment goes out all the same */
    int64_t heard_at = 0;        /* last segment of the peer, for an end that was let go */
    uint16_t depth = 0;          /* how deep in ns-3's code, or in a call of the program, this end is */
    uint16_t syns = 0, fins = 0; /* sent */
    uint16_t lone_fins = 0;      /* sent without data */
    uint16_t probes = 0;         /* since the peer's window is closed */
    uint16_t unanswered_probes = 0;
    ns3c_tcp_end why = NS3C_TCP_DONE;
    bool listening = false;
    bool in_table = false;
    bool probing = false;      /* the segment that is being sent is a probe */
    bool probe_is_out = false; /* a byte beyond what counts as sent */
    bool owned = false;        /* the program has the handle */
    bool established = false;
    bool fin_wanted = false;   /* ns3c_tcp_shutdown() or ns3c_tcp_close() */
    bool reset_wanted = false; /* ns3c_tcp_reset() came while ns-3 was busy with this end */
    bool room_wanted = false;  /* a send was partial */
    bool peer_closed_told = false;
    bool got_reset = false, timed_out = false;
    bool in_time_wait = false;
    bool done_waits = false; /* closed(DONE) comes when the program has read everything */
    bool ended = false;
};

} // namespace ns3c_internal

struct ns3c_listener {
    ns3c_internal::TcpPorts *ports;
    ns3::Ptr<ns3c_internal::TcpEnd> socket;
    ns3c_internal::PortKey key;
    uint32_t number;
    unsigned backlog;
    unsigned pending; /* half-open, and ready to be accepted */
    void (*incoming)(void *user, ns3c_listener *listener);
    void *user;
    std::deque<ns3c_internal::TcpEnd *> ready;
};

#endif
