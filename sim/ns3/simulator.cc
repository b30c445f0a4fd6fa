/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The simulator: its life, its clock, events of the program. */
#include "sim/ns3/bounded_scheduler.hh"
#include "sim/ns3/internal.hh"

#include <ns3/boolean.h>
#include <ns3/config.h>
#include <ns3/heap-scheduler.h>
#include <ns3/list-scheduler.h>
#include <ns3/map-scheduler.h>
#include <ns3/names.h>
#include <ns3/object-factory.h>
#include <ns3/priority-queue-scheduler.h>
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <cstdlib>
#include <cstring>
#include <locale>

using ns3c_internal::BoundedScheduler;
using ns3c_internal::caught;
using ns3c_internal::fail;

ns3c::ns3c() = default;
ns3c::~ns3c() = default;

/* ns-3 has one simulator in a process. */
static ns3c *the_one;

/* The scheduler of that name, null if there is none. */
static ns3::Ptr<ns3::Scheduler> make_scheduler(const char *name)
{
    if (name == nullptr || std::strcmp(name, "priority-queue") == 0)
        return ns3::CreateObject<ns3::PriorityQueueScheduler>();
    if (std::strcmp(name, "heap") == 0)
        return ns3::CreateObject<ns3::HeapScheduler>();
    if (std::strcmp(name, "map") == 0)
        return ns3::CreateObject<ns3::MapScheduler>();
    if (std::strcmp(name, "list") == 0)
        return ns3::CreateObject<ns3::ListScheduler>();
    return nullptr;
}

/* A comma would have ns-3 read "10.0" as 10 and a rest, which ends the process when the first node is
 * made. */
static bool has_decimal_point()
{
    return std::use_facet<std::numpunct<char>>(std::locale()).decimal_point() == '.';
}

/* Variables of the environment from which ns-3 takes values, some of them when its libraries are loaded, and
 * keeps them as its own defaults: too late to forget them. nullptr: none is set. */
static const char *set_from_outside()
{
    for (const char *name : {"NS_GLOBAL_VALUE", "NS_ATTRIBUTE_DEFAULT"})
        if (const char *value = std::getenv(name); value != nullptr && *value != '\0')
            return name;
    return nullptr;
}

ns3c_status ns3c_new(const ns3c_options *options, ns3c **out)
try {
    static const ns3c_options defaults = {};
    const ns3c_options *chosen = options != nullptr ? options : &defaults;
    ns3::Ptr<ns3::Scheduler> scheduler;
    ns3::ObjectFactory factory;

    if (the_one == nullptr)
        ns3c_internal::keep_reserve();
    ns3c_internal::need_room();
    scheduler = make_scheduler(chosen->scheduler);
    if (out == nullptr)
        return fail(NS3C_INVALID, "ns3c_new: nowhere to put the simulator");
    if (the_one != nullptr)
        return fail(NS3C_STATE, "ns3c_new: a simulator lives already; ns-3 knows one at a time");
    if (!has_decimal_point())
        return fail(NS3C_STATE,
                    "ns3c_new: the global locale of C++ has another decimal point than '.', and ns-3 "
                    "reads numbers by it");
    if (const char *name = set_from_outside())
        return fail(
            NS3C_STATE,
            "ns3c_new: the environment sets %s, from which ns-3 takes values that this program does not see; "
            "expected it unset",
            name);
    if (scheduler == nullptr)
        return fail(NS3C_INVALID, "ns3c_new: scheduler \"%s\"; expected priority-queue, heap, map or list",
                    chosen->scheduler);
    if (chosen->seed > UINT32_C(4294944442))
        return fail(NS3C_INVALID, "ns3c_new: seed %u; expected at most 4294944442", chosen->seed);
    ns3::Config::SetGlobal("RngSeed", ns3::UintegerValue(chosen->seed != 0 ? chosen->seed : 1));
    ns3::Config::SetGlobal("RngRun", ns3::UintegerValue(chosen->run != 0 ? chosen->run : 1));
    ns3::Config::SetGlobal("ChecksumEnabled", ns3::BooleanValue(chosen->checksums));
    factory.SetTypeId(BoundedScheduler::GetTypeId());
    ns3::Simulator::SetScheduler(factory);

    the_one = new ns3c;
    the_one->scheduler = BoundedScheduler::latest();
    the_one->scheduler->use(scheduler);
    *out = the_one;
    return NS3C_OK;
} catch (...) {
    /* What ns-3 has made of its simulator by now stays: the next one goes on with it. */
    return caught(__func__);
}

/* What is left of a simulator, and of ns-3's. A destructor that finds no memory leaves its object. */
static void take_down(ns3c *sim) noexcept
{
    try {
        ns3::Simulator::Destroy();
        ns3::Names::Clear();
        ns3::Config::Reset();
    } catch (...) {
        caught(__func__);
    }
    the_one = nullptr;
    delete sim;
    ns3c_internal::forget_memory();
}

void ns3c_free(ns3c *sim)
{
    if (sim == nullptr || sim->running || sim->calls > 0)
        return;
    sim->on_drop = nullptr;
    for (auto &device : sim->devices)
        device->fate = nullptr;
    sim->scheduler->limit_to(UINT64_MAX);
    take_down(sim);
}

int64_t ns3c_now(const ns3c *)
{
    return ns3::Simulator::Now().GetTimeStep();
}

/* Gives the event a slot and returns its id. */
static uint64_t take_slot(ns3c *sim, ns3c_internal::Event *event)
{
    if (sim->free_slot == 0) {
        sim->slots.push_back({nullptr, 0, 0});
        sim->free_slot = (uint32_t)sim->slots.size();
    }
    uint32_t slot = sim->free_slot;
    ns3c::Slot &entry = sim->slots[slot - 1];

    sim->free_slot = entry.next_free;
    entry.event = event;
    event->slot = slot;
    return (uint64_t)entry.generation << 32 | slot;
}

static void give_slot_back(ns3c *sim, uint32_t slot)
{
    ns3c::Slot &entry = sim->slots[slot - 1];

    entry.event = nullptr;
    entry.generation++;
    entry.next_free = sim->free_slot;
    sim->free_slot = slot;
}

void ns3c_internal::Event::Notify()
{
    if (slot != 0)
        give_slot_back(sim, slot);
    fn(user, argument);
}

ns3c_status ns3c_schedule(ns3c *sim, int64_t delay_ns, ns3c_event_fn *fn, void *user, uint64_t argument,
                          uint64_t *id)
try {
    ns3c_internal::need_memory();
    if (sim == nullptr || fn == nullptr)
        return fail(NS3C_INVALID, "ns3c_schedule: no simulator, or no function");
    if (delay_ns < 0 || delay_ns >= INT64_MAX - ns3c_now(sim))
        return fail(NS3C_INVALID,
                    "ns3c_schedule: delay of %lld ns; expected 0 or more, and the end of time not reached",
                    (long long)delay_ns);
    auto *event = new ns3c_internal::Event(sim, fn, user, argument);

    if (id != nullptr)
        *id = take_slot(sim, event);
    ns3::Simulator::ScheduleWithContext(ns3::Simulator::NO_CONTEXT, ns3::TimeStep((uint64_t)delay_ns), event);
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

void ns3c_cancel(ns3c *sim, uint64_t id)
{
    uint32_t slot = (uint32_t)id;

    if (sim == nullptr || slot == 0 || slot > sim->slots.size())
        return;
    ns3c::Slot &entry = sim->slots[slot - 1];

    if (entry.event == nullptr || entry.generation != (uint32_t)(id >> 32))
        return;
    entry.event->Cancel();
    sim->scheduler->count_cancelled();
    give_slot_back(sim, slot);
}

/* Memory may run out in an event, or in a call of the program from within one. */
static ns3c_status run_events()
try {
    ns3::Simulator::Run();
    ns3c_internal::need_memory();
    return NS3C_OK;
} catch (...) {
    return caught("ns3c_run");
}

ns3c_status ns3c_run(ns3c *sim, int64_t until_ns, ns3c_run_end *end)
{
    if (sim == nullptr)
        return fail(NS3C_INVALID, "ns3c_run: no simulator");
    if (sim->running || sim->calls > 0)
        return fail(NS3C_STATE, "ns3c_run: called from within a callback");
    sim->running = true;
    sim->stopped = false;
    sim->scheduler->limit_to(until_ns == INT64_MAX ? UINT64_MAX : until_ns < 0 ? 0 : (uint64_t)until_ns);
    ns3c_status status = run_events();
    sim->scheduler->limit_to(UINT64_MAX);
    sim->running = false;
    if (status != NS3C_OK)
        return status;
    if (end != nullptr)
        *end = sim->stopped                          ? NS3C_RUN_STOPPED
               : sim->scheduler->next() == INT64_MAX ? NS3C_RUN_DRY
                                                     : NS3C_RUN_REACHED;
    return NS3C_OK;
}

void ns3c_stop(ns3c *sim)
{
    if (sim == nullptr || !sim->running)
        return;
    sim->stopped = true;
    ns3::Simulator::Stop();
}

uint64_t ns3c_events(const ns3c *)
{
    return ns3::Simulator::GetEventCount();
}

uint64_t ns3c_pending(const ns3c *sim)
{
    return sim->scheduler->pending();
}

int64_t ns3c_next(const ns3c *sim)
{
    return sim->scheduler->next();
}

int64_t ns3c_internal::take_streams(ns3c *sim, int64_t count)
{
    int64_t first = sim->streams;

    sim->streams += count;
    return first;
}
