/* SPDX-License-Identifier: MIT */
/*
 * Where every member of every struct stands that crosses between an
 * application, libtenon, a plugin and a kernel, and the numbers that cross with
 * them. What is listed here never changes within a major version: a member is
 * only appended, and then gets its line here, and the size of its struct
 * another number.
 *
 * Compiled alone, as C and as C++; there is nothing to run. The numbers are of
 * 64-bit machines.
 */
#include <tenon/kernel/entry.h>
#include <tenon/plugin.h>
#include <tenon/tenon.h>

#ifdef __cplusplus
#define CHECK(condition, text) static_assert(condition, text)
#else
#define CHECK(condition, text) _Static_assert(condition, text)
#endif
#define SIZE(type, bytes) CHECK(sizeof(type) == (bytes), "size of " #type)
#define AT(type, member, offset)                                               \
    CHECK(offsetof(type, member) == (offset), #type "." #member)
#define IS(constant, number) CHECK((constant) == (number), #constant)

#if defined(__LP64__)

/* ---- what applications and plugins share ---- */

SIZE(tn_device_info, 472);
AT(tn_device_info, size, 0);
AT(tn_device_info, kind, 4);
AT(tn_device_info, name, 8);
AT(tn_device_info, vendor, 136);
AT(tn_device_info, target, 200);
AT(tn_device_info, driver, 264);
AT(tn_device_info, pci_address, 328);
AT(tn_device_info, uuid, 344);
AT(tn_device_info, dlpack_type, 360);
AT(tn_device_info, dlpack_ordinal, 364);
AT(tn_device_info, numa_node, 368);
AT(tn_device_info, compute_units, 372);
AT(tn_device_info, subgroup_items, 376);
AT(tn_device_info, offset_alignment, 380);
AT(tn_device_info, memory_bytes, 384);
AT(tn_device_info, allocation_bytes, 392);
AT(tn_device_info, local_bytes, 400);
AT(tn_device_info, argument_bytes, 408);
AT(tn_device_info, max_items, 416);
AT(tn_device_info, max_items_dim, 420);
AT(tn_device_info, max_groups_dim, 432);
AT(tn_device_info, features, 444);
AT(tn_device_info, cache_bytes, 448);

SIZE(tn_parameter, 216);
AT(tn_parameter, size, 0);
AT(tn_parameter, type, 4);
AT(tn_parameter, element, 8);
AT(tn_parameter, access, 12);
AT(tn_parameter, bytes, 16);
AT(tn_parameter, name, 24);
AT(tn_parameter, extent, 88);

SIZE(tn_kernel_info, 56);
AT(tn_kernel_info, size, 0);
AT(tn_kernel_info, parameter_count, 4);
AT(tn_kernel_info, required_items, 8);
AT(tn_kernel_info, preferred_items, 20);
AT(tn_kernel_info, max_items, 24);
AT(tn_kernel_info, registers, 28);
AT(tn_kernel_info, local_bytes, 32);
AT(tn_kernel_info, private_bytes, 40);
AT(tn_kernel_info, elements, 48);
AT(tn_kernel_info, dimensions, 52);

/* ---- the plugin ABI ---- */

SIZE(tn_host, 64);
AT(tn_host, size, 0);
AT(tn_host, abi, 4);
AT(tn_host, log, 8);
AT(tn_host, error, 16);
AT(tn_host, build_log, 24);
AT(tn_host, config, 32);
AT(tn_host, config_origin, 40);
AT(tn_host, allocate, 48);
AT(tn_host, release, 56);

SIZE(tn_plugin_memory_desc, 32);
AT(tn_plugin_memory_desc, size, 0);
AT(tn_plugin_memory_desc, kind, 4);
AT(tn_plugin_memory_desc, bytes, 8);
AT(tn_plugin_memory_desc, alignment, 16);
AT(tn_plugin_memory_desc, stream, 24);

SIZE(tn_plugin_import_desc, 40);
AT(tn_plugin_import_desc, size, 0);
AT(tn_plugin_import_desc, handle_kind, 4);
AT(tn_plugin_import_desc, handle, 8);
AT(tn_plugin_import_desc, bytes, 16);
AT(tn_plugin_import_desc, release, 24);
AT(tn_plugin_import_desc, data, 32);

SIZE(tn_plugin_stream_desc, 24);
AT(tn_plugin_stream_desc, size, 0);
AT(tn_plugin_stream_desc, priority, 4);
AT(tn_plugin_stream_desc, handle_kind, 8);
AT(tn_plugin_stream_desc, reserved, 12);
AT(tn_plugin_stream_desc, handle, 16);

SIZE(tn_plugin_event_desc, 8);
AT(tn_plugin_event_desc, size, 0);
AT(tn_plugin_event_desc, timed, 4);

SIZE(tn_plugin_module_desc, 56);
AT(tn_plugin_module_desc, size, 0);
AT(tn_plugin_module_desc, reserved, 4);
AT(tn_plugin_module_desc, name, 8);
AT(tn_plugin_module_desc, format, 16);
AT(tn_plugin_module_desc, image, 24);
AT(tn_plugin_module_desc, image_bytes, 32);
AT(tn_plugin_module_desc, path, 40);
AT(tn_plugin_module_desc, options, 48);

SIZE(tn_plugin_slot, 16);
AT(tn_plugin_slot, buffer, 0);
AT(tn_plugin_slot, bytes, 0);
AT(tn_plugin_slot, value, 0);
AT(tn_plugin_slot, words, 0);

SIZE(tn_plugin_launch, 80);
AT(tn_plugin_launch, size, 0);
AT(tn_plugin_launch, argument_count, 4);
AT(tn_plugin_launch, slot_count, 8);
AT(tn_plugin_launch, local_bytes, 12);
AT(tn_plugin_launch, groups, 16);
AT(tn_plugin_launch, items, 28);
AT(tn_plugin_launch, kinds, 40);
AT(tn_plugin_launch, slots, 72);

SIZE(tn_plugin_command, 120);
AT(tn_plugin_command, kind, 0);
AT(tn_plugin_command, reserved, 4);
AT(tn_plugin_command, as, 8);

SIZE(tn_plugin_binding, 24);
AT(tn_plugin_binding, command, 0);
AT(tn_plugin_binding, slot, 4);
AT(tn_plugin_binding, value, 8);

SIZE(tn_plugin, 424);
AT(tn_plugin, size, 0);
AT(tn_plugin, abi, 4);
AT(tn_plugin, name, 8);
AT(tn_plugin, version, 16);
AT(tn_plugin, vendor, 24);
AT(tn_plugin, instance_create, 32);
AT(tn_plugin, instance_destroy, 40);
AT(tn_plugin, instance_wrap, 48);
AT(tn_plugin, get_extension, 56);
AT(tn_plugin, device_count, 64);
AT(tn_plugin, device_info, 72);
AT(tn_plugin, device_open, 80);
AT(tn_plugin, device_close, 88);
AT(tn_plugin, device_status, 96);
AT(tn_plugin, device_memory_free, 104);
AT(tn_plugin, module_rank, 112);
AT(tn_plugin, memory_create, 120);
AT(tn_plugin, memory_import, 128);
AT(tn_plugin, memory_destroy, 136);
AT(tn_plugin, memory_map, 144);
AT(tn_plugin, memory_unmap, 152);
AT(tn_plugin, stream_create, 160);
AT(tn_plugin, stream_destroy, 168);
AT(tn_plugin, stream_sync, 176);
AT(tn_plugin, stream_status, 184);
AT(tn_plugin, stream_wait, 192);
AT(tn_plugin, stream_call, 200);
AT(tn_plugin, event_create, 208);
AT(tn_plugin, event_destroy, 216);
AT(tn_plugin, event_record, 224);
AT(tn_plugin, event_status, 232);
AT(tn_plugin, event_sync, 240);
AT(tn_plugin, event_elapsed, 248);
AT(tn_plugin, module_create, 256);
AT(tn_plugin, module_destroy, 264);
AT(tn_plugin, module_kernels, 272);
AT(tn_plugin, module_symbol, 280);
AT(tn_plugin, kernel_get, 288);
AT(tn_plugin, kernel_info, 296);
AT(tn_plugin, kernel_parameter, 304);
AT(tn_plugin, launch, 312);
AT(tn_plugin, copy_to, 320);
AT(tn_plugin, copy_from, 328);
AT(tn_plugin, copy_to_async, 336);
AT(tn_plugin, copy_from_async, 344);
AT(tn_plugin, copy, 352);
AT(tn_plugin, fill, 360);
AT(tn_plugin, graph_create, 368);
AT(tn_plugin, graph_destroy, 376);
AT(tn_plugin, graph_launch, 384);
AT(tn_plugin, device_native, 392);
AT(tn_plugin, memory_native, 400);
AT(tn_plugin, stream_native, 408);
AT(tn_plugin, event_native, 416);

/* ---- the application API ---- */

SIZE(tn_setting, 32);
AT(tn_setting, section, 0);
AT(tn_setting, key, 8);
AT(tn_setting, value, 16);
AT(tn_setting, origin, 24);

SIZE(tn_options, 48);
AT(tn_options, size, 0);
AT(tn_options, flags, 4);
AT(tn_options, file, 8);
AT(tn_options, settings, 16);
AT(tn_options, setting_count, 24);
AT(tn_options, log, 32);
AT(tn_options, log_data, 40);

SIZE(tn_bundle_info, 32);
AT(tn_bundle_info, size, 0);
AT(tn_bundle_info, kernel_count, 4);
AT(tn_bundle_info, variant_count, 8);
AT(tn_bundle_info, name, 16);
AT(tn_bundle_info, folder, 24);

SIZE(tn_signature_info, 48);
AT(tn_signature_info, size, 0);
AT(tn_signature_info, parameter_count, 4);
AT(tn_signature_info, required_items, 8);
AT(tn_signature_info, elements, 20);
AT(tn_signature_info, name, 24);
AT(tn_signature_info, origin, 32);
AT(tn_signature_info, dimensions, 40);
AT(tn_signature_info, reserved, 44);

SIZE(tn_variant_info, 64);
AT(tn_variant_info, size, 0);
AT(tn_variant_info, present, 4);
AT(tn_variant_info, bytes, 8);
AT(tn_variant_info, name, 16);
AT(tn_variant_info, format, 24);
AT(tn_variant_info, file, 32);
AT(tn_variant_info, requirements, 40);
AT(tn_variant_info, options, 48);
AT(tn_variant_info, origin, 56);

SIZE(tn_backend_info, 56);
AT(tn_backend_info, size, 0);
AT(tn_backend_info, state, 4);
AT(tn_backend_info, status, 8);
AT(tn_backend_info, rank, 12);
AT(tn_backend_info, device_count, 16);
AT(tn_backend_info, reserved, 20);
AT(tn_backend_info, name, 24);
AT(tn_backend_info, plugin, 32);
AT(tn_backend_info, version, 40);
AT(tn_backend_info, reason, 48);

SIZE(tn_buffer_options, 24);
AT(tn_buffer_options, size, 0);
AT(tn_buffer_options, kind, 4);
AT(tn_buffer_options, alignment, 8);
AT(tn_buffer_options, stream, 16);

SIZE(tn_grid, 48);
AT(tn_grid, items, 0);
AT(tn_grid, group, 24);
AT(tn_grid, local_bytes, 36);
AT(tn_grid, dimensions, 40);
AT(tn_grid, reserved, 44);

SIZE(tn_argument, 32);
AT(tn_argument, type, 0);
AT(tn_argument, bytes, 4);
AT(tn_argument, value, 8);
AT(tn_argument, offset, 16);
AT(tn_argument, open, 24);
AT(tn_argument, reserved, 28);

SIZE(tn_binding, 40);
AT(tn_binding, slot, 0);
AT(tn_binding, reserved, 4);
AT(tn_binding, value, 8);

/* ---- native kernels ---- */

SIZE(tn_group_range, 64);
AT(tn_group_range, size, 0);
AT(tn_group_range, groups, 4);
AT(tn_group_range, items, 16);
AT(tn_group_range, reserved, 28);
AT(tn_group_range, begin, 32);
AT(tn_group_range, end, 40);
AT(tn_group_range, dynamic, 48);
AT(tn_group_range, dynamic_bytes, 56);

/* Data of a command, which may be any of three. */
AT(tn_plugin_command, as.launch.record, 16);
AT(tn_plugin_command, as.copy.bytes, 40);
AT(tn_plugin_command, as.fill.pattern, 32);
AT(tn_plugin_command, as.fill.pattern_bytes, 48);
AT(tn_plugin_slot, buffer.offset, 8);
#endif

/* ---- numbers ---- */

IS(TN_LOG_OFF, 0);
IS(TN_LOG_ERROR, 1);
IS(TN_LOG_WARNING, 2);
IS(TN_LOG_INFO, 3);
IS(TN_LOG_DEBUG, 4);
IS(TN_TYPE_NONE, 0);
IS(TN_ACCESS_READ, 1);
IS(TN_ACCESS_WRITE, 2);
IS(TN_ACCESS_READ_WRITE, 3);
IS(TN_MEMORY_DEVICE, 0);
IS(TN_MEMORY_PINNED, 1);
IS(TN_MEMORY_SHARED, 2);
IS(TN_DEVICE_OTHER, 0);
IS(TN_DEVICE_CPU, 1);
IS(TN_DEVICE_GPU, 2);
IS(TN_DEVICE_ACCELERATOR, 3);
IS(TN_FEATURE_PINNED, 1 << 0);
IS(TN_FEATURE_SHARED, 1 << 1);
IS(TN_FEATURE_MAP, 1 << 2);
IS(TN_FEATURE_IMPORT, 1 << 3);
IS(TN_FEATURE_PEER, 1 << 4);
IS(TN_FEATURE_GRAPH, 1 << 5);
IS(TN_FEATURE_SYMBOLS, 1 << 6);
IS(TN_FEATURE_F64, 1 << 7);
IS(TN_FEATURE_HOST_MEMORY, 1 << 8);
IS(TN_HANDLE_POINTER, 1);
IS(TN_HANDLE_NATIVE, 2);
IS(TN_COMMAND_LAUNCH, 1);
IS(TN_COMMAND_COPY, 2);
IS(TN_COMMAND_FILL, 3);
IS(TN_OPEN_DEFERRED, 1 << 0);
IS(TN_BACKEND_UNTRIED, 0);
IS(TN_BACKEND_CHOSEN, 1);
IS(TN_BACKEND_OPEN, 2);
IS(TN_BACKEND_REJECTED, 3);
IS(TN_BACKEND_EXCLUDED, 4);
IS(TN_TYPE_BUFFER, 1);
IS(TN_TYPE_LOCAL, 2);
IS(TN_TYPE_STRUCT, 3);
IS(TN_TYPE_I8, 4);
IS(TN_TYPE_U8, 5);
IS(TN_TYPE_I16, 6);
IS(TN_TYPE_U16, 7);
IS(TN_TYPE_I32, 8);
IS(TN_TYPE_U32, 9);
IS(TN_TYPE_I64, 10);
IS(TN_TYPE_U64, 11);
IS(TN_TYPE_F16, 12);
IS(TN_TYPE_F32, 13);
IS(TN_TYPE_F64, 14);
IS(TN_OK, 0);
IS(TN_NOT_READY, 1);
IS(TN_TIMEOUT, 2);
IS(TN_ERROR_INVALID, 16);
IS(TN_ERROR_RANGE, 17);
IS(TN_ERROR_SIGNATURE, 18);
IS(TN_ERROR_NOT_FOUND, 19);
IS(TN_ERROR_UNSUPPORTED, 20);
IS(TN_ERROR_CONFIG, 32);
IS(TN_ERROR_PLUGIN, 33);
IS(TN_ERROR_BUNDLE, 34);
IS(TN_ERROR_FORMAT, 35);
IS(TN_ERROR_BUILD, 36);
IS(TN_ERROR_IO, 37);
IS(TN_ERROR_DENIED, 38);
IS(TN_ERROR_UNAVAILABLE, 48);
IS(TN_ERROR_NO_MEMORY, 49);
IS(TN_ERROR_DEVICE, 50);
IS(TN_ERROR_DEVICE_LOST, 51);
IS(TN_ERROR_FORKED, 52);
IS(TN_ERROR_INTERNAL, 53);
IS(TN_FOREVER, UINT64_MAX);
IS(TN_UNKNOWN, UINT32_MAX);
IS(TN_NAME_BYTES, 64);
IS(TN_ARGUMENTS_MAX, 64);
IS(TN_ARGUMENT_LIMIT, TN_ARGUMENTS_MAX);
IS(TN_PLUGIN_NAME_BYTES, 32);
IS(TN_NOTE_PLUGIN, 1);
IS(TN_NOTE_KERNEL, 2);
IS(TN_KERNEL_ABI, 1);
