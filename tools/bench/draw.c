/* SPDX-License-Identifier: MIT */
/*
 * Two pictures in one SVG: bytes a second of copies over their size, and how
 * the times of single launches are distributed.
 */
#include <math.h>
#include <string.h>

#include "tools/bench/bench.h"

enum {
    WIDTH = 640,
    HEIGHT = 320,
    MARGIN = 60,
    LEGEND = 18 /* between the lines of a legend */
};

/* A field of a picture: values from least to most, logarithmic in x. */
typedef struct field {
    double top;
    double x_least, x_most;
    double y_most;
} field;

static const char *const colours[] = {"#1f77b4", "#ff7f0e", "#2ca02c",
                                      "#d62728", "#9467bd", "#8c564b",
                                      "#e377c2", "#7f7f7f"};

static double at_x(const field *f, double x)
{
    return MARGIN + (WIDTH - 2 * MARGIN) * log(x / f->x_least) /
                        log(f->x_most / f->x_least);
}

static double at_y(const field *f, double y)
{
    return f->top + HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * y / f->y_most;
}

static void draw_frame(FILE *file, const field *f, const char *title,
                       const char *unit)
{
    fprintf(file,
            "<text x='%d' y='%.0f' font-weight='bold'>%s</text>\n"
            "<rect x='%d' y='%.0f' width='%d' height='%d' fill='none' "
            "stroke='#999'/>\n",
            MARGIN, f->top + MARGIN - 20, title, MARGIN, f->top + MARGIN,
            WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN);
    for (int i = 0; i <= 4; ++i) {
        double y = f->y_most * i / 4;

        fprintf(file, "<text x='%d' y='%.1f' text-anchor='end'>%.3g%s</text>\n",
                MARGIN - 6, at_y(f, y) + 4, y, unit);
    }
}

static void draw_x(FILE *file, const field *f, double x, const char *text)
{
    fprintf(file,
            "<text x='%.1f' y='%.0f' text-anchor='middle'>%s</text>\n"
            "<line x1='%.1f' x2='%.1f' y1='%.0f' y2='%.0f' "
            "stroke='#ddd'/>\n",
            at_x(f, x), f->top + HEIGHT - MARGIN + 18, text, at_x(f, x),
            at_x(f, x), f->top + MARGIN, f->top + HEIGHT - MARGIN);
}

static void draw_legend(FILE *file, const field *f, int number,
                        const char *name, const char *who)
{
    fprintf(file, "<text x='%d' y='%.0f' fill='%s'>%s%s%s</text>\n",
            WIDTH - MARGIN + 10, f->top + MARGIN + LEGEND * (number + 1),
            colours[number % 8], name, who[0] != '\0' ? ", " : "", who);
}

/* ---- copies ---- */

static bool is_copy(const bench_row *row)
{
    return strncmp(row->measure, "copy ", 5) == 0;
}

static double rate(const bench_row *row, const sample_times *times)
{
    return (double)row->bytes /
           times->figures.median; /* bytes a ns are GB a s */
}

static const sample_times *side_of(const bench_row *row, bool peer)
{
    return peer ? &row->result.peer : &row->result.ours;
}

static bool find_copies(const bench *b, field *f)
{
    f->x_least = INFINITY;
    for (size_t i = 0; i < b->count; ++i) {
        const bench_row *row = &b->rows[i];

        if (is_copy(row)) {
            f->x_least = fmin(f->x_least, (double)row->bytes);
            f->x_most = fmax(f->x_most, (double)row->bytes);
            f->y_most = fmax(f->y_most, rate(row, &row->result.ours));
            if (row->peer != NULL) {
                f->y_most = fmax(f->y_most, rate(row, &row->result.peer));
            }
        }
    }
    return f->x_most > f->x_least;
}

static void draw_curve(FILE *file, const field *f, const bench *b,
                       const char *measure, bool peer, int number)
{
    fprintf(file, "<polyline fill='none' stroke='%s' %s points='",
            colours[number % 8], peer ? "stroke-dasharray='4 3'" : "");
    for (size_t i = 0; i < b->count; ++i) {
        const bench_row *row = &b->rows[i];

        if (strcmp(row->measure, measure) == 0) {
            fprintf(file, "%.1f,%.1f ", at_x(f, (double)row->bytes),
                    at_y(f, rate(row, side_of(row, peer))));
        }
    }
    fprintf(file, "'/>\n");
}

static void draw_copies(FILE *file, const bench *b, double top)
{
    static const char *const kinds[] = {"copy to, pageable",
                                        "copy from, pageable",
                                        "copy to, pinned", "copy from, pinned"};
    field f = {.top = top};
    int number = 0;

    if (!find_copies(b, &f)) {
        return;
    }
    draw_frame(file, &f, "copies, GB/s", "");
    draw_x(file, &f, f.x_least, "4 KiB");
    draw_x(file, &f, sqrt(f.x_least * f.x_most), "");
    draw_x(file, &f, f.x_most, f.x_most >= 1 << 30 ? "1 GiB" : "largest");
    for (size_t kind = 0; kind < 4; ++kind) {
        for (int peer = 0; peer < (b->raw != NULL ? 2 : 1); ++peer) {
            draw_curve(file, &f, b, kinds[kind], peer != 0, number);
            draw_legend(file, &f, number++, kinds[kind],
                        peer != 0 ? b->raw->name : "Tenon");
        }
    }
}

/* ---- the distribution of launches ---- */

static const bench_row *find_row(const bench *b, const char *measure)
{
    for (size_t i = 0; i < b->count; ++i) {
        if (strcmp(b->rows[i].measure, measure) == 0) {
            return &b->rows[i];
        }
    }
    return NULL;
}

/* Which part of the runs took at most so long. */
static void draw_distribution(FILE *file, const field *f,
                              const sample_times *times, int number)
{
    fprintf(file, "<polyline fill='none' stroke='%s' points='",
            colours[number]);
    for (int percent = 0; percent <= 100; ++percent) {
        double run = times->runs[(times->count - 1) * (size_t)percent / 100];

        fprintf(file, "%.1f,%.1f ", at_x(f, fmin(run, f->x_most)),
                at_y(f, percent));
    }
    fprintf(file, "'/>\n");
}

static void draw_launches(FILE *file, const bench *b, double top)
{
    const bench_row *row = find_row(b, "launch");
    char text[32];

    if (row == NULL) {
        return;
    }
    const sample_times *ours = &row->result.ours;
    const sample_times *peer = &row->result.peer;
    field f = {.top = top,
               .x_least = ours->runs[0],
               .x_most = ours->figures.p99 * 2,
               .y_most = 100};

    if (row->peer != NULL) {
        f.x_least = fmin(f.x_least, peer->runs[0]);
        f.x_most = fmax(f.x_most, peer->figures.p99 * 2);
    }
    draw_frame(file, &f, "launches that ended within a time", " %");
    for (int i = 0; i <= 2; ++i) {
        double x = f.x_least * pow(f.x_most / f.x_least, i / 2.0);

        snprintf(text, sizeof text, "%.3g us", x * 1e-3);
        draw_x(file, &f, x, text);
    }
    draw_distribution(file, &f, ours, 0);
    draw_legend(file, &f, 0, "Tenon", "");
    if (row->peer != NULL) {
        draw_distribution(file, &f, peer, 1);
        draw_legend(file, &f, 1, row->peer, "");
    }
}

void bench_draw(FILE *file, const bench *b)
{
    fprintf(file,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
            "font-family='sans-serif' font-size='12'>\n"
            "<rect width='100%%' height='100%%' fill='white'/>\n",
            WIDTH + 180, 2 * HEIGHT);
    draw_copies(file, b, 0);
    draw_launches(file, b, HEIGHT);
    fprintf(file, "</svg>\n");
}
