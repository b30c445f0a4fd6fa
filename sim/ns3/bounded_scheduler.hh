/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bounded scheduler: an ns3::Scheduler around another one, which ends a run at a given time and lets no
 * cancelled event prolong it. ns-3's simulator goes on until its scheduler is empty; this one claims to be
 * empty when the next event is not due. */
#ifndef SIM_NS3_BOUNDED_SCHEDULER_HH
#define SIM_NS3_BOUNDED_SCHEDULER_HH

#include <ns3/event-impl.h>
#include <ns3/scheduler.h>

#include "sim/ns3/ns3c.h"

namespace ns3c_internal
{

/* An event of the program. One object: ns-3 counts its references and deletes it. */
class Event : public ns3::EventImpl
{
  public:
    Event(ns3c *s, ns3c_event_fn *f, void *u, uint64_t a) : sim(s), fn(f), user(u), argument(a)
    {
    }
    ns3c *sim;
    ns3c_event_fn *fn;
    void *user;
    uint64_t argument;
    uint32_t slot = 0; /* + 1; 0: it cannot be cancelled */

  protected:
    void Notify() override;
};

class BoundedScheduler : public ns3::Scheduler
{
  public:
    static ns3::TypeId GetTypeId();
    /* ns-3 makes schedulers itself, by type; this is the last one it made. */
    static BoundedScheduler *latest();
    BoundedScheduler();

    void Insert(const Scheduler::Event &event) override;
    bool IsEmpty() const override;
    Scheduler::Event PeekNext() const override;
    Scheduler::Event RemoveNext() override;
    void Remove(const Scheduler::Event &event) override;

    /* Which scheduler keeps the events; before the first one is inserted. */
    void use(ns3::Ptr<ns3::Scheduler> scheduler);
    /* Only events that are due before this time are handed out. */
    void limit_to(uint64_t time);
    /* Time of the next live event, INT64_MAX if there is none. */
    int64_t next();
    /* In the queue, but for those that ns3c_cancel() has cancelled. */
    uint64_t pending() const;
    /* One of the program's events in the queue was cancelled. */
    void count_cancelled();

  private:
    /* What so many events may allocate, a megabyte, is looked for beforehand. */
    static constexpr uint64_t probe_events = 64;

    void purge();

    ns3::Ptr<ns3::Scheduler> inner;
    uint64_t limit = UINT64_MAX;
    uint64_t queued = 0;
    uint64_t removed = 0;
    uint64_t cancelled = 0; /* of `queued`: the program's own that were cancelled */
};

} // namespace ns3c_internal

#endif
