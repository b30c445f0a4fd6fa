/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Values of a scenario that are right one by one and wrong together. */
#ifndef MODELS_SCENARIO_CONTRADICTIONS_H
#define MODELS_SCENARIO_CONTRADICTIONS_H

#include "sim/config/schema.h"

/* The rule of scenario_schema: adds a mistake for each pair of values that exclude each other. */
config_rule contradictions_find;

#endif
