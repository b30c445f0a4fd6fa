/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Records what plain ns-3 puts on the wire when a UE talks to a server the way the models do: connect, ask
 * (queued before the connection is up), answer, ask again on the same connection, answer, close; the server
 * closes in turn.
 *
 * It prints tests/vectors/tcp_ns3_traces.ini; tests/system/tcp_ns3.sh compares the two, and
 * tests/unit/test_net_ns3.c holds the native engine to it. The network is that of tests/unit/net_fixture.h.
 * ns-3 writes no MSS option, which would make SYN 40 bytes instead of 44: it is added on the way to the IP
 * layer. */
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

constexpr uint32_t segment_bytes = 1000;
constexpr uint16_t server_port = 5000;

struct Case {
    const char *name;
    const char *drop; /* as fault.drop: KIND@FIRST-LAST of syn, synack, ack, fin, ask, answer */
    unsigned rate;    /* bit/s of both access directions; 0: the fixture's */
    int service_ms;   /* from an ask to its answer; 0: the answer is sent while the ask is received */
    unsigned ask[2], answer[2];
    unsigned compared; /* packets that the native engine is held to; 0: all. See below */
    unsigned kept;     /* instead of all that: so many messages from either side, one a millisecond */
};

/* Where `compared` ends, ns-3 goes on in ways that nobody should copy: an established end takes no notice of
 * the acknowledgment in a FIN, LAST_ACK sends its FIN again after a round trip, and TIME_WAIT does not answer
 * that. Nor does it answer a second SYN+ACK (RFC 9293, 3.10.7.4), which is lost here, too. */

const Case cases[] = {
    {"plain", "", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"service_50ms", "", 0, 50, {600, 900}, {300, 700}, 0, 0},
    {"service_500ms", "", 0, 500, {600, 900}, {300, 700}, 0, 0},
    {"thin", "", 64000, 0, {600, 900}, {300, 700}, 0, 0},
    {"thin_service_50ms", "", 64000, 50, {600, 900}, {300, 700}, 0, 0},
    {"very_thin", "", 9600, 0, {600, 900}, {300, 700}, 14, 0},
    {"segments", "", 0, 0, {3500, 2500}, {3100, 3900}, 0, 0},
    {"segments_service_50ms", "", 0, 50, {3500, 2500}, {3100, 3900}, 0, 0},
    {"segments_thin", "", 64000, 0, {3500, 2500}, {3100, 3900}, 0, 0},
    {"lost_syn", "syn@1", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_syn_twice", "syn@1-2", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_synack", "synack@1,synack@3", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_ack_1", "ack@1", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_ack_2", "ack@2", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_ack_3", "ack@3", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_ask_1", "ask@1", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_ask_2", "ask@2", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_answer_1", "answer@1", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_answer_2", "answer@2", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_ask_1_twice", "ask@1-2", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_answer_1_twice", "answer@1-2", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_ask_2_service_500ms", "ask@2", 0, 500, {600, 900}, {300, 700}, 0, 0},
    {"lost_answer_2_service_500ms", "answer@2", 0, 500, {600, 900}, {300, 700}, 0, 0},
    {"lost_syn_and_ask_1", "syn@1,ask@1", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_segment_1", "ask@1", 0, 0, {3500, 2500}, {3100, 3900}, 0, 0},
    {"lost_segment_3", "ask@3", 0, 0, {3500, 2500}, {3100, 3900}, 0, 0},
    {"lost_fin", "fin@1", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_second_fin", "fin@2", 0, 0, {600, 900}, {300, 700}, 11, 0},
    {"lost_last_ack", "ack@4", 0, 0, {600, 900}, {300, 700}, 12, 0},
    {"lost_ack_2_and_answer_1", "ack@2,answer@1", 0, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_synack_and_answer_2", "synack@1,synack@3,answer@2", 0, 50, {600, 900}, {300, 700}, 0, 0},
    {"lost_ask_1_and_answer_1_thin", "ask@1,answer@1", 64000, 0, {600, 900}, {300, 700}, 0, 0},
    {"lost_segments_of_both", "ask@2,answer@2", 0, 0, {2300, 1900}, {1100, 2700}, 0, 0},
    {"kept", "", 0, 0, {300, 300}, {300, 300}, 0, 40},
    {"kept_thin", "", 2000000, 0, {300, 300}, {300, 300}, 0, 40},
    /* More than a window: what waits shares segments. */
    {"kept_waiting", "", 256000, 0, {300, 300}, {300, 300}, 0, 80},
    {"kept_waiting_long", "", 512000, 0, {2600, 300}, {1700, 300}, 0, 25},
    /* The last are lost: after the timeout two at a time share a segment, or as much of them as fits. */
    {"kept_lost_end", "ask@7-11", 0, 0, {300, 300}, {300, 300}, 0, 10},
    {"kept_lost_end_long", "ask@7-11", 0, 0, {700, 300}, {300, 300}, 0, 10},
};

/* --- the network: UE - router - server ------------------------------------------------------------------ */

struct Run;

/* Loses the packets of an air interface that `drop` names. */
class Air : public ErrorModel
{
  public:
    Run *run = nullptr;
    bool up = false;

  private:
    bool DoCorrupt(Ptr<Packet> packet) override;
    void DoReset() override
    {
    }
};

struct Run {
    const Case *c;
    Ptr<Node> ue, router, server;
    Ptr<Socket> client, listener, accepted;
    unsigned seen[6] = {0, 0, 0, 0, 0, 0};
    unsigned asked = 0, answered = 0;        /* sent */
    unsigned server_bytes = 0, ue_bytes = 0; /* received of the message that is coming */
    unsigned lines = 0;
    bool client_closed = false;
};

constexpr int64_t end_s = 60;

const char *const kinds[6] = {"syn", "synack", "ack", "fin", "ask", "answer"};

int kind_of(const TcpHeader &tcp, uint32_t payload, bool up)
{
    if (payload)
        return up ? 4 : 5;
    if (tcp.GetFlags() & TcpHeader::SYN)
        return tcp.GetFlags() & TcpHeader::ACK ? 1 : 0;
    return tcp.GetFlags() & TcpHeader::FIN ? 3 : 2;
}

bool Air::DoCorrupt(Ptr<Packet> packet)
{
    Ptr<Packet> copy = packet->Copy();
    PppHeader ppp;
    Ipv4Header ip;
    TcpHeader tcp;

    copy->RemoveHeader(ppp);
    copy->RemoveHeader(ip);
    copy->RemoveHeader(tcp);
    int kind = kind_of(tcp, copy->GetSize(), up);
    unsigned count = ++run->seen[kind];
    std::string faults = run->c->drop;
    for (size_t at = 0; at < faults.size();) {
        size_t comma = faults.find(',', at);
        std::string fault = faults.substr(at, comma == std::string::npos ? comma : comma - at);
        size_t mark = fault.find('@');
        unsigned first = 0, last = 0;
        int read = std::sscanf(fault.c_str() + mark + 1, "%u-%u", &first, &last);
        if (read == 1)
            last = first;
        if (fault.substr(0, mark) == kinds[kind] && count >= first && count <= last)
            return true;
        at = comma == std::string::npos ? faults.size() : comma + 1;
    }
    return false;
}

void join(Ptr<Node> a, Ptr<Node> b, const char *net, DataRate from_a, DataRate from_b, Time delay, Run *run)
{
    Ptr<PointToPointChannel> channel = CreateObject<PointToPointChannel>();
    Ptr<Node> nodes[2] = {a, b};
    DataRate rates[2] = {from_a, from_b};
    NetDeviceContainer devices;

    channel->SetAttribute("Delay", TimeValue(delay));
    for (int i = 0; i < 2; i++) {
        Ptr<PointToPointNetDevice> device = CreateObject<PointToPointNetDevice>();
        Ptr<DropTailQueue<Packet>> queue = CreateObject<DropTailQueue<Packet>>();
        queue->SetMaxSize(QueueSize("1MB"));
        device->SetQueue(queue);
        device->SetDataRate(rates[i]);
        device->SetAddress(Mac48Address::Allocate());
        device->SetMtu(1500);
        nodes[i]->AddDevice(device);
        device->Attach(channel);
        if (run) {
            Ptr<Air> air = CreateObject<Air>();
            air->run = run;
            air->up = i == 1;
            device->SetReceiveErrorModel(air);
        }
        devices.Add(device);
    }
    Ipv4AddressHelper addresses(net, "255.255.255.0");
    addresses.Assign(devices);
}

/* --- what is recorded ----------------------------------------------------------------------------------- */

void record(Run *run, bool up, const Ipv4Header &, Ptr<const Packet> packet, uint32_t)
{
    Ptr<Packet> copy = packet->Copy();
    TcpHeader tcp;
    std::string flags;

    copy->RemoveHeader(tcp);
    if (tcp.GetFlags() & TcpHeader::SYN)
        flags += 'S';
    if (tcp.GetFlags() & TcpHeader::FIN)
        flags += 'F';
    if (tcp.GetFlags() & TcpHeader::RST)
        flags += 'R';
    if (tcp.GetFlags() & TcpHeader::ACK)
        flags += 'A';
    std::printf("packet%03u=%" PRId64 " %s %s %u %u %u\n", run->lines++, Simulator::Now().GetNanoSeconds(),
                up ? "up" : "down", flags.c_str(), tcp.GetSequenceNumber().GetValue(),
                tcp.GetFlags() & TcpHeader::ACK ? tcp.GetAckNumber().GetValue() : 0, copy->GetSize());
}

/* The header is const because nobody is meant to change it; it is sent as it is afterwards. */
void add_mss(Ptr<const Packet>, const TcpHeader &header, Ptr<const TcpSocketBase>)
{
    if (!(header.GetFlags() & TcpHeader::SYN))
        return;
    Ptr<TcpOptionMSS> mss = CreateObject<TcpOptionMSS>();
    mss->SetMSS(segment_bytes);
    const_cast<TcpHeader &>(header).AppendOption(mss);
}

/* --- the two owners ------------------------------------------------------------------------------------- */

void send_bytes(Ptr<Socket> socket, unsigned bytes)
{
    socket->Send(Create<Packet>(bytes));
}

/* Both sides send without being asked, the server 0.3 ms after the client. */
void keep_sending(Ptr<Socket> socket, unsigned bytes, unsigned count)
{
    send_bytes(socket, bytes);
    if (count > 1)
        Simulator::Schedule(MilliSeconds(1), &keep_sending, socket, bytes, count - 1);
}

void server_answers(Run *run)
{
    send_bytes(run->accepted, run->c->answer[run->answered++]);
}

void server_received(Run *run, Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv()) {
        if (packet->GetSize() == 0)
            break;
        run->server_bytes += packet->GetSize();
        if (run->c->kept || run->answered >= 2 || run->server_bytes != run->c->ask[run->answered])
            continue;
        run->server_bytes = 0;
        if (run->c->service_ms)
            Simulator::Schedule(MilliSeconds(run->c->service_ms), &server_answers, run);
        else
            server_answers(run);
    }
}

void ue_received(Run *run, Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv()) {
        if (packet->GetSize() == 0)
            break;
        run->ue_bytes += packet->GetSize();
        if (run->c->kept || run->ue_bytes != run->c->answer[run->asked - 1])
            continue;
        run->ue_bytes = 0;
        if (run->asked < 2) {
            send_bytes(socket, run->c->ask[run->asked++]);
        } else {
            run->client_closed = true;
            socket->Close();
        }
    }
}

/* The peer has closed: so does this side, in the same breath. (After Close() ns-3 would still acknowledge the
 * peer's FIN in a packet of its own.) */
void server_closes(Run *, Ptr<Socket> socket)
{
    socket->ShutdownSend();
}

void server_accepts(Run *run, Ptr<Socket> socket, const Address &)
{
    run->accepted = socket;
    if (run->c->kept)
        Simulator::Schedule(MicroSeconds(200300) - Simulator::Now(), &keep_sending, socket, run->c->answer[0],
                            run->c->kept);
    socket->SetRecvCallback(MakeCallback(&server_received).Bind(run));
    socket->SetCloseCallbacks(MakeCallback(&server_closes).Bind(run), MakeNullCallback<void, Ptr<Socket>>());
}

void ue_connects(Run *run)
{
    Ipv4Address address = run->server->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();

    run->client->Connect(InetSocketAddress(address, server_port));
    send_bytes(run->client, run->c->ask[run->asked++]);
    if (run->c->kept)
        Simulator::Schedule(MilliSeconds(200), &keep_sending, run->client, run->c->ask[0], run->c->kept);
}

void wire_up(Run *run)
{
    TypeId tcp = TypeId::LookupByName("ns3::TcpSocketFactory");

    run->listener = Socket::CreateSocket(run->server, tcp);
    run->listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), server_port));
    run->listener->Listen();
    run->listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address &>(),
                                     MakeCallback(&server_accepts).Bind(run));
    run->client = Socket::CreateSocket(run->ue, tcp);
    run->client->SetRecvCallback(MakeCallback(&ue_received).Bind(run));
    run->listener->TraceConnectWithoutContext("Tx", MakeCallback(&add_mss));
    run->client->TraceConnectWithoutContext("Tx", MakeCallback(&add_mss));
    run->ue->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext("SendOutgoing",
                                                                     MakeCallback(&record).Bind(run, true));
    run->server->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
        "SendOutgoing", MakeCallback(&record).Bind(run, false));
    Simulator::ScheduleWithContext(run->ue->GetId(), Seconds(0), &ue_connects, run);
}

void play(const Case &c)
{
    Run run;

    std::printf("\n[%s]\ndrop=%s\naccess_bit_per_s=%u\nservice_ms=%d\nask=%u;%u\nanswer=%u;%u\n"
                "compared=%u\nkept=%u\n",
                c.name, c.drop, c.rate, c.service_ms, c.ask[0], c.ask[1], c.answer[0], c.answer[1],
                c.compared, c.kept);
    /* On a connection that is busy both ways ns-3 takes data for duplicate acknowledgments, and sends again
     * what was never lost (RFC 5681, section 2, (b), says otherwise). These two keep it from that. */
    Config::SetDefault("ns3::TcpSocketBase::ReTxThreshold", UintegerValue(c.kept ? 1000000 : 3));
    Config::SetDefault("ns3::TcpSocketBase::LimitedTransmit", BooleanValue(c.kept == 0));
    run.c = &c;
    run.ue = CreateObject<Node>();
    run.router = CreateObject<Node>();
    run.server = CreateObject<Node>();
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(NodeContainer(run.ue, run.router, run.server));
    join(run.ue, run.router, "10.0.0.0", DataRate(c.rate ? c.rate : 8000000),
         DataRate(c.rate ? c.rate : 16000000), MilliSeconds(10), &run);
    join(run.server, run.router, "192.0.2.0", DataRate(80000000), DataRate(80000000), MilliSeconds(1),
         nullptr);
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    wire_up(&run);
    Simulator::Stop(Seconds(end_s));
    Simulator::Run();
    Simulator::Destroy();
}

void configure()
{
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", TypeIdValue(TcpNewReno::GetTypeId()));
    Config::SetDefault("ns3::TcpL4Protocol::RecoveryType", TypeIdValue(TcpClassicRecovery::GetTypeId()));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(segment_bytes));
    Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(10));
    Config::SetDefault("ns3::TcpSocket::DelAckCount", UintegerValue(2));
    Config::SetDefault("ns3::TcpSocket::DelAckTimeout", TimeValue(MilliSeconds(200)));
    Config::SetDefault("ns3::TcpSocket::ConnTimeout", TimeValue(Seconds(1)));
    Config::SetDefault("ns3::TcpSocket::ConnCount", UintegerValue(7));
    Config::SetDefault("ns3::TcpSocket::DataRetries", UintegerValue(8));
    Config::SetDefault("ns3::TcpSocket::TcpNoDelay", BooleanValue(true));
    Config::SetDefault("ns3::TcpSocketBase::Sack", BooleanValue(false));
    Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(false));
    Config::SetDefault("ns3::TcpSocketBase::WindowScaling", BooleanValue(false));
    Config::SetDefault("ns3::TcpSocketBase::MinRto", TimeValue(Seconds(1)));
    Config::SetDefault("ns3::TcpSocketBase::ClockGranularity", TimeValue(MilliSeconds(1)));
    Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(0.5));
}

} // namespace

int main()
{
    std::printf("# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception\n"
                "# What TCP of ns-3 3.37 puts on the wire, recorded by tests/system/record_tcp_ns3.cc (do "
                "not edit).\n"
                "# TcpNewReno, TcpClassicRecovery, RttMeanDeviation, SegmentSize 1000, InitialCwnd 10, "
                "DelAckCount 2,\n"
                "# DelAckTimeout 200 ms, MinRto 1 s, ConnTimeout 1 s, ConnCount 7, DataRetries 8, "
                "MaxSegLifetime 0.5 s,\n"
                "# TcpNoDelay, no SACK, time stamps or window scaling; point-to-point links as in "
                "tests/unit/net_fixture.h.\n"
                "# packetN: when its sender puts it on its first link (ns), direction, flags, seq, ack (both "
                "ISNs are 0),\n"
                "# payload bytes. compared: how many packets the native engine is held to, 0: all. kept: "
                "both sides send, ns-3 with\n"
                "# ReTxThreshold 1000000 and no LimitedTransmit.\n");
    configure();
    for (const Case &c : cases)
        play(c);
    return 0;
}
