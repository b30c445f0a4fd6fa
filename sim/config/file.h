/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The text of a configuration file. */
#ifndef SIM_CONFIG_FILE_H
#define SIM_CONFIG_FILE_H

#include <glib.h>

/* The whole text, UTF-8, NUL-terminated (g_free). NULL and a CONFIG_ERROR if the file is missing, unreadable,
 * a directory, empty, or not text. `example` is a section that such a file may have, for the messages. */
char *config_file_read(const char *path, const char *example, GError **error);

#endif
