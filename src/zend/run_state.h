// What a worker's thread remembers during one run, beyond the host's WorkerContext: engine values.
//
// The worker's thread only. Lives in request memory; forget() in RSHUTDOWN. After a bailout the request's memory
// goes as a whole.
#pragma once

#include "host/php.h"

namespace bgworkers {

struct RunState {
    zval published;             // the array published last, counted, so that nobody writes to it in place; or UNDEF
    uint64_t published_version; // what the slot had then
    zend_resource* handle;      // the stream of get_worker_handle(), counted; or nullptr
};

RunState* run_state();  // made at the first call of a run
void forget_run_state() noexcept;

}  // namespace bgworkers
