# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The command lines of pullstorm plot and pullstorm report.

What needs modules that Python itself has not is imported where it is used: --help does without.
"""

import argparse
import contextlib
import errno
import os
import sys

from pullstorm_results import leftovers, process
from pullstorm_results.errors import ResultError

WRONG = 2
FORMATS = ("png", "svg", "pdf")


class Parser(argparse.ArgumentParser):
    """One line for a mistake; options by their whole names, as the other commands have it."""

    def __init__(self, command, **more):
        super().__init__(prog=f"pullstorm {command}", allow_abbrev=False, **more)
        self.command = command

    def error(self, message):
        self.exit(WRONG, f"pullstorm: {self.command}: {message} ({self.prog} --help)\n")


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
        with process.uninterrupted(), leftovers.partial(os.path.dirname(path)) as (handle, aside):
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(aside, 0o666 & ~mask)
            os.replace(aside, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


@contextlib.contextmanager
def folder_for(path):
    """The folder is there while files are written into it; an error takes back what was made of it and is empty."""
    if os.path.lexists(path) and not os.path.isdir(path):
        raise OSError(errno.ENOTDIR, "exists and is not a folder", path)
    path = os.path.realpath(path)
    made = []
    above = path
    while not os.path.lexists(above):
        made.append(above)
        above = os.path.dirname(above)
    try:
        os.makedirs(path, exist_ok=True)
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for folder in made:
                os.rmdir(folder)
        raise


def _made(make, path, *more):
    """make(path, ...); what no check has foreseen in the files becomes one line, unless PULLSTORM_TRACE is set."""
    try:
        return make(path, *more)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if os.environ.get("PULLSTORM_TRACE"):
            raise
        text = " ".join(str(error).split())
        raise ResultError(
            f"{path}: damaged, or of another version: {type(error).__name__} {text}"
        ) from error


def _pictures(path, kinds, choice):
    """[(file name, bytes)] of every plot."""
    from pullstorm_results import draw

    return [
        (f"{chart.name}.{kind}", draw.picture(chart, kind)) for chart in charts_of(path, choice) for kind in kinds
    ]


def words_of(text):
    """A list with commas; nothing of it may be empty."""
    found = [word.strip() for word in filled(text).split(",")]
    if not all(found):
        raise argparse.ArgumentTypeError(f"{text!r} has an empty name")
    return found


def add_choice(parser):
    """What plots and reports let one choose."""
    parser.add_argument(
        "--metric",
        type=words_of,
        action="extend",
        default=[],
        metavar="NAME,...",
        help="these metrics: of a study or plan those of its tables, of a run columns of its time series"
        " (default: those that the study names, else the usual ones)",
    )
    parser.add_argument(
        "--x",
        type=filled,
        metavar="KEY",
        help="the key on the x axis, of a study, or of a plan of several points (default: the one with most values)",
    )
    parser.add_argument(
        "--only",
        type=filled,
        metavar="CONDITION",
        help="only points of a study or plan for which this is true, as pullstorm sweep has it, e.g."
        " 'pull.rate >= 500/s and variant == poisson'",
    )
    parser.add_argument(
        "--log",
        choices=("x", "y", "xy"),
        default="",
        help="these axes are logarithmic (default: what spans more than two decades, and keys in such steps)",
    )
    parser.add_argument("--linear", action="store_true", help="axes that --log does not name are linear")


def choice_of(options):
    from pullstorm_results.choice import Choice

    return Choice(options.metric, options.x or "", options.only or "", options.log, options.linear)


def _plot_parser():
    parser = Parser("plot", description="Plots a result of pullstorm: a run, a study, a plan or a comparison.")
    parser.add_argument("result", type=filled, metavar="DIR", help="folder of the result")
    parser.add_argument(
        "-o", "--output", type=filled, metavar="OUT", help="folder for the plots (default DIR/plots)"
    )
    parser.add_argument(
        "--format",
        type=words_of,
        default=["png", "svg"],
        metavar="KIND,...",
        help="kinds of files: png, svg, pdf (default png,svg)",
    )
    add_choice(parser)
    return parser


def charts_of(path, choice):
    """Every chart of the folder."""
    from pullstorm_results import choice as choosing
    from pullstorm_results import compare_plots, plan_plots, reading, run_plots, study_plots

    found = []
    for kind in reading.kinds_of(path):
        if kind == "comparison":
            found += compare_plots.charts(compare_plots.read(path, choice))
        elif kind == "run":
            found += run_plots.charts(reading.read_run(path, run_plots.columns_of(choice)), choice)
        elif kind == "study":
            found += study_plots.charts(choosing.read_study(path, choice), choice)
        else:
            found += plan_plots.charts(choosing.read_plan(path, choice), choice)
    return found


def plot(words):
    options = _plot_parser().parse_args(words)
    from pullstorm_results import choice as choosing

    for kind in options.format:
        choosing.known("--format", kind, FORMATS)
    files = _made(_pictures, options.result, list(dict.fromkeys(options.format)), choice_of(options))
    folder = options.output or os.path.join(options.result, "plots")
    with folder_for(folder):
        for name, data in files:
            write_file(os.path.join(folder, name), data)
    print(f"{len(files)} files in {folder}")


def document_of(path, choice):
    """The page of the folder; of a study and of a plan that was made in its folder both."""
    from pullstorm_results import page_compare, page_plan, page_run, page_study, reading

    kinds = reading.kinds_of(path)
    if "comparison" in kinds:
        return page_compare.document(path, choice)
    if "study" in kinds:
        return page_study.document(path, "plan" in kinds, choice)
    if "plan" in kinds:
        return page_plan.document(path, choice)
    return page_run.document(path, choice)


def report(words):
    parser = Parser("report", description="Makes one HTML file of a result of pullstorm.")
    parser.add_argument(
        "result", type=filled, metavar="DIR", help="folder of the result: a run, a study, a plan or a comparison"
    )
    parser.add_argument(
        "-o", "--output", type=filled, metavar="FILE", help="the file to write (default DIR/report.html)"
    )
    add_choice(parser)
    options = parser.parse_args(words)
    data = _made(document_of, options.result, choice_of(options)).encode("utf-8")
    path = options.output or os.path.join(options.result, "report.html")
    write_file(path, data)
    print(f"{path}, {-(-len(data) // 1000)} kB")


def main(words):
    """Exit status: 0; 2 what was given is wrong."""
    name, work = ("pullstorm: report", report) if words[:1] == ["report"] else ("pullstorm: plot", plot)
    try:
        work(words[1:])
    except ResultError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return WRONG
    return 0
