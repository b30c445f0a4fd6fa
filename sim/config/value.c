/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads values, type by type. A reader returns NULL, or what is wrong (a literal). */
#include "sim/config/value.h"

#include "sim/config/number.h"
#include "sim/config/suggest.h"

#include <string.h>

#define SIGMA_MAX 10.0
#define SECOND_NS 1000000000

static const struct config_unit count_units[] = {
    {"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {NULL, 0}};
static const struct config_unit duration_units[] = {{"ns", 1},
                                                    {"us", 1000},
                                                    {"ms", 1000000},
                                                    {"s", 1000000000},
                                                    {"min", UINT64_C(60000000000)},
                                                    {"h", UINT64_C(3600000000000)},
                                                    {"d", UINT64_C(86400000000000)},
                                                    {NULL, 0}};
static const struct config_unit bit_rate_units[] = {{"bit/s", 1},
                                                    {"kbit/s", 1000},
                                                    {"Mbit/s", 1000000},
                                                    {"Gbit/s", 1000000000},
                                                    {"Tbit/s", UINT64_C(1000000000000)},
                                                    {NULL, 0}};
static const struct config_unit byte_units[] = {
    {"B", 1},         {"kB", 1000},     {"MB", 1000000},  {"GB", 1000000000}, {"TB", UINT64_C(1000000000000)},
    {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0}};

const struct config_unit *config_type_units(enum config_type type)
{
    switch (type) {
    case CONFIG_COUNT:
        return count_units;
    case CONFIG_DURATION:
    case CONFIG_SECONDS:
        return duration_units;
    case CONFIG_BIT_RATE:
        return bit_rate_units;
    case CONFIG_BYTES:
        return byte_units;
    default:
        return NULL;
    }
}

static const char *const expectations[] = {
    [CONFIG_COUNT] = "a whole number such as 1500, 100k or 1.5M (k, M, G)",
    [CONFIG_SEED] = "a whole number from 0 to 18446744073709551615",
    [CONFIG_DURATION] = "a duration such as 20ms (ns, us, ms, s, min, h, d)",
    [CONFIG_SECONDS] = "a duration in whole seconds such as 10s (s, min, h, d)",
    [CONFIG_DURATIONS] = "up to four rising durations such as 1min, 10min",
    [CONFIG_SHARE] = "a share such as 0.1 or 10%",
    [CONFIG_EVENT_RATE] = "a rate such as 2000/s, 2k/s or 120/min",
    [CONFIG_BIT_RATE] = "a bit rate such as 10Mbit/s (bit/s, kbit/s, Mbit/s, Gbit/s, Tbit/s)",
    [CONFIG_BYTES] = "a size such as 64kB (B, kB, MB, GB, TB, KiB, MiB, GiB)",
    [CONFIG_DISTRIBUTION] = "fixed(2ms), exp(2ms), lognormal(2ms, 0.5) or uniform(1ms, 3ms)",
    [CONFIG_DATE] = "a date such as 2030-01-01T00:00:00Z",
    [CONFIG_CHOICE] = "one of the words",
    [CONFIG_TEXT] = "a text",
};

static const char *number_problem(enum number_status status)
{
    switch (status) {
    case NUMBER_OK:
        return NULL;
    case NUMBER_NONE:
        return "is not a number";
    case NUMBER_LONG:
        return "has too many digits";
    case NUMBER_NOT_WHOLE:
        return "does not come out whole";
    case NUMBER_OVERFLOW:
        return "is too large";
    }
    return "is not a number";
}

/* A number at the start of the text, with the mistakes that are worth a word of their own. */
static const char *scan(const char **at, struct number *number)
{
    if (**at == '\0')
        return "is empty";
    if (**at == '-')
        return "is negative";

    enum number_status status = number_scan(at, number);

    if (status != NUMBER_OK)
        return number_problem(status);
    if (**at == ',')
        return "has a comma (the decimal point is '.', digits are grouped by '_')";
    if (g_ascii_isspace(**at))
        return "has a blank after the number";
    return NULL;
}

static const char *read_scaled(const char *text, const struct config_unit *units, bool bare_zero,
                               int64_t *out)
{
    struct number number;
    const char *at = text;
    const char *problem = scan(&at, &number);
    uint64_t value;

    if (problem)
        return problem;
    if (bare_zero && *at == '\0' && number.length == 0) {
        *out = 0;
        return NULL;
    }
    for (const struct config_unit *unit = units; unit->name; unit++) {
        if (strcmp(at, unit->name) != 0)
            continue;
        problem = number_problem(number_integer(&number, unit->scale, INT64_MAX, &value));
        if (!problem)
            *out = (int64_t)value;
        return problem;
    }
    return *at ? "has an unknown unit" : "has no unit";
}

static const char *read_seconds(const char *text, int64_t *out)
{
    const char *problem = read_scaled(text, duration_units, true, out);

    return !problem && *out % SECOND_NS ? "is not a whole number of seconds" : problem;
}

/* Parts that commas divide; empty text is no duration at all. */
static const char *read_durations(const char *text, struct durations *out)
{
    char **parts = g_strsplit(text, ",", -1);
    const char *problem = g_strv_length(parts) > DURATIONS_MAX ? "has too many durations" : NULL;

    *out = (struct durations){.count = 0};
    for (char **part = parts; *part && !problem; part++) {
        int64_t *ns = &out->ns[out->count++];

        problem = read_scaled(g_strstrip(*part), duration_units, true, ns);
        if (!problem && out->count > 1 && ns[0] <= ns[-1])
            problem = "does not rise";
    }
    g_strfreev(parts);
    return problem;
}

static const char *read_seed(const char *text, uint64_t *out)
{
    struct number number;
    const char *at = text;
    const char *problem = scan(&at, &number);

    if (problem)
        return problem;
    if (*at)
        return "is not a plain number";
    return number_problem(number_integer(&number, 1, UINT64_MAX, out));
}

static const char *read_share(const char *text, double *out)
{
    struct number number;
    const char *at = text;
    const char *problem = scan(&at, &number);

    if (problem)
        return problem;
    if (*at && strcmp(at, "%") != 0)
        return "has an unknown unit";
    *out = number_real(&number, *at ? -2 : 0);
    return NULL;
}

static const char *read_event_rate(const char *text, double *out)
{
    static const char prefixes[] = "kMG";
    struct number number;
    const char *at = text;
    const char *problem = scan(&at, &number);
    int power = 0;

    if (problem)
        return problem;
    if (*at && strchr(prefixes, *at))
        power = 3 * (int)(strchr(prefixes, *at++) - prefixes + 1);
    *out = number_real(&number, power);
    if (strcmp(at, "/min") == 0)
        *out /= 60;
    else if (*at && strcmp(at, "/s") != 0)
        return "has an unknown unit";
    return NULL;
}

static const char *read_sigma(const char *text, double *out)
{
    struct number number;
    const char *at = text;
    const char *problem = scan(&at, &number);

    if (problem)
        return problem;
    if (*at)
        return "has a sigma with a unit";
    *out = number_real(&number, 0);
    return *out > SIGMA_MAX ? "has a sigma above 10" : NULL;
}

/* The parameters, split at the commas: count of them must match, each must be right. */
static const char *read_parameters(struct distribution *out, char **parameters)
{
    bool two = out->kind == DISTRIBUTION_UNIFORM || out->kind == DISTRIBUTION_LOGNORMAL;
    const char *problem;

    if (g_strv_length(parameters) != (two ? 2 : 1))
        return two ? "needs two parameters" : "needs one parameter";
    for (char **parameter = parameters; *parameter; parameter++)
        g_strstrip(*parameter);
    problem = read_scaled(parameters[0], duration_units, true, &out->a_ns);
    if (problem || !two)
        return problem;
    if (out->kind == DISTRIBUTION_LOGNORMAL)
        return read_sigma(parameters[1], &out->sigma);
    problem = read_scaled(parameters[1], duration_units, true, &out->b_ns);
    if (!problem && out->a_ns > out->b_ns)
        problem = "has a lower bound above its upper bound";
    return problem;
}

static const char *read_distribution(const char *text, struct distribution *out)
{
    static const char *const names[] = {[DISTRIBUTION_FIXED] = "fixed(",
                                        [DISTRIBUTION_EXP] = "exp(",
                                        [DISTRIBUTION_UNIFORM] = "uniform(",
                                        [DISTRIBUTION_LOGNORMAL] = "lognormal("};

    *out = (struct distribution){.a_ns = 0};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!g_str_has_prefix(text, names[i]))
            continue;
        if (!g_str_has_suffix(text, ")"))
            return "does not end with ')'";

        size_t skip = strlen(names[i]);
        char *inside = g_strndup(text + skip, strlen(text) - skip - 1);
        char **parameters = g_strsplit(inside, ",", -1);
        const char *problem;

        out->kind = (enum distribution_kind)i;
        problem = read_parameters(out, parameters);
        g_strfreev(parameters);
        g_free(inside);
        return problem;
    }
    return "is not a distribution";
}

/* Two or four digits at fixed places; -1 if there are others. */
static int digits_at(const char *text, size_t from, size_t count)
{
    int value = 0;

    for (size_t i = from; i < from + count; i++) {
        if (!g_ascii_isdigit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static const char *read_date(const char *text, int64_t *out)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";

    if (strlen(text) != strlen(shape))
        return "is not a date";
    for (size_t i = 0; i < strlen(shape); i++)
        if (shape[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
            return "is not a date";

    /* g_date_time_new_utc() warns about nothing and returns NULL for a day that does not exist. */
    GDateTime *date =
        g_date_time_new_utc(digits_at(text, 0, 4), digits_at(text, 5, 2), digits_at(text, 8, 2),
                            digits_at(text, 11, 2), digits_at(text, 14, 2), digits_at(text, 17, 2));
    if (!date)
        return "is a date that does not exist";
    *out = g_date_time_to_unix(date);
    g_date_time_unref(date);
    return NULL;
}

static const char *read_value(enum config_type type, const char *text, struct config_value *out)
{
    switch (type) {
    case CONFIG_COUNT:
        return read_scaled(text, count_units, false, &out->integer);
    case CONFIG_SEED:
        return read_seed(text, &out->seed);
    case CONFIG_DURATION:
        return read_scaled(text, duration_units, true, &out->integer);
    case CONFIG_SECONDS:
        return read_seconds(text, &out->integer);
    case CONFIG_DURATIONS:
        return read_durations(text, &out->durations);
    case CONFIG_SHARE:
        return read_share(text, &out->real);
    case CONFIG_EVENT_RATE:
        return read_event_rate(text, &out->real);
    case CONFIG_BIT_RATE:
        return read_scaled(text, bit_rate_units, false, &out->integer);
    case CONFIG_BYTES:
        return read_scaled(text, byte_units, false, &out->integer);
    case CONFIG_DISTRIBUTION:
        return read_distribution(text, &out->distribution);
    case CONFIG_DATE:
        return read_date(text, &out->integer);
    case CONFIG_CHOICE:
    case CONFIG_TEXT:
        break;
    }
    return NULL;
}

/* A bound of the table, in the notation of the key; for what is made of durations that of each. */
static struct config_value bound(const struct config_key *key, const char *text)
{
    struct config_value value = {.integer = 0};
    bool of_durations = key->type == CONFIG_DISTRIBUTION || key->type == CONFIG_DURATIONS;
    enum config_type type = of_durations ? CONFIG_DURATION : key->type;
    const char *problem = read_value(type, text, &value);

    if (problem)
        g_error("schema: %s.%s: bound \"%s\" %s", key->section, key->name, text, problem);
    return value;
}

static bool in_range(const struct config_key *key, const struct config_value *value)
{
    struct config_value low = bound(key, key->minimum), high = bound(key, key->maximum);
    const struct distribution *d = &value->distribution;
    const struct durations *list = &value->durations;

    switch (key->type) {
    case CONFIG_SEED:
        return value->seed >= low.seed && value->seed <= high.seed;
    case CONFIG_SHARE:
    case CONFIG_EVENT_RATE:
        return value->real >= low.real && value->real <= high.real;
    case CONFIG_DURATIONS: /* they rise */
        return list->count == 0 || (list->ns[0] >= low.integer && list->ns[list->count - 1] <= high.integer);
    case CONFIG_DISTRIBUTION:
        if (d->a_ns < low.integer || d->a_ns > high.integer)
            return false;
        return d->kind != DISTRIBUTION_UNIFORM || (d->b_ns >= low.integer && d->b_ns <= high.integer);
    default:
        return value->integer >= low.integer && value->integer <= high.integer;
    }
}

static bool parse_choice(const struct config_key *key, const char *text, struct config_value *out, char **why)
{
    char **words = g_strsplit(key->minimum, "|", -1);
    struct suggestion suggestion = {text, NULL, 0};
    bool found = false;

    for (int i = 0; words[i] && !found; i++) {
        suggest_offer(&suggestion, words[i]);
        if (strcmp(words[i], text) == 0) {
            out->integer = i;
            found = true;
        }
    }
    if (!found) {
        char *list = g_strjoinv(", ", words);

        *why = g_strdup_printf("\"%s\" is not known, expected one of %s (did you mean %s?)", text, list,
                               suggestion.nearest);
        g_free(list);
    }
    g_strfreev(words);
    return found;
}

static bool parse_text(const struct config_key *key, const char *text, char **why)
{
    int64_t length = g_utf8_strlen(text, -1);
    int64_t low = g_ascii_strtoll(key->minimum, NULL, 10), high = g_ascii_strtoll(key->maximum, NULL, 10);

    if (length >= low && length <= high)
        return true;
    if (low == high)
        *why = g_strdup_printf("\"%s\" has %" G_GINT64_FORMAT " characters, expected %s", text, length,
                               key->minimum);
    else
        *why = g_strdup_printf("\"%s\" has %" G_GINT64_FORMAT " characters, expected %s to %s", text, length,
                               key->minimum, key->maximum);
    return false;
}

/* GKeyFile takes a '#' or ';' after a value as part of it. Say so, or nobody understands the message. */
static const char *comment_hint(const char *text)
{
    return strpbrk(text, "#;") ? " (a comment needs a line of its own, which begins with '#')" : "";
}

bool config_value_parse(const struct config_key *key, const char *text, struct config_value *out, char **why)
{
    const char *problem;

    *out = (struct config_value){.integer = 0};
    for (const char *at = text; *at; at++)
        if (g_ascii_iscntrl(*at)) {
            *why = g_strdup("the value has a control character in it, expected one line of text");
            return false;
        }
    if (key->type == CONFIG_CHOICE)
        return parse_choice(key, text, out, why);
    if (key->type == CONFIG_TEXT)
        return parse_text(key, text, why);

    problem = read_value(key->type, text, out);
    if (problem) {
        *why = g_strdup_printf("\"%s\" %s, expected %s%s", text, problem, expectations[key->type],
                               comment_hint(text));
        return false;
    }
    if (in_range(key, out))
        return true;
    *why = g_strdup_printf("\"%s\" is out of range, expected %s to %s", text, key->minimum, key->maximum);
    return false;
}

void config_value_store(const struct config_key *key, const struct config_value *value, const char *text,
                        struct config *config)
{
    void *member = (char *)config + key->offset;

    switch (key->type) {
    case CONFIG_COUNT:
    case CONFIG_DURATION:
    case CONFIG_SECONDS:
    case CONFIG_BIT_RATE:
    case CONFIG_BYTES:
    case CONFIG_DATE:
        *(int64_t *)member = value->integer;
        break;
    case CONFIG_SEED:
        *(config_SEED *)member = value->seed;
        break;
    case CONFIG_SHARE:
    case CONFIG_EVENT_RATE:
        *(double *)member = value->real;
        break;
    case CONFIG_DURATIONS:
        *(config_DURATIONS *)member = value->durations;
        break;
    case CONFIG_DISTRIBUTION:
        *(config_DISTRIBUTION *)member = value->distribution;
        break;
    case CONFIG_CHOICE:
        *(config_CHOICE *)member = (config_CHOICE)value->integer;
        break;
    case CONFIG_TEXT:
        *(config_TEXT *)member = text;
        break;
    }
}
