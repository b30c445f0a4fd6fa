# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What pullstorm load expects of the points of this study, beside what came out: expected.csv and boundary.png.

    draw.py PULLSTORM STUDY.INI FOLDER

FOLDER: of the study, collected; the files go there. scripts/rebuild-results calls it.
"""

import csv
import os
import shlex
import subprocess
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

ENDS = ("_ci_low", "_ci_high")
COLOURS = {"calm": "#d6ead0", "overloaded": "#f6dd8c", "cut off": "#c3c3c3", "collapsed": "#cf5b4f"}


def expected_of(pullstorm, line):
    """name: value of pullstorm load for the run of this command line."""
    words = shlex.split(line)
    keep = [words[2]]
    for word, value in zip(words, words[1:]):
        if word == "-s":
            keep += [word, value]
    said = subprocess.run([pullstorm, "load", *keep, "--format", "csv"], check=True, capture_output=True, text=True)
    return {row["name"]: row["value"] for row in csv.DictReader(said.stdout.splitlines())}


def rows_of(pullstorm, study, folder):
    """A row of expected.csv for each point."""
    lines = subprocess.run(
        [pullstorm, "expand", study, "--replications", "1"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    with open(os.path.join(folder, "study.csv"), newline="", encoding="utf-8") as file:
        points = list(csv.DictReader(file))
    for point, line in zip(points, lines, strict=True):
        load = expected_of(pullstorm, line)
        yield {
            "point": point["point"],
            "variant": point["variant"],
            "ue.muk_expired": point["ue.muk_expired"],
            "diameter.timeout": point["diameter.timeout"],
            "hss_offered_ratio": load["hss_offered_ratio"],
            "expected": "" if load["left_out"] else load["verdict"],
            "verdict": point["verdict"],
            "collapsed_runs": str(round(float(point["collapsed_mean"]) * int(point["n"]))),
            "expected_keyed_ratio": "" if load["left_out"] else load["keyed_ratio"],
            **{f"ues_keyed_ratio{end}": point["ues_keyed_ratio" + (end or "_mean")] for end in ("", *ENDS)},
            "expected_recovery_s": "" if load["left_out"] else load["recovery_s"],
            "recovery_s": point["recovery_s_mean"],
            **{f"hss_useful_ratio{end}": point["hss_useful_ratio" + (end or "_mean")] for end in ("", *ENDS)},
            **{f"update_p99_s{end}": point["update_p99_s" + (end or "_mean")] for end in ("", *ENDS)},
        }


def cell(axes, x, y, row):
    axes.add_patch(pyplot.Rectangle((x, y), 1, 1, facecolor=COLOURS[row["verdict"]], edgecolor="white", linewidth=1.5))
    share = f"{100 * float(row['ues_keyed_ratio']):.0f} %"
    axes.text(x + 0.5, y + 0.5, share, ha="center", va="center", fontsize=7.5)
    if row["expected"] not in ("", row["verdict"]):
        dot(axes, x + 0.86, y + 0.82, COLOURS[row["expected"]])


def dot(axes, x, y, colour):
    return axes.plot([x], [y], "o", markersize=6, markerfacecolor=colour, markeredgecolor="black", markeredgewidth=0.8)[0]


def panel(axes, name, rows):
    loads = sorted({float(row["hss_offered_ratio"]) for row in rows})
    waits = sorted({float(row["diameter.timeout"]) for row in rows})
    for row in rows:
        cell(axes, loads.index(float(row["hss_offered_ratio"])), waits.index(float(row["diameter.timeout"])), row)
    unsaid = "" if any(row["expected"] for row in rows) else " (no expectation)"
    axes.set_title(name + unsaid, fontsize=9)
    axes.set_xlim(0, len(loads))
    axes.set_ylim(0, len(waits))
    axes.set_xticks([i + 0.5 for i in range(len(loads))], [f"{100 * load:.0f}" for load in loads], fontsize=8)
    axes.set_yticks([i + 0.5 for i in range(len(waits))], [f"{wait:g} s" for wait in waits], fontsize=8)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def boundary(rows, path):
    """A map of each variant: the worst verdict of its runs over offered load and patience."""
    variants = list(dict.fromkeys(row["variant"] for row in rows))
    columns = 4
    lines = -(-len(variants) // columns)
    figure, grid = pyplot.subplots(lines, columns, figsize=(11, 2.35 * lines + 0.9), squeeze=False)
    panels = [axes for line in grid for axes in line]
    for axes, name in zip(panels, variants):
        panel(axes, name, [row for row in rows if row["variant"] == name])
    for axes in panels[len(variants) :]:
        axes.set_visible(False)
    for place, line in enumerate(grid):
        line[0].set_ylabel("patience of the BSF", fontsize=8)
        for axes in line:
            if place == lines - 1 or not grid[place + 1][list(line).index(axes)].get_visible():
                axes.set_xlabel("offered load at the HSS, %", fontsize=8)
    names = [name for name in COLOURS if any(row["verdict"] == name for row in rows)]
    handles = [pyplot.Rectangle((0, 0), 1, 1, facecolor=COLOURS[name]) for name in names]
    handles.append(pyplot.Line2D([], [], marker="o", linestyle="", markerfacecolor="white", markeredgecolor="black"))
    names.append("in its colour: what pullstorm load expected, where it was another")
    figure.legend(handles, names, loc="lower right", ncols=len(names), fontsize=9)
    figure.suptitle("Worst verdict of three runs, and the share of UEs that got the key", fontsize=10)
    figure.tight_layout(rect=(0, 0.04, 1, 0.98))
    figure.savefig(path, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def main(pullstorm, study, folder):
    rows = list(rows_of(pullstorm, study, folder))
    with open(os.path.join(folder, "expected.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    boundary(rows, os.path.join(folder, "boundary.png"))


if __name__ == "__main__":
    main(*sys.argv[1:])
