// What a worker's script finds around it: $_SERVER, $_ENV, getenv(), $argv, STDIN, STDOUT, STDERR.
//
// The worker's own thread, during a run. These call into the engine and may bail out; nothing is held.
#pragma once

#include "host/php.h"
#include "host/worker_context.h"

namespace bgworkers {

// The base of $_SERVER: script names as cli has them.
void register_worker_variables(WorkerContext& worker, zval* array);

// After request start-up: $_SERVER and $_ENV complete whatever variables_order says, the standard streams defined.
void complete_environment(WorkerContext& worker);

// Set from bgworkers.frankenphp_aliases: FRANKENPHP_WORKER_* variables too.
void set_frankenphp_variables(bool on) noexcept;

}  // namespace bgworkers
