// One OS thread that runs PHP scripts, one after the other: attach to the engine, wait for the next
// run, run it, and leave the engine when told to retire.
//
// A thread is kept for all runs of its instance: threads that come and go leak in the engine and in extensions.
//
// Threads: created, told and joined by the supervisor; main() is its own. next_ is under mutex_.
// Fork: attaching and leaving happen under engine_door(), which the fork handlers take, so that a child never finds
// the engine's own locks held by a thread of ours.
#pragma once

#include <uv.h>

#include <memory>
#include <string>

#include "core/base/mutex.h"
#include "core/workers/worker_thread.h"
#include "host/force_stop.h"
#include "host/worker_context.h"

namespace bgworkers {

class PhpThread final : public WorkerThread {
public:
    static Result<std::unique_ptr<WorkerThread>> create(Instance& instance);
    ~PhpThread() override = default;

    void begin_run() noexcept override;
    void stop_requested() noexcept override { context_.signals.stop(); }
    void interrupt(bool signal) noexcept override { kill_slot_.raise(signal); }
    void retire() noexcept override;
    void join() noexcept override;
    std::string last_seen() override;

private:
    explicit PhpThread(Instance& instance) : context_(instance) {}
    static void entry(void* self) noexcept;
    void main() noexcept;
    bool wait_for_run() noexcept BGW_EXCLUDES(mutex_);

    WorkerContext context_;
    KillSlot kill_slot_;
    uv_thread_t thread_{};

    Mutex mutex_;
    CondVar told_;
    bool run_wanted_ BGW_GUARDED_BY(mutex_) = false;
    bool retired_ BGW_GUARDED_BY(mutex_) = false;
};

// Held around ts_resource() and ts_free_thread().
Mutex& engine_door() noexcept;

}  // namespace bgworkers
