# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Where pullstorm plot and pullstorm report begin: python3 .../pullstorm_results plot|report ARGUMENT..."""

import os
import sys

# The folder above, not this one, is where modules come from: this one's names need not be unlike Python's own.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from pullstorm_results import process  # noqa: E402

NAME = " ".join(["pullstorm:", *sys.argv[1:2]])
process.end_at_interrupts(NAME)
from pullstorm_results import command  # noqa: E402

sys.exit(process.run(NAME, command.main, sys.argv[1:]))
