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

dnl TN_CHECK_KERNEL(WHAT, VARIABLE, CLANG-ARGUMENTS, SOURCE): whether
dnl KERNEL_CLANG compiles SOURCE; VARIABLE becomes yes or no.
AC_DEFUN([TN_CHECK_KERNEL], [
    AC_MSG_CHECKING([whether $KERNEL_CLANG compiles $1])
    AS_ECHO(['$4']) > conftest.kernel
    AS_IF([AC_TRY_COMMAND([$KERNEL_CLANG $3 conftest.kernel -S dnl
-o conftest.s >&AS_MESSAGE_LOG_FD])], [$2=yes], [$2=no])
    rm -f conftest.kernel conftest.s
    AC_MSG_RESULT([$$2])
])

dnl TN_FIND_KERNEL_CLANG: finds clang and libclc, for kernels. Sets
dnl KERNEL_CLANG; PTX_CFLAGS, with which it makes PTX of CUDA C without a CUDA
dnl toolkit, empty where it cannot; and have_ptx, a word for the summary.
AC_DEFUN([TN_FIND_KERNEL_CLANG], [
    AC_CHECK_PROGS([KERNEL_CLANG], [clang clang-19 clang-18 clang-17 dnl
clang-16 clang-15 clang-14])
    AS_IF([test -z "$LIBCLC"], [
        LIBCLC=`$PKG_CONFIG --variable=libexecdir libclc 2>/dev/null`
        LIBCLC=${LIBCLC:-/usr/lib/clc}/nvptx64--nvidiacl.bc
    ])
    PTX_CFLAGS="-x cuda --cuda-device-only --cuda-path=/nonexistent"
    PTX_CFLAGS="$PTX_CFLAGS -nocudainc -nocudalib --cuda-gpu-arch=sm_70"
    PTX_CFLAGS="$PTX_CFLAGS -Xclang -target-feature -Xclang +ptx63"
    PTX_CFLAGS="$PTX_CFLAGS -Xclang -mlink-bitcode-file -Xclang $LIBCLC"
    PTX_CFLAGS="$PTX_CFLAGS -Wno-linker-warnings -O3"
    AS_IF([test -z "$KERNEL_CLANG"], [
        PTX_CFLAGS=
        have_ptx="no: clang is missing (install clang and libclc-14)"
    ], [
        AC_MSG_CHECKING([for libclc])
        AS_IF([test -r "$LIBCLC"], [
            AC_MSG_RESULT([$LIBCLC])
            TN_CHECK_KERNEL([CUDA C], [have_ptx], [$PTX_CFLAGS],
                [__attribute__((device)) float e(float) __asm__("_Z3expf");
                __attribute__((global)) void f(float *x) { *x = e(*x); }])
            AS_IF([test "$have_ptx" = no],
                [have_ptx="no: $KERNEL_CLANG fails (see config.log)"])
        ], [
            AC_MSG_RESULT([no])
            have_ptx="no: $LIBCLC is missing (install libclc-14)"
        ])
        AS_IF([test "$have_ptx" != yes], [PTX_CFLAGS=])
    ])
])

# TN_FIND_CUDA_HEADERS
# --------------------
# Sets have_cuda_h, cuda_h to what the summary says of it, and
# CUDA_HEADERS_CFLAGS.
AC_DEFUN([TN_FIND_CUDA_HEADERS], [
    AC_MSG_CHECKING([for cuda.h])
    have_cuda_h=no
    AS_CASE([$with_cuda_headers],
        [no], [tn_folders=],
        [yes|auto], [tn_folders="`$PKG_CONFIG --variable=includedir cuda \
            2>&AS_MESSAGE_LOG_FD` /usr/local/cuda/include /usr/include"],
        [tn_folders=$with_cuda_headers])
    for tn_folder in $tn_folders; do
        AS_IF([test $have_cuda_h = no && test -r "$tn_folder/cuda.h"], [
            have_cuda_h=yes
            CUDA_HEADERS_CFLAGS="-isystem $tn_folder"
            cuda_h="$tn_folder"])
    done
    AS_IF([test $have_cuda_h = no], [
        AS_IF([test "$with_cuda_headers" != auto && \
            test "$with_cuda_headers" != no],
            [AC_MSG_ERROR([no cuda.h in $tn_folders])])
        cuda_h="not here: the cuda backend's declarations are not compared"])
    AC_MSG_RESULT([$have_cuda_h])
    AC_SUBST([CUDA_HEADERS_CFLAGS])
])
