#include "zend/waiting.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "host/process.h"
#include "host/worker_context.h"
#include "zend/errors.h"

namespace bgworkers {

namespace {

using Clock = std::chrono::steady_clock;

// Far enough for "without limit", near enough that no clock overflows.
constexpr double kForever = 1e9;

Clock::time_point after(double seconds) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>(std::min(seconds, kForever)));
}

bool is_ready(Worker* worker) { return worker->slot().version() != 0; }

// --- What to say. These own strings, so they call nothing of the engine. -----------------------------------------

std::string named(Worker& worker) { return "worker \"" + worker.name() + "\""; }

// An error of this kind in any case; without memory for what it would say, it says that.
template <typename Say>
ErrorKind hold_said(ErrorKind kind, Say say) {
    hold_result([&] { return Status::error(kind, say()); });
    return kind;
}

ErrorKind hold_timeout(Worker& worker, double timeout) {
    return hold_said(ErrorKind::timeout, [&] {
        char seconds[32];
        snprintf(seconds, sizeof(seconds), "%g", timeout);
        std::string text = named(worker) + " is not ready after " + seconds + " s: " + worker.describe_attempts();
        if (worker.facts().last_error.empty()) {
            text += ", no call of BgWorkers\\set_vars() yet";
        }
        return text;
    });
}

ErrorKind hold_given_up(Worker& worker) {
    return hold_said(ErrorKind::worker,
                     [&] { return named(worker) + " has given up: " + worker.describe_attempts(); });
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

ErrorKind enter_graph(WaitGraph::Waiter& waiter) {
    std::vector<WaitNode> circle;
    return Process::current()->wait_graph().enter(waiter, &circle) ? ErrorKind::none : hold_circle(circle);
}

ErrorKind start(Worker& worker) {
    return hold_result([&] { return Process::current()->start_worker(worker); });
}

// One slice for one worker. none: it is ready, or the slice is over.
ErrorKind wait_slice(Worker& worker, Clock::time_point until, uint32_t launch_failures) {
    switch (worker.slot().waiters().wait(until, launch_failures)) {
        case WaitResult::ready:
        case WaitResult::elapsed:
            return ErrorKind::none;
        case WaitResult::given_up:
            return hold_given_up(worker);
        case WaitResult::launch_failed:
            return hold_launch_failure(worker);
        case WaitResult::closed:
            return hold_shutdown(worker);
    }
    return ErrorKind::none;
}

struct Wait {
    WaitGraph::Waiter waiter;
    WorkerContext* self;  // the caller, if it is a worker
    Clock::time_point deadline;
    double timeout;
};

ErrorKind wait_for(Wait& wait, Worker& worker, uint32_t launch_failures) {
    const double slice = wait.self == nullptr ? kWaitSlice : kWaitSliceOfWorker;
    while (!is_ready(&worker)) {
        if (wait.self != nullptr && wait.self->instance->stop_channel().requested()) {
            return hold_stop(worker);
        }
        const ErrorKind error = wait_slice(worker, std::min(wait.deadline, after(slice)), launch_failures);
        if (error != ErrorKind::none || is_ready(&worker)) {
            return error;
        }
        if (Clock::now() >= wait.deadline) {
            return hold_timeout(worker, wait.timeout);
        }
        if (zend_atomic_bool_load(&EG(vm_interrupt))) {
            Process::current()->wait_graph().leave(wait.waiter);
            let_engine_interrupt();
            if (EG(exception)) {
                return ErrorKind::none;
            }
            if (wait.self != nullptr) {
                if (const ErrorKind circle = enter_graph(wait.waiter); circle != ErrorKind::none) {
                    return circle;
                }
            }
        }
    }
    return ErrorKind::none;
}

}  // namespace

void let_engine_interrupt() {
    zend_atomic_bool_store(&EG(vm_interrupt), false);
    if (zend_atomic_bool_load(&EG(timed_out))) {
        zend_timeout();
    } else if (zend_interrupt_function != nullptr) {
        zend_interrupt_function(EG(current_execute_data));
    }
}

bool start_and_wait(Worker** workers, uint32_t count, double timeout) {
    Worker** const waiting_end = std::partition(workers, workers + count, [](Worker* w) { return !is_ready(w); });
    const uint32_t waiting = static_cast<uint32_t>(waiting_end - workers);
    if (waiting == 0) {
        return true;
    }
    // Here, where it may still bail out: from now on the wait graph points to our stack.
    auto* failures = static_cast<uint32_t*>(safe_emalloc(waiting, sizeof(uint32_t), 0));
    Wait wait{};
    wait.self = current_worker();
    wait.timeout = timeout;
    wait.deadline = after(timeout);
    ErrorKind error = ErrorKind::none;
    if (wait.self != nullptr && wait.self->instance->stop_channel().requested()) {
        error = hold_stop(*workers[0]);
    } else if (wait.self != nullptr) {
        wait.waiter.self = &wait.self->instance->worker();
        wait.waiter.targets = reinterpret_cast<const WaitNode*>(workers);
        wait.waiter.target_count = waiting;
        error = enter_graph(wait.waiter);
    }
    // Counted before the start, so that a failure of this very start is seen.
    for (uint32_t i = 0; i < waiting && error == ErrorKind::none; ++i) {
        failures[i] = workers[i]->slot().waiters().launch_failures();
        error = start(*workers[i]);
    }
    for (uint32_t i = 0; i < waiting && error == ErrorKind::none && !EG(exception); ++i) {
        error = wait_for(wait, *workers[i], failures[i]);
    }
    Process::current()->wait_graph().leave(wait.waiter);
    efree(failures);
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
