/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Tables straight from the system. */
#include "sim/base/table.h"

#include <glib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

/* Whole huge pages once it is worth it; 0: more than there can be. */
static size_t table_bytes(size_t count, size_t size)
{
    size_t bytes;

    if (!g_size_checked_mul(&bytes, MAX(count, 1), size) || bytes > G_MAXSSIZE)
        return 0;
    return bytes < HUGE_PAGE ? bytes : (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

void *table_new(size_t count, size_t size)
{
    size_t bytes = table_bytes(count, size);
    void *table;

    if (bytes == 0)
        return NULL;
    table = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (table == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE_PAGE)
        madvise(table, bytes, MADV_HUGEPAGE); /* a hint: it may fail */
#endif
    return table;
}

void table_free(void *table, size_t count, size_t size)
{
    if (table != NULL)
        munmap(table, table_bytes(count, size));
}
