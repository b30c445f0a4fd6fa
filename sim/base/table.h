/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Large tables of zeros: one entry a UE, touched in no order. Memory is the system's until it is touched;
 * huge pages are asked for, so that an access misses one cache (the TLB) less. */
#ifndef SIM_BASE_TABLE_H
#define SIM_BASE_TABLE_H

#include <stddef.h>

/* count entries of `size` bytes, all zero. NULL when memory is out. */
void *table_new(size_t count, size_t size);
/* NULL is allowed. count and size as given to table_new(). */
void table_free(void *table, size_t count, size_t size);

#endif
