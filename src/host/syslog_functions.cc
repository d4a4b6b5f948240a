#include "host/syslog_functions.h"

#include "host/os/syslog_door.h"

extern "C" {
#include "php_syslog.h"
}

namespace bgworkers {
namespace syslog_functions {

namespace {

// `call` runs no PHP code, but may run into the memory limit.
template <typename Call>
void behind_the_door(Call call) {
    volatile bool bailed_out = false;
    os::enter_syslog();
    // A bailout that skipped leave_syslog() would keep all other threads, and every fork, from the door.
    zend_try { call(); }
    zend_catch { bailed_out = true; }
    zend_end_try();
    os::leave_syslog();
    if (bailed_out) {
        zend_bailout();
    }
}

void forget_identity() {
    free(BG(syslog_device));
    BG(syslog_device) = nullptr;
}

}  // namespace

void write(INTERNAL_FUNCTION_PARAMETERS) {
    zend_long priority;
    zend_string* message;
    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_LONG(priority)
        Z_PARAM_STR(message)
    ZEND_PARSE_PARAMETERS_END();
    behind_the_door([&] { php_syslog(static_cast<int>(priority), "%s", ZSTR_VAL(message)); });
    RETURN_TRUE;
}

void open(INTERNAL_FUNCTION_PARAMETERS) {
    char* identity;
    size_t length;
    zend_long options;
    zend_long facility;
    ZEND_PARSE_PARAMETERS_START(3, 3)
        Z_PARAM_STRING(identity, length)
        Z_PARAM_LONG(options)
        Z_PARAM_LONG(facility)
    ZEND_PARSE_PARAMETERS_END();
    behind_the_door([&] {
        char* kept = zend_strndup(identity, length);  // libc keeps the pointer, not the text
        php_openlog(kept, static_cast<int>(options), static_cast<int>(facility));
        // After openlog(): until then libc holds the old pointer, and another thread of the host's may be logging.
        forget_identity();
        BG(syslog_device) = kept;
    });
    RETURN_TRUE;
}

void close(INTERNAL_FUNCTION_PARAMETERS) {
    ZEND_PARSE_PARAMETERS_NONE();
    behind_the_door([] {
        // Before the text goes: libc has a pointer to it.
        php_closelog();
        forget_identity();
    });
    RETURN_TRUE;
}

}  // namespace syslog_functions
}  // namespace bgworkers
