# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Writes the folder of a study or a plan as pullstorm collect and pullstorm plan do, with made-up numbers.

study_fixture.py DIR SHAPE: one (an axis), two (two axes), variants, single (one replication), thirty (30 values),
failed (some runs failed), facets (two axes and a variant), text (an axis without an order), point (no axis at all),
steps (an axis of two keys), many (more plots than are drawn), times (an axis of distributions), unkeyed (no UE gets a
key at a point), nobody (nor at any), begun (one point is finished), until (more runs where it is wide), fewer (less
runs than the study says), part (a point left out), plan, plans (a plan of three points), never, largest (met by all
values), mixed (as plans, but one answer is the largest value), parts (a target of two parts, and a window),
frontier (a plan of two keys), both (two, and a plan in the same folder), names
(variants whose names mean something to what reads or draws them), curves (some of these names, a curve each).
"""

import csv
import math
import os
import random
import sys

METRICS = [
    "ues",
    "ues_keyed",
    "ues_without_key",
    "time_to_key_p50_s",
    "time_to_key_p99_s",
    "storm_duration_s",
    "bmsc_utilisation_ratio",
    "bsf_utilisation_ratio",
    "hss_utilisation_ratio",
    "bmsc_wait_mean_s",
    "http_503",
    "bmsc_queue_max",
]
OF_KEYED = ("time_to_key_p50_s", "time_to_key_p99_s", "storm_duration_s")  # no value where no UE has the key
# Student's t, two-sided 95 %, for 1, 2 ... degrees of freedom.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
# To float(), matplotlib, awk, a shell, GNU parallel, Snakemake, HTML, CSS, JavaScript, CSV, an INI file, a text.
NAMES = ["inf", "nan", "a$b_{ c$", "from $5 to $6", "_hidden", "1_000", "x=y", "-n", "1", "1.0", "exp(2)", "*", "~/../..",
         "\\n%s%d \\$", "$(touch made) `id`", "{run} {} {.} {1} {= 1 =}", "</script><b>&amp;", "'\"", "#plot-x, .y:z",
         "__proto__", "a, b", ",", "; c", "UEs\u2028\u00a0", "é 端末"]  # fmt: skip
RATES = [200, 500, 1000, 2000, 5000]
SHAPES = {
    "one": ({"rate": {"pull.rate": RATES}}, [], 5),
    "two": ({"rate": {"pull.rate": RATES}, "workers": {"bmsc.workers": [1, 2, 4, 8, 16, 32]}}, [], 5),
    "variants": ({"rate": {"pull.rate": RATES}}, ["even", "poisson"], 5),
    "single": ({"rate": {"pull.rate": RATES}}, [], 1),
    "thirty": (
        {
            "expired": {"ue.muk_expired": [round(i / 29, 4) for i in range(30)]},
            "workers": {"bmsc.workers": list(range(1, 13))},
        },
        [],
        3,
    ),
    "failed": ({"rate": {"pull.rate": RATES}}, [], 5),
    "facets": (
        {"rate": {"pull.rate": RATES}, "workers": {"bmsc.workers": [2, 4, 8]}},
        ["even", "poisson"],
        3,
    ),
    "text": ({"pacing": {"pull.pacing": ["uniform", "poisson"]}}, ["even", "poisson"], 4),
    "point": ({}, [], 4),
    "many": (
        {
            "rate": {"pull.rate": RATES},
            "workers": {"bmsc.workers": [2, 4, 8]},
            "expired": {"ue.muk_expired": [0, 0.1, 0.2, 0.3]},
        },
        ["a", "b", "c", "d"],
        2,
    ),
    "times": (
        {
            "rate": {"pull.rate": RATES},
            "service": {"bmsc.service_time": ["fixed(0.02)", "exp(0.04)", "lognormal(0.04, 0.5)"]},
        },
        [],
        2,
    ),
    "unkeyed": ({"rate": {"pull.rate": RATES}}, [], 5),
    "nobody": ({"rate": {"pull.rate": RATES}, "workers": {"bmsc.workers": [2, 4, 8]}}, [], 2),
    "begun": ({"rate": {"pull.rate": RATES}}, [], 5),
    "until": ({"rate": {"pull.rate": RATES}}, [], 5),
    "fewer": ({"rate": {"pull.rate": RATES}}, [], 5),
    "part": ({"rate": {"pull.rate": RATES}}, [], 5),
    "names": ({}, NAMES, 2),
    "curves": ({"rate": {"pull.rate": RATES}}, NAMES[:8], 2),
    "steps": ({"size": {"bsf.workers": [2, 2, 4, 4], "bmsc.workers": [1, 2, 4, 8]}}, [], 2),
}


def storm(keys, rng):
    """Metrics of a made-up run: a queue that saturates as the pull rate nears what the workers can do."""
    capacity = 400.0 * keys.get("bmsc.workers", 4)
    load = keys.get("pull.rate", 1000) / capacity * (0.6 if keys.get("variant") == "poisson" else 1.0)
    noise = math.exp(rng.gauss(0, 0.06))
    wait = noise * (0.01 * load / max(0.02, 1 - load) if load < 0.98 else 0.5 + 10 * (load - 0.98))
    refused = round(max(0, load - 1.2) * 5000 * noise)
    left = round(max(0, load - 3) * 200 * noise)
    share = keys.get("ue.muk_expired", 0.1)
    return [
        20000,
        20000 - left,
        left,
        0.25 + wait,
        0.4 + 4 * wait + share,
        20000 / keys.get("pull.rate", 1000) + wait,
        min(1.0, load),
        min(1.0, share * load),
        min(1.0, 1.5 * share * load),
        wait,
        refused,
        min(1000, round(900 * load)),
    ]


def replications_of(shape, point, wanted):
    """How many runs there are of a point."""
    if shape == "begun":
        return wanted if point == 3 else 0
    if shape == "until":
        return wanted + point - 1
    if shape == "fewer":
        return 3
    return 0 if shape == "part" and point == 2 else wanted


def keyless(shape, point):
    return shape == "nobody" or (shape == "unkeyed" and point == 3)


def number(value):
    if value is None:
        return ""
    return repr(round(value, 9)) if isinstance(value, float) else str(value)


def product(axes, variants):
    """Every point as {key: value}, the first axis varying slowest."""
    points = [{"variant": variant} for variant in variants] or [{}]
    for keys in axes.values():
        length = len(next(iter(keys.values())))
        points = [
            {**point, **{key: values[i] for key, values in keys.items()}}
            for point in points
            for i in range(length)
        ]
    return points


def statistics(values):
    """mean, sd, ci_low, ci_high"""
    values = [value for value in values if value is not None]
    n = len(values)
    if n == 0:
        return [""] * 4
    mean = sum(values) / n
    if n < 2:
        return [number(mean), "", "", ""]
    sd = math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    half = STUDENT[n - 2] * sd / math.sqrt(n)
    return [number(float(value)) for value in (mean, sd, mean - half, mean + half)]


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def study_text(axes, variants, replications):
    lines = [
        "[study]",
        "base = base.ini",
        "title = Made-up storms <&>",
        f"replications = {replications}",
        "metrics = time_to_key_p99_s, ues_without_key, http_503, bmsc_utilisation_ratio",
    ]
    for name, keys in axes.items():
        lines += ["", f"[axis {name}]"] + [
            f"{key} = {', '.join(map(str, values))}" for key, values in keys.items()
        ]
    for name in variants:
        lines += ["", f"[variant {name}]", f"bmsc.retry_after = {'60s' if name == 'poisson' else '10s'}"]
    return "\n".join(lines) + "\n"


def write_study(folder, shape):
    axes, variants, replications = SHAPES[shape]
    points = product(axes, variants)
    columns = list(points[0])
    rng = random.Random(7)
    runs, rows = [], []
    for number_of, point in enumerate(points, 1):
        finished = []
        for replication in range(1, replications_of(shape, number_of, replications) + 1):
            values = storm(point, rng)
            if keyless(shape, number_of):
                values = [None if name in OF_KEYED else value for name, value in zip(METRICS, values)]
            bad = shape == "failed" and (number_of == 5 or (number_of == 3 and replication < 3))
            status = "failed: timeout 600s" if bad else "done"
            runs.append(
                [
                    number_of,
                    replication,
                    replication,
                    status,
                    *point.values(),
                    *([""] * len(values) if bad else map(number, values)),
                ]
            )
            if not bad:
                finished.append(values)
        columns_of = [[values[i] for values in finished] for i in range(len(METRICS))]
        rows.append([number_of, *point.values(), len(finished), *sum((statistics(one) for one in columns_of), [])])
    write_csv(
        os.path.join(folder, "runs.csv"), [["point", "replication", "seed", "status", *columns, *METRICS], *runs]
    )
    header = [f"{metric}_{part}" for metric in METRICS for part in ("mean", "sd", "ci_low", "ci_high")]
    write_csv(os.path.join(folder, "study.csv"), [["point", *columns, "n", *header], *rows])
    for name, text in (
        ("study.ini", study_text(axes, variants, replications)),
        ("base.ini", "[ue]\ncount = 20k\n[bmsc]\nqueue_limit = 1k\n"),
    ):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def write_plan(folder, shape):
    """The smallest number of workers for which 99 % have their key in 2 s, at one or three pull rates."""
    rates = [500, 1000, 2000] if shape in ("plans", "mixed") else [1000]
    metric = "time_to_key_p99_s"
    rng = random.Random(11)
    question = {
        "target": f"{metric} < 2s",
        "vary": "bmsc.workers=1..16",
        "sought": "largest" if shape == "largest" else "smallest",
        "replications": "2..5",
    }
    answers, curve = [], []
    for point, rate in enumerate(rates, 1):
        met = []
        for workers in [1, 2, 3, 4, 6, 8, 16]:
            values = [
                storm({"pull.rate": rate, "bmsc.workers": 99 if shape == "largest" else workers}, rng)[4]
                + 9 * (shape == "never")
                for _ in range(5)
            ]
            mean, _, low, high = statistics(values)
            meets = "yes" if float(high) < 2 else "no" if float(low) > 2 else "unsure"
            curve.append([point, rate, workers, 5, mean, low, high, meets])
            met += [curve[-1]] if meets == "yes" else []
        best = met[-1 if shape == "largest" else 0] if met else None
        beside = curve[curve.index(best) - 1] if best and shape != "largest" else None
        question["sought"] = "largest" if shape == "mixed" and rate == 2000 else question["sought"]
        answers.append(
            [
                point,
                rate,
                "bmsc.workers",
                best[2] if best else "",
                ("met" if beside else "always") if best else "never",
                *(best[4:7] if best else [""] * 3),
                *(beside[2:3] + beside[4:7] if beside else [""] * 4),
                "no" if rate == 2000 else "yes",
                *question.values(),
            ]
        )
    parts = [f"{metric}_{part}" for part in ("mean", "ci_low", "ci_high")]
    write_csv(
        os.path.join(folder, "plan.csv"),
        [
            [
                "point",
                "pull.rate",
                "key",
                "answer",
                "status",
                *parts,
                "neighbour",
                *(f"neighbour_{part}" for part in parts),
                "sure",
                *question,
            ],
            *answers,
        ],
    )
    write_csv(os.path.join(folder, "plan_target.csv"), [["metric", "comparison", "bound"], [metric, "<", 2]])
    write_csv(
        os.path.join(folder, "plan_curve.csv"), [["point", "pull.rate", "value", "n", *parts, "meets"], *curve]
    )
    if shape == "parts":
        make_window(folder, f"{metric} < 2s", "bmsc.workers < 10")


def make_window(folder, first, second):
    """The target has two parts, of which too few workers fail the first and too many the second."""

    def changed(name, change):
        with open(os.path.join(folder, name), newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row.update(change(row))
        write_csv(os.path.join(folder, name), [rows[0].keys(), *(row.values() for row in rows)])

    def judged(row):
        failed = [first] * (row["meets"] != "yes") + [second] * (int(row["value"]) > 8)
        return {"meets": "no" if failed else "yes", "failed": " and ".join(failed)}

    changed("plan_curve.csv", judged)
    ends = {"window_low": "3", "window_high": "8", "below_failed": first, "above_failed": second}
    changed("plan.csv", lambda row: {"status": "window", "answer": "3", "target": f"{first} and {second}", **ends})


def write_frontier(folder, meets, cost, size):
    """frontier.csv of two keys, of 1 to size each; meets() and cost() take both."""
    rows = [[a, b, cost(a, b), int(meets(a, b))] for a in range(1, size + 1) for b in range(1, size + 1)]
    best = min((row for row in rows if row[3]), key=lambda row: row[2], default=None)
    header = ["bmsc.workers", "hss.workers", "cost", "meets", "cheapest"]
    write_csv(os.path.join(folder, "frontier.csv"), [header, *([*row, int(row is best)] for row in rows)])


def main():
    folder, shape = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    if shape in SHAPES or shape == "both":
        write_study(folder, "two" if shape == "both" else shape)
    if shape not in SHAPES:
        write_plan(folder, shape)
    if shape == "frontier":
        write_frontier(folder, lambda a, b: a * b >= 20, lambda a, b: 3 * a + 10 * b, 20)


if __name__ == "__main__":
    main()
