# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Known-answer tests of the arithmetic and the readers that the capture is judged with, and tests that they do see
faults: a judge that never finds anything proves nothing. TAP."""
import os
import struct
import sys

import pcap
from check_mikey import domains_of
from crypto import (Milenage, b64, digest_ha1, digest_response, hmac_sha1, ks_naf, mikey_auth_key, mikey_decrypt,
                    mikey_prf, mrk_of, opc_of, tmpi_of, unb64, xor)
from messages import (EXT, ID, KEMAC, RAND, T, V, Diameter, Digest, Http, KeyData, MessageError, Mikey, diameter_frame,
                      http_frame)
from vectors import DIGEST, GBA, MIKEY, MILENAGE, PRF, UA, UB

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tap"))
import tap  # noqa: E402

FIRST = [bytes.fromhex(field) for field in MILENAGE.split("\n")[0].split()]


def milenage():
    for line in MILENAGE.strip().split("\n"):
        k, rand, sqn, amf, op, opc, f1, f1s, f2, f3, f4, f5, f5s = (bytes.fromhex(x) for x in line.split())
        m = Milenage(k, opc, rand)
        assert opc_of(k, op) == opc
        assert m.macs(sqn, amf) == (f1, f1s)
        assert (m.res, m.ck, m.ik, m.ak, m.ak_star) == (f2, f3, f4, f5, f5s)
    assert len(MILENAGE.strip().split("\n")) == 19


def aka():
    k, rand, sqn, amf, _, opc = FIRST[:6]
    m = Milenage(k, opc, rand)
    assert (xor(sqn, m.ak) + amf + m.macs(sqn, amf)[0]).hex() == GBA["autn"]
    assert (xor(sqn, m.ak_star) + m.macs(sqn, b"\0\0")[1]).hex() == UB["auts_hex"]
    assert (m.ck + m.ik).hex() == GBA["ks"]
    assert f"{b64(rand)}@{GBA['bsf_fqdn']}" == GBA["btid"]


def gba():
    naf_id = GBA["naf_fqdn"].encode() + bytes.fromhex("0100000001")
    muk = ks_naf(bytes.fromhex(GBA["ks"]), FIRST[1], GBA["impi"], naf_id)
    assert muk.hex() == GBA["ks_naf"]
    assert tmpi_of(bytes.fromhex(GBA["ks"]), FIRST[1], GBA["impi"], GBA["bsf_fqdn"]) == GBA["tmpi"]
    assert mrk_of(muk).hex() == GBA["mrk"] and b64(mrk_of(muk)) == GBA["mrk_base64"]


def digest():
    d = DIGEST
    ha1 = digest_ha1(d["username"], d["realm"], d["password"].encode())
    assert digest_response(ha1, d["nonce"], d["nc"], d["cnonce"], d["qop"], d["method"], d["uri"]) == d["response"]


def ub_digest():
    nonce = b64(FIRST[1] + bytes.fromhex(GBA["autn"]))
    assert nonce == UB["nonce"]
    ha1 = digest_ha1(GBA["impi"], GBA["bsf_fqdn"], FIRST[8])
    assert ha1 == UB["ha1"]
    arguments = (nonce, UB["nc"], UB["cnonce"], "auth-int")
    assert digest_response(ha1, *arguments, "GET", "/") == UB["response"]
    assert digest_response(ha1, *arguments, "", "/", UB["response_body"].encode()) == UB["rspauth"]
    ha1 = digest_ha1(GBA["tmpi"], GBA["bsf_fqdn"], FIRST[8])
    assert digest_response(ha1, *arguments, "GET", "/") == UB["tmpi_response"]
    assert digest_response(ha1, *arguments, "", "/", UB["response_body"].encode()) == UB["tmpi_rspauth"]
    empty = digest_ha1(GBA["impi"], GBA["bsf_fqdn"], b"")
    assert digest_response(empty, *arguments, "GET", "/") == UB["response_when_auts_empty_password"]


def ua_digest():
    ha1 = digest_ha1(UA["username"], UA["realm"], UA["password"].encode())
    assert ha1 == UA["ha1"]
    arguments = (UA["nonce"], UA["nc"], UA["cnonce"], "auth-int")
    assert digest_response(ha1, *arguments, "POST", UA["uri"], UA["body"].encode()) == UA["response"]
    assert digest_response(ha1, *arguments, "", UA["uri"], UA["response_body"].encode()) == UA["rspauth"]


def prf():
    for inkey, label, outkey in PRF:
        out = bytes.fromhex(outkey)
        assert mikey_prf(bytes.fromhex(inkey), bytes.fromhex(label), len(out)) == out


def mikey_messages():
    muk = bytes.fromhex(MIKEY["muk"])
    for name in ("pull", "push"):
        message = Mikey(bytes.fromhex(MIKEY[name]))
        assert message.order == [EXT, T, RAND, ID, ID, KEMAC]
        assert message.ids == [MIKEY["idi"], MIKEY["idr"]]
        assert message.key_ids[0] in domains_of(MIKEY["idi"])
        auth = mikey_auth_key(muk, message.csb_id, message.rand)
        assert hmac_sha1(auth, message.covered) == message.mac
    data = KeyData(mikey_decrypt(muk, 0, message.rand, message.counter, message.encrypted))
    assert data.key.hex() == MIKEY["msk"] and (data.valid_from, data.valid_to) == (b"\0\0", b"\xff\xfe")
    assert data.type == 2
    ack = Mikey(bytes.fromhex(MIKEY["ack"]))
    assert ack.order == [T, ID, V] and ack.counter == message.counter
    covered = ack.covered + (MIKEY["idi"] + MIKEY["idr"]).encode() + ack.counter.to_bytes(4, "big")
    assert hmac_sha1(auth, covered) == ack.mac
    refused(Mikey, bytes.fromhex(MIKEY["pull"]) + b"\0")
    for cut in range(len(MIKEY["pull"]) // 2):
        refused(Mikey, bytes.fromhex(MIKEY["pull"])[:cut])


def http():
    text = b'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nWWW-Authenticate: Digest realm="a,b=c", nonce="", ' \
           b'algorithm=MD5, qop="auth,auth-int", stale=true\r\n\r\nxy'
    assert http_frame(text + b"HTTP") == len(text) and http_frame(text[:-1]) == 0 and http_frame(text[:30]) == 0
    offer = Http(text).digest("www-authenticate")
    assert offer == {"realm": "a,b=c", "nonce": "", "algorithm": "MD5", "qop": "auth,auth-int", "stale": "true"}
    refused(Http, text + b"z")
    refused(Http, text.replace(b"Content-Length: 2\r\n", b""))
    refused(Digest, 'Digest realm=x')
    refused(Digest, 'Digest username="a", nc="00000001"')
    refused(Digest, 'Digest realm="a", realm="a"')


def diameter():
    avps = struct.pack(">II", 263, 0x40000009) + b"a\0\0\0" + struct.pack(">III", 403, 0xC000000D, 10415) + b"4\0\0\0"
    message = struct.pack(">IIIII", 0x01000000 | (20 + len(avps)), 0xC0000000 | 310, 16777220, 7, 9) + avps
    parsed = Diameter(message)
    assert parsed.request and parsed.command == 310 and parsed.hop_by_hop == 7 and parsed.end_to_end == 9
    assert parsed.one(263) == b"a" and parsed.one(403) == b"4"
    assert diameter_frame(message + b"\1") == len(message) and diameter_frame(message[:-1]) == 0
    refused(Diameter, message[:-1] + b"\1")   # padding that is not zero
    refused(Diameter, message[:-2])


# --- pcap and TCP, on packets made here -------------------------------------------------------------------------

def ipv4(protocol, body, source=b"\x0a\0\0\1", target=b"\xc0\0\2\1"):
    def summed(data):
        return struct.pack(">H", pcap.internet_checksum(data))
    pseudo = source + target + struct.pack(">BBH", 0, protocol, len(body))
    place = 6 if protocol == 17 else 16
    body = body[:place] + summed(pseudo + body) + body[place + 2:]
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0x4000, 64, protocol, 0) + source + target
    return header[:10] + summed(header) + header[12:] + body


def tcp(up, seq, ack, flags, payload=b"", mss=None):
    """A segment between 10.0.0.1:5000 and 192.0.2.1:80."""
    options = struct.pack(">BBH", 2, 4, mss) if mss else b""
    ports = (5000, 80) if up else (80, 5000)
    header = struct.pack(">HHIIBBHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, (5 + len(options) // 4) << 4, flags,
                         65535, 0, 0)
    hosts = (b"\x0a\0\0\1", b"\xc0\0\2\1")
    return ipv4(6, header + options + payload, *(hosts if up else hosts[::-1]))


def parsed(*datagrams):
    return [pcap.parse_ip(i + 1, d) for i, d in enumerate(datagrams)]


def checksums():
    datagram = ipv4(17, struct.pack(">HHHH", 2269, 2269, 12, 0) + b"abcd")
    packet = pcap.parse_ip(1, datagram)
    assert (packet.source, packet.target, packet.payload) == ("10.0.0.1", "192.0.2.1", b"abcd")
    for bit in range(len(datagram) * 8):
        damaged = bytearray(datagram)
        damaged[bit // 8] ^= 1 << bit % 8
        refused(pcap.parse_ip, 1, bytes(damaged))


ISN = 0xFFFFFFFE  # the sequence space wraps in the first bytes


def stream(*middle, fin_at=8):
    return pcap.connections(parsed(
        tcp(True, ISN, 0, 2, mss=1400), tcp(False, 100, ISN + 1, 18, mss=1400), tcp(True, ISN + 1, 101, 16), *middle,
        tcp(True, ISN + 1 + fin_at, 101, 17), tcp(False, 101, ISN + 2 + fin_at, 17),
        tcp(True, ISN + 2 + fin_at, 102, 16)))[0]


def tcp_streams():
    one, two = tcp(True, ISN + 1, 101, 24, b"abcd"), tcp(True, ISN + 5, 101, 24, b"efgh")
    both = tcp(True, ISN + 1, 101, 24, b"abcdefgh")
    for middle in ((one, two), (two, one), (one, one, two), (one, two, both), (both, two, one)):
        connection = stream(*middle)
        assert bytes(connection.sides[0].data) == b"abcdefgh" and connection.whole()
        messages = pcap.split(connection, lambda data: 4 if len(data) >= 4 else 0)
        assert [m.data for m in messages] == [b"abcd", b"efgh"] and all(m.from_client for m in messages)
    assert stream(one, one, two).sides[0].retransmitted == 1
    refused(stream, one, tcp(True, ISN + 1, 101, 24, b"abcX"), two)       # other bytes the second time
    refused(stream, one)                                                  # the FIN does not adjoin
    refused(stream, one, two, tcp(True, ISN + 9, 101, 24, b"i"))          # nor does it here
    refused(stream, one, tcp(False, 101, ISN + 6, 16), two)               # acknowledges what was not sent
    refused(stream, tcp(True, ISN + 1, 101, 24, b"x" * 1401), fin_at=1401)  # more than the MSS


def refused(function, *arguments, **named):
    try:
        function(*arguments, **named)
    except (MessageError, pcap.CaptureError):
        return
    raise AssertionError(f"{function.__name__} took what is wrong")


TESTS = (milenage, aka, gba, digest, ub_digest, ua_digest, prf, mikey_messages, http, diameter, checksums, tcp_streams)


def main():
    report = tap.Tap()
    for test in TESTS:
        problems = []
        try:
            test()
        except Exception as error:  # any error is a test that failed
            problems.append(f"{type(error).__name__}: {error}")
        report.ok(not problems, f"self-test: {test.__name__}", *problems)
    return report.end()
