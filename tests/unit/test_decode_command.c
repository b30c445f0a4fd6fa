/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The command line of pullstorm decode: exit status, standard output and standard error, each case in its own
 * process. The case's words, and what its standard input is, come in environment variables. */
#include "sim/cli/cli.h"
#include "tests/tap/tap.h"
#include "tests/unit/decode_log.h"
#include "tests/unit/wire_vectors.h"

#include <stdio.h>
#include <stdlib.h>

#define CHILD "/decode/command/subprocess/run"

/* Runs decode with the words of DECODE_WORDS and says its exit status on standard output. */
static void child(void)
{
    char **words = g_strsplit(g_getenv("DECODE_WORDS"), "\n", -1);
    char **kept = g_memdup2(words, (g_strv_length(words) + 1) * sizeof *words); /* options go from words */
    int status;

    g_assert_nonnull(freopen(g_getenv("DECODE_STDIN"), "rb", stdin));
    status = decode_command((int)g_strv_length(words), words);
    printf("status %d\n", status);
    fflush(stdout);
    g_strfreev(kept);
    g_free(words);
    exit(0);
}

/* `words` are separated by line ends. */
static void expect(const char *words, const char *standard_input, int status, const char *out_pattern,
                   const char *error_pattern)
{
    char *all = g_strconcat("decode", *words ? "\n" : "", words, NULL);
    char *pattern = g_strdup_printf("*%s*status %d*", out_pattern, status);

    g_setenv("DECODE_WORDS", all, TRUE);
    g_setenv("DECODE_STDIN", standard_input, TRUE);
    g_test_trap_subprocess(CHILD, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_stdout(pattern);
    if (*error_pattern)
        g_test_trap_assert_stderr(error_pattern);
    g_free(all);
    g_free(pattern);
}

static char *word_list(const char *format, ...) G_GNUC_PRINTF(1, 2);
static char *word_list(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return text;
}

static void test_files(void)
{
    GKeyFile *vectors = vectors_open("mikey_computed.ini");
    struct bytes hex = vector_text(vectors, "msk_push", "message");
    struct bytes binary = vector_hex(vectors, "msk_push", "message");
    char *hex_path = new_file((const char *)hex.at, (gssize)hex.len);
    char *binary_path = new_file((const char *)binary.at, (gssize)binary.len);
    char *log_path = new_file(LOG_WHOLE, -1);
    char *words = word_list("--keys\n%s\n%s", log_path, binary_path);

    expect(hex_path, "/dev/null", 0, "208 bytes: an MSK message", "");
    expect(binary_path, "/dev/null", 0, "208 bytes: an MSK message", "");
    expect("", hex_path, 0, "208 bytes: an MSK message", "");
    expect("-", binary_path, 0, "208 bytes: an MSK message", "");
    expect(words, "/dev/null", 0, "MSK 00050001 equals the one in the key log", "");
    g_free(words);
    drop_file(hex_path);
    drop_file(binary_path);
    drop_file(log_path);
    g_key_file_free(vectors);
}

static void test_ack_options(void)
{
    GKeyFile *vectors = vectors_open("mikey_computed.ini");
    struct bytes hex = vector_text(vectors, "msk_ack", "message");
    char *path = new_file((const char *)hex.at, (gssize)hex.len);
    char *log_path = new_file(LOG_WHOLE, -1);
    char *words = word_list("--keys=%s\n--rand=0x%s\n%s", log_path, LOG_RAND, path);
    char *other = word_list("--keys=%s\n--rand=%s\n--bmsc=bmsc.example\n%s", log_path, LOG_RAND, path);
    char *without = word_list("--keys=%s\n%s", log_path, path);

    expect(words, "/dev/null", 0, "MAC is right", "");
    expect(other, "/dev/null", 1, "", "*MAC does not verify*");
    expect(without, "/dev/null", 1, "", "*RAND is missing, give it with --rand*");
    g_free(words);
    g_free(other);
    g_free(without);
    drop_file(path);
    drop_file(log_path);
    g_key_file_free(vectors);
}

static void test_malformed(void)
{
    char *cut = new_file("0100150000000000000105", -1), *text = new_file("hello\n", -1);
    char *empty = new_file("", 0),
         *pattern = word_list("*pullstorm: decode: %s: offset 11: *expected 1 byte, 0 left*", cut);
    char *huge_text = g_strnfill(70000, '0'), *huge = new_file(huge_text, 70000);

    expect(cut, "/dev/null", 1, "pre-shared key message", pattern);
    expect(text, "/dev/null", 1, "", "*character 1 is 0x68, expected a hexadecimal digit*");
    expect(empty, "/dev/null", 1, "", "*empty input, expected a MIKEY message*");
    expect("", "/dev/null", 1, "", "*standard input: empty input*");
    expect(huge, "/dev/null", 1, "", "*more than 65536 bytes*");
    expect("-", "/dev/zero", 1, "", "*more than 65536 bytes*");
    g_free(pattern);
    g_free(huge_text);
    drop_file(cut);
    drop_file(text);
    drop_file(empty);
    drop_file(huge);
}

static void test_wrong(void)
{
    char *log_path = new_file("not,a,key,log\n", -1);
    char *message = new_file("0100", -1), *bad_log = word_list("--keys=%s\n%s", log_path, message);
    char *no_log = word_list("--keys=/nonexistent/keylog.csv\n%s", message),
         *folder = word_list("--keys=/\n%s", message), *endless = word_list("--keys=/dev/zero\n%s", message);

    expect("/nonexistent/message", "/dev/null", 2, "",
           "*pullstorm: decode: /nonexistent/message: cannot be read: No such file*");
    expect("/", "/dev/null", 2, "", "*/: cannot be read: Is a directory*");
    expect(folder, "/dev/null", 2, "", "*/: cannot be read: Is a directory*");
    expect(endless, "/dev/null", 2, "", "*/dev/zero:1: no end of the line within 8191 bytes, or a NUL byte*");
    expect(no_log, "/dev/null", 2, "", "*/nonexistent/keylog.csv*No such file*");
    expect(bad_log, "/dev/null", 2, "", "*:1: no column b_tid, expected a key log*");
    expect("--unknown", "/dev/null", 2, "", "*pullstorm: decode: unknown option --unknown, did you mean*");
    expect("--kesy=x", "/dev/null", 2, "",
           "*pullstorm: decode: unknown option --kesy, did you mean --keys?*");
    expect("a\nb", "/dev/null", 2, "", "*expected one FILE or - for standard input, got 2*");
    expect("--rand=0011", "/dev/null", 2, "", "*--rand: 2 bytes, expected 16 to 255*");
    expect("--rand=xyz", "/dev/null", 2, "", "*--rand: character 1*expected a hexadecimal digit*");
    expect("--keys", "/dev/null", 2, "", "*--keys*");
    g_free(bad_log);
    g_free(no_log);
    g_free(folder);
    g_free(endless);
    drop_file(message);
    drop_file(log_path);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_setenv("LC_ALL", "C", TRUE);
    g_test_add_func(CHILD, child);
    g_test_add_func("/decode/command/files", test_files);
    g_test_add_func("/decode/command/ack-options", test_ack_options);
    g_test_add_func("/decode/command/malformed", test_malformed);
    g_test_add_func("/decode/command/wrong", test_wrong);
    return g_test_run();
}
