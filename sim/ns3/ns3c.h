/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* ns3c: ns-3 (3.37) for C programs.
 *
 * A plain C interface to the packet-level network simulator: nodes, point-to-point and CSMA links, IPv4 and
 * IPv6, UDP datagrams and TCP connections with real payload bytes, events, captures, counters; and by name
 * and value as text every setting of ns-3's attribute system.
 *
 * Handles are opaque. What is made belongs to the simulator and lives until ns3c_free(), but for UDP ports,
 * listeners and TCP connections, which have an end of their own. Every callback gets the `user` it was
 * registered with.
 *
 * Errors: a call that can fail returns an enum ns3c_status; ns3c_error() then has a sentence that says what
 * was wrong and what was expected. Out parameters are left alone on failure. Arguments are checked before
 * ns-3 sees them: none of its fatal errors and no exception gets through. Handles must be live ones; that is
 * not checked. NULL for a handle, for an out parameter or for bytes is NS3C_INVALID where a call has a status
 * to say so; calls on UDP ports and TCP connections that return none do nothing then.
 *
 * Where memory runs out a call returns NS3C_MEMORY. What it had begun may be half done, so such a simulator
 * is good for ns3c_free() alone: the run that it happens in ends, and ns3c_run() says NS3C_MEMORY from then
 * on. A new simulator starts afresh.
 *
 * Times are int64_t nanoseconds of simulated time, rates bits per second, sizes bytes. ns-3 knows one
 * simulator in a process, and so does this library; it is not for several threads. */
#ifndef NS3C_H
#define NS3C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ns3c_status {
    NS3C_OK = 0,
    NS3C_INVALID,  /* an argument is out of range, or a text cannot be read */
    NS3C_UNKNOWN,  /* no type, attribute, path or global of that name */
    NS3C_STATE,    /* not now: a second simulator, a call from the wrong state */
    NS3C_NO_ROUTE, /* the node has no route to that address */
    NS3C_IN_USE,   /* address and port are taken */
    NS3C_AGAIN,    /* nothing there yet: ns3c_tcp_accept() */
    NS3C_FILE,     /* a file cannot be written */
    NS3C_MEMORY    /* memory has run out: see above */
};

/* "invalid", "unknown", ... */
const char *ns3c_status_name(enum ns3c_status status);
/* What the last call that failed had to say; "" before the first one. Valid until the next failure. */
const char *ns3c_error(void);
/* Whether memory has run out since the simulator was made: some call has said, or the next one will say,
 * NS3C_MEMORY. */
bool ns3c_out_of_memory(void);
/* Version of ns-3 that the library was built for, e.g. "3.37". */
const char *ns3c_version(void);

/* --- simulator ------------------------------------------------------------------------------------------ */

struct ns3c;

struct ns3c_options {
    /* How ns-3 keeps pending events: "priority-queue" (default, NULL), "heap", "map" (ns-3's own default;
     * with a million pending events some three times slower) or "list". Its calendar queue is not offered: it
     * degrades badly. */
    const char *scheduler;
    uint32_t seed;  /* of ns-3's own random streams, > 0; 0: 1 */
    uint64_t run;   /* which independent replication of that seed; 0: 1 */
    bool checksums; /* make and verify IP, UDP and TCP checksums; off, they are zero on the wire */
};

/* options: NULL for the defaults. NS3C_STATE while another one lives, and where C++'s global locale has
 * another decimal point than '.', which it must keep: ns-3 reads and writes numbers by it. C's locale,
 * setlocale(), does not matter. NS3C_STATE, too, where the environment sets NS_ATTRIBUTE_DEFAULT or
 * NS_GLOBAL_VALUE, by which the same program would have other results elsewhere. NS_LOG may be set. */
enum ns3c_status ns3c_new(const struct ns3c_options *options, struct ns3c **out);
/* Frees the simulator with all that was made in it; NULL is ignored. Not from within a callback. */
void ns3c_free(struct ns3c *sim);

/* Simulated time: of the event that is being handled, or of the last one that was. */
int64_t ns3c_now(const struct ns3c *sim);

typedef void ns3c_event_fn(void *user, uint64_t argument);
/* Calls fn(user, argument) after delay_ns >= 0; events of one instant run in the order of scheduling. *id
 * (may be NULL) is for ns3c_cancel(), never 0. */
enum ns3c_status ns3c_schedule(struct ns3c *sim, int64_t delay_ns, ns3c_event_fn *fn, void *user,
                               uint64_t argument, uint64_t *id);
/* Cancels an event; nothing happens if it has run, was cancelled, or id is 0. A cancelled event leaves
 * nothing behind that would keep a run going. */
void ns3c_cancel(struct ns3c *sim, uint64_t id);

enum ns3c_run_end {
    NS3C_RUN_DRY,     /* nothing is left to happen */
    NS3C_RUN_REACHED, /* all events before until_ns have run */
    NS3C_RUN_STOPPED  /* ns3c_stop() */
};
/* Runs all events before until_ns (INT64_MAX: to the end). May be called again to go on. *end may be NULL.
 * NS3C_STATE from within a callback. */
enum ns3c_status ns3c_run(struct ns3c *sim, int64_t until_ns, enum ns3c_run_end *end);
/* Ends ns3c_run() after the event that is being handled; outside of it nothing happens. */
void ns3c_stop(struct ns3c *sim);
/* Events that have run so far, ns-3's own included. */
uint64_t ns3c_events(const struct ns3c *sim);
/* Scheduled and not run, ns-3's own events included. Without those that ns3c_cancel() has cancelled; timers
 * that ns-3 cancelled itself are counted until their time comes, so this may be more than what is going to
 * happen. Whether anything is, ns3c_next() says exactly. */
uint64_t ns3c_pending(const struct ns3c *sim);
/* Time of the next event, INT64_MAX if there is none. */
int64_t ns3c_next(const struct ns3c *sim);

/* --- attributes: all of ns-3's settings as text --------------------------------------------------------- */

/* Numbers, truth values, times ("10ms"), rates ("5Mbps"), queue sizes ("100p", "64kB"), names of enumerations
 * and types, addresses, and objects to be made ("ns3::RateErrorModel[ErrorRate=0.1]", not one within
 * another). NS3C_INVALID for what ns-3 could not read or could not live with: a rate of 0, a delay of years,
 * a random variable that has to be drawn forever. All is as before in the next simulator. Random variables
 * of objects that are made from text go on with ns-3's own streams, which a second simulator in the process
 * does not restart. */

/* Default of an attribute for objects made later: "ns3::TcpSocket::SegmentSize", "1400". */
enum ns3c_status ns3c_set_default(struct ns3c *sim, const char *attribute, const char *value);
/* A global value: "ChecksumEnabled", "true". */
enum ns3c_status ns3c_set_global(struct ns3c *sim, const char *name, const char *value);
/* Of all live objects that a path of ns-3's Config names: "/NodeList/0/DeviceList/0/Mtu", may hold `*`.
 * NS3C_UNKNOWN if it names none. *matched (may be NULL): how many. No path names connections, which are not
 * in ns-3's SocketList: ns3c_tcp_set() sets theirs. */
enum ns3c_status ns3c_set_path(struct ns3c *sim, const char *path, const char *value, unsigned *matched);

/* --- addresses ------------------------------------------------------------------------------------------ */

struct ns3c_address {
    uint8_t family;    /* 4 or 6 */
    uint8_t bytes[16]; /* network byte order; the first four of IPv4, the rest 0 */
};
#define NS3C_ADDRESS_TEXT_BYTES 46

/* Reads "192.0.2.1" or "2001:db8::1". */
enum ns3c_status ns3c_address_parse(const char *text, struct ns3c_address *out);
/* Writes the address as text, with its terminator. */
void ns3c_address_format(const struct ns3c_address *address, char out[NS3C_ADDRESS_TEXT_BYTES]);

/* --- nodes and links ------------------------------------------------------------------------------------ */

struct ns3c_node;
struct ns3c_device; /* a node's end of a link */
struct ns3c_csma;

/* A node with ns-3's IPv4, IPv6, UDP and TCP; it forwards. Its routing table finds the longest prefix by
 * hashing, however many routes there are. */
enum ns3c_status ns3c_node_new(struct ns3c *sim, struct ns3c_node **out);
/* ns-3's number of the node: 0, 1, ... as in its paths. */
uint32_t ns3c_node_id(const struct ns3c_node *node);

struct ns3c_link_options {
    uint64_t rate_bit_per_s; /* 1 to 10^15; of a point-to-point link: from the first node to the second */
    uint64_t rate_back_bit_per_s; /* from the second to the first; 0: the same. Point-to-point only */
    int64_t delay_ns;             /* 0 to a day */
    /* IP bytes that wait in a device at most, drop-tail, without PPP or Ethernet; what is being sent does not
     * count. ns-3 puts each packet into the queue, if only for no time: one that is longer than this never
     * leaves. 0: ns-3's default, 100 packets. */
    uint64_t queue_bytes_max;
    double loss; /* share of packets lost at each receiver, drawn by ns-3; 0 to 1 */
};

/* Packets on a point-to-point link carry 2 bytes of PPP besides their IP bytes. */
enum ns3c_status ns3c_point_to_point(struct ns3c *sim, struct ns3c_node *a, struct ns3c_node *b,
                                     const struct ns3c_link_options *options, struct ns3c_device **at_a,
                                     struct ns3c_device **at_b);
/* A shared Ethernet-like segment: addresses are resolved by ARP or neighbour discovery. */
enum ns3c_status ns3c_csma_new(struct ns3c *sim, const struct ns3c_link_options *options,
                               struct ns3c_csma **out);
enum ns3c_status ns3c_csma_attach(struct ns3c_csma *csma, struct ns3c_node *node, struct ns3c_device **out);

/* Attributes of what exists: value to, or text from, the object itself. get: cut off at `capacity`. Of a
 * device: its NetDevice, by "TxQueue/..." its queue, by "Channel/..." its channel. */
enum ns3c_status ns3c_node_set(struct ns3c_node *node, const char *type_and_attribute, const char *value);
enum ns3c_status ns3c_device_set(struct ns3c_device *device, const char *attribute, const char *value);
enum ns3c_status ns3c_device_get(struct ns3c_device *device, const char *attribute, char *out,
                                 size_t capacity);

/* Gives the device an address, and the node the route to its prefix. A device may have any number. */
enum ns3c_status ns3c_device_add_address(struct ns3c_device *device, const struct ns3c_address *address,
                                         unsigned prefix_bits);
/* All addresses of the prefix are the node's own, though no device has them: for thousands of hosts on one
 * node. */
enum ns3c_status ns3c_node_add_local(struct ns3c_node *node, const struct ns3c_address *prefix,
                                     unsigned prefix_bits);
/* What goes to the prefix leaves by the device; gateway: the next hop's address, NULL on a point-to-point
 * link or for neighbours of a segment. 0 bits: the default route. An equal prefix is replaced. */
enum ns3c_status ns3c_node_add_route(struct ns3c_node *node, const struct ns3c_address *prefix,
                                     unsigned prefix_bits, struct ns3c_device *device,
                                     const struct ns3c_address *gateway);

/* --- packets: to look at, to lose ----------------------------------------------------------------------- */

/* A packet as it is on the wire, from its IP header on; valid during the callback. */
struct ns3c_packet {
    uint32_t size;       /* IP bytes */
    uint32_t head_bytes; /* how many of them are at `head` */
    const uint8_t *head; /* the first bytes: IP and transport headers without payload at least */
    uint64_t tag;        /* of the datagram (ns3c_udp_send()), 0 if none */
    const void *whole;   /* for ns3c_packet_bytes() */
};
/* Copies the first `capacity` bytes of the packet; returns how many. */
size_t ns3c_packet_bytes(const struct ns3c_packet *packet, uint8_t *out, size_t capacity);

typedef void ns3c_packet_fn(void *user, const struct ns3c_packet *packet);
/* Called for each IP packet that the node itself sends (not those it forwards), before its first queue:
 * fragment by fragment, neighbour discovery included, what it sends to itself as well. fn NULL: no more. */
void ns3c_node_on_send(struct ns3c_node *node, ns3c_packet_fn *fn, void *user);

enum ns3c_drop {
    NS3C_DROP_QUEUE,    /* a device's queue was full */
    NS3C_DROP_LOSS,     /* ns3c_link_options.loss, ns3c_device_set_loss() */
    NS3C_DROP_FATE,     /* ns3c_device_on_transmit() */
    NS3C_DROP_NO_ROUTE, /* no route, or no host of that address; ns-3 does not report IPv6 neighbours */
    NS3C_DROP_IP,       /* TTL, checksum, fragments, no port, and all else that IP, UDP and TCP throw away */
    NS3C_DROP_REASONS
};
typedef void ns3c_drop_fn(void *user, enum ns3c_drop reason, const struct ns3c_packet *packet);
/* Called for each packet that is thrown away, anywhere. */
void ns3c_on_drop(struct ns3c *sim, ns3c_drop_fn *fn, void *user);

/* Fate of a packet on the channel: a set of these. */
enum ns3c_fate {
    NS3C_FATE_DROP = 1,
    NS3C_FATE_DUPLICATE = 2, /* arrives once more, in time */
    NS3C_FATE_DELAY = 4,     /* arrives delay_ns later, a year before the end of time at the latest */
    /* Arrives with other bytes, `length` at `bytes`: a whole IP packet that ns-3 can take apart, or it is
     * NS3C_DROP_IP. Lengths must agree, down to the options of TCP. Not taken are options of IPv4, extension
     * headers of IPv6, of ICMPv6 all but echo, errors and neighbours'. A fragment only stands for one at its
     * own place. The tag stays. */
    NS3C_FATE_REPLACE = 8
};
struct ns3c_fate_detail {
    int64_t delay_ns;
    const uint8_t *bytes;
    size_t length;
};
typedef unsigned ns3c_fate_fn(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail);
/* Called when the device begins to transmit a packet; what it returns is done to the packet on its way. Of a
 * duplicate that is also delayed or replaced, the copy is in time and whole. Point-to-point only. */
enum ns3c_status ns3c_device_on_transmit(struct ns3c_device *device, ns3c_fate_fn *fn, void *user);
/* The rate at which this device sends from its next packet on, 1 to 10^15 bit/s. Point-to-point only:
 * NS3C_INVALID for a device of another link. */
enum ns3c_status ns3c_device_set_rate(struct ns3c_device *device, uint64_t bit_per_s);
/* Loss at this receiver, as in ns3c_link_options. */
enum ns3c_status ns3c_device_set_loss(struct ns3c_device *device, double share);

/* Writes all packets that the device sends and receives to a pcap file, until ns3c_free(): link type PPP or
 * Ethernet. NS3C_FILE if it cannot be made, NS3C_IN_USE if another device's packets go into that file, by
 * any name. */
enum ns3c_status ns3c_device_pcap(struct ns3c_device *device, const char *path);
/* Ends all captures before ns3c_free() does, which cannot say so: NS3C_FILE if a packet is missing in one of
 * the files, as on a full disk. */
enum ns3c_status ns3c_pcap_close(struct ns3c *sim);

struct ns3c_device_counters {
    uint64_t sent_packets, sent_bytes;         /* put on the channel; IP bytes */
    uint64_t received_packets, received_bytes; /* taken from it and handed to IP */
    uint64_t queue_drops, loss_drops, fate_drops;
    uint64_t queued_bytes; /* IP bytes that wait now */
    /* Of a point-to-point link: most IP bytes that ever waited behind a packet that was being sent, and
     * the most time of any whole second of the simulation's (0 s to 1 s, and so on) that the device spent
     * sending. */
    uint64_t queued_bytes_max;
    int64_t sending_second_max_ns;
};
/* What the device has counted so far. */
void ns3c_device_counters(const struct ns3c_device *device, struct ns3c_device_counters *out);
/* Drops of the whole simulation, by reason. */
void ns3c_drops(const struct ns3c *sim, uint64_t out[NS3C_DROP_REASONS]);

/* --- UDP ------------------------------------------------------------------------------------------------ */

struct ns3c_udp;

struct ns3c_datagram {
    const struct ns3c_address *from, *to;
    uint16_t from_port, to_port;
    const uint8_t *bytes; /* valid during the callback */
    size_t length;
    uint64_t tag; /* as ns3c_udp_send() had it */
};
typedef void ns3c_udp_fn(void *user, struct ns3c_udp *udp, const struct ns3c_datagram *datagram);

/* Opens a port of a node. address: one of the node's own, NULL: any. fn may be NULL. */
enum ns3c_status ns3c_udp_open(struct ns3c_node *node, const struct ns3c_address *address, uint16_t port,
                               ns3c_udp_fn *fn, void *user, struct ns3c_udp **out);
/* At most 65507 bytes; ns-3 cuts into fragments what is longer than the MTU. tag: goes with the packet for
 * the program's own use, is not on the wire. A datagram that finds no room in a queue is dropped and counted,
 * not an error. A port that was opened for any address sends from that of the device it leaves by. */
enum ns3c_status ns3c_udp_send(struct ns3c_udp *udp, const struct ns3c_address *to, uint16_t port,
                               const void *bytes, size_t length, uint64_t tag);
/* Lets go of the handle: the port is free again, no callback comes. */
void ns3c_udp_close(struct ns3c_udp *udp);

/* --- TCP ------------------------------------------------------------------------------------------------ */

struct ns3c_tcp; /* one end of a connection */
struct ns3c_listener;

enum ns3c_tcp_end {
    NS3C_TCP_DONE,    /* both sides have closed */
    NS3C_TCP_REFUSED, /* RST in answer to SYN */
    NS3C_TCP_RESET,   /* RST later */
    NS3C_TCP_TIMEOUT  /* retransmissions exhausted, or probes of a closed window without an answer */
};

/* What happens to an end. Each may be NULL. A handler may call anything on any end, its own included; no
 * handler is called from within a call of the program. */
struct ns3c_tcp_events {
    void (*connected)(void *user, struct ns3c_tcp *tcp);   /* of the end that called ns3c_tcp_connect() */
    void (*received)(void *user, struct ns3c_tcp *tcp);    /* ns3c_tcp_receive() has something */
    void (*sendable)(void *user, struct ns3c_tcp *tcp);    /* after a partial send: there is room again */
    void (*peer_closed)(void *user, struct ns3c_tcp *tcp); /* FIN; what came before it has been announced */
    /* The connection is gone, and the handle with it when this returns. Called at most once, never after
     * ns3c_tcp_close() or ns3c_tcp_reset(). */
    void (*closed)(void *user, struct ns3c_tcp *tcp, enum ns3c_tcp_end why);
};

/* local: one of the node's own addresses, NULL: that of the device the route leaves by; local_port 0: any
 * free one. What is sent before the connection is up waits. */
enum ns3c_status ns3c_tcp_connect(struct ns3c_node *node, const struct ns3c_address *local,
                                  uint16_t local_port, const struct ns3c_address *remote,
                                  uint16_t remote_port, const struct ns3c_tcp_events *events, void *user,
                                  struct ns3c_tcp **out);

/* address: NULL: any. backlog > 0: connections half-open or not yet accepted; one more is refused by a RST.
 * incoming is called whenever a connection can be accepted. */
enum ns3c_status ns3c_tcp_listen(struct ns3c_node *node, const struct ns3c_address *address, uint16_t port,
                                 unsigned backlog,
                                 void (*incoming)(void *user, struct ns3c_listener *listener), void *user,
                                 struct ns3c_listener **out);
/* The connection that has waited longest; NS3C_AGAIN if there is none. What it has received already is
 * announced later, by received(). */
enum ns3c_status ns3c_tcp_accept(struct ns3c_listener *listener, const struct ns3c_tcp_events *events,
                                 void *user, struct ns3c_tcp **out);
/* Stops listening; what was not accepted is reset. */
void ns3c_listener_close(struct ns3c_listener *listener);

/* Queues what there is room for, and returns how much; sendable() tells when to go on. 0 after
 * ns3c_tcp_shutdown(), or when the connection is gone. */
size_t ns3c_tcp_send(struct ns3c_tcp *tcp, const void *bytes, size_t length);
/* Takes up to `capacity` bytes; 0 if there is nothing. */
size_t ns3c_tcp_receive(struct ns3c_tcp *tcp, void *out, size_t capacity);
/* Bytes that ns3c_tcp_receive() can take now. */
size_t ns3c_tcp_readable(const struct ns3c_tcp *tcp);
/* Bytes that are queued and not yet acknowledged by the peer. */
size_t ns3c_tcp_unacknowledged(const struct ns3c_tcp *tcp);
/* Half-close: FIN after what is queued; receiving goes on. */
void ns3c_tcp_shutdown(struct ns3c_tcp *tcp);
/* ns3c_tcp_close() lets go of the handle: FIN after what is queued, then the connection ends on its own. What
 * arrives is thrown away, no callback comes. A peer that has acknowledged the FIN, and then sends nothing for
 * this time, is not waited for; if it does send later, it is answered by RST. */
#define NS3C_TCP_ORPHAN_S 60
void ns3c_tcp_close(struct ns3c_tcp *tcp);
/* Lets go of the handle: RST at once. */
void ns3c_tcp_reset(struct ns3c_tcp *tcp);
/* Both ends of the connection: addresses and ports. Out parameters may be NULL. */
void ns3c_tcp_addresses(const struct ns3c_tcp *tcp, struct ns3c_address *local, uint16_t *local_port,
                        struct ns3c_address *remote, uint16_t *remote_port);
/* An attribute of its ns3::TcpSocketBase. NS3C_STATE for those that only count when it is made, as
 * SegmentSize and CongestionOps: they have defaults, ns3::TcpL4Protocol::SocketType is that of the latter. */
enum ns3c_status ns3c_tcp_set(struct ns3c_tcp *tcp, const char *attribute, const char *value);

struct ns3c_tcp_counters {
    uint64_t connects, accepts,
        refusals;             /* refusals: SYNs that a full backlog, or no listener, answered with RST */
    uint64_t retransmissions; /* segments with data, SYN or FIN sent again */
    uint64_t timeouts;        /* expiries of the retransmission timer */
    uint64_t open;            /* ns-3 sockets that exist now, listeners not counted */
};
/* What all connections of the simulation have counted so far. */
void ns3c_tcp_counters(const struct ns3c *sim, struct ns3c_tcp_counters *out);

#ifdef __cplusplus
}
#endif

#endif
