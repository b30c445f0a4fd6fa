/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Packet capture: headers, checksums, and the merge of what the regions have seen.
 *
 * pcap file (draft-ietf-opsawg-pcap): magic 0xa1b23c4d (nanoseconds), version 2.4, zone 0, accuracy 0,
 * snapshot length, link type; then per packet seconds, nanoseconds, bytes stored, bytes of the packet. All
 * little-endian here, on every machine. */
#include "sim/net/capture.h"

#include "sim/base/clock.h"
#include "sim/base/limits.h"

#include <errno.h>

#define PCAP_MAGIC_NS          0xa1b23c4dU
#define PCAP_SNAPLEN           65535U
#define PCAP_LINKTYPE_RAW      101U
#define PCAP_FILE_HEADER_BYTES 24U
#define PCAP_RECORD_BYTES      16U

#define IPV4_BYTES       20U
#define IPV6_BYTES       40U
#define UDP_BYTES        8U
#define TCP_BYTES        20U
#define MSS_OPTION_BYTES 4U
#define PROTOCOL_TCP     6U
#define PROTOCOL_UDP     17U
#define HOP_LIMIT        64U
#define DONT_FRAGMENT    0x4000U

/* Bytes that are written at once: few calls, and still in the processor's cache. */
#define CAPTURE_BUFFER_BYTES ((size_t)1 << 17)

/* In front of each record that is not written yet. */
struct record_head {
    int64_t time_ns;
    uint32_t source; /* of one time: servers first, then UEs by number */
    uint32_t bytes;  /* of the record */
};

/* Packets of a region that are not written yet, in order of time. */
struct spool {
    GByteArray *records; /* each: its head, pcap record */
    size_t written;      /* bytes that are on file already */
    int64_t next_ns; /* of the first record that is not; CLOCK_NEVER: none. Here, as it is looked at often */
};

/* A record of the time whose turn it is. */
struct due {
    uint32_t source;
    uint32_t place; /* among all of that time, those of a region in its order */
    uint32_t bytes;
    const uint8_t *record;
};

struct capture {
    FILE *file; /* has no buffer of its own */
    uint8_t *buffer;
    size_t used; /* of the buffer */
    char *path;
    uint32_t regions, servers;
    bool ipv6;
    int error; /* errno of the first failed write */
    struct spool *spools;
};

static void capture_put_le32(uint8_t *out, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

static void capture_put_be16(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static void capture_put_be32(uint8_t *out, uint32_t value)
{
    capture_put_be16(out, value >> 16);
    capture_put_be16(out + 2, value & 0xffff);
}

/* Sums of 16-bit words of the Internet checksum (RFC 1071). Its clause 2 (C): wider words may be added, as
 * what they carry comes in again when the sum is folded. */
static uint64_t capture_sum_words(uint64_t sum, const uint8_t *at, size_t len)
{
    for (; len >= 8; at += 8, len -= 8) {
        uint64_t words;

        memcpy(&words, at, sizeof words);
        words = GUINT64_FROM_BE(words);
        sum += (words >> 32) + (words & UINT32_MAX);
    }
    for (; len >= 2; at += 2, len -= 2)
        sum += (uint32_t)at[0] << 8 | at[1];
    return len ? sum + ((uint32_t)at[0] << 8) : sum;
}

static uint16_t capture_fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void capture_write_buffer(struct capture *capture)
{
    errno = 0;
    if (capture->error == 0 && fwrite(capture->buffer, 1, capture->used, capture->file) != capture->used)
        capture->error = errno ? errno : EIO;
    capture->used = 0;
}

/* A record, or less than one: it fits into the buffer. */
static void capture_write_bytes(struct capture *capture, const void *at, size_t len)
{
    g_assert(len <= CAPTURE_BUFFER_BYTES);
    if (len > CAPTURE_BUFFER_BYTES - capture->used)
        capture_write_buffer(capture);
    memcpy(capture->buffer + capture->used, at, len);
    capture->used += len;
}

static bool capture_report(const struct capture *capture, GError **error)
{
    if (capture->error == 0)
        return true;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(capture->error), "%s: %s", capture->path,
                g_strerror(capture->error));
    return false;
}

static void capture_write_file_header(struct capture *capture)
{
    uint8_t header[PCAP_FILE_HEADER_BYTES] = {0};

    capture_put_le32(header, PCAP_MAGIC_NS);
    header[4] = 2; /* version 2.4 */
    header[6] = 4;
    capture_put_le32(header + 16, PCAP_SNAPLEN);
    capture_put_le32(header + 20, PCAP_LINKTYPE_RAW);
    capture_write_bytes(capture, header, sizeof header);
}

struct capture *capture_new(const char *path, uint32_t regions, uint32_t servers, bool ipv6, GError **error)
{
    FILE *file = fopen(path, "wb");

    if (!file) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", path,
                    g_strerror(errno));
        return NULL;
    }
    setvbuf(file, NULL, _IONBF, 0);
    struct capture *capture = g_new0(struct capture, 1);
    capture->file = file;
    capture->buffer = g_malloc(CAPTURE_BUFFER_BYTES);
    capture->path = g_strdup(path);
    capture->regions = regions;
    capture->servers = servers;
    capture->ipv6 = ipv6;
    capture->spools = g_new0(struct spool, regions);
    for (uint32_t i = 0; i < regions; i++)
        capture->spools[i] = (struct spool){.records = g_byte_array_new(), .next_ns = CLOCK_NEVER};
    capture_write_file_header(capture);
    return capture;
}

static uint32_t capture_ipv4_address(uint32_t host, uint32_t servers)
{
    if (host < servers)
        return UINT32_C(0xc0000201) + host;
    return UINT32_C(0x0a000001) + (host - servers) % LIMITS_IPV4_UES;
}

static void capture_ipv6_address(uint32_t host, uint32_t servers, uint8_t out[16])
{
    uint64_t low = host < servers ? UINT64_C(1) + host : UINT64_C(1) + host - servers;

    memset(out, 0, 16);
    capture_put_be32(out, UINT32_C(0x20010db8));
    capture_put_be16(out + 4, host < servers ? 0 : 1);
    capture_put_be32(out + 8, (uint32_t)(low >> 32));
    capture_put_be32(out + 12, (uint32_t)low);
}

void capture_address(uint32_t host, uint32_t servers, bool ipv6, char out[46])
{
    if (!ipv6) {
        uint32_t address = capture_ipv4_address(host, servers);
        g_snprintf(out, 46, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
                   address & 255);
        return;
    }
    uint64_t low = host < servers ? UINT64_C(1) + host : UINT64_C(1) + host - servers;
    const char *net = host < servers ? "2001:db8:" : "2001:db8:1:";
    /* RFC 5952: no leading zeros, the longest run of zeros shortened, a single zero group written out. */
    if (low >> 16)
        g_snprintf(out, 46, "%s:%x:%x", net, (unsigned)(low >> 16 & 0xffff), (unsigned)(low & 0xffff));
    else
        g_snprintf(out, 46, "%s:%x", net, (unsigned)low);
}

/* Appends a record; returns where its packet goes. */
static uint8_t *capture_add_record(struct capture *capture, uint32_t region, int64_t time_ns, uint32_t source,
                                   size_t bytes)
{
    struct spool *spool = &capture->spools[region];
    GByteArray *records = spool->records;
    const struct record_head head = {time_ns, source, (uint32_t)(PCAP_RECORD_BYTES + bytes)};
    guint start = records->len;

    if (spool->written == start)
        spool->next_ns = time_ns;
    g_byte_array_set_size(records, start + (guint)sizeof head + head.bytes);
    uint8_t *at = records->data + start;
    memcpy(at, &head, sizeof head);
    at += sizeof head;
    capture_put_le32(at, (uint32_t)(time_ns / CLOCK_SECOND));
    capture_put_le32(at + 4, (uint32_t)(time_ns % CLOCK_SECOND));
    capture_put_le32(at + 8, (uint32_t)bytes);
    capture_put_le32(at + 12, (uint32_t)bytes);
    return at + PCAP_RECORD_BYTES;
}

/* Appends a record with its IP header; returns where the transport header goes, and the sum of the
 * pseudo-header (RFC 768, RFC 9293 3.1, RFC 8200 8.1). */
static uint8_t *capture_open_record(struct capture *capture, uint32_t region, int64_t time_ns, uint32_t from,
                                    uint32_t to, unsigned protocol, size_t transport_bytes,
                                    uint64_t *pseudo_sum)
{
    size_t ip_bytes = capture->ipv6 ? IPV6_BYTES : IPV4_BYTES;
    size_t bytes = ip_bytes + transport_bytes;
    uint32_t source = from < capture->servers ? 0 : from;
    uint8_t *ip = capture_add_record(capture, region, time_ns, source, bytes);

    memset(ip, 0, ip_bytes);
    if (capture->ipv6) {
        ip[0] = 0x60;
        capture_put_be16(ip + 4, (uint32_t)transport_bytes);
        ip[6] = (uint8_t)protocol;
        ip[7] = HOP_LIMIT;
        capture_ipv6_address(from, capture->servers, ip + 8);
        capture_ipv6_address(to, capture->servers, ip + 24);
        *pseudo_sum = capture_sum_words(protocol + transport_bytes, ip + 8, 32);
    } else {
        ip[0] = 0x45;
        capture_put_be16(ip + 2, (uint32_t)bytes);
        capture_put_be16(ip + 6, DONT_FRAGMENT);
        ip[8] = HOP_LIMIT;
        ip[9] = (uint8_t)protocol;
        capture_put_be32(ip + 12, capture_ipv4_address(from, capture->servers));
        capture_put_be32(ip + 16, capture_ipv4_address(to, capture->servers));
        capture_put_be16(ip + 10, capture_fold(capture_sum_words(0, ip, IPV4_BYTES)));
        *pseudo_sum = capture_sum_words(protocol + transport_bytes, ip + 12, 8);
    }
    return ip + ip_bytes;
}

void capture_udp(struct capture *capture, uint32_t region, int64_t time_ns, uint32_t from, uint32_t to,
                 uint16_t port, struct bytes payload)
{
    uint64_t sum;
    size_t bytes = UDP_BYTES + payload.len;
    uint8_t *udp = capture_open_record(capture, region, time_ns, from, to, PROTOCOL_UDP, bytes, &sum);

    capture_put_be16(udp, port);
    capture_put_be16(udp + 2, port);
    capture_put_be16(udp + 4, (uint32_t)bytes);
    capture_put_be16(udp + 6, 0);
    if (payload.len)
        memcpy(udp + UDP_BYTES, payload.at, payload.len);
    uint16_t checksum = capture_fold(capture_sum_words(sum, udp, bytes));
    capture_put_be16(udp + 6, checksum ? checksum : 0xffff); /* 0 would mean: none */
}

void capture_tcp(struct capture *capture, uint32_t region, int64_t time_ns, uint32_t from, uint16_t from_port,
                 uint32_t to, uint16_t to_port, const struct capture_segment *segment, struct bytes payload)
{
    uint64_t sum;
    size_t header = TCP_BYTES + (segment->mss ? MSS_OPTION_BYTES : 0);
    size_t bytes = header + payload.len;
    uint8_t *tcp = capture_open_record(capture, region, time_ns, from, to, PROTOCOL_TCP, bytes, &sum);

    capture_put_be16(tcp, from_port);
    capture_put_be16(tcp + 2, to_port);
    capture_put_be32(tcp + 4, segment->seq);
    capture_put_be32(tcp + 8, segment->ack);
    tcp[12] = (uint8_t)(header / 4 << 4);
    tcp[13] = segment->flags;
    capture_put_be16(tcp + 14, segment->window);
    capture_put_be32(tcp + 16, 0); /* checksum, urgent pointer */
    if (segment->mss) {
        tcp[20] = 2; /* kind, length, value */
        tcp[21] = MSS_OPTION_BYTES;
        capture_put_be16(tcp + 22, segment->mss);
    }
    if (payload.len)
        memcpy(tcp + header, payload.at, payload.len);
    capture_put_be16(tcp + 16, capture_fold(capture_sum_words(sum, tcp, bytes)));
}

void capture_raw(struct capture *capture, uint32_t region, int64_t time_ns, struct bytes packet)
{
    memcpy(capture_add_record(capture, region, time_ns, 0, packet.len), packet.at, packet.len);
}

/* The earliest time at which there is an unwritten record, CLOCK_NEVER if there is none; the first and the
 * last spool that has one of it. */
static int64_t capture_next(struct capture *capture, struct spool **first, struct spool **last)
{
    int64_t next_ns = CLOCK_NEVER;

    for (struct spool *spool = capture->spools; spool < capture->spools + capture->regions; spool++) {
        if (spool->next_ns > next_ns)
            continue;
        if (spool->next_ns < next_ns)
            *first = spool;
        *last = spool;
        next_ns = spool->next_ns;
    }
    return next_ns;
}

/* The time of the first unwritten record, CLOCK_NEVER if there is none. */
static int64_t capture_first_ns(const struct spool *spool)
{
    struct record_head head;

    if (spool->written == spool->records->len)
        return CLOCK_NEVER;
    memcpy(&head, spool->records->data + spool->written, sizeof head);
    return head.time_ns;
}

/* Takes the records of that time. */
static void capture_take(struct spool *spool, int64_t time_ns, GArray *due)
{
    while (spool->next_ns == time_ns) {
        const uint8_t *at = spool->records->data + spool->written;
        struct record_head head;

        memcpy(&head, at, sizeof head);
        struct due record = {head.source, due->len, head.bytes, at + sizeof head};

        g_array_append_val(due, record);
        spool->written += sizeof head + head.bytes;
        spool->next_ns = capture_first_ns(spool);
    }
}

static int capture_compare_due(const void *a, const void *b)
{
    const struct due *x = a, *y = b;

    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Moves what is left to the front; a spool that is empty keeps its memory for the next window. */
static void capture_compact(struct spool *spool)
{
    if (spool->written == 0)
        return;
    g_byte_array_remove_range(spool->records, 0, (guint)spool->written);
    spool->written = 0;
}

bool capture_flush(struct capture *capture, int64_t time_ns, GError **error)
{
    GArray *due = g_array_new(FALSE, FALSE, sizeof(struct due));
    struct spool *first = NULL, *last = NULL;
    int64_t next_ns;

    while (capture->error == 0 && (next_ns = capture_next(capture, &first, &last)) < time_ns) {
        g_array_set_size(due, 0);
        for (; first <= last; first++)
            capture_take(first, next_ns, due);
        if (due->len > 1)
            g_array_sort(due, capture_compare_due);
        for (guint i = 0; i < due->len; i++)
            capture_write_bytes(capture, g_array_index(due, struct due, i).record,
                                g_array_index(due, struct due, i).bytes);
    }
    g_array_free(due, TRUE);
    for (uint32_t i = 0; i < capture->regions; i++)
        capture_compact(&capture->spools[i]);
    return capture_report(capture, error);
}

bool capture_close(struct capture *capture, GError **error)
{
    capture_flush(capture, CLOCK_NEVER, NULL);
    capture_write_buffer(capture);
    errno = 0;
    if (fclose(capture->file) != 0 && capture->error == 0)
        capture->error = errno ? errno : EIO;
    bool good = capture_report(capture, error);
    for (uint32_t i = 0; i < capture->regions; i++)
        g_byte_array_unref(capture->spools[i].records);
    g_free(capture->spools);
    g_free(capture->buffer);
    g_free(capture->path);
    g_free(capture);
    return good;
}
