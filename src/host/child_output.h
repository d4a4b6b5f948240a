// What the child processes of workers print: it goes to the log, line by line, under the worker's name.
//
// A worker whose children inherit a standard stream has a pipe. Its children get the write end; a thread of its own
// ("bgw-output", for all workers, from the first child on) waits at the read ends and writes the lines. Where order
// matters (a command has ended, a run has ended) the worker's thread reads first what is there: catch_up().
//
// A pipe belongs to a worker's thread, and lives until that has closed its write end and no child has one. Children
// that outlive the process get SIGPIPE at their next line, as if a pager had been closed.
//
// Threads: open() and close_writer() the worker's; catch_up() any; end() whoever ends the module, when the workers are
// gone. LogPipe::mutex_ guards reading and what has no line end yet; under it the log is written, and nothing else.
// Fork: mutex_ is taken in the order of docs/inside/threads-and-locks.md; the child has no workers and leaves the pipes
// alone. Worker threads cannot fork, and a child starts by exec: descriptors are close-on-exec.
//
// Windows: libuv waits there for sockets alone, so there is no pipe, and what children print is dropped.
#pragma once

#include <uv.h>

#include <atomic>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/supervise/loop.h"
#include "host/line_writer.h"

namespace bgworkers {

struct WorkerContext;

class ChildOutput;

class LogPipe {
public:
    LogPipe(ChildOutput& its, const std::string& worker, int reader, int writer)
        : owner(its), reader_(reader), writer_(writer), lines_(worker) {}

    int writer() const noexcept { return writer_; }
    int reader() const noexcept { return reader_; }
    // Reads what is there; `whole`: also what has no line end. True: nobody can write any more.
    bool catch_up(bool whole) noexcept BGW_EXCLUDES(mutex_);
    // The run is over: reads all, and tells what was not sent because it came again and again.
    void end_run() noexcept BGW_EXCLUDES(mutex_);
    // The worker's thread does not touch the pipe after this.
    void close_writer() noexcept;

    ChildOutput& owner;
    uv_poll_t poll{};  // the output thread's

private:
    const int reader_;
    const int writer_;
    Mutex mutex_;
    LineWriter lines_ BGW_GUARDED_BY(mutex_);
};

class ChildOutput final : private LoopClient {
public:
    ChildOutput() : loop_("bgw-output") { loop_.add(*this); }
    ~ChildOutput() = default;  // after end(), or never used

    // nullptr and errno: the system refuses it.
    LogPipe* open(const std::string& worker) noexcept BGW_EXCLUDES(mutex_);

    // Writes what is there. `for_good`: ends the thread, too; else the process ends next, workers that are stuck and
    // all.
    void end(bool for_good) noexcept BGW_EXCLUDES(mutex_);

    void lock_for_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    void unlock_after_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    void forget() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    void on_loop_begin(uv_loop_t*) noexcept override {}
    void on_wake() noexcept override;
    void close(LogPipe& pipe) noexcept;

    enum class End { none, of_process, for_good };

    Loop loop_;
    std::atomic<End> end_{End::none};
    std::atomic<bool> caught_up_{false};
    Mutex mutex_;
    std::vector<LogPipe*> fresh_ BGW_GUARDED_BY(mutex_);  // not yet waited at
    std::vector<LogPipe*> pipes_ BGW_GUARDED_BY(mutex_);  // all; freed by the output thread
};

namespace child_output {

// Where the children of this worker write to, its own until its thread ends; -1 and errno: there is nothing. The
// worker's own thread.
int descriptor_of(WorkerContext& worker) noexcept;
// A command of the worker has ended, or its run: what it has printed is in the log when this returns.
void catch_up(WorkerContext& worker) noexcept;
void end_run(WorkerContext& worker) noexcept;
// The thread ends.
void leave(WorkerContext& worker) noexcept;

}  // namespace child_output
}  // namespace bgworkers
