/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm keys: every scenario key, as a table to read or as CSV. */
#include "sim/cli/cli.h"
#include "sim/cli/format.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 79

static void keys_print_csv(void)
{
    puts("section,key,type,unit,default,minimum,maximum,choices,meaning,changes_from");
    for (unsigned i = 0; i < scenario_schema.count; i++) {
        const struct config_key *key = &scenario_schema.keys[i];
        bool choice = key->type == CONFIG_CHOICE;
        const char *cells[] = {key->section,
                               key->name,
                               config_type_name(key->type),
                               config_type_unit(key->type),
                               key->standard,
                               choice ? "" : key->minimum,
                               choice ? "" : key->maximum,
                               choice ? key->minimum : "",
                               key->meaning,
                               key->changes_from ? key->changes_from : ""};

        for (size_t cell = 0; cell < G_N_ELEMENTS(cells); cell++) {
            if (cell)
                putchar(',');
            format_csv_cell(stdout, cells[cell]);
        }
        putchar('\n');
    }
}

static void print_key(const struct config_key *key)
{
    const char *standard = *key->standard ? key->standard : "(empty)";

    if (key->type == CONFIG_CHOICE)
        printf("  %-18s %-21s one of %s\n", key->name, standard, key->minimum);
    else if (key->type == CONFIG_TEXT)
        printf("  %-18s %-21s text, %s to %s characters\n", key->name, standard, key->minimum, key->maximum);
    else
        printf("  %-18s %-21s %s, %s to %s\n", key->name, standard, config_type_name(key->type), key->minimum,
               key->maximum);
    format_wrapped(stdout, 6, WIDTH, key->meaning);
    if (key->changes_from && strcmp(key->changes_from, key->minimum) != 0)
        printf("      can change during a run ([at TIME]), also to %s\n", key->changes_from);
    else if (key->changes_from)
        puts("      can change during a run ([at TIME])");
}

/* What a section is about, where its name does not say it: servers by their names in 5G MBS, too (TS 33.501
 * annex W.4). */
static void print_section(const char *section)
{
    static const struct {
        const char *section, *about;
    } notes[] = {
        {"bmsc", "The BM-SC; in 5G MBS the MBSSF, and Ua is MBS-10."},
        {"bsf", "The BSF, which Ub and Zn lead to; in 5G MBS Zn may be Nbsp_GBA."},
        {"hss", "The HSS, behind Zh; in 5G MBS Nhss_gbaUEAU and Nhss_gbaSDM."},
        {"diameter", "Zn from BM-SC to BSF, Zh from BSF to HSS."},
        {"whatif", "Behaviour that no standard has. What is on is named in every summary and report."}};

    printf("\n[%s]\n", section);
    for (unsigned i = 0; i < G_N_ELEMENTS(notes); i++)
        if (strcmp(section, notes[i].section) == 0)
            printf("  %s\n", notes[i].about);
}

static void keys_print_table(void)
{
    const char *section = "";

    puts("Every scenario key: name, default, type and range, meaning.");
    for (unsigned i = 0; i < scenario_schema.count; i++) {
        const struct config_key *key = &scenario_schema.keys[i];

        if (strcmp(section, key->section) != 0) {
            section = key->section;
            print_section(section);
        }
        print_key(key);
    }
    puts("\n"
         "Units: durations ns, us, ms, s, min, h, d; counts k, M, G; rates /s, k/s, /min;\n"
         "bit rates bit/s, kbit/s, Mbit/s, Gbit/s, Tbit/s; sizes B, kB, MB, GB, TB, KiB,\n"
         "MiB, GiB; shares 0.1 or 10%. Digits may be grouped by '_'. Distributions:\n"
         "fixed(2ms), exp(2ms), lognormal(2ms, 0.5) (mean, sigma), uniform(1ms, 3ms).\n"
         "A section [at 100s] with lines such as hss.workers = 0 sets keys that can change\n"
         "for the time from 100 s after the start of the run on.");
}

int keys_command(int argc, char **argv)
{
    return cli_list(argc, argv, "Lists every scenario key with type, unit, default, range and meaning.",
                    keys_print_table, keys_print_csv);
}
