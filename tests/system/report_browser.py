# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Reads reports in a headless Chromium and uses them as a reader would: report_browser.py RUN STUDY NARROW...

RUN is the report of a run, STUDY that of a study with a second axis; NARROW are further ones that have to fit a phone,
the last two those of the shapes "names" and "curves" of study_fixture.py.
Prints TAP; exit status 77: there is no browser.
"""

import os
import shutil
import sys
import tempfile

from study_fixture import NAMES

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tap"))
import tap  # noqa: E402

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    sys.exit(77)

REPORT = tap.Tap()
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE = 390
DESK = 1000
WIDE = 1280


def found(*names):
    return next((path for path in map(shutil.which, names) if path), None)


def start(folder):
    browser, driver = found("chromium", "chromium-browser", "google-chrome"), found("chromedriver")
    if not browser or not driver:
        sys.exit(77)
    os.environ["TMPDIR"] = folder
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, "--user-data-dir=" + os.path.join(folder, "profile")):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service(driver), options=options)


class Reader:
    """A page in the browser and what is asked about it."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, path, width):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
        )
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get("file://" + os.path.abspath(path))

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self):
        return self.find("body").text.replace("\u00a0", " ")

    def plot(self, name):
        """The drawing of a plot, scrolled into view."""
        svg = self.find(f"#plot-{name} .plot svg")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", svg)
        return svg

    def drag(self, name, start, end):
        """Drags from one share of the drawing's width to another."""
        svg = self.plot(name)
        width = svg.size["width"]
        moves = (
            ActionChains(self.driver)
            .move_to_element_with_offset(svg, int((start - 0.5) * width), 0)
            .click_and_hold()
        )
        moves.move_by_offset(int((end - start) * width / 2), 0).move_by_offset(int((end - start) * width / 2), 0)
        moves.release().perform()

    def hover(self, name, at):
        svg = self.plot(name)
        ActionChains(self.driver).move_to_element_with_offset(
            svg, int((at - 0.5) * svg.size["width"]), 0
        ).perform()
        tip = self.find(f"#plot-{name} .tip")
        return tip.text.replace("\u00a0", " ") if tip.is_displayed() else ""

    def view(self, name):
        return self.find(f"#plot-{name} .plot").get_attribute("data-view")

    def overflow(self):
        return self.driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth")

    def texts_over_each_other(self):
        """Texts in plots that touch others, or are cut off at an edge of their plot."""
        return self.driver.execute_script("""
            var found = [];
            document.querySelectorAll(".plot > svg").forEach(function (svg) {
              var all = [...svg.querySelectorAll("text")], edge = svg.getBoundingClientRect();
              var boxes = all.map(function (text) { return text.getBoundingClientRect(); });
              boxes.forEach(function (a, i) {
                if (a.left < edge.left - 1 || a.right > edge.right + 1) found.push(all[i].textContent);
                boxes.slice(0, i).forEach(function (b, j) {
                  if (a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
                    found.push(all[i].textContent + " over " + all[j].textContent);
                });
              });
            });
            return found;""")

    def ends_untold(self):
        """Plots whose axis does not tell its last value, of those that have the values that were measured."""
        return self.driver.execute_script("""
            var charts = JSON.parse(document.getElementById("charts").textContent);
            return [...document.querySelectorAll(".plot")].map(function (box) {
              var chart = charts[Number(box.getAttribute("data-chart"))], ticks = chart.kind === "heat" ? chart.x : chart.xTicks;
              if (!ticks || ticks.length > 16 && chart.kind !== "heat" || Number(ticks[ticks.length - 1]) >= 1e4) return "";
              var told = [...box.querySelectorAll(".tick")].map(function (text) { return text.textContent; });
              var last = String(ticks[ticks.length - 1]);
              return told[told.length - 1] === last ? "" : chart.name + ": " + told.join(" ") + ", not " + last;
            }).filter(Boolean);""")

    def tables_cut(self):
        script = "return [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.ariaLabel)"
        return self.driver.execute_script(script)

    def requests(self):
        """Addresses of all that was asked for, but the page itself."""
        import json

        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [
            event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"
        ]
        return [address for address in asked if not address.startswith("file:")]


def check(name, passed, *details):
    REPORT.ok(passed, name, *(str(detail)[:400] for detail in details))


def check_page(reader, path, name, texts, plots):
    reader.open(path, DESK)
    check(f"{name}: nothing on the console", not (log := reader.driver.get_log("browser")), log)
    check(f"{name}: nothing is asked of any other place", not (asked := reader.requests()), asked)
    text = reader.text()
    missing = [word for word in texts if word not in text]
    check(f"{name}: says what it has to", not missing, missing, text)
    drawn = [figure for figure in reader.all("figure .plot > svg") if figure.size["width"] > 300]
    check(f"{name}: {plots} plots are drawn", len(drawn) == plots, len(drawn))


def check_use(reader, path):
    reader.open(path, DESK)
    tip = reader.hover("keyed", 0.5)
    check(
        "hovering shows the time and every curve's value",
        all(word in tip for word in ("simulated time", "hold the new MSK:", "pulls sent:")),
        tip,
    )
    check("... which is that of the data", right_value(reader, tip), tip)
    curves = len(reader.all("#plot-keyed .curve"))
    button = reader.all("#plot-keyed .legend button")[1]
    button.click()
    check(
        "a legend entry hides its curve",
        len(reader.all("#plot-keyed .curve")) == curves - 1 and button.get_attribute("aria-pressed") == "false",
    )
    check("... and its value", "pulls sent:" not in reader.hover("keyed", 0.5))
    button.click()
    check("... and shows it again", len(reader.all("#plot-keyed .curve")) == curves)
    reader.drag("keyed", 0.3, 0.6)
    view = reader.view("keyed")
    ends = [float(end) for end in view.split()] if view != "all" else [0, 0]
    whole = reader.driver.execute_script(
        "return JSON.parse(document.getElementById('charts').textContent)[0].series[0].x.slice(-1)[0]"
    )
    check("dragging zooms to what was dragged along", abs((ends[1] - ends[0]) / whole - 0.3) < 0.06, view, whole)
    check("... in that plot alone", reader.view("queues") == "all")
    reset = reader.find("#plot-keyed .reset")
    reset.click()
    check("a button shows all again", reader.view("keyed") == "all" and not reset.is_enabled())
    check_keys(reader)


def right_value(reader, tip):
    """The value shown for the first curve against the data in the page."""
    lines = tip.split("\n")
    time, value = (float(line.rsplit(":", 1)[1].replace(" ", "")) for line in lines[:2])
    data = reader.driver.execute_script(
        "return JSON.parse(document.getElementById('charts').textContent)[0].series[0]"
    )
    return any(
        abs(x - time) <= 1e-3 * max(1, x) and abs(y - value) <= 1e-3 * max(1, y)
        for x, y in zip(data["x"], data["y"])
    )


def check_keys(reader):
    svg = reader.plot("keyed")
    svg.send_keys(Keys.ARROW_RIGHT)
    svg.send_keys(Keys.ARROW_RIGHT)
    tip = reader.find("#plot-keyed .tip")
    check("arrow keys show values", tip.is_displayed() and "hold the new MSK" in tip.text, tip.text)
    svg.send_keys("+")
    check("the plus key zooms", reader.view("keyed") != "all")
    reader.find("#plot-keyed .plot svg").send_keys(Keys.ESCAPE)
    check("Escape shows all", reader.view("keyed") == "all")
    labels = reader.driver.execute_script(
        "return [...document.querySelectorAll('svg[role=img], button, .scroll, pre')].filter("
        "e => !(e.getAttribute('aria-label') || e.textContent.trim())).length"
    )
    check("pictures, buttons and boxes have names", labels == 0, labels)


def check_heat(reader, path):
    reader.open(path, DESK)
    cells = reader.all("#plot-time_to_key_p99_s_heat .cell")
    check("a heat map has a cell for each point", len(cells) == 30, len(cells))
    reader.plot("time_to_key_p99_s_heat")
    ActionChains(reader.driver).move_to_element(cells[0]).perform()
    tip = reader.find("#plot-time_to_key_p99_s_heat .tip").text.replace("\u00a0", " ")
    check("... which shows where it stands and its value", "bmsc.workers 1, pull.rate 200/s: " in tip, tip)


def check_redrawn(reader, path, name, kind):
    """A picture that had the focus has it still when it was drawn again, in the place of the one before."""
    reader.open(path, DESK)
    kept = reader.driver.execute_script("""
        var box = document.querySelector("#plot-" + arguments[0] + " .plot"), before = box.querySelector("svg");
        before.focus();
        window.dispatchEvent(new Event("beforeprint"));
        var all = box.querySelectorAll("svg");
        return all.length === 1 && all[0] !== before && document.activeElement === all[0] && all[0].classList.value;""", name)
    check(f"a picture of {kind} that is drawn again keeps the focus", kept == kind, kept)


def check_names(reader, names, curves):
    """What is shown of names is what they are."""
    reader.open(names, DESK)
    script = "return [...document.querySelectorAll('#points td')].map(e => e.textContent)"
    cells = reader.driver.execute_script(script)
    missing = [name for name in NAMES if cells.count(name) != 1]
    check("names stand in the table as they are", not missing, missing, cells)
    script = "return JSON.parse(document.getElementById('charts').textContent)[0].categories"
    check("... and at the axis of a plot", reader.driver.execute_script(script) == list(NAMES))
    reader.open(curves, DESK)
    script = "return [...document.querySelectorAll('#plot-time_to_key_p99_s .legend button > span')].map(e => e.textContent)"
    legend = reader.driver.execute_script(script)
    check("... and in a legend", legend == NAMES[: len(legend)] and len(legend) == 8, legend)
    check("... and mean nothing to the browser", not (log := reader.driver.get_log("browser")), log)


def main():
    run, study, *narrow = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        try:
            driver = start(folder)
        except WebDriverException as error:
            print(f"# {str(error).splitlines()[0]}", file=sys.stderr)
            sys.exit(77)
        try:
            reader = Reader(driver)
            check_page(
                reader,
                run,
                "run",
                [
                    "storm.ini",
                    "Warnings",
                    "hold the new MSK; the storm took",
                    "bmsc.queue_limit",
                    "What differs from the defaults",
                    "fingerprint",
                    "The BM-SC has 1 worker",
                ],
                8,
            )
            check_page(
                reader,
                study,
                "study",
                [
                    "Made-up storms <&>",
                    "30 points, 150 finished runs",
                    "Points: estimate (95 % interval)",
                    "The BM-SC was saturated",
                ],
                8,
            )
            check_use(reader, run)
            check_heat(reader, study)
            check_redrawn(reader, run, "keyed", "lines")
            check_redrawn(reader, narrow[-2], "time_to_key_p99_s", "rows")
            check_names(reader, narrow[-2], narrow[-1])
            reader.open(narrow[1], WIDE)
            check("a plan's tables have their place on a desk", not (cut := reader.tables_cut()), cut)
            for path in (run, study, *narrow):
                reader.open(path, PHONE)
                over, untold = reader.texts_over_each_other(), reader.ends_untold()
                name = os.path.basename(os.path.dirname(path))
                check(f"{name}: no text at an axis is over another one, or cut off", not over, over)
                check(f"{name}: axes tell their last value", not untold, untold)
                check(
                    f"{os.path.basename(os.path.dirname(path))}: fits a width of {PHONE}",
                    reader.overflow() <= 0,
                    reader.overflow(),
                )
            REPORT.end()
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
