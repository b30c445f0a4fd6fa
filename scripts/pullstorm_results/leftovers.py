# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Files that are written beside their place, hidden, as sim/files/aside.h has it.

While one is written a lock is on it; the lock of one whose writer was killed is free, and whoever writes into its
folder next clears it away.
"""

import contextlib
import fcntl
import os
import stat
import tempfile

PREFIX = ".pullstorm.partial-"


def _still_there(path, file):
    try:
        return os.path.samestat(os.fstat(file), os.lstat(path))
    except FileNotFoundError:
        return False


def remove_abandoned(folder):
    """Clears away what killed writers left in a folder; what is being written stays."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if not name.startswith(PREFIX):
            continue
        with contextlib.suppress(OSError):
            if not stat.S_ISREG(os.lstat(path).st_mode):
                continue
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _still_there(path, file):
                    os.unlink(path)
            finally:
                os.close(file)


def _make(folder):
    """(open file, its lock, its path)"""
    while True:
        file, path = tempfile.mkstemp(prefix=PREFIX, dir=folder)
        lock = os.dup(file)
        # Waits for one that is just removing it. Where there are no locks abandoned ones cannot be told, and stay.
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        if _still_there(path, file):
            return file, lock, path
        os.close(file)
        os.close(lock)


@contextlib.contextmanager
def partial(folder):
    """A new file in a folder: yields it, open, and its path, to be renamed within. An error removes it."""
    with contextlib.suppress(OSError):
        remove_abandoned(folder)
    file, lock, path = _make(folder)
    try:
        yield file, path
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        raise
    finally:
        os.close(lock)
