// One run of a worker's script: a PHP request that no SAPI knows of.
//
// The worker's own thread, attached to the engine. Fills in the instance's report; posts "began" before the script's
// first line. Whatever the script does (return, exit, uncaught exception, fatal error, memory limit, force-kill),
// this returns with the request shut down and the thread ready for the next run. It is the one bailout fence: in
// here nothing with a destructor is alive across a call into the engine.
#pragma once

#include "host/worker_context.h"

namespace bgworkers {

void run_script(WorkerContext& worker) noexcept;

// Notes fatal errors of workers for their reports. Once, in MINIT.
void observe_errors() noexcept;

}  // namespace bgworkers
