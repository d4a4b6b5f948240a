// The stream of get_worker_handle(): a dup of the stop channel's reading end.
#pragma once

#include "core/workers/stop_channel.h"
#include "host/php.h"

namespace bgworkers {

// The run's stream, a fresh one if the script has closed it, and at each call after RSHUTDOWN. False: *errno_value says
// why there is none.
bool worker_handle(const StopChannel& channel, zval* result, int* errno_value);

// A stream of its own over a duplicate of a socket that somebody else keeps: it can be read and watched, what is
// written to it is dropped, and it shuts nothing down. False: *errno_value says why there is none.
bool stream_over(uv_os_sock_t socket, zval* result, int* errno_value);

}  // namespace bgworkers
