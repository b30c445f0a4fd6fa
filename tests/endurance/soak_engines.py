# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Where the two engines have to agree, and how closely: the same scenario on both.

They are two programs, and agree where nothing is lost, refused or late. Each line of EXCLUDED is a case in which they are
known to differ, and says why; a line goes when its difference does.
"""
from draw import number

# (what must hold of both results for them to be compared, why). r is a soak_rules.Result.
EXCLUDED = [
    ("a packet is lost, doubled or late", lambda r: any(r.of(f"packets_{n}") for n in
     ("lost", "dropped", "duplicated", "late", "corrupted")),
     "repeats by ns-3's timers come at other times (ns3_network.h), and all that follows"),
    ("the run ends by the clock", lambda r: r.real("simulated_s") >= r.real("run.end"),
     "what is under way then is another message where times differ by a microsecond"),
    ("a UE or a server has waited in vain", lambda r: any(r.of(n) for n in
     ("pull_retransmissions", "msk_retransmissions", "ue_timeouts", "ue_connections_failed", "zn_timeouts", "zh_timeouts",
      "msk_missing", "tcp_refused", "tcp_failed", "http_401_stale")),
     "on which side of a timeout an answer comes may hang on a microsecond"),
    ("a queue is full", lambda r: any(r.of(n) for n in ("http_503", "ub_503", "zn_busy", "zh_busy", "acks_dropped")),
     "who finds it so may hang on a microsecond"),
    ("the window is small", lambda r: r.real("tcp.initial_window") < 4,
     "ns-3 sends the part of a segment that the window has room for, the native engine waits (ns3_network.h)"),
    ("attributes of ns-3 are set", lambda r: r.summary["ns3.attributes"] != "", "the native engine has none"),
]
# By share of the value and in seconds: times on the two engines differ by the nanoseconds that ns-3 puts between messages,
# and by whom a server serves first.
TIME_RATIO, TIME_S = 0.05, 0.005
COUNTED = ("pulls_sent", "pulls_received", "ues_keyed", "msk_sent", "msk_delivered", "http_200", "gba_runs", "zn_requests",
           "zh_requests", "acks_received", "packets_sent", "core_bytes", "uplink_bytes", "downlink_bytes", "tcp_connections")

# Left at their defaults in scenarios that are drawn for the comparison: each of them mostly leads to one of the above.
LEFT = ("access.loss", "access.duplicate", "access.late", "access.queue_limit", "core.queue_limit",
        "tcp.initial_window", "ns3.attributes", "run.end", "pull.start", "pull.timeout",
        "ue.response_timeout", "ue.msk_timeout", "msk.timeout", "diameter.timeout", "bmsc.idle_timeout",
        "bsf.idle_timeout", "bmsc.queue_limit", "bsf.queue_limit", "hss.queue_limit", "bmsc.listen_queue",
        "bsf.listen_queue", "bmsc.nonce_lifetime", "fault.drop", "fault.duplicate", "fault.delay", "fault.corrupt")
UES = 60  # at most, in those


def slow(result):
    """A round trip is above the first timeout: links, two packets of 1500 bytes on each, and what holds packets up."""
    bits = 2 * 12000
    trip = result.real("access.rtt") + 2 * result.real("core.delay") + 2 * bits / result.real("core.rate") + \
        bits / result.real("access.uplink_rate") + bits / result.real("access.downlink_rate")
    if result.real("access.late") > 0 or result.summary["fault.delay"]:
        trip += result.real("access.late_delay") + result.real("fault.delay_time")
    return trip > result.real("tcp.rto_initial")


def excluded(*results):
    """Why these two are not compared, or None."""
    for case, applies, _ in EXCLUDED:
        if any(applies(result) for result in results):
            return case
    return None


def disagreements(native, ns3):
    """What differs more than it may."""
    names = [name for name in native.summary if name.startswith(("books_", "mikey_", "http_"))]
    for name in [*names, *COUNTED]:
        if native.summary[name] != ns3.summary[name]:
            yield f"{name} is {native.summary[name]} on native, {ns3.summary[name]} on ns3"
    for name in ("time_to_key_mean_s", "time_to_key_max_s"):
        a, b = native.real(name), ns3.real(name)
        if (a is None) != (b is None) or (a is not None and abs(a - b) > TIME_S + TIME_RATIO * max(a, b)):
            yield f"{name} is {a} on native, {b} on ns3"


def small_enough(drawn, keys):
    """ns-3 takes thirty times as long, and a node for each cell."""
    def of(name):
        return number(drawn.get(name, keys[name].default))
    tries = of("ue.attempts") * of("pull.attempts")
    return of("ue.count") <= UES and of("ue.cells") <= 20 and of("ue.count") * tries <= 3000
