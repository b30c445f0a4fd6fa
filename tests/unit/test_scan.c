/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Scanning by blocks finds what a loop over the bytes finds: for every byte value, at every place, in texts
 * of every length up to a few blocks. Built twice, the second time with SCAN_PORTABLE. */
#include "models/wire/scan.h"
#include "tests/tap/tap.h"

#define TEXT_BYTES_MAX 40

static bool ends_control(uint8_t c)
{
    return c < ' ' || c == 127;
}

static bool ends_quoted(uint8_t c)
{
    return c < ' ' || c == 127 || c == '"' || c == '\\';
}

static bool ends_visible(uint8_t c)
{
    return c <= ' ' || c >= 127;
}

/* RFC 7230 §3.2.6 */
static bool ends_token(uint8_t c)
{
    return !g_ascii_isalnum((char)c) && (c == 0 || strchr("!#$%&'*+-.^_`|~", c) == NULL);
}

static const struct scanner {
    const char *name;
    const uint8_t *(*scan)(const uint8_t *at, const uint8_t *end);
    bool (*ends)(uint8_t c);
} scanners[] = {{"/scan/control", scan_control, ends_control},
                {"/scan/quoted", scan_quoted, ends_quoted},
                {"/scan/visible", scan_visible, ends_visible},
                {"/scan/token", scan_token, ends_token}};

static size_t plain_scan(const struct scanner *s, const uint8_t *text, size_t len)
{
    size_t at = 0;

    while (at < len && !s->ends(text[at]))
        at++;
    return at;
}

/* Letters and digits end nothing; one byte of every value among them, and another behind it. */
static void test_scanner(const void *data)
{
    const struct scanner *s = data;

    for (size_t len = 0; len <= TEXT_BYTES_MAX; len++)
        for (size_t place = 0; place < len; place++)
            for (unsigned value = 0; value < 256; value++) {
                uint8_t *text = g_malloc(len); /* of its own length, for AddressSanitizer */

                for (size_t i = 0; i < len; i++)
                    text[i] = (uint8_t) "aB0zZ9-Am"[i % 9];
                text[place] = (uint8_t)value;
                text[(place + value) % len] = (uint8_t)(value * 7);
                g_assert_cmpuint((size_t)(s->scan(text, text + len) - text), ==, plain_scan(s, text, len));
                g_free(text);
            }
}

static void test_nocase(void)
{
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 1; b < 256; b++) {
            const uint8_t text[] = {'x', (uint8_t)a};
            const char other[] = {'X', (char)b};

            g_assert_true(scan_equal_nocase(bytes_of(text, 2), other, 2) ==
                          (g_ascii_tolower((char)a) == g_ascii_tolower((char)b)));
        }
    g_assert_false(scan_equal_nocase(bytes_text("Date"), "Dat", 3));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (size_t i = 0; i < G_N_ELEMENTS(scanners); i++)
        g_test_add_data_func(scanners[i].name, &scanners[i], test_scanner);
    g_test_add_func("/scan/nocase", test_nocase);
    return g_test_run();
}
