# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Reads a capture: pcap with nanoseconds, raw IP (link type 101), UDP datagrams, TCP streams put together again.

Written from the formats' descriptions (RFC 791, 8200, 768, 9293, 1071), not from the simulator's code: it is there
to contradict it. Whatever is wrong raises CaptureError with the number of the packet, counted from 1 as tcpdump does.
The capture is taken at the sender, so it holds packets that were lost later, and each transmission of a segment.
"""
import ipaddress
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class CaptureError(Exception):
    """Something in the capture is not as the standards want it."""


def expect(packet, what, expected, found):
    """Raises unless expected == found; packet is a number or a Packet."""
    if expected != found:
        number = packet.number if isinstance(packet, Packet) else packet
        raise CaptureError(f"packet {number}: {what}: expected {show(expected)}, found {show(found)}")


def show(value):
    return value.hex() if isinstance(value, (bytes, bytearray)) else repr(value)


class Packet:
    """One IP packet. TCP fields are absent from datagrams."""
    __slots__ = ("number", "time_ns", "unix_ns", "length", "source", "target", "protocol", "source_port", "target_port",
                 "payload", "seq", "ack", "flags", "window", "mss", "ttl")


def internet_checksum(data):
    """Ones' complement sum of 16-bit words; 0 over data that carries its right checksum (RFC 1071)."""
    if len(data) & 1:
        data = data + b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def read(path, epoch_s=0):
    """All packets of the file, checked; epoch_s: Unix time of its time 0."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 24:
        raise CaptureError("the file is shorter than a pcap header")
    order = {b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">"}.get(data[:4])
    if order is None:
        raise CaptureError(f"magic {data[:4].hex()} is not that of pcap with nanoseconds")
    major, minor, _, _, snap, link = struct.unpack(order + "HHiIII", data[4:24])
    expect(0, "pcap version", (2, 4), (major, minor))
    expect(0, "link type (101: raw IP)", 101, link)
    packets, at, before = [], 24, -1
    while at < len(data):
        number = len(packets) + 1
        if at + 16 > len(data):
            raise CaptureError(f"packet {number}: the file ends in a record header")
        seconds, nanoseconds, kept, length = struct.unpack(order + "IIII", data[at:at + 16])
        expect(number, "captured length (whole packets)", length, kept)
        if kept > snap or at + 16 + kept > len(data):
            raise CaptureError(f"packet {number}: {kept} bytes do not fit (snap length {snap}, rest of the file "
                               f"{len(data) - at - 16})")
        if nanoseconds >= 1_000_000_000:
            raise CaptureError(f"packet {number}: {nanoseconds} nanoseconds in a second")
        packet = parse_ip(number, data[at + 16:at + 16 + kept])
        packet.time_ns = seconds * 1_000_000_000 + nanoseconds
        packet.unix_ns = epoch_s * 1_000_000_000 + packet.time_ns
        if packet.time_ns < before:
            raise CaptureError(f"packet {number}: earlier than the packet before it")
        before = packet.time_ns
        packets.append(packet)
        at += 16 + kept
    return packets


def parse_ip(number, data):
    packet = Packet()
    packet.number = number
    packet.length = len(data)
    version = data[0] >> 4 if data else 0
    if version == 4:
        pseudo, body = parse_ipv4(packet, data)
    elif version == 6:
        pseudo, body = parse_ipv6(packet, data)
    else:
        raise CaptureError(f"packet {number}: IP version {version}")
    if packet.protocol == 17:
        parse_udp(packet, pseudo, body)
    elif packet.protocol == 6:
        parse_tcp(packet, pseudo, body)
    else:
        raise CaptureError(f"packet {number}: IP protocol {packet.protocol} is neither TCP nor UDP")
    return packet


def parse_ipv4(packet, data):
    if len(data) < 20:
        raise CaptureError(f"packet {packet.number}: {len(data)} bytes are no IPv4 packet")
    header = (data[0] & 15) * 4
    length, _, fragment, ttl, protocol = struct.unpack(">HHHBB", data[2:10])
    expect(packet, "IPv4 header length", True, 20 <= header <= len(data))
    expect(packet, "IPv4 total length", len(data), length)
    expect(packet, "IPv4 fragment offset and MF", 0, fragment & 0x3FFF)
    expect(packet, "IPv4 header checksum (sum over the header)", 0, internet_checksum(data[:header]))
    packet.ttl, packet.protocol = ttl, protocol
    packet.source = str(ipaddress.IPv4Address(data[12:16]))
    packet.target = str(ipaddress.IPv4Address(data[16:20]))
    body = data[header:]
    return data[12:20] + struct.pack(">BBH", 0, protocol, len(body)), body


def parse_ipv6(packet, data):
    if len(data) < 40:
        raise CaptureError(f"packet {packet.number}: {len(data)} bytes are no IPv6 packet")
    length, protocol, ttl = struct.unpack(">HBB", data[4:8])
    expect(packet, "IPv6 payload length", len(data) - 40, length)
    packet.ttl, packet.protocol = ttl, protocol
    packet.source = str(ipaddress.IPv6Address(data[8:24]))
    packet.target = str(ipaddress.IPv6Address(data[24:40]))
    return data[8:40] + struct.pack(">II", length, protocol), data[40:]


def parse_udp(packet, pseudo, body):
    expect(packet, "at least a UDP header", True, len(body) >= 8)
    packet.source_port, packet.target_port, length, checksum = struct.unpack(">HHHH", body[:8])
    expect(packet, "UDP length", len(body), length)
    expect(packet, "UDP checksum in use", True, checksum != 0)
    expect(packet, "UDP checksum (sum)", 0, internet_checksum(pseudo + body))
    packet.payload = body[8:]


def parse_tcp(packet, pseudo, body):
    expect(packet, "at least a TCP header", True, len(body) >= 20)
    (packet.source_port, packet.target_port, packet.seq, packet.ack, offset, packet.flags,
     packet.window) = struct.unpack(">HHIIBBH", body[:16])
    header = (offset >> 4) * 4
    expect(packet, "TCP header length", True, 20 <= header <= len(body))
    expect(packet, "TCP checksum (sum)", 0, internet_checksum(pseudo + body))
    packet.mss = parse_tcp_options(packet, body[20:header])
    packet.payload = body[header:]


def parse_tcp_options(packet, options):
    """The MSS option's value or None; the list itself is checked."""
    mss, at = None, 0
    while at < len(options) and options[at] != 0:
        if options[at] == 1:
            at += 1
            continue
        if at + 2 > len(options) or options[at + 1] < 2 or at + options[at + 1] > len(options):
            raise CaptureError(f"packet {packet.number}: TCP options {options.hex()} do not add up")
        if options[at] == 2:
            expect(packet, "length of the MSS option", 4, options[at + 1])
            expect(packet, "MSS option on a SYN only", SYN, packet.flags & SYN)
            mss = struct.unpack(">H", options[at + 2:at + 4])[0]
        at += options[at + 1]
    return mss


# --- TCP --------------------------------------------------------------------------------------------------------

class Direction:
    """One half of a connection: the bytes, and which packet carried each for the first time."""

    def __init__(self):
        self.isn = None
        self.data = bytearray()
        self.pieces = []       # (end offset, packet) in order: who brought the stream up to there
        self.waiting = {}      # offset -> packet, not yet adjoining
        self.fin = None        # stream offset of the FIN
        self.acked = 0         # highest offset that the peer acknowledged
        self.mss = None        # what this side announced
        self.retransmitted = 0  # segments with SYN, FIN or data sent again

    def packet_at(self, end):
        """The packet that first brought the stream up to `end` bytes."""
        for upto, packet in self.pieces:
            if upto >= end:
                return packet
        return None


class Connection:
    """A TCP connection; `sides[0]` is the one that sent the SYN."""

    def __init__(self, syn):
        self.client, self.server = syn.source, syn.target
        self.client_port, self.server_port = syn.source_port, syn.target_port
        self.sides = (Direction(), Direction())
        self.first = syn
        self.packets = []
        self.reset = None      # the first RST
        self.ghosts = {}       # ISN -> SYN+ACKs to an old SYN that arrived after the connection was over
        self.established = False

    def whole(self):
        """Both FINs sent and everything before them acknowledged, no RST."""
        return self.reset is None and all(s.fin is not None and s.acked > s.fin for s in self.sides)

    def retransmissions(self):
        return sum(s.retransmitted for s in self.sides) + sum(n - 1 for n in self.ghosts.values())

    def name(self):
        return f"{self.client}:{self.client_port} -> {self.server}:{self.server_port}"

    def add(self, packet):
        mine = 0 if (packet.source, packet.source_port) == (self.client, self.client_port) else 1
        side, other = self.sides[mine], self.sides[1 - mine]
        self.packets.append(packet)
        if packet.flags & SYN:
            if mine and self.established and side.isn != packet.seq:
                # A SYN that the network held up reached a server that had forgotten the connection: its answer opens
                # nothing, the client refuses it (RFC 9293 clause 3.5).
                expect(packet, "acknowledgment of the old SYN", (other.isn + 1) & 0xFFFFFFFF, packet.ack)
                self.ghosts[packet.seq] = self.ghosts.get(packet.seq, 0) + 1
                return
            self.add_syn(packet, side, mine)
        elif side.isn is None and not packet.flags & RST:
            raise CaptureError(f"packet {packet.number}: a segment of {self.name()} before its SYN")
        if packet.flags & ACK:
            self.add_ack(packet, side, other)
        if packet.flags & RST:
            expect(packet, "payload of a RST", b"", packet.payload)
            self.reset = self.reset or packet
            return
        if packet.flags & ACK and mine == 0:
            self.established = True
        add_data(packet, side, other)

    def add_syn(self, packet, side, mine):
        expect(packet, "payload of a SYN", b"", packet.payload)
        expect(packet, "flags of a SYN", SYN | (ACK if mine else 0), packet.flags)
        if side.isn is None:
            side.isn, side.mss = packet.seq, packet.mss
        else:
            side.retransmitted += 1
        expect(packet, "sequence number of a SYN sent again", side.isn, packet.seq)
        expect(packet, "MSS of a SYN sent again", side.mss, packet.mss)

    def add_ack(self, packet, side, other):
        if packet.flags & RST and other.isn is None:
            return
        if other.isn is None:
            raise CaptureError(f"packet {packet.number}: acknowledges a side that has sent nothing")
        if side.isn is None:   # RST that answers a SYN
            expect(packet, "acknowledgment of a refused SYN", (other.isn + 1) & 0xFFFFFFFF, packet.ack)
            return
        offset = distance(packet.ack, other.isn + 1)
        sent = len(other.data) + (1 if other.fin is not None else 0)
        if not 0 <= offset <= sent:
            raise CaptureError(f"packet {packet.number}: acknowledges stream offset {offset}, "
                               f"the peer has sent {sent} bytes so far")
        if packet.flags & RST and packet.seq == 0:
            return  # answers a segment of no connection, such as a late SYN (RFC 9293 clause 3.5.2, group 1)
        if offset < other.acked:
            raise CaptureError(f"packet {packet.number}: acknowledges {offset} after {other.acked}")
        other.acked = offset


def distance(seq, base):
    """seq - base in the sequence space, as a signed number."""
    return ((seq - base + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def add_data(packet, side, other):
    offset = distance(packet.seq, side.isn + 1) + (1 if packet.flags & SYN else 0)
    if packet.payload:
        expect(packet, "ACK flag on a segment with data", ACK, packet.flags & ACK)
        limit = other.mss if other.mss is not None else 536
        if len(packet.payload) > limit:
            raise CaptureError(f"packet {packet.number}: {len(packet.payload)} bytes of data, the peer's MSS is "
                               f"{limit}")
        if side.fin is not None and offset + len(packet.payload) > side.fin:
            raise CaptureError(f"packet {packet.number}: data beyond the FIN")
        if offset < len(side.data):
            side.retransmitted += 1
        side.waiting.setdefault(offset, []).append(packet)
        adjoin(side, packet)
    elif not packet.flags & (SYN | FIN):
        # An ACK or a window probe: within what was sent.
        if not 0 <= offset <= len(side.data) + (1 if side.fin is not None else 0):
            raise CaptureError(f"packet {packet.number}: sequence number at stream offset {offset}, "
                               f"but {len(side.data)} bytes were sent")
    if packet.flags & FIN:
        end = offset + len(packet.payload)
        expect(packet, "place of the FIN", side.fin if side.fin is not None else len(side.data), end)
        if side.fin is None:
            side.fin = end
        elif not packet.payload:
            side.retransmitted += 1


def adjoin(side, latest):
    """Moves what adjoins to the stream; what was there already must be the same bytes again."""
    moved = True
    while moved:
        moved = False
        for offset in sorted(side.waiting):
            if offset > len(side.data):
                break
            for packet in side.waiting.pop(offset):
                known = side.data[offset:offset + len(packet.payload)]
                expect(packet, "bytes sent again", bytes(known), packet.payload[:len(known)])
                if offset + len(packet.payload) > len(side.data):
                    side.data += packet.payload[len(known):]
                    side.pieces.append((len(side.data), latest))
            moved = True


def connections(packets):
    """TCP connections in the order of their SYNs. A SYN with another number opens a new one on the same ports."""
    found, current = [], {}
    for packet in packets:
        if packet.protocol != 6:
            continue
        here, there = (packet.source, packet.source_port), (packet.target, packet.target_port)
        key = (min(here, there), max(here, there))
        connection = current.get(key)
        if packet.flags & (SYN | ACK) == SYN and (connection is None or connection.sides[0].isn != packet.seq):
            connection = current[key] = Connection(packet)
            found.append(connection)
        if connection is None:
            raise CaptureError(f"packet {packet.number}: no SYN of this connection was captured")
        connection.add(packet)
    return found


class Message:
    """A message of a stream: its bytes and the packet that completed it."""
    __slots__ = ("data", "packet", "connection", "from_client", "first")

    def __init__(self, data, first, packet, connection, from_client):
        self.data, self.first, self.packet = data, first, packet
        self.connection, self.from_client = connection, from_client


def split(connection, frame):
    """The messages of both directions, in the order in which they were complete. frame(data) gives the length of the
    first whole message or 0. A rest is right only on a connection that did not end in good order."""
    messages = []
    for index, side in enumerate(connection.sides):
        data, at = bytes(side.data), 0
        while at < len(data):
            length = frame(data[at:])
            if length == 0:
                break
            messages.append(Message(data[at:at + length], side.packet_at(at + 1), side.packet_at(at + length),
                                    connection, index == 0))
            at += length
        if side.waiting or (at < len(data) and connection.reset is None and side.fin is not None):
            raise CaptureError(f"packet {connection.first.number}: the stream {connection.name()} ends in "
                               f"{len(data) - at} bytes that are no whole message")
    return sorted(messages, key=lambda m: m.packet.number)
