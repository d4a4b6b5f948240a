#include "zend/api/errors.h"

#include <cstdlib>

#include "zend/api/globals.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

namespace bgworkers {

zend_class_entry* timeout_exception_ce = nullptr;
zend_class_entry* worker_exception_ce = nullptr;

ErrorKind hold(const Status& status) noexcept {
    if (!status.ok()) {
        free(BGW_G(pending_error));
        BGW_G(pending_error) = strdup(status.message().c_str());
    }
    return status.kind();
}

ErrorKind hold_out_of_memory() noexcept {
    free(BGW_G(pending_error));
    BGW_G(pending_error) = nullptr;  // throw_held() says it without a message
    return ErrorKind::runtime;
}

void throw_held(ErrorKind kind) {
    zend_class_entry* ce = spl_ce_RuntimeException;
    switch (kind) {
        case ErrorKind::value: ce = zend_ce_value_error; break;
        case ErrorKind::timeout: ce = timeout_exception_ce; break;
        case ErrorKind::worker: ce = worker_exception_ce; break;
        case ErrorKind::runtime:
        case ErrorKind::none: break;
    }
    zend_throw_exception(ce, BGW_G(pending_error) == nullptr ? "out of memory" : BGW_G(pending_error), 0);
}

}  // namespace bgworkers
