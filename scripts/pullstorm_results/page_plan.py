# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The report of a plan, alone or behind that of a study."""

import math
import re

from pullstorm_results import choice as choosing
from pullstorm_results import opening, parts, plan_plots, reading, repeat, run_plots, study_plots
from pullstorm_results import verdict, wording, words

NEIGHBOUR = ", the neighbour"
NEAREST = ", the nearest miss"
MOST_SENTENCES = 6  # points; the answers of more are in the table only


def _interval(row, metric):
    """Mean and interval of a plan's answer, which come as text; some may be missing."""
    mean, low, high = (
        run_plots.number(row.get(f"{metric}_{part}"), float("nan")) for part in ("mean", "ci_low", "ci_high")
    )
    text = wording.estimate_text(metric.removeprefix("neighbour_"), mean, low, high)
    note = row.get(f"{metric}_ci_note", "")
    return f"{text} ({note})" if note and low != low and mean == mean else text


def _values(plan, row, prefix="", named=False):
    """ "the 99th percentile of the time to key is 55.5 s", for each metric of the target."""
    metrics, found = plan_plots.metrics_of(plan), []
    for metric in metrics:
        value = run_plots.number(row.get(f"{prefix}{metric}_mean"), float("nan"))
        text = f"is {_interval(row, prefix + metric)}" if value == value else "has no value"
        found.append(f"{'it' if prefix and len(metrics) == 1 and not named else wording.metric_phrase(metric)} {text}")
    return words.listed(found)


def value_text(plan, row, name):
    """ "3", or of two keys "hss.workers = 3 and bsf.workers = 4"; name: answer or neighbour."""
    text = wording.key_value(plan.key, row[name])
    if not row.get("key2"):
        return text
    return f"{plan.key} = {text} and {row['key2']} = {wording.key_value(row['key2'], row.get(name + '2', ''))}"


def varied(plan):
    """{key: text of its range}"""
    row = plan.answers.iloc[0]
    found = {plan.key: plan.vary}
    if row.get("key2"):
        found[row["key2"]] = row.get("vary2", "")
    return {key: vary.partition("=")[2].strip().replace("..", " to ") for key, vary in found.items()}


def _window(plan, row):
    """From where to where the target is met, and what fails beyond; plans of before do not say it."""
    low, high = row.get("window_low"), row.get("window_high")
    if not low or not high or low == high:
        return ""
    text = f" It is met from {wording.key_value(plan.key, low)} to {wording.key_value(plan.key, high)}"
    sides = (("below_failed", "less"), ("above_failed", "more"))
    beyond = [f"{where} fails {row[name]}" for name, where in sides if row.get(name)]
    return f"{text}; {' and '.join(beyond)}." if beyond else f"{text}."


def question(plan):
    """Paragraphs: why it was asked, and what exactly."""
    _, _, about = reading.study_file(plan.path)
    keys = " and ".join(f"{key} ({text})" for key, text in varied(plan).items())
    price = plan.answers.iloc[0].get("price")
    keys += f", at {price}," if price else ""
    what = f"What is the {plan.sought} {keys} for which this holds: {plan.target}?"
    return f"{about.get('description', '')} {what}".strip()


def _measured(row, prefix=""):
    return row.get(f"{prefix}verdict", "") or ""


def loads(plan):
    """[(where, load, measured verdict)] at the answers and their neighbours; why one is missing; points left out."""
    study_text, _, about = reading.study_file(plan.path)
    base_text = reading.base_text(plan.path, about)
    columns = [column for axis in plan.axes for column in axis.columns]
    texts, found, why = plan_plots.point_texts(plan), [], ""
    rows = plan.answers.to_dict("records")
    there = [(place, row, name, prefix) for place, row in enumerate(rows)
             for name, prefix in (("answer", ""), ("neighbour", "neighbour_")) if row.get(name)]  # fmt: skip
    first = sorted(there, key=lambda one: (bool(one[3]), bool(one[1]["answer"])))  # answers, misses, neighbours of answers
    shown = first[: opening.MOST_POINTS]
    for _, row, name, prefix in sorted(shown, key=lambda one: (one[0], one[3])):
        values = {plan.key: row[name]} | ({row["key2"]: row[f"{name}2"]} if row.get("key2") else {})
        load, reason = opening.load_with(study_text, base_text, columns, row, values)
        why = why or reason
        where = texts[int(row["point"])]
        text = value_text(plan, row, name)
        beside = (NEIGHBOUR if row["answer"] else NEAREST) if prefix else ""
        what = f"{text if row.get('key2') else f'{plan.key} = {text}'}{beside}"
        found.append((f"{what} (with {where})" if where else what, load, _measured(row, prefix)))
    left_out = [int(row["point"]) for _, row, _, _ in first[opening.MOST_POINTS :]]
    return found, why or "there is no answer to tell it of", list(dict.fromkeys(left_out))


def uncertain(plan):
    unsure = [int(row["point"]) for row in plan.answers.to_dict("records") if row.get("sure") == "no"]
    runs = sorted({int(n) for n in plan.curve["n"] if n > 0})
    count = words.either(map(str, runs)) if len(runs) < 3 else f"{runs[0]} to {runs[-1]}"
    how = f"By {count or 'no'} run{'' if runs == [1] else 's'} of a value; in brackets the intervals that hold in 95 % of cases."
    if not unsure:
        return how
    what = "whether the target is met" if not any(plan.answers["answer"]) else (
        "whether it is the answer" if len(plan.answers) == 1 else "whether these are the answers")  # fmt: skip
    where = f" at {words.named_points(unsure)}" if len(plan.answers) > 1 else ""
    return f"{how} They leave open {what}{where}: more replications would tell."


def _looked(plan, row):
    """At how many values it was looked for the answer of a point, and between which of them not at all."""
    values, rows = plan_plots.looked_at(plan, (int(row["point"]), None, ""))
    count, tried = int(run_plots.number(row.get("values"), 0)), len(rows)
    if row.get("key2"):
        of = f"the {count} combinations of {plan.key} and {row['key2']}"
        return f"Of {of} {tried} were run, the points of the curves. What the others do nobody has seen."
    names = [wording.key_value(plan.key, value) for value in rows["value"]]
    if tried == 1:
        return f"Only {plan.key} = {names[0]} was run."
    if tried == count:
        return f"All {count} values of {plan.key} were run."
    text = f"Of the {count} values of {plan.key} {tried} were run: " if count else f"{tried} values of {plan.key} were run: "
    stretches = plan_plots.unseen(values, count) if values and count else None
    if stretches is None:
        return f"{text}{words.listed(names)}. What the others do nobody has seen."
    name_of = dict(zip(values, names))
    between = ", nor between ".join(words.listed(name_of[value] for value in stretch) for stretch in stretches)
    return f"{text}nothing was run between {between}. Whether the target is met there nobody has seen."


def looked(plan):
    """The same of all points, a sentence for those that are alike."""
    said = {}
    for row in plan.answers.to_dict("records"):
        said.setdefault(_looked(plan, row), []).append(int(row["point"]))
    if len(plan.answers) == 1:
        return list(said)
    texts = [f"At {words.named_points(points)}: {text[0].lower()}{text[1:]}" for text, points in said.items()]
    more = ["What was run at the other points stands in plan_curve.csv."] if len(texts) > MOST_SENTENCES else []
    return texts[:MOST_SENTENCES] + more


def head(plan):
    """The scenario, what was asked, the answer and how sure it is; then what it costs."""
    study_text, _, about = reading.study_file(plan.path)
    base_text = reading.base_text(plan.path, about)
    keys = opening.keys_of(study_text, base_text, plan.axes, plan.answers, varied(plan))
    rows = plan.answers.to_dict("records")
    answers = answer_sentences(plan)
    found, why, left_out = loads(plan)
    answers += opening.overloads([one for one in found if not one[0].partition(" (with ")[0].endswith((NEIGHBOUR, NEAREST))])
    without, (ended, word) = without_answer(rows), verdicts(rows)
    word = "" if without and word == verdict.CALM else word
    said = opening.scenario(keys, base_text)
    what = "Answers, or their neighbours," if len(rows) > opening.MOST_POINTS else "Neighbours of the answers"
    note = f"{what} of {words.named_points(left_out)} are not in this table." if left_out else ""
    body = parts.opening(said, question(plan), word, without + ended + answers, [uncertain(plan), *looked(plan)])
    return body + opening.load_section(found, why, True, note)


def answer_sentences(plan):
    """Of each point, those with an answer first; of many only the first ones."""
    texts = plan_plots.point_texts(plan)
    rows = sorted(plan.answers.to_dict("records"), key=lambda row: not row["answer"])
    said = [answer_sentence(plan, row, texts[int(row["point"])]) for row in rows[:MOST_SENTENCES]]
    return said + [f"The table below has all {len(rows)} points."] * (len(rows) > MOST_SENTENCES)


def without_answer(rows):
    """How many of several points have no answer, in a sentence, if any."""
    points = [int(row["point"]) for row in rows if not row["answer"]]
    if not points or len(rows) == 1:
        return []
    which = "None" if len(points) == len(rows) else f"{len(rows) - len(points)}"
    verb = "has" if which in ("None", "1") else "have"
    rest = "" if which == "None" else f", {words.named_points(points)} {'has' if len(points) == 1 else 'have'} none"
    return [f"{which} of the {len(rows)} points {verb} an answer{rest}."]


def verdicts(rows):
    """How the storms of the answers ended, in sentences, the worst first; and the worst word, or ""."""
    texts = []
    for word in reversed(verdict.WORDS):
        there = [(int(row["point"]), part) for row in rows for part in _measured(row).split("; ") if part.startswith(f"{word} in ")]
        if not there:
            continue
        alone = len(rows) == 1
        where = "At the answer" if alone else f"At the answers of {words.named_points([point for point, _ in there])}"
        parts_of = [re.fullmatch(r".* in (\d+) of (\d+) runs", part) for _, part in there]
        all_runs = all(part and part[1] == part[2] for part in parts_of)
        how = there[0][1] if alone else f"{word} in {'all runs' if all_runs else 'some of the runs or in all'}"
        texts.append((word, f"{where} the storm was {how}: {opening.MEANINGS[word]}."))
    return [text for _, text in texts], texts[0][0] if texts else ""


def answer_sentence(plan, row, where):
    """The answer of a point in words; where: what tells the point from others, or nothing."""

    def begin(text):
        return f"With {where} {text}" if where else text[0].upper() + text[1:]

    if row["status"] == "failed":
        return begin("there is no answer: a run failed.")
    what = f"combination of {plan.key} and {row['key2']}" if row.get("key2") else plan.key
    if not row["answer"]:
        return begin(_never(plan, row, what))
    answer = value_text(plan, row, "answer")
    if row.get("cost"):
        answer += f", for {wording.significant(run_plots.number(row['cost']), 6)} ({row['price']})"
    if row["status"] == "always":
        text = begin(f"every {what} that was tried meets the target, and the {row['sought']} is {answer}: ")
    else:
        text = begin(f"the {row['sought']} {what} that meets the target is {answer}: ")
    text += _values(plan, row)
    if row.get("neighbour"):
        text += f"; with {value_text(plan, row, 'neighbour')} {_values(plan, row, 'neighbour_')}"
        text += f", which fails {row['neighbour_failed']}" if row.get("neighbour_failed") else ""
    text += "." + _window(plan, row)
    if row["status"] == "not_monotone":
        text += " What was seen is not monotone: other values may meet it, too."
    if row.get("sure") == "no":
        text += " That is not sure with 95 % confidence." + _met(row)
    return text


def _met(row):
    """What the runs that met the target say of all runs; plans of before do not count them."""
    low = run_plots.number(row.get("met_low"), float("nan"))
    if not row.get("met_runs") or low != low:
        return ""
    return f" It was met in {row['met_runs']} runs: by at least {math.floor(100 * low)}{wording.SPACE}% of all runs."


def _never(plan, row, what):
    """Of how many values how many were tried, and which came nearest."""
    tried = int((plan.curve["point"] == int(row["point"])).sum()) if "point" in plan.curve else 0
    count = int(run_plots.number(row.get("values"), 0))
    text = f"no {what} that was tried meets the target."
    if count:
        of = f"combinations of {plan.key} and {row['key2']}" if row.get("key2") else f"values of {plan.key}"
        text = f"none of the {count} {of} meets the target"
        text += f" as far as was looked, at {tried} of them." if tried < count else "."
    if not row.get("neighbour"):
        return text
    near = value_text(plan, row, "neighbour")
    near = near if row.get("key2") else f"{plan.key} = {near}"
    failed = f"it fails {row['neighbour_failed']}, and " if row.get("neighbour_failed") else ""
    text += f" The nearest miss is {near}: {failed}{_values(plan, row, 'neighbour_', True)}."
    if row.get("neighbour_verdict"):
        text += f" There the storm was {row['neighbour_verdict']}."
    return text + (" That is not sure with 95 % confidence." if row.get("sure") == "no" else "")


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
        answer, neighbour = (value_text(plan, row, name) if row.get(name) else "–" for name in ("answer", "neighbour"))
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
        "answer" if "key2" in plan.answers and plan.answers["key2"].iloc[0] else plan.key,
        *(f"{wording.metric_title(name)} (95 %)" for name in own),
        "neighbour" if any(plan.answers["answer"]) else "nearest miss",
        *(f"there: {wording.metric_title(name.removeprefix('neighbour_'))} (95 %)" for name in beside),
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
    vary = " and ".join(filter(None, [plan.vary, plan.answers.iloc[0].get("vary2", "")]))
    text = f"{vary}: the {plan.sought} for which this holds was looked for: {plan.target}."
    return parts.paragraph(text) + answer_table(plan)


def answered(plan):
    """Of a plan behind a study: what was asked, the answers, the table."""
    rows = plan.answers.to_dict("records")
    body = parts.paragraph(question(plan), "question")
    ended, _ = verdicts(rows)
    said = without_answer(rows) + ended + answer_sentences(plan)
    return body + "".join(map(parts.paragraph, said + [uncertain(plan), *looked(plan)])) + summary(plan)


def document(path, choice=choosing.Choice()):
    """The page of the plan in the folder path."""
    plan = choosing.read_plan(path, choice)
    charts = plan_plots.charts(plan, choice)
    body = head(plan) + parts.warning_list(warnings(plan))
    body += parts.section("summary", "Summary", summary(plan))
    body += parts.section("plots", "Plots", parts.figures(charts))
    study_text, _, about = reading.study_file(path)
    base_text = reading.base_text(path, about)
    how = repeat.body(path, study_text, base_text, [], [repeat.plan_command(plan)])
    body += parts.section("reproduce", "How to repeat it", how)
    return parts.whole(plan.title, "A plan with pullstorm", body, charts)
