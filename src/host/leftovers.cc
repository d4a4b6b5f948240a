#include "host/leftovers.h"

#include "host/php.h"

extern "C" {
#include "ext/standard/file.h"
}

namespace bgworkers {
namespace leftovers {

namespace {

// Extensions whose data of a thread is an error state, or a setting, and nothing else. PHP makes it when the thread
// starts and does not reset it per request.
constexpr const char* kErrorStates[] = {
    "openssl",  // openssl_error_string()
    "posix",    // posix_get_last_error()
    "snmp",     // snmp_set_valueretrieval()
#ifndef PHP_WIN32  // there it also keeps what was sent to other processes
    "sockets",  // socket_last_error()
#endif
};

// As if the thread ended and started again, for this extension alone.
void renew(const char* extension) noexcept {
    auto* module =
        static_cast<zend_module_entry*>(zend_hash_str_find_ptr(&module_registry, extension, strlen(extension)));
    if (module == nullptr || module->globals_size == 0 || module->globals_ctor == nullptr) {
        return;
    }
    void* globals = ts_resource(*module->globals_id_ptr);
    if (module->globals_dtor != nullptr) {
        module->globals_dtor(globals);
    }
    module->globals_ctor(globals);
}

int remove_each(zval*) { return ZEND_HASH_APPLY_REMOVE; }

// A connection that complains when it is closed must not be the first error of the next run.
void forget_last_error() noexcept {
    if (PG(last_error_message) != nullptr) {
        zend_string_release(PG(last_error_message));
        PG(last_error_message) = nullptr;
    }
    if (PG(last_error_file) != nullptr) {
        zend_string_release(PG(last_error_file));
        PG(last_error_file) = nullptr;
    }
    PG(last_error_type) = 0;
    PG(last_error_lineno) = 0;
}

}  // namespace

void forget_last_run() noexcept {
    realpath_cache_clean();
    FG(user_stream_current_filename) = nullptr;  // a bailout leaves a pointer to memory that is gone
    FG(pclose_wait) = false;
    for (const char* extension : kErrorStates) {
        renew(extension);
    }
}

void close_persistent_resources() noexcept {
    // An element leaves the table before its destructor is called, so a bailout of one ends nothing but its own.
    while (zend_hash_num_elements(&EG(persistent_list)) > 0) {
        zend_try { zend_hash_reverse_apply(&EG(persistent_list), remove_each); }
        zend_end_try();
    }
    forget_last_error();
}

}  // namespace leftovers
}  // namespace bgworkers
