// bgworkers in one process: the parts of the machine, when they come to life and how they end.
//
//   module start     (MINIT, then our zend_extension's startup): wrappers, no thread, nothing that a fork would tear.
//                    May happen again in the same process after a module end.
//   each request     before any module sees it: a process that was forked by a server lets go of the memory that
//                    processes of other users share
//   first request    signals, log target, the environment's pointers: what hosts change after their fork
//   first worker     the supervisor's thread
//   fork             the child reads on; it starts nothing if there were threads, and ends without the engine's module
//                    shutdown, which would free what the lost threads own
//   module shutdown  every worker is stopped and joined in the flush callback, before the engine tears down anything;
//                    in cli already when its one request is over
//
// Process owns all shared state; it is made in module start and freed in module end. Its fields do not change in
// between; what they point to guards itself.
#pragma once

#include <atomic>
#include <memory>

#include "core/pool/reservation.h"
#include "core/publish/wait_graph.h"
#include "core/shared/process_facts.h"
#include "core/shared/shared_scope.h"
#include "core/supervise/supervisor.h"
#include "core/workers/registry.h"
#include "host/child_output.h"
#include "host/signals/alarms.h"

namespace bgworkers {

struct ProcessSettings {
    int max_threads = 64;
    double stuck_limit = 60;  // seconds
    bool frankenphp_aliases = false;
    bool cli_autostart = false;
    size_t task_memory = 0;  // bytes, 0 = no limit
    uint64_t shared_memory = 0;  // bytes, 0 = off
    const char* build = "";  // of PHP and the extension: processes of another one share nothing with these
    SharedMemory::Form snapshots{};  // in memory that processes share
};

class Process {
public:
    // MINIT. The engine's start-up is not over: only data is made.
    static void start_module(const ProcessSettings& settings);
    // zend_extension startup: all modules are there, no other thread runs PHP.
    static void wrap_host() noexcept;
    // MSHUTDOWN.
    static void end_module() noexcept;

    // nullptr before start_module() and after end_module().
    static Process* current() noexcept;

    // RINIT of a request that is not ours and not part of start-up. Cheap after the first.
    void on_request() noexcept;

    Registry& registry() noexcept { return registry_; }
    Loop& loop() noexcept { return loop_; }
    Supervisor& supervisor() noexcept { return supervisor_; }
    ChildOutput& child_output() noexcept { return child_output_; }
    WaitGraph& wait_graph() noexcept { return wait_graph_; }
    Alarms& alarms() noexcept { return alarms_; }
    const ProcessSettings& settings() const noexcept { return settings_; }

    // This process was forked while threads of ours ran: it reads, but starts nothing.
    bool orphaned() const noexcept { return orphaned_.load(std::memory_order_relaxed); }

    // The part of a scope that processes share: nullptr where this host forks none, or nothing declared is shared. Has
    // a place for each declared name. An error: the workers of this scope belong to this process alone. key_text: all
    // that tells the scope from others, but for what the process is.
    Result<std::unique_ptr<SharedScope>> join_shared(const ScopeSpec& spec, std::string key_text)
        BGW_EXCLUDES(memory_mutex_);

    // What the scope shares with other processes is spoilt: its workers belong to this process from now on. The
    // supervisor tells of it. Any thread, as often as one likes.
    void leave_shared(Scope& scope) noexcept;

    // What the processes of this server tell each other of their workers; has entered where they can: the host forks,
    // and there is memory for it. It costs those nothing that have no worker, and do not ask.
    ProcessFacts& facts() noexcept BGW_EXCLUDES(memory_mutex_);

    // Starts the supervisor if need be. Not in an orphaned process.
    Status start_supervisor();
    // The same, then the worker.
    Status start_worker(Worker& worker);
    // Asks for a new run of it. nullptr: of one that nobody has asked for. *begins: is there something to restart?
    Status restart_worker(Worker* worker, bool* begins);

private:
    explicit Process(const ProcessSettings& settings);
    static void on_request_begin();
    static void on_request_end();
    void choose_user() noexcept BGW_EXCLUDES(memory_mutex_);
    Result<std::shared_ptr<SharedMemory>> enter_memory() BGW_REQUIRES(memory_mutex_);
    static void on_module_shutdown();
    static void before_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    static void after_fork_in_parent() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    static void after_fork_in_child() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    bool shut_down();  // false: another thread is at it

    class Host final : public WorkerHost {
    public:
        Result<std::unique_ptr<WorkerThread>> create_thread(Instance& instance) override;
        LogSink& log() noexcept override;
    };

    const ProcessSettings settings_;
    const bool ends_with_request_;  // cli
    Host host_;
    Registry registry_;
    Loop loop_;
    ChildOutput child_output_;
    ProcessFacts facts_;
    Supervisor supervisor_;
    Alarms alarms_{loop_};
    WaitGraph wait_graph_;
    std::atomic<bool> orphaned_{false};
    std::atomic<bool> seen_request_{false};
    Mutex first_request_;

    // Made before there is a second thread or process, then under the mutex.
    std::atomic<bool> has_chosen_{false};
    Mutex memory_mutex_;
    std::unique_ptr<Reservation> reservation_;
    Status no_memory_;
    std::shared_ptr<SharedMemory> memory_;
    std::atomic<bool> no_facts_{false};  // facts() could not enter
};

}  // namespace bgworkers
