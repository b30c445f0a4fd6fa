# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What goes wrong. Apart from what reads, for that needs modules which --help does without."""


class ResultError(Exception):
    """What was given is no result, or a damaged one."""
