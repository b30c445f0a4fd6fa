# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Plots and reports of pullstorm's results: what pullstorm plot and pullstorm report run."""
