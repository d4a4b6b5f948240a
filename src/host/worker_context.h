// What a thread of ours knows about itself. On every other thread of the process current_worker() is null,
// and that is how the wrappers over the SAPI, the guarded functions and the API tell who calls.
//
// Written by its own thread, apart from kill_requested (the supervisor sets it, too), signals and alarm (see their
// headers) and last_seen (the kill signal's handler writes it, on this thread; the supervisor reads it, possibly torn,
// never past its end). Fork: fork() is refused on these threads, so a child never has one.
#pragma once

#include <uv.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/workers/worker.h"
#include "host/end_cause.h"
#include "host/line_writer.h"
#include "host/own_environment.h"
#include "host/signals/alarms.h"
#include "host/signals/run_signals.h"

namespace bgworkers {

class LogPipe;
namespace commands {
struct MailCalls;
}
struct SignalHandlers;

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
    bool asked = false;         // for a task, in this run
    bool finished_task = false; // one at least, in this run
    bool had_enough = false;    // max_tasks has stopped this run
    uint64_t worked_at = 0;     // uv_hrtime, when it first published or asked for a task; 0: not yet
    void note_work() noexcept { worked_at = worked_at == 0 ? uv_hrtime() : worked_at; }
    bool errors_to_syslog = false;  // the script, or its ini[...], has set error_log=syslog
    bool muted = false;             // what PHP reports is another instance's to tell
    std::atomic<bool> kill_requested{false};
    LineWriter output;
    LogPipe* log_pipe = nullptr;  // of its children; host/child_output.h
    // The children behind open streams of commands; host/shell_child.h. PHP shows what a stream itself could keep.
    std::vector<std::pair<const void*, long>> commands;
    OwnEnvironment environment;  // this run's
    commands::MailCalls* mail_calls = nullptr;  // under way; host/commands.cc
    uint32_t open_masks = 0;  // calls under way with the host's signal mask; host/guarded_functions.cc

    RunSignals signals;
    Alarm alarm;
    SignalHandlers* handlers = nullptr;  // of this run: host/signals/handlers.h
    bool handlers_are_over = false;
    int pcntl_error = 0;  // what pcntl_get_last_error() tells of our own functions, 0 = PHP knows
    EndCause end_cause;          // this run's

    struct {
        char file[256];
        uint32_t line;
    } last_seen{};
};

// Inline, since each callback of the host asks in every request.
extern constinit thread_local WorkerContext* this_worker;
// nullptr on threads that are not ours.
inline WorkerContext* current_worker() noexcept { return this_worker; }
void set_current_worker(WorkerContext* context) noexcept;

}  // namespace bgworkers
