/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Packets of a device to a pcap file. */
#include "sim/ns3/internal.hh"

#include <ns3/callback.h>
#include <ns3/pcap-file-wrapper.h>
#include <ns3/simulator.h>
#include <ns3/trace-helper.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <sys/stat.h>

using ns3c_internal::Capture;
using ns3c_internal::caught;
using ns3c_internal::fail;

/* ns-3's file has no flush: only when it is closed it is known whether all could be written. */
class ns3c_internal::Capture
{
  public:
    ns3::Ptr<ns3::PcapFileWrapper> file = ns3::CreateObject<ns3::PcapFileWrapper>();
    std::string path;
    struct stat about = {}; /* of the file, by any of its names */
    bool open = true;
    int failure = 0; /* errno of the first call that failed */

    /* After each call: no later one gives the errno of an earlier. */
    void check()
    {
        if (failure == 0 && file->Fail())
            failure = errno != 0 ? errno : EIO;
    }
};

static void write_packet(Capture *capture, ns3::Ptr<const ns3::Packet> packet)
{
    if (!capture->open)
        return;
    errno = 0;
    capture->file->Write(ns3::Simulator::Now(), packet);
    capture->check();
}

/* Two captures in one file would write over each other. A device such as /dev/null takes any number. */
static const Capture *into_same_file(const ns3c *sim, const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return nullptr;
    for (const auto &capture : sim->captures)
        if (capture->about.st_dev == about.st_dev && capture->about.st_ino == about.st_ino)
            return capture.get();
    return nullptr;
}

ns3c_status ns3c_device_pcap(ns3c_device *device, const char *path)
try {
    ns3c_internal::need_room();
    if (device == nullptr || path == nullptr)
        return fail(NS3C_INVALID, "ns3c_device_pcap: no %s", device == nullptr ? "device" : "path");
    auto capture = std::make_shared<Capture>();

    capture->path = path;
    if (const Capture *other = into_same_file(device->node->sim, path))
        return fail(NS3C_IN_USE, "ns3c_device_pcap: %s: another device is captured into it%s%s", path,
                    other->path == path ? "" : ", as ", other->path == path ? "" : other->path.c_str());
    errno = 0;
    /* PcapHelper::CreateFile() would end the process where this fails. */
    capture->file->Open(path, std::ios::out);
    capture->check();
    if (capture->failure != 0)
        return fail(NS3C_FILE, "ns3c_device_pcap: %s: %s", path, std::strerror(capture->failure));
    if (stat(path, &capture->about) != 0)
        return fail(NS3C_FILE, "ns3c_device_pcap: %s: %s", path, std::strerror(errno));
    capture->file->Init(device->csma != nullptr ? ns3::PcapHelper::DLT_EN10MB : ns3::PcapHelper::DLT_PPP);
    capture->check();
    device->net->TraceConnectWithoutContext("PromiscSniffer",
                                            ns3::MakeBoundCallback(&write_packet, capture.get()));
    device->node->sim->captures.push_back(capture);
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_pcap_close(ns3c *sim)
try {
    ns3c_status status = NS3C_OK;

    if (sim == nullptr)
        return fail(NS3C_INVALID, "ns3c_pcap_close: no simulator");
    for (const auto &capture : sim->captures) {
        errno = 0;
        if (capture->open)
            capture->file->Close();
        capture->open = false;
        capture->check();
        if (capture->failure != 0 && status == NS3C_OK)
            status = fail(NS3C_FILE, "%s: %s", capture->path.c_str(), std::strerror(capture->failure));
    }
    return status;
} catch (...) {
    return caught(__func__);
}
