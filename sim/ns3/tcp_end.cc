/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A TCP end: ns-3's socket, its life from the first segment to the last, and what the program learns of it.
 *
 * ns-3 closes sockets deep inside its own code. So each way into that code is an Entry; when the outermost
 * one is left, settle() looks at what has become of the end. Everything that would pull the ground from under
 * ns-3 waits for that. */
#include "sim/ns3/tcp_entry.hh"

#include <ns3/rtt-estimator.h>
#include <ns3/simulator.h>
#include <ns3/tcp-option-rfc793.h>

using namespace ns3c_internal;

static const ns3::Time orphan_time = ns3::Seconds(NS3C_TCP_ORPHAN_S);
static const ns3::Time longest_rto = ns3::Seconds(60); /* as ns-3 has it of data */

TcpEnd::TcpEnd()
{
    m_txTrace.ConnectWithoutContext(ns3::MakeCallback(&TcpEnd::on_segment_sent));
}

/* A fork of a listening socket; the trace of what is sent comes with the copy. */
TcpEnd::TcpEnd(const TcpEnd &from)
    : ns3::TcpSocketBase(from), ns3c_tcp(), ports(from.ports), listener(from.listener),
      listener_number(from.listener_number)
{
    m_tcb->m_sendEmptyPacketCallback = ns3::MakeCallback(&TcpEnd::SendEmptyPacket, this);
    ports->counters->open++;
}

TcpEnd::~TcpEnd()
{
    drop_endpoints();
    if (ports && !listening)
        ports->counters->open--;
}

void TcpEnd::drop_endpoints()
{
    CancelAllTimers();
    wait_event.Cancel();
    m_endPoint = nullptr;
    m_endPoint6 = nullptr;
    endpoint4.reset();
    endpoint6.reset();
}

/* ns-3's callbacks; one object of each serves all sockets. */
void TcpEnd::set_callbacks()
{
    static const auto connected = ns3::MakeCallback(&TcpEnd::on_connected);
    static const auto failed = ns3::MakeCallback(&TcpEnd::on_failed);
    static const auto closed = ns3::MakeCallback(&TcpEnd::on_closed);
    static const auto nothing = ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>();
    static const auto received = ns3::MakeCallback(&TcpEnd::on_received);
    static const auto sendable = ns3::MakeCallback(&TcpEnd::on_sendable);
    static const auto request = ns3::MakeNullCallback<bool, ns3::Ptr<ns3::Socket>, const ns3::Address &>();
    static const auto accepted = ns3::MakeCallback(&TcpEnd::on_accepted);

    SetConnectCallback(connected, failed);
    SetCloseCallbacks(closed, nothing);
    SetRecvCallback(received);
    SetSendCallback(sendable);
    SetAcceptCallback(request, accepted);
}

void TcpEnd::start_listening(ns3c_listener *of_listener, const ns3c_address *address, uint16_t port)
{
    listener = of_listener;
    listener_number = of_listener->number;
    listening = true;
    ports->counters->open--;
    if (!address || address->family == 4) {
        endpoint4.reset(
            new ns3::Ipv4EndPoint(address ? to_ipv4(*address) : ns3::Ipv4Address::GetAny(), port));
        m_endPoint = endpoint4.get();
    }
    if (!address || address->family == 6) {
        endpoint6.reset(
            new ns3::Ipv6EndPoint(address ? to_ipv6(*address) : ns3::Ipv6Address::GetAny(), port));
        m_endPoint6 = endpoint6.get();
    }
    Listen();
}

/* The end point is our own, unknown to ns-3's list of them: segments come by the table of TcpPorts. */
void TcpEnd::own_endpoint()
{
    m_endPoint = nullptr;
    m_endPoint6 = nullptr;
    if (local.family == 4) {
        endpoint4.reset(new ns3::Ipv4EndPoint(to_ipv4(local), key.local_port));
        endpoint4->SetPeer(to_ipv4(remote), key.remote_port);
        m_endPoint = endpoint4.get();
    } else {
        endpoint6.reset(new ns3::Ipv6EndPoint(to_ipv6(local), key.local_port));
        endpoint6->SetPeer(to_ipv6(remote), key.remote_port);
        m_endPoint6 = endpoint6.get();
    }
    ports->table[key] = this;
    in_table = true;
}

/* What Connect() does after it has bound the socket, which would be by ns-3's lists. */
void TcpEnd::start_connecting(const ns3c_address &from, const FlowKey &flow, const ns3c_address &to)
{
    Call call(this);

    local = from;
    remote = to;
    key = flow;
    set_callbacks();
    own_endpoint();
    ports->link(this);
    m_synCount = m_synRetries;
    m_dataRetrCount = m_dataRetries;
    DoConnect();
}

ns3::Ptr<ns3::TcpSocketBase> TcpEnd::Fork()
{
    listener->pending++;
    return ns3::CopyObject<TcpEnd>(this);
}

void TcpEnd::CompleteFork(ns3::Ptr<ns3::Packet> packet, const ns3::TcpHeader &tcp, const ns3::Address &from,
                          const ns3::Address &to)
{
    if (ns3::InetSocketAddress::IsMatchingType(to)) {
        local = from_ipv4(ns3::InetSocketAddress::ConvertFrom(to).GetIpv4());
        remote = from_ipv4(ns3::InetSocketAddress::ConvertFrom(from).GetIpv4());
    } else {
        local = from_ipv6(ns3::Inet6SocketAddress::ConvertFrom(to).GetIpv6());
        remote = from_ipv6(ns3::Inet6SocketAddress::ConvertFrom(from).GetIpv6());
    }
    key = {address_key(local), address_key(remote), tcp.GetDestinationPort(), tcp.GetSourcePort()};
    ns3c_listener *at = ports->listener(key.local, key.local_port);
    if (!at || at->number != listener_number) {
        listener = nullptr; /* it has been closed since */
        return;
    }
    if (ports->find(key)) {
        leave_listener(); /* the same SYN twice in one instant */
        return;
    }
    Call call(this);
    ports->link(this);
    set_callbacks();
    TcpSocketBase::CompleteFork(packet, tcp, from, to);
    /* Leave ns-3's lists, which were empty but for this socket. */
    if (m_endPoint) {
        m_endPoint->SetDestroyCallback(ns3::MakeNullCallback<void>());
        m_tcp->DeAllocate(m_endPoint);
    } else if (m_endPoint6) {
        m_endPoint6->SetDestroyCallback(ns3::MakeNullCallback<void>());
        m_tcp->DeAllocate(m_endPoint6);
    }
    m_tcp->RemoveSocket(this);
    own_endpoint();
}

/* --- segments out: options, counters, timers --- */

/* The header is a local variable of ns-3's function that sends it, so it can be written to. */
void TcpEnd::on_segment_sent(ns3::Ptr<const ns3::Packet> packet, const ns3::TcpHeader &header,
                             ns3::Ptr<const ns3::TcpSocketBase> socket)
{
    TcpEnd *end = static_cast<TcpEnd *>(const_cast<ns3::TcpSocketBase *>(ns3::PeekPointer(socket)));
    uint8_t flags = header.GetFlags();
    bool again = packet->GetSize() > 0 && header.GetSequenceNumber() < end->m_tcb->m_highTxMark;

    if (end->probing)
        const_cast<ns3::TcpHeader &>(header).SetFlags(ns3::TcpHeader::ACK);
    if (flags & ns3::TcpHeader::SYN) {
        ns3::Ptr<ns3::TcpOptionMSS> mss = ns3::Create<ns3::TcpOptionMSS>();
        mss->SetMSS(uint16_t(std::min<uint32_t>(end->GetSegSize(), UINT16_MAX)));
        const_cast<ns3::TcpHeader &>(header).AppendOption(mss);
        again = end->syns++ > 0;
    }
    if (flags & ns3::TcpHeader::FIN)
        again = end->fins++ > 0 || again;
    if (again)
        end->ports->counters->retransmissions++;
}

void TcpEnd::SendEmptyPacket(uint8_t flags)
{
    if (depth == 0 && (flags & (ns3::TcpHeader::SYN | ns3::TcpHeader::FIN))) {
        Entry entry(this); /* the timer's */
        ports->counters->timeouts++;
        SendEmptyPacket(flags);
        return;
    }
    if ((flags & ns3::TcpHeader::FIN) && fin_is_out() && m_txBuffer->Size() == 0)
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark; /* the same FIN again */
    /* ns-3 would send a FIN that is never answered forever. */
    if ((flags & ns3::TcpHeader::FIN) && lone_fins++ > m_dataRetries) {
        timed_out = true;
        DeallocateEndPoint();
        return;
    }
    /* A SYN that comes again is answered again, while the timer runs. ns-3 would count that as a retry, and
     * give up with the handshake on its way: what counts are expiries (RFC 6298, 5.5; RFC 9293, 3.8.3). */
    if ((flags & ns3::TcpHeader::SYN) && m_retxEvent.IsRunning() && m_synCount < m_synRetries)
        m_synCount++;
    /* ns-3 would begin with the undoubled timeout again, and never double that of a FIN. It stays doubled
     * until something is acknowledged (RFC 6298, 5.5). */
    bool again = (flags & ns3::TcpHeader::FIN) && fins > 0 && !m_retxEvent.IsRunning();
    const ns3::Time rto = again ? std::min(m_rto.Get() + m_rto.Get(), longest_rto) : m_rto.Get();
    TcpSocketBase::SendEmptyPacket(flags);
    if (flags & ns3::TcpHeader::SYN)
        return;
    m_rto = rto;
    if (again && m_retxEvent.IsRunning()) {
        m_retxEvent.Cancel();
        m_retxEvent = ns3::Simulator::Schedule(rto, &TcpEnd::SendEmptyPacket, this, flags);
    }
}

void TcpEnd::ReTxTimeout()
{
    Entry entry(this);
    uint64_t before = ports->counters->retransmissions;

    TcpSocketBase::ReTxTimeout();
    if (!has_endpoint())
        timed_out = true;
    else if (m_txBuffer->Size() > 0 && UnAckDataCount() > 0 && !m_retxEvent.IsRunning())
        SendDataPacket(m_txBuffer->HeadSequence(), GetSegSize(), true); /* kept back: no full segment */
    if (timed_out || ports->counters->retransmissions != before)
        ports->counters->timeouts++;
}

void TcpEnd::LastAckTimeout()
{
    Entry entry(this);

    ports->counters->timeouts++;
    TcpSocketBase::LastAckTimeout();
    if (!has_endpoint())
        timed_out = true;
}

void TcpEnd::DelAckTimeout()
{
    Entry entry(this);

    TcpSocketBase::DelAckTimeout();
}

/* --- calls of ns-3 --- */

void TcpEnd::on_connected(ns3::Ptr<ns3::Socket> socket)
{
    TcpEnd *end = static_cast<TcpEnd *>(ns3::PeekPointer(socket));
    Entry entry(end);

    if (!end->has_endpoint())
        return;
    end->established = true;
    if (end->owned && end->events.connected)
        end->events.connected(end->user, end);
    if (end->fin_wanted)
        end->half_close();
}

void TcpEnd::on_failed(ns3::Ptr<ns3::Socket> socket)
{
    static_cast<TcpEnd *>(ns3::PeekPointer(socket))->timed_out = true;
}

/* A FIN has come, and ns-3 is about to acknowledge it: a program that closes now has its own FIN do that. And
 * at the end of TIME_WAIT there is no other sign. */
void TcpEnd::on_closed(ns3::Ptr<ns3::Socket> socket)
{
    TcpEnd *end = static_cast<TcpEnd *>(ns3::PeekPointer(socket));

    if (end->m_state == CLOSE_WAIT && !end->readable()) {
        end->tell_peer_closed();
        end->m_shutdownSend = end->m_state == LAST_ACK;
    }
    if (end->m_state == TIME_WAIT && end->in_time_wait)
        end->settle_later();
}

void TcpEnd::on_accepted(ns3::Ptr<ns3::Socket> socket, const ns3::Address &)
{
    TcpEnd *end = static_cast<TcpEnd *>(ns3::PeekPointer(socket));
    ns3c_listener *at = end->listener;

    if (!at) {
        on_connected(socket); /* both sides had called connect */
        return;
    }
    end->established = true;
    at->ready.push_back(end);
    if (at->incoming)
        at->incoming(at->user, at);
}

void TcpEnd::on_received(ns3::Ptr<ns3::Socket> socket)
{
    TcpEnd *end = static_cast<TcpEnd *>(ns3::PeekPointer(socket));

    if (end->owned) {
        if (end->readable() && end->events.received)
            end->events.received(end->user, end);
    } else if (!end->listener) {
        end->drain();
    }
}

void TcpEnd::on_sendable(ns3::Ptr<ns3::Socket> socket, uint32_t room)
{
    TcpEnd *end = static_cast<TcpEnd *>(ns3::PeekPointer(socket));

    if (!end->room_wanted || !end->owned || !room)
        return;
    end->room_wanted = false;
    if (!end->events.sendable)
        return;
    end->depth++;
    end->events.sendable(end->user, end);
    end->depth--;
    if (end->depth)
        return;
    end->set_window_timer();
    if (end->reset_wanted)
        end->settle_later(); /* ns-3 is in the middle of sending, outside of any Entry */
}

/* --- the end of a connection --- */

void TcpEnd::settle_later()
{
    struct Run {
        static void settle(ns3::Ptr<TcpEnd> end)
        {
            Entry entry(ns3::PeekPointer(end));
        }
    };
    ns3::Simulator::ScheduleNow(&Run::settle, ns3::Ptr<TcpEnd>(this));
}

/* may_call: we are not within a call of the program. */
void TcpEnd::settle(bool may_call)
{
    if (listening || ended || !ports)
        return;
    if (may_call && has_endpoint())
        tell_peer_closed();
    if (reset_wanted && has_endpoint()) {
        reset_wanted = false;
        depth++;
        SendRST();
        depth--;
    }
    if (!has_endpoint()) {
        finish();
        return;
    }
    set_window_timer();
    set_orphan_timer();
    repair_fin();
    if (m_state == TIME_WAIT && !in_time_wait) {
        in_time_wait = true;
        m_closeNotified = false; /* so that on_closed() is called when it is over */
        done_when_read();
    }
}

void TcpEnd::tell_peer_closed()
{
    if (peer_closed_told || !owned || !m_tcb->m_rxBuffer->Finished())
        return;
    peer_closed_told = true;
    depth++;
    if (events.peer_closed)
        events.peer_closed(user, this);
    depth--;
}

void TcpEnd::leave_listener()
{
    if (!listener)
        return;
    listener->pending--;
    if (established)
        for (auto i = listener->ready.begin(); i != listener->ready.end(); ++i)
            if (*i == this) {
                listener->ready.erase(i);
                break;
            }
    listener = nullptr;
}

/* ns-3 has given the end point up. What it has scheduled for now still has a pointer to this end, so it goes
 * later. */
void TcpEnd::finish()
{
    ended = true;
    if (timed_out)
        why = NS3C_TCP_TIMEOUT;
    else if (got_reset || !m_tcb->m_rxBuffer->Finished())
        why = established ? NS3C_TCP_RESET : NS3C_TCP_REFUSED;
    if (in_table)
        ports->table.erase(key);
    in_table = false;
    drop_endpoints();
    leave_listener();
    if (why == NS3C_TCP_DONE && owned && readable())
        done_waits = true;
    else
        ns3::Simulator::ScheduleNow(&TcpEnd::gone, ns3::Ptr<TcpEnd>(this));
}

void TcpEnd::gone()
{
    if (!ports)
        return;
    if (!peer_closed_told && why == NS3C_TCP_DONE)
        tell_peer_closed();
    if (owned) {
        owned = false;
        if (events.closed)
            events.closed(user, this, why);
    }
    ports->unlink(this);
}

/* TIME_WAIT: nothing is left to be done for the program, which gets closed() when it has read what there
 * is. */
void TcpEnd::done_when_read()
{
    done_waits = owned && readable();
    if (owned && !done_waits)
        ns3::Simulator::ScheduleNow(&TcpEnd::done, ns3::Ptr<TcpEnd>(this));
}

void TcpEnd::done()
{
    if (!owned || !ports)
        return;
    owned = false;
    if (events.closed)
        events.closed(user, this, NS3C_TCP_DONE);
}

void TcpEnd::expire()
{
    Entry entry(this);

    CloseAndNotify();
}

/* An end that was let go waits for the peer's FIN, which nothing can ask for. */
void TcpEnd::set_orphan_timer()
{
    if (m_state != FIN_WAIT_2 || owned)
        return;
    heard_at = ns3::Simulator::Now().GetTimeStep();
    if (!m_timewaitEvent.IsRunning())
        m_timewaitEvent = ns3::Simulator::Schedule(orphan_time, &TcpEnd::give_up, this);
}

void TcpEnd::give_up()
{
    const ns3::Time left = ns3::TimeStep(uint64_t(heard_at)) + orphan_time - ns3::Simulator::Now();

    if (left.IsStrictlyPositive()) {
        m_timewaitEvent = ns3::Simulator::Schedule(left, &TcpEnd::give_up, this);
        return;
    }
    Entry entry(this);
    timed_out = true;
    DeallocateEndPoint();
}

void TcpEnd::drain()
{
    if (readable())
        m_tcb->m_rxBuffer->Extract(readable());
}
