# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Plots and reports of pullstorm's results: what scripts/plot and scripts/report run."""
