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

using Clock = std::chrono::steady_clock;

// Far enough for "without limit", near enough that no clock overflows.
constexpr double kForever = 1e9;

Clock::time_point after(double seconds) {
    return Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(seconds, kForever)));
}

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

ErrorKind enter_graph(WaitGraph::Waiter& waiter) {
    std::vector<WaitNode> circle;
    return Process::current()->wait_graph().enter(waiter, &circle) ? ErrorKind::none : hold_circle(circle);
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

struct Wait {
    WaitGraph::Waiter waiter;
    WorkerContext* self;  // the caller, if it is a worker
    Clock::time_point deadline;
    double timeout;
    Worker** workers;
    uint32_t count;
    uint32_t* launch_failures;  // of each, before its start

    bool may_block() const { return timeout > 0; }
};

// Looks at all of them without waiting: if there is bad news of any, nobody has to wait for the others. *next is the
// first that is not ready, `count` if all are.
ErrorKind look_at_all(const Wait& wait, uint32_t* next) {
    *next = wait.count;
    for (uint32_t i = 0; i < wait.count; ++i) {
        Worker& worker = *wait.workers[i];
        if (is_ready(&worker)) {
            continue;
        }
        if (wait.may_block()) {
            worker.slot().waiters().note_waiter();
        }
        if (const ErrorKind error = wait_until(worker, Clock::time_point::min(), wait.launch_failures[i]);
            error != ErrorKind::none) {
            return error;
        }
        if (*next == wait.count && !is_ready(&worker)) {
            *next = i;
        }
    }
    return ErrorKind::none;
}

// Sleeps on the first that is not ready, one slice at a time, and looks at all of them in between.
ErrorKind wait_for_all(Wait& wait) {
    const double slice = wait.self == nullptr ? kWaitSlice : kWaitSliceOfWorker;
    for (;;) {
        uint32_t next;
        if (const ErrorKind error = look_at_all(wait, &next); error != ErrorKind::none || next == wait.count) {
            return error;
        }
        Worker& worker = *wait.workers[next];
        if (wait.self != nullptr && wait.self->instance->stop_channel().requested()) {
            return hold_stop(worker);
        }
        if (Clock::now() >= wait.deadline) {
            return hold_timeout(worker, wait.timeout);
        }
        if (const ErrorKind error =
                wait_until(worker, std::min(wait.deadline, after(slice)), wait.launch_failures[next]);
            error != ErrorKind::none) {
            return error;
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
    // In the order given, so that messages name the first.
    Worker** const end = std::stable_partition(workers, workers + count, [](Worker* w) { return !is_ready(w); });
    Wait wait{};
    wait.workers = workers;
    wait.count = static_cast<uint32_t>(end - workers);
    if (wait.count == 0) {
        return true;
    }
    // Here, where it may still bail out: from now on the wait graph points to our stack.
    wait.launch_failures = static_cast<uint32_t*>(safe_emalloc(wait.count, sizeof(uint32_t), 0));
    wait.self = current_worker();
    wait.timeout = timeout;
    wait.deadline = after(timeout);
    ErrorKind error = ErrorKind::none;
    if (wait.self != nullptr && wait.self->instance->stop_channel().requested()) {
        error = hold_stop(*workers[0]);
    } else if (wait.self != nullptr && wait.may_block()) {
        wait.waiter.self = &wait.self->instance->worker();
        wait.waiter.targets = reinterpret_cast<const WaitNode*>(workers);
        wait.waiter.target_count = wait.count;
        error = enter_graph(wait.waiter);
    }
    // Counted before the start, so that a failure of this very start is seen.
    for (uint32_t i = 0; i < wait.count && error == ErrorKind::none; ++i) {
        wait.launch_failures[i] = workers[i]->slot().waiters().launch_failures();
        error = start(*workers[i], wait.may_block());
    }
    if (error == ErrorKind::none) {
        error = wait_for_all(wait);
    }
    Process::current()->wait_graph().leave(wait.waiter);
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
