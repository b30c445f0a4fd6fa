#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Holds a capture of one UE against the message flow of TS 33.246 clause 6.3.2.2.4 (figure 6.2b): message by message, in
order of time, with direction, ports and sizes.

    figure.py CAPTURE --case warm|expired|ahead

warm: both sides hold the same valid MUK. expired: past its lifetime, so the UE bootstraps first. ahead: the UE has
bootstrapped since, so the BM-SC asks the BSF for the key of a B-TID that it does not know.
"""
import argparse
import sys

import pcap
from messages import Diameter, Http, MessageError, Mikey, diameter_frame, http_frame
from pcap import ACK, FIN, SYN, CaptureError, expect

UE, BMSC, BSF, HSS = "UE", "BM-SC", "BSF", "HSS"
HOSTS = {"10.0.0.1": UE, "192.0.2.1": BMSC, "192.0.2.2": BSF, "192.0.2.3": HSS}

# Names of MCC 001, MNC 01 (TS 23.003) and the lengths that follow from them.
BMSC_NAME = "bmsc.mnc001.mcc001.pub.3gppnetwork.org"
BSF_NAME = "bsf.mnc001.mcc001.pub.3gppnetwork.org"
TMPI = "A" * 32 + "@tmpi.bsf.3gppnetwork.org"  # base64 of 24 octets; each UE has bootstrapped before
UA_REALM = "3GPP-bootstrapping@" + BMSC_NAME
UA_URI = "/keymanagement?requesttype=msk-request"
DATE = "Tue, 01 Jan 2030 00:00:00 GMT"
BASE64_OF_16 = "A" * 22 + "=="
B_TID = BASE64_OF_16 + "@" + BSF_NAME
UB_NONCE = "A" * 43 + "="   # base64 of RAND || AUTN
UA_NONCE = "A" * 22 + "=="  # base64 of one sealed block
OPAQUE = MD5 = "0" * 32
CNONCE = "0" * 16


# --- sizes, from the layouts ------------------------------------------------------------------------------------

def mikey_sizes():
    """RFC 3830 clause 6, RFC 4563 clause 4."""
    header, t, rand = 10, 2 + 4, 2 + 16
    ext = 4 + (2 + 3) + (2 + 4)
    ids = 4 + len(BMSC_NAME) + 4 + len(B_TID)
    kemac = 1 + 1 + 2 + 1 + 20
    key_data = 4 + 16 + (1 + 2) + (1 + 2)
    pull = header + ext + t + rand + ids + kemac
    return {"pull": pull, "MSK": pull + key_data, "ACK": header + t + 4 + len(B_TID) + 2 + 20}


def text_size(start, headers, body=""):
    return len(start) + 2 + sum(len(f"{name}: {value}\r\n") for name, value in headers) + 2 + len(body)


def ub_sizes():
    """GET, 401, GET, 200 of TS 33.220 clause 4.5.2."""
    who = f'Digest username="{TMPI}", realm="{BSF_NAME}"'
    common = [("Host", BSF_NAME), ("User-Agent", "UE-sim 3gpp-gba-tmpi"), ("Date", DATE), ("Accept", "*/*")]
    first = f'{who}, nonce="", uri="/", response=""'
    second = (f'{who}, nonce="{UB_NONCE}", uri="/", qop=auth-int, nc=00000001, cnonce="{CNONCE}", '
              f'response="{MD5}", algorithm=AKAv1-MD5')
    body = ('<?xml version="1.0" encoding="UTF-8"?>\n<BootstrappingInfo xmlns="uri:3gpp-gba">\n'
            f"<btid>{B_TID}</btid>\n<lifetime>2030-01-01T12:00:00Z</lifetime>\n</BootstrappingInfo>\n")
    offer = f'Digest realm="{BSF_NAME}", nonce="{UB_NONCE}", algorithm=AKAv1-MD5, qop="auth-int"'
    return {
        "GET": text_size("GET / HTTP/1.1", common + [("Authorization", first)]),
        "401": text_size("HTTP/1.1 401 Unauthorized", [("Server", "BSF-sim 3gpp-gba-tmpi"), ("Date", DATE), ("Content-Length", 0),
                                                       ("WWW-Authenticate", offer)]),
        "GET+": text_size("GET / HTTP/1.1", common + [("Authorization", second)]),
        "200": text_size("HTTP/1.1 200 OK", [("Server", "BSF-sim 3gpp-gba-tmpi"), ("Authentication-Info", info()), ("Date", DATE),
                                             ("Expires", DATE), ("Content-Type", "application/vnd.3gpp.bsf+xml"),
                                             ("Content-Length", len(body))], body),
    }


def info():
    return f'qop=auth-int, rspauth="{MD5}", cnonce="{CNONCE}", nc=00000001'


def ua_sizes():
    """POST, 401, POST, 200 of TS 33.246 clause 6.3.2.2."""
    key = "<MSK>\n<keyDomainID>APEQ</keyDomainID>\n<MSKID>AAUAAA==</MSKID>\n</MSK>\n"
    xml = '<?xml version="1.0" encoding="UTF-8"?>\n'
    asked = f'{xml}<mbmsMSKRequest xmlns="urn:3GPP:metadata:2005:MBMS:mskRequest">\n{key}</mbmsMSKRequest>\n'
    granted = (f'{xml}<mbmsMSKResponse xmlns="urn:3GPP:metadata:2005:MBMS:mskResponse">\n<Response>\n{key}'
               "<ResponseCode>200 OK</ResponseCode>\n</Response>\n</mbmsMSKResponse>\n")
    start = f"POST {UA_URI} HTTP/1.1"
    common = [("Host", BMSC_NAME), ("User-Agent", "UE-sim 3gpp-gba"), ("Date", DATE), ("Accept", "*/*"),
              ("Referer", f"http://{BMSC_NAME}/service"),
              ("Content-Type", "application/mbms-msk+xml"), ("Content-Length", len(asked))]
    offer = f'Digest realm="{UA_REALM}", nonce="{UA_NONCE}", algorithm=MD5, qop="auth-int", opaque="{OPAQUE}"'
    credentials = (f'Digest username="{B_TID}", realm="{UA_REALM}", nonce="{UA_NONCE}", uri="{UA_URI}", qop=auth-int, '
                   f'nc=00000001, cnonce="{CNONCE}", response="{MD5}", opaque="{OPAQUE}", algorithm=MD5')
    return {
        "POST": text_size(start, common, asked),
        "401": text_size("HTTP/1.1 401 Unauthorized", [("Server", "BMSC-sim"), ("Date", DATE), ("Content-Length", 0),
                                                       ("WWW-Authenticate", offer)]),
        "POST+": text_size(start, common + [("Authorization", credentials)], asked),
        "200": text_size("HTTP/1.1 200 OK", [("Server", "BMSC-sim"), ("Authentication-Info", info()), ("Date", DATE),
                                             ("Expires", DATE), ("Content-Type", "application/mbms-msk-response+xml"),
                                             ("Content-Length", len(granted))], granted),
    }


# --- the flow ---------------------------------------------------------------------------------------------------

def flow(case):
    """(interface, message, from, to, size or None) in order. + marks credentials."""
    mikey, ub, ua = mikey_sizes(), ub_sizes(), ua_sizes()
    steps = [("MIKEY", "pull", BMSC, UE, mikey["pull"])]
    if case == "expired":
        steps += [("Ub", "GET", UE, BSF, ub["GET"]), ("Zh", "MAR", BSF, HSS, None), ("Zh", "MAA", HSS, BSF, None),
                  ("Ub", "401", BSF, UE, ub["401"]), ("Ub", "GET+", UE, BSF, ub["GET+"]),
                  ("Ub", "200", BSF, UE, ub["200"])]
    steps += [("Ua", "POST", UE, BMSC, ua["POST"]), ("Ua", "401", BMSC, UE, ua["401"]),
              ("Ua", "POST+", UE, BMSC, ua["POST+"])]
    if case in ("expired", "ahead"):
        steps += [("Zn", "BIR", BMSC, BSF, None), ("Zn", "BIA", BSF, BMSC, None)]
    return steps + [("Ua", "200", BMSC, UE, ua["200"]), ("MIKEY", "MSK", BMSC, UE, mikey["MSK"]),
                    ("MIKEY", "ACK", UE, BMSC, mikey["ACK"])]


def read_flow(packets, connections):
    """The same of a capture: (step, packet, connection)."""
    found = []
    for packet in packets:
        if packet.protocol == 17:
            expect(packet, "UDP ports", (2269, 2269), (packet.source_port, packet.target_port))
            message = Mikey(packet.payload)
            name = "ACK" if message.data_type else ("MSK" if message.encrypted else "pull")
            found.append((("MIKEY", name, HOSTS[packet.source], HOSTS[packet.target], len(packet.payload)), packet, None))
    for connection in connections:
        diameter = connection.server_port == 3868
        for item in pcap.split(connection, diameter_frame if diameter else http_frame):
            ends = HOSTS[connection.client], HOSTS[connection.server]
            step = (diameter_step if diameter else http_step)(item, connection)
            found.append(((*step[:2], *(ends if item.from_client else ends[::-1]), step[2]), item.packet, connection))
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
    for index, (step, packet, _) in enumerate(found):
        if index >= len(wanted):
            raise CaptureError(f"packet {packet.number}: nothing more should follow, but here is {step}")
        expect(packet, f"step {index + 1} of the flow (interface, message, from, to, bytes)", wanted[index], step)
        print(f"# {index + 1:2} {step[0]:5} {step[1]:5} {step[2]:>5} -> {step[3]:5} "
              f"{'' if step[4] is None else step[4]}")
    if len(found) < len(wanted):
        raise CaptureError(f"the flow ends after step {len(found)}; expected {wanted[len(found)]}")


def check_connections(case, connections, found):
    """One connection an exchange: handshake before the first message, both messages on it, FINs at the end."""
    http = [c for c in connections if c.server_port == 80]
    expect(0, "HTTP connections, to", [BSF, BMSC] if case == "expired" else [BMSC], [HOSTS[c.server] for c in http])
    for connection in connections:
        expect(connection.first, "a RST on this connection", None, connection.reset)
        flags = [p.flags & (SYN | ACK) for p in connection.packets[:3]]
        expect(connection.first, "SYN, SYN+ACK, ACK", [SYN, SYN | ACK, ACK], flags)
        expect(connection.first, "segments sent again", [0, 0], [s.retransmitted for s in connection.sides])
    for connection in http:
        messages = [f for f in found if f[2] is connection]
        expect(connection.first, "messages on the connection", 4, len(messages))
        expect(connection.first, "both sides closed in good order", True, connection.whole())
        expect(connection.first, "last packet acknowledges the FIN", ACK, connection.packets[-1].flags & (ACK | FIN))
    order = [c.first.number for c in http]
    expect(0, "first the bootstrap, then the request", sorted(order), order)
    pull = found[0][1]
    expect(pull, "the pull comes before the first SYN of the UE", True, pull.number < order[0])


def check_sizes_of_specification():
    """Sizes that can be had elsewhere: the worked examples whose names and nonces have these lengths."""
    for what, known in ((mikey_sizes(), {"pull": 182, "MSK": 208, "ACK": 104}),
                        (ub_sizes(), {"GET": 318, "401": 279, "GET+": 469, "200": 530}),
                        # the examples' Ua nonce has 34 characters, ours 24; nothing else differs
                        (ua_sizes(), {"POST": 496, "401": 313 - 10, "POST+": 907 - 10, "200": 555})):
        expect(0, "sizes from the layouts", known, what)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("capture")
    parser.add_argument("--case", choices=("warm", "expired", "ahead"), required=True)
    options = parser.parse_args()
    try:
        check_sizes_of_specification()
        packets = pcap.read(options.capture)
        connections = pcap.connections(packets)
        found = read_flow(packets, connections)
        check_flow(options.case, found)
        check_connections(options.case, connections, found)
    except (CaptureError, MessageError, OSError) as error:
        print(f"figure: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
