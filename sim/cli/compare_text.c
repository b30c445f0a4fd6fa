/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A comparison to read. */
#include "sim/cli/cli.h"
#include "sim/cli/compare.h"
#include "sim/cli/format.h"

#include <math.h>
#include <string.h>

#define WIDTH          100
#define ROWS_MAX       25 /* without --all */
#define POINTS_MAX     40
#define FIRST_OF_POINT 3

static const char *const headline[] = {"ues_keyed_ratio", "update_p50_s", "update_p99_s",
                                       "http_503",        "recovery_s",   "collapsed"};

/* --- numbers -------------------------------------------------------------------------------------------- */

/* A value, or a difference with its sign. */
static char *number(char buffer[FORMAT_SIZE], const char *unit, double value, bool sign)
{
    char text[FORMAT_SIZE];

    if (isnan(value))
        g_strlcpy(text, "no value", sizeof text);
    else if (strcmp(unit, "s") == 0)
        format_seconds(text, fabs(value));
    else if (strcmp(unit, "bytes") == 0)
        format_bytes(text, fabs(value));
    else if (strcmp(unit, "ratio") == 0)
        g_snprintf(text, sizeof text, "%.4g %%", 100 * fabs(value));
    else
        g_snprintf(text, sizeof text, "%.5g%s", fabs(value), strcmp(unit, "1/s") == 0 ? "/s" : "");
    g_snprintf(buffer, FORMAT_SIZE, "%s%s", value < 0 ? "-" : sign && value > 0 ? "+" : "", text);
    return buffer;
}

/* "+12 %", or of what is ten times as much or more "x 12"; empty: there is none. */
static char *change(char buffer[FORMAT_SIZE], double relative)
{
    if (isnan(relative))
        buffer[0] = '\0';
    else
        g_snprintf(buffer, FORMAT_SIZE, relative < 9 ? "%+.3g %%" : "x %.3g",
                   relative < 9 ? 100 * relative : relative + 1);
    return buffer;
}

static void print_result(const struct comparison *c, const struct compare_result *result, FILE *to)
{
    const struct stats_column *column = &c->host->metrics[result->metric];
    const struct difference *d = &result->difference;
    char a[FORMAT_SIZE], b[FORMAT_SIZE], difference[FORMAT_SIZE], low[FORMAT_SIZE], high[FORMAT_SIZE],
        relative[FORMAT_SIZE], interval[2 * FORMAT_SIZE + 8];

    if (result->verdict == COMPARE_LOST || result->verdict == COMPARE_GAINED) {
        fprintf(to, "  %-30s no value in %u of %u runs of A, in %u of %u of B\n", column->name,
                result->empty_a, result->pairs, result->empty_b, result->pairs);
        return;
    }
    if (d->interval.note)
        g_snprintf(interval, sizeof interval, "(%s)",
                   d->interval.n == 1 ? "one pair: no interval" : d->interval.note);
    else
        g_snprintf(interval, sizeof interval, "%s to %s", number(low, column->unit, d->interval.low, true),
                   number(high, column->unit, d->interval.high, true));
    fprintf(to, "  %-30s %11s %11s %11s  %-26s %s\n", column->name, number(a, column->unit, d->a, false),
            number(b, column->unit, d->b, false),
            number(difference, column->unit, d->interval.estimate, true), interval,
            change(relative, d->relative));
}

static void print_header(const char *title, FILE *to)
{
    fprintf(to, "\n%s\n  %-30s %11s %11s %11s  %-26s %s\n", title, "metric", "A", "B", "B - A",
            "95 % interval", "relative");
}

/* --- what is compared ----------------------------------------------------------------------------------- */

static void print_side(const char *name, const struct compare_side *side, FILE *to)
{
    fprintf(to, "%s: %s%s%s", name, side->path, side->condition ? ", " : "",
            side->condition ? side->condition : "");
    if (side->study)
        fprintf(to, " (%u point%s)", side->points->len, side->points->len == 1 ? "" : "s");
    fputc('\n', to);
    if (side->missing)
        fprintf(to, "   %u%s not there, failed or damaged%s%s\n", side->missing,
                side->missing == 1 ? " run of it is" : " runs of it are", side->damage ? ": " : "",
                side->damage ? side->damage : "");
}

static void print_keys(const struct comparison *c, FILE *to)
{
    if (c->keys->len == 0)
        fputs("Scenario: no key differs.\n", to);
    else
        fprintf(to, "Scenario: %u key%s.\n", c->keys->len, c->keys->len == 1 ? " differs" : "s differ");
    for (unsigned i = 0; i < c->keys->len; i++) {
        const struct compare_key *key = &g_array_index(c->keys, struct compare_key, i);
        const char *unit = config_type_unit(key->key->type);
        bool plain = strcmp(unit, "1") == 0 || strcmp(unit, "text") == 0;

        fprintf(to, "  %s.%s: %s -> %s%s%s\n", key->key->section, key->key->name, key->a, key->b,
                plain ? "" : " ", plain ? "" : unit);
        if (strcmp(key->key->section, "run") == 0 && strcmp(key->key->name, "engine") == 0)
            fputs("  The engines differ: what differs is also what they model.\n", to);
    }
}

static void print_other_versions(const char *name, const struct compare_side *side, FILE *to)
{
    if (side->other_version)
        fprintf(to, "%u run%s of %s %s made by another version of pullstorm than its first, %s.\n",
                side->other_version, side->other_version == 1 ? "" : "s", name,
                side->other_version == 1 ? "was" : "were", side->version);
}

static void print_versions(const struct comparison *c, FILE *to)
{
    unsigned absent = 0;

    for (unsigned i = 0; i < c->host->metric_count; i++)
        absent += !c->a->known[i] || !c->b->known[i];
    if (g_strcmp0(c->a->version, c->b->version) != 0)
        fprintf(to, "Made by different versions of pullstorm: A %s, B %s.\n", c->a->version, c->b->version);
    print_other_versions("A", c->a, to);
    print_other_versions("B", c->b, to);
    if (absent)
        fprintf(to, "%u metrics are not in the results of both, and are not compared.\n", absent);
}

static void print_pairs(const struct comparison *c, FILE *to)
{
    unsigned runs = 0, left_over = 0, in_order = 0, least = G_MAXUINT, most = 0;
    const unsigned everywhere = g_array_index(c->pairs, struct compare_pair, 0).everywhere->len;

    for (unsigned i = 0; i < c->pairs->len; i++) {
        const struct compare_pair *pair = &g_array_index(c->pairs, struct compare_pair, i);

        runs += pair->runs_a->len;
        least = MIN(least, pair->runs_a->len);
        most = MAX(most, pair->runs_a->len);
        left_over += pair->left_over;
        in_order += !pair->by_seed;
    }
    if (c->pairs->len > 1)
        fprintf(to, "%u points of A have their like in B, by %s (%u and %u have none); ", c->pairs->len,
                c->names, c->alone_a, c->alone_b);
    fprintf(to, "%u pair%s of runs", runs, runs == 1 ? "" : "s");
    if (in_order == 0)
        fputs(" of the same seed", to);
    else
        fprintf(to, in_order == c->pairs->len ? " by replication, for no two have the same seed"
                                              : ", by their seeds where they share some");
    fputs(".\n", to);
    if (left_over)
        fprintf(to, "%u run%s no partner and %s not count.\n", left_over, left_over == 1 ? " has" : "s have",
                left_over == 1 ? "does" : "do");
    if (everywhere < most)
        fprintf(to, "Means over all points are of the %u replication%s that stand%s at each of them.\n",
                everywhere, everywhere == 1 ? "" : "s", everywhere == 1 ? "s" : "");
    if (least == 1)
        fputs("One pair of runs says nothing of chance: differences of that have no interval.\n", to);
}

/* --- results -------------------------------------------------------------------------------------------- */

static unsigned count(const GArray *results, enum compare_verdict verdict, unsigned pair)
{
    unsigned found = 0;

    for (unsigned i = 0; i < results->len; i++) {
        const struct compare_result *result = &g_array_index(results, struct compare_result, i);

        found += result->verdict == verdict && (pair == COMPARE_ALL_PAIRS || result->pair == pair);
    }
    return found;
}

static unsigned tests_in(const GArray *results)
{
    unsigned found = 0;

    for (unsigned i = 0; i < results->len; i++)
        found += !isnan(g_array_index(results, struct compare_result, i).adjusted);
    return found;
}

static void print_headline(const struct comparison *c, const GArray *results, FILE *to)
{
    bool begun = false;

    for (size_t h = 0; h < G_N_ELEMENTS(headline); h++)
        for (unsigned i = 0; i < results->len; i++) {
            const struct compare_result *result = &g_array_index(results, struct compare_result, i);

            if (strcmp(c->host->metrics[result->metric].name, headline[h]) != 0 ||
                result->verdict == COMPARE_NO_VALUE || result->verdict == COMPARE_ABSENT)
                continue;
            if (!begun)
                print_header("Main figures", to);
            begun = true;
            print_result(c, result, to);
        }
}

static bool is_told(enum compare_verdict verdict)
{
    return verdict == COMPARE_LOST || verdict == COMPARE_GAINED || verdict == COMPARE_DIFFERS ||
           verdict == COMPARE_UNTOLD;
}

static bool one_sided(enum compare_verdict verdict)
{
    return verdict == COMPARE_LOST || verdict == COMPARE_GAINED;
}

/* A title, and the first rows of what became of it; both verdicts with no value are one. */
static void print_rows(const struct comparison *c, const GArray *order, enum compare_verdict verdict,
                       const char *title, bool all, FILE *to)
{
    unsigned printed = 0, left = 0;

    for (unsigned i = 0; i < order->len; i++) {
        const struct compare_result *result = &g_array_index(order, struct compare_result, i);

        if (result->verdict != verdict && !(one_sided(verdict) && one_sided(result->verdict)))
            continue;
        if (!all && printed == ROWS_MAX) {
            left++;
            continue;
        }
        if (printed++ == 0)
            print_header(title, to);
        print_result(c, result, to);
    }
    if (left)
        fprintf(to, "  ... and %u more (--all, --format csv)\n", left);
}

static void print_found(const struct comparison *c, const GArray *results, bool all, FILE *to)
{
    GArray *order = compare_in_order(results);
    unsigned lost = count(results, COMPARE_LOST, COMPARE_ALL_PAIRS) +
                    count(results, COMPARE_GAINED, COMPARE_ALL_PAIRS),
             differ = count(results, COMPARE_DIFFERS, COMPARE_ALL_PAIRS),
             untold = count(results, COMPARE_UNTOLD, COMPARE_ALL_PAIRS),
             alike = count(results, COMPARE_ALIKE, COMPARE_ALL_PAIRS),
             chance = count(results, COMPARE_CHANCE, COMPARE_ALL_PAIRS);
    char *title =
        g_strdup_printf("%u metric%s a value in more runs of one side", lost, lost == 1 ? " has" : "s have");

    print_rows(c, order, COMPARE_LOST, title, all, to);
    g_free(title);
    title = g_strdup_printf("%u metric%s (of %u looked at, by Benjamini and Hochberg: at most 5 %% of "
                            "these are chance)",
                            differ, differ == 1 ? " really differs" : "s really differ", tests_in(results));
    print_rows(c, order, COMPARE_DIFFERS, title, all, to);
    g_free(title);
    title = g_strdup_printf("%u metric%s, too few runs to tell whether by chance", untold,
                            untold == 1 ? " differs" : "s differ");
    print_rows(c, order, COMPARE_UNTOLD, title, all, to);
    fprintf(to, "\n%u metrics alike: %u the same in each pair, %u no more apart than by chance.\n",
            alike + chance, alike, chance);
    g_free(title);
    g_array_free(order, TRUE);
}

/* --- points --------------------------------------------------------------------------------------------- */

static void print_point(const struct comparison *c, const GArray *order, unsigned pair, FILE *to)
{
    const char *name = g_array_index(c->pairs, struct compare_pair, pair).name;
    unsigned differ = count(order, COMPARE_DIFFERS, pair) + count(order, COMPARE_LOST, pair) +
                      count(order, COMPARE_GAINED, pair),
             shown = 0;
    GString *text = g_string_new(NULL);
    char relative[FORMAT_SIZE];

    g_string_append_printf(text, "%s: %u differ", name, differ);
    for (unsigned i = 0; i < order->len && shown < FIRST_OF_POINT; i++) {
        const struct compare_result *result = &g_array_index(order, struct compare_result, i);

        if (result->pair != pair || !is_told(result->verdict) ||
            (result->verdict == COMPARE_UNTOLD && differ > 0))
            continue;
        if (result->verdict == COMPARE_LOST || result->verdict == COMPARE_GAINED)
            g_strlcpy(relative, result->verdict == COMPARE_LOST ? "lost" : "gained", sizeof relative);
        else
            change(relative, result->difference.relative);
        g_string_append_printf(text, "%s %s%s%s", shown ? "," : ":", c->host->metrics[result->metric].name,
                               *relative ? " " : "", relative);
        shown++;
    }
    format_wrapped(to, 2, WIDTH, text->str);
    g_string_free(text, TRUE);
}

static void compare_print_points(const struct comparison *c, FILE *to)
{
    GArray *order = compare_in_order(c->results);

    fputs("\nPoints (corrected for all metrics of all points)\n", to);
    for (unsigned pair = 0; pair < MIN(c->pairs->len, POINTS_MAX); pair++)
        print_point(c, order, pair, to);
    if (c->pairs->len > POINTS_MAX)
        fprintf(to, "  ... and %u more (--format csv)\n", c->pairs->len - POINTS_MAX);
    g_array_free(order, TRUE);
}

void compare_text_print(const struct comparison *comparison, bool all, FILE *to)
{
    bool several = comparison->pairs->len > 1;
    const GArray *results = several ? comparison->together : comparison->results;

    print_side("A", comparison->a, to);
    print_side("B", comparison->b, to);
    print_keys(comparison, to);
    print_versions(comparison, to);
    print_pairs(comparison, to);
    if (several)
        fputs("Means over these points:\n", to);
    print_headline(comparison, results, to);
    print_found(comparison, results, all, to);
    if (several)
        compare_print_points(comparison, to);
}
