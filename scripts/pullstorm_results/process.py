# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""How a program in Python ends where it is interrupted or cannot write: by one line and status 1, as one in C does.

Needs little of Python itself, so that it can be there before anything else is loaded.
"""

import contextlib
import os
import signal
import sys

FAILED = 1


def end_at_interrupts(name):
    """Ctrl-C ends the process at once, one that was held back until now (sim/cli/python.c) too. Python's exception for it
    would be lost, or show a traceback, in the middle of an import."""

    def end(*_):
        try:
            os.write(2, f"{name}: interrupted\n".encode())
        finally:
            os._exit(FAILED)

    signal.signal(signal.SIGINT, end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextlib.contextmanager
def uninterrupted():
    """Ctrl-C has to wait until what is done here is whole."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _lost(error):
    """The error that standard output had, in the words of the program in C."""
    sys.stdout = None  # or Python would try again at its end
    return OSError(error.errno, f"standard output could not be written whole: {error.strerror}")


@contextlib.contextmanager
def _whole_output():
    """What is printed here comes to standard output, or ends in an error. It has a buffer, whatever PYTHONUNBUFFERED says:
    argparse passes over what cannot be written, and a buffer remembers it."""
    try:
        sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    except OSError as error:
        raise _lost(error) from error
    try:
        yield
    finally:
        try:
            sys.stdout.flush()
        except OSError as error:
            raise _lost(error) from error


def run(name, main, words):
    """The exit status of main(words); 1 and a line where it was interrupted or could not write."""
    try:
        with _whole_output():
            return main(words)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{name}: {where}{error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is done is done, and Python takes its time to end
    return FAILED
