# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What a plot shows, whoever draws it: matplotlib (draw.py), or the script of a report (report_plot.js)."""

import math
from dataclasses import dataclass, field

import numpy

LINE, STEP, POINTS, BARS = "line", "step", "points", "bars"
NAMES_MOST = 40  # letters that stand side by side below an axis, on a phone too


@dataclass
class Series:
    """One curve. STEP: y holds for the interval that ends at x. BARS: y holds from x to `to`."""

    name: str
    x: list
    y: list
    style: str = LINE
    low: list = None  # confidence interval
    high: list = None
    to: list = None
    colour: int = None  # place in the palette; by default that of the curve in the plot
    hollow: list = None  # a number per point: 0 full, 1 hollow, 2 grey


@dataclass
class Mark:
    """A line across the plot: at one x ("x") or at one y ("y")."""

    axis: str
    value: float
    name: str
    colour: int = None


@dataclass
class Chart:
    """A plot of curves over x."""

    name: str  # of its files
    title: str
    x_label: str
    y_label: str
    series: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    note: str = ""  # a line below the title
    legend: str = ""  # title of the legend
    x_log: bool = False
    y_log: bool = False
    x_ticks: list = None  # where values were measured, if they are few
    categories: list = None  # names of x = 0, 1, 2 ..., where x has no order
    y_max: float = None
    y_min: float = None  # of a logarithmic axis, with y_max
    markers: bool = True  # whether curves of few points show each of them
    empty: str = ""  # what to say where there is nothing to draw

    def is_empty(self):
        return not any(y == y for series in self.series for y in series.y)

    def in_rows(self):
        """Do the names of the categories need a row each? Side by side they would be printed over each other."""
        if not self.categories or self.is_empty() or any(series.style != POINTS for series in self.series):
            return False
        return len(self.categories) * max(map(len, self.categories)) > NAMES_MOST


def aside(place, count):
    """How far from its row the points of one of several series stand, as a share of the height of the row."""
    return (place - (count - 1) / 2) * min(0.16, 0.6 / count)


@dataclass
class HeatChart:
    """A value over two axes; z[row][column] may be NaN."""

    name: str
    title: str
    x_label: str
    y_label: str
    z_label: str
    x: list  # texts
    y: list
    z: list
    note: str = ""
    z_log: bool = False
    z_range: tuple = None  # of the colours; by default that of the values

    def is_empty(self):
        return not any(value == value for row in self.z for value in row)


def thin(x, y, limit):
    """The curve with at most `limit` points: of each stretch the lowest and the highest, in their order."""
    if len(x) <= limit:
        return list(x), list(y)
    x, y = numpy.asarray(x), numpy.asarray(y)
    buckets = max(1, (limit - 2) // 2)
    keep = {0, len(x) - 1}
    for bucket in range(buckets):
        first = bucket * len(x) // buckets
        last = max(first + 1, (bucket + 1) * len(x) // buckets)
        stretch = y[first:last]
        if numpy.isnan(stretch).all():
            keep.add(first)
        else:
            keep |= {first + int(numpy.nanargmin(stretch)), first + int(numpy.nanargmax(stretch))}
    order = sorted(keep)
    return x[order].tolist(), y[order].tolist()


def thinned(series, limit):
    """x and y of a series for drawing; intervals, bars and the like are few and stay."""
    if series.low is not None or series.to is not None or series.hollow is not None:
        return list(series.x), list(series.y)
    return thin(series.x, series.y, limit)


def rounded(values, digits=6):
    """For JSON: short, and null for what is no number."""
    if values is None:
        return None
    return [None if value is None or not math.isfinite(value) else _short(value, digits) for value in values]


def _short(value, digits):
    value = float(f"{value:.{digits}g}")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def to_json(chart, limit=1500):
    """The chart as what json.dump takes."""
    is_heat = isinstance(chart, HeatChart)
    head = {
        "kind": "heat" if is_heat else "rows" if chart.in_rows() else "lines",
        "name": chart.name,
        "title": chart.title,
        "note": chart.note,
        "xLabel": chart.x_label,
        "yLabel": chart.y_label,
    }
    if is_heat:
        return head | {
            "zLabel": chart.z_label,
            "x": chart.x,
            "y": chart.y,
            "zLog": bool(chart.z_log),
            "zRange": chart.z_range,
            "z": [rounded(row) for row in chart.z],
        }
    series = []
    for curve in chart.series:
        x, y = thinned(curve, limit)
        about = {
            "name": curve.name,
            "style": curve.style,
            "x": rounded(x, 8),
            "y": rounded(y),
            "low": rounded(curve.low),
            "high": rounded(curve.high),
            "to": rounded(curve.to, 8),
            "colour": curve.colour,
            "hollow": curve.hollow,
        }
        series.append({name: value for name, value in about.items() if value is not None})
    marks = [
        {"axis": mark.axis, "value": mark.value, "name": mark.name, "colour": mark.colour} for mark in chart.marks
    ]
    return head | {
        "legend": chart.legend,
        "xLog": bool(chart.x_log),
        "yLog": bool(chart.y_log),
        "xTicks": rounded(chart.x_ticks, 8),
        "categories": chart.categories,
        "yMax": chart.y_max,
        "yMin": chart.y_min,
        "markers": chart.markers,
        "empty": chart.empty,
        "series": series,
        "marks": marks,
    }
