/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What went wrong, as a status and as a sentence. */
#include "sim/ns3/internal.hh"

#include <cstdarg>
#include <cstdio>
#include <locale>
#include <sstream>

static char last_error[512];

ns3c_status ns3c_internal::fail(ns3c_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    std::vsnprintf(last_error, sizeof last_error, format, arguments);
    va_end(arguments);
    return status;
}

std::string ns3c_internal::number_text(double number)
{
    std::ostringstream out;

    out.imbue(std::locale::classic());
    out << number;
    return out.str();
}

const char *ns3c_error(void)
{
    return last_error;
}

const char *ns3c_status_name(enum ns3c_status status)
{
    switch (status) {
    case NS3C_OK:
        return "ok";
    case NS3C_INVALID:
        return "invalid";
    case NS3C_UNKNOWN:
        return "unknown";
    case NS3C_STATE:
        return "wrong state";
    case NS3C_NO_ROUTE:
        return "no route";
    case NS3C_IN_USE:
        return "in use";
    case NS3C_AGAIN:
        return "again";
    case NS3C_FILE:
        return "file";
    }
    return "unknown status";
}

const char *ns3c_version(void)
{
    return "3.37";
}
