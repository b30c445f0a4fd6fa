/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Guards of a TCP end while its code runs; for the files that implement it. */
#ifndef SIM_NS3_TCP_ENTRY_HH
#define SIM_NS3_TCP_ENTRY_HH

#include "sim/ns3/transport.hh"

#include <exception>

/* A way into ns-3's code from an event. */
class ns3c_internal::TcpEnd::Entry
{
  public:
    explicit Entry(TcpEnd *of) : end(of)
    {
        end->depth++;
    }
    /* Settling may run out of memory; what unwinds because of that is past settling. */
    ~Entry() noexcept(false)
    {
        if (--end->depth == 0 && !ns3c_out_of_memory() && std::uncaught_exceptions() == 0)
            end->settle(true);
    }
    Entry(const Entry &) = delete;

  private:
    const ns3::Ptr<TcpEnd> end;
};

/* A way into it from a call of the program, during which no handler may be called. */
class ns3c_internal::TcpEnd::Call
{
  public:
    explicit Call(TcpEnd *of) : end(of), calling(of->ports->node->sim)
    {
        end->depth++;
    }
    ~Call() noexcept(false)
    {
        if (--end->depth == 0 && !ns3c_out_of_memory() && std::uncaught_exceptions() == 0)
            end->settle(false);
    }
    Call(const Call &) = delete;

  private:
    const ns3::Ptr<TcpEnd> end;
    Calling calling;
};

#endif
