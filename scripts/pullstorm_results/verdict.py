# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The verdict of a storm in sentences; its definitions stand in models/LOAD.md."""

import math

from pullstorm_results import wording

CALM, OVERLOADED, CUT_OFF, COLLAPSED = WORDS = ("calm", "overloaded", "cut off", "collapsed")  # from the best on
COLUMNS = {"collapsed": COLLAPSED, "cut_off": CUT_OFF, "overloaded": OVERLOADED}  # the worst first


def of(metrics):
    """The verdict by the metrics of a run, or by their means over runs: then the worst of them. "" if they say none."""
    word = metrics.get("verdict")
    if isinstance(word, str):
        return word
    values = [(name, metrics.get(name)) for name in COLUMNS]
    if any(value is None or math.isnan(value) for _, value in values):
        return ""
    return next((COLUMNS[name] for name, value in values if value > 0), CALM)


def of_point(row):
    """The worst verdict of the runs of a point of study.csv; "" where none is finished, or the table says none."""
    return of({name: row.get(f"{name}_mean") for name in COLUMNS})


def number(metrics, name):
    value = metrics.get(name)
    return float("nan") if value is None else value


def late_server(metrics):
    """(name, seconds) of the server that served nothing useful for longest."""
    late = [(number(metrics, f"{prefix}_late_max_s"), prefix, name) for prefix, name in wording.SERVERS]
    seconds, prefix, name = max(late, key=lambda one: (one[0] == one[0], one[0]))
    return prefix, name, seconds


def _end(metrics):
    """How an overload ended."""
    recovery = number(metrics, "recovery_s")
    if recovery != recovery:
        return "The run was cut off before it had recovered"
    if recovery == 0:
        return "It recovered by itself before the last first pull was due"
    return f"It recovered by itself, {wording.seconds(recovery)} after the last first pull was due"


def sentences(metrics, end=""):
    """What became of the storm, in words that anybody understands; end: the scenario's run.end."""
    word = of(metrics)
    if word == CALM:
        return "Calm: no job waited longer than 1 s for a worker, and nobody was turned away."
    if word == OVERLOADED:
        return f"Overloaded: jobs waited longer than 1 s for a worker, or were turned away. {_end(metrics)}."
    if word == CUT_OFF:
        by = f" by run.end = {end}" if end else ""
        return (
            f"Cut off{by}, before the storm had ended: what came after is in no number of this report, and whether it"
            " would have ended well nobody knows."
        )
    if word == COLLAPSED:
        prefix, name, seconds = late_server(metrics)
        useful = number(metrics, f"{prefix}_useful_ratio")
        share = f", and of all that it did only {wording.percent(useful)} was in time" if useful == useful else ""
        return (
            f"Collapsed: for {wording.seconds(seconds)} without a break nothing useful was served. The {name} was busy for"
            f" those who had already stopped waiting{share}. {_end(metrics)}."
        )
    return ""
