# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Reads what pullstorm writes: the folder of a run, of a study, of a plan.

Everything that is wrong with a folder ends in a ResultError, whose text is one line for the user.
"""

import contextlib
import csv
import functools
import json
import math
import os
import re
from array import array
from dataclasses import dataclass, field

import numpy
import pandas

from pullstorm_results.errors import ResultError

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = ("verdict",)  # metrics that are a word
FORMAT = 3  # of the files of a result, as their manifest says it
RUN_COLUMNS = ("point", "replication", "seed", "status")
STATISTICS = ("mean", "sd", "ci_low", "ci_high")
NOTE = "_ci_note"  # why a metric has no interval
# Times, shares and rates have no value, an empty field, where there is nothing that they could be of.
MAY_BE_EMPTY = ("_s", "_ratio", "_per_s")


def of_keyed(metric):
    """Is it of the UEs that hold the key alone, so that there is no value where no UE does?"""
    return metric.startswith("time_to_key_") or metric in ("storm_duration_s", "update_mean_s", "update_max_s")


def of_share(metric):
    """Is it the time until a share of all UEs holds the key, so that there is no value where so many never do?"""
    return metric.startswith("update_p")


@contextlib.contextmanager
def _opened(path, newline):
    """A file of text; that it is none, or cannot be read, is a ResultError."""
    try:
        with open(path, encoding="utf-8-sig", newline=newline) as file:
            yield file
    except OSError as error:
        raise ResultError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ResultError(f"{path}: not a text file") from error


def _read_text(path):
    with _opened(path, "") as file:
        return file.read()


def _lines(path):
    """The lines of a file that are no comment, one at a time, for a file may be as long as its run."""
    with _opened(path, "\n") as file:  # other separators of lines belong to a name
        yield from (line for line in file if not line.startswith("#"))


def _rows(path):
    """The header of a CSV file, then its rows; they are as long as it, and columns have names of their own."""
    rows = csv.reader(_lines(path), strict=True)
    try:
        header = next(rows)
        if len(set(header)) != len(header) or "" in header:
            raise ResultError(f"{path}: columns without a name of their own")
        yield header
        for row in rows:
            if len(row) != len(header):
                raise ResultError(f"{path}: line {rows.line_num}: {len(row)} fields, the header has {len(header)}")
            yield row
    except StopIteration:
        raise ResultError(f"{path}: empty") from None
    except csv.Error as error:
        raise ResultError(f"{path}: line {rows.line_num}: {error}") from error


def read_table(path, wanted=lambda name: True):
    """The wanted columns of a CSV file as a DataFrame of text."""
    rows = _rows(path)
    header = next(rows)
    places = [place for place, name in enumerate(header) if wanted(name)]
    body = [[row[place] for place in places] for row in rows]
    return pandas.DataFrame(body, columns=[header[place] for place in places], dtype=str)


def _is_number(text):
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def has_text(path, name):
    """Has the table a column of that name, and something in it that is no number?"""
    return any(text and not _is_number(text) for column in read_table(path, name.__eq__).values for text in column)


def _floats(path, number, header, row, empty):
    """A row as numbers; empty: a field without text is NaN rather than an error."""
    try:
        values = list(map(float, (text or "nan" for text in row) if empty else row))
        if math.isfinite(sum(values)):
            return values
    except ValueError:
        pass
    for name, text in zip(header, row):
        if not _is_number(text) and (text or not empty):
            raise ResultError(f"{path}: row {number} of {name}: {text!r} is not a number")
    return values


def read_numbers(path, texts=lambda header: 0, wanted=lambda name: True, empty=False, skipped=lambda name: False):
    """A CSV file of numbers, behind `texts` columns of text; all is checked, and what is wanted is kept, 8 bytes each.

    skipped: columns among them that are text, and are left out.
    """
    rows = _rows(path)
    header = next(rows)
    first = texts(header)
    columns = [place for place, name in enumerate(header) if place >= first and not skipped(name)]
    names = [header[place] for place in columns]
    places = [place for place, name in enumerate(names) if wanted(name)]
    words, kept = [], array("d")
    for number, row in enumerate(rows, 1):
        words.append(row[:first])
        values = _floats(path, number, names, [row[place] for place in columns], empty)
        kept.extend([values[place] for place in places])
    names = [names[place] for place in places]
    found = pandas.DataFrame(numpy.array(kept).reshape(len(words), len(places)), columns=names)
    if not first:
        return found
    return pandas.concat([pandas.DataFrame(words, columns=header[:first], dtype=str), found], axis=1)


def need_columns(table, names, path):
    for name in names:
        if name not in table.columns:
            raise ResultError(f"{path}: no column {name}")


def numbers(table, names, path, empty=False):
    """Makes the columns numeric; empty: fields without text are NaN rather than an error."""
    for name in names:
        column = table[name]
        if empty:
            column = column.where(column != "", None)
        values = pandas.to_numeric(column, errors="coerce").astype(float)
        wrong = (values.isna() & (column.notna() if empty else True)) | values.abs().eq(float("inf"))
        if wrong.any():
            row = wrong.idxmax()
            raise ResultError(f"{path}: row {row + 1} of {name}: {table[name][row]!r} is not a number")
        table[name] = values
    return table


BLANKS = " \t\r\f\v"  # those that the program strips; others, such as U+00A0, belong to a text


def parse_ini(text):
    """Sections of a scenario or study file as [(section, [(key, value), ...]), ...], in the order of the file."""
    sections = []
    for line in text.split("\n"):
        line = line.strip(BLANKS)
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            sections.append((line[1:-1], []))
        elif "=" in line and sections:
            key, value = line.split("=", 1)
            sections[-1][1].append((key.strip(BLANKS), value.strip(BLANKS)))
    return sections


def name_behind(section, word):
    """The NAME of a section [WORD NAME]; "" for another one."""
    first, _, name = section.partition(" ")
    return name.lstrip(" ") if first == word else ""


def scenario_values(text):
    """A scenario's text as {section.key: value}."""
    return {f"{section}.{key}": value for section, keys in parse_ini(text) for key, value in keys}


def changes(values):
    """Of {section.key: value} what changes during the run: [(time, section.key, value), ...] as texts."""
    split = [(name.removeprefix("at ").partition("."), value) for name, value in values.items() if name.startswith("at ")]
    return [(time, key, value) for (time, _, key), value in split]


def scenario_of(run):
    """The scenario of a Run as {section.key: value}."""
    return scenario_values(str(run.manifest.get("scenario_text", "")))


@functools.cache
def known_keys():
    """Every scenario key that was known when these scripts were made: {section.key: row of keys.csv}."""
    table = read_table(os.path.join(HERE, "keys.csv"))
    return {f"{row['section']}.{row['key']}": row for row in table.to_dict("records")}


@functools.cache
def known_metrics():
    """{metric: (unit, meaning)}; a meaning that goes on with "..." is completed from the one before."""
    found, begin = {}, ""
    for row in read_table(os.path.join(HERE, "metrics.csv")).to_dict("records"):
        meaning = row["meaning"]
        if meaning.startswith("... "):
            meaning = f"{begin}: {meaning[4:]}"
        begin = meaning.rsplit(":", 1)[0]
        found[row["column"]] = (row["unit"], meaning)
    return found


@dataclass
class Run:
    """A finished run."""

    path: str
    name: str
    keys: dict  # scenario key: value in base units, as text
    metrics: dict  # metric: number; of WORDS text
    series: pandas.DataFrame  # time series; a first row of zeros stands for the start
    latency: pandas.DataFrame
    distribution: pandas.DataFrame
    manifest: dict


def read_manifest(path):
    try:
        manifest = json.loads(_read_text(path))
    except ValueError as error:
        raise ResultError(f"{path}: {error}") from error
    if not isinstance(manifest, dict):
        raise ResultError(f"{path}: not the manifest of a run")
    if manifest.get("format", FORMAT) != FORMAT:
        raise ResultError(f"{path}: format {manifest['format']}, expected {FORMAT}: another version of pullstorm made it")
    return manifest


def _read_summary(path):
    table = read_table(path)
    if len(table) != 1:
        raise ResultError(f"{path}: {len(table)} rows, one is expected")
    need_columns(table, ["ue.count", "ues", "ues_keyed", "ues_without_key", "pulls_sent"], path)
    metrics = [name for name in table.columns if "." not in name]
    figures = [name for name in metrics if name not in WORDS]
    numbers(table, [name for name in figures if name.endswith(MAY_BE_EMPTY)], path, empty=True)
    row = numbers(table, [name for name in figures if not name.endswith(MAY_BE_EMPTY)], path).iloc[0]
    return {name: row[name] for name in table.columns if "." in name}, {name: row[name] for name in metrics}


def _read_series(path, columns):
    table = read_numbers(path, wanted=lambda name: name == "time_s" or name in columns)
    need_columns(table, ["time_s", "pulls_sent", "ues_keyed", "bmsc_queue", "bmsc_busy"], path)
    if not table["time_s"].is_monotonic_increasing:
        raise ResultError(f"{path}: times do not increase")
    start = pandas.DataFrame([[0.0] * len(table.columns)], columns=table.columns)
    return pandas.concat([start, table[table["time_s"] > 0]], ignore_index=True)


def _read_procedures(path, columns):
    table = read_table(path)
    need_columns(table, ["procedure", *columns], path)
    quantiles = [name for name in table.columns if re.fullmatch(r"p\d+_s", name)]
    numbers(table, quantiles, path, empty=True)
    return numbers(table, [name for name in table.columns if name not in ("procedure", *quantiles)], path)


def read_run(path, columns):
    """The run in the folder path; of its time series, which may be long, these columns."""

    def at(name):
        return os.path.join(path, name)

    keys, metrics = _read_summary(at("summary.csv"))
    manifest = read_manifest(at("manifest.json"))
    return Run(
        path=path,
        name=str(manifest.get("scenario_name", "")) or _name_of(path),
        keys=keys,
        metrics=metrics,
        series=_read_series(at("timeseries.csv"), columns),
        latency=_read_procedures(at("latency.csv"), ["count", "mean_s", "p50_s", "p99_s", "max_s"]),
        distribution=_read_procedures(at("distribution.csv"), ["from_s", "to_s", "count"]),
        manifest=manifest,
    )


@dataclass
class Axis:
    """An axis of a study: keys that move in step; the first of them stands for all."""

    name: str
    columns: list


@dataclass
class Study:
    """A collected study."""

    path: str
    title: str
    about: dict  # [study] of the study file
    axes: list
    points: pandas.DataFrame  # study.csv; axis columns are text, the others numbers
    runs: pandas.DataFrame  # of runs.csv RUN_COLUMNS and the longest queues, as text; None if there is none
    study_text: str = ""
    base_text: str = ""
    wanted: list = field(default_factory=list)  # metrics that the study names
    notes: pandas.DataFrame = None  # of study.csv, why intervals are missing, as text

    def note(self, place, metric):
        """Why a metric has no interval at a point, by its place; empty: it has one, or it is not known."""
        if self.notes is None or metric + NOTE not in self.notes:
            return ""
        return self.notes[metric + NOTE].iloc[place]

    def metrics(self):
        return [name[: -len("_mean")] for name in self.points.columns if name.endswith("_mean")]


def _name_of(path):
    return os.path.basename(os.path.abspath(path))


def axes_of(columns, sections):
    """Axis columns put together as the study file says; a column that it does not know is an axis of its own."""
    axes = []
    left = list(columns)
    for section, keys in sections:
        name = name_behind(section, "axis")
        members = [key for key, _ in keys if key in left]
        if name and members:
            axes.append(Axis(name, members))
            left = [name for name in left if name not in members]
    return [Axis(name, [name]) for name in left] + axes


def optional_text(path):
    return _read_text(path) if os.path.exists(path) else ""


def study_file(path):
    """Text, sections and [study] of the study.ini of a folder; empty where there is none."""
    text = optional_text(os.path.join(path, "study.ini"))
    sections = parse_ini(text)
    about = {}
    for section, keys in sections:
        if section == "study":
            about.update(keys)
    return text, sections, about


def base_text(path, about):
    """The base scenario: its copy in the folder of a sweep, or the file that the study names."""
    beside = os.path.join(path, about.get("base", ""))
    return optional_text(os.path.join(path, "base.ini")) or (optional_text(beside) if os.path.isfile(beside) else "")


def read_study(path):
    """The study in the folder path."""
    text, sections, about = study_file(path)
    file = os.path.join(path, "study.csv")
    if not os.path.exists(file):
        raise ResultError(f"{path}: no study.csv; make it with: pullstorm collect STUDY -o {path}")
    points = read_numbers(
        file,
        lambda header: header.index("n") if "n" in header else len(header),
        empty=True,
        skipped=lambda name: name.endswith(NOTE) or name in WORDS,
    )
    need_columns(points, ["point", "n"], file)
    if not len(points):
        raise ResultError(f"{file}: no point in it")
    names = list(points.columns)
    axis_columns = names[1 : names.index("n")]
    statistics = names[names.index("n") + 1 :]
    for name in statistics:
        if name.endswith("_mean"):
            need_columns(points, [name[:-4] + part for part in STATISTICS], file)
    numbers(points, ["point", "n"], file)
    runs_file = os.path.join(path, "runs.csv")
    runs = None
    if os.path.exists(runs_file):
        runs = read_table(runs_file, lambda name: name in RUN_COLUMNS or name.endswith("_queue_max"))
        need_columns(runs, RUN_COLUMNS, runs_file)
    wanted = [name.strip() for name in about.get("metrics", "").split(",") if name.strip()]
    return Study(
        path,
        about.get("title", "") or _name_of(path),
        about,
        axes_of(axis_columns, sections),
        points,
        runs,
        text,
        base_text(path, about),
        wanted,
        read_table(file, lambda name: name.endswith(NOTE)),
    )


@dataclass
class Plan:
    """What pullstorm plan found."""

    path: str
    title: str
    target: str  # text of the condition
    vary: str  # the key and its values, as given
    sought: str  # smallest or largest; "smallest or largest" if points differ
    replications: str  # at least..at most
    key: str  # the key that was varied
    axes: list
    answers: pandas.DataFrame
    curve: pandas.DataFrame
    bounds: dict = field(default_factory=dict)  # metric: the numbers that the target holds it against, alone


def _bounds(path):
    """What the program made of the target; a plan of before it did so has no such file."""
    found = {}
    if os.path.exists(path):
        table = read_table(path)
        need_columns(table, ["metric", "comparison", "bound"], path)
        for row in numbers(table, ["bound"], path).to_dict("records"):
            found.setdefault(row["metric"], []).append(row["bound"])
    return found


def read_plan(path):
    """The plan in the folder path."""
    _, sections, about = study_file(path)
    file = os.path.join(path, "plan.csv")
    curve_file = os.path.join(path, "plan_curve.csv")
    answers, curve = read_table(file), read_table(curve_file)
    need_columns(answers, ["point", "key", "answer", "status", "target", "vary", "sought", "replications"], file)
    need_columns(curve, ["point", "value", "n", "meets"], curve_file)
    if not len(answers) or not len(curve):
        raise ResultError(f"{path}: the plan is empty")
    names = list(answers.columns)
    axis_columns = names[1 : names.index("key")]
    need_columns(curve, axis_columns, curve_file)
    numbers(answers, ["point"], file)
    numbers(curve, ["point", "n"], curve_file)
    numbers(
        curve,
        [name for name in curve.columns if name.endswith(("_mean", "_ci_low", "_ci_high"))],
        curve_file,
        empty=True,
    )
    sought = answers["sought"][0] if answers["sought"].nunique() == 1 else "smallest or largest"
    return Plan(
        path,
        about.get("title", "") or _name_of(path),
        answers["target"][0],
        answers["vary"][0],
        sought,
        answers["replications"][0],
        answers["key"][0],
        axes_of(axis_columns, sections),
        answers,
        curve,
        _bounds(os.path.join(path, "plan_target.csv")),
    )


def kinds_of(path):
    """What a folder holds: a list of "run", "study", "plan", "comparison"; an error when it is none of them."""
    if not os.path.exists(path):
        raise ResultError(f"{path}: no such folder")
    if not os.path.isdir(path):
        raise ResultError(f"{path}: not a folder")

    def has(*names):
        return any(os.path.exists(os.path.join(path, name)) for name in names)

    kinds = []
    if has("summary.csv", "timeseries.csv"):
        kinds.append("run")
    if has("plan.csv", "plan_curve.csv"):
        kinds.append("plan")
    if has("study.csv", "runs.csv") or (has("study.ini") and not kinds):
        kinds.append("study")
    if not kinds and has("compare.csv"):
        kinds.append("comparison")
    if not kinds:
        raise ResultError(f"{path}: no result of pullstorm (no summary.csv, study.csv, plan.csv or compare.csv)")
    return kinds
