/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Load of links: messages a UE, and the packets that carry them. Sizes are those of the codecs in
 * models/wire; tests/unit/test_load.c holds the sums to what a run puts on its links. */
#include "models/load_private.h"

#include "models/scenario/words.h"
#include "sim/base/limits.h"

#include <math.h>

#define UDP_BYTES     8
#define TCP_BYTES     20
#define TCP_MSS_BYTES 4
#define PPP_BYTES     2 /* a packet; they take time, and are counted nowhere */

/* Payload of a message, and what a variant of it has more. */
static const uint16_t payload_bytes[MESSAGE_KIND_COUNT] = {
    [KIND_pull] = 182,         [KIND_msk] = 208,         [KIND_msk_ack] = 104, [KIND_ua_post] = 496,
    [KIND_ua_auth_post] = 897, [KIND_ua_401] = 303,      [KIND_ua_200] = 555,  [KIND_ua_error] = 127,
    [KIND_ub_get] = 318,       [KIND_ub_auth_get] = 469, [KIND_ub_401] = 279,  [KIND_ub_200] = 530,
    [KIND_ub_error] = 113,     [KIND_zn_bir] = 456,      [KIND_zn_bia] = 536,  [KIND_zh_mar] = 348,
    [KIND_zh_maa] = 728};
#define NEXTNONCE_BYTES 38   /* in a 200 of Ua */
#define STALE_BYTES     12   /* in a 401 of Ua */
#define AUTS_BYTES      29   /* in a GET */
#define RESYNC_BYTES    84   /* in a MAR */
#define IMPI_BYTES      (-8) /* a GET, where it is not the TMPI */

/* Bare segments of a connection that is opened, used and closed. Up: SYN, its acknowledgment, FIN and that of
 * the server's; the first answer is acknowledged at once where another request follows later. Down: SYN+ACK,
 * the acknowledgment of the first request, FIN. */
enum { BARE_UP = 4, BARE_DOWN = 3 };
/* A server that is busy both ways acknowledges every other message by itself, or its next one does it. */
#define BARE_PER_DIAMETER 0.25

struct traffic {
    double packets, bytes;
};

struct sums {
    const struct load_play *play;
    double ip_bytes, mss, resent; /* packets sent for one that arrives */
    struct traffic kind[MESSAGE_KIND_COUNT];
    struct traffic up[LOAD_SERVERS], down[LOAD_SERVERS]; /* bare segments of UEs' connections */
};

static struct traffic plus(struct traffic a, struct traffic b)
{
    return (struct traffic){a.packets + b.packets, a.bytes + b.bytes};
}

static double extra_bytes(const struct load_play *play, unsigned kind)
{
    const struct scenario *s = play->s;

    switch (kind) {
    case KIND_ua_401:
        return play->stale * STALE_BYTES;
    case KIND_ua_200:
        return s->ue_preemptive > 0 && s->bmsc_nextnonce_lifetime > 0 ? play->messages[kind] * NEXTNONCE_BYTES
                                                                      : 0;
    case KIND_ub_get:
    case KIND_ub_auth_get: {
        double gets = play->messages[KIND_ub_get] + play->messages[KIND_ub_auth_get];
        double share = gets > 0 ? play->messages[kind] / gets : 0;

        return play->by_impi * share * IMPI_BYTES + (kind == KIND_ub_auth_get ? play->auts * AUTS_BYTES : 0);
    }
    case KIND_zh_mar:
        return play->auts_mar * RESYNC_BYTES;
    default:
        return 0;
    }
}

static void fill_kind(struct sums *sums, unsigned kind)
{
    const struct load_play *play = sums->play;
    bool datagram = kind == KIND_pull || kind == KIND_msk || kind == KIND_msk_ack;
    bool core = kind >= MESSAGE_KIND_RADIO_COUNT;
    double count = play->messages[kind], payload = count * payload_bytes[kind] + extra_bytes(play, kind);
    double packets = datagram ? count : count * ceil(payload_bytes[kind] / sums->mss);

    if (!datagram && !core) {
        packets *= sums->resent;
        payload *= sums->resent;
    }
    sums->kind[kind] =
        (struct traffic){packets, payload + packets * (sums->ip_bytes + (datagram ? UDP_BYTES : TCP_BYTES))};
}

static struct traffic bare(const struct sums *sums, double connections, double segments)
{
    double packets = segments * sums->resent;

    return (struct traffic){packets, packets * (sums->ip_bytes + TCP_BYTES) + connections * TCP_MSS_BYTES};
}

static struct traffic of_kinds(const struct sums *sums, const enum message_kind *kinds, unsigned count)
{
    struct traffic t = {0, 0};

    for (unsigned i = 0; i < count; i++)
        t = plus(t, sums->kind[kinds[i]]);
    return t;
}
#define KINDS(sums, ...)                                                                                     \
    of_kinds(sums, (const enum message_kind[]){__VA_ARGS__},                                                 \
             sizeof((const enum message_kind[]){__VA_ARGS__}) / sizeof(enum message_kind))

/* With the acknowledgments of what came the other way. */
static struct traffic diameter(const struct sums *sums, enum message_kind out, enum message_kind in)
{
    double acks = BARE_PER_DIAMETER * sums->play->messages[in];

    return plus(sums->kind[out], (struct traffic){acks, acks * (sums->ip_bytes + TCP_BYTES)});
}

static void fill_links(const struct sums *sums, struct traffic link[LOAD_LINKS])
{
    struct traffic ua_up =
        plus(KINDS(sums, KIND_ua_post, KIND_ua_auth_post, KIND_msk_ack), sums->up[LOAD_BMSC]);
    struct traffic ua_down = plus(KINDS(sums, KIND_ua_401, KIND_ua_200, KIND_ua_error, KIND_pull, KIND_msk),
                                  sums->down[LOAD_BMSC]);
    struct traffic ub_up = plus(KINDS(sums, KIND_ub_get, KIND_ub_auth_get), sums->up[LOAD_BSF]);
    struct traffic ub_down = plus(KINDS(sums, KIND_ub_401, KIND_ub_200, KIND_ub_error), sums->down[LOAD_BSF]);
    struct traffic bir = diameter(sums, KIND_zn_bir, KIND_zn_bia),
                   bia = diameter(sums, KIND_zn_bia, KIND_zn_bir);
    struct traffic mar = diameter(sums, KIND_zh_mar, KIND_zh_maa),
                   maa = diameter(sums, KIND_zh_maa, KIND_zh_mar);

    link[LOAD_UPLINK] = plus(ua_up, ub_up);
    link[LOAD_DOWNLINK] = plus(ua_down, ub_down);
    link[LOAD_CORE_FROM_BMSC] = plus(ua_down, bir);
    link[LOAD_CORE_TO_BMSC] = plus(ua_up, bia);
    link[LOAD_CORE_FROM_BSF] = plus(plus(ub_down, bia), mar);
    link[LOAD_CORE_TO_BSF] = plus(plus(ub_up, bir), maa);
    link[LOAD_CORE_FROM_HSS] = maa;
    link[LOAD_CORE_TO_HSS] = mar;
}

void load_links(const struct load_play *play, struct load *out)
{
    static const char *const names[LOAD_LINKS] = {"uplink",        "downlink",      "core_from_bmsc",
                                                  "core_to_bmsc",  "core_from_bsf", "core_to_bsf",
                                                  "core_from_hss", "core_to_hss"};
    const struct scenario *s = play->s;
    bool ipv6 =
        s->access_ip_version == IP_6 || (s->access_ip_version == IP_AUTO && s->ue_count > LIMITS_IPV4_UES);
    struct sums sums = {.play = play,
                        .ip_bytes = ipv6 ? 40 : 20,
                        .mss = (double)s->tcp_mss,
                        .resent = s->access_loss < 1 ? 1 / (1 - s->access_loss) : 1};
    struct traffic link[LOAD_LINKS];

    for (unsigned kind = 0; kind < MESSAGE_KIND_COUNT; kind++)
        fill_kind(&sums, kind);
    for (unsigned i = 0; i < LOAD_SERVERS; i++) {
        double connections = play->connections[i];

        sums.up[i] = bare(&sums, connections, BARE_UP * connections + play->followed[i]);
        sums.down[i] = bare(&sums, connections, BARE_DOWN * connections);
    }
    fill_links(&sums, link);
    for (unsigned i = 0; i < LOAD_LINKS; i++) {
        double rate = (double)(i == LOAD_UPLINK     ? s->access_uplink_rate
                               : i == LOAD_DOWNLINK ? s->access_downlink_rate
                                                    : s->core_rate);
        double links = i <= LOAD_DOWNLINK ? (double)s->ue_cells : 1;
        double packets = link[i].packets / out->ues, bytes = link[i].bytes / out->ues;
        double ues_per_s = links * rate / (8 * (bytes + packets * PPP_BYTES));

        out->link[i] = (struct load_link_load){names[i], packets, bytes, s->pull_rate / ues_per_s, ues_per_s};
    }
}
