# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TAP (testanything.org) for tests in Python: a numbered line a test, and the plan at the end."""


class Tap:
    """quiet: tests that pass are counted, not printed."""

    def __init__(self, quiet=False):
        self.quiet = quiet
        self.count = self.failed = 0

    def ok(self, good, name, *notes):
        """One test. The notes are printed if it failed, as comments, each line by itself."""
        self.count += 1
        self.failed += not good
        if not good or not self.quiet:
            print(f"{'ok' if good else 'not ok'} {self.count} - {name.replace('#', '')}", flush=True)
        for text in () if good else notes:
            note(text)

    def end(self):
        """Prints the plan. The exit status of the script: 1 if a test failed."""
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def note(text):
    """A comment, of one line or several."""
    for line in str(text).splitlines():
        print(f"# {line}", flush=True)
