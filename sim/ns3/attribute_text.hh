/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts of attributes, checked before ns-3 reads them: many of its readers end the process, or take what they cannot
 * read for something else. */
#ifndef SIM_NS3_ATTRIBUTE_TEXT_HH
#define SIM_NS3_ATTRIBUTE_TEXT_HH

#include "sim/ns3/internal.hh"

#include <ns3/attribute.h>
#include <ns3/type-id.h>

#include <string>

namespace ns3c_internal
{

/* An attribute and the type that has it. */
struct Attribute {
    ns3::TypeId owner;
    size_t index;
    ns3::TypeId::AttributeInformation info;
};

/* Finds an attribute of a type or of its parents; obsolete ones are not found. */
bool find_attribute(ns3::TypeId type, const std::string &name, Attribute *out);
bool find_type(const std::string &name, ns3::TypeId *out);
bool is_kind_of(ns3::TypeId type, ns3::TypeId parent);
/* "; did you mean \"Mtu\"?" if something known is near, "" otherwise. */
std::string suggest_attribute(ns3::TypeId type, const std::string &name);
std::string suggest_type(const std::string &name);
std::string nearest(const std::string &name, const std::vector<std::string> &known);

/* Whether ns-3 can read the text as a value that the checker lets through; if not, says so, `where` first. `name` is
 * that of the attribute or global. */
ns3c_status check_text(const std::string &where, const std::string &name,
                       const ns3::Ptr<const ns3::AttributeChecker> &checker, const std::string &text);

} // namespace ns3c_internal

#endif
