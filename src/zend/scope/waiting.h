// A reader's wait for workers to become ready.
//
// The reader's thread. It waits in slices of kWaitSlice and between them lets the engine do what is due: the
// request's time limit, a force-kill, signal handlers of the script. While any of those may run (and may leave by a
// bailout), it holds nothing: no lock, no place in a slot's queue, no edge in the wait graph.
#pragma once

#include "core/base/status.h"
#include "core/workers/worker.h"
#include "host/php.h"

namespace bgworkers {

constexpr double kWaitSlice = 0.05;           // seconds
constexpr double kWaitSliceOfWorker = 0.02;   // a worker that has to stop shall notice soon

// Starts all of them that are not ready, then waits until all are, under one deadline. One of them that has given up,
// or could not be started, ends the wait within a slice, whatever its place among them. With a timeout of 0 nothing is
// waited for, so no circle can be closed.
// workers: in request memory; those that are not ready come first afterwards. timeout: seconds >= 0, INF = no limit.
// True: all are ready. False: an exception is set.
bool start_and_wait(Worker** workers, uint32_t count, double timeout);

// Lets the engine act on its interrupt flag, as it does between two instructions of a script. May bail out or set an
// exception. For every place of ours that blocks.
void let_engine_interrupt();

}  // namespace bgworkers
