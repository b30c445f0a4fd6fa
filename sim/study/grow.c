/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Finds the runs of a study that has changed their places. */
#include "sim/study/grow.h"

#include "sim/study/folder.h"
#include "sim/study/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of the runs without a place so many are named. */
#define NAMED_MAX 5

/* --- points --------------------------------------------------------------------------------------------- */

struct finder {
    const struct study *before, *now;
    const char *dir;
    GHashTable *points; /* scenario -> GArray of unsigned: the points that have it now */
    unsigned *places;   /* of each earlier point its number now; 0: none */
    bool *looked;
    bool *claimed; /* of each point now: an earlier one has it */
    struct grow *grow;
    GString *homeless; /* finished runs without a place */
    unsigned homeless_count;
    char *why; /* of the first of them */
};

static void free_points(gpointer data)
{
    g_array_free(data, TRUE);
}

static void index_points(struct finder *f)
{
    f->points = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_points);
    for (unsigned p = 1; p <= f->now->point_count; p++) {
        char *text = identity_of(f->now, p);
        GArray *same = g_hash_table_lookup(f->points, text);

        if (!same) {
            same = g_array_new(FALSE, FALSE, sizeof(unsigned));
            g_hash_table_insert(f->points, g_strdup(text), same);
        }
        g_array_append_val(same, p);
        g_free(text);
    }
}

/* Of points with the same scenario the one with the same name of a variant, else the first that is free. */
static unsigned choose_point(const struct finder *f, const GArray *same, unsigned point)
{
    unsigned chosen = 0;

    for (unsigned i = 0; i < same->len; i++) {
        unsigned p = g_array_index(same, unsigned, i);

        if (f->claimed[p])
            continue;
        if (g_strcmp0(study_point_variant(f->now, p), study_point_variant(f->before, point)) == 0)
            return p;
        if (!chosen)
            chosen = p;
    }
    return chosen;
}

/* The number that an earlier point has now; 0: it is gone. */
static unsigned grow_place_of(struct finder *f, unsigned point)
{
    if (!f->looked[point]) {
        char *text = identity_of(f->before, point);
        const GArray *same = g_hash_table_lookup(f->points, text);

        f->looked[point] = true;
        f->places[point] = same ? choose_point(f, same, point) : 0;
        if (f->places[point])
            f->claimed[f->places[point]] = true;
        g_free(text);
    }
    return f->places[point];
}

/* The replication of a point that has this seed now; 0: none. */
static unsigned replication_of(const struct study *study, unsigned point, unsigned first_guess, uint64_t seed)
{
    if (study_seed(study, point, first_guess) == seed)
        return first_guess;
    for (unsigned r = 1; r <= STUDY_REPLICATIONS_MAX; r++)
        if (study_seed(study, point, r) == seed)
            return r;
    return 0;
}

/* --- reasons -------------------------------------------------------------------------------------------- */

/* The value of a key in an identity; g_free. */
static char *value_in(const char *identity, const char *line)
{
    char *name = g_strndup(line, strcspn(line, "=") + 1), **lines = g_strsplit(identity, "\n", -1);
    char *value = NULL;

    for (char **at = lines; *at && !value; at++)
        if (g_str_has_prefix(*at, name))
            value = g_strdup(*at + strlen(name));
    g_strfreev(lines);
    g_free(name);
    return value ? value : g_strdup("the default");
}

/* "ue.count was 100, is 200": the first key in which the lines of one are not in the other. NULL: none. */
static char *key_difference(const char *before, const char *now, bool turned)
{
    char **lines = g_strsplit(turned ? now : before, "\n", -1), *text = NULL;

    for (char **line = lines; *line && !text; line++) {
        char *was = value_in(before, *line), *is = value_in(now, *line);

        if (**line && strcmp(was, is) != 0)
            text = g_strdup_printf("%.*s was %s, is %s (in base units)", (int)strcspn(*line, "="), *line, was,
                                   is);
        g_free(was);
        g_free(is);
    }
    g_strfreev(lines);
    return text;
}

/* Why an earlier point is none any more. */
static char *point_reason(const struct finder *f, unsigned point)
{
    char *name = study_point_name(f->before, point), *reason = NULL;

    for (unsigned p = 1; p <= f->now->point_count && !reason; p++) {
        char *other = study_point_name(f->now, p), *before, *now;

        if (strcmp(name, other) == 0) {
            before = identity_of(f->before, point);
            now = identity_of(f->now, p);
            reason = key_difference(before, now, false);
            if (!reason)
                reason = key_difference(before, now, true);
            g_free(before);
            g_free(now);
        }
        g_free(other);
    }
    if (!reason)
        reason = g_strdup_printf("%s is no point of the study any more", name);
    g_free(name);
    return reason;
}

static void note_homeless(struct finder *f, const char *name, char *reason)
{
    if (++f->homeless_count <= NAMED_MAX)
        g_string_append_printf(f->homeless, "%s%s", f->homeless->len ? ", " : "", name);
    if (f->why)
        g_free(reason);
    else
        f->why = reason;
}

/* --- runs ----------------------------------------------------------------------------------------------- */

/* "p0001-r02", "p0001-vbmsc.workers=3-r02", and either with ".failed": the numbers, and what is between and
 * after them. */
struct run_name {
    unsigned point, replication;
    char *middle; /* g_free */
    bool failed;
};

static bool grow_parse_name(const char *name, struct run_name *out)
{
    const char *last = g_strrstr(name, "-r");
    int head = 0, tail = 0;

    if (!last || sscanf(name, "p%6u%n", &out->point, &head) != 1 || name[head] != '-' || last < name + head ||
        sscanf(last, "-r%4u%n", &out->replication, &tail) != 1)
        return false;
    out->failed = strcmp(last + tail, ".failed") == 0;
    if (last[tail] && !out->failed)
        return false;
    out->middle = g_strndup(name + head, (gsize)(last - name - head));
    return true;
}

static void place_run(struct finder *f, const char *name, const struct run_name *run)
{
    unsigned point = grow_place_of(f, run->point), replication = 0;
    uint64_t seed = study_seed(f->before, run->point, run->replication);
    char *to;

    if (point)
        replication = replication_of(f->now, point, run->replication, seed);
    if (!replication) {
        if (run->failed)
            g_ptr_array_add(f->grow->dropped, g_strdup(name));
        else
            note_homeless(f, name,
                          point ? g_strdup_printf("no replication has its seed %" PRIu64 " any more", seed)
                                : point_reason(f, run->point));
        return;
    }
    to = g_strdup_printf("p%04u%s-r%02u%s", point, run->middle, replication, run->failed ? ".failed" : "");
    if (strcmp(name, to) != 0) {
        g_ptr_array_add(f->grow->moves, g_strdup(name));
        g_ptr_array_add(f->grow->moves, to);
    } else
        g_free(to);
}

static void on_run(void *user, const char *name)
{
    struct finder *f = user;
    struct run_name run;

    if (!grow_parse_name(name, &run))
        return;
    if (run.point >= 1 && run.point <= f->before->point_count && run.replication >= 1)
        place_run(f, name, &run);
    g_free(run.middle);
}

struct grow *grow_find(const struct study *before, const struct study *now, const char *dir, char **why,
                       GError **error)
{
    struct finder f = {.before = before, .now = now, .dir = dir};
    bool good;

    *why = NULL;
    f.places = g_new0(unsigned, before->point_count + 1);
    f.looked = g_new0(bool, before->point_count + 1);
    f.claimed = g_new0(bool, now->point_count + 1);
    f.grow = g_new0(struct grow, 1);
    f.grow->moves = g_ptr_array_new_with_free_func(g_free);
    f.grow->dropped = g_ptr_array_new_with_free_func(g_free);
    f.homeless = g_string_new(NULL);
    index_points(&f);
    good = folder_each_run(dir, on_run, &f, error);
    if (f.homeless_count > 0)
        *why = g_strdup_printf(
            "%u finished runs would not be of this study any more: %s%s; the first since %s",
            f.homeless_count, f.homeless->str, f.homeless_count > NAMED_MAX ? ", ..." : "", f.why);
    if (!good || *why)
        g_clear_pointer(&f.grow, grow_free);
    g_hash_table_unref(f.points);
    g_string_free(f.homeless, TRUE);
    g_free(f.why);
    g_free(f.places);
    g_free(f.looked);
    g_free(f.claimed);
    return f.grow;
}

void grow_free(struct grow *grow)
{
    g_ptr_array_unref(grow->moves);
    g_ptr_array_unref(grow->dropped);
    g_free(grow);
}
