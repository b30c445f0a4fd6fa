/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lists folders by readdir(), which distinguishes an error from the end. */
#include "sim/files/listing.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *listing_read(const char *folder, GError **error)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    DIR *listing = opendir(folder);
    struct dirent *entry;
    int code = listing ? 0 : errno;

    while (listing && (errno = 0, entry = readdir(listing)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(entry->d_name));
    if (listing) {
        code = errno;
        closedir(listing);
    }
    if (code == ENOMEM)
        g_error("%s: failed to allocate memory for the list of its files", folder);
    if (code) {
        /* No g_strerror() where nobody asks: memory may have run out inside of it, where it holds its lock,
         * and what undoes a run lists folders. */
        if (error)
            g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), "%s: cannot be listed: %s",
                        folder, g_strerror(code));
        g_ptr_array_unref(names);
        return NULL;
    }
    g_ptr_array_sort(names, by_name);
    return names;
}
