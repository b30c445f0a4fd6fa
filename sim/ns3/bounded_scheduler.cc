/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A bound before ns-3's queue of events. */
#include "sim/ns3/bounded_scheduler.hh"
#include "sim/ns3/internal.hh"

#include <typeinfo>

namespace ns3c_internal
{

static BoundedScheduler *last_made;

ns3::TypeId BoundedScheduler::GetTypeId()
{
    static ns3::TypeId id = ns3::TypeId("ns3c::BoundedScheduler")
                                .SetParent<ns3::Scheduler>()
                                .SetGroupName("ns3c")
                                .AddConstructor<BoundedScheduler>();

    return id;
}

BoundedScheduler *BoundedScheduler::latest()
{
    return last_made;
}

BoundedScheduler::BoundedScheduler()
{
    last_made = this;
}

void BoundedScheduler::use(ns3::Ptr<ns3::Scheduler> scheduler)
{
    inner = scheduler;
}

void BoundedScheduler::limit_to(uint64_t time)
{
    limit = time;
}

void BoundedScheduler::Insert(const Scheduler::Event &event)
{
    inner->Insert(event);
    queued++;
}

/* Throws away the cancelled events that are next, so that the head of the queue is one that will happen. */
void BoundedScheduler::purge()
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

bool BoundedScheduler::IsEmpty() const
{
    const_cast<BoundedScheduler *>(this)->purge();
    return queued == 0 || inner->PeekNext().key.m_ts >= limit || ns3c_out_of_memory();
}

ns3::Scheduler::Event BoundedScheduler::PeekNext() const
{
    return inner->PeekNext();
}

ns3::Scheduler::Event BoundedScheduler::RemoveNext()
{
    if (++removed % probe_events == 0)
        probe_memory();
    queued--;
    return inner->RemoveNext();
}

void BoundedScheduler::Remove(const Scheduler::Event &event)
{
    inner->Remove(event);
    queued--;
}

int64_t BoundedScheduler::next()
{
    purge();
    return queued > 0 ? (int64_t)inner->PeekNext().key.m_ts : INT64_MAX;
}

uint64_t BoundedScheduler::pending() const
{
    return queued - cancelled;
}

void BoundedScheduler::count_cancelled()
{
    cancelled++;
}

} // namespace ns3c_internal
