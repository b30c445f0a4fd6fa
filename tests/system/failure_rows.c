/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Prints the rows of tests/unit/failures.h for tests/system/golden. "failure_rows base": the scenario that
 * all rows start from. "failure_rows rows": a line for each row, name and settings with tabs between them. */
#include "tests/unit/failures.h"
#include "tests/unit/storm_fixture.h"

#include <stdio.h>
#include <string.h>

static void print_rows(void)
{
    static const char *const base[] = {FAILURE_BASE};

    for (unsigned i = 0; i < G_N_ELEMENTS(failures); i++) {
        const struct failure *f = &failures[i];

        printf("%s", f->name);
        for (unsigned s = 0; s < G_N_ELEMENTS(base); s++)
            printf("\t%s", base[s]);
        for (const char *const *s = f->settings; *s != NULL; s++)
            printf("\t%s", *s);
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "base") == 0)
        printf("%s", FIXTURE_BASE);
    else if (argc == 2 && strcmp(argv[1], "rows") == 0)
        print_rows();
    else
        return 2;
    return 0;
}
