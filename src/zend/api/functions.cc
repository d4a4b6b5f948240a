// The functions of the API that have no file of their own: parse, call, translate a Status into an exception.
//
// The frames here call into the engine, so they own nothing with a destructor; what has to make strings does so in
// helpers that return before the engine is called again.
#include <uv.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "host/worker_context.h"
#include "zend/api/errors.h"
#include "zend/api/globals.h"
#include "zend/report/metrics.h"
#include "zend/report/status_table.h"
#include "zend/scope/current_scope.h"
#include "zend/scope/run_state.h"
#include "zend/scope/waiting.h"
#include "zend/scope/worker_handle.h"
#include "zend/values/read_cache.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

using namespace bgworkers;

namespace {

// PHP's heap keeps the pages of many small values that are freed: the next large array would have to fault them in
// anew. A worker that waits for so long has no next one soon.
constexpr double kIdle = 0.25;  // seconds

using Describe = bool(Scope&, zval*);

// Reads the one argument, `all`, and describes the caller's scope into the return value.
void describe_scope(INTERNAL_FUNCTION_PARAMETERS, Describe this_process, Describe all_processes) {
    bool all = false;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_BOOL(all)
    ZEND_PARSE_PARAMETERS_END();

    Scope* scope = nullptr;
    const ErrorKind error = hold_result([&] {
        Result<Scope*> loaded = loaded_scope();
        scope = loaded.value();
        return loaded.status();
    });
    Describe* describe = all ? all_processes : this_process;
    if (error != ErrorKind::none || !describe(*scope, return_value)) {
        throw_held(error == ErrorKind::none ? hold_out_of_memory() : error);
    }
}

}  // namespace

PHP_FUNCTION(BgWorkers_get_worker_handle) {
    ZEND_PARSE_PARAMETERS_NONE();
    WorkerContext* worker = caller_in_run("get_worker_handle");
    if (worker == nullptr) {
        RETURN_THROWS();
    }
    int errno_value = 0;
    if (!worker_handle(worker->instance->stop_channel(), return_value, &errno_value)) {
        zend_throw_exception_ex(spl_ce_RuntimeException, 0, "cannot open the worker handle: %s", strerror(errno_value));
    }
}

PHP_FUNCTION(BgWorkers_should_stop) {
    double timeout = 0.0;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();

    WorkerContext* worker = caller_in_run("should_stop");
    if (worker == nullptr) {
        RETURN_THROWS();
    }
    if (!check_timeout(timeout, 1)) {
        RETURN_THROWS();
    }
    // A run may last for months, so a worker looks here, too, for slots that have left shared memory.
    read_cache::follow_slots();
    const StopChannel& channel = worker->instance->stop_channel();
    const uint64_t began = uv_hrtime();
    bool goes_on = true;
    while (goes_on) {
        const double left = timeout - static_cast<double>(uv_hrtime() - began) / 1e9;
        goes_on = left > 0 && !channel.requested();
        if (goes_on) {
            const bool holds_garbage = BGW_G(run) != nullptr && BGW_G(run)->holds_garbage;
            const double slice = holds_garbage ? std::min(left, kIdle) : left;
            // The system counts milliseconds in an int, so a long wait comes in rounds. Rounded up: 0 ms would spin.
            channel.wait(slice > 1e6 ? 1000000000 : static_cast<int>(std::ceil(slice * 1000)));
            if (holds_garbage && left > kIdle && static_cast<double>(uv_hrtime() - began) / 1e9 >= kIdle) {
                zend_mm_gc(zend_mm_get_heap());
                BGW_G(run)->holds_garbage = false;
            }
        }
        // Also when the stop is known: its signal came before it.
        if (zend_atomic_bool_load(&EG(vm_interrupt))) {
            let_engine_interrupt();
            if (EG(exception)) {
                RETURN_THROWS();
            }
        }
    }
    RETURN_BOOL(channel.requested());
}

PHP_FUNCTION(BgWorkers_status) {
    describe_scope(INTERNAL_FUNCTION_PARAM_PASSTHRU, status_to_array, all_status_to_array);
}

PHP_FUNCTION(BgWorkers_metrics) {
    describe_scope(INTERNAL_FUNCTION_PARAM_PASSTHRU, metrics_to_string, all_metrics_to_string);
}
