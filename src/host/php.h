// The engine's headers, once, after the C++ ones, with the linkage that some of them forget.
//
// What differs between PHP versions is bridged here and nowhere else.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" {
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php.h"

#include "SAPI.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/exec.h"
#include "ext/standard/info.h"
#include "main/php_ini.h"
#include "main/php_main.h"
#include "main/php_output.h"
#include "main/php_variables.h"
#if PHP_VERSION_ID >= 80300
#include "zend_call_stack.h"
#endif
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_extensions.h"
#include "zend_interfaces.h"
#include "zend_observer.h"
#include "zend_signal.h"
}

#ifndef ZTS
#error "bgworkers needs a thread-safe PHP (ZTS)"
#endif
#if PHP_VERSION_ID < 80200
#error "bgworkers needs PHP 8.2 or later"
#endif

ZEND_TSRMLS_CACHE_EXTERN()

namespace bgworkers {

// PHP's setting, or nullptr.
inline const char* error_log_setting() noexcept {
#if PHP_VERSION_ID >= 80600
    return PG(error_log) == nullptr ? nullptr : ZSTR_VAL(PG(error_log));
#else
    return PG(error_log);
#endif
}

// What a new file of error_log may be, as PHP takes the setting.
inline int error_log_mode() noexcept {
    const zend_long mode = PG(error_log_mode);
    return mode > 0 && mode <= 0777 ? static_cast<int>(mode) : 0644;
}

// Is PHP's setting of that name set?
inline bool has_sys_temp_dir() noexcept {
#if PHP_VERSION_ID >= 80600
    return PG(sys_temp_dir) != nullptr && ZSTR_LEN(PG(sys_temp_dir)) > 0;
#else
    return PG(sys_temp_dir) != nullptr && *PG(sys_temp_dir) != '\0';
#endif
}

// One argument of a command, quoted for the shell.
inline zend_string* escape_shell_arg(zend_string* argument) {
#if PHP_VERSION_ID >= 80300
    return php_escape_shell_arg(argument);
#else
    return php_escape_shell_arg(ZSTR_VAL(argument));
#endif
}

// PHP lets go of what header_register_callback() got only when it sends headers.
inline void release_header_callback() noexcept {
#if PHP_VERSION_ID >= 80600
    if (ZEND_FCC_INITIALIZED(SG(send_header_fcc))) {
        zend_fcc_dtor(&SG(send_header_fcc));
    }
#else
    zval callback;
    ZVAL_COPY_VALUE(&callback, &SG(callback_func));
    ZVAL_UNDEF(&SG(callback_func));
    zval_ptr_dtor(&callback);
#endif
}

}  // namespace bgworkers
