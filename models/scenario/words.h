/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Words of CHOICE keys, as keys.def lists them: the member of a key in struct scenario is one of these. */
#ifndef MODELS_SCENARIO_WORDS_H
#define MODELS_SCENARIO_WORDS_H

enum { LATE_ANSWERS_DROP, LATE_ANSWERS_KEEP }; /* bmsc.late_answers, bsf.late_answers */
enum { IP_AUTO, IP_4, IP_6 };                  /* access.ip_version */
enum { ZN_TIMEOUT_504, ZN_TIMEOUT_503 };       /* whatif.zn_timeout_status */
enum { PLACEMENT_RANDOM, PLACEMENT_EVEN };     /* ue.placement */
enum { MUK_LAST_KNOWN, MUK_LAST_USED };        /* pull.muk_rule */
enum { PULL_ORDER_RANDOM, PULL_ORDER_BY_NUMBER, PULL_ORDER_BY_CELL }; /* pull.order */
enum { PULL_PACING_UNIFORM, PULL_PACING_POISSON, PULL_PACING_BURST }; /* pull.pacing */

#endif
