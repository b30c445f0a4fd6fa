# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Draws charts with matplotlib: the same chart gives the same bytes."""

import dataclasses
import functools
import io
import logging
import re
import sys
import textwrap
import warnings
from math import log10

logging.getLogger("matplotlib").setLevel(logging.ERROR)
import matplotlib  # noqa: E402

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.colors import LogNorm, Normalize  # noqa: E402
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator  # noqa: E402

from pullstorm_results import wording  # noqa: E402
from pullstorm_results.chart import BARS, POINTS, STEP, HeatChart, aside, thinned  # noqa: E402

# Okabe and Ito's colours, those that show on white, so that everybody can tell them apart; then grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#777777")
DASHES = (
    "-",
    (0, (6, 2)),
    (0, (1, 1.2)),
    (0, (7, 2, 1.5, 2)),
    (0, (4, 1.5)),
    (0, (8, 2, 1, 2, 1, 2)),
    "-",
    (0, (2, 2)),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
FEW_POINTS = 40
SIZE = (7.2, 4.2)  # inches
LEGEND_BESIDE = (32, 20)  # letters and lines of a legend beside the curves; a larger one stands below them
LEGEND_BELOW = 84  # letters of its lines, or of two side by side
NAME_OF_ROW = 38  # letters of a line of the name of a row
LINE_OF_TEXT = 0.2  # inches, of a legend or a name
WIDTH_OF_LETTER = 0.08  # inches, of a name


def set_style():
    """Nothing of the user's matplotlibrc, nothing that changes from call to call."""
    matplotlib.rcdefaults()
    matplotlib.use("Agg")
    matplotlib.rcParams.update(
        {
            "font.family": "DejaVu Sans",
            "font.size": 9,
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.grid": True,
            "grid.color": "#dddddd",
            "grid.linewidth": 0.6,
            "axes.axisbelow": True,
            "axes.xmargin": 0.02,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "lines.linewidth": 1.4,
            "lines.markersize": 4.5,
            "legend.frameon": False,
            "legend.fontsize": 8.5,
            "figure.dpi": 100,
            "savefig.dpi": 160,
            "svg.fonttype": "none",
            "pdf.fonttype": 42,  # letters that can be found and copied
            "svg.hashsalt": "pullstorm",
            "path.simplify": True,
            "figure.constrained_layout.use": True,
            "text.parse_math": False,  # "from $5 to $6" is no formula
        }
    )


def colour_of(place):
    return COLOURS[place % len(COLOURS)]


def _points(axes, series, style, place, shift=None):
    """Values with intervals that nothing joins; what stands for them in the legend.

    shift: None, or how far below the middle of the rows that x counts they stand; values then go along the rows.
    """
    errors = None
    if series.low is not None:
        errors = [
            [max(0, y - low) if low == low else 0 for y, low in zip(series.y, series.low)],
            [max(0, high - y) if high == high else 0 for y, high in zip(series.y, series.high)],
        ]
    marker = MARKERS[place % len(MARKERS)]
    alike = set(series.hollow or [0])  # of points all are, or none is
    fill = (style["color"], "white", "#bbbbbb")[alike.pop()] if len(alike) == 1 else style["color"]
    at = (series.x, series.y) if shift is None else (series.y, [x + shift for x in series.x])
    return axes.errorbar(
        *at,
        **{"yerr" if shift is None else "xerr": errors},
        fmt=marker,
        capsize=3,
        color=style["color"],
        markerfacecolor=fill,
        zorder=4,  # above the points of curves, which they tell more of
    )


def _alone(low):
    """Places of intervals that have no neighbour to make a band with."""
    there = [False, *(value == value for value in low), False]
    return [i for i in range(len(low)) if there[i + 1] and not there[i] and not there[i + 2]]


def _curve(axes, chart, series, place, limit):
    """Draws it; what stands for it in the legend."""
    colour = series.colour if series.colour is not None else place
    style = {"color": colour_of(colour), "linestyle": DASHES[colour % len(DASHES)]}
    if series.style == BARS:
        widths = [end - start for start, end in zip(series.x, series.to)]
        return axes.bar(
            series.x,
            series.y,
            widths,
            align="edge",
            color=style["color"],
            alpha=0.55,
            edgecolor="white",
            linewidth=0.3,
        )
    if series.style == POINTS:
        return _points(axes, series, style, colour)
    x, y = thinned(series, limit)
    if len(x) <= FEW_POINTS and chart.markers:
        style["marker"] = MARKERS[colour % len(MARKERS)]
    if series.style == STEP:
        style["drawstyle"] = "steps-pre"
        style.pop("marker", None)
    (line,) = axes.plot(x, y, **style)
    if series.hollow is not None:
        fills = [(style["color"], "white", "#bbbbbb")[how] for how in series.hollow]
        axes.scatter(
            x, y, s=30, marker=style.get("marker", "o"), facecolors=fills, edgecolors=style["color"], zorder=3
        )
    if series.low is not None:
        axes.fill_between(x, series.low, series.high, color=style["color"], alpha=0.18, linewidth=0)
        for i in _alone(series.low):
            errors = [[max(0, y[i] - series.low[i])], [max(0, series.high[i] - y[i])]]
            axes.errorbar(x[i : i + 1], y[i : i + 1], yerr=errors, fmt="none", capsize=3, ecolor=style["color"])
    return line


def _spaced(ticks, low, high, logarithmic, most=11):
    """Those of the ticks that leave room for their numbers; both ends of the axis are told."""
    place = (lambda v: log10(v / low) / log10(high / low)) if logarithmic else (lambda v: (v - low) / (high - low))
    kept = ticks[:1]
    for tick in ticks[1:-1]:
        if min(place(tick) - place(kept[-1]), place(ticks[-1]) - place(tick)) >= 1 / most:
            kept.append(tick)
    return kept + ticks[1:][-1:]


def _x_limits(axes, ticks, logarithmic):
    """All values of the axis have their place, those without a result too."""
    if logarithmic:
        room = (ticks[-1] / ticks[0]) ** 0.03
        axes.set_xlim(ticks[0] / room, ticks[-1] * room)
    else:
        room = (ticks[-1] - ticks[0]) * 0.03
        axes.set_xlim(ticks[0] - room, ticks[-1] + room)


def _numbers(axis, each):
    """How an axis writes its numbers: all with the same prefix, or each with its own."""

    def text(value, _):
        return wording.compact(value, None if each else max(abs(end) for end in axis.get_view_interval()))

    axis.set_major_formatter(FuncFormatter(text))
    axis.set_minor_formatter(NullFormatter())


def _log_ticks(axis):
    """Powers of ten alone would leave an axis of few decades without numbers."""
    low, high = sorted(axis.get_view_interval())
    if low <= 0 or high > 30 * low:
        return
    if high > 3 * low:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    else:
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        axis.set_minor_locator(NullLocator())


def _x_axis(axes, chart):
    if chart.categories is not None:
        longest = max((len(name) for name in chart.categories), default=0)
        axes.set_xticks(range(len(chart.categories)))
        crowded = longest * len(chart.categories) > 60
        axes.set_xticklabels(chart.categories, rotation=30 if crowded else 0, ha="right" if crowded else "center")
        axes.set_xlim(-0.5, len(chart.categories) - 0.5)
        return
    if chart.x_log:
        axes.set_xscale("log")
    ticks = sorted({tick for tick in chart.x_ticks or [] if tick > 0 or not chart.x_log})
    if len(ticks) > 1:
        _x_limits(axes, ticks, chart.x_log)
    if 1 < len(ticks) <= 16:
        axes.xaxis.set_major_locator(FixedLocator(_spaced(ticks, ticks[0], ticks[-1], chart.x_log)))
        axes.xaxis.set_minor_locator(NullLocator())
    elif not chart.x_log:
        axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 2.5, 5, 10]))
    else:
        _log_ticks(axes.xaxis)
    _numbers(axes.xaxis, chart.x_log or bool(ticks))


def _linear_limits(chart):
    """From 0, or from below it where there are such values or intervals."""
    ends = [y for series in chart.series for part in (series.y, series.low, series.high) for y in part or []]
    ends = [y for y in ends if y == y] + [mark.value for mark in chart.marks if mark.axis == "y"]
    least = min(0, min(ends, default=0))
    most = chart.y_max * 1.04 if chart.y_max is not None else max(0, max(ends, default=0))
    room = 0.06 * (most - least)
    return least - room if least else 0, most if chart.y_max is not None else most + room or 1


def _values(axes, chart, across=False):
    """The axis of values: upwards, or across where categories have rows."""
    axis = axes.xaxis if across else axes.yaxis
    set_scale, set_limits = (axes.set_xscale, axes.set_xlim) if across else (axes.set_yscale, axes.set_ylim)
    if chart.y_log:
        set_scale("log")
        if chart.y_min is not None and chart.y_min > 0:
            room = (chart.y_max / chart.y_min) ** 0.05
            set_limits(chart.y_min / room, chart.y_max * room)
        _log_ticks(axis)
    else:
        set_limits(*_linear_limits(chart))
    _numbers(axis, chart.y_log)


def _marks(axes, chart, across=False):
    """Draws them; what stands for each in the legend."""
    found = []
    for place, mark in enumerate(chart.marks):
        colour = colour_of(mark.colour if mark.colour is not None else place + len(chart.series))
        line = axes.axvline if (mark.axis == "x") != across else axes.axhline
        dashes = ((0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1, 2)))[place % 3]
        found.append(line(mark.value, color=colour, linewidth=1.1, linestyle=dashes))
    return found


def _wrapped(text, most):
    """The text itself where it has room, for a wrapped one loses blanks at the ends of lines."""
    return text if len(text) <= most else textwrap.fill(text, most)


def _has_legend(chart):
    return len(chart.series) + len(chart.marks) > 1 or bool(chart.legend)


def _legend_below(chart):
    """The columns and names of a legend that is too large to stand beside the curves; else None."""
    names = [one.name for one in chart.series + chart.marks]
    longest = max(map(len, names), default=0)
    small = longest <= LEGEND_BESIDE[0] and len(names) <= LEGEND_BESIDE[1] and not chart.in_rows()
    if not _has_legend(chart) or small:
        return None
    columns = 2 if longest <= LEGEND_BELOW // 2 - 2 else 1
    return columns, [_wrapped(name, LEGEND_BELOW) for name in names]


def _legend(axes, chart, handles, names, **how):
    # To matplotlib a label that is empty or begins with "_" is none: the names are put in afterwards.
    legend = axes.legend(
        handles,
        [str(place) for place in range(len(handles))],
        loc="upper left",
        borderaxespad=0,
        title=chart.legend or None,
        alignment="left",
        handlelength=3,
        **how,
    )
    for text, name in zip(legend.get_texts(), names):
        text.set_text(name)
    return legend


def _places(figure, chart, height):
    """Where the curves go, so high, and where the legend goes, if it has a place of its own below them."""
    below = _legend_below(chart)
    if below is None:
        figure.set_size_inches(SIZE[0], height)
        return figure.add_subplot(), None
    columns, names = below
    lines = sum(name.count("\n") + 1 for name in names)
    room = LINE_OF_TEXT * (-(-lines // columns) + bool(chart.legend)) + 0.1
    figure.set_size_inches(SIZE[0], height + room)
    # The layout shares out what titles and numbers leave, about an inch less.
    grid = figure.add_gridspec(2, 1, height_ratios=[height - 1, room])
    axes, place = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    place.axis("off")
    return axes, place


def _draw_legend(axes, place, chart, handles):
    if place is not None:
        columns, names = _legend_below(chart)
        _legend(place, chart, handles, names, ncol=columns, bbox_to_anchor=(0, 1)).set_in_layout(False)
    elif _has_legend(chart):
        _legend(axes, chart, handles, [one.name for one in chart.series + chart.marks], bbox_to_anchor=(1.01, 1))


def _titles(axes, chart, room=1.0):
    """room: share of the usual width."""
    note = textwrap.wrap(chart.note, int(90 * room))
    # Room for the note, in lines that are higher than its own.
    axes.set_title("\n".join(textwrap.wrap(chart.title, int(70 * room))), pad=6 + 11.5 * len(note))
    if note:
        axes.annotate(
            "\n".join(note),
            (0, 1),
            (0, 5),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=8.5,
            color="#444444",
            annotation_clip=False,
        )
    axes.set_xlabel(chart.x_label)
    axes.set_ylabel(chart.y_label)


def _rows(figure, chart):
    """A row for each category, from the first one down."""
    names = [_wrapped(name, NAME_OF_ROW) for name in chart.categories]
    lines = max(name.count("\n") + 1 for name in names)
    axes, place = _places(figure, chart, 1.4 + len(names) * max(0.25, lines * 0.8 * LINE_OF_TEXT + 0.06))
    handles = []
    for number, series in enumerate(chart.series):
        colour = series.colour if series.colour is not None else number
        style = {"color": colour_of(colour)}
        handles.append(_points(axes, series, style, colour, aside(number, len(chart.series))))
    handles += _marks(axes, chart, True)
    axes.set_yticks(range(len(names)))
    axes.set_yticklabels(names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    _values(axes, chart, True)
    left = WIDTH_OF_LETTER * max(len(line) for name in names for line in name.split("\n"))
    _titles(axes, dataclasses.replace(chart, x_label=chart.y_label, y_label=chart.x_label), 1 - left / SIZE[0])
    _draw_legend(axes, place, chart, handles)


def _lines(figure, chart, limit):
    axes, place = _places(figure, chart, SIZE[1])
    if chart.is_empty():
        axes.text(0.5, 0.5, chart.empty or "nothing to show", ha="center", va="center", transform=axes.transAxes)
        axes.set_xticks([])
        axes.set_yticks([])
        _titles(axes, chart)
        return
    handles = [_curve(axes, chart, series, number, limit) for number, series in enumerate(chart.series)]
    handles += _marks(axes, chart)
    _x_axis(axes, chart)
    _values(axes, chart)
    _titles(axes, chart)
    _draw_legend(axes, place, chart, handles)


def _heat(figure, chart):
    axes = figure.add_subplot()
    values = [value for row in chart.z for value in row if value == value]
    ends = chart.z_range or (min(values), max(values))
    norm = LogNorm(*ends) if chart.z_log and ends[0] > 0 else Normalize(*ends)
    # matplotlib before 3.5 has no colormaps, from 3.9 on no get_cmap
    cells = matplotlib.colormaps["cividis"] if hasattr(matplotlib, "colormaps") else matplotlib.cm.get_cmap("cividis")
    cells = cells.copy()
    cells.set_bad("#eeeeee")
    axes.grid(False)
    image = axes.imshow(chart.z, origin="lower", aspect="auto", cmap=cells, norm=norm, interpolation="nearest")
    _heat_ticks(axes.set_xticks, chart.x, 9)
    _heat_ticks(axes.set_yticks, chart.y, 16)
    _titles(axes, chart)
    bar = figure.colorbar(image, ax=axes, label=chart.z_label)
    _numbers(bar.ax.yaxis, chart.z_log)
    if len(chart.x) <= 8 and len(chart.y) <= 14:
        _heat_numbers(axes, chart, image)


def _every(count, most):
    """Which of so many texts to show where there is room for some: the last one among them."""
    step = -(-count // most)
    places = list(range(0, count, step))
    if places[-1] != count - 1:
        places[1 if len(places) == 1 else -1 :] = [count - 1]
    return places


def _heat_ticks(set_ticks, texts, most):
    places = _every(len(texts), most)
    set_ticks(places, [texts[place] for place in places])


def _heat_numbers(axes, chart, image):
    for row, values in enumerate(chart.z):
        for column, value in enumerate(values):
            red, green, blue, _ = image.cmap(image.norm(value)) if value == value else (1, 1, 1, 1)
            light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
            text = wording.compact(float(f"{value:.3g}")) if value == value else "–"
            axes.text(column, row, text, ha="center", va="center", fontsize=8, color="black" if light else "white")


def figure_of(chart, limit=2000):
    """A figure; the caller closes it."""
    figure = pyplot.figure(figsize=SIZE)
    if isinstance(chart, HeatChart):
        _heat(figure, chart)
    elif chart.in_rows():
        _rows(figure, chart)
    else:
        _lines(figure, chart, limit)
    return figure


def picture(chart, kind, limit=2000):
    """The chart as the bytes of a "png", "svg" or "pdf" file."""
    set_style()
    if kind == "svg":
        matplotlib.rcParams["svg.hashsalt"] = "pullstorm " + chart.name
    figure = figure_of(chart, limit)
    file = io.BytesIO()
    # A picture carries neither date nor version: the same data are the same bytes.
    metadata = {
        "svg": {"Date": None, "Creator": "pullstorm", "Title": chart.title},
        "pdf": {"CreationDate": None, "Creator": "pullstorm", "Producer": None, "Title": chart.title},
        "png": {"Software": None},
    }[kind]
    try:
        with warnings.catch_warnings(record=True) as found:
            figure.savefig(file, format=kind, metadata=metadata)
    finally:
        pyplot.close(figure)
    if kind != "svg" and any("missing from" in str(one.message) for one in found):
        tell_missing_letters()
    return file.getvalue()


@functools.cache  # once
def tell_missing_letters():
    print("pullstorm: plot: PNG, PDF: letters that the font DejaVu Sans lacks are boxes; in SVG they are not", file=sys.stderr)


def inline_svg(chart):
    """The chart as an <svg> element for a page, which has the title: no prologue, no metadata, of any width."""
    text = picture(dataclasses.replace(chart, title="", note=""), "svg", 300).decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(
        r'^<svg ([^>]*?)width="[^"]*" height="[^"]*"|^<svg (.*?)height="[^"]*"(.*?)width="[^"]*"',
        r"<svg \1\2\3",
        text,
    )
    return text
