/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The table backend of the key store: what is written is read, every key and SQN of it is used, and each
 * mistake in a file is named with its place. */
#include "models/keys/keys.h"
#include "models/keys/table.h"
#include "models/subscriber.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define UES "5"

struct table_test {
    struct scenario *scenario;
    struct deployment deployment;
    char *path;
};

static void set_up(struct table_test *t)
{
    GError *error = NULL;
    int file = g_file_open_tmp("subscribers-XXXXXX.csv", &t->path, &error);

    g_assert_no_error(error);
    close(file);
    t->scenario = fixture_scenario("ue.count=" UES, NULL);
    deployment_init(&t->deployment, t->scenario);
}

static void tear_down(struct table_test *t)
{
    g_unlink(t->path);
    g_free(t->path);
    scenario_free(t->scenario);
}

static void test_round_trip(void)
{
    struct table_test t;
    struct key_store derived, from_table;
    struct deployment other;
    struct key_table *table;
    GError *error = NULL;

    set_up(&t);
    g_assert_true(key_table_write(&t.deployment, t.path, &error));
    table = key_table_read(&t.deployment, t.path, &error);
    g_assert_no_error(error);
    other = t.deployment;
    other.seed++; /* nothing but the table may say what the keys are */
    other.key_table = table;
    key_store_init(&derived, &t.deployment);
    key_store_init(&from_table, &other);
    for (uint32_t ue = 0; ue < t.deployment.ues; ue++) {
        uint8_t a[16], b[16];

        key_k(&derived, ue, a);
        key_k(&from_table, ue, b);
        g_assert_cmpmem(a, 16, b, 16);
        key_opc(&derived, ue, a);
        key_opc(&from_table, ue, b);
        g_assert_cmpmem(a, 16, b, 16);
        g_assert_cmpuint(subscriber_start_seq_hss(&t.deployment, ue), ==,
                         subscriber_start_seq_hss(&other, ue));
    }
    key_store_clear(&derived);
    key_store_clear(&from_table);
    key_table_free(table);
    tear_down(&t);
}

/* An SQN by hand: SEQ is what is left of the five bits of IND. */
static void test_sqn(void)
{
    static const char text[] = "imsi,k,opc,sqn\r\n"
                               "001010000000000,00112233445566778899aabbccddeeff,"
                               "FFEEDDCCBBAA99887766554433221100,000000000fff\r\n";
    struct table_test t;
    struct key_table *table;
    GError *error = NULL;

    set_up(&t);
    t.deployment.ues = 1;
    g_assert_true(g_file_set_contents(t.path, text, -1, &error));
    table = key_table_read(&t.deployment, t.path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(table->seq[0], ==, 0xfff >> 5);
    g_assert_cmpuint(table->k[0][1], ==, 0x11);
    g_assert_cmpuint(table->opc[0][0], ==, 0xff);
    key_table_free(table);
    tear_down(&t);
}

#define K    "00112233445566778899aabbccddeeff"
#define HEAD "imsi,k,opc,sqn\n"
#define REST "," K "," K ",000000000000\n"

static const struct mistake {
    const char *name, *text, *said; /* behind the path */
} mistakes[] = {
    {"no header", "001010000000000" REST, ":1: \"001010000000000," K},
    {"empty", "",
     ":0: ends without a line for imsi 001010000000000, expected one for each of ue.count = 5 UEs"},
    {"a UE missing", HEAD "001010000000000" REST, ":2: ends without a line for imsi 001010000000001"},
    {"duplicate IMSI", HEAD "001010000000001" REST "001010000000002" REST "001010000000001" REST,
     ":4: imsi: 001010000000001 stands in line 2 already, expected a line for each UE"},
    {"IMSI too short", HEAD "00101000000001" REST,
     ":2: imsi: \"00101000000001\" is none of the scenario, expected 15 digits: 00101 and a number below "
     "ue.count = 5"},
    {"IMSI beyond ue.count", HEAD "001010000000005" REST, ":2: imsi: \"001010000000005\" is none"},
    {"IMSI of another operator", HEAD "262010000000001" REST, ":2: imsi: \"262010000000001\" is none"},
    {"IMSI with a letter", HEAD "00101000000000a" REST, ":2: imsi: \"00101000000000a\" is none"},
    {"K too short", HEAD "001010000000001,0011," K ",000000000000\n",
     ":2: k: \"0011\" has 4 characters, expected 32 hexadecimal digits"},
    {"OPc with a letter", HEAD "001010000000001," K ",00112233445566778899aabbccddeefg,000000000000\n",
     ":2: opc: \"00112233445566778899aabbccddeefg\" is not a number, expected 32 hexadecimal digits"},
    {"SQN too long", HEAD "001010000000001," K "," K ",0000000000000\n",
     ":2: sqn: \"0000000000000\" has 13 characters, expected 12 hexadecimal digits"},
    {"a field too many", HEAD "001010000000001," K "," K ",000000000000,\n",
     ":2: 5 fields, expected 4: imsi,k,opc,sqn"},
    {"a line of nothing", HEAD "\n", ":2: 0 fields, expected 4"},
};

static void test_mistake(const void *data)
{
    const struct mistake *mistake = data;
    struct table_test t;
    GError *error = NULL;

    set_up(&t);
    g_assert_true(g_file_set_contents(t.path, mistake->text, -1, NULL));
    g_assert_null(key_table_read(&t.deployment, t.path, &error));
    g_assert_error(error, KEY_TABLE_ERROR, 0);
    g_assert_true(g_str_has_prefix(error->message, t.path));
    if (!g_str_has_prefix(error->message + strlen(t.path), mistake->said))
        g_error("%s: said \"%s\"", mistake->name, error->message);
    g_error_free(error);
    tear_down(&t);
}

static void test_no_file(void)
{
    struct table_test t;
    GError *error = NULL;

    set_up(&t);
    g_assert_null(key_table_read(&t.deployment, "/nowhere/subscribers.csv", &error));
    g_assert_error(error, KEY_TABLE_ERROR, 0);
    g_clear_error(&error);
    g_assert_null(key_table_read(&t.deployment, "/", &error)); /* opens, and cannot be read */
    g_assert_error(error, KEY_TABLE_ERROR, 0);
    g_clear_error(&error);
    g_assert_false(key_table_write(&t.deployment, "/nowhere/subscribers.csv", &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_clear_error(&error);
    g_assert_false(key_table_write(&t.deployment, "/dev/full", &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    tear_down(&t);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/key table/round trip", test_round_trip);
    g_test_add_func("/key table/SQN", test_sqn);
    for (unsigned i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autofree char *path = g_strdup_printf("/key table/%s", mistakes[i].name);
        g_test_add_data_func(path, &mistakes[i], test_mistake);
    }
    g_test_add_func("/key table/no file", test_no_file);
    return g_test_run();
}
