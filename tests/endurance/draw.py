# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Draws scenarios at random, from what "pullstorm keys --format csv" says of each key: a new key needs nothing here.

A scenario is a dict "section.key" -> text; keys that are not in it have their defaults. Most values lie around the
default, some anywhere in the range, some at its ends. What bounds the work of a run stands in CHEAP and bound().
"""
import csv
import datetime
import io
import math
import subprocess

# Narrower than the key's own range, so that a run takes a second, or the machine can hold it.
CHEAP = {"ue.count": (1, 2000), "ue.cells": (1, 200), "run.regions": (1, 64)}
# Tries of one UE: pulls, times tries of an exchange for each. About as many events as a run of 2000 UEs with defaults.
WORK = 40_000
ROWS = 300  # of timeseries.csv, were the run to last until run.end
MICRO = 1_000_000

KINDS = ("pull", "msk", "msk_ack", "ua_post", "ua_auth_post", "ua_401", "ua_200", "ua_error", "ub_get", "ub_auth_get",
         "ub_401", "ub_200", "ub_error", "syn", "synack", "ack", "fin", "rst")
ATTRIBUTES = ("ns3::TcpSocket::SndBufSize=65536", "ns3::TcpSocket::RcvBufSize=131072",
              "ns3::TcpSocket::SndBufSize=262144;ns3::TcpSocket::RcvBufSize=262144")


class Key:
    """A row of the table; numbers in base units (seconds, bits, bytes, ...)."""

    def __init__(self, row):
        self.name = f"{row['section']}.{row['key']}"
        self.type, self.unit, self.default = row["type"], row["unit"], row["default"]
        self.choices = row["choices"].split("|") if row["choices"] else []
        self.low, self.high = row["minimum"], row["maximum"]


def table(program):
    """{name: Key}"""
    text = subprocess.run([program, "keys", "--format", "csv"], capture_output=True, text=True, check=True).stdout
    return {key.name: key for key in map(Key, csv.DictReader(io.StringIO(text)))}


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "%": 0.01,
         "bit/s": 1, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9, "Tbit/s": 1e12, "B": 1, "kB": 1e3, "MB": 1e6, "TB": 1e12,
         "/s": 1, "G/s": 1e9, "": 1}


def number(text):
    """A value as the table has it, in base units: 20ms is 0.02."""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/%")
    return float(digits) * UNITS[text[len(digits):]]


def log_uniform(random, low, high):
    return math.exp(random.uniform(math.log(low), math.log(high)))


def magnitude(random, low, high, smallest, default):
    """Around the default, anywhere, or at an end; `smallest` is the least above a range's 0."""
    chance = random.random()
    if chance < 0.06:
        return low
    if chance < 0.1:
        return high
    low = max(low, smallest)
    if chance < 0.75 and default > 0:
        return min(max(default * 10 ** random.uniform(-1, 1), low), high)
    return log_uniform(random, low, high)


def duration(random, seconds):
    """As text; whole microseconds, in one of the units that it can be written in."""
    micros = round(seconds * MICRO)
    units = [(name, size) for name, size in (("us", 1), ("ms", 1000), ("s", MICRO), ("min", 60 * MICRO))
             if micros % size == 0]
    name, size = random.choice(units)
    return f"{micros // size}{name}"


def distribution(random, low, high, default):
    mean = magnitude(random, low, high, 1e-6, number(default[default.index("(") + 1:].split(",")[0].rstrip(")")))
    kind = random.choice(("fixed", "exp", "lognormal", "uniform"))
    if kind == "lognormal":
        return f"lognormal({duration(random, mean)}, {random.choice((0, 0.1, 0.5, 1, 2)) or random.random():.3g})"
    if kind == "uniform":
        return f"uniform({duration(random, mean * random.random())}, {duration(random, mean)})"
    return f"{kind}({duration(random, mean)})"


def faults(random, ues):
    """KIND[/UE]@N[-M] some times over."""
    entries = []
    for _ in range(random.choice((1, 1, 2, 4))):
        entry = random.choice(KINDS)
        if random.random() < 0.6:
            entry += f"/{random.randrange(ues)}"
        first = random.choice((1, 1, 1, 2, 3))
        entry += f"@{first}" + (f"-{first + random.randrange(4)}" if random.random() < 0.3 else "")
        entries.append(entry)
    return ",".join(entries)


def text(random, key, ues):
    """None: no text is known for this key, so it keeps its default."""
    if key.name.startswith("fault."):
        return faults(random, ues)
    if key.name.startswith("operator."):
        digits = random.randint(int(key.low), int(key.high))
        return "".join(random.choice("0123456789") for _ in range(digits))
    return random.choice(ATTRIBUTES) if key.name == "ns3.attributes" else None


def value(random, key, ues):
    if key.type == "text":
        return text(random, key, ues)
    if key.type == "choice":
        return random.choice(key.choices)
    if key.type == "seed":
        return str(random.choice((0, 1, 2**64 - 1, random.randrange(2**64))))
    if key.type == "date":
        first, last = (datetime.datetime.fromisoformat(end.rstrip("Z")) for end in (key.low, key.high))
        moment = first + datetime.timedelta(seconds=random.randrange(int((last - first).total_seconds())))
        return moment.isoformat() + "Z"
    if key.type == "distribution":
        return distribution(random, number(key.low), number(key.high), key.default)
    if key.type == "durations":
        drawn = {magnitude(random, number(key.low), number(key.high), 1e-6, 60) for _ in range(random.randrange(5))}
        return ", ".join(duration(random, value) for value in sorted(drawn))
    if key.type == "share":
        return f"{random.choice((0, 100, random.uniform(0, 100), 10 ** random.uniform(-1, 1.5))):.4g}%"
    low, high = CHEAP.get(key.name, (number(key.low), number(key.high)))
    if key.type == "duration":
        return duration(random, magnitude(random, low, high, 1e-6, number(key.default)))
    if key.type == "event rate":
        return f"{magnitude(random, low, high, low, number(key.default)):.6f}/s"
    if key.name in CHEAP:
        return str(round(log_uniform(random, low, high)))
    unit = {"bit rate": "bit/s", "bytes": "B", "whole seconds": "s", "count": ""}[key.type]
    return f"{round(magnitude(random, low, high, 1, number(key.default)))}{unit}"


def shares(random, drawn):
    """Classes of UEs add up to 1 at most."""
    names = [name for name in ("ue.muk_expired", "ue.muk_ahead", "ue.muk_unknown", "ue.muk_unproven") if name in drawn]
    left = 100.0
    random.shuffle(names)
    for name in names:
        drawn[name] = f"{math.floor(min(left, float(drawn[name].rstrip('%'))) * 1000) / 1000:g}%"
        left -= float(drawn[name].rstrip("%"))
    if "ue.muk_expired" not in drawn and left < 10:
        drawn["ue.muk_expired"] = "0"


def bound(random, keys, drawn, ues):
    """Not too much to do."""
    def of(name):
        return number(drawn.get(name, keys[name].default))
    tries = of("ue.attempts") * of("pull.attempts") * (1 + of("msk.attempts") / 20)
    drawn["ue.count"] = str(max(1, min(int(of("ue.count")), int(WORK / tries), ues or CHEAP["ue.count"][1])))
    if drawn.get("ue.placement") == "even":
        drawn["ue.cell_variation"] = "0"
    drawn["ue.cells"] = str(min(int(of("ue.cells")), int(of("ue.count"))))
    if of("output.interval") < of("run.end") / ROWS:
        drawn["output.interval"] = duration(random, math.ceil(of("run.end") / ROWS * 1000) / 1000)


def scenario(random, keys, without=("run.engine",), ues=None):
    """A scenario that may still contradict itself; `without` are keys that are not drawn, `ues` the most there may be."""
    density = random.choice((0.05, 0.15, 0.4, 0.8))
    drawn = {"ue.count": value(random, keys["ue.count"], 1), "ue.cells": value(random, keys["ue.cells"], 1)}
    # Each further fault or loss makes it likelier that nothing at all gets through.
    rare = ("fault.drop", "fault.corrupt", "access.loss", "access.late", "access.duplicate")
    wanted = [key for name, key in keys.items()
              if name not in drawn and name not in without and random.random() < density * (0.4 if name in rare else 1)]
    drawn.update((key.name, value(random, key, 1)) for key in wanted if key.type != "text")
    shares(random, drawn)
    bound(random, keys, drawn, ues)
    texts = ((key.name, value(random, key, int(drawn["ue.count"]))) for key in wanted if key.type == "text")
    drawn.update((name, words) for name, words in texts if words is not None)
    return drawn


def repaired(drawn, refusal):
    """Without the keys that check complains of; or, where one at its default clashes with others, without those."""
    named = [name for name in drawn if f": {name}: " in refusal] or [name for name in drawn if name in refusal]
    for name in named:
        del drawn[name]
    if "run.end" in named:  # the rows were counted for that
        drawn.pop("output.interval", None)
    return bool(named)


def as_file(drawn):
    """The text of a scenario file."""
    sections = {}
    for name, text_of in drawn.items():
        section, key = name.split(".", 1)
        sections.setdefault(section, []).append(f"{key} = {text_of}")
    return "\n".join(f"[{section}]\n" + "\n".join(lines) + "\n" for section, lines in sections.items())
