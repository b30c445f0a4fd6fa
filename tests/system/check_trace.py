#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Compares the traces of all UEs of a run with its capture and its summary, which know nothing of each other.

    check_trace.py FOLDER [--cut]

- Each datagram of the capture is a line "sent" of its UE at that time, of that way and length, and the other way round.
- Each message on TCP likewise, of its kind, in order; it leaves at the time of the line or later. With --cut some connections were
  given up, and what they took along is in no packet.
- The lines "counter" of all UEs add up to summary.csv, but for what belongs to no UE; so do the lines "sent" of each kind.
- So do the lines of the network: packets lost, dropped, corrupted, duplicated, late.
- Each line has the four columns, in the order of time.
Exit status 1 and what differs otherwise.
"""
import argparse
import collections
import csv
import glob
import os
import re
import sys

import pcap
from keys import ue_number_of_address
from messages import Diameter, Http, Mikey, diameter_frame, http_frame

LINE = re.compile(r" *(\d+)\.(\d{9}) (ue|bmsc|bsf|hss|network)\s+([a-z]+)\s+(\S+)\s*(.*)")
WHATS = {"received", "sent", "rejected", "ignored", "fact", "action", "state", "counter", "timeout", "job", "closed"}
MISHAPS = {"lost", "dropped", "corrupted", "duplicated", "late"}
CORE = {"zn_bir", "zn_bia", "zh_mar", "zh_maa"}
NOBODYS = {"zn_late", "zh_late"}  # an answer whose request is over: the UE may be unknown

problems = []


def same(what, expected, found):
    if expected != found:
        problems.append(f"{what}: {expected} in the trace, {found} beside it")


class Trace:
    """The lines of one UE."""

    def __init__(self, path):
        self.ue = int(re.search(r"trace-ue-(\d+)\.txt$", path)[1])
        self.sent, self.counters, before = collections.defaultdict(list), collections.Counter(), -1
        with open(path, encoding="ascii") as file:
            lines = file.read().splitlines()
        same(f"{path}: head", f"# UE {self.ue}", lines[0])
        for number, line in enumerate(lines[2:], 3):
            match = LINE.fullmatch(line)
            if not match:
                problems.append(f"{path}:{number}: {line!r}")
                continue
            time_ns = int(match[1]) * 10**9 + int(match[2])
            if time_ns < before or (match[4] not in (MISHAPS if match[3] == "network" else WHATS)):
                problems.append(f"{path}:{number}: {line!r}")
            before = time_ns
            self.take(time_ns, *match.group(4, 5, 6))

    def take(self, time_ns, what, name, rest):
        if what == "sent":
            self.sent[name].append((time_ns, int(re.search(r"\bbytes=(\d+)", rest)[1])))
        elif what in MISHAPS:
            self.counters["packets_" + what] += 1
        elif what == "counter":
            self.counters[name] += int(re.match(r"by=(-?\d+)", rest)[1])


def kind_of_http(message, to_bsf):
    http = Http(message.data)
    if http.status is not None:
        return ("ub_" if to_bsf else "ua_") + (str(http.status) if http.status in (200, 401) else "error")
    credentials = http.digest("authorization")
    if to_bsf:
        return "ub_auth_get" if credentials["nonce"] else "ub_get"
    return "ua_auth_post" if credentials else "ua_post"


def kind_of_diameter(message):
    head = Diameter(message.data)
    return {310: ("zn_bia", "zn_bir"), 303: ("zh_maa", "zh_mar")}[head.command][head.request]


def captured(packets):
    """{(UE, kind): [(time, bytes)]}; messages between servers have UE None."""
    found = collections.defaultdict(list)
    for p in packets:
        if p.protocol == 17:
            up = 0 <= ue_number_of_address(p.source) < 1 << 28
            kind = "msk_ack" if up else "msk" if Mikey(p.payload).encrypted else "pull"
            found[ue_number_of_address(p.source if up else p.target), kind].append((p.time_ns, len(p.payload)))
    for connection in pcap.connections(packets):
        if connection.server_port == 3868:
            for m in pcap.split(connection, diameter_frame):
                found[None, kind_of_diameter(m)].append((m.first.time_ns, len(m.data)))
            continue
        messages = pcap.split(connection, http_frame)
        requests = [Http(m.data) for m in messages if m.from_client]
        for m in messages:
            kind = kind_of_http(m, requests[0].method == "GET")
            found[ue_number_of_address(connection.client), kind].append((m.first.time_ns, len(m.data)))
    return found


def compare_messages(traces, found, cut):
    core = collections.defaultdict(list)
    for trace in traces:
        for kind, sent in trace.sent.items():
            if kind in CORE:
                core[kind] += sent
                continue
            packets = found.pop((trace.ue, kind), [])
            if kind in ("pull", "msk", "msk_ack"):
                same(f"UE {trace.ue}: {kind}", sent, packets)
                continue
            packets.sort()
            if not cut:
                same(f"UE {trace.ue}: {kind}, bytes", [b for _, b in sent], [b for _, b in packets])
            for time_ns, length in packets:
                if not any(at <= time_ns and b == length for at, b in sent):
                    problems.append(f"UE {trace.ue}: {kind} of {length} bytes at {time_ns} ns was not sent before")
    for kind in CORE:
        packets = found.pop((None, kind), [])
        same(f"{kind}, bytes", sorted(b for _, b in core[kind]), sorted(b for _, b in packets))
    same("messages of UEs without a line", {}, dict(found))


def compare_summary(traces, summary):
    counters, sent = collections.Counter(), collections.Counter()
    for trace in traces:
        counters.update(trace.counters)
        for kind, lines in trace.sent.items():
            sent[kind] += len(lines)
    for name, value in summary.items():
        book = re.fullmatch(r"books_(\w+)_sent", name)
        if book:
            same(name, sent[book[1]], int(value))
    for name in sorted(set(counters) | {"packets_" + mishap for mishap in MISHAPS}):
        if name not in NOBODYS:
            same(name, counters[name], int(summary[name]))
    return counters


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--cut", action="store_true")
    options = parser.parse_args()
    traces = [Trace(path) for path in glob.glob(os.path.join(options.folder, "trace-ue-*.txt"))]
    with open(os.path.join(options.folder, "summary.csv"), newline="", encoding="utf-8") as file:
        summary = next(csv.DictReader(file))
    same("UEs", len(traces), int(summary["ue.count"]))
    counters = compare_summary(traces, summary)
    compare_messages(traces, captured(pcap.read(os.path.join(options.folder, "capture.pcap"))), options.cut)
    for problem in problems[:10]:
        print(problem)
    print(f"{len(problems)} problems, {sum(len(s) for t in traces for s in t.sent.values())} messages, "
          f"{len(counters)} counters")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
