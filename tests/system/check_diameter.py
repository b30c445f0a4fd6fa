# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Zh (MAR, MAA) and Zn (BIR, BIA) on TCP 3868 (TS 29.109, RFC 6733)."""
import re

from crypto import xor
from keys import rand_of
from messages import VENDOR, Diameter
from pcap import CaptureError, expect

MAR, BIR = 303, 310
ZN, ZH = 16777220, 16777221
NTP_TO_UNIX = 2208988800  # seconds from 1900 to 1970


def unix_time(ntp):
    """RFC 6733 4.3.1: seconds since 1900; without the high bit (RFC 4330, 3), since the turn of the 32 bits in 2036."""
    return ntp + (0 if ntp & 1 << 31 else 1 << 32) - NTP_TO_UNIX


class Vector:
    """An authentication vector as the HSS gave it out."""

    def __init__(self, impi, rand, autn, milenage, sqn):
        self.impi, self.rand, self.autn, self.milenage, self.sqn = impi, rand, autn, milenage, sqn


class DiameterCheck:
    def __init__(self, keys, counts):
        self.keys, self.counts = keys, counts
        self.open = {}          # (connection, hop-by-hop) -> request
        self.end_to_end = {}    # (origin host, end-to-end id) -> packet
        self.vectors = {}       # RAND -> Vector
        self.last_sqn = {}      # impi -> SQN of the newest vector
        self.unknown = set()    # B-TIDs answered 5403
        self.sessions = {}      # impi -> (B-TID, expiry, packet) of the last 200 on Ub
        self.expiry = {}        # B-TID -> expiry, as told the BM-SC
        self.reports = {}       # origin host -> (OC-Sequence-Number, what it says) of the last report of overload
        self.auts = {}          # RAND || AUTS -> SQN_MS, of requests on Ub

    def message(self, item):
        message = Diameter(item.data)
        message.packet = item.packet
        if message.request:
            expect(item.packet, "direction of a request", True, item.from_client)
            expect(item.packet, "P flag of a request", True, bool(message.flags & 0x40))
            self.request(item, message)
        else:
            expect(item.packet, "direction of an answer", False, item.from_client)
            self.answer(item, message)

    def request(self, item, message):
        packet, key = item.packet, (id(item.connection), message.hop_by_hop)
        names = {MAR: ZH, BIR: ZN}
        expect(packet, "application of the command", names.get(message.command), message.application)
        expect(packet, "hop-by-hop id that no open request has", True, key not in self.open)
        session, origin = message.one(263).decode(), message.one(264).decode()
        expect(packet, "end-to-end id used before in packet", None,
               self.end_to_end.get((origin, message.end_to_end)))
        self.end_to_end[origin, message.end_to_end] = packet.number
        expect(packet, "Session-Id starts with Origin-Host", origin + ";", session[:len(origin) + 1])
        expect(packet, "Vendor-Specific-Application-Id",
               [(266, VENDOR.to_bytes(4, "big")), (258, message.application.to_bytes(4, "big"))], message.one(260))
        expect(packet, "Origin-Realm", origin.split(".", 1)[1], message.one(296).decode())
        expect(packet, "Destination-Realm", origin.split(".", 1)[1], message.one(283).decode())
        if message.command == MAR:
            self.mar(packet, message)
        else:
            self.bir(packet, message)
        self.open[key] = message

    def answer(self, item, message):
        packet, key = item.packet, (id(item.connection), message.hop_by_hop)
        request = self.open.pop(key, None)
        if request is None:
            raise CaptureError(f"packet {packet.number}: answer with hop-by-hop id {message.hop_by_hop}, but no such "
                               "request is open")
        expect(packet, "command, application and end-to-end id of the request",
               (request.command, request.application, request.end_to_end),
               (message.command, message.application, message.end_to_end))
        expect(packet, "Session-Id of the request", request.one(263), message.one(263))
        expect(packet, "Origin-Host (where the request was for)", request.one(293, message.one(264)), message.one(264))
        self.overload(packet, message, request)
        result, experimental = message.result()
        expect(packet, "experimental result", result in (5401, 5402, 5403), experimental)
        name = "maa" if message.command == MAR else "bia"
        self.counts[f"{name}_{result}"] += 1
        self.counts[name] += 1
        if result == 2001:
            (self.maa if message.command == MAR else self.bia)(packet, message, request)
        else:
            secrets = [code for code in (612, 405, 406) if message.all(code)]
            expect(packet, "keys in a refusal", [], secrets)
            if result == 5403:
                self.unknown.add(request.one(401).decode())

    def overload(self, packet, message, request):
        """RFC 7683: reports go to who understands them, and a number says one thing for ever."""
        if request.one(621) is not None:
            expect(packet, "OC-Feature-Vector of a request (loss algorithm)", [(622, bytes(7) + b"\1")], request.one(621))
        report = message.one(623)
        if report is None:
            return
        expect(packet, "OC-Feature-Vector of both", request.one(621), message.one(621))
        expect(packet, "AVPs of a report", [624, 626, 627, 625], [code for code, _ in report])
        sequence, kind, reduction, validity = (int.from_bytes(value, "big") for _, value in report)
        expect(packet, "OC-Report-Type (0: host)", 0, kind)
        expect(packet, "OC-Reduction-Percentage up to 100", True, reduction <= 100)
        expect(packet, "OC-Validity-Duration up to a day", True, 0 < validity <= 86400)
        origin = message.one(264)
        last, said = self.reports.get(origin, (0, None))
        if sequence == last:
            expect(packet, "what report %d says" % sequence, said, (reduction, validity))
        else:
            expect(packet, "OC-Sequence-Number above that of the report before", True, sequence > last)
        self.reports[origin] = sequence, (reduction, validity)
        self.counts["overload_report"] += 1

    # --- Zh ---------------------------------------------------------------------------------------------------

    def mar(self, packet, message):
        self.counts["mar"] += 1
        impi = message.one(1).decode()
        expect(packet, "Auth-Session-State", 1, message.number(277))
        if message.one(612) is None:
            return
        item = dict(message.one(612))
        expect(packet, "SIP-Auth-Data-Item of a resynchronisation (TS 29.228 table 6.3.2)", [608, 610], sorted(item))
        expect(packet, "SIP-Authentication-Scheme", b"Digest-AKAv1-MD5", item[608])
        resync = item[610]
        expect(packet, "length of RAND || AUTS", 30, len(resync))
        expect(packet, "RAND || AUTS came in a request on Ub", True, resync in self.auts)
        self.last_sqn[impi] = self.auts[resync]
        self.counts["mar_resync"] += 1

    def maa(self, packet, message, request):
        impi = request.one(1).decode()
        expect(packet, "User-Name", impi, message.one(1).decode())
        item = dict(message.one(612))
        expect(packet, "SIP-Auth-Data-Item of one vector (TS 29.228 table 6.3.5)", [608, 609, 610, 625, 626],
               sorted(item))
        expect(packet, "SIP-Authentication-Scheme", b"Digest-AKAv1-MD5", item[608])
        expect(packet, "length of RAND || AUTN", 32, len(item.get(609, b"")))
        rand, autn = item[609][:16], item[609][16:]
        vector = check_autn(packet, self.keys, impi, rand, autn)
        if vector is None:
            raise CaptureError(f"packet {packet.number}: K and OPc of {impi} are not in the key log")
        expect(packet, "XRES", vector.milenage.res, item.get(610))
        expect(packet, "CK", vector.milenage.ck, item.get(625))
        expect(packet, "IK", vector.milenage.ik, item.get(626))
        if vector.sqn <= self.last_sqn.get(impi, -1):
            raise CaptureError(f"packet {packet.number}: SQN: expected more than {self.last_sqn[impi]:012x}, "
                               f"found {vector.sqn:012x}")
        expect(packet, "RAND that no vector before had", True, rand not in self.vectors)
        self.last_sqn[impi] = vector.sqn
        self.vectors[rand] = vector
        guss = (message.one(400) or b"").decode()
        expect(packet, "owner of the GUSS", impi, first(r'<guss id="([^"]*)"', guss))
        vector.lifetime_s = int(first(r"<lifeTime>(\d+)</lifeTime>", guss) or 0)
        self.counts["milenage_vector"] += 1

    # --- Zn ---------------------------------------------------------------------------------------------------

    def bir(self, packet, message):
        self.counts["bir"] += 1
        expect(packet, "GAA-Service-Identifier of MBMS", b"4", message.one(403))
        expect(packet, "NAF-Id", self.keys.naf_id, message.one(402))
        expect(packet, "GBA_U-Awareness-Indicator (1: yes, TS 33.246 clause 4.1.1)", 1, message.number(407))
        rand_of(message.one(401).decode())

    def bia(self, packet, message, request):
        b_tid = request.one(401).decode()
        impi = message.one(1).decode()
        if b_tid not in self.keys.impi_of_b_tid:
            self.keys.impi_of_b_tid[b_tid] = impi
        muk, _ = self.keys.of_b_tid(b_tid)
        expect(packet, "User-Name", self.keys.impi_of_b_tid[b_tid], impi)
        expect(packet, "ME-Key-Material (Ks_NAF)", muk, message.one(405))
        expect(packet, "GBA-Type of 3G keys (none)", None, message.one(410))
        expiry = unix_time(message.number(404) or 0)
        created = unix_time(message.number(408) or 0)
        now = packet.unix_ns / 1e9
        if not created <= now < expiry:
            raise CaptureError(f"packet {packet.number}: key of {created} .. {expiry} handed out at {now}")
        if impi in self.sessions:
            current, lifetime, at = self.sessions[impi]
            expect(packet, f"B-TID of the newest session (200 in packet {at.number})", current, b_tid)
            expect(packet, "expiry, as told the UE", lifetime, expiry)
        self.expiry[b_tid] = expiry
        self.counts["ks_naf"] += 1


def check_autn(packet, keys, impi, rand, autn):
    """The vector, its MAC-A verified; None without K and OPc (TS 33.102 clause 6.3)."""
    milenage = keys.milenage(impi, rand)
    if milenage is None:
        return None
    sqn, amf = xor(autn[:6], milenage.ak), autn[6:8]
    expect(packet, "MAC-A in AUTN", milenage.macs(sqn, amf)[0], autn[8:])
    return Vector(impi, rand, autn, milenage, int.from_bytes(sqn, "big"))


def first(pattern, text):
    match = re.search(pattern, text)
    return match.group(1) if match else None
