# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A target in pictures: lines where the program says that it bounds one metric alone, and which part of it failed.

Nothing here reads a condition. plan_target.csv has the bounds as the program evaluates them (2 * p99 <= 1.9 is
p99 <= 0.95), and none of what bounds no metric alone; the column `failed` of plan_curve.csv has the parts of the target
that a value fails, as they were written, with "and" between them.
"""

from pullstorm_results import wording
from pullstorm_results.chart import POINTS, Mark, Series

COLOUR = 6  # of target lines
FAILED = "failed"


def lines(bounds, metric):
    """The target's lines in a picture of the metric, whose shares are in percent; bounds: those of reading.Plan."""
    factor = 100.0 if wording.metric_unit(metric) == "ratio" else 1.0
    return [
        Mark("y", bound * factor, f"target: {wording.metric_text(metric, bound)}", COLOUR)
        for bound in bounds.get(metric, [])
    ]


def failed_at(row):
    """What failed at a row of plan_curve.csv; "" where nothing did, or a plan of before says nothing of it."""
    text = row.get(FAILED, "")
    return text if isinstance(text, str) else ""


def failures(places, target, first_colour):
    """Marks on top of the curves, a series for each part that failed: places are (x, y, what failed there).

    Hollow, as the points below them. None where the target has one part: hollow points say that already.
    """
    groups = {}
    for x, y, text in sorted(places, key=lambda one: one[0]):
        if text and y == y:
            groups.setdefault(text, []).append((x, y))
    if set(groups) <= {target}:
        return []
    return [
        Series(
            f"fails: {text}",
            [x for x, _ in at],
            [y for _, y in at],
            POINTS,
            colour=first_colour + place,
            hollow=[1] * len(at),
        )
        for place, (text, at) in enumerate(groups.items())
    ]
