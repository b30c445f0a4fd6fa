# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Offered load, as "pullstorm load" says it of a scenario: what a UE costs, and what that asks of each server and link.

Nothing of a result's folder is needed but the text of its scenario, and the program. models/LOAD.md has the definitions.
"""

import csv
import functools
import os
import subprocess
import tempfile
from dataclasses import dataclass

from pullstorm_results import parts, program, wording

PATIENCE_S = 60  # it takes less than 0.1 s
NEAR = 0.02  # so far the prediction may be off


@dataclass
class Load:
    numbers: dict  # {name: value}; NaN: there is none
    texts: dict  # the bottleneck, the verdict to expect
    meanings: dict

    def of(self, prefix, what):
        return self.numbers.get(f"{prefix}_{what}", float("nan"))

    @property
    def bottleneck(self):
        return self.texts.get("bottleneck", "")

    @property
    def highest(self):
        return self.numbers.get("offered_max_ratio", float("nan"))


def _parsed(text):
    load = Load({}, {}, {})
    for row in csv.DictReader(text.splitlines()):
        load.meanings[row["name"]] = row["meaning"]
        if row["unit"] == "text":
            load.texts[row["name"]] = row["value"]
        else:
            load.numbers[row["name"]] = float(row["value"] or "nan")
    return load


def _said(done):
    """Why the program made nothing: the first line that it said."""
    lines = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
    return lines[0].removeprefix("pullstorm: ").removeprefix("error: ")


@functools.cache
def of_scenario(text, settings=()):
    """(load, "") of a scenario's text with settings ("key=value", ...); (None, why) where it cannot be had."""
    if not text:
        return None, "the scenario is not in the folder"
    path = program.find()
    if not path:
        return None, "the program pullstorm, which works it out, was not found (PULLSTORM names one)"
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "scenario.ini"), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        words = [path, "load", "scenario.ini", "--format", "csv"]
        words += [word for setting in settings for word in ("-s", setting)]
        try:
            done = subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", errors="replace",
                                  timeout=PATIENCE_S, check=False)  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, f"{path}: {getattr(error, 'strerror', None) or 'it does not end'}"
    if done.returncode:
        return None, f"pullstorm load: {_said(done)}"
    try:
        return _parsed(done.stdout), ""
    except (KeyError, TypeError, ValueError):
        return None, f"{path} load: not what this report can read, so of another version"


def absent(why):
    return f"The offered load is not in this report: {why}."


def shares(load):
    """ "the BM-SC is offered 68.1 % of what it can do, the BSF 79.5 % ..." """
    texts = [f"{name} {wording.percent(load.of(prefix, 'offered_ratio'))}" for prefix, name in wording.SERVERS]
    return ", ".join(texts)


def is_server(load):
    return load.bottleneck in [name for _, name in wording.SERVERS]


def _height(load):
    """Of a burst, whose rate is a mean."""
    peak = load.numbers.get("offered_peak_ratio", load.highest)
    return f"; at the height of the burst it is offered {wording.percent(peak)}" if peak > load.highest else ""


def sentence(load):
    """Load and bottleneck."""
    what = f"the {load.bottleneck}" if is_server(load) else f"a link, {load.bottleneck}"
    highest = "" if is_server(load) else f" with {wording.percent(load.highest)}"
    return (
        f"While first pulls go out, at {wording.compact(load.numbers['pull_rate_per_s'])}/s for "
        f"{wording.seconds(load.numbers['pulls_s'])}, their work takes of what the servers can do: {shares(load)}. The "
        f"bottleneck is {what}{highest}, good for {wording.count(int(load.numbers['capacity_ues_per_s']))} UEs a second"
        f"{_height(load)}."
    )


START_ALONE = "All this is of the values of the start: what changes during the run is not in it."


def changes(load):
    """Does the scenario change during the run?"""
    return "[at]" in load.texts.get("left_out", "")


def notes(load):
    """What a planner must know of it, in sentences; nothing where nothing is wrong."""
    found = []
    for prefix, name in wording.SERVERS:
        if load.of(prefix, "offered_ratio") > 1:
            full = load.of(prefix, "full_s")
            overflow = f", and its queue overflows {wording.seconds(full)} after the first" if full == full else ""
            found.append(
                f"The {name} is offered more than it can do: more and more UEs wait or have to come again as long as pulls"
                f" go out{overflow}, so the answer depends on ue.count. It takes {wording.count(load.of(prefix, 'workers_min'))} workers, or at most "
                f"{wording.count(int(load.of(prefix, 'capacity_ues_per_s')))} pulls a second."
            )
    return found + dead_work(load) + ([START_ALONE] if changes(load) else [])


def short_note(load):
    """Who is offered more than it can do, and what that means; "" where nobody is."""
    over = [name for prefix, name in wording.SERVERS if load.of(prefix, "offered_ratio") > 1]
    if not over:
        return ""
    names = " and ".join([", ".join(over[:-1]), over[-1]] if len(over) > 1 else over)
    verb = "is" if len(over) == 1 else "are"
    return (f"the {names} {verb} offered more than 100 %: more and more UEs wait or have to come again as long as pulls go"
            " out, so the answer depends on ue.count.")  # fmt: skip


def dead_work(load):
    """Queues that may grow longer than who asks waits."""
    found = []
    for prefix, name in wording.SERVERS:
        key = load.texts.get(f"{prefix}_dead_work")
        if key:
            found.append(
                f"A queue of {key} takes the {name} {wording.seconds(load.of(prefix, 'full_queue_s'))}, and who asks it waits "
                f"{wording.seconds(load.of(prefix, 'patience_s'))}: once more than {wording.count(int(load.of(prefix, 'dead_queue')))} jobs wait,"
                " it works for nobody."
            )
    return found


def expected(load):
    condition = ", had nothing changed" if changes(load) else ""
    return f"By the load alone, before anything ran, this was to be expected{condition}: {load.texts.get('verdict', '')}."


def server_table(load):
    """What one UE costs, and what all of them ask for."""
    rows = []
    for prefix, name in wording.SERVERS:
        work = load.of(prefix, "work_s")
        rows.append(
            (
                name,
                wording.seconds(work),
                wording.significant(load.of(prefix, "jobs_per_ue")),
                wording.count(load.of(prefix, "workers")),
                wording.percent(load.of(prefix, "offered_ratio")),
                wording.count(int(load.of(prefix, "capacity_ues_per_s"))) if work else "–",
                wording.count(load.of(prefix, "workers_min")),
                wording.seconds(load.of(prefix, "time_min_s")),
            )
        )
    header = ("server", "worker time of a UE", "jobs of a UE", "workers", "offered load", "UEs/s at most",
              "workers at least", "time at least")  # fmt: skip
    return parts.table("Cost of one UE, and offered load while first pulls go out", header, rows)


def detail_table(load):
    """Every kind of job, and every link."""
    jobs = [
        (name.removesuffix("_per_ue"), load.meanings[name].removesuffix(": jobs of one UE"),
         wording.significant(value), wording.seconds(load.numbers[name.replace("_per_ue", "_mean_s")]),
         wording.seconds(load.numbers[name.replace("_per_ue", "_work_s")]))
        for name, value in load.numbers.items()
        if name.replace("_per_ue", "_work_s") in load.numbers and name.endswith("_per_ue") and value
    ]  # fmt: skip
    links = [
        (name.removesuffix("_bytes_per_ue"), wording.count(float(round(value))),
         wording.significant(load.numbers[name.replace("bytes", "packets")]),
         wording.percent(load.numbers[name.replace("bytes_per_ue", "offered_ratio")]))
        for name, value in load.numbers.items()
        if name.endswith("_bytes_per_ue")
    ]  # fmt: skip
    body = parts.table("Jobs", ("job", "what it is", "of a UE", "mean time", "worker time of a UE"), jobs, 2)
    body += parts.table("Links", ("link", "IP bytes of a UE", "packets of a UE", "offered load"), links)
    return parts.folded("Each kind of job, and the links", body)


def section(load, why, title="Offered load, and what one UE costs"):
    """The section of a report."""
    if not load:
        return parts.section("load", title, parts.paragraph(absent(why)))
    texts = [sentence(load), *notes(load), expected(load)]
    body = "".join(map(parts.paragraph, texts)) + server_table(load) + detail_table(load)
    return parts.section("load", title, body)
