#include "zend/api/ini.h"

#include <new>
#include <optional>
#include <string_view>

#include "core/base/numbers.h"
#include "core/base/spelling.h"
#include "zend/api/globals.h"
#include "zend/api/version.h"
#include "zend/values/relocate.h"

#if ZEND_DEBUG
#define PHP_BUILD_KIND "debug"
#else
#define PHP_BUILD_KIND "release"
#endif

extern "C" {
#include "php_ini.h"
}

namespace {

// These refuse what is not wholly a number in its range, so that a bad value leaves the default, and say what would be
// right. They keep the very number that they have checked. An empty value stands for the default, as for one not set.

// More threads than any process can have; the least that could go wrong is memory.
constexpr zend_long kMostThreads = 100000;

std::string_view text_of(const zend_string* value) {
    return value == nullptr ? std::string_view() : std::string_view(ZSTR_VAL(value), ZSTR_LEN(value));
}

zend_result refuse(const zend_ini_entry* entry, const zend_string* value, const char* right) {
    if (!text_of(value).empty()) {
        zend_error(E_WARNING, "Invalid \"%s\" setting. It must be %s, \"%s\" given", ZSTR_VAL(entry->name), right,
                   ZSTR_VAL(value));
    }
    return FAILURE;
}

ZEND_INI_MH(on_update_count) {
    const std::optional<int64_t> count = bgworkers::parse_integer(text_of(new_value), 1, kMostThreads);
    if (!count) {
        char right[64];
        snprintf(right, sizeof(right), "a whole number from 1 to %d", static_cast<int>(kMostThreads));
        return refuse(entry, new_value, right);
    }
    *reinterpret_cast<zend_long*>(ZEND_INI_GET_ADDR()) = static_cast<zend_long>(*count);
    return SUCCESS;
}

ZEND_INI_MH(on_update_seconds) {
    const std::optional<double> seconds = bgworkers::parse_seconds(text_of(new_value));
    if (!seconds) {
        char right[64];
        snprintf(right, sizeof(right), "a number of seconds from 0 to %d",
                 static_cast<int>(bgworkers::kLongestSeconds));
        return refuse(entry, new_value, right);
    }
    *reinterpret_cast<double*>(ZEND_INI_GET_ADDR()) = *seconds;
    return SUCCESS;
}

ZEND_INI_MH(on_update_size) {
    const std::optional<int64_t> size = bgworkers::parse_size(text_of(new_value));
    if (!size || *size > ZEND_LONG_MAX) {
        return refuse(entry, new_value, "a number of bytes, such as 512K, 64M or 1G, or 0 for no limit");
    }
    *reinterpret_cast<zend_long*>(ZEND_INI_GET_ADDR()) = static_cast<zend_long>(*size);
    return SUCCESS;
}

ZEND_INI_MH(on_update_log_level) {
    bgworkers::LogLevel level;
    if (!bgworkers::parse_log_level(text_of(new_value), &level)) {
        return refuse(entry, new_value, "debug, info, notice, warning or error");
    }
    return OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

ZEND_INI_MH(on_update_log_format) {
    const std::string_view format = text_of(new_value);
    // No field: the process reads it once, from the entry itself.
    return format == "text" || format == "json" ? SUCCESS : refuse(entry, new_value, "text or json");
}

// What names the scope. A thread begins with this, before this module's cache of its globals is set.
ZEND_INI_MH(on_update_scope) {
    if (OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage) != SUCCESS) {
        return FAILURE;
    }
    reinterpret_cast<zend_bgworkers_globals*>(ZEND_INI_GET_BASE())->scope_known = false;
    return SUCCESS;
}

#define BGW_ENTRY(name, value, on_update, field) \
    STD_PHP_INI_ENTRY("bgworkers." name, value, PHP_INI_SYSTEM, on_update, field, zend_bgworkers_globals, \
                      bgworkers_globals)

PHP_INI_BEGIN()
    BGW_ENTRY("config", "", on_update_scope, config)
    BGW_ENTRY("entrypoint", "", on_update_scope, entrypoint)
    BGW_ENTRY("scope", "", on_update_scope, scope_label)
    BGW_ENTRY("shutdown_grace", "5", on_update_seconds, shutdown_grace)
    BGW_ENTRY("max_snapshot_size", "64M", on_update_size, max_snapshot_size)
    BGW_ENTRY("max_threads", "64", on_update_count, max_threads)
    BGW_ENTRY("cli_autostart", "0", OnUpdateBool, cli_autostart)
    BGW_ENTRY("stuck_limit", "60", on_update_seconds, stuck_limit)
    BGW_ENTRY("task_memory", "128M", on_update_size, task_memory)
    BGW_ENTRY("shared_memory", "256M", on_update_size, shared_memory)
    BGW_ENTRY("log_level", "notice", on_update_log_level, log_level)
    PHP_INI_ENTRY("bgworkers.log_format", "text", PHP_INI_SYSTEM, on_update_log_format)
    BGW_ENTRY("frankenphp_aliases", "0", OnUpdateBool, frankenphp_aliases)
PHP_INI_END()

#undef BGW_ENTRY

constexpr std::string_view kPrefix = "bgworkers.";

// Was this one meant for us? Not "worker.config", which may be anybody's. *meant: the setting that was perhaps meant;
// "" if there is none that is near. Owns nothing when it returns.
bool is_meant_for_us(std::string_view name, std::string_view* meant) noexcept try {
    const size_t dot = name.find('.');
    // One slip of the pen counts as meant; a name with two may well be another extension's.
    if (dot == std::string_view::npos || dot > 2 * kPrefix.size() ||
        bgworkers::letters_apart(name.substr(0, dot + 1), kPrefix) > 1) {
        return false;
    }
    bgworkers::NearestName nearest(name);
    zend_string* known;
    ZEND_HASH_FOREACH_STR_KEY(EG(ini_directives), known) {
        if (text_of(known).starts_with(kPrefix)) {
            nearest.offer(text_of(known));
        }
    }
    ZEND_HASH_FOREACH_END();
    *meant = nearest.name();
    return nearest.found() || name.starts_with(kPrefix);
} catch (const std::bad_alloc&) {
    return false;
}

}  // namespace

namespace bgworkers {

void register_ini(int module_number) { zend_register_ini_entries(ini_entries, module_number); }
void unregister_ini(int module_number) { zend_unregister_ini_entries(module_number); }

void tell_of_unknown_settings() {
    zend_string* name;
    // What php.ini and -d say, registered or not.
    ZEND_HASH_FOREACH_STR_KEY(php_ini_get_configuration_hash(), name) {
        std::string_view meant;
        if (name == nullptr || zend_hash_exists(EG(ini_directives), name) || !is_meant_for_us(text_of(name), &meant)) {
            continue;
        }
        if (meant.empty()) {
            zend_error(E_WARNING, "bgworkers has no setting \"%s\"", ZSTR_VAL(name));
        } else {  // the name of an entry, so it ends with a NUL
            zend_error(E_WARNING, "bgworkers has no setting \"%s\", did you mean %s?", ZSTR_VAL(name), meant.data());
        }
    }
    ZEND_HASH_FOREACH_END();
}

ProcessSettings process_settings() {
    ProcessSettings settings;
    settings.max_threads = static_cast<int>(BGW_G(max_threads));
    settings.stuck_limit = BGW_G(stuck_limit);
    settings.frankenphp_aliases = BGW_G(frankenphp_aliases);
    settings.cli_autostart = BGW_G(cli_autostart);
    settings.task_memory = static_cast<size_t>(BGW_G(task_memory));
    settings.shared_memory = static_cast<uint64_t>(BGW_G(shared_memory));
    settings.build = BGWORKERS_VERSION " " PHP_VERSION " " PHP_BUILD_KIND;
    settings.snapshots = {relocate_block, has_sound_head};
    return settings;
}

LogFormat configured_log_format() {
    const char* format = zend_ini_string("bgworkers.log_format", sizeof("bgworkers.log_format") - 1, 0);
    return format != nullptr && std::string_view(format) == "json" ? LogFormat::json : LogFormat::text;
}

LogLevel configured_log_level() {
    LogLevel level = LogLevel::notice;
    if (BGW_G(log_level) != nullptr) {
        parse_log_level(BGW_G(log_level), &level);
    }
    return level;
}

}  // namespace bgworkers
