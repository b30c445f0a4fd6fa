/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts of identities. */
#include "models/identity.h"
#include "models/wire/wire.h"

#include <string.h>

#define RAND_BASE64_LENGTH 24

void identity_impi(const struct deployment *deployment, uint32_t ue, struct identity_text *out)
{
    const struct deployment_texts *text = &deployment->text;

    memcpy(out->text, "000000000000000", IMSI_DIGITS);
    memcpy(out->text, text->imsi_prefix.at, text->imsi_prefix.len);
    for (unsigned i = IMSI_DIGITS; ue > 0; ue /= 10)
        out->text[--i] = (char)('0' + ue % 10);
    memcpy(out->text + IMSI_DIGITS, text->impi_suffix.at, text->impi_suffix.len);
    out->length = (uint8_t)(IMSI_DIGITS + text->impi_suffix.len);
}

bool identity_find_imsi(const struct deployment *deployment, struct bytes imsi, uint32_t *ue)
{
    size_t prefix = deployment->text.imsi_prefix.len;
    uint64_t msin;

    if (imsi.len != IMSI_DIGITS || memcmp(imsi.at, deployment->imsi_prefix, prefix) != 0 ||
        wire_decimal_decode(bytes_of(imsi.at + prefix, IMSI_DIGITS - prefix), &msin) != WIRE_OK ||
        msin >= deployment->ues)
        return false;
    *ue = (uint32_t)msin;
    return true;
}

bool identity_find_impi(const struct deployment *deployment, struct bytes impi, uint32_t *ue)
{
    size_t suffix = deployment->text.impi_suffix.len;

    return impi.len == IMSI_DIGITS + suffix &&
           memcmp(impi.at + IMSI_DIGITS, deployment->impi_suffix, suffix) == 0 &&
           identity_find_imsi(deployment, bytes_of(impi.at, IMSI_DIGITS), ue);
}

#define TMPI_DOMAIN "@tmpi.bsf.3gppnetwork.org"

void identity_tmpi(const char tmpi[TMPI_TEXT_BYTES], struct identity_text *out)
{
    memcpy(out->text, tmpi, TMPI_TEXT_BYTES);
    memcpy(out->text + TMPI_TEXT_BYTES, TMPI_DOMAIN, sizeof TMPI_DOMAIN - 1);
    out->length = TMPI_TEXT_BYTES + sizeof TMPI_DOMAIN - 1;
}

bool identity_is_tmpi(struct bytes username, struct bytes *tmpi)
{
    if (username.len != TMPI_TEXT_BYTES + sizeof TMPI_DOMAIN - 1 ||
        memcmp(username.at + TMPI_TEXT_BYTES, TMPI_DOMAIN, sizeof TMPI_DOMAIN - 1) != 0)
        return false;
    *tmpi = bytes_of(username.at, TMPI_TEXT_BYTES);
    return true;
}

void identity_b_tid(const struct deployment *deployment, const uint8_t rand[16], struct identity_text *out)
{
    struct wire_writer w = wire_writer(out->text, sizeof out->text);

    wire_put_base64(&w, rand, 16);
    wire_put_literal(&w, "@");
    wire_put_bytes(&w, deployment->text.bsf_fqdn);
    out->length = (uint8_t)wire_written(&w);
}

bool identity_rand_of_b_tid(const struct deployment *deployment, struct bytes b_tid, uint8_t rand[16])
{
    size_t host = deployment->text.bsf_fqdn.len, length;

    if (b_tid.len != RAND_BASE64_LENGTH + 1 + host || b_tid.at[RAND_BASE64_LENGTH] != '@' ||
        memcmp(b_tid.at + RAND_BASE64_LENGTH + 1, deployment->bsf_fqdn, host) != 0)
        return false;
    return wire_base64_decode(bytes_of(b_tid.at, RAND_BASE64_LENGTH), rand, 16, &length) == WIRE_OK &&
           length == 16;
}
