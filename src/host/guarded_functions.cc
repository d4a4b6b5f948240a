#include "host/guarded_functions.h"

#include "host/command_line.h"
#include "host/commands.h"
#include "host/os/process_state.h"
#include "host/os/thread_signals.h"
#include "host/own_environment.h"
#include "host/process.h"
#include "host/signals/pcntl_functions.h"
#include "host/syslog_functions.h"
#include "host/worker_context.h"

namespace bgworkers {
namespace guarded_functions {

namespace {

enum class Manner {
    refuse,       // throws: it would act on the whole process
    answer_false, // needs a request: says no, quietly
    answer_empty, // needs a request: an empty array
    spawn,        // starts a child: with the host's signal mask, and by `command` with the worker's environment
    spawn_mail,   // the same, if the call sends a mail
    write_log,    // a line in the host's log about its request: one in the worker's
    load_module,  // refused, and on the host's threads once there is a worker thread
    ours,         // `own` takes its place
    around,       // `command` takes its place, and may call it
};

struct Guard {
    const char* name;
    Manner manner;
    commands::Command command = nullptr;
    zif_handler own = nullptr;
};

// ?int $mask = null. Template and container caches ask for the mask to give their files the right mode.
void umask(INTERNAL_FUNCTION_PARAMETERS) {
    zend_long mask = 0;
    bool only_read = true;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG_OR_NULL(mask, only_read)
    ZEND_PARSE_PARAMETERS_END();
    if (!only_read) {
        zend_throw_error(nullptr,
                         "umask() cannot be used in a background worker: it would act on the whole process; "
                         "set the mode of a file with chmod()");
        RETURN_THROWS();
    }
    RETURN_LONG(os::file_mode_mask());
}

// exit('text') tells why a run has ended.
void note_exit(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    // Only looked at: parsing it here would call the __toString() of an object once more than exit() does.
    if (ZEND_NUM_ARGS() > 0 && Z_TYPE_P(ZEND_CALL_ARG(execute_data, 1)) == IS_STRING) {
        const zval* text = ZEND_CALL_ARG(execute_data, 1);
        current_worker()->end_cause.exited({Z_STRVAL_P(text), Z_STRLEN_P(text)});
    }
    original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

constexpr Guard kGuards[] = {
    {"dl", Manner::load_module},
    {"pcntl_fork", Manner::refuse},
    {"pcntl_rfork", Manner::refuse},
    {"pcntl_forkx", Manner::refuse},
    {"pcntl_exec", Manner::refuse},
    {"pcntl_setpriority", Manner::refuse},
    {"pcntl_unshare", Manner::refuse},
    {"pcntl_setns", Manner::refuse},
    // A run has signals of its own.
    {"pcntl_alarm", Manner::around, signals::pcntl_alarm},
    {"pcntl_signal", Manner::around, signals::pcntl_signal},
    {"pcntl_signal_get_handler", Manner::around, signals::pcntl_signal_get_handler},
    {"pcntl_signal_dispatch", Manner::around, signals::pcntl_signal_dispatch},
    {"pcntl_async_signals", Manner::around, signals::pcntl_async_signals},
    {"pcntl_sigprocmask", Manner::around, signals::pcntl_sigprocmask},
    {"pcntl_sigwaitinfo", Manner::around, signals::pcntl_sigwaitinfo},
    {"pcntl_sigtimedwait", Manner::around, signals::pcntl_sigtimedwait},
    {"pcntl_get_last_error", Manner::around, signals::pcntl_get_last_error},
    {"pcntl_errno", Manner::around, signals::pcntl_get_last_error},
    {"posix_kill", Manner::around, signals::posix_kill},
    {"pcntl_wait", Manner::around, signals::pcntl_wait},
    {"pcntl_waitpid", Manner::around, signals::pcntl_waitpid},
    {"pcntl_waitid", Manner::around, signals::pcntl_waitid},
    {"umask", Manner::ours, nullptr, umask},
    {"posix_setuid", Manner::refuse},
    {"posix_setgid", Manner::refuse},
    {"posix_seteuid", Manner::refuse},
    {"posix_setegid", Manner::refuse},
    {"posix_setsid", Manner::refuse},
    {"posix_setpgid", Manner::refuse},
    {"posix_setrlimit", Manner::refuse},
    {"posix_initgroups", Manner::refuse},
    {"cli_set_process_title", Manner::refuse},
    {"opcache_reset", Manner::answer_false},
    {"fastcgi_finish_request", Manner::answer_false},
    {"apache_child_terminate", Manner::answer_false},
    {"apache_lookup_uri", Manner::answer_false},
    {"apache_note", Manner::answer_false},
    {"apache_setenv", Manner::answer_false},
    {"apache_getenv", Manner::answer_false},
    {"virtual", Manner::answer_false},
    {"frankenphp_finish_request", Manner::answer_false},
    {"frankenphp_handle_request", Manner::answer_false},
    {"headers_send", Manner::answer_false},
    {"mercure_publish", Manner::answer_false},
    {"apache_request_headers", Manner::answer_empty},
    {"apache_response_headers", Manner::answer_empty},
    {"getallheaders", Manner::answer_empty},
    {"frankenphp_request_headers", Manner::answer_empty},
    {"frankenphp_response_headers", Manner::answer_empty},
    {"frankenphp_log", Manner::write_log},
    // Through our door, for libc's lock would stay locked in a forked child.
    {"syslog", Manner::ours, nullptr, syslog_functions::write},
    {"openlog", Manner::ours, nullptr, syslog_functions::open},
    {"closelog", Manner::ours, nullptr, syslog_functions::close},
    {"php_sapi_name", Manner::ours, nullptr, command_line::php_sapi_name},
    {"getopt", Manner::ours, nullptr, command_line::getopt},
    {"getenv", Manner::ours, nullptr, own_environment::getenv},
    {"putenv", Manner::ours, nullptr, own_environment::putenv},
    {"proc_open", Manner::spawn, commands::proc_open},
    {"proc_close", Manner::around, commands::proc_close},
    {"exit", Manner::around, note_exit},  // a function since 8.4
    {"readline", Manner::answer_false},  // reads the process's input
    {"popen", Manner::around, commands::popen},
    {"exec", Manner::around, commands::exec},
    {"shell_exec", Manner::around, commands::shell_exec},
    {"system", Manner::around, commands::system},
    {"passthru", Manner::around, commands::passthru},
    {"mail", Manner::spawn, commands::send_mail},
    {"mb_send_mail", Manner::spawn, commands::send_mail},
    {"imap_mail", Manner::spawn, commands::send_mail},
    {"error_log", Manner::spawn_mail, commands::send_mail},
};
constexpr size_t kCount = sizeof(kGuards) / sizeof(kGuards[0]);

// Written by install(), constant afterwards. nullptr: nothing is replaced, most often because this build has no such
// function.
zif_handler originals[kCount];

// PHP code that runs meanwhile may call another one, or leave the fiber: the last one out shuts the mask.
void call_with_host_mask(commands::Command command, zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    WorkerContext& worker = *current_worker();
    if (worker.open_masks++ == 0) {
        os::open_signal_mask();
    }
    // A bailout must not leave the mask open: a signal for the host would then be handled on this thread.
    volatile bool bailed_out = false;
    zend_try { command(original, INTERNAL_FUNCTION_PARAM_PASSTHRU); }
    zend_catch { bailed_out = true; }
    zend_end_try();
    // A bailout drops the frames of all such calls, of those in fibers as well.
    worker.open_masks = bailed_out ? 0 : worker.open_masks - 1;
    if (worker.open_masks == 0) {
        os::block_process_signals();
    }
    if (bailed_out) {
        zend_bailout();
    }
}

// (message, level, context): as error_log() would, without what only the host can write.
void write_log(zend_execute_data* call) {
    zval* message = ZEND_CALL_NUM_ARGS(call) > 0 ? ZEND_CALL_ARG(call, 1) : nullptr;
    if (message != nullptr && Z_TYPE_P(message) == IS_STRING) {
        php_log_err(Z_STRVAL_P(message));
    }
}

// A module's globals enlarge the storage of all threads, without asking those that run.
bool may_load_modules() {
    // Workers need not exist yet: the supervisor may be about to start one.
    if (!Process::current()->supervisor().running()) {
        return true;
    }
    php_error_docref(nullptr, E_WARNING, "Extensions cannot be loaded while background workers run in this process");
    return false;
}

template <size_t I>
void guard(INTERNAL_FUNCTION_PARAMETERS) {
    // One function for each entry, made by the template: no call looks up by name which one it is.
    if (current_worker() == nullptr) {
        if constexpr (kGuards[I].manner == Manner::load_module) {
            if (!may_load_modules()) {
                RETURN_FALSE;
            }
        }
        originals[I](INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    if constexpr (kGuards[I].manner == Manner::refuse || kGuards[I].manner == Manner::load_module) {
        zend_throw_error(nullptr, "%s() cannot be used in a background worker: it would act on the whole process",
                         kGuards[I].name);
    } else if constexpr (kGuards[I].manner == Manner::answer_false) {
        RETVAL_FALSE;
    } else if constexpr (kGuards[I].manner == Manner::answer_empty) {
        RETVAL_EMPTY_ARRAY();
    } else if constexpr (kGuards[I].manner == Manner::write_log) {
        write_log(execute_data);
    } else if constexpr (kGuards[I].manner == Manner::ours) {
        kGuards[I].own(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    } else if constexpr (kGuards[I].manner == Manner::around) {
        kGuards[I].command(originals[I], INTERNAL_FUNCTION_PARAM_PASSTHRU);
    } else if (kGuards[I].manner == Manner::spawn_mail && !commands::sends_mail(execute_data)) {
        originals[I](INTERNAL_FUNCTION_PARAM_PASSTHRU);
    } else {
        call_with_host_mask(kGuards[I].command, originals[I], INTERNAL_FUNCTION_PARAM_PASSTHRU);
    }
}

// Apache's part of phpinfo() tells of the request's server without asking whether there is a request.
void (*host_info)(zend_module_entry*) = nullptr;

void info_of_host(zend_module_entry* module) {
    if (current_worker() == nullptr) {
        host_info(module);
    }
}

// The entry outlives a module cycle, and our replacement in it.
void guard_info_of_host() {
    auto* module =
        static_cast<zend_module_entry*>(zend_hash_str_find_ptr(&module_registry, ZEND_STRL("apache2handler")));
    if (module != nullptr && module->info_func != nullptr && module->info_func != &info_of_host) {
        host_info = module->info_func;
        module->info_func = &info_of_host;
    }
}

template <size_t... I>
void install_all(std::index_sequence<I...>) {
    constexpr zif_handler kReplacements[] = {&guard<I>...};
    for (size_t i = 0; i < kCount; ++i) {
        auto* function = static_cast<zend_function*>(
            zend_hash_str_find_ptr(CG(function_table), kGuards[i].name, strlen(kGuards[i].name)));
        // A module start before this one may have had the function.
        originals[i] = nullptr;
        if (function != nullptr && function->type == ZEND_INTERNAL_FUNCTION &&
            function->internal_function.handler != kReplacements[i]) {
            originals[i] = function->internal_function.handler;
            function->internal_function.handler = kReplacements[i];
        }
    }
}

}  // namespace

zif_handler engine_function(const char* name) noexcept {
    auto* standard = static_cast<zend_module_entry*>(zend_hash_str_find_ptr(&module_registry, ZEND_STRL("standard")));
    for (const zend_function_entry* entry = standard->functions; entry->fname != nullptr; ++entry) {
        if (strcmp(entry->fname, name) == 0) {
            return entry->handler;
        }
    }
    return nullptr;
}

void install() noexcept {
    install_all(std::make_index_sequence<kCount>{});
    guard_info_of_host();
}

}  // namespace guarded_functions
}  // namespace bgworkers
