/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which nonces are spent: a request whose digest is right is good once, whatever it is answered, or who heard
 * it could send it again and be granted the MSK. Of those that were judged the last one stands with its UE;
 * requests that were refused unjudged, for want of room or of keys, have a bit for their nonce. */
#include "models/bmsc/decide.h"
#include "models/bmsc/decide_private.h"

#include <glib.h>
#include <string.h>

#define WORD_BITS  64
#define WORDS_MIN  64
#define BIT(nonce) (UINT64_C(1) << (nonce) % WORD_BITS)

static bool bmsc_nonce_is_void(const struct bmsc *bmsc, uint32_t nonce)
{
    return nonce / WORD_BITS < bmsc->void_words && (bmsc->void_nonces[nonce / WORD_BITS] & BIT(nonce)) != 0;
}

bool bmsc_nonce_spend(struct bmsc *bmsc, struct bmsc_ue *ue, const struct bmsc_post *post)
{
    if (post->nonce_state != NONCE_FRESH || post->nonce_serial < ue->nonce_serial ||
        (post->nonce_serial == ue->nonce_serial && post->nc <= ue->nc) ||
        bmsc_nonce_is_void(bmsc, post->nonce_serial))
        return false;
    ue->nonce_serial = post->nonce_serial;
    ue->nc = post->nc;
    return true;
}

void bmsc_nonce_void(struct bmsc *bmsc, const struct bmsc_job *job)
{
    const struct bmsc_post *post = &job->post;
    uint32_t nonce = post->nonce_serial, words = bmsc->void_words;
    struct bmsc_ue *ue;

    if (!post->b_tid_known_form || post->nonce_state != NONCE_FRESH)
        return;
    if (nonce == 0) { /* of before the run, when all had that number */
        ue = bmsc_ue(bmsc, job->ue);
        if (ue->nonce_serial == 0)
            ue->nc = MAX(ue->nc, post->nc);
        return;
    }
    if (nonce / WORD_BITS >= words) {
        bmsc->void_words = MAX(nonce / WORD_BITS + 1, MAX(2 * words, WORDS_MIN));
        bmsc->void_nonces = g_renew(uint64_t, bmsc->void_nonces, bmsc->void_words);
        memset(bmsc->void_nonces + words, 0, (bmsc->void_words - words) * sizeof *bmsc->void_nonces);
    }
    bmsc->void_nonces[nonce / WORD_BITS] |= BIT(nonce);
}
