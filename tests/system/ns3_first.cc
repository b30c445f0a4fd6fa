/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What doc/examples/ns3c_udp_echo.c does, written for ns-3 as it is: helpers and sockets. Their outputs are
 * compared. */
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>

#include <iostream>

static void say(const char *what, uint32_t bytes, const char *way, const ns3::Address &whom)
{
    ns3::InetSocketAddress peer = ns3::InetSocketAddress::ConvertFrom(whom);

    std::cout << "At time " << ns3::Simulator::Now().As(ns3::Time::S) << " " << what << " " << bytes
              << " bytes " << way << " " << peer.GetIpv4() << " port " << peer.GetPort() << "\n";
}

static void on_server(ns3::Ptr<ns3::Socket> socket)
{
    ns3::Address from;

    while (ns3::Ptr<ns3::Packet> packet = socket->RecvFrom(from)) {
        say("server received", packet->GetSize(), "from", from);
        packet->RemoveAllPacketTags();
        socket->SendTo(packet, 0, from);
        say("server sent", packet->GetSize(), "to", from);
    }
}

static void on_client(ns3::Ptr<ns3::Socket> socket)
{
    ns3::Address from;

    while (ns3::Ptr<ns3::Packet> packet = socket->RecvFrom(from))
        say("client received", packet->GetSize(), "from", from);
}

static void send(ns3::Ptr<ns3::Socket> socket, ns3::InetSocketAddress to)
{
    socket->SendTo(ns3::Create<ns3::Packet>(1024), 0, to);
    say("client sent", 1024, "to", to);
}

int main()
{
    ns3::NodeContainer nodes(2);
    ns3::PointToPointHelper link;
    ns3::InternetStackHelper stack;
    ns3::Ipv4AddressHelper addresses("10.1.1.0", "255.255.255.0");

    link.SetDeviceAttribute("DataRate", ns3::StringValue("5Mbps"));
    link.SetChannelAttribute("Delay", ns3::StringValue("2ms"));
    ns3::NetDeviceContainer devices = link.Install(nodes);
    stack.Install(nodes);
    ns3::Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
    ns3::Ptr<ns3::Socket> client =
        ns3::Socket::CreateSocket(nodes.Get(0), ns3::UdpSocketFactory::GetTypeId());
    ns3::Ptr<ns3::Socket> server =
        ns3::Socket::CreateSocket(nodes.Get(1), ns3::UdpSocketFactory::GetTypeId());
    client->Bind();
    server->Bind(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), 9));
    client->SetRecvCallback(ns3::MakeCallback(&on_client));
    server->SetRecvCallback(ns3::MakeCallback(&on_server));
    ns3::Simulator::Schedule(ns3::Seconds(2), &send, client,
                             ns3::InetSocketAddress(interfaces.GetAddress(1), 9));
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
    return 0;
}
