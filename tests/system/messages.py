# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Reads HTTP with Digest headers (RFC 7230, 2617), Diameter (RFC 6733, TS 29.109) and MIKEY (RFC 3830, 4563).
Strict: a MessageError says what is wrong."""
import re
import struct


class MessageError(Exception):
    """A message that its grammar does not allow."""


def need(condition, text):
    if not condition:
        raise MessageError(text)


# --- HTTP -------------------------------------------------------------------------------------------------------

class Http:
    def __init__(self, data):
        head, blank, self.body = data.partition(b"\r\n\r\n")
        need(blank, "HTTP: no end of the header")
        lines = head.decode("ascii").split("\r\n")
        need(not any("\n" in line or "\r" in line for line in lines), "HTTP: bare CR or LF")
        self.start = lines[0]
        request = re.fullmatch(r"([A-Z]+) (\S+) HTTP/1\.1", self.start)
        response = re.fullmatch(r"HTTP/1\.1 ([1-5]\d\d) ([ -~]*)", self.start)
        need(request or response, f"HTTP: start line {self.start!r}")
        self.method, self.target = request.groups() if request else (None, None)
        self.status = int(response.group(1)) if response else None
        self.headers = {}
        for line in lines[1:]:
            field = re.fullmatch(r"([!#-'*+.0-9A-Z^-z|~-]+):[ \t]*(.*?)[ \t]*", line)
            need(field, f"HTTP: header line {line!r}")
            name = field.group(1).lower()
            need(name not in self.headers, f"HTTP: header {name} twice")
            self.headers[name] = field.group(2)
        need(len(self.body) == int(self.headers.get("content-length", "0")), "HTTP: Content-Length")
        if response and self.status not in (204, 304) and self.status >= 200:
            need("content-length" in self.headers, "HTTP: response without Content-Length")

    def digest(self, name, scheme=True):
        """The parameters of a Digest header, or None without that header."""
        value = self.headers.get(name.lower())
        return None if value is None else Digest(value, scheme)


def http_frame(data):
    head, blank, _ = data.partition(b"\r\n\r\n")
    if not blank:
        return 0
    length = re.search(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n|$)", head, re.IGNORECASE)
    total = len(head) + 4 + (int(length.group(1)) if length else 0)
    return total if total <= len(data) else 0


QUOTED = {"username", "realm", "nonce", "uri", "response", "cnonce", "opaque", "auts", "rspauth", "nextnonce"}
BARE = {"algorithm", "nc", "stale"}


class Digest(dict):
    """Parameters by name. Which ones are quoted is checked; qop is quoted in a challenge only."""

    def __init__(self, value, scheme=True):
        super().__init__()
        challenge = "username=" not in value and scheme
        if scheme:
            need(value.startswith("Digest "), f"Digest: scheme in {value!r}")
            value = value[7:]
        at = 0
        pattern = re.compile(r'\s*([A-Za-z0-9-]+)=(?:"([^"\\]*)"|([^\s",]+))\s*(,|$)')
        while at < len(value):
            field = pattern.match(value, at)
            need(field, f"Digest: {value[at:]!r}")
            name, quoted, bare = field.group(1), field.group(2), field.group(3)
            need(name not in self, f"Digest: {name} twice")
            need(not (name in QUOTED and quoted is None), f"Digest: {name} must be quoted")
            need(not (name in BARE and bare is None), f"Digest: {name} must not be quoted")
            if name == "qop":
                need((quoted is not None) == challenge, "Digest: quotes of qop")
            self[name] = quoted if quoted is not None else bare
            at = field.end()
            need(field.group(4) == "" or at < len(value), "Digest: comma at the end")
        if "nc" in self:
            need(re.fullmatch(r"[0-9a-f]{8}", self["nc"]), f"Digest: nc {self['nc']!r}")


# --- Diameter ---------------------------------------------------------------------------------------------------

VENDOR = 10415
GROUPED = {260, 297, 612, 621, 623}
OVERLOAD = range(621, 628)  # RFC 7683: without V and M; 625 and 626 with V are those of TS 29.229
VENDOR_CODES = set(range(400, 421)) | set(range(600, 640))
NEVER_M = {409}  # TS 29.109 table 6.1; of the base protocol Error-Message and the like, which nobody sends here


class Diameter:
    def __init__(self, data):
        need(len(data) >= 20 and data[0] == 1, "Diameter: header")
        need(int.from_bytes(data[1:4], "big") == len(data), "Diameter: length")
        self.flags = data[4]
        need(self.flags & 0x0F == 0, "Diameter: reserved command flags")
        self.request = bool(self.flags & 0x80)
        self.command = int.from_bytes(data[5:8], "big")
        self.application, self.hop_by_hop, self.end_to_end = struct.unpack(">III", data[8:20])
        self.avps = parse_avps(data[20:])

    def all(self, code):
        return [value for c, value in self.avps if c == code]

    def one(self, code, default=None):
        values = self.all(code)
        need(len(values) <= 1, f"Diameter: AVP {code} {len(values)} times")
        return values[0] if values else default

    def number(self, code):
        value = self.one(code)
        need(value is None or len(value) == 4, f"Diameter: AVP {code} is no 32-bit number")
        return None if value is None else int.from_bytes(value, "big")

    def result(self):
        """(2001, False), or (the Experimental-Result-Code, True)."""
        plain, experimental = self.number(268), self.one(297)
        need((plain is None) != (experimental is None), "Diameter: exactly one result")
        if plain is not None:
            return plain, False
        inner = dict(experimental)
        need(inner.get(266) == VENDOR.to_bytes(4, "big") and len(inner.get(298, b"")) == 4,
             "Diameter: Experimental-Result")
        return int.from_bytes(inner[298], "big"), True


def parse_avps(data):
    avps, at = [], 0
    while at < len(data):
        need(at + 8 <= len(data), "Diameter: AVP header")
        code, flags_length = struct.unpack(">II", data[at:at + 8])
        flags, length = flags_length >> 24, flags_length & 0xFFFFFF
        header = 12 if flags & 0x80 else 8
        padded = (length + 3) & ~3
        need(flags & 0x1F == 0, f"Diameter: reserved flags of AVP {code}")
        need(header <= length and at + padded <= len(data), f"Diameter: length of AVP {code}")
        need(not any(data[at + length:at + padded]), f"Diameter: padding of AVP {code}")
        if code not in OVERLOAD or flags & 0x80:
            need((code in VENDOR_CODES) == bool(flags & 0x80), f"Diameter: V flag of AVP {code}")
            need(bool(flags & 0x40) == (code not in NEVER_M), f"Diameter: M flag of AVP {code}")
        else:
            need(not flags & 0x40, f"Diameter: M flag of AVP {code}")
        if flags & 0x80:
            need(int.from_bytes(data[at + 8:at + 12], "big") == VENDOR, f"Diameter: vendor of AVP {code}")
        value = data[at + header:at + length]
        avps.append((code, parse_avps(value) if code in GROUPED else value))
        at += padded
    return avps


def diameter_frame(data):
    if len(data) < 4:
        return 0
    length = int.from_bytes(data[1:4], "big")
    need(data[0] == 1 and length >= 20, "Diameter: start of a message")
    return length if length <= len(data) else 0


# --- MIKEY ------------------------------------------------------------------------------------------------------

KEMAC, T, ID, V, RAND, ERR, EXT = 1, 5, 6, 9, 11, 12, 21


class Mikey:
    """One MIKEY message; `order` lists its payloads' codes as they stand."""

    def __init__(self, data):
        self.data = data
        need(len(data) >= 10, "MIKEY: header")
        version, self.data_type, code, v_prf, self.csb_id, self.cs_count, self.map_type = \
            struct.unpack(">BBBBIBB", data[:10])
        need(version == 1, f"MIKEY: version {version}")
        self.v, self.prf = v_prf >> 7, v_prf & 0x7F
        need(self.prf == 0, f"MIKEY: PRF function {self.prf}")
        self.at, self.order, self.ids, self.key_ids = 10, [], [], {}
        self.rand = self.counter = self.mac = self.encrypted = None
        readers = {KEMAC: self.kemac, T: self.t, ID: self.id, V: self.ver, RAND: self.random, ERR: self.err,
                   EXT: self.ext}
        while code:
            need(code in readers, f"MIKEY: payload {code}")
            need(code == ID or code not in self.order, f"MIKEY: payload {code} twice")
            self.order.append(code)
            following = self.take(1)[0]
            readers[code]()
            code = following
        need(self.at == len(data), f"MIKEY: {len(data) - self.at} bytes after the last payload")

    def take(self, n):
        need(self.at + n <= len(self.data), "MIKEY: ends early")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def ext(self):
        need(self.number(1) == 3, "MIKEY: General Extension is not Key ID Information")
        end = self.number(2) + self.at
        while self.at < end:
            kind, length = self.take(2)
            need(kind not in self.key_ids, f"MIKEY: key id {kind} twice")
            self.key_ids[kind] = self.take(length)
        need(self.at == end, "MIKEY: length of the General Extension")

    def t(self):
        kind = self.number(1)
        need(kind == 2, f"MIKEY: time stamp type {kind} is not COUNTER")
        self.counter = self.number(4)

    def random(self):
        self.rand = self.take(self.number(1))
        need(len(self.rand) >= 16, "MIKEY: RAND shorter than 16 bytes")

    def id(self):
        need(self.number(1) == 0, "MIKEY: ID type is not NAI")
        self.ids.append(self.take(self.number(2)).decode("ascii"))

    def kemac(self):
        need(self.number(1) == 1, "MIKEY: encryption algorithm is not AES-CM-128")
        self.encrypted = self.take(self.number(2))
        self.finish()

    def ver(self):
        self.finish()

    def finish(self):
        need(self.number(1) == 1, "MIKEY: MAC algorithm is not HMAC-SHA-1-160")
        self.covered = self.data[:self.at]
        self.mac = self.take(20)

    def err(self):
        self.error = self.number(1)
        need(self.take(2) == b"\0\0", "MIKEY: reserved bytes of ERR")


class KeyData:
    """The one Key data sub-payload of an MSK message (RFC 3830 clauses 6.13, 6.14)."""

    def __init__(self, data):
        need(len(data) >= 4, "Key data: header")
        following, kinds, length = struct.unpack(">BBH", data[:4])
        need(following == 0, "Key data: more than one sub-payload")
        self.type, self.kv = kinds >> 4, kinds & 15
        self.key, rest = data[4:4 + length], data[4 + length:]
        need(len(self.key) == length, "Key data: key length")
        need(self.kv == 2, f"Key data: validity type {self.kv} is not Interval")
        bounds = []
        for _ in range(2):
            need(rest and len(rest) > rest[0], "Key data: validity length")
            bounds.append(rest[1:1 + rest[0]])
            rest = rest[1 + rest[0]:]
        need(not rest, "Key data: bytes after the validity")
        self.valid_from, self.valid_to = bounds
