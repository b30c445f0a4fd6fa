# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What pages of plans and comparisons say: python3 -m unittest test_sayings, with scripts/ on the path."""

import html
import json
import os
import tempfile
import unittest

import pandas

from pullstorm_results import (
    chart, compare_plots, offered, opening, page_compare, page_plan, page_run, plan_plots, reading, wording,
)  # fmt: skip

GAP = wording.SPACE


class Comparisons(unittest.TestCase):
    def row(self, **more):
        row = {"points": "", "metric": "bmsc_utilisation_ratio", "a": 0.526, "b": 0.392, "difference": -0.134, "relative": -0.2548, "pairs": "4",
               "ci_low": -0.141, "ci_high": -0.128, "ci_note": "", "verdict": compare_plots.DIFFERS}  # fmt: skip
        return row | more

    def test_a_difference_of_shares_is_in_percentage_points(self):
        text = page_compare.sentence(self.row()).replace(GAP, " ")
        self.assertEqual(text, "Utilisation of the BM-SC: 52.6 % with A, 39.2 % with B: -13.4 percentage points, -25.5 % "
                               "(-14.1 to -12.8 percentage points).")  # fmt: skip
        self.assertEqual(page_compare.signed("zn_peak_per_s", 12.5), "+12.5/s")

    def test_the_page_opens_with_scenario_question_and_how_sure(self):
        runs = [{"points": "", "side": side, "folder": "/nowhere"} for side in "AB"]
        keys = [{"key": f"{name}.workers", "a": "4", "b": "6"} for name in ("bmsc", "bsf", "hss")]
        one = compare_plots.Comparison("", [self.row(pairs="1")], runs, keys[:1], {})
        self.assertEqual(page_compare.question(one), "What becomes different if bmsc.workers goes from 4 (A) to 6 (B)?")
        self.assertIn("not there any more: the scenario is not known", page_compare.scenario(one)[0])
        self.assertIn("says nothing of chance", page_compare.uncertain(one))
        four = compare_plots.Comparison("", [self.row()], runs, keys + keys[:1], {})
        self.assertIn("6 (B) and 1 more key differs?", page_compare.question(four))

    def test_both_sides_are_in_the_scenario(self):
        with tempfile.TemporaryDirectory() as folder:
            runs = []
            for side, workers in (("A", 4), ("B", 6)):
                for point in (1, 2):
                    run = os.path.join(folder, f"{side}{point}")
                    os.mkdir(run)
                    text = f"[bmsc]\nworkers = {workers}\n[pull]\nrate = {point}k/s\n"
                    with open(os.path.join(run, "manifest.json"), "w", encoding="utf-8") as file:
                        json.dump({"scenario_text": text}, file)
                    runs.append({"points": f"p{point}", "side": side, "folder": run})
            said = page_compare.scenario(compare_plots.Comparison("", [], runs, [], {}))[0]
        self.assertIn("The BM-SC has 4 (A) or 6 (B) workers", said)
        self.assertIn("pulls go out at 1k/s or 2k/s", said)


class Loads(unittest.TestCase):
    def notes(self, ratio, key):
        numbers = {"hss_offered_ratio": ratio, "hss_full_s": 13.9, "hss_workers_min": 3.0, "hss_capacity_ues_per_s": 600.0,
                   "hss_full_queue_s": 10.0, "hss_patience_s": 5.0, "hss_dead_queue": 1250.0}  # fmt: skip
        return [text.replace(GAP, " ") for text in offered.notes(offered.Load(numbers, {"hss_dead_work": key}, {}))]

    def test_dead_work_is_of_the_limit_that_the_program_names_at_any_load(self):
        self.assertEqual(self.notes(0.5, "hss.queue_time_limit"), [
            "A queue of hss.queue_time_limit takes the HSS 10 s, and who asks it waits 5 s: once more than 1 250 jobs wait, "
            "it works for nobody."])  # fmt: skip
        self.assertEqual(self.notes(0.5, ""), [])

    def test_what_changes_during_the_run_is_not_in_it(self):
        still, changing = (offered.Load({f"{prefix}_offered_ratio": 0.5 for prefix in ("bmsc", "bsf", "hss")},
                                        {"verdict": "calm", "left_out": text}, {}) for text in ("", "fault.drop [at]"))  # fmt: skip
        self.assertEqual(offered.notes(still), [])
        self.assertEqual(offered.notes(changing), [offered.START_ALONE])
        self.assertIn("to be expected: calm.", offered.expected(still))
        self.assertIn("to be expected, had nothing changed: calm.", offered.expected(changing))

    def test_a_queue_overflows_and_no_ue(self):
        self.assertIn("as long as pulls go out, and its queue overflows 13.9 s after the first, so", self.notes(1.5, "")[0])


class Queues(unittest.TestCase):
    def test_a_queue_longer_than_its_limit_has_work_of_the_server_in_it(self):
        metrics = {"bmsc_queue_max": 10713.0, "bsf_queue_max": 10000.0, "hss_queue_max": 3.0}
        keys = {f"{prefix}.queue_limit": "10000" for prefix in ("bmsc", "bsf", "hss")}
        run = reading.Run("", "", keys, metrics, None, pandas.DataFrame(), None, {})
        text = ("The queue of the BM-SC was longer than bmsc.queue_limit: the server's own work (pulls, MSK messages and "
                "Zn answers) is never turned away.")  # fmt: skip
        self.assertIn(f"</table></div>\n<p>{html.escape(text)}</p>", page_run.server_table(run))
        metrics["bmsc_queue_max"] = 10000.0
        self.assertNotIn("never turned away", page_run.server_table(run))


class Plans(unittest.TestCase):
    def points(self, **columns):
        return pandas.DataFrame({"point": range(1, 1 + len(next(iter(columns.values())))), **columns})

    def answer(self, status, sought="smallest", tried=0, **row):
        curve = pandas.DataFrame({"point": [1] * tried, "time_to_key_p99_s_mean": [1.0] * tried})
        plan = reading.Plan("", "", "", "", sought, "", "bmsc.workers", [], None, curve)
        row = {"point": 1, "answer": "", "status": status, "sought": sought, "sure": "yes", **row}
        return page_plan.answer_sentence(plan, row, "ue.count = 1M").replace(GAP, " ")

    def test_smallest_and_largest_answers_are_not_joined(self):
        for sought, style in ((["smallest"] * 2, chart.LINE), (["smallest", "largest"], chart.POINTS)):
            rows = self.points(**{"pull.rate": ["1", "2"], "answer": ["3", "4"], "sought": sought})
            axes = reading.axes_of(["pull.rate"], [])
            plan = reading.Plan("", "", "", "", "smallest", "", "bmsc.workers", axes, rows, pandas.DataFrame())
            self.assertEqual(plan_plots.answers(plan).series[0].style, style)

    def test_answers_say_how_many_curves_are_shown(self):
        for count, note in ((8, "target: t"), (12, "target: t; 8 of 12 curves shown")):
            places = [(rate, cells) for rate in ("1", "2") for cells in range(1, count + 1)]
            rows = self.points(
                **{"pull.rate": [rate for rate, _ in places], "ue.cells": [str(cells) for _, cells in places]},
                answer=["3"] * len(places),
                sought=["smallest"] * len(places),
            )
            axes = reading.axes_of(["pull.rate", "ue.cells"], [])
            plan = reading.Plan("", "", "t", "", "smallest", "", "bmsc.workers", axes, rows, pandas.DataFrame())
            drawn = plan_plots.answers(plan, "pull.rate")
            self.assertEqual((drawn.note, len(drawn.series)), (note, 8))
            self.assertIn(f"ue.cells = {count}", [one.name for one in drawn.series])

    def test_answers_in_words(self):
        self.assertEqual(
            self.answer(
                "met",
                answer="32",
                time_to_key_p99_s_mean="55.5",
                neighbour="31",
                neighbour_time_to_key_p99_s_mean="86.1",
            ),
            "With ue.count = 1M the smallest bmsc.workers that meets the target is 32: the 99th percentile of the time "
            "to key is 55.5 s; with 31 it is 86.1 s.",
        )
        self.assertIn("no bmsc.workers that was tried meets the target", self.answer("never"))
        self.assertIn("a run failed", self.answer("failed"))
        text = self.answer("always", "largest", answer="16", time_to_key_p99_s_mean="")
        self.assertIn("every bmsc.workers that was tried meets the target, and the largest is 16", text)
        self.assertIn("has no value", text)

    def test_an_unsure_answer_says_how_often_it_was_met(self):
        text = self.answer("met", answer="3", sure="no", met_runs="10 of 10", met_low="0.7411")
        self.assertIn("not sure with 95 % confidence. It was met in 10 of 10 runs: by at least 74 % of all runs.", text)

    def test_never_says_how_much_was_tried_and_what_came_nearest(self):
        near = {"neighbour": "4", "neighbour_time_to_key_p99_s_mean": "1.12", "neighbour_failed": "time_to_key_p99_s <= 1"}
        text = self.answer("never", tried=13, values="25", neighbour_verdict="calm in 3 of 3 runs", **near)
        self.assertEqual(
            text, "With ue.count = 1M none of the 25 values of bmsc.workers meets the target as far as was looked, at 13 of "
            "them. The nearest miss is bmsc.workers = 4: it fails time_to_key_p99_s <= 1, and the 99th percentile of the "
            "time to key is 1.12 s. There the storm was calm in 3 of 3 runs.")  # fmt: skip
        text = self.answer("never", "cheapest", tried=9, values="9", key2="hss.workers", neighbour2="3", **near)
        self.assertIn("none of the 9 combinations of bmsc.workers and hss.workers meets the target. The nearest miss is "
                      "bmsc.workers = 4 and hss.workers = 3: it fails", text)  # fmt: skip

    def test_the_verdict_of_an_answer_is_told_in_words(self):
        texts, word = page_plan.verdicts([{"point": 1, "verdict": "collapsed in 1 of 6 runs; cut off in 6 of 6 runs"}])
        self.assertEqual(word, "collapsed")
        self.assertIn("At the answer the storm was collapsed in 1 of 6 runs: for 10 s or more", texts[0])
        self.assertIn("At the answer the storm was cut off in 6 of 6 runs: run.end came before", texts[1])
        rows = [{"point": point, "verdict": text} for point, text in enumerate(("calm in 3 of 3 runs", "", "calm in 9 of 9 runs"), 1)]
        self.assertIn("At the answers of points 1 and 3 the storm was calm in all runs: ", page_plan.verdicts(rows)[0][0])

    def plan_of(self, rates, **answers):
        rows = self.points(**{"pull.rate": rates, "status": "met", "sure": "no", "key": "bmsc.workers", **answers})
        axes = reading.axes_of(["pull.rate"], [])
        curve = pandas.DataFrame({"point": rows["point"], "value": "4", "n": 3.0})
        return reading.Plan("", "", "", "bmsc.workers=1..9", "smallest", "3..6", "bmsc.workers", axes, rows, curve)

    def test_what_was_run_is_told_and_no_option(self):
        plan = self.plan_of(["1", "2", "3"], answer=["4", "5", "6"])
        for runs, text in (([3, 3, 3], "3 runs"), ([6, 3, 6], "3 or 6 runs"), ([3, 10, 4], "3 to 10 runs"), ([1, 1, 1], "1 run")):
            plan.curve["n"] = runs
            self.assertIn(f"By {text} of a value;", page_plan.uncertain(plan))

    def test_points_with_an_answer_come_first_and_those_without_are_counted(self):
        found = [""] * 9 + ["4", "5", "6"]
        plan = self.plan_of([str(rate) for rate in range(1, 13)], answer=found, verdict=["calm in 3 of 3 runs" if one else "" for one in found],
                            status=["met" if one else "never" for one in found], neighbour="", sought="smallest")  # fmt: skip
        said = page_plan.answer_sentences(plan)
        self.assertEqual([" is 4" in text or " is 5" in text or " is 6" in text for text in said[:4]], [True] * 3 + [False])
        self.assertEqual(said[6:], ["The table below has all 12 points."])
        body = page_plan.head(plan).replace(GAP, " ")
        self.assertIn('<div class="answer plain">\n<p>3 of the 12 points have an answer, points 1 to 9 have none.</p>', body)
        rows = plan.answers.to_dict("records")
        self.assertEqual(page_plan.without_answer(rows[:9]), ["None of the 9 points has an answer."])
        self.assertEqual(page_plan.without_answer(rows[8:10]), ["1 of the 2 points has an answer, point 9 has none."])
        self.assertEqual((page_plan.without_answer(rows[9:]), page_plan.without_answer(rows[:1])), ([], []))

    def looked(self, rows, values, **answer):
        """What a page says of a plan that looked at these values of points; values: how many the range has."""
        curve = pandas.DataFrame(rows, columns=["point", "value"])
        answers = self.points(point=sorted({point for point, _ in rows}), values=values, **answer)
        plan = reading.Plan("", "", "", "", "smallest", "", "bmsc.workers", [], answers, curve)
        return [text.replace(GAP, " ") for text in page_plan.looked(plan)]

    def test_what_was_not_looked_at_is_told(self):
        def of(*values):
            return [(1, str(value)) for value in values]

        unseen = "Whether the target is met there nobody has seen."
        for rows, count, text in (
            (of(1, 16, 3, 4, 6, 11), ["16"], "Of the 16 values of bmsc.workers 6 were run: nothing was run between 1 and 3, nor "
             f"between 4, 6, 11 and 16. {unseen}"),
            (of(1, 2, 8, 16), ["5"], f"Of the 5 values of bmsc.workers 4 were run: nothing was run between 2 and 8. {unseen}"),
            (of(1, 2, 7, 16), ["5"], "Of the 5 values of bmsc.workers 4 were run: 1, 2, 7 and 16. What the others do nobody has seen."),
            (of(1, 2, 3), ["3"], "All 3 values of bmsc.workers were run."),
            (of(1, 2), [""], "2 values of bmsc.workers were run: 1 and 2. What the others do nobody has seen."),
            (of(2), ["1"], "Only bmsc.workers = 2 was run."),
        ):  # fmt: skip
            self.assertEqual(self.looked(rows, count), [text])

    def test_points_that_were_looked_at_alike_are_told_together(self):
        rows = [(point, value) for point in (1, 2, 3) for value in ("1", "2", "4")[: 3 if point < 3 else 2] + ("8",)]
        self.assertEqual(self.looked(rows, ["8"] * 3)[0][:63], "At points 1 and 2: of the 8 values of bmsc.workers 4 were run: ")
        self.assertEqual(len(self.looked(rows, ["8"] * 3)), 2)
        many = self.looked([(point, str(value)) for point in range(2, 20) for value in (1, point, 20)], ["20"] * 18)
        self.assertEqual((len(many), many[-1]), (7, "What was run at the other points stands in plan_curve.csv."))
        (text,) = self.looked([(1, "1"), (1, "1"), (1, "3")], ["9"], key2="hss.workers")
        self.assertIn("Of the 9 combinations of bmsc.workers and hss.workers 3 were run", text)

    def test_without_an_answer_nothing_is_its_neighbour(self):
        study_file, load_with = reading.study_file, opening.load_with
        reading.study_file = lambda path: ("", [], {})
        opening.load_with = lambda *_: (None, "")
        try:
            never = self.plan_of(["1"], answer=[""], neighbour=["4"])
            self.assertEqual([where for where, _, _ in page_plan.loads(never)[0]], ["bmsc.workers = 4, the nearest miss"])
            rates = [str(rate) for rate in range(1, 9)]
            found, _, left_out = page_plan.loads(self.plan_of(rates, answer=["5"] * 8, neighbour=["4"] * 8))
        finally:
            reading.study_file, opening.load_with = study_file, load_with
        self.assertEqual(left_out, [5, 6, 7, 8])
        self.assertEqual(sum(", the neighbour" not in where for where, _, _ in found), 8)
        self.assertIn("leave open whether the target is met: more", page_plan.uncertain(never))
        both = page_plan.uncertain(self.plan_of(["1", "2"], answer=["5", "6"], neighbour=["4", "5"]))
        self.assertIn("leave open whether these are the answers at points 1 and 2: more", both)

    def test_a_window_has_both_ends_and_what_fails_beyond(self):
        row = {"answer": "1000", "window_low": "1000", "window_high": "1300", "below_failed": "keyed_within_1_ratio >= 0.99"}
        text = self.answer("window", **row)
        self.assertIn("It is met from 1 000 to 1 300; less fails keyed_within_1_ratio >= 0.99.", text)
        text = self.answer("window", **row, above_failed="hss_utilisation_ratio <= 0.8")
        self.assertIn("less fails keyed_within_1_ratio >= 0.99 and more fails hss_utilisation_ratio <= 0.8.", text)
        self.assertNotIn("It is met from", self.answer("window", **(row | {"window_high": "1000"})))

    def test_two_keys_are_a_combination_with_its_price(self):
        row = {"key2": "hss.workers", "answer2": "4", "neighbour": "3", "neighbour2": "4", "cost": "55"}
        text = self.answer("met", "cheapest", answer="5", price="3*bmsc.workers + 10*hss.workers", **row)
        self.assertIn(
            "the cheapest combination of bmsc.workers and hss.workers that meets the target is bmsc.workers = 5 and "
            "hss.workers = 4, for 55 (3*bmsc.workers + 10*hss.workers)", text)  # fmt: skip
        self.assertIn("; with bmsc.workers = 3 and hss.workers = 4 it has no value", text)
        self.assertIn("no combination of bmsc.workers and hss.workers", self.answer("never", "cheapest", key2="hss.workers"))


if __name__ == "__main__":
    unittest.main()
