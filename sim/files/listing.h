/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a folder holds: all of it, or an error. GDir takes an error in the middle for the end. */
#ifndef SIM_FILES_LISTING_H
#define SIM_FILES_LISTING_H

#include <glib.h>

/* The names in a folder, sorted, without . and .. (char *; g_ptr_array_unref). NULL and error (G_FILE_ERROR;
 * _NOENT: there is no such folder). */
GPtrArray *listing_read(const char *folder, GError **error);

#endif
