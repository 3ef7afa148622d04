/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tenon/tenon.h>

#include "tools/command.h"
#include "tools/output.h"
#include "tools/report.h"

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"config", required_argument, NULL, 'c'},
    {"verbose", no_argument, NULL, 'v'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static const tool_command self = {
    .name = "list",
    .options = ":hc:v",
    .long_options = long_options,
    .help =
        "usage: tenon list [OPTION...]\n"
        "\n"
        "Tries every backend that the configuration lists, and shows what "
        "became of\n"
        "each and the devices that there are. Exits with 3 when none works.\n"
        "\n"
        "options:\n"
        "  -c, --config FILE  read this INI file too, as an application's\n"
        "  -v, --verbose      show plugins, versions, limits and features too\n"
        "      --json         print JSON, with all of it\n"
        "  -h, --help         this text\n",
};

/* X(ID, header, flags, type in JSON); up to REASON they make the table. */
#define COLUMN_LIST(X)                                                         \
    X(NAME, "NAME", SCOLS_FL_TREE, STRING)                                     \
    X(STATE, "STATE", 0, STRING)                                               \
    X(DEVICE, "DEVICE", 0, STRING)                                             \
    X(TARGET, "TARGET", 0, STRING)                                             \
    X(MEMORY, "MEMORY", SCOLS_FL_RIGHT, NUMBER)                                \
    X(UNITS, "UNITS", SCOLS_FL_RIGHT, NUMBER)                                  \
    X(REASON, "REASON", SCOLS_FL_WRAP, STRING)                                 \
    X(PLUGIN, "PLUGIN", 0, STRING)                                             \
    X(VERSION, "VERSION", 0, STRING)                                           \
    X(RANK, "RANK", 0, NUMBER)                                                 \
    X(STATUS, "STATUS", 0, STRING)                                             \
    X(KIND, "KIND", 0, STRING)                                                 \
    X(VENDOR, "VENDOR", 0, STRING)                                             \
    X(DRIVER, "DRIVER", 0, STRING)                                             \
    X(PCI, "PCI_ADDRESS", 0, STRING)                                           \
    X(UUID, "UUID", 0, STRING)                                                 \
    X(NUMA, "NUMA_NODE", 0, NUMBER)                                            \
    X(FREE, "FREE_MEMORY", 0, NUMBER)                                          \
    X(ALLOCATION, "LARGEST_BUFFER", 0, NUMBER)                                 \
    X(LOCAL, "LOCAL_MEMORY", 0, NUMBER)                                        \
    X(CACHES, "CACHES", 0, STRING)                                             \
    X(ARGUMENTS, "ARGUMENT_BYTES", 0, NUMBER)                                  \
    X(ALIGNMENT, "OFFSET_ALIGNMENT", 0, NUMBER)                                \
    X(SUBGROUP, "SUBGROUP_ITEMS", 0, NUMBER)                                   \
    X(GROUP, "GROUP_ITEMS", 0, NUMBER)                                         \
    X(GROUP_SHAPE, "GROUP_SHAPE", 0, STRING)                                   \
    X(GRID_SHAPE, "GRID_GROUPS", 0, STRING)                                    \
    X(FEATURES, "FEATURES", 0, STRING)

enum {
#define COLUMN_ID(id, name, flags, type) id,
    COLUMN_LIST(COLUMN_ID)
#undef COLUMN_ID
    COLUMNS,
    TABLE_COLUMNS = REASON + 1
};

static const output_column columns[COLUMNS] = {
#define COLUMN(id, name, flags, type) {name, flags, SCOLS_JSON_##type},
    COLUMN_LIST(COLUMN)
#undef COLUMN
};

/* -v shows the same as lines of a tree: with so many columns there is no
 * other way to fit a terminal. */
static const output_column detail_columns[] = {
    {"NAME", SCOLS_FL_TREE, SCOLS_JSON_STRING},
    {"VALUE", SCOLS_FL_WRAP, SCOLS_JSON_STRING},
};

typedef struct listing {
    struct libscols_table *table;
    bool json;
    bool detail;
} listing;

/* ---- one property of one line -------------------------------------------- */

static void put_detail(const listing *l, struct libscols_line *line,
                       unsigned column, const char *text)
{
    char key[32];
    size_t length = 0;

    for (const char *c = columns[column].name; *c != '\0'; ++c) {
        key[length++] = *c == '_' ? ' ' : (char)tolower(*c);
    }
    key[length] = '\0';

    struct libscols_line *child = output_line(l->table, line);

    output_cell(child, 0, "%s", key);
    output_cell(child, 1, "%s", text);
}

static void __attribute__((format(printf, 4, 5)))
put(const listing *l, struct libscols_line *line, unsigned column,
    const char *format, ...)
{
    char text[2048];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (text[0] == '\0') {
        return;
    }
    if (l->detail) {
        put_detail(l, line, column, text);
    } else if (l->json || column < TABLE_COLUMNS) {
        output_cell(line, column, "%s", text);
    }
}

/* 0 is what a device says when it does not know. */
static void put_number(const listing *l, struct libscols_line *line,
                       unsigned column, uint64_t value)
{
    if (value > 0) {
        put(l, line, column, "%" PRIu64, value);
    }
}

/* 1536 as "1.5 KiB" for people, as it is for programs. */
static void put_bytes(const listing *l, struct libscols_line *line,
                      unsigned column, uint64_t bytes)
{
    char text[OUTPUT_BYTES];

    if (l->json || bytes < 1024) {
        put_number(l, line, column, bytes);
        return;
    }
    put(l, line, column, "%s", output_bytes(bytes, text));
}

static void put_shape(const listing *l, struct libscols_line *line,
                      unsigned column, const uint32_t shape[3])
{
    if (shape[0] > 0) {
        put(l, line, column, "%" PRIu32 ",%" PRIu32 ",%" PRIu32, shape[0],
            shape[1], shape[2]);
    }
}

/* ---- devices -------------------------------------------------------------- */

static void put_features(const listing *l, struct libscols_line *line,
                         uint32_t features)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {
        {TN_FEATURE_PINNED, "pinned"},
        {TN_FEATURE_SHARED, "shared"},
        {TN_FEATURE_MAP, "map"},
        {TN_FEATURE_IMPORT, "import"},
        {TN_FEATURE_PEER, "peer"},
        {TN_FEATURE_GRAPH, "graph"},
        {TN_FEATURE_SYMBOLS, "symbols"},
        {TN_FEATURE_F64, "f64"},
        {TN_FEATURE_HOST_MEMORY, "host-memory"},
    };
    char text[128] = "";
    size_t used = 0;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        if ((features & names[i].bit) != 0) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                     used > 0 ? " " : "", names[i].name);
        }
    }
    put(l, line, FEATURES, "%s", text);
}

static void put_uuid(const listing *l, struct libscols_line *line,
                     const uint8_t uuid[16])
{
    static const uint8_t none[16];
    char text[40];
    size_t used = 0;

    if (memcmp(uuid, none, sizeof none) == 0) {
        return;
    }
    for (size_t i = 0; i < 16; ++i) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;

        used += (size_t)snprintf(text + used, sizeof text - used, "%s%02x",
                                 dash ? "-" : "", uuid[i]);
    }
    put(l, line, UUID, "%s", text);
}

static void put_identity(const listing *l, struct libscols_line *line,
                         const tn_device_info *info)
{
    static const char *const kinds[] = {"other", "cpu", "gpu", "accelerator"};

    put(l, line, KIND, "%s", kinds[info->kind < 4 ? info->kind : 0]);
    put(l, line, VENDOR, "%s", info->vendor);
    put(l, line, DRIVER, "%s", info->driver);
    put(l, line, PCI, "%s", info->pci_address);
    put_uuid(l, line, info->uuid);
    if (info->numa_node >= 0) {
        put(l, line, NUMA, "%" PRId32, info->numa_node);
    }
}

/* "32 KiB, 1 MiB, 16 MiB": of levels 1, 2 and 3, as far as they are known */
static void put_caches(const listing *l, struct libscols_line *line,
                       const uint64_t bytes[3])
{
    char text[64];
    size_t used = 0;

    text[0] = '\0';
    for (int i = 0; i < 3; ++i) {
        if (bytes[i] != 0) {
            used += (size_t)snprintf(
                text + used, sizeof text - used, "%sL%d %" PRIu64 " KiB",
                used > 0 ? ", " : "", i + 1, bytes[i] >> 10);
        }
    }
    put(l, line, CACHES, "%s", text);
}

static void put_limits(const listing *l, struct libscols_line *line,
                       const tn_device_info *info)
{
    put_bytes(l, line, ALLOCATION, info->allocation_bytes);
    put_bytes(l, line, LOCAL, info->local_bytes);
    put_caches(l, line, info->cache_bytes);
    put_number(l, line, ARGUMENTS, info->argument_bytes);
    put_number(l, line, ALIGNMENT, info->offset_alignment);
    put_number(l, line, SUBGROUP, info->subgroup_items);
    put_number(l, line, GROUP, info->max_items);
    put_shape(l, line, GROUP_SHAPE, info->max_items_dim);
    put_shape(l, line, GRID_SHAPE, info->max_groups_dim);
    put_features(l, line, info->features);
}

static void put_device(const listing *l, struct libscols_line *parent,
                       tn_device *device, bool is_default)
{
    struct libscols_line *line = output_line(l->table, parent);
    tn_device_info info = {.size = sizeof info};
    uint64_t bytes;

    output_cell(line, NAME, "%s", tn_device_name(device));
    if (tn_device_info_get(device, &info) != TN_OK) {
        return;
    }
    if (l->detail) {
        output_cell(line, 1, "%s%s", info.name, is_default ? ", default" : "");
    } else {
        put(l, line, DEVICE, "%s", info.name);
        put(l, line, STATE, "%s", is_default ? "default" : "");
    }
    put(l, line, TARGET, "%s", info.target);
    put_bytes(l, line, MEMORY, info.memory_bytes);
    put_number(l, line, UNITS, info.compute_units);
    put_identity(l, line, &info);
    if ((l->json || l->detail) &&
        tn_device_memory_free(device, &bytes) == TN_OK) {
        put_bytes(l, line, FREE, bytes);
    }
    put_limits(l, line, &info);
}

/* ---- backends ------------------------------------------------------------- */

/* Whether a device's name, "cuda:1", begins with the backend's. */
static bool belongs(const tn_device *device, const char *backend)
{
    const char *name = tn_device_name(device);
    size_t length = strlen(backend);

    return strncmp(name, backend, length) == 0 && name[length] == ':';
}

static void put_devices(const listing *l, struct libscols_line *parent,
                        tn_runtime *runtime, const char *backend,
                        const tn_device *chosen)
{
    tn_device *device;

    for (size_t i = 0; i < tn_device_count(runtime); ++i) {
        if (tn_device_get(runtime, i, &device) == TN_OK &&
            belongs(device, backend)) {
            put_device(l, parent, device, device == chosen);
        }
    }
}

static struct libscols_line *put_backend(const listing *l,
                                         const tn_backend_info *info)
{
    static const char *const states[] = {
#define STATE_TEXT(id, number, text) [number] = text,
        TN_BACKEND_STATE_LIST(STATE_TEXT)
#undef STATE_TEXT
    };
    struct libscols_line *line = output_line(l->table, NULL);
    const char *state = info->state < sizeof states / sizeof states[0]
                            ? states[info->state]
                            : "unknown";

    output_cell(line, NAME, "%s", info->name);
    if (l->detail) {
        output_cell(line, 1, "%s", state);
    } else {
        put(l, line, STATE, "%s", state);
    }
    put(l, line, REASON, "%s", info->reason);
    put(l, line, PLUGIN, "%s", info->plugin);
    put(l, line, VERSION, "%s", info->version);
    put(l, line, RANK, "%" PRId32, info->rank);
    if (info->state == TN_BACKEND_REJECTED) {
        put(l, line, STATUS, "%s", tn_status_name(info->status));
    }
    return line;
}

static void print_backends(tn_runtime *runtime, const tn_device *chosen,
                           bool json, bool verbose)
{
    listing l = {.json = json, .detail = verbose && !json};

    l.table = l.detail ? output_table("backends", json, detail_columns, 2)
                       : output_table("backends", json, columns,
                                      json ? COLUMNS : TABLE_COLUMNS);
    scols_table_enable_noheadings(l.table, l.detail);
    for (size_t i = 0; i < tn_runtime_backend_count(runtime); ++i) {
        tn_backend_info info = {.size = sizeof info};

        if (tn_runtime_backend(runtime, i, &info) == TN_OK) {
            struct libscols_line *line = put_backend(&l, &info);

            put_devices(&l, line, runtime, info.name, chosen);
        }
    }
    output_print(l.table);
}

/* Prints the list even when nothing works: that is when it is read. */
static int list(const tn_options *options, bool json, bool verbose)
{
    tn_runtime *runtime;
    tn_device *chosen = NULL;
    int code = EXIT_OK;
    tn_status status = tn_runtime_open_with(options, &runtime);

    if (status != TN_OK) {
        return report_status(REPORT_OPENING, status);
    }
    tn_runtime_probe(runtime);
    status = tn_device_default(runtime, &chosen);
    print_backends(runtime, chosen, json, verbose);
    if (status == TN_ERROR_CONFIG || tn_device_count(runtime) == 0) {
        fflush(stdout);
        status = tn_device_default(runtime, &chosen); /* its sentence again */
        code = report_status(REPORT_OPENING, status);
        code = code == EXIT_CONFIG ? code : EXIT_NO_DEVICE;
    }
    tn_runtime_close(runtime);
    return code;
}

int cmd_list(int argc, char **argv)
{
    tn_options options = {.size = sizeof options, .flags = TN_OPEN_DEFERRED};
    bool json = false;
    bool verbose = false;

    for (int option; (option = command_option(&self, argc, argv)) != -1;) {
        if (option == 'c') {
            options.file = optarg;
        } else if (option == 'v') {
            verbose = true;
        } else {
            json = true;
        }
    }
    command_no_operand(&self, argc, argv);
    return list(&options, json, verbose);
}
