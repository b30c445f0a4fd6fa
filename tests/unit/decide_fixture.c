/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Deployments and tallies for tests of deciding. */
#include "tests/unit/decide_fixture.h"

#include "tests/unit/storm_fixture.h"

#include <stdlib.h>

void decide_set_up_services(struct decide_fixture *f, const char *const settings[DECIDE_SETTINGS + 1],
                            unsigned services)
{
    f->scenario =
        fixture_scenario("ue.count=4", settings[0], settings[1], settings[2], settings[3], settings[4], NULL);
    deployment_init(&f->deployment, f->scenario);
    while (f->deployment.service_count < services)
        deployment_add_service(&f->deployment, (uint16_t)(5 + f->deployment.service_count));
    tally_init(&f->tally, services);
}

void decide_set_up(struct decide_fixture *f, const char *const settings[DECIDE_SETTINGS + 1])
{
    decide_set_up_services(f, settings, 1);
}

void decide_tear_down(struct decide_fixture *f)
{
    tally_clear(&f->tally);
    scenario_free(f->scenario);
}

void decide_say(GString *words, const char *format, ...)
{
    va_list arguments;

    if (words->len > 0)
        g_string_append_c(words, ' ');
    va_start(arguments, format);
    g_string_append_vprintf(words, format, arguments);
    va_end(arguments);
}

const char *decide_time(int64_t ns)
{
    static char text[32];

    if (ns % CLOCK_SECOND == 0)
        g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT "s", ns / CLOCK_SECOND);
    else if (ns % CLOCK_MILLISECOND == 0)
        g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT "ms", ns / CLOCK_MILLISECOND);
    else
        g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT "ns", ns);
    return text;
}

static void decide_say_number(GString *words, const char *name, int64_t number)
{
    if (number == 1)
        decide_say(words, "%s", name);
    else if (number != 0)
        decide_say(words, "%s=%" G_GINT64_FORMAT, name, number);
}

static void decide_say_procedure(GString *words, const char *name, const struct histogram *h)
{
    if (h->count == 1)
        decide_say(words, "%s:%s", name, decide_time(h->max_ns));
    else if (h->count > 1)
        decide_say(words, "%s:%s*%" G_GUINT64_FORMAT, name, decide_time(h->max_ns), h->count);
}

/* The name of what was counted for a service. Until the next call. */
static const char *decide_of_service(const char *name, unsigned service)
{
    static char text[64];

    g_snprintf(text, sizeof text, service == 0 ? "%s" : "%s@%u", name, service);
    return text;
}

static void decide_service_words(GString *words, const struct tally_service *tally, unsigned service)
{
#define X(name, unit, meaning)                                                                               \
    decide_say_number(words, decide_of_service(#name, service), tally->counters[COUNT_##name]);
    MODEL_COUNTERS(X)
#undef X
    for (unsigned i = 0; i < DURATIONS_MAX; i++) {
        char name[16];

        g_snprintf(name, sizeof name, "within_%u", i + 1);
        decide_say_number(words, decide_of_service(name, service), tally->keyed_within[i]);
    }
    if (tally->last_keyed_ns >= 0)
        decide_say(words, "%s:%s", decide_of_service("last_keyed", service),
                   decide_time(tally->last_keyed_ns));
}

static GString *decide_tally_words(const struct tally *tally)
{
    GString *words = g_string_new(NULL);

#define X(name, unit, meaning) decide_say_number(words, #name, tally->counters[COUNT_##name]);
    MODEL_COUNTERS(X)
#undef X
#define X(name, meaning) decide_say_procedure(words, #name, &tally->latency[PROCEDURE_##name]);
    MODEL_PROCEDURES(X)
#undef X
#define X(name, meaning) decide_say_number(words, #name "/s", tally->rates[RATE_##name].max);
    MODEL_RATES(X)
#undef X
    for (unsigned i = 0; i < tally->service_count; i++)
        decide_service_words(words, &tally->services[i], i);
    return words;
}

static int decide_compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The same words in the order of their letters. */
static char *decide_sorted(const char *words)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);

    qsort(list, g_strv_length(list), sizeof *list, decide_compare_words);
    return g_strjoinv(" ", list);
}

void decide_counted(struct decide_fixture *f, const char *expected)
{
    GString *words = decide_tally_words(&f->tally);
    g_autofree char *was = decide_sorted(words->str), *should = decide_sorted(expected);

    g_assert_cmpstr(was, ==, should);
    g_string_free(words, TRUE);
    tally_clear(&f->tally);
    tally_init(&f->tally, f->deployment.service_count);
}
