/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: where the segments end that are out. As long as each ends with its message, or an MSS further on, the
 * messages determine it, and there is no list. What is sent again is the segment that was lost; after a
 * timeout, as ns-3 does, with the next one or as much of it as fits. */
#include "sim/net/native/tcp.h"

/* Where the messages have the segment end that starts at `from`. */
static uint32_t tcp_cut_plain_length(const struct native_region *region, struct tcp_place from)
{
    uint32_t left = from.message->length - from.offset, mss = region->native->config.mss;

    return left < mss ? left : mss;
}

static uint32_t tcp_cut_data_max(const struct tcp_conn *conn)
{
    return seq_before(conn->end, conn->max) ? conn->end : conn->max; /* the FIN is no data */
}

static void tcp_cut_begin_list(const struct native_region *region, struct tcp_conn *conn)
{
    struct tcp_place place = {conn->head, conn->head ? conn->una - conn->head_seq : 0};

    conn->cuts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t seq = conn->una; seq_before(seq, tcp_cut_data_max(conn));) {
        uint32_t length = tcp_cut_plain_length(region, place);

        seq += length;
        g_array_append_val(conn->cuts, seq);
        place.offset += length;
        if (place.offset == place.message->length)
            place = (struct tcp_place){place.message->next, 0};
    }
}

/* The first of the list that is behind seq. */
static guint tcp_cut_find(const struct tcp_conn *conn, uint32_t seq)
{
    guint i = 0;

    while (i < conn->cuts->len && !seq_before(seq, g_array_index(conn->cuts, uint32_t, i)))
        i++;
    return i;
}

uint32_t tcp_cut_new(const struct native_region *region, struct tcp_conn *conn, struct tcp_place from)
{
    uint32_t seq = conn->nxt, left = conn->given - seq, mss = region->native->config.mss;
    uint32_t length = left < mss ? left : mss, end = seq + length;

    if (!conn->cuts && (length != tcp_cut_plain_length(region, from) || from.offset % mss != 0))
        tcp_cut_begin_list(region, conn);
    if (conn->cuts)
        g_array_append_val(conn->cuts, end);
    return length;
}

uint32_t tcp_cut_sent(const struct native_region *region, const struct tcp_conn *conn, struct tcp_place from,
                      uint32_t seq)
{
    return conn->cuts ? g_array_index(conn->cuts, uint32_t, tcp_cut_find(conn, seq)) - seq
                      : tcp_cut_plain_length(region, from);
}

uint32_t tcp_cut_again(const struct native_region *region, struct tcp_conn *conn, struct tcp_place from)
{
    uint32_t seq = conn->nxt, mss = region->native->config.mss;
    uint32_t length = tcp_cut_sent(region, conn, from, seq);

    if (length == mss || seq + length == tcp_cut_data_max(conn))
        return length;
    if (!conn->cuts)
        tcp_cut_begin_list(region, conn);
    guint i = tcp_cut_find(conn, seq);
    uint32_t *ends = &g_array_index(conn->cuts, uint32_t, i);
    if (ends[1] - seq <= mss) {
        g_array_remove_index(conn->cuts, i);
        return g_array_index(conn->cuts, uint32_t, i) - seq;
    }
    ends[0] = seq + mss;
    return mss;
}

void tcp_cut_acknowledged(struct tcp_conn *conn)
{
    guint gone = tcp_cut_find(conn, conn->una);

    if (gone == conn->cuts->len)
        tcp_cut_clear(conn);
    else if (gone > 0)
        g_array_remove_range(conn->cuts, 0, gone);
}

void tcp_cut_clear(struct tcp_conn *conn)
{
    g_clear_pointer(&conn->cuts, g_array_unref);
}
