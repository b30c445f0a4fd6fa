/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Packet capture: pcap with nanoseconds, link type raw IP (101), packets in the order of time, of one
 * time those of servers first and then those of UEs by number, each as its sender puts it on its first link.
 *
 * A region appends to its own buffer while it runs; capture_flush() between windows merges the buffers and
 * writes them. IP, UDP and TCP headers are made here, with right lengths and
 * checksums; capture_raw() is for engines that have their own. */
#ifndef SIM_NET_CAPTURE_H
#define SIM_NET_CAPTURE_H

#include "sim/base/bytes.h"

#include <glib.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct capture;

/* TCP header fields of a captured segment; flags as on the wire (FIN 1, SYN 2, RST 4, PSH 8, ACK 16). */
struct capture_segment {
    uint32_t seq, ack;
    uint16_t window;
    uint16_t mss; /* 0: no option */
    uint8_t flags;
};

/* Creates the file, or truncates it; its packets carry simulated time. regions: those that append, at least
 * 1. servers: how many hosts are servers (the rest are UEs). NULL and error (G_FILE_ERROR) if it cannot be
 * made. capture_close() is its end. */
struct capture *capture_new(const char *path, uint32_t regions, uint32_t servers, bool ipv6, GError **error);
/* A datagram and a TCP segment, appended for a region at a time that is not before its last one. from, to:
 * hosts. port: of both. The payload is copied. capture_flush() and capture_close() report errors
 * of the file. */
void capture_udp(struct capture *capture, uint32_t region, int64_t time_ns, uint32_t from, uint32_t to,
                 uint16_t port, struct bytes payload);
void capture_tcp(struct capture *capture, uint32_t region, int64_t time_ns, uint32_t from, uint16_t from_port,
                 uint32_t to, uint16_t to_port, const struct capture_segment *segment, struct bytes payload);
/* A whole packet from its IP header on, appended as it is. */
void capture_raw(struct capture *capture, uint32_t region, int64_t time_ns, struct bytes packet);
/* Between windows: writes what was appended for times before time_ns, in order. False and error
 * (G_FILE_ERROR) if the file could not be written, now or before. */
bool capture_flush(struct capture *capture, int64_t time_ns, GError **error);
/* Writes the rest, closes the file and frees the capture. False and error (G_FILE_ERROR) if anything was not
 * written whole, now or before. */
bool capture_close(struct capture *capture, GError **error);

/* The address of a host as text, the same as in the capture: servers 192.0.2.1+n or 2001:db8::1+n, UE n
 * 10.0.0.1+n (all of 10/8 but its first and last address) or 2001:db8:1::1+n. */
void capture_address(uint32_t host, uint32_t servers, bool ipv6, char out[46]);

#ifdef __cplusplus
}
#endif

#endif
