// pcntl_alarm() in runs: one timer on the loop for all of them.
//
// An alarm belongs to a run and sends it SIGALRM, never the process. Alarms that are set stand in a list, soonest or
// not: there are as many as workers at the most.
//
// Threads: set() the run's own; everything of LoopClient the loop's. Under mutex_ a run's mutex may be taken, never the
// other way round. Once set(..., 0) has returned, the alarm does not ring. Fork: a child runs no worker and no loop, so
// nobody in it takes the mutex.
#pragma once

#include <uv.h>

#include <atomic>

#include "core/base/mutex.h"
#include "core/supervise/loop.h"
#include "host/signals/run_signals.h"

namespace bgworkers {

// Of one run's thread; lies beside its RunSignals.
struct Alarm {
    explicit Alarm(RunSignals& its) : run(its) {}
    RunSignals& run;
    uint64_t due = 0;  // uv_hrtime, 0 = not set. This and next are under Alarms::mutex_
    Alarm* next = nullptr;
};

class Alarms final : private LoopClient {
public:
    explicit Alarms(Loop& loop) : loop_(loop) { loop.add(*this); }

    // As alarm(2): the one before is replaced, 0 sets none. Returns how many seconds were left of that, rounded as
    // alarm(2) rounds; 0 = there was none.
    unsigned set(Alarm& alarm, unsigned seconds) noexcept BGW_EXCLUDES(mutex_);

private:
    void on_loop_begin(uv_loop_t* loop) noexcept override;
    void on_wake() noexcept override;
    void on_loop_end() noexcept override;
    void ring() noexcept BGW_EXCLUDES(mutex_);
    void arm() noexcept BGW_REQUIRES(mutex_);

    Loop& loop_;
    uv_timer_t timer_{};  // the loop's thread
    std::atomic<bool> changed_{false};

    Mutex mutex_;
    Alarm* first_ BGW_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace bgworkers
