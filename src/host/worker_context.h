// What a thread of ours knows about itself. On every other thread of the process current_worker() is null,
// and that is how the wrappers over the SAPI, the guarded functions and the API tell who calls.
//
// Written by its own thread, apart from kill_requested (the supervisor sets it) and last_seen (the kill
// signal's handler writes it, on this thread; the supervisor reads it, possibly torn, never past its end).
// Fork: fork() is refused on these threads, so a child never has one.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "core/workers/worker.h"
#include "host/line_writer.h"
#include "host/own_environment.h"

namespace bgworkers {

struct WorkerContext {
    // Throws std::bad_alloc at the most.
    explicit WorkerContext(Instance& its);

    Instance* const instance;
    // args[] and env[] of the workers file, placeholders filled in.
    const std::vector<std::string> arguments;
    const OwnEnvironment::Declared variables;
    bool in_run = false;        // between the engine's request start-up and shutdown: the API may be called
    bool published = false;     // in this run
    uint64_t began_at = 0;      // uv_hrtime
    uint64_t published_at = 0;  // uv_hrtime of the run's first publication
    bool errors_to_syslog = false;  // the script, or its ini[...], has set error_log=syslog
    bool muted = false;             // what PHP reports is another instance's to tell
    std::atomic<bool> kill_requested{false};
    LineWriter output;
    OwnEnvironment environment;  // this run's

    // The last fatal error of the run, as described in RunReport::error. No destructor runs over it mid-run: it is
    // assigned only in the error observer, which cannot bail out.
    std::string last_error;

    struct {
        char file[256];
        uint32_t line;
    } last_seen{};
};

// nullptr on threads that are not ours.
WorkerContext* current_worker() noexcept;
void set_current_worker(WorkerContext* context) noexcept;

}  // namespace bgworkers
