# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The reports of a study and of a plan."""

import glob
import os
import shlex

from pullstorm_results import parts, plan_plots, reading, run_plots, study_plots, wording, words

WIDE = 0.10  # half-width of an interval relative to its mean
MOST_LISTED = 12
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


def _named(points):
    """ "point 3", or "points 3, 5 and 8"."""
    shown = [str(point) for point in points[:MOST_LISTED]]
    if len(points) > MOST_LISTED:
        return f"{len(points)} points ({', '.join(shown)} ...)"
    return f"point{'s' if len(points) > 1 else ''} {words.listed(shown)}"


def warnings(study, metrics):
    found = []
    failed = failed_runs(study)
    if failed:
        found.append(f"{words.plural(len(failed), 'run')} of {len(study.runs)} failed; they are listed below.")
    none = [int(row["point"]) for row in study.points.to_dict("records") if row["n"] == 0]
    if none:
        found.append(f"No run is finished at {_named(none)}.")
    without = _points_with(study, "ues_without_key", 0)
    if without:
        found.append(f"UEs without the new MSK at {_named(without)}.")
    for prefix, name in wording.SERVERS:
        busy = _points_with(study, f"{prefix}_utilisation_ratio", words.SATURATED)
        if busy:
            found.append(
                f"The {name} was saturated (busy for more than 95{wording.SPACE}% of the time) at {_named(busy)}."
            )
    if study.points["n"].max() < 2:
        found.append("One run per point: how far the numbers vary by chance is not known.")
    wide = wide_intervals(study, metrics)
    if wide:
        worst, point, metric = wide[0]
        found.append(
            f"{words.plural(len(wide), 'interval is', 'intervals are')} wider than ±10{wording.SPACE}% of "
            f"the mean (95 % confidence); the widest is that of {metric} at point {point}, ±{wording.percent(worst)}."
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
            else f"{one.name} ({', '.join(one.distinct())})"
            for one in axes
        ]
        text += f" Varied: {words.listed(ranges)}."
    found = [study.about["description"]] if study.about.get("description") else []
    return found + [text] + [_range_of(study, axes, metric) for metric in metrics]


def _range_of(study, axes, metric):
    column = study.points[f"{metric}_mean"]
    if column.isna().all():
        return f"{wording.metric_title(metric)} ({metric}): no value."
    low, high = column.idxmin(), column.idxmax()
    if column[low] == column[high]:
        return f"{wording.metric_title(metric)} ({metric}): {wording.metric_text(metric, column[low])} everywhere."

    def place(row):
        return ", ".join(f"{one.name} = {one.texts[row]}" for one in axes) or "the point"

    return (
        f"{wording.metric_title(metric)} ({metric}): from {wording.metric_text(metric, column[low])} at {place(low)} "
        f"to {wording.metric_text(metric, column[high])} at {place(high)}."
    )


def with_interval(row, metric):
    mean, half = row[f"{metric}_mean"], half_width(row, metric)
    text = wording.metric_text(metric, mean)
    return f"{text} ± {wording.metric_text(metric, half)}" if half == half else text


def point_table(study, metrics, columns):
    rows = []
    for row in study.points.to_dict("records"):
        keys = [wording.key_value(name, row[name]) for name in columns]
        rows.append(
            (int(row["point"]), *keys, wording.count(row["n"]), *(with_interval(row, name) for name in metrics))
        )
    header = ("point", *columns, "runs", *(f"{wording.metric_title(name)}" for name in metrics))
    found = parts.table("Points: mean ± half of the 95 % interval", header, rows, 1 + len(columns))
    return found if len(rows) <= MOST_OPEN else parts.folded(f"All {len(rows)} points", found)


def failed_table(study):
    failed = failed_runs(study)
    if not failed:
        return ""
    rows = [(f"{row['point']}", row["replication"], row["seed"], row["status"]) for row in failed]
    return parts.table("Runs that failed", ("point", "replication", "seed", "status"), rows, 4)


def _versions(path):
    """Versions of pullstorm that made the runs."""
    found = set()
    for file in sorted(glob.glob(os.path.join(glob.escape(path), "runs", "*", "manifest.json"))):
        try:
            found.add(str(reading.read_manifest(file).get("version", "")))
        except reading.ResultError:
            continue
    return sorted(found - {""})


def reproduction(path, study_text, base_text, command):
    versions = _versions(path)
    body = parts.paragraph(f"Made by pullstorm {words.listed(versions)}.") if versions else ""
    if study_text:
        body += parts.paragraph(
            "With the study file and its base scenario below, `base` in the first naming the second:"
        )
    body += parts.text_block(command, "commands")
    for title, text in (("study.ini", study_text), ("base.ini, the base scenario", base_text)):
        if text:
            body += parts.folded(title, parts.text_block(text, title))
    return body


def document(path):
    """The page of the study in the folder path."""
    study = reading.read_study(path)
    metrics = study_plots.chosen_metrics(study)
    charts = study_plots.charts(study)
    columns = [column for axis in study.axes for column in axis.columns]
    body = parts.warning_list(warnings(study, metrics))
    body += parts.section("summary", "Summary", "".join(parts.paragraph(text) for text in summary(study, metrics)))
    body += parts.section("plots", "Plots", parts.figures(charts))
    body += parts.section("points", "Points", point_table(study, metrics, columns) + failed_table(study))
    command = "scripts/sweep study.ini -o results/again\npullstorm collect study.ini -o results/again"
    body += parts.section(
        "reproduce", "How to repeat it", reproduction(path, study.study_text, study.base_text, command)
    )
    return parts.whole(study.title, "A parameter study with pullstorm", body, charts)


def _interval(row, metric):
    """Mean and interval of a plan's answer, which come as text; some may be missing."""
    mean, low, high = (
        run_plots.number(row[f"{metric}_{part}"], float("nan")) for part in ("mean", "ci_low", "ci_high")
    )
    text = wording.metric_text(metric, mean)
    return (
        f"{text} ({wording.metric_text(metric, low)} to {wording.metric_text(metric, high)})"
        if low == low
        else text
    )


def answer_table(plan):
    found = [one for one in study_plots.dimensions(plan.axes, plan.answers) if len(one.distinct()) > 1]
    names = [
        name for name in plan.answers.columns if name.endswith("_mean") and name[:-5] + "_ci_low" in plan.answers
    ]
    rows = []
    for place, row in enumerate(plan.answers.to_dict("records")):
        values = [_interval(row, name[:-5]) for name in names]
        rows.append(
            (
                int(row["point"]),
                *(one.texts[place] for one in found),
                wording.key_value(plan.key, row["answer"]) if row["answer"] else "–",
                row["status"],
                *values,
            )
        )
    header = (
        "point",
        *(one.name for one in found),
        plan.key,
        "status",
        *(name[:-5] + " (95 %)" for name in names),
    )
    return parts.table("Answers", header, rows, 1 + len(found))


def plan_warnings(plan):
    found = []
    for status, text in (
        ("never", "No value tried meets the target"),
        ("not_monotone", "What was seen is not monotone"),
        ("failed", "A run failed"),
    ):
        points = [int(row["point"]) for row in plan.answers.to_dict("records") if row["status"] == status]
        if points:
            found.append(f"{text} at {_named(points)}.")
    unsure = [int(row["point"]) for row in plan.answers.to_dict("records") if row.get("sure") == "no"]
    if unsure:
        found.append(f"The answer, or its neighbour, is not sure with 95 % confidence at {_named(unsure)}.")
    return found


def plan_document(path):
    """The page of the plan in the folder path."""
    plan = reading.read_plan(path)
    charts = plan_plots.charts(plan)
    text = f"{plan.vary}: the {plan.sought} for which this holds was looked for: {plan.target}."
    body = parts.warning_list(plan_warnings(plan))
    body += parts.section("summary", "Summary", parts.paragraph(text) + answer_table(plan))
    body += parts.section("plots", "Plots", parts.figures(charts))
    command = (
        f"pullstorm plan study.ini --target {shlex.quote(plan.target)} --vary {shlex.quote(plan.vary)}"
        f"{' --largest' * (plan.sought == 'largest')} --replications {plan.replications} -o results/again"
    )
    study_text = reading.optional_text(os.path.join(path, "study.ini"))
    base_text = reading.optional_text(os.path.join(path, "base.ini"))
    body += parts.section("reproduce", "How to repeat it", reproduction(path, study_text, base_text, command))
    return parts.whole(plan.title, "A plan with pullstorm", body, charts)
