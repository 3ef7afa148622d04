dnl SPDX-License-Identifier: MIT

dnl TN_CHECK_LINK(FLAGS, IF-YES, IF-NO): does a program compile and link
dnl with FLAGS?
AC_DEFUN([TN_CHECK_LINK], [
    tn_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $1"
    AC_LINK_IFELSE([AC_LANG_PROGRAM], [tn_links=yes], [tn_links=no])
    CFLAGS=$tn_saved_CFLAGS
    AS_IF([test "$tn_links" = yes], [$2], [$3])
])

dnl TN_APPEND_CFLAGS(VARIABLE, FLAGS): appends each of FLAGS that the compiler
dnl knows. -Werror makes clang refuse, not only mention, a flag it does not.
AC_DEFUN([TN_APPEND_CFLAGS], [
    tn_saved_CFLAGS=$CFLAGS
    for tn_flag in m4_normalize([$2]); do
        AC_MSG_CHECKING([whether $CC takes $tn_flag])
        CFLAGS="$tn_saved_CFLAGS -Werror $tn_flag"
        AC_COMPILE_IFELSE([AC_LANG_SOURCE([[int tn_nothing;]])],
            [AC_MSG_RESULT([yes])
             AS_VAR_APPEND([$1], [" $tn_flag"])],
            [AC_MSG_RESULT([no])])
    done
    CFLAGS=$tn_saved_CFLAGS
])
