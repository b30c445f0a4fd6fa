/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A folder with a base scenario, studies written into it, and made-up results. */
#ifndef TESTS_UNIT_STUDY_FIXTURE_H
#define TESTS_UNIT_STUDY_FIXTURE_H

#include "sim/study/study.h"

struct study_fixture {
    char *folder; /* holds base.ini; tests write what they like, all is removed at the end */
};

/* Three metrics: wait_s, ues_done, load_ratio; version "1.0"; values of keys are written unchanged. */
extern const struct study_host study_fixture_host;

void study_fixture_open(struct study_fixture *fixture);
void study_fixture_close(struct study_fixture *fixture);

/* Path of a file there; g_free. */
char *study_fixture_path(const struct study_fixture *fixture, const char *name);
void study_fixture_write(const struct study_fixture *fixture, const char *name, const char *text);
char *study_fixture_read(const struct study_fixture *fixture, const char *name);

/* study.ini with that text after "[study]\nbase = base.ini\n". The test fails if it is refused. */
struct study *study_fixture_load(const struct study_fixture *fixture, const char *text);

/* runs/NAME of a finished run at a point of the study, with the values of the metrics as cells. */
void study_fixture_result(const struct study_fixture *fixture, const struct study *study, unsigned point,
                          unsigned replication, const char *version, const char *metrics);

#endif
