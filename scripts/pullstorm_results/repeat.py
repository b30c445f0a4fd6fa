# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""How to repeat a study or a plan: what the reports of both say of it."""

import os
import shlex

from pullstorm_results import parts, reading, run_plots, words


def _versions(path):
    """Versions of pullstorm that made the runs."""
    found = set()
    runs = os.path.join(path, "runs")
    for name in sorted(os.listdir(runs)) if os.path.lexists(runs) else []:
        file = os.path.join(runs, name, "manifest.json")
        if name.startswith(".") or not os.path.exists(file):
            continue
        try:
            found.add(str(reading.read_manifest(file).get("version", "")))
        except reading.ResultError:
            continue
    return sorted(found - {""})


def runs_tried(study):
    """{point: its runs, those that failed among them}"""
    tried = {int(row["point"]): int(row["n"]) for row in study.points.to_dict("records")}
    if study.runs is not None:
        for row in study.runs.to_dict("records"):
            if row["status"] != "done":
                tried[int(row["point"])] += 1
    return tried


def study_command(study):
    """Paragraphs, and the command that makes as many runs as there are."""
    tried = runs_tried(study)
    counts = sorted(set(tried.values()) - {0})
    wanted = int(run_plots.number(study.about.get("replications"), 1))
    said, options = [], ""
    none = [point for point, count in tried.items() if count == 0]
    if none and counts:
        said.append(
            f"There is no run of {words.named_points(none)}: left out with --only, or not made yet. This makes them, "
            "too, unless --only EXPR is added:"
        )
    if len(counts) > 1:
        options = f" --until 'ci(METRIC) < P%' --replications {max(2, counts[0])}..{counts[-1]}"
        missing = "runs are missing, or " if counts[-1] <= wanted else ""
        said.append(
            f"Points have {counts[0]} to {counts[-1]} replications, the study file has {wanted}: {missing}more were "
            "made where an interval was wide (--until). METRIC and P of that call are not recorded:"
        )
    elif counts and counts[0] != wanted:
        options = f" --replications {counts[0]}"
    return said, f"pullstorm sweep study.ini{options} -o results/again"


def plan_command(plan):
    row = plan.answers.iloc[0]
    second = f" --vary {shlex.quote(row['vary2'])} --cost {shlex.quote(row['price'])}" if row.get("vary2") else ""
    return (
        f"pullstorm plan study.ini --target {shlex.quote(plan.target)} --vary {shlex.quote(plan.vary)}{second}"
        f"{' --largest' * (plan.sought == 'largest')} --replications {plan.replications} -o results/again"
    )


def body(path, study_text, base_text, said, commands):
    """What the section holds."""
    versions = _versions(path)
    found = parts.paragraph(f"Made by pullstorm {words.listed(versions)}.") if versions else ""
    if study_text:
        found += parts.paragraph(
            "With the study file and its base scenario below, the first of which names the second as its base:"
        )
    found += "".join(map(parts.paragraph, said))
    found += parts.text_block("\n".join(commands), "commands")
    for title, text in (("study.ini", study_text), ("base.ini, the base scenario", base_text)):
        if text:
            found += parts.folded(title, parts.text_block(text, title))
    return found
