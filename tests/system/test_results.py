# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The pure functions behind plots and reports: python3 -m unittest test_results, with scripts/ on the path."""

import math
import os
import tempfile
import unittest

import pandas

from pullstorm_results import (
    chart, leftovers, offered, opening, page_run, page_study, parts, reading, repeat, run_plots,
    study_plots, verdict, wording, words
)

NAN = float("nan")
GAP = wording.SPACE


class Verdicts(unittest.TestCase):
    def metrics(self, **more):
        found = {"overloaded": 0, "collapsed": 0, "cut_off": 0, "recovery_s": 0.0}
        for prefix, _ in wording.SERVERS:
            found |= {f"{prefix}_late_max_s": 0.0, f"{prefix}_useful_ratio": 1.0}
        return found | more

    def test_the_worst_is_said(self):
        self.assertEqual(verdict.of(self.metrics()), "calm")
        self.assertEqual(verdict.of(self.metrics(overloaded=1)), "overloaded")
        self.assertEqual(verdict.of(self.metrics(cut_off=1)), "cut off")
        self.assertEqual(verdict.of(self.metrics(cut_off=1, collapsed=1)), "collapsed")
        self.assertEqual(verdict.of({"verdict": "overloaded"}), "overloaded")
        self.assertEqual(verdict.of({"cut_off": 0}), "")
        self.assertEqual(verdict.of_point({"overloaded_mean": 0.2, "collapsed_mean": 0.0, "cut_off_mean": 0.0}), "overloaded")
        self.assertEqual(verdict.of_point({"overloaded_mean": NAN, "collapsed_mean": NAN, "cut_off_mean": NAN}), "")

    def test_sentences(self):
        self.assertIn("Calm: no job", verdict.sentences(self.metrics()))
        text = verdict.sentences(self.metrics(overloaded=1, recovery_s=3.6)).replace(GAP, " ")
        self.assertIn("It recovered by itself, 3.6 s after the last first pull was due.", text)
        self.assertIn("by itself before the last", verdict.sentences(self.metrics(overloaded=1)))
        text = verdict.sentences(self.metrics(cut_off=1, recovery_s=NAN), "10s")
        self.assertIn("Cut off by run.end = 10s, before the storm had ended", text)
        text = verdict.sentences(
            self.metrics(collapsed=1, cut_off=1, recovery_s=NAN, bsf_late_max_s=12.0, hss_late_max_s=60.0, hss_useful_ratio=0.1)
        ).replace(GAP, " ")
        self.assertIn("Collapsed: for 60 s without a break nothing useful was served. The HSS", text)
        self.assertIn("only 10 % was in time. The run was cut off before it had recovered.", text)


class Bottleneck(unittest.TestCase):
    def run_of(self, busy, waits, series=None):
        metrics = {f"{prefix}_utilisation_ratio": value for prefix, value in zip(("bmsc", "bsf", "hss"), busy)}
        metrics |= {f"{prefix}_wait_mean_s": value for prefix, value in zip(("bmsc", "bsf", "hss"), waits)}
        metrics |= {f"{prefix}_queue_max": 100 for prefix in ("bmsc", "bsf", "hss")}
        keys = {f"{prefix}.{key}": "1000" if key == "queue_limit" else "4"
                for prefix in ("bmsc", "bsf", "hss") for key in ("workers", "queue_limit")}  # fmt: skip
        table = pandas.DataFrame(series or {"time_s": [0.0]})
        return reading.Run("", "", keys, metrics, table, None, None, {})

    def load_of(self, *ratios):
        numbers = {f"{prefix}_offered_ratio": value for prefix, value in zip(("bmsc", "bsf", "hss"), ratios)}
        return offered.Load(numbers, {"bottleneck": "BSF"}, {})

    def test_it_is_not_who_waited_most(self):
        run = self.run_of((0.95, 0.99, 0.98), (0.0, 0.6, 4.0))
        self.assertEqual(words.bottleneck(run, self.load_of(0.953, 1.07, 0.874)), "bsf")
        self.assertEqual(words.bottleneck(self.run_of((0.95, 0.99, 0.9), (0.0, 0.6, 4.0))), "bsf")
        text = words.relief(run, self.load_of(0.953, 1.07, 0.874))
        self.assertIn("The bottleneck is the BSF", text)
        self.assertIn("Waits were longer at the HSS, behind it", text)

    def test_servers_alike_are_told_apart_by_where_a_queue_stood_first(self):
        times = [float(second) for second in range(8)]
        series = {"time_s": times, "hss_busy": [4.0] * 8, "hss_queue": [0.0] * 5 + [50.0] * 3,
                  "bsf_busy": [4.0] * 8, "bsf_queue": [0.0] * 2 + [50.0] * 6}  # fmt: skip
        run = self.run_of((0.5, 0.99, 1.0), (0.0, 0.6, 4.0), series)
        self.assertEqual(words.bottleneck(run), "bsf")

    def test_no_value_is_no_load(self):
        self.assertEqual(words.bottleneck(self.run_of((NAN, 0.2, NAN), (NAN, 0.1, NAN))), "bsf")


class Openings(unittest.TestCase):
    def test_values_of_tables_get_the_units_that_the_program_wants(self):
        for key, value, text in (
            ("pull.rate", "500", "500/s"),
            ("diameter.timeout", "0.5", "0.5s"),
            ("bmsc.workers", "4", "4"),
            ("ue.muk_expired", "0.25", "0.25"),
            ("bmsc.service_time", "exp(0.002)", "exp(0.002s)"),
            ("bmsc.service_time", "lognormal(0.04, 0.5)", "lognormal(0.04s, 0.5)"),
            ("bmsc.service_time", "uniform(0.001, 0.003)", "uniform(0.001s, 0.003s)"),
            ("pull.pacing", "burst", "burst"),
        ):
            self.assertEqual(opening.with_unit(key, value), text)

    def test_what_a_scenario_says_is_english(self):
        text = words.scenario(words.Keys({"access.loss": "0"}, {"bmsc.workers": words.either(["2", "4", "8"])}))
        self.assertIn(" round trip, no packet lost.", text)
        self.assertIn("The BM-SC has 2, 4 or 8 workers", text)
        self.assertIn(", 1% of the packets lost.", words.scenario(words.Keys({"access.loss": "1%"})))
        self.assertIn("longer than 1 s for a worker", opening.MEANINGS[verdict.OVERLOADED])

    def test_what_varies_is_in_the_scenario_and_so_is_its_end(self):
        varied = {"bmsc.workers": "2 or 4", "hss.queue_limit": "50 or 10k", "run.seed": "1 or 2"}
        text = words.scenario(words.Keys({"run.end": "5s"}, varied))
        self.assertTrue(text.endswith(" A run ends after 5s at the latest (run.end). What varies besides: hss.queue_limit (50 or 10k)."))
        self.assertTrue(words.scenario(words.Keys({"run.end": "60min"})).endswith("Network engine: native."))

    def test_a_variant_has_its_own_settings(self):
        text = "[study]\nbase = b.ini\n[set]\nue.count = 5\n[axis a]\npull.rate = 1/s, 2/s\n[variant x]\nbsf.workers = 3\n[variant y]\n"
        self.assertEqual(
            opening.settings_of(text, ["variant", "pull.rate"], {"variant": "x", "pull.rate": "2"}),
            {"ue.count": "5", "bsf.workers": "3", "pull.rate": "2/s"},
        )
        self.assertEqual(opening.settings_of(text, ["pull.rate"], {"pull.rate": "2"}), {"ue.count": "5", "pull.rate": "2/s"})


class Wording(unittest.TestCase):
    def test_an_interval_is_never_of_no_width(self):
        text = wording.estimate_text("update_p99_s", 0.2481, 0.248, 0.2482).replace(GAP, " ")
        self.assertEqual(text, "248.1 ms (248 ms to 248.2 ms)")
        self.assertEqual(wording.estimate_text("update_p99_s", 0.5, NAN, NAN).replace(GAP, " "), "500 ms")
        self.assertEqual(wording.estimate_text("ues", 20.0, 20.0, 20.0), "20")
        text = wording.estimate_text("ues_keyed_ratio", 1.0, 0.9999, 1.0).replace(GAP, " ")
        self.assertEqual(text, "100 % (more than 99.9 % to 100 %)")

    def test_a_count_has_groups_its_unit_and_no_more_digits_than_its_interval(self):
        for args, text in (
            (("zh_timeouts", 97930.4, 97660.2, 98200.1), "97 930 (97 660 to 98 200)"),
            (("core_bytes", 4343179.0, 4035000.3, 4652000.0), "4 343 000 bytes (4 035 000 bytes to 4 652 000 bytes)"),
            (("core_bytes", 4343179.0, NAN, NAN), "4 343 179 bytes"),
            (("zn_peak_per_s", 769.4, NAN, NAN), "769.4/s"),
            (("http_503", NAN, NAN, NAN), "–"),
        ):
            self.assertEqual(wording.estimate_text(*args).replace(GAP, " "), text)
        self.assertEqual(wording.memory(42184700).replace(GAP, " "), "42.2 MB")
        self.assertEqual(wording.metric_label("bmsc_queue_max"), "Longest queue at the BM-SC (jobs)")

    def test_phrases_are_words(self):
        for name, phrase in (
            ("http_503", "the number of 503 answers of the BM-SC"),
            ("zn_peak_per_s", "the Zn requests in the busiest second"),
            ("ub_peak_per_s", "the GETs to the BSF in the busiest second"),
            ("gba_max_s", "the longest duration of a bootstrap"),
            ("zn_p50_s", "the median of the duration of a Zn request"),
            ("update_p99_s", "the time until 99 % of all UEs hold the key"),
            ("keyed_within_1_ratio", "the share of UEs that held the key by the first of output.deadlines"),
            ("bsf_queue_max", "the longest queue at the BSF"),
        ):
            self.assertEqual(wording.metric_phrase(name).replace(GAP, " "), phrase)
        for name in reading.known_metrics():
            self.assertRegex(wording.metric_phrase(name), r"^the [^_]+$", name)

    def test_numbers(self):
        self.assertEqual(wording.count(1234567), f"1{GAP}234{GAP}567")
        self.assertEqual(wording.count(NAN), "–")
        self.assertEqual(wording.significant(0.000012345), "0.0000123")
        self.assertEqual(wording.significant(12345.6), "12300")
        self.assertEqual(wording.significant(-0.5), "-0.5")

    def test_ticks_of_one_axis_share_their_prefix(self):
        self.assertEqual([wording.compact(v, 14000) for v in (0, 2000, 14000)], ["0", "2k", "14k"])
        self.assertEqual(
            [wording.compact(v) for v in (500, 2500, 20000, 1.5e6, 0.25)], ["500", "2500", "20k", "1.5M", "0.25"]
        )

    def test_durations(self):
        for value, text in (
            (0, "0 s"),
            (38e-6, "38 µs"),
            (0.247, "247 ms"),
            (115.2, "115 s"),
            (900, "15 min"),
            (86400, "24 h"),
        ):
            self.assertEqual(wording.seconds(value), text.replace(" ", GAP))

    def test_shares_never_hide_a_rest(self):
        self.assertEqual(wording.percent(0.99999), f"more than 99.9{GAP}%")
        self.assertEqual(wording.percent(0.0001), f"less than 0.1{GAP}%")
        self.assertEqual(wording.percent(1), f"100{GAP}%")
        self.assertEqual(wording.percent(1.0001), f"more than 100{GAP}%")
        self.assertEqual(wording.percent(1.0028), f"100.3{GAP}%")
        self.assertEqual(wording.percent(0.583), f"58.3{GAP}%")

    def test_units(self):
        self.assertEqual(wording.key_value("pull.rate", "2000"), "2000/s")
        self.assertEqual(wording.key_value("ue.muk_expired", "0.1"), f"10{GAP}%")
        self.assertEqual(wording.key_label("pull.rate"), "pull.rate (1/s)")
        self.assertEqual(wording.key_value("variant", "poisson"), "poisson")
        self.assertEqual(wording.metric_label("time_to_key_p99_s"), "Time to key, 99th percentile (s)")
        self.assertEqual(wording.metric_label("bsf_utilisation_ratio"), "Utilisation of the BSF (%)")

    def test_titles_are_words_and_the_unit_stands_once(self):
        self.assertEqual(wording.metric_label("gba_p95_s"), "Duration of a bootstrap, 95th percentile (s)")
        self.assertEqual(wording.metric_label("hss_useful_ratio"), "Work of the HSS that was still waited for (%)")
        self.assertEqual(wording.metric_label("zh_peak_per_s"), "Zh requests in the busiest second (1/s)")
        self.assertEqual(wording.metric_label("recovery_s"), "Time until the servers have recovered (s)")
        known = reading.known_metrics()
        self.assertGreater(len(known), 300)
        for name in known:
            title = wording.metric_title(name)
            self.assertNotRegex(title, r"_|\(|\bratio\b|\bper s\b|\bp\d\d", name)
            self.assertEqual(title[0], title[0].upper(), name)

    def test_distributions_have_units(self):
        for text, wanted in (
            ("exp(0.04)", f"exp(40{GAP}ms)"),
            ("fixed(1)", f"fixed(1{GAP}s)"),
            ("uniform(0.001, 0.003)", f"uniform(1{GAP}ms, 3{GAP}ms)"),
            ("lognormal(0.01, 0.5)", f"lognormal(10{GAP}ms, 0.5)"),
            ("what(else", "what(else"),
        ):
            self.assertEqual(wording.key_value("bmsc.service_time", text), wanted)
        self.assertEqual(wording.key_value("variant", "exp(0.04)"), "exp(0.04)")

    def test_values_with_units(self):
        for text, value in (("1k", 1000), ("1_000", 1000), ("10 k", 10000), ("1M", 1e6), ("50ms", 0.05), ("x", None)):
            self.assertEqual(wording.base_units(text), value)

    def test_what_ifs(self):
        text = "[ue]\ncount = 1\n[whatif]\npull_backoff_wait = 0ms\npull_backoff_max = 30s\nzn_timeout_status = 504\n"
        on = words.what_ifs(reading.scenario_values(text))
        self.assertEqual(on, ["whatif.pull_backoff_max = 30s"])
        self.assertEqual(
            words.what_if_warning(on), ["What if: whatif.pull_backoff_max = 30s. No standard has that."]
        )
        self.assertEqual(words.what_if_warning([]), [])
        study = reading.parse_ini("[study]\nbase = x\n[axis a]\nwhatif.pull_backoff_max = 0s, 1s\n[variant b]\npull.rate = 1\n")
        self.assertEqual(
            words.what_ifs_of_study(study, "[whatif]\nzn_timeout_status = 503\n"),
            ["whatif.zn_timeout_status = 503 (base scenario)", "whatif.pull_backoff_max = 0s, 1s ([axis a])"],
        )

    def test_points_in_words(self):
        self.assertEqual(words.named_points([3]), "point 3")
        self.assertEqual(words.named_points([1, 2, 4, 5, 6, 7]), "points 1, 2 and 4 to 7")
        self.assertEqual(words.named_points(list(range(1, 60, 2)))[:20], "30 points (1, 3, 5, ")

    def test_meanings_stand_alone(self):
        meaning = reading.known_metrics()["time_to_key_p50_s"][1]
        self.assertEqual(meaning, "median: first pull of a UE due until the UE holds the new MSK")

    def test_axis_values(self):
        self.assertEqual(wording.axis_numbers("ue.muk_expired", ["0", "0.3", "1"]), ([0, 30, 100], ""))
        self.assertEqual(wording.key_label("ue.muk_expired"), "ue.muk_expired (%)")
        self.assertEqual(wording.axis_numbers("pull.rate", ["1", "2.5", "1e+06"]), ([1.0, 2.5, 1e6], ""))
        for texts, wanted in (
            (["exp(0.002)", "exp(0.004)"], ([0.002, 0.004], ", exp, mean")),
            (["lognormal(1, 0.5)", "lognormal(2, 0.5)"], ([1.0, 2.0], ", lognormal, mean")),
            (["lognormal(1, 0.5)", "lognormal(1, 0.7)", "exp(1)"], (None, "")),
        ):
            self.assertEqual(wording.axis_numbers("bmsc.service_time", texts), wanted)
        self.assertEqual(wording.axis_numbers("pull.pacing", ["uniform", "poisson"]), (None, ""))

    def test_names_are_no_numbers(self):
        for name in ("1", "1.0", "inf", "nan", "1_000", "exp(0.04)"):
            self.assertEqual(wording.axis_numbers("variant", [name, "2"]), (None, ""))
            self.assertEqual(wording.key_value("variant", name), name)
        self.assertEqual(wording.key_value("fault.drop", "1"), "1")
        for text in ("inf", "nan", "1_000", "٣"):
            self.assertEqual(wording.axis_numbers("pull.rate", [text]), (None, ""))

    def test_geometric(self):
        self.assertTrue(wording.geometric([1, 2, 4, 8, 16]))
        self.assertTrue(wording.geometric([200, 500, 1000, 2000, 5000]))
        self.assertFalse(wording.geometric([10, 20, 30, 40, 50, 60]))
        self.assertFalse(wording.geometric([0, 1, 10, 100]))
        self.assertFalse(wording.geometric([1, 10]))

    def test_plural_and_lists(self):
        self.assertEqual(words.plural(1, "UE"), "1 UE")
        self.assertEqual(words.plural(2000, "UE"), f"2{GAP}000 UEs")
        self.assertEqual(words.listed(["a", "b", "c"]), "a, b and c")


class Charts(unittest.TestCase):
    def test_thinning_keeps_ends_and_extremes(self):
        x = list(range(10000))
        y = [math.sin(i / 50) for i in x]
        y[4321], y[777] = 99.0, -99.0
        few_x, few_y = chart.thin(x, y, 300)
        self.assertLessEqual(len(few_x), 300)
        self.assertEqual((few_x[0], few_x[-1]), (0, 9999))
        self.assertIn(99.0, few_y)
        self.assertIn(-99.0, few_y)
        self.assertEqual(few_x, sorted(few_x))
        self.assertTrue(all(y[i] == value for i, value in zip(few_x, few_y)))

    def test_thinning_leaves_gaps(self):
        few_x, few_y = chart.thin(list(range(1000)), [NAN] * 500 + [1.0] * 500, 20)
        self.assertEqual((few_x[0], few_x[-1], few_y[-1]), (0, 999, 1.0))
        self.assertTrue(math.isnan(few_y[3]))

    def test_short_curves_stay(self):
        self.assertEqual(chart.thin([1, 2], [3, 4], 300), ([1, 2], [3, 4]))

    def test_json_has_no_nan(self):
        self.assertEqual(chart.rounded([NAN, 1.23456789, 2.0, math.inf]), [None, 1.23457, 2, None])


class Runs(unittest.TestCase):
    def test_a_long_series_keeps_its_peaks(self):
        rows = 10 * run_plots.MOST_ROWS
        queue = [float(row % 7) for row in range(rows)]
        queue[rows // 3] = 99.0
        series = pandas.DataFrame({"time_s": [float(row) for row in range(rows)], "bmsc_queue": queue})
        curve = run_plots.queues(reading.Run("", "", {}, {}, series, None, None, {})).series[0]
        self.assertLessEqual(len(curve.x), run_plots.MOST_ROWS)
        self.assertEqual(curve.x[curve.y.index(99.0)], rows // 3)
        self.assertEqual((curve.x[0], curve.x[-1]), (0, rows - 1))

    def test_rates(self):
        self.assertEqual(run_plots.rates([0, 1, 2, 4], [0, 10, 30, 30]), ([0, 1, 2, 4], [10, 10, 20, 0]))

    def test_a_short_last_interval_does_not_leap(self):
        ends, growth = run_plots.rates([0, 1, 2, 2.01], [0, 10, 20, 21])
        self.assertEqual(ends, [0, 1, 2.01])
        self.assertAlmostEqual(growth[-1], 11 / 1.01)

    def test_utilisation_is_of_intervals_and_not_of_instants(self):
        # Of 2 workers one is busy in all of the second second and in half of the third, and never when one looks.
        series = pandas.DataFrame({"time_s": [0.0, 1.0, 2.0, 3.0], "hss_busy": [0.0] * 4,
                                   "hss_busy_us": [0.0, 0.0, 1e6, 1.5e6]})  # fmt: skip
        run = reading.Run("", "", {"hss.workers": "2"}, {"hss_utilisation_ratio": 0.375}, series, None, None, {})
        chart = run_plots.utilisation(run)
        (curve,) = chart.series
        self.assertEqual((curve.x, curve.y), ([0, 1, 2, 3], [0, 0, 50, 25]))
        self.assertEqual(curve.name.replace("\u00a0", " "), "HSS (37.5 % while first pulls go out)")

    def test_distribution(self):
        rows = pandas.DataFrame({"from_s": [1.0, 4.0], "to_s": [2.0, 4.0], "count": [3.0, 1.0]})
        self.assertEqual(run_plots.cumulative(rows), ([1.0, 2.0, 4.0, 4.0], [0.0, 75.0, 75.0, 100.0]))
        start, end, counts = run_plots.rebinned(rows)
        self.assertAlmostEqual(sum(counts), 4)
        self.assertEqual((start[0], end[-1]), (1.0, 4.0))

    def test_histogram_keeps_every_sample(self):
        edges = [0.2 * 1.015625**i for i in range(300)]
        rows = pandas.DataFrame(
            {"from_s": edges[:-1], "to_s": edges[1:], "count": [float(i % 7) for i in range(299)]}
        )
        self.assertAlmostEqual(sum(run_plots.rebinned(rows)[2]), rows["count"].sum(), places=6)

    def saturated(self, busy, queue, workers="4", scenario=""):
        times = [float(i) for i in range(len(busy))]
        series = pandas.DataFrame({"time_s": times, "bmsc_busy": busy, "bmsc_queue": queue})
        keys = {"bmsc.workers": workers, "bmsc.queue_limit": "1000"}
        return words.saturated_seconds(reading.Run("", "", keys, {}, series, None, None, {"scenario_text": scenario}), "bmsc")

    def test_saturated_time(self):
        self.assertEqual(self.saturated([0, 4, 4, 4, 3, 4, 4], [0, 9, 90, 9, 0, 8, 8]), 3.0)

    def test_busy_when_looked_at_is_not_saturated(self):
        self.assertEqual(self.saturated([0, 1, 1, 1, 0, 1], [0] * 6, "1"), 0)
        self.assertEqual(self.saturated([0, 1, 0, 1, 0, 1], [0, 9, 0, 9, 0, 9], "1"), 0)
        self.assertEqual(self.saturated([0, 1, 1, 1, 0, 1], [0, 1, 2, 1, 0, 1], "1"), 0)

    def test_saturated_without_workers(self):
        busy, queue = [4, 0, 0, 0, 0, 4], [0, 9, 90, 99, 50, 0]
        self.assertEqual(self.saturated(busy, queue), 0)
        self.assertEqual(self.saturated(busy, queue, scenario="[at 500ms]\nbmsc.workers = 0\n"), 3.0)
        outage = "[at 500ms]\nbmsc.workers = 0\nhss.workers = 9\n[at 2s]\nbmsc.workers = 1\n"
        self.assertEqual(self.saturated(busy, queue, scenario=outage), 1.0)

    def busy_shares(self, busy_us, scenario=""):
        series = pandas.DataFrame({"time_s": [float(i) for i in range(len(busy_us))], "bmsc_busy_us": busy_us})
        run = reading.Run("", "", {"bmsc.workers": "2"}, {}, series, None, None, {"scenario_text": scenario})
        totals = run_plots.busy_percent_seconds(run, "bmsc")
        return [round(value, 6) for value in totals.diff().iloc[1:]]

    def test_busy_share_is_of_the_workers_that_there_are(self):
        busy = [0, 1_000_000, 2_000_000, 4_000_000, 4_500_000]
        self.assertEqual(self.busy_shares(busy), [50.0, 50.0, 100.0, 25.0])
        more = "[at 1500ms]\nbmsc.workers = 4\nbsf.workers = 1\n[at 3s]\nbmsc.workers = 1\n"
        self.assertEqual(self.busy_shares(busy, more), [50.0, round(100 / 3, 6), 50.0, 50.0])
        none = "[at 2s]\nbmsc.workers = 0\n"
        self.assertEqual(self.busy_shares([0, 0, 1_000_000, 1_000_000, 1_000_000], none), [0.0, 50.0, 0.0, 0.0])
        self.assertEqual(self.busy_shares([0, 0, 1_000_000, 1_200_000, 1_200_000], none), [0.0, 50.0, 100.0, 0.0])

    def test_changes_are_told(self):
        text = "[pull]\nrate = 10/s\n[at 2min]\naccess.loss = 10%\npull.rate = 20/s\n"
        keys = words.Keys(reading.scenario_values(text))
        self.assertIn("During the run changes: at 2min access.loss = 10% and at 2min pull.rate = 20/s.", words.scenario(keys))
        self.assertNotIn("During the run", words.scenario(words.Keys({"pull.rate": "10/s"})))
        table = page_run.scenario_tables(text)
        self.assertIn("What changes during the run", table)
        self.assertNotIn("at 2min.", table)


class Studies(unittest.TestCase):
    def points(self, **columns):
        return pandas.DataFrame({"point": range(1, 1 + len(next(iter(columns.values())))), **columns})

    def test_keys_of_an_axis_move_in_step(self):
        sections = reading.parse_ini(
            "[study]\nbase = x\n# no\n[axis size]\nbsf.workers = 2, 2\nbmsc.workers = 1..2\n"
        )
        axes = reading.axes_of(["variant", "bsf.workers", "bmsc.workers"], sections)
        self.assertEqual([axis.columns for axis in axes], [["variant"], ["bsf.workers", "bmsc.workers"]])
        one = study_plots.dimension_of(
            axes[1], self.points(**{"bsf.workers": ["2", "2"], "bmsc.workers": ["1", "2"]})
        )
        self.assertEqual((one.name, one.label), ("bmsc.workers", "bmsc.workers, with bsf.workers"))

    def test_only_what_the_program_takes_for_blank_is_blank(self):
        text = "[variant \u2003a\u2028b\u00a0]\npull.rate = 1\n[axis  c  d]\nbmsc.workers = 1\n"
        sections = reading.parse_ini(text)
        self.assertEqual([reading.name_behind(name, "variant") for name, _ in sections], ["\u2003a\u2028b\u00a0", ""])
        self.assertEqual(reading.name_behind(sections[1][0], "axis"), "c  d")

    def test_layout(self):
        points = self.points(variant=["a", "a", "b", "b"], rate=["1", "2", "1", "2"], seed=["7"] * 4)
        layout = study_plots.layout_of(reading.axes_of(["variant", "rate", "seed"], []), points)
        self.assertEqual((layout.x.name, layout.family.name), ("rate", "variant"))
        self.assertEqual((layout.facets, [one.name for one in layout.fixed]), ([], ["seed"]))

    def test_spread(self):
        self.assertEqual(study_plots.spread(list(range(12)), 4), [0, 4, 7, 11])

    def test_wide_intervals(self):
        points = self.points(
            n=[2, 2], a_mean=[10.0, 10.0], a_sd=[1.0, 1.0], a_ci_low=[9.5, 8.0], a_ci_high=[10.5, 12.0]
        )
        study = reading.Study("", "", {}, [], points, None)
        self.assertEqual(page_study.wide_intervals(study, ["a"]), [(0.2, 2, "a")])


    def few_hold_it(self):
        metric = "time_to_key_p99_s"
        points = self.points(
            n=[2, 2, 2], variant=["a", "b, late", "c"], ues_keyed_ratio_mean=[1.0, 0.062, 0.0],
            **{f"{metric}_mean": [87.0, 5.0, NAN], f"{metric}_ci_low": [86.0, NAN, NAN], f"{metric}_ci_high": [88.0, NAN, NAN]})
        notes = pandas.DataFrame({metric + reading.NOTE: ["", "too few replications", ""]})
        return reading.Study("", "", {}, reading.axes_of(["variant"], []), points, None, notes=notes), metric

    def test_a_metric_over_those_that_hold_the_key_says_who_does_not(self):
        study, metric = self.few_hold_it()
        held = "over the UEs that hold the key alone: up to 93.8 % do not hold it at the end at 1 of 3 points"
        self.assertEqual(study_plots.over_holders(study, metric).replace(GAP, " "), held)
        self.assertEqual(study_plots.over_holders(study, "update_p99_s"), "")
        text = page_study.summary(study, [metric])[1].replace(GAP, " ")
        self.assertIn("from 5 s at variant = \u201cb, late\u201d (where 93.8 % of the UEs do not hold the key) to "
                      "87 s [86 s to 88 s] at variant = a.", text)  # fmt: skip
        self.assertIn(f"It is {held}.", text)
        layout = study_plots.layout_of(study.axes, study.points)
        for note in (study_plots.curves(study, metric, layout, ("", "", [0, 1, 2])).note,
                     study_plots._difference_note(study, metric, "", [], "")):
            self.assertIn(held, note.replace(GAP, " "))

    def test_no_band_is_told_of_where_there_is_none(self):
        study, metric = self.few_hold_it()
        layout = study_plots.layout_of(study.axes, study.points)
        note = study_plots.curves(study, metric, layout, ("", "", [0, 1, 2])).note
        self.assertIn("2 runs per point, bars: 95 % confidence, none at 1 of 3 points (too few replications)", note)
        study.points[f"{metric}_ci_low"] = [NAN] * 3
        note = study_plots.curves(study, metric, layout, ("", "", [0, 1, 2])).note
        self.assertIn("2 runs per point, no intervals (too few replications)", note)

    def test_limits_at_each_point(self):
        text = "[study]\nbase = b\n[set]\nbmsc.queue_limit = 2k\n[variant a]\nbmsc.queue_limit = 1k\n[variant b]\n"
        points = self.points(variant=["a", "b"], **{"bsf.queue_limit": ["5", "6"]})
        study = reading.Study("", "", {}, [], points, None, text, "")
        self.assertEqual(page_study.key_values(study, "bmsc.queue_limit"), [1000, 2000])
        self.assertEqual(page_study.key_values(study, "bsf.queue_limit"), [5, 6])
        self.assertEqual(page_study.key_values(study, "hss.queue_limit"), [None, None])
        study.base_text = "[ue]\ncount = 3\n"
        self.assertEqual(page_study.key_values(study, "hss.queue_limit"), [10000, 10000])

    def test_failed_runs_were_replications_too(self):
        runs = pandas.DataFrame({"point": ["1", "1", "2", "2"], "status": ["done", "failed: exit 1", "done", "done"]})
        study = reading.Study("", "", {"replications": "2"}, [], self.points(n=[1, 2]), runs)
        self.assertEqual(repeat.study_command(study), ([], "pullstorm sweep study.ini -o results/again"))


class Pages(unittest.TestCase):
    def test_text_is_no_markup(self):
        self.assertIn("&lt;b&gt; &quot;x&quot; &amp;", parts.table('<b> "x" &', ("h",), [("<i>",)]))
        self.assertNotIn("<i>", parts.table("c", ("h",), [("<i>",)]))

    def test_embedded_data_end_no_script(self):
        text = parts.whole("t", "s", "", [chart.Chart("n", "</script><b>", "x", "y")])
        self.assertEqual(text.count("</script>"), 2)
        self.assertIn("\\u003c/script>", text)

    def test_what_killed_writers_left_goes_and_what_is_written_stays(self):
        with tempfile.TemporaryDirectory() as folder:

            def there():
                return sorted(os.listdir(folder))

            left = os.path.join(folder, leftovers.PREFIX + "abc")
            for name in (left, os.path.join(folder, ".other")):
                open(name, "w").close()
            os.mkdir(os.path.join(folder, leftovers.PREFIX + "folder"))
            with leftovers.partial(folder) as (file, path):
                self.assertNotIn(os.path.basename(left), there())
                leftovers.remove_abandoned(folder)
                self.assertTrue(os.path.exists(path))
                os.close(file)
                leftovers.remove_abandoned(folder)
                os.replace(path, os.path.join(folder, "done"))
            self.assertEqual(there(), [".other", leftovers.PREFIX + "folder", "done"])
            with self.assertRaises(KeyError), leftovers.partial(folder) as (file, path):
                os.close(file)
                raise KeyError
            self.assertEqual(there(), [".other", leftovers.PREFIX + "folder", "done"])

    def test_a_folder_that_cannot_be_listed_is_not_empty(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertNotIn("Made by pullstorm", repeat.body(folder, "", "", [], []))
            os.symlink("runs", os.path.join(folder, "runs"))
            with self.assertRaises(OSError):
                repeat.body(folder, "", "", [], [])


if __name__ == "__main__":
    unittest.main()
