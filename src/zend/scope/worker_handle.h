// The stream of get_worker_handle(): a dup of the stop channel's reading end.
#pragma once

#include "core/workers/stop_channel.h"
#include "host/php.h"

namespace bgworkers {

// The run's stream, a fresh one if the script has closed it, and at each call after RSHUTDOWN. False: *errno_value says
// why there is none.
bool worker_handle(const StopChannel& channel, zval* result, int* errno_value);

}  // namespace bgworkers
