/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
#include "sim/kernel/random.h"
#include "tests/unit/tap.h"
static void kat(void)
{
    struct random_block b = random_draw(0, 0, 0, 0);
    g_assert_cmphex(b.word[0], ==, 0x6627e8d5);
    b = random_draw(0x299f31d0a4093822, 0x243f6a88, 0x85a308d3, 0x0370734413198a2e);
    g_assert_cmphex(b.word[0], ==, 0xd16cfe09);
    g_assert_cmphex(b.word[3], ==, 0x24126ea1);
}
int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/random/kat", kat);
    return g_test_run();
}
