/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Names and keys of the operator: TS 23.003 §13, §16; TS 24.008 PLMN coding of the Key Domain ID. */
#include "models/world.h"

#include "models/crypto/gba_keys.h"
#include "models/placement.h"
#include "models/scenario/words.h"
#include "models/wire/ua.h"
#include "models/wire/wire.h"
#include "sim/base/limits.h"

#include <stdio.h>
#include <string.h>

/* TS 24.008 §10.5.1.3: octets MCC2|MCC1, MNC3 (or F)|MCC3, MNC2|MNC1. */
static void key_domain(const char *mcc, const char *mnc, uint8_t out[3])
{
    uint8_t third = mnc[2] == '\0' ? 0xf : (uint8_t)(mnc[2] - '0');

    out[0] = (uint8_t)((mcc[1] - '0') << 4 | (mcc[0] - '0'));
    out[1] = (uint8_t)(third << 4 | (mcc[2] - '0'));
    out[2] = (uint8_t)((mnc[1] - '0') << 4 | (mnc[0] - '0'));
}

static void name(char out[FQDN_BYTES_MAX], const char *host, const char *mnc, const char *mcc,
                 const char *domain)
{
    snprintf(out, FQDN_BYTES_MAX, "%smnc%s%s.mcc%s.%s", host, mnc[2] == '\0' ? "0" : "", mnc, mcc, domain);
}

/* NAF_Id and BSF_Id: TS 33.220 §4.5.2, §B.4. */
static struct bytes name_and_protocol(uint8_t out[FQDN_BYTES_MAX + 5], const char *fqdn, const char *protocol)
{
    size_t length = strlen(fqdn);

    memcpy(out, fqdn, length);
    memcpy(out + length, protocol, 5);
    return bytes_of(out, length + 5);
}

void world_init(struct world *world, const struct scenario *scenario)
{
    const char *mcc = scenario->operator_mcc, *mnc = scenario->operator_mnc;

    memset(world, 0, sizeof *world);
    world->scenario = scenario;
    world->seed = scenario->run_seed;
    world->ues = (uint32_t)scenario->ue_count;
    world->epoch_s = scenario->run_epoch;
    world->ipv6 = scenario->access_ip_version == IP_6 ||
                  (scenario->access_ip_version == IP_AUTO && scenario->ue_count > LIMITS_IPV4_UES);

    name(world->bmsc_fqdn, "bmsc.", mnc, mcc, "pub.3gppnetwork.org");
    name(world->bsf_fqdn, "bsf.", mnc, mcc, "pub.3gppnetwork.org");
    name(world->bmsc_diameter, "bmsc.", mnc, mcc, "3gppnetwork.org");
    name(world->bsf_diameter, "bsf.", mnc, mcc, "3gppnetwork.org");
    name(world->hss_diameter, "hss.", mnc, mcc, "3gppnetwork.org");
    name(world->diameter_realm, "", mnc, mcc, "3gppnetwork.org");
    name(world->impi_suffix, "@ims.", mnc, mcc, "3gppnetwork.org");
    snprintf(world->ua_realm, sizeof world->ua_realm, UA_REALM_PREFIX "%s", world->bmsc_fqdn);
    snprintf(world->imsi_prefix, sizeof world->imsi_prefix, "%s%s", mcc, mnc);

    world->text = (struct world_texts){.bmsc_fqdn = bytes_text(world->bmsc_fqdn),
                                       .bsf_fqdn = bytes_text(world->bsf_fqdn),
                                       .bmsc_diameter = bytes_text(world->bmsc_diameter),
                                       .bsf_diameter = bytes_text(world->bsf_diameter),
                                       .hss_diameter = bytes_text(world->hss_diameter),
                                       .diameter_realm = bytes_text(world->diameter_realm),
                                       .ua_realm = bytes_text(world->ua_realm),
                                       .imsi_prefix = bytes_text(world->imsi_prefix),
                                       .impi_suffix = bytes_text(world->impi_suffix)};

    world->naf_id = name_and_protocol(world->naf_id_bytes, world->bmsc_fqdn, GBA_UA_MBMS);
    world->bsf_id = name_and_protocol(world->bsf_id_bytes, world->bsf_fqdn, GBA_UA_TMPI);
    key_domain(mcc, mnc, world->key_domain_id);

    world->topology = placement_topology(scenario);
    random_bytes(world->seed, ENTITY_WORLD, PURPOSE_RAND_KEY, 0, world->rand_key, 16);
    random_bytes(world->seed, ENTITY_WORLD, PURPOSE_NONCE_KEY, 0, world->nonce_key, 16);

    struct wire_writer opaque = wire_writer(world->ua_opaque, sizeof world->ua_opaque);
    for (unsigned i = 0; i < 4; i++)
        wire_put_hex32(&opaque, random_draw(world->seed, ENTITY_WORLD, PURPOSE_NONCE, 0).word[i], 8);

    /* Key Number 1 is what the UEs hold at the start. */
    world->msk_number = 2;
    random_bytes(world->seed, ENTITY_WORLD, PURPOSE_MSK, world->msk_number, world->msk, 16);
    random_bytes(world->seed, ENTITY_WORLD, PURPOSE_MIKEY_RAND, world->msk_number, world->msk_rand, 16);
}
