/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Addresses: text, bytes, ns-3's classes, keys of tables. */
#include "sim/ns3/internal.hh"

#include <arpa/inet.h>
#include <cstring>

using namespace ns3c_internal;

ns3c_status ns3c_address_parse(const char *text, ns3c_address *out)
try {
    ns3c_address read = {};

    if (out == nullptr)
        return fail(NS3C_INVALID, "ns3c_address_parse: no place for the address");
    if (text != nullptr && inet_pton(AF_INET, text, read.bytes) == 1)
        read.family = 4;
    else if (text != nullptr && inet_pton(AF_INET6, text, read.bytes) == 1)
        read.family = 6;
    else
        return fail(NS3C_INVALID, "address \"%s\"; expected one like 192.0.2.1 or 2001:db8::1",
                    text != nullptr ? text : "(none)");
    *out = read;
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

void ns3c_address_format(const ns3c_address *address, char out[NS3C_ADDRESS_TEXT_BYTES])
{
    if (inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->bytes, out, NS3C_ADDRESS_TEXT_BYTES) ==
        nullptr)
        out[0] = '\0';
}

ns3c_status ns3c_internal::check_family(const ns3c_address *address)
{
    if (address == nullptr)
        return fail(NS3C_INVALID, "no address");
    if (address->family != 4 && address->family != 6)
        return fail(NS3C_INVALID, "address of family %u; expected 4 or 6", address->family);
    return NS3C_OK;
}

ns3::Ipv4Address ns3c_internal::to_ipv4(const ns3c_address &address)
{
    return ns3::Ipv4Address::Deserialize(address.bytes);
}

ns3::Ipv6Address ns3c_internal::to_ipv6(const ns3c_address &address)
{
    return ns3::Ipv6Address::Deserialize(address.bytes);
}

ns3c_address ns3c_internal::from_ipv4(ns3::Ipv4Address address)
{
    ns3c_address made = {};

    made.family = 4;
    address.Serialize(made.bytes);
    return made;
}

ns3c_address ns3c_internal::from_ipv6(const ns3::Ipv6Address &address)
{
    ns3c_address made = {};

    made.family = 6;
    address.Serialize(made.bytes);
    return made;
}

Key6 ns3c_internal::key6(const ns3::Ipv6Address &address)
{
    uint64_t words[2];
    uint8_t bytes[16];

    address.GetBytes(bytes);
    std::memcpy(words, bytes, sizeof words);
    return {be64toh(words[0]), be64toh(words[1])};
}

/* Finaliser of splitmix64: neighbours of a prefix must not share buckets. */
uint64_t ns3c_internal::mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}
