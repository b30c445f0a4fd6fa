# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What must hold of any result, whatever the scenario: sums, books, order of percentiles, one file against another.

rules(folder) gives what does not hold, in words. Each rule knows only what "pullstorm metrics" and models/README.md
say of a number.
"""
import csv
import json
import math
import os

# Counters that go down again: a UE's key may be made invalid, and one that gave up may still be helped.
MAY_FALL = ("ues_keyed", "ues_gave_up", "ues_unanswered")
KINDS = ("pull", "msk", "msk_ack", "ua_post", "ua_auth_post", "ua_401", "ua_200", "ua_error", "ub_get", "ub_auth_get",
         "ub_401", "ub_200", "ub_error", "zn_bir", "zn_bia", "zh_mar", "zh_maa")

# (what is counted, "=" or "<=", what it must be): sums of columns of summary.csv.
SUMS = [line.split(maxsplit=2) for line in """
    ues_keyed+ues_without_key       =  ues
    ues_solicited                   <= ues
    ues_keyed                       <= ues_solicited
    ues_unanswered                  <= ues_solicited
    ues_gave_up                     <= ues_solicited
    pulls_sent                      =  ues_solicited+pull_retransmissions
    pulls_sent                      =  books_pull_sent
    pulls_received                  =  books_pull_received
    pulls_rejected                  =  books_pull_rejected
    pulls_received+msk_older_muk    =  pulls_accepted+pulls_coalesced
    pulls_expired_muk               <= pulls_received
    msk_sent                        =  books_msk_sent
    msk_delivered                   =  books_msk_received
    msk_delivered                   =  msk_installed+msk_invalidated+msk_older_muk
    books_msk_ack_sent              =  msk_installed+msk_invalidated
    msk_sent                        <= msk_requests+msk_retransmissions
    msk_retransmissions             <= msk_sent
    acks_received                   <= books_msk_ack_received
    msk_mismatch                    =  0
    msk_requests                    <= http_200
    http_401                        =  books_ua_401_sent
    http_200                        =  books_ua_200_sent
    http_503+http_504               <= books_ua_error_sent
    http_401_stale+http_401_renegotiate <= http_401
    ub_401                          =  books_ub_401_sent
    ub_200                          =  books_ub_200_sent
    ub_503+tmpi_unknown             <= books_ub_error_sent
    gba_runs                        <= gba_started
    gba_runs                        <= books_ub_200_received
    zn_requests                     =  books_zn_bir_sent
    zh_requests                     =  books_zh_mar_sent
    zn_unknown+zn_busy              <= books_zn_bia_received
    zh_busy                         <= books_zh_maa_received
    zn_late                         <= zn_timeouts
    zh_late                         <= zh_timeouts
    requests_preemptive             <= requests_started
    tcp_refused                     <= tcp_connections
    mikey_malformed+mikey_unknown_muk+mikey_replayed+mikey_bad_mac+mikey_expired_muk+mikey_foreign+acks_dropped = \
books_pull_rejected+books_msk_rejected+books_msk_ack_rejected
    """.replace("\\\n", "").strip().splitlines()]


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text else None


class Result:
    """The files of a run."""

    def __init__(self, folder):
        self.folder = folder
        self.summary = read_rows(os.path.join(folder, "summary.csv"))[0]
        self.series = read_rows(os.path.join(folder, "timeseries.csv"))
        self.latency = {row["procedure"]: row for row in read_rows(os.path.join(folder, "latency.csv"))}
        self.distribution = {}
        for row in read_rows(os.path.join(folder, "distribution.csv")):
            self.distribution.setdefault(row["procedure"], []).append(row)
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)

    def of(self, name):
        return int(self.summary[name])

    def real(self, name):
        return number(self.summary[name])

    def sum(self, terms):
        return sum(int(term) if term.isdigit() else self.of(term) for term in terms.split("+"))


def sums(result):
    for left, relation, right in SUMS:
        a, b = result.sum(left), result.sum(right)
        if not (a == b if relation == "=" else a <= b):
            yield f"{left} is {a}, {'expected' if relation == '=' else 'at most'} {right} = {b}"


def at_rest(result):
    """Where nothing was cut off, what arrived was dealt with."""
    if result.real("simulated_s") < result.real("run.end"):
        if result.of("acks_received") != result.of("books_msk_ack_received"):
            yield f"acks_received is {result.of('acks_received')}, {result.of('books_msk_ack_received')} arrived"
        if result.of("ues_active"):
            yield f"{result.of('ues_active')} UEs are in an exchange after all has ended"
        yield from (f"{kind} is under way after all has ended" for kind in KINDS if result.of(f"books_{kind}_in_flight"))


def books(result):
    """What was sent or doubled has arrived, was lost, or is under way; nothing is lost where nothing can be."""
    for kind in KINDS:
        sent, doubled, received, rejected, lost, flying = (
            result.of(f"books_{kind}_{what}")
            for what in ("sent", "duplicated", "received", "rejected", "lost", "in_flight"))
        if sent + doubled != received + rejected + lost + flying or min(sent, doubled, received, rejected, lost, flying) < 0:
            yield f"books of {kind}: {sent} + {doubled} is not {received} + {rejected} + {lost} + {flying}"
    for name, key in (("lost", "loss"), ("duplicated", "duplicate"), ("late", "late")):
        fault = {"lost": "drop", "duplicated": "duplicate", "late": "delay"}[name]
        if result.of(f"packets_{name}") and result.real(f"access.{key}") == 0 and not result.summary[f"fault.{fault}"]:
            yield f"packets_{name} is {result.of(f'packets_{name}')} without a reason"
    if result.of("packets_corrupted") and not result.summary["fault.corrupt"]:
        yield "packets_corrupted without a reason"


def times(result):
    s = result
    end = s.real("simulated_s")
    if end > s.real("run.end"):
        yield f"simulated_s is {end}, after run.end"
    marks = [s.real(f"time_to_key_{name}_s") for name in ("p50", "p99", "max")]
    if (s.of("ues_keyed") == 0) != (s.summary["storm_duration_s"] == ""):
        yield "storm_duration_s is empty, or is not, in the wrong case"
    if None not in marks:
        if sorted(marks) != marks or not 0 <= s.real("time_to_key_mean_s") <= marks[-1] * (1 + 1e-12):
            yield f"time_to_key: mean {s.real('time_to_key_mean_s')}, p50, p99, max {marks}"
        if marks[-1] > end or s.real("storm_duration_s") > end:
            yield f"a time to key of {marks[-1]} in a run of {end}"
    for server in ("bmsc", "bsf", "hss"):
        if not 0 <= s.real(f"{server}_utilisation_ratio") <= 1 + 1e-12:
            yield f"{server}_utilisation_ratio is {s.real(f'{server}_utilisation_ratio')}"


def series(result):
    """Counters never fall, and end as in summary.csv; rows stand at multiples of the interval, the last one at the end."""
    rows, before, last = result.series, None, result.series[-1]
    interval = result.real("output.interval")
    for place, row in enumerate(rows):
        time = number(row["time_s"])
        wanted = result.real("simulated_s") if row is last else (place + 1) * interval
        if abs(time - wanted) > 1e-9 * max(1, wanted):
            yield f"timeseries.csv: row {place + 1} is at {time}, expected {wanted}"
            break
        for name, text in row.items():
            if name in result.summary and name not in MAY_FALL and before and int(text) < int(before[name]) and \
                    name not in ("ues_active", "tcp_open"):
                yield f"timeseries.csv: {name} falls from {before[name]} to {text} at {time}"
        before = row
    for name, text in last.items():
        if name in result.summary and text != result.summary[name]:
            yield f"timeseries.csv: {name} ends with {text}, summary.csv has {result.summary[name]}"


def distributions(result):
    """Percentiles rise; their counts are those of the distribution, and of the counters."""
    names = ("p50_s", "p90_s", "p95_s", "p99_s", "p999_s", "max_s")
    shares = (0.5, 0.9, 0.95, 0.99, 0.999)
    for procedure, row in result.latency.items():
        buckets = result.distribution.get(procedure, [])
        total = sum(int(bucket["count"]) for bucket in buckets)
        if total != int(row["count"]):
            yield f"{procedure}: {row['count']} in latency.csv, {total} in distribution.csv"
        marks = [number(row[name]) for name in names if row[name]]
        # Of `update` there is a percentile if so many of all UEs got the key: the least whole number not below the share.
        whole = result.of("ues") if procedure == "update" else total
        there = [total >= math.ceil(share * whole * (1 - 1e-12)) for share in shares] if total else [True] * 5
        if marks and (sorted(marks) != marks or [bool(row[name]) for name in names] != [*there, True]):
            yield f"{procedure}: percentiles {marks}"
        edges = [number(bucket[name]) for bucket in buckets for name in ("from_s", "to_s")]
        if sorted(edges) != edges or any(int(bucket["count"]) < 1 for bucket in buckets):
            yield f"{procedure}: rows of distribution.csv out of order, or empty"
        if buckets and not edges[-2] <= marks[-1] <= edges[-1]:
            yield f"{procedure}: max_s {marks[-1]} is not in the last row, {edges[-2:]}"
    counted = {"pull": "pulls_accepted+pulls_coalesced", "gba": "gba_runs"}
    for procedure, terms in counted.items():
        if int(result.latency[procedure]["count"]) > result.sum(terms):
            yield f"{procedure}: {result.latency[procedure]['count']} in latency.csv, at most {terms} = {result.sum(terms)}"
    keyed = int(result.latency["time_to_key"]["count"])
    if keyed != result.of("ues_keyed") and not result.of("msk_invalidated"):
        yield f"time_to_key: {keyed} in latency.csv, ues_keyed is {result.of('ues_keyed')}"
    for mark in ("p50", "p99", "max", "mean") if keyed else ():
        if result.latency["time_to_key"][f"{mark}_s"] != result.summary[f"time_to_key_{mark}_s"]:
            yield f"time_to_key_{mark}_s differs between latency.csv and summary.csv"


def manifest(result):
    sizes = {name: os.path.getsize(os.path.join(result.folder, name)) for name in os.listdir(result.folder)
             if name != "manifest.json"}
    if result.manifest["files"] != sizes:
        yield f"manifest.json: files {result.manifest['files']}, found {sizes}"
    if result.manifest["seed"] != result.of("run.seed") or result.manifest["engine"] != result.summary["run.engine"]:
        yield "manifest.json: another seed or engine"


def rules(result):
    """Everything that does not hold."""
    return [words for rule in (sums, at_rest, books, times, series, distributions, manifest) for words in rule(result)]
