# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The arithmetic of AKA, GBA, Digest and MIKEY, written from the standards: TS 35.206, TS 33.102, TS 33.220 Annex B,
RFC 2617, RFC 3310, RFC 3830. Nothing here comes from the simulator's code."""
import base64
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def aes(key, block):
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def xor(a, b):
    assert len(a) == len(b)
    return bytes(x ^ y for x, y in zip(a, b))


# --- Milenage (TS 35.206 clause 4.1) ----------------------------------------------------------------------------

def opc_of(k, op):
    return xor(aes(k, op), op)


class Milenage:
    """f1 .. f5* of one RAND. SQN and AMF are arguments of f1 and f1* alone."""

    def __init__(self, k, opc, rand):
        self.k, self.opc = k, opc
        self.temp = aes(k, xor(rand, opc))
        second = self.out(self.temp, 0, 1)
        self.ak, self.res = second[:6], second[8:]
        self.ck = self.out(self.temp, 32, 2)
        self.ik = self.out(self.temp, 64, 4)
        self.ak_star = self.out(self.temp, 96, 8)[:6]

    def out(self, x, rotate_bits, constant):
        turned = rotate(xor(x, self.opc), rotate_bits)
        return xor(aes(self.k, xor(turned, constant.to_bytes(16, "big"))), self.opc)

    def macs(self, sqn, amf):
        """(MAC-A, MAC-S)."""
        in1 = (sqn + amf) * 2
        out1 = xor(aes(self.k, xor(self.temp, rotate(xor(in1, self.opc), 64))), self.opc)
        return out1[:8], out1[8:]


def rotate(block, bits):
    n = bits // 8
    return block[n:] + block[:n]


# --- keys (TS 33.220 Annex B; TS 33.246 Annex F for MRK) --------------------------------------------------------

def kdf(key, fc, *parameters):
    s = bytes([fc]) + b"".join(p + struct.pack(">H", len(p)) for p in parameters)
    return hmac.new(key, s, hashlib.sha256).digest()


def ks_naf(ks, rand, impi, naf_id):
    return kdf(ks, 1, b"gba-me", rand, impi.encode(), naf_id)


def tmpi_of(ks, rand, impi, bsf_name):
    """TS 33.220 Annex B.4."""
    return b64(kdf(ks, 1, b"gba-me", rand, impi.encode(), bsf_name.encode() + bytes.fromhex("0100000100"))[:24]) + \
        "@tmpi.bsf.3gppnetwork.org"


def mrk_of(muk):
    return kdf(muk, 1, b"mbms-mrk")


# --- Digest (RFC 2617 clause 3.2.2, RFC 3310) -------------------------------------------------------------------

def md5(text):
    return hashlib.md5(text if isinstance(text, bytes) else text.encode()).hexdigest()


def digest_ha1(username, realm, password):
    return md5(f"{username}:{realm}:".encode() + password)


def digest_response(ha1, nonce, nc, cnonce, qop, method, uri, body=b""):
    """method "" gives rspauth."""
    a2 = f"{method}:{uri}"
    if qop == "auth-int":
        a2 += ":" + md5(body)
    if not qop:
        return md5(f"{ha1}:{nonce}:{md5(a2)}")
    return md5(f"{ha1}:{nonce}:{nc}:{cnonce}:{qop}:{md5(a2)}")


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text, validate=True)


# --- MIKEY keys (RFC 3830 clauses 4.1.2 - 4.1.4, 4.2.3) ---------------------------------------------------------

ENCRYPTION, AUTHENTICATION, SALT = 0x150533E1, 0x2D22AC75, 0x29B88916


def hmac_sha1(key, data):
    return hmac.new(key, data, hashlib.sha1).digest()


def mikey_prf(inkey, label, length):
    out = bytes(length)
    for start in range(0, len(inkey), 32):
        part, a, stream = inkey[start:start + 32], label, b""
        while len(stream) < length:
            a = hmac_sha1(part, a)
            stream += hmac_sha1(part, a + label)
        out = xor(out, stream[:length])
    return out


def mikey_key(psk, what, csb_id, rand, length):
    return mikey_prf(psk, struct.pack(">IBI", what, 0xFF, csb_id) + rand, length)


def mikey_auth_key(psk, csb_id, rand):
    return mikey_key(psk, AUTHENTICATION, csb_id, rand, 20)


def mikey_decrypt(psk, csb_id, rand, counter, data):
    """AES in counter mode; it is its own inverse."""
    key = mikey_key(psk, ENCRYPTION, csb_id, rand, 16)
    salt = mikey_key(psk, SALT, csb_id, rand, 14)
    iv = xor(salt, b"\0\0" + struct.pack(">IQ", csb_id, counter)) + b"\0\0"
    decryptor = Cipher(algorithms.AES(key), modes.CTR(iv)).decryptor()
    return decryptor.update(data) + decryptor.finalize()
