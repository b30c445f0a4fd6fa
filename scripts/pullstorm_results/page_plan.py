# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The report of a plan, alone or behind that of a study."""

from pullstorm_results import choice as choosing
from pullstorm_results import parts, plan_plots, reading, repeat, run_plots, study_plots, wording, words

MOST_SENTENCES = 6  # points; the answers of more are in the table only


def _interval(row, metric):
    """Mean and interval of a plan's answer, which come as text; some may be missing."""
    mean, low, high = (
        run_plots.number(row[f"{metric}_{part}"], float("nan")) for part in ("mean", "ci_low", "ci_high")
    )
    text = wording.metric_text(metric.removeprefix("neighbour_"), mean)
    if low != low:
        return text
    low, high = (wording.metric_text(metric.removeprefix("neighbour_"), end) for end in (low, high))
    return f"{text} ({low} to {high})"


def _values(plan, row, prefix=""):
    """ "the 99th percentile of the time to key is 55.5 s", for each metric of the target."""
    metrics, found = plan_plots.metrics_of(plan), []
    for metric in metrics:
        value = run_plots.number(row.get(f"{prefix}{metric}_mean"), float("nan"))
        text = f"is {wording.metric_text(metric, value)}" if value == value else "has no value"
        found.append(f"{'it' if prefix and len(metrics) == 1 else wording.metric_phrase(metric)} {text}")
    return words.listed(found)


def answer_sentence(plan, row, where):
    """The answer of a point in words; where: what tells the point from others, or nothing."""

    def begin(text):
        return f"With {where} {text}" if where else text[0].upper() + text[1:]

    if row["status"] == "failed":
        return begin("there is no answer: a run failed.")
    if not row["answer"]:
        return begin(f"no {plan.key} that was tried meets the target.")
    answer = wording.key_value(plan.key, row["answer"])
    if row["status"] == "always":
        text = begin(f"every {plan.key} that was tried meets the target, and the {row['sought']} is {answer}: ")
    else:
        text = begin(f"the {row['sought']} {plan.key} that meets the target is {answer}: ")
    text += _values(plan, row)
    if row.get("neighbour"):
        text += f"; with {wording.key_value(plan.key, row['neighbour'])} {_values(plan, row, 'neighbour_')}"
    text += "."
    if row["status"] == "not_monotone":
        text += " What was seen is not monotone: other values may meet it, too."
    if row.get("sure") == "no":
        text += " That is not sure with 95 % confidence."
    return text


def answers_in_words(plan):
    if len(plan.answers) > MOST_SENTENCES:
        return ""
    texts = plan_plots.point_texts(plan)
    rows = plan.answers.to_dict("records")
    return "".join(parts.paragraph(answer_sentence(plan, row, texts[int(row["point"])])) for row in rows)


def answer_table(plan):
    found = [one for one in study_plots.dimensions(plan.axes, plan.answers) if len(one.distinct()) > 1]
    names = [
        name[:-5]
        for name in plan.answers.columns
        if name.endswith("_mean") and name[:-5] + "_ci_low" in plan.answers
    ]
    own = [name for name in names if not name.startswith("neighbour_")]
    beside = [name for name in names if name not in own]
    rows = []
    for place, row in enumerate(plan.answers.to_dict("records")):
        answer, neighbour = (
            wording.key_value(plan.key, row[name]) if row.get(name) else "–" for name in ("answer", "neighbour")
        )
        rows.append(
            (
                int(row["point"]),
                *(one.texts[place] for one in found),
                row["status"],
                answer,
                *(_interval(row, name) for name in own),
                neighbour,
                *(_interval(row, name) for name in beside),
            )
        )
    header = (
        "point",
        *(one.name for one in found),
        "status",
        plan.key,
        *(name + " (95 %)" for name in own),
        "neighbour",
        *("its " + name.removeprefix("neighbour_") + " (95 %)" for name in beside),
    )
    return parts.table("Answers", header, rows, 2 + len(found))


def warnings(plan):
    _, sections, about = reading.study_file(plan.path)
    what_ifs = words.what_ifs_of_study(sections, reading.base_text(plan.path, about))
    if plan.key.startswith("whatif."):
        what_ifs.append(f"{plan.vary} (--vary)")
    found = words.what_if_warning(what_ifs)
    for status, text in (
        ("never", "No value tried meets the target"),
        ("not_monotone", "What was seen is not monotone"),
        ("failed", "A run failed"),
    ):
        points = [int(row["point"]) for row in plan.answers.to_dict("records") if row["status"] == status]
        if points:
            found.append(f"{text} at {words.named_points(points)}.")
    unsure = [int(row["point"]) for row in plan.answers.to_dict("records") if row.get("sure") == "no"]
    if unsure:
        found.append(
            f"The answer, or its neighbour, is not sure with 95 % confidence at {words.named_points(unsure)}."
        )
    return found


def summary(plan):
    text = f"{plan.vary}: the {plan.sought} for which this holds was looked for: {plan.target}."
    return parts.paragraph(text) + answers_in_words(plan) + answer_table(plan)


def document(path, choice=choosing.Choice()):
    """The page of the plan in the folder path."""
    plan = choosing.read_plan(path, choice)
    charts = plan_plots.charts(plan, choice)
    body = parts.warning_list(warnings(plan))
    body += parts.section("summary", "Summary", summary(plan))
    body += parts.section("plots", "Plots", parts.figures(charts))
    study_text, _, about = reading.study_file(path)
    base_text = reading.base_text(path, about)
    how = repeat.body(path, study_text, base_text, [], [repeat.plan_command(plan)])
    body += parts.section("reproduce", "How to repeat it", how)
    return parts.whole(plan.title, "A plan with pullstorm", body, charts)
