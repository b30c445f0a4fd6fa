# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The plots of a study: its metrics over its axes."""

from dataclasses import dataclass

from pullstorm_results import choice as choosing
from pullstorm_results import differences, reading, scale, wording
from pullstorm_results.chart import LINE, POINTS, Chart, HeatChart, Mark, Series

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
VARIANT = "variant"  # the column of their names
KEYED = "ues_keyed_ratio_mean"
MOST_CURVES = 8
MOST_FACETS = 8


def quoted(text):
    return f"\u201c{text}\u201d" if "," in text and "(" not in text else text


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

    def named(self, row):
        """ "pull.rate = 500/s"; a name with a comma in quotation marks, which tell where it ends."""
        return f"{self.name} = {quoted(self.texts[row])}"


def dimension_of(axis, points, key=""):
    """The axis by a key of it that tells all its values apart, `key` or else the first, or by all of them together."""
    together = list(zip(*(points[column] for column in axis.columns)))
    for column in sorted(axis.columns, key=lambda name: name != key):
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
    """x is the axis with an order that has most values; variants, else another axis, are the curves; the rest are plots.

    x_key: the user's choice of x, by a key of the axis or the axis's name.
    """
    found = dimensions(axes, points)
    if x_key:
        names = [[axis.name, *axis.columns] for axis in axes]
        choosing.known("--x", x_key, [name for those in names for name in those])
        place = next(place for place, those in enumerate(names) if x_key in those)
        x = found[place] = dimension_of(axes[place], points, x_key)
    left = [one for one in found if len(one.distinct()) > 1 or (x_key and one is x)]
    fixed = [one for one in found if one not in left]
    if not left:
        return Layout(None, None, [], fixed)
    if not x_key:
        x = max(left, key=lambda one: (one.numbers is not None, one.column != VARIANT, len(one.distinct())))
    left.remove(x)
    of_variants = [one for one in left if one.column == VARIANT]
    numeric = [one for one in left if one.numbers is not None]
    family = next(iter(of_variants + numeric + left), None)
    return Layout(x, family, [one for one in left if one is not family], fixed)


def heat_layout_of(layout):
    """x and another axis with an order make a heat map, one for each value of the others; None if there are no two."""
    others = [one for one in [layout.family, *layout.facets] if one is not None]
    y = next((one for one in others if one.numbers is not None), None)
    if y is None or layout.x.numbers is None:
        return None
    return Layout(layout.x, y, [one for one in others if one is not y], layout.fixed)


def chosen_metrics(study):
    """The metrics that the study names, as far as it has them; else those that most want to know."""
    there = study.metrics()
    wanted = [name for name in study.wanted if name in there]
    chosen = wanted or [name for name in DEFAULT_METRICS if name in there]
    if "ues_keyed_ratio" in chosen and not wanted:
        chosen = [name for name in chosen if name != "ues_without_key"]
    return chosen or there[:6]


def spread(values, most, kept=()):
    """At most so many of the values, evenly spread, both ends among them where there is room beside those to keep."""
    if len(values) <= most:
        return list(values)
    kept = spread(list(kept), most)
    others, room = [value for value in values if value not in kept], most - len(kept)
    chosen = [others[round(i * (len(others) - 1) / max(1, room - 1))] for i in range(room)] + kept
    return [value for value in values if value in chosen]


def facets_of(layout, points):
    """[(name of the file's ending, text, rows)] of the plots that further axes make, at most MOST_FACETS."""
    if not layout.facets:
        return [("", "", list(range(len(points))))]
    groups = {}
    for row in range(len(points)):
        groups.setdefault(tuple(one.texts[row] for one in layout.facets), []).append(row)
    found = []
    for place, texts in enumerate(spread(list(groups), MOST_FACETS)):
        text = ", ".join(f"{one.name} = {value}" for one, value in zip(layout.facets, texts))
        if len(groups) > MOST_FACETS:
            text += f" ({MOST_FACETS} of {len(groups)} shown)"
        found.append((f"_{place + 1:02d}", text, groups[texts]))
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


def _place_of(layout, categories, row):
    """Where the row stands on x."""
    if layout.x is None:
        return 0
    return categories.index(layout.x.texts[row]) if layout.x.numbers is None else layout.x.numbers[row]


def _joined(layout, rows):
    return layout.x is not None and layout.x.numbers is not None and len(rows) > 1


def _curve(points, metric, layout, rows, name, categories):
    """The metric at the rows, in the order of x."""
    place = {row: _place_of(layout, categories, row) for row in rows}
    rows = sorted(rows, key=lambda row: place[row])
    low, high = (_scaled(metric, points[f"{metric}_ci_{end}"].iloc[rows]) for end in ("low", "high"))
    if not any(value == value for value in low):
        low = high = None
    return Series(
        name,
        [place[row] for row in rows],
        _scaled(metric, points[f"{metric}_mean"].iloc[rows]),
        style=LINE if _joined(layout, rows) else POINTS,
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


def missing_share(study, metric, place):
    """Of a metric over the UEs that hold the key alone: the share that does not, at a point; 0 where that is not known."""
    if not reading.of_keyed(metric) or KEYED not in study.points:
        return 0.0
    held, value = (study.points[name].iloc[place] for name in (KEYED, f"{metric}_mean"))
    return max(0.0, 1.0 - held) if held == held and value == value else 0.0


def over_holders(study, metric):
    """What a metric over the UEs that hold the key says nothing of; "" where all hold it, or it is over all UEs."""
    shares = [missing_share(study, metric, place) for place in range(len(study.points))]
    if not any(shares):
        return ""
    where = sum(share > 0 for share in shares)
    points = f" at {where} of {len(shares)} points" if where < len(shares) else " at each point" if where > 1 else ""
    return f"over the UEs that hold the key alone: up to {wording.percent(max(shares))} do not hold it at the end{points}"


def _confidence(table, metric, drawn, what, note_of):
    """What is drawn about the curves, or why there is nothing."""
    low = table[f"{metric}_ci_low"]
    without = [place for place, value in enumerate(low) if value != value and table[f"{metric}_mean"].notna().iloc[place]]
    if not without:
        return f"{drawn}: 95 % confidence"
    why = ", ".join(dict.fromkeys(filter(None, (note_of(place) for place in without))))
    why = f" ({why})" if why else ""
    if low.isna().all():
        return f"no intervals{why}"
    return f"{drawn}: 95 % confidence, none at {len(without)} of {len(low)} {what}s{why}"


def evidence(table, metric, drawn, what, note_of):
    """ "3 to 5 runs per point, bands: 95 % confidence": what stands behind each row of a table.

    drawn: how its intervals are drawn, or nothing; what: a row is of it; note_of(place): why a row has no interval.
    """
    runs = sorted({int(n) for n in table["n"] if n > 0})
    if not runs:
        return "no run is finished"
    if runs[-1] < 2:
        return f"one run per {what}"
    count = f"{runs[-1]}" if len(runs) == 1 else f"{runs[0]} to {runs[-1]}"
    return f"{count} runs per {what}" + (f", {_confidence(table, metric, drawn, what, note_of)}" if drawn else "")


def _note(study, metric, layout, facet, shown, heat=False):
    joined = layout.x is not None and layout.x.numbers is not None
    drawn = "" if heat else "bands" if joined else "bars"
    words = [facet] if facet else []
    words.append(evidence(study.points, metric, drawn, "point", lambda place: study.note(place, metric)))
    none = int((study.points["n"] == 0).sum())
    if 0 < none < len(study.points):
        words.append(f"{none} of {len(study.points)} points have no finished run")
    if without_value(study, metric).any():
        words.append(f"no value {why_without(metric)}")
    words += filter(None, [over_holders(study, metric)])
    if shown:
        words.append(shown)
    return "; ".join(words)


def _categories(layout):
    if layout.x is None:
        return ["all runs"]
    return layout.x.distinct() if layout.x.numbers is None else None


def curves(study, metric, layout, facet):
    """The metric over x, a curve for each value of the family."""
    ending, text, rows = facet
    categories = _categories(layout)
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
        empty=f"{why_none(metric)} at these points"
        if without_value(study, metric).iloc[rows].any() and why_none(metric)
        else "no run of these points is finished",
    )


def heat(study, metric, layout, facet):
    """The metric over two axes with an order."""
    ending, text, rows = facet
    xs, ys = layout.x.distinct(), layout.family.distinct()
    z = [[float("nan")] * len(xs) for _ in ys]
    for row in rows:
        value = _scaled(metric, [study.points[f"{metric}_mean"].iloc[row]])[0]
        z[ys.index(layout.family.numbers[row])][xs.index(layout.x.numbers[row])] = value
    return HeatChart(
        f"{metric}_heat{ending}",
        wording.metric_title(metric),
        layout.x.name,
        layout.family.name,
        wording.metric_label(metric),
        [layout.x.text_of(x) for x in xs],
        [layout.family.text_of(y) for y in ys],
        z,
        note=_note(study, metric, layout, text, "", heat=True),
    )


def _metric_log(metric, values):
    """A share is read against the whole; what else spans more than two decades is logarithmic."""
    return wording.metric_unit(metric) != "ratio" and scale.logarithmic(values)


def _in_one_scale(found, metric):
    """The plots of a metric can be compared: the same scale for all."""
    ends = [y for chart in found for one in chart.series for y in [*one.y, *(one.high or [])]]
    values = scale.finite([y for chart in found for one in chart.series for y in one.y])
    logarithmic = _metric_log(metric, values)
    for chart in found:
        chart.y_log = logarithmic
        if len(found) > 1 and values:
            chart.y_max = chart.y_max if chart.y_max is not None else max(scale.finite(ends)) or 1.0
            chart.y_min = min(values) if logarithmic else None
    return found


def heats(study, metric, layout):
    """The heat maps of a metric in one scale, and in words why there is none."""
    own = heat_layout_of(layout)
    found = [heat(study, metric, own, facet) for facet in facets_of(own, study.points)] if own else []
    found = [chart for chart in found if not chart.is_empty()]
    values = scale.finite([value for chart in found for line in chart.z for value in line])
    if not values:
        return [], ""
    if scale.is_flat(values):
        factor = 100.0 if wording.metric_unit(metric) == "ratio" else 1.0
        return [], f"{wording.metric_text(metric, values[0] / factor)} everywhere, so there is no heat map"
    flat = [chart for chart in found if scale.is_flat([value for line in chart.z for value in line])]
    for chart in found:
        chart.z_log = _metric_log(metric, values)
        chart.z_range = (min(values), max(values))
    return [chart for chart in found if chart not in flat], ""


# --- differences of variants


def _without_variant(layout, row):
    parts = [layout.x, *layout.facets, *layout.fixed]
    return tuple(one.texts[row] for one in parts if one is not None and one.column != VARIANT)


def _pairs(study, layout, rows, first, other):
    """[(row of first, row of other)] that differ in the variant alone."""
    variants = list(study.points[VARIANT])
    firsts = {_without_variant(layout, row): row for row in rows if variants[row] == first}
    others = [row for row in rows if variants[row] == other]
    return [(firsts[one], row) for row in others for one in [_without_variant(layout, row)] if one in firsts]


def _difference(study, runs, metric, layout, rows, names, categories):
    """The curve of the second of the names against the first, and what is to be said of it."""
    pairs = _pairs(study, layout, rows, *names)
    place = {row: _place_of(layout, categories, row) for _, row in pairs}
    pairs.sort(key=lambda one: place[one[1]])
    points = study.points["point"].astype(int)
    found, words = differences.points_of(runs, metric, [(points[one], points[row]) for one, row in pairs])
    nan = float("nan")
    values = [one or (nan, None, None) for one in found]
    low, high = ([nan if one[end] is None else one[end] for one in values] for end in (1, 2))
    joined = layout.x.column != VARIANT and _joined(layout, pairs)
    curve = Series(
        names[1],
        [place[row] for _, row in pairs],
        [one[0] for one in values],
        LINE if joined else POINTS,
        low if any(value == value for value in low) else None,
        high if any(value == value for value in high) else None,
    )
    if any(one and one[1] is None for one in found):
        words.append("no interval where all runs differ alike")
    return curve, words


def _put_together(series, name):
    """Curves of one point each as one."""
    nan = float("nan")
    low, high = ([end for one in series for end in getattr(one, part) or [nan] * len(one.x)] for part in ("low", "high"))
    x, y = ([value for one in series for value in getattr(one, part)] for part in ("x", "y"))
    return Series(name, x, y, POINTS, low, high)


def _difference_note(study, metric, text, words, curves_shown):
    common = study.about.get("random_numbers", "common") != "independent"
    note = [text] if text else []
    note.append(
        f"means of the differences run by run ({'the same' if common else 'independent'} random numbers)"
        "; bands, bars: 95 % confidence, Student's t"
    )
    held = over_holders(study, metric)
    if held:
        note.append(f"{held}, so a variant that leaves UEs without it may seem the faster one")
    return "; ".join(note + list(dict.fromkeys(words)) + ([curves_shown] if curves_shown else []))


def variant_differences(study, runs, metric, layout, facet):
    """How far each variant lies from the first; None where there is nothing to see, and why in words."""
    ending, text, rows = facet
    names = list(dict.fromkeys(study.points[VARIANT]))
    categories = _categories(layout)
    shown = spread(names[1:], MOST_CURVES) if layout.x.column != VARIANT else names[1:]
    series, words = [], []
    for name in shown:
        curve, more = _difference(study, runs, metric, layout, rows, (names[0], name), categories)
        if len(names) <= MOST_CURVES and layout.x.column != VARIANT:
            curve.colour = names.index(name)  # as it has with the others
        series.append(curve)
        words += more
    if layout.x.column == VARIANT and series:
        series = [_put_together(series, "difference")]
    values = scale.finite([y for curve in series for y in curve.y])
    if not values:
        return None, f"difference of the variants: {words[0]}" if words else ""
    if not any(values):
        return None, "the variants do not differ in any run"
    if categories is not None and len(series) > 1:
        _dodged(series)
    numeric = layout.x.numbers is not None
    chart = Chart(
        f"{metric}_difference{ending}",
        f"{wording.metric_title(metric)}: difference from {names[0]}",
        layout.x.label,
        differences.unit_label(metric),
        series,
        [Mark("y", 0.0, names[0], 6)],
        _difference_note(study, metric, text, words, f"{len(shown)} of {len(names) - 1} shown" if len(shown) < len(names) - 1 else ""),
        legend=VARIANT,
        x_log=numeric and wording.geometric(layout.x.numbers),
        x_ticks=layout.x.distinct() if numeric else None,
        categories=categories,
    )
    return chart, ""


def _of_variants(layout):
    """Are there curves of variants, or nothing but variants, to be held against each other?"""
    own = layout.family or layout.x
    return own is not None and own.column == VARIANT


def charts(study, choice=choosing.Choice()):
    """All plots of a study, or of what was chosen of it."""
    layout = layout_of(study.axes, study.points, choice.x)
    facets = facets_of(layout, study.points)
    metrics = chosen_metrics(study)
    runs = differences.Runs(study.path, metrics) if _of_variants(layout) else None
    found = []
    for metric in metrics:
        own = _in_one_scale([curves(study, metric, layout, facet) for facet in facets], metric)
        more, why = heats(study, metric, layout)
        beside, whys = [], [why] * bool(why)
        for facet in facets if runs else []:
            chart, why = variant_differences(study, runs, metric, layout, facet)
            beside += [chart] if chart else []
            whys += [why] * bool(why)
        for chart in own:
            chart.note = "; ".join([chart.note, *dict.fromkeys(whys)])
        found += own + beside + more
    return [choosing.scaled(chart, choice) for chart in found]
