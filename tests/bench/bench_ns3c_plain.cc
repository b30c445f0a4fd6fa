/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The workload of bench_ns3c.c in C++ with ns-3's own sockets and static routes; without queue disciplines
 * and with the event queue that libns3c has by default, so that it is as fast as it can be. */
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>
#include <ns3/traffic-control-module.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

const unsigned PAIRS = 20;
const uint16_t PORT = 80;
const uint32_t REQUEST_BYTES = 200, RESPONSE_BYTES = 2000, DATAGRAM_BYTES = 200;

uint8_t bytes[RESPONSE_BYTES];

struct Pair {
    Ptr<Node> client, server;
    Ipv4Address address;
    Ptr<Socket> listener, udp, echo;
    size_t requested = 0, responded = 0;
    unsigned left = 0, done = 0;

    void begin_tcp()
    {
        left--;
        requested = responded = 0;
        Ptr<Socket> socket = Socket::CreateSocket(client, TcpSocketFactory::GetTypeId());
        socket->SetRecvCallback(MakeCallback(&Pair::client_received, this));
        socket->SetCloseCallbacks(MakeCallback(&Pair::client_peer_closed, this),
                                  MakeNullCallback<void, Ptr<Socket>>());
        socket->Connect(InetSocketAddress(address, PORT));
        socket->Send(Create<Packet>(bytes, REQUEST_BYTES));
    }
    void client_received(Ptr<Socket> socket)
    {
        uint8_t in[4096];
        int length = socket->Recv(in, sizeof in, 0);

        if (length > 0)
            responded += length;
    }
    void client_peer_closed(Ptr<Socket> socket)
    {
        socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                  MakeNullCallback<void, Ptr<Socket>>());
        socket->Close();
        done += responded == RESPONSE_BYTES;
        if (left)
            Simulator::ScheduleNow(&Pair::begin_tcp, this);
    }
    void accepted(Ptr<Socket> socket, const Address &)
    {
        socket->SetRecvCallback(MakeCallback(&Pair::server_received, this));
    }
    void server_received(Ptr<Socket> socket)
    {
        uint8_t in[4096];
        int length = socket->Recv(in, sizeof in, 0);

        if (length <= 0)
            return;
        requested += length;
        if (requested < REQUEST_BYTES)
            return;
        socket->Send(Create<Packet>(bytes, RESPONSE_BYTES));
        socket->Close();
    }

    void begin_udp()
    {
        left--;
        udp->SendTo(Create<Packet>(bytes, DATAGRAM_BYTES), 0, InetSocketAddress(address, PORT));
    }
    void udp_server(Ptr<Socket> socket)
    {
        uint8_t in[4096];
        Address from;
        int length = socket->RecvFrom(in, sizeof in, 0, from);

        socket->SendTo(Create<Packet>(in, length), 0, from);
    }
    void udp_client(Ptr<Socket> socket)
    {
        uint8_t in[4096];
        Address from;

        done += socket->RecvFrom(in, sizeof in, 0, from) == int(DATAGRAM_BYTES);
        if (left)
            begin_udp();
    }
};

double seconds()
{
    timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

Ptr<Ipv4StaticRouting> routes(Ptr<Node> node)
{
    return Ipv4StaticRoutingHelper().GetStaticRouting(node->GetObject<Ipv4>());
}

void give(Ptr<NetDevice> device, const std::string &address, const char *mask)
{
    Ptr<Ipv4> ipv4 = device->GetNode()->GetObject<Ipv4>();
    uint32_t interface = ipv4->AddInterface(device);

    ipv4->AddAddress(interface, Ipv4InterfaceAddress(Ipv4Address(address.c_str()), Ipv4Mask(mask)));
    ipv4->SetUp(interface);
}

Ptr<Node> host(Ptr<Node> router, unsigned net, unsigned number)
{
    PointToPointHelper access;
    Ptr<Node> node = CreateObject<Node>();
    std::string prefix = "10." + std::to_string(net) + "." + std::to_string(number) + ".";

    access.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    access.SetChannelAttribute("Delay", StringValue("1ms"));
    InternetStackHelper stack;
    stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
    stack.Install(node);
    NetDeviceContainer devices = access.Install(node, router);
    give(devices.Get(0), prefix + "1", "255.255.255.0");
    give(devices.Get(1), prefix + "2", "255.255.255.0");
    routes(node)->SetDefaultRoute(Ipv4Address((prefix + "2").c_str()), 1);
    return node;
}

void open(Pair *pair, bool tcp)
{
    InetSocketAddress any(Ipv4Address::GetAny(), PORT);

    if (tcp) {
        pair->listener = Socket::CreateSocket(pair->server, TcpSocketFactory::GetTypeId());
        pair->listener->Bind(any);
        pair->listener->Listen();
        pair->listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address &>(),
                                          MakeCallback(&Pair::accepted, pair));
        Simulator::Schedule(Time(0), &Pair::begin_tcp, pair);
        return;
    }
    pair->echo = Socket::CreateSocket(pair->server, UdpSocketFactory::GetTypeId());
    pair->echo->Bind(any);
    pair->echo->SetRecvCallback(MakeCallback(&Pair::udp_server, pair));
    pair->udp = Socket::CreateSocket(pair->client, UdpSocketFactory::GetTypeId());
    pair->udp->Bind(InetSocketAddress(Ipv4Address::GetAny(), 5000));
    pair->udp->SetRecvCallback(MakeCallback(&Pair::udp_client, pair));
    Simulator::Schedule(Time(0), &Pair::begin_udp, pair);
}

} // namespace

int main(int argc, char **argv)
{
    bool tcp = argc > 1 && !std::strcmp(argv[1], "tcp");
    unsigned each = argc > 2 ? unsigned(std::strtoul(argv[2], nullptr, 10)) : 200, done = 0;
    std::vector<Pair> pairs(PAIRS);

    ObjectFactory scheduler("ns3::PriorityQueueScheduler");
    Simulator::SetScheduler(scheduler);
    Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(0.5));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1400));
    NodeContainer routers(2);
    InternetStackHelper stack;
    stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
    stack.Install(routers);
    PointToPointHelper middle;
    middle.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    middle.SetChannelAttribute("Delay", StringValue("5ms"));
    NetDeviceContainer between = middle.Install(routers);
    give(between.Get(0), "10.0.0.1", "255.255.255.252");
    give(between.Get(1), "10.0.0.2", "255.255.255.252");
    routes(routers.Get(0))->AddNetworkRouteTo("10.2.0.0", "255.255.0.0", "10.0.0.2", 1);
    routes(routers.Get(1))->AddNetworkRouteTo("10.1.0.0", "255.255.0.0", "10.0.0.1", 1);
    for (unsigned i = 0; i < PAIRS; i++) {
        pairs[i].left = each;
        pairs[i].client = host(routers.Get(0), 1, i);
        pairs[i].server = host(routers.Get(1), 2, i);
        pairs[i].address = Ipv4Address(("10.2." + std::to_string(i) + ".1").c_str());
        open(&pairs[i], tcp);
    }
    double from = seconds();
    Simulator::Run();
    double took = seconds() - from;
    for (auto &pair : pairs)
        done += pair.done;
    std::printf("%u %.6f\n", done, took);
    if (std::getenv("BENCH_EVENTS"))
        std::printf("events %llu at %lld\n", (unsigned long long)Simulator::GetEventCount(),
                    (long long)Simulator::Now().GetNanoSeconds());
    pairs.clear();
    Simulator::Destroy();
    return done == each * PAIRS ? 0 : 1;
}
