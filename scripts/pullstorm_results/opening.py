# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the reports of studies and plans begin with: the scenario in words, and what it costs, with what is varied in it."""

import os

from pullstorm_results import offered, parts, reading, verdict, wording, words

MOST_POINTS = 12  # whose load is asked of the program


def sections_of(study_text):
    return reading.parse_ini(study_text)


def _variants(sections):
    return [dict(keys) for name, keys in sections if reading.name_behind(name, "variant")]


def settings_everywhere(sections):
    return {key: value for name, keys in sections if name == "set" for key, value in keys}


def with_unit(key, text):
    """A value of a table, which is in base units, as the program takes it: 0.5 of a duration is 0.5s."""
    known = reading.known_keys().get(key)
    unit = {"s": "s", "1/s": "/s", "bytes": "B"}.get(known["unit"], "") if known else ""
    if not known or not unit or wording.is_name(key):
        return text
    if known["type"] == "distribution":
        name, _, rest = text.partition("(")
        numbers = rest.rstrip(")").split(",")
        durations = len(numbers) if name == "uniform" else 1
        return f"{name}({', '.join(one.strip() + unit * (place < durations) for place, one in enumerate(numbers))})"
    return text + unit if wording.is_number(text) else text


def settings_of(study_text, columns, row):
    """What the program is told of a point: the study's settings, those of its variant, those of its axes."""
    sections = sections_of(study_text)
    found = settings_everywhere(sections)
    for name, keys in sections:
        if row.get("variant") and reading.name_behind(name, "variant") == row["variant"]:
            found.update(keys)
    found.update({column: with_unit(column, row[column]) for column in columns if column != "variant"})
    return found


def _manifest_text(path, point):
    """The scenario of a run of the point, if runs lie in the folder."""
    for file in (f"p{point:04d}-r01", f"p{point:04d}-r1"):
        manifest = os.path.join(path, "runs", file, "manifest.json")
        if os.path.exists(manifest):
            return str(reading.read_manifest(manifest).get("scenario_text", ""))
    return ""


def load_of_point(study, row):
    """(load, why not) of a point of a study."""
    text = _manifest_text(study.path, int(row["point"]))
    if text:
        return offered.of_scenario(text)
    columns = [column for axis in study.axes for column in axis.columns]
    return load_with(study.study_text, study.base_text, columns, row)


def load_with(study_text, base_text, columns, row, more=None):
    """Likewise from the texts of a study; more: {key: value of a table} besides."""
    if not base_text:
        return None, "the base scenario is not in the folder"
    settings = settings_of(study_text, columns, row)
    settings.update({key: with_unit(key, value) for key, value in (more or {}).items()})
    return offered.of_scenario(base_text, tuple(f"{key}={value}" for key, value in settings.items()))


def _range(key, values):
    """ "500/s to 4000/s" """
    numbers, _ = wording.axis_numbers(key, values)
    if numbers is None:
        return words.either(dict.fromkeys(wording.key_value(key, value) for value in values))
    low, high = min(numbers), max(numbers)
    first, last = values[numbers.index(low)], values[numbers.index(high)]
    return f"{wording.key_value(key, first)} to {wording.key_value(key, last)}"


def keys_of(study_text, base_text, axes, points, more=None):
    """The keys of a study's scenario, those that vary with their range; more: {key: text of its range}."""
    sections = sections_of(study_text)
    texts = reading.scenario_values(base_text) | settings_everywhere(sections)
    varied = {
        column: _range(column, list(points[column]))
        for axis in axes
        for column in axis.columns
        if column != "variant" and points[column].nunique() > 1
    }
    texts |= {
        column: wording.key_value(column, points[column].iloc[0])
        for axis in axes
        for column in axis.columns
        if column != "variant" and column not in varied
    }
    for key in sorted({key for variant in _variants(sections) for key in variant}):
        usual = texts.get(key) or (reading.known_keys().get(key, {}).get("default", "") if base_text else "")
        values = [variant.get(key, usual) for variant in _variants(sections)]
        if len(set(values)) > 1:
            varied[key] = words.either(dict.fromkeys(value or "the usual" for value in values))
    return words.Keys(texts, varied | (more or {}))


def scenario(keys, base_text):
    """Paragraphs."""
    if not base_text:
        return ["The base scenario is not in this folder: what is not varied is not known here."]
    return [words.scenario(keys)]


def load_table(rows):
    """rows: (what point, load or None, measured verdict or "")"""
    body = []
    for what, load, measured in rows:
        if load:
            of = [wording.percent(load.of(prefix, "offered_ratio")) for prefix, _ in wording.SERVERS]
            body.append((what, *of, load.bottleneck, load.texts.get("verdict", ""), measured or "–"))
    header = ("at", *(f"{name} offered" for _, name in wording.SERVERS), "bottleneck", "verdict by the load", "as measured")
    return parts.table("Offered load while first pulls go out", header, body)


def overloads(found):
    """Sentences: at which of the points more is offered than can be done."""
    texts = [(what, offered.short_note(load)) for what, load, _ in found if load]
    return [f"At {what} {text}" for what, text in texts if text]


def load_section(found, why, told=False, note=""):
    """found: [(what point, load, measured verdict)] of the points that the answer names, the first of them foremost.

    told: overloads are told elsewhere; note: what is not in the table.
    """
    there = [one for one in found if one[1]]
    title = "Offered load, and what one UE costs"
    if not there:
        return parts.section("load", title, parts.paragraph(offered.absent(why)))
    first, load, _ = there[0]
    more = [note] * bool(note) + ([] if told else overloads(there))
    body = load_table(there) + "".join(map(parts.paragraph, more))
    body += parts.paragraph(f"What one UE costs, {first}:") + offered.server_table(load) + offered.detail_table(load)
    return parts.section("load", title, body)


def verdict_sentences(points, of_row):
    """At which points which verdict, the worst first; points: rows with `point`, of_row: their verdict or ""."""
    groups = {}
    for row in points:
        if of_row(row):
            groups.setdefault(of_row(row), []).append(row)
    if not groups:
        return [], ""
    texts, worst = [], max(groups, key=verdict.WORDS.index)
    for word in sorted(groups, key=verdict.WORDS.index, reverse=True):
        there = groups[word]
        named = words.named_points([int(row["point"]) for row in there])
        where = "every point" if len(there) == len(points) > 1 else named
        texts.append(f"{word[0].upper()}{word[1:]} at {where}{_some(word, there)}: {MEANINGS[word]}.")
    return texts, worst


def _some(word, rows):
    """Whether it befell all runs; it is the worst of each point."""
    column = next((name for name, named in verdict.COLUMNS.items() if named == word), None)
    shares = [row[f"{column}_mean"] for row in rows] if column else [1.0]
    return "" if min(shares) >= 1 else f" (in {wording.percent(min(shares))} of the runs or more)"


MEANINGS = {
    verdict.CALM: "no job waited longer than 1 s for a worker, and nobody was turned away",
    verdict.OVERLOADED: "jobs waited longer than 1 s for a worker or were turned away, and the storm came to its end by itself",
    verdict.CUT_OFF: "run.end came before the storm had ended, so what came after is in no number",
    verdict.COLLAPSED: "for 10 s or more without a break nothing useful was served: all that a server did came too late",
}
