/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The shared text pieces of the codecs: writer, base64, numbers, dates. */
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

static void test_integers(void)
{
    static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
    uint8_t out[18];
    struct wire_writer w = wire_writer(out, sizeof out);

    wire_put_u8(&w, 1);
    wire_put_u16(&w, 0x0203);
    wire_put_u24(&w, 0x040506);
    wire_put_u32(&w, 0x0708090a);
    wire_put_u64(&w, UINT64_C(0x0b0c0d0e0f101112));
    g_assert_cmpmem(out, wire_written(&w), expected, sizeof expected);
    g_assert_false(w.overflow);
    wire_put_u8(&w, 1);
    g_assert_true(w.overflow);
    g_assert_cmpuint(wire_written(&w), ==, sizeof out);
}

static void test_numbers(void)
{
    char out[64];
    struct wire_writer w = wire_writer(out, sizeof out);
    uint64_t value = 0;

    wire_put_decimal(&w, 0);
    wire_put_literal(&w, " ");
    wire_put_decimal(&w, UINT64_MAX);
    wire_put_literal(&w, " ");
    wire_put_hex32(&w, 0x1ab, 8);
    wire_put_hex32(&w, 0x1ab, 2);
    assert_bytes(bytes_of(out, wire_written(&w)), bytes_text("0 18446744073709551615 000001abab"));
    assert_status(wire_decimal_decode(bytes_text("18446744073709551615"), &value), WIRE_OK);
    g_assert_cmpuint(value, ==, UINT64_MAX);
    assert_status(wire_decimal_decode(bytes_text("007"), &value), WIRE_OK);
    g_assert_cmpuint(value, ==, 7);
    assert_status(wire_decimal_decode(bytes_text("18446744073709551616"), &value), WIRE_LIMIT);
    assert_status(wire_decimal_decode(bytes_text("99999999999999999999"), &value), WIRE_LIMIT);
    assert_status(wire_decimal_decode(bytes_text(""), &value), WIRE_MALFORMED);
    assert_status(wire_decimal_decode(bytes_text("-1"), &value), WIRE_MALFORMED);
    assert_status(wire_decimal_decode(bytes_text("1 "), &value), WIRE_MALFORMED);
}

/* RFC 4648 §10, and what §3.5 and §4 forbid. */
static void test_base64(void)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xfb\xff\xbf", "+/+/"}};
    static const char *const bad[] = {
        "Z", "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm9-", "=Zg="};

    for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++) {
        struct bytes plain = bytes_text(pairs[i][0]), text = bytes_text(pairs[i][1]);
        uint8_t out[16];
        size_t len = 99;

        for (size_t room = 0; room <= text.len; room++) {
            struct wire_writer w = wire_writer(out, room);

            wire_put_base64(&w, plain.at, plain.len);
            g_assert_cmpint(w.overflow, ==, room < text.len);
            g_assert_cmpuint(wire_written(&w), ==, w.overflow ? 0 : text.len);
        }
        assert_bytes(bytes_of(out, text.len), text);
        assert_status(wire_base64_decode(text, out, plain.len, &len), WIRE_OK);
        assert_bytes(bytes_of(out, len), plain);
        if (plain.len > 0)
            assert_status(wire_base64_decode(text, out, plain.len - 1, &len), WIRE_NO_SPACE);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        uint8_t out[16];
        size_t len;

        assert_status(wire_base64_decode(bytes_text(bad[i]), out, sizeof out, &len), WIRE_MALFORMED);
    }
}

/* Against GLib's: lengths that fill the wide loop, the narrow one and the padding in every way. */
static void test_base64_lengths(void)
{
    uint8_t plain[60], out[80], back[60];

    for (unsigned i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 167 + 13);
    for (size_t len = 0; len <= sizeof plain; len++) {
        g_autofree char *text = g_base64_encode(plain, len);
        struct wire_writer w = wire_writer(out, sizeof out);
        size_t got;

        wire_put_base64(&w, plain, len);
        assert_bytes(bytes_of(out, wire_written(&w)), bytes_text(text));
        assert_status(wire_base64_decode(bytes_text(text), back, len, &got), WIRE_OK);
        g_assert_cmpmem(back, got, plain, len);
    }
}

static void check_date(int64_t unix_s)
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    GDateTime *date = g_date_time_new_from_unix_utc(unix_s);
    int year, month, day;
    char *text, out[WIRE_HTTP_DATE_LENGTH];
    int64_t back = -1;

    g_date_time_get_ymd(date, &year, &month, &day);
    text = g_strdup_printf("%s, %02d %s %04d %02d:%02d:%02d GMT",
                           weekdays[g_date_time_get_day_of_week(date) - 1], day, months[month - 1], year,
                           g_date_time_get_hour(date), g_date_time_get_minute(date),
                           g_date_time_get_second(date));
    wire_http_date(unix_s, out);
    assert_bytes(bytes_of(out, sizeof out), bytes_text(text));
    assert_status(wire_http_date_decode(bytes_text(text), &back), WIRE_OK);
    g_assert_cmpint(back, ==, unix_s);
    g_free(text);

    text = g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ");
    wire_xml_time(unix_s, out);
    assert_bytes(bytes_of(out, WIRE_XML_TIME_LENGTH), bytes_text(text));
    back = -1;
    assert_status(wire_xml_time_decode(bytes_text(text), &back), WIRE_OK);
    g_assert_cmpint(back, ==, unix_s);
    g_free(text);
    g_date_time_unref(date);
}

/* Against GLib's calendar: turns of days, years, leap years, and a sweep. */
static void test_dates(void)
{
    static const int64_t moments[] = {
        0, 86399, 951782400, 951868799, 951868800, 978307199, 1893495600, 4107542400, INT64_C(253402300799)};

    for (unsigned i = 0; i < G_N_ELEMENTS(moments); i++)
        check_date(moments[i]);
    for (int64_t t = 1; t < INT64_C(253402300799); t += INT64_C(29876543))
        check_date(t);
}

static void test_bad_dates(void)
{
    static const char *const http[] = {
        "Mon, 01 Jan 2030 11:00:00 GMT", "Tue, 32 Jan 2030 11:00:00 GMT", "Tue, 01 jan 2030 11:00:00 GMT",
        "Tue, 01 Jan 2030 24:00:00 GMT", "Tue, 01 Jan 2030 11:60:00 GMT", "Tue, 01 Jan 2030 11:00:60 GMT",
        "Tue, 01 Jan 2030 11:00:00 UTC", "Tue, 01 Jan 2030 11:00:00 GM",  "Tue, 00 Jan 2030 11:00:00 GMT",
        "Fri, 29 Feb 2030 11:00:00 GMT", "Tue, 01-Jan-2030 11:00:00 GMT", "Tue, 01 Jan 1930 11:00:00 GMT"};
    static const char *const xml[] = {
        "2030-02-29T00:00:00Z",   "2030-13-01T00:00:00Z",   "2030-01-01 00:00:00Z",
        "2030-01-01T00:00:00",    "2030-01-01T25:00:00Z",   "203a-01-01T00:00:00Z",
        "2100-02-29T00:00:00Z",   "1969-12-31T23:59:59Z",   "",
        "2030-01-01T00:00:00.Z",  "2030-01-01T00:00:00,5Z", "2030-01-01T00:00:00.5/Z",
        "2030-01-01T00:00:00.x5Z"};
    int64_t t;

    for (unsigned i = 0; i < G_N_ELEMENTS(http); i++)
        assert_status(wire_http_date_decode(bytes_text(http[i]), &t), WIRE_MALFORMED);
    for (unsigned i = 0; i < G_N_ELEMENTS(xml); i++)
        assert_status(wire_xml_time_decode(bytes_text(xml[i]), &t), WIRE_MALFORMED);
    assert_status(wire_xml_time_decode(bytes_text("2096-02-29T00:00:00Z"), &t), WIRE_OK);
}

static void check_spoilt(const char *text, enum wire_status (*decode)(struct bytes text, int64_t *unix_s))
{
    int64_t t;

    assert_status(decode(bytes_text(text), &t), WIRE_OK);
    for (size_t i = 0; text[i] != '\0'; i++) {
        g_autofree char *spoilt = g_strdup(text);

        spoilt[i] = '?';
        g_test_message("%s", spoilt);
        assert_status(decode(bytes_text(spoilt), &t), WIRE_MALFORMED);
    }
}

/* Every character of a date says something. */
static void test_spoilt_dates(void)
{
    check_spoilt("Tue, 01 Jan 2030 11:00:00 GMT", wire_http_date_decode);
    check_spoilt("2030-01-01T00:00:00Z", wire_xml_time_decode);
    check_spoilt("2030-01-01T00:00:00.25Z", wire_xml_time_decode);
}

/* Moments outside 1970..9999 are written as the nearest one inside. */
static void test_date_limits(void)
{
    char out[WIRE_XML_TIME_LENGTH];

    wire_xml_time(-5, out);
    assert_bytes(bytes_of(out, sizeof out), bytes_text("1970-01-01T00:00:00Z"));
    wire_xml_time(INT64_MAX, out);
    assert_bytes(bytes_of(out, sizeof out), bytes_text("9999-12-31T23:59:59Z"));
}

static void test_status_texts(void)
{
    for (int a = WIRE_OK; a <= WIRE_NO_SPACE; a++)
        for (int b = a + 1; b <= WIRE_NO_SPACE + 1; b++)
            g_assert_cmpstr(wire_status_text((enum wire_status)a), !=, wire_status_text((enum wire_status)b));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/wire/integers", test_integers);
    g_test_add_func("/wire/numbers", test_numbers);
    g_test_add_func("/wire/base64", test_base64);
    g_test_add_func("/wire/base64/lengths", test_base64_lengths);
    g_test_add_func("/wire/dates", test_dates);
    g_test_add_func("/wire/dates/bad", test_bad_dates);
    g_test_add_func("/wire/dates/spoilt", test_spoilt_dates);
    g_test_add_func("/wire/dates/limits", test_date_limits);
    g_test_add_func("/wire/status-texts", test_status_texts);
    return g_test_run();
}
