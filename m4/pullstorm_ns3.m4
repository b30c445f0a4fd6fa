dnl SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
dnl PULLSTORM_NS3
dnl
dnl Looks for ns-3, from which libns3c and the ns3 engine are built: NS3_CFLAGS, NS3_LIBS, the conditional NS3, HAVE_NS3.
dnl --with-ns3 fails without it; by default it is used if it is there.
AC_DEFUN([PULLSTORM_NS3], [
AC_ARG_WITH([ns3],
  [AS_HELP_STRING([--without-ns3], [build without ns-3: no libns3c, no --engine ns3, no C++])], [], [with_ns3=check])
have_ns3=no
AS_IF([test "x$with_ns3" != xno],
  [ns3_modules="ns3-csma ns3-point-to-point ns3-internet ns3-network ns3-core"
   ns3_lacks=
   PKG_CHECK_EXISTS([$ns3_modules], [], [ns3_lacks="ns-3 with its headers (Debian: libns3-dev)"])
   AS_IF([test -z "$ns3_lacks"],
     [dnl Debian's file of ns3-core has a path that ends in ";", and those of Python and libxml2, which nothing here needs.
      NS3_CFLAGS=
      for flag in `$PKG_CONFIG --cflags $ns3_modules`; do
        AS_CASE([$flag], [*\;*|*python*|*libxml*], [], [NS3_CFLAGS="$NS3_CFLAGS $flag"])
      done
      NS3_LIBS="`$PKG_CONFIG --libs $ns3_modules` -lstdc++ -lm"
      AC_LANG_PUSH([C++])
      ns3_save_CXXFLAGS=$CXXFLAGS ns3_save_LIBS=$LIBS
      CXXFLAGS="$CXXFLAGS -std=c++17 $NS3_CFLAGS"
      LIBS="$NS3_LIBS $LIBS"
      AC_MSG_CHECKING([whether a program can be linked with ns-3])
      AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <ns3/core-module.h>
#include <ns3/internet-module.h>]], [[ns3::Simulator::Run(); return ns3::Ipv4Address().IsAny();]])],
        [AC_MSG_RESULT([yes]); have_ns3=yes],
        [AC_MSG_RESULT([no])
         ns3_lacks="a C++ compiler and what ns-3 links with (Debian: g++, libgsl-dev, libsqlite3-dev)"])
      CXXFLAGS=$ns3_save_CXXFLAGS LIBS=$ns3_save_LIBS
      AC_LANG_POP([C++])])
   AS_IF([test "x$with_ns3$have_ns3" = xyesno], [AC_MSG_ERROR([--with-ns3: not found: $ns3_lacks])])
   AS_IF([test "x$have_ns3" = xno], [AC_MSG_NOTICE([building without ns-3, not found: $ns3_lacks])])])
AM_CONDITIONAL([NS3], [test "x$have_ns3" = xyes])
engines=native
AS_IF([test "x$have_ns3" = xyes],
  [AC_DEFINE([HAVE_NS3], [1], [ns-3 is there])
   engines="native ns3"],
  [NS3_CFLAGS= NS3_LIBS=])
AC_SUBST([NS3_CFLAGS])
AC_SUBST([NS3_LIBS])
])
