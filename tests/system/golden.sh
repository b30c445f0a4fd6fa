#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# tests/system/golden with what "make check" has built. TAP on standard output.
set -u
exec python3 "${srcdir:-.}/tests/system/golden" --program "$PWD/pullstorm" --rows "$PWD/tests/system/failure_rows"
