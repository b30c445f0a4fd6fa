# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""How far variants of a study differ: replication by replication, for those of one number share their random numbers."""

import math
import os

from pullstorm_results import reading, wording

CONFIDENCE = 0.95
TOO_FEW = "too few replications"


def t_share(t, freedom):
    """The share of Student's distribution between -t and t (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    term = 1.0 if freedom % 2 == 0 else math.cos(angle)
    total = term if freedom > 1 else 0.0
    for i in range(freedom % 2 + 2, freedom - 1, 2):
        term *= square * (i - 1) / i
        total += term
    return sine * total if freedom % 2 == 0 else 2 / math.pi * (angle + sine * total)


def t_quantile(freedom):
    """Half the width of a 95 % interval in standard errors."""
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if t_share(middle, freedom) < CONFIDENCE else (low, middle)
    return high


def interval(values):
    """Mean, low and high; low and high are None where all values are alike, for that says nothing of their spread."""
    count = len(values)
    mean = math.fsum(values) / count
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1))
    if deviation <= 1e-12 * max(map(abs, values)):
        return mean, None, None
    half = t_quantile(count - 1) * deviation / math.sqrt(count)
    return mean, mean - half, mean + half


class Runs:
    """The finished runs of a study: a metric of each, by point and replication."""

    def __init__(self, path, metrics):
        file = os.path.join(path, "runs.csv")
        self.of_point = {}
        if not os.path.exists(file):
            return
        table = reading.read_table(file, lambda name: name in ("point", "replication", "status", *metrics))
        reading.need_columns(table, ["point", "replication", "status"], file)
        table = table[table["status"] == "done"].reset_index(drop=True)
        reading.numbers(table, ["point", "replication"], file)
        reading.numbers(table, [name for name in metrics if name in table], file, empty=True)
        for row in table.to_dict("records"):
            self.of_point.setdefault(int(row["point"]), {})[int(row["replication"])] = row

    def pairs(self, metric, point, other):
        """The differences other - point of the replications that both have; NaN where a run has no value."""
        mine, others = (self.of_point.get(one, {}) for one in (point, other))
        nan = float("nan")
        return [
            others[replication].get(metric, nan) - mine[replication].get(metric, nan)
            for replication in sorted(mine)
            if replication in others
        ]


def unit_label(metric):
    """For the axis of a difference."""
    unit = {"ratio": "percentage points", "1": "", "text": ""}.get(wording.metric_unit(metric), wording.metric_unit(metric))
    return f"difference ({unit})" if unit else "difference"


def points_of(runs, metric, pairs):
    """[(mean, low, high) or None] of each (point, other), and in words what is missing of them."""
    found, few, without = [], 0, 0
    factor = 100.0 if wording.metric_unit(metric) == "ratio" else 1.0
    for point, other in pairs:
        values = [factor * value for value in runs.pairs(metric, point, other)]
        nothing = any(value != value for value in values)
        without += nothing
        few += len(values) < 2 and not nothing
        found.append(interval(values) if len(values) > 1 and not nothing else None)
    words = []
    if few:
        words.append(f"{TOO_FEW} at {few} of {len(found)} points" if few < len(found) else TOO_FEW)
    if without:
        words.append(f"no value in some run at {without} of {len(found)} points")
    return found, words
