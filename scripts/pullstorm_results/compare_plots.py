# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What pullstorm compare -o left, read back, and its plots: the curves of both sides over each other."""

import math
import os
from dataclasses import dataclass

import numpy
import pandas

from pullstorm_results import reading, run_plots, wording
from pullstorm_results.chart import POINTS, Chart, Mark, Series
from pullstorm_results.choice import Choice

TABLES = {
    "compare.csv": ["points", "metric", "a", "b", "difference", "ci_low", "ci_high", "relative", "verdict", "ci_note"],
    "compare_runs.csv": ["points", "pair", "side", "folder", "seed"],
    "compare_keys.csv": ["key", "unit", "a", "b"],
    "compare_sides.csv": ["side", "path", "condition", "version"],
}
NUMBERS = ["a", "b", "difference", "ci_low", "ci_high", "relative", "relative_ci_low", "relative_ci_high", "p_adjusted"]
RUNS_MOST = 10  # of a side that curves are made of
GRID = 400  # points of a mean curve
RELATIVE_MOST = 8  # metrics in one picture
RELATIVE_LARGEST = 10.0  # ten times as much and more stands in the table alone
LONG_TAIL = 100.0  # largest to smallest, from which on an axis is logarithmic
LOST, GAINED, DIFFERS, UNTOLD, CHANCE, ALIKE = "lost", "gained", "differs", "too few runs", "within chance", "alike"
ALL = "all"
MAIN = ("update_p99_s", "update_p90_s", "update_p50_s", "ues_keyed_ratio", "storm_duration_s")


@dataclass
class Comparison:
    """The tables of a comparison."""

    path: str
    rows: list  # of compare.csv, as dict; numbers are floats, NaN: none
    runs: list
    keys: list
    sides: dict  # "A", "B": row of compare_sides.csv

    def __post_init__(self):
        # by points and by metric: with many points each is asked for often
        self._of, self._row = {}, {}
        for row in self.rows:
            self._of.setdefault(row["points"], []).append(row)
            self._row.setdefault((row["points"], row["metric"]), row)
        self._points = list(dict.fromkeys(row["points"] for row in self.runs))

    def points(self):
        """The names of the pairs of points, in their order."""
        return self._points

    def of(self, points):
        return self._of.get(points, [])

    def main(self):
        """Rows over all points, or those of the only one."""
        return self.of(ALL) if len(self._points) > 1 else self.rows

    def row(self, metric, points=None):
        if points is None:
            points = ALL if len(self._points) > 1 else self._points[0]
        return self._row.get((points, metric))

    def pairs(self):
        """How many pairs of runs there are."""
        return sum(1 for row in self.runs if row["side"] == "A")


def read(path, choice):
    if choice != Choice():
        raise reading.ResultError(
            f"{path}: is a comparison, whose pictures are always the same: no --metric, --x, --only, --log, --linear"
        )
    found = {}
    for name, columns in TABLES.items():
        file = os.path.join(path, name)
        table = reading.read_table(file)
        reading.need_columns(table, columns, file)
        if name == "compare.csv":
            reading.numbers(table, [column for column in NUMBERS if column in table], file, empty=True)
        found[name] = table.to_dict("records")
    sides = {row["side"]: row for row in found["compare_sides.csv"]}
    if set(sides) != {"A", "B"} or not found["compare_runs.csv"]:
        raise reading.ResultError(f"{path}: no comparison: its tables must name runs of both A and B")
    return Comparison(path, found["compare.csv"], found["compare_runs.csv"], found["compare_keys.csv"], sides)


def shown_point(comparison):
    """The pair of points whose curves are drawn: where the time to key differs most."""
    points = comparison.points()

    def size(name):
        for metric in MAIN:
            row = comparison.row(metric, name)
            if row and row["relative"] == row["relative"]:
                return abs(row["relative"])
        return -1.0

    return max(points, key=size)


def runs_of(comparison, points, side):
    """The runs of a side whose files are still there."""
    folders = [row["folder"] for row in comparison.runs if row["points"] == points and row["side"] == side]
    return [
        reading.read_run(folder, run_plots.SERIES_COLUMNS)
        for folder in folders[:RUNS_MOST]
        if os.path.isdir(folder)
    ]


def side_name(comparison, side):
    """ "A: bsf.workers = 4", where the scenario says it; else what was given."""
    about = comparison.sides[side]
    if len(comparison.keys) == 1:
        row = comparison.keys[0]
        return f"{side}: {row['key']} = {key_text(row, side)}"
    return f"{side}: {about['condition'] or os.path.basename(os.path.abspath(about['path']))}"


def key_text(row, side):
    """A value, or several, as people write them."""
    text = row[side.lower()]
    values = [text] if "(" in text else text.split(", ")
    return ", ".join(wording.key_value(row["key"], value) for value in values)


def mean_keyed(runs):
    """Per cent of the UEs that hold the key, the mean of the runs, over the time of the longest one."""
    end = max(float(run.series["time_s"].iloc[-1]) for run in runs)
    grid = numpy.linspace(0.0, end, GRID)
    curves = [
        numpy.interp(grid, run.series["time_s"], 100.0 * run.series["ues_keyed"] / run.metrics["ues"]) for run in runs
    ]
    return grid.tolist(), numpy.mean(curves, axis=0).tolist()


def pooled(runs, procedure):
    """x and per cent of all UEs of all the runs."""
    rows = pandas.concat(run_plots.procedure(run, procedure) for run in runs)
    ends = rows.groupby(["to_s", "from_s"], as_index=False)["count"].sum()
    return run_plots.cumulative(ends, sum(run.metrics["ues"] for run in runs))


def over_each_other(comparison):
    """Keyed UEs over time, and the time to key, of one pair of points."""
    points = shown_point(comparison)
    sides = [(side, runs_of(comparison, points, side)) for side in "AB"]
    if not all(runs for _, runs in sides):
        return []
    several = f"; {points}" if len(comparison.points()) > 1 else ""
    count = min(len(runs) for _, runs in sides)
    keyed = Chart(
        "compare_keyed",
        "UEs that hold the new MSK",
        run_plots.TIME,
        "share of all UEs (%)",
        y_max=100.0,
        note=("one run of each side" if count == 1 else f"means of {count} runs of each side") + several,
    )
    chart = run_plots.keyed_after(
        "compare_time_to_key",
        "Time to key, from the first pull of the run",
        f"all UEs of {f'{count} runs' if count > 1 else 'one run'} of each side{several}",
    )
    for place, (side, runs) in enumerate(sides):
        keyed.series.append(Series(side_name(comparison, side), *mean_keyed(runs), colour=place))
        x, y = pooled(runs, "update")
        if x:
            chart.series.append(Series(side_name(comparison, side), x, y, colour=place))
    times = [x for series in chart.series for x in series.x if x > 0]
    chart.x_log = bool(times) and max(times) > LONG_TAIL * min(times)
    return [keyed, chart]


def finite(value):
    return value is not None and math.isfinite(value)


def relative(comparison):
    """The largest real differences with their intervals."""
    rows = [row for row in in_order(comparison.main()) if row["verdict"] in (DIFFERS, UNTOLD)]
    rows = [
        row
        for row in rows
        if finite(row["relative"])
        and not max(abs(row["relative"]), row["relative_ci_high"]) >= RELATIVE_LARGEST  # NaN is none
    ][:RELATIVE_MOST]
    if not rows:
        return []
    return [
        _points(
            "compare_relative",
            "Largest differences of B from A",
            [wording.metric_title(row["metric"]) for row in rows],
            rows,
            "of those that differ or may; one that is ten times as much or more with B stands in the table alone",
        )
    ]


def _points(name, title, categories, rows, note):
    series = Series(
        "B relative to A",
        list(range(len(rows))),
        [100 * row["relative"] for row in rows],
        style=POINTS,
        low=[100 * row["relative_ci_low"] for row in rows],
        high=[100 * row["relative_ci_high"] for row in rows],
    )
    if not any(finite(value) for value in series.low):
        series.low = series.high = None
        note += "; no intervals"
    else:
        note += "; bars: 95 % intervals where there are some"
    marks = [Mark("y", 0.0, "alike")]
    return Chart(name, title, "", "B relative to A (%)", [series], marks, note, categories=categories)


def by_point(comparison):
    """How far the time until the key is held differs at each pair of points."""
    points = comparison.points()
    for metric in MAIN:
        rows = [comparison.row(metric, name) for name in points]
        there = [(name, row) for name, row in zip(points, rows) if row and finite(row["relative"])]
        if len(points) > 1 and len(there) > 1:
            return [
                _points(
                    "compare_points",
                    wording.metric_title(metric),
                    [name for name, _ in there],
                    [row for _, row in there],
                    "at each pair of points",
                )
            ]
    return []


def in_order(rows):
    """What is lost first, then real differences, the largest first; then what cannot be told."""
    rank = {LOST: 0, GAINED: 1, DIFFERS: 2, UNTOLD: 3}

    def size(row):
        both = abs(row["a"]) + abs(row["b"])
        return abs(row["b"] - row["a"]) / both if both > 0 else 0.0

    return sorted((row for row in rows if row["verdict"] in rank), key=lambda row: (rank[row["verdict"]], -size(row)))


def charts(comparison):
    return over_each_other(comparison) + by_point(comparison) + relative(comparison)
