/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A queue of child processes on GLib's main loop. */
#include "sim/study/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* From the first signal that asks a child to stop to the one that does not ask. */
#define GRACE_MS       10000
#define SAID_BYTES_MAX 65536
#define NO_MEMORY                                                                                            \
    "failed to (allocate|map segment)|out of memory|cannot allocate memory|malloc failure|no memory for "    \
    "[0-9]+ bytes"

struct child {
    struct jobs *jobs;
    char **words;
    void *job;
    int said; /* what it says: a file without a name, so that nothing stays behind when we are killed */
    GPid pid;
    guint timer; /* source; 0: none */
    bool late;   /* its time was up */
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

/* Above its hard limit no process may go, and who may shall not. */
static void keep_below_hard_limit(struct jobs *jobs)
{
    struct rlimit now;

    if (getrlimit(RLIMIT_AS, &now) != 0 || now.rlim_max == RLIM_INFINITY ||
        now.rlim_max >= (rlim_t)jobs->limits.memory_bytes)
        return;
    jobs->hard_limit = g_strdup_printf("%" G_GUINT64_FORMAT " kB (hard limit)", (guint64)now.rlim_max / 1024);
    jobs->limits.memory_bytes = (int64_t)now.rlim_max;
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

/* NULL: all is well. */
static char *reason_of(const struct child *child, int status, const char *said)
{
    const struct jobs_limits *limits = &child->jobs->limits;

    /* Also when it was late: asked to stop, it had just finished. */
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return NULL;
    if (child->late)
        return g_strdup_printf("timeout %gs", (double)limits->timeout_ns / 1e9);
    /* Who may not have more memory says so and aborts, each library in its own words. */
    if (limits->memory_bytes && g_regex_match_simple(NO_MEMORY, said, G_REGEX_CASELESS, 0))
        return g_strdup_printf("memory %s", limits->memory_text);
    if (WIFSIGNALED(status))
        return g_strdup_printf("killed by signal %d", WTERMSIG(status));
    return g_strdup_printf("exit %d", WEXITSTATUS(status));
}

static void start_children(struct jobs *jobs);

static void child_over(struct child *child, const char *reason, const char *said)
{
    struct jobs *jobs = child->jobs;

    jobs->running = g_list_remove(jobs->running, child);
    if (child->timer)
        g_source_remove(child->timer);
    if (!jobs->interrupted)
        jobs->ended(jobs->user, child->job, reason, said);
    child_free(child);
    start_children(jobs);
    if (!jobs->running)
        g_main_loop_quit(jobs->loop);
}

static void on_child_exit(GPid pid, gint status, gpointer user)
{
    struct child *child = user;
    char *said = read_said(child->said), *reason = reason_of(child, status, said);

    g_spawn_close_pid(pid);
    child_over(child, reason, said);
    g_free(reason);
    g_free(said);
}

static gboolean on_grace_over(gpointer user)
{
    struct child *child = user;

    kill(child->pid, SIGKILL);
    child->timer = 0;
    return G_SOURCE_REMOVE;
}

static gboolean on_timeout(gpointer user)
{
    struct child *child = user;

    child->late = true;
    kill(child->pid, SIGTERM);
    child->timer = g_timeout_add(GRACE_MS, on_grace_over, child);
    return G_SOURCE_REMOVE;
}

/* In the child, before the program: only calls that are safe there. */
static void prepare(gpointer user)
{
    const struct child *child = user;
    rlim_t bytes = (rlim_t)child->jobs->limits.memory_bytes;
    const struct rlimit limit = {bytes, bytes};

    /* Ctrl-C goes to a whole group of processes; children are told by their parent, once. */
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* The parent that was killed before that sends nothing. */
    if (getppid() != child->jobs->self)
        _exit(1);
    if (bytes)
        setrlimit(RLIMIT_AS, &limit);
    dup2(child->said, STDERR_FILENO);
    if (child->jobs->limits.held)
        fcntl(child->jobs->limits.held, F_SETFD, 0);
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

static void stop_children(struct jobs *jobs, int signal_number)
{
    jobs->interrupted = true;
    jobs_drop(jobs);
    for (GList *at = jobs->running; at; at = at->next)
        kill(((struct child *)at->data)->pid, signal_number);
}

static gboolean on_signal(gpointer user)
{
    stop_children(user, SIGTERM);
    return G_SOURCE_CONTINUE;
}

bool jobs_run(struct jobs *jobs)
{
    guint sources[] = {g_unix_signal_add(SIGINT, on_signal, jobs),
                       g_unix_signal_add(SIGTERM, on_signal, jobs),
                       g_unix_signal_add(SIGHUP, on_signal, jobs)};

    start_children(jobs);
    if (jobs->running)
        g_main_loop_run(jobs->loop);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        g_source_remove(sources[i]);
    return !jobs->interrupted;
}
