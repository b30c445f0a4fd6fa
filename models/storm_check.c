/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What only the models know to be wrong with a scenario: which packets its named faults may name. */
#include "models/storm_private.h"

#include "sim/config/mistakes.h"
#include "sim/config/suggest.h"
#include "sim/net/fault.h"

#include <string.h>

const char *const storm_kind_names[MESSAGE_KIND_COUNT] = {
#define X(name, meaning) #name,
    MESSAGE_KINDS(X)
#undef X
};

struct check {
    struct mistakes *mistakes;
    const char *key; /* of section fault */
};

static bool between_servers(const char *kind)
{
    for (unsigned i = MESSAGE_KIND_RADIO_COUNT; i < MESSAGE_KIND_COUNT; i++)
        if (strcmp(storm_kind_names[i], kind) == 0)
            return true;
    return false;
}

static void complain(void *user, const char *entry, const char *why, const char *unknown_kind)
{
    const struct check *check = user;
    struct suggestion suggestion = {unknown_kind, NULL, 0};

    if (!unknown_kind) {
        mistakes_add_at(check->mistakes, CONFIG_ERROR_VALUE, "fault", check->key, "\"%s\" %s", entry, why);
        return;
    }
    if (between_servers(unknown_kind)) {
        mistakes_add_at(
            check->mistakes, CONFIG_ERROR_VALUE, "fault", check->key,
            "\"%s\" would do nothing: %s goes from server to server, and faults are applied at a UE's "
            "radio link; expected a kind that a UE sends or receives",
            entry, unknown_kind);
        return;
    }
    for (unsigned i = 0; i < MESSAGE_KIND_RADIO_COUNT; i++)
        suggest_offer(&suggestion, storm_kind_names[i]);
    for (const char *const *name = fault_control_names; *name; name++)
        suggest_offer(&suggestion, *name);
    mistakes_add_at(check->mistakes, CONFIG_ERROR_UNKNOWN, "fault", check->key,
                    "\"%s\" %s (did you mean %s?)", entry, why, suggestion.nearest);
}

void storm_check(const struct config *config, struct mistakes *mistakes)
{
    const struct scenario *scenario = scenario_of(config);
    const struct {
        const char *key, *text;
    } faults[] = {{"drop", scenario->fault_drop},
                  {"duplicate", scenario->fault_duplicate},
                  {"delay", scenario->fault_delay},
                  {"corrupt", scenario->fault_corrupt}};
    /* With a mistake elsewhere, ue.count may be its default. */
    uint32_t ues = mistakes->values_right ? (uint32_t)scenario->ue_count : UINT32_MAX;

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        struct check check = {mistakes, faults[i].key};

        fault_text_check(faults[i].text, storm_kind_names, MESSAGE_KIND_RADIO_COUNT, ues, complain, &check);
    }
}

bool storm_scenario_right(const struct scenario *scenario, GError **error)
{
    struct mistakes mistakes = {
        .schema = &scenario_schema,
        .path = scenario->config.name,
        .text = g_string_new(NULL),
        .values_right = true,
    };
    bool right;

    storm_check(&scenario->config, &mistakes);
    right = mistakes.text->len == 0;
    if (!right)
        g_set_error_literal(error, CONFIG_ERROR, (int)mistakes.code, mistakes.text->str);
    g_string_free(mistakes.text, TRUE);
    return right;
}
