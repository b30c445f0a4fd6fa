# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Numbers and names as people write them."""

import re

from pullstorm_results import reading

SERVERS = (("bmsc", "BM-SC"), ("bsf", "BSF"), ("hss", "HSS"))
SPACE = "\u00a0"  # groups of three digits, which no line break may part

TITLES = {
    "ues_without_key": "UEs without the new MSK",
    "ues_keyed": "UEs that hold the new MSK",
    "ues_keyed_ratio": "UEs that hold the new MSK",
    "update_mean_s": "Time until a UE holds the key, mean",
    "update_max_s": "Time until the last UE holds the key",
    "update_p50_s": "Time until half of all UEs hold the key",
    "update_p90_s": "Time until 90 % of all UEs hold the key",
    "update_p95_s": "Time until 95 % of all UEs hold the key",
    "update_p99_s": "Time until 99 % of all UEs hold the key",
    "update_p999_s": "Time until 99.9 % of all UEs hold the key",
    "pull_wait_mean_s": "Mean wait of a pull for a worker",
    "pull_rate_kept_per_s": "First pulls sent per second",
    "cut_off": "Cut off by run.end",
    "recovery_s": "Time until the servers have recovered",
    "storm_duration_s": "Duration of the storm",
    "simulated_s": "Simulated time",
    "http_401": "401 answers of the BM-SC",
    "http_503": "503 answers of the BM-SC",
    "ub_503": "503 answers of the BSF",
    "pull_retransmissions": "Pulls sent again",
    "gba_runs": "Bootstraps completed",
    "zn_requests": "Zn requests",
    "zh_requests": "Zh requests",
    "acks_dropped": "MIKEY ACKs dropped",
    "uplink_bytes": "Bytes on the uplinks",
    "downlink_bytes": "Bytes on the downlinks",
    "core_bytes": "Bytes on the links of the servers",
}
for _prefix, _server in SERVERS:
    TITLES[_prefix + "_utilisation_ratio"] = f"Utilisation of the {_server}"
    TITLES[_prefix + "_utilisation_peak_ratio"] = f"Utilisation of the {_server} in its busiest second"
    TITLES[_prefix + "_queue_max"] = f"Longest queue at the {_server}"
    TITLES[_prefix + "_wait_mean_s"] = f"Mean wait at the {_server}"
    TITLES[_prefix + "_useful_ratio"] = f"Work of the {_server} that was still waited for"
    TITLES[_prefix + "_retried_ratio"] = f"Requests to the {_server} that were a further try"
    TITLES[_prefix + "_late_max_s"] = f"Longest time for which all answers of the {_server} came too late"
for _number, _which in enumerate(("first", "second", "third", "fourth"), 1):
    TITLES[f"keyed_within_{_number}_ratio"] = f"UEs that held the key by the {_which} of output.deadlines"
for _link, _where in (("uplink", "an uplink of a cell"), ("downlink", "a downlink of a cell"), ("core", "a server's link")):
    TITLES[_link + "_utilisation_peak_ratio"] = f"Utilisation of {_where} in its busiest second"
    TITLES[_link + "_queue_peak_bytes"] = f"Longest queue of {_where}"

# Names of times without their statistic, and of peaks without their ending.
STATISTICS = {"mean": "mean", "p50": "median", "p90": "90th percentile", "p95": "95th percentile",
              "p99": "99th percentile", "p999": "99.9th percentile", "max": "largest"}
TIMES = {"time_to_key": "Time to key", "pull": "Time until a pull is accepted", "gba": "Duration of a bootstrap",
         "msk_request": "Duration of an MSK request", "msk": "Time from the 200 to the MSK",
         "zn": "Duration of a Zn request", "zh": "Duration of a Zh request", "pull_wait": "Wait of a pull for a worker",
         "bmsc_wait": "Wait at the BM-SC", "bsf_wait": "Wait at the BSF", "hss_wait": "Wait at the HSS"}
PEAKS = {"pull": "Pulls sent", "ua_post": "POSTs to the BM-SC", "ua_401": "401 answers of the BM-SC", "ub": "GETs to the BSF",
         "zn": "Zn requests", "zh": "Zh requests", "msk": "MSK messages sent", "msk_ack": "MIKEY ACKs to the BM-SC"}

UNITS = {
    "": 1.0,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "%": 0.01,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "kB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "B": 1.0,
    "/s": 1.0,
}


def count(value):
    """12345 as "12 345"; a count that is none keeps its digits."""
    if value != value:
        return "–"
    if value != int(value):
        return significant(value)
    return f"{int(value):,}".replace(",", SPACE)


def significant(value, digits=3):
    """A number with so many digits that count, without an exponent where one can do without."""
    if value != value:
        return "–"
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    if "e" in text and 1e-6 <= abs(value) < 1e12:
        text = f"{float(text):.12f}".rstrip("0").rstrip(".")
    return text


def grouped(text):
    """1234567.8 as "1 234 567.8"; what is no plain number stays."""
    shape = re.fullmatch(r"(-?)(\d+)(\.\d+)?", text)
    return f"{shape[1]}{int(shape[2]):,}{shape[3] or ''}".replace(",", SPACE) if shape else text


def memory(value):
    """Bytes as people write them: 42.2 MB."""
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= factor:
            return f"{significant(value / factor)}{SPACE}{unit}"
    return f"{significant(value)}{SPACE}bytes"


def compact(value, largest=None):
    """For the ticks of an axis that goes up to `largest`: 0, 0.25, 500, 2500, 20k, 1.5M."""
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if max(abs(value), largest or 0) >= factor * (10 if letter == "k" else 1) and value:
            return f"{value / factor:.6g}{letter}"
    if value and abs(value) < 1e-6:
        return f"{value:.6g}"
    return f"{value:.7f}".rstrip("0").rstrip(".") or "0"


def seconds(value, digits=3):
    """A duration as text: 0.25 s stays in milliseconds, 125 s in seconds, hours as such."""
    if value != value:
        return "–"
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1, 1e3, "ms"), (600, 1, "s"), (7200, 1 / 60, "min")):
        if abs(value) < limit and value:
            return f"{significant(value * factor, digits)}{SPACE}{unit}"
    return f"0{SPACE}s" if not value else f"{significant(value / 3600, digits)}{SPACE}h"


def percent(ratio, decimals=1):
    """A share as text; what is not 100 % is never rounded to it, nor what is something to 0 %."""
    if ratio != ratio:
        return "–"
    value = ratio * 100
    if decimals == 1 and 99.95 <= value < 100:
        return f"more than 99.9{SPACE}%"
    if decimals == 1 and 100 + 1e-9 < value < 100.05:
        return f"more than 100{SPACE}%"
    if decimals == 1 and 0 < value < 0.05:
        return f"less than 0.1{SPACE}%"
    return f"{float(f'{value:.{decimals}f}'):.12g}{SPACE}%"


def metric_unit(name):
    """ "s", "ratio", "bytes" or "1"."""
    known = reading.known_metrics().get(name)
    if known:
        return known[0]
    for ending, unit in (("_ratio", "ratio"), ("_bytes", "bytes"), ("_s", "s")):
        if name.endswith(ending):
            return unit
    return "1"


NAMES = {"ues": "UEs", "ue": "UE", "tcp": "TCP", "udp": "UDP", "http": "HTTP", "msk": "MSK", "muk": "MUK", "gba": "GBA",
         "zh": "Zh", "zn": "Zn", "ub": "Ub", "ua": "Ua", "bmsc": "BM-SC", "bsf": "BSF", "hss": "HSS", "mikey": "MIKEY",
         "mac": "MAC", "ack": "ACK", "acks": "ACKs", "aka": "AKA", "tmpi": "TMPI", "post": "POST", "get": "GET"}


def metric_title(name):
    """A known title, or the name in words: tcp_retransmissions is "TCP retransmissions". The unit is not in it."""
    if name in TITLES:
        return TITLES[name]
    time = re.fullmatch(r"(\w+)_(mean|p50|p90|p95|p99|p999|max)_s", name)
    if time and time[1] in TIMES:
        return f"{TIMES[time[1]]}, {STATISTICS[time[2]]}"
    peak = re.fullmatch(r"(\w+)_peak_per_s", name)
    if peak and peak[1] in PEAKS:
        return f"{PEAKS[peak[1]]} in the busiest second"
    words = " ".join(NAMES.get(word, word) for word in re.sub(r"_(ratio|bytes|s)$", "", name).split("_"))
    return words[0].upper() + words[1:]


PHRASES = {
    "ues_without_key": "the number of UEs without the new MSK",
    "ues_keyed": "the number of UEs that hold the new MSK",
    "ues_keyed_ratio": "the share of UEs that hold the new MSK",
    "time_to_key_mean_s": "the mean time to key",
    "time_to_key_p50_s": "the median time to key",
    "time_to_key_p99_s": "the 99th percentile of the time to key",
    "time_to_key_max_s": "the longest time to key",
    "storm_duration_s": "the duration of the storm",
    "cut_off": "the share of runs that are cut off by run.end",
    "overloaded": "the share of runs that are overloaded",
    "collapsed": "the share of runs that collapse",
    "verdict": "the verdict",
}


def metric_phrase(name):
    """For the middle of a sentence."""
    if name in PHRASES:
        return PHRASES[name]
    title = metric_title(name)
    time = re.fullmatch(r"(.+), (\S.*)", title)
    if time and time[2] in STATISTICS.values():
        return f"the longest {_lower(time[1])}" if time[2] == "largest" else f"the {time[2]} of the {_lower(time[1])}"
    if metric_unit(name) == "1" and not name.endswith("_queue_max"):
        return f"the number of {_lower(title)}"
    if title.startswith("UEs ") and metric_unit(name) == "ratio":
        return f"the share of {title}"
    return f"the {_lower(title)}"


def _lower(title):
    """A title for the middle of a sentence; abbreviations and Zn, Zh, Ub, Ua stay."""
    first = title.split(" ")[0]
    return title if first in NAMES.values() or first[:2].isupper() else title[0].lower() + title[1:]


def metric_label(name):
    """Title and unit, for an axis; ratios are plotted in percent."""
    unit = {"ratio": " (%)", "1": " (jobs)" if name.endswith("_queue_max") else "", "text": ""}
    return metric_title(name) + unit.get(metric_unit(name), f" ({metric_unit(name)})")


def metric_text(name, value, more=0, exact=True):
    """A metric's value with its unit; one that is a word stays as it is.

    more: so many digits more; exact: a whole number has all of its digits.
    """
    if isinstance(value, str):
        return value
    unit = metric_unit(name)
    if unit == "s":
        return seconds(value, 3 + more)
    if unit == "ratio":
        return percent(value, 1 + more)
    text = count(value) if exact and value == value and float(value).is_integer() else grouped(significant(value, 4 + more))
    return text + ({"bytes": f"{SPACE}bytes", "1/s": "/s"}.get(unit, "") if value == value else "")


def estimate_text(name, value, low, high, brackets="()"):
    """ "4.6 s (4.1 s to 4.9 s)", with as many digits as it takes to tell the ends apart.

    Without ends (NaN), or with two that are the same (no chance is in it), the value alone.
    """
    more, exact = 0, not low < high  # by chance: the value has no more digits than its ends
    ends = [metric_text(name, end, more, exact) for end in (low, high)]
    while low < high and ends[0] == ends[1] and more < 9:
        more += 1
        ends = [metric_text(name, end, more, exact) for end in (low, high)]
    text = metric_text(name, value, more, exact)
    return f"{text} {brackets[0]}{' to '.join(ends)}{brackets[1]}" if low < high else text


def key_label(key):
    """A scenario key with its base unit, for an axis."""
    known = reading.known_keys().get(key)
    unit = {"ratio": "%", "1": "", "text": "", "date": ""}.get(known["unit"], known["unit"]) if known else ""
    return f"{key} ({unit})" if unit else key


def _distribution(text):
    """exp(0.04) as "exp(40 ms)". The second number of a uniform() is a duration as well, that of a lognormal() is not."""
    shape = re.fullmatch(r"(\w+)\(([^,()]+)(?:,([^,()]+))?\)", text)
    if not shape:
        return text
    name, *values = shape.groups()
    try:
        first, *others = [float(value) for value in values if value is not None]
    except ValueError:
        return text
    texts = [seconds(first), *(seconds(other) if name == "uniform" else f"{other:g}" for other in others)]
    return f"{name}({', '.join(texts)})"


def is_name(key):
    """Whether values of the column are names, which mean nothing here, whatever they look like: 1, inf, exp(2)."""
    known = reading.known_keys().get(key)
    return known["unit"] in ("text", "date") if known else key == "variant"


def _number(text):
    """As the program writes numbers; float() also takes inf, 1_0 and digits of other scripts."""
    if not re.fullmatch(r"-?[0-9.]+(?:[eE][+-]?[0-9]+)?", text):
        raise ValueError(f"{text!r} is not a number")
    return float(text)


def is_number(text):
    try:
        _number(text)
    except ValueError:
        return False
    return True


def key_value(key, text):
    """A key's value in base units as people write it: 200/s, 1.5 s, 10 %, exp(40 ms)."""
    known = reading.known_keys().get(key)
    if is_name(key):
        return text
    try:
        value = _number(text)
    except ValueError:
        return _distribution(text) if known and known["type"] == "distribution" else text
    unit = known["unit"] if known else "1"
    if unit == "s":
        return seconds(value)
    if unit == "ratio":
        return percent(value)
    if unit in ("1/s", "bit/s", "bytes"):
        return compact(value) + ("/s" if unit == "1/s" else f"{SPACE}{unit}")
    return count(value)


def base_units(text):
    """A count, share, time or rate with its unit as a number; None for what is none."""
    shape = re.fullmatch(r"([0-9._]+(?:[eE][+-]?[0-9]+)?)\s*(\S*)", text.strip())
    try:
        return float(shape[1].replace("_", "")) * UNITS[shape[2]] if shape else None
    except (KeyError, ValueError):
        return None


def same_value(text, other):
    """Are two texts of one key the same value? 0ms is 0s."""
    return text == other or (base_units(text) is not None and base_units(text) == base_units(other))


def axis_numbers(key, texts):
    """Values of an axis as numbers, shares in percent, with what to add to its label; None for values that have no order.

    Distributions that differ in their first parameter alone are ordered by it: exp(0.002), exp(0.004).
    """
    if is_name(key):
        return None, ""
    known = reading.known_keys().get(key)
    share = known is not None and known["unit"] == "ratio"
    try:
        return [float(f"{100 * _number(text):.12g}") if share else _number(text) for text in texts], ""
    except ValueError:
        pass
    shapes = [re.fullmatch(r"(\w+)\(([0-9.eE+-]+)(.*)\)", text) for text in texts]
    if not all(shapes) or len({(shape[1], shape[3]) for shape in shapes}) != 1 or shapes[0][1] == "uniform":
        return None, ""
    try:
        return [_number(shape[2]) for shape in shapes], f", {shapes[0][1]}, mean"
    except ValueError:
        return None, ""


def geometric(values):
    """Whether a logarithmic axis suits the values: they span a factor of 5, and are more even on it."""
    values = sorted(set(values))
    if len(values) < 3 or values[0] <= 0 or values[-1] < 5 * values[0]:
        return False
    gaps = [b - a for a, b in zip(values, values[1:])]
    ratios = [b / a for a, b in zip(values, values[1:])]
    return max(gaps) / min(gaps) > max(ratios) / min(ratios)
