#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Verifies a capture with the keys of its run: every checksum, MAC, digest, key and counter in it.

    verify_capture.py CAPTURE KEYLOG [--summary FILE]
    verify_capture.py --self-test

Prints how many of each thing were right; with --summary those numbers must be those of summary.csv. Exit status 1 and
the first few mismatches (packet number, what, expected, found) otherwise.
"""
import argparse
import collections
import csv
import datetime
import sys

import pcap
from check_diameter import DiameterCheck
from check_http import UaCheck, UbCheck
from check_mikey import MikeyCheck
from keys import Keys, ue_number_of_address
from messages import Http, MessageError, Mikey, diameter_frame, http_frame
from pcap import CaptureError

DIAMETER_PORT, HTTP_PORT = 3868, 80
PROBLEMS_SHOWN = 5
EPOCH = "2030-01-01T00:00:00Z"  # unless a summary has another


class Verifier:
    def __init__(self, packets, keys):
        self.packets, self.keys = packets, keys
        self.counts = collections.Counter()
        self.problems = []
        self.connections = []
        fresh = set()
        self.diameter = DiameterCheck(keys, self.counts)
        self.ua = UaCheck(keys, self.counts)
        self.ub = UbCheck(keys, self.counts, self.diameter, fresh)
        self.mikey = MikeyCheck(keys, self.counts, self.ua)
        self.mikey.fresh = fresh

    def attempt(self, number, function, *arguments):
        """Runs one check; what it finds wrong is a problem of that packet."""
        try:
            return function(*arguments)
        except CaptureError as error:
            self.problems.append(str(error))
        except (MessageError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            self.problems.append(f"packet {number}: {type(error).__name__}: {error}")
        return None

    def run(self):
        self.connections = pcap.connections(self.packets)
        events = [(p.number, p, self.mikey.datagram) for p in self.packets if p.protocol == 17]
        for connection in self.connections:
            events += self.attempt(connection.first.number, self.messages_of, connection) or []
        self.find_naf()
        for number, item, check in sorted(events, key=lambda e: e[0]):
            self.attempt(number, check, item)
        self.counts["key_log"] = self.attempt(0, self.keys.check_all) or 0
        for b_tid in self.keys.made:
            absent = [label for label in ("KS", "MUK", "MRK") if b_tid not in self.keys.rows[label]]
            if absent:
                self.problems.append(f"key log: {b_tid} is in use, but there is no row of {', '.join(absent)} for it")
        self.count_traffic()

    def messages_of(self, connection):
        """(packet number, message, check) of a connection; Ub and Ua are told apart by the Host of the requests."""
        if connection.server_port == DIAMETER_PORT:
            messages = pcap.split(connection, diameter_frame)
            return [(moment(m), m, self.diameter.message) for m in messages]
        pcap.expect(connection.first, "server port", HTTP_PORT, connection.server_port)
        messages = pcap.split(connection, http_frame)
        if not messages:
            return []
        host = Http(next(m for m in messages if m.from_client).data).headers["host"]
        check = {"bsf": self.ub, "bmsc": self.ua}.get(host.split(".", 1)[0])
        if check is None:
            raise CaptureError(f"packet {connection.first.number}: Host {host}")
        return [(moment(m), m, check.message) for m in messages]

    def find_naf(self):
        """The BM-SC's name, from the first MIKEY message or HTTP request."""
        for packet in self.packets:
            if packet.protocol == 17:
                message = self.attempt(packet.number, Mikey, packet.payload)
                if message is not None and len(message.ids) == 2:
                    self.keys.set_naf(message.ids[0])
                    return
        self.problems.append("the capture holds no MIKEY message of a BM-SC")

    def count_traffic(self):
        is_ue = {}
        for p in self.packets:
            for address in (p.source, p.target):
                if address not in is_ue:
                    is_ue[address] = 0 <= ue_number_of_address(address) < 1 << 28
        self.counts["packets"] = len(self.packets)
        self.counts["uplink_bytes"] = sum(p.length for p in self.packets if is_ue[p.source])
        self.counts["downlink_bytes"] = sum(p.length for p in self.packets if is_ue[p.target])
        self.counts["core_bytes"] = sum(p.length * (2 - is_ue[p.source] - is_ue[p.target]) for p in self.packets)
        self.counts["tcp_connections"] = len(self.connections)
        self.counts["tcp_retransmissions"] = sum(c.retransmissions() for c in self.connections)
        self.counts["tcp_whole"] = sum(c.whole() for c in self.connections)

    # --- against summary.csv ----------------------------------------------------------------------------------

    def compare(self, summary):
        c = self.counts
        exact = {"pulls_sent": c["pull"], "books_pull_sent": c["pull"], "msk_sent": c["msk"],
                 "books_msk_sent": c["msk"], "books_msk_ack_sent": c["ack"],
                 "ues_solicited": len(self.mikey.first_pull), "ues_keyed": len(self.mikey.first_ack),
                 "msk_mismatch": 0, "mikey_malformed": 0, "http_malformed": 0, "diameter_malformed": 0,
                 "uplink_bytes": c["uplink_bytes"], "packets_sent": c["packets"],
                 "tcp_connections": c["tcp_connections"], "tcp_retransmissions": c["tcp_retransmissions"]}
        unhurt = not any(int(summary[n]) for n in ("packets_lost", "packets_dropped", "packets_duplicated"))
        if unhurt and float(summary["simulated_s"]) < float(summary["run.end"]):  # nothing was cut off under way
            exact["downlink_bytes"], exact["core_bytes"] = c["downlink_bytes"], c["core_bytes"]
        if int(summary["packets_corrupted"]) > 0:
            for name in ("mikey_malformed", "http_malformed", "diameter_malformed"):
                del exact[name]
        for name, found in exact.items():
            self.same(summary, name, found)
        # A message that a connection took with it was booked as sent and lost, and may not have left; nor may one that
        # still waited in a connection when the run was ended.
        booked = {"ua_post": c["ua_post"], "ua_auth_post": c["ua_auth_post"], "ua_401": c["ua_401"],
                  "ua_200": c["ua_200"], "ub_get": c["ub_get"], "ub_auth_get": c["ub_auth_get"],
                  "ub_401": c["ub_401"], "ub_200": c["ub_200"], "zn_bir": c["bir"], "zn_bia": c["bia"],
                  "zh_mar": c["mar"], "zh_maa": c["maa"],
                  "ua_error": sum(n for k, n in c.items() if k[:3] == "ua_" and k[3:].isdigit() and k[3:] not in
                                  ("200", "401")),
                  "ub_error": sum(n for k, n in c.items() if k[:3] == "ub_" and k[3:].isdigit() and k[3:] not in
                                  ("200", "401"))}
        for kind, found in booked.items():
            self.within(summary, f"books_{kind}_sent", f"books_{kind}_lost", found)
        for name, kind, found in [("http_401", "ua_401", c["ua_401"]), ("http_200", "ua_200", c["ua_200"]),
                                  ("http_503", "ua_error", c["ua_503"]),
                                  ("http_504", "ua_error", c["ua_504"]),
                                  ("tmpi_unknown", "ub_error", c["ub_tmpi_unknown"]), ("ub_401", "ub_401", c["ub_401"]),
                                  ("gba_resyncs", "ub_auth_get", c["auts"]),
                                  ("ub_200", "ub_200", c["ub_200"]), ("ub_503", "ub_error", c["ub_503"]),
                                  ("http_401_stale", "ua_401", c["ua_401_stale"]),
                                  ("http_401_renegotiate", "ua_401", c["ua_401_renegotiate"]),
                                  ("msk_requests", "ua_200", c["ua_200"]),
                                  ("zn_requests", "zn_bir", c["bir"]), ("zh_requests", "zh_mar", c["mar"])]:
            self.within(summary, name, f"books_{kind}_lost", found)
        self.times(summary)

    def same(self, summary, name, found):
        if int(summary[name]) != found:
            self.problems.append(f"summary.csv: {name} is {summary[name]}, the capture has {found}")

    def within(self, summary, name, lost, found):
        most, waiting = int(summary[name]), lost.replace("_lost", "_in_flight")
        if not most - int(summary[lost]) - int(summary[waiting]) <= found <= most:
            self.problems.append(f"summary.csv: {name} is {most} ({lost}: {summary[lost]}, {waiting}: "
                                 f"{summary[waiting]}), the capture has {found}")

    def times(self, summary):
        """time_to_key anew: a UE that installs the MSK acknowledges it at that moment. Where the BM-SC sends
        first pulls in the order in which they are due, with equal gaps, the n-th that left was due at pull.start + n /
        pull.rate. Several workers may overtake each other unless all pulls take them the same time."""
        if self.packets and self.packets[-1].time_ns / 1e9 > float(summary["simulated_s"]) + 1e-6:
            self.problems.append(f"the capture ends at {self.packets[-1].time_ns / 1e9}, after the run")
        in_order = summary["bmsc.workers"] == "1" or summary["bmsc.mikey_time"].startswith("fixed(")
        if not in_order or summary["bmsc.newest_first"] != "0" or summary["pull.pacing"] != "uniform":
            return
        if not self.mikey.first_ack:
            return
        sent = sorted((packet.time_ns, ue) for ue, packet in self.mikey.first_pull.items())
        start, rate = float(summary["pull.start"]), float(summary["pull.rate"])
        due_ns = {ue: (start + n / rate) * 1e9 for n, (_, ue) in enumerate(sent)}
        early = [ue for time_ns, ue in sent if time_ns < due_ns[ue] - 1]
        if early:
            self.problems.append(f"{len(early)} first pulls left before they were due")
        waits = sorted(ack.time_ns - due_ns[ue] for ue, ack in self.mikey.first_ack.items())
        for name, found in (("time_to_key_mean_s", sum(waits) / len(waits)), ("time_to_key_max_s", waits[-1])):
            told = float(summary[name])
            if abs(told - found / 1e9) > 1e-6 + 1e-6 * told:
                self.problems.append(f"summary.csv: {name} is {told}, the capture says {found / 1e9:.9f}")
        self.counts["time_to_key"] = len(waits)


def moment(message):
    """When its sender had decided on it: a request counts when it is complete, for only then can it be answered; an
    answer from its first segment on, for the rest may wait for the congestion window while other things are sent."""
    return message.packet.number if message.from_client else message.first.number


def read_summary(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    if len(rows) != 1:
        raise CaptureError(f"{path}: {len(rows)} rows")
    return rows[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("capture", nargs="?")
    parser.add_argument("keylog", nargs="?")
    parser.add_argument("--summary")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--quiet", action="store_true", help="print mismatches only")
    options = parser.parse_args()
    if options.self_test:
        import self_test
        return self_test.main()
    if options.keylog is None:
        parser.error("CAPTURE and KEYLOG, or --self-test")
    try:
        summary = read_summary(options.summary) if options.summary else {"run.epoch": EPOCH}
        epoch = datetime.datetime.strptime(summary["run.epoch"], "%Y-%m-%dT%H:%M:%S%z")
        verifier = Verifier(pcap.read(options.capture, int(epoch.timestamp())), Keys(options.keylog))
        verifier.run()
        if options.summary:
            verifier.compare(summary)
    except (CaptureError, OSError) as error:
        print(f"verify_capture: {error}", file=sys.stderr)
        return 1
    if not options.quiet:
        for name, n in sorted(verifier.counts.items()):
            print(f"{name} {n}")
    for problem in verifier.problems[:PROBLEMS_SHOWN]:
        print(f"verify_capture: {problem}", file=sys.stderr)
    if len(verifier.problems) > PROBLEMS_SHOWN:
        print(f"verify_capture: and {len(verifier.problems) - PROBLEMS_SHOWN} more", file=sys.stderr)
    return 1 if verifier.problems else 0


if __name__ == "__main__":
    sys.exit(main())
