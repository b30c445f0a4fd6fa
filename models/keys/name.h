/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The name of the keys that a bootstrap gives: all that deciding needs to know of them. */
#ifndef MODELS_KEYS_NAME_H
#define MODELS_KEYS_NAME_H

#include <stdbool.h>
#include <stdint.h>

#define AV_NONE UINT16_MAX
#define AV_MAX  65000

struct key_name {
    uint32_t ue;
    uint16_t av; /* number of the authentication vector; AV_NONE: no key */
};

#endif
