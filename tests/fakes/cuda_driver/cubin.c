/* SPDX-License-Identifier: MIT */
/*
 * Reads of a cubin what a driver has to know: whom it is for, and entries; and
 * of a fatbin, which of its members is the one.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

enum {
    MACHINE_CUDA = 190,
    ENTRY_PARAMETER = 0x17, /* EIATTR_KPARAM_INFO of .nv.info.NAME */
    SIZED_VALUE = 4         /* its form: a size, then bytes */
};

/* Words of .nv.info.NAME: each a form, a kind and a size, then its bytes. */
static void read_info(CUfunction f, const unsigned char *info, size_t bytes)
{
    for (size_t at = 0; at + 4 <= bytes;) {
        uint16_t size;
        uint16_t ordinal;
        uint16_t offset;
        uint32_t packed;

        memcpy(&size, info + at + 2, sizeof size);
        if (info[at] == SIZED_VALUE && info[at + 1] == ENTRY_PARAMETER) {
            memcpy(&ordinal, info + at + 8, sizeof ordinal);
            memcpy(&offset, info + at + 10, sizeof offset);
            memcpy(&packed, info + at + 12, sizeof packed);
            if (ordinal < PARAMETERS_MAX) {
                f->parameters[ordinal] =
                    (ptx_parameter){.offset = offset, .bytes = packed >> 18};
                if (f->parameter_count <= ordinal) {
                    f->parameter_count = ordinal + 1u;
                }
            }
        }
        at += 4 + (info[at] == SIZED_VALUE ? size : 0u);
    }
}

static CUfunction function_of(CUmodule module, const char *name)
{
    for (CUfunction f = module->functions; f != NULL; f = f->sibling) {
        if (strcmp(f->name, name) == 0) {
            return f;
        }
    }
    CUfunction f = fake_make(IS_FUNCTION, sizeof *f, module->context);

    f->module = module;
    f->dynamic_shared = SHARED_PLAIN;
    f->sibling = module->functions;
    module->functions = f;
    if (strlen(name) >= sizeof f->name) {
        fake_die("a name of %zu bytes", strlen(name));
    }
    strcpy(f->name, name);
    return f;
}

CUresult fake_cubin_read(CUmodule module, const unsigned char *image)
{
    Elf64_Ehdr header;
    Elf64_Shdr names;
    Elf64_Shdr section;

    memcpy(&header, image, sizeof header);
    if (header.e_type == FAKE_CUBIN_OF_PTX) {
        return header.e_flags == (unsigned)the_machine.sm
                   ? fake_ptx_read(module, (const char *)image + sizeof header,
                                   NULL, 0)
                   : CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    if (header.e_machine != MACHINE_CUDA ||
        header.e_shentsize != sizeof section) {
        return CUDA_ERROR_INVALID_IMAGE;
    }
    /* its place moved with CUDA 13 */
    module->sm =
        (int)(header.e_flags >> (header.e_ident[EI_ABIVERSION] >= 8 ? 8 : 0) &
              0xff);
    if (module->sm / 10 != the_machine.sm / 10 ||
        module->sm % 10 > the_machine.sm % 10) {
        return CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    memcpy(&names, image + header.e_shoff + header.e_shstrndx * sizeof names,
           sizeof names);
    for (size_t i = 0; i < header.e_shnum; ++i) {
        memcpy(&section, image + header.e_shoff + i * sizeof section,
               sizeof section);
        const char *name =
            (const char *)image + names.sh_offset + section.sh_name;

        if (strncmp(name, ".text.", 6) == 0) {
            function_of(module, name + 6);
        } else if (strncmp(name, ".nv.info.", 9) == 0) {
            read_info(function_of(module, name + 9), image + section.sh_offset,
                      section.sh_size);
        }
    }
    return CUDA_SUCCESS;
}

/* ---- fatbins ---- */

/* A member's own head; what else is in it does not matter here. */
typedef struct member {
    uint16_t kind;
    uint16_t version;
    uint32_t head_bytes;
    uint64_t bytes;
    uint32_t unread[5];
    uint32_t sm;
} member;

enum {
    MEMBER_PTX = 1,
    MEMBER_CUBIN = 2
};

/* The first cubin that fits, or else the first PTX. Compressed ones count not. */
CUresult fake_fatbin_read(CUmodule module, const unsigned char *image)
{
    uint16_t head;
    uint64_t rest;
    const unsigned char *ptx = NULL;

    memcpy(&head, image + 6, sizeof head);
    memcpy(&rest, image + 8, sizeof rest);
    for (uint64_t at = head; at + sizeof(member) <= head + rest;) {
        member m;

        memcpy(&m, image + at, sizeof m);
        const unsigned char *content = image + at + m.head_bytes;

        if (m.kind == MEMBER_PTX && ptx == NULL) {
            ptx = content;
        } else if (m.kind == MEMBER_CUBIN &&
                   memcmp(content, "\177ELF", 4) == 0 &&
                   fake_cubin_read(module, content) == CUDA_SUCCESS) {
            return CUDA_SUCCESS;
        }
        at += m.head_bytes + m.bytes;
    }
    return ptx == NULL ? CUDA_ERROR_NO_BINARY_FOR_GPU
                       : fake_ptx_read(module, (const char *)ptx, NULL, 0);
}
