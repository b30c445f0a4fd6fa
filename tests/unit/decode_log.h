/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Files for the tests of pullstorm decode: written below a temporary directory, deleted by their user. */
#ifndef TESTS_UNIT_DECODE_LOG_H
#define TESTS_UNIT_DECODE_LOG_H

#include <glib.h>
#include <glib/gstdio.h>

/* The path of a new file with this content; free with drop_file(). */
static inline char *new_file(const char *text, gssize len)
{
    GError *error = NULL;
    char *path = NULL;
    int descriptor = g_file_open_tmp("decode-XXXXXX", &path, &error);

    g_assert_no_error(error);
    g_assert_true(g_close(descriptor, NULL));
    g_file_set_contents(path, text, len, &error);
    g_assert_no_error(error);
    return path;
}

static inline void drop_file(char *path)
{
    g_assert_cmpint(g_remove(path), ==, 0);
    g_free(path);
}

#define LOG_HEADER "time_s,impi,b_tid,label,id,value\n"
#define LOG_B_TID  "I1U8vpY3qJ0hiuZNrke/NQ==@bsf.mnc001.mcc001.pub.3gppnetwork.org"
#define LOG_MUK    "4f6866b88702e0c609131cad6715a3dc5519e2ba5c17deab68ce066cda2057fd"
#define LOG_MSK    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define LOG_MTK    "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"

#define LOG_ROW(b_tid, label, id, value) "0.5,001010123456789@ims," b_tid "," label "," id "," value "\n"

/* The keys of tests/vectors/mikey_computed.ini, between others: of another UE, and an older one of this. */
#define LOG_WHOLE                                                                                            \
    LOG_HEADER LOG_ROW("other@bsf.mnc001.mcc001.pub.3gppnetwork.org", "MUK", "", "00" LOG_MSK)               \
        LOG_ROW(LOG_B_TID, "MUK", "", "11" LOG_MSK) LOG_ROW(LOG_B_TID, "MRK", "", LOG_MUK)                   \
            LOG_ROW(LOG_B_TID, "MUK", "", LOG_MUK) LOG_ROW("", "MSK", "00050001", LOG_MSK)                   \
                LOG_ROW("", "MTK", "0001", LOG_MTK)

/* RAND of msk_push, under which ACK and MTK message are. */
#define LOG_RAND "101112131415161718191a1b1c1d1e1f"

#endif
