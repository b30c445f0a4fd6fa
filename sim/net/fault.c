/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Named faults: reading the texts, counting the packets. */
#include "sim/net/fault.h"

#include "sim/net/network.h"

#include <string.h>

static const char *const control_names[] = {"syn", "synack", "ack", "fin", "rst"};

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

static bool find_kind(const char *name, size_t length, const char *const *kind_names, uint32_t kinds,
                      uint8_t *kind)
{
    for (uint32_t i = 0; i < kinds; i++)
        if (strlen(kind_names[i]) == length && memcmp(kind_names[i], name, length) == 0) {
            *kind = (uint8_t)i;
            return true;
        }
    for (uint32_t i = 0; i < G_N_ELEMENTS(control_names); i++)
        if (strlen(control_names[i]) == length && memcmp(control_names[i], name, length) == 0) {
            *kind = (uint8_t)(FAULT_SYN + i);
            return true;
        }
    return false;
}

static void set_unknown_kind(GError **error, const char *entry, const char *const *kind_names, uint32_t kinds)
{
    GString *known = g_string_new(NULL);

    for (uint32_t i = 0; i < kinds; i++)
        g_string_append_printf(known, "%s, ", kind_names[i]);
    for (uint32_t i = 0; i < G_N_ELEMENTS(control_names); i++)
        g_string_append_printf(known, i ? ", %s" : "%s", control_names[i]);
    g_set_error(error, NETWORK_ERROR, 0, "fault '%s': no such kind of packet; known are %s", entry,
                known->str);
    g_string_free(known, TRUE);
}

/* Digits up to max; moves *at behind them. */
static bool read_number(const char **at, uint64_t max, uint64_t *out)
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
static bool read_numbers(const char *at, struct fault_entry *entry)
{
    uint64_t ue = 0;

    if (*at == '/') {
        at++;
        if (!read_number(&at, UINT32_MAX, &ue))
            return false;
    }
    entry->ue = (uint32_t)ue;
    if (*at++ != '@' || !read_number(&at, UINT32_MAX, &entry->first))
        return false;
    entry->last = entry->first;
    if (*at == '-') {
        at++;
        if (!read_number(&at, UINT32_MAX, &entry->last))
            return false;
    }
    return *at == '\0' && entry->first > 0 && entry->first <= entry->last;
}

bool fault_set_parse(struct fault_set *set, const char *text, enum fault_action action,
                     const char *const *kind_names, uint32_t kinds, uint32_t ues, GError **error)
{
    if (!text || text[strspn(text, " \t")] == '\0')
        return true;

    char **texts = g_strsplit(text, ",", -1);
    bool good = true;
    for (char **at = texts; good && *at; at++) {
        const char *name = g_strstrip(*at);
        struct fault_entry entry = {.action = (uint8_t)action};
        size_t length = strcspn(name, "/@");

        good = false;
        if (!read_numbers(name + length, &entry))
            g_set_error(error, NETWORK_ERROR, 0,
                        "fault '%s': expected KIND[/UE]@N[-M], such as ack/7@1-2, with 1 <= N <= M", name);
        else if (!find_kind(name, length, kind_names, kinds, &entry.kind))
            set_unknown_kind(error, name, kind_names, kinds);
        else if (entry.ue >= ues)
            g_set_error(error, NETWORK_ERROR, 0, "fault '%s': there is no UE %u, the last one is %u", name,
                        entry.ue, ues - 1);
        else
            good = true;
        if (good) {
            g_array_append_val(set->entries, entry);
            set->ues |= UINT64_C(1) << (entry.ue & 63);
        }
    }
    g_strfreev(texts);
    return good;
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
