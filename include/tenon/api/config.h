/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Settings, before anything is opened.
 */
#ifndef TENON_API_CONFIG_H
#define TENON_API_CONFIG_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One setting: `key = value` in [section]. */
typedef struct tn_setting {
    const char *section; /**< "runtime", "backend cuda" */
    const char *key;
    const char *value;
    /**
     * "/etc/tenon/tenon.ini:12", "TENON_BACKEND" or "default". On the way in
     * what errors and listings are to name, such as "-b"; NULL: "call"
     */
    const char *origin;
} tn_setting;

/** How a configuration is read and a runtime opened. All members may be 0. */
typedef struct tn_options {
    uint32_t size;    /**< sizeof(tn_options) */
    uint32_t flags;   /**< TN_OPEN_* */
    const char *file; /**< the application's file, NULL for none */
    /** the call's own settings: they win over all else */
    const tn_setting *settings;
    size_t setting_count;
    /**
     * Takes the log instead of stderr; one line without newline, on any thread.
     */
    void (*log)(void *log_data, tn_log_level level, const char *line);
    void *log_data;
} tn_options;

enum {
    /**
     * Choose no backend yet: tn_device_default() does. For programs that only
     * list.
     */
    TN_OPEN_DEFERRED = 1 << 0
};

/**
 * Reads the configuration alone; opens no plugin.
 *
 * @param options  NULL: the system's and the user's files and the environment
 * @param config   owned by the caller
 *
 * @return TN_OK; TN_ERROR_CONFIG with file, line and the nearest known name, or
 *         with the file that cannot be read; when there are several, all of
 *         them are in tn_error_log()
 */
TN_API tn_status tn_config_open(const tn_options *options, tn_config **config);
TN_API void tn_config_close(tn_config *config);

/**
 * How many settings there are; those that nobody set appear with their default.
 */
TN_API size_t tn_config_count(const tn_config *config);

/**
 * A setting, index < tn_config_count(); sections in order of appearance. Its
 * texts belong to the config.
 */
TN_API tn_status tn_config_get(const tn_config *config, size_t index,
                               tn_setting *setting);

#ifdef __cplusplus
}
#endif

#endif
