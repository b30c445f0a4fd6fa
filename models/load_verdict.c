/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What storms are called: expected, or after a run. All of this room that a run needs. */
#include "models/load.h"

const char *const load_verdict_names[] = {"calm", "overloaded", "cut off", "collapsed", NULL};
