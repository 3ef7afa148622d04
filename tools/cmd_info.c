/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include <tenon/tenon.h>

#include "tools/command.h"
#include "tools/output.h"
#include "tools/report.h"

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"config", required_argument, NULL, 'c'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static const tool_command self = {
    .name = "info",
    .options = ":hc:",
    .long_options = long_options,
    .help =
        "usage: tenon info [OPTION...] [DEVICE]\n"
        "\n"
        "Opens the device that a program would get, or DEVICE (BACKEND or "
        "BACKEND:DEVICE),\n"
        "and shows what it is and the memory that this process holds of it.\n"
        "\n"
        "options:\n"
        "  -c, --config FILE  read this INI file too, as an application's\n"
        "      --json         print JSON\n"
        "  -h, --help         this text\n",
};

/* X(name in JSON, name for people, whether it is bytes, whether 0 is unknown) */
#define NUMBER_LIST(X)                                                         \
    X(units, "compute units", false, true)                                     \
    X(memory, "memory", true, true)                                            \
    X(free_memory, "free memory", true, true)                                  \
    X(cache_limit, "cached at most", true, false)                              \
    X(cached, "cached", true, false)                                           \
    X(waiting, "of it awaited", true, false)                                   \
    X(used, "in buffers", true, false)                                         \
    X(peak, "held at most", true, false)                                       \
    X(buffers, "buffers", false, false)                                        \
    X(hits, "made of cached memory", false, false)                             \
    X(misses, "asked of the driver", false, false)

enum {
    NAME,
    DEVICE,
    TARGET,
    DRIVER,
#define NUMBER_ID(name, text, is_bytes, is_optional) NUMBER_##name,
    NUMBER_LIST(NUMBER_ID)
#undef NUMBER_ID
    COLUMNS
};

static const output_column columns[COLUMNS] = {{"NAME", 0, SCOLS_JSON_STRING},
                                               {"DEVICE", 0, SCOLS_JSON_STRING},
                                               {"TARGET", 0, SCOLS_JSON_STRING},
                                               {"DRIVER", 0, SCOLS_JSON_STRING},
#define NUMBER_COLUMN(name, text, is_bytes, is_optional)                       \
    {#name, 0, SCOLS_JSON_NUMBER},
                                               NUMBER_LIST(NUMBER_COLUMN)
#undef NUMBER_COLUMN
};

/* For people each is a line of its own. */
static const output_column line_columns[] = {
    {"NAME", 0, SCOLS_JSON_STRING},
    {"VALUE", SCOLS_FL_WRAP, SCOLS_JSON_STRING},
};

typedef struct description {
    const char *name;
    tn_device_info info;
#define NUMBER_MEMBER(name, text, is_bytes, is_optional) uint64_t name;
    NUMBER_LIST(NUMBER_MEMBER)
#undef NUMBER_MEMBER
} description;

static tn_status describe(tn_device *device, description *d)
{
    tn_memory_stats stats = {.size = sizeof stats};

    d->name = tn_device_name(device);
    d->info.size = sizeof d->info;
    tn_status status = tn_device_info_get(device, &d->info);

    if (status == TN_OK) {
        status = tn_device_memory_stats(device, &stats);
    }
    if (status == TN_OK) {
        status = tn_device_status(device);
    }
    if (tn_device_memory_free(device, &d->free_memory) != TN_OK) {
        d->free_memory = 0; /* not every driver can tell */
    }
    d->units = d->info.compute_units;
    d->memory = d->info.memory_bytes;
    d->cache_limit = stats.limit_bytes;
    d->cached = stats.cached_bytes;
    d->waiting = stats.waiting_bytes;
    d->used = stats.used_bytes;
    d->peak = stats.peak_bytes;
    d->buffers = stats.buffers;
    d->hits = stats.hits;
    d->misses = stats.misses;
    return status;
}

static void print_json(const description *d)
{
    struct libscols_table *table = output_table("info", true, columns, COLUMNS);
    struct libscols_line *line = output_line(table, NULL);

    output_cell(line, NAME, "%s", d->name);
    output_cell(line, DEVICE, "%s", d->info.name);
    output_cell(line, TARGET, "%s", d->info.target);
    output_cell(line, DRIVER, "%s", d->info.driver);
#define NUMBER_CELL(name, text, is_bytes, is_optional)                         \
    if (d->name != 0 || !(is_optional)) {                                      \
        output_cell(line, NUMBER_##name, "%" PRIu64, d->name);                 \
    }
    NUMBER_LIST(NUMBER_CELL)
#undef NUMBER_CELL
    output_print(table);
}

static void put(struct libscols_table *table, const char *name,
                const char *value)
{
    struct libscols_line *line = output_line(table, NULL);

    output_cell(line, 0, "%s", name);
    output_cell(line, 1, "%s", value);
}

static void put_number(struct libscols_table *table, const char *name,
                       uint64_t number, bool is_bytes)
{
    char text[32];
    char bytes[OUTPUT_BYTES];

    snprintf(text, sizeof text, "%" PRIu64, number);
    put(table, name, is_bytes ? output_bytes(number, bytes) : text);
}

static void print_lines(const description *d)
{
    struct libscols_table *table = output_table("info", false, line_columns, 2);

    scols_table_enable_noheadings(table, 1);
    put(table, "name", d->name);
    put(table, "device", d->info.name);
    put(table, "target", d->info.target);
    put(table, "driver", d->info.driver);
#define NUMBER_LINE(name, text, is_bytes, is_optional)                         \
    if (d->name != 0 || !(is_optional)) {                                      \
        put_number(table, text, d->name, is_bytes);                            \
    }
    NUMBER_LIST(NUMBER_LINE)
#undef NUMBER_LINE
    output_print(table);
}

static int show(const tn_options *options, const char *name, bool json)
{
    tn_runtime *runtime;
    tn_device *device;
    description d = {0};
    int code = EXIT_OK;
    tn_status status = tn_runtime_open_with(options, &runtime);

    if (status != TN_OK) {
        return report_status(REPORT_OPENING, status);
    }
    status = name != NULL ? tn_device_find(runtime, name, &device)
                          : tn_device_default(runtime, &device);
    if (status == TN_OK) {
        status = describe(device, &d);
    }
    if (status != TN_OK) {
        code = report_status(REPORT_OPENING, status);
    } else if (json) {
        print_json(&d);
    } else {
        print_lines(&d);
    }
    tn_runtime_close(runtime);
    return code;
}

int cmd_info(int argc, char **argv)
{
    tn_options options = {.size = sizeof options, .flags = TN_OPEN_DEFERRED};
    const char *name = NULL;
    bool json = false;

    for (int option; (option = command_option(&self, argc, argv)) != -1;) {
        if (option == 'c') {
            options.file = optarg;
        } else {
            json = true;
        }
    }
    if (optind < argc) {
        name = argv[optind++];
    }
    command_no_operand(&self, argc, argv);
    return show(&options, name, json);
}
