/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/nearest.h"
#include "tools/bench/bench.h"
#include "tools/command.h"
#include "tools/output.h"
#include "tools/report.h"

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"backend", required_argument, NULL, 'b'},
    {"config", required_argument, NULL, 'c'},
    {"json", no_argument, NULL, 'j'},
    {"svg", required_argument, NULL, 's'},
    {NULL, 0, NULL, 0},
};

/* No help text: its list is made here. */
static const tool_command self = {
    .name = "bench",
    .options = ":hb:c:",
    .long_options = long_options,
};

static void print_help(void)
{
    fputs("usage: tenon bench [OPTION...] [MEASURE...]\n"
          "\n"
          "Measures the chosen device, each time beside the same work as plain "
          "calls of\n"
          "its driver in this process: the CUDA driver, OpenCL, or OpenMP for "
          "cpu. The two\n"
          "take turns; the ratio is the median of 31 pairs, below 1 where "
          "Tenon is faster.\n"
          "\n"
          "measures, all of them where none is named:\n",
          stdout);
#define MEASURE_LINE(name, text) printf("  %-10s %s\n", #name, text);
    BENCH_LIST(MEASURE_LINE)
#undef MEASURE_LINE
    fputs("\n"
          "options:\n"
          "  -b, --backend BACKEND[:DEVICE]  this one, whatever is configured\n"
          "  -c, --config FILE               read this INI file too, as an "
          "application's\n"
          "      --json                      print JSON, times in "
          "nanoseconds\n"
          "      --svg FILE                  draw copies over size, and how "
          "long launches\n"
          "                                  took\n"
          "  -h, --help                      this text\n",
          stdout);
}

static const char *const measures[] = {
#define MEASURE_NAME(name, text) #name,
    BENCH_LIST(MEASURE_NAME)
#undef MEASURE_NAME
};

enum {
    MEASURE_COUNT = sizeof measures / sizeof measures[0]
};

/* ---- the table ---- */

enum {
    MEASURE,
    BYTES,
    TIME,
    PEER,
    PEER_TIME,
    RATIO,
    LOW,
    HIGH,
    MEAN,
    PEER_MEAN,
    P99,
    PEER_P99,
    MOST,
    PEER_MOST,
    COLUMNS
};

static const output_column columns[COLUMNS] = {
    [MEASURE] = {"MEASURE", 0, SCOLS_JSON_STRING},
    [BYTES] = {"BYTES", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [TIME] = {"TIME", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [PEER] = {"PEER", 0, SCOLS_JSON_STRING},
    [PEER_TIME] = {"PEER-TIME", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [RATIO] = {"RATIO", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [LOW] = {"LOW", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [HIGH] = {"HIGH", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [MEAN] = {"MEAN", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [PEER_MEAN] = {"PEER-MEAN", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [P99] = {"P99", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [PEER_P99] = {"PEER-P99", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [MOST] = {"MAX", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [PEER_MOST] = {"PEER-MAX", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
};

/* "1.23 us" for people, nanoseconds for programs. */
static void time_cell(struct libscols_line *line, size_t column, bool json,
                      double time)
{
    if (json) {
        output_cell(line, column, "%.1f", time);
    } else if (time < 1e6) {
        output_cell(line, column, "%.2f us", time * 1e-3);
    } else {
        output_cell(line, column, "%.2f ms", time * 1e-6);
    }
}

static void print_row(struct libscols_table *table, bool json,
                      const bench_row *row)
{
    struct libscols_line *line = output_line(table, NULL);
    const sample_result *r = &row->result;

    output_cell(line, MEASURE, "%s", row->measure);
    if (row->bytes != 0) {
        output_cell(line, BYTES, "%llu", (unsigned long long)row->bytes);
    }
    time_cell(line, TIME, json, r->ours.figures.median);
    time_cell(line, MEAN, json, r->ours.figures.mean);
    time_cell(line, P99, json, r->ours.figures.p99);
    time_cell(line, MOST, json, r->ours.figures.max);
    if (row->peer == NULL) {
        return;
    }
    output_cell(line, PEER, "%s", row->peer);
    time_cell(line, PEER_TIME, json, r->peer.figures.median);
    time_cell(line, PEER_MEAN, json, r->peer.figures.mean);
    time_cell(line, PEER_P99, json, r->peer.figures.p99);
    time_cell(line, PEER_MOST, json, r->peer.figures.max);
    output_cell(line, RATIO, "%.4f", r->ratio.value);
    output_cell(line, LOW, "%.4f", r->ratio.low);
    output_cell(line, HIGH, "%.4f", r->ratio.high);
}

static void print_rows(const bench *b, bool json)
{
    struct libscols_table *table =
        output_table("measures", json, columns, COLUMNS);

    for (size_t i = 0; i < b->count; ++i) {
        print_row(table, json, &b->rows[i]);
    }
    output_print(table);
}

/* ---- the command ---- */

static int find_measure(const char *name, size_t *index)
{
    tn_nearest search;
    char hint[96];

    tn_nearest_init(&search, name);
    for (*index = 0; *index < MEASURE_COUNT; ++*index) {
        if (strcmp(measures[*index], name) == 0) {
            return EXIT_OK;
        }
        tn_nearest_offer(&search, measures[*index]);
    }
    return report_usage("bench", "no measure '%s'%s", name,
                        tn_nearest_hint(&search, hint, sizeof hint));
}

static int draw(const bench *b, const char *path)
{
    FILE *file = fopen(path, "w");

    if (file == NULL) {
        return report_error(EXIT_FAILED, "cannot write %s: %s", path,
                            strerror(errno));
    }
    bench_draw(file, b);
    if (fclose(file) != 0) {
        return report_error(EXIT_FAILED, "cannot write %s: %s", path,
                            strerror(errno));
    }
    return EXIT_OK;
}

static void run(bench *b, const bool wanted[MEASURE_COUNT], bool json)
{
    bench_open(b);
    if (!json) {
        printf("%s, %s\n", tn_device_name(b->device), b->info.name);
    }
    if (b->no_raw != NULL) {
        report("nothing to compare with: %s", b->no_raw);
    }
    for (size_t i = 0; i < MEASURE_COUNT; ++i) {
        if (wanted[i]) {
            bench_measure(b, i);
        }
    }
    if (b->progress) {
        fputs("\r\033[K", stderr);
    }
    print_rows(b, json);
}

int cmd_bench(int argc, char **argv)
{
    bool wanted[MEASURE_COUNT] = {false};
    bench b = {.progress = isatty(STDERR_FILENO) != 0};
    const char *svg = NULL;
    bool json = false;
    int option;

    while ((option = command_option(&self, argc, argv)) != -1) {
        switch (option) {
        case 'h':
            print_help();
            return EXIT_OK;
        case 'b':
            b.wanted = optarg;
            break;
        case 'c':
            b.config = optarg;
            break;
        case 's':
            svg = optarg;
            break;
        default:
            json = true;
            break;
        }
    }
    for (int i = optind; i < argc; ++i) {
        size_t index;
        int code = find_measure(argv[i], &index);

        if (code != EXIT_OK) {
            return code;
        }
        wanted[index] = true;
    }
    for (size_t i = 0; i < MEASURE_COUNT; ++i) {
        wanted[i] |= optind == argc;
    }
    run(&b, wanted, json);
    int code = svg != NULL ? draw(&b, svg) : EXIT_OK;

    bench_close(&b);
    return code;
}
