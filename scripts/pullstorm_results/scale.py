# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What scale suits values, and whether there is anything to see in them: for all who draw."""

import math

DECADES_MOST = 100.0  # values that span more than this have a logarithmic axis
ALIKE_DIGITS = 3  # as many as a cell of a heat map shows


def finite(values):
    return [value for value in values if value is not None and math.isfinite(value)]


def logarithmic(values):
    """Does a logarithmic axis suit the values? More than two decades, and none that it has no place for."""
    there = finite(values)
    return bool(there) and min(there) > 0 and max(there) > DECADES_MOST * min(there)


def long_tail(values):
    """Likewise of durations: those of no length stand at the left edge (shortest_shown()) and say nothing."""
    return logarithmic([value for value in finite(values) if value > 0])


def shortest_shown(values):
    """The left edge of a logarithmic axis of durations, for those that are 0 or lie far below all others."""
    there = [value for value in finite(values) if value > 0]
    return max(min(there), max(there) * 1e-6) if there else 1e-6


def without_place(values):
    """How many values a logarithmic axis has no place for."""
    return sum(value <= 0 for value in finite(values))


def is_flat(values):
    """Are all the same, as far as anybody would read them? Colours would show differences that there are not."""
    return len({f"{value:.{ALIKE_DIGITS}g}" for value in finite(values)}) < 2
