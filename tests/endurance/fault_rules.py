# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What a command may do when one of its calls fails: the rules of tests/faults.

Status 0: the failure was bearable, and all that is written and printed is as without it. Status 1, or 2 if it is an
input that could not be read: one line on standard error says what failed and why, and the folder is as it was before;
a study may have more of its runs, each of them whole. Nothing else: no signal, no hanging, nothing hidden left behind.
Afterwards the same command, left alone, does the whole work.
"""
import json
import os
import re

TIMES = ("started", "wall_s", "cpu_s", "events_per_s", "peak_memory_bytes", "host")
REASONS = {"malloc": ("memory",), "write": ("No space left on device",), "short": (), "open": ("Too many open files",),
           "fork": ("Resource temporarily unavailable",), "mkdir": ("Permission denied",)}
OTHER_REASON = ("Input/output error",)
SPEED = re.compile(rb"^(Speed .*|.*\.sweep\.lock.*)$", re.MULTILINE)


def plain(name, data):
    """The bytes without what differs from call to call: times, and the name of the lock's holder."""
    if os.path.basename(name) == "manifest.json":
        try:
            fields = json.loads(data)
        except ValueError:
            return data
        return json.dumps({key: value for key, value in fields.items() if key not in TIMES}).encode()
    if os.path.basename(name) == ".sweep.lock":
        return b""
    return data


def snapshot(folder):
    """{path below the folder: bytes, None for a folder}; the folder's own name, in command lines, is "."."""
    found = {}
    for top, folders, files in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(top, name), folder)] = None
        for name in files:
            path = os.path.relpath(os.path.join(top, name), folder)
            with open(os.path.join(top, name), "rb") as file:
                found[path] = plain(path, file.read().replace(folder.encode(), b"."))
    return found


def printed(data, folder):
    """What a command printed, without the times it took, and without the name of the folder it was called in."""
    return SPEED.sub(b"", data.replace(folder.encode(), b"."))


def difference(found, wanted):
    """In words, "" if there is none."""
    words = [f"{name} is missing" for name in sorted(wanted.keys() - found.keys())]
    words += [f"{name} is left" for name in sorted(found.keys() - wanted.keys())]
    words += [f"{name} has other bytes" for name in sorted(wanted.keys() & found.keys()) if wanted[name] != found[name]]
    return ", ".join(words[:4])


def run_folder(path):
    """The folder of the run that a path of a study belongs to, or None."""
    parts = path.split(os.sep)
    return os.sep.join(parts[:3]) if len(parts) > 3 and parts[1] == "runs" else None


def partial_difference(found, before, after):
    """As difference(), where each file may be as before or as after the command, but runs are whole."""
    words = []
    for name, data in sorted(found.items()):
        if name.endswith(".failed") and data and "runs" in name:
            continue
        if name not in before and name not in after:
            words.append(f"{name} is left")
        elif data not in (before.get(name, data if name in after else ""), after.get(name, "")):
            words.append(f"{name} has other bytes")
    words += [f"{name} is gone" for name in sorted(before.keys() - found.keys())]
    runs = {run_folder(name) for name in found} - {None}
    words += [f"{name} is missing" for name in sorted(after.keys() - found.keys()) if run_folder(name) in runs]
    return ", ".join(words[:4])


def counts_of(log):
    """How often each class was called, by fail_nth.c's log; of several processes, by the one that did most."""
    counts = {}
    for name, number in re.findall(r"^([a-z]+) (\d+)$", log, re.MULTILINE):
        counts[name] = max(counts.get(name, 0), int(number))
    return counts


def names(path):
    """What a message may call the file by: its name and those of folders above it, without what is hidden of them."""
    parts = [re.sub(r"^\.(.+)\.partial-\d+$|^(.+\.ini)\.\w{6}$", r"\1\2", part) for part in path.split("/")]
    return [part for part in parts if part]


def without_needs(output):
    """What pullstorm check says but for the memory and time that a run will take: they are of this process, today."""
    return re.sub(rb"needs about .* of memory [^,]*, [^,]* of one core", b"", output)


class Outcome:
    """One call of the command with a failure in it."""

    def __init__(self, case, kind, status, output, errors, log):
        self.case, self.kind, self.status = case, kind, status
        self.output, self.errors = without_needs(output), errors.decode("utf-8", "replace")
        # Of a script, each process that it calls has its failure.
        self.failed = re.findall(r"^failed \S+ \d+: (\S+) ?(.*)", log, re.MULTILINE)
        self.function, self.path = self.failed[0] if self.failed else ("", "")
        self.counts = counts_of(log)

    def on_output(self):
        """The failure befell standard output."""
        return "standard output" in [path for _, path in self.failed]

    def problems(self, trial, found):
        """Against the trial, which knows the folder before and after the command, and what it does undisturbed."""
        if self.status is None:
            return ["it hangs"]
        if self.status < 0 or self.status > 128:
            return [f"killed by signal {-self.status if self.status < 0 else self.status - 128}"]
        if self.status == 0:
            # An earlier result that cannot be removed is kept, and its place told.
            kept = {name for name in found if "kept in " in self.errors and name.split(os.sep)[0] in self.errors}
            words = [difference({name: found[name] for name in found if name in trial.after or name not in kept},
                                trial.after)]
            if self.output != without_needs(trial.output):
                words.append("it prints something else")
            # That the name is not yet on the disk is borne: the result stands there whatever becomes of the name.
            if ".partial-" in self.path and self.counts.get("fsync", 0) < trial.counts["fsync"]:
                words.append("it does not wait until all is on the disk")
        else:
            words = [self.status_problem(), self.message_problem(found),
                     self.state_problem(trial.before, trial.after, found)]
        return [word for word in words if word]

    def state_problem(self, before, after, found):
        # The result is there when the summary is printed.
        if (self.on_output() or self.kind.startswith("malloc")) and not difference(found, after):
            return ""
        if not self.case.partly:
            return difference(found, before)
        # Tables are of what could be read: what could not counts as missing, and is told.
        tables = ("runs.csv", "study.csv") if "counts as missing" in self.errors or "failed" in self.errors else ()
        without = {name: data for name, data in found.items() if os.path.basename(name) not in tables}
        return partial_difference(without, {name: before[name] for name in before if name in without}, after)

    def status_problem(self):
        inputs = [os.path.basename(path) for _, path in self.failed]
        if self.kind.endswith("+") or self.kind == "malloc":  # whatever failed in the end, or for want of memory
            inputs = [name for name in self.case.inputs if name in self.errors]
        if self.status in self.case.statuses or (self.status == 2 and set(inputs) & set(self.case.inputs)):
            return ""
        return f"status {self.status}"

    def message_problem(self, found):
        said = self.errors + "".join(data.decode("utf-8", "replace") for name, data in found.items()
                                     if name.endswith(".failed") and data)
        lines = self.errors.splitlines()
        if self.case.answers and not lines:
            lines = [line for line in self.output.decode().splitlines() if "no answer" in line]
            said += "".join(lines)
        reasons = REASONS.get(self.kind.rstrip("+"), OTHER_REASON)
        if not lines or (len(lines) > 1 and not self.case.many_lines):
            return f"{len(lines)} lines on standard error"
        if self.case.name.startswith("sweep") and "tries them again" in said:
            return ""
        if reasons and not self.on_output() and not any(reason in said for reason in reasons):
            return f"standard error does not say \"{reasons[0]}\""
        if self.kind.endswith("+"):  # what failed in the end may be another call
            return ""
        files = [path for _, path in self.failed if not path.startswith(("pipe:", "anon_inode:"))]
        wanted = [name for path in files for name in names(path)[-3:]]
        if wanted and not any(name in said for name in wanted):
            return f"standard error does not name {wanted[-1]}"
        return ""
