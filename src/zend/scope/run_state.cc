#include "zend/scope/run_state.h"

#include "zend/api/globals.h"

namespace bgworkers {

RunState* run_state() {
    if (BGW_G(run) == nullptr && !BGW_G(request_over)) {
        BGW_G(run) = static_cast<RunState*>(ecalloc(1, sizeof(RunState)));
        ZVAL_UNDEF(&BGW_G(run)->published);
    }
    return BGW_G(run);
}

void forget_run_state() {
    RunState* run = BGW_G(run);
    BGW_G(run) = nullptr;
    if (run == nullptr || CG(unclean_shutdown)) {
        return;
    }
    zend_resource* handle = run->handle;
    zval_ptr_dtor(&run->published);
    efree(run);
    if (handle != nullptr) {
        zend_list_delete(handle);  // may run PHP: a filter of the script's
    }
}

}  // namespace bgworkers
