# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""How many bytes each message of figure.py has, from the layouts and the lengths of the names in it."""
from pcap import expect

# Names of MCC 001, MNC 01 (TS 23.003) and the lengths that follow from them.
BMSC_NAME = "bmsc.mnc001.mcc001.pub.3gppnetwork.org"
BSF_NAME = "bsf.mnc001.mcc001.pub.3gppnetwork.org"
IMPI = "0" * 15 + "@ims.mnc001.mcc001.3gppnetwork.org"
TMPI = "A" * 32 + "@tmpi.bsf.3gppnetwork.org"  # base64 of 24 octets
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


def ub_sizes(user):
    """GET, 401, GET, 200 of TS 33.220 clause 4.5.2, and the refusal of a TMPI that is not known."""
    who = f'Digest username="{user}", realm="{BSF_NAME}"'
    common = [("Host", BSF_NAME), ("User-Agent", "UE-sim 3gpp-gba-tmpi"), ("Date", DATE), ("Accept", "*/*")]
    first = f'{who}, nonce="", uri="/", response=""'
    second = (f'{who}, nonce="{UB_NONCE}", uri="/", qop=auth-int, nc=00000001, cnonce="{CNONCE}", '
              f'response="{MD5}", algorithm=AKAv1-MD5')
    body = ('<?xml version="1.0" encoding="UTF-8"?>\n<BootstrappingInfo xmlns="uri:3gpp-gba">\n'
            f"<btid>{B_TID}</btid>\n<lifetime>2030-01-01T12:00:00Z</lifetime>\n</BootstrappingInfo>\n")
    offer = f'Digest realm="{BSF_NAME}", nonce="{UB_NONCE}", algorithm=AKAv1-MD5, qop="auth-int"'
    return {
        "GET": text_size("GET / HTTP/1.1", common + [("Authorization", first)]),
        "403": text_size("HTTP/1.1 403 Forbidden", [("Server", "BSF-sim 3gpp-gba-tmpi"), ("Date", DATE),
                                                    ("Content-Length", 0)]),
        "401": text_size("HTTP/1.1 401 Unauthorized", [("Server", "BSF-sim 3gpp-gba-tmpi"), ("Date", DATE),
                                                       ("Content-Length", 0), ("WWW-Authenticate", offer)]),
        "GET+": text_size("GET / HTTP/1.1", common + [("Authorization", second)]),
        "200": text_size("HTTP/1.1 200 OK", [("Server", "BSF-sim 3gpp-gba-tmpi"), ("Authentication-Info", info()),
                                             ("Date", DATE), ("Expires", DATE),
                                             ("Content-Type", "application/vnd.3gpp.bsf+xml"),
                                             ("Content-Length", len(body))], body),
    }


def info(more=""):
    return f'qop=auth-int, rspauth="{MD5}", cnonce="{CNONCE}", nc=00000001{more}'


def ua_sizes(more=""):
    """POST, 401, POST, 200 of TS 33.246 clause 6.3.2.2; more: at the end of Authentication-Info."""
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
        "200": text_size("HTTP/1.1 200 OK", [("Server", "BMSC-sim"), ("Authentication-Info", info(more)), ("Date", DATE),
                                             ("Expires", DATE), ("Content-Type", "application/mbms-msk-response+xml"),
                                             ("Content-Length", len(granted))], granted),
    }


def check_sizes_of_specification():
    """Sizes that can be had elsewhere: the worked examples whose names and nonces have these lengths."""
    for what, known in ((mikey_sizes(), {"pull": 182, "MSK": 208, "ACK": 104}),
                        (ub_sizes(TMPI), {"GET": 318, "403": 113, "401": 279, "GET+": 469, "200": 530}),
                        # the examples' Ua nonce has 34 characters, ours 24; nothing else differs
                        (ua_sizes(), {"POST": 496, "401": 313 - 10, "POST+": 907 - 10, "200": 555})):
        expect(0, "sizes from the layouts", known, what)
