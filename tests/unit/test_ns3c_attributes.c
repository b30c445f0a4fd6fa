/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bindings of ns-3: attributes by name, good texts and those that ns-3 itself would end the process
 * for. */
#include "sim/ns3/ns3c.h"
#include "tests/tap/tap.h"

struct pair {
    struct ns3c *sim;
    struct ns3c_node *a, *b;
    struct ns3c_device *at_a, *at_b;
};

static struct pair new_pair(void)
{
    struct ns3c_link_options options = {.rate_bit_per_s = 1000000, .delay_ns = 2000000};
    struct pair pair;

    g_assert_cmpint(ns3c_new(NULL, &pair.sim), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_new(pair.sim, &pair.a), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_new(pair.sim, &pair.b), ==, NS3C_OK);
    g_assert_cmpint(ns3c_point_to_point(pair.sim, pair.a, pair.b, &options, &pair.at_a, &pair.at_b), ==,
                    NS3C_OK);
    return pair;
}

#define MTU     "ns3::PointToPointNetDevice::Mtu"
#define RATE    "ns3::PointToPointNetDevice::DataRate"
#define MODEL   "ns3::PointToPointNetDevice::ReceiveErrorModel"
#define QUEUE   "ns3::DropTailQueue<Packet>::MaxSize"
#define MIN_RTO "ns3::TcpSocketBase::MinRto"
#define SHARE   "ns3::RateErrorModel::ErrorRate"
#define UNIT    "ns3::RateErrorModel::ErrorUnit"
#define MAC     "ns3::PointToPointNetDevice::Address"
#define TCP     "ns3::TcpL4Protocol::SocketType"
#define TRIES   "ns3::Icmpv6L4Protocol::MaxMulticastSolicit"
#define SCALING "ns3::TcpSocketBase::WindowScaling"

static const struct {
    const char *name, *value;
    enum ns3c_status status;
} defaults[] = {
    {MTU, "1400", NS3C_OK},
    {MTU, "65535", NS3C_OK},
    {MTU, "65536", NS3C_INVALID},
    {MTU, "67", NS3C_INVALID}, /* ns-3 would cut fragments of 0 bytes for ever */
    {MTU, "-1", NS3C_INVALID}, /* ns-3 reads 18446744073709551615 */
    {MTU, "1400 ", NS3C_INVALID},
    {MTU, "12x", NS3C_INVALID},
    {MTU, "", NS3C_INVALID},
    {MTU, "99999999999999999999", NS3C_INVALID},
    {MTU, "999999999999999999999999", NS3C_INVALID},
    {TRIES, "4", NS3C_OK},
    {TRIES, "-4", NS3C_INVALID},
    {TRIES, "--4", NS3C_INVALID},
    {TRIES, "-", NS3C_INVALID},
    {RATE, "10Mbps", NS3C_OK},
    {RATE, "2.5Gb/s", NS3C_OK},
    {RATE, "5000", NS3C_OK},
    {RATE, "10Mfoo", NS3C_INVALID},
    {RATE, "Mbps", NS3C_INVALID},
    {RATE, "0bps", NS3C_INVALID}, /* ns-3 would divide by it */
    {RATE, "10 Mbps", NS3C_INVALID},
    {RATE, "-1bps", NS3C_INVALID},
    {RATE, "1.2.3bps", NS3C_INVALID},
    {QUEUE, "100p", NS3C_OK},
    {QUEUE, "64kB", NS3C_OK},
    {QUEUE, "100", NS3C_INVALID},
    {QUEUE, "10q", NS3C_INVALID},
    {QUEUE, "99999MB", NS3C_INVALID},
    {MIN_RTO, "200ms", NS3C_OK},
    {MIN_RTO, "1.5s", NS3C_OK},
    {MIN_RTO, "3", NS3C_OK},
    {MIN_RTO, "1parsec", NS3C_INVALID}, /* fatal in ns-3 */
    {MIN_RTO, "ms", NS3C_INVALID},
    {MIN_RTO, "", NS3C_INVALID},
    {MIN_RTO, "1s 2s", NS3C_INVALID}, /* fatal */
    {MIN_RTO, "-1s", NS3C_INVALID},
    {MIN_RTO, "1e5y", NS3C_INVALID},
    {MIN_RTO, "99999999999999s", NS3C_INVALID},
    {SHARE, "0.25", NS3C_OK},
    {SHARE, "1e-3", NS3C_OK},
    {SHARE, "0.2x", NS3C_INVALID}, /* fatal */
    {SHARE, "nan", NS3C_INVALID},
    {SHARE, "1e999", NS3C_INVALID},
    {SHARE, "0x1p3", NS3C_INVALID},
    {UNIT, "ERROR_UNIT_PACKET", NS3C_OK},
    {UNIT, "ERROR_UNIT_NONE", NS3C_INVALID}, /* ns-3 reads past the end of its list */
    {UNIT, "ERROR_UNIT_BIT|ERROR_UNIT_BYTE", NS3C_INVALID},
    {"ns3::CsmaNetDevice::EncapsulationMode", "Dix", NS3C_OK},
    {"ns3::CsmaNetDevice::EncapsulationMode", "Llc", NS3C_INVALID},
    {SCALING, "true", NS3C_OK},
    {SCALING, "0", NS3C_OK},
    {SCALING, "yes", NS3C_INVALID},
    {MAC, "00:11:22:33:44:55", NS3C_OK},
    {MAC, "00:11:22:33:44", NS3C_INVALID},
    {MAC, "00:11:22:33:44:zz", NS3C_INVALID}, /* an exception in ns-3 */
    {TCP, "ns3::TcpCubic", NS3C_OK},
    {TCP, "ns3::TcpCubik", NS3C_INVALID}, /* fatal */
    {TCP, "ns3::Node", NS3C_INVALID},     /* crashes at the first socket */
    {TCP, "ns3::Object", NS3C_INVALID},
    {MODEL, "ns3::RateErrorModel", NS3C_OK},
    {MODEL, "ns3::RateErrorModel[]", NS3C_OK},
    {MODEL, "ns3::RateErrorModel[ErrorRate=0.1|ErrorUnit=ERROR_UNIT_PACKET]", NS3C_OK},
    {MODEL, "ns3::RateErrorModel[ErrorRate=0.1x]", NS3C_INVALID},
    {MODEL, "ns3::RateErrorModel[ErrorRate]", NS3C_INVALID},
    {MODEL, "ns3::RateErrorModel[ErrorRate=0.1|]", NS3C_INVALID},
    {MODEL, "ns3::RateErrorModel[Colour=red]", NS3C_UNKNOWN},
    {MODEL, "ns3::RateErrorModel[ErrorRate=0.1", NS3C_INVALID},
    {MODEL, "ns3::RateErrorModel]ErrorRate=0.1[", NS3C_INVALID},
    {MODEL, "ns3::RateErrorModel[RanVar=ns3::UniformRandomVariable[Min=0]]", NS3C_INVALID},
    {MODEL, "ns3::RateErrorModel x", NS3C_INVALID},
    {MODEL, "ns3::Node", NS3C_INVALID},
    {MODEL, "ns3::ErrorModel", NS3C_INVALID}, /* abstract: fatal */
    {MODEL, "ns3::NoSuchModel", NS3C_UNKNOWN},
    {MODEL, "0", NS3C_UNKNOWN},
    {MODEL, "", NS3C_UNKNOWN},
    {"ns3::Ipv4L3Protocol::InterfaceList", "1", NS3C_INVALID}, /* fatal */
    {"ns3::UdpSocketImpl::IcmpCallback", "x", NS3C_INVALID},
    {"ns3::TcpSocket::SegmentSize", "1400", NS3C_OK},
    {"ns3::TcpSocketBase::SegmentSize", "1400", NS3C_UNKNOWN}, /* its parent's */
    {"ns3::TcpSocket::SegmentSiz", "1400", NS3C_UNKNOWN},
    {"ns3::TcpSock::SegmentSize", "1400", NS3C_UNKNOWN},
    {"SegmentSize", "1400", NS3C_INVALID},
    {"::SegmentSize", "1400", NS3C_INVALID},
    {"", "1400", NS3C_INVALID},
};

static void test_defaults(void)
{
    struct ns3c *sim;

    g_assert_cmpint(ns3c_new(NULL, &sim), ==, NS3C_OK);
    for (unsigned i = 0; i < G_N_ELEMENTS(defaults); i++) {
        enum ns3c_status status = ns3c_set_default(sim, defaults[i].name, defaults[i].value);

        if (status == defaults[i].status)
            continue;
        g_test_message("%s = \"%s\": %s (%s)", defaults[i].name, defaults[i].value, ns3c_status_name(status),
                       ns3c_error());
        g_test_fail();
    }
    ns3c_free(sim);
}

/* Values that ns-3 reads, and then crashes on, ends for, or runs round and round. */
static const struct {
    const char *name, *value;
    enum ns3c_status status;
} limits[] = {
    {"TcpL4Protocol::RttEstimatorType", "ns3::Node", NS3C_INVALID},
    {"TcpL4Protocol::RttEstimatorType", "ns3::RttMeanDeviation", NS3C_OK},
    {"TcpL4Protocol::RecoveryType", "ns3::TcpCubic", NS3C_INVALID},
    {"TcpSocket::SegmentSize", "0", NS3C_INVALID},
    {"TcpSocket::SegmentSize", "65456", NS3C_INVALID},
    {"TcpSocket::SegmentSize", "65455", NS3C_OK},
    {"TcpSocket::InitialCwnd", "0", NS3C_INVALID},
    {"TcpSocket::SndBufSize", "0", NS3C_INVALID},
    {"TcpSocket::RcvBufSize", "0", NS3C_INVALID},
    {"TcpSocket::RcvBufSize", "4294967295", NS3C_INVALID},
    {"TcpSocket::RcvBufSize", "1", NS3C_OK},
    {"TcpSocketBase::MaxWindowSize", "0", NS3C_INVALID},
    {"TcpSocketBase::MaxSegLifetime", "-1", NS3C_INVALID},
    {"TcpSocketBase::MinRto", "2y", NS3C_INVALID},
    {"TcpSocketState::PacingSsRatio", "0", NS3C_INVALID},
    {"TcpSocketState::PacingCaRatio", "0", NS3C_INVALID},
    {"TcpBbr::HighGain", "0", NS3C_INVALID},
    {"TcpBbr::HighGain", "1e300", NS3C_INVALID},
    {"TcpBbr::HighGain", "2.5", NS3C_OK},
    {"TcpScalable::AIFactor", "0", NS3C_INVALID},
    {"TcpScalable::MDFactor", "-1e300", NS3C_INVALID},
    {"TcpLedbat::NoiseFilterLen", "0", NS3C_INVALID},
    {"PointToPointChannel::Delay", "290y", NS3C_INVALID},
    {"PointToPointChannel::Delay", "25h", NS3C_INVALID},
    {"PointToPointChannel::Delay", "1d", NS3C_OK},
    {"CsmaChannel::Delay", "290y", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::EmpiricalRandomVariable", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::DeterministicRandomVariable", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::ParetoRandomVariable", NS3C_OK},
    {"RateErrorModel::RanVar", "ns3::ParetoRandomVariable[Bound=0.5]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::ParetoRandomVariable[Bound=1]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::ParetoRandomVariable[Scale=0.1|Bound=0.5]", NS3C_OK},
    {"RateErrorModel::RanVar", "ns3::ExponentialRandomVariable[Bound=-1]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::ExponentialRandomVariable[Bound=0]", NS3C_OK},
    {"RateErrorModel::RanVar", "ns3::ExponentialRandomVariable[Bound=1e-9]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::ExponentialRandomVariable[Bound=1e-9|Mean=1e-9]", NS3C_OK},
    {"RateErrorModel::RanVar", "ns3::WeibullRandomVariable[Bound=-1]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::NormalRandomVariable[Bound=0]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::NormalRandomVariable[Variance=-1]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::NormalRandomVariable[Variance=1e300]", NS3C_OK},
    {"RateErrorModel::RanVar", "ns3::NormalRandomVariable[Variance=1e300|Bound=1]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::GammaRandomVariable[Alpha=-1e300]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::ZipfRandomVariable[N=2147483647]", NS3C_INVALID},
    {"RateErrorModel::RanVar", "ns3::ErlangRandomVariable[K=2147483647]", NS3C_INVALID},
    {"ExponentialRandomVariable::Bound", "1e-9", NS3C_INVALID},
    {"BurstErrorModel::BurstSize", "ns3::EmpiricalRandomVariable", NS3C_INVALID},
    {"BurstErrorModel::BurstStart", "ns3::DeterministicRandomVariable", NS3C_INVALID},
    {"ArpL3Protocol::RequestJitter", "ns3::EmpiricalRandomVariable", NS3C_INVALID},
    {"ArpL3Protocol::RequestJitter", "ns3::NormalRandomVariable",
     NS3C_INVALID}, /* the half of it before now */
    {"ArpL3Protocol::RequestJitter", "ns3::UniformRandomVariable[Min=-5|Max=-1]", NS3C_INVALID},
    {"ArpL3Protocol::RequestJitter", "ns3::ConstantRandomVariable[Constant=3]", NS3C_OK},
    {"Icmpv6L4Protocol::SolicitationJitter", "ns3::DeterministicRandomVariable", NS3C_INVALID},
    {"Icmpv6L4Protocol::SolicitationJitter", "ns3::ExponentialRandomVariable[Mean=2|Bound=9]", NS3C_OK},
    {"Icmpv6L4Protocol::RsRetransmissionJitter", "ns3::ConstantRandomVariable", NS3C_INVALID},
    {"Icmpv6L4Protocol::RsRetransmissionJitter", "ns3::UniformRandomVariable[Min=-0.1|Max=0.1]", NS3C_OK},
};

static void test_limits(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(limits); i++) {
        char *name = g_strconcat("ns3::", limits[i].name, NULL);
        enum ns3c_status status;
        struct ns3c *sim;

        g_assert_cmpint(ns3c_new(NULL, &sim), ==, NS3C_OK);
        status = ns3c_set_default(sim, name, limits[i].value);
        if (status != limits[i].status) {
            g_test_message("%s = \"%s\": %s (%s)", name, limits[i].value, ns3c_status_name(status),
                           ns3c_error());
            g_test_fail();
        }
        ns3c_free(sim);
        g_free(name);
    }
}

/* What is there already is held to the same, and a connection keeps what it has begun with. */
static void test_limits_live(void)
{
    struct pair pair = new_pair();
    const struct ns3c_tcp_events events = {NULL, NULL, NULL, NULL, NULL};
    struct ns3c_address from, to;
    struct ns3c_tcp *tcp;

    g_assert_cmpint(ns3c_node_set(pair.a, "ns3::TcpL4Protocol::RttEstimatorType", "ns3::Node"), ==,
                    NS3C_INVALID);
    g_assert_cmpint(
        ns3c_node_set(pair.a, "ns3::ArpL3Protocol::RequestJitter", "ns3::DeterministicRandomVariable"), ==,
        NS3C_INVALID);
    g_assert_cmpint(
        ns3c_device_set(pair.at_a, "ReceiveErrorModel",
                        "ns3::BurstErrorModel[ErrorRate=0.1|BurstSize=ns3::EmpiricalRandomVariable]"),
        ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "ReceiveErrorModel",
                                    "ns3::RateErrorModel[RanVar=ns3::ExponentialRandomVariable]"),
                    ==, NS3C_OK);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "ReceiveErrorModel/RanVar/Bound", "1e-9"), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "ReceiveErrorModel/RanVar/Mean", "1e-9"), ==, NS3C_OK);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "ReceiveErrorModel/RanVar/Bound", "1e-9"), ==, NS3C_OK);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "Channel/Delay", "2d"), ==, NS3C_INVALID);
    ns3c_address_parse("10.0.0.1", &from);
    ns3c_address_parse("10.0.0.2", &to);
    ns3c_device_add_address(pair.at_a, &from, 24);
    ns3c_device_add_address(pair.at_b, &to, 24);
    g_assert_cmpint(ns3c_tcp_connect(pair.a, NULL, 0, &to, 80, &events, NULL, &tcp), ==, NS3C_OK);
    g_assert_cmpint(ns3c_tcp_set(tcp, "CongestionOps", "ns3::TcpBbr"), ==, NS3C_STATE);
    g_assert_cmpint(ns3c_tcp_set(tcp, "Timestamp", "false"), ==, NS3C_STATE);
    g_assert_cmpint(ns3c_tcp_set(tcp, "SndBufSize", "0"), ==, NS3C_INVALID);
    ns3c_free(pair.sim);
}

static void assert_attribute(struct ns3c_device *device, const char *name, const char *value)
{
    char text[64];

    g_assert_cmpint(ns3c_device_get(device, name, text, sizeof text), ==, NS3C_OK);
    g_assert_cmpstr(text, ==, value);
}

/* A default holds for what is made later, and not beyond the simulator. */
static void test_default_effect(void)
{
    struct pair pair;
    struct ns3c *sim;

    pair = new_pair();
    assert_attribute(pair.at_a, "Mtu", "1500");
    ns3c_set_default(pair.sim, MTU, "1400");
    assert_attribute(pair.at_a, "Mtu", "1500");
    ns3c_free(pair.sim);
    pair = new_pair();
    assert_attribute(pair.at_a, "Mtu", "1500");
    ns3c_free(pair.sim);

    struct ns3c_link_options options = {.rate_bit_per_s = 1000};
    struct ns3c_node *a, *b;
    struct ns3c_device *at_a, *at_b;

    ns3c_new(NULL, &sim);
    ns3c_set_default(sim, MTU, "1400");
    ns3c_node_new(sim, &a);
    ns3c_node_new(sim, &b);
    ns3c_point_to_point(sim, a, b, &options, &at_a, &at_b);
    assert_attribute(at_b, "Mtu", "1400");
    ns3c_free(sim);
}

static void test_device(void)
{
    struct pair pair = new_pair();
    char text[4];

    assert_attribute(pair.at_a, "DataRate", "1000000bps");
    assert_attribute(pair.at_a, "Channel/Delay", "+2e+06ns");
    assert_attribute(pair.at_a, "TxQueue/MaxSize", "100p");
    g_assert_cmpint(ns3c_device_set(pair.at_a, "TxQueue/MaxSize", "7p"), ==, NS3C_OK);
    assert_attribute(pair.at_a, "TxQueue/MaxSize", "7p");
    assert_attribute(pair.at_b, "TxQueue/MaxSize", "100p");
    g_assert_cmpint(ns3c_device_set(pair.at_a, "Channel/Delay", "5ms"), ==, NS3C_OK);
    assert_attribute(pair.at_b, "Channel/Delay", "+5e+06ns");
    g_assert_cmpint(ns3c_device_get(pair.at_a, "DataRate", text, sizeof text), ==, NS3C_OK);
    g_assert_cmpstr(text, ==, "100");
    g_assert_cmpint(ns3c_device_set(pair.at_a, "Mto", "1400"), ==, NS3C_UNKNOWN);
    g_assert_nonnull(strstr(ns3c_error(), "did you mean \"Mtu\"?"));
    g_assert_cmpint(ns3c_device_set(pair.at_a, "ReceiveErrorModel/ErrorRate", "0.5"), ==, NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_device_set_loss(pair.at_a, 0.25), ==, NS3C_OK);
    assert_attribute(pair.at_a, "ReceiveErrorModel/ErrorRate", "0.25");
    g_assert_cmpint(ns3c_device_set_loss(pair.at_a, 1.5), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "TxQueue", "ns3::DropTailQueue<Packet>"), ==, NS3C_STATE);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "", "1"), ==, NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "/", "1"), ==, NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_device_set(pair.at_a, NULL, "1"), ==, NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_device_set(pair.at_a, "Mtu", NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_get(pair.at_a, "Mtu", text, 0), ==, NS3C_INVALID);
    ns3c_free(pair.sim);
}

static void test_path(void)
{
    struct pair pair = new_pair();
    unsigned matched = 99;

    g_assert_cmpint(
        ns3c_set_path(pair.sim, "/NodeList/*/DeviceList/*/$ns3::PointToPointNetDevice/Mtu", "1300", &matched),
        ==, NS3C_OK);
    g_assert_cmpuint(matched, ==, 2);
    assert_attribute(pair.at_b, "Mtu", "1300");
    g_assert_cmpint(
        ns3c_set_path(pair.sim, "/NodeList/1/DeviceList/1/$ns3::PointToPointNetDevice/Mtu", "1200", &matched),
        ==, NS3C_OK);
    g_assert_cmpuint(matched, ==, 1);
    assert_attribute(pair.at_a, "Mtu", "1300");
    assert_attribute(pair.at_b, "Mtu", "1200");
    matched = 99;
    g_assert_cmpint(ns3c_set_path(pair.sim, "/NodeList/7/DeviceList/*/Mtu", "1200", &matched), ==,
                    NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_set_path(pair.sim, "/NodeList/0/$ns3::NoSuchThing/Mtu", "1200", &matched), ==,
                    NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_set_path(pair.sim, "/NodeList/0/$ns3::Ipv4L3Protocol/DefaultTtl", "300", &matched),
                    ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_set_path(pair.sim, "NodeList", "1", &matched), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_set_path(pair.sim, "", "1", &matched), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_set_path(pair.sim, NULL, "1", &matched), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_set_path(pair.sim, "/", "1", &matched), ==, NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_set_path(pair.sim, "/NodeList/", "1", &matched), ==, NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_set_path(pair.sim, "/*/*/*/*/Mtu", "1200", &matched), !=, NS3C_STATE);
    g_assert_cmpint(ns3c_set_path(pair.sim, "//NodeList//x", "1", &matched), !=, NS3C_OK);
    g_assert_cmpuint(matched, ==, 99);
    ns3c_free(pair.sim);
}

static void test_node_and_global(void)
{
    struct pair pair = new_pair();

    g_assert_cmpint(ns3c_node_set(pair.a, "ns3::Ipv4L3Protocol::DefaultTtl", "9"), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_set(pair.a, "ns3::Ipv4L3Protocol::DefaultTtl", "256"), ==, NS3C_INVALID);
    g_assert_nonnull(strstr(ns3c_error(), "255"));
    g_assert_cmpint(ns3c_node_set(pair.a, "ns3::CsmaChannel::Delay", "1ms"), ==, NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_node_set(pair.a, "DefaultTtl", "9"), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_node_set(pair.a, NULL, "9"), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_set_global(pair.sim, "ChecksumEnabled", "true"), ==, NS3C_OK);
    g_assert_cmpint(ns3c_set_global(pair.sim, "ChecksumEnabled", "perhaps"), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_set_global(pair.sim, "ChecksumEnable", "true"), ==, NS3C_UNKNOWN);
    g_assert_nonnull(strstr(ns3c_error(), "ChecksumEnabled"));
    g_assert_cmpint(ns3c_set_global(pair.sim, "RngSeed", "0"), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_set_global(pair.sim, "RngSeed", "5"), ==, NS3C_OK);
    g_assert_cmpint(ns3c_set_global(pair.sim, "SchedulerType", "ns3::NoScheduler"), ==, NS3C_INVALID);
    ns3c_free(pair.sim);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/attributes/defaults", test_defaults);
    g_test_add_func("/ns3c/attributes/limits", test_limits);
    g_test_add_func("/ns3c/attributes/limits-live", test_limits_live);
    g_test_add_func("/ns3c/attributes/default-effect", test_default_effect);
    g_test_add_func("/ns3c/attributes/device", test_device);
    g_test_add_func("/ns3c/attributes/path", test_path);
    g_test_add_func("/ns3c/attributes/node-and-global", test_node_and_global);
    return g_test_run();
}
