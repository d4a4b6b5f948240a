// What a thread of ours knows about itself. On every other thread of the process current_worker() is null,
// and that is how the wrappers over the SAPI, the guarded functions and the API tell who calls.
//
// Written by its own thread, apart from kill_requested (the supervisor sets it) and last_seen (the kill
// signal's handler writes it, on this thread; the supervisor reads it, possibly torn, never past its end).
// Fork: fork() is refused on these threads, so a child never has one.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/workers/worker.h"
#include "host/end_cause.h"
#include "host/line_writer.h"
#include "host/own_environment.h"

namespace bgworkers {

class LogPipe;

struct WorkerContext {
    explicit WorkerContext(Instance& its) : instance(&its), output(its.worker().name()) {}

    Instance* const instance;
    bool in_run = false;        // between the engine's request start-up and shutdown: the API may be called
    bool published = false;     // in this run
    uint64_t began_at = 0;      // uv_hrtime
    uint64_t published_at = 0;  // uv_hrtime of the run's first publication
    bool errors_to_syslog = false;  // the script, or its ini[...], has set error_log=syslog
    bool muted = false;             // what PHP reports is another instance's to tell
    std::atomic<bool> kill_requested{false};
    LineWriter output;
    LogPipe* log_pipe = nullptr;  // of its children; host/child_output.h
    // The children behind open streams of commands; host/shell_child.h. PHP shows what a stream itself could keep.
    std::vector<std::pair<const void*, long>> commands;
    OwnEnvironment environment;  // this run's

    EndCause end_cause;          // this run's

    struct {
        char file[256];
        uint32_t line;
    } last_seen{};
};

// nullptr on threads that are not ours.
WorkerContext* current_worker() noexcept;
void set_current_worker(WorkerContext* context) noexcept;

}  // namespace bgworkers
