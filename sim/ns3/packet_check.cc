/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The packet check: which bytes of a program ns-3 may see. It believes every length in a packet, asserts some
 * and loops over others. What it has no use for, and cannot be trusted with, is refused: options of IPv4,
 * extension headers of IPv6. */
#include "sim/ns3/view.hh"

#include <cstring>

namespace ns3c_internal
{

enum { ICMP = 1, TCP = 6, UDP = 17, FRAGMENT = 44, ICMPV6 = 58 };
enum { HEAD4 = 20, HEAD6 = 40, FRAGMENT_BYTES = 8 };

/* RFC 9293, 3.1; lengths of the options that ns-3 knows: end, no operation, MSS, window scale, SACK
 * permitted, SACK, timestamps. */
static bool check_tcp_options(const uint8_t *bytes, size_t length)
{
    size_t at = 0;

    while (at < length && bytes[at] != 0) {
        static const uint8_t lengths[] = {1, 1, 4, 3, 2, 0, 0, 0, 10};
        unsigned kind = bytes[at];

        if (kind == 1) {
            at++;
            continue;
        }
        if (length - at < 2 || bytes[at + 1] < 2 || bytes[at + 1] > length - at)
            return false;
        unsigned own = bytes[at + 1];

        if (kind < sizeof lengths && lengths[kind] != 0 && own != lengths[kind])
            return false;
        if (kind == 5 && (own < 10 || (own - 2) % 8 != 0))
            return false;
        at += own;
    }
    return true;
}

static bool check_tcp_segment(const uint8_t *bytes, size_t length)
{
    size_t head = length >= 20 ? (bytes[12] >> 4) * 4u : 0;

    return head >= 20 && head <= length && check_tcp_options(bytes + 20, head - 20);
}

/* RFC 792: errors (3, 11) carry the header of the packet they are about, and 8 bytes of what follows. */
static bool check_icmp(const uint8_t *bytes, size_t length)
{
    if (length < 8)
        return false;
    return (bytes[0] != 3 && bytes[0] != 11) || (length >= 8 + HEAD4 + 8 && bytes[8] == 0x45);
}

/* RFC 4861, 4.6: of the options ns-3 sends link-layer addresses (1, 2), of 8 bytes with a MAC address. */
static bool check_neighbour_options(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length; at += 8)
        if (length - at < 8 || (bytes[at] != 1 && bytes[at] != 2) || bytes[at + 1] != 1)
            return false;
    return true;
}

/* RFC 4443, RFC 4861: echo, errors with the packet they are about, solicitations and advertisements of
 * neighbours. */
static bool check_icmpv6(const uint8_t *bytes, size_t length)
{
    if (length < 8)
        return false;
    switch (bytes[0]) {
    case 1:
    case 2:
    case 3:
    case 4:
        return length >= 8 + HEAD6 + 8 && bytes[8] >> 4 == 6;
    case 128:
    case 129:
        return true;
    case 135:
    case 136:
        return length >= 24 && check_neighbour_options(bytes + 24, length - 24);
    default:
        return false;
    }
}

static bool check_transport(unsigned protocol, const uint8_t *bytes, size_t length)
{
    switch (protocol) {
    case TCP:
        return check_tcp_segment(bytes, length);
    case UDP:
        return length >= 8;
    default:
        return true;
    }
}

static bool is_fragment4(const uint8_t *bytes)
{
    return (bytes[6] & 0x3f) != 0 || bytes[7] != 0;
}

/* A fragment stands for another one only where it fits as that one did: what is put together is not looked at
 * again. The first one's transport header must be whole. */
static bool check_fragment(const uint8_t *bytes, size_t length, const ns3c_packet &original)
{
    const uint8_t *head = original.head;

    if (length != original.size || original.head_bytes < HEAD4 || head[0] != bytes[0])
        return false;
    if (bytes[0] >> 4 == 4)
        return std::memcmp(bytes + 4, head + 4, 4) == 0 && bytes[9] == head[9] &&
               std::memcmp(bytes + 12, head + 12, 8) == 0 &&
               ((bytes[6] & 0x1f) != 0 || bytes[7] != 0 ||
                check_transport(bytes[9], bytes + HEAD4, length - HEAD4));
    size_t heads = HEAD6 + FRAGMENT_BYTES;

    if (length < heads || original.head_bytes < heads || head[6] != FRAGMENT ||
        std::memcmp(bytes + 8, head + 8, heads - 8) != 0)
        return false;
    bool first = bytes[HEAD6 + 2] == 0 && (bytes[HEAD6 + 3] & 0xf8) == 0;

    return !first || check_transport(bytes[HEAD6], bytes + heads, length - heads);
}

/* 0: hop by hop, 43: routing, 50: ESP, 51: AH, 60: destination, 135: mobility. */
static bool is_extension(unsigned next)
{
    return next == 0 || next == 43 || next == FRAGMENT || next == 50 || next == 51 || next == 60 ||
           next == 135;
}

bool check_packet(const uint8_t *bytes, size_t length, const ns3c_packet &original)
{
    uint32_t total = bytes != nullptr ? ip_length(bytes, length) : 0;

    if (total == 0 || total != length)
        return false;
    if (bytes[0] >> 4 == 6) {
        if (bytes[6] == FRAGMENT)
            return check_fragment(bytes, length, original);
        if (bytes[6] == ICMPV6)
            return check_icmpv6(bytes + HEAD6, length - HEAD6);
        return !is_extension(bytes[6]) && check_transport(bytes[6], bytes + HEAD6, length - HEAD6);
    }
    if (bytes[0] != 0x45)
        return false;
    if (is_fragment4(bytes))
        return check_fragment(bytes, length, original);
    if (bytes[9] == ICMP)
        return check_icmp(bytes + HEAD4, length - HEAD4);
    return check_transport(bytes[9], bytes + HEAD4, length - HEAD4);
}

} // namespace ns3c_internal
