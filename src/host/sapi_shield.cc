#include "host/sapi_shield.h"

#include <type_traits>

#include "host/os/syslog_door.h"
#include "host/php.h"
#include "host/worker_context.h"
#include "host/worker_environment.h"

namespace bgworkers {
namespace sapi_shield {

namespace {

// The host's own callbacks, and those that we wrapped: the same unless an extension wrapped one before us. Written
// before any other thread runs PHP, and by restore().
sapi_module_struct own;
sapi_module_struct host;
bool own_known = false;
void (*host_import_environment)(zval*) = nullptr;
void (*host_load_environment)(zval*) = nullptr;
// PHP's own, from before any host replaced them: they read the process's environment.
void (*plain_import_environment)(zval*) = nullptr;
void (*plain_load_environment)(zval*) = nullptr;

decltype(zend_error_cb) own_error_callback = nullptr;
Listeners listeners;
std::atomic<bool> startup_ended{false};

bool is_worker() { return current_worker() != nullptr; }

// Calls `function`; if that comes back here on this thread, `own_function` instead. `Tag` tells the callbacks apart.
template <typename Tag, typename Function, typename... Args>
auto call_once(Function function, Function own_function, Args... args) {
    using Result = decltype(function(args...));
    static thread_local bool under_way = false;
    if (under_way) {
        return own_function(args...);
    }
    if (tsrm_get_ls_cache() == nullptr) {
        return function(args...);  // a thread that the engine does not know: it has no bailout, and no thread's start
    }
    ZEND_TSRMLS_CACHE_UPDATE();
    volatile bool bailed_out = false;
    under_way = true;
    if constexpr (std::is_void_v<Result>) {
        zend_try { function(args...); }
        zend_catch { bailed_out = true; }
        zend_end_try();
        under_way = false;
        if (bailed_out) {
            zend_bailout();
        }
    } else {
        volatile Result result{};
        zend_try { result = function(args...); }
        zend_catch { bailed_out = true; }
        zend_end_try();
        under_way = false;
        if (bailed_out) {
            zend_bailout();
        }
        return static_cast<Result>(result);
    }
}

// The host's function of a field, which `ours` replaces; `none` is the answer where the host has none.
template <auto field, auto ours, typename Result, typename... Args>
Result call_host(Result none, Args... args) {
    const auto below = host.*field;
    const auto own_function = own.*field;
    if (below == own_function || sapi_module.*field != ours) {
        return own_function == nullptr ? none : own_function(args...);
    }
    if (own_function == nullptr) {
        return below(args...);  // whatever was added where the host has nothing calls nobody
    }
    // Local, so each instantiation has a type of its own, and with it a flag of its own in call_once().
    struct Tag {};
    return call_once<Tag>(below, own_function, args...);
}

template <auto field, auto ours, typename... Args>
void call_host_void(Args... args) {
    const auto below = host.*field;
    const auto own_function = own.*field;
    if (below == own_function || sapi_module.*field != ours) {
        if (own_function != nullptr) {
            own_function(args...);
        }
    } else if (own_function == nullptr) {
        below(args...);
    } else {
        struct Tag {};
        call_once<Tag>(below, own_function, args...);
    }
}

int activate() {
    if (is_worker()) {
        return SUCCESS;
    }
    // Preloading is a request, too, in the parent of php-fpm: it must not choose a user for the children.
    if (!php_is_starting()) {
        listeners.request_begin();
    }
    return call_host<&sapi_module_struct::activate, activate>(int{SUCCESS});
}

// PHP also calls it once at the end of its start-up, after preloading, which has callbacks of its own.
int deactivate() {
    if (is_worker()) {
        return SUCCESS;
    }
    const int result = call_host<&sapi_module_struct::deactivate, deactivate>(int{SUCCESS});
    if (!startup_ended.load(std::memory_order_relaxed)) {
        startup_ended.store(true, std::memory_order_relaxed);
        listeners.startup_end();
    } else {
        listeners.request_end();
    }
    return result;
}

// Until 8.3 exit is no function that could be guarded, but an opcode that prints.
bool is_text_of_exit() {
#if PHP_VERSION_ID < 80400
    const zend_execute_data* frame = EG(current_execute_data);
    return frame != nullptr && frame->func != nullptr && ZEND_USER_CODE(frame->func->type) &&
           frame->opline != nullptr && frame->opline->opcode == ZEND_EXIT;
#else
    return false;
#endif
}

size_t ub_write(const char* text, size_t length) {
    if (WorkerContext* worker = current_worker()) {
        if (is_text_of_exit()) {
            worker->end_cause.exited({text, length});
        }
        worker->output.write({text, length});
        return length;
    }
    return call_host<&sapi_module_struct::ub_write, ub_write>(length, text, length);
}

void flush(void* server_context) {
    if (is_worker()) {
        return;
    }
    // No EG() here: Apache's parent and child main threads come by without ever having run a request.
    if (php_during_module_shutdown()) {
        listeners.module_shutdown();
    }
    call_host_void<&sapi_module_struct::flush, flush>(server_context);
}

zend_stat_t* get_stat() {
    constexpr zend_stat_t* kNone = nullptr;
    return is_worker() ? kNone : call_host<&sapi_module_struct::get_stat, get_stat>(kNone);
}

char* getenv(const char* name, size_t length) {
    if (WorkerContext* worker = current_worker()) {
        const auto* own = worker->environment.find({name, length});
        return own != nullptr && *own ? const_cast<char*>((*own)->c_str()) : nullptr;  // PHP copies it
    }
    constexpr char* kNone = nullptr;
    return call_host<&sapi_module_struct::getenv, &sapi_shield::getenv>(kNone, name, length);
}

int header_handler(sapi_header_struct* header, sapi_header_op_enum op, sapi_headers_struct* headers) {
    if (is_worker()) {
        // Then PHP keeps the header, and headers_list() tells what header() was told.
        return SAPI_HEADER_ADD;
    }
    return call_host<&sapi_module_struct::header_handler, header_handler>(int{SAPI_HEADER_ADD}, header, op, headers);
}

int send_headers(sapi_headers_struct* headers) {
    constexpr int kSent = SAPI_HEADER_SENT_SUCCESSFULLY;
    return is_worker() ? kSent : call_host<&sapi_module_struct::send_headers, send_headers>(kSent, headers);
}

void send_header(sapi_header_struct* header, void* server_context) {
    if (!is_worker()) {
        call_host_void<&sapi_module_struct::send_header, send_header>(header, server_context);
    }
}

size_t read_post(char* buffer, size_t count) {
    return is_worker() ? 0 : call_host<&sapi_module_struct::read_post, read_post>(size_t{0}, buffer, count);
}

char* read_cookies() {
    constexpr char* kNone = nullptr;
    return is_worker() ? kNone : call_host<&sapi_module_struct::read_cookies, read_cookies>(kNone);
}

void register_server_variables(zval* array) {
    if (WorkerContext* worker = current_worker()) {
        plain_import_environment(array);
        register_worker_variables(*worker, array);
    } else {
        call_host_void<&sapi_module_struct::register_server_variables, register_server_variables>(array);
    }
}

void log_message(const char* message, int priority) {
    if (WorkerContext* worker = current_worker()) {
        if (worker->muted) {
            return;
        }
        if (worker->errors_to_syslog) {
            os::write_to_syslog({PG(syslog_ident), static_cast<int>(PG(syslog_facility))}, priority, message);
            return;
        }
        // A message of PHP's begins a line of its own, also after output without a line end.
        worker->output.flush();
        worker->output.write(message);
        worker->output.write("\n");
    } else {
        call_host_void<&sapi_module_struct::log_message, log_message>(message, priority);
    }
}

zend_result get_request_time(double* time) {
    // PHP takes the time of the first question then.
    return is_worker() ? FAILURE
                       : call_host<&sapi_module_struct::get_request_time, get_request_time>(zend_result{FAILURE}, time);
}

void terminate_process() {
    if (!is_worker()) {
        call_host_void<&sapi_module_struct::terminate_process, terminate_process>();
    }
}

int get_fd(int* descriptor) {
    return is_worker() ? FAILURE : call_host<&sapi_module_struct::get_fd, get_fd>(int{FAILURE}, descriptor);
}
int force_http_10() {
    return is_worker() ? FAILURE : call_host<&sapi_module_struct::force_http_10, force_http_10>(int{FAILURE});
}
int get_target_uid(uid_t* uid) {
    return is_worker() ? FAILURE : call_host<&sapi_module_struct::get_target_uid, get_target_uid>(int{FAILURE}, uid);
}
int get_target_gid(gid_t* gid) {
    return is_worker() ? FAILURE : call_host<&sapi_module_struct::get_target_gid, get_target_gid>(int{FAILURE}, gid);
}
#if PHP_VERSION_ID >= 80500
int pre_request_init() {
    return is_worker() ? SUCCESS : call_host<&sapi_module_struct::pre_request_init, pre_request_init>(int{SUCCESS});
}
#endif

// One of the two pointers: below us lies the host's function, or PHP's own.
template <typename Tag>
void call_environment(void (*function)(zval*), void (*plain)(zval*), zval* array) {
    if (function == plain) {
        plain(array);
    } else {
        call_once<Tag>(function, plain, array);
    }
}

void import_environment(zval* array) {
    struct Tag {};
    if (is_worker()) {
        plain_import_environment(array);
    } else {
        call_environment<Tag>(host_import_environment, plain_import_environment, array);
    }
}

// getenv() without a name.
void load_environment(zval* array) {
    if (WorkerContext* worker = current_worker()) {
        plain_import_environment(array);
        worker->environment.apply(Z_ARRVAL_P(array));
    } else {
        struct Tag {};
        call_environment<Tag>(host_load_environment, plain_load_environment, array);
    }
}

// Every callback that we replace: the field, ours, and whether it is replaced even where the host has none, because we
// need it or the engine calls it without asking.
template <typename Visit>
void for_each_callback(Visit visit) {
    visit(&sapi_module_struct::activate, &activate, true);
    visit(&sapi_module_struct::deactivate, &deactivate, true);
    visit(&sapi_module_struct::ub_write, &ub_write, false);
    visit(&sapi_module_struct::flush, &flush, true);
    visit(&sapi_module_struct::get_stat, &get_stat, false);
    visit(&sapi_module_struct::getenv, &sapi_shield::getenv, true);
    visit(&sapi_module_struct::header_handler, &header_handler, false);
    visit(&sapi_module_struct::send_headers, &send_headers, false);
    visit(&sapi_module_struct::send_header, &send_header, false);
    visit(&sapi_module_struct::read_post, &read_post, false);
    visit(&sapi_module_struct::read_cookies, &read_cookies, false);
    visit(&sapi_module_struct::register_server_variables, &register_server_variables, true);
    visit(&sapi_module_struct::log_message, &log_message, false);
    visit(&sapi_module_struct::get_request_time, &get_request_time, false);
    visit(&sapi_module_struct::terminate_process, &terminate_process, false);
    visit(&sapi_module_struct::get_fd, &get_fd, false);
    visit(&sapi_module_struct::force_http_10, &force_http_10, false);
    visit(&sapi_module_struct::get_target_uid, &get_target_uid, false);
    visit(&sapi_module_struct::get_target_gid, &get_target_gid, false);
#if PHP_VERSION_ID >= 80500
    visit(&sapi_module_struct::pre_request_init, &pre_request_init, false);
#endif
}

template <typename Callback>
void unwrap(Callback& field, Callback wrapper, Callback original) {
    if (field == wrapper) {
        field = original;
    }
}

}  // namespace

void note_own_callbacks() noexcept {
    if (!own_known && !php_get_module_initialized()) {
        own = sapi_module;
        own_error_callback = zend_error_cb;
        own_known = true;
    }
}

void mend_error_callback() noexcept {
    if (zend_error_cb == nullptr && own_error_callback != nullptr) {
        zend_error_cb = own_error_callback;
    }
}

void install(const Listeners& who) noexcept {
    listeners = who;
    startup_ended.store(false);
    host = sapi_module;
    if (!own_known) {
        own = host;  // built into PHP: nothing of ours runs before the other modules start
    }
    for_each_callback([](auto field, auto ours, bool always) {
        if (always || host.*field != nullptr) {
            sapi_module.*field = ours;
        }
    });
    // Now, for php-fpm puts its own here after the fork and expects a request behind them.
    plain_import_environment = php_import_environment_variables;
    plain_load_environment = php_load_environment_variables;
}

bool php_is_starting() noexcept {
    return !startup_ended.load(std::memory_order_relaxed) && php_during_module_startup();
}

void install_environment() noexcept {
    if (php_import_environment_variables != &import_environment) {
        host_import_environment = php_import_environment_variables;
        php_import_environment_variables = &import_environment;
    }
    if (php_load_environment_variables != &load_environment) {
        host_load_environment = php_load_environment_variables;
        php_load_environment_variables = &load_environment;
    }
}

void restore() noexcept {
    for_each_callback([](auto field, auto ours, bool) {
        if (sapi_module.*field == ours) {
            sapi_module.*field = host.*field;
        }
    });
    // A parent that forks all its requests never came to wrap these.
    if (host_import_environment != nullptr) {
        unwrap(php_import_environment_variables, &import_environment, host_import_environment);
        unwrap(php_load_environment_variables, &load_environment, host_load_environment);
    }
    // Whoever lay below us may be gone from here on, and still calls us.
    host = own;
    own_known = false;
}

namespace {

void open_output(void* /*context*/) {
    OG(flags) |= PHP_OUTPUT_ACTIVATED;
    SG(headers_sent) = 1;  // else PHP notes where the output began, and nothing frees that any more
}

// int in PHP 8.2.
std::invoke_result_t<php_output_handler_context_func_t, void**, php_output_context*> pass_on(void**,
                                                                                             php_output_context*) {
    return FAILURE;
}

}  // namespace

// An output handler that does nothing is freed by php_output_deactivate() after that has closed the output.
void keep_output_open() {
    // PHP calls the destructor of a context only where the pointer leads somewhere.
    static char context;
    php_output_handler* handler = php_output_handler_create_internal(ZEND_STRL("bgworkers"), pass_on, 0, 0);
    if (php_output_handler_start(handler) != SUCCESS) {
        php_output_handler_free(&handler);
        return;
    }
    php_output_handler_set_context(handler, &context, open_output);
    handler->flags |= PHP_OUTPUT_HANDLER_DISABLED;
}

}  // namespace sapi_shield
}  // namespace bgworkers
