# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# What a user's environment has for the tools underneath: what says how they write, what they leave out or ask goes,
# for these scripts read what they write; what says where things are (PATH, HOME, PYTHONPATH ...) stays. Read in with ".";
# scripts of bash have its -p besides, which keeps out functions, SHELLOPTS and the like. What a sweep needs of this:
# sim/cli/sweep_tools.c; plots and reports: sim/cli/python.c.

# Decimal points, sorting, and the texts of errors.
export LC_ALL=C.UTF-8
unset LANGUAGE

# A relative one counts from the folder of our caller, not from those that we go to.
case ${TMPDIR:-/} in /*) ;; *) export TMPDIR="$PWD/$TMPDIR" ;; esac

# Shells, coreutils, grep, awk, Perl, GLib.
unset BASH_ENV CDPATH ENV GLOBIGNORE POSIXLY_CORRECT
unset OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc counts no more than these
unset BLOCKSIZE BLOCK_SIZE DF_BLOCK_SIZE DU_BLOCK_SIZE GREP_COLOR GREP_COLORS GREP_OPTIONS LS_BLOCK_SIZE QUOTING_STYLE \
    TIME_STYLE XARGS_OPTIONS _POSIX2_VERSION
unset AWKLIBPATH AWKPATH GAWK_READ_TIMEOUT MAWKBINMODE MAWK_LONG_OPTIONS WHINY_USERS
unset G_DEBUG G_MESSAGES_DEBUG G_MESSAGES_PREFIXED PERL5DB PERL5OPT PERLIO PERL_UNICODE

# Python and what plots need of it; more threads than one cost memory only.
unset MATPLOTLIBRC MPLBACKEND PYTHONDEBUG PYTHONDEVMODE PYTHONDUMPREFS PYTHONFAULTHANDLER PYTHONINSPECT PYTHONINTMAXSTRDIGITS \
    PYTHONIOENCODING PYTHONMALLOC PYTHONMALLOCSTATS PYTHONOPTIMIZE PYTHONPROFILEIMPORTTIME PYTHONSTARTUP \
    PYTHONTRACEMALLOC PYTHONVERBOSE PYTHONWARNDEFAULTENCODING PYTHONWARNINGS SOURCE_DATE_EPOCH
export OPENBLAS_NUM_THREADS=1
