// What a worker's thread remembers during one run, beyond the host's WorkerContext: engine values.
//
// The worker's thread only. Lives in request memory, from the first call of a run to RSHUTDOWN. PHP code that runs
// later (a session handler that writes, a stream that is closed) may call the API as well: then nothing is remembered,
// since nobody would free it. After a bailout the request's memory goes as a whole.
#pragma once

#include "host/php.h"

namespace bgworkers {

struct RunState {
    zval published;             // the array published last, counted, so that nobody writes to it in place; or UNDEF
    uint64_t published_version; // what the slot had then
    zend_resource* handle;      // the stream of get_worker_handle(), counted; or nullptr
    bool holds_garbage;         // large arrays were published and freed: PHP's heap keeps the pages until it is told
};

RunState* run_state();  // made at the first call of a run; nullptr after RSHUTDOWN
void forget_run_state();  // may run PHP

}  // namespace bgworkers
