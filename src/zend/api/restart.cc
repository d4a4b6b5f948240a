// restart(): parse, call, translate. As in functions.cc, these frames own nothing with a destructor.
#include "core/workers/worker_spec.h"
#include "host/process.h"
#include "host/worker_context.h"
#include "zend/api/errors.h"
#include "zend/scope/current_scope.h"

using namespace bgworkers;

namespace {

Status restart(zend_string* name, bool* begins) {
    Result<Scope*> scope = loaded_scope();
    if (!scope.ok()) {
        return scope.status();
    }
    Process& process = *Process::current();
    Result<Worker*> worker = process.registry().known(*scope.value(), std::string(ZSTR_VAL(name), ZSTR_LEN(name)));
    if (!worker.ok()) {
        return with_edit(*scope.value(), worker.status());
    }
    const WorkerContext* self = current_worker();
    if (self != nullptr && &self->instance->worker() == worker.value()) {
        return Status::runtime("worker \"" + worker.value()->name() +
                               "\" cannot restart itself: return from the script, and the next run begins");
    }
    return process.restart_worker(worker.value(), begins);
}

}  // namespace

PHP_FUNCTION(BgWorkers_restart) {
    zend_string* name;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(name)
    ZEND_PARSE_PARAMETERS_END();
    if (const char* defect = name_defect({ZSTR_VAL(name), ZSTR_LEN(name)})) {
        zend_argument_value_error(1, "%s", defect);
        RETURN_THROWS();
    }
    bool begins = false;
    if (const ErrorKind error = hold_result([&] { return restart(name, &begins); }); error != ErrorKind::none) {
        throw_held(error);
        RETURN_THROWS();
    }
    RETURN_BOOL(begins);
}
