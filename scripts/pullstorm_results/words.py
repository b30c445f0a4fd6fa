# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What a run's numbers say, in sentences: the summary, the scenario, the warnings."""

from pullstorm_results import reading, wording
from pullstorm_results.run_plots import number

SATURATED = 0.95
MOST_LISTED = 12
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


def queued(run):
    """Where it queued most."""
    metrics = run.metrics
    waits = [(metrics.get(f"{prefix}_wait_mean_s", 0), prefix, name) for prefix, name in wording.SERVERS]
    wait, prefix, name = max(waits, key=lambda one: one[0])
    longest = metrics.get(f"{prefix}_queue_max", 0)
    if longest == 0:
        return "Nothing queued at the servers."
    busy = metrics.get(f"{prefix}_utilisation_ratio", float("nan"))
    return (
        f"It queued most at the {name}: a request waited {wording.seconds(wait)} on average, up to "
        f"{plural(longest, 'job')} waited at a time, and the workers were busy for {wording.percent(busy)} of the "
        "time while first pulls went out."
    )


def bootstraps(metrics):
    """How many, and how often the BM-SC asked for one."""
    boots, asked = metrics.get("gba_runs", 0), metrics.get("http_401_renegotiate", 0)
    text = f"{plural(boots, 'UE bootstrap', 'bootstraps of UEs')} completed" if boots else "No UE bootstrapped"
    return text + (f"; the BM-SC asked for {plural(asked, 'bootstrap')} by a 401." if asked else ".")


def summary(run):
    """Paragraphs."""
    refused = _counted(run.metrics, REFUSALS)
    again = _counted(run.metrics, AGAIN)
    return [
        keys_held(run),
        queued(run),
        f"Refused: {listed(refused)}." if refused else "Nothing was refused.",
        f"Sent again: {listed(again)}." if again else "Nothing had to be sent again.",
        bootstraps(run.metrics),
    ]


def scenario(run):
    """The scenario in one paragraph."""
    text = reading.scenario_values(str(run.manifest.get("scenario_text", "")))

    def key(name):
        return text.get(name) or wording.key_value(name, run.keys.get(name, ""))

    ues = number(run.keys.get("ue.count"))
    gaps = f"with {key('pull.pacing')} gaps"
    if key("pull.pacing") == "burst":
        gaps = "on the average, in a burst by Beta(3,4)"
    parts = [
        f"{plural(ues, 'UE')} in {plural(number(run.keys.get('ue.cells')), 'cell')}: solicited pulls go out at "
        f"{key('pull.rate')}, {gaps}, up to {key('pull.attempts')} to a UE, "
        f"{key('pull.timeout')} apart."
    ]
    states = [
        ("ue.muk_expired", "have a GBA key past its lifetime and bootstrap first"),
        ("ue.muk_ahead", "have bootstrapped since the BM-SC last saw them"),
        ("ue.muk_unknown", "no longer hold the MUK that the BM-SC knows"),
        ("bmsc.renegotiate", "are told by the BM-SC to bootstrap again"),
    ]
    found = [f"{key(name)} {what}" for name, what in states if number(run.keys.get(name)) > 0]
    if found:
        parts.append(f"Of the UEs, {listed(found)}.")
    servers = [
        f"the {name} has {plural(number(run.keys.get(prefix + '.workers')), 'worker')} "
        f"({key(prefix + '.service_time')} a request)"
        for prefix, name in wording.SERVERS
    ]
    parts.append(f"T{listed(servers)[1:]}.")
    parts.append(
        f"Radio: {key('access.rtt')} round trip, {key('access.loss')} of the packets lost. "
        f"Network engine: {key('run.engine')}."
    )
    return " ".join(parts)


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


def saturated_seconds(run, prefix):
    """For how long rows of the time series that follow one another show all workers busy and a standing queue.

    A row sees one instant: that a worker happens to be busy in it, or even a job to wait, says nothing of the next.
    """
    series = run.series
    if f"{prefix}_busy" not in series or f"{prefix}_queue" not in series:
        return 0.0
    limit = number(run.keys.get(f"{prefix}.queue_limit"), STANDING)
    full = (series[f"{prefix}_busy"] >= number(run.keys.get(f"{prefix}.workers"), 1.0)) & (
        series[f"{prefix}_queue"] >= min(STANDING, max(1.0, limit))
    )
    return float(series["time_s"].diff()[full & full.shift(fill_value=False)].sum())


def _server_warnings(run):
    found = []
    for prefix, name in wording.SERVERS:
        busy = run.metrics.get(f"{prefix}_utilisation_ratio", 0)
        lasted = saturated_seconds(run, prefix)
        if busy > SATURATED:
            found.append(f"While first pulls went out, the {name} was busy for {wording.percent(busy)} of the time: it was saturated.")
        elif lasted >= 2 * number(run.keys.get("output.interval"), 1.0):
            found.append(
                f"The {name} was saturated (all workers busy, jobs waiting) for about {wording.seconds(lasted)} of the run."
            )
        limit = number(run.keys.get(f"{prefix}.queue_limit"))
        if run.metrics.get(f"{prefix}_queue_max", 0) >= limit > 0:
            found.append(
                f"The queue of the {name} reached its limit of {plural(limit, 'job')} ({prefix}.queue_limit)."
            )
    return found


def warnings(run):
    """What a reader must not miss."""
    metrics = run.metrics
    texts = reading.scenario_values(str(run.manifest.get("scenario_text", "")))
    found = what_if_warning(what_ifs(texts))
    if metrics.get("cut_off", 0):
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
    found += _server_warnings(run)
    if metrics.get("simulated_s", 0) >= number(run.keys.get("run.end"), float("inf")):
        found.append("The run reached run.end before all was over.")
    if metrics.get("msk_mismatch", 0) > 0:
        found.append(
            f"{plural(metrics['msk_mismatch'], 'MSK')} decrypted by UEs are not those that the BM-SC made: a "
            "fault of the program."
        )
    return found
