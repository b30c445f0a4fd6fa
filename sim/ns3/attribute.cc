/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* ns-3's attributes by name: defaults, globals, of live objects. */
#include "sim/ns3/attribute_text.hh"

#include <ns3/channel.h>
#include <ns3/config.h>
#include <ns3/global-value.h>
#include <ns3/pointer.h>
#include <ns3/string.h>
#include <ns3/tcp-congestion-ops.h>
#include <ns3/tcp-socket.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

using namespace ns3c_internal;

bool ns3c_internal::find_attribute(ns3::TypeId type, const std::string &name, Attribute *out)
{
    for (ns3::TypeId parent = type;; parent = type.GetParent()) {
        type = parent;
        for (size_t i = 0; i < type.GetAttributeN(); i++) {
            ns3::TypeId::AttributeInformation info = type.GetAttribute(i);

            if (info.name == name && info.supportLevel != ns3::TypeId::OBSOLETE) {
                *out = {type, i, info};
                return true;
            }
        }
        if (!type.HasParent())
            return false;
    }
}

bool ns3c_internal::find_type(const std::string &name, ns3::TypeId *out)
{
    return ns3::TypeId::LookupByNameFailSafe(name, out);
}

bool ns3c_internal::is_kind_of(ns3::TypeId type, ns3::TypeId parent)
{
    return type == parent || type.IsChildOf(parent);
}

/* Levenshtein's distance, letters' case aside. */
static size_t distance(const std::string &a, const std::string &b)
{
    std::vector<size_t> row(b.size() + 1);

    for (size_t j = 0; j <= b.size(); j++)
        row[j] = j;
    for (size_t i = 1; i <= a.size(); i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.size(); j++) {
            size_t change =
                diagonal + (std::tolower((unsigned char)a[i - 1]) != std::tolower((unsigned char)b[j - 1]));

            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row[b.size()];
}

std::string ns3c_internal::nearest(const std::string &name, const std::vector<std::string> &known)
{
    const std::string *best = nullptr;
    size_t best_distance = name.size() / 3 + 1;

    for (const std::string &candidate : known) {
        size_t apart = distance(name, candidate);

        if (apart < best_distance) {
            best = &candidate;
            best_distance = apart;
        }
    }
    return best != nullptr ? "; did you mean \"" + *best + "\"?" : "";
}

std::string ns3c_internal::suggest_attribute(ns3::TypeId type, const std::string &name)
{
    std::vector<std::string> names;

    for (ns3::TypeId parent = type;; parent = type.GetParent()) {
        type = parent;
        for (size_t i = 0; i < type.GetAttributeN(); i++)
            names.push_back(type.GetAttribute(i).name);
        if (!type.HasParent())
            return nearest(name, names);
    }
}

std::string ns3c_internal::suggest_type(const std::string &name)
{
    std::vector<std::string> names;

    for (uint16_t i = 0; i < ns3::TypeId::GetRegisteredN(); i++)
        names.push_back(ns3::TypeId::GetRegistered(i).GetName());
    return nearest(name, names);
}

/* "ns3::TcpSocket::SegmentSize" to a type and the name of one of its attributes, not yet looked up. */
static ns3c_status split_name(const char *what, const std::string &full, ns3::TypeId *type, std::string *name)
{
    size_t colons = full.rfind("::");

    if (colons == std::string::npos || colons == 0)
        return fail(NS3C_INVALID, "%s: \"%s\"; expected one like ns3::TcpSocket::SegmentSize", what,
                    full.c_str());
    *name = full.substr(colons + 2);
    if (!find_type(full.substr(0, colons), type))
        return fail(NS3C_UNKNOWN, "%s: no type \"%s\"%s", what, full.substr(0, colons).c_str(),
                    suggest_type(full.substr(0, colons)).c_str());
    return NS3C_OK;
}

static ns3c_status no_attribute(const char *what, ns3::TypeId type, const std::string &name)
{
    return fail(NS3C_UNKNOWN, "%s: %s has no attribute \"%s\"%s", what, type.GetName().c_str(), name.c_str(),
                suggest_attribute(type, name).c_str());
}

ns3c_status ns3c_set_default(ns3c *, const char *attribute, const char *value)
try {
    need_memory();
    static const char what[] = "ns3c_set_default";
    std::string name;
    ns3::TypeId type;
    Attribute found;
    ns3c_status status = attribute == nullptr || value == nullptr
                             ? fail(NS3C_INVALID, "%s: no attribute or no value", what)
                             : split_name(what, attribute, &type, &name);

    if (status != NS3C_OK)
        return status;
    if (!find_attribute(type, name, &found))
        return no_attribute(what, type, name);
    if (found.owner != type)
        return fail(NS3C_UNKNOWN, "%s: \"%s\" is an attribute of %s; its default is that of all its kinds",
                    what, name.c_str(), found.owner.GetName().c_str());
    status =
        check_text(std::string(what) + ": " + attribute, {type.GetName(), name}, found.info.checker, value);
    if (status == NS3C_OK)
        status = check_together(std::string(what) + ": " + attribute, type, {type, nullptr, {{name, value}}});
    if (status != NS3C_OK)
        return status;
    if (!ns3::Config::SetDefaultFailSafe(attribute, ns3::StringValue(value)))
        return fail(NS3C_INVALID, "%s: %s does not take \"%s\"", what, attribute, value);
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_set_global(ns3c *, const char *name, const char *value)
try {
    need_memory();
    std::vector<std::string> names;

    if (name == nullptr || value == nullptr)
        return fail(NS3C_INVALID, "ns3c_set_global: no name or no value");
    for (auto global = ns3::GlobalValue::Begin(); global != ns3::GlobalValue::End(); ++global) {
        names.push_back((*global)->GetName());
        if (names.back() != name)
            continue;
        ns3c_status status =
            check_text(std::string("ns3c_set_global: ") + name, {"", name}, (*global)->GetChecker(), value);

        if (status == NS3C_OK && !(*global)->SetValue(ns3::StringValue(value)))
            status = fail(NS3C_INVALID, "ns3c_set_global: %s does not take \"%s\"", name, value);
        return status;
    }
    return fail(NS3C_UNKNOWN, "ns3c_set_global: no global \"%s\"%s", name, nearest(name, names).c_str());
} catch (...) {
    return caught(__func__);
}

/* What ns-3 ends the process for when an object is in use already. */
static ns3c_status check_live(const char *what, ns3::Object *object, const std::string &name,
                              const std::string &value)
{
    /* New congestion control knows nothing of the connection; the peer knows the options already. */
    static const char *const early[] = {"SegmentSize",   "InitialCwnd", "InitialSlowStartThreshold",
                                        "CongestionOps", "TxBuffer",    "RxBuffer",
                                        "Timestamp",     nullptr};
    auto *queue = dynamic_cast<ns3::QueueBase *>(object);

    if (dynamic_cast<ns3::TcpSocket *>(object) != nullptr && is_one_of(name, early))
        return fail(NS3C_STATE, "%s: %s of a socket that exists; set the default before it is made", what,
                    name.c_str());
    if (name == "TxQueue" && dynamic_cast<ns3::NetDevice *>(object) != nullptr)
        return fail(NS3C_STATE, "%s: a device keeps its queue; set TxQueue/MaxSize", what);
    if (name == "DctcpAlphaOnInit" && dynamic_cast<ns3::TcpCongestionOps *>(object) != nullptr)
        return fail(NS3C_STATE, "%s: %s of a socket that exists; set the default before it is made", what,
                    name.c_str());
    if (name == "MaxSize" && queue != nullptr) {
        ns3::QueueSize size(value);
        uint32_t now =
            size.GetUnit() == ns3::QueueSizeUnit::BYTES ? queue->GetNBytes() : queue->GetNPackets();

        if (size.GetValue() < now)
            return fail(NS3C_STATE, "%s: MaxSize %s; %u are waiting", what, value.c_str(), now);
    }
    return NS3C_OK;
}

/* Everything but the setting. */
static ns3c_status check_attribute(ns3::Object *object, const char *what, const std::string &name,
                                   const std::string &value)
{
    ns3::TypeId type = object->GetInstanceTypeId();
    Attribute found;

    if (!find_attribute(type, name, &found))
        return no_attribute(what, type, name);
    if (!(found.info.flags & ns3::TypeId::ATTR_SET) || !found.info.accessor->HasSetter())
        return fail(NS3C_INVALID, "%s: %s of %s can only be read", what, name.c_str(),
                    type.GetName().c_str());
    std::string where = std::string(what) + ": " + name;
    ns3c_status status = check_text(where, {found.owner.GetName(), name}, found.info.checker, value);

    if (status == NS3C_OK)
        status = check_together(where, type, {type, object, {{name, value}}});
    return status != NS3C_OK ? status : check_live(what, object, name, value);
}

ns3c_status ns3c_internal::set_attribute(ns3::Object *object, const char *what, const char *attribute,
                                         const char *value)
{
    if (attribute == nullptr || value == nullptr)
        return fail(NS3C_INVALID, "%s: no attribute or no value", what);
    ns3c_status status = check_attribute(object, what, attribute, value);

    if (status == NS3C_OK && !object->SetAttributeFailSafe(attribute, ns3::StringValue(value)))
        status = fail(NS3C_INVALID, "%s: %s does not take \"%s\"", what, attribute, value);
    return status;
}

/* ns-3 takes an unknown type in a path for the first one it has. */
static ns3c_status check_path(const std::string &path)
{
    ns3::TypeId type;

    if (path.empty() || path[0] != '/')
        return fail(NS3C_INVALID, "ns3c_set_path: \"%s\"; expected one like /NodeList/*/DeviceList/*/Mtu",
                    path.c_str());
    for (size_t at = path.find("/$"); at != std::string::npos; at = path.find("/$", at + 1)) {
        size_t end = path.find('/', at + 1);
        std::string name = path.substr(at + 2, end == std::string::npos ? end : end - at - 2);

        if (!find_type(name, &type))
            return fail(NS3C_UNKNOWN, "ns3c_set_path: no type \"%s\"%s", name.c_str(),
                        suggest_type(name).c_str());
    }
    return NS3C_OK;
}

ns3c_status ns3c_set_path(ns3c *, const char *path, const char *value, unsigned *matched)
try {
    need_memory();
    static const char what[] = "ns3c_set_path";
    std::string full = path != nullptr ? path : "";
    ns3c_status status = value == nullptr ? fail(NS3C_INVALID, "%s: no value", what) : check_path(full);

    if (status != NS3C_OK)
        return status;
    size_t slash = full.rfind('/');
    std::string name = full.substr(slash + 1);
    ns3::Config::MatchContainer objects = ns3::Config::LookupMatches(full.substr(0, slash));

    if (objects.GetN() == 0)
        return fail(NS3C_UNKNOWN, "%s: %s names nothing that exists", what, path);
    for (auto object = objects.Begin(); status == NS3C_OK && object != objects.End(); ++object)
        status = check_attribute(ns3::PeekPointer(*object), what, name, value);
    for (auto object = objects.Begin(); status == NS3C_OK && object != objects.End(); ++object)
        status = set_attribute(ns3::PeekPointer(*object), what, name.c_str(), value);
    if (status == NS3C_OK && matched != nullptr)
        *matched = (unsigned)objects.GetN();
    return status;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_node_set(ns3c_node *node, const char *type_and_attribute, const char *value)
try {
    need_memory();
    static const char what[] = "ns3c_node_set";
    std::string name;
    ns3::TypeId type;
    ns3c_status status = node == nullptr || type_and_attribute == nullptr
                             ? fail(NS3C_INVALID, "%s: no node or no attribute", what)
                             : split_name(what, type_and_attribute, &type, &name);

    if (status != NS3C_OK)
        return status;
    ns3::Ptr<ns3::Object> object = node->node->GetObject<ns3::Object>(type);

    if (!object)
        return fail(NS3C_UNKNOWN, "%s: the node has no %s", what, type.GetName().c_str());
    return set_attribute(ns3::PeekPointer(object), what, name.c_str(), value);
} catch (...) {
    return caught(__func__);
}

/* Walks "TxQueue/MaxSize" from the device to the object that the last name is an attribute of. */
static ns3c_status walk(const char *what, const ns3c_device *device, std::string path,
                        ns3::Ptr<ns3::Object> *object, std::string *name)
{
    if (device == nullptr)
        return fail(NS3C_INVALID, "%s: no device", what);
    *object = device->net;
    for (size_t slash; (slash = path.find('/')) != std::string::npos; path.erase(0, slash + 1)) {
        std::string step = path.substr(0, slash);
        ns3::Ptr<ns3::Object> next;
        Attribute found;
        ns3::PointerValue pointer;

        if (step == "Channel" && *object == device->net)
            next = device->net->GetChannel();
        else if (!find_attribute((*object)->GetInstanceTypeId(), step, &found))
            return no_attribute(what, (*object)->GetInstanceTypeId(), step);
        else if (dynamic_cast<const ns3::PointerChecker *>(ns3::PeekPointer(found.info.checker)) != nullptr &&
                 (*object)->GetAttributeFailSafe(step, pointer))
            next = pointer.GetObject();
        if (!next)
            return fail(NS3C_UNKNOWN, "%s: the device has no %s", what, step.c_str());
        *object = next;
    }
    *name = path;
    return NS3C_OK;
}

ns3c_status ns3c_device_set(ns3c_device *device, const char *attribute, const char *value)
try {
    need_memory();
    static const char what[] = "ns3c_device_set";
    ns3::Ptr<ns3::Object> object;
    std::string name;
    ns3c_status status = walk(what, device, attribute != nullptr ? attribute : "", &object, &name);

    return status != NS3C_OK ? status : set_attribute(ns3::PeekPointer(object), what, name.c_str(), value);
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_device_get(ns3c_device *device, const char *attribute, char *out, size_t capacity)
try {
    static const char what[] = "ns3c_device_get";
    ns3::Ptr<ns3::Object> object;
    ns3::StringValue text;
    std::string name;
    Attribute found;
    ns3c_status status = walk(what, device, attribute != nullptr ? attribute : "", &object, &name);

    if (status != NS3C_OK)
        return status;
    if (capacity == 0 || out == nullptr)
        return fail(NS3C_INVALID, "%s: no room for the text", what);
    if (!find_attribute(object->GetInstanceTypeId(), name, &found))
        return no_attribute(what, object->GetInstanceTypeId(), name);
    if (!object->GetAttributeFailSafe(name, text))
        return fail(NS3C_INVALID, "%s: %s cannot be read", what, name.c_str());
    std::snprintf(out, capacity, "%s", text.Get().c_str());
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}
