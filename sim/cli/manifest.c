/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* manifest.json: where a result comes from and how to make it again. */
#include "sim/cli/cli.h"
#include "sim/cli/report.h"
#include "sim/cli/version.h"
#include "sim/files/listing.h"
#include "sim/net/network.h"
#include "sim/study/result.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

void manifest_json_string(GString *to, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);

    g_string_append_c(to, '"');
    for (const char *at = valid; *at; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_printf(to, "\\%c", *at);
        else if (*at == '\n')
            g_string_append(to, "\\n");
        else if (*at == '\t')
            g_string_append(to, "\\t");
        else if ((unsigned char)*at < 0x20 || *at == 0x7f)
            g_string_append_printf(to, "\\u%04x", (unsigned)(unsigned char)*at);
        else
            g_string_append_c(to, *at);
    }
    g_string_append_c(to, '"');
    g_free(valid);
}

static void name(GString *to, const char *member)
{
    g_string_append_printf(to, "%s  \"%s\": ", to->len > 2 ? ",\n" : "", member);
}

static void text(GString *to, const char *member, const char *value)
{
    name(to, member);
    manifest_json_string(to, value);
}

static void real(GString *to, const char *member, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    name(to, member);
    g_string_append(to, g_ascii_formatd(buffer, sizeof buffer, "%.6f", value));
}

static void integer(GString *to, const char *member, uint64_t value)
{
    name(to, member);
    g_string_append_printf(to, "%" PRIu64, value);
}

static void manifest_command_line(GString *to, char **words)
{
    name(to, "command_line");
    for (char **word = words; *word; word++) {
        g_string_append(to, word == words ? "[" : ", ");
        manifest_json_string(to, *word);
    }
    g_string_append_c(to, ']');
}

/* The size of each other file of the result, by which one that was cut off or lost is found later. All are
 * closed: the manifest is written last, and the run's end has closed the captures (network_finish()). */
static bool add_files(GString *to, const char *path, GError **error)
{
    char *folder = g_path_get_dirname(path);
    GPtrArray *names = listing_read(folder, error);
    bool good = names != NULL;

    name(to, "files");
    g_string_append_c(to, '{');
    for (unsigned i = 0; good && i < names->len; i++) {
        char *file = g_build_filename(folder, g_ptr_array_index(names, i), NULL);
        struct stat about;

        good = stat(file, &about) == 0;
        if (!good)
            g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", file,
                        g_strerror(errno));
        g_string_append(to, i ? ", " : "");
        manifest_json_string(to, g_ptr_array_index(names, i));
        g_string_append_printf(to, ": %" PRIu64, good ? (uint64_t)about.st_size : 0);
        g_free(file);
    }
    g_string_append_c(to, '}');
    if (names)
        g_ptr_array_unref(names);
    g_free(folder);
    return good;
}

static void add_scenario(GString *to, const struct scenario *scenario)
{
    char *canonical = config_text(&scenario->config);
    char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, canonical, -1);

    text(to, "scenario_name", scenario->config.name);
    text(to, "scenario_text", canonical);
    text(to, "scenario_sha256", digest);
    g_free(digest);
    g_free(canonical);
}

/* What the result may depend on besides this program, as it was in this run. */
static void add_libraries(GString *to, const struct scenario *scenario)
{
    const struct network_engine *engine = cli_engine(scenario);

    name(to, "libraries");
    g_string_append_printf(to, "{\"glib\": \"%u.%u.%u\", \"openssl\": \"%s\", \"libc\": \"%s\"",
                           glib_major_version, glib_minor_version, glib_micro_version,
                           OpenSSL_version(OPENSSL_VERSION_STRING), gnu_get_libc_version());
    if (engine->backend_version)
        g_string_append_printf(to, ", \"ns-3\": \"%s\"", engine->backend_version());
    g_string_append_c(to, '}');
}

static void manifest_add_run(GString *to, const struct report *report)
{
    char fingerprint[17], host[256] = "";
    uint64_t events = storm_events(report->storm);

    g_snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, storm_fingerprint(report->storm));
    gethostname(host, sizeof host - 1);
    text(to, "engine", report->engine);
    integer(to, "seed", report->scenario->run_seed);
    text(to, "fingerprint", fingerprint);
    integer(to, "events", events);
    real(to, "simulated_s", (double)storm_now_ns(report->storm) / 1e9);
    integer(to, "threads", (uint64_t)report->threads);
    text(to, "started", report->started);
    text(to, "host", host);
    text(to, "compiler", COMPILER);
    add_libraries(to, report->scenario);
    real(to, "wall_s", report->wall_s);
    real(to, "cpu_s", report->cpu_s);
    real(to, "events_per_s", report->wall_s > 0 ? (double)events / report->wall_s : 0);
    integer(to, "peak_memory_bytes", (uint64_t)report->peak_memory_bytes);
}

static bool write_text(const char *path, const GString *content, GError **error)
{
    FILE *file = fopen(path, "we");
    bool good = file && fwrite(content->str, 1, content->len, file) == content->len && fflush(file) == 0;
    int code = errno;

    if (file && fclose(file) != 0 && good) {
        code = errno;
        good = false;
    }
    if (!good)
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), "%s: %s", path,
                    g_strerror(code));
    return good;
}

bool manifest_write(const struct report *report, const char *path, GError **error)
{
    GString *to = g_string_new("{\n");
    bool good;

    text(to, "program", "pullstorm");
    text(to, "version", PULLSTORM_VERSION);
    text(to, "commit", PULLSTORM_COMMIT);
    integer(to, "format", RESULT_FORMAT);
    manifest_command_line(to, report->command_line);
    manifest_add_run(to, report);
    add_scenario(to, report->scenario);
    good = add_files(to, path, error);
    g_string_append(to, "\n}\n");
    good = good && write_text(path, to, error);
    g_string_free(to, TRUE);
    return good;
}
