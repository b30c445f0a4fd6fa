# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Finds the program pullstorm: what it alone knows, pages ask it for."""

import os
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))


def _is_program(path):
    return os.path.isfile(path) and os.access(path, os.X_OK)


def find():
    """The program that PULLSTORM names, else that of the build or of the prefix that these scripts belong to, else one
    of the PATH; "" where there is none."""
    named = os.environ.get("PULLSTORM")
    if named:
        return shutil.which(named) or ""
    above = os.path.dirname(os.path.dirname(HERE))
    places = [os.path.join(above, *place) for place in (("build", "pullstorm"), ("pullstorm",))]
    if os.path.basename(os.path.dirname(above)) == "share":  # PREFIX/share/pullstorm/scripts/pullstorm_results
        places.append(os.path.join(os.path.dirname(os.path.dirname(above)), "bin", "pullstorm"))
    return next(filter(_is_program, places), None) or shutil.which("pullstorm") or ""
