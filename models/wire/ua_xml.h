/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Bodies of Ua by the XML reader alone, which is what decides how any body is read. The decoders of ua.h know
 * the documents that are written here by comparing and come here with all others; tests hold both against
 * each other. */
#ifndef MODELS_WIRE_UA_XML_H
#define MODELS_WIRE_UA_XML_H

#include "models/wire/ua.h"

enum wire_status ua_request_body_decode_xml(struct bytes body, struct ua_key keys[UA_KEYS_MAX],
                                            unsigned *count);
enum wire_status ua_response_body_decode_xml(struct bytes body, struct ua_key keys[UA_KEYS_MAX],
                                             unsigned *count);

#endif
