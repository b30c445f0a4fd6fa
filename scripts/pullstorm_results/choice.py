# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What a user chose for plots and reports: metrics, x axis, points, kinds of axes. What was not chosen is as usual."""

import difflib
import os
import subprocess
from dataclasses import dataclass, field

from pullstorm_results import program as finding
from pullstorm_results import reading, scale
from pullstorm_results.chart import BARS, HeatChart


@dataclass
class Choice:
    metrics: list = field(default_factory=list)  # in this order
    x: str = ""  # key of the x axis
    only: str = ""  # condition on points
    log: str = ""  # axes that are logarithmic: "x", "y" or "xy"
    linear: bool = False  # all others are linear

    def logarithmic(self, axis, usual):
        """Whether the axis, "x" or "y", is logarithmic; usual: by default."""
        return axis in self.log or (usual and not self.linear)

    def metrics_of(self, there, usual, *tables):
        """The metrics to show; one that is not there is a mistake, and so is a column of text of the tables."""
        for name in self.metrics:
            known_metric(name, there, *tables)
        return list(self.metrics) or usual


def nearest(name, there):
    """The most alike of the names; "" if none is alike."""
    return next(iter(difflib.get_close_matches(name, there, 1, 0.5)), "")


def known(option, name, there):
    """An error that names the nearest, if the name is none of those that are there."""
    if name in there:
        return
    there = list(dict.fromkeys(there))
    alike = nearest(name, there)
    if alike:
        hint = f"did you mean {alike}?"
    elif len(there) <= 8:
        hint = f"expected {', '.join(there)}" if there else "there is none"
    else:
        hint = f"{len(there)} are there, e.g. {', '.join(there[:3])}"
    raise reading.ResultError(f"{option} {name}: it is not there; {hint}")


def known_metric(name, there, *tables):
    """An error, if there is no such metric, or if it is a column of text of one of the tables."""
    if name not in there and any(reading.has_text(table, name) for table in tables):
        raise reading.ResultError(f"--metric {name}: this column is text, not a number, and so cannot be drawn")
    known("--metric", name, there)


# --- points


def program():
    found = finding.find()
    if not found:
        raise reading.ResultError(
            "--only: the program pullstorm is not there, which reads conditions: build it, or name it in the environment"
            " variable PULLSTORM"
        )
    return found


def points_where(path, condition):
    """Numbers of the points of the study in the folder at which the condition holds: the program's answer."""
    study = os.path.join(path, "study.ini")
    if not os.path.exists(study):
        raise reading.ResultError(f"--only: {path} has no study.ini, so no points to choose from")
    command = [program(), "expand", path, "--points", "--only", condition]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"pullstorm expand ended with status {done.returncode}"]
        raise reading.ResultError(lines[-1].removeprefix("pullstorm: "))
    return {int(line) for line in done.stdout.split()}


def rows_where(table, path, choice):
    """The rows of a table with a column `point` that are chosen."""
    if not choice.only:
        return table
    points = points_where(path, choice.only)
    kept = table[table["point"].astype(int).isin(points)].reset_index(drop=True)
    if not len(kept):
        raise reading.ResultError(f"--only {choice.only}: no such point has a result")
    return kept


def read_study(path, choice):
    """The study in the folder, of it what was chosen; its metrics first."""
    study = reading.read_study(path)
    if choice.only:
        before = list(study.points["point"].astype(int))
        study.points = rows_where(study.points, path, choice)
        points = set(study.points["point"].astype(int))
        kept = [place for place, point in enumerate(before) if point in points]
        study.notes = study.notes.iloc[kept].reset_index(drop=True)
        if study.runs is not None:
            study.runs = study.runs[study.runs["point"].astype(int).isin(points)].reset_index(drop=True)
    study.wanted = choice.metrics_of(study.metrics(), study.wanted, os.path.join(path, "study.csv"))
    return study


def read_plan(path, choice):
    """Likewise of a plan."""
    plan = reading.read_plan(path)
    plan.answers = rows_where(plan.answers, path, choice)
    if choice.only:
        points = set(plan.answers["point"].astype(int))
        plan.curve = plan.curve[plan.curve["point"].astype(int).isin(points)].reset_index(drop=True)
    return plan


# --- axes


def scaled(chart, choice):
    """The chart with the axes that were chosen, where its values have a place on them."""
    if isinstance(chart, HeatChart):
        values = [value for row in chart.z for value in row]
        chart.z_log = choice.logarithmic("y", chart.z_log) and scale.without_place(values) == 0
        return chart
    xs = [x for series in chart.series for x in series.x] + list(chart.x_ticks or [])
    ys = [y for series in chart.series for y in series.y]
    usual_x, usual_y = chart.x_log, chart.y_log
    chart.x_log = chart.categories is None and choice.logarithmic("x", chart.x_log)
    chart.y_log = choice.logarithmic("y", chart.y_log)
    notes = [chart.note] if chart.note else []
    for letter, now, usual, values in (("x", chart.x_log, usual_x, xs), ("y", chart.y_log, usual_y, ys)):
        if not now or usual or not scale.without_place(values):
            continue
        if not any(value > 0 for value in scale.finite(values)):
            setattr(chart, f"{letter}_log", False)
            notes.append(f"nothing above 0 for a logarithmic {letter} axis")
        elif all(series.style != BARS for series in chart.series):
            notes.append(f"a logarithmic {letter} axis has no place for values of 0")
    chart.note = "; ".join(notes)
    return chart
