/* SPDX-License-Identifier: MIT */
/* tools/npy.c: what is read, what is refused and why, what is written. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/suite.h"
#include "tools/npy.h"
#include "tools/value.h"

/* The text's bytes, without its NUL. */
#define WRITE(text) suite_write_bytes("a.npy", text, sizeof(text) - 1)

/* A file of a version, a header and so many bytes of data: 0, 1, 2 ... */
static void write_npy(int version, const char *header, size_t data)
{
    static char bytes[NPY_HEADER_LIMIT + 4096];
    size_t length = strlen(header);
    size_t used = version == 1 ? 10 : 12;

    memset(bytes, 0, 12);
    memcpy(bytes, "\x93NUMPY", 6);
    bytes[6] = (char)version;
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
        bytes[8 + i] = (char)(length >> 8 * i);
    }
    memcpy(bytes + used, header, length);
    used += length;
    for (size_t i = 0; i < data; ++i) {
        bytes[used++] = (char)i;
    }
    suite_write_bytes("a.npy", bytes, used);
}

#define HEADER(type, shape)                                                    \
    "{'descr': '" type "', 'fortran_order': False, 'shape': " shape ", }\n"

static bool read_back(npy_array *array)
{
    tool_problem problem = {""};
    bool read = npy_read(suite_path("a.npy"), array, &problem);

    suite_check(read, "npy_read", problem.text, __FILE__, __LINE__);
    return read;
}

/* A file is refused, with its name and words; the array is untouched. */
static void file_refused(const char *file, const char *words)
{
    tool_problem problem = {""};
    npy_array array = {.rank = 77};
    bool read = npy_read(file, &array, &problem);

    CU_ASSERT_FALSE(read);
    CU_ASSERT_EQUAL(array.rank, 77);
    CU_ASSERT_EQUAL(strncmp(problem.text, file, strlen(file)), 0);
    CONTAINS(problem.text, words);
}

static void refused(const char *words)
{
    file_refused(suite_path("a.npy"), words);
}

/* ---- what is read --------------------------------------------------------- */

static void reads_every_dtype(void)
{
    static const struct {
        const char *descr;
        tn_type type;
    } types[] = {
        {"|i1", TN_TYPE_I8},  {"|u1", TN_TYPE_U8},  {"<i2", TN_TYPE_I16},
        {"<u2", TN_TYPE_U16}, {"<i4", TN_TYPE_I32}, {"<u4", TN_TYPE_U32},
        {"<i8", TN_TYPE_I64}, {"<u8", TN_TYPE_U64}, {"<f2", TN_TYPE_F16},
        {"<f4", TN_TYPE_F32}, {"<f8", TN_TYPE_F64}, {"<u1", TN_TYPE_U8},
    };
    npy_array array;
    char header[128];

    for (size_t i = 0; i < sizeof types / sizeof types[0]; ++i) {
        snprintf(header, sizeof header,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (3,), }",
                 types[i].descr);
        write_npy(1, header, 3 * value_type_bytes(types[i].type));
        CU_ASSERT_TRUE_FATAL(read_back(&array));
        CU_ASSERT_EQUAL(array.type, types[i].type);
        CU_ASSERT_EQUAL(array.count, 3);
        CU_ASSERT_EQUAL(((char *)array.data)[array.bytes - 1],
                        (char)(array.bytes - 1));
        npy_free(&array);
    }
}

static void reads_versions_1_to_3(void)
{
    npy_array array;

    for (int version = 1; version <= 3; ++version) {
        write_npy(version, HEADER("<i4", "(2, 3)"), 24);
        CU_ASSERT_TRUE_FATAL(read_back(&array));
        CU_ASSERT_EQUAL(array.rank, 2);
        CU_ASSERT_EQUAL(array.shape[0], 2);
        CU_ASSERT_EQUAL(array.shape[1], 3);
        CU_ASSERT_EQUAL(array.bytes, 24);
        npy_free(&array);
    }
}

static void reads_other_spellings_of_the_dict(void)
{
    static const char *const headers[] = {
        "{\"shape\":(2,3),\"descr\":\"<i4\",\"fortran_order\":False}",
        "  { 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , "
        "'descr' : '<i4' , }   \n",
    };
    npy_array array;

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; ++i) {
        write_npy(1, headers[i], 24);
        CU_ASSERT_TRUE_FATAL(read_back(&array));
        CU_ASSERT_EQUAL(array.count, 6);
        npy_free(&array);
    }
}

static void reads_scalars_and_empty_arrays(void)
{
    npy_array array;

    write_npy(1, HEADER("<f8", "()"), 8);
    CU_ASSERT_TRUE_FATAL(read_back(&array));
    CU_ASSERT_EQUAL(array.rank, 0);
    CU_ASSERT_EQUAL(array.count, 1);
    npy_free(&array);

    write_npy(1, HEADER("<f8", "(0,)"), 0);
    CU_ASSERT_TRUE_FATAL(read_back(&array));
    CU_ASSERT_EQUAL(array.count, 0);
    npy_free(&array);

    write_npy(1, HEADER("<f8", "(5, 0, 7)"), 0);
    CU_ASSERT_TRUE_FATAL(read_back(&array));
    CU_ASSERT_EQUAL(array.bytes, 0);
    npy_free(&array);
}

/* ---- what is refused ------------------------------------------------------ */

static void refuses_what_is_no_npy_file(void)
{
    file_refused(suite_path("absent"), "cannot be opened: No such file");
    file_refused(suite_path("%s", ""), "is no regular file");
    suite_fifo("fifo");
    file_refused(suite_path("fifo"), "is no regular file");
    WRITE("");
    refused("is no .npy file");
    WRITE("1 2 3 4 5 6 7 8 9\n");
    refused("is no .npy file");
    WRITE("PK\x03\x04 an .npz archive");
    refused("is no .npy file");
}

static void refuses_a_file_cut_anywhere(void)
{
    static char bytes[256];
    char whole[256];

    for (int version = 1; version <= 2; ++version) {
        write_npy(version, HEADER("<i4", "(4,)"), 16);
        FILE *stream = fopen(suite_path("a.npy"), "rb");
        size_t size = fread(bytes, 1, sizeof bytes, stream);

        fclose(stream);
        memcpy(whole, bytes, size);
        for (size_t cut = 0; cut < size; ++cut) {
            suite_write_bytes("a.npy", whole, cut);
            refused(cut < 6 ? "is no .npy file" : "truncated");
        }
    }
}

static void refuses_data_that_the_shape_does_not_ask_for(void)
{
    write_npy(1, HEADER("<i4", "(4,)"), 17);
    refused("is too long, its shape needs 16 bytes of data and 17 are there");
    write_npy(1, HEADER("<i4", "(0,)"), 4);
    refused("is too long");
    write_npy(1, HEADER("<i4", "(4,)"), 15);
    refused("is truncated, its shape needs 16 bytes of data and 15 are there");
}

static void refuses_other_versions(void)
{
    write_npy(4, HEADER("<i4", "(1,)"), 4);
    refused("is .npy version 4.0");
    WRITE("\x93NUMPY\x01\x01\x02\x00{}");
    refused("is .npy version 1.1");
    WRITE("\x93NUMPY\x00\x00\x02\x00{}");
    refused("is .npy version 0.0");
}

static void refuses_a_huge_header(void)
{
    WRITE("\x93NUMPY\x02\x00\xff\xff\xff\xff{}");
    refused("has a header of 4294967295 bytes");
    WRITE("\x93NUMPY\x02\x00\x01\x00\x01\x00{}");
    refused("has a header of 65537 bytes");
}

static void refuses_other_dtypes(void)
{
    static const struct {
        const char *header;
        const char *words;
    } cases[] = {
        {HEADER(">f4", "(1,)"), "'>f4' is not little-endian, save it as '<f4'"},
        {HEADER("|f4", "(1,)"), "is not little-endian"},
        {HEADER("=f4", "(1,)"), "is not little-endian"},
        {HEADER("|b1", "(1,)"), "holds dtype '|b1', use one of the dtypes i8"},
        {HEADER("<c8", "(1,)"), "holds dtype '<c8'"},
        {HEADER("<U4", "(1,)"), "holds dtype '<U4'"},
        {HEADER("<f1", "(1,)"), "holds dtype '<f1'"},
        {HEADER("<f16", "(1,)"), "holds dtype '<f16'"},
        {HEADER("|O", "(1,)"), "holds dtype '|O'"},
        {HEADER("", "(1,)"), "holds dtype ''"},
        {"{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }",
         "holds records"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        write_npy(1, cases[i].header, 4);
        refused(cases[i].words);
    }
}

static void refuses_fortran_order(void)
{
    write_npy(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }",
              4);
    refused("Fortran order, save it in C order");
}

static void refuses_shapes_that_overflow(void)
{
    write_npy(1, HEADER("<f4", "(18446744073709551616,)"), 0);
    refused("a number below 2^64");
    write_npy(1, HEADER("<f4", "(18446744073709551615,)"), 0);
    refused("overflows");
    write_npy(1, HEADER("<f4", "(4294967296, 4294967296)"), 0);
    refused("overflows");
    write_npy(1, HEADER("|u1", "(9223372036854775808,)"), 0);
    refused("overflows");
    write_npy(1, HEADER("<f4", "(0, 4294967296, 4294967296)"), 0);
    refused("overflows");
    write_npy(1, HEADER("<f4", "(4611686018427387904, 4)"), 0);
    refused("overflows");
}

static void does_not_believe_a_huge_shape(void)
{
    write_npy(1, HEADER("|u1", "(9223372036854775807,)"), 16);
    refused("is truncated, its shape needs 9223372036854775807 bytes");
}

static void refuses_too_many_dimensions(void)
{
    char header[512];
    size_t used = (size_t)snprintf(header, sizeof header,
                                   "{'descr': '|u1', 'fortran_order': False, "
                                   "'shape': (");

    for (int i = 0; i <= NPY_RANK_LIMIT; ++i) {
        used += (size_t)snprintf(header + used, sizeof header - used, "1,");
    }
    snprintf(header + used, sizeof header - used, ")}");
    write_npy(1, header, 1);
    refused("has too many dimensions");
}

static void refuses_malformed_headers(void)
{
    static const char *const headers[] = {
        "",
        "{",
        "}",
        "{}",
        "[]",
        "{'descr'",
        "{'descr': '<f4'}",
        "{'descr': '<f4",
        "{'descr' '<f4'}",
        "{descr: '<f4'}",
        HEADER("<f4", "3"),
        HEADER("<f4", "(3)"),
        HEADER("<f4", "(3"),
        HEADER("<f4", "(-3,)"),
        HEADER("<f4", "(3.0,)"),
        HEADER("<f4", "(0x3,)"),
        HEADER("<f4", "(3,,)"),
        HEADER("<f4", "(,)"),
        HEADER("<f4", "(1 2)"),
        HEADER("<f4", "(1,) (1,)"),
        HEADER("<f4", "(1,)") "x",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': '<f4', 'shape': (1,), }",
        "{'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
        "{'descr': '<f4', 'descr': '<f4', }",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}",
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; ++i) {
        write_npy(1, headers[i], 4);
        refused("save the array again");
    }
}

static void refuses_a_nul_in_the_header(void)
{
    WRITE("\x93NUMPY\x01\x00\x0a\x00{'descr'\0:");
    refused("has a NUL in its header");
}

/* ---- what is written ------------------------------------------------------ */

static void writes_what_numpy_would(void)
{
    /* numpy.save(file, numpy.arange(3, dtype=numpy.int32)) */
    static const char expected[] =
        "\x93NUMPY\x01\x00v\x00"
        "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }"
        "                                                            \n"
        "\0\0\0\0\1\0\0\0\2\0\0\0";
    int32_t values[] = {0, 1, 2};
    npy_array array = {.type = TN_TYPE_I32,
                       .rank = 1,
                       .shape = {3},
                       .count = 3,
                       .bytes = sizeof values,
                       .data = values};
    tool_problem problem;
    char bytes[256];

    CU_ASSERT_TRUE(npy_write(suite_path("a.npy"), &array, &problem));
    FILE *stream = fopen(suite_path("a.npy"), "rb");
    size_t size = fread(bytes, 1, sizeof bytes, stream);

    fclose(stream);
    CU_ASSERT_EQUAL_FATAL(size, sizeof expected - 1);
    CU_ASSERT_EQUAL(memcmp(bytes, expected, size), 0);
}

static void reads_what_it_wrote(void)
{
    static const uint64_t shapes[][3] = {{7}, {2, 3}, {0, 4}, {1, 1, 9}};
    static char data[64];
    tool_problem problem;
    npy_array back;

    for (uint32_t i = 0; i < 4; ++i) {
        npy_array array = {.type = TN_TYPE_F32, .rank = i, .data = data};

        memcpy(array.shape, shapes[i], sizeof shapes[i]);
        CU_ASSERT_TRUE(npy_measure(&array));
        memset(data, (int)i + 1, sizeof data);
        CU_ASSERT_TRUE(npy_write(suite_path("a.npy"), &array, &problem));
        CU_ASSERT_TRUE_FATAL(read_back(&back));
        CU_ASSERT_EQUAL(back.rank, array.rank);
        CU_ASSERT_EQUAL(back.bytes, array.bytes);
        CU_ASSERT_EQUAL(memcmp(back.shape, array.shape, 8 * (size_t)i), 0);
        CU_ASSERT_EQUAL(memcmp(back.data, data, back.bytes), 0);
        npy_free(&back);
    }
}

static npy_array one_byte(void)
{
    static char data[1];

    return (npy_array){
        .type = TN_TYPE_U8, .count = 1, .bytes = 1, .data = data};
}

static void a_failed_write_says_which_file(void)
{
    npy_array array = one_byte();
    tool_problem problem;

    CU_ASSERT_FALSE(npy_write(suite_path("b/a.npy"), &array, &problem));
    CONTAINS(problem.text, "b/a.npy: cannot be written: No such file");
    CU_ASSERT_FALSE(npy_write(suite_path("%s", ""), &array, &problem));
    CONTAINS(problem.text, "Is a directory");
    CU_ASSERT_FALSE(npy_write("/dev/full", &array, &problem));
    CONTAINS(problem.text, "No space left");
}

/* Nothing is left of a write that failed, and nothing of the old file lost. */
static void a_failed_write_leaves_the_old_file(void)
{
    static char data[1 << 20];
    npy_array array = {.type = TN_TYPE_U8,
                       .rank = 1,
                       .shape = {sizeof data},
                       .count = sizeof data,
                       .bytes = sizeof data,
                       .data = data};
    struct rlimit old;
    tool_problem problem;
    npy_array back;

    signal(SIGXFSZ, SIG_IGN);
    write_npy(1, HEADER("<i4", "(3,)"), 12);
    getrlimit(RLIMIT_FSIZE, &old);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, old.rlim_max});
    CU_ASSERT_FALSE(npy_write(suite_path("a.npy"), &array, &problem));
    setrlimit(RLIMIT_FSIZE, &old);
    CONTAINS(problem.text, "cannot be written: File too large");
    CU_ASSERT_TRUE_FATAL(read_back(&back));
    CU_ASSERT_EQUAL(back.count, 3);
    npy_free(&back);
    CU_ASSERT_EQUAL(unlink(suite_path("a.npy")), 0);
    CU_ASSERT_EQUAL(rmdir(suite_path("%s", "")), 0);
    CU_ASSERT_EQUAL(mkdir(suite_path("%s", ""), 0700), 0);
}

static void a_device_is_written_to_and_stays_one(void)
{
    npy_array array = one_byte();
    tool_problem problem;
    struct stat status;

    CU_ASSERT_TRUE(npy_write("/dev/null", &array, &problem));
    CU_ASSERT_EQUAL(stat("/dev/null", &status), 0);
    CU_ASSERT_TRUE(S_ISCHR(status.st_mode));
}

static void a_link_stays_one_and_its_file_is_replaced(void)
{
    npy_array array = one_byte();
    npy_array back;
    tool_problem problem;
    struct stat status;
    const char *name = suite_path("link");

    WRITE("old");
    suite_link("a.npy", "link");
    CU_ASSERT_TRUE(npy_write(name, &array, &problem));
    CU_ASSERT_EQUAL(lstat(name, &status), 0);
    CU_ASSERT_TRUE(S_ISLNK(status.st_mode));
    CU_ASSERT_TRUE_FATAL(read_back(&back));
    npy_free(&back);
}

static void a_new_file_has_the_mode_that_umask_leaves(void)
{
    npy_array array = one_byte();
    tool_problem problem;
    struct stat status;
    mode_t mask = umask(027);

    CU_ASSERT_TRUE(npy_write(suite_path("a.npy"), &array, &problem));
    umask(mask);
    CU_ASSERT_EQUAL(stat(suite_path("a.npy"), &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0640);
}

#define TESTS(X)                                                               \
    X(reads_every_dtype)                                                       \
    X(reads_versions_1_to_3)                                                   \
    X(reads_other_spellings_of_the_dict)                                       \
    X(reads_scalars_and_empty_arrays)                                          \
    X(refuses_what_is_no_npy_file)                                             \
    X(refuses_a_file_cut_anywhere)                                             \
    X(refuses_data_that_the_shape_does_not_ask_for)                            \
    X(refuses_other_versions)                                                  \
    X(refuses_a_huge_header)                                                   \
    X(refuses_other_dtypes)                                                    \
    X(refuses_fortran_order)                                                   \
    X(refuses_shapes_that_overflow)                                            \
    X(does_not_believe_a_huge_shape)                                           \
    X(refuses_too_many_dimensions)                                             \
    X(refuses_malformed_headers)                                               \
    X(refuses_a_nul_in_the_header)                                             \
    X(writes_what_numpy_would)                                                 \
    X(reads_what_it_wrote)                                                     \
    X(a_failed_write_says_which_file)                                          \
    X(a_failed_write_leaves_the_old_file)                                      \
    X(a_device_is_written_to_and_stays_one)                                    \
    X(a_link_stays_one_and_its_file_is_replaced)                               \
    X(a_new_file_has_the_mode_that_umask_leaves)

SUITE_MAIN("npy", TESTS)
