/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: timers. Setting one forward costs nothing: the pending event finds the new time when it comes and is
 * scheduled again. What is not needed any more is cancelled; events that outlive their connection all the
 * same (timeouts of other delays cannot be cancelled) are recognised by its generation, and by not being
 * due. */
#include "sim/net/native/tcp.h"

static uint64_t tcp_schedule_timer(struct native_region *region, const struct tcp_conn *conn, int64_t due_ns,
                                   enum tcp_timer timer)
{
    uintptr_t payload = (uintptr_t)conn->generation << TCP_TIMER_BITS | timer;

    return kernel_timeout_set(region->kernel, due_ns - region->base.now_ns, conn->host, EVENT_TCP_TIMER,
                              conn->index, (void *)payload);
}

static void tcp_schedule_rto(struct native_region *region, struct tcp_conn *conn)
{
    conn->rto_event_ns = conn->rto_due_ns;
    conn->rto_timeout = tcp_schedule_timer(region, conn, conn->rto_due_ns, TCP_TIMER_RTO);
}

void tcp_set_rto(struct native_region *region, struct tcp_conn *conn, int64_t delay_ns)
{
    conn->rto_due_ns = region->base.now_ns + delay_ns;
    if (conn->rto_event_ns <= conn->rto_due_ns)
        return;
    kernel_timeout_cancel(region->kernel, conn->rto_timeout);
    tcp_schedule_rto(region, conn);
}

void tcp_set_last(struct native_region *region, struct tcp_conn *conn, int64_t delay_ns)
{
    conn->rto_due_ns = region->base.now_ns + delay_ns;
    kernel_timeout_cancel(region->kernel, conn->rto_timeout);
    tcp_schedule_rto(region, conn);
}

void tcp_set_ack(struct native_region *region, struct tcp_conn *conn)
{
    kernel_timeout_cancel(region->kernel, conn->ack_timeout);
    conn->ack_due_ns = region->base.now_ns + region->native->config.delayed_ack_ns;
    conn->ack_timeout = tcp_schedule_timer(region, conn, conn->ack_due_ns, TCP_TIMER_ACK);
}

void tcp_cancel_ack(struct native_region *region, struct tcp_conn *conn)
{
    if (conn->ack_due_ns == CLOCK_NEVER)
        return;
    conn->ack_due_ns = CLOCK_NEVER;
    kernel_timeout_cancel(region->kernel, conn->ack_timeout);
}

void tcp_cancel_timers(struct native_region *region, struct tcp_conn *conn)
{
    tcp_cancel_ack(region, conn);
    kernel_timeout_cancel(region->kernel, conn->rto_timeout);
    kernel_timeout_cancel(region->kernel, conn->idle_timeout);
}

void tcp_touch_idle(struct native_region *region, struct tcp_conn *conn)
{
    if (!(conn->flags & CONN_ACCEPTED))
        return;
    int64_t timeout_ns = region->native->listeners[conn->listener].config.idle_timeout_ns;
    if (timeout_ns == 0)
        return;
    conn->idle_due_ns = region->base.now_ns + timeout_ns;
    if (conn->flags & CONN_IDLE_EVENT)
        return;
    conn->flags |= CONN_IDLE_EVENT;
    conn->idle_timeout = tcp_schedule_timer(region, conn, conn->idle_due_ns, TCP_TIMER_IDLE);
}

static void tcp_rto_expired(struct native_region *region, struct tcp_conn *conn)
{
    const struct network_config *config = &region->native->config;
    bool handshake = conn->state == TCP_SYN_SENT || conn->state == TCP_SYN_RCVD;

    conn->rto_due_ns = CLOCK_NEVER;
    if (conn->state == TCP_TIME_WAIT) {
        tcp_free(region, conn);
        return;
    }
    if (conn->una == conn->max) { /* the peer never closed its side */
        tcp_fail(region, conn, NET_CLOSED_TIMEOUT);
        return;
    }
    region->counters[NETWORK_tcp_timeouts]++;
    if (conn->retries >= (handshake ? config->syn_retries : config->data_retries)) {
        tcp_fail(region, conn, NET_CLOSED_TIMEOUT);
        return;
    }
    if (!handshake) {
        tcp_collapse(region, conn);
        return;
    }
    region->counters[NETWORK_tcp_retransmissions]++;
    conn->retries++;
    /* Still timed from the first one, as ns-3 does: with one lost, the next timeout is about the 3 s of
     * RFC 6298, 5.7; with more, longer. */
    tcp_send_control(region, conn, conn->una, conn->state == TCP_SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK);
    tcp_set_rto(region, conn, tcp_rto(region, conn));
}

static void tcp_rto_event(struct native_region *region, struct tcp_conn *conn)
{
    int64_t now_ns = region->base.now_ns;

    if (conn->rto_event_ns != now_ns)
        return;
    conn->rto_event_ns = CLOCK_NEVER;
    if (conn->rto_due_ns == CLOCK_NEVER)
        return;
    if (conn->rto_due_ns > now_ns) {
        tcp_schedule_rto(region, conn);
        return;
    }
    tcp_rto_expired(region, conn);
}

static void tcp_ack_event(struct native_region *region, struct tcp_conn *conn)
{
    if (conn->ack_due_ns == region->base.now_ns)
        tcp_send_ack(region, conn);
}

static void tcp_idle_event(struct native_region *region, struct tcp_conn *conn)
{
    conn->flags &= (uint16_t)~CONN_IDLE_EVENT;
    /* An end that its owner has closed has timers of its own. */
    if (conn->flags & CONN_CLOSING || conn->state != TCP_OPEN)
        return;
    if (conn->idle_due_ns > region->base.now_ns) {
        conn->flags |= CONN_IDLE_EVENT;
        conn->idle_timeout = tcp_schedule_timer(region, conn, conn->idle_due_ns, TCP_TIMER_IDLE);
        return;
    }
    tcp_send_control(region, conn, conn->nxt, TCP_RST | TCP_ACK);
    tcp_fail(region, conn, NET_CLOSED_TIMEOUT);
}

void tcp_timer_event(struct native_region *region, const struct kernel_event *event)
{
    uintptr_t payload = (uintptr_t)event->payload;
    struct net_conn handle = {event->argument, (uint32_t)(payload >> TCP_TIMER_BITS)};
    struct tcp_conn *conn = tcp_find(region, handle);

    if (!conn)
        return;
    switch ((enum tcp_timer)(payload & ((1U << TCP_TIMER_BITS) - 1))) {
    case TCP_TIMER_RTO:
        tcp_rto_event(region, conn);
        break;
    case TCP_TIMER_ACK:
        tcp_ack_event(region, conn);
        break;
    case TCP_TIMER_IDLE:
        tcp_idle_event(region, conn);
        break;
    }
}
