# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Ub between UE and BSF (TS 33.220 clause 4.5.2, TS 24.109, RFC 3310) and Ua between UE and BM-SC (TS 33.246 clause
6.3.2.2, RFC 2617)."""
import calendar
import email.utils
import re
import time
import xml.etree.ElementTree

from check_diameter import check_autn, first
from crypto import b64, digest_ha1, digest_response, unb64, xor
from keys import rand_of, ue_number_of_address, ue_number_of_impi
from messages import Http
from pcap import CaptureError, expect

IND_BITS = 5  # SQN = SEQ || IND, TS 33.102 Annex C
UA_URI = "/keymanagement?requesttype=msk-request"


class HttpCheck:
    """What Ub and Ua share: requests and answers take turns on a connection."""

    def __init__(self, keys, counts):
        self.keys, self.counts = keys, counts
        self.waiting = {}    # connection -> the request without an answer
        self.address = None  # of the server
        self.exchange = {}   # connection -> what this check remembers of it

    def message(self, item):
        connection, packet = id(item.connection), item.packet
        message = Http(item.data)
        check_date(item, message)
        check_product(item, message, self.user_agent if message.method else self.server)
        if message.method:
            expect(packet, "direction of a request", True, item.from_client)
            expect(packet, "request while another waits for its answer", None, self.waiting.get(connection))
            self.waiting[connection] = message
            self.address = self.address or item.connection.server
            expect(packet, "address of the server", self.address, item.connection.server)
            self.request(item, message)
            return
        expect(packet, "direction of an answer", False, item.from_client)
        request = self.waiting.pop(connection, None)
        if request is None:
            raise CaptureError(f"packet {packet.number}: an answer without a request")
        if message.status == 401:
            self.challenge(item, message, request)
        elif message.status == 200:
            self.success(item, message, request)
        else:
            self.refusal(item, message, request)

    def refusal(self, item, message, _):
        """An answer without a body that ends the exchange."""
        expect(item.packet, "status of a refusal", True, message.status in self.refusals)
        expect(item.packet, "body of a refusal", b"", message.body)
        if "retry-after" in message.headers:
            expect(item.packet, "Retry-After only with 503", 503, message.status)
            expect(item.packet, "Retry-After in seconds", True, message.headers["retry-after"].isdigit())
        self.counts[f"{self.interface}_{message.status}"] += 1

    def rspauth(self, item, message, asked, ha1, uri):
        info = message.digest("Authentication-Info", scheme=False)
        if info is None:
            raise CaptureError(f"packet {item.packet.number}: 200 without Authentication-Info")
        expect(item.packet, "qop, cnonce and nc of the request", tuple(asked[n] for n in ("qop", "cnonce", "nc")),
               tuple(info.get(n) for n in ("qop", "cnonce", "nc")))
        right = digest_response(ha1, asked["nonce"], asked["nc"], asked["cnonce"], asked["qop"], "", uri, message.body)
        expect(item.packet, "rspauth", right, info.get("rspauth"))
        return info


class UbCheck(HttpCheck):
    interface = "ub"
    user_agent = server = "3gpp-gba-tmpi"  # TS 24.109 clause 4.2: requests and answers
    refusals = (400, 403, 503)

    def __init__(self, keys, counts, diameter, mikey_fresh):
        super().__init__(keys, counts)
        self.diameter, self.fresh = diameter, mikey_fresh
        self.fqdn = None
        self.without_tmpi = set()  # UEs that were told that the BSF does not know it
        self.newest = {}           # UE -> B-TID of its last 200
        self.tmpis = {}            # UE -> {TMPI: B-TID}

    def request(self, item, message):
        packet = item.packet
        expect(packet, "request line", "GET / HTTP/1.1", message.start)
        self.fqdn = self.fqdn or message.headers["host"]
        expect(packet, "Host", self.fqdn, message.headers["host"])
        message.asked = asked = message.digest("Authorization")
        if asked is None:
            raise CaptureError(f"packet {packet.number}: GET without Authorization")
        expect(packet, "realm", self.fqdn, asked["realm"])
        expect(packet, "uri", "/", asked["uri"])
        expect(packet, "body", b"", message.body)
        expect(packet, "Referer (none, TS 24.109 clause A.3)", None, message.headers.get("referer"))
        message.impi = self.username(packet, ue_number_of_address(item.connection.client), asked["username"])
        if asked["nonce"] == "":
            expect(packet, "response of the first GET", "", asked["response"])
            expect(packet, "credentials in the first GET", set(),
                   set(asked) - {"username", "realm", "nonce", "uri", "response"})
            self.counts["ub_get"] += 1
        else:
            self.credentials(item, message, asked)

    def username(self, packet, ue, name):
        """IMPI of a user name. It is the TMPI if the UE has one (TS 33.220 clause 4.5.2 step 1): every UE has bootstrapped
        before, and keeps its TMPI until it is told that the BSF does not know it."""
        if not name.endswith("@tmpi.bsf.3gppnetwork.org"):
            expect(packet, "UE that gives its IMPI, having no TMPI", True, ue in self.without_tmpi)
            expect(packet, "UE whose IMPI this is", ue, ue_number_of_impi(name))
            return name
        expect(packet, "UE that has a TMPI", False, ue in self.without_tmpi)
        if name not in self.tmpis.get(ue, {}):
            self.tmpis[ue] = self.keys.tmpis_of_ue(ue)
        b_tid = self.tmpis[ue].get(name)
        if b_tid is None:
            raise CaptureError(f"packet {packet.number}: {name} is no TMPI of UE {ue}")
        expect(packet, "B-TID of the newest bootstrap, whose TMPI this is", self.newest.get(ue, b_tid), b_tid)
        self.counts["tmpi"] += 1
        return self.keys.impi_of_ue[ue]

    def credentials(self, item, message, asked):
        """The answer to the challenge: made with RES, or with AUTS and the empty password."""
        packet, vector = item.packet, self.exchange.get(id(item.connection))
        if vector is None:
            raise CaptureError(f"packet {packet.number}: credentials before a challenge on this connection")
        expect(packet, "nonce of the challenge", b64(vector.rand + vector.autn), asked["nonce"])
        expect(packet, "IMPI of the challenge", vector.impi, message.impi)
        expect(packet, "algorithm and qop", ("AKAv1-MD5", "auth-int"), (asked.get("algorithm"), asked.get("qop")))
        expect(packet, "nc", "00000001", asked.get("nc"))
        password = vector.milenage.res
        if "auts" in asked:
            self.resynchronise(packet, asked, vector)
            password = b""
        vector.ha1 = digest_ha1(asked["username"], asked["realm"], password)
        right = digest_response(vector.ha1, asked["nonce"], asked["nc"], asked["cnonce"], "auth-int", "GET", "/")
        expect(packet, "response (Digest AKAv1-MD5)", right, asked["response"])
        self.counts["ub_auth_get"] += 1
        self.counts["ub_digest"] += 1

    def resynchronise(self, packet, asked, vector):
        auts = unb64(asked["auts"])
        expect(packet, "length of AUTS", 14, len(auts))
        sqn_ms = xor(auts[:6], vector.milenage.ak_star)
        expect(packet, "MAC-S in AUTS", vector.milenage.macs(sqn_ms, b"\0\0")[1], auts[6:])
        number = int.from_bytes(sqn_ms, "big")
        expect(packet, f"SEQ of the challenge ({vector.sqn >> IND_BITS}) is stale against SEQ_MS "
               f"({number >> IND_BITS})", True, vector.sqn >> IND_BITS <= number >> IND_BITS)
        self.diameter.auts[vector.rand + auts] = number
        self.counts["auts"] += 1

    def refusal(self, item, message, request):
        if request.asked["username"] != request.impi and message.status == 403:
            self.without_tmpi.add(ue_number_of_address(item.connection.client))
            self.counts["ub_tmpi_unknown"] += 1
        super().refusal(item, message, request)

    def challenge(self, item, message, request):
        packet, impi = item.packet, request.impi
        offer = message.digest("WWW-Authenticate")
        expect(packet, "realm, algorithm and qop of the challenge", (self.fqdn, "AKAv1-MD5", "auth-int"),
               tuple(offer.get(n) for n in ("realm", "algorithm", "qop")))
        nonce = unb64(offer["nonce"])
        expect(packet, "length of RAND || AUTN", 32, len(nonce))
        rand, autn = nonce[:16], nonce[16:]
        vector = self.diameter.vectors.get(rand)
        if vector is None:
            raise CaptureError(f"packet {packet.number}: challenge {rand.hex()} did not come from the HSS")
        expect(packet, "AUTN and IMPI of the HSS's vector", (vector.autn, vector.impi), (autn, impi))
        expect(packet, "SQN of AUTN", vector.sqn, check_autn(packet, self.keys, impi, rand, autn).sqn)
        old = self.exchange.get(id(item.connection))
        if "auts" in request.asked:
            expect(packet, "SQN above the one before the re-synchronisation", True, vector.sqn > old.sqn)
        self.exchange[id(item.connection)] = vector
        self.counts["ub_401"] += 1

    def success(self, item, message, request):
        packet, asked = item.packet, request.asked
        vector = self.exchange.get(id(item.connection))
        expect(packet, "200 in answer to a RES", True, asked["nonce"] != "" and "auts" not in asked)
        self.rspauth(item, message, asked, vector.ha1, "/")
        expect(packet, "Content-Type", "application/vnd.3gpp.bsf+xml", message.headers.get("content-type"))
        body = message.body.decode()
        b_tid = first(r"<btid>([^<]*)</btid>", body)
        expect(packet, "B-TID", f"{b64(vector.rand)}@{self.fqdn}", b_tid)
        self.keys.agree("KS", b_tid, vector.milenage.ck + vector.milenage.ik)
        expiry = calendar.timegm(time.strptime(first(r"<lifetime>([^<]*)</lifetime>", body), "%Y-%m-%dT%H:%M:%SZ"))
        expect(packet, "Expires", expiry, http_time(message.headers["expires"]))
        lifetime = expiry - http_time(message.headers["date"])
        if abs(lifetime - vector.lifetime_s) > 1:
            raise CaptureError(f"packet {packet.number}: lifetime {lifetime} s, the GUSS said {vector.lifetime_s} s")
        self.diameter.sessions[vector.impi] = (b_tid, expiry, packet)
        ue = ue_number_of_address(item.connection.client)
        self.newest[ue] = b_tid
        self.without_tmpi.discard(ue)
        self.fresh.add(b_tid)
        self.keys.impi_of_b_tid.setdefault(b_tid, vector.impi)
        self.counts["ub_200"] += 1
        self.counts["rspauth"] += 1


class UaCheck(HttpCheck):
    interface = "ua"
    user_agent, server = "3gpp-gba", None  # TS 24.109 clause 5.2.1: requests
    refusals = (400, 403, 404, 405, 501, 503, 504, 505)  # TS 33.246 table G.2.4-1

    def __init__(self, keys, counts):
        super().__init__(keys, counts)
        self.granted = {}  # B-TID -> requests granted
        self.nonces = {}   # nonce -> [address of the UE, opaque, nc accepted last]
        self.grants = {}   # B-TID -> (address, {key ids})
        self.asked = {}    # B-TID -> (connection, grant to be) of the last request with right credentials
        self.seen = set()  # addresses of UEs that have sent a request
        self.groups = {}   # address -> (Key Domain ID, Key Group) of the pull

    def pulled(self, address, key_ids):
        self.groups[address] = (key_ids[0], key_ids[1][:2])

    def grant_number(self, b_tid):
        """Which of the requests under this B-TID was granted last."""
        return self.granted.get(b_tid, 0)

    def expect_grant(self, packet, b_tid, key_ids):
        """An MSK message follows a 200 for its key, to where the request came from. That the connection was gone when the
        200 should have left does not undo the grant."""
        if b_tid not in self.grants and b_tid in self.asked:
            connection, grant = self.asked[b_tid]
            if connection.reset is not None and connection.reset.number < packet.number:
                self.grants[b_tid] = grant
                self.counts["ua_200_unsent"] += 1
        if b_tid not in self.grants:
            raise CaptureError(f"packet {packet.number}: MSK message to {b_tid} before a 200 for it")
        address, granted = self.grants[b_tid]
        expect(packet, "address of the request", address, packet.target)
        expect(packet, "Key Group granted", True, (key_ids[0], key_ids[1][:2]) in granted)

    def request(self, item, message):
        packet = item.packet
        expect(packet, "request line", f"POST {UA_URI} HTTP/1.1", message.start)
        expect(packet, "Host", self.keys.naf_id[:-5].decode(), message.headers["host"])
        expect(packet, "Content-Type", "application/mbms-msk+xml", message.headers.get("content-type"))
        expect(packet, "Referer (TS 33.246 clause H.2.1)", f"http://{message.headers['host']}/service",
               message.headers.get("referer"))
        message.wanted = keys_in(packet, message.body, "mbmsMSKRequest", "mskRequest")
        for domain, msk_id in message.wanted:
            expect(packet, "Key Group that was pulled", self.groups.get(item.connection.client), (domain, msk_id[:2]))
            expect(packet, "Key Number asked for (0: the current one)", b"\0\0", msk_id[2:])
        message.asked = asked = message.digest("Authorization")
        if asked is None:
            self.counts["ua_post"] += 1
        else:
            self.credentials(item, message, asked)
        self.seen.add(item.connection.client)
        self.exchange[id(item.connection)] = message

    def credentials(self, item, message, asked):
        packet = item.packet
        known = self.nonces.get(asked["nonce"])
        if known is None and item.connection.client not in self.seen:
            # nextnonce of an exchange before the run: for the first request of a UE alone
            known = self.nonces[asked["nonce"]] = [item.connection.client, asked.get("opaque"), 0]
            self.counts["ua_nonce_of_before"] += 1
        if known is None:
            raise CaptureError(f"packet {packet.number}: nonce {asked['nonce']} was never given out")
        if id(item.connection) not in self.exchange:
            self.counts["ua_preemptive"] += 1
        expect(packet, "UE that got this nonce, and opaque", (item.connection.client, known[1]),
               (known[0], asked.get("opaque")))
        expect(packet, "realm, uri, qop and algorithm",
               ("3GPP-bootstrapping@" + message.headers["host"], UA_URI, "auth-int", "MD5"),
               tuple(asked.get(n) for n in ("realm", "uri", "qop", "algorithm")))
        expect(packet, "nc", f"{known[2] + 1:08x}", asked["nc"])
        known[2] += 1
        rand_of(asked["username"])
        _, mrk = self.keys.of_b_tid(asked["username"], item.connection.client)
        expect(packet, "UE whose B-TID this is", ue_number_of_address(item.connection.client),
               ue_number_of_impi(self.keys.impi_of_b_tid[asked["username"]]))
        message.ha1 = digest_ha1(asked["username"], asked["realm"], b64(mrk).encode())
        right = digest_response(message.ha1, asked["nonce"], asked["nc"], asked["cnonce"], "auth-int", "POST", UA_URI,
                                message.body)
        expect(packet, "response (Digest MD5)", right, asked["response"])
        grant = (item.connection.client, {(domain, msk_id[:2]) for domain, msk_id in message.wanted})
        self.asked[asked["username"]] = (item.connection, grant)
        self.counts["ua_auth_post"] += 1
        self.counts["ua_digest"] += 1

    def challenge(self, item, message, request):
        packet = item.packet
        offer = message.digest("WWW-Authenticate")
        expect(packet, "realm, algorithm and qop of the challenge",
               ("3GPP-bootstrapping@" + request.headers["host"], "MD5", "auth-int"),
               tuple(offer.get(n) for n in ("realm", "algorithm", "qop")))
        expect(packet, "nonce that was never given out before", True, offer["nonce"] not in self.nonces)
        self.nonces[offer["nonce"]] = [item.connection.client, offer.get("opaque"), 0]
        self.counts["ua_401"] += 1
        if offer.get("stale") == "true":
            expect(packet, "stale only in answer to credentials", True, request.asked is not None)
            self.counts["ua_401_stale"] += 1
        elif request.asked is not None:
            self.counts["ua_401_renegotiate"] += 1

    def success(self, item, message, request):
        packet, asked = item.packet, request.asked
        if asked is None:
            raise CaptureError(f"packet {packet.number}: 200 without credentials")
        info = self.rspauth(item, message, asked, request.ha1, UA_URI)
        if "nextnonce" in info:
            self.counts["nextnonce"] += 1
            self.nonces[info["nextnonce"]] = [item.connection.client, asked.get("opaque"), 0]
        expect(packet, "Content-Type", "application/mbms-msk-response+xml", message.headers.get("content-type"))
        expect(packet, "keys of the request, each answered", request.wanted, keys_in(packet, message.body, "mbmsMSKResponse", "mskResponse"))
        codes = re.findall(rb"<ResponseCode>([^<]*)</ResponseCode>", message.body)
        expect(packet, "response codes (TS 26.346 clause 11.8.2)", [b"200 OK"] * len(request.wanted), codes)
        self.grants[asked["username"]] = self.asked[asked["username"]][1]
        self.granted[asked["username"]] = self.grant_number(asked["username"]) + 1
        expect(packet, "Expires not before Date", True,
               http_time(message.headers["expires"]) >= http_time(message.headers["date"]))
        self.counts["ua_200"] += 1
        self.counts["rspauth"] += 1


def keys_in(packet, body, root_name, name_space):
    """[(Key Domain ID, MSK ID)] of an MSK request or response (TS 26.346 clauses 11.6 and 11.8)."""
    q = "{urn:3GPP:metadata:2005:MBMS:" + name_space + "}"
    root = xml.etree.ElementTree.fromstring(body)
    expect(packet, "root element", q + root_name, root.tag)
    items = root.findall(q + "MSK" if root_name == "mbmsMSKRequest" else f"{q}Response/{q}MSK")
    pairs = [tuple(unb64(item.find(q + name).text) for name in ("keyDomainID", "MSKID")) for item in items]
    expect(packet, "keys in the XML body, 3 and 4 bytes each", True,
           bool(pairs) and all((len(d), len(k)) == (3, 4) for d, k in pairs))
    return pairs


def http_time(text):
    """Unix seconds of an HTTP date; it must be written as RFC 7231 wants it."""
    seconds = int(email.utils.parsedate_to_datetime(text).timestamp())
    if email.utils.formatdate(seconds, usegmt=True) != text:
        raise CaptureError(f"HTTP date {text!r}")
    return seconds


def check_date(item, message):
    """Date lies between the connection's start and the packet that completed the message."""
    date = http_time(message.headers["date"])
    if not item.connection.first.unix_ns // 10**9 <= date <= item.packet.unix_ns // 10**9:
        raise CaptureError(f"packet {item.packet.number}: Date {message.headers['date']}, but the packet is of "
                           f"{item.packet.unix_ns / 1e9:.3f}")


def check_product(item, message, product):
    """The product token that says what its sender knows of GBA."""
    if product is not None:
        name = "user-agent" if message.method else "server"
        words = re.split(r"[\s;]+", message.headers.get(name, ""))
        expect(item.packet, f"product token in {name}", True, product in words)
