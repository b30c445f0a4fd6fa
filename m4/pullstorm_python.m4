dnl SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
dnl PULLSTORM_PYTHON
dnl
dnl Looks for a Python 3 with matplotlib and pandas, which pullstorm plot and report need, and sets PYTHON for the
dnl tests. The first python3 on the PATH need not have them. Building does without: nothing fails here.
AC_DEFUN([PULLSTORM_PYTHON], [
AC_ARG_VAR([PYTHON], [Python 3 with matplotlib and pandas, for the tests of plot and report])
AC_MSG_CHECKING([for a Python 3 with matplotlib and pandas])
pullstorm_python=none
for candidate in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3 /usr/local/bin/python3; do
  AS_IF(["$candidate" -c 'import matplotlib, pandas' >/dev/null 2>&1], [pullstorm_python=$candidate; break])
done
AC_MSG_RESULT([$pullstorm_python])
AS_IF([test "$pullstorm_python" != none], [PYTHON=$pullstorm_python],
  [AC_MSG_NOTICE([pullstorm plot and report need it (Debian: python3-matplotlib python3-pandas); their tests are skipped])])
])
