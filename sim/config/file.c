/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads the text of a configuration file, with one clear message for everything that is not one. */
#include "sim/config/file.h"

#include "sim/config/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Far above any real file: all keys of a scenario with the longest values take less than 20 kB. */
#define SIZE_MAX_BYTES (1 << 20)

static void refuse(GError **error, enum config_error code, const char *path, const char *why)
{
    g_set_error(error, CONFIG_ERROR, code, "%s: %s", path, why);
}

/* The bytes, NUL-terminated; NULL and errno if reading fails. One byte more than allowed is read. */
static char *read_bytes(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rbe");
    char *bytes;
    int failed;

    if (!file)
        return NULL;
    bytes = g_malloc(SIZE_MAX_BYTES + 2);
    errno = 0;
    *length = fread(bytes, 1, SIZE_MAX_BYTES + 1, file);
    bytes[*length] = '\0';
    failed = ferror(file) ? errno : 0;
    fclose(file);
    if (failed) {
        g_free(bytes);
        errno = failed;
        return NULL;
    }
    return bytes;
}

static unsigned line_at(const char *bytes, const char *at)
{
    unsigned line = 1;

    for (; bytes < at; bytes++)
        line += *bytes == '\n';
    return line;
}

/* A carriage return that ends no line for GKeyFile, if it does for who wrote the file; NULL: none. */
static const char *find_bare_return(const char *bytes)
{
    const char *at = strchr(bytes, '\r');

    while (at && at[1] == '\n')
        at = strchr(at + 1, '\r');
    return at;
}

static bool is_text(const char *path, const char *example, const char *bytes, size_t length, GError **error)
{
    const char *end;

    if (length > SIZE_MAX_BYTES)
        refuse(error, CONFIG_ERROR_FILE, path, "is larger than 1 MiB, expected an INI file of sections");
    else if (memchr(bytes, '\0', length))
        refuse(error, CONFIG_ERROR_SYNTAX, path, "holds NUL bytes, expected an INI file of sections");
    else if (strspn(bytes, " \t\r\n") == length)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX, "%s: is empty, expected sections such as [%s]",
                    path, example);
    else if (!g_utf8_validate(bytes, (gssize)length, &end))
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX, "%s:%u: is not UTF-8 text", path,
                    line_at(bytes, end));
    else if ((end = find_bare_return(bytes)) != NULL)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX,
                    "%s:%u: a carriage return without a line feed, expected lines that end in LF or CR LF",
                    path, line_at(bytes, end));
    else
        return true;
    return false;
}

char *config_file_read(const char *path, const char *example, GError **error)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    struct stat about;
    size_t length = 0;
    char *bytes;

    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        refuse(error, CONFIG_ERROR_FILE, path, "is a directory, expected an INI file of sections");
        return NULL;
    }
    bytes = read_bytes(path, &length);
    if (!bytes) {
        refuse(error, CONFIG_ERROR_FILE, path, g_strerror(errno));
        return NULL;
    }
    /* Some editors put a mark in front, which GKeyFile would take for part of the first line. */
    if (g_str_has_prefix(bytes, byte_order_mark)) {
        length -= strlen(byte_order_mark);
        memmove(bytes, bytes + strlen(byte_order_mark), length + 1);
    }
    if (!is_text(path, example, bytes, length, error)) {
        g_free(bytes);
        return NULL;
    }
    return bytes;
}
