# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The report of a comparison."""

import os
import shlex

from pullstorm_results import compare_plots, parts, reading, wording, words
from pullstorm_results.compare_plots import ALIKE, CHANCE, DIFFERS, GAINED, LOST, UNTOLD

MAIN = ("ues_keyed_ratio", "update_p50_s", "update_p99_s")
MOST_ASKED = 3  # keys in the question
MOST_OPEN = 25  # rows; more are folded
METHOD = (
    "Differences are of pairs of runs. Which are real is corrected for the number that was looked at, by Benjamini and "
    f"Hochberg: at most 5{wording.SPACE}% of those that are called so are chance, on the average. Intervals hold the "
    f"difference in 95{wording.SPACE}% of cases, each by itself."
)
KINDS = (
    "Of maxima and durations A and B are the medians of their runs, B – A is the median of the differences of the pairs, and the "
    "relative difference the median of the quotients of the pairs, less 1: these need not fit together. Of percentiles the runs of "
    "a side are pooled; of all others A and B are means, B – A is their difference and the relative one B / A – 1. Over several "
    "pairs of points the same is said of the means over these."
)
MOST_LOOKED = 60  # runs of a side whose scenario is read


def change(relative):
    """+12 %, or "x 12" of what is ten times as much or more."""
    if relative != relative:
        return ""
    if relative >= 9:
        return f"x{wording.SPACE}{wording.significant(relative + 1)}"
    return f"{'+' if relative > 0 else ''}{wording.significant(100 * relative)}{wording.SPACE}%"


def signed(name, value, unit=True):
    """A difference; of shares in percentage points, which are no per cent of anything."""
    if wording.metric_unit(name) == "ratio":
        return f"{100 * value:+.3g}{f'{wording.SPACE}percentage points' * unit}"
    return ("+" if value > 0 else "") + wording.metric_text(name, value)


def interval(row):
    """The 95 % interval, or why there is none."""
    if row["ci_low"] == row["ci_low"]:
        return f"{signed(row['metric'], row['ci_low'], False)} to {signed(row['metric'], row['ci_high'])}"
    return "one pair of runs: no interval" if row["pairs"] == "1" else row["ci_note"]


def without_value(row):
    return f"no value in {row['empty_a']} of {row['pairs']} runs of A and {row['empty_b']} of B"


def sentence(row):
    """What became of one metric."""
    name = row["metric"]
    a, b = (wording.metric_text(name, row[side]) for side in "ab")
    title = wording.metric_title(name)
    if row["verdict"] in (LOST, GAINED):
        return f"{title}: {without_value(row)}."
    if row["verdict"] == ALIKE:
        return f"{title}: {a} on both sides."
    if row["a"] != row["a"]:
        return f"{title}: no value on either side."
    if row["verdict"] == CHANCE:
        return f"{title}: {a} with A, {b} with B; not told apart from chance ({interval(row)})."
    relative = f", {change(row['relative'])}" if change(row["relative"]) else ""
    return f"{title}: {a} with A, {b} with B: {signed(name, row['difference'])}{relative} ({interval(row)})."


def named(comparison, side):
    about = comparison.sides[side]
    return f"{about['path']}{', ' if about['condition'] else ''}{about['condition']}"


def _texts(comparison, side):
    """Of a run of each pair of points whose folder is still there: {key: text}."""
    found = {}
    for row in comparison.runs:
        if row["side"] == side and row["points"] not in found and len(found) < MOST_LOOKED:
            file = os.path.join(row["folder"], "manifest.json")
            if os.path.exists(file):
                found[row["points"]] = reading.scenario_values(str(reading.read_manifest(file).get("scenario_text", "")))
    return list(found.values())


def scenario(comparison):
    """Paragraphs: that of both sides, where they differ with the values of each."""
    sides = [_texts(comparison, side) for side in "AB"]
    if not all(sides):
        return ["The folders of the runs are not there any more: the scenario is not known here but for what differs in it."]
    varied = {}
    for key in dict.fromkeys(key for texts in sides for text in texts for key in text):
        default = reading.known_keys().get(key, {}).get("default", "")
        a, b = (list(dict.fromkeys(text.get(key, default) for text in texts)) for texts in sides)
        if a != b:
            varied[key] = f"{words.either(a)} (A) or {words.either(b)} (B)"
        elif len(a) > 1:
            varied[key] = words.either(a)
    return [words.scenario(words.Keys(sides[0][0], varied))]


def question(comparison):
    """In one sentence."""
    if not comparison.keys:
        return "Do A and B differ by more than chance, though no key of the scenario differs?"
    changes = [f"{row['key']} goes from {compare_plots.key_text(row, 'A')} (A) to {compare_plots.key_text(row, 'B')} (B)"
               for row in comparison.keys[:MOST_ASKED]]
    more = len(comparison.keys) - MOST_ASKED
    changes += [f"{words.plural(more, 'more key differs', 'more keys differ')}"] if more > 0 else []
    return f"What becomes different if {words.listed(changes)}?"


def uncertain(comparison):
    runs = comparison.pairs()
    if all(row["pairs"] == "1" for row in comparison.main()):
        return "One pair of runs says nothing of chance: a study with replications would."
    return f"By {runs} pairs of runs; in brackets the 95{wording.SPACE}% interval of the difference, or why there is none."


def what(comparison):
    """What is held against what, in words."""
    count = len(comparison.keys)
    differ = words.plural(count, "key of the scenario differs", "keys of the scenario differ")
    text = differ if count else "No key of the scenario differs"
    points = comparison.points()
    over = f" at {words.plural(len(points), 'pair')} of points" if len(points) > 1 else ""
    runs = comparison.pairs()
    return [
        f"A is {named(comparison, 'A')}; B is {named(comparison, 'B')}.",
        f"{text}. {words.plural(runs, 'pair')} of runs{over} {'is' if runs == 1 else 'are'} compared.",
    ]


def answer(comparison):
    rows = comparison.main()
    real = [row for row in rows if row["verdict"] == DIFFERS]
    lost = [row for row in rows if row["verdict"] in (LOST, GAINED)]
    untold = [row for row in rows if row["verdict"] == UNTOLD]
    alike = sum(row["verdict"] in (ALIKE, CHANCE) for row in rows)
    over = " in the mean over all pairs of points" if len(comparison.points()) > 1 else ""
    text = f"{words.plural(len(real), 'metric')} really {'differs' if len(real) == 1 else 'differ'}{over}"
    if lost:
        text += f"; {words.plural(len(lost), 'metric')} {'has' if len(lost) == 1 else 'have'} a value in more runs of one side"
    if untold:
        text += f"; of {len(untold)} more that differ there are too few runs to tell whether by chance"
    found = [f"{text}; {alike} are alike, or no more apart than by chance."]
    return found + [sentence(row) for row in map(comparison.row, MAIN) if row is not None]


def warnings(comparison):
    found = [f"{words.plural(int(about['missing']), 'run')} of {side} are not there, failed or damaged."
             for side, about in comparison.sides.items() if about.get("missing", "0") not in ("", "0")]
    versions = {about["version"] for about in comparison.sides.values()}
    if len(versions) > 1:
        found.append(f"The results were made by different versions of pullstorm: {words.listed(sorted(versions))}.")
    for side, about in comparison.sides.items():
        other = int(about.get("other_version") or 0)
        if other:
            found.append(f"{words.plural(other, 'run')} of {side} {'was' if other == 1 else 'were'} made by another "
                         f"version of pullstorm than its first, {about['version']}.")
    if any(row["key"] == "run.engine" for row in comparison.keys):
        found.append("The engines differ: what differs is also what they model.")
    lost = [row["metric"] for row in comparison.main() if row["verdict"] == LOST]
    if lost:
        found.append(f"Without a value in some runs of B, but not of A: {words.listed(lost)}.")
    everywhere = max((int(row["pairs"]) for row in comparison.main()), default=0)
    if any(int(row["pairs"]) > everywhere for row in comparison.rows):
        found.append(f"Means over all points are of the {words.plural(everywhere, 'replication')} that "
                     f"{'stands' if everywhere == 1 else 'stand'} at each of them.")
    if all(row["pairs"] == "1" for row in comparison.main()):
        found.append("One pair of runs says nothing of chance: no difference here has an interval.")
    return found


def difference_table(rows, caption):
    cells = []
    for row in rows:
        name = row["metric"]
        if row["verdict"] in (LOST, GAINED):
            cells.append((name, f"{wording.metric_title(name)}: {without_value(row)}", "", "", "", "", ""))
        else:
            values = (wording.metric_text(name, row["a"]), wording.metric_text(name, row["b"]))
            cells.append((name, wording.metric_title(name), *values, signed(name, row["difference"]), interval(row),
                          change(row["relative"])))
    return parts.table(caption, ("metric", "", "A", "B", "B – A", "95 % interval", "relative"), cells, 2)


def tables(comparison):
    rows = comparison.main()
    order = compare_plots.in_order(rows)
    real = [row for row in order if row["verdict"] != UNTOLD]
    untold = [row for row in order if row["verdict"] == UNTOLD]
    chance = [row for row in rows if row["verdict"] == CHANCE]
    found = parts.paragraph(METHOD) + parts.paragraph(KINDS)
    few = "What differs, of too few runs to tell whether by chance"
    for title, listed in (("What really differs", real), (few, untold)):
        if listed:
            found += difference_table(listed[:MOST_OPEN], title)
        if len(listed) > MOST_OPEN:
            rest = difference_table(listed[MOST_OPEN:], f"{title}, the rest")
            found += parts.folded(f"{len(listed) - MOST_OPEN} more", rest)
    if not real and not untold:
        found += parts.paragraph("Nothing really differs.")
    if chance:
        found += parts.folded(f"{len(chance)} metrics are no more apart than by chance",
                              difference_table(chance, "What is no more apart than by chance"))
    return found


def told(row):
    return row["verdict"] if row["verdict"] in (LOST, GAINED) else change(row["relative"]) or row["verdict"]


def point_table(comparison):
    rows = []
    for name in comparison.points():
        own = comparison.of(name)
        real = [row for row in compare_plots.in_order(own) if row["verdict"] != UNTOLD]
        shown = [f"{row['metric']} {told(row)}" for row in real[:3]]
        main = [comparison.row(metric, name) for metric in MAIN]
        cells = [f"{wording.metric_text(row['metric'], row['a'])} → {wording.metric_text(row['metric'], row['b'])}"
                 if row else "" for row in main]
        rows.append((name, ", ".join(shown) or "none", len(real), *cells))
    header = ("points", "largest real differences", "differ", *map(wording.metric_title, MAIN))
    return parts.table("Pairs of points", header, rows, 2)


def key_table(comparison):
    rows = [(row["key"], compare_plots.key_text(row, "A"), compare_plots.key_text(row, "B"),
             reading.known_keys().get(row["key"], {}).get("meaning", "")) for row in comparison.keys]
    if not rows:
        return parts.paragraph("No key differs.")
    return parts.table("What differs in the scenario", ("key", "A", "B", "meaning"), rows, 4)


def reproduction(comparison):
    line = ["pullstorm", "compare", comparison.sides["A"]["path"]]
    if comparison.sides["B"]["path"] != comparison.sides["A"]["path"] or not comparison.sides["A"]["condition"]:
        line.append(comparison.sides["B"]["path"])
    for side, about in comparison.sides.items():
        if about["condition"]:
            line += [f"--{side.lower()}", about["condition"]]
    command = " ".join(map(shlex.quote, line))
    columns = ("points", "side", "replication", "seed", "folder")
    rows = [tuple(row[name] or "–" for name in columns) for row in comparison.runs]
    body = parts.text_block(command, "command line")
    return body + parts.folded(f"{len(rows)} runs", parts.table("Runs", columns, rows, 5))


def document(path, choice):
    """The page of the comparison in the folder path; nothing of it can be chosen."""
    comparison = compare_plots.read(path, choice)
    charts = compare_plots.charts(comparison)
    body = parts.opening(scenario(comparison), question(comparison), "", answer(comparison), [uncertain(comparison)])
    body += parts.warning_list(warnings(comparison))
    body += parts.section("question", "What is compared", "".join(map(parts.paragraph, what(comparison))) +
                          key_table(comparison))
    note = "" if any(chart.name == "compare_keyed" for chart in charts) else parts.paragraph(
        "The folders of the runs are not there any more: there are no curves.")
    body += parts.section("plots", "Curves over each other", note + parts.figures(charts))
    body += parts.section("differences", "Differences", tables(comparison))
    if len(comparison.points()) > 1:
        body += parts.section("points", "Points", point_table(comparison))
    body += parts.section("reproduce", "How to repeat it", reproduction(comparison))
    names = [os.path.basename(os.path.abspath(about["path"])) for about in comparison.sides.values()]
    title = f"{names[0]} and {names[1]} compared" if names[0] != names[1] else f"{names[0]}: points compared"
    return parts.whole(title, "A comparison of two results of pullstorm", body, charts)
