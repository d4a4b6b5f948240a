#include "zend/run_state.h"

#include "zend/globals.h"

namespace bgworkers {

RunState* run_state() {
    if (BGW_G(run) == nullptr) {
        BGW_G(run) = static_cast<RunState*>(ecalloc(1, sizeof(RunState)));
        ZVAL_UNDEF(&BGW_G(run)->published);
    }
    return BGW_G(run);
}

void forget_run_state() noexcept {
    RunState* run = BGW_G(run);
    BGW_G(run) = nullptr;
    if (run == nullptr || CG(unclean_shutdown)) {
        return;
    }
    zval_ptr_dtor(&run->published);
    if (run->handle != nullptr) {
        zend_list_delete(run->handle);
    }
    efree(run);
}

}  // namespace bgworkers
