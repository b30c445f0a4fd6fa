# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Reckons a comparison again, from the summary.csv of the runs alone: compare_again.py FOLDER, of pullstorm compare -o.

Differences of means and medians, Student's p and intervals by numerical integration, percentiles from the samples of
all runs and the p of their shares or, where runs shift, of their places, and the correction of Benjamini and Hochberg by its definition (the largest k with
p(k) <= 5 % k / m) must come out as compare.csv has them.
"""

import csv
import math
import os
import re
import statistics
import sys


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def student_beyond(t, freedom):
    """P(|T| > t): the tail of the density, by Simpson's rule over the angle, T = sqrt(freedom) tan(angle)."""
    first, steps = math.atan(t / math.sqrt(freedom)), 2000
    width = (math.pi / 2 - first) / steps

    def density(angle):
        return math.cos(angle) ** (freedom - 1)

    total = density(first) + density(math.pi / 2)
    total += sum((4 if i % 2 else 2) * density(first + i * width) for i in range(1, steps))
    scale = math.gamma((freedom + 1) / 2) / (math.sqrt(math.pi) * math.gamma(freedom / 2))
    return 2 * scale * total * width / 3


def inverse_student(p, freedom):
    """The t that is exceeded to either side with probability p, by halving."""
    low, high = 0.0, 1000.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if student_beyond(middle, freedom) > p else (low, middle)
    return low


def samples_of(folder, procedure):
    """(from, to, count) of each row."""
    return [(float(row["from_s"]), float(row["to_s"]), int(row["count"]))
            for row in rows_of(os.path.join(folder, "distribution.csv")) if row["procedure"] == procedure]


def below(rows, value):
    """How many samples lie below a value, those of a row evenly over it."""
    return sum(count if end <= value else count * (value - start) / (end - start)
               for start, end, count in rows if start < value or end <= value)


def quantile(rows, wanted):
    """Where so many samples lie below; rows of one end are one. NaN: nowhere."""
    reached = 0.0
    for end in sorted({row[1] for row in rows}):
        group = [row for row in rows if row[1] == end]
        now = reached + sum(row[2] for row in group)
        if now >= wanted:
            start = min(row[0] for row in group)
            return start + (end - start) * (wanted - reached) / (now - reached)
        reached = now
    return math.nan


def shift(runs_of_side, wholes, share):
    """Do numbers of samples beyond a quantile vary three times as much as if samples did not depend on each other?"""
    pooled = [row for own in runs_of_side for row in own]
    level = min(share, max(0.5, 1 - 10 * len(wholes) / sum(wholes)))
    value = quantile(pooled, level * sum(wholes))
    largest = 0.0
    for at in (value, math.nextafter(value, -math.inf)):
        beyond = [whole - below(own, at) for own, whole in zip(runs_of_side, wholes)]
        part = sum(beyond) / sum(wholes)
        if 0 < part < 1:
            largest = max(largest, sum((found - whole * part) ** 2 / (whole * part * (1 - part))
                                       for found, whole in zip(beyond, wholes)))
    return largest > 3 * (len(wholes) - 1)


def place(rows, share, scale):
    """Where the samples of a run lie below a quantile: the mean over twelve levels of log(1 + value / scale)."""
    lowest, count = max(share - 6 * (1 - share), share / 2), sum(row[2] for row in rows)
    levels = [lowest + (share - lowest) * i / 11 for i in range(12)]
    return statistics.fmean(math.log1p(quantile(rows, level * count) / scale) for level in levels)


def near(a, b):
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b)) + 1e-12


failed = 0


def same(what, found, expected):
    global failed
    if not near(float(found), expected):
        failed += 1
        print(f"{what}: {found}, expected {expected}")


folder = sys.argv[1]
runs = rows_of(os.path.join(folder, "compare_runs.csv"))
sides = {side: [rows_of(os.path.join(run["folder"], "summary.csv"))[0] for run in runs if run["side"] == side]
         for side in "AB"}
n = len(sides["A"])
table = rows_of(os.path.join(folder, "compare.csv"))
student = extreme = percentiles = shifting = 0


def percentile(row, match):
    """p of a percentile: Student's of the shares below that of both sides; of the interval, if they are all alike."""
    global shifting
    procedure, share = match[1], float(f"0.{match[2]}")
    found = {side: [samples_of(run["folder"], procedure) for run in runs if run["side"] == side] for side in "AB"}
    wholes = {side: [max(sum(row[2] for row in own), float(summary["ues"]) if procedure == "update" else 0)
                     for own, summary in zip(found[side], sides[side])] for side in "AB"}
    pooled = {side: [row for own in found[side] for row in own] for side in "AB"}
    for side in "AB":
        same(f"{row['metric']}: {side}", row[side.lower()], quantile(pooled[side], share * sum(wholes[side])))
    value = quantile(pooled["A"] + pooled["B"], share * sum(wholes["A"] + wholes["B"]))
    shares = {side: [below(own, value) / whole for own, whole in zip(found[side], wholes[side])] for side in "AB"}
    differences = [b - a for a, b in zip(shares["A"], shares["B"])]
    if n * (1 - share) < 1 and any(shift(found[side], wholes[side], share) for side in "AB"):
        places = {side: [place(own, share, value) for own in found[side]] for side in "AB"}
        differences = [a - b for a, b in zip(places["A"], places["B"])]
        shifting += 1
    if row["ci_note"] == "too few replications":
        if row["p"]:
            same(f"{row['metric']}: no p", row["p"], math.nan)
        return
    low, high = float(row["ci_low"] or row["difference"]), float(row["ci_high"] or row["difference"])
    if max(differences) - min(differences) > 1e-12:
        p = student_beyond(abs(statistics.fmean(differences)) / (statistics.stdev(differences) / math.sqrt(n)), n - 1)
    elif abs(differences[0]) < 1e-12:
        p = 1
    else:
        middle = float(row["difference"])
        half = middle - low if middle > 0 else high - middle
        p = student_beyond(abs(middle) / half * inverse_student(0.05, n - 1), n - 1) if half else 0
    same(f"{row['metric']}: p", row["p"], p if low > 0 or high < 0 else max(p, 0.05))


for row in table:
    name = row["metric"]
    texts = [(a[name], b[name]) for a, b in zip(sides["A"], sides["B"])]
    if any(not text for pair in texts for text in pair):
        continue
    a, b = [float(text) for text, _ in texts], [float(text) for _, text in texts]
    differences = [after - before for before, after in zip(a, b)]
    match = re.fullmatch(r"(\w+)_p(\d+)_s", name)
    if match and row["difference"] and row["verdict"] != "alike":
        percentiles += 1
        percentile(row, match)
    if name.endswith("_mean_s") or name.endswith("utilisation_ratio"):
        mean, sd = statistics.fmean(differences), statistics.stdev(differences)
        same(f"{name}: difference", row["difference"], mean)
        if sd > 0:
            student += 1
            same(f"{name}: p", row["p"], student_beyond(abs(mean) / (sd / math.sqrt(n)), n - 1))
            half = (float(row["ci_high"]) - float(row["ci_low"])) / 2
            same(f"{name}: error of the interval", student_beyond(half / (sd / math.sqrt(n)), n - 1), 0.05)
    if name.endswith("_max_s") or name.endswith("_queue_max"):
        extreme += 1
        same(f"{name}: median", row["difference"], statistics.median(differences))
        sd = statistics.stdev(differences)
        low, high = min(differences), max(differences)  # of six pairs the interval of the median
        if sd > 0:
            p = student_beyond(abs(statistics.fmean(differences)) / (sd / math.sqrt(n)), n - 1)
            same(f"{name}: p", row["p"], p if low > 0 or high < 0 else max(p, 0.05))
            same(f"{name}: low", row["ci_low"], low)
            same(f"{name}: high", row["ci_high"], high)
if student < 5 or extreme < 5 or percentiles - shifting < 5 or shifting < 5:
    failed += 1
    print(f"only {student} means, {extreme} maxima and {percentiles} percentiles differ at all, {shifting} by places")

tests = sorted((float(row["p"]), row["metric"]) for row in table if row["p_adjusted"])
most = max((k for k in range(1, len(tests) + 1) if tests[k - 1][0] < 0.05 * k / len(tests)), default=0)
real = {name for _, name in tests[:most]}
told = {row["metric"] for row in table if row["verdict"] == "differs"}
if real != told:
    failed += 1
    print(f"really different: {sorted(told ^ real)} are in one list alone")
print(f"{len(table)} metrics, {len(tests)} tests, {len(real)} really different")
sys.exit(1 if failed else 0)
