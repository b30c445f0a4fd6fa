# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The report of a run."""

import shlex

from pullstorm_results import offered, parts, reading, run_plots, verdict, wording, words
from pullstorm_results.choice import Choice

BOOKS = ("sent", "duplicated", "received", "rejected", "lost", "in_flight")


def scenario_tables(text):
    """What differs from the defaults as a table, all the rest folded."""
    values = reading.scenario_values(text)
    known = reading.known_keys()
    changes = reading.changes(values)
    other, same = [], []
    for key, value in values.items():
        if key.startswith("at "):
            continue
        about = known.get(key)
        row = (
            key,
            value or "(none)",
            about["default"] or "(none)" if about else "",
            about["meaning"] if about else "",
        )
        (same if about and value == about["default"] else other).append(row)
    header = ("key", "value", "default", "meaning")
    found = (
        parts.table("What differs from the defaults", header, other, 4)
        if other
        else parts.paragraph("Every key has its default.")
    )
    if changes:
        rows = [(time, key, value, known.get(key, {}).get("meaning", "")) for time, key, value in changes]
        found += parts.table("What changes during the run", ("at", "key", "value", "meaning"), rows, 4)
    if same:
        rows = [(key, value, meaning) for key, value, _, meaning in same]
        found += parts.folded(
            f"{len(same)} keys have their default",
            parts.table("Keys that have their default", ("key", "value", "meaning"), rows, 3),
        )
    return found


def server_table(run):
    waits = {row["procedure"]: row for row in run.latency.to_dict("records")}
    rows = []
    for prefix, name in wording.SERVERS:
        wait = waits.get(f"{prefix}_wait", {})
        rows.append(
            (
                name,
                ", ".join(wording.count(count) + (f" from {wording.seconds(begin)} on" if begin else "")
                          for begin, count in run_plots.workers(run, prefix)),
                wording.percent(run.metrics.get(f"{prefix}_utilisation_ratio", float("nan"))),
                wording.count(run.metrics.get(f"{prefix}_queue_max", float("nan"))),
                wording.count(run_plots.number(run.keys.get(f"{prefix}.queue_limit"))),
                wording.seconds(run.metrics.get(f"{prefix}_wait_mean_s", float("nan"))),
                wording.seconds(wait.get("p99_s", float("nan"))),
            )
        )
    table = parts.table(
        "Servers", ("server", "workers", "utilisation", "longest queue", "limit", "mean wait", "wait p99"), rows
    )
    return table + "".join(map(parts.paragraph, words.beyond_limits(run)))


def latency_table(run):
    columns = [name for name in ("mean_s", "p50_s", "p90_s", "p95_s", "p99_s", "p999_s", "max_s") if name in run.latency]
    titles = {
        "mean_s": "mean",
        "p50_s": "median",
        "p90_s": "p90",
        "p95_s": "p95",
        "p99_s": "p99",
        "p999_s": "p99.9",
        "max_s": "largest",
    }
    rows = []
    for row in run.latency.to_dict("records"):
        times = [wording.seconds(row[name]) if row["count"] else "–" for name in columns]
        rows.append(
            (row["procedure"], words.PROCEDURES.get(row["procedure"], ""), wording.count(row["count"]), *times)
        )
    header = ("procedure", "from and to", "count", *(titles[name] for name in columns))
    return parts.table("How long the procedures took", header, rows, 2)


def counter_tables(run):
    known = reading.known_metrics()
    some, none = [], []
    for name, value in run.metrics.items():
        if not name.startswith("books_"):
            text = wording.metric_text(name, value) if value == value else "no value"
            row = (name, text, known.get(name, ("", ""))[1])
            (some if value else none).append(row)
    header = ("counter", "value", "meaning")
    found = parts.table("Metrics other than 0", header, some, 3)
    if none:
        found += parts.folded(f"{len(none)} metrics are 0", parts.table("Metrics that are 0", header, none, 3))
    return found + books_table(run)


def books_table(run):
    """The account of every kind of message."""
    kinds = [
        name[len("books_") : -len("_sent")]
        for name in run.metrics
        if name.startswith("books_") and name.endswith("_sent")
    ]
    rows = []
    for kind in kinds:
        values = [run.metrics.get(f"books_{kind}_{part}", 0) for part in BOOKS]
        if any(values):
            rows.append((kind, *map(wording.count, values)))
    if not rows:
        return ""
    header = ("message", *(part.replace("in_flight", "under way") for part in BOOKS))
    return parts.folded("The account of every kind of message", parts.table("Messages", header, rows))


def reproduction(run):
    manifest = run.manifest
    line = manifest.get("command_line", [])
    command = " ".join(shlex.quote(str(word)) for word in line) if isinstance(line, list) else str(line)
    facts = [
        ("program", f"{manifest.get('program', 'pullstorm')} {manifest.get('version', '')}"),
        ("engine", manifest.get("engine", "")),
        ("seed", manifest.get("seed", "")),
        ("fingerprint of all events", manifest.get("fingerprint", "")),
        ("events", manifest.get("events", "")),
        ("SHA-256 of the scenario", manifest.get("scenario_sha256", "")),
        ("compiler", manifest.get("compiler", "")),
        ("started", manifest.get("started", "")),
        ("wall time", wording.seconds(run_plots.number(manifest.get("wall_s"), float("nan")))),
        ("peak memory", wording.memory(run_plots.number(manifest.get("peak_memory_bytes")))),
    ]
    body = parts.paragraph("The command line was:") + parts.text_block(command, "command line")
    body += parts.paragraph(
        "The same version run with the scenario below gives the same files byte for byte, but for "
        "manifest.json, and the same fingerprint:"
    )
    body += parts.text_block(f"pullstorm run {shlex.quote(run.name + '.ini')}", "command to repeat the run")
    body += parts.table("The run", ("", ""), [(name, str(value)) for name, value in facts if value != ""], 2)
    return body + parts.folded(
        "The whole scenario, to copy", parts.text_block(str(manifest.get("scenario_text", "")), "scenario")
    )


def opening(run, load):
    keys = words.keys_of(run)
    said = verdict.sentences(run.metrics, keys.text("run.end"))
    answers = [said] * bool(said) + [words.answer(run), words.relief(run, load)]
    return parts.opening([words.scenario(keys)], words.QUESTION, verdict.of(run.metrics), answers, [words.UNCERTAIN])


def document(path, choice=Choice()):
    """The page of the run in the folder path."""
    run = reading.read_run(path, run_plots.columns_of(choice))
    charts = run_plots.charts(run, choice)
    text = str(run.manifest.get("scenario_text", ""))
    load, why = offered.of_scenario(text)
    body = opening(run, load) + offered.section(load, why) + parts.warning_list(words.warnings(run, load))
    body += parts.section(
        "summary", "Summary", "".join(map(parts.paragraph, words.summary(run, load))) + server_table(run)
    )
    body += parts.section("scenario", "Scenario", scenario_tables(text))
    body += parts.section("plots", "Plots", parts.figures(charts))
    body += parts.section("latency", "Durations", latency_table(run))
    body += parts.section("counters", "Counters", counter_tables(run))
    body += parts.section("reproduce", "How to repeat it", reproduction(run))
    subtitle = f"A run of pullstorm {run.manifest.get('version', '')}, seed {run.manifest.get('seed', '')}"
    return parts.whole(run.name, subtitle, body, charts)
