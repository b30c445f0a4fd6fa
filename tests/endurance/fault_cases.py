# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The commands that tests/faults has fail: what each is given, and which of its calls fail."""
import os
import subprocess

import pcap

UDP = 17
FILES = ("write", "write+", "short", "open", "open+", "fsync", "rename", "readdir", "close", "read", "mkdir")
MEMORY = ("malloc", "malloc+")
SCENARIO = """[ue]
count = 4
cells = 2
muk_expired = 60%
[pull]
rate = 100/s
[output]
interval = 500ms
"""
STUDY = """[study]
base = small.ini
replications = 1
[axis workers]
hss.workers = 1, 2
"""


class Case:
    """A command: its words, where %P is the program and %S the folder of scripts; the folder in which it is called is
    made by `setting`. `inputs` are files whose loss is a wrong command line (status 2). A command that works `partly` keeps
    each finished run, or picture, when it fails; one with `many_lines` has more than one thing to say."""

    def __init__(self, name, words, classes, setting=(), inputs=("small.ini",), word=None, partly=False,
                 many_lines=False, python=False):
        self.name, self.words, self.classes, self.setting = name, words.split(), classes, setting
        self.inputs, self.word, self.partly = inputs, word or self.words[1], partly
        self.many_lines, self.python = many_lines, python
        self.answers = name == "plan"  # which tells on standard output of a run that failed, and goes on
        self.statuses, self.again = ((1, 2), ["--retry-failed"]) if name.startswith("sweep") else ((1,), [])

    def command(self, tools):
        return [tools.expand(word) for word in self.words]

    def environment(self, tools, folder):
        """What tells fail_nth.c which process is meant. Of Python only what befalls our files."""
        if self.python:
            return {"FAIL_PROGRAM": os.path.basename(tools.python), "FAIL_BELOW": folder}
        return {"FAIL_PROGRAM": "pullstorm", "FAIL_WORD": self.word}

    def make(self, tools, folder):
        """The folder as it is before the command."""
        os.makedirs(folder)
        for name, text in (("small.ini", SCENARIO), ("study.ini", STUDY)):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)
        for line in self.setting:
            command = [tools.expand(word) for word in line.split()]
            done = subprocess.run(command, cwd=folder, env=tools.environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SystemExit(f"faults: {line}: status {done.returncode}: {done.stderr}")
        capture = os.path.join(folder, "result", "capture.pcap")
        if os.path.exists(capture):
            with open(os.path.join(folder, "msk.hex"), "w", encoding="ascii") as file:
                file.write(msk_message(capture).hex() + "\n")


def msk_message(capture):
    """The longest datagram of a capture: a MIKEY message that carries an MSK."""
    return max((packet.payload for packet in pcap.read(capture) if packet.protocol == UDP), key=len)


class Tools:
    """Where programs and scripts are."""

    def __init__(self, program, scripts, python, work):
        self.program, self.scripts, self.python = program, scripts, python
        self.environment = {**os.environ, "PULLSTORM": program, "PYTHON": python, "LC_ALL": "C.UTF-8",
                            "PYTHONDONTWRITEBYTECODE": "1", "G_SLICE": "always-malloc",
                            "TMPDIR": os.path.join(work, "tmp"), "PARALLEL_HOME": os.path.join(work, "parallel")}
        self.environment.pop("PULLSTORM_TRACE", None)

    def expand(self, word):
        return {"%P": self.program}.get(word, word.replace("%S", self.scripts))


RESULT_FILES = ("manifest.json", "summary.csv", "latency.csv", "distribution.csv", "timeseries.csv")
STUDY_INPUTS = ("small.ini", "study.ini", "base.ini", "plan.csv")
RESULT = "%P run small.ini -o result --pcap --keylog --quiet"
SWEEP = "%P sweep study.ini -o study -j 1 --quiet"
PLAN = "%P plan study.ini -o study -j 1 --quiet --replications 1 --vary bmsc.workers=1..2 --target ues_without_key<=0"


def cases(tools):
    """All that this program and this machine have."""
    engines = subprocess.run([tools.program, "--version"], capture_output=True, text=True, check=True).stdout
    found = [
        Case("run", "%P run small.ini -o result --pcap --keylog --trace-ue 0-1", FILES + MEMORY),
        Case("run-below", "%P run small.ini -o above/result --quiet", FILES),
        Case("run-force", "%P run small.ini -o result --force --quiet", FILES,
             ("%P run small.ini -o result --pcap --seed 2 --quiet",)),
        Case("check", "%P check small.ini -s ue.count=5", FILES + MEMORY),
        Case("keys", "%P keys", ("write", "write+", "short") + MEMORY),
        Case("metrics", "%P metrics --format csv", ("write", "write+", "short") + MEMORY),
        Case("expand", "%P expand study.ini", FILES + MEMORY, inputs=STUDY_INPUTS, many_lines=True),
        Case("decode", "%P decode --keys result/keylog.csv msk.hex", FILES + MEMORY, (RESULT,),
             inputs=("keylog.csv", "msk.hex")),
        Case("collect", "%P collect study.ini -o study", FILES + MEMORY, (SWEEP,),
             inputs=STUDY_INPUTS, partly=True, many_lines=True),
        Case("plan", PLAN, FILES + ("fork",) + MEMORY, inputs=STUDY_INPUTS, partly=True,
             many_lines=True),
        Case("sweep", SWEEP, FILES + ("fork",) + MEMORY, inputs=STUDY_INPUTS, partly=True, many_lines=True),
        Case("sweep-run", SWEEP, FILES, word="run", inputs=STUDY_INPUTS, partly=True, many_lines=True),
    ]
    if " ns3" in engines:
        found.insert(2, Case("run-ns3", "%P run small.ini -o result --engine ns3 --pcap-devices --quiet", FILES))
    if tools.python:
        python = ("write", "write+", "open", "open+", "fsync", "rename")
        found += [Case("report", "%S/report result", python, (RESULT,), inputs=RESULT_FILES, python=True),
                  Case("plot", "%S/plot result", python, (RESULT,), inputs=RESULT_FILES, partly=True, python=True)]
    return found
