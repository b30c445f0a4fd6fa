/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A list of numbers and ranges of numbers. */
#include "sim/cli/trace_option.h"

#include <inttypes.h>

/* A number at *at, which then is behind it; one of too many digits is UINT64_MAX. */
static bool trace_option_number(const char **at, uint64_t *out)
{
    char *end;

    if (!g_ascii_isdigit(**at))
        return false;
    *out = g_ascii_strtoull(*at, &end, 10);
    *at = end;
    return true;
}

/* N or N-M at *at, up to the comma behind it, which is passed over, or the end. */
static bool trace_option_range(const char **at, uint64_t *first, uint64_t *last)
{
    if (!trace_option_number(at, first))
        return false;
    *last = *first;
    if (**at == '-') {
        ++*at;
        if (!trace_option_number(at, last) || *last < *first)
            return false;
    }
    if (**at == '\0')
        return true;
    return *(*at)++ == ',' && **at != '\0';
}

static int trace_option_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

bool trace_option_read(const char *text, uint32_t ues, GArray *out, char **why)
{
    const char *at = text;

    do {
        uint64_t first, last;

        if (!trace_option_range(&at, &first, &last)) {
            *why =
                g_strdup_printf("\"%s\" is not right, expected numbers of UEs, such as 17 or 3,8-10", text);
            return false;
        }
        if (last >= ues) {
            *why = g_strdup_printf("there is no UE %" PRIu64 ", expected numbers below ue.count = %" PRIu32,
                                   MAX(first, (uint64_t)ues), ues);
            return false;
        }
        if (out->len + last - first >= ues) {
            *why = g_strdup_printf("\"%s\" names a UE twice", text);
            return false;
        }
        for (uint32_t ue = (uint32_t)first; ue <= last; ue++)
            g_array_append_val(out, ue);
    } while (*at != '\0');
    g_array_sort(out, trace_option_compare);
    for (guint i = 1; i < out->len; i++)
        if (g_array_index(out, uint32_t, i) == g_array_index(out, uint32_t, i - 1)) {
            *why = g_strdup_printf("UE %" PRIu32 " is named twice", g_array_index(out, uint32_t, i));
            return false;
        }
    return true;
}
