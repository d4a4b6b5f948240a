#include "zend/ini.h"

#include "zend/globals.h"

namespace {

// These refuse what is out of range, so that a bad value leaves the default.
ZEND_INI_MH(on_update_count) {
    if (new_value == nullptr || ZEND_STRTOL(ZSTR_VAL(new_value), nullptr, 10) < 1) {
        return FAILURE;
    }
    return OnUpdateLong(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

ZEND_INI_MH(on_update_seconds) {
    const char* end = nullptr;
    const double seconds = new_value == nullptr ? -1 : zend_strtod(ZSTR_VAL(new_value), &end);
    const bool is_number = end != nullptr && end != ZSTR_VAL(new_value) && *end == '\0';
    if (!is_number || !(seconds >= 0) || seconds > 1e9) {
        return FAILURE;
    }
    return OnUpdateReal(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

ZEND_INI_MH(on_update_size) {
    if (new_value == nullptr || ZSTR_VAL(new_value)[0] == '-') {
        return FAILURE;
    }
    return OnUpdateLong(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

ZEND_INI_MH(on_update_log_level) {
    bgworkers::LogLevel level;
    if (new_value == nullptr ||
        !bgworkers::parse_log_level({ZSTR_VAL(new_value), ZSTR_LEN(new_value)}, &level)) {
        return FAILURE;
    }
    return OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

#define BGW_ENTRY(name, value, on_update, field) \
    STD_PHP_INI_ENTRY("bgworkers." name, value, PHP_INI_SYSTEM, on_update, field, zend_bgworkers_globals, \
                      bgworkers_globals)

PHP_INI_BEGIN()
    BGW_ENTRY("config", "", OnUpdateString, config)
    BGW_ENTRY("entrypoint", "", OnUpdateString, entrypoint)
    BGW_ENTRY("scope", "", OnUpdateString, scope_label)
    BGW_ENTRY("shutdown_grace", "5", on_update_seconds, shutdown_grace)
    BGW_ENTRY("max_snapshot_size", "64M", on_update_size, max_snapshot_size)
    BGW_ENTRY("max_threads", "64", on_update_count, max_threads)
    BGW_ENTRY("cli_autostart", "0", OnUpdateBool, cli_autostart)
    BGW_ENTRY("stuck_limit", "60", on_update_seconds, stuck_limit)
    BGW_ENTRY("log_level", "notice", on_update_log_level, log_level)
    BGW_ENTRY("frankenphp_aliases", "0", OnUpdateBool, frankenphp_aliases)
PHP_INI_END()

#undef BGW_ENTRY

}  // namespace

namespace bgworkers {

void register_ini(int module_number) { zend_register_ini_entries(ini_entries, module_number); }
void unregister_ini(int module_number) { zend_unregister_ini_entries(module_number); }

ProcessSettings process_settings() {
    ProcessSettings settings;
    settings.max_threads = static_cast<int>(BGW_G(max_threads));
    settings.stuck_limit = BGW_G(stuck_limit);
    settings.frankenphp_aliases = BGW_G(frankenphp_aliases);
    settings.cli_autostart = BGW_G(cli_autostart);
    return settings;
}

LogLevel configured_log_level() {
    LogLevel level = LogLevel::notice;
    if (BGW_G(log_level) != nullptr) {
        parse_log_level(BGW_G(log_level), &level);
    }
    return level;
}

}  // namespace bgworkers
