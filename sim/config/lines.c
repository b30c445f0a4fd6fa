/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The index of the lines of a configuration file. */
#include "sim/config/lines.h"

#include <stdbool.h>
#include <string.h>

#define SHOWN_MAX      60 /* characters of a line that is not understood */
#define NAME_BYTES_MAX 500

static void clear_line(gpointer data)
{
    struct config_line *line = data;

    g_free(line->section);
    g_free(line->text);
}

/* GKeyFile stops at names with control characters ... (and a name of any length would be repeated in each
 * message about its line) */
static bool is_printable(const char *name)
{
    const char *at = name;

    while (*at && !g_ascii_iscntrl(*at))
        at++;
    return *at == '\0' && at - name <= NAME_BYTES_MAX;
}

/* ... and at brackets in the name of a key, unless they come last and hold a locale: count[de]. */
static bool brackets_are_right(const char *name)
{
    static const char locale[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@";
    const char *open = strpbrk(name, "[]");

    if (!open)
        return true;
    return *open == '[' && open > name && open[-1] != ' ' &&
           strcmp(open + 1 + strspn(open + 1, locale), "]") == 0;
}

/* One blank for several, so that [variant a] has one name; the rest of the line becomes blank. */
static void collapse_blanks(char *text, size_t length)
{
    size_t kept = 0;

    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' || i == 0 || text[i - 1] != ' ')
            text[kept++] = text[i];
    memset(text + kept, ' ', length - kept);
}

/* The name in "[name]", or NULL. */
static char *section_of(const char *text)
{
    size_t length = strlen(text);
    char *name = text[0] == '[' && text[length - 1] == ']' ? g_strndup(text + 1, length - 2) : NULL;

    if (name && *name && !strpbrk(name, "[]") && is_printable(name))
        return name;
    g_free(name);
    return NULL;
}

/* The name in "name = value", or NULL. */
static char *key_of(const char *text)
{
    const char *end = strchr(text, '=');
    char *name = end && end > text ? g_strchomp(g_strndup(text, (gsize)(end - text))) : NULL;

    if (name && is_printable(name) && brackets_are_right(name))
        return name;
    g_free(name);
    return NULL;
}

static bool opens_section(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at < end && *at == '[';
}

GArray *lines_index(char *text)
{
    char *const text_end = text + strlen(text);
    GArray *lines = g_array_new(FALSE, TRUE, sizeof(struct config_line));
    char *section = NULL;
    unsigned number = 0;

    g_array_set_clear_func(lines, clear_line);
    for (char *at = text, *end; at < text_end; at = end + 1) {
        end = memchr(at, '\n', (size_t)(text_end - at));
        end = end ? end : text_end;
        if (opens_section(at, end))
            collapse_blanks(at, (size_t)(end - at));
        char *trimmed = g_strstrip(g_strndup(at, (gsize)(end - at)));
        struct config_line line = {.number = ++number};

        if (trimmed[0] == '\0' || trimmed[0] == '#') {
            g_free(trimmed);
            continue;
        }
        if (trimmed[0] == '[') {
            line.section = section_of(trimmed);
            line.kind = line.section ? LINE_SECTION : LINE_NONSENSE;
            if (line.section) {
                g_free(section);
                section = g_strdup(line.section);
            }
        } else {
            line.text = key_of(trimmed);
            line.kind = !line.text ? LINE_NONSENSE : section ? LINE_KEY : LINE_HOMELESS;
            line.section = g_strdup(section);
        }
        if (!line.text)
            line.text = g_utf8_substring(trimmed, 0, MIN(g_utf8_strlen(trimmed, -1), SHOWN_MAX));
        if (line.kind == LINE_NONSENSE || line.kind == LINE_HOMELESS)
            *at = '#';
        g_array_append_val(lines, line);
        g_free(trimmed);
    }
    g_free(section);
    return lines;
}
