/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A TCP end whose peer has little or no room: probes of a closed window, and what ns-3 would wait for for
 * ever. */
#include "sim/ns3/tcp_entry.hh"

#include <ns3/simulator.h>
#include <ns3/tcp-rate-ops.h>

using namespace ns3c_internal;

/* The window is zero. One byte is sent beyond it, again and again for as long as the peer answers (RFC 9293,
 * 3.8.6.1). ns-3 would do so without ACK, so that a peer that knows nothing of the connection could not end
 * it, and without end; and it follows a null pointer if there is no byte to send. */
void TcpEnd::PersistTimeout()
{
    Entry entry(this);
    const ns3::Time first = m_persistTimeout;

    if (!has_endpoint() || m_txBuffer->Size() == 0)
        return;
    if (unanswered_probes > m_dataRetries) {
        timed_out = true;
        DeallocateEndPoint();
        return;
    }
    if (UnAckDataCount() > 0) {
        SendDataPacket(m_txBuffer->HeadSequence(), 1, true);
        m_retxEvent.Cancel();
    } else {
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark;
        probing = true;
        TcpSocketBase::PersistTimeout();
        probing = false;
        probe_is_out = true;
    }
    m_persistTimeout = first; /* ns-3 doubles it for good */
    m_persistEvent.Cancel();
    m_persistEvent = ns3::Simulator::Schedule(
        std::min(ns3::Seconds(60), first * (int64_t(2) << std::min<int>(probes, 10))),
        &TcpEnd::PersistTimeout, this);
    probes++;
    unanswered_probes++;
}

/* The byte of a probe found room: it counts as sent from now on. */
void TcpEnd::take_probe(const ns3::TcpHeader &tcp)
{
    const ns3::SequenceNumber32 byte = m_tcb->m_highTxMark;

    if (!(tcp.GetFlags() & ns3::TcpHeader::ACK) || tcp.GetAckNumber() <= byte)
        return;
    probe_is_out = false;
    if (tcp.GetAckNumber() != byte + 1 || m_txBuffer->SizeFromSequence(byte) == 0 || UnAckDataCount() > 0)
        return;
    m_rateOps->SkbSent(m_txBuffer->CopyFromSequence(1, byte), true);
    m_tcb->m_highTxMark = byte + 1;
    m_tcb->m_nextTxSequence = byte + 1;
}

/* Where a window is full, ns-3 would at times send a segment of no bytes, and follow a null pointer. */
uint32_t TcpEnd::SendDataPacket(ns3::SequenceNumber32 seq, uint32_t size, bool with_ack)
{
    if (size == 0 || m_txBuffer->SizeFromSequence(seq) == 0)
        return 0;
    probe_is_out = false;
    return TcpSocketBase::SendDataPacket(seq, size, with_ack);
}

/* What waits has a timer. While the window is zero that of the probes; then that of retransmission again,
 * which ns-3 has stopped for them; and if the window is below a segment, one of the sender's silly window
 * avoidance (RFC 9293, 3.8.6.2.1), as the update that would open it may be lost, or never come. */
void TcpEnd::set_window_timer()
{
    if (m_rWnd.Get() > 0)
        probes = 0;
    if (m_txBuffer->Size() == 0 || m_retxEvent.IsRunning() || m_persistEvent.IsRunning() ||
        (m_state != ESTABLISHED && m_state != CLOSE_WAIT && !fin_is_out())) {
        if (wait_event.PeekEventImpl())
            wait_event.Cancel();
        return;
    }
    if (m_rWnd.Get() == 0)
        m_persistEvent = ns3::Simulator::Schedule(m_persistTimeout, &TcpEnd::PersistTimeout, this);
    else if (UnAckDataCount() > 0)
        m_retxEvent = ns3::Simulator::Schedule(m_rto, &TcpEnd::ReTxTimeout, this);
    else if (Window() < GetSegSize() && !wait_event.IsRunning())
        wait_event = ns3::Simulator::Schedule(m_rto, &TcpEnd::stop_waiting, this);
}

/* Sends what fits into the window, as nothing has been heard for the time of a retransmission. */
void TcpEnd::stop_waiting()
{
    Entry entry(this);
    const ns3::SequenceNumber32 next = m_tcb->m_highTxMark;

    if (!has_endpoint() || UnAckDataCount() > 0)
        return;
    m_tcb->m_nextTxSequence = next;
    m_tcb->m_nextTxSequence += SendDataPacket(next, std::min(m_rWnd.Get(), GetSegSize()), true);
}
