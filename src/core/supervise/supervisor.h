// Starts, paces, stops and kills the runs of all workers, on the thread of the loop.
//
// A process may run out of memory at any time, and the loop lives on: what changes states allocates nothing that it
// cannot do without (a log line loses fields, a launch fails and is paced), and all else is tried again kRetryAfter
// seconds later.
//
// Of a worker that processes share it does so only while this process leads its scope, see supervisor_shared.cc.
//
// What happens to its workers it tells other processes that want to show them, see supervisor_facts.cc.
//
// Tasks (core/tasks) have no timers of their own: what is due in a queue is looked at from here, see
// supervisor_tasks.cc. Workers with `every` are jobs: their runs begin by the clock, see supervisor_jobs.cc.
//
// It is the only writer of worker states. Whoever wants something posts mail to an instance (Instance::post) and
// wakes the loop; whoever has to wait for the outcome waits on the worker's slot. No wait in here
// blocks the loop, so shutdown interrupts every one of them.
//
// Threads: start(), shutdown() and stopping() any; everything private the loop's thread, but for what is
// guarded. shutdown() blocks, at most for the grace plus what ShutdownPlan allows.
//
// Fork: prepare locks, the parent unlocks, the child calls forget(): loop and threads are gone there.
#pragma once

#include <uv.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/shared/process_facts.h"
#include "core/supervise/loop.h"
#include "core/supervise/restart_policy.h"
#include "core/supervise/schedule.h"
#include "core/watch/file_watcher.h"
#include "core/workers/registry.h"
#include "core/workers/worker_thread.h"

namespace bgworkers {

struct ShutdownPlan {
    bool process_ends = true;  // give up as soon as only stuck threads are left
    double stuck_limit = 60;   // otherwise: seconds to wait for those, saying so every 5 s
};

class Supervisor final : private LoopClient {
public:
    static constexpr double kRetryAfter = 0.1;  // seconds
    static constexpr double kFoldFor = 60;      // seconds between two lines about the same crash
    static constexpr double kTickEvery = 0.1;   // seconds, of a process that leads or is the next in line
    static constexpr double kSweepEvery = 1;    // of any other that has something shared

    // facts: where other processes are told of this one's workers; nullptr: nowhere. Outlives this.
    Supervisor(Registry& registry, WorkerHost& host, Loop& loop, ProcessFacts* facts = nullptr)
        : registry_(registry), host_(host), loop_(loop), facts_(facts) {
        loop.add(*this);
    }
    ~Supervisor() = default;  // after shutdown()

    // Makes sure that the loop's thread runs, unless the shutdown has begun. An error is the operating system's; a
    // later call tries again.
    Status start() BGW_EXCLUDES(mutex_);

    // Module shutdown has begun.
    bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }
    // The loop's thread exists (or existed when this process was forked).
    bool running() const noexcept { return loop_.running(); }

    // Stops every worker (EOF, grace, force-kill), joins their threads and the loop's. Returns the names of those
    // that are stuck and still run; then nothing was joined and the caller has to end the process. Once.
    std::vector<std::string> shutdown(const ShutdownPlan& plan) BGW_EXCLUDES(mutex_);

    void lock_for_fork() BGW_ACQUIRE(mutex_) { mutex_.lock(); }
    void unlock_after_fork() BGW_RELEASE(mutex_) { mutex_.unlock(); }
    void forget() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    // Why the present run was asked to stop, and so how the next is planned.
    enum class AfterStop { as_it_ended, restart, held };

    // What the loop's thread alone knows of an instance.
    struct Unit {
        Supervisor* supervisor;
        Instance* instance;
        uv_timer_t timer;  // the one thing that the instance's state waits for
        std::unique_ptr<WorkerThread> thread;  // null: none yet, or joined
        RestartHistory history;
        std::optional<Schedule> schedule;  // of a job
        std::chrono::steady_clock::time_point tasks_due = Task::kNever;  // of the worker, with its first instance
        uint64_t run_number = 0;  // of the present run, counted over all instances of the worker
        bool given_up = false;    // the failure limit is reached; ends with the next publication
        bool wanted_anew = false;  // by mail_restart: a run shall begin as soon as the pace allows
        AfterStop after_stop = AfterStop::as_it_ended;
        uint64_t ended_at = 0;  // uv_hrtime, of the last run
        double pace = 0;        // seconds from then to the next, were it not given up
        std::optional<size_t> last_end;  // of the last run, if it crashed: which status and error, as a hash
        bool loops = false;              // it ended as the one before
        uint64_t untold_ends = 0;        // such ends since the last line about one
        uint64_t end_told_at = 0;        // uv_hrtime
        bool held = false;           // by mail_hold
        uint64_t term = 0;           // of a shared worker: since which beginning to lead it is set up here
        uint64_t worked_at = 0;      // of a shared worker: uv_hrtime, since when the run works; 0: not yet
        uint64_t run_began_at = 0;   // uv_hrtime, 0 = no run under way
        std::chrono::steady_clock::time_point launched_at{};  // the same moment, for those who waited since
        uint64_t kill_began_at = 0;  // uv_hrtime, 0 = no kill under way
        int kill_steps = 0;
    };

    void on_loop_begin(uv_loop_t* loop) noexcept override;
    void on_wake() noexcept override;
    void adopt_new_workers();
    void read_mail(Unit& unit, bool may_start) noexcept;

    void launch(Unit& unit) noexcept;
    Status prepare_launch(Unit& unit);
    void launch_failed(Unit& unit, const Status& why) noexcept;
    void on_began(Unit& unit) noexcept;
    void on_published(Unit& unit) noexcept;
    void on_ended(Unit& unit) noexcept;
    bool is_told_already(Unit& unit, bool crash) noexcept;
    void on_gone(Unit& unit) noexcept;
    void plan_next_run(Unit& unit, const RestartDecision& decision) noexcept;
    void forget_giving_up(Unit& unit) noexcept;

    RestartDecision plan_turn(Unit& unit, RestartDecision decision, bool asked) noexcept;
    void wait_for_turn(Unit& unit) noexcept;
    void arm_turn(Unit& unit) noexcept;
    void look_for_turn(Unit& unit) noexcept;
    void run_wanted(Unit& unit) noexcept;
    void run_out_of_turn(Unit& unit) noexcept;

    void ask_to_stop(Unit& unit, double grace) noexcept;
    void restart(Unit& unit) noexcept;
    void begin_anew(Unit& unit) noexcept;
    // Seconds until the pace of its last run allows another; not more than 0: now.
    static double pace_left(const Unit& unit) noexcept;
    RestartDecision plan_after(Unit& unit, bool asked) noexcept;
    void hold(Unit& unit) noexcept;
    void resume(Unit& unit) noexcept;
    void end_itself(Unit& unit) noexcept;
    void continue_kill(Unit& unit) noexcept;
    void on_timer(Unit& unit) noexcept;
    void arm(Unit& unit, double seconds) noexcept;
    void disarm(Unit& unit) noexcept;

    void on_asked(Unit& unit) noexcept;
    void on_enough(Unit& unit) noexcept;
    void look_at_tasks(bool all) noexcept;
    void kill_overdue(Worker& worker, int instance) noexcept;
    void drop_tasks(Worker& worker) noexcept;
    bool has_run_under_way(Worker& worker) const noexcept;

    // A scope of which some workers are shared, as the loop's thread knows it.
    struct Shared {
        Scope* scope;
        SharedScope* part;  // that it shares
        uint64_t term = 0;  // 0: this process does not lead; else which time it does
        uint64_t heir_since = 0;  // uv_hrtime, when it took over from a dead process; 0: it did not
        uint64_t made = 0;  // a bit a place: the worker that others have asked for is known here
        bool told_hung = false;
        bool fallen_back = false;  // nothing is shared any more
        std::string told_error;  // of the store
    };
    static bool is_of(const Unit& unit, const Shared& shared) noexcept;
    void adopt_shared_scopes();
    void look_at_shared() noexcept;
    void look_at(Shared& shared);
    void begin_to_lead(Shared& shared, bool after_death);
    void stop_leading(Shared& shared);
    void serve(Shared& shared);
    void fall_back(Shared& shared);
    void begin(Unit& unit) noexcept;
    void go_on(Unit& unit, SharedWorker& its, uint64_t heir_since) noexcept;
    void keep_progress(Unit& unit) noexcept;
    void hand_over() noexcept;
    static bool runs_here(Unit& unit) noexcept { return unit.instance->worker().runs_here(); }

    // A worker of which other processes are told, and the scope's key for them.
    struct ToldWorker {
        Worker* worker;
        uint64_t scope;
    };
    void find_workers_to_tell();
    bool look_at_facts();
    void tell_facts() noexcept;
    void on_shared_tick() noexcept;

    void watch_files(Worker& worker) noexcept;
    void watch_what_is_not_yet() noexcept;
    void restart_for_changed_file(Worker& worker, const std::string& file) noexcept;

    // Runs what may find no memory; if so, on_wake() comes again.
    template <typename Work>
    void now_or_later(Work work) noexcept {
        try {
            work();
        } catch (const std::bad_alloc&) {
            look_again_later();
        }
    }
    void look_again_later() noexcept;

    void begin_shutdown() noexcept;
    void check_shutdown();
    void say_waiting(const std::vector<std::string>& stuck, double waited, double limit);
    void close_handles();

    double grace_of(Worker& worker) const;

    Registry& registry_;
    WorkerHost& host_;
    Loop& loop_;
    ProcessFacts* const facts_;

    // The loop's thread.
    uv_timer_t look_again_{};  // before a shutdown: once, after memory had run out; from then on: again and again
    uv_timer_t tasks_timer_{};  // rings when some queue of tasks has something due
    uv_timer_t shared_timer_{};  // where something is shared
    uv_timer_t facts_timer_{};  // where nothing is, and other processes are told of the workers
    std::vector<ToldWorker> told_workers_;  // it only grows
    uint64_t told_generation_ = 0;  // of the registry, when that was looked through
    uint64_t told_at_ = 0;  // uv_hrtime; 0: never
    std::vector<Shared> shared_;
    uint64_t terms_ = 0;  // how often this process has begun to lead
    std::vector<std::unique_ptr<Unit>> units_;
    std::map<Worker*, std::unique_ptr<FileWatcher>> watchers_;
    bool unwatched_ = false;  // some worker's files could not be watched, for want of memory
    uint64_t known_generation_ = 0;
    bool shutdown_begun_ = false;
    uint64_t shutdown_began_at_ = 0;
    uint64_t said_waiting_ = 0;  // how many "still waiting" lines

    std::atomic<bool> stopping_{false};

    Mutex mutex_;
    CondVar ended_;
    bool shutdown_wanted_ BGW_GUARDED_BY(mutex_) = false;
    ShutdownPlan plan_ BGW_GUARDED_BY(mutex_);
    bool shutdown_done_ BGW_GUARDED_BY(mutex_) = false;
    std::vector<std::string> still_running_ BGW_GUARDED_BY(mutex_);
};

}  // namespace bgworkers
