/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What storms are called: expected, or after a run. A file of its own, for that is all of it that a run needs. */
#include "models/load.h"

const char *const load_verdict_names[] = {"calm", "overloaded", "cut off", "collapsed", NULL};
