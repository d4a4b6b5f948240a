// pcntl_wait() and its kin: PHP's own functions, told to leave the children of other threads alone.
#include "host/signals/pcntl_functions.h"
#include "host/signals/system.h"
#include "host/worker_context.h"

namespace bgworkers {
namespace signals {

namespace {

constexpr uint32_t kMaxArguments = 8;

// Calls PHP's own function once more, with its argument number `flags` (from 1) completed. The function is alive while
// it is being called, so a copy of it may be, too.
void call_for_own_children(zif_handler original, uint32_t flags, const zval* defaults, INTERNAL_FUNCTION_PARAMETERS) {
    const uint32_t given = ZEND_NUM_ARGS();
    current_worker()->pcntl_error = 0;
    if (given == 0 && flags > 1 && Z_TYPE(defaults[0]) == IS_UNDEF) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says that arguments are missing
        return;
    }
    zval arguments[kMaxArguments];
    const uint32_t count = given > flags ? given : flags;
    if (count > kMaxArguments) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says that these are too many
        return;
    }
    zval* reference = nullptr;
    for (uint32_t i = 0; i < count; ++i) {
        if (i < given) {
            ZVAL_COPY_VALUE(&arguments[i], ZEND_CALL_ARG(execute_data, i + 1));
        } else if (Z_TYPE(defaults[i]) == IS_REFERENCE) {
            ZVAL_NEW_EMPTY_REF(&arguments[i]);
            ZVAL_NULL(Z_REFVAL(arguments[i]));
            reference = &arguments[i];
        } else {
            ZVAL_COPY_VALUE(&arguments[i], &defaults[i]);
        }
    }
    zval* flag = &arguments[flags - 1];
    zend_long value;
    bool is_null;
    if (zend_parse_arg_long(flag, &value, &is_null, false, flags)) {  // else PHP's own function says what is wrong
        ZVAL_LONG(flag, value | kOwnChildren);
    }
    zend_function function;
    memcpy(&function, execute_data->func, sizeof(zend_internal_function));
    function.internal_function.handler = original;
    zend_call_known_function(&function, nullptr, nullptr, return_value, count, arguments, nullptr);
    if (Z_TYPE_P(return_value) == IS_UNDEF) {  // it threw
        ZVAL_NULL(return_value);
    }
    if (reference != nullptr) {
        zval_ptr_dtor(reference);
    }
}

void set_undefined(zval* values, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        ZVAL_UNDEF(&values[i]);
    }
}

}  // namespace

// (&$status, int $flags = 0, &$resource_usage)
void pcntl_wait(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zval defaults[2];
    set_undefined(defaults, 2);
    ZVAL_LONG(&defaults[1], 0);
    call_for_own_children(original, 2, defaults, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

// (int $process_id, &$status, int $flags = 0, &$resource_usage)
void pcntl_waitpid(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zval defaults[3];
    set_undefined(defaults, 3);
    ZVAL_LONG(&defaults[2], 0);
    if (ZEND_NUM_ARGS() < 2) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    call_for_own_children(original, 3, defaults, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

// (int $idtype = P_ALL, ?int $id = null, &$info = [], int $flags = WEXITED, ...)
void pcntl_waitid(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zval defaults[4];
    ZVAL_LONG(&defaults[0], kAnyChild);
    ZVAL_NULL(&defaults[1]);
    Z_TYPE_INFO(defaults[2]) = IS_REFERENCE;  // only the word: each call makes one of its own
    ZVAL_LONG(&defaults[3], kHasExited);
    call_for_own_children(original, 4, defaults, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

}  // namespace signals
}  // namespace bgworkers
