/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A queue of child processes on GLib's main loop. */
#include "sim/study/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* From the first signal that asks a child to stop to the one that does not ask. */
#define GRACE_MS      5000
#define TOOL_GRACE_MS 20000
/* To the second asking of a tool: GNU parallel before 2019 takes the first one for "begin no other". */
#define AGAIN_MS 200
/* From a child's end to that of the other processes of its group: how often it is looked. */
#define LOOK_MS 50
/* The time from a failure to its report: a signal to all processes may be on its way to this one. */
#define SETTLE_MS      500
#define SAID_BYTES_MAX 65536
#define NO_MEMORY                                                                                            \
    "failed to (allocate|map segment)|out of memory|cannot allocate memory|bad_alloc|malloc failure|no "     \
    "memory for [0-9]+ bytes"

struct child {
    struct jobs *jobs;
    char **words;
    void *job;
    int said; /* what it says: a file without a name, so that nothing is left when we are killed */
    GPid pid;
    guint timer, look; /* sources; 0: none */
    bool late;         /* its time was up */
    bool stopping;     /* it was asked to end */
    bool ended;
    int status;
};

struct jobs {
    struct jobs_limits limits;
    char *hard_limit; /* what memory_text is then */
    jobs_ended *ended;
    void *user;
    pid_t self;
    GMainLoop *loop;
    GQueue waiting; /* struct child */
    GList *running;
    bool interrupted;
};

uint64_t jobs_lower_limit_kb(int64_t memory_bytes)
{
    struct rlimit now;

    if (memory_bytes == 0 || getrlimit(RLIMIT_AS, &now) != 0 || now.rlim_max == RLIM_INFINITY ||
        now.rlim_max >= (rlim_t)memory_bytes)
        return 0;
    return MAX((uint64_t)now.rlim_max / 1024, 1);
}

/* No process may go above its hard limit, and one that could does not. */
static void keep_below_hard_limit(struct jobs *jobs)
{
    uint64_t kb = jobs_lower_limit_kb(jobs->limits.memory_bytes);

    if (kb == 0)
        return;
    jobs->hard_limit = g_strdup_printf("%" PRIu64 " kB (hard limit)", kb);
    jobs->limits.memory_bytes = (int64_t)(kb * 1024);
    jobs->limits.memory_text = jobs->hard_limit;
}

struct jobs *jobs_new(const struct jobs_limits *limits, jobs_ended *ended, void *user)
{
    struct jobs *jobs = g_new0(struct jobs, 1);

    jobs->limits = *limits;
    keep_below_hard_limit(jobs);
    jobs->ended = ended;
    jobs->user = user;
    jobs->self = getpid();
    jobs->loop = g_main_loop_new(NULL, FALSE);
    g_queue_init(&jobs->waiting);
    return jobs;
}

static void child_free(gpointer data)
{
    struct child *child = data;

    if (child->said >= 0)
        close(child->said);
    g_strfreev(child->words);
    g_free(child);
}

void jobs_drop(struct jobs *jobs)
{
    g_queue_clear_full(&jobs->waiting, child_free);
}

void jobs_free(struct jobs *jobs)
{
    jobs_drop(jobs);
    g_main_loop_unref(jobs->loop);
    g_free(jobs->hard_limit);
    g_free(jobs);
}

void jobs_add(struct jobs *jobs, char **words, void *job)
{
    struct child *child = g_new0(struct child, 1);

    child->jobs = jobs;
    child->words = g_strdupv(words);
    child->job = job;
    child->said = -1;
    g_queue_push_tail(&jobs->waiting, child);
}

static int open_nameless(GError **error)
{
    int file = open(g_get_tmp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    char *path;

    if (file >= 0)
        return file;
    /* Some file systems have only files that had a name. */
    file = g_file_open_tmp("pullstorm-XXXXXX", &path, error);
    if (file >= 0) {
        g_unlink(path);
        g_free(path);
    }
    return file;
}

/* The end of what a child said. */
static char *read_said(int file)
{
    off_t length = lseek(file, 0, SEEK_END);
    char *text = g_malloc(SAID_BYTES_MAX), *end;
    ssize_t got = pread(file, text, SAID_BYTES_MAX, MAX(length - SAID_BYTES_MAX, 0));

    end = g_utf8_make_valid(text, MAX(got, 0));
    g_free(text);
    return end;
}

/* A program that gets no more memory says so and aborts, each library in its own words. If there is not even
 * room for the program, the kernel ends it before it can say anything. */
static bool out_of_memory(const struct jobs_limits *limits, int status, const char *said)
{
    g_autofree char *pages = NULL;

    if (limits->memory_bytes == 0)
        return false;
    if (g_regex_match_simple(NO_MEMORY, said, G_REGEX_CASELESS, 0))
        return true;
    return WIFSIGNALED(status) && !*said && g_file_get_contents("/proc/self/statm", &pages, NULL, NULL) &&
           limits->memory_bytes < g_ascii_strtoll(pages, NULL, 10) * sysconf(_SC_PAGESIZE);
}

/* NULL: all is well. */
static char *reason_of(const struct child *child, int status, const char *said)
{
    const struct jobs_limits *limits = &child->jobs->limits;

    /* Also when it was late: asked to stop, it had just finished. */
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return NULL;
    if (child->late)
        return g_strdup_printf("timeout %gs", (double)limits->timeout_ns / 1e9);
    if (out_of_memory(limits, status, said))
        return g_strdup_printf("memory %s", limits->memory_text);
    if (WIFSIGNALED(status))
        return g_strdup_printf("killed by signal %d", WTERMSIG(status));
    return g_strdup_printf("exit %d", WEXITSTATUS(status));
}

static void start_children(struct jobs *jobs);

static void remove_source(guint *source)
{
    if (*source)
        g_source_remove(*source);
    *source = 0;
}

static void child_over(struct child *child)
{
    struct jobs *jobs = child->jobs;
    char *said, *reason;

    jobs->running = g_list_remove(jobs->running, child);
    remove_source(&child->timer);
    remove_source(&child->look);
    if (!jobs->interrupted) {
        said = read_said(child->said);
        reason = reason_of(child, child->status, said);
        jobs->ended(jobs->user, child->job, reason, said);
        g_free(reason);
        g_free(said);
    }
    child_free(child);
    start_children(jobs);
    if (!jobs->running)
        g_main_loop_quit(jobs->loop);
}

static gboolean on_settled(gpointer user)
{
    struct child *child = user;

    child->timer = 0;
    child_over(child);
    return G_SOURCE_REMOVE;
}

/* Its group outlives a child that was stopped while others of it clear up. */
static gboolean on_look(gpointer user)
{
    struct child *child = user;

    if (child->timer && kill(-child->pid, 0) == 0)
        return G_SOURCE_CONTINUE;
    child->look = 0;
    child_over(child);
    return G_SOURCE_REMOVE;
}

static void on_child_exit(GPid pid, gint status, gpointer user)
{
    struct child *child = user;
    bool failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;

    g_spawn_close_pid(pid);
    child->ended = true;
    child->status = status;
    if (child->stopping && !child->jobs->limits.tool && kill(-child->pid, 0) == 0) {
        child->look = g_timeout_add(LOOK_MS, on_look, child);
        return;
    }
    if (!failed || child->stopping) {
        child_over(child);
        return;
    }
    remove_source(&child->timer);
    child->timer = g_timeout_add(SETTLE_MS, on_settled, child);
}

static gboolean on_grace_over(gpointer user)
{
    struct child *child = user;

    kill(-child->pid, SIGKILL);
    child->timer = 0;
    return G_SOURCE_REMOVE;
}

static gboolean on_again(gpointer user)
{
    struct child *child = user;

    kill(child->pid, SIGTERM);
    child->look = 0;
    return G_SOURCE_REMOVE;
}

static void stop_child(struct child *child)
{
    bool tool = child->jobs->limits.tool;

    if (child->stopping)
        return;
    child->stopping = true;
    remove_source(&child->timer);
    if (child->ended) { /* by itself; that is about to be reported */
        child->timer = g_timeout_add(0, on_settled, child);
        return;
    }
    kill(tool ? child->pid : -child->pid, SIGTERM);
    if (tool)
        child->look = g_timeout_add(AGAIN_MS, on_again, child);
    else
        kill(-child->pid, SIGCONT); /* one that was halted has to go on to see the other */
    child->timer = g_timeout_add(tool ? TOOL_GRACE_MS : GRACE_MS, on_grace_over, child);
}

static gboolean on_timeout(gpointer user)
{
    struct child *child = user;

    child->timer = 0;
    child->late = true;
    stop_child(child);
    return G_SOURCE_REMOVE;
}

/* In the child, before the program: only calls that are safe there. */
static void prepare(gpointer user)
{
    const struct child *child = user;
    rlim_t bytes = (rlim_t)child->jobs->limits.memory_bytes;
    const struct rlimit limit = {bytes, bytes}, no_core = {0, 0};

    /* Ctrl-C goes to a whole group of processes; children get their signal from the parent, once. */
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* The parent that was killed before that sends nothing. */
    if (getppid() != child->jobs->self)
        _exit(1);
    if (bytes)
        setrlimit(RLIMIT_AS, &limit);
    dup2(child->said, STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &no_core);
    if (child->jobs->limits.held)
        fcntl(child->jobs->limits.held, F_SETFD, 0);
    if (child->jobs->limits.held_too)
        fcntl(child->jobs->limits.held_too, F_SETFD, 0);
}

static bool start(struct child *child, GError **error)
{
    struct jobs *jobs = child->jobs;

    child->said = open_nameless(error);
    if (child->said < 0 ||
        !g_spawn_async(NULL, child->words, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                       prepare, child, &child->pid, error))
        return false;
    jobs->running = g_list_prepend(jobs->running, child);
    g_child_watch_add(child->pid, on_child_exit, child);
    if (jobs->limits.timeout_ns > 0)
        child->timer =
            g_timeout_add((guint)MIN(jobs->limits.timeout_ns / 1000000, G_MAXUINT), on_timeout, child);
    return true;
}

static void start_children(struct jobs *jobs)
{
    while (!jobs->interrupted && g_list_length(jobs->running) < jobs->limits.at_a_time) {
        struct child *child = g_queue_pop_head(&jobs->waiting);
        GError *error = NULL;

        if (!child)
            return;
        if (start(child, &error))
            continue;
        jobs->ended(jobs->user, child->job, "not started", error->message);
        g_error_free(error);
        child_free(child);
    }
}

static gboolean on_signal(gpointer user)
{
    struct jobs *jobs = user;

    jobs->interrupted = true;
    jobs_drop(jobs);
    for (GList *at = jobs->running; at; at = at->next)
        stop_child(at->data);
    return G_SOURCE_CONTINUE;
}

bool jobs_run(struct jobs *jobs)
{
    const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    guint sources[G_N_ELEMENTS(signals)];

    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        struct sigaction before;
        bool nohup =
            signals[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_IGN;

        sources[i] = nohup ? 0 : g_unix_signal_add(signals[i], on_signal, jobs);
    }
    start_children(jobs);
    if (jobs->running)
        g_main_loop_run(jobs->loop);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        remove_source(&sources[i]);
    return !jobs->interrupted;
}
