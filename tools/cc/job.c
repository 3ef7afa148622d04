/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/cc/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/report.h"

/* The jobs that are run. */
typedef struct crew {
    cc_jobs *jobs;
    const cc_work *work;
    size_t begun;
    size_t ended;
    size_t running;
    bool failed;
    struct timespec give_up; /* once one has failed */
    sigset_t awaited;
    sigset_t before; /* the mask that commands get */
} crew;

/* ---- lists ---- */

cc_job *cc_jobs_add(cc_jobs *jobs, const char *name)
{
    cc_job *grown =
        reallocarray(jobs->items, jobs->count + 1, sizeof *jobs->items);

    if (grown == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for a command"));
    }
    jobs->items = grown;
    jobs->items[jobs->count] = (cc_job){.name = cc_text("%s", name)};
    return &jobs->items[jobs->count++];
}

cc_step *cc_job_step(cc_job *job)
{
    return &job->steps[job->step_count++];
}

void cc_jobs_free(cc_jobs *jobs)
{
    for (size_t i = 0; i < jobs->count; ++i) {
        cc_job *job = &jobs->items[i];

        for (size_t k = 0; k < job->step_count; ++k) {
            cc_words_free(&job->steps[k].words);
            free(job->steps[k].output);
        }
        free(job->name);
        free(job->log);
    }
    free(jobs->items);
    *jobs = (cc_jobs){.items = NULL};
}

/* ---- what people see ---- */

/* As it could be typed into a shell. */
static void print_command(const cc_step *step)
{
    for (size_t i = 0; i < step->words.count; ++i) {
        const char *word = step->words.items[i];
        bool plain = *word != '\0' &&
                     strspn(word, "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_-+=.,/:@%") == strlen(word);

        fputs(i > 0 ? " " : "", stderr);
        if (plain) {
            fputs(word, stderr);
            continue;
        }
        fputc('\'', stderr);
        for (; *word != '\0'; ++word) {
            if (*word == '\'') {
                fputs("'\\'", stderr);
            }
            fputc(*word, stderr);
        }
        fputc('\'', stderr);
    }
    if (step->output != NULL) {
        fprintf(stderr, " > %s", step->output);
    }
    fputc('\n', stderr);
}

static void show_progress(const crew *c)
{
    if (c->work->verbose || isatty(STDERR_FILENO) == 0) {
        return;
    }
    fputs("\r\033[K", stderr);
    if (c->running > 0) {
        fprintf(stderr, "[%zu/%zu]", c->ended, c->jobs->count);
        for (size_t i = 0; i < c->begun; ++i) {
            if (c->jobs->items[i].process > 0) {
                fprintf(stderr, " %s", c->jobs->items[i].name);
            }
        }
    }
    fflush(stderr);
}

/* Compilers of several targets say the same of one mistake. */
static bool was_said(const cc_jobs *jobs, size_t index)
{
    for (size_t i = 0; i < index; ++i) {
        if (jobs->items[i].log != NULL &&
            strcmp(jobs->items[i].log, jobs->items[index].log) == 0) {
            return true;
        }
    }
    return false;
}

static void print_logs(const cc_jobs *jobs)
{
    for (size_t i = 0; i < jobs->count; ++i) {
        if (jobs->items[i].log != NULL && !was_said(jobs, i)) {
            fputs(jobs->items[i].log, stderr);
        }
    }
}

/* ---- one command ---- */

/* Closes it, too. */
static char *read_log(int log)
{
    FILE *file = fdopen(log, "r");
    char *text = NULL;
    size_t size = 0;

    if (file != NULL) {
        rewind(file); /* the commands wrote where this would read */
        if (getdelim(&text, &size, '\0', file) <= 0) {
            free(text);
            text = NULL;
        }
        fclose(file);
    }
    return text;
}

static void begin_step(crew *c, cc_job *job)
{
    const cc_step *step = &job->steps[job->at];
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t plain;

    if (c->work->verbose) {
        print_command(step);
    }
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
                                     O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO,
                                     step->output != NULL ? step->output
                                                          : "/dev/null",
                                     O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_adddup2(&files, job->log_file, STDERR_FILENO);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK |
                                       POSIX_SPAWN_SETSIGDEF |
                                       POSIX_SPAWN_SETPGROUP);
    sigemptyset(&plain);
    sigaddset(&plain, SIGPIPE);
    posix_spawnattr_setsigdefault(&how, &plain);
    posix_spawnattr_setsigmask(&how, &c->before);

    int error = posix_spawnp(&job->process, step->words.items[0], &files, &how,
                             step->words.items, environ);

    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) {
        job->process = 0;
        job->failed = true;
        job->log = cc_text("tenon: cannot run %s: %s\n", step->words.items[0],
                           strerror(error));
    }
}

static void end_job(crew *c, cc_job *job)
{
    char *log = read_log(job->log_file);

    if (job->log == NULL) {
        job->log = log;
    } else {
        free(log);
    }
    ++c->ended;
    --c->running;
    if (job->failed && !c->failed) {
        c->failed = true;
        clock_gettime(CLOCK_MONOTONIC, &c->give_up);
        c->give_up.tv_sec += 1;
    }
}

/* Begins its next step, or ends it. */
static void go_on(crew *c, cc_job *job)
{
    if (!job->failed && job->at < job->step_count) {
        begin_step(c, job);
    }
    if (job->process == 0) {
        end_job(c, job);
    }
}

static void reap(crew *c)
{
    int status;
    pid_t process;

    while ((process = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < c->begun; ++i) {
            cc_job *job = &c->jobs->items[i];

            if (job->process == process) {
                job->process = 0;
                job->failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
                ++job->at;
                go_on(c, job);
            }
        }
    }
}

/* ---- all of them ---- */

/* With what a compiler has begun itself. */
static void stop_all(const crew *c)
{
    for (size_t i = 0; i < c->begun; ++i) {
        if (c->jobs->items[i].process > 0) {
            kill(-c->jobs->items[i].process, SIGTERM);
        }
    }
}

/* Waits until a command ends; false when they have to be stopped. */
static bool await(crew *c)
{
    struct timespec now;
    struct timespec left = {.tv_sec = 60};

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (c->failed) {
        long long nanoseconds =
            (c->give_up.tv_sec - now.tv_sec) * 1000000000LL +
            (c->give_up.tv_nsec - now.tv_nsec);

        if (nanoseconds <= 0) {
            return false;
        }
        left.tv_sec = nanoseconds / 1000000000;
        left.tv_nsec = nanoseconds % 1000000000;
    }
    int number = sigtimedwait(&c->awaited, NULL, &left);

    if (number > 0 && number != SIGCHLD) {
        c->failed = true;
        c->jobs->signal = number;
    }
    return c->jobs->signal == 0;
}

static void run(crew *c)
{
    const cc_jobs *jobs = c->jobs;
    bool stopped = false;

    while (c->running > 0 || (c->begun < jobs->count && !c->failed)) {
        while (c->running < c->work->at_once && c->begun < jobs->count &&
               !c->failed) {
            cc_job *job = &c->jobs->items[c->begun++];

            /* in memory: of a full disk nothing could be said on that disk */
            job->log_file = memfd_create("log", MFD_CLOEXEC);
            ++c->running;
            go_on(c, job);
        }
        show_progress(c);
        if (c->running > 0 && !stopped && !await(c)) {
            stop_all(c);
            stopped = true;
        } else if (stopped) {
            sigwaitinfo(&c->awaited, NULL);
        }
        reap(c);
    }
    show_progress(c);
}

bool cc_jobs_run(cc_jobs *jobs, const cc_work *work)
{
    crew c = {.jobs = jobs, .work = work};

    sigemptyset(&c.awaited);
    sigaddset(&c.awaited, SIGCHLD);
    sigaddset(&c.awaited, SIGHUP);
    sigaddset(&c.awaited, SIGINT);
    sigaddset(&c.awaited, SIGTERM);
    sigprocmask(SIG_BLOCK, &c.awaited, &c.before);
    signal(SIGCHLD, SIG_DFL); /* who started this may ignore it */
    run(&c);
    sigprocmask(SIG_SETMASK, &c.before, NULL);
    if (jobs->signal == 0) {
        print_logs(jobs);
    }
    return !c.failed;
}
