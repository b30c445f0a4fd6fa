# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The command lines of scripts/plot and scripts/report."""

import argparse
import errno
import os
import sys

from pullstorm_results import leftovers, reading

WRONG, FAILED = 2, 1


class Parser(argparse.ArgumentParser):
    """One line for a mistake."""

    def error(self, message):
        self.exit(WRONG, f"{self.prog}: {message}; see {self.prog} --help\n")


def filled(text):
    """A word of the command line: a script's variable that was not set gives an empty one."""
    if not text:
        raise argparse.ArgumentTypeError("its value is empty")
    return text


def write_file(path, data):
    """All of a file or nothing of it."""
    path = os.path.realpath(path)
    if os.path.lexists(path) and not os.path.isfile(path):
        raise OSError(errno.EEXIST, "no regular file, so not replaced", path)
    try:
        with leftovers.partial(os.path.dirname(path)) as (handle, aside):
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(aside, 0o666 & ~mask)
            os.replace(aside, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


def _made(make, path, *more):
    """make(path, ...); what no check has foreseen in the files becomes one line, unless PULLSTORM_TRACE is set."""
    try:
        return make(path, *more)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if os.environ.get("PULLSTORM_TRACE"):
            raise
        text = " ".join(str(error).split())
        raise reading.ResultError(
            f"{path}: damaged, or of another version: {type(error).__name__} {text}"
        ) from error


def _pictures(path, kinds):
    """[(file name, bytes)] of every plot."""
    from pullstorm_results import draw

    return [
        (f"{chart.name}.{kind}", draw.picture(chart, kind)) for chart in charts_of(path) for kind in kinds
    ]


def _plot_parser():
    parser = Parser(prog="scripts/plot", description="Plots a result of pullstorm: a run, a study or a plan.")
    parser.add_argument("result", type=filled, metavar="DIR", help="folder of the result")
    parser.add_argument(
        "-o", "--output", type=filled, metavar="OUT", help="folder for the plots (default DIR/plots)"
    )
    parser.add_argument(
        "--format", type=filled, default="png,svg", metavar="png,svg", help="kinds of files (default png,svg)"
    )
    return parser


def charts_of(path):
    """Every chart of the folder."""
    from pullstorm_results import plan_plots, run_plots, study_plots

    found = []
    for kind in reading.kinds_of(path):
        if kind == "run":
            found += run_plots.charts(reading.read_run(path, run_plots.SERIES_COLUMNS))
        elif kind == "study":
            found += study_plots.charts(reading.read_study(path))
        else:
            found += plan_plots.charts(reading.read_plan(path))
    return found


def plot(words):
    options = _plot_parser().parse_args(words)
    kinds = [kind.strip() for kind in options.format.split(",")]
    if not kinds or any(kind not in ("png", "svg") for kind in kinds):
        raise reading.ResultError(f"--format {options.format}: png, svg or both are expected")
    files = _made(_pictures, options.result, kinds)
    folder = options.output or os.path.join(options.result, "plots")
    os.makedirs(folder, exist_ok=True)
    for name, data in files:
        write_file(os.path.join(folder, name), data)
    print(f"{len(files)} files in {folder}")


def document_of(path):
    """The page of the folder; of a study and of a plan that was made in its folder both."""
    from pullstorm_results import page_plan, page_run, page_study

    kinds = reading.kinds_of(path)
    if "study" in kinds:
        return page_study.document(path, "plan" in kinds)
    if "plan" in kinds:
        return page_plan.document(path)
    return page_run.document(path)


def report(words):
    parser = Parser(prog="scripts/report", description="Makes one HTML file of a result of pullstorm.")
    parser.add_argument(
        "result", type=filled, metavar="DIR", help="folder of the result: a run, a study or a plan"
    )
    parser.add_argument(
        "-o", "--output", type=filled, metavar="FILE", help="the file to write (default DIR/report.html)"
    )
    options = parser.parse_args(words)
    data = _made(document_of, options.result).encode("utf-8")
    path = options.output or os.path.join(options.result, "report.html")
    write_file(path, data)
    print(f"{path}, {-(-len(data) // 1000)} kB")


def main(words):
    """Exit status: 0; 1 what was to be written could not be; 2 what was given is wrong."""
    name, work = ("scripts/report", report) if words[:1] == ["report"] else ("scripts/plot", plot)
    try:
        work(words[1:])
    except reading.ResultError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return WRONG
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{name}: {where}{error.strerror or error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
    return 0
