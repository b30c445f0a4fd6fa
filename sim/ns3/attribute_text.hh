/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts of attributes, checked before ns-3 reads them: many of its readers end the process, or take what they
 * cannot read for something else. */
#ifndef SIM_NS3_ATTRIBUTE_TEXT_HH
#define SIM_NS3_ATTRIBUTE_TEXT_HH

#include "sim/ns3/internal.hh"

#include <ns3/attribute.h>
#include <ns3/type-id.h>

#include <map>
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
/* choices: ends with a null pointer. */
bool is_one_of(const std::string &text, const char *const *choices);

/* Reads a text that is a finite number from end to end, with a decimal point in every locale. False if it
 * is none; *number is 0 then. */
bool read_number(const std::string &text, double *number);

/* Which attribute a text is for; a global has no owner. */
struct Name {
    std::string owner, name;
    bool is_time = false;
};

/* Whether ns-3 can read the text as a value that the checker lets through, and can live with it; if not, says
 * so, `where` first. */
ns3c_status check_text(const std::string &where, const Name &attribute,
                       const ns3::Ptr<const ns3::AttributeChecker> &checker, const std::string &text);
/* The part that looks at the tables of limits: of numbers, and of what a type must be. */
ns3c_status check_number(const std::string &where, const Name &attribute, const std::string &text);
ns3c_status check_kind(const std::string &where, const Name &attribute, const std::string &text,
                       ns3::TypeId type);
ns3c_status not_that(const std::string &where, const std::string &text, const std::string &expected);

/* Numbers of an object: those that texts are about to give it, else its own, or its type's defaults if there
 * is none. */
struct ValueOf {
    ns3::TypeId type;
    const ns3::Object *object; /* may be null */
    std::map<std::string, std::string> texts;
    double operator()(const std::string &name) const;
};
/* Whether the numbers of an object of that type go together. */
ns3c_status check_together(const std::string &where, ns3::TypeId type, const ValueOf &value);

} // namespace ns3c_internal

#endif
