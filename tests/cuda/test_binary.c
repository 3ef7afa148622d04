/* SPDX-License-Identifier: MIT */
/* Cubins and fatbins: code that has been compiled already. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

enum {
    SECTIONS = 4, /* none, names, the kernel, its parameters */
    NAMES_AT = sizeof(Elf64_Ehdr) + SECTIONS * sizeof(Elf64_Shdr),
    NAMES_BYTES = 64,
    INFO_AT = NAMES_AT + NAMES_BYTES,
    INFO_BYTES = 2 * 16,
    CODE_AT = INFO_AT + INFO_BYTES,
    CODE_BYTES = 16,
    CUBIN_BYTES = CODE_AT + CODE_BYTES
};

/* EIATTR_KPARAM_INFO, as compilers write it. */
static void write_parameter(unsigned char *info, uint16_t ordinal,
                            uint16_t offset, uint32_t bytes)
{
    static const unsigned char head[8] = {4, 0x17, 12, 0};
    uint32_t packed = bytes << 18 | 0x1f000;

    memcpy(info, head, sizeof head);
    memcpy(info + 8, &ordinal, sizeof ordinal);
    memcpy(info + 10, &offset, sizeof offset);
    memcpy(info + 12, &packed, sizeof packed);
}

/* A cubin with the kernel append(u32 *list, u32 value), of CUDA before 13. */
static void write_cubin(unsigned char cubin[CUBIN_BYTES], unsigned sm)
{
    static const char names[] = "\0.shstrtab\0.text.append\0.nv.info.append";
    Elf64_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = 190,
        .e_version = EV_CURRENT,
        .e_flags = sm,
        .e_shoff = sizeof header,
        .e_ehsize = sizeof header,
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = SECTIONS,
        .e_shstrndx = 1};
    Elf64_Shdr sections[SECTIONS] = {
        {.sh_type = SHT_NULL},
        {1, SHT_STRTAB, 0, 0, NAMES_AT, NAMES_BYTES, 0, 0, 1, 0},
        {11, SHT_PROGBITS, 0, 0, CODE_AT, CODE_BYTES, 0, 0, 1, 0},
        {24, SHT_PROGBITS, 0, 0, INFO_AT, INFO_BYTES, 0, 0, 1, 0}};

    memset(cubin, 0, CUBIN_BYTES);
    memcpy(cubin, &header, sizeof header);
    memcpy(cubin + sizeof header, sections, sizeof sections);
    memcpy(cubin + NAMES_AT, names, sizeof names);
    write_parameter(cubin + INFO_AT, 0, 0, 8);
    write_parameter(cubin + INFO_AT + 16, 1, 8, 4);
}

/* Around a cubin; nobody has compressed it. */
static size_t write_fatbin(unsigned char *fatbin, const unsigned char *cubin,
                           uint32_t sm)
{
    const uint32_t magic = 0xba55ed50;
    const uint16_t version = 1;
    const uint16_t head = 16;
    const uint16_t kind = 2; /* a cubin */
    const uint32_t member_head = 64;
    const uint64_t bytes = CUBIN_BYTES;
    const uint64_t rest = member_head + bytes;

    memset(fatbin, 0, head + member_head);
    memcpy(fatbin, &magic, 4);
    memcpy(fatbin + 4, &version, 2);
    memcpy(fatbin + 6, &head, 2);
    memcpy(fatbin + 8, &rest, 8);
    memcpy(fatbin + 16, &kind, 2);
    memcpy(fatbin + 20, &member_head, 4);
    memcpy(fatbin + 24, &bytes, 8);
    memcpy(fatbin + 44, &sm, 4);
    memcpy(fatbin + head + member_head, cubin, CUBIN_BYTES);
    return head + member_head + CUBIN_BYTES;
}

static bool appends(opened *o, tn_plugin_module *module)
{
    tn_plugin_memory *list = memory_of(o, 8);
    uint32_t numbers[2];

    fill_u32(o->stream, list, 0, 2);
    WORKS(append(o->stream, kernel_of(module, "append"), list, 13));
    fetch_u32(o->stream, list, numbers, 2);
    the.plugin.memory_destroy(list, NULL);
    return numbers[0] == 1 && numbers[1] == 13;
}

static void binaries_run(void)
{
    static const char *const scripts[] = {
        "", "version=11040; missing=cuFuncGetParamInfo,cuFuncGetName,"
            "cuModuleGetFunctionCount,cuModuleEnumerateFunctions"};
    unsigned char cubin[CUBIN_BYTES];
    unsigned char fatbin[CUBIN_BYTES + 80];
    opened o;

    write_cubin(cubin, 90);
    for (int i = 0; i < 4; ++i) {
        bool fat = i % 2 != 0;
        bool old = i / 2 != 0;
        size_t bytes = write_fatbin(fatbin, cubin, 90);
        tn_plugin_module *module = NULL;
        tn_plugin_kernel *kernel = NULL;
        tn_kernel_info info = {.size = sizeof info};

        open_script(&o, scripts[old]);
        WORKS_FATAL(fat ? load_as(&o, "fatbin", fatbin, bytes, &module)
                        : load_as(&o, "cubin", cubin, sizeof cubin, &module));
        CU_ASSERT(appends(&o, module));
        WORKS(the.plugin.kernel_info(kernel_of(module, "append"), &info));
        CU_ASSERT_EQUAL(info.parameter_count, old ? TN_UNKNOWN : 2);
        FAILS_SAYING(the.plugin.kernel_get(module, "apend", &kernel),
                     TN_ERROR_NOT_FOUND, "no kernel apend");
        the.plugin.module_destroy(module);
        close_opened(&o);
    }
}

static void binaries_for_others(void)
{
    static const struct {
        unsigned code;
        const char *script;
    } cases[] = {{100, "sm=90"}, {80, "sm=90"}, {89, "sm=86"}};
    unsigned char cubin[CUBIN_BYTES];
    opened o;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        tn_plugin_module *module = NULL;

        write_cubin(cubin, cases[i].code);
        open_script(&o, cases[i].script);
        FAILS_SAYING(load_as(&o, "cubin", cubin, sizeof cubin, &module),
                     TN_ERROR_FORMAT,
                     "(209): the code is for another GPU; the GPU is ");
        CU_ASSERT(still_works(&o));
        close_opened(&o);
    }
}

/* The driver takes no length, so what is cut must not reach it. */
static void binaries_cut_anywhere(void)
{
    unsigned char cubin[CUBIN_BYTES];
    unsigned char fatbin[CUBIN_BYTES + 80];
    opened o;

    write_cubin(cubin, 90);
    size_t all = write_fatbin(fatbin, cubin, 90);

    open_script(&o, "cuModuleLoadDataEx=0");
    for (size_t bytes = 0; bytes < all; ++bytes) {
        bool fat = bytes >= sizeof cubin;
        tn_plugin_module *module = NULL;

        FAILS(load_as(&o, "fatbin", fatbin, bytes, &module), TN_ERROR_FORMAT);
        if (!fat) {
            FAILS(load_as(&o, "cubin", cubin, bytes, &module), TN_ERROR_FORMAT);
        }
    }
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuModuleLoadDataEx"), 0);
    close_opened(&o);
}

void add_binary_tests(CU_pSuite tests)
{
    CU_add_test(tests, "cubins and fatbins run, on old drivers too",
                binaries_run);
    CU_add_test(tests, "a cubin for another GPU is refused",
                binaries_for_others);
    CU_add_test(tests, "a binary cut anywhere does not reach the driver",
                binaries_cut_anywhere);
}
