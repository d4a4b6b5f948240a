#include "zend/scope/waiting.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "host/process.h"
#include "host/worker_context.h"
#include "zend/api/errors.h"

namespace bgworkers {

namespace {

using Clock = WaitClock;

bool is_ready(Worker* worker) { return worker->slot().version() != 0; }

// --- What to say. These own strings, so they call nothing of the engine. -----------------------------------------

std::string named(Worker& worker) { return "worker \"" + worker.name() + "\""; }

// Always returns `kind`; if there is no memory for the message, the message is "out of memory".
template <typename Say>
ErrorKind hold_said(ErrorKind kind, Say say) {
    hold_result([&] { return Status::error(kind, say()); });
    return kind;
}

ErrorKind hold_timeout(Worker& worker, double timeout) {
    return hold_said(ErrorKind::timeout, [&] {
        std::string text =
            named(worker) + " is not ready after " + in_seconds(timeout) + ": " + worker.describe_attempts();
        if (worker.facts().last_error.empty()) {
            text += ", no call of BgWorkers\\set_vars() yet";
        }
        return text;
    });
}

ErrorKind hold_given_up(Worker& worker) {
    return hold_said(ErrorKind::worker, [&] { return named(worker) + " has given up: " + worker.describe_attempts(); });
}

ErrorKind hold_silence(Worker& worker) {
    return hold_said(ErrorKind::worker, [&] {
        return named(worker) +
               " has published nothing: the last run of this job ended without a call of "
               "BgWorkers\\set_vars(), and the next one is not due yet";
    });
}

ErrorKind hold_launch_failure(Worker& worker) {
    return hold_said(ErrorKind::runtime,
                     [&] { return named(worker) + " could not be started: " + worker.facts().last_error; });
}

ErrorKind hold_shutdown(Worker& worker) {
    return hold_said(ErrorKind::runtime,
                     [&] { return "cannot wait for " + named(worker) + ": the process is shutting down"; });
}

ErrorKind hold_stop(Worker& worker) {
    return hold_said(ErrorKind::runtime,
                     [&] { return "cannot wait for " + named(worker) + ": this worker has to stop"; });
}

ErrorKind hold_circle(const std::vector<WaitNode>& circle) {
    return hold_said(ErrorKind::runtime, [&] {
        std::string path;
        for (WaitNode node : circle) {
            path += (path.empty() ? "" : " waits for ") + static_cast<Worker*>(const_cast<void*>(node))->name();
        }
        return "waiting would close a circle: " + path;
    });
}

// waits: the caller will, and a job that has not run yet need not wait for its time then.
ErrorKind start(Worker& worker, bool waits) {
    return hold_result([&] {
        Status started = Process::current()->start_worker(worker);
        if (started.ok() && waits) {
            worker.request_run();
        }
        return started;
    });
}

// Waits for this one worker until then. none: it is ready, or the time has come.
ErrorKind wait_until(Worker& worker, Clock::time_point until, uint32_t launch_failures) {
    switch (worker.slot().waiters().wait(until, launch_failures)) {
        case WaitResult::ready:
        case WaitResult::elapsed: return ErrorKind::none;
        case WaitResult::given_up: return hold_given_up(worker);
        case WaitResult::ended_silently: return hold_silence(worker);
        case WaitResult::launch_failed: return hold_launch_failure(worker);
        case WaitResult::closed: return hold_shutdown(worker);
    }
    return ErrorKind::none;
}

// The first publication of each of them.
class Publications final : public Awaited {
public:
    Publications(Worker** workers, uint32_t count, double timeout)
        : workers_(workers), count_(count), timeout_(timeout) {}

    uint32_t* launch_failures = nullptr;  // of each, before its start

    // All of them, and sleeps on the first that is not ready: if there is bad news of any, nobody has to wait for the
    // others.
    bool look(Clock::time_point until, ErrorKind* error) override {
        next_ = count_;
        for (uint32_t i = 0; i < count_; ++i) {
            Worker& worker = *workers_[i];
            if (is_ready(&worker)) {
                continue;
            }
            if (timeout_ > 0) {
                // A run that ends without publishing has failed only if somebody waited for it, and the sleep below
                // tells that to one worker alone.
                worker.slot().waiters().note_waiter();
            }
            // Bad news of the last one ends the wait, though the first is slept on.
            *error = wait_until(worker, Clock::time_point::min(), launch_failures[i]);
            if (*error != ErrorKind::none) {
                return true;
            }
            if (next_ == count_ && !is_ready(&worker)) {
                next_ = i;
            }
        }
        if (next_ == count_) {
            return true;
        }
        if (until > Clock::time_point::min()) {
            *error = wait_until(*workers_[next_], until, launch_failures[next_]);
        }
        return *error != ErrorKind::none;
    }
    ErrorKind hold_elapsed() override { return hold_timeout(*workers_[next_], timeout_); }
    ErrorKind hold_stop() override { return bgworkers::hold_stop(*workers_[next_]); }

private:
    Worker** const workers_;
    const uint32_t count_;
    const double timeout_;
    uint32_t next_ = 0;  // the first that is not ready
};

}  // namespace

void throw_bad_timeout(uint32_t argument) {
    zend_argument_value_error(argument, "must be a number of seconds, 0 or more");
}

std::string in_seconds(double seconds) {
    char text[32];
    snprintf(text, sizeof(text), "%g s", seconds);
    return text;
}

void let_engine_interrupt() {
    // First, as the VM does it: what is raised while a handler runs counts anew.
    zend_atomic_bool_store(&EG(vm_interrupt), false);
    if (zend_atomic_bool_load(&EG(timed_out))) {
        zend_timeout();
    } else if (zend_interrupt_function != nullptr) {
        zend_interrupt_function(EG(current_execute_data));
    }
}

Clock::time_point seconds_from_now(double seconds) {
    return Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(seconds, kWithoutLimit)));
}

double usual_slice() { return current_worker() == nullptr ? kWaitSlice : kWaitSliceOfWorker; }

double slice_of_receiver() { return EG(timeout_seconds) > 0 ? kWaitSliceUnderTimeLimit : kWithoutLimit; }

ErrorKind enter_graph(WaitGraph::Waiter& waiter) {
    std::vector<WaitNode> circle;
    return Process::current()->wait_graph().enter(waiter, &circle) ? ErrorKind::none : hold_circle(circle);
}

ErrorKind wait_in_slices(Awaited& what, double timeout, WaitGraph::Waiter* edge, double (*slice)()) {
    const WorkerContext* self = current_worker();
    const Clock::time_point deadline = seconds_from_now(timeout);
    const bool has_edge = edge != nullptr && self != nullptr && timeout > 0;
    Clock::time_point until = Clock::time_point::min();
    for (;;) {
        ErrorKind error = ErrorKind::none;
        // News before the stop and the clock: what has come in the last moment is not thrown away.
        bool over = what.look(until, &error);
        if (!over && self != nullptr && !what.outlasts_stop() && self->instance->stop_channel().requested()) {
            error = what.hold_stop();
            over = true;
        } else if (!over && Clock::now() >= deadline) {
            error = what.hold_elapsed();
            over = true;
        } else if (!over && has_edge && !edge->linked) {
            error = enter_graph(*edge);
            over = error != ErrorKind::none;
        }
        if (over) {
            what.step_aside();
            if (edge != nullptr) {
                Process::current()->wait_graph().leave(*edge);
            }
            return error;
        }
        if (zend_atomic_bool_load(&EG(vm_interrupt))) {
            what.step_aside();
            if (edge != nullptr) {
                Process::current()->wait_graph().leave(*edge);
            }
            let_engine_interrupt();
            // A signal's handler has thrown: the caller hands that on.
            if (EG(exception)) {
                return ErrorKind::none;
            }
            until = Clock::time_point::min();  // how long that took nobody knows
            continue;
        }
        until = std::min(deadline, seconds_from_now(slice()));
    }
}

bool start_and_wait(Worker** workers, uint32_t count, double timeout) {
    // In the order given, so that messages name the first.
    Worker** const end = std::stable_partition(workers, workers + count, [](Worker* w) { return !is_ready(w); });
    const auto waited_for = static_cast<uint32_t>(end - workers);
    if (waited_for == 0) {
        return true;
    }
    Publications wait(workers, waited_for, timeout);
    WaitGraph::Waiter edge;
    // Here, where it may still bail out: from now on the wait graph points to our stack.
    wait.launch_failures = static_cast<uint32_t*>(safe_emalloc(waited_for, sizeof(uint32_t), 0));
    const WorkerContext* self = current_worker();
    ErrorKind error = ErrorKind::none;
    if (self != nullptr && self->instance->stop_channel().requested()) {
        error = hold_stop(*workers[0]);
    } else if (self != nullptr && timeout > 0) {
        edge.self = &self->instance->worker();
        edge.targets = reinterpret_cast<const WaitNode*>(workers);
        edge.target_count = waited_for;
        error = enter_graph(edge);
    }
    // Counted before the start, so that a failure of this very start is seen.
    for (uint32_t i = 0; i < waited_for && error == ErrorKind::none; ++i) {
        wait.launch_failures[i] = workers[i]->slot().waiters().launch_failures();
        // All are started before one is waited for, so they boot beside each other.
        error = start(*workers[i], timeout > 0);
    }
    if (error == ErrorKind::none) {
        error = wait_in_slices(wait, timeout, &edge, usual_slice);
    }
    Process::current()->wait_graph().leave(edge);
    efree(wait.launch_failures);
    if (EG(exception)) {
        return false;
    }
    if (error != ErrorKind::none) {
        throw_held(error);
        return false;
    }
    return true;
}

}  // namespace bgworkers
