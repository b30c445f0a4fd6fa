# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Reckons a comparison again, from the summary.csv of the runs alone: compare_again.py FOLDER, of pullstorm compare -o.

Differences of means and medians, Student's p and intervals by numerical integration, and the correction of Benjamini
and Hochberg by its definition (the largest k with p(k) <= 5 % k / m) must come out as compare.csv has them.
"""

import csv
import math
import os
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
student = extreme = 0
for row in table:
    name = row["metric"]
    texts = [(a[name], b[name]) for a, b in zip(sides["A"], sides["B"])]
    if any(not text for pair in texts for text in pair):
        continue
    a, b = [float(text) for text, _ in texts], [float(text) for _, text in texts]
    differences = [after - before for before, after in zip(a, b)]
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
if student < 5 or extreme < 5:
    failed += 1
    print(f"only {student} means and {extreme} maxima differ at all")

tests = sorted((float(row["p"]), row["metric"]) for row in table if row["p_adjusted"])
most = max((k for k in range(1, len(tests) + 1) if tests[k - 1][0] < 0.05 * k / len(tests)), default=0)
real = {name for _, name in tests[:most]}
told = {row["metric"] for row in table if row["verdict"] == "differs"}
if real != told:
    failed += 1
    print(f"really different: {sorted(told ^ real)} are in one list alone")
print(f"{len(table)} metrics, {len(tests)} tests, {len(real)} really different")
sys.exit(1 if failed else 0)
