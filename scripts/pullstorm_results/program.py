# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Finds the program pullstorm: what it alone knows, pages ask it for."""

import os
import shutil


def find():
    """The program that PULLSTORM names, as its commands plot and report do of themselves, else one of the PATH; ""
    where there is none."""
    return shutil.which(os.environ.get("PULLSTORM") or "pullstorm") or ""
