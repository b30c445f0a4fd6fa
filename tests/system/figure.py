#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Holds a capture of one UE against the message flow of TS 33.246 clause 6.3.2.2.4 (figure 6.2b): message by message, in
order of time, with direction, ports, sizes, and the MUK that each message names.

    figure.py CAPTURE --case CASE

In both wordings of the clause:
warm            both sides hold the same valid MUK
expired         it is past its lifetime, so the UE bootstraps first
lost-tmpi       the same, and the BSF does not know the UE's TMPI any more
ahead           the UE has bootstrapped since, so the BM-SC asks the BSF for the key of a B-TID that it does not know
preemptive      the UE has a nonce of an earlier exchange, and sends its credentials at once
In the older wording (the BM-SC pulls under the MUK that it last used; "may" have GBA run again):
rerun           it does so: its answer to the credentials is a 401, and the UE bootstraps
unheard         the UE has a newer MUK only, of which the BM-SC knows too, but may not use it: no pull is answered
In that of Release 16 (the BM-SC pulls under the MUK that it last knew; renegotiates where its MUK lifetime has run out):
lifetime-over   it has: as rerun
heard           as unheard, but the pull is under the newer MUK: as warm
"""
import argparse
import sys

import pcap
from figure_sizes import IMPI, TMPI, UA_NONCE, check_sizes_of_specification, mikey_sizes, ua_sizes, ub_sizes
from messages import Diameter, Http, MessageError, Mikey, diameter_frame, http_frame
from pcap import ACK, FIN, SYN, CaptureError, expect

CASES = ("warm", "expired", "lost-tmpi", "ahead", "preemptive", "rerun", "unheard", "lifetime-over", "heard")
UE, BMSC, BSF, HSS = "UE", "BM-SC", "BSF", "HSS"
HOSTS = {"10.0.0.1": UE, "192.0.2.1": BMSC, "192.0.2.2": BSF, "192.0.2.3": HSS}

# --- the flow ---------------------------------------------------------------------------------------------------

def both_ways(interface, client, server, sizes, names):
    """Requests of the client and answers (numbers) of the server."""
    return [(interface, name, *((server, client) if name.isdigit() else (client, server)), sizes[name]) for name in names]


def bootstrap(user, first=()):
    steps = both_ways("Ub", UE, BSF, ub_sizes(user), ("GET", "401", "GET+", "200"))
    zh = [("Zh", "MAR", BSF, HSS, None), ("Zh", "MAA", HSS, BSF, None)]
    return list(first) + steps[:1] + zh + steps[1:]


def flow(case):
    """(interface, message, from, to, size or None) in order. + marks credentials."""
    mikey = mikey_sizes()
    pull, msk, ack = [[("MIKEY", name, *ends, mikey[name])] for name, ends in
                      (("pull", (BMSC, UE)), ("MSK", (BMSC, UE)), ("ACK", (UE, BMSC)))]
    # A BM-SC whose UEs send credentials at once gives them the nonce for that.
    nextnonce = f', nextnonce="{UA_NONCE}"' if case == "preemptive" else ""

    def ua(*names):
        return both_ways("Ua", UE, BMSC, ua_sizes(nextnonce), names)

    zn = [("Zn", "BIR", BMSC, BSF, None), ("Zn", "BIA", BSF, BMSC, None)]
    request, end = ua("POST", "401", "POST+"), ua("200") + msk + ack
    warm = pull + request + end
    rerun = pull + request + ua("401") + bootstrap(TMPI) + ua("POST+") + zn + end
    return {
        "warm": warm, "heard": warm,
        "expired": pull + bootstrap(TMPI) + request + zn + end,
        "lost-tmpi": pull + bootstrap(IMPI, both_ways("Ub", UE, BSF, ub_sizes(TMPI), ("GET", "403"))) + request + zn + end,
        "ahead": pull + request + zn + end,
        "preemptive": pull + ua("POST+") + end,
        "rerun": rerun, "lifetime-over": rerun,
        "unheard": pull * 3,
    }[case]


def read_flow(packets, connections):
    """The same of a capture: (step, packet, connection, bytes)."""
    found = []
    for packet in packets:
        if packet.protocol == 17:
            expect(packet, "UDP ports", (2269, 2269), (packet.source_port, packet.target_port))
            message = Mikey(packet.payload)
            name = "ACK" if message.data_type else ("MSK" if message.encrypted else "pull")
            found.append((("MIKEY", name, HOSTS[packet.source], HOSTS[packet.target], len(packet.payload)), packet, None,
                          packet.payload))
    for connection in connections:
        diameter = connection.server_port == 3868
        for item in pcap.split(connection, diameter_frame if diameter else http_frame):
            ends = HOSTS[connection.client], HOSTS[connection.server]
            step = (diameter_step if diameter else http_step)(item, connection)
            found.append(((*step[:2], *(ends if item.from_client else ends[::-1]), step[2]), item.packet, connection,
                          item.data))
    return sorted(found, key=lambda f: f[1].number)


def diameter_step(item, _):
    message = Diameter(item.data)
    names = {(303, True): ("Zh", "MAR"), (303, False): ("Zh", "MAA"), (310, True): ("Zn", "BIR"),
             (310, False): ("Zn", "BIA")}
    if not message.request:
        expect(item.packet, "Diameter result", (2001, False), message.result())
    return (*names[message.command, message.request], None)


def http_step(item, connection):
    expect(item.packet, "server port of HTTP", 80, connection.server_port)
    message = Http(item.data)
    interface = {BSF: "Ub", BMSC: "Ua"}[HOSTS[connection.server]]
    if message.status:
        return interface, str(message.status), len(item.data)
    asked = message.digest("Authorization")
    with_credentials = asked is not None and asked["nonce"] != ""
    return interface, message.method + ("+" if with_credentials else ""), len(item.data)


def check_flow(case, found):
    wanted = flow(case)
    for index, (step, packet, *_) in enumerate(found):
        if index >= len(wanted):
            raise CaptureError(f"packet {packet.number}: nothing more should follow, but here is {step}")
        expect(packet, f"step {index + 1} of the flow (interface, message, from, to, bytes)", wanted[index], step)
        print(f"# {index + 1:2} {step[0]:5} {step[1]:5} {step[2]:>5} -> {step[3]:5} "
              f"{'' if step[4] is None else step[4]}")
    if len(found) < len(wanted):
        raise CaptureError(f"the flow ends after step {len(found)}; expected {wanted[len(found)]}")


def named(step, item):
    """The B-TID that a message of MIKEY, or credentials on Ua, name; None where there is none."""
    if step[0] == "MIKEY":
        return Mikey(item).ids[-1]
    return Http(item).digest("Authorization")["username"] if step[:2] == ("Ua", "POST+") else None


def check_keys(case, found):
    """MSK and ACK are under the MUK of the last request (clause 6.3.2.3.1); that is the pull's own where no newer is."""
    names = [(step[1], packet, named(step, data)) for step, packet, _, data in found]
    names = [n for n in names if n[2] is not None]
    if case == "unheard":
        return
    pulled, asked = names[0][2], next(n[2] for n in reversed(names) if n[0] == "POST+")
    for name, packet, b_tid in names[-2:]:
        expect(packet, f"B-TID of the {name}", asked, b_tid)
    same = case in ("warm", "heard", "preemptive")
    expect(names[0][1], "the pull is under the MUK of the last request", same, pulled == asked)
    first = next(n[2] for n in names if n[0] == "POST+")
    expect(names[0][1], "the pull is under the MUK of the first request", same or case in ("rerun", "lifetime-over"),
           pulled == first)


def check_connections(case, connections, found):
    """One connection an exchange: handshake before the first message, both messages on it, FINs at the end."""
    http = [c for c in connections if c.server_port == 80]
    wanted = {"expired": [(BSF, 4), (BMSC, 4)], "lost-tmpi": [(BSF, 6), (BMSC, 4)], "preemptive": [(BMSC, 2)],
              "rerun": [(BMSC, 4), (BSF, 4), (BMSC, 2)], "unheard": []}
    wanted["lifetime-over"] = wanted["rerun"]
    expect(0, "HTTP connections, to, and messages on them", wanted.get(case, [(BMSC, 4)]),
           [(HOSTS[c.server], sum(f[2] is c for f in found)) for c in http])
    for connection in connections:
        expect(connection.first, "a RST on this connection", None, connection.reset)
        flags = [p.flags & (SYN | ACK) for p in connection.packets[:3]]
        expect(connection.first, "SYN, SYN+ACK, ACK", [SYN, SYN | ACK, ACK], flags)
        expect(connection.first, "segments sent again", [0, 0], [s.retransmitted for s in connection.sides])
    for connection in http:
        expect(connection.first, "both sides closed in good order", True, connection.whole())
        expect(connection.first, "last packet acknowledges the FIN", ACK, connection.packets[-1].flags & (ACK | FIN))
    order = [found[0][1].number] + [c.first.number for c in http]
    expect(0, "the pull, then one connection after the other", sorted(order), order)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("capture")
    parser.add_argument("--case", choices=CASES, required=True)
    options = parser.parse_args()
    try:
        check_sizes_of_specification()
        packets = pcap.read(options.capture)
        connections = pcap.connections(packets)
        found = read_flow(packets, connections)
        check_flow(options.case, found)
        check_keys(options.case, found)
        check_connections(options.case, connections, found)
    except (CaptureError, MessageError, OSError) as error:
        print(f"figure: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
