/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Names and keys of the operator: TS 23.003 §13, §16; TS 24.008 PLMN coding of the Key Domain ID. */
#include "models/deployment.h"

#include "models/crypto/gba_keys.h"
#include "models/placement.h"
#include "models/scenario/words.h"
#include "models/wire/ua.h"
#include "models/wire/wire.h"
#include "sim/base/limits.h"

#include <glib.h>
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

void deployment_init(struct deployment *deployment, const struct scenario *scenario)
{
    const char *mcc = scenario->operator_mcc, *mnc = scenario->operator_mnc;

    memset(deployment, 0, sizeof *deployment);
    deployment->scenario = scenario;
    deployment->seed = scenario->run_seed;
    deployment->ues = (uint32_t)scenario->ue_count;
    deployment->epoch_s = scenario->run_epoch;
    deployment->ipv6 = scenario->access_ip_version == IP_6 ||
                       (scenario->access_ip_version == IP_AUTO && scenario->ue_count > LIMITS_IPV4_UES);

    name(deployment->bmsc_fqdn, "bmsc.", mnc, mcc, "pub.3gppnetwork.org");
    name(deployment->bsf_fqdn, "bsf.", mnc, mcc, "pub.3gppnetwork.org");
    name(deployment->bmsc_diameter, "bmsc.", mnc, mcc, "3gppnetwork.org");
    name(deployment->bsf_diameter, "bsf.", mnc, mcc, "3gppnetwork.org");
    name(deployment->hss_diameter, "hss.", mnc, mcc, "3gppnetwork.org");
    name(deployment->diameter_realm, "", mnc, mcc, "3gppnetwork.org");
    name(deployment->impi_suffix, "@ims.", mnc, mcc, "3gppnetwork.org");
    snprintf(deployment->ua_realm, sizeof deployment->ua_realm, UA_REALM_PREFIX "%s", deployment->bmsc_fqdn);
    snprintf(deployment->imsi_prefix, sizeof deployment->imsi_prefix, "%s%s", mcc, mnc);

    deployment->text = (struct deployment_texts){.bmsc_fqdn = bytes_text(deployment->bmsc_fqdn),
                                                 .bsf_fqdn = bytes_text(deployment->bsf_fqdn),
                                                 .bmsc_diameter = bytes_text(deployment->bmsc_diameter),
                                                 .bsf_diameter = bytes_text(deployment->bsf_diameter),
                                                 .hss_diameter = bytes_text(deployment->hss_diameter),
                                                 .diameter_realm = bytes_text(deployment->diameter_realm),
                                                 .ua_realm = bytes_text(deployment->ua_realm),
                                                 .imsi_prefix = bytes_text(deployment->imsi_prefix),
                                                 .impi_suffix = bytes_text(deployment->impi_suffix)};

    deployment->naf_id = name_and_protocol(deployment->naf_id_bytes, deployment->bmsc_fqdn, GBA_UA_MBMS);
    deployment->bsf_id = name_and_protocol(deployment->bsf_id_bytes, deployment->bsf_fqdn, GBA_UA_TMPI);
    key_domain(mcc, mnc, deployment->key_domain_id);

    deployment->topology = placement_topology(scenario);
    random_bytes(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_RAND_KEY, 0, deployment->rand_key, 16);
    random_bytes(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_NONCE_KEY, 0, deployment->nonce_key, 16);

    struct wire_writer opaque = wire_writer(deployment->ua_opaque, sizeof deployment->ua_opaque);
    for (unsigned i = 0; i < 4; i++)
        wire_put_hex32(&opaque, random_draw(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_NONCE, 0).word[i],
                       8);
    deployment_add_service(deployment, (uint16_t)scenario->msk_key_group);
}

#define MSK_NUMBER 2 /* Key Number 1 is what the UEs hold at the start */

void deployment_add_service(struct deployment *deployment, uint16_t key_group)
{
    unsigned number = deployment->service_count;
    uint64_t draw = deployment_service_draw(number, MSK_NUMBER);
    struct deployment_service *service = &deployment->services[number];

    g_assert(number < SERVICES_MAX);
    g_assert(deployment_find_service(deployment, deployment->key_domain_id, key_group) == SERVICE_NONE);
    deployment->service_count++;
    service->key_group = key_group;
    service->msk_number = MSK_NUMBER;
    random_bytes(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_MSK, draw, service->msk, 16);
    random_bytes(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_MIKEY_RAND, draw, service->msk_rand, 16);
}

unsigned deployment_find_service(const struct deployment *deployment, const uint8_t key_domain_id[3],
                                 uint16_t key_group)
{
    if (memcmp(key_domain_id, deployment->key_domain_id, sizeof deployment->key_domain_id) != 0)
        return SERVICE_NONE;
    for (unsigned i = 0; i < deployment->service_count; i++)
        if (deployment->services[i].key_group == key_group)
            return i;
    return SERVICE_NONE;
}
