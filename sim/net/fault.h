/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Named faults: reads the texts of network_config, and counts the packets that they name. How a text is
 * written: network.h.
 *
 * Each entry counts for itself, before any loss that is drawn; packets that the uplink queue drops do not get
 * that far. */
#ifndef SIM_NET_FAULT_H
#define SIM_NET_FAULT_H

#include "sim/net/net.h"

#include <glib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Packets that carry no message, numbered after the model's kinds. */
enum fault_control { FAULT_SYN = NET_KINDS_MAX, FAULT_SYNACK, FAULT_ACK, FAULT_FIN, FAULT_RST, FAULT_KINDS };
extern const char *const fault_control_names[]; /* NULL-terminated */

enum fault_action { FAULT_DROP = 1, FAULT_DUPLICATE = 2, FAULT_DELAY = 4, FAULT_CORRUPT = 8 };

struct fault_entry {
    uint64_t seen; /* packets of that kind so far */
    uint64_t first, last;
    uint32_t ue;
    uint8_t kind;
    uint8_t action;
};

struct fault_set {
    GArray *entries; /* struct fault_entry */
    uint64_t ues;    /* bit n: some entry is about a UE whose number is n modulo 64 */
};

/* An empty set; fault_set_clear() frees what comes into it. */
void fault_set_init(struct fault_set *set);
/* Frees the entries. Of the set only fault_set_init() may be called then. */
void fault_set_clear(struct fault_set *set);

/* Adds the entries of a text (NULL or empty: none). kind_names: of the model's `kinds` message kinds; ues:
 * how many there are. False and error (NETWORK_ERROR), which names the first wrong entry and what was
 * expected; the entries before it stay in the set. */
bool fault_set_parse(struct fault_set *set, const char *text, enum fault_action action,
                     const char *const *kind_names, uint32_t kinds, uint32_t ues, GError **error);

/* Gets an entry that is not right: the entry, why, and the name of its kind if that is the reason (else
 * NULL). All are valid during the call. */
typedef void fault_complaint(void *user, const char *entry, const char *why, const char *unknown_kind);
/* Calls complain() for each entry of a text that is wrong, and keeps nothing. */
void fault_text_check(const char *text, const char *const *kind_names, uint32_t kinds, uint32_t ues,
                      fault_complaint *complain, void *user);

struct network_config;
/* As fault_set_parse(), for all four texts of a configuration. */
bool fault_set_read(struct fault_set *set, const struct network_config *config, GError **error);

/* Counts a packet; returns what the entries do to it, a set of enum fault_action. */
unsigned fault_count(struct fault_set *set, uint32_t ue, unsigned kind);

/* The same for a packet of any UE, cheap for those that no entry is about. */
static inline unsigned fault_check(struct fault_set *set, uint32_t ue, unsigned kind)
{
    return set->ues >> (ue & 63) & 1 ? fault_count(set, ue, kind) : 0;
}

#ifdef __cplusplus
}
#endif

#endif
