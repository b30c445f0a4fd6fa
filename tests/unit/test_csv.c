/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* CSV writer: the bytes of a file, numbers that read back, and disks that are full. */
#include "sim/base/random.h"
#include "sim/stats/csv.h"
#include "tests/tap/tap.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <unistd.h>

struct sheet {
    char *path;
    struct csv *csv;
};

static void sheet_open(struct sheet *sheet)
{
    GError *error = NULL;
    int descriptor = g_file_open_tmp("csv-XXXXXX", &sheet->path, &error);

    g_assert_no_error(error);
    close(descriptor);
    sheet->csv = csv_open(sheet->path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(sheet->csv);
}

static void end_row(struct sheet *sheet)
{
    GError *error = NULL;

    g_assert_true(csv_row_end(sheet->csv, &error));
    g_assert_no_error(error);
}

/* What was written; the caller frees it. */
static char *sheet_close(struct sheet *sheet)
{
    GError *error = NULL;
    char *text;

    g_assert_true(csv_close(sheet->csv, &error));
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(sheet->path, &text, NULL, &error));
    g_assert_no_error(error);
    g_unlink(sheet->path);
    g_free(sheet->path);
    return text;
}

static void assert_sheet(struct sheet *sheet, const char *expected)
{
    char *text = sheet_close(sheet);

    g_assert_cmpstr(text, ==, expected);
    g_free(text);
}

static void test_text(void)
{
    static const char *const cells[] = {
        "plain", "with space", "comma, quote \" and", "\"", "two\nlines", "return\r", "Grüße", "", "\"\"end"};
    struct sheet sheet;

    sheet_open(&sheet);
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        csv_text(sheet.csv, cells[i]);
    end_row(&sheet);
    csv_text(sheet.csv, "next");
    end_row(&sheet);
    assert_sheet(&sheet,
                 "plain,with space,\"comma, quote \"\" and\",\"\"\"\",\"two\nlines\",\"return\r\",Grüße,,"
                 "\"\"\"\"\"end\"\nnext\n");
}

static void test_integers(void)
{
    struct sheet sheet;

    sheet_open(&sheet);
    csv_integer(sheet.csv, INT64_MIN);
    csv_integer(sheet.csv, -1);
    csv_integer(sheet.csv, INT64_MAX);
    csv_unsigned(sheet.csv, 0);
    csv_unsigned(sheet.csv, UINT64_MAX);
    end_row(&sheet);
    assert_sheet(&sheet, "-9223372036854775808,-1,9223372036854775807,0,18446744073709551615\n");
}

static void test_hex(void)
{
    static const uint8_t bytes[] = {0x00, 0x09, 0x0a, 0x7f, 0x80, 0xff};
    struct sheet sheet;

    sheet_open(&sheet);
    csv_hex(sheet.csv, bytes, sizeof bytes);
    csv_hex(sheet.csv, bytes, 0);
    csv_hex(sheet.csv, bytes + 5, 1);
    end_row(&sheet);
    assert_sheet(&sheet, "00090a7f80ff,,ff\n");
}

/* Rows go through the writer's buffer, and a cell may be larger than it. */
static void test_large(void)
{
    GString *large = g_string_new(NULL), *expected = g_string_new(NULL);
    struct sheet sheet;

    for (unsigned i = 0; i < 50000; i++)
        g_string_append_printf(large, "%u;", i);
    sheet_open(&sheet);
    for (unsigned i = 0; i < 30000; i++) {
        if (i == 20000)
            csv_text(sheet.csv, large->str);
        csv_unsigned(sheet.csv, i);
        end_row(&sheet);
        g_string_append_printf(expected, "%s%s%u\n", i == 20000 ? large->str : "", i == 20000 ? "," : "", i);
    }
    assert_sheet(&sheet, expected->str);
    g_string_free(large, TRUE);
    g_string_free(expected, TRUE);
}

static void test_seconds(void)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, "0"},
        {1, "0.000000001"},
        {-1, "-0.000000001"},
        {1500000000, "1.5"},
        {-1500000000, "-1.5"},
        {20000000000, "20"},
        {1000000010, "1.00000001"},
        {INT64_MAX, "9223372036.854775807"},
        {INT64_MIN, "-9223372036.854775808"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct sheet sheet;
        char *line = g_strconcat(cases[i].text, "\n", NULL);
        sheet_open(&sheet);
        csv_seconds(sheet.csv, cases[i].ns);
        end_row(&sheet);
        assert_sheet(&sheet, line);
        g_free(line);
    }
}

static void test_reals(void)
{
    struct sheet sheet;

    sheet_open(&sheet);
    csv_real(sheet.csv, 0.1);
    csv_real(sheet.csv, 1.0 / 3);
    csv_real(sheet.csv, 0.1 + 0.2);
    csv_real(sheet.csv, 2);
    csv_real(sheet.csv, -1e300);
    csv_real(sheet.csv, 5e-324);
    csv_real(sheet.csv, (double)NAN);
    csv_real(sheet.csv, (double)-INFINITY);
    end_row(&sheet);
    assert_sheet(&sheet, "0.1,0.3333333333333333,0.30000000000000004,2,-1e+300,5e-324,,-inf\n");
}

/* Any double, also where the locale has a decimal comma. */
static void test_reals_read_back(void)
{
    enum { COUNT = 3000 };
    struct sheet sheet;
    double values[COUNT];

    setlocale(LC_ALL, "de_DE.UTF-8"); /* if it is not there, the test is only a little weaker */
    sheet_open(&sheet);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint64_t bits = random_u64(1, 0, 0, i);
        memcpy(&values[i], &bits, sizeof bits);
        if (!isfinite(values[i]))
            values[i] = i;
        csv_real(sheet.csv, values[i]);
    }
    end_row(&sheet);
    setlocale(LC_ALL, "C");
    char *text = sheet_close(&sheet);
    char **cells = g_strsplit(g_strchomp(text), ",", 0);
    g_assert_cmpuint(g_strv_length(cells), ==, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        g_assert_true(g_ascii_strtod(cells[i], NULL) == values[i]);
    g_strfreev(cells);
    g_free(text);
}

static void test_no_such_folder(void)
{
    GError *error = NULL;

    g_assert_null(csv_open("/no/such/folder/at.csv", &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_nonnull(strstr(error->message, "/no/such/folder/at.csv"));
    g_error_free(error);
}

/* A short file fails when it is closed, a long one in the middle; the failure stays. */
static void test_full_disk(void)
{
    GError *error = NULL;
    struct csv *csv;

    if (access("/dev/full", W_OK) != 0) {
        g_test_skip("no /dev/full");
        return;
    }
    csv = csv_open("/dev/full", &error);
    g_assert_no_error(error);
    csv_text(csv, "short");
    g_assert_true(csv_row_end(csv, &error));
    g_assert_false(csv_close(csv, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    g_assert_nonnull(strstr(error->message, "/dev/full"));
    g_clear_error(&error);

    csv = csv_open_as("/dev/full", "table.csv", &error);
    g_assert_no_error(error);
    int rows = 0;
    do
        csv_text(csv, "a row of a file that does not fit");
    while (csv_row_end(csv, &error) && ++rows < 100000);
    g_assert_cmpint(rows, <, 100000);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    g_assert_true(g_str_has_prefix(error->message, "table.csv: "));
    g_clear_error(&error);
    g_assert_false(csv_row_end(csv, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    g_clear_error(&error);
    g_assert_false(csv_close(csv, NULL));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/csv/text", test_text);
    g_test_add_func("/csv/integers", test_integers);
    g_test_add_func("/csv/hex", test_hex);
    g_test_add_func("/csv/large", test_large);
    g_test_add_func("/csv/seconds", test_seconds);
    g_test_add_func("/csv/reals", test_reals);
    g_test_add_func("/csv/reals-read-back", test_reals_read_back);
    g_test_add_func("/csv/no-such-folder", test_no_such_folder);
    g_test_add_func("/csv/full-disk", test_full_disk);
    return g_test_run();
}
