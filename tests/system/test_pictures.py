# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What pictures decide, against values worked out otherwise: python3 -m unittest test_pictures, with scripts/ on the path."""

import csv
import math
import os
import statistics
import tempfile
import unittest

import pandas

from pullstorm_results import choice as choosing
from pullstorm_results import (
    chart, compare_plots, differences, draw, frontier_plot, plan_plots, reading, run_plots, scale, study_plots, target
)

import study_fixture

NAN = float("nan")


def made(test, shape):
    """The folder of a made-up study or plan, gone when the test ends."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    if shape in study_fixture.SHAPES:
        study_fixture.write_study(folder.name, shape)
    else:
        study_fixture.write_plan(folder.name, shape)
    return folder.name


def rows_of(path, name):
    with open(os.path.join(path, name), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Scales(unittest.TestCase):
    def test_more_than_two_decades(self):
        self.assertTrue(scale.logarithmic([0.5, 51, NAN, None]))
        for values in ([0.5, 50], [0, 0.5, 5000], [-1, 500], [], [NAN]):
            self.assertFalse(scale.logarithmic(values), values)
        self.assertTrue(scale.long_tail([0, 0.5, 51]))

    def test_flat_is_what_reads_the_same(self):
        self.assertTrue(scale.is_flat([0.99999, 1.0, NAN]))
        self.assertFalse(scale.is_flat([0.99, 1.0]))
        self.assertTrue(scale.is_flat([]))

    def test_a_choice_goes_before_what_is_usual(self):
        def scaled(**more):
            curve = chart.Series("a", [1, 2], [1, 1000])
            one = choosing.scaled(chart.Chart("a", "a", "x", "y", [curve], y_log=True), choosing.Choice(**more))
            return one.x_log, one.y_log

        self.assertEqual(scaled(), (False, True))
        self.assertEqual(scaled(linear=True), (False, False))
        self.assertEqual(scaled(log="x"), (True, True))
        self.assertEqual(scaled(log="x", linear=True), (True, False))

    def test_zero_has_no_place_on_a_logarithmic_axis(self):
        for y, logarithmic, word in (([0, 5], True, "values of 0"), ([0, 0], False, "nothing above 0")):
            one = chart.Chart("a", "a", "x", "y", [chart.Series("a", [1, 2], y)])
            one = choosing.scaled(one, choosing.Choice(log="y"))
            self.assertEqual(one.y_log, logarithmic)
            self.assertIn(word, one.note)

    def test_bins_of_a_long_tail_keep_every_sample(self):
        rows = pandas.DataFrame({"from_s": [0.1, 1.0, 50.0], "to_s": [0.11, 1.1, 55.0], "count": [500, 400, 100.0]})
        for logarithmic in (False, True):
            start, end, counts = run_plots.rebinned(rows, logarithmic)
            self.assertAlmostEqual(sum(counts), 1000)
            self.assertAlmostEqual(end[-1], 55)
            widths = [b / a if logarithmic else b - a for a, b in zip(start, end)]
            self.assertAlmostEqual(max(widths), min(widths))
        self.assertLess(end[0], 0.2)  # where the half of the samples lies


class Differences(unittest.TestCase):
    def test_student(self):
        # Tables of Student's t, two-sided 95 %.
        for freedom, value in zip((1, 2, 3, 4, 9, 30, 99), (12.706, 4.303, 3.182, 2.776, 2.262, 2.042, 1.984)):
            self.assertAlmostEqual(differences.t_quantile(freedom), value, 3)

    def test_run_by_run(self):
        path = made(self, "variants")
        values = {}
        for row in rows_of(path, "runs.csv"):
            at = row["variant"], float(row["pull.rate"]), row["replication"]
            values[at] = float(row["time_to_key_p99_s"])
        charts = {one.name: one for one in study_plots.charts(reading.read_study(path))}
        (curve,) = charts["time_to_key_p99_s_difference"].series
        self.assertEqual(curve.name, "poisson")
        self.assertIn("difference from even", charts["time_to_key_p99_s_difference"].title)
        self.assertEqual(curve.x, study_fixture.RATES)
        for place, rate in enumerate(curve.x):
            pairs = [values["poisson", rate, str(r)] - values["even", rate, str(r)] for r in range(1, 6)]
            half = 2.776445 * statistics.stdev(pairs) / math.sqrt(5)
            self.assertAlmostEqual(curve.y[place], statistics.mean(pairs))
            self.assertAlmostEqual(curve.high[place] - curve.low[place], 2 * half, 5)

    def test_what_cannot_be_told(self):
        self.assertEqual(differences.interval([2.0, 2.0, 2.0]), (2.0, None, None))
        runs = differences.Runs("nowhere", ["http_503"])
        runs.of_point = {1: {1: {"http_503": 5.0}, 2: {"http_503": 7.0}}, 2: {2: {"http_503": 4.0}}, 3: {1: {}, 2: {}}}
        found, words = differences.points_of(runs, "http_503", [(1, 2), (1, 3)])
        self.assertEqual(found, [None, None])
        self.assertEqual(words, ["too few replications at 1 of 2 points", "no value in some run at 1 of 2 points"])

    def test_one_replication_is_too_few(self):
        path = made(self, "variants")
        rows = [row for row in rows_of(path, "runs.csv") if row["replication"] == "1"]
        study_fixture.write_csv(os.path.join(path, "runs.csv"), [rows[0].keys(), *(row.values() for row in rows)])
        charts = study_plots.charts(reading.read_study(path))
        self.assertFalse([one.name for one in charts if "difference" in one.name])
        self.assertIn("too few replications", charts[0].note)

    def test_one_scale_for_the_plots_of_a_metric(self):
        found = study_plots.charts(reading.read_study(made(self, "facets")))
        of_metric = [one for one in found if one.name.startswith("http_503_0")]
        self.assertEqual(len(of_metric), 3)
        self.assertEqual([len(one.series) for one in of_metric], [2, 2, 2])
        self.assertEqual(len({(one.y_max, one.y_log) for one in of_metric}), 1)
        self.assertEqual(of_metric[0].y_max, max(y for one in of_metric for s in one.series for y in s.high))
        heats = [one for one in found if one.name.startswith("http_503_heat")]
        self.assertEqual(len({one.z_range for one in heats}), 1)

    def test_a_flat_heat_map_is_said_in_words(self):
        path = made(self, "two")
        rows = rows_of(path, "study.csv")
        for row in rows:
            row["http_503_mean"] = "7"
        study_fixture.write_csv(os.path.join(path, "study.csv"), [rows[0].keys(), *(row.values() for row in rows)])
        charts = {one.name: one for one in study_plots.charts(reading.read_study(path))}
        self.assertNotIn("http_503_heat", charts)
        self.assertIn("7 everywhere, so there is no heat map", charts["http_503"].note)
        self.assertIn("time_to_key_p99_s_heat", charts)


class Choices(unittest.TestCase):
    def test_x_and_metrics(self):
        path = made(self, "facets")
        choice = choosing.Choice(metrics=["ues", "http_503"], x="bmsc.workers")
        found = study_plots.charts(choosing.read_study(path, choice), choice)
        self.assertEqual([one.name for one in found if "_0" not in one.name], [])
        self.assertEqual(list(dict.fromkeys(one.name.split("_")[0] for one in found)), ["ues", "http"])
        self.assertEqual(found[0].x_label, "bmsc.workers")
        for names, x in ((["ue"], ""), ([], "bmsc.worker")):
            choice = choosing.Choice(metrics=names, x=x)
            with self.assertRaisesRegex(reading.ResultError, "did you mean"):
                study_plots.charts(choosing.read_study(path, choice), choice)

    def test_names_that_are_there_are_told_once(self):
        path = made(self, "two")
        os.remove(os.path.join(path, "study.ini"))  # then axes have the names of their keys
        choice = choosing.Choice(x="nosuch")
        with self.assertRaisesRegex(reading.ResultError, "expected pull.rate, bmsc.workers$"):
            study_plots.charts(choosing.read_study(path, choice), choice)

    def test_a_column_of_text_is_there_and_cannot_be_drawn(self):
        def refusal(shape, name, read):
            with self.assertRaises(reading.ResultError) as caught:
                choice = choosing.Choice(metrics=[name])
                read(choice, made(self, shape))
            return str(caught.exception)

        def of_study(choice, path):
            rows = [{**row, "verdict": "calm"} for row in rows_of(path, "study.csv")]
            study_fixture.write_csv(os.path.join(path, "study.csv"), [rows[0].keys(), *(row.values() for row in rows)])
            choosing.read_study(path, choice)

        def of_plan(choice, path):
            plan_plots.charts(choosing.read_plan(path, choice), choice)

        text = "this column is text, not a number, and so cannot be drawn"
        for shape, name, read in (("variants", "verdict", of_study), ("variants", "variant", of_study),
                                  ("plan", "status", of_plan), ("plan", "meets", of_plan)):  # fmt: skip
            self.assertEqual(refusal(shape, name, read), f"--metric {name}: {text}")
        for shape, name, read in (("variants", "pull.rate", of_study), ("plan", "value", of_plan)):
            self.assertIn("it is not there", refusal(shape, name, read))

    def test_a_key_that_moves_in_step(self):
        choice = choosing.Choice(x="bmsc.workers")
        found = study_plots.charts(choosing.read_study(made(self, "steps"), choice), choice)
        self.assertEqual(found[0].series[0].x, [1, 2, 4, 8])

    def test_answers_over_another_axis(self):
        choice = choosing.Choice(x="pull.rate")
        found = plan_plots.charts(choosing.read_plan(made(self, "plans"), choice), choice)
        self.assertEqual(found[0].name, "plan_answers")


class Targets(unittest.TestCase):
    def test_lines_are_what_the_program_says(self):
        (line,) = target.lines({"ues_keyed_ratio": [0.9]}, "ues_keyed_ratio")
        self.assertEqual((line.axis, line.value), ("y", 90.0))
        self.assertEqual(target.lines({"ues": [1]}, "ues_keyed_ratio"), [])

    def test_the_legend_says_what_failed(self):
        plan = reading.read_plan(made(self, "parts"))
        plot = next(one for one in plan_plots.charts(plan) if one.name == "plan_time_to_key_p99_s")
        failed = {one.name: one for one in plot.series if one.name.startswith("fails: ")}
        curve = plot.series[0]
        wanted = {}
        for row in rows_of(plan.path, "plan_curve.csv"):
            if row["failed"]:
                wanted.setdefault("fails: " + row["failed"], []).append(float(row["value"]))
        self.assertGreater(len(wanted), 1)
        self.assertEqual({name: one.x for name, one in failed.items()}, wanted)
        for one in failed.values():
            self.assertTrue(set(zip(one.x, one.y)) <= set(zip(curve.x, curve.y)))
            self.assertEqual(set(one.hollow), {1})  # as the points of the curve that they stand on

    def test_of_one_part_hollow_points_say_it(self):
        self.assertEqual(target.failures([(1, 2.0, "a < 1")], "a < 1", 1), [])

    def test_a_plan_tells_what_its_bands_are_and_how_many_runs_stand_behind_a_point(self):
        plan = reading.read_plan(made(self, "plan"))

        def note():
            return plan_plots.explored(plan, "time_to_key_p99_s").note

        self.assertTrue(note().endswith("; 5 runs per value, bands: 95 % confidence; nothing was run between points"), note())
        plan.curve.loc[0, ["n", "time_to_key_p99_s_ci_low", "time_to_key_p99_s_ci_high"]] = (2, NAN, NAN)
        plan.curve["time_to_key_p99_s_ci_note"] = ["all alike"] + [""] * 6
        self.assertIn("; 2 to 5 runs per value, bands: 95 % confidence, none at 1 of 7 values (all alike); ", note())
        plan.curve["n"] = 1.0
        self.assertIn("; one run per value; ", note())

    def curves(self, rows, **answers):
        """Names of the curves that are drawn; rows: point and second value of each."""
        metric = "time_to_key_p99_s"
        curve = pandas.DataFrame([
            {"point": point, "value": value, "n": 3, "meets": "no", f"{metric}_mean": 5.0, f"{metric}_ci_low": 4.0, f"{metric}_ci_high": 6.0}
            | ({"value2": second} if second else {}) for point, second in rows for value in ("1", "2")])  # fmt: skip
        table = pandas.DataFrame({"key": "bmsc.workers", "status": "met", "sought": "smallest", **answers})
        axes = reading.axes_of(["pull.rate"], []) if "pull.rate" in table else []
        plan = reading.Plan("", "", "", "", "smallest", "3..10", "bmsc.workers", axes, table, curve)
        return [one.name for one in plan_plots.explored(plan, metric).series]

    def test_of_many_curves_those_that_hold_the_answer_are_drawn(self):
        second = [str(value) for value in range(1, 11)]
        names = self.curves([(1, value) for value in second], point=[1], key2="hss.workers", answer="2", answer2="4",
                            neighbour="2", neighbour2="3")  # fmt: skip
        self.assertEqual(names, [f"hss.workers = {value}" for value in (1, 3, 4, 5, 8, 10)])
        points = range(1, 13)
        answers = [""] * 4 + ["2", "2", "1"] + [""] * 5
        names = self.curves([(point, "") for point in points], point=points, answer=answers, **{"pull.rate": list(map(str, points))})
        self.assertEqual([name.split()[2].rstrip("/s") for name in names], ["1", "5", "6", "7", "8", "12"])

    def test_both_ends_of_a_window(self):
        plan = reading.read_plan(made(self, "parts"))
        plot = plan_plots.explored(plan, "time_to_key_p99_s")
        marks = [(one.value, one.name) for one in plot.marks if one.axis == "x"]
        self.assertEqual(marks, [(3.0, "met from 3"), (8.0, "met up to 8")])


class Drawn(unittest.TestCase):
    """What matplotlib makes of a chart."""

    def figure(self, one):
        draw.set_style()
        figure = draw.figure_of(one)
        self.addCleanup(draw.pyplot.close, figure)
        figure.canvas.draw()
        return figure

    def boxes(self, figure, texts):
        """Where the texts stand; none is over another, and all are in the picture."""
        boxes = [text.get_window_extent() for text in texts]
        for place, box in enumerate(boxes):
            self.assertGreaterEqual(min(box.x0, box.y0), 0, texts[place])
            self.assertLessEqual(box.x1, figure.bbox.x1 + 1, texts[place])
            self.assertLessEqual(box.y1, figure.bbox.y1 + 1, texts[place])
            self.assertFalse([texts[place] for other in boxes[:place] if box.overlaps(other)])
        return boxes

    def test_no_interval_is_cut_off(self):
        for low, high in (([-5.0, 3.0], [9.0, 5.0]), ([NAN, -9.0], [NAN, -1.0])):
            curve = chart.Series("a", [1, 2], [2.0, 4.0] if low[0] == low[0] else [NAN, -4.0], low=low, high=high)
            least, most = draw._linear_limits(chart.Chart("a", "a", "x", "y", [curve], y_max=100.0))
            self.assertLess(least, min(value for value in low if value == value))
            self.assertEqual(most, 104)
        curve = chart.Series("a", [1, 2], [-2.0, -4.0])
        self.assertGreaterEqual(draw._linear_limits(chart.Chart("a", "a", "x", "y", [curve]))[1], 0)
        curve = chart.Series("a", [1, 2], [2.0, 4.0], low=[1.0, 1.0], high=[5.0, 5.0])
        self.assertEqual(draw._linear_limits(chart.Chart("a", "a", "x", "y", [curve]))[0], 0)

    def test_a_legend_of_long_names_leaves_the_curves_their_place(self):
        names = [f"variant = of many expired keys, pull.rate = {100 * i}/s" for i in range(9)]
        series = [chart.Series(name, [1, 2], [place, 2 * place]) for place, name in enumerate(names)]
        marks = [chart.Mark("y", 3.0, "target: " + " and ".join(["time_to_key_p99_s <= 4s"] * 5))]
        figure = self.figure(chart.Chart("a", "a", "x", "y", series, marks, legend="cases"))
        axes, place = figure.axes
        self.assertGreater(axes.get_position().width, 0.75)
        self.assertGreater(axes.bbox.height / figure.dpi, 3)
        texts = place.get_legend().get_texts()
        self.assertEqual([text.get_text() for text in texts[:-1]], names)
        self.assertEqual(texts[-1].get_text().replace("\n", " "), marks[0].name)
        for box in self.boxes(figure, texts):
            self.assertLess(box.y1, axes.bbox.y0)

    def test_a_short_legend_stands_beside_the_curves(self):
        series = [chart.Series(name, [1, 2], [1, 2]) for name in ("one", "two")]
        (axes,) = self.figure(chart.Chart("a", "a", "x", "y", series)).axes
        self.assertEqual(len(axes.get_legend().get_texts()), 2)

    def test_names_of_categories_are_all_to_be_read(self):
        names = [f"variant=small queue of many kinds, ue.muk_expired={i / 4}" for i in range(15)]
        values = [float(place) for place in range(15)]
        series = [
            chart.Series(name, list(range(15)), values, chart.POINTS, [y - 1 for y in values], [y + 2 for y in values])
            for name in ("A", "B")
        ]
        one = chart.Chart("a", "a", "case", "B relative to A (%)", series, [chart.Mark("y", 5.0, "alike")], categories=names)
        self.assertTrue(one.in_rows())
        self.assertEqual(chart.to_json(one)["kind"], "rows")
        figure = self.figure(one)
        axes = figure.axes[0]
        labels = axes.get_yticklabels()
        self.assertEqual([label.get_text().replace("\n", " ") for label in labels], names)
        boxes = self.boxes(figure, labels)
        self.assertGreater(boxes[0].y0, boxes[-1].y1)  # from the first one down
        self.assertEqual((axes.get_xlabel(), axes.get_ylabel()), ("B relative to A (%)", "case"))
        self.assertLess(axes.get_xlim()[0], -1)
        points = [line for line in axes.lines if line.get_marker() in "os" and len(line.get_xdata()) == 15]
        self.assertEqual([list(line.get_xdata()) for line in points], [values, values])
        for row, (first, second) in enumerate(zip(*(line.get_ydata() for line in points))):
            self.assertTrue(row - 0.5 < first < row < second < row + 0.5)  # side by side

    def test_short_names_stay_below_the_axis(self):
        series = [chart.Series("a", [0, 1], [1.0, 2.0], chart.POINTS)]
        self.assertFalse(chart.Chart("a", "a", "x", "y", series, categories=["even", "poisson"]).in_rows())
        series = [chart.Series("a", [0, 1], [NAN, NAN], chart.POINTS)]
        self.assertFalse(chart.Chart("a", "a", "x", "y", series, categories=["a" * 50, "b"]).in_rows())

    def test_metrics_of_a_comparison_have_names(self):
        row = {"metric": "zh_timeouts", "a": 1.0, "b": 2.0, "relative": 1.0, "relative_ci_low": 0.5,
               "relative_ci_high": 1.5, "verdict": "differs", "points": "only"}  # fmt: skip
        comparison = compare_plots.Comparison("", [row], [{"points": "only", "side": "A"}], [], {})
        (one,) = compare_plots.relative(comparison)
        self.assertEqual(one.categories, ["Zh timeouts"])

    def test_what_failed_stands_above_the_points_of_the_curve(self):
        series = [
            chart.Series("explored", [1, 2], [5.0, 3.0], hollow=[1, 0]),
            chart.Series("fails: a", [1], [5.0], chart.POINTS, hollow=[1]),
        ]
        (axes,) = self.figure(chart.Chart("a", "a", "x", "y", series)).axes
        failed = next(line for line in axes.lines if list(line.get_xdata()) == [1])
        self.assertGreater(failed.get_zorder(), max(one.get_zorder() for one in axes.collections))
        self.assertEqual(failed.get_markerfacecolor(), "white")

    def test_both_ends_of_an_axis_are_told(self):
        ticks = [100, 200, 300, 400, 500, 700, 800, 1000, 1300, 1600, 1900, 2200, 2500]
        kept = draw._spaced(ticks, 100, 2500, True)
        self.assertEqual((kept[0], kept[-1]), (100, 2500))
        self.assertTrue(all(math.log(b / a) / math.log(25) >= 1 / 11 for a, b in zip(kept, kept[1:])))
        self.assertEqual(draw._spaced([1, 2], 1, 2, False), [1, 2])
        for count in range(1, 40):
            for most in (2, 9, 16):
                places = draw._every(count, most)
                self.assertEqual((places[0], places[-1]), (0, count - 1))
                self.assertLessEqual(len(places), most)
                self.assertEqual(places, sorted(set(places)))


class Frontiers(unittest.TestCase):
    def frontier(self, meets, cost=lambda a, b: 3 * a + 10 * b, size=12):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        study_fixture.write_frontier(folder.name, meets, cost, size)
        return folder.name, frontier_plot.Frontier(os.path.join(folder.name, "frontier.csv"))

    def test_staircase(self):
        for meets in (
            lambda a, b: a * b >= 20, lambda a, b: a >= 3 and b >= 5, lambda a, b: (13 - a) * b >= 20,
            lambda a, b: a * (13 - b) >= 20, lambda a, b: a + b <= 9
        ):
            _, f = self.frontier(meets)
            x, y = frontier_plot.staircase(f)
            # Each way along the stairs: what lies on them meets the target, and what is beyond does not.
            self.assertTrue(all(meets(round(a), round(b)) for a, b in zip(x, y)))
            self.assertTrue(all(a == c or b == d for a, b, c, d in zip(x, y, x[1:], y[1:])))
            best = f.x[f.cheapest[0]], f.y[f.cheapest[0]]
            self.assertIn(best[0], x)

    def test_no_frontier_where_a_key_helps_and_hurts(self):
        path, f = self.frontier(lambda a, b: 4 <= a <= 8 and b > 2)
        self.assertEqual(frontier_plot.staircase(f), ([], []))
        self.assertIn("there is no frontier", frontier_plot.chart(path, "x", 144).note)
        self.assertEqual(frontier_plot.staircase(self.frontier(lambda a, b: False)[1]), ([], []))

    def test_lines_of_equal_cost(self):
        for cost in (lambda a, b: 3 * a + 10 * b, lambda a, b: a * b, lambda a, b: 5 * b - a):
            _, f = self.frontier(lambda a, b: a * b >= 20, cost)
            x, y = frontier_plot.cost_line(f, cost(6, 4))
            self.assertIn((6, 4), list(zip(x, y)))
            self.assertTrue(all(abs(cost(a, b) - cost(6, 4)) < 1e-9 for a, b in zip(x, y)))

    def test_picture(self):
        path, f = self.frontier(lambda a, b: a * b >= 20)
        plot = frontier_plot.chart(path, "a < b", 28)
        names = [one.name for one in plot.series]
        self.assertEqual(names[:3], ["meets the target", "does not meet it", "frontier"])
        self.assertIn("cheapest: bmsc.workers = 10, hss.workers = 2", names)
        self.assertIn("costs 50", names)
        self.assertIn("28 were run; what the others do follows", plot.note)
        self.assertEqual(len(plot.series[0].x) + len(plot.series[1].x), 144)

    def test_of_very_many_those_beside_the_frontier(self):
        path, f = self.frontier(lambda a, b: a >= 30, size=60)
        plot = frontier_plot.chart(path, "a", 3600)
        self.assertEqual(set(plot.series[0].x), {30.0})
        self.assertEqual(set(plot.series[1].x), {29.0})


if __name__ == "__main__":
    unittest.main()
