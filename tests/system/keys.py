# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The keys of a run: keylog.csv, and what follows from it. K and OPc of a USIM and the RAND in a B-TID give Ks, MUK
and MRK anew, so that the simulator's own derivations are checked, not believed."""
import csv
import ipaddress

from crypto import Milenage, b64, ks_naf, mrk_of, tmpi_of, unb64
from pcap import CaptureError

UA_MBMS = bytes.fromhex("0100000001")  # Ua security protocol identifier of MBMS, TS 33.220 Annex H
COLUMNS = ["time_s", "impi", "b_tid", "label", "id", "value"]
LENGTHS = {"K": 16, "OPC": 16, "KS": 32, "MUK": 32, "MRK": 32, "MSK": 16, "MTK": 16}


def rand_of(b_tid):
    """RAND in a B-TID, base64(RAND)@<BSF> (TS 33.220 clause 4.5.2)."""
    rand = unb64(b_tid.split("@", 1)[0])
    if len(rand) != 16:
        raise CaptureError(f"B-TID {b_tid} does not start with 16 bytes in base64")
    return rand


def ue_number_of_impi(impi):
    """The simulator counts its UEs in the last digits of the IMSI."""
    return int(impi.split("@", 1)[0][-9:])


def ue_number_of_address(address):
    """UE n is 10.0.0.1 + n or 2001:db8:1::1 + n."""
    base = "10.0.0.1" if "." in address else "2001:db8:1::1"
    return int(ipaddress.ip_address(address)) - int(ipaddress.ip_address(base))


class Keys:
    def __init__(self, path, naf_fqdn=None):
        self.rows = {label: {} for label in LENGTHS}  # label -> impi, b_tid or id -> value
        self.impi_of_b_tid, self.impi_of_ue = {}, {}
        self.naf_id = naf_fqdn.encode() + UA_MBMS if naf_fqdn else None
        self.made = {}    # b_tid -> (Milenage or None, muk, mrk)
        with open(path, newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != COLUMNS:
                raise CaptureError(f"{path}: columns {reader.fieldnames}")
            for row in reader:
                self.add(path, reader.line_num, row)

    def add(self, path, line, row):
        label, value = row["label"], bytes.fromhex(row["value"])
        if len(value) != LENGTHS.get(label, -1):
            raise CaptureError(f"{path}, line {line}: {label} of {len(value)} bytes")
        if label in ("K", "OPC"):
            name = row["impi"]
            self.impi_of_ue[ue_number_of_impi(name)] = name
        elif label in ("KS", "MUK", "MRK"):
            name = row["b_tid"]
            if self.impi_of_b_tid.setdefault(name, row["impi"]) != row["impi"]:
                raise CaptureError(f"{path}, line {line}: B-TID {name} belongs to two IMPIs")
            self.impi_of_ue[ue_number_of_impi(row["impi"])] = row["impi"]
        else:
            name = row["id"]
        if self.rows[label].setdefault(name, value) != value:
            raise CaptureError(f"{path}, line {line}: another {label} of {name} than before")

    def set_naf(self, fqdn):
        """The BM-SC's name comes from the capture."""
        self.naf_id = fqdn.encode() + UA_MBMS

    def milenage(self, impi, rand):
        """Of a USIM whose K and OPc were logged, else None."""
        if impi not in self.rows["K"] or impi not in self.rows["OPC"]:
            return None
        return Milenage(self.rows["K"][impi], self.rows["OPC"][impi], rand)

    def of_b_tid(self, b_tid, address=None):
        """(MUK, MRK); the rows must agree where there are any. address: of the UE that uses the B-TID."""
        if b_tid in self.made:
            return self.made[b_tid]
        impi = self.impi_of_b_tid.get(b_tid)
        if impi is None and address is not None:
            impi = self.impi_of_ue.get(ue_number_of_address(address))
        if impi is None:
            raise CaptureError(f"no key was logged for B-TID {b_tid}")
        rand = rand_of(b_tid)
        milenage = self.milenage(impi, rand)
        if milenage is not None:
            ks = milenage.ck + milenage.ik
            self.agree("KS", b_tid, ks)
        elif b_tid in self.rows["KS"]:
            ks = self.rows["KS"][b_tid]
        else:
            raise CaptureError(f"neither K nor KS was logged for B-TID {b_tid}")
        muk = ks_naf(ks, rand, impi, self.naf_id)
        mrk = mrk_of(muk)
        self.agree("MUK", b_tid, muk)
        self.agree("MRK", b_tid, mrk)
        self.impi_of_b_tid[b_tid] = impi
        self.made[b_tid] = (muk, mrk)
        return self.made[b_tid]

    def agree(self, label, name, value):
        logged = self.rows[label].get(name)
        if logged is not None and logged != value:
            raise CaptureError(f"key log: {label} of {name}: expected {value.hex()}, found {logged.hex()}")

    def tmpis_of_ue(self, ue):
        """{TMPI: B-TID} of every Ks that was logged for a UE."""
        impi = self.impi_of_ue.get(ue)
        return {tmpi_of(ks, rand_of(b_tid), impi, b_tid.split("@", 1)[1]): b_tid
                for b_tid, ks in self.rows["KS"].items() if self.impi_of_b_tid[b_tid] == impi}

    def ha1_password(self, mrk):
        return b64(mrk).encode()

    def check_all(self):
        """Every row of Ks, MUK and MRK; returns how many were derived anew."""
        names = set(self.rows["KS"]) | set(self.rows["MUK"]) | set(self.rows["MRK"])
        for b_tid in names:
            self.of_b_tid(b_tid)
        return sum(len(self.rows[label]) for label in ("KS", "MUK", "MRK"))
