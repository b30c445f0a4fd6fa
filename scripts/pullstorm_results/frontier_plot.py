# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The frontier of a plan over two keys: which combinations meet the target, what they cost, which is the cheapest."""

import os

from pullstorm_results import reading, scale, wording
from pullstorm_results.chart import LINE, POINTS, Chart, Series

COLUMNS = ("cost", "meets", "cheapest")
MOST_POINTS = 1600  # of more only those beside the frontier are drawn
MOST_LINES = 4  # of equal cost, the cheapest one's among them
MET, NOT_MET, UNKNOWN = "1", "0", ""


class Frontier:
    """frontier.csv: a row for each combination. Keys have values that are ordered, or there is nothing to draw."""

    def __init__(self, path):
        table = reading.read_table(path)
        reading.need_columns(table, COLUMNS, path)
        self.keys = [name for name in table.columns if name not in COLUMNS]
        if len(self.keys) != 2:
            raise reading.ResultError(f"{path}: expected two keys, cost, meets and cheapest")
        self.texts = [list(table[key]) for key in self.keys]
        found = [wording.axis_numbers(key, texts) for key, texts in zip(self.keys, self.texts)]
        self.ordered = all(values is not None for values, _ in found) and len(table) > 0
        self.labels = [wording.key_label(key) + more for key, (_, more) in zip(self.keys, found)]
        if not self.ordered:
            return
        reading.numbers(table, ["cost"], path)
        self.x, self.y = (values for values, _ in found)
        self.xs, self.ys = sorted(set(self.x)), sorted(set(self.y))
        self.cost = {(x, y): cost for x, y, cost in zip(self.x, self.y, table["cost"])}
        self.meets = {(x, y): text for x, y, text in zip(self.x, self.y, table["meets"])}
        self.cheapest = [place for place, text in enumerate(table["cheapest"]) if text == MET]


def _directions(f):
    """In which direction of each key all is met that lies beyond what is met; None: in none."""
    met, fails = ([at for at, text in f.meets.items() if text == which] for which in (MET, NOT_MET))
    for sx, sy in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        if not any(sx * (b[0] - a[0]) >= 0 and sy * (b[1] - a[1]) >= 0 for a in _edge(met, sx, sy) for b in fails):
            return sx, sy
    return None


def _edge(met, sx, sy):
    """Of the combinations that meet the target those that none other makes superfluous, in the order of x."""
    edge = []
    for x, y in sorted(met, key=lambda at: (sx * at[0], sy * at[1])):
        if not edge or sy * y < sy * edge[-1][1]:
            edge.append((x, y))
    return edge


def staircase(f):
    """x and y of the line between what is met and what is not; nothing where more of a key hurts and helps."""
    met = [at for at, text in f.meets.items() if text == MET]
    found = _directions(f) if met else None
    if found is None:
        return [], []
    sx, sy = found
    edge = _edge(met, sx, sy)
    far_x, far_y = (f.xs[-1] if sx > 0 else f.xs[0]), (f.ys[-1] if sy > 0 else f.ys[0])
    x, y = [edge[0][0]], [far_y]
    for here, beyond in zip(edge, [*edge[1:], (far_x, None)]):
        x += [here[0], beyond[0]]
        y += [here[1], here[1]]
    return x, y


def cost_line(f, cost):
    """Where a combination costs so much: between neighbours along the second key as on a straight line."""
    x, y = [], []
    for at in f.xs:
        column = [(value, f.cost[at, value]) for value in f.ys if (at, value) in f.cost]
        for (low, first), (high, second) in zip(column, column[1:]):
            if min(first, second) <= cost <= max(first, second) and first != second:
                x.append(at)
                y.append(low + (high - low) * (cost - first) / (second - first))
                break
    return x, y


def _costs(f):
    """Of the lines: that of the cheapest, and others between the least and the most."""
    least, most = min(f.cost.values()), max(f.cost.values())
    best = f.cost[f.x[f.cheapest[0]], f.y[f.cheapest[0]]] if f.cheapest else None
    step = (most - least) / MOST_LINES
    others = [float(f"{least + step * (i + 0.5):.2g}") for i in range(MOST_LINES)]
    if best is None:
        return best, others[:-1]
    others.sort(key=lambda cost: abs(cost - best))  # those next to the cheapest one's say the same
    return best, sorted(others[1:])


def _shown(f, which):
    """The combinations of a sort; of very many those only that have one of another sort beside them."""
    there = [at for at, text in f.meets.items() if text == which]
    if len(f.meets) <= MOST_POINTS:
        return there
    places = {(x, y): (i, j) for i, x in enumerate(f.xs) for j, y in enumerate(f.ys)}

    def beside(at):
        i, j = places[at]
        return [(f.xs[a], f.ys[b]) for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))
                if 0 <= a < len(f.xs) and 0 <= b < len(f.ys)]

    return [at for at in there if any(f.meets.get(other, which) != which for other in beside(at))]


def _points(f):
    found = []
    for which, name, colour, hollow in (
        (MET, "meets the target", 2, 0), (NOT_MET, "does not meet it", 1, 1), (UNKNOWN, "not known", 7, 2)
    ):
        at = _shown(f, which)
        if at:
            xs, ys = ([one[place] for one in at] for place in (0, 1))
            found.append(Series(name, xs, ys, POINTS, colour=colour, hollow=[hollow] * len(at)))
    return found


def _cheapest(f):
    places = f.cheapest[:1]
    texts = [f"{key} = {wording.key_value(key, texts[place])}" for place in places for key, texts in zip(f.keys, f.texts)]
    name = f"cheapest: {', '.join(texts)}"
    return [Series(name, [f.x[place] for place in places], [f.y[place] for place in places], POINTS, colour=4)] * bool(places)


def chart(path, target, looked):
    """The picture of the frontier in the folder of a plan; None if it is over one key, or its values have no order.

    looked: how many combinations were run.
    """
    file = os.path.join(path, "frontier.csv")
    if not os.path.exists(file):
        return None
    f = Frontier(file)
    if not f.ordered:
        return None
    x, y = staircase(f)
    series = _points(f)
    series += [Series("frontier", x, y, LINE, colour=6)] * bool(x)
    best, others = _costs(f)
    for place, cost in enumerate(([best] if best is not None else []) + others):
        line = cost_line(f, cost)
        if len(line[0]) > 1:
            series.append(Series(f"costs {wording.significant(cost, 6)}", *line, LINE, colour=(0, 5, 3, 7)[place % 4]))
    series += _cheapest(f)
    met = sum(text == MET for text in f.meets.values())
    note = [f"target: {target}", f"{met} of {len(f.meets)} combinations meet it, {looked} were run"]
    if looked < sum(text != UNKNOWN for text in f.meets.values()):
        note.append("what the others do follows if more of a key never hurts, or less of it never does")
    if len(f.meets) > MOST_POINTS:
        note.append("only those beside others of another sort are shown")
    if met and not x:
        note.append("more of a key helps here and hurts there, so there is no frontier")
    return Chart(
        "plan_frontier",
        f"Which {f.keys[0]} and {f.keys[1]} meet the target",
        *f.labels,
        series,
        note="; ".join(note),
        x_log=wording.geometric(f.xs),
        y_log=wording.geometric(f.ys) and scale.logarithmic(f.ys),
        x_ticks=f.xs,
        markers=False,
    )
