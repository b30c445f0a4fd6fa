# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The plots of a plan: what was explored, the target, the answer."""

import math
import os

from pullstorm_results import choice as choosing
from pullstorm_results import frontier_plot, reading, scale, target, wording
from pullstorm_results.chart import LINE, POINTS, Chart, Mark, Series
from pullstorm_results.study_plots import MOST_CURVES, dimensions, evidence, layout_of, spread, why_without

MOST_POINTS = 6
STATUS = {
    "met": "answer",
    "window": "answer",
    "always": "met everywhere; {end} value tried",
    "never": "not met by any value",
    "not_monotone": "answer; not monotone",
    "failed": "a run failed",
}


def metrics_of(plan):
    return [name[: -len("_mean")] for name in plan.curve.columns if name.endswith("_mean")]


def point_texts(plan):
    """{point: what tells it from the others}"""
    found = [one for one in dimensions(plan.axes, plan.answers) if len(one.distinct()) > 1]
    points = [int(point) for point in plan.answers["point"]]
    return {
        point: ", ".join(one.named(row) for one in found) for row, point in enumerate(points)
    }


def _cases(plan):
    """[(point, value of the second key or None, what tells it from others)] of the curves of what was explored."""
    if "value2" not in plan.curve or not len(plan.curve):
        return [(point, None, text) for point, text in point_texts(plan).items()]
    key = plan.answers.iloc[0].get("key2", "")
    point = int(plan.curve["point"].iloc[0])
    texts = list(dict.fromkeys(plan.curve["value2"]))
    values, _ = wording.axis_numbers(key, texts)
    if values is not None:
        texts = [text for _, text in sorted(zip(values, texts))]
    return [(point, text, f"{key} = {wording.key_value(key, text)}") for text in texts]


def _with_answers(plan, cases):
    """The curves that hold an answer; of two keys also the one that holds its neighbour."""
    rows = {int(row["point"]): row for row in plan.answers.to_dict("records")}
    return [
        (point, second, text)
        for point, second, text in cases
        if (rows[point]["answer"] if second is None else second in (rows[point]["answer2"], rows[point]["neighbour2"]))
    ]


def looked_at(plan, case):
    """Rows of one curve in the order of the value, with their values as numbers (None: no order)."""
    point, second, _ = case
    rows = plan.curve[plan.curve["point"] == point]
    if second is not None:
        rows = rows[rows["value2"] == second]
    values, _ = wording.axis_numbers(plan.key, list(rows["value"]))
    if values is None:
        return None, rows
    order = sorted(range(len(values)), key=lambda row: values[row])
    return [values[row] for row in order], rows.iloc[order]


def _failed_at(plan, case):
    """What failed at each value of a curve, in its order."""
    _, rows = looked_at(plan, case)
    return [target.failed_at(row) for row in rows.to_dict("records")]


def _series(plan, metric, case, place):
    point, _, text = case
    x, rows = looked_at(plan, case)
    if x is None:
        x = [float(row) for row in range(len(rows))]
    factor = 100.0 if wording.metric_unit(metric) == "ratio" else 1.0
    y, low, high = (
        [factor * value for value in rows[f"{metric}_{part}"]] for part in ("mean", "ci_low", "ci_high")
    )
    if not any(value == value for value in low):
        low = high = None
    hollow = [{"yes": 0, "no": 1}.get(answer, 2) for answer in rows["meets"]]
    if plan.answers[plan.answers["point"] == point].iloc[0]["status"] == "never":
        text = (text or "explored") + " (never met)"
    return Series(text or "explored", x, y, LINE, low, high, colour=place, hollow=hollow)


def _answer_marks(plan, point, text, place):
    """The answer of a point, or both ends of a window."""
    row = plan.answers[plan.answers["point"] == point].iloc[0]
    ends = [(row.get("window_low", ""), "met from"), (row.get("window_high", ""), "met up to")]
    if row["status"] == "window" and all(end for end, _ in ends):
        found = [(wording.axis_numbers(plan.key, [end])[0], end, words) for end, words in ends]
        return [
            Mark("x", values[0], f"{text + ': ' if text else ''}{words} {wording.key_value(plan.key, end)}", place)
            for values, end, words in found
            if values
        ]
    words = STATUS.get(row["status"], row["status"]).format(
        end="highest" if row["sought"] == "largest" else "lowest"
    )
    name = f"{text + ': ' if text else ''}{words}"
    values, _ = wording.axis_numbers(plan.key, [row["answer"]])
    if not values or values[0] != values[0]:
        return []
    return [Mark("x", values[0], f"{name} {wording.key_value(plan.key, row['answer'])}", place)]


def _evidence(plan, metric):
    notes = plan.curve.get(metric + reading.NOTE)
    behind = evidence(plan.curve, metric, "bands", "value", lambda place: "" if notes is None else notes.iloc[place])
    return f"{behind}; nothing was run between points"


def _places(values, count, log):
    """Where the values stand among so many in even steps or by even factors; None: nowhere."""
    if len(values) < 2 or (log and values[0] <= 0):
        return None
    scaled = [math.log(value) for value in values] if log else values
    exact = [(count - 1) * (value - scaled[0]) / (scaled[-1] - scaled[0]) for value in scaled]
    places = [round(place) for place in exact]
    fit = all(abs(place - near) < 0.05 for place, near in zip(exact, places)) and len(set(places)) == len(places)
    return places if fit else None


def unseen(values, count):
    """Of the values that were looked at, rising, those between which others were not: [[1, 3], [4, 6, 11]].

    count: of the range, whose ends are among the values. None: it has neither even steps nor even factors.
    """
    places = _places(values, count, False) or _places(values, count, True)
    if places is None:
        return None
    found = []
    for place, (low, high) in enumerate(zip(values, values[1:])):
        if places[place + 1] - places[place] > 1:
            if found and found[-1][-1] == low:
                found[-1].append(high)
            else:
                found.append([low, high])
    return found


def explored(plan, metric):
    """The curve of every point, the target, the answers."""
    cases = _cases(plan)
    shown = spread(cases, MOST_POINTS, _with_answers(plan, cases))
    factor = 100.0 if wording.metric_unit(metric) == "ratio" else 1.0
    series, marks, failed = [], target.lines(plan.bounds, metric), []
    for place, case in enumerate(shown):
        series.append(_series(plan, metric, case, place))
        failed += zip(series[-1].x, series[-1].y, _failed_at(plan, case))
        marks += _answer_marks(plan, case[0], case[2], place) if case[1] is None else []
    series += target.failures(failed, plan.target, len(shown))
    values, more = wording.axis_numbers(plan.key, list(plan.curve["value"]))
    note = f"target: {plan.target}; hollow: it is not met, grey: unsure; {_evidence(plan, metric)}"
    if len(shown) < len(cases):
        note += f"; {len(shown)} of {len(cases)} {'points' if shown[0][1] is None else 'curves'} shown"
    if plan.curve[f"{metric}_mean"].isna().any():
        note += f"; no value {why_without(metric)}"
    return Chart(
        f"plan_{metric}",
        f"{wording.metric_title(metric)} against {plan.key}",
        wording.key_label(plan.key) + more,
        wording.metric_label(metric),
        series,
        marks,
        note,
        x_log=values is not None and wording.geometric(values),
        x_ticks=sorted(set(values)) if values else None,
        y_max=100.0 if factor == 100.0 else None,
        y_log=factor == 1.0 and scale.logarithmic([y for curve in series for y in curve.y]),
    )


def answers(plan, x_key=""):
    """The answer over an axis, a curve for each value of the others, when the plan has several points; else None."""
    if "key2" in plan.answers:
        return None
    layout = layout_of(plan.axes, plan.answers, x_key)
    if layout.x is None or (len(layout.x.distinct()) < 2 and not x_key):
        return None
    others = [one for one in [layout.family, *layout.facets] if one is not None]
    if others and not x_key:
        return None
    rows = [row for row, answer in enumerate(plan.answers["answer"]) if answer not in ("", "-")]
    values, more = wording.axis_numbers(plan.key, [plan.answers["answer"].iloc[row] for row in rows])
    if not values:
        return None
    answer = dict(zip(rows, values))
    names = {row: ", ".join(f"{one.name} = {one.texts[row]}" for one in others) or plan.key for row in rows}
    numeric = layout.x.numbers is not None
    series, note = [], f"target: {plan.target}"
    families = list(dict.fromkeys(names.values()))
    shown = spread(families, MOST_CURVES)
    if len(shown) < len(families):
        note += f"; {len(shown)} of {len(families)} curves shown"
    for name in shown:
        own = [row for row in rows if names[row] == name]
        series.append(_answers_of(plan, layout.x, own, answer, name))
    return Chart(
        "plan_answers",
        f"{plan.sought.capitalize()} {plan.key} that meets the target",
        layout.x.label,
        wording.key_label(plan.key) + more,
        series,
        note=note,
        x_log=numeric and wording.geometric(layout.x.numbers),
        x_ticks=layout.x.distinct() if numeric else None,
        categories=None if numeric else layout.x.distinct(),
    )


def _answers_of(plan, axis, rows, answer, name):
    """A curve of answers; a largest and a smallest value are not of one curve."""
    x = {row: axis.numbers[row] if axis.numbers is not None else axis.distinct().index(axis.texts[row]) for row in rows}
    rows = sorted(rows, key=lambda row: x[row])
    joined = axis.numbers is not None and plan.answers["sought"].nunique() == 1
    return Series(name, [x[row] for row in rows], [answer[row] for row in rows], LINE if joined else POINTS)


def charts(plan, choice=choosing.Choice()):
    """All plots of a plan, or those of the metrics that were chosen."""
    tables = (os.path.join(plan.path, name) for name in ("plan.csv", "plan_curve.csv"))
    found = [explored(plan, metric) for metric in choice.metrics_of(metrics_of(plan), metrics_of(plan), *tables)]
    over = choice.x if choice.x != plan.key else ""
    summary = [one for one in (frontier_plot.chart(plan.path, plan.target, len(plan.curve)), answers(plan, over)) if one is not None]
    return [choosing.scaled(chart, choice) for chart in summary + found]
