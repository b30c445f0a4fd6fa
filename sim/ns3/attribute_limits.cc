/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Values that ns-3 reads and then fails on: it divides by them, loops over them, or takes the object for
 * another. */
#include "sim/ns3/attribute_text.hh"

#include <ns3/double.h>
#include <ns3/nstime.h>
#include <ns3/random-variable-stream.h>
#include <ns3/rtt-estimator.h>
#include <ns3/tcp-congestion-ops.h>
#include <ns3/tcp-recovery-ops.h>

#include <cmath>

namespace ns3c_internal
{

constexpr double year = 365 * 86400.0;
constexpr double longest_delay = (double)delay_max_ns / 1e9;
constexpr double least = 1e-6; /* instead of 0, where 0 is one too little */
constexpr double none = 1e300;
constexpr double huge = 1e9;

/* Numbers, times in seconds. Of all attributes of that name where no type is given. */
static const struct Limit {
    const char *owner, *name;
    double minimum, maximum;
    const char *expected;
} limits[] = {
    {nullptr, "Mtu", 68, none, "at least 68 bytes (RFC 791)"},
    {nullptr, "RngSeed", 1, 4294944442, "1 to 4294944442"},
    {nullptr, "Delay", 0, longest_delay, "a delay of at most 1d"},
    {nullptr, "InterframeGap", 0, longest_delay, "a gap of at most 1d"},
    /* ns-3 never sends anything, or asks an empty buffer for its head; longer segments do not fit into
     * IPv4 */
    {"ns3::TcpSocket", "SegmentSize", 1, 65455, "1 to 65455 bytes"},
    {"ns3::TcpSocket", "InitialCwnd", 1, none, "at least 1 segment"},
    {"ns3::TcpSocket", "SndBufSize", 1, none, "at least 1 byte"},
    {"ns3::TcpSocket", "RcvBufSize", 1, 1 << 30, "1 to 1073741824 bytes (RFC 7323)"},
    {"ns3::TcpSocketBase", "MaxWindowSize", 1, none, "at least 1 byte"},
    {"ns3::TcpSocketBase", "MaxSegLifetime", 0, year, "0 to 31536000 seconds"},
    /* divisors */
    {"ns3::TcpSocketState", "PacingSsRatio", 1, none, "at least 1 percent"},
    {"ns3::TcpSocketState", "PacingCaRatio", 1, none, "at least 1 percent"},
    {"ns3::TcpBbr", "HighGain", 0.01, 1000, "0.01 to 1000"},
    {"ns3::TcpScalable", "AIFactor", 1, none, "at least 1"},
    {"ns3::TcpScalable", "MDFactor", 0, 1, "0 to 1"},
    {"ns3::TcpLedbat", "NoiseFilterLen", 1, none, "at least 1"},
    {"ns3::TcpLedbat", "BaseHistoryLen", 1, none, "at least 1"},
    /* draws that are repeated until they fit, or take a step for each of N */
    {"ns3::UniformRandomVariable", "Min", -0.9, huge, "-0.9 (as a delay, 0) to 1e9"},
    {"ns3::UniformRandomVariable", "Max", -0.9, huge, "-0.9 (as a delay, 0) to 1e9"},
    {"ns3::ConstantRandomVariable", "Constant", 0, huge, "0 to 1e9"},
    {"ns3::ExponentialRandomVariable", "Mean", 0, huge, "0 to 1e9"},
    {"ns3::ExponentialRandomVariable", "Bound", 0, none, "at least 0"},
    {"ns3::ParetoRandomVariable", "Scale", 0, huge, "0 to 1e9"},
    {"ns3::ParetoRandomVariable", "Shape", least, none, "more than 0"},
    {"ns3::ParetoRandomVariable", "Bound", 0, none, "at least 0"},
    {"ns3::WeibullRandomVariable", "Scale", 0, huge, "0 to 1e9"},
    {"ns3::WeibullRandomVariable", "Shape", least, none, "more than 0"},
    {"ns3::WeibullRandomVariable", "Bound", 0, none, "at least 0"},
    {"ns3::NormalRandomVariable", "Mean", -huge, huge, "-1e9 to 1e9"},
    {"ns3::NormalRandomVariable", "Variance", 0, none, "at least 0"},
    {"ns3::NormalRandomVariable", "Bound", least, none, "more than 0"},
    {"ns3::LogNormalRandomVariable", "Sigma", 0, 700, "0 to 700"},
    {"ns3::LogNormalRandomVariable", "Mu", -700, 700, "-700 to 700"},
    {"ns3::GammaRandomVariable", "Alpha", least, huge, "more than 0, up to 1e9"},
    {"ns3::GammaRandomVariable", "Beta", 0, huge, "0 to 1e9"},
    {"ns3::ErlangRandomVariable", "K", 1, 10000, "1 to 10000"},
    {"ns3::ErlangRandomVariable", "Lambda", least, huge, "more than 0, up to 1e9"},
    {"ns3::ZipfRandomVariable", "N", 1, 10000, "1 to 10000"},
    {"ns3::ZipfRandomVariable", "Alpha", 0, 100, "0 to 100"},
    {"ns3::ZetaRandomVariable", "Alpha", 1.01, 100, "1.01 to 100"},
};

/* ns-3 3.37 calls TcpCubic a socket. */
static bool is_congestion_control(ns3::TypeId type)
{
    return type.GetName() == "ns3::TcpCubic" || is_kind_of(type, ns3::TcpCongestionOps::GetTypeId());
}

static bool is_recovery(ns3::TypeId type)
{
    return is_kind_of(type, ns3::TcpRecoveryOps::GetTypeId());
}

static bool is_estimator(ns3::TypeId type)
{
    return is_kind_of(type, ns3::RttEstimator::GetTypeId());
}

/* The others end the process until they have values, which no text can give them. */
static bool is_drawable(ns3::TypeId type)
{
    return type != ns3::EmpiricalRandomVariable::GetTypeId() &&
           type != ns3::DeterministicRandomVariable::GetTypeId();
}

static bool is_uniform(ns3::TypeId type)
{
    return type == ns3::UniformRandomVariable::GetTypeId();
}

/* ns-3 schedules after such a time without looking: into the past, if it is below 0 or beyond all time. */
static bool is_delay(ns3::TypeId type)
{
    return is_uniform(type) || type == ns3::ConstantRandomVariable::GetTypeId() ||
           type == ns3::ExponentialRandomVariable::GetTypeId();
}

/* What a type must be where ns-3 asks for any type, or for more than it can use. */
static const struct Kind {
    const char *name;
    bool (*fits)(ns3::TypeId type);
    const char *expected;
} kinds[] = {
    {"SocketType", is_congestion_control, "a kind of ns3::TcpCongestionOps"},
    {"RecoveryType", is_recovery, "a kind of ns3::TcpRecoveryOps"},
    {"RttEstimatorType", is_estimator, "a kind of ns3::RttEstimator"},
    {"RsRetransmissionJitter", is_uniform, "an ns3::UniformRandomVariable"},
    {"RequestJitter", is_delay, "an ns3::UniformRandomVariable, Constant... or Exponential..."},
    {"SolicitationJitter", is_delay, "an ns3::UniformRandomVariable, Constant... or Exponential..."},
    {"RanVar", is_drawable, "a random variable that needs no values of its own"},
    {"BurstSize", is_drawable, "a random variable that needs no values of its own"},
    {"BurstStart", is_drawable, "a random variable that needs no values of its own"},
    {"Increment", is_drawable, "a random variable that needs no values of its own"},
};

ns3c_status not_that(const std::string &where, const std::string &text, const std::string &expected)
{
    return fail(NS3C_INVALID, "%s: \"%s\"; expected %s", where.c_str(), text.c_str(), expected.c_str());
}

ns3c_status check_number(const std::string &where, const Name &attribute, const std::string &text)
{
    if (attribute.name == "EncapsulationMode" && text == "Llc")
        return not_that(where, text, "Dix: packets are looked at in Ethernet II frames");
    for (const Limit &limit : limits) {
        if (attribute.name != limit.name || (limit.owner != nullptr && attribute.owner != limit.owner))
            continue;
        double value;

        if (attribute.is_time)
            value = ns3::Time(text).GetSeconds();
        else
            read_number(text, &value);
        if (!(value >= limit.minimum && value <= limit.maximum))
            return not_that(where, text, limit.expected);
    }
    return NS3C_OK;
}

ns3c_status check_kind(const std::string &where, const Name &attribute, const std::string &text,
                       ns3::TypeId type)
{
    for (const Kind &kind : kinds)
        if (attribute.name == kind.name && !kind.fits(type))
            return not_that(where, text, kind.expected);
    return NS3C_OK;
}

/* --- what several attributes say together --------------------------------------------------------------- */

double ValueOf::operator()(const std::string &name) const
{
    ns3::DoubleValue value;
    Attribute found;
    auto given = texts.find(name);

    if (given != texts.end()) {
        double number;

        read_number(given->second, &number);
        return number;
    }
    if (object != nullptr && object->GetAttributeFailSafe(name, value))
        return value.Get();
    if (!find_attribute(type, name, &found))
        return 0;
    auto *initial = dynamic_cast<const ns3::DoubleValue *>(ns3::PeekPointer(found.info.initialValue));

    return initial != nullptr ? initial->Get() : 0;
}

/* How many of ns-3's draws of a bounded variable are within the bound; it draws until one is. */
static double share_within(ns3::TypeId type, const ValueOf &value)
{
    double bound = value("Bound"), scale = value("Scale"), shape = value("Shape");

    if (type == ns3::NormalRandomVariable::GetTypeId())
        return value("Variance") > 0 ? std::erf(bound / std::sqrt(2 * value("Variance"))) : 1;
    if (bound == 0) /* unbounded */
        return 1;
    if (type == ns3::ExponentialRandomVariable::GetTypeId())
        return value("Mean") > 0 ? -std::expm1(-bound / value("Mean")) : 1;
    if (type == ns3::ParetoRandomVariable::GetTypeId())
        return bound > scale ? 1 - std::pow(scale / bound, shape) : 0;
    if (type == ns3::WeibullRandomVariable::GetTypeId())
        return scale > 0 ? -std::expm1(-std::pow(bound / scale, shape)) : 1;
    return 1;
}

ns3c_status check_together(const std::string &where, ns3::TypeId type, const ValueOf &value)
{
    if (share_within(type, value) >= 0.001)
        return NS3C_OK;
    return fail(NS3C_INVALID, "%s: Bound of %s; expected one that at least 0.1 %% of all draws keep",
                where.c_str(), number_text(value("Bound")).c_str());
}

} // namespace ns3c_internal
