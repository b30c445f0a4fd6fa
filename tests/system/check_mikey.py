# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Solicited pulls, MSK messages and ACKs on UDP 2269 (TS 33.246 clauses 6.3.2.2.4 and 6.3.2.3; RFC 3830)."""
import re

from crypto import hmac_sha1, mikey_auth_key, mikey_decrypt
from keys import ue_number_of_address, ue_number_of_impi
from messages import EXT, ID, KEMAC, RAND, T, V, KeyData, Mikey
from pcap import CaptureError, expect

PORT = 2269


class MikeyCheck:
    def __init__(self, keys, counts, ua):
        self.keys, self.counts, self.ua = keys, counts, ua
        self.counter = {}          # IDr -> last counter sent under that MUK
        self.pushed = {}           # (IDr, counter) -> MSK message
        self.acked = set()         # (IDr, counter)
        self.fresh = set()         # IDr whose MUK was made in this run: counts from 1
        self.first_pull, self.first_ack, self.rands = {}, {}, {}
        self.msk_rands = {}        # MSK ID -> RAND: one for all UEs, TS 33.246 clause 6.4.5.1
        self.csb_ids = {}          # (IDr, number of the request) -> CSB ID

    def datagram(self, packet):
        expect(packet, "UDP source port", PORT, packet.source_port)
        expect(packet, "UDP target port", PORT, packet.target_port)
        message = Mikey(packet.payload)
        expect(packet, "crypto sessions and CS ID map type (1: empty)", (0, 1), (message.cs_count, message.map_type))
        if message.data_type == 1:
            self.ack(packet, message)
        elif message.data_type == 0:
            self.from_bmsc(packet, message)
        else:
            raise CaptureError(f"packet {packet.number}: MIKEY data type {message.data_type}")

    def from_bmsc(self, packet, message):
        expect(packet, "payloads", [EXT, T, RAND, ID, ID, KEMAC], message.order)
        expect(packet, "sub-payloads of Key ID Information", [0, 1], sorted(message.key_ids))
        idi, idr = message.ids
        expect(packet, "IDi (name of the BM-SC)", self.keys.naf_id[:-5].decode(), idi)
        expect(packet, "sender", self.ua.address or packet.source, packet.source)
        muk, _ = self.keys.of_b_tid(idr, packet.target)
        expect(packet, "UE whose MUK this is", ue_number_of_address(packet.target),
               ue_number_of_impi(self.keys.impi_of_b_tid[idr]))
        domain, msk_id = message.key_ids[0], message.key_ids[1]
        expect(packet, "length of Key Domain ID and MSK ID", (3, 4), (len(domain), len(msk_id)))
        if domain not in domains_of(idi):
            raise CaptureError(f"packet {packet.number}: Key Domain ID: expected one of "
                               f"{[d.hex() for d in domains_of(idi)]}, found {domain.hex()}")
        before = self.counter.get(idr, 0)
        if idr in self.fresh and before == 0:
            expect(packet, "first counter under a new MUK", 1, message.counter)
        if message.counter <= before:
            raise CaptureError(f"packet {packet.number}: counter: expected more than {before}, found {message.counter}")
        self.counter[idr] = message.counter
        auth = mikey_auth_key(muk, message.csb_id, message.rand)
        expect(packet, "MAC of the KEMAC", hmac_sha1(auth, message.covered), message.mac)
        self.counts["mikey_mac"] += 1
        if msk_id[2:] == b"\0\0":
            self.pull(packet, message)
        else:
            self.msk(packet, message, idr, msk_id, muk)

    def pull(self, packet, message):
        expect(packet, "V flag of a pull", 0, message.v)
        expect(packet, "encrypted data of a pull", b"", message.encrypted)
        other = self.rands.setdefault(message.rand, packet.number)
        expect(packet, "packet that uses this RAND first", packet.number, other)
        self.first_pull.setdefault(packet.target, packet)
        self.ua.pulled(packet.target, message.key_ids)
        self.counts["pull"] += 1

    def msk(self, packet, message, idr, msk_id, muk):
        expect(packet, "V flag of an MSK message", 1, message.v)
        plain = KeyData(mikey_decrypt(muk, message.csb_id, message.rand, message.counter, message.encrypted))
        expect(packet, "key type (2: TEK)", 2, plain.type)
        logged = self.keys.rows["MSK"].get(msk_id.hex())
        if logged is None:
            raise CaptureError(f"packet {packet.number}: MSK {msk_id.hex()} is not in the key log")
        expect(packet, "decrypted MSK", logged, plain.key)
        low, high = plain.valid_from, plain.valid_to
        expect(packet, "octets of SEQl and SEQu", (2, 2), (len(low), len(high)))
        expect(packet, "SEQl below SEQu, and SEQu below its maximum", True, low < high < b"\xff\xff")
        expect(packet, "SEQl below 1, the usual first MTK ID", b"\0\0", low)
        self.ua.expect_grant(packet, idr, message.key_ids)
        expect(packet, "RAND of every message with this MSK", self.msk_rands.setdefault(msk_id, message.rand), message.rand)
        expect(packet, "MSK that this RAND belongs to", msk_id, self.rands.setdefault(message.rand, msk_id))
        grant = self.ua.grant_number(idr)
        expect(packet, "CSB ID of the messages that answer this request",
               self.csb_ids.setdefault((idr, grant), message.csb_id), message.csb_id)
        self.pushed[idr, message.counter] = (packet, message, auth_key(muk, message))
        self.counts["msk"] += 1

    def ack(self, packet, message):
        expect(packet, "payloads", [T, ID, V], message.order)
        expect(packet, "V flag of an ACK", 0, message.v)
        idr = message.ids[0]
        if (idr, message.counter) not in self.pushed:
            raise CaptureError(f"packet {packet.number}: ACK of counter {message.counter}, but no such MSK message "
                               f"was sent to {idr}")
        push_packet, push, auth = self.pushed[idr, message.counter]
        expect(packet, "sender and receiver of the ACK", (push_packet.target, push_packet.source),
               (packet.source, packet.target))
        expect(packet, "CSB ID of the message acknowledged", push.csb_id, message.csb_id)
        appended = push.ids[0].encode() + idr.encode() + message.counter.to_bytes(4, "big")
        expect(packet, "MAC of the ACK", hmac_sha1(auth, message.covered + appended), message.mac)
        expect(packet, "first ACK of this counter", True, (idr, message.counter) not in self.acked)
        self.acked.add((idr, message.counter))
        self.first_ack.setdefault(packet.source, packet)
        self.counts["ack"] += 1


def auth_key(muk, message):
    return mikey_auth_key(muk, message.csb_id, message.rand)


def domains_of(fqdn):
    """MCC and MNC of a name, coded as in TS 24.008 clause 10.5.1.3; a leading 0 of the MNC may be only filling."""
    mnc, mcc = re.search(r"\.mnc(\d{3})\.mcc(\d{3})\.", fqdn).groups()
    variants = [mnc] + ([mnc[1:]] if mnc[0] == "0" else [])
    return [bytes.fromhex(mcc[1] + mcc[0] + (m[2] if len(m) == 3 else "f") + mcc[2] + m[1] + m[0]) for m in variants]
