/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What this process can still have of the machine. */
#ifndef SIM_CLI_RESOURCES_H
#define SIM_CLI_RESOURCES_H

struct resource {
    double bytes;      /* INFINITY: nobody says how many */
    const char *limit; /* who says so, for a message: "limit of address space, ulimit -v" */
};

/* Memory beyond what it has now: the least of the limits of address space and data, of the control groups
 * that it is in, and of what the machine has free, swap included. */
struct resource resources_memory(void);

/* What this process has in memory now; 0 where it is not known. */
double resources_resident(void);

/* Free space for files below a path, which need not exist yet. */
struct resource resources_disk(const char *path);

/* The size of a file. */
struct resource resources_file(void);

#endif
