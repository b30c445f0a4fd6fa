/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Named faults: reading the texts, counting the packets. */
#include "sim/net/fault.h"

#include "sim/net/network.h"

#include <string.h>

const char *const fault_control_names[] = {"syn", "synack", "ack", "fin", "rst", NULL};
#define CONTROL_NAMES (G_N_ELEMENTS(fault_control_names) - 1)

void fault_set_init(struct fault_set *set)
{
    set->entries = g_array_new(FALSE, FALSE, sizeof(struct fault_entry));
    set->ues = 0;
}

void fault_set_clear(struct fault_set *set)
{
    g_array_unref(set->entries);
    set->entries = NULL;
}

static bool fault_find_kind(const char *name, size_t length, const char *const *kind_names, uint32_t kinds,
                            uint8_t *kind)
{
    for (uint32_t i = 0; i < kinds; i++)
        if (strlen(kind_names[i]) == length && memcmp(kind_names[i], name, length) == 0) {
            *kind = (uint8_t)i;
            return true;
        }
    for (uint32_t i = 0; i < CONTROL_NAMES; i++)
        if (strlen(fault_control_names[i]) == length && memcmp(fault_control_names[i], name, length) == 0) {
            *kind = (uint8_t)(FAULT_SYN + i);
            return true;
        }
    return false;
}

static char *fault_unknown_kind(const char *const *kind_names, uint32_t kinds)
{
    GString *why = g_string_new("names an unknown kind of packet, expected one of ");

    for (uint32_t i = 0; i < kinds; i++)
        g_string_append_printf(why, "%s, ", kind_names[i]);
    for (uint32_t i = 0; i < CONTROL_NAMES; i++)
        g_string_append_printf(why, i ? ", %s" : "%s", fault_control_names[i]);
    return g_string_free(why, FALSE);
}

/* Digits up to max; moves *at behind them. */
static bool fault_read_number(const char **at, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    const char *digit = *at;

    if (!g_ascii_isdigit(*digit))
        return false;
    for (; g_ascii_isdigit(*digit); digit++) {
        value = value * 10 + (uint64_t)(*digit - '0');
        if (value > max)
            return false;
    }
    *at = digit;
    *out = value;
    return true;
}

/* What follows KIND: [/UE]@N[-M]. */
static bool fault_read_numbers(const char *at, struct fault_entry *entry)
{
    uint64_t ue = 0;

    if (*at == '/') {
        at++;
        if (!fault_read_number(&at, UINT32_MAX, &ue))
            return false;
    }
    entry->ue = (uint32_t)ue;
    if (*at++ != '@' || !fault_read_number(&at, UINT32_MAX, &entry->first))
        return false;
    entry->last = entry->first;
    if (*at == '-') {
        at++;
        if (!fault_read_number(&at, UINT32_MAX, &entry->last))
            return false;
    }
    return *at == '\0' && entry->first > 0 && entry->first <= entry->last;
}

/* What is wrong with one entry (g_free), or NULL. `unknown` is set if it is the kind. */
static char *fault_read_entry(const char *text, const char *const *kind_names, uint32_t kinds, uint32_t ues,
                              struct fault_entry *entry, bool *unknown)
{
    size_t length = strcspn(text, "/@");

    *unknown = false;
    if (!fault_read_numbers(text + length, entry))
        return g_strdup("is not a fault, expected KIND[/UE]@N[-M] such as ack/7@1-2, with 1 <= N <= M");
    if (!fault_find_kind(text, length, kind_names, kinds, &entry->kind)) {
        *unknown = true;
        return fault_unknown_kind(kind_names, kinds);
    }
    if (entry->ue >= ues)
        return g_strdup_printf("names UE %u, expected at most %u, which is the last one", entry->ue, ues - 1);
    return NULL;
}

/* The entries of a text, stripped; none for NULL and blanks. g_strfreev. */
static char **fault_entries_of(const char *text)
{
    char **entries = g_strsplit(text && text[strspn(text, " \t")] ? text : "", ",", -1);

    for (char **at = entries; *at; at++)
        g_strstrip(*at);
    return entries;
}

bool fault_set_parse(struct fault_set *set, const char *text, enum fault_action action,
                     const char *const *kind_names, uint32_t kinds, uint32_t ues, GError **error)
{
    char **texts = fault_entries_of(text);
    bool good = true;

    for (char **at = texts; good && *at; at++) {
        struct fault_entry entry = {.action = (uint8_t)action};
        bool unknown;
        char *why = fault_read_entry(*at, kind_names, kinds, ues, &entry, &unknown);

        good = !why;
        if (good) {
            g_array_append_val(set->entries, entry);
            set->ues |= UINT64_C(1) << (entry.ue & 63);
        } else
            g_set_error(error, NETWORK_ERROR, 0, "fault \"%s\" %s", *at, why);
        g_free(why);
    }
    g_strfreev(texts);
    return good;
}

void fault_text_check(const char *text, const char *const *kind_names, uint32_t kinds, uint32_t ues,
                      fault_complaint *complain, void *user)
{
    char **texts = fault_entries_of(text);

    for (char **at = texts; *at; at++) {
        struct fault_entry entry;
        bool unknown;
        char *why = fault_read_entry(*at, kind_names, kinds, ues, &entry, &unknown);

        if (why) {
            char *kind = unknown ? g_strndup(*at, strcspn(*at, "/@")) : NULL;

            complain(user, *at, why, kind);
            g_free(kind);
        }
        g_free(why);
    }
    g_strfreev(texts);
}

unsigned fault_count(struct fault_set *set, uint32_t ue, unsigned kind)
{
    unsigned actions = 0;

    for (guint i = 0; i < set->entries->len; i++) {
        struct fault_entry *entry = &g_array_index(set->entries, struct fault_entry, i);
        if (entry->ue != ue || entry->kind != kind)
            continue;
        entry->seen++;
        if (entry->seen >= entry->first && entry->seen <= entry->last)
            actions |= entry->action;
    }
    return actions;
}

bool fault_set_read(struct fault_set *set, const struct network_config *config, GError **error)
{
    const struct {
        const char *text;
        enum fault_action action;
    } texts[] = {
        {config->fault_drop, FAULT_DROP},
        {config->fault_duplicate, FAULT_DUPLICATE},
        {config->fault_delay, FAULT_DELAY},
        {config->fault_corrupt, FAULT_CORRUPT},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        if (!fault_set_parse(set, texts[i].text, texts[i].action, config->kind_names, config->kinds,
                             config->topology.ues, error))
            return false;
    return true;
}
