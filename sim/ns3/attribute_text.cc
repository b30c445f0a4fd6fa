/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What ns-3 can read: a grammar for each type of value. What has none here cannot be set from text. */
#include "sim/ns3/attribute_text.hh"

#include <ns3/pointer.h>
#include <ns3/string.h>

#include <arpa/inet.h>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <locale>
#include <sstream>

namespace ns3c_internal
{

bool read_number(const std::string &text, double *number)
{
    std::istringstream in(text);
    double value;

    *number = 0;
    in.imbue(std::locale::classic());
    in.unsetf(std::ios_base::skipws);
    if (!(in >> value) || in.peek() != EOF || !std::isfinite(value))
        return false;
    *number = value;
    return true;
}

/* Splits "10ms" into its number, without a sign, and what follows. */
static bool split_number(const std::string &text, double *number, std::string *unit)
{
    size_t at = text.find_first_not_of("0123456789.");

    *unit = at == std::string::npos ? "" : text.substr(at);
    return read_number(text.substr(0, at), number);
}

bool is_one_of(const std::string &text, const char *const *choices)
{
    for (; *choices != nullptr; choices++)
        if (text == *choices)
            return true;
    return false;
}

static bool is_integer(const std::string &text, bool sign)
{
    size_t first = sign && text[0] == '-' ? 1 : 0;

    return text.size() > first && text.size() < 21 &&
           text.find_first_not_of("0123456789", first) == std::string::npos;
}

static bool is_unsigned(const std::string &text)
{
    return is_integer(text, false);
}

static bool is_signed(const std::string &text)
{
    return is_integer(text, true);
}

static bool is_double(const std::string &text)
{
    double number;

    return read_number(text, &number);
}

static bool is_boolean(const std::string &text)
{
    static const char *const choices[] = {"true", "false", "1", "0", "t", "f", nullptr};

    return is_one_of(text, choices);
}

/* Times below 0 have no meaning for any attribute. Longer ones, doubled or added up, come to the end of
 * int64_t. */
static bool is_time(const std::string &text)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"", 1},       {"s", 1},    {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9},   {"ps", 1e-12},
                 {"fs", 1e-15}, {"min", 60}, {"h", 3600},  {"d", 86400}, {"y", 31536000}};
    std::string unit;
    double number;

    if (text.empty() || !split_number(text, &number, &unit))
        return false;
    for (const auto &known : units)
        if (unit == known.name)
            return number * known.seconds <= 31536000;
    return false;
}

/* A rate of 0 would be divided by. */
static bool is_rate(const std::string &text)
{
    static const char *const units[] = {"",      "bps",  "b/s",  "Bps",  "B/s",   "kbps",  "kb/s",
                                        "Kbps",  "Kb/s", "kBps", "kB/s", "KBps",  "KB/s",  "Kib/s",
                                        "KiB/s", "Mbps", "Mb/s", "MBps", "MB/s",  "Mib/s", "MiB/s",
                                        "Gbps",  "Gb/s", "GBps", "GB/s", "Gib/s", "GiB/s", nullptr};
    std::string unit;
    double number;

    return !text.empty() && split_number(text, &number, &unit) && is_one_of(unit, units) && number >= 1 &&
           number < 1e9;
}

static bool is_queue_size(const std::string &text)
{
    static const char *const units[] = {"B",  "kB", "KB",  "KiB", "MB",  "MiB",  "p",
                                        "kp", "Kp", "Kip", "Mp",  "Mip", nullptr};
    std::string unit;
    double number;

    if (text.empty() || !split_number(text, &number, &unit) || !is_one_of(unit, units))
        return false;
    double factor = unit[0] == 'M' ? 1048576 : unit[0] == 'k' || unit[0] == 'K' ? 1024 : 1;

    return number * factor <= UINT32_MAX && number >= 1;
}

static bool is_ipv4(const std::string &text)
{
    struct in_addr address;

    return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

static bool is_ipv4_mask(const std::string &text)
{
    double bits;

    if (text[0] == '/')
        return is_unsigned(text.substr(1)) && read_number(text.substr(1), &bits) && bits <= 32;
    return is_ipv4(text);
}

static bool is_ipv6(const std::string &text)
{
    struct in6_addr address;

    return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

static bool is_mac48(const std::string &text)
{
    if (text.size() != 17)
        return false;
    for (size_t i = 0; i < 17; i++)
        if (i % 3 == 2 ? text[i] != ':' : std::strchr("0123456789abcdefABCDEF", text[i]) == nullptr)
            return false;
    return true;
}

/* A type that can be made, by its name. */
static bool is_type(const std::string &text)
{
    ns3::TypeId type;

    return find_type(text, &type) && type.HasConstructor();
}

/* Values of one type: how they are checked, and what the error of a wrong one is. */
static const struct Grammar {
    const char *type; /* of the value, without "ns3::" and "Value" */
    bool (*check)(const std::string &text);
    const char *expected;
} grammars[] = {
    {"Uinteger", is_unsigned, "a whole number from 0"},
    {"Integer", is_signed, "a whole number"},
    {"Double", is_double, "a number"},
    {"Boolean", is_boolean, "true or false"},
    {"Time", is_time, "a time from 0 to 1y like 10ms; units: fs ps ns us ms s min h d y"},
    {"DataRate", is_rate, "a rate above 0 like 10Mbps"},
    {"QueueSize", is_queue_size, "a size above 0 like 100p or 64kB"},
    {"Ipv4Address", is_ipv4, "an address like 192.0.2.1"},
    {"Ipv4Mask", is_ipv4_mask, "a mask like 255.255.255.0 or /24"},
    {"Ipv6Address", is_ipv6, "an address like 2001:db8::1"},
    {"Ipv6Prefix", is_ipv6, "a prefix like ffff:ffff::"},
    {"Mac48Address", is_mac48, "an address like 00:11:22:33:44:55"},
    {"TypeId", is_type, "the name of a type that can be made, like ns3::TcpCubic"},
};

/* Types of values are called ns3::TimeValue or DataRateValue, as it happens. */
static std::string short_name(std::string type)
{
    if (type.compare(0, 5, "ns3::") == 0)
        type.erase(0, 5);
    if (type.size() > 5 && type.compare(type.size() - 5, 5, "Value") == 0)
        type.erase(type.size() - 5);
    return type;
}

static ns3c_status check_enum(const std::string &where, const Name &attribute,
                              const ns3::Ptr<const ns3::AttributeChecker> &checker, const std::string &text)
{
    std::string choices = checker->GetUnderlyingTypeInformation();

    if (text.empty() || text.find('|') != std::string::npos ||
        ("|" + choices + "|").find("|" + text + "|") == std::string::npos)
        return not_that(where, text, "one of " + choices);
    return check_number(where, attribute, text);
}

/* Parameters of "ns3::Type[A=b|C=d]", without the brackets. */
static ns3c_status check_parameters(const std::string &where, ns3::TypeId type, const std::string &parameters)
{
    ValueOf values = {type, nullptr, {}};
    size_t at = 0;

    while (at < parameters.size()) {
        size_t next = std::min(parameters.find('|', at), parameters.size());
        std::string one = parameters.substr(at, next - at);
        size_t equal = one.find('=');
        Attribute attribute;

        if (equal == std::string::npos || equal == 0 || next + 1 == parameters.size())
            return not_that(where, parameters, "Name=value, several of them with | between");
        std::string name = one.substr(0, equal);

        if (!find_attribute(type, name, &attribute) || !(attribute.info.flags & ns3::TypeId::ATTR_CONSTRUCT))
            return fail(NS3C_UNKNOWN, "%s: %s has no attribute \"%s\" to be made with%s", where.c_str(),
                        type.GetName().c_str(), name.c_str(), suggest_attribute(type, name).c_str());
        ns3c_status status = check_text(where + ": " + name, {attribute.owner.GetName(), name},
                                        attribute.info.checker, one.substr(equal + 1));

        if (status != NS3C_OK)
            return status;
        values.texts[name] = one.substr(equal + 1);
        at = next + 1;
    }
    return check_together(where, type, values);
}

static ns3c_status check_pointer(const std::string &where, const Name &attribute,
                                 const ns3::PointerChecker *checker, const std::string &text)
{
    size_t open = text.find('[');
    std::string name = text.substr(0, open);
    ns3::TypeId type, wanted = checker->GetPointeeTypeId();

    if (text.find_first_of(" \t\n\v\f\r") != std::string::npos ||
        (open != std::string::npos && text.find_first_of("[]", open + 1) != text.size() - 1) || open == 0 ||
        (open != std::string::npos && text.back() != ']'))
        return not_that(where, text, "a type like ns3::Type or ns3::Type[Name=value|Name=value]");
    if (!find_type(name, &type))
        return fail(NS3C_UNKNOWN, "%s: no type \"%s\"%s", where.c_str(), name.c_str(),
                    suggest_type(name).c_str());
    if (!type.HasConstructor() || !is_kind_of(type, wanted))
        return not_that(where, text, "a type that can be made and is a " + wanted.GetName());
    ns3c_status status = check_kind(where, attribute, text, type);

    if (status != NS3C_OK || open == std::string::npos)
        return status;
    return check_parameters(where, type, text.substr(open + 1, text.size() - open - 2));
}

/* A text that the grammar has let through. */
static ns3c_status check_meaning(const std::string &where, const Name &attribute, const std::string &type,
                                 const std::string &text)
{
    ns3::TypeId id;

    if (type == "TypeId" && find_type(text, &id))
        return check_kind(where, attribute, text, id);
    return check_number(where, {attribute.owner, attribute.name, type == "Time"}, text);
}

ns3c_status check_text(const std::string &where, const Name &attribute,
                       const ns3::Ptr<const ns3::AttributeChecker> &checker, const std::string &text)
{
    auto *pointer = dynamic_cast<const ns3::PointerChecker *>(ns3::PeekPointer(checker));
    std::string type = short_name(checker->GetValueTypeName());

    if (type == "String")
        return NS3C_OK;
    if (type == "Enum")
        return check_enum(where, attribute, checker, text);
    if (pointer != nullptr)
        return check_pointer(where, attribute, pointer, text);
    for (const Grammar &grammar : grammars) {
        if (type != grammar.type)
            continue;
        if (!grammar.check(text))
            return not_that(where, text, grammar.expected);
        ns3c_status status = check_meaning(where, attribute, type, text);

        if (status != NS3C_OK)
            return status;
        if (!checker->CreateValidValue(ns3::StringValue(text)))
            return not_that(where, text, checker->GetUnderlyingTypeInformation());
        return NS3C_OK;
    }
    return fail(NS3C_INVALID, "%s: a value of type %s cannot be given as text", where.c_str(), type.c_str());
}

} // namespace ns3c_internal
