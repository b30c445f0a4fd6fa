# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The plots of one run."""

import bisect
import math
import os

from pullstorm_results import choice as choosing
from pullstorm_results import reading, scale, wording
from pullstorm_results.chart import BARS, LINE, STEP, Chart, Mark, Series, thin

HISTOGRAM_BARS = 60
MOST_RATES = 400  # a rate over every row of a long series would be all noise
FEW_ROWS = 60  # up to here a time series is drawn as it is
SHORTEST = 1e-5  # left edge of a logarithmic axis of durations
TIME = "simulated time (s)"
PROCEDURES = (
    ("pull", "pull sent until accepted"),
    ("gba", "bootstrap (GBA)"),
    ("msk_request", "MSK request"),
    ("msk", "200 until MSK installed"),
    ("zn", "Zn request"),
    ("zh", "Zh request"),
    ("bmsc_wait", "wait at the BM-SC"),
)
MESSAGES = (
    ("pulls", ["pulls_sent"]),
    ("401 of the BM-SC", ["http_401"]),
    ("200 of the BM-SC", ["http_200"]),
    ("503 of the BM-SC", ["http_503"]),
    ("MSK messages", ["msk_sent"]),
    ("answers of the BSF (Ub)", ["ub_401", "ub_200", "ub_503"]),
    ("requests on Zn and Zh", ["zn_requests", "zh_requests"]),
)
KEYED = (
    ("ues_keyed", "hold the new MSK"),
    ("pulls_sent", "pulls sent"),
    ("ues_active", "in an exchange"),
    ("ues_gave_up", "gave up"),
    ("ues_unanswered", "unanswered (BM-SC)"),
)
IF_ANY = ("ues_gave_up", "ues_unanswered")
BYTES = (("uplink", "uplink_bytes"), ("downlink", "downlink_bytes"), ("links of the servers", "core_bytes"))

# All of the time series that is looked at.
SERIES_COLUMNS = {
    *(column for column, _ in KEYED),
    *(column for _, columns in MESSAGES for column in columns),
    *(column for _, column in BYTES),
    *(f"{prefix}_{what}" for prefix, _ in wording.SERVERS for what in ("queue", "busy", "busy_us")),
}
MOST_ROWS = 10000  # of a curve; of more the lowest and the highest of each stretch are drawn


def number(text, default=0.0):
    try:
        return float(text)
    except (TypeError, ValueError):
        return default


def rates(times, totals):
    """Growth of a counter per second, as (ends of the intervals, rates).

    A last interval far shorter than the one before (a run ends when nothing is left to happen) counts with it.
    """
    times, totals = list(times), list(totals)
    if len(times) > 2 and times[-1] - times[-2] < 0.5 * (times[-2] - times[-3]):
        del times[-2], totals[-2]
    ends, growth = times[:1], [0.0]
    for i in range(1, len(times)):
        step = times[i] - times[i - 1]
        if step > 0:
            ends.append(times[i])
            growth.append((totals[i] - totals[i - 1]) / step)
    if len(growth) > 1:
        growth[0] = growth[1]
    return ends, growth


def over_time(run, name, values, place=None):
    """A curve over all rows of the time series, thinned out where they are many."""
    return Series(name, *thin(run.series["time_s"], values, MOST_ROWS), colour=place)


def keyed(run):
    ues = run.metrics["ues"]
    curves = [
        over_time(run, name, run.series[column])
        for column, name in KEYED
        if column in run.series and (column not in IF_ANY or run.series[column].iloc[-1] > 0)
    ]
    note = f"{wording.count(run.metrics['ues_keyed'])} of {wording.count(ues)} UEs hold the new MSK at the end"
    return Chart(
        "keyed",
        "UEs that hold the new MSK",
        TIME,
        "UEs, pulls",
        curves,
        note=note,
        marks=[Mark("y", ues, "all UEs", 6)] if ues > 1 else [],
    )


def _servers(run, column):
    return [(prefix, name) for prefix, name in wording.SERVERS if f"{prefix}_{column}" in run.series]


def queues(run):
    curves, marks = [], []
    for place, (prefix, name) in enumerate(_servers(run, "queue")):
        curves.append(over_time(run, name, run.series[f"{prefix}_queue"], place))
        limit = number(run.keys.get(f"{prefix}.queue_limit"))
        if limit and run.metrics.get(f"{prefix}_queue_max", 0) >= limit:
            marks.append(Mark("y", limit, f"{prefix}.queue_limit", place))
    waited = any(max(curve.y) > 0 for curve in curves)
    return Chart(
        "queues",
        "Jobs waiting at the servers",
        TIME,
        "jobs waiting",
        curves,
        marks,
        note="" if waited else "no job was waiting whenever the time series looked",
    )


def _together(run):
    """How many rows of the time series make one point of a rate."""
    return -(-len(run.series) // MOST_RATES)


def _rate_note(run):
    return f"means over {_together(run)} rows of the time series" if _together(run) > 1 else ""


def _rate(run, name, totals, place):
    rows = sorted({*range(0, len(totals), _together(run)), len(totals) - 1})
    x, y = rates(run.series["time_s"].iloc[rows], totals.iloc[rows])
    return Series(name, x, y, style=STEP if len(x) <= FEW_ROWS else LINE, colour=place)


def workers(run, prefix):
    """How many there are, and from when on: [(seconds, workers), ...]."""
    changes = [(wording.base_units(time), wording.base_units(value))
               for time, key, value in reading.changes(reading.scenario_of(run)) if key == f"{prefix}.workers"]  # fmt: skip
    return [(0.0, number(run.keys.get(f"{prefix}.workers"), 1.0)), *changes]


def workers_in_rows(run, prefix):
    """How many there are when each row looks, which is before what happens at its time."""
    times = run.series["time_s"]
    found = times * math.nan
    for begin, count in workers(run, prefix):
        found[(times > begin) | (begin == 0)] = count
    return found


def worker_seconds(run, prefix):
    """Of all workers, from the start until each row."""
    times, total = run.series["time_s"], 0.0
    steps = workers(run, prefix)
    for (begin, count), (end, _) in zip(steps, [*steps[1:], (math.inf, 0)]):
        total = total + count * (times.clip(begin, end) - begin)
    return total


def busy_percent_seconds(run, prefix):
    """The share of worker time spent busy in percent, summed over time. What workers that go take to finish is worker time,
    too."""
    busy, there = (run.series[f"{prefix}_busy_us"] / 1e6).diff(), worker_seconds(run, prefix).diff()
    share = (busy / there.where(there > busy, busy)).fillna(0.0)
    return (100.0 * share * run.series["time_s"].diff()).fillna(0.0).cumsum()


def utilisation(run):
    """The share of worker time spent busy, of each row: what a gauge shows at the ends of rows may be far from it."""
    curves = []
    for place, (prefix, name) in enumerate(_servers(run, "busy_us")):
        mean = run.metrics.get(f"{prefix}_utilisation_ratio", float("nan"))
        if mean == mean:
            name += f" ({wording.percent(mean)} while first pulls go out)"
        curves.append(_rate(run, name, busy_percent_seconds(run, prefix), place))
    note = _rate_note(run) or "means over each row of the time series"
    return Chart(
        "utilisation",
        "Utilisation of the servers",
        TIME,
        "share of worker time spent busy (%)",
        curves,
        y_max=100.0,
        note=note,
        empty="the time series has no column bmsc_busy_us",
    )


def messages(run):
    curves = []
    for place, (name, columns) in enumerate(MESSAGES):
        columns = [column for column in columns if column in run.series]
        total = run.series[columns].sum(axis=1)
        if columns and total.iloc[-1] > 0:
            curves.append(_rate(run, name, total, place))
    return Chart(
        "messages",
        "Messages per second",
        TIME,
        "messages per second",
        curves,
        note=_rate_note(run),
        empty="no message was sent",
    )


def traffic(run):
    curves = []
    for place, (name, column) in enumerate(BYTES):
        if column in run.series:
            curves.append(_rate(run, name, run.series[column], place))
    return Chart("bytes", "IP bytes per second", TIME, "bytes per second", curves, note=_rate_note(run))


def procedure(run, name):
    """Rows of distribution.csv of one procedure, shortest first."""
    rows = run.distribution[run.distribution["procedure"] == name]
    return rows.sort_values("from_s")


def cumulative(rows, total=None):
    """x and share of those that took at most x, among `total` or those that there are."""
    total = total or rows["count"].sum()
    if rows["count"].sum() == 1:  # the steps of distribution.csv would make a slope of it
        return [rows["to_s"].iloc[0]] * 2, [0.0, 100.0 / total]
    x, y, done = [], [], 0.0
    for start, end, times in zip(rows["from_s"], rows["to_s"], rows["count"]):
        if not x or start > x[-1]:
            x.append(start)
            y.append(100 * done / total)
        done += times
        x.append(end)
        y.append(100 * done / total)
    return x, y


def quantile_marks(run):
    """When shares of all UEs held the key; of those that never did there is none."""
    names = (("p50", "median"), ("p90", "p90"), ("p99", "p99"), ("p999", "p99.9"))
    marks = []
    for place, (column, name) in enumerate(names):
        value = run.metrics.get(f"update_{column}_s", float("nan"))
        if value == value and (run.metrics["ues"] >= 1000 or column != "p999"):
            marks.append(Mark("x", value, f"{name}: {wording.seconds(value)}", place + 2))
    return marks if run.metrics["ues"] > 1 else marks[:1]


def keyed_after(name, title, note):
    """A plot for the share of all UEs that hold the key after a time: a curve ends below 100 % where some have none."""
    return Chart(
        name,
        title,
        "time until the UE holds the new MSK (s)",
        "share of all UEs (%)",
        y_max=100.0,
        markers=False,
        empty="no UE got the new MSK",
        note=note,
    )


def time_to_key(run):
    ues = run.metrics["ues"]
    note = f"{wording.count(run.metrics['ues_keyed'])} of {wording.count(ues)} UEs hold it at the end"
    chart = keyed_after("time_to_key", "Time to key", note)
    for place, (name, title) in enumerate(
        (("update", "from the first pull of the run"), ("time_to_key", "from when its own first pull was due"))
    ):
        rows = procedure(run, name)
        if len(rows):
            x, y = cumulative(rows, ues)
            chart.series.append(Series(title, x, y, colour=place))
    if chart.series:
        chart.marks = quantile_marks(run)
        every = [x for series in chart.series for x in series.x]
        chart.x_log = scale.long_tail(every)
        for series in chart.series if chart.x_log else []:
            series.x = [max(x, scale.shortest_shown(every)) for x in series.x]
    return chart


def _bins(rows, logarithmic):
    """The edges of equal bins from the shortest to the longest; the more samples the more bins.

    None is narrower than a step of distribution.csv.
    """
    low, high = rows["from_s"].min(), rows["to_s"].max()
    if high <= low:
        high = low * 1.01 or 1e-9
    bars = min(HISTOGRAM_BARS, math.ceil(2 * math.sqrt(rows["count"].sum())))
    if logarithmic:
        low = max(low, scale.shortest_shown(rows["to_s"]))
        finest = max(math.log(to / start) for start, to in zip(rows["from_s"], rows["to_s"]) if start > 0)
        room = math.log(high / low)
    else:
        finest, room = (rows["to_s"] - rows["from_s"]).max(), high - low
    bars = max(1, min(bars, int(room / max(finest, 1e-12) + 0.5)))
    if logarithmic:
        return [low * math.exp(room * i / bars) for i in range(bars + 1)]
    return [low + room * i / bars for i in range(bars + 1)]


def rebinned(rows, logarithmic=False):
    """Counts put into bins from the shortest to the longest, alike on a logarithmic axis or on a linear one:
    (from, to, counts)."""
    edges = _bins(rows, logarithmic)
    bars = len(edges) - 1
    counts = [0.0] * bars
    for start, end, times in zip(rows["from_s"], rows["to_s"], rows["count"]):
        first, last = (min(bars - 1, max(0, bisect.bisect_right(edges, at) - 1)) for at in (start, end))
        for bar in range(first, last + 1):
            inside = min(end, edges[bar + 1]) - max(start, edges[bar])
            counts[bar] += times * (inside / (end - start) if end > start and last > first else last == first)
    return edges[:-1], edges[1:], counts


def histogram(run, choice=choosing.Choice()):
    rows = procedure(run, "time_to_key")
    chart = Chart(
        "time_to_key_histogram",
        "Distribution of the time to key",
        "from when its first pull was due until the UE holds the new MSK (s)",
        "UEs",
        empty="no UE got the new MSK",
    )
    if len(rows):
        chart.x_log = choice.logarithmic("x", scale.long_tail([*rows["from_s"], *rows["to_s"]]))
        start, end, counts = rebinned(rows, chart.x_log)
        chart.series.append(Series("UEs", start, counts, style=BARS, to=end, colour=0))
    return chart


def procedures(run):
    curves = []
    for place, (name, title) in enumerate(PROCEDURES):
        rows = procedure(run, name)
        if len(rows):
            x, y = cumulative(rows)
            curves.append(Series(title, x, y, style=LINE, colour=place))
    for curve in curves:  # a logarithmic axis has no place for no wait at all
        curve.x = [max(value, SHORTEST) for value in curve.x]
    return Chart(
        "procedures",
        "How long each procedure took",
        "at most this long (s)",
        "share of the procedures (%)",
        curves,
        note=f"shorter ones than {wording.seconds(SHORTEST)} stand at the left edge",
        x_log=True,
        markers=False,
        y_max=100.0,
        empty="no procedure was completed",
    )


def columns_of(choice):
    """The columns of the time series that are to be read."""
    return SERIES_COLUMNS | set(choice.metrics)


def chosen(run, metric):
    """A column of the time series that the user named."""
    there = [name for name in run.series.columns if name != "time_s"]
    choosing.known_metric(metric, there, os.path.join(run.path, "summary.csv"))
    curve = over_time(run, wording.metric_title(metric), run.series[metric], 0)
    return Chart(metric, wording.metric_title(metric), TIME, wording.metric_label(metric), [curve])


def charts(run, choice=choosing.Choice()):
    """All plots of a run, or those of the metrics that were chosen."""
    if choice.only or choice.x:
        raise reading.ResultError(f"{'--only' if choice.only else '--x'}: {run.path} is a run, which has no points")
    found = [chosen(run, metric) for metric in choice.metrics] or [
        *(make(run) for make in (keyed, queues, utilisation, messages, traffic, time_to_key)),
        histogram(run, choice),
        procedures(run),
    ]
    return [choosing.scaled(chart, choice) for chart in found]
