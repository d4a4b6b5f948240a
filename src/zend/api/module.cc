// The module as PHP sees it: start, requests, end.
#include <uv.h>

#include "host/callable_functions.h"
#include "host/commands.h"
#include "host/force_stop.h"
#include "host/guarded_functions.h"
#include "host/inherited_settings.h"
#include "host/log_sink.h"
#include "host/process.h"
#include "host/sapi_shield.h"
#include "host/script_run.h"
#include "host/signals/handlers.h"
#include "host/worker_context.h"
#include "host/worker_environment.h"
#include "zend/api/errors.h"
#include "zend/api/frameless.h"
#include "zend/api/globals.h"
#include "zend/api/ini.h"
#include "zend/api/version.h"
#include "zend/report/status_table.h"
#include "zend/scope/current_scope.h"
#include "zend/scope/run_state.h"
#include "zend/tasks/received_task.h"
#include "zend/tasks/sent_task.h"
#include "zend/tasks/task_errors.h"
#include "zend/tasks/task_values.h"
#include "zend/values/read_cache.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
#include "ext/standard/file.h"
}

#include "php_stubs/bgworkers_arginfo.h"

using namespace bgworkers;

ZEND_DECLARE_MODULE_GLOBALS(bgworkers)
#ifdef COMPILE_DL_BGWORKERS
ZEND_TSRMLS_CACHE_DEFINE()
#endif

namespace {

// --- Start ------------------------------------------------------------------------------------------------------

#define BGW_ALIAS(name, target) \
    ZEND_RAW_FENTRY("frankenphp_" #name, ZEND_FN(BgWorkers_##target), arginfo_BgWorkers_##target, 0, NULL, NULL)
#if PHP_VERSION_ID < 80400
#undef BGW_ALIAS
#define BGW_ALIAS(name, target) \
    ZEND_RAW_FENTRY("frankenphp_" #name, ZEND_FN(BgWorkers_##target), arginfo_BgWorkers_##target, 0)
#endif

const zend_function_entry aliases[] = {BGW_ALIAS(set_vars, set_vars) BGW_ALIAS(get_vars, get_vars)
                                           BGW_ALIAS(get_worker_handle, get_worker_handle)};

// With the host's own functions registered: one of the same name stays the host's.
void register_aliases() {
    zend_module_entry* const running = EG(current_module);
    // The engine notes it as the owner of what is registered, and by now no module is starting.
    EG(current_module) =
        static_cast<zend_module_entry*>(zend_hash_str_find_ptr(&module_registry, "bgworkers", sizeof("bgworkers") - 1));
    for (const zend_function_entry& alias : aliases) {
        if (!zend_hash_str_exists(CG(function_table), alias.fname, strlen(alias.fname))) {
            const zend_function_entry one[] = {alias, ZEND_FE_END};
            zend_register_functions(nullptr, one, nullptr, MODULE_PERSISTENT);
        }
    }
    EG(current_module) = running;
}

zend_result (*next_post_startup)() = nullptr;

// All modules and functions are there, OPcache has looked at nothing yet, no other thread was made.
zend_result on_post_startup() {
    ZEND_TSRMLS_CACHE_UPDATE();
    guarded_functions::install();
    tell_of_unknown_settings();
    if (Process::current()->settings().frankenphp_aliases) {
        register_aliases();
    }
    return next_post_startup == nullptr ? SUCCESS : next_post_startup();
}

int on_extension_startup(zend_extension*) {
    ZEND_TSRMLS_CACHE_UPDATE();
    Process::wrap_host();
    commands::install();
    return SUCCESS;
}

// Registered from MINIT for the sake of on_extension_startup: it runs after every MINIT. The engine keeps the address.
zend_extension late_start = {
    "bgworkers",
    BGWORKERS_VERSION,
    "The bgworkers authors",
    "https://github.com/bgworkers/bgworkers",
    "Copyright (c) The bgworkers authors",
    on_extension_startup,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    STANDARD_ZEND_EXTENSION_PROPERTIES,
};

PHP_MINIT_FUNCTION(bgworkers) {
    ZEND_TSRMLS_CACHE_UPDATE();
    frameless::start();
    if (php_get_module_initialized()) {
        zend_error(E_CORE_WARNING,
                   "bgworkers has to be loaded when PHP starts: put extension=bgworkers into php.ini (not dl(), not an "
                   "FPM pool's php_admin_value)");
        return FAILURE;
    }
    // A host may bring a libuv of its own, and where the loader lets symbols mix it may be an older one.
    if (uv_version() >> 16 != UV_VERSION_MAJOR || uv_version() < UV_VERSION_HEX) {
        zend_error(E_CORE_WARNING, "bgworkers was built with libuv %d.%d.%d, but this process has libuv %s",
                   UV_VERSION_MAJOR, UV_VERSION_MINOR, UV_VERSION_PATCH, uv_version_string());
        return FAILURE;
    }
    sapi_shield::note_own_callbacks();
    register_ini(module_number);
    timeout_exception_ce = register_class_BgWorkers_TimeoutException(spl_ce_RuntimeException);
    worker_exception_ce = register_class_BgWorkers_WorkerException(spl_ce_RuntimeException);
    task_exception_ce = register_class_BgWorkers_TaskException(spl_ce_RuntimeException);
    set_up_sent_tasks(register_class_BgWorkers_Task());
    set_up_received_tasks(register_class_BgWorkers_ReceivedTask());

#if ZEND_DEBUG
    // A write through a shared array faults in a test instead of spoiling what others read.
    Block::protect_sealed(true);
#else
    const char* protect = getenv("BGWORKERS_PROTECT_SNAPSHOTS");  // for tests of release builds
    Block::protect_sealed(protect != nullptr && strcmp(protect, "1") == 0);
#endif
    log_sink().set_level(configured_log_level());
    set_log_format(configured_log_format());
    log_sink().resolve(error_log_setting(), nullptr);
    const ProcessSettings settings = process_settings();
    set_frankenphp_variables(settings.frankenphp_aliases);
    Process::start_module(settings);
    observe_errors();

    // The engine calls it once and forgets it, so who sets it keeps what was there.
    next_post_startup = zend_post_startup_cb;
    zend_post_startup_cb = on_post_startup;
    zend_register_extension(&late_start, nullptr);
    return SUCCESS;
}

PHP_MSHUTDOWN_FUNCTION(bgworkers) {
    unregister_ini(module_number);
    Process::end_module();
    return SUCCESS;
}

// --- Threads and requests ---------------------------------------------------------------------------------------

PHP_GINIT_FUNCTION(bgworkers) {
    memset(bgworkers_globals, 0, sizeof(*bgworkers_globals));
    ZEND_TSRMLS_CACHE_UPDATE();  // on the thread itself, whenever it gets its tables: no request need do it again
    if (current_worker() != nullptr) {
        quiet_errors();
    }
}

PHP_GSHUTDOWN_FUNCTION(bgworkers) {
    read_cache::end_thread(bgworkers_globals);
    forget_kept_results(bgworkers_globals);
}

bool holds_snapshots(const zend_bgworkers_globals* own) { return own->reading || own->kept_result_count > 0; }

// No PHP variable of it is left that might point into memory of ours.
void end_request() {
    read_cache::end_request();
    forget_kept_results(ZEND_MODULE_GLOBALS_BULK(bgworkers));
}

// A request that uses nothing of ours pays for each look of this and of the two functions below: they only ask whether
// there is something to do. `./dev bench` counts their instructions.
PHP_RINIT_FUNCTION(bgworkers) {
#if ZEND_DEBUG
    ZEND_ASSERT(TSRMLS_CACHE == tsrm_get_ls_cache());  // a release build would call it, too
#endif
    if (sapi_shield::php_is_starting()) {
        return SUCCESS;  // preloading, perhaps in a child of its own
    }
    zend_bgworkers_globals* const own = ZEND_MODULE_GLOBALS_BULK(bgworkers);
    if (UNEXPECTED(holds_snapshots(own))) {
        end_request();  // the last one's end was too early for it, or skipped by a bailout
    }
    own->request_over = false;
    own->run = nullptr;
    if (WorkerContext* worker = current_worker()) {
        enter_scope_of_worker(worker->instance->worker().scope());
    } else {
        if (UNEXPECTED(zend_hash_num_elements(CG(function_table)) != own->functions_seen)) {
            own->functions_seen = callable_functions::note(own->functions_seen);
        }
        Process::current()->on_request();
        enter_scope();
    }
    return SUCCESS;
}

// PHP code of this request may still run, in here and later: a session handler that writes, the close of a stream. So
// the gate is shut before anything is given up. What a bailout in here leaves, end_request() and the next RINIT forget.
PHP_RSHUTDOWN_FUNCTION(bgworkers) {
    zend_bgworkers_globals* const own = ZEND_MODULE_GLOBALS_BULK(bgworkers);
    own->request_over = true;
    if (own->holds_request_memory) {
        read_cache::release_values();
    }
    if (own->run != nullptr) {
        forget_run_state();
    }
    if (WorkerContext* worker = current_worker()) {
        signals::forget_handlers(*worker);
        release_header_callback();
        sapi_shield::keep_output_open();
    }
    return SUCCESS;
}

// No PHP variable is left. The engine's own tables of the request's stream wrappers and filters go later.
zend_result on_post_deactivate() {
    const bool has_work = holds_snapshots(ZEND_MODULE_GLOBALS_BULK(bgworkers));
    if (UNEXPECTED(has_work) && FG(stream_wrappers) == nullptr && FG(stream_filters) == nullptr) {
        end_request();
    }
    return SUCCESS;
}

PHP_MINFO_FUNCTION(bgworkers) {
    php_info_print_table_start();
    php_info_print_table_row(2, "Background workers", "enabled");
    php_info_print_table_row(2, "Version", BGWORKERS_VERSION);
    php_info_print_table_row(2, "libuv", uv_version_string());
    php_info_print_table_end();
    if (BGW_G(scope) != nullptr) {
        // Reads the declarations if nobody has yet, so that `php --ri bgworkers` checks a workers file.
        // Held, not thrown: an exception has no place in phpinfo()'s page.
        const ErrorKind error = hold_result([] { return loaded_scope().status(); });
        if (error == ErrorKind::none) {
            status_to_info(BGW_G(scope));
        } else {
            php_info_print_table_start();
            php_info_print_table_row(2, "Workers file is wrong", BGW_G(pending_error));
            php_info_print_table_end();
        }
    }
    DISPLAY_INI_ENTRIES();
}

}  // namespace

extern "C" {
extern zend_module_entry bgworkers_module_entry;
zend_module_entry bgworkers_module_entry = {
    STANDARD_MODULE_HEADER,
    "bgworkers",
    frameless::with_handlers(ext_functions),
    PHP_MINIT(bgworkers),
    PHP_MSHUTDOWN(bgworkers),
    PHP_RINIT(bgworkers),
    PHP_RSHUTDOWN(bgworkers),
    PHP_MINFO(bgworkers),
    BGWORKERS_VERSION,
    PHP_MODULE_GLOBALS(bgworkers),
    PHP_GINIT(bgworkers),
    PHP_GSHUTDOWN(bgworkers),
    on_post_deactivate,
    STANDARD_MODULE_PROPERTIES_EX,
};

#ifdef COMPILE_DL_BGWORKERS
// Called when PHP loads the library, before any module starts.
extern "C" ZEND_DLEXPORT zend_module_entry* get_module(void) {
    sapi_shield::note_own_callbacks();
    return &bgworkers_module_entry;
}
#endif
}
