# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""For scripts/coverage: what the tests of a build with --enable-coverage reached, room by room, held against
coverage-floor.csv.

A branch is one way out of a condition as gcc has it at -O0, so `a && b` has four. Those of an assertion do not
count, for its failure is never to be reached; nor do the ways that exceptions take in C++. Functions of instructions
that this processor does not have are left out, by the ends of their names."""
import argparse
import csv
import json
import re
import subprocess
import sys
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
FLOORS = TOP / "tests/coverage-floor.csv"
# All branches of a macro are those of its first line.
ASSERTION = re.compile(r"\b(g_assert(_\w+)?|assert|NS_ASSERT(_\w+)?) ?\(")
# What a processor must have (flags of /proc/cpuinfo) to run the functions of these names.
INSTRUCTIONS = {"_avx2": {"avx2"}, "_avx512": {"avx512f", "avx512bw", "avx512vl"}}
SLACK = 0.5  # of a percent: threads and signals do not take the same ways in each run


def reports(folder):
    """gcov's report on each object: path of a source below TOP, and its lines."""
    objects = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.gcno"))
    if not objects:
        sys.exit(f"coverage: {folder} has no objects built with --enable-coverage")
    run = subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--stdout", *objects], cwd=folder,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    for text in run.stdout.splitlines():
        report = json.loads(text)
        for source in report["files"]:
            path = (folder / report["current_working_directory"] / source["file"]).resolve()
            if path.is_file() and (path.is_relative_to(TOP / "models") or path.is_relative_to(TOP / "sim")):
                yield path.relative_to(TOP), source["lines"]


def unable():
    """Ends of names of the functions that cannot run on this processor."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = re.search(r"^flags\s*: (.*)$", cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else "", re.M)
    has = set(flags[1].split()) if flags else set()
    return tuple(end for end, needs in INSTRUCTIONS.items() if not needs <= has)


def gather(folder):
    """By file and (line, function): how often it ran, and each of its branches. What a header holds is in many
    objects, and what any of them did counts."""
    files = defaultdict(lambda: defaultdict(lambda: (0, [])))
    left_out = unable()
    for end in left_out:
        print(f"SKIP: this processor cannot run functions named *{end}")
    for path, lines in reports(folder):
        for line in lines:
            key = line["line_number"], line.get("function_name", "")
            if key[1].endswith(left_out):
                continue
            count, branches = files[path][key]
            taken = [branch["count"] for branch in line["branches"] if not branch["throw"]]
            files[path][key] = (count + line["count"],
                                [a + b for a, b in zip_longest(branches, taken, fillvalue=0)])
    for path, lines in files.items():
        text = (TOP / path).read_text(encoding="utf-8").splitlines()
        if max(lines)[0] > len(text):
            sys.exit(f"coverage: {folder} holds objects of another {path}: make clean there first")
        for key in [key for key in lines if ASSERTION.search(text[key[0] - 1])]:
            del lines[key]
    return files


def percent(reached):
    return 100 * sum(reached) / len(reached) if reached else 100.0


def by_room(files):
    """Percents of lines and of branches of each folder."""
    lines, branches = defaultdict(list), defaultdict(list)
    for path, keys in files.items():
        room = str(path.parent)
        ran = defaultdict(bool)
        for (number, _), (count, taken) in keys.items():
            ran[number] |= count > 0
            branches[room] += [times > 0 for times in taken]
        lines[room] += ran.values()
    return {room: (percent(lines[room]), percent(branches[room])) for room in sorted(lines)}


def floors_read():
    with FLOORS.open(encoding="utf-8", newline="") as file:
        return {row["room"]: (int(row["lines"]), int(row["branches"])) for row in csv.DictReader(file)}


def floors_raise(rooms, floors):
    for room, reached in rooms.items():
        new = (100 if value == 100 else int(max(0, value - SLACK)) for value in reached)
        floors[room] = tuple(map(max, new, floors.get(room, (0, 0))))
    with FLOORS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("room", "lines", "branches"))
        writer.writerows((room, *floors[room]) for room in sorted(floors))


def shown(value):
    return f"{int(value * 10) / 10:.1f}"  # never rounded up: 100.0 is all


def judge(rooms, floors):
    """Prints the table. Are all rooms at or above their floors?"""
    good = True
    print(f"{'room':16} {'lines':>6} {'floor':>6} {'branches':>9} {'floor':>6}")
    for room, reached in rooms.items():
        floor = floors.get(room, (0, 0))
        fault = ""
        if room not in floors:
            fault = f"  has no floor in {FLOORS.relative_to(TOP)}: --update writes one"
        elif reached[0] < floor[0] or reached[1] < floor[1]:
            fault = "  is below its floor"
        good = good and not fault
        print(f"{room:16} {shown(reached[0]):>6} {floor[0]:6} {shown(reached[1]):>9} {floor[1]:6}{fault}")
    for room in sorted(set(floors) - set(rooms)):
        print(f"SKIP: {room} is not in this build")
    return good


def list_missing(files):
    for path in sorted(files):
        for (number, function), (_, taken) in sorted(files[path].items()):
            if 0 in taken:
                print(f"{path}:{number}: {function}: {taken.count(0)} of {len(taken)} branches not taken")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="the build")
    parser.add_argument("--update", action="store_true", help="raise the floors to what was reached")
    parser.add_argument("--missing", action="store_true", help="list the lines with a branch not taken")
    options = parser.parse_args()
    files = gather(options.folder.resolve())
    if options.missing:
        list_missing(files)
    rooms, floors = by_room(files), floors_read()
    if options.update:
        floors_raise(rooms, floors)
    sys.exit(not judge(rooms, floors))


if __name__ == "__main__":
    main()
