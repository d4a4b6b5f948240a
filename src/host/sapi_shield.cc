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
void (*module_shutdown)() = nullptr;

bool is_worker() { return current_worker() != nullptr; }

int activate() { return is_worker() || host.activate == nullptr ? SUCCESS : host.activate(); }

int deactivate() { return is_worker() || host.deactivate == nullptr ? SUCCESS : host.deactivate(); }

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

// always: wrapped even where the host has none, because we need it or the engine calls it without asking.
template <typename Callback>
void wrap(Callback& field, Callback wrapper, bool always = false) {
    if (always || field != nullptr) {
        field = wrapper;
    }
}

template <typename Callback>
void unwrap(Callback& field, Callback wrapper, Callback original) {
    if (field == wrapper) {
        field = original;
    }
}

}  // namespace

void install(void (*on_module_shutdown)()) noexcept {
    module_shutdown = on_module_shutdown;
    host = sapi_module;
    wrap(sapi_module.activate, &activate, true);
    wrap(sapi_module.deactivate, &deactivate, true);
    wrap(sapi_module.ub_write, &ub_write);
    wrap(sapi_module.flush, &flush, true);
    wrap(sapi_module.get_stat, &get_stat);
    wrap(sapi_module.getenv, &sapi_shield::getenv, true);
    wrap(sapi_module.header_handler, &header_handler);
    wrap(sapi_module.send_headers, &send_headers);
    wrap(sapi_module.send_header, &send_header);
    wrap(sapi_module.read_post, &read_post);
    wrap(sapi_module.read_cookies, &read_cookies);
    wrap(sapi_module.register_server_variables, &register_server_variables, true);
    wrap(sapi_module.log_message, &log_message);
    wrap(sapi_module.get_request_time, &get_request_time);
    wrap(sapi_module.terminate_process, &terminate_process);
    wrap(sapi_module.get_fd, &get_fd);
    wrap(sapi_module.force_http_10, &force_http_10);
    wrap(sapi_module.get_target_uid, &get_target_uid);
    wrap(sapi_module.get_target_gid, &get_target_gid);
    plain_import_environment = php_import_environment_variables;
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
    unwrap(sapi_module.activate, &activate, host.activate);
    unwrap(sapi_module.deactivate, &deactivate, host.deactivate);
    unwrap(sapi_module.ub_write, &ub_write, host.ub_write);
    unwrap(sapi_module.flush, &flush, host.flush);
    unwrap(sapi_module.get_stat, &get_stat, host.get_stat);
    unwrap(sapi_module.getenv, &sapi_shield::getenv, host.getenv);
    unwrap(sapi_module.header_handler, &header_handler, host.header_handler);
    unwrap(sapi_module.send_headers, &send_headers, host.send_headers);
    unwrap(sapi_module.send_header, &send_header, host.send_header);
    unwrap(sapi_module.read_post, &read_post, host.read_post);
    unwrap(sapi_module.read_cookies, &read_cookies, host.read_cookies);
    unwrap(sapi_module.register_server_variables, &register_server_variables, host.register_server_variables);
    unwrap(sapi_module.log_message, &log_message, host.log_message);
    unwrap(sapi_module.get_request_time, &get_request_time, host.get_request_time);
    unwrap(sapi_module.terminate_process, &terminate_process, host.terminate_process);
    unwrap(sapi_module.get_fd, &get_fd, host.get_fd);
    unwrap(sapi_module.force_http_10, &force_http_10, host.force_http_10);
    unwrap(sapi_module.get_target_uid, &get_target_uid, host.get_target_uid);
    unwrap(sapi_module.get_target_gid, &get_target_gid, host.get_target_gid);
    if (host_import_environment != nullptr) {
        unwrap(php_import_environment_variables, &import_environment, host_import_environment);
        unwrap(php_load_environment_variables, &load_environment, host_load_environment);
    }
}

}  // namespace sapi_shield
}  // namespace bgworkers
