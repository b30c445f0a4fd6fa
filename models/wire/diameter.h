/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Diameter (RFC 6733 §3, §4.1) and the commands of Zh (MAR/MAA, application 16777221, command 303) and Zn
 * (BIR/BIA, application 16777220, command 310) of TS 29.109. */
#ifndef MODELS_WIRE_DIAMETER_H
#define MODELS_WIRE_DIAMETER_H

#include "models/wire/facts.h"
#include "models/wire/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DIAMETER_PORT              3868
#define DIAMETER_MESSAGE_BYTES_MAX 3000
#define DIAMETER_AVPS_MAX          64
#define DIAMETER_DEPTH_MAX         4

enum diameter_command { DIAMETER_MULTIMEDIA_AUTH = 303, DIAMETER_BOOTSTRAPPING_INFO = 310 };
enum diameter_application { DIAMETER_ZN = 16777220, DIAMETER_ZH = 16777221 };

/* Any of the four messages; absent fields have at == NULL (or has_* false). Which fields belong to which
 * message, and their order, is in the tables of diameter_zh.c and diameter_zn.c. */
struct diameter_message {
    uint32_t command; /* enum diameter_command */
    bool request;     /* R bit */
    uint32_t application;
    uint32_t hop_by_hop, end_to_end;
    struct bytes session_id, origin_host, origin_realm, destination_realm, destination_host;
    uint32_t result;   /* answers: from Result-Code or Experimental-Result */
    struct bytes impi; /* User-Name */
    /* Zh */
    struct bytes resync; /* MAR: RAND || AUTS, 30 bytes (SIP-Authorization) */
    struct bytes rand_autn, xres, ck, ik;
    /* Zn */
    struct bytes b_tid, naf_id, gaa_service_id;
    struct bytes ks_naf;   /* ME-Key-Material */
    struct bytes gba_type; /* BIA: GBA-Type, 4 bytes; absent for 3G GBA */
    bool has_times;
    int64_t expiry_unix_s, bootstrap_unix_s;
    /* Overload (RFC 7683). oc_supported: what OC-Supported-Features holds, only read; writing it takes
     * oc_features. */
    struct bytes oc_supported;
    struct bytes oc_features;               /* OC-Feature-Vector, 8 bytes */
    struct bytes oc_sequence;               /* answers: of OC-OLR, 8 bytes; absent: no report */
    struct bytes oc_report_type;            /* 4 bytes; there if oc_sequence is */
    struct bytes oc_reduction, oc_validity; /* 4 bytes each */
    /* GBA user security settings, XML: guss in MAA, ussList in BIA */
    struct bytes uss;
};

enum wire_status diameter_decode(struct bytes in, struct diameter_message *out);
enum wire_status diameter_encode(const struct diameter_message *message, uint8_t *out, size_t capacity,
                                 size_t *length);
/* A net_framer. */
int64_t diameter_frame(struct bytes data);

/* The XML of GBA-UserSecSettings in the forms used here: for MAA (root guss, with the key lifetime)
 * and for BIA (root ussList), service id 4 (MBMS). */
enum wire_status diameter_guss_encode(struct bytes impi, uint32_t lifetime_s, uint8_t *out, size_t capacity,
                                      size_t *length);
enum wire_status diameter_uss_list_encode(struct bytes impi, uint8_t *out, size_t capacity, size_t *length);
/* bsfInfo/lifeTime of a guss; 0 if it has none. */
enum wire_status diameter_guss_lifetime(struct bytes guss, uint32_t *lifetime_s);

#ifdef __cplusplus
}
#endif

#endif
