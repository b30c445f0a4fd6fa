/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A TCP end: segments in, and what ns-3's socket gets wrong about the end of a connection.
 *
 * ns-3 3.37 takes any acknowledgement in LAST_ACK and CLOSING for one of its FIN, answers nothing that comes
 * again in TIME_WAIT and does not restart that, loses the FIN that comes with data in FIN_WAIT, ignores a
 * refusal, and does not repeat a FIN whose timer was stopped by the acknowledgement of data. Each of that
 * leaves a connection hanging, or cuts it off, where packets are lost. */
#include "sim/ns3/tcp_entry.hh"

#include <ns3/simulator.h>
#include <ns3/tcp-recovery-ops.h>

using namespace ns3c_internal;

void TcpEnd::segment(const ns3::Ptr<ns3::Packet> &packet, const ns3::Ipv4Header &ip,
                     const ns3::TcpHeader &tcp, const ns3::Ptr<ns3::Ipv4Interface> &interface)
{
    Entry entry(this);
    uint32_t length = packet->GetSize() - tcp.GetLength() * 4u;
    TcpStates_t state = m_state;

    if (listening || before(tcp, length)) {
        ForwardUp(packet, ip, tcp.GetSourcePort(), interface);
        if (!listening)
            after(tcp, length, state);
    }
}

void TcpEnd::segment(const ns3::Ptr<ns3::Packet> &packet, const ns3::Ipv6Header &ip,
                     const ns3::TcpHeader &tcp, const ns3::Ptr<ns3::Ipv6Interface> &interface)
{
    Entry entry(this);
    uint32_t length = packet->GetSize() - tcp.GetLength() * 4u;
    TcpStates_t state = m_state;

    if (listening || before(tcp, length)) {
        ForwardUp6(packet, ip, tcp.GetSourcePort(), interface);
        if (!listening)
            after(tcp, length, state);
    }
}

/* Whether ns-3 is to see the segment. */
bool TcpEnd::before(const ns3::TcpHeader &tcp, uint32_t length)
{
    uint8_t flags = tcp.GetFlags();

    if (!has_endpoint())
        return false;
    unanswered_probes = 0;
    if (m_state == TIME_WAIT) {
        if ((flags & (ns3::TcpHeader::FIN | ns3::TcpHeader::SYN)) || length)
            SendEmptyPacket(ns3::TcpHeader::ACK);
        if (flags & ns3::TcpHeader::FIN) { /* the wait restarts: RFC 9293, 3.10.7.4 */
            m_timewaitEvent.Cancel();
            m_timewaitEvent =
                ns3::Simulator::Schedule(ns3::Seconds(2 * m_msl), &TcpEnd::CloseAndNotify, this);
        }
        return false;
    }
    if (flags & ns3::TcpHeader::RST) {
        got_reset = true;
        if (m_state == SYN_SENT) { /* RST with ACK, which ns-3 ignores here */
            CloseAndNotify();
            return false;
        }
        return true;
    }
    if (m_state == SYN_SENT || m_state == SYN_RCVD)
        return true;
    if (flags & ns3::TcpHeader::SYN) {
        /* Our ACK of the handshake was lost, or it is an old one: outside the window (RFC 9293, 3.10.7.4).
         * ns-3 would not answer, and restart slow start. */
        SendEmptyPacket(ns3::TcpHeader::ACK);
        return false;
    }
    if (probe_is_out)
        take_probe(tcp);
    if (m_state == LAST_ACK || m_state == CLOSING)
        return before_last_ack(tcp);
    if ((m_state == FIN_WAIT_1 || m_state == FIN_WAIT_2) && (flags & ns3::TcpHeader::FIN) && length &&
        tcp.GetSequenceNumber() >= m_tcb->m_rxBuffer->NextRxSequence())
        m_tcb->m_rxBuffer->SetFinSequence(tcp.GetSequenceNumber() + length);
    return true;
}

/* Our FIN is out and the peer's has come. */
bool TcpEnd::before_last_ack(const ns3::TcpHeader &tcp)
{
    if (!acknowledges_fin(tcp)) {
        if (tcp.GetFlags() & ns3::TcpHeader::ACK)
            m_state =
                CLOSE_WAIT; /* the state in which ns-3 looks at acknowledgements; after() sets it back */
        return true;
    }
    if (m_state == LAST_ACK) {
        CloseAndNotify();
        return false;
    }
    m_tcb->m_nextTxSequence = tcp.GetAckNumber();
    TimeWait();
    if (tcp.GetFlags() & ns3::TcpHeader::FIN)
        SendEmptyPacket(ns3::TcpHeader::ACK);
    return false;
}

/* state: as it was before. */
void TcpEnd::after(const ns3::TcpHeader &tcp, uint32_t length, TcpStates_t state)
{
    uint8_t flags = tcp.GetFlags();
    bool fin = flags & ns3::TcpHeader::FIN;

    if (!has_endpoint())
        return;
    /* The program has closed in received(), of data that a FIN had overtaken: ns-3 forgets that ours is
     * out. */
    if (state == ESTABLISHED && m_state == CLOSE_WAIT && fins > 0)
        m_state = LAST_ACK;
    if (state == LAST_ACK || state == CLOSING) {
        if (m_state == CLOSE_WAIT || m_state == LAST_ACK)
            m_state = state;
        if (fin)
            SendEmptyPacket(ns3::TcpHeader::ACK);
    } else if (state == CLOSE_WAIT && fin) {
        SendEmptyPacket(ns3::TcpHeader::ACK);
    } else if (state == FIN_WAIT_1 || state == FIN_WAIT_2) {
        after_fin_wait(tcp, length, state);
    } else if (state == ESTABLISHED && fin && (flags & ns3::TcpHeader::ACK) &&
               tcp.GetAckNumber() > m_txBuffer->HeadSequence() && tcp.GetAckNumber() <= m_tcb->m_highTxMark) {
        ReceivedAck(ns3::Create<ns3::Packet>(), tcp); /* ns-3 takes the FIN alone */
    }
}

void TcpEnd::after_fin_wait(const ns3::TcpHeader &tcp, uint32_t length, TcpStates_t state)
{
    if ((tcp.GetFlags() & ns3::TcpHeader::FIN) && length &&
        tcp.GetSequenceNumber() + length >= m_tcb->m_rxBuffer->NextRxSequence())
        m_tcb->m_rxBuffer->SetFinSequence(tcp.GetSequenceNumber() + length);
    /* Our FIN was acknowledged by a FIN ahead of a gap: ns-3 looks at bare acknowledgements only. */
    if (m_state == FIN_WAIT_1 && m_txBuffer->Size() == 0 && acknowledges_fin(tcp)) {
        m_retxEvent.Cancel();
        m_state = FIN_WAIT_2;
    }
    /* A gap before the peer's FIN was filled: ns-3 forgets that ours is out. */
    if (m_state == CLOSE_WAIT || m_state == LAST_ACK) {
        m_state = CLOSING;
        if (state == FIN_WAIT_2 || acknowledges_fin(tcp))
            TimeWait();
    }
}

/* A segment with data is no duplicate ACK (RFC 5681, 2), but without SACK ns-3 takes it for one: where both
 * sides talk, three in a row would have whole data sent again. */
void TcpEnd::ReceivedAck(ns3::Ptr<ns3::Packet> packet, const ns3::TcpHeader &tcp)
{
    if (m_sackEnabled || packet->GetSize() == 0 || tcp.GetAckNumber() != m_txBuffer->HeadSequence()) {
        TcpSocketBase::ReceivedAck(packet, tcp);
        return;
    }
    ReceivedData(packet, tcp);
    SendPendingData(m_connected);
}

/* Without SACK ns-3 takes a segment for arrived with each duplicate ACK, and makes room for as much as that
 * has. It is an MSS that RFC 5681 (3.2) makes room for, and RFC 3042; duplicates of what was sent before the
 * last recovery make none (RFC 6582, 3.2). */
uint32_t TcpEnd::room_of_duplicates(uint32_t room) const
{
    uint32_t window = m_tcb->m_cWndInfl;

    if (m_sackEnabled || m_recoveryOps->GetName() != "TcpClassicRecovery")
        return room;
    if (m_tcb->m_congState == ns3::TcpSocketState::CA_DISORDER && m_limitedTx)
        window =
            m_tcb->m_cWnd +
            (m_highRxAckMark.Get() > m_recover ? std::min<uint32_t>(m_dupAckCount, 2) : 0) * GetSegSize();
    else if (m_tcb->m_congState != ns3::TcpSocketState::CA_RECOVERY)
        return room;
    window = std::min(window, m_rWnd.Get());
    return window > UnAckDataCount() ? window - UnAckDataCount() : 0;
}

/* When all of the peer's window is out and some of it counts as lost, ns-3 would go on to send a segment of
 * no bytes, and follow a null pointer. */
uint32_t TcpEnd::AvailableWindow() const
{
    uint32_t room = room_of_duplicates(TcpSocketBase::AvailableWindow());
    ns3::SequenceNumber32 from, to;

    if (room > 0 && m_txBuffer->NextSeg(&from, &to, false) && from == to)
        return 0;
    return room;
}

/* FIN after what is queued; ShutdownSend() of ns-3 would forget it if all is sent and not yet acknowledged,
 * and its Close() sends RST if there is unread data, even out of order. */
void TcpEnd::half_close()
{
    if (!has_endpoint() || (m_state != ESTABLISHED && m_state != CLOSE_WAIT))
        return;
    if (m_txBuffer->SizeFromSequence(m_tcb->m_nextTxSequence) > 0)
        m_closeOnEmpty = true;
    else
        DoClose();
}

/* A FIN goes out though data left without it, and again as long as it is not acknowledged. */
void TcpEnd::repair_fin()
{
    if (m_closeOnEmpty && m_txBuffer->Size() == 0 && (m_state == ESTABLISHED || m_state == CLOSE_WAIT)) {
        depth++;
        DoClose();
        depth--;
    }
    m_lastAckEvent.Cancel(); /* ns-3's timer of LAST_ACK knows no least timeout */
    if (fin_is_out() && !m_retxEvent.IsRunning() && !m_persistEvent.IsRunning()) {
        if (m_txBuffer->Size() > 0)
            m_retxEvent = ns3::Simulator::Schedule(m_rto, &TcpEnd::ReTxTimeout, this);
        else
            m_retxEvent =
                ns3::Simulator::Schedule(m_rto, &TcpEnd::SendEmptyPacket, this, uint8_t(ns3::TcpHeader::FIN));
    }
}
