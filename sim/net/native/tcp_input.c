/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: a segment arrives. Any call of an owner may free the connection, so it is looked up again after
 * each. */
#include "sim/net/native/tcp.h"

static void tcp_reset_received(struct native_region *region, struct tcp_conn *conn,
                               const struct packet *packet)
{
    bool has_ack = packet->flags & TCP_ACK;

    switch ((enum tcp_state)conn->state) {
    case TCP_SYN_SENT:
        if (has_ack && packet->ack == conn->max)
            tcp_fail(region, conn, NET_CLOSED_REFUSED);
        return;
    case TCP_TIME_WAIT:
    case TCP_FREE:
        return;
    case TCP_SYN_RCVD:
    case TCP_OPEN:
        break;
    }
    /* Both sides have sent everything: only the acknowledgment of our FIN is missing. */
    if (conn->flags & CONN_PEER_FIN_DELIVERED && conn->flags & CONN_CLOSING && conn->una == conn->end)
        tcp_free(region, conn);
    else
        tcp_fail(region, conn, NET_CLOSED_RESET);
}

static void tcp_syn_ack_received(struct native_region *region, struct tcp_conn *conn,
                                 const struct packet *packet)
{
    if (conn->state != TCP_SYN_SENT) {
        /* Our ACK was lost, or theirs came twice: outside the window (RFC 9293, 3.10.7.4). */
        if (net_conn_equal(conn->other, packet->source))
            tcp_send_ack(region, conn);
        else
            tcp_send_reset_to(region, packet);
        return;
    }
    if (packet->ack != conn->max)
        return;
    conn->other = packet->source;
    conn->rcv_nxt = conn->done = packet->seq + 1;
    tcp_acknowledged(region, conn, packet);
    conn->state = TCP_OPEN;
    tcp_send_ack(region, conn);
    tcp_push(region, conn);
    /* The answer's first segment is acknowledged at once; on the ns3 engine a second message that has waited
     * takes that back. */
    if (!conn->head || !conn->head->next)
        conn->ack_count = TCP_SEGMENTS_PER_ACK;
}

/* After a segment with data or FIN: acknowledges it now if it must be; sends what the windows allow, which
 * acknowledges it, too; else later. What the owner has sent meanwhile is behind the acknowledgment, as it is
 * where an application runs beside its TCP. */
static void tcp_acknowledge(struct native_region *region, struct tcp_conn *conn, bool counts)
{
    if (counts)
        conn->ack_count++;
    if (conn->flags & CONN_ACK_NOW || conn->ack_count >= TCP_SEGMENTS_PER_ACK ||
        (counts && region->native->config.delayed_ack_ns == 0))
        tcp_send_ack(region, conn);
    tcp_push(region, conn);
    if (counts && conn->ack_count && conn->ack_due_ns == CLOCK_NEVER)
        tcp_set_ack(region, conn);
}

static void tcp_time_wait_received(struct native_region *region, struct tcp_conn *conn,
                                   const struct packet *packet)
{
    if (!(packet->flags & TCP_FIN))
        return;
    tcp_send_ack(region, conn);
    tcp_set_rto(region, conn, region->native->config.time_wait_ns);
}

/* A segment of an open connection; takes the packet. */
static void tcp_segment_received(struct native_region *region, struct tcp_conn *conn, struct packet *packet)
{
    struct net_conn handle = tcp_handle(conn);

    tcp_acknowledged(region, conn, packet);
    if (!packet->length && !(packet->flags & TCP_FIN)) {
        packet_free(region, packet);
        tcp_push(region, conn);
        tcp_fin_progress(region, conn);
        return;
    }
    bool counts = tcp_receive(region, conn, packet);
    tcp_deliver(region, conn);
    conn = tcp_find(region, handle);
    if (!conn)
        return;
    tcp_fin_progress(region, conn);
    conn = tcp_find(region, handle);
    if (conn)
        tcp_acknowledge(region, conn, counts);
}

static void tcp_connection_received(struct native_region *region, struct tcp_conn *conn,
                                    struct packet *packet)
{
    if (packet->flags & TCP_RST) {
        tcp_reset_received(region, conn, packet);
    } else if (packet->flags & TCP_SYN) {
        tcp_syn_ack_received(region, conn, packet);
    } else if (conn->state == TCP_TIME_WAIT) {
        tcp_time_wait_received(region, conn, packet);
    } else if (conn->state == TCP_SYN_RCVD && packet->ack != conn->max) {
        tcp_send_reset_to(region, packet);
    } else if (conn->state != TCP_SYN_SENT) {
        if (conn->state == TCP_SYN_RCVD) {
            tcp_acknowledged(region, conn, packet);
            conn->state = TCP_OPEN;
            conn->ack_count = TCP_SEGMENTS_PER_ACK;
            tcp_listen_established(region, conn);
        }
        tcp_segment_received(region, conn, packet);
        return;
    }
    packet_free(region, packet);
}

void tcp_input(struct native_region *region, struct packet *packet)
{
    if ((packet->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
        tcp_listen_syn(region, packet);
        packet_free(region, packet);
        return;
    }
    struct tcp_conn *conn = tcp_find(region, packet->target);
    if (conn) {
        tcp_connection_received(region, conn, packet);
        return;
    }
    if (!(packet->flags & TCP_RST))
        tcp_send_reset_to(region, packet);
    packet_free(region, packet);
}
