/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Packets of a device to a pcap file. */
#include "sim/ns3/internal.hh"

#include <ns3/csma-net-device.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/trace-helper.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

using ns3c_internal::fail;

ns3c_status ns3c_device_pcap(ns3c_device *device, const char *path)
{
    ns3::PcapHelper helper;
    FILE *probe = path != nullptr ? std::fopen(path, "wb") : nullptr;

    if (path == nullptr)
        return fail(NS3C_INVALID, "ns3c_device_pcap: no path");
    if (probe == nullptr) /* ns-3 would end the process */
        return fail(NS3C_FILE, "ns3c_device_pcap: %s: %s", path, std::strerror(errno));
    std::fclose(probe);
    if (device->csma != nullptr)
        helper.HookDefaultSink<ns3::CsmaNetDevice>(
            ns3::StaticCast<ns3::CsmaNetDevice>(device->net), "PromiscSniffer",
            helper.CreateFile(path, std::ios::out, ns3::PcapHelper::DLT_EN10MB));
    else
        helper.HookDefaultSink<ns3::PointToPointNetDevice>(
            ns3::StaticCast<ns3::PointToPointNetDevice>(device->net), "PromiscSniffer",
            helper.CreateFile(path, std::ios::out, ns3::PcapHelper::DLT_PPP));
    return NS3C_OK;
}
