/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Compilers at work, several at once.
 */
#ifndef TENON_TOOLS_CC_JOB_H
#define TENON_TOOLS_CC_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "tools/cc/words.h"

/** One command. */
typedef struct cc_step {
    cc_words words;
    char *output; /**< the file that stdout goes to; NULL: nowhere */
} cc_step;

enum {
    CC_JOB_STEPS = 3
};

/** Commands that run one after the other, until one fails. */
typedef struct cc_job {
    char *name; /**< what it makes: "x86-64-v3" */
    cc_step steps[CC_JOB_STEPS];
    size_t step_count;
    bool failed;
    int log_file; /**< what its commands say, while it runs */
    char *log;    /**< all that they said; NULL: nothing */
    pid_t process;
    size_t at; /**< the step that runs */
} cc_job;

typedef struct cc_jobs {
    cc_job *items;
    size_t count;
    int signal; /**< that ended the work before its time; 0: none */
} cc_jobs;

typedef struct cc_work {
    unsigned at_once;
    bool verbose; /**< prints the commands */
} cc_work;

/** Adds a job without steps; it is valid until the next one is added. */
cc_job *cc_jobs_add(cc_jobs *jobs, const char *name);
cc_step *cc_job_step(cc_job *job);
void cc_jobs_free(cc_jobs *jobs);

/**
 * Runs all of them, and prints what they said, each text once, in the order of
 * the jobs. After a failure no other job begins, and those that run have a
 * second to say what is wrong, too.
 *
 * @return whether all succeeded; false too when a signal tells to end, and all
 *         has been stopped
 */
bool cc_jobs_run(cc_jobs *jobs, const cc_work *work);

#endif
