/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Limits and what is free, as Linux reports them. What cannot be read limits nothing. */
#include "sim/cli/resources.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

/* The number after `name` in a file of lines such as "MemFree:  123 kB"; name "": the first number. NAN:
 * there is none. */
static double number_in(const char *path, const char *name)
{
    double number = NAN;
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return NAN;
    for (char *line = text; line && isnan(number); line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!g_str_has_prefix(line, name))
            continue;
        char *at = line + strlen(name), *end;
        double read = g_ascii_strtod(at, &end);

        if (end != at)
            number = read;
    }
    g_free(text);
    return number;
}

static void lower(struct resource *resource, double bytes, const char *limit)
{
    if (bytes < resource->bytes)
        *resource = (struct resource){fmax(bytes, 0), limit};
}

static void lower_by_rlimit(struct resource *resource, int which, const char *used, const char *limit)
{
    struct rlimit soft;

    if (getrlimit((__rlimit_resource_t)which, &soft) == 0 && soft.rlim_cur != RLIM_INFINITY)
        lower(resource, (double)soft.rlim_cur - number_in("/proc/self/status", used) * 1024, limit);
}

/* How the two versions of control groups name their files. */
struct group_files {
    const char *root, *limit, *usage, *cache;
};

/* The group and those that it is in. Pages of files do not count: they go when memory is needed. */
static void lower_by_groups(struct resource *resource, const struct group_files *files, const char *group)
{
    char *at = g_strdup(group);

    while (*at) {
        char *limit = g_strconcat(files->root, at, "/", files->limit, NULL);
        char *usage = g_strconcat(files->root, at, "/", files->usage, NULL);
        char *stat = g_strconcat(files->root, at, "/memory.stat", NULL);
        double cache = number_in(stat, files->cache);

        lower(resource, number_in(limit, "") - number_in(usage, "") + (isnan(cache) ? 0 : cache),
              "limit of the control group");
        g_free(limit);
        g_free(usage);
        g_free(stat);
        *strrchr(at, '/') = '\0';
    }
    g_free(at);
}

/* Lines of /proc/self/cgroup are "4:memory:/group", in version 2 "0::/group". */
static void lower_by_control_groups(struct resource *resource)
{
    static const struct group_files first = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                                             "memory.usage_in_bytes", "total_cache "},
                                    second = {"/sys/fs/cgroup", "memory.max", "memory.current", "file "};
    char *text = NULL, **lines;

    if (!g_file_get_contents("/proc/self/cgroup", &text, NULL, NULL))
        return;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char **parts = g_strsplit(*line, ":", 3);

        if (g_strv_length(parts) == 3 && parts[2][0] == '/' && parts[2][1] != '\0') {
            if (strcmp(parts[1], "memory") == 0)
                lower_by_groups(resource, &first, parts[2]);
            else if (*parts[1] == '\0')
                lower_by_groups(resource, &second, parts[2]);
        }
        g_strfreev(parts);
    }
    g_strfreev(lines);
    g_free(text);
}

struct resource resources_memory(void)
{
    struct resource memory = {INFINITY, ""};

    lower(&memory,
          (number_in("/proc/meminfo", "MemAvailable:") + number_in("/proc/meminfo", "SwapFree:")) * 1024,
          "free memory and swap");
    lower_by_control_groups(&memory);
    lower_by_rlimit(&memory, RLIMIT_AS, "VmSize:", "limit of address space, ulimit -v");
    lower_by_rlimit(&memory, RLIMIT_DATA, "VmData:", "limit of data, ulimit -d");
    return memory;
}

double resources_resident(void)
{
    double kilobytes = number_in("/proc/self/status", "VmRSS:");

    return isnan(kilobytes) ? 0 : kilobytes * 1024;
}

struct resource resources_disk(const char *path)
{
    struct resource disk = {INFINITY, ""};
    char *at = g_canonicalize_filename(path, NULL);
    struct statvfs about;
    int failed;

    while ((failed = statvfs(at, &about)) != 0 && at[1] != '\0') {
        char *above = g_path_get_dirname(at);

        g_free(at);
        at = above;
    }
    g_free(at);
    if (failed == 0 && about.f_frsize > 0)
        lower(&disk, (double)about.f_bavail * (double)about.f_frsize, "free space of the file system");
    return disk;
}

struct resource resources_file(void)
{
    struct resource file = {INFINITY, ""};
    struct rlimit soft;

    if (getrlimit(RLIMIT_FSIZE, &soft) == 0 && soft.rlim_cur != RLIM_INFINITY)
        lower(&file, (double)soft.rlim_cur, "limit of a file, ulimit -f");
    return file;
}
