/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Dates on the wire: HTTP's IMF-fixdate and XML's dateTime, both in UTC, by arithmetic on the civil calendar.
 * No libc call: those read the time zone and the locale, and take a lock. */
#include "models/wire/wire.h"

#define DAY_S       86400
#define SECONDS_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static const char weekdays[7][3] = {"Thu", "Fri", "Sat", "Sun",
                                    "Mon", "Tue", "Wed"}; /* 1970-01-01: Thursday */
static const char months[12][3] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct civil {
    unsigned year, month, day; /* month and day from 1 */
    unsigned hour, minute, second;
    unsigned weekday; /* 0: Thursday */
};

/* The year is taken to begin on 1 March: the leap day is then its last, and the lengths of the months before
 * it follow (153 m + 2) / 5. 400 years are 146097 days. */
static struct civil civil_of(int64_t unix_s)
{
    uint64_t t = unix_s < 0 ? 0 : (uint64_t)(unix_s > SECONDS_MAX ? SECONDS_MAX : unix_s);
    uint32_t days = (uint32_t)(t / DAY_S), second = (uint32_t)(t % DAY_S);
    uint32_t since_0000_03_01 = days + 719468;
    uint32_t era = since_0000_03_01 / 146097, day_of_era = since_0000_03_01 % 146097;
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t march_month = (5 * day_of_year + 2) / 153;
    struct civil c;

    c.day = day_of_year - (153 * march_month + 2) / 5 + 1;
    c.month = march_month < 10 ? march_month + 3 : march_month - 9;
    c.year = era * 400 + year_of_era + (c.month <= 2);
    c.hour = second / 3600;
    c.minute = second / 60 % 60;
    c.second = second % 60;
    c.weekday = days % 7;
    return c;
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* False if it names no moment from 1970 on (a leap second does not count as one); a year has four digits. */
static bool seconds_of(const struct civil *c, int64_t *unix_s)
{
    static const uint8_t lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned y, march_month, year_of_era;
    int64_t days;

    if (c->year < 1970 || c->month < 1 || c->month > 12 || c->day < 1 || c->hour > 23 || c->minute > 59 ||
        c->second > 59)
        return false;
    if (c->day > lengths[c->month - 1] + (c->month == 2 && is_leap(c->year) ? 1U : 0U))
        return false;
    y = c->year - (c->month <= 2);
    march_month = c->month > 2 ? c->month - 3 : c->month + 9;
    year_of_era = y % 400;
    days = (int64_t)(y / 400) * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           (153 * march_month + 2) / 5 + c->day - 1 - 719468;
    *unix_s = days * DAY_S + c->hour * 3600 + c->minute * 60 + c->second;
    return true;
}

static void put_2(char *out, unsigned value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
}

static void put_4(char *out, unsigned value)
{
    put_2(out, value / 100);
    put_2(out + 2, value % 100);
}

/* `count` digits at `at`; any other character spoils *ok. */
static unsigned digits(const uint8_t *at, unsigned count, bool *ok)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned digit = (unsigned)at[i] - '0';

        *ok &= digit <= 9;
        sum = sum * 10 + digit;
    }
    return sum;
}

/* RFC 7231 §7.1.1.1:  Tue, 01 Jan 2030 11:00:00 GMT
 *                     0    5  8   12   17 20 23 26  */
void wire_http_date(int64_t unix_s, char out[WIRE_HTTP_DATE_LENGTH])
{
    struct civil c = civil_of(unix_s);

    memcpy(out, "ddd, dd mmm yyyy hh:mm:ss GMT", WIRE_HTTP_DATE_LENGTH);
    memcpy(out, weekdays[c.weekday], 3);
    put_2(out + 5, c.day);
    memcpy(out + 8, months[c.month - 1], 3);
    put_4(out + 12, c.year);
    put_2(out + 17, c.hour);
    put_2(out + 20, c.minute);
    put_2(out + 23, c.second);
}

enum wire_status wire_http_date_decode(struct bytes text, int64_t *unix_s)
{
    struct civil c = {0};
    bool ok = true;
    int64_t t;

    if (text.len != WIRE_HTTP_DATE_LENGTH || memcmp(text.at + 3, ", ", 2) != 0 || text.at[7] != ' ' ||
        text.at[11] != ' ' || text.at[16] != ' ' || text.at[19] != ':' || text.at[22] != ':' ||
        memcmp(text.at + 25, " GMT", 4) != 0)
        return WIRE_MALFORMED;
    for (unsigned i = 0; i < 12; i++)
        if (memcmp(text.at + 8, months[i], 3) == 0)
            c.month = i + 1;
    c.day = digits(text.at + 5, 2, &ok);
    c.year = digits(text.at + 12, 4, &ok);
    c.hour = digits(text.at + 17, 2, &ok);
    c.minute = digits(text.at + 20, 2, &ok);
    c.second = digits(text.at + 23, 2, &ok);
    if (!ok || !seconds_of(&c, &t) || memcmp(text.at, weekdays[t / DAY_S % 7], 3) != 0)
        return WIRE_MALFORMED;
    *unix_s = t;
    return WIRE_OK;
}

/* XML Schema dateTime in UTC:  2030-01-01T12:00:00Z, with a fraction of the second or not
 *                              0    5  8  11 14 17   */
void wire_xml_time(int64_t unix_s, char out[WIRE_XML_TIME_LENGTH])
{
    struct civil c = civil_of(unix_s);

    memcpy(out, "yyyy-mm-ddThh:mm:ssZ", WIRE_XML_TIME_LENGTH);
    put_4(out, c.year);
    put_2(out + 5, c.month);
    put_2(out + 8, c.day);
    put_2(out + 11, c.hour);
    put_2(out + 14, c.minute);
    put_2(out + 17, c.second);
}

/* Nothing, or a point and digits, which are cut off: what has a moment to go has run out a moment early. */
static bool is_fraction(const uint8_t *at, size_t len)
{
    bool ok = len == 0 || (len > 1 && at[0] == '.');

    for (size_t i = 1; i < len; i++)
        ok = ok && at[i] >= '0' && at[i] <= '9';
    return ok;
}

enum wire_status wire_xml_time_decode(struct bytes text, int64_t *unix_s)
{
    struct civil c = {0};
    bool ok = text.len >= WIRE_XML_TIME_LENGTH && text.at[text.len - 1] == 'Z' && text.at[4] == '-' &&
              text.at[7] == '-' && text.at[10] == 'T' && text.at[13] == ':' && text.at[16] == ':';

    if (!ok || !is_fraction(text.at + 19, text.len - WIRE_XML_TIME_LENGTH))
        return WIRE_MALFORMED;
    c.year = digits(text.at, 4, &ok);
    c.month = digits(text.at + 5, 2, &ok);
    c.day = digits(text.at + 8, 2, &ok);
    c.hour = digits(text.at + 11, 2, &ok);
    c.minute = digits(text.at + 14, 2, &ok);
    c.second = digits(text.at + 17, 2, &ok);
    return ok && seconds_of(&c, unix_s) ? WIRE_OK : WIRE_MALFORMED;
}
