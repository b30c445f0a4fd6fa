#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Do two captures hold the same messages? same_bytes.py CAPTURE CAPTURE: per pair of addresses and server's port, the
datagrams and the streams of the TCP connections, byte for byte and in order. Packets, ports and times may differ. The
BM-SC's nonces hold the time to the nanosecond: they, and the digests over them, are only compared by their length."""
import re
import sys

import pcap


BMSC = ("192.0.2.1", "2001:db8::1")
TIMED = re.compile(rb'\b(nonce|response|rspauth)="([^"]*)"')


def without_time(server, data):
    if server not in BMSC:
        return data
    return TIMED.sub(lambda m: m[1] + b"=" + b"*" * len(m[2]), data)


def messages(path):
    """{(source, target, port): [bytes...]}"""
    found = {}
    packets = list(pcap.read(path))
    for packet in packets:
        if packet.protocol == 17:
            key = (packet.source, packet.target, packet.target_port)
            found.setdefault(key, []).append(bytes(packet.payload))
    for connection in pcap.connections(packets):
        client, server = connection.sides
        there = (connection.client, connection.server, connection.server_port)
        back = (connection.server, connection.client, connection.server_port)
        found.setdefault(there, []).append(without_time(connection.server, bytes(client.data)))
        found.setdefault(back, []).append(without_time(connection.server, bytes(server.data)))
    return found


def main(first, second):
    one, other = messages(first), messages(second)
    differ = [key for key in sorted(set(one) | set(other)) if one.get(key) != other.get(key)]
    for source, target, port in differ[:10]:
        print("%s to %s, port %d: not the same messages" % (source, target, port))
    print("%d flows, %d messages and streams, %d flows differ" % (len(one), sum(map(len, one.values())), len(differ)))
    return 1 if differ or not one else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
