# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The plots of a plan: what was explored, the target, the answer."""

from pullstorm_results import choice as choosing
from pullstorm_results import target, wording
from pullstorm_results.chart import LINE, POINTS, Chart, Mark, Series
from pullstorm_results.study_plots import dimensions, spread, why_without

MOST_POINTS = 6
STATUS = {
    "met": "answer",
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
        point: ", ".join(f"{one.name} = {one.texts[row]}" for one in found) for row, point in enumerate(points)
    }


def _explored(plan, metric, point):
    """Rows of one point in the order of the value, with their values as numbers (None: no order)."""
    rows = plan.curve[plan.curve["point"] == point]
    values, _ = wording.axis_numbers(plan.key, list(rows["value"]))
    if values is None:
        return None, rows
    order = sorted(range(len(values)), key=lambda row: values[row])
    return [values[row] for row in order], rows.iloc[order]


def _series(plan, metric, point, text, place):
    x, rows = _explored(plan, metric, point)
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


def _answer_mark(plan, point, text, place):
    row = plan.answers[plan.answers["point"] == point].iloc[0]
    words = STATUS.get(row["status"], row["status"]).format(
        end="highest" if row["sought"] == "largest" else "lowest"
    )
    name = f"{text + ': ' if text else ''}{words}"
    values, _ = wording.axis_numbers(plan.key, [row["answer"]])
    if not values or values[0] != values[0]:
        return None
    return Mark("x", values[0], f"{name} {wording.key_value(plan.key, row['answer'])}", place)


def explored(plan, metric):
    """The curve of every point, the target, the answers."""
    texts = point_texts(plan)
    points = spread(list(texts), MOST_POINTS)
    factor = 100.0 if wording.metric_unit(metric) == "ratio" else 1.0
    series, marks = [], target.lines(plan.bounds, metric)
    for place, point in enumerate(points):
        series.append(_series(plan, metric, point, texts[point], place))
        mark = _answer_mark(plan, point, texts[point], place)
        if mark:
            marks.append(mark)
    values, more = wording.axis_numbers(plan.key, list(plan.curve["value"]))
    note = f"target: {plan.target}; hollow: it is not met, grey: unsure"
    if len(points) < len(texts):
        note += f"; {len(points)} of {len(texts)} points shown"
    if plan.curve[f"{metric}_mean"].isna().any():
        note += f"; no value {why_without(metric)}"
    measured = [y for curve in series for y in curve.y if y == y and y > 0]
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
        y_log=factor == 1.0
        and bool(measured)
        and max(measured) > 100 * min(measured)
        and all(y > 0 for curve in series for y in curve.y if y == y),
    )


def answers(plan):
    """The answer over the axis with most values, when the plan has several points; else None."""
    found = [one for one in dimensions(plan.axes, plan.answers) if len(one.distinct()) > 1]
    if len(found) != 1:
        return None
    axis = found[0]
    rows = [row for row, answer in enumerate(plan.answers["answer"]) if answer not in ("", "-")]
    values, more = wording.axis_numbers(plan.key, [plan.answers["answer"].iloc[row] for row in rows])
    if not values:
        return None
    x = [axis.numbers[row] if axis.numbers is not None else axis.distinct().index(axis.texts[row]) for row in rows]
    numeric = axis.numbers is not None
    joined = numeric and plan.answers["sought"].nunique() == 1  # a largest and a smallest value are not of one curve
    order = sorted(range(len(x)), key=lambda row: x[row])
    curve = Series(plan.key, [x[i] for i in order], [values[i] for i in order], LINE if joined else POINTS)
    return Chart(
        "plan_answers",
        f"{plan.sought.capitalize()} {plan.key} that meets the target",
        axis.label,
        wording.key_label(plan.key) + more,
        [curve],
        note=f"target: {plan.target}",
        x_log=numeric and wording.geometric(x),
        x_ticks=axis.distinct() if numeric else None,
        categories=None if numeric else axis.distinct(),
    )


def charts(plan, choice=choosing.Choice()):
    """All plots of a plan, or those of the metrics that were chosen."""
    found = [explored(plan, metric) for metric in choice.metrics_of(metrics_of(plan), metrics_of(plan))]
    summary = answers(plan)
    return [choosing.scaled(chart, choice) for chart in [summary] * bool(summary) + found]
