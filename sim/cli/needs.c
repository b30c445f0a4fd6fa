/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a run will take, said before it begins. */
#include "sim/cli/needs.h"

#include "sim/cli/format.h"
#include "sim/cli/resources.h"
#include "sim/config/value.h"
#include "sim/net/network.h"

#include <math.h>
#include <stdio.h>

/* Time that METER_HASHES take on the machine of README.md, on which storm_needs() was measured. */
#define METER_HASHES 500
#define METER_S      0.275e-3
#define METER_ROUNDS 5

static struct storm_needs needs_of(const struct scenario *scenario)
{
    struct storm_needs needs;

    storm_needs(scenario, cli_engine(scenario), &needs);
    return needs;
}

/* Hashes are half of a run; the machine at its best. */
double needs_slowness(void)
{
    static const uint8_t text[1024];
    struct crypto *crypto = crypto_new();
    struct bytes part = bytes_of(text, sizeof text);
    int64_t best_us = INT64_MAX;
    uint8_t digest[32];

    for (unsigned round = 0; round < METER_ROUNDS; round++) {
        int64_t start_us = g_get_monotonic_time();

        for (unsigned i = 0; i < METER_HASHES; i++)
            sha256(crypto, &part, 1, digest);
        best_us = MIN(best_us, g_get_monotonic_time() - start_us);
    }
    crypto_free(crypto);
    return (double)best_us / 1e6 / METER_S;
}

char *needs_memory_text(const struct scenario *scenario)
{
    struct storm_needs needs = needs_of(scenario);
    double now = resources_resident();
    char memory[FORMAT_SIZE], waiting[FORMAT_SIZE];

    return g_strdup_printf("needs about %s of memory (%s if all UEs wait at a time)",
                           format_bytes(memory, now + needs.memory_bytes),
                           format_bytes(waiting, now + needs.waiting_bytes));
}

static char *missing(const struct scenario *scenario, const char *what, double bytes, struct resource there)
{
    char needed[FORMAT_SIZE], had[FORMAT_SIZE];

    return g_strdup_printf("ue.count = %s: %s: about %s are needed, and %s can be had (%s)",
                           scenario_value_text(scenario, scenario_key("ue", "count")), what,
                           format_bytes(needed, bytes), format_bytes(had, there.bytes), there.limit);
}

/* A packet is in the captures of four devices: both ends of the radio link, and of a server's. */
#define DEVICES_A_PACKET 4

char *needs_missing(const struct scenario *scenario, const struct needs_files *files, const char *target)
{
    struct storm_needs needs = needs_of(scenario);
    struct resource memory = resources_memory(), disk = resources_disk(target), file = resources_file();
    double capture = files->capture ? needs.capture_bytes : 0,
           keylog = files->keylog ? needs.keylog_bytes : 0;
    double devices = files->device_captures ? DEVICES_A_PACKET * needs.capture_bytes : 0;
    double largest = fmax(fmax(capture, keylog), needs.files_bytes);

    if (needs.memory_bytes > memory.bytes)
        return missing(scenario, "the run would be out of memory", needs.memory_bytes, memory);
    if (largest > file.bytes)
        return missing(scenario, "a file would grow too large", largest, file);
    if (needs.files_bytes + capture + keylog + devices > disk.bytes)
        return missing(scenario, "the disk would be full", needs.files_bytes + capture + keylog + devices,
                       disk);
    return NULL;
}

void needs_print(const struct scenario *scenario)
{
    struct storm_needs needs = needs_of(scenario);
    struct resource memory = resources_memory();
    char *said = needs_memory_text(scenario),
         *refused = needs_missing(scenario, &(struct needs_files){0}, ".");
    char time[FORMAT_SIZE], files[FORMAT_SIZE], capture[FORMAT_SIZE], keylog[FORMAT_SIZE], there[FORMAT_SIZE];

    printf("a run %s, %s of one core if each UE is served at its first try, and %s of disk (%s more with "
           "--pcap, %s with --keylog)\n",
           said, format_seconds(time, needs.cpu_s * needs_slowness()), format_bytes(files, needs.files_bytes),
           format_bytes(capture, needs.capture_bytes), format_bytes(keylog, needs.keylog_bytes));
    if (refused)
        fprintf(stderr, "note: run refuses it: %s\n", refused);
    else if (needs.waiting_bytes > memory.bytes)
        fprintf(stderr,
                "note: if many UEs wait at a time, the %s of memory that can be had (%s) will not do\n",
                format_bytes(there, memory.bytes), memory.limit);
    g_free(refused);
    g_free(said);
}
