// The lines that are written about an instance, by the supervisor and by the worker's own thread.
#pragma once

#include <string_view>

#include "core/base/log.h"
#include "core/workers/worker.h"

namespace bgworkers {

inline LogEvent event(LogLevel level, Instance& instance, std::string_view what) noexcept {
    LogEvent line(level, instance.worker().name(), what);
    if (instance.worker().instances().size() > 1) {
        line.field("instance", instance.index());
    }
    return line;
}

// A job may run each second.
inline LogLevel level_of_runs(Instance& instance) noexcept {
    return instance.worker().spec().every ? LogLevel::info : LogLevel::notice;
}

// The first publication of a run, seconds after its start. By the worker's thread, right before it, so that the line
// stands before what the script prints next, and before what its readers do.
inline void log_ready(Instance& instance, double after, LogSink& sink) noexcept {
    const LogLevel level = level_of_runs(instance);
    if (sink.takes(level)) {  // a reader may be waiting
        event(level, instance, "ready").seconds("after", after).write_to(sink);
    }
}

}  // namespace bgworkers
