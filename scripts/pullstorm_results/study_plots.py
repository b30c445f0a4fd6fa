# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The plots of a study: its metrics over its axes."""

from dataclasses import dataclass

from pullstorm_results import choice as choosing
from pullstorm_results import reading, wording
from pullstorm_results.chart import LINE, POINTS, Chart, HeatChart, Series

DEFAULT_METRICS = (
    "time_to_key_p99_s",
    "ues_keyed_ratio",
    "ues_without_key",
    "http_503",
    "storm_duration_s",
    "bmsc_utilisation_ratio",
    "bsf_utilisation_ratio",
    "hss_utilisation_ratio",
    "bmsc_wait_mean_s",
)
MOST_CURVES = 8
MOST_FACETS = 12


@dataclass
class Dimension:
    """An axis of a study as a plot needs it."""

    name: str  # of its key or keys
    label: str
    texts: list  # a value per point, as people write it
    numbers: list  # likewise, as numbers; None if they have no order
    column: str

    def distinct(self):
        """The different values: numbers ascending, or texts as they come."""
        return sorted(set(self.numbers)) if self.numbers is not None else list(dict.fromkeys(self.texts))

    def values(self):
        return self.numbers if self.numbers is not None else self.texts

    def text_of(self, value):
        return self.texts[self.values().index(value)]


def dimension_of(axis, points):
    """The axis by the first of its keys that tells all its values apart, or by all of them together."""
    together = list(zip(*(points[column] for column in axis.columns)))
    for column in axis.columns:
        values = list(points[column])
        if len(set(values)) == len(set(together)):
            numbers, more = wording.axis_numbers(column, values)
            others = [name for name in axis.columns if name != column]
            label = wording.key_label(column) + more + (f", with {', '.join(others)}" if others else "")
            return Dimension(
                column, label, [wording.key_value(column, value) for value in values], numbers, column
            )
    texts = [", ".join(wording.key_value(key, value) for key, value in zip(axis.columns, row)) for row in together]
    return Dimension(" / ".join(axis.columns), " / ".join(axis.columns), texts, None, axis.columns[0])


def dimensions(axes, points):
    return [dimension_of(axis, points) for axis in axes]


@dataclass
class Layout:
    """Which axis is what in the plots."""

    x: Dimension  # None in a study of one point
    family: Dimension  # a curve for each of its values; may be None
    facets: list  # a plot for each of their values
    fixed: list  # axes of one value


def layout_of(axes, points, x_key=""):
    """x is the axis with an order that has most values, the family another one, the rest make plots of their own.

    x_key: the user's choice of x, by a key of the axis or the axis's name.
    """
    found = dimensions(axes, points)
    if x_key:
        return _layout_over(x_key, axes, found)
    fixed = [one for one in found if len(one.distinct()) < 2]
    left = [one for one in found if one not in fixed]
    if not left:
        return Layout(None, None, [], fixed)
    x = max(left, key=lambda one: (one.numbers is not None, len(one.distinct())))
    left.remove(x)
    family = next((one for one in left if one.numbers is not None), left[0]) if left else None
    return Layout(x, family, [one for one in left if one is not family], fixed)


def _layout_over(key, axes, found):
    names = [{one.name, one.column, axis.name, *axis.columns} for axis, one in zip(axes, found)]
    choosing.known("--x", key, sorted(set().union(*names)))
    x = found[next(place for place, those in enumerate(names) if key in those)]
    left = [one for one in found if one is not x and len(one.distinct()) > 1]
    fixed = [one for one in found if one is not x and one not in left]
    family = next((one for one in left if one.numbers is not None), left[0]) if left else None
    return Layout(x, family, [one for one in left if one is not family], fixed)


def chosen_metrics(study):
    """The metrics that the study names, as far as it has them; else those that most want to know."""
    there = study.metrics()
    wanted = [name for name in study.wanted if name in there]
    chosen = wanted or [name for name in DEFAULT_METRICS if name in there]
    if "ues_keyed_ratio" in chosen and not wanted:
        chosen = [name for name in chosen if name != "ues_without_key"]
    return chosen or there[:6]


def spread(values, most):
    """At most so many of the values, evenly spread, both ends among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]


def facets_of(layout, points):
    """[(name of the file's ending, text, rows)] of the plots that further axes make, at most MOST_FACETS."""
    if not layout.facets:
        return [("", "", list(range(len(points))))]
    groups = {}
    for row in range(len(points)):
        groups.setdefault(tuple(one.texts[row] for one in layout.facets), []).append(row)
    found = []
    for place, (texts, rows) in enumerate(list(groups.items())[:MOST_FACETS]):
        text = ", ".join(f"{one.name} = {value}" for one, value in zip(layout.facets, texts))
        if len(groups) > MOST_FACETS:
            text += f" ({MOST_FACETS} of {len(groups)} shown)"
        found.append((f"_{place + 1:02d}", text, rows))
    return found


def facets_left_out(layout, points):
    """What a report says of the plots that there are not; "" if there are all."""
    count = len(set(zip(*(one.texts for one in layout.facets))))
    if count <= MOST_FACETS:
        return ""
    names = " and ".join(one.name for one in layout.facets)
    return f"One plot for each {names}: {MOST_FACETS} of {count} shown. The table below has all points."


def _scaled(metric, values):
    factor = 100.0 if wording.metric_unit(metric) == "ratio" else 1.0
    return [value * factor for value in values]


def _curve(points, metric, layout, rows, name, categories):
    """The metric at the rows, in the order of x."""
    if layout.x is None:
        place = {row: 0 for row in rows}
    elif layout.x.numbers is None:
        place = {row: categories.index(layout.x.texts[row]) for row in rows}
    else:
        place = {row: layout.x.numbers[row] for row in rows}
    rows = sorted(rows, key=lambda row: place[row])
    low, high = (_scaled(metric, points[f"{metric}_ci_{end}"].iloc[rows]) for end in ("low", "high"))
    if not any(value == value for value in low):
        low = high = None
    joined = layout.x is not None and layout.x.numbers is not None and len(rows) > 1
    return Series(
        name,
        [place[row] for row in rows],
        _scaled(metric, points[f"{metric}_mean"].iloc[rows]),
        style=LINE if joined else POINTS,
        low=low,
        high=high,
    )


def _dodged(series):
    """Points of several curves over the same category side by side."""
    for place, curve in enumerate(series):
        curve.x = [x + 0.12 * (place - (len(series) - 1) / 2) for x in curve.x]


def without_value(study, metric):
    """Whether a run's end leaves the metric without a value, by point: nobody there got the key."""
    return (study.points["n"] > 0) & study.points[f"{metric}_mean"].isna()


def why_none(metric):
    """Why a point can have no value of it."""
    if reading.of_share(metric):
        return "so many UEs never got the key"
    return "no UE got the key" if reading.of_keyed(metric) else ""


def why_without(metric):
    return f"where {why_none(metric)}" if why_none(metric) else "at some points"


def _note(study, metric, layout, facet, shown):
    runs = sorted({int(n) for n in study.points["n"] if n > 0})
    words = [facet] if facet else []
    none = int((study.points["n"] == 0).sum())
    if not runs:
        words.append("no run is finished")
    elif runs[-1] < 2:
        words.append("one run per point")
    else:
        count = f"{runs[-1]}" if len(runs) == 1 else f"{runs[0]} to {runs[-1]}"
        joined = layout.x is not None and layout.x.numbers is not None
        words.append(f"{count} runs per point, {'bands' if joined else 'bars'}: 95 % confidence")
    if none and runs:
        words.append(f"{none} of {len(study.points)} points have no finished run")
    if without_value(study, metric).any():
        words.append(f"no value {why_without(metric)}")
    if shown:
        words.append(shown)
    return "; ".join(words)


def _positive(series):
    return [y for curve in series for y in curve.y if y == y]


def curves(study, metric, layout, facet):
    """The metric over x, a curve for each value of the family."""
    ending, text, rows = facet
    categories = None
    if layout.x is None:
        categories = ["all runs"]
    elif layout.x.numbers is None:
        categories = layout.x.distinct()
    series, shown = [], ""
    if layout.family is None:
        series = [_curve(study.points, metric, layout, rows, wording.metric_title(metric), categories)]
    else:
        values = spread(layout.family.distinct(), MOST_CURVES)
        if len(values) < len(layout.family.distinct()):
            shown = f"{len(values)} of {len(layout.family.distinct())} curves shown"
        for value in values:
            own = [row for row in rows if layout.family.values()[row] == value]
            if own:
                name = layout.family.text_of(value)
                series.append(_curve(study.points, metric, layout, own, name, categories))
    if categories is not None and len(series) > 1:
        _dodged(series)
    numeric = layout.x is not None and layout.x.numbers is not None
    measured = _positive(series)
    return Chart(
        metric + ending,
        wording.metric_title(metric),
        layout.x.label if layout.x else "",
        wording.metric_label(metric),
        series,
        note=_note(study, metric, layout, text, shown),
        legend=layout.family.name if layout.family else "",
        x_log=numeric and wording.geometric(layout.x.numbers),
        x_ticks=layout.x.distinct() if numeric else None,
        categories=categories,
        y_max=100.0 if wording.metric_unit(metric) == "ratio" else None,
        y_log=wording.metric_unit(metric) == "s"
        and bool(measured)
        and min(measured) > 0
        and max(measured) > 100 * min(measured),
        empty=f"{why_none(metric)} at these points"
        if without_value(study, metric).iloc[rows].any() and why_none(metric)
        else "no run of these points is finished",
    )


def _colour_range(metric, values):
    """Colours of a heat map in which all is the same have nothing else to go by."""
    if not values or max(values) > min(values):
        return None
    return (
        (0.0, 100.0)
        if wording.metric_unit(metric) == "ratio"
        else (values[0], values[0] + max(1.0, abs(values[0])))
    )


def heat(study, metric, layout, facet):
    """The metric over two axes with an order."""
    ending, text, rows = facet
    xs, ys = layout.x.distinct(), layout.family.distinct()
    z = [[float("nan")] * len(xs) for _ in ys]
    for row in rows:
        value = _scaled(metric, [study.points[f"{metric}_mean"].iloc[row]])[0]
        z[ys.index(layout.family.numbers[row])][xs.index(layout.x.numbers[row])] = value
    values = [value for line in z for value in line if value == value]
    return HeatChart(
        f"{metric}_heat{ending}",
        wording.metric_title(metric),
        layout.x.name,
        layout.family.name,
        wording.metric_label(metric),
        [layout.x.text_of(x) for x in xs],
        [layout.family.text_of(y) for y in ys],
        z,
        note=_note(study, metric, layout, text, "").replace(", bands: 95 % confidence", ""),
        z_range=_colour_range(metric, values),
        z_log=wording.metric_unit(metric) == "s"
        and bool(values)
        and min(values) > 0
        and max(values) > 100 * min(values),
    )


def charts(study, choice=choosing.Choice()):
    """All plots of a study, or of what was chosen of it."""
    layout = layout_of(study.axes, study.points, choice.x)
    found = []
    for metric in chosen_metrics(study):
        for facet in facets_of(layout, study.points):
            found.append(curves(study, metric, layout, facet))
            if layout.family is not None and layout.x.numbers is not None and layout.family.numbers is not None:
                found += [one for one in [heat(study, metric, layout, facet)] if not one.is_empty()]
    return [choosing.scaled(chart, choice) for chart in found]
