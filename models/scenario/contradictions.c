/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Values that are right one by one and wrong together. Every rule of that sort is here. */
#include "models/scenario/contradictions.h"

#include "models/scenario/scenario.h"
#include "models/scenario/words.h"
#include "sim/base/clock.h"
#include "sim/base/limits.h"
#include "sim/config/mistakes.h"
#include "sim/config/timeline.h"

#include <string.h>

#define IP_TCP_HEADERS 60 /* the larger: IPv6 and TCP without options */

struct check {
    const struct scenario *scenario;
    struct mistakes *mistakes;
};

/* The values of two keys as they were written, for a message. */
static const char *text_of(const struct check *check, const char *section, const char *name)
{
    return scenario_value_text(check->scenario, scenario_key(section, name));
}

#define contradiction(check, section, name, ...)                                                             \
    mistakes_add_at((check)->mistakes, CONFIG_ERROR_CONTRADICTION, section, name, __VA_ARGS__)

/* The key that a contradiction between two is reported at: the one that was set, not the one left at its
 * default. */
static bool was_set(const struct check *check, const char *section, const char *name)
{
    return mistakes_origin(check->mistakes, section, name) != NULL;
}

/* Reports that `low` must not exceed `high`, of these sections. */
static void must_not_exceed(const struct check *check, const char *of_low, const char *low,
                            const char *of_high, const char *high)
{
    const char *low_text = text_of(check, of_low, low), *high_text = text_of(check, of_high, high);

    if (!was_set(check, of_low, low) && was_set(check, of_high, high))
        contradiction(check, of_high, high, "%s is below %s.%s = %s, expected at least that", high_text,
                      of_low, low, low_text);
    else
        contradiction(check, of_low, low, "%s is above %s.%s = %s, expected at most that", low_text, of_high,
                      high, high_text);
}

/* A key that a contradiction is reported at. */
struct place {
    const char *section, *name;
};

/* Of several, the first that was set, or else the first. */
static struct place place_of(const struct check *check, const struct place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (was_set(check, places[i].section, places[i].name))
            return places[i];
    return places[0];
}

/* The shares of UEs that begin in an unusual state exclude one another. Reported at the last one set. */
static void shares_exceed(const struct check *check)
{
    static const char *const names[] = {"muk_expired", "muk_ahead", "muk_unknown", "muk_unproven"};
    const char *place = names[0];

    for (size_t i = 1; i < G_N_ELEMENTS(names); i++)
        if (was_set(check, "ue", names[i]))
            place = names[i];
    contradiction(
        check, "ue", place,
        "muk_expired + muk_ahead + muk_unknown + muk_unproven = %s + %s + %s + %s is more than all UEs, "
        "expected a sum of at most 1",
        text_of(check, "ue", names[0]), text_of(check, "ue", names[1]), text_of(check, "ue", names[2]),
        text_of(check, "ue", names[3]));
}

static void uneven(const struct check *check)
{
    static const struct place places[] = {{"ue", "cell_variation"}, {"ue", "placement"}};
    const struct place place = place_of(check, places, G_N_ELEMENTS(places));

    contradiction(
        check, place.section, place.name,
        "cells cannot differ by ue.cell_variation = %s where ue.placement = even deals the UEs out evenly, "
        "expected random, or no variation",
        text_of(check, "ue", "cell_variation"));
}

static void check_ues(const struct check *check)
{
    const struct scenario *s = check->scenario;
    /* Decimal shares that add up to 1 may miss it by a few units in the last place. */
    double shares = s->ue_muk_expired + s->ue_muk_ahead + s->ue_muk_unknown + s->ue_muk_unproven;

    if (s->ue_cells > s->ue_count)
        must_not_exceed(check, "ue", "cells", "ue", "count");
    if (s->ue_cell_variation > 0 && s->ue_placement == PLACEMENT_EVEN)
        uneven(check);
    if (s->ue_retry_base > s->ue_retry_cap)
        must_not_exceed(check, "ue", "retry_base", "ue", "retry_cap");
    if (s->bmsc_retry_after > s->ue_retry_after_max)
        must_not_exceed(check, "bmsc", "retry_after", "ue", "retry_after_max");
    if (s->bsf_retry_after > s->ue_retry_after_max)
        must_not_exceed(check, "bsf", "retry_after", "ue", "retry_after_max");
    if (shares > 1 + 1e-12)
        shares_exceed(check);
    if (s->access_ip_version == IP_4 && s->ue_count > LIMITS_IPV4_UES)
        contradiction(check, "access", "ip_version",
                      "4 has addresses for %d UEs (10/8), and ue.count = %s, expected 6 or auto",
                      LIMITS_IPV4_UES, text_of(check, "ue", "count"));
}

/* A key that expires soon from the beginning would be asked for again and again. */
static void check_muk(const struct check *check)
{
    const struct scenario *s = check->scenario;
    bool own = s->bmsc_muk_lifetime > 0 && s->bmsc_muk_lifetime < s->gba_lifetime;
    int64_t lifetime = own ? s->bmsc_muk_lifetime : s->gba_lifetime;
    const struct place places[] = {{"bmsc", "muk_margin"},
                                   own ? (struct place){"bmsc", "muk_lifetime"}
                                       : (struct place){"gba", "lifetime"}};
    const struct place place = place_of(check, places, G_N_ELEMENTS(places));

    /* Instants of keys are whole seconds, on Ub and on Zn: up to one less is left. */
    if (s->bmsc_muk_margin > lifetime - CLOCK_SECOND)
        contradiction(
            check, place.section, place.name,
            "bmsc.muk_margin = %s is not a second below the lifetime of a MUK (%s.%s = %s): each new one "
            "would expire soon, expected a margin of less, or a longer lifetime",
            text_of(check, "bmsc", "muk_margin"), places[1].section, places[1].name,
            text_of(check, places[1].section, places[1].name));
}

static void check_run(const struct check *check)
{
    const struct scenario *s = check->scenario;
    static const struct place places[] = {{"pull", "start"}, {"run", "end"}};
    const struct place place = place_of(check, places, G_N_ELEMENTS(places));

    if (s->pull_start >= s->run_end)
        contradiction(check, place.section, place.name,
                      "the first pull (pull.start = %s) would come after the end of the run (run.end = %s), "
                      "expected pull.start < run.end",
                      text_of(check, "pull", "start"), text_of(check, "run", "end"));
}

/* Events at run.end do not run, so a change there would change nothing. One mistake for a section. */
static void check_timeline(const struct check *check)
{
    const struct timeline *timeline = &check->scenario->config.timeline;

    for (unsigned i = 0; i < timeline->count; i++) {
        const struct timeline_entry *entry = &timeline->entries[i];
        char *origin;

        if (entry->time_ns < check->scenario->run_end || (i > 0 && entry[-1].time_ns == entry->time_ns))
            continue;
        origin = g_strdup_printf("%s:%u", check->mistakes->path, entry->line);
        mistakes_add(check->mistakes, CONFIG_ERROR_CONTRADICTION, origin,
                     "[at %s]: is not before the end of the run (run.end = %s), expected an earlier time",
                     entry->time, text_of(check, "run", "end"));
        g_free(origin);
    }
}

/* Keys are up to two lifetimes old at the start, and live up to one beyond the end. */
static void check_dates(const struct check *check)
{
    const struct scenario *s = check->scenario;
    int64_t lifetime_s = s->gba_lifetime / CLOCK_SECOND, end_s = s->run_end / CLOCK_SECOND + 1;
    static const struct place places[] = {{"run", "epoch"}, {"gba", "lifetime"}, {"run", "end"}};
    const struct place place = place_of(check, places, G_N_ELEMENTS(places));

    if (s->run_epoch - 2 * lifetime_s < LIMITS_TIME_MIN ||
        s->run_epoch + end_s + lifetime_s >= LIMITS_TIME_END)
        contradiction(check, place.section, place.name,
                      "keys made up to two lifetimes before run.epoch = %s, and one after run.end = %s, "
                      "would go beyond "
                      "1968 or 2104, which Diameter cannot tell (gba.lifetime = %s), expected less",
                      text_of(check, "run", "epoch"), text_of(check, "run", "end"),
                      text_of(check, "gba", "lifetime"));
}

static void queue_holds_segment(const struct check *check, const char *section, int64_t limit)
{
    if (limit < check->scenario->tcp_mss + IP_TCP_HEADERS)
        contradiction(check, section, "queue_limit",
                      "%s cannot hold one TCP segment (tcp.mss = %s and %d bytes of headers), expected more",
                      text_of(check, section, "queue_limit"), text_of(check, "tcp", "mss"), IP_TCP_HEADERS);
}

static void check_tcp(const struct check *check)
{
    const struct scenario *s = check->scenario;

    if (s->tcp_rto_min > s->tcp_rto_max)
        must_not_exceed(check, "tcp", "rto_min", "tcp", "rto_max");
    if (s->tcp_rto_initial > s->tcp_rto_max)
        must_not_exceed(check, "tcp", "rto_initial", "tcp", "rto_max");
    queue_holds_segment(check, "access", s->access_queue_limit);
    queue_holds_segment(check, "core", s->core_queue_limit);
}

static void check_operator(const struct check *check)
{
    static const char *const names[] = {"mcc", "mnc"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *text = text_of(check, "operator", names[i]);

        if (strspn(text, "0123456789") != strlen(text))
            contradiction(check, "operator", names[i], "\"%s\" is not a number, expected digits only", text);
    }
}

void contradictions_find(const struct config *config, struct mistakes *mistakes)
{
    struct check check = {scenario_of(config), mistakes};

    check_run(&check);
    check_timeline(&check);
    check_operator(&check);
    check_ues(&check);
    check_muk(&check);
    check_dates(&check);
    check_tcp(&check);
}
