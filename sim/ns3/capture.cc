/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Packets of a device to a pcap file. */
#include "sim/ns3/internal.hh"

#include <ns3/callback.h>
#include <ns3/simulator.h>
#include <ns3/trace-helper.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

using ns3c_internal::Capture;
using ns3c_internal::fail;

/* ns-3's file has no flush: whether all could be written, only its end tells. */
class ns3c_internal::Capture
{
  public:
    ns3::Ptr<ns3::PcapFileWrapper> file;
    std::string path;
    bool open = true;
};

static void write_packet(Capture *capture, ns3::Ptr<const ns3::Packet> packet)
{
    if (capture->open)
        capture->file->Write(ns3::Simulator::Now(), packet);
}

ns3c_status ns3c_device_pcap(ns3c_device *device, const char *path)
{
    if (device == nullptr || path == nullptr)
        return fail(NS3C_INVALID, "ns3c_device_pcap: no %s", device == nullptr ? "device" : "path");
    FILE *probe = std::fopen(path, "wb");

    if (probe == nullptr) /* ns-3 would end the process */
        return fail(NS3C_FILE, "ns3c_device_pcap: %s: %s", path, std::strerror(errno));
    std::fclose(probe);
    auto capture = std::make_shared<Capture>();

    capture->path = path;
    capture->file = ns3::PcapHelper().CreateFile(path, std::ios::out,
                                                 device->csma != nullptr ? ns3::PcapHelper::DLT_EN10MB
                                                                         : ns3::PcapHelper::DLT_PPP);
    device->net->TraceConnectWithoutContext("PromiscSniffer",
                                            ns3::MakeBoundCallback(&write_packet, capture.get()));
    device->node->sim->captures.push_back(capture);
    return NS3C_OK;
}

ns3c_status ns3c_pcap_close(ns3c *sim)
{
    ns3c_status status = NS3C_OK;

    if (sim == nullptr)
        return fail(NS3C_INVALID, "ns3c_pcap_close: no simulator");
    for (const auto &capture : sim->captures) {
        if (capture->open)
            capture->file->Close();
        capture->open = false;
        if (capture->file->Fail() && status == NS3C_OK)
            status = fail(NS3C_FILE, "%s: not all packets could be written", capture->path.c_str());
    }
    return status;
}
