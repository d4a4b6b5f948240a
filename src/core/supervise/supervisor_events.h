// Small words that both halves of the supervisor use. Internal to them.
#pragma once

#include <uv.h>

#include <new>
#include <string>
#include <string_view>

#include "core/base/log.h"
#include "core/os/clock.h"
#include "core/workers/worker.h"

namespace bgworkers {

inline double seconds_since(uint64_t hrtime) { return static_cast<double>(uv_hrtime() - hrtime) / 1e9; }

inline double unix_seconds(const ClockLook& now) { return static_cast<double>(now.unix_time) / kNanosecondsPerSecond; }

// A run is under way that was not asked to stop.
inline bool is_bound(WorkerState state) { return state == WorkerState::starting || state == WorkerState::running; }

inline bool is_between_runs(WorkerState state) {
    return state == WorkerState::backoff || state == WorkerState::waiting;
}

// "" also for want of memory.
inline std::string last_seen(WorkerThread& thread) noexcept {
    try {
        return thread.last_seen();
    } catch (const std::bad_alloc&) {
        return {};
    }
}

inline LogEvent event(LogLevel level, Instance& instance, std::string_view what) noexcept {
    LogEvent line(level, instance.worker().name(), what);
    if (instance.worker().instances().size() > 1) {
        line.field("instance", instance.index());
    }
    return line;
}

}  // namespace bgworkers
