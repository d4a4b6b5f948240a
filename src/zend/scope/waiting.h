// How a thread of PHP waits for something of ours: the first publication of workers, a task, room in a queue.
//
// The waiting thread. It waits in slices and between them lets the engine do what is due: the request's time limit, a
// force-kill, signal handlers of the script. While any of those may run (and may leave by a bailout), it holds nothing:
// no lock, no place in a queue, no edge in the wait graph.
#pragma once

#include <chrono>
#include <string>

#include "core/base/status.h"
#include "core/publish/wait_graph.h"
#include "core/workers/worker.h"
#include "host/php.h"

namespace bgworkers {

constexpr double kWaitSlice = 0.05;  // seconds
constexpr double kWaitSliceOfWorker = 0.02;  // a worker that has to stop shall notice soon
constexpr double kWaitSliceUnderTimeLimit = 0.25;

using WaitClock = std::chrono::steady_clock;

// A parameter that says how long to wait: 0 or more, INF too, NAN not. False: a ValueError is set.
void throw_bad_timeout(uint32_t argument);
inline bool check_timeout(double seconds, uint32_t argument) {
    if (EXPECTED(seconds >= 0)) {
        return true;
    }
    throw_bad_timeout(argument);
    return false;
}

// "0.25 s"
std::string in_seconds(double seconds);

// Far enough for "without limit", near enough that no clock overflows.
constexpr double kWithoutLimit = 1e9;

// So many seconds from now, kWithoutLimit at the most.
WaitClock::time_point seconds_from_now(double seconds);

// What is waited for. Lives on the waiting thread's stack; a bailout may jump over it, so it owns nothing.
class Awaited {
public:
    // Looks, and sleeps until then at the most (time_point::min(): only looks). True: the wait is over, and *error,
    // which was held, says whether it went well. Calls nothing of the engine.
    virtual bool look(WaitClock::time_point until, ErrorKind* error) = 0;
    // PHP code may run now: leaves whatever queue it stands in.
    virtual void step_aside() {}
    // look() itself knows what a stop means.
    virtual bool outlasts_stop() const { return false; }
    // These hold what is to be said.
    virtual ErrorKind hold_elapsed() = 0;  // the time is over
    virtual ErrorKind hold_stop() = 0;  // this worker has to stop

protected:
    ~Awaited() = default;
};

// edge: what a worker's wait means for the graph; entered here unless it is linked, and left in any case. nullptr:
// nothing. none: it went well, or an exception is set.
// slice: how long, in seconds, look() may sleep at a time; asked anew before each, since PHP code may have run.
ErrorKind wait_in_slices(Awaited& what, double timeout, WaitGraph::Waiter* edge, double (*slice)());
// The slice of a request, or of a worker.
double usual_slice();
// Of a worker that waits for a task. The stop, a kill and its signals wake it, so an idle one costs nothing; only the
// end of its own set_time_limit() does not.
double slice_of_receiver();

// A worker's wait for this one closes a circle? Then that is held.
ErrorKind enter_graph(WaitGraph::Waiter& waiter);

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
