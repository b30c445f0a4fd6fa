/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The ns3 engine against the native one. */
#include "sim/net/native/native.h"
#include "tests/unit/storm_fixture.h"
#include "tests/unit/tap.h"

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    return g_test_run();
}
