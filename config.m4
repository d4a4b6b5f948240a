PHP_ARG_ENABLE([bgworkers],
  [whether to enable background workers],
  [AS_HELP_STRING([--enable-bgworkers],
    [Enable background worker threads (needs a thread-safe PHP and libuv)])])

PHP_ARG_ENABLE([bgworkers-sanitize],
  [for a sanitizer in bgworkers],
  [AS_HELP_STRING([--enable-bgworkers-sanitize=KIND],
    [Build bgworkers with -fsanitize=KIND: address, thread or undefined (for its developers)])],
  [no],
  [no])

if test "$PHP_BGWORKERS" != "no"; then
  dnl phpize knows PHP by its headers; a build inside PHP has only its own configure to ask.
  bgworkers_zts=$PHP_THREAD_SAFETY
  test -n "$bgworkers_zts" || bgworkers_zts=$enable_zts
  if test "$bgworkers_zts" != "yes"; then
    AC_MSG_ERROR([bgworkers needs a thread-safe PHP (built with --enable-zts); this one is not thread-safe (NTS).])
  fi

  bgworkers_vernum=$PHP_VERSION_ID
  test -n "$bgworkers_vernum" || bgworkers_vernum=`$PHP_CONFIG --vernum 2>/dev/null`
  if test "${bgworkers_vernum:-0}" -lt 80200; then
    AC_MSG_ERROR([bgworkers needs PHP 8.2 or newer.])
  fi

  dnl libuv is linked dynamically: the static library that Debian ships (libuv_a.a of libuv1-dev
  dnl 1.44.2) is not position independent ("recompile with -fPIC"), so no shared object can hold it.
  dnl A host may bring another libuv; the module compares versions when it starts. Whoever has a
  dnl static library built with -fPIC names it with LIBUV_CFLAGS and LIBUV_LIBS; --exclude-libs
  dnl below keeps its symbols inside.
  PKG_CHECK_MODULES([LIBUV], [libuv >= 1.44], [],
    [AC_MSG_ERROR([bgworkers needs libuv 1.44 or newer with its headers (Debian: libuv1-dev).])])
  PHP_EVAL_INCLINE([$LIBUV_CFLAGS])
  PHP_EVAL_LIBLINE([$LIBUV_LIBS], [BGWORKERS_SHARED_LIBADD])
  for bgworkers_word in $LIBUV_LIBS; do
    case $bgworkers_word in
      *.a[)] BGWORKERS_SHARED_LIBADD="$BGWORKERS_SHARED_LIBADD $bgworkers_word" ;;
    esac
  done

  PHP_REQUIRE_CXX
  PHP_CXX_COMPILE_STDCXX([20], [mandatory], [BGWORKERS_STDCXX])

  bgworkers_flags="$BGWORKERS_STDCXX -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1 -fvisibility=hidden -pthread -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Werror=return-type"

  dnl What each thread keeps is some 80 bytes, for which glibc has room in what a thread begins with: then no access calls
  dnl __tls_get_addr(). PHP's own library does the same. Other loaders may refuse such a module.
  AC_LANG_PUSH([C++])
  AC_CACHE_CHECK([for thread-local storage of the first kind], [bgworkers_cv_initial_exec],
    [bgworkers_saved_flags=$CXXFLAGS
     CXXFLAGS="$CXXFLAGS -ftls-model=initial-exec"
     AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#include <features.h>
#ifndef __GLIBC__
#error "not glibc"
#endif
       ]])], [bgworkers_cv_initial_exec=yes], [bgworkers_cv_initial_exec=no])
     CXXFLAGS=$bgworkers_saved_flags])
  AC_LANG_POP([C++])
  if test "$bgworkers_cv_initial_exec" = "yes" && test "$ext_shared" = "yes"; then
    bgworkers_flags="$bgworkers_flags -ftls-model=initial-exec"
  fi

  if test "$PHP_BGWORKERS_SANITIZE" != "no"; then
    bgworkers_flags="$bgworkers_flags -fsanitize=$PHP_BGWORKERS_SANITIZE -fno-omit-frame-pointer -g"
    BGWORKERS_SHARED_LIBADD="$BGWORKERS_SHARED_LIBADD -fsanitize=$PHP_BGWORKERS_SANITIZE"
  fi

  dnl Handlers and wrapped pointers outlive the module, so it is never unmapped. Symbols are bound when it is
  dnl loaded: at the end of the process workers must be stopped at once, not after a search for a symbol.
  dnl These flags are of ELF linkers.
  if test "$ext_shared" = "yes"; then
    bgworkers_saved_ldflags=$LDFLAGS
    for bgworkers_word in -Wl,-z,nodelete -Wl,-z,now -Wl,--exclude-libs,ALL; do
      LDFLAGS="$bgworkers_saved_ldflags $bgworkers_word"
      AC_MSG_CHECKING([whether the linker takes $bgworkers_word])
      AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
        [AC_MSG_RESULT([yes])
         BGWORKERS_SHARED_LIBADD="$BGWORKERS_SHARED_LIBADD $bgworkers_word"],
        [AC_MSG_RESULT([no])])
    done
    LDFLAGS=$bgworkers_saved_ldflags
  fi

  dnl The sources are listed once, for all the ways to build.
  bgworkers_srcdir="PHP_EXT_SRCDIR([bgworkers])"
  bgworkers_builddir="PHP_EXT_BUILDDIR([bgworkers])"
  bgworkers_sources=`grep '^src/' "$bgworkers_srcdir/src/sources.list" | tr '\n' ' '`
  test -n "$bgworkers_sources" || AC_MSG_ERROR([bgworkers: src/sources.list names no source.])

  PHP_NEW_EXTENSION([bgworkers], [$bgworkers_sources], [$ext_shared],, [$bgworkers_flags], [cxx])
  PHP_ADD_INCLUDE([$bgworkers_srcdir])
  PHP_ADD_INCLUDE([$bgworkers_srcdir/src])
  bgworkers_rooms=`for source in $bgworkers_sources; do echo "$bgworkers_builddir/${source%/*}"; done | sort -u | tr '\n' ' '`
  PHP_ADD_BUILD_DIR([$bgworkers_rooms])
  PHP_SUBST([BGWORKERS_SHARED_LIBADD])

  PHP_ADD_MAKEFILE_FRAGMENT([$bgworkers_srcdir/bin/Makefile.frag], [$bgworkers_srcdir], [$bgworkers_builddir])

  dnl `make test` of a phpize build runs phpt/, and fails when nothing is there to run (run-tests.php
  dnl alone would not). PHP's own `make test` finds the tests by itself.
  m4_ifdef([PHP_ALWAYS_SHARED], [
    TESTS='$(if $(shell find $(top_srcdir)/phpt -name "*.phpt" | head -n 1),$(top_srcdir)/phpt,$(error phpt/ holds no tests))'
    PHP_SUBST([TESTS])
  ])
fi
