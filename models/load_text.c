/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Offered load in numbers, a line each, and in sentences. */
#include "models/load.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define NUMBER_SIZE 32

/* --- numbers -------------------------------------------------------------------------------------------- */

struct field {
    const char *name, *unit, *meaning;
    size_t at; /* of a double in the struct */
};

static const struct field head_fields[] = {
    {"ues", "1", "UEs of the service", offsetof(struct load, ues)},
    {"pull_rate_per_s", "1/s", "first pulls that go out", offsetof(struct load, pull_rate_per_s)},
    {"pull_peak_per_s", "1/s", "the same at the height of a burst", offsetof(struct load, pull_peak_per_s)},
    {"pulls_s", "s", "how long first pulls go out", offsetof(struct load, pulls_s)},
    {"offered_max_ratio", "ratio", "offered load of the bottleneck while first pulls go out",
     offsetof(struct load, offered_max_ratio)},
    {"offered_peak_ratio", "ratio", "the same at the height of a burst",
     offsetof(struct load, offered_peak_ratio)},
    {"capacity_ues_per_s", "1/s", "UEs that the bottleneck can serve",
     offsetof(struct load, capacity_ues_per_s)},
    {"time_min_s", "s", "time that all UEs take at least with what is there",
     offsetof(struct load, time_min_s)}};

static const struct field server_fields[] = {
    {"workers", "1", "workers there are", offsetof(struct load_server_load, workers)},
    {"jobs_per_ue", "1", "jobs of one UE, a mean over all", offsetof(struct load_server_load, jobs_per_ue)},
    {"work_s", "s", "worker time that one UE costs, a mean over all",
     offsetof(struct load_server_load, work_s)},
    {"offered_ratio", "ratio", "work offered while first pulls go out, of what the workers can do",
     offsetof(struct load_server_load, offered_ratio)},
    {"capacity_ues_per_s", "1/s", "UEs that the workers can serve; empty: a UE costs nothing",
     offsetof(struct load_server_load, capacity_ues_per_s)},
    {"workers_min", "1", "workers it takes at least at this pull rate",
     offsetof(struct load_server_load, workers_min)},
    {"time_min_s", "s", "time that all UEs take at least with these workers",
     offsetof(struct load_server_load, time_min_s)},
    {"mean_s", "s", "mean service time of its jobs", offsetof(struct load_server_load, mean_s)},
    {"full_queue_s", "s", "time to work off a queue as long as queue_limit or queue_time_limit let it be",
     offsetof(struct load_server_load, full_queue_s)},
    {"patience_s", "s", "how long those who ask it wait, the shortest",
     offsetof(struct load_server_load, patience_s)},
    {"dead_queue", "1", "queue from which on answers come too late; empty: a UE costs nothing",
     offsetof(struct load_server_load, dead_queue)},
    {"queue_max", "1", "longest queue to expect", offsetof(struct load_server_load, queue_max)},
    {"wait_max_s", "s", "longest wait for a worker to expect", offsetof(struct load_server_load, wait_max_s)},
    {"full_s", "s", "when a job is first turned away, from the first pull; empty: never",
     offsetof(struct load_server_load, full_s)},
    {"useful_ratio", "ratio", "share of its work for others that is done in time; empty: there is none",
     offsetof(struct load_server_load, useful_ratio)},
    {"late_max_s", "s", "for so long all that it does for others comes too late",
     offsetof(struct load_server_load, late_max_s)}};

static const struct field job_fields[] = {
    {"per_ue", "1", "jobs of one UE", offsetof(struct load_job_cost, per_ue)},
    {"mean_s", "s", "mean service time", offsetof(struct load_job_cost, mean_s)},
    {"work_s", "s", "worker time of one UE", offsetof(struct load_job_cost, work_s)}};

static const struct field link_fields[] = {
    {"packets_per_ue", "1", "packets of one UE", offsetof(struct load_link_load, packets_per_ue)},
    {"bytes_per_ue", "bytes", "IP bytes of one UE", offsetof(struct load_link_load, bytes_per_ue)},
    {"offered_ratio", "ratio", "share of its rate that is offered while first pulls go out",
     offsetof(struct load_link_load, offered_ratio)},
    {"capacity_ues_per_s", "1/s", "UEs of the service that it can carry; empty: a UE costs nothing",
     offsetof(struct load_link_load, capacity_ues_per_s)}};

static const struct field tail_fields[] = {
    {"waiting_max", "1", "UEs that wait between two tries, at most", offsetof(struct load, waiting_max)},
    {"retry_wait_s", "s", "how long they wait, a mean", offsetof(struct load, retry_wait_s)},
    {"retry_per_s", "1/s", "tries that those UEs make", offsetof(struct load, retry_per_s)},
    {"retry_ratio", "ratio", "load of these tries alone at the bottleneck",
     offsetof(struct load, retry_ratio)},
    {"retries_per_ue", "1", "further tries of one UE, a mean over all",
     offsetof(struct load, retries_per_ue)},
    {"recovery_s", "s",
     "from when the last first pull is due until queues are drained; empty: the storm is cut off",
     offsetof(struct load, recovery_s)},
    {"keyed_ratio", "ratio", "share of UEs that get the key", offsetof(struct load, keyed_ratio)}};

struct lines {
    void (*line)(void *user, const struct load_line *line);
    void *user;
};

/* about: what the fields are of, in front of each meaning; NULL: nothing. */
static void fields(const struct lines *to, const char *prefix, const char *about, const void *object,
                   const struct field *field, size_t count)
{
    for (size_t i = 0; i < count; i++, field++) {
        g_autofree char *name = g_strconcat(prefix ? prefix : "", prefix ? "_" : "", field->name, NULL);
        g_autofree char *meaning = g_strconcat(about ? about : "", about ? ": " : "", field->meaning, NULL);
        double value;

        memcpy(&value, (const char *)object + field->at, sizeof value);
        to->line(to->user, &(struct load_line){name, field->unit, meaning, NULL, value});
    }
}
#define FIELDS(to, prefix, about, object, table) fields(to, prefix, about, object, table, G_N_ELEMENTS(table))

static void text(const struct lines *to, const char *name, const char *meaning, const char *value)
{
    to->line(to->user, &(struct load_line){name, "text", meaning, value, NAN});
}

/* "bmsc.newest_first hss.newest_first" */
static void add_key(GString *to, const char *key)
{
    g_string_append_printf(to, "%s%s", to->len ? " " : "", key);
}

static bool link_full(const struct load *load, unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++)
        if (load->link[i].offered_ratio > 1)
            return true;
    return false;
}

static char *keys_left_out(const struct load *load)
{
    static const char *const newest[LOAD_SERVERS] = {"bmsc.newest_first", "bsf.newest_first",
                                                     "hss.newest_first"};
    static const char *const listen[LOAD_SERVERS] = {"bmsc.listen_queue", "bsf.listen_queue", NULL};
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        if (load->server[i].newest_first)
            add_key(text, newest[i]);
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        if (load->server[i].crowded)
            add_key(text, listen[i]);
    if (link_full(load, LOAD_UPLINK, LOAD_UPLINK))
        add_key(text, "access.uplink_rate");
    if (link_full(load, LOAD_DOWNLINK, LOAD_DOWNLINK))
        add_key(text, "access.downlink_rate");
    if (link_full(load, LOAD_DOWNLINK + 1, LOAD_LINKS - 1))
        add_key(text, "core.rate");
    for (const char *const *key = load->packet_keys; *key; key++)
        add_key(text, *key);
    if (load->changes > 0)
        add_key(text, "[at]");
    return g_string_free(text, FALSE);
}

/* The limit that lets a queue grow longer than who asks waits; "" where none does. */
static const char *dead_work_key(const struct load *load, unsigned server)
{
    static const char *const lengths[LOAD_SERVERS] = {"bmsc.queue_limit", "bsf.queue_limit",
                                                      "hss.queue_limit"};
    static const char *const times[LOAD_SERVERS] = {"bmsc.queue_time_limit", "bsf.queue_time_limit",
                                                    "hss.queue_time_limit"};
    const struct load_server_load *s = &load->server[server];

    return !s->dead_work ? "" : s->full_by_time ? times[server] : lengths[server];
}

static void dead_work(const struct lines *to, const struct load *load, unsigned server, const char *prefix)
{
    g_autofree char *name = g_strconcat(prefix, "_dead_work", NULL);
    g_autofree char *meaning = g_strconcat(load_server_names[server],
                                           ": limit that lets its queue grow longer than who asks waits; "
                                           "empty: none does",
                                           NULL);

    text(to, name, meaning, dead_work_key(load, server));
}

void load_lines(const struct load *load, void (*line)(void *user, const struct load_line *line), void *user)
{
    static const char *const prefixes[LOAD_SERVERS] = {"bmsc", "bsf", "hss"};
    const struct lines to = {line, user};
    g_autofree char *left_out = keys_left_out(load);

    FIELDS(&to, NULL, NULL, load, head_fields);
    text(&to, "bottleneck", "server or link of the highest offered load", load->bottleneck);
    for (unsigned i = 0; i < LOAD_SERVERS; i++) {
        FIELDS(&to, prefixes[i], load_server_names[i], &load->server[i], server_fields);
        dead_work(&to, load, i, prefixes[i]);
        for (unsigned job = 0; job < LOAD_JOBS; job++)
            if (g_str_has_prefix(load_job_names[job], prefixes[i]))
                FIELDS(&to, load_job_names[job], load_job_meanings[job], &load->job[job], job_fields);
    }
    for (unsigned i = 0; i < LOAD_LINKS; i++)
        FIELDS(&to, load->link[i].name, load->link[i].name, &load->link[i], link_fields);
    FIELDS(&to, NULL, NULL, load, tail_fields);
    text(&to, "verdict", "what to expect: calm, overloaded, collapsed or cut off",
         load_verdict_names[load->verdict]);
    text(&to, "left_out", "keys that what is expected leaves out; empty: none", left_out);
}

/* Nothing where there is no number. */
static const char *cell(char buffer[NUMBER_SIZE], double value)
{
    if (!isfinite(value))
        return "";
    return g_ascii_formatd(buffer, NUMBER_SIZE, "%.9g", value + 0.0);
}

static void csv_line(void *user, const struct load_line *line)
{
    char buffer[NUMBER_SIZE];

    fprintf(user, "%s,%s,%s,\"%s\"\n", line->name, line->unit,
            line->text ? line->text : cell(buffer, line->value), line->meaning);
}

void load_write_csv(const struct load *load, FILE *to)
{
    fputs("name,unit,value,meaning\n", to);
    load_lines(load, csv_line, to);
}

/* --- sentences ------------------------------------------------------------------------------------------ */

struct number {
    char text[NUMBER_SIZE];
};

/* Three digits, more where they stand before the point. */
static struct number number(double value)
{
    struct number n;

    g_ascii_formatd(n.text, sizeof n.text, fabs(value) >= 999.5 ? "%.0f" : "%.3g", value);
    return n;
}
#define N(value) number(value).text

/* What is near 100 % does not read as 100 %: which side it is on is what counts. */
static struct number percent(double ratio)
{
    double value = 100 * ratio, off = fabs(value - 100);
    struct number n;

    if (off < 1e-9 || off >= 0.5)
        return number(value);
    if (off < 0.05)
        g_strlcpy(n.text, value > 100 ? "more than 100" : "more than 99.9", sizeof n.text);
    else
        g_ascii_formatd(n.text, sizeof n.text, "%.1f", value);
    return n;
}
#define PERCENT(ratio) percent(ratio).text

static char *offered(const struct load *load)
{
    const struct load_server_load *s = load->server;
    char *links = load->bottleneck_server < 0 && load->offered_max_ratio > 0
                      ? g_strdup_printf(", %s %s %%", load->bottleneck, PERCENT(load->offered_max_ratio))
                      : g_strdup("");
    char *sentence = g_strdup_printf("Offered load while pulls go out: BM-SC %s %%, BSF %s %%, HSS %s %%%s; "
                                     "bottleneck %s, good for %s UEs/s.",
                                     PERCENT(s[LOAD_BMSC].offered_ratio), PERCENT(s[LOAD_BSF].offered_ratio),
                                     PERCENT(s[LOAD_HSS].offered_ratio), links, load->bottleneck,
                                     N(load->capacity_ues_per_s));

    g_free(links);
    return sentence;
}

static unsigned worst(const struct load *load, bool late)
{
    unsigned at = 0;

    for (unsigned i = 1; i < LOAD_SERVERS; i++) {
        const struct load_server_load *s = &load->server[i], *t = &load->server[at];

        if (late ? s->late_max_s > t->late_max_s : s->wait_max_s > t->wait_max_s)
            at = i;
    }
    return at;
}

static char *expected(const struct load *load)
{
    unsigned late = worst(load, true), waits = worst(load, false);
    char *without = load->keyed_ratio > 0.9995
                        ? g_strdup("")
                        : g_strdup_printf(", %s %% of the UEs get no key", PERCENT(1 - load->keyed_ratio));
    char *end = load->ends_by_itself
                    ? g_strdup_printf("drained %s s after the last pull", N(load->recovery_s))
                    : g_strdup("cut off by run.end before it is over");
    char *sentence;

    switch (load->verdict) {
    case LOAD_CALM:
        sentence = g_strdup_printf("Expected: calm%s.", without);
        break;
    case LOAD_OVERLOADED:
        sentence = g_strdup_printf("Expected: overloaded, waits of up to %s s at the %s, %s%s.",
                                   N(load->server[waits].wait_max_s), load_server_names[waits], end, without);
        break;
    case LOAD_COLLAPSED:
        sentence = g_strdup_printf("Expected: collapsed, for %s s all that the %s does comes too late, %s%s.",
                                   N(load->server[late].late_max_s), load_server_names[late], end, without);
        break;
    default:
        sentence = g_strdup_printf("Expected: cut off, run.end comes before the storm is over%s.", without);
    }
    g_free(without);
    g_free(end);
    return sentence;
}

/* Where links or connections decide, which only a run tells, it is of the servers' work; where keys change,
 * it is of the values of the start. */
static char *expected_where(const struct load *load)
{
    char *sentence = expected(load), *narrowed;
    bool crowded = link_full(load, 0, LOAD_LINKS - 1);

    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        crowded = crowded || load->server[i].crowded;
    if (!crowded && load->changes == 0)
        return sentence;
    narrowed =
        g_strconcat("Expected", crowded ? " of the servers' work alone" : "",
                    load->changes > 0 ? " if nothing changed at [at TIME]" : "", strchr(sentence, ':'), NULL);
    g_free(sentence);
    return narrowed;
}

static void warn_overload(const struct load *load, unsigned server, GPtrArray *to)
{
    const struct load_server_load *s = &load->server[server];
    char *full = isnan(s->full_s)
                     ? g_strdup("")
                     : g_strdup_printf(", and its queue overflows %s s after the first", N(s->full_s));

    g_ptr_array_add(
        to,
        g_strdup_printf("%s is offered %s %% of what it can do: more and more UEs wait or have to come again "
                        "as long as pulls go out (%s s)%s, so the answer depends on ue.count; it takes %s "
                        "workers, or %s pulls/s at most",
                        load_server_names[server], PERCENT(s->offered_ratio), N(load->pulls_s), full,
                        N(s->workers_min), N(s->capacity_ues_per_s)));
    g_free(full);
}

static void warn_dead_work(const struct load *load, unsigned server, GPtrArray *to)
{
    const struct load_server_load *s = &load->server[server];

    g_ptr_array_add(
        to, g_strdup_printf("dead work: a queue of %s takes the %s %s s, and who asks it waits %s s (%s): "
                            "once more than %s jobs wait, it works for nobody",
                            dead_work_key(load, server), load_server_names[server], N(s->full_queue_s),
                            N(s->patience_s), s->patience_key, N(floor(s->dead_queue))));
}

static void warn_retries(const struct load *load, GPtrArray *to)
{
    bool more = load->retry_ratio > 1;

    g_ptr_array_add(
        to,
        g_strdup_printf("up to %s UEs wait for another try and come back after %s s: %s tries/s, %s %% of "
                        "what the %s can do: %s",
                        N(load->waiting_max), N(load->retry_wait_s), N(load->retry_per_s),
                        PERCENT(load->retry_ratio), load->bottleneck,
                        more ? "the storm feeds itself until UEs give up" : "it comes down by itself"));
}

static void add_warnings(const struct load *load, GPtrArray *to)
{
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        if (load->server[i].offered_ratio > 1)
            warn_overload(load, i, to);
    if (load->offered_max_ratio <= 1 && load->offered_peak_ratio > 1)
        g_ptr_array_add(to,
                        g_strdup_printf("%s is offered %s %% of what it can do at the height of the burst",
                                        load->bottleneck, PERCENT(load->offered_peak_ratio)));
    for (unsigned i = 0; i < LOAD_LINKS; i++)
        if (load->link[i].offered_ratio > 1)
            g_ptr_array_add(
                to, g_strdup_printf("%s is offered %s %% of its rate: what waits there only a run tells",
                                    load->link[i].name, PERCENT(load->link[i].offered_ratio)));
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        if (load->server[i].crowded)
            g_ptr_array_add(
                to, g_strdup_printf("more connections come to the %s than its listen_queue and connections "
                                    "let in: how many it refuses only a run tells",
                                    load_server_names[i]));
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        if (load->server[i].dead_work)
            warn_dead_work(load, i, to);
    if (load->waiting_max > 0 && load->verdict != LOAD_CALM && load->bottleneck_server >= 0)
        warn_retries(load, to);
}

/* What no remedy is reckoned for is said. */
static void add_unsaid(const struct load *load, GPtrArray *to)
{
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        if (load->server[i].newest_first && load->server[i].wait_max_s > 0)
            g_ptr_array_add(to, g_strdup_printf("That is reckoned first come first served: what newest first "
                                                "(newest_first) does at the %s only a run tells.",
                                                load_server_names[i]));
    if (load->changes > 0)
        g_ptr_array_add(to,
                        g_strdup_printf("What the changes at [at TIME] do (%u in all) only a run tells: all "
                                        "is reckoned with the values of the start.",
                                        load->changes));
    if (load->packet_keys[0]) {
        char *keys = g_strjoinv(", ", (char **)load->packet_keys);

        g_ptr_array_add(to, g_strdup_printf("What %s does only a run tells.", keys));
        g_free(keys);
    }
}

static char **finished(GPtrArray *texts)
{
    g_ptr_array_add(texts, NULL);
    return (char **)g_ptr_array_free(texts, FALSE);
}

char **load_warnings(const struct load *load)
{
    GPtrArray *texts = g_ptr_array_new();

    add_warnings(load, texts);
    return finished(texts);
}

char **load_sentences(const struct load *load)
{
    GPtrArray *texts = g_ptr_array_new();

    g_ptr_array_add(texts, offered(load));
    g_ptr_array_add(texts, expected_where(load));
    add_unsaid(load, texts);
    add_warnings(load, texts);
    return finished(texts);
}
