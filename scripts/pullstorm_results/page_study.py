# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The report of a study."""

from pullstorm_results import choice as choosing
from pullstorm_results import opening, page_plan, parts, plan_plots, reading, repeat, run_plots, study_plots
from pullstorm_results import verdict, wording, words

WIDE = 0.10  # half-width of an interval relative to its mean
REFUSED = {"bmsc": ["http_503"], "bsf": ["ub_503", "zn_busy"], "hss": ["zh_busy"]}  # by whom
PASSED_ON = {"http_503": "full itself, or the BSF was busy", "ub_503": "full itself, or the HSS was busy or silent"}
MOST_ANSWERED = 2  # metrics in the answer; all are in the summary
NO_INTERVAL = "too few replications for an interval"
MOST_OPEN = 60  # points; more are folded


def half_width(row, metric):
    """Half of the 95 % interval of a metric at a point; NaN without one."""
    return (row[f"{metric}_ci_high"] - row[f"{metric}_ci_low"]) / 2


def wide_intervals(study, metrics):
    """[(relative half-width, point, metric)] of the intervals wider than 10 %, widest first."""
    found = []
    for row in study.points.to_dict("records"):
        for metric in metrics:
            mean, half = row[f"{metric}_mean"], half_width(row, metric)
            if mean == mean and half == half and mean != 0 and half > WIDE * abs(mean):
                found.append((half / abs(mean), int(row["point"]), metric))
    return sorted(found, key=lambda one: (-one[0], one[1], one[2]))


def failed_runs(study):
    """Rows of runs.csv that are not done."""
    if study.runs is None:
        return []
    return [row for row in study.runs.to_dict("records") if row["status"] != "done"]


def _points_with(study, metric, beyond):
    if metric + "_mean" not in study.points:
        return []
    return [int(row["point"]) for row in study.points.to_dict("records") if row[metric + "_mean"] > beyond]


def key_values(study, key):
    """A key that is a number, in base units at each point; None where that cannot be told."""
    if key in study.points.columns:
        return [wording.base_units(text) for text in study.points[key]]
    sections = reading.parse_ini(study.study_text)
    everywhere = dict(next((keys for name, keys in sections if name == "set"), [])).get(key)
    of_variant = {reading.name_behind(name, "variant"): dict(keys) for name, keys in sections}
    default = reading.known_keys().get(key, {}).get("default", "") if study.base_text else ""
    base = reading.scenario_values(study.base_text).get(key, default)
    everywhere = base if everywhere is None else everywhere
    if "variant" not in study.points.columns:
        return [wording.base_units(everywhere)] * len(study.points)
    return [wording.base_units(of_variant.get(name, {}).get(key, everywhere)) for name in study.points["variant"]]


def _highest(study, metric):
    """{point: the highest value that a run had}; the mean where there is no runs.csv."""
    found = {int(row["point"]): row.get(f"{metric}_mean") for row in study.points.to_dict("records")}
    if study.runs is not None and metric in study.runs:
        for row in study.runs.to_dict("records"):
            value = run_plots.number(row[metric], float("nan"))
            if value > found[int(row["point"])]:
                found[int(row["point"])] = value
    return found


def _full(study, prefix):
    """Points at which the queue of a server reached its limit."""
    limits = key_values(study, f"{prefix}.queue_limit")
    highest = _highest(study, f"{prefix}_queue_max")
    return [
        point for point, limit in zip(highest, limits) if limit and highest[point] and highest[point] >= limit
    ]


def _overload(study, prefix, name):
    """What a server could not take, in a line; nothing of a server that took it all."""
    found = {}  # points: what was so there
    busy = _points_with(study, f"{prefix}_utilisation_ratio", words.SATURATED)
    full = _full(study, prefix)
    found.setdefault(tuple(busy), []).append(f"busy for more than 95{wording.SPACE}% of the time")
    found.setdefault(tuple(full), []).append(f"queue at its limit ({prefix}.queue_limit)")
    for metric in REFUSED[prefix]:
        points = _points_with(study, metric, 0)
        if points:
            most = wording.count(max(1, round(study.points[f"{metric}_mean"].max())))
            text = f"requests refused ({metric}, up to {most} a run on average)"
            if metric in PASSED_ON:
                text = f"answers 503 ({metric}, up to {most} a run on average: {PASSED_ON[metric]})"
            found.setdefault(tuple(points), []).append(text)
    texts = [f"{words.listed(what)} at {words.named_points(points)}" for points, what in found.items() if points]
    if not texts:
        return []
    return [f"The {name}{' was saturated' if busy or full else ''}: {'; '.join(texts)}."]


def warnings(study, metrics):
    found = words.what_if_warning(words.what_ifs_of_study(reading.parse_ini(study.study_text), study.base_text))
    failed = failed_runs(study)
    if failed:
        found.append(f"{words.plural(len(failed), 'run')} of {len(study.runs)} failed; they are listed below.")
    none = [int(row["point"]) for row in study.points.to_dict("records") if row["n"] == 0]
    if none:
        found.append(f"No run is finished at {words.named_points(none)}.")
    without = _points_with(study, "ues_without_key", 0)
    if without:
        found.append(f"UEs without the new MSK at {words.named_points(without)}.")
    for prefix, name in wording.SERVERS:
        found += _overload(study, prefix, name)
    if study.points["n"].max() < 2:
        found.append("One run per point: how far the numbers vary by chance is not known.")
    wide = wide_intervals(study, metrics)
    if wide:
        worst, point, metric = wide[0]
        found.append(
            f"{words.plural(len(wide), 'interval is', 'intervals are')} wider than ±10{wording.SPACE}% of "
            f"what is estimated (95 % confidence); the widest is that of {metric} at point {point}, ±{wording.percent(worst)}."
        )
    return found


def summary(study, metrics):
    """Paragraphs."""
    axes = [one for one in study_plots.dimensions(study.axes, study.points) if len(one.distinct()) > 1]
    done = int(study.points["n"].sum())
    text = f"{words.plural(len(study.points), 'point')}, {words.plural(done, 'finished run')}."
    if axes:
        ranges = [
            f"{one.name} ({len(one.distinct())} values, {one.text_of(one.distinct()[0])} to "
            f"{one.text_of(one.distinct()[-1])})"
            if one.numbers is not None
            else f"{one.name} ({', '.join(map(study_plots.quoted, one.distinct()))})"
            for one in axes
        ]
        text += f" Varied: {words.listed(ranges)}."
    several = study.points["n"].max() > 1
    told = f" Estimates, with their 95{wording.SPACE}% intervals in brackets where there are some:" if several else ""
    return [text + told] + [_range_of(study, axes, metric) for metric in metrics]


def _estimate(study, place, metric):
    row = study.points.iloc[place]
    return wording.estimate_text(metric, *(row[f"{metric}_{part}"] for part in ("mean", "ci_low", "ci_high")), "[]")


def _answer_of(study, place, metric):
    """An estimate with its interval, or why there is none."""
    text, low = _estimate(study, place, metric), study.points[f"{metric}_ci_low"].iloc[place]
    return text if low == low else f"{text} [{study.note(place, metric) or NO_INTERVAL}]"


def question(study, axes, metrics):
    if study.about.get("description"):
        return study.about["description"]
    names = words.listed(wording.metric_phrase(metric) for metric in metrics[:MOST_ANSWERED])
    return f"How do {names} depend on {words.listed(one.name for one in axes)}?" if axes else f"How large are {names}?"


def named_places(study, metrics):
    """Places of the points that the answer names: the ends of its first metric, and the first that collapsed."""
    found = []
    for metric in metrics[:1]:
        column = study.points[f"{metric}_mean"]
        if column.notna().any():
            found += [int(column.idxmin()), int(column.idxmax())]
    rows = study.points.to_dict("records")
    found += [place for place, row in enumerate(rows) if verdict.of_point(row) == verdict.COLLAPSED][:1]
    return list(dict.fromkeys(found)) or [0]


def place_text(study, axes, place):
    keys = ", ".join(one.named(place) for one in axes)
    point = f"point {int(study.points['point'].iloc[place])}"
    return f"{point} ({keys})" if keys else point


def head(study, metrics):
    """The scenario, what was asked, the answer and how sure it is; then what it costs."""
    axes = [one for one in study_plots.dimensions(study.axes, study.points) if len(one.distinct()) > 1]
    rows = study.points.to_dict("records")
    answers, worst = opening.verdict_sentences(rows, verdict.of_point)
    answers += [
        _range_of(study, axes, metric, lambda place, name=metric: _answer_of(study, place, name))
        for metric in metrics[:MOST_ANSWERED]
    ]
    keys = opening.keys_of(study.study_text, study.base_text, study.axes, study.points)
    body = parts.opening(
        opening.scenario(keys, study.base_text), question(study, axes, metrics), worst, answers, [uncertain(study)]
    )
    found, why = [], ""
    for place in named_places(study, metrics):
        load, reason = opening.load_of_point(study, rows[place])
        why = why or reason
        found.append((place_text(study, axes, place), load, verdict.of_point(rows[place])))
    return body + opening.load_section(found, why)


def uncertain(study):
    counts = sorted({int(n) for n in study.points["n"] if n > 0})
    if not counts:
        return "No run is finished yet."
    if counts[-1] < 2:
        return "One run per point: how far the numbers vary by chance is not known."
    runs = str(counts[-1]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"By {runs} runs a point; in brackets the interval that holds the true value in 95 % of cases, or why there is none."


def _range_of(study, axes, metric, told=None):
    told = told or (lambda place: _estimate(study, place, metric))
    title = f"{wording.metric_title(metric)} ({metric})"
    column = study.points[f"{metric}_mean"]
    without = study_plots.without_value(study, metric)
    why = f", as {study_plots.why_none(metric)}" if without.any() and study_plots.why_none(metric) else ""
    if column.isna().all():
        return f"{title}: no value{why}."
    points = words.named_points([int(point) for point in study.points["point"][without]]) if without.any() else ""
    nowhere = f" No value at {points}{why}." if points else ""
    held = study_plots.over_holders(study, metric)
    nowhere += f" It is {held}." if held else ""
    low, high = column.idxmin(), column.idxmax()
    if column[low] == column[high]:
        return f"{title}: {told(int(low))} {_everywhere(column, points)}.{nowhere}"

    def place(row):
        missing = study_plots.missing_share(study, metric, int(row))
        where = ", ".join(one.named(row) for one in axes) or "the point"
        return f"{where} (where {wording.percent(missing)} of the UEs do not hold the key)" if missing else where

    return (
        f"{title}: from {told(int(low))} at {place(low)} to {told(int(high))} at {place(high)}.{nowhere}"
    )


def _everywhere(column, without):
    """Where a value is that is the same wherever there is one; without: points that are finished and have none."""
    there = int(column.notna().sum())
    if there == len(column):
        return "everywhere"
    if there == 1:
        return f"at the one point that {'has a value' if without else 'is finished'}"
    return f"at all of the {there} points that {'have a value' if without else 'are finished'}"


def with_interval(row, metric, note=""):
    """An interval need not lie evenly about what is estimated, so both its ends are told."""
    value, low, high = (row[f"{metric}_{part}"] for part in ("mean", "ci_low", "ci_high"))
    text = wording.estimate_text(metric, value, low, high)
    return f"{text} ({note})" if note and low != low and value == value else text


def point_table(study, metrics, columns):
    rows, told = [], "overloaded_mean" in study.points
    for place, row in enumerate(study.points.to_dict("records")):
        keys = [wording.key_value(name, row[name]) for name in columns]
        cells = (with_interval(row, name, study.note(place, name)) for name in metrics)
        word = (verdict.of_point(row) or "–",) if told else ()
        rows.append((int(row["point"]), *keys, *word, wording.count(row["n"]), *cells))
    header = ("point", *columns, *("verdict (worst)",) * told, "runs", *(f"{wording.metric_title(name)}" for name in metrics))
    found = parts.table("Points: estimate (95 % interval)", header, rows, 1 + len(columns) + told)
    return found if len(rows) <= MOST_OPEN else parts.folded(f"All {len(rows)} points", found)


def failed_table(study):
    failed = failed_runs(study)
    if not failed:
        return ""
    rows = [(f"{row['point']}", row["replication"], row["seed"], row["status"]) for row in failed]
    return parts.table("Runs that failed", ("point", "replication", "seed", "status"), rows, 4)


def document(path, with_plan=False, choice=choosing.Choice()):
    """The page of the study in the folder path; with the plan that was made in the same folder, if that is wanted."""
    study = choosing.read_study(path, choice)
    metrics = study_plots.chosen_metrics(study)
    charts = study_plots.charts(study, choice)
    left_out = study_plots.facets_left_out(study_plots.layout_of(study.axes, study.points, choice.x), study.points)
    columns = [column for axis in study.axes for column in axis.columns]
    plan = choosing.read_plan(path, choice) if with_plan else None
    plan_charts = plan_plots.charts(plan, choice) if plan else []
    found = warnings(study, metrics) + [f"Plan: {text}" for text in (page_plan.warnings(plan) if plan else [])]
    body = head(study, metrics) + parts.warning_list(found)
    body += parts.section("summary", "Summary", "".join(parts.paragraph(text) for text in summary(study, metrics)))
    note = parts.paragraph(left_out) if left_out else ""
    body += parts.section("plots", "Plots", note + parts.figures(charts))
    body += parts.section("points", "Points", point_table(study, metrics, columns) + failed_table(study))
    said, command = repeat.study_command(study)
    commands = [command]
    if plan:
        figures = parts.figures(plan_charts, len(charts))
        body += parts.section("plan", "Plan made in the same folder", page_plan.answered(plan) + figures)
        commands.append(repeat.plan_command(plan))
    how = repeat.body(path, study.study_text, study.base_text, said, commands)
    body += parts.section("reproduce", "How to repeat it", how)
    return parts.whole(study.title, "A parameter study with pullstorm", body, charts + plan_charts)
