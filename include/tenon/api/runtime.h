/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The runtime and its backends: which was chosen, and why.
 */
#ifndef TENON_API_RUNTIME_H
#define TENON_API_RUNTIME_H

#include "config.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Opens the runtime: reads the configuration and takes the first backend of
 * `backend =` that works.
 *
 * @param file     the application's INI file, NULL for the system's
 *                 configuration alone
 * @param runtime  owned by the caller
 *
 * @return TN_OK; TN_ERROR_CONFIG as tn_config_open(); TN_ERROR_UNAVAILABLE when
 *         no backend works, with each one's reason. Where one alone is tried,
 *         because no other is listed or `fallback = no`, what it answered:
 *         TN_ERROR_PLUGIN for a plugin that was rejected
 */
TN_API tn_status tn_runtime_open(const char *file, tn_runtime **runtime);

/**
 * The same with more to say. @param options NULL is tn_runtime_open(NULL,
 * runtime)
 */
TN_API tn_status tn_runtime_open_with(const tn_options *options,
                                      tn_runtime **runtime);

/**
 * Closes the runtime and destroys what is left of its objects, after waiting
 * for their work. No other thread may be in a call on them.
 */
TN_API void tn_runtime_close(tn_runtime *runtime);

/** What became of a backend. */
typedef uint32_t tn_backend_state;
enum {
    TN_BACKEND_UNTRIED = 0,  /**< nobody needed it; nothing of it was opened */
    TN_BACKEND_CHOSEN = 1,   /**< holds the default device */
    TN_BACKEND_OPEN = 2,     /**< works, and was asked for beside the default */
    TN_BACKEND_REJECTED = 3, /**< tried; status and reason tell why not */
    /** known, but the configuration does not list it */
    TN_BACKEND_EXCLUDED = 4
};

/** X(state, number, text): each as one says it. */
#define TN_BACKEND_STATE_LIST(X)                                               \
    X(UNTRIED, 0, "not tried")                                                 \
    X(CHOSEN, 1, "chosen")                                                     \
    X(OPEN, 2, "works")                                                        \
    X(REJECTED, 3, "rejected")                                                 \
    X(EXCLUDED, 4, "excluded")

/**
 * A backend and what is known of it. Texts belong to the runtime and stay valid
 * as long as it.
 */
typedef struct tn_backend_info {
    uint32_t size; /**< sizeof(tn_backend_info), set by the caller */
    tn_backend_state state;
    tn_status status;      /**< of a rejected one */
    int32_t rank;          /**< where it stands under `auto`: higher first */
    uint32_t device_count; /**< of an open one */
    uint32_t reserved;
    const char *name;
    /** file that is or would be opened; "" where none was found */
    const char *plugin;
    const char *version; /**< of the plugin, once opened; "" before */
    /**
     * one sentence: why the state is what it is, without the state's own words;
     * "STATE: REASON" reads well
     */
    const char *reason;
} tn_backend_info;

/**
 * Backends that are known: those listed first, in order, then the others by
 * rank.
 */
TN_API size_t tn_runtime_backend_count(const tn_runtime *runtime);
TN_API tn_status tn_runtime_backend(const tn_runtime *runtime, size_t index,
                                    tn_backend_info *info);

/**
 * Tries every listed backend that is still untried, so that the list is
 * complete. Failures are only recorded.
 */
TN_API tn_status tn_runtime_probe(tn_runtime *runtime);

/**
 * The whole choice as text of several lines: each backend, what was tried and
 * why it was or was not taken; then the folders of plugins and bundles, and
 * each bundle that is not found, since one of its name comes first. Belongs to
 * the runtime; valid until the next call of it.
 */
TN_API const char *tn_runtime_explain(tn_runtime *runtime);

#ifdef __cplusplus
}
#endif

#endif
