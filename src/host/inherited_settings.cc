#include "host/inherited_settings.h"

#include "host/php.h"
#include "host/worker_context.h"

namespace bgworkers {

namespace {

struct Forced {
    const char* name;
    const char* value;
};

constexpr Forced kForced[] = {
    {"auto_globals_jit", "1"},   {"display_errors", "0"},     {"display_startup_errors", "0"},  {"enable_dl", "0"},
    {"expose_php", "0"},         {"html_errors", "0"},        {"implicit_flush", "1"},          {"log_errors", "1"},
    {"max_execution_time", "0"}, {"max_input_time", "-1"},    {"output_buffering", "0"},        {"output_handler", ""},
    {"register_argc_argv", "1"}, {"session.auto_start", "0"}, {"zlib.output_compression", "0"},
};

// Defaults of workers, which stand instead of what the host has and give way to a worker's own ini[name].
constexpr Forced kDefaults[] = {
    // PHP remembers for realpath_cache_ttl (120 s) where links lead. A request hardly lives that long, but a worker
    // that polls a file behind a link (a release, a mounted secret) would read the old one, or none. A time to live of
    // 0 means "for ever".
    {"realpath_cache_size", "0"},
};

// Also refused: settings of the process, of the host's table of functions, and ours.
constexpr std::string_view kForcedElsewhere[] = {"disable_functions", "disable_classes", "extension", "zend_extension"};
constexpr std::string_view kOwnPrefix = "bgworkers.";
constexpr std::string_view kForcedPrefixes[] = {"opcache.", kOwnPrefix};

// As FPM sets a pool's values: the entry of this thread alone, as if php.ini had said so.
void set_entry(zend_ini_entry* entry, const char* value, size_t length, int stage) noexcept {
    // From malloc: the entry outlives every request of this thread.
    zend_string* text = value == nullptr ? nullptr : zend_string_init(value, length, 1);
    if (entry->on_modify != nullptr &&
        entry->on_modify(entry, text, entry->mh_arg1, entry->mh_arg2, entry->mh_arg3, stage) != SUCCESS) {
        if (text != nullptr) {
            zend_string_release(text);
        }
        return;
    }
    if (entry->value != nullptr) {
        zend_string_release(entry->value);
    }
    entry->value = text;
}

zend_ini_entry* find_entry(std::string_view name) noexcept {
    return static_cast<zend_ini_entry*>(zend_hash_str_find_ptr(EG(ini_directives), name.data(), name.size()));
}

void set(std::string_view name, std::string_view value, int stage = ZEND_INI_STAGE_ACTIVATE) noexcept {
    zend_ini_entry* entry = find_entry(name);
    if (entry == nullptr) {
        return;
    }
    const std::string_view present =
        entry->value == nullptr ? std::string_view() : std::string_view(ZSTR_VAL(entry->value), ZSTR_LEN(entry->value));
    if (present != value) {
        set_entry(entry, value.data(), value.size(), stage);
    }
}

#ifndef ZEND_MAX_EXECUTION_TIMERS
// Without timers of its own the thread's limit would be a timer of the whole process, and hit any thread.
ZEND_INI_MH(refuse_time_limit) {
    // At other stages it is php.ini's value that comes back, and nobody has asked for anything.
    if (stage == ZEND_INI_STAGE_RUNTIME && ZSTR_LEN(new_value) > 0 && atoi(ZSTR_VAL(new_value)) > 0) {
        zend_error(E_NOTICE,
                   "A time limit has no effect in a background worker: this PHP is built without execution timers "
                   "per thread");
    }
    return SUCCESS;
}
#endif

// PHP's own syslog() would take libc's lock past the door that forks close, so PHP's messages go to the SAPI's
// log callback, which is ours, and that knows the way.
std::atomic<decltype(zend_ini_entry::on_modify)> error_log_handler{nullptr};  // PHP's, the same on every thread

ZEND_INI_MH(route_error_log) {
    const bool to_syslog = new_value != nullptr && zend_string_equals_literal(new_value, "syslog");
    if (error_log_handler.load()(entry, to_syslog ? nullptr : new_value, mh_arg1, mh_arg2, mh_arg3, stage) != SUCCESS) {
        return FAILURE;
    }
    current_worker()->errors_to_syslog = to_syslog;
    return SUCCESS;
}

// "stderr" would be the process's: what is displayed goes to the log.
std::atomic<decltype(zend_ini_entry::on_modify)> display_errors_handler{nullptr};

ZEND_INI_MH(keep_display_off_stderr) {
    if (display_errors_handler.load()(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage) != SUCCESS) {
        return FAILURE;
    }
    if (PG(display_errors) == PHP_DISPLAY_ERRORS_STDERR) {
        PG(display_errors) = PHP_DISPLAY_ERRORS_STDOUT;
    }
    return SUCCESS;
}

// A value that its handler cannot live with (session.save_handler) bails out: the worker does without it.
void set_own(std::string_view name, std::string_view value) noexcept {
    zend_try { set(name, value); }
    zend_end_try();
}

// Of what the settings have said nothing is left for the first run's error_get_last().
void forget_last_error() noexcept {
    if (PG(last_error_message) != nullptr) {
        zend_string_release(PG(last_error_message));
        zend_string_release(PG(last_error_file));
        PG(last_error_message) = nullptr;
        PG(last_error_file) = nullptr;
        PG(last_error_type) = 0;
        PG(last_error_lineno) = 0;
    }
    EG(exit_status) = 0;
}

// A scope's own bgworkers.* are inherited like the rest, though a worker's ini[...] must not set them.
bool is_inherited(std::string_view name) {
    return !is_forced_setting(name) || name.substr(0, kOwnPrefix.size()) == kOwnPrefix;
}

// What is in force for every request of the scope: pool and virtual host, not what this one request changed.
// A value set per directory with php_admin_value leaves the entry changeable by the system alone.
zend_string* lasting_value(zend_ini_entry* entry) {
    const bool of_the_host = !entry->modified || entry->modifiable == ZEND_INI_SYSTEM;
    return of_the_host ? entry->value : entry->orig_value;
}

}  // namespace

bool is_forced_setting(std::string_view name) {
    for (const Forced& forced : kForced) {
        if (name == forced.name) {
            return true;
        }
    }
    for (std::string_view elsewhere : kForcedElsewhere) {
        if (name == elsewhere) {
            return true;
        }
    }
    for (std::string_view prefix : kForcedPrefixes) {
        if (name.substr(0, prefix.size()) == prefix) {
            return true;
        }
    }
    return false;
}

std::unique_ptr<InheritedSettings> InheritedSettings::capture() {
    auto settings = std::make_unique<InheritedSettings>();
    zend_string* name;
    void* each;
    ZEND_HASH_FOREACH_STR_KEY_PTR(EG(ini_directives), name, each) {
        auto* entry = static_cast<zend_ini_entry*>(each);
        if (name == nullptr || !is_inherited({ZSTR_VAL(name), ZSTR_LEN(name)})) {
            continue;
        }
        zend_string* value = lasting_value(entry);
        settings->ini_.emplace_back(std::string(ZSTR_VAL(name), ZSTR_LEN(name)),
                                    value == nullptr ? std::string() : std::string(ZSTR_VAL(value), ZSTR_LEN(value)));
    }
    ZEND_HASH_FOREACH_END();
    return settings;
}

// The engine has this for its optimizer, which calls functions that may complain: errors are counted, and that is all.
void quiet_errors() noexcept { EG(capture_warnings_during_sccp) = 1; }

void InheritedSettings::apply(const std::vector<std::pair<std::string, std::string>>& own_ini, bool use_opcache,
                              bool tell) const noexcept {
    for (const auto& [name, value] : ini_) {
        set(name, value);
    }
    for (const Forced& forced : kForced) {
        set(forced.name, forced.value);
    }
    // Before own_ini, which may change these; kForced it cannot name.
    for (const Forced& standard : kDefaults) {
        set(standard.name, standard.value);
    }
    // Errors go through the SAPI's log callback, which is ours, so that they get the worker's name.
    if (zend_ini_entry* entry = find_entry("error_log")) {
        set_entry(entry, nullptr, 0, ZEND_INI_STAGE_ACTIVATE);
        // This thread's table is its own: other threads go on with PHP's handler.
        error_log_handler.store(entry->on_modify);
        entry->on_modify = route_error_log;
    }
    if (zend_ini_entry* entry = find_entry("display_errors")) {
        display_errors_handler.store(entry->on_modify);
        entry->on_modify = keep_display_off_stderr;
    }
    if (!use_opcache) {
        // Only the start-up stage switches this thread alone, and quietly.
        set("opcache.enable", "0", ZEND_INI_STAGE_STARTUP);
    }
    // What is wrong from here on is the author's of the workers file.
    EG(capture_warnings_during_sccp) = 0;
    current_worker()->muted = !tell;
    for (const auto& [name, value] : own_ini) {
        set_own(name, value);
    }
    current_worker()->muted = false;
    forget_last_error();
#ifdef ZEND_CHECK_STACK_LIMIT
    zend_call_stack_init();  // PHP reckons the limits when a thread starts, before any setting
#endif
#ifndef ZEND_MAX_EXECUTION_TIMERS
    if (zend_ini_entry* entry = find_entry("max_execution_time")) {
        entry->on_modify = refuse_time_limit;
    }
#endif
}

}  // namespace bgworkers
