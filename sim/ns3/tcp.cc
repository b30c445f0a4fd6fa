/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The calls of a program on TCP. */
#include "sim/ns3/routes.hh"
#include "sim/ns3/tcp_entry.hh"

#include <ns3/simulator.h>

#include <cstring>

using namespace ns3c_internal;

namespace
{

TcpPorts *ports_of(ns3c_node *node)
{
    return static_cast<TcpPorts *>(ns3::PeekPointer(node->tcp));
}

/* The address that the node would send from. */
ns3c_status source_of(ns3c_node *node, const ns3c_address &to, ns3c_address *from)
{
    ns3::Socket::SocketErrno error;

    if (to.family == 4) {
        ns3::Ipv4Header head;
        head.SetDestination(to_ipv4(to));
        ns3::Ptr<ns3::Ipv4Route> route = node->routes4->RouteOutput(nullptr, head, nullptr, error);
        if (route) {
            *from = from_ipv4(route->GetSource());
            return NS3C_OK;
        }
    } else {
        ns3::Ipv6Header head;
        head.SetDestination(to_ipv6(to));
        ns3::Ptr<ns3::Ipv6Route> route = node->routes6->RouteOutput(nullptr, head, nullptr, error);
        if (route) {
            *from = from_ipv6(route->GetSource());
            return NS3C_OK;
        }
    }
    return fail(NS3C_NO_ROUTE, "node %u has no route to %s", ns3c_node_id(node), AddressText(to).text);
}

ns3c_status check_local(ns3c_node *node, const ns3c_address *address)
{
    ns3c_status status = check_family(address);

    if (status == NS3C_OK && !is_local(node, *address))
        return fail(NS3C_INVALID, "%s is no address of node %u", AddressText(*address).text,
                    ns3c_node_id(node));
    return status;
}

} // namespace

ns3c_status ns3c_tcp_connect(ns3c_node *node, const ns3c_address *local, uint16_t local_port,
                             const ns3c_address *remote, uint16_t remote_port, const ns3c_tcp_events *events,
                             void *user, ns3c_tcp **out)
try {
    need_room();
    ns3c_status status = check_family(remote);
    ns3c_address from;

    if (status != NS3C_OK)
        return status;
    if (!node || !out)
        return fail(NS3C_INVALID, "ns3c_tcp_connect: no node, or nowhere to put the connection");
    if (!remote_port)
        return fail(NS3C_INVALID, "TCP port 0 cannot be connected to");
    if (local) {
        status = check_local(node, local);
        if (status != NS3C_OK)
            return status;
        if (local->family != remote->family)
            return fail(NS3C_INVALID, "from an IPv%d to an IPv%d address", local->family, remote->family);
    }
    status = source_of(node, *remote, &from);
    if (status != NS3C_OK)
        return status;
    if (local)
        from = *local;
    TcpPorts *ports = ports_of(node);
    FlowKey flow = {address_key(from), address_key(*remote), local_port, remote_port};
    if (!local_port)
        flow.local_port = ports->ephemeral(flow);
    if (!flow.local_port || ports->find(flow))
        return fail(NS3C_IN_USE, "%s has no free port for a connection to %s port %u", AddressText(from).text,
                    AddressText(*remote).text, remote_port);
    ns3::Ptr<TcpEnd> end = ports->create();
    ports->counters->connects++;
    end->take_over(events, user);
    end->start_connecting(from, flow, *remote);
    *out = ns3::PeekPointer(end);
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_tcp_listen(ns3c_node *node, const ns3c_address *address, uint16_t port, unsigned backlog,
                            void (*incoming)(void *user, ns3c_listener *listener), void *user,
                            ns3c_listener **out)
try {
    need_room();
    if (!node || !out)
        return fail(NS3C_INVALID, "ns3c_tcp_listen: no node, or nowhere to put the listener");
    if (!port || !backlog)
        return fail(NS3C_INVALID, "a listener needs a port and a backlog above 0");
    if (address) {
        ns3c_status status = check_local(node, address);
        if (status != NS3C_OK)
            return status;
    }
    TcpPorts *ports = ports_of(node);
    PortKey key = {address ? address_key(*address) : Key6{0, 0}, port};
    if (ports->listeners.count(key))
        return fail(NS3C_IN_USE, "TCP port %u of %s is listened to already", port,
                    address ? AddressText(*address).text : "any address");
    ns3c_listener *listener = new ns3c_listener{
        ports, ports->create(), key, ++ports->listeners_made, backlog, 0, incoming, user, {}};
    listener->socket->start_listening(listener, address, port);
    ports->listeners.emplace(key, listener);
    *out = listener;
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_tcp_accept(ns3c_listener *listener, const ns3c_tcp_events *events, void *user,
                            ns3c_tcp **out)
try {
    need_room();
    if (!listener || !out)
        return fail(NS3C_INVALID, "ns3c_tcp_accept: no listener, or nowhere to put the connection");
    if (listener->ready.empty())
        return fail(NS3C_AGAIN, "no connection waits to be accepted");
    TcpEnd *end = listener->ready.front();
    listener->ready.pop_front();
    listener->pending--;
    listener->ports->counters->accepts++;
    end->listener = nullptr;
    end->take_over(events, user);
    *out = end;
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

void ns3c_listener_close(ns3c_listener *listener)
try {
    if (!listener)
        return;
    TcpPorts *ports = listener->ports;

    ports->listeners.erase(listener->key);
    for (TcpEnd *end = ports->ends; end; end = end->next)
        if (end->listener == listener)
            end->abandon();
    listener->socket->drop_endpoints();
    delete listener;
} catch (...) {
    caught(__func__);
}

size_t ns3c_tcp_send(ns3c_tcp *tcp, const void *bytes, size_t length)
try {
    need_memory();
    return !tcp || !bytes ? 0 : TcpEnd::of(tcp)->send(static_cast<const uint8_t *>(bytes), length);
} catch (...) {
    caught(__func__);
    return 0;
}

size_t ns3c_tcp_receive(ns3c_tcp *tcp, void *out, size_t capacity)
try {
    need_memory();
    return !tcp || !out ? 0 : TcpEnd::of(tcp)->receive(static_cast<uint8_t *>(out), capacity);
} catch (...) {
    caught(__func__);
    return 0;
}

size_t ns3c_tcp_readable(const ns3c_tcp *tcp)
{
    return tcp ? TcpEnd::of(tcp)->readable() : 0;
}

size_t ns3c_tcp_unacknowledged(const ns3c_tcp *tcp)
{
    return tcp ? TcpEnd::of(tcp)->unacknowledged() : 0;
}

void ns3c_tcp_shutdown(ns3c_tcp *tcp)
try {
    if (tcp)
        TcpEnd::of(tcp)->shut();
} catch (...) {
    caught(__func__);
}

void ns3c_tcp_close(ns3c_tcp *tcp)
try {
    if (tcp)
        TcpEnd::of(tcp)->let_go();
} catch (...) {
    caught(__func__);
}

void ns3c_tcp_reset(ns3c_tcp *tcp)
try {
    if (tcp)
        TcpEnd::of(tcp)->reset();
} catch (...) {
    caught(__func__);
}

void ns3c_tcp_addresses(const ns3c_tcp *tcp, ns3c_address *local, uint16_t *local_port, ns3c_address *remote,
                        uint16_t *remote_port)
{
    if (!tcp)
        return;
    const TcpEnd *end = TcpEnd::of(tcp);

    if (local)
        *local = end->local;
    if (local_port)
        *local_port = end->key.local_port;
    if (remote)
        *remote = end->remote;
    if (remote_port)
        *remote_port = end->key.remote_port;
}

ns3c_status ns3c_tcp_set(ns3c_tcp *tcp, const char *attribute, const char *value)
try {
    need_memory();
    if (!tcp)
        return fail(NS3C_INVALID, "ns3c_tcp_set: no connection");
    for (const char *fixed : {"SegmentSize", "InitialCwnd", "InitialSlowStartThreshold"})
        if (attribute && !std::strcmp(attribute, fixed))
            return fail(NS3C_STATE, "%s cannot be changed once the connection has begun; ns3c_set_default()",
                        fixed);
    return TcpEnd::of(tcp)->configure(attribute, value);
} catch (...) {
    return caught(__func__);
}

void ns3c_tcp_counters(const ns3c *sim, struct ns3c_tcp_counters *out)
{
    *out = sim->tcp;
}

/* --- the same, inside --- */

void TcpEnd::take_over(const ns3c_tcp_events *program_events, void *program_user)
{
    if (program_events)
        events = *program_events;
    user = program_user;
    owned = true;
    if (established && (readable() || m_tcb->m_rxBuffer->Finished()))
        ns3::Simulator::ScheduleNow(&TcpEnd::announce, ns3::Ptr<TcpEnd>(this));
}

/* What an accepted end has received before. */
void TcpEnd::announce()
{
    if (!ports || !owned)
        return;
    Entry entry(this);
    if (readable() && events.received)
        events.received(user, this);
}

size_t TcpEnd::send(const uint8_t *bytes, size_t length)
{
    if (!owned || fin_wanted || ended || reset_wanted ||
        (m_state != ESTABLISHED && m_state != SYN_SENT && m_state != CLOSE_WAIT))
        return 0;
    size_t room = GetTxAvailable();
    if (length > room) {
        length = room;
        room_wanted = true;
    }
    if (length && Send(ns3::Create<ns3::Packet>(bytes, uint32_t(length)), 0) < 0)
        return 0;
    if (depth == 0)
        set_window_timer();
    return length;
}

size_t TcpEnd::receive(uint8_t *out, size_t capacity)
{
    size_t length = std::min(capacity, readable());

    if (!length)
        return 0;
    m_tcb->m_rxBuffer->Extract(uint32_t(length))->CopyData(out, uint32_t(length));
    update_window();
    if (done_waits && !readable()) {
        done_waits = false;
        ns3::Simulator::ScheduleNow(ended ? &TcpEnd::gone : &TcpEnd::done, ns3::Ptr<TcpEnd>(this));
    }
    return length;
}

/* ns-3 announces a window only when it answers a segment; a sender that waits for room would do so for
 * ever. */
void TcpEnd::update_window()
{
    uint32_t least = 2 * GetSegSize();

    if (m_advWnd >= least || !has_endpoint() || m_tcb->m_rxBuffer->GotFin() ||
        (m_state != ESTABLISHED && m_state != FIN_WAIT_1 && m_state != FIN_WAIT_2))
        return;
    uint32_t window = uint32_t(m_tcb->m_rxBuffer->MaxRxSequence() - m_tcb->m_rxBuffer->NextRxSequence());
    if (window >= least || readable() == 0) {
        Call call(this);
        SendEmptyPacket(ns3::TcpHeader::ACK);
    }
}

void TcpEnd::shut()
{
    Call call(this);

    if (!fin_wanted)
        half_close();
    fin_wanted = true;
}

void TcpEnd::let_go()
{
    Call call(this);

    owned = false;
    drain();
    if (!fin_wanted)
        half_close();
    fin_wanted = true;
    update_window(); /* the peer may wait for room */
    if (ended && done_waits)
        ns3::Simulator::ScheduleNow(&TcpEnd::gone, ns3::Ptr<TcpEnd>(this));
    done_waits = false;
}

void TcpEnd::reset()
{
    Call call(this);

    owned = false;
    drain();
    reset_wanted = !ended && m_state != TIME_WAIT;
    if (ended && done_waits)
        ns3::Simulator::ScheduleNow(&TcpEnd::gone, ns3::Ptr<TcpEnd>(this));
    done_waits = false;
}

/* Its listener is closed before it was accepted. */
void TcpEnd::abandon()
{
    leave_listener();
    reset();
}

ns3c_status TcpEnd::configure(const char *attribute, const char *value)
{
    Call call(this);

    return set_attribute(this, "the connection", attribute, value);
}
