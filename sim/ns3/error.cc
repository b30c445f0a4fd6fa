/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What went wrong, as a status and as a sentence. */
#include "sim/ns3/internal.hh"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <locale>
#include <new>
#include <sstream>
#include <sys/mman.h>

static char last_error[512];

/* ns-3 is not written for exceptions: where it reads a setting through a stream, which swallows them, it ends
 * the process. So the first allocation that fails gets the reserve, what is under way goes to its end with
 * that, and then the border reports that memory is out. Only a call that needs more than the reserve gets an
 * exception. */
static const std::size_t reserve_bytes = std::size_t(1) << 20;
static void *reserve;
static bool out_of_memory;
static std::new_handler handler_before;

static void run_out()
{
    out_of_memory = true;
    std::free(reserve);
    reserve = nullptr;
}

static void on_no_memory()
{
    bool none_left = reserve == nullptr;

    if (handler_before != nullptr) {
        handler_before(); /* returns if it has freed some */
        return;
    }
    run_out();
    if (none_left)
        throw std::bad_alloc();
}

void ns3c_internal::keep_reserve()
{
    out_of_memory = false;
    if (reserve == nullptr)
        reserve = std::malloc(reserve_bytes);
    if (reserve == nullptr)
        throw std::bad_alloc();
    std::memset(reserve, 1, reserve_bytes); /* or it would be a promise that the system may break */
    if (std::get_new_handler() != on_no_memory)
        handler_before = std::set_new_handler(on_no_memory);
}

void ns3c_internal::forget_memory()
{
    if (std::get_new_handler() == on_no_memory)
        std::set_new_handler(handler_before);
    std::free(reserve);
    reserve = nullptr;
    out_of_memory = false;
}

bool ns3c_out_of_memory(void)
{
    return out_of_memory;
}

/* Some of ns-3's allocations are malloc()s that it does not check, one in each object. So there has to be
 * room before they come. */
void ns3c_internal::probe_memory()
{
    void *room = mmap(nullptr, reserve_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (room == MAP_FAILED)
        run_out();
    else
        munmap(room, reserve_bytes);
}

void ns3c_internal::need_room()
{
    probe_memory();
    need_memory();
}

void ns3c_internal::need_memory()
{
    if (out_of_memory)
        throw std::bad_alloc();
}

ns3c_status ns3c_internal::caught(const char *function) noexcept
{
    try {
        throw;
    } catch (const std::bad_alloc &) {
        out_of_memory = true;
        return fail(NS3C_MEMORY, "%s", function);
    } catch (const std::exception &exception) {
        return fail(NS3C_INVALID, "%s: %s", function, exception.what());
    }
}

ns3c_status ns3c_internal::fail(ns3c_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    std::vsnprintf(last_error, sizeof last_error, format, arguments);
    va_end(arguments);
    if (!out_of_memory)
        return status;
    /* That is the reason, even if it looked like another one. */
    std::snprintf(last_error, sizeof last_error, "ns-3: failed to allocate memory");
    return NS3C_MEMORY;
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
    case NS3C_MEMORY:
        return "out of memory";
    }
    return "unknown status";
}

const char *ns3c_version(void)
{
    return "3.37";
}
