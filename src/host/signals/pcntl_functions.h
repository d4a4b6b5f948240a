// pcntl's and posix's functions for signals and children, as they are in a worker.
//
// Each stands in place of PHP's own, in workers alone; `original` is that one. It is asked whatever would fail anyway,
// so that errors are PHP's own and of this version, and whatever does not concern the run: then it acts on nothing that
// is the host's. The run's own thread; these run PHP code and bail out as PHP's functions do.
#pragma once

#include "host/php.h"

namespace bgworkers {
namespace signals {

void pcntl_signal(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_signal_get_handler(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_async_signals(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_signal_dispatch(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_alarm(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_sigprocmask(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_sigwaitinfo(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_sigtimedwait(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_get_last_error(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void posix_kill(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);

// Children that this thread has started, never those of another.
void pcntl_wait(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_waitpid(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);
void pcntl_waitid(zif_handler original, INTERNAL_FUNCTION_PARAMETERS);

}  // namespace signals
}  // namespace bgworkers
