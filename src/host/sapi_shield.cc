#include "host/sapi_shield.h"

#include "host/php.h"
#include "host/worker_context.h"
#include "host/worker_environment.h"

namespace bgworkers {
namespace sapi_shield {

namespace {

// The host's callbacks. Written by install() before any other thread runs PHP, constant afterwards.
sapi_module_struct host;
void (*host_import_environment)(zval*) = nullptr;
void (*host_load_environment)(zval*) = nullptr;
// PHP's own, from before any host replaced it: reads the process's environment.
void (*plain_import_environment)(zval*) = nullptr;
void (*request_end)() = nullptr;
void (*module_shutdown)() = nullptr;
std::atomic<bool> startup_ended{false};

bool is_worker() { return current_worker() != nullptr; }

int activate() { return is_worker() || host.activate == nullptr ? SUCCESS : host.activate(); }

// The end of PHP's start-up comes by here, too, after preloading, which has callbacks of its own.
int deactivate() {
    if (is_worker()) {
        return SUCCESS;
    }
    const int result = host.deactivate == nullptr ? SUCCESS : host.deactivate();
    if (!startup_ended.load(std::memory_order_relaxed)) {
        startup_ended.store(true, std::memory_order_relaxed);
    } else {
        request_end();
    }
    return result;
}

size_t ub_write(const char* text, size_t length) {
    if (WorkerContext* worker = current_worker()) {
        worker->output.write({text, length});
        return length;
    }
    return host.ub_write(text, length);
}

void flush(void* server_context) {
    if (is_worker()) {
        return;
    }
    // No EG() here: Apache's parent and child main threads come by without ever having run a request.
    if (php_during_module_shutdown()) {
        module_shutdown();
    }
    if (host.flush != nullptr) {
        host.flush(server_context);
    }
}

zend_stat_t* get_stat() { return is_worker() ? nullptr : host.get_stat(); }

char* getenv(const char* name, size_t length) {
    if (WorkerContext* worker = current_worker()) {
        return configured_env(*worker, {name, length});  // else PHP looks into the process's environment
    }
    return host.getenv == nullptr ? nullptr : host.getenv(name, length);
}

int header_handler(sapi_header_struct* header, sapi_header_op_enum op, sapi_headers_struct* headers) {
    if (is_worker()) {
        return SAPI_HEADER_ADD;
    }
    return host.header_handler(header, op, headers);
}

int send_headers(sapi_headers_struct* headers) {
    return is_worker() ? SAPI_HEADER_SENT_SUCCESSFULLY : host.send_headers(headers);
}

void send_header(sapi_header_struct* header, void* server_context) {
    if (!is_worker() && host.send_header != nullptr) {
        host.send_header(header, server_context);
    }
}

size_t read_post(char* buffer, size_t count) { return is_worker() ? 0 : host.read_post(buffer, count); }

char* read_cookies() { return is_worker() ? nullptr : host.read_cookies(); }

void register_server_variables(zval* array) {
    if (WorkerContext* worker = current_worker()) {
        plain_import_environment(array);
        register_worker_variables(*worker, array);
    } else if (host.register_server_variables != nullptr) {
        host.register_server_variables(array);
    }
}

void log_message(const char* message, int priority) {
    if (WorkerContext* worker = current_worker()) {
        worker->output.flush();
        worker->output.write(message);
        worker->output.write("\n");
    } else {
        host.log_message(message, priority);
    }
}

zend_result get_request_time(double* time) { return is_worker() ? FAILURE : host.get_request_time(time); }

void terminate_process() {
    if (!is_worker()) {
        host.terminate_process();
    }
}

int get_fd(int* descriptor) { return is_worker() ? FAILURE : host.get_fd(descriptor); }
int force_http_10() { return is_worker() ? FAILURE : host.force_http_10(); }
int get_target_uid(uid_t* uid) { return is_worker() ? FAILURE : host.get_target_uid(uid); }
int get_target_gid(gid_t* gid) { return is_worker() ? FAILURE : host.get_target_gid(gid); }
#if PHP_VERSION_ID >= 80500
int pre_request_init() { return is_worker() ? SUCCESS : host.pre_request_init(); }
#endif

void import_environment(zval* array) { (is_worker() ? plain_import_environment : host_import_environment)(array); }

// getenv() without a name.
void load_environment(zval* array) {
    if (WorkerContext* worker = current_worker()) {
        plain_import_environment(array);
        add_configured_env(*worker, array);
    } else {
        host_load_environment(array);
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

void install(void (*on_request_end)(), void (*on_module_shutdown)()) noexcept {
    request_end = on_request_end;
    module_shutdown = on_module_shutdown;
    startup_ended.store(false);
    host = sapi_module;
    for_each_callback([](auto field, auto ours, bool always) {
        if (always || host.*field != nullptr) {
            sapi_module.*field = ours;
        }
    });
    plain_import_environment = php_import_environment_variables;
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
    if (host_import_environment != nullptr) {
        unwrap(php_import_environment_variables, &import_environment, host_import_environment);
        unwrap(php_load_environment_variables, &load_environment, host_load_environment);
    }
}

}  // namespace sapi_shield
}  // namespace bgworkers
