/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The gate before ns-3's queue of events. */
#include "sim/ns3/gate.hh"
#include "sim/ns3/internal.hh"

#include <typeinfo>

namespace ns3c_internal
{

static Gate *last_made;

ns3::TypeId Gate::GetTypeId()
{
    static ns3::TypeId id =
        ns3::TypeId("ns3c::Gate").SetParent<ns3::Scheduler>().SetGroupName("ns3c").AddConstructor<Gate>();

    return id;
}

Gate *Gate::latest()
{
    return last_made;
}

Gate::Gate()
{
    last_made = this;
}

void Gate::use(ns3::Ptr<ns3::Scheduler> scheduler)
{
    inner = scheduler;
}

void Gate::close_at(uint64_t time)
{
    limit = time;
}

void Gate::Insert(const Scheduler::Event &event)
{
    inner->Insert(event);
    queued++;
}

/* Throws away the cancelled events that are next, so that the head of the queue is one that will happen. */
void Gate::purge()
{
    while (queued > 0) {
        ns3::EventImpl *event = inner->PeekNext().impl;

        if (!event->IsCancelled())
            return;
        inner->RemoveNext();
        queued--;
        if (typeid(*event) == typeid(ns3c_internal::Event))
            cancelled--;
        event->Unref();
    }
}

bool Gate::IsEmpty() const
{
    const_cast<Gate *>(this)->purge();
    return queued == 0 || inner->PeekNext().key.m_ts >= limit || ns3c_out_of_memory();
}

ns3::Scheduler::Event Gate::PeekNext() const
{
    return inner->PeekNext();
}

ns3::Scheduler::Event Gate::RemoveNext()
{
    if (++removed % probe_events == 0)
        probe_memory();
    queued--;
    return inner->RemoveNext();
}

void Gate::Remove(const Scheduler::Event &event)
{
    inner->Remove(event);
    queued--;
}

int64_t Gate::next()
{
    purge();
    return queued > 0 ? (int64_t)inner->PeekNext().key.m_ts : INT64_MAX;
}

uint64_t Gate::pending() const
{
    return queued - cancelled;
}

void Gate::count_cancelled()
{
    cancelled++;
}

} // namespace ns3c_internal
