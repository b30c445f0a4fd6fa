# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What a run's numbers say, in sentences: the summary, the scenario, the warnings."""

import math

from pullstorm_results import reading, verdict, wording
from pullstorm_results.run_plots import number, workers_in_rows

SATURATED = 0.95
MOST_LISTED = 12
ALIKE = 0.02  # loads that differ by less are told apart by what was seen
STANDING = 4  # jobs; so many wait in one of 30 looks at a single worker that is half busy (M/M/1)
PROCEDURES = {
    "update": "pull.start, when the first pull is due or the burst begins, until a UE holds the new MSK; percentiles are over all UEs",
    "time_to_key": "first pull of a UE due until the UE holds the new MSK, over those that do",
    "pull": "first pull of a UE due until the UE accepts one",
    "gba": "bootstrap: first SYN to the BSF until the 200 is verified",
    "msk_request": "MSK request: first SYN to the BM-SC until the 200 is verified",
    "msk": "200 verified until the MSK is installed",
    "zn": "Zn request sent until its answer arrives",
    "zh": "Zh request sent until its answer arrives",
    "pull_wait": "first pull of a UE due until the BM-SC sends it",
    "bmsc_wait": "wait of a request or ACK for a worker of the BM-SC",
    "bsf_wait": "wait of a request for a worker of the BSF",
    "hss_wait": "wait of a request for a worker of the HSS",
}
REFUSALS = (
    ("http_503", "answers 503 of the BM-SC"),
    ("http_504", "answers 504 of the BM-SC"),
    ("ub_503", "answers 503 of the BSF"),
    ("zn_busy", "answers 3004 on Zn"),
    ("zh_busy", "answers 3004 on Zh"),
    ("acks_dropped", "MIKEY ACKs dropped at the BM-SC"),
    ("tcp_refused", "TCP connections refused"),
    ("http_refused", "answers that end an exchange for good"),
    ("packets_dropped", "IP packets dropped by full queues"),
)
AGAIN = (
    ("pull_retransmissions", "pulls"),
    ("msk_retransmissions", "MSK messages"),
    ("tcp_retransmissions", "TCP segments"),
    ("ue_retries", "whole exchanges of UEs"),
)


def plural(value, one, many=None):
    return f"{wording.count(value)} {one if value == 1 else many or one + 's'}"


def listed(words):
    """a, b and c"""
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def either(words):
    """a, b or c"""
    words = list(words)
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def named_points(points):
    """ "point 3", or "points 3, 5 to 8 and 12"; of many only the first ones."""
    pieces, first = [], 0
    for i in range(1, len(points) + 1):
        if i == len(points) or points[i] != points[i - 1] + 1:
            run = points[first:i]
            pieces += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
            first = i
    if len(pieces) > MOST_LISTED:
        return f"{len(points)} points ({', '.join(pieces[:MOST_LISTED])} ...)"
    return f"point{'s' if len(points) > 1 else ''} {listed(pieces)}"


def _counted(metrics, kinds):
    return [f"{text} ({wording.count(metrics[name])})" for name, text in kinds if metrics.get(name, 0) > 0]


def keys_held(run):
    """How many UEs hold the key, and how soon they did."""
    metrics = run.metrics
    ues, keyed = metrics["ues"], metrics["ues_keyed"]
    if keyed == 0:
        return f"None of the {plural(ues, 'UE')} holds the new MSK."
    share = "" if ues == 1 else f" ({wording.percent(keyed / ues)})"
    text = f"{wording.count(keyed)} of {plural(ues, 'UE')}{share} {'holds' if keyed == 1 else 'hold'} the new MSK"
    if "storm_duration_s" in metrics:
        text += (
            f"; the storm took {wording.seconds(metrics['storm_duration_s'])}, from the first pull until the last"
            " of them had it"
        )
    text += "."
    if ues > 1:
        text += " " + of_all(run)
    if keyed > 1:
        text += (
            f" Counted from the moment at which its own first pull was due, and over those that hold it alone, half had"
            f" it within {wording.seconds(metrics['time_to_key_p50_s'])}, 99{wording.SPACE}% within "
            f"{wording.seconds(metrics['time_to_key_p99_s'])}; the slowest needed "
            f"{wording.seconds(metrics['time_to_key_max_s'])}."
        )
    return text


def of_all(run):
    """When shares of all UEs held the key, counted from the first pull of the run."""
    never = "not by the end of the run" if run.metrics.get("cut_off", 0) else "never"
    times = []
    for name, share in (("p50", "half"), ("p90", f"90{wording.SPACE}%"), ("p99", f"99{wording.SPACE}%")):
        value = run.metrics.get(f"update_{name}_s", float("nan"))
        times.append(f"{share} {'after ' + wording.seconds(value) if value == value else never}")
    return f"Of all UEs, counted from the first pull of the run: {listed(times)}."


def first_standing(run, prefix):
    """When a queue first stood at a server whose workers were all busy; infinite where none did."""
    standing = standing_queue(run, prefix)
    return float(run.series["time_s"][standing].min()) if standing is not None and standing.any() else math.inf


def bottleneck(run, load=None):
    """Prefix of the server to relieve: the one of the highest offered load, which lets no more through to the others.

    load: of "pullstorm load", if there is one. By what was seen, where it does not tell or is not there: the server that
    was busiest while first pulls went out, and of those alike the one where a queue stood first.
    """
    prefixes = [prefix for prefix, _ in wording.SERVERS]
    if load:
        offered = {prefix: load.of(prefix, "offered_ratio") for prefix in prefixes}
        highest = max(offered.values())
        prefixes = [prefix for prefix in prefixes if offered[prefix] >= highest * (1 - ALIKE)]
    busy = {prefix: _there(run, f"{prefix}_utilisation_ratio") for prefix in prefixes}
    busiest = max(busy.values())
    alike = [prefix for prefix in prefixes if busy[prefix] >= busiest * (1 - ALIKE)]
    return min(alike, key=lambda prefix: (first_standing(run, prefix), -busy[prefix]))


def _there(run, metric):
    """A metric; 0 where it has no value, as there was nothing that it could be of."""
    value = run.metrics.get(metric, 0)
    return value if value == value else 0


def _waits(run, prefix):
    wait = wording.seconds(_there(run, f"{prefix}_wait_mean_s"))
    return f"a job waited {wait} on average, up to {plural(longest(run, prefix), 'job')} waited at a time"


def longest(run, prefix):
    return _there(run, f"{prefix}_queue_max")


def relief(run, load=None):
    """Where more capacity would help, and who waits besides."""
    if load and load.bottleneck not in [name for _, name in wording.SERVERS]:
        return f"The bottleneck is a link, {load.bottleneck}."
    names = dict(wording.SERVERS)
    first = bottleneck(run, load)
    if not any(longest(run, prefix) for prefix in names):
        return "Nothing queued at the servers."
    busy = wording.percent(run.metrics.get(f"{first}_utilisation_ratio", float("nan")))
    text = f"The bottleneck is the {names[first]}: its workers were busy for {busy} of the time while first pulls went out"
    if load:
        text += f", with {wording.percent(load.of(first, 'offered_ratio'))} offered"
    text += f"; {_waits(run, first)}."
    most = max(names, key=lambda prefix: _there(run, f"{prefix}_wait_mean_s"))
    if most != first:
        text += f" Waits were longer at the {names[most]}, behind it ({_waits(run, most)}), but that is not where it began."
    return text


def bootstraps(metrics):
    """How many, and how often the BM-SC asked for one."""
    boots, asked = metrics.get("gba_runs", 0), metrics.get("http_401_renegotiate", 0)
    text = f"{plural(boots, 'UE bootstrap', 'bootstraps of UEs')} completed" if boots else "No UE bootstrapped"
    return text + (f"; the BM-SC asked for {plural(asked, 'bootstrap')} by a 401." if asked else ".")


QUESTION = "How soon do all UEs hold the new key, and what holds them up?"


def answer(run):
    """What a run says to that, in a sentence or two, with what is uncertain about it."""
    metrics = run.metrics
    keyed, ues = metrics["ues_keyed"], metrics["ues"]
    if keyed == 0:
        return f"None of the {plural(ues, 'UE')} holds the new key at the end."
    held = f"All {wording.count(ues)}" if keyed == ues else f"{wording.percent(keyed / ues)} of {wording.count(ues)}"
    text = f"{held} UEs hold the new key at the end" if ues > 1 else "The UE holds the new key at the end"
    shares = [
        (share, metrics.get(f"update_{name}_s", float("nan")))
        for name, share in (("p50", "half of all"), ("p99", f"99{wording.SPACE}% of all"))
    ]
    times = [f"{share} after {wording.seconds(value)}" for share, value in shares if value == value]
    text += f": {listed(times)}, counted from the first pull." if times and ues > 1 else "."
    return text


UNCERTAIN = (
    "This is one run, one draw of chance: how far its numbers vary from run to run it cannot say. A study of the same scenario"
    " with replications can (pullstorm sweep, which prints 95 % intervals)."
)


def summary(run, load=None):
    """Paragraphs."""
    refused = _counted(run.metrics, REFUSALS)
    again = _counted(run.metrics, AGAIN)
    return [
        keys_held(run),
        relief(run, load),
        f"Refused: {listed(refused)}." if refused else "Nothing was refused.",
        f"Sent again: {listed(again)}." if again else "Nothing had to be sent again.",
        bootstraps(run.metrics),
    ]


class Keys:
    """The keys of a scenario as texts; what it does not name has its default. varied: texts of those that vary."""

    def __init__(self, texts, varied=None):
        self.texts, self.varied = texts, varied or {}
        self.told = {"run.seed"}  # keys that were asked for, and what is no part of a scenario

    def text(self, name):
        self.told.add(name)
        default = reading.known_keys().get(name, {}).get("default", "")
        return self.varied.get(name) or self.texts.get(name) or default

    def number(self, name):
        return number(wording.base_units(self.text(name)))

    def is_on(self, name):
        return name in self.varied or self.number(name) > 0

    def some(self, name, one):
        """ "3 workers" """
        self.told.add(name)
        return f"{self.varied[name]} {one}s" if name in self.varied else plural(self.number(name), one)


def keys_of(run):
    text = reading.scenario_of(run)
    return Keys({name: text.get(name) or wording.key_value(name, value) for name, value in run.keys.items()} | text)


def _loss(keys):
    if not keys.is_on("access.loss"):
        return "no packet lost"
    return f"{keys.text('access.loss')} of the packets lost"


def scenario(keys):
    """The scenario in one paragraph; keys: a Keys."""
    key = keys.text
    gaps = f"with {key('pull.pacing')} gaps"
    if key("pull.pacing") == "burst":
        gaps = "on the average, in a burst by Beta(3,4)"
    parts = [
        f"{keys.some('ue.count', 'UE')} in {keys.some('ue.cells', 'cell')} are to fetch a new key: solicited pulls go out "
        f"at {key('pull.rate')}, {gaps}, up to {key('pull.attempts')} to a UE, {key('pull.timeout')} apart."
    ]
    states = [
        ("ue.muk_expired", "have a GBA key past its lifetime and bootstrap first"),
        ("ue.muk_ahead", "have bootstrapped since the BM-SC last saw them"),
        ("ue.muk_unknown", "no longer hold the MUK that the BM-SC knows"),
        ("bmsc.renegotiate", "are told by the BM-SC to bootstrap again"),
    ]
    found = [f"{key(name)} {what}" for name, what in states if keys.is_on(name)]
    if found:
        parts.append(f"Of the UEs, {listed(found)}.")
    servers = [
        f"the {name} has {keys.some(prefix + '.workers', 'worker')} ({key(prefix + '.service_time')} a request)"
        for prefix, name in wording.SERVERS
    ]
    parts.append(f"T{listed(servers)[1:]}.")
    parts.append(
        f"Radio: {key('access.rtt')} round trip, {_loss(keys)}. "
        f"Network engine: {key('run.engine')}."
    )
    return " ".join(parts + _besides(keys))


def _besides(keys):
    """What the sentences of every scenario do not tell: where it ends by force, and all else that varies."""
    found = []
    end = reading.known_keys()["run.end"]["default"]
    if "run.end" not in keys.varied and not wording.same_value(keys.text("run.end"), end):
        found.append(f"A run ends after {keys.text('run.end')} at the latest (run.end).")
    changes = [f"at {time} {key} = {value}" for time, key, value in reading.changes(keys.texts)]
    if changes:
        found.append(f"During the run changes: {listed(changes)}.")
    rest = [f"{name} ({text})" for name, text in keys.varied.items() if name not in keys.told]
    return found + ([f"What varies besides: {listed(rest)}."] if rest else [])


def what_ifs(texts):
    """Of {section.key: text} what no standard has and is on: ["whatif.pull_backoff_max = 30s", ...]."""
    known = reading.known_keys()
    return [
        f"{key} = {value}"
        for key, value in texts.items()
        if key.startswith("whatif.") and not wording.same_value(value, known.get(key, {}).get("default", ""))
    ]


def what_if_warning(found):
    return [f"What if: {listed(found)}. No standard has that."] if found else []


def what_ifs_of_study(sections, base_text):
    """The same of a study's sections and its base scenario, each with its place."""
    found = [f"{one} (base scenario)" for one in what_ifs(reading.scenario_values(base_text))]
    for section, keys in sections:
        if section != "study":
            found += [f"{one} ([{section}])" for one in what_ifs(dict(keys))]
    return found


def standing_queue(run, prefix):
    """Rows of the time series at which all workers were busy and a queue stood; None where it does not tell.

    A row sees one instant: that a worker happens to be busy in it, or even a job to wait, says nothing of the next.
    """
    series = run.series
    if f"{prefix}_busy" not in series or f"{prefix}_queue" not in series:
        return None
    limit = number(run.keys.get(f"{prefix}.queue_limit"), STANDING)
    full = (series[f"{prefix}_busy"] >= workers_in_rows(run, prefix)) & (
        series[f"{prefix}_queue"] >= min(STANDING, max(1.0, limit))
    )
    return full & full.shift(fill_value=False)


def saturated_seconds(run, prefix):
    """For how long a queue stood."""
    standing = standing_queue(run, prefix)
    return 0.0 if standing is None else float(run.series["time_s"].diff()[standing].sum())


OWN_WORK = {"bmsc": "pulls, MSK messages and Zn answers", "bsf": "Zh answers"}  # in models/README.md, "Servers"


def beyond_limits(run):
    """Why a queue was longer than its limit, a sentence for each server whose queue was."""
    return [
        f"The queue of the {name} was longer than {prefix}.queue_limit: the server's own work ({OWN_WORK[prefix]}) is never turned away."
        for prefix, name in wording.SERVERS
        if prefix in OWN_WORK
        and run.metrics.get(f"{prefix}_queue_max", 0) > number(run.keys.get(f"{prefix}.queue_limit"), math.inf)
    ]


def _server_warnings(run, load):
    """What a server could not take. A storm that is calm has kept nobody waiting, whatever the workers were busy for."""
    found, first = [], bottleneck(run, load)
    if verdict.of(run.metrics) == verdict.CALM:
        return found
    for prefix, name in wording.SERVERS:
        busy = run.metrics.get(f"{prefix}_utilisation_ratio", 0)
        lasted = saturated_seconds(run, prefix)
        if busy > SATURATED:
            found.append(f"While first pulls went out, the {name} was busy for {wording.percent(busy)} of the time: it was saturated.")
        elif prefix == first and lasted >= 2 * number(run.keys.get("output.interval"), 1.0):
            found.append(
                f"The {name} was saturated (all workers busy, jobs waiting) for about {wording.seconds(lasted)} of the run."
            )
        limit = number(run.keys.get(f"{prefix}.queue_limit"))
        if run.metrics.get(f"{prefix}_queue_max", 0) >= limit > 0:
            found.append(
                f"The queue of the {name} reached its limit of {plural(limit, 'job')} ({prefix}.queue_limit)."
            )
    return found


def warnings(run, load=None):
    """What a reader must not miss."""
    metrics = run.metrics
    texts = reading.scenario_of(run)
    found = what_if_warning(what_ifs(texts))
    if metrics.get("cut_off", 0) and verdict.of(metrics) != verdict.CUT_OFF:  # which is told before all else
        end = texts.get("run.end", "")
        found.append(
            f"The run was cut off by run.end = {end} before the storm had ended: what came after is not in any number."
        )
    without = metrics["ues_without_key"]
    if without > 0:
        text = (
            f"{plural(without, 'UE')} ({wording.percent(without / metrics['ues'])}) "
            f"{'does' if without == 1 else 'do'} not hold the new MSK at the end"
        )
        # The two sides count for themselves: a UE that gave up is also one without a request.
        why = _counted(metrics, (("ues_gave_up", "gave up by their own count"),
                                 ("ues_unanswered", "made no request that the BM-SC accepted by its count")))
        found.append(text + (f": {listed(why)}." if why else "."))
    found += _server_warnings(run, load)
    if not metrics.get("cut_off", 0) and metrics.get("simulated_s", 0) >= number(run.keys.get("run.end"), math.inf):
        found.append("The run reached run.end before all was over.")
    if metrics.get("msk_mismatch", 0) > 0:
        found.append(
            f"{plural(metrics['msk_mismatch'], 'MSK')} decrypted by UEs are not those that the BM-SC made: a "
            "fault of the program."
        )
    return found
