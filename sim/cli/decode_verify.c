/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The part of pullstorm decode that needs keys: which key of the log a message is under, whether its MAC is
 * right, and what its key data say.
 *
 *   message            pre-shared key        RAND                           MAC over
 *   pull, MSK          MUK of the B-TID (IDr)  its own                      the message
 *   ACK                the same              that of the message answered   the message, IDi, IDr, timestamp
 *   MTK                MSK of the MSK ID     that of the MSK's message      the message */
#include "models/crypto/mikey_keys.h"
#include "sim/cli/decode_parts.h"

#include <inttypes.h>
#include <stdio.h>

struct verify {
    const struct mikey_message *message;
    const struct decode_options *options;
    GString *out, *error;
    struct crypto *crypto;
    struct bytes rand;
    struct bytes idi; /* of an ACK */
    struct mikey_keys keys;
};

static void say(struct verify *v, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void say(struct verify *v, const char *format, ...)
{
    va_list args;

    g_string_append(v->out, "        ");
    va_start(args, format);
    g_string_append_vprintf(v->out, format, args);
    va_end(args);
    g_string_append_c(v->out, '\n');
}

/* The end of a verification that failed; always 1. */
static int verify_refuse(struct verify *v, const char *format, ...) G_GNUC_PRINTF(2, 3);
static int verify_refuse(struct verify *v, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(v->error, format, args);
    va_end(args);
    return 1;
}

static bool is_label(const struct decode_key *key, const char *label)
{
    return strcmp(key->label, label) == 0;
}

/* Derives the keys under `psk`; true if the MAC of the message is right with them. */
static bool mac_is_right(struct verify *v, struct bytes psk)
{
    const struct mikey_message *m = v->message;
    uint8_t mac[MIKEY_MAC_BYTES];

    mikey_keys(v->crypto, psk, m->csb_id, v->rand, &v->keys);
    if (m->data_type != MIKEY_PSK_VERIFICATION) {
        mikey_mac(v->crypto, v->keys.auth, m->covered, mac);
        return crypto_equal(mac, m->mac.at, sizeof mac);
    }
    mikey_verification_mac(v->crypto, v->keys.auth, m->covered, v->idi, m->idr, m->ts_raw, mac);
    return crypto_equal(mac, m->ver_data.at, sizeof mac);
}

/* Is `key` of the MSK or MTK with that number? */
static bool has_id(const struct decode_key *key, uint64_t id)
{
    char *end;

    return *key->id != '\0' && g_ascii_strtoull(key->id, &end, 16) == id && *end == '\0';
}

/* Tries the MUKs of a B-TID (b_tid not NULL) or the MSKs of an id. Returns the first under which the MAC
 * is right; *tried counts them. */
static const struct decode_key *find_key(struct verify *v, const struct bytes *b_tid, uint32_t msk_id,
                                         unsigned *tried)
{
    *tried = 0;
    for (unsigned i = 0; i < decode_keylog_count(v->options->keylog); i++) {
        const struct decode_key *key = decode_keylog_key(v->options->keylog, i);

        if (b_tid != NULL ? !is_label(key, "MUK") || !bytes_equal(bytes_text(key->b_tid), *b_tid)
                          : !is_label(key, "MSK") || !has_id(key, msk_id))
            continue;
        ++*tried;
        if (mac_is_right(v, key->value))
            return key;
    }
    return NULL;
}

/* Does the log have this key under the id of what the message carries: its MTK ID if it has one, else its
 * MSK ID? */
static void compare_with_log(struct verify *v, struct bytes value)
{
    const struct mikey_message *m = v->message;
    const char *label = m->has_mtk_id ? "MTK" : "MSK";
    const uint64_t id = m->has_mtk_id ? decode_number(m->mtk_id) : m->msk_id;
    const int digits = m->has_mtk_id ? 2 * (int)m->mtk_id.len : 8;
    const char *what = "is not in";

    for (unsigned i = 0; i < decode_keylog_count(v->options->keylog); i++) {
        const struct decode_key *key = decode_keylog_key(v->options->keylog, i);

        if (!is_label(key, label) || !has_id(key, id))
            continue;
        what = bytes_equal(key->value, value) ? "equals the one in" : "DIFFERS from the one in";
        if (bytes_equal(key->value, value))
            break;
    }
    say(v, "%s %0*" PRIx64 " %s the key log", label, digits, id, what);
}

/* `start`: of the plain text, from which offsets count. */
static void row_hex(struct verify *v, const uint8_t *start, struct bytes raw, const char *field)
{
    GString *hex = g_string_new(NULL);

    decode_append_hex(hex, raw);
    decode_row(v->out, (size_t)(raw.at - start), raw, field, "%s", hex->str);
    g_string_free(hex, TRUE);
}

/* A bound of the interval of MTK IDs. */
static void row_bound(struct verify *v, const uint8_t *start, struct bytes raw, const char *field,
                      const char *what)
{
    if (raw.len > 0 && raw.len <= sizeof(uint64_t))
        decode_row(v->out, (size_t)(raw.at - start), raw, field, "%s %" PRIu64, what, decode_number(raw));
    else
        decode_row(v->out, (size_t)(raw.at - start), raw, field, "no MTK ID: %zu bytes", raw.len);
}

static bool is_highest(struct bytes raw)
{
    for (size_t i = 0; i < raw.len; i++)
        if (raw.at[i] != 0xff)
            return false;
    return raw.len > 0;
}

/* TS 33.246 §6.5.4: an MTK is taken if SEQl < MTK ID <= SEQu. */
static void print_interval(struct verify *v, const struct mikey_key_data *k, const uint8_t *start)
{
    row_bound(v, start, k->valid_from, "SEQl", "MTK IDs above");
    row_bound(v, start, k->valid_to, "SEQu", "MTK IDs up to");
    if (k->valid_from.len <= sizeof(uint64_t) && k->valid_to.len <= sizeof(uint64_t) &&
        decode_number(k->valid_from) > decode_number(k->valid_to))
        say(v, "SEQl is above SEQu: the MSK is made invalid (TS 33.246 clause 6.3.2.1B)");
    else if (is_highest(k->valid_to))
        say(v, "SEQu is the highest possible value, which TS 33.246 clause 6.4.5.1 does not allow");
}

static void print_key_data(struct verify *v, const struct mikey_key_data *k, const uint8_t *start)
{
    static const char *const types[] = {"TGK", "TGK and salt", "TEK", "TEK and salt"};
    static const char *const validities[] = {"no key validity data", "SPI", "interval"};
    const uint8_t *head = k->key.at - 4; /* next payload, type and validity, length */

    decode_row(v->out, (size_t)(head - start), bytes_of(head, 4), "key data", "type %u: %s; validity %u: %s",
               k->type, types[k->type], k->kv, validities[k->kv]);
    if (k->key.len > 0)
        row_hex(v, start, k->key, "key");
    if (k->salt.len > 0)
        row_hex(v, start, k->salt, "salt");
    if (k->kv == MIKEY_KV_SPI)
        row_hex(v, start, k->spi, "SPI");
    if (k->kv == MIKEY_KV_INTERVAL)
        print_interval(v, k, start);
}

/* `what` they are: "decrypted key data", say. */
static int print_plain(struct verify *v, struct bytes plain, const char *what)
{
    struct bytes rest = plain;
    int status = 0;
    char *title = g_strdup_printf("%s (offsets count from its beginning)", what);

    decode_title(v->out, 0, title);
    g_free(title);
    while (rest.len > 0 && status == 0) {
        size_t offset = plain.len - rest.len;
        struct mikey_key_data key_data;
        enum wire_status wire = mikey_key_data_decode(rest, &key_data, &rest);

        if (wire != WIRE_OK) {
            status = verify_refuse(v, "%s, offset %zu: %s, expected a key data sub-payload", what, offset,
                                   wire_status_text(wire));
            break;
        }
        print_key_data(v, &key_data, plain.at);
        if (key_data.key.len > 0)
            compare_with_log(v, key_data.key);
        else
            say(v, "no key: the validity of the MSK alone");
    }
    return status;
}

static int decrypt(struct verify *v)
{
    const struct mikey_message *m = v->message;
    uint8_t plain[MIKEY_MESSAGE_BYTES_MAX];

    if (!m->has_kemac || m->encr_data.len == 0)
        return 0;
    if (m->encr_alg == MIKEY_ENCR_AES_KW_128)
        return verify_refuse(v, "key data are wrapped with AES-KW, expected AES-CM-128");
    if (m->encr_alg == MIKEY_ENCR_NULL)
        return print_plain(v, m->encr_data, "key data that are not encrypted");
    mikey_crypt(v->crypto, &v->keys, m->csb_id, m->ts, m->encr_data.at, plain, m->encr_data.len);
    return print_plain(v, bytes_of(plain, m->encr_data.len), "decrypted key data");
}

/* A message under a MUK that has been set up in `v`. What is `missing` in the log is named by its B-TID. */
static int verify_under_muk(struct verify *v)
{
    char *b_tid = decode_quote(v->message->idr);
    unsigned tried;
    const struct decode_key *muk = find_key(v, &v->message->idr, 0, &tried);
    int status;

    if (muk != NULL) {
        say(v, "MAC is right under the MUK of %s", b_tid);
        status = decrypt(v);
    } else if (tried == 0) {
        status = verify_refuse(v, "not verified: the key log has no MUK for the B-TID %s", b_tid);
    } else {
        status = verify_refuse(v, "MAC does not verify under any of the %u MUK%s of %s", tried,
                               tried == 1 ? "" : "s", b_tid);
    }
    g_free(b_tid);
    return status;
}

/* bsf.mnc001.mcc001.pub.3gppnetwork.org in a B-TID gives bmsc.mnc001.mcc001.pub.3gppnetwork.org. NULL if
 * there is no such part. */
static char *bmsc_of(struct bytes b_tid)
{
    char *text = g_strndup((const char *)b_tid.at, b_tid.len);
    const char *at = strstr(text, ".mnc");
    unsigned mnc, mcc;
    char *name = NULL;

    if (at != NULL && sscanf(at, ".mnc%3u.mcc%3u.", &mnc, &mcc) == 2)
        name = g_strdup_printf("bmsc.mnc%03u.mcc%03u.pub.3gppnetwork.org", mnc, mcc);
    g_free(text);
    return name;
}

static int verify_ack(struct verify *v)
{
    char *name = v->options->bmsc != NULL ? g_strdup(v->options->bmsc) : bmsc_of(v->message->idr);
    int status;

    if (v->options->rand.at == NULL)
        status = verify_refuse(
            v, "not verified: an ACK is under keys of the message it answers; its RAND is missing, give "
               "it with --rand");
    else if (!v->message->has_idr)
        status = verify_refuse(v, "not verified: the ACK has no ID payload, so its B-TID is missing");
    else if (name == NULL)
        status = verify_refuse(
            v, "not verified: the MAC of an ACK covers the name of the BM-SC, which is missing and does "
               "not follow from the B-TID; give it with --bmsc");
    else {
        v->rand = v->options->rand;
        v->idi = bytes_text(name);
        say(v, "IDi, which an ACK leaves out but its MAC covers: \"%s\"%s", name,
            v->options->bmsc != NULL ? "" : " (derived from the B-TID)");
        status = verify_under_muk(v);
    }
    g_free(name);
    return status;
}

/* Under an MSK: an MTK message, or what else has no RAND. */
static int verify_under_msk(struct verify *v)
{
    const struct mikey_message *m = v->message;
    const struct decode_key *msk;
    unsigned tried;

    if (!m->has_msk_id)
        return verify_refuse(
            v, "not verified: without RAND the message is under an MSK, but its MSK ID is missing");
    if (!m->has_rand && v->options->rand.at == NULL)
        return verify_refuse(
            v,
            "not verified: the message is under keys of MSK %08x; the RAND that came with that MSK is "
            "missing, give it with --rand",
            m->msk_id);
    v->rand = m->has_rand ? m->rand : v->options->rand;
    msk = find_key(v, NULL, m->msk_id, &tried);
    if (msk == NULL && tried == 0)
        return verify_refuse(v, "not verified: the key log has no MSK %08x", m->msk_id);
    if (msk == NULL)
        return verify_refuse(v, "MAC does not verify under any of the %u MSK%s %08x of the key log", tried,
                             tried == 1 ? "" : "s", m->msk_id);
    say(v, "MAC is right under MSK %08x", m->msk_id);
    return decrypt(v);
}

static int verify_message(struct verify *v)
{
    const struct mikey_message *m = v->message;

    if (m->data_type == MIKEY_ERROR && !m->has_verification) {
        say(v, "an error message without a V payload: nothing to verify");
        return 0;
    }
    if (m->data_type == MIKEY_ERROR)
        return verify_refuse(
            v, "not verified: an error message names no B-TID, so the key of its MAC is not known");
    if (m->data_type == MIKEY_PSK_VERIFICATION)
        return verify_ack(v);
    if (m->has_mtk_id || !m->has_rand)
        return verify_under_msk(v);
    if (!m->has_idr)
        return verify_refuse(v, "not verified: the second ID payload (IDr, the B-TID) is missing");
    v->rand = m->rand;
    return verify_under_muk(v);
}

int decode_verify(const struct mikey_message *message, const struct decode_options *options, GString *out,
                  GString *error)
{
    struct verify v = {.message = message, .options = options, .out = out, .error = error};
    int status;

    g_string_append(out, "\nverification\n");
    v.crypto = crypto_new();
    status = verify_message(&v);
    crypto_free(v.crypto);
    return status;
}
