/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Identities and keys, each a pure function of the seed and the UE's number. */
#include "models/subscriber.h"

#include "models/crypto/digest_auth.h"
#include "models/crypto/gba_keys.h"
#include "models/crypto/milenage.h"
#include "models/nonce.h"
#include "sim/base/random.h"

#include <string.h>

#define RAND_BASE64_LENGTH 24

void subscriber_k(const struct world *world, uint32_t ue, uint8_t k[16])
{
    random_bytes(world->seed, ue, PURPOSE_K, 0, k, 16);
}

void subscriber_opc(const struct world *world, uint32_t ue, uint8_t opc[16])
{
    random_bytes(world->seed, ue, PURPOSE_OPC, 0, opc, 16);
}

#define IMSI_DIGITS 15 /* MCC, MNC, and the UE's number as MSIN */

void subscriber_impi(const struct world *world, uint32_t ue, struct subscriber_text *out)
{
    const struct world_texts *text = &world->text;

    memcpy(out->text, "000000000000000", IMSI_DIGITS);
    memcpy(out->text, text->imsi_prefix.at, text->imsi_prefix.len);
    for (unsigned i = IMSI_DIGITS; ue > 0; ue /= 10)
        out->text[--i] = (char)('0' + ue % 10);
    memcpy(out->text + IMSI_DIGITS, text->impi_suffix.at, text->impi_suffix.len);
    out->length = (uint8_t)(IMSI_DIGITS + text->impi_suffix.len);
}

bool subscriber_of_impi(const struct world *world, struct bytes impi, uint32_t *ue)
{
    size_t prefix = world->text.imsi_prefix.len, suffix = world->text.impi_suffix.len;
    uint64_t msin;

    if (impi.len != IMSI_DIGITS + suffix || memcmp(impi.at, world->imsi_prefix, prefix) != 0 ||
        memcmp(impi.at + IMSI_DIGITS, world->impi_suffix, suffix) != 0 ||
        wire_decimal_decode(bytes_of(impi.at + prefix, IMSI_DIGITS - prefix), &msin) != WIRE_OK ||
        msin >= world->ues)
        return false;
    *ue = (uint32_t)msin;
    return true;
}

#define TMPI_DOMAIN "@tmpi.bsf.3gppnetwork.org"

void subscriber_tmpi_name(const char tmpi[TMPI_TEXT_BYTES], struct subscriber_text *out)
{
    memcpy(out->text, tmpi, TMPI_TEXT_BYTES);
    memcpy(out->text + TMPI_TEXT_BYTES, TMPI_DOMAIN, sizeof TMPI_DOMAIN - 1);
    out->length = TMPI_TEXT_BYTES + sizeof TMPI_DOMAIN - 1;
}

bool subscriber_tmpi_form(struct bytes username, struct bytes *tmpi)
{
    if (username.len != TMPI_TEXT_BYTES + sizeof TMPI_DOMAIN - 1 ||
        memcmp(username.at + TMPI_TEXT_BYTES, TMPI_DOMAIN, sizeof TMPI_DOMAIN - 1) != 0)
        return false;
    *tmpi = bytes_of(username.at, TMPI_TEXT_BYTES);
    return true;
}

void subscriber_rand(struct model_region *m, uint32_t ue, uint16_t vector, uint8_t rand[16])
{
    uint8_t plain[16] = {(uint8_t)(ue >> 24), (uint8_t)(ue >> 16),    (uint8_t)(ue >> 8),
                         (uint8_t)ue,         (uint8_t)(vector >> 8), (uint8_t)vector};

    crypto_cipher_encrypt(m->crypto, m->rand_cipher, plain, rand);
}

bool subscriber_of_rand(struct model_region *m, const uint8_t rand[16], uint32_t *ue, uint16_t *vector)
{
    static const uint8_t zero[10];
    uint8_t plain[16];
    uint32_t number;
    uint16_t which;

    crypto_cipher_decrypt(m->crypto, m->rand_cipher, rand, plain);
    number = (uint32_t)plain[0] << 24 | (uint32_t)plain[1] << 16 | (uint32_t)plain[2] << 8 | plain[3];
    which = (uint16_t)(plain[4] << 8 | plain[5]);
    if (memcmp(plain + 6, zero, sizeof zero) != 0 || number >= m->world->ues || which > VECTOR_MAX)
        return false;
    *ue = number;
    *vector = which;
    return true;
}

void subscriber_b_tid(const struct world *world, const uint8_t rand[16], struct subscriber_text *out)
{
    struct wire_writer w = wire_writer(out->text, sizeof out->text);

    wire_put_base64(&w, rand, 16);
    wire_put_literal(&w, "@");
    wire_put_bytes(&w, world->text.bsf_fqdn);
    out->length = (uint8_t)wire_written(&w);
}

bool subscriber_rand_of_b_tid(const struct world *world, struct bytes b_tid, uint8_t rand[16])
{
    size_t host = world->text.bsf_fqdn.len, length;

    if (b_tid.len != RAND_BASE64_LENGTH + 1 + host || b_tid.at[RAND_BASE64_LENGTH] != '@' ||
        memcmp(b_tid.at + RAND_BASE64_LENGTH + 1, world->bsf_fqdn, host) != 0)
        return false;
    return wire_base64_decode(bytes_of(b_tid.at, RAND_BASE64_LENGTH), rand, 16, &length) == WIRE_OK &&
           length == 16;
}

bool subscriber_of_b_tid(struct model_region *m, struct bytes b_tid, uint32_t *ue, uint16_t *vector)
{
    uint8_t rand[16];

    return subscriber_rand_of_b_tid(m->world, b_tid, rand) && subscriber_of_rand(m, rand, ue, vector);
}

static void ks_by_rand(struct model_region *m, uint32_t ue, const uint8_t rand[16], uint8_t ks[32])
{
    uint8_t k[16], opc[16];

    subscriber_k(m->world, ue, k);
    subscriber_opc(m->world, ue, opc);
    milenage_ck_ik(m->crypto, k, opc, rand, ks, ks + 16);
}

void subscriber_tmpi(struct model_region *m, uint32_t ue, const uint8_t rand[16], char tmpi[TMPI_TEXT_BYTES])
{
    struct wire_writer w = wire_writer(tmpi, TMPI_TEXT_BYTES);
    struct subscriber_text impi;
    uint8_t ks[32], octets[GBA_TMPI_BYTES];

    ks_by_rand(m, ue, rand, ks);
    subscriber_impi(m->world, ue, &impi);
    gba_tmpi(m->crypto, ks, rand, subscriber_bytes(&impi), m->world->bsf_id, octets);
    wire_put_base64(&w, octets, sizeof octets);
}

void subscriber_ks(struct model_region *m, uint32_t ue, uint16_t vector, uint8_t ks[32])
{
    uint8_t rand[16];

    subscriber_rand(m, ue, vector, rand);
    ks_by_rand(m, ue, rand, ks);
}

void subscriber_muk_by_rand(struct model_region *m, uint32_t ue, const uint8_t rand[16], uint8_t muk[32])
{
    struct subscriber_text impi;
    uint8_t ks[32];

    ks_by_rand(m, ue, rand, ks);
    subscriber_impi(m->world, ue, &impi);
    gba_ks_naf(m->crypto, ks, rand, subscriber_bytes(&impi), m->world->naf_id, muk);
}

void subscriber_muk(struct model_region *m, uint32_t ue, uint16_t vector, uint8_t muk[32])
{
    uint8_t rand[16];

    subscriber_rand(m, ue, vector, rand);
    subscriber_muk_by_rand(m, ue, rand, muk);
}

void subscriber_ua_ha1(struct model_region *m, struct bytes b_tid, const uint8_t muk[32],
                       struct digest_hash *ha1)
{
    uint8_t mrk[32];
    char password[44];
    struct wire_writer w = wire_writer(password, sizeof password);

    mbms_mrk(m->crypto, muk, mrk);
    wire_put_base64(&w, mrk, sizeof mrk);
    digest_ha1(m->crypto, DIGEST_MD5, b_tid, m->world->text.ua_realm, bytes_of(password, sizeof password),
               ha1);
}

/* --- the start state ------------------------------------------------------------------------------------ */

static enum subscriber_class class_of(const struct world *world, uint32_t ue)
{
    return subscriber_class_at(world->scenario, random_unit(random_u64(world->seed, ue, PURPOSE_CLASS, 0)));
}

void subscriber_start(const struct world *world, uint32_t ue, struct subscriber_start *out)
{
    int64_t lifetime = world->scenario->gba_lifetime;
    struct random_block age = random_draw(world->seed, ue, PURPOSE_AGE, 0);
    uint64_t bits[2] = {(uint64_t)age.word[0] << 32 | age.word[1], (uint64_t)age.word[2] << 32 | age.word[3]};
    int64_t newest_age = (int64_t)random_below(bits[0], (uint64_t)lifetime);
    int64_t older_by = 1 + (int64_t)random_below(bits[1], (uint64_t)lifetime);

    *out = (struct subscriber_start){.class = class_of(world, ue)};
    switch (out->class) {
    case CLASS_CURRENT:
        break;
    case CLASS_EXPIRED:
        newest_age += lifetime;
        break;
    case CLASS_AHEAD:
        out->newest = 1;
        break;
    case CLASS_UNKNOWN:
        out->newest = 2;
        out->ue_used = 1;
        break;
    case CLASS_UNPROVEN:
        out->newest = 1;
        out->ue_used = VECTOR_NONE;
        out->bmsc_known = 1;
        break;
    }
    /* Expiry times are whole seconds, as the interfaces carry them; what is valid stays so at the start. */
    int64_t expiry = (lifetime - newest_age) / CLOCK_SECOND * CLOCK_SECOND;
    if (out->class != CLASS_EXPIRED)
        expiry += CLOCK_SECOND;
    out->newest_expiry_ns = expiry;
    out->older_expiry_ns = expiry - older_by;
    out->counter = 1 + (uint32_t)(bits[1] & 0xff);
}

int64_t subscriber_start_known_ns(const struct world *world, const struct subscriber_start *start)
{
    int64_t expiry_ns = start->bmsc_known == start->newest ? start->newest_expiry_ns : start->older_expiry_ns;

    return expiry_ns - world->scenario->gba_lifetime;
}

void subscriber_start_nonce(struct model_region *m, uint32_t ue, char nonce[NONCE_TEXT_BYTES])
{
    struct subscriber_start start;

    subscriber_start(m->world, ue, &start);
    nonce_seal(m, subscriber_start_known_ns(m->world, &start), 0, NONCE_NEXT, nonce);
}

#define SEQ_AHEAD 1000

/* Vectors before the run are numbered 0 .. newest, each SEQ one above the last. */
uint64_t subscriber_start_seq_hss(const struct world *world, uint32_t ue)
{
    struct subscriber_start start;

    subscriber_start(world, ue, &start);
    return (1U << 16) + random_below(random_u64(world->seed, ue, PURPOSE_SQN, 0), 1U << 24) + start.newest;
}

uint64_t subscriber_start_seq_usim(const struct world *world, uint32_t ue)
{
    uint64_t seq = subscriber_start_seq_hss(world, ue);

    return world_chance(world, ue, PURPOSE_SQN_AHEAD, world->scenario->ue_sqn_ahead) ? seq + SEQ_AHEAD : seq;
}
