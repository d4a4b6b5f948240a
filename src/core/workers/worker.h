// A worker and its instances: what is known about them, and which states they may pass through.
//
//              idle      starting  running   backoff   waiting   stopping  failed    stuck
//   idle         .          x         .        (x)        x         .        (x)       .
//   starting    (x)         .         x         x         x         x         x        .
//   running     (x)         x         .         x         x         x         x        .
//   backoff      x          x         .         .         .         x         .        .
//   waiting      x          x         .         .         .         x         .        .
//   stopping     x          x         .         x         x         .         x        x
//   failed       x          x         .         .         .         x         .        .
//   stuck        x          x         .         x         x         .         x        .
//
//   idle      no run, none planned (not asked for yet, or the process shuts down)
//   starting  a thread is on its way to the script's first line
//   running   the script executes
//   backoff   waits for the next run
//   waiting   a job: waits for the time when the next run is due
//   stopping  was asked to stop; grace, then force-kill. At shutdown also a thread without a run, which has to leave
//   failed    max_consecutive_failures reached; one attempt every 30 s
//   stuck     the force-kill had no effect within 1 s
//   (x)       of a shared worker, where another process has led until now: it goes on where that one was; or leads from
//             now on, though this one has not seen it yet when its run ends
//
// A worker that processes share (core/shared) has its publication, its starts and its facts in their memory: whoever
// leads writes them, all others show them.
//
// Who writes: the supervisor's thread alone, through Instance::enter() and Worker's setters, under facts_mutex_;
// status() and error messages read under it from any thread. The mailbox is the one way from other threads to
// the supervisor: bits that are set and then looked at after a wake-up, so posting never allocates.
//
// Workers and instances live as long as the module and never move. Fork: prepare locks facts_mutex_,
// the child reinitialises it; nothing is started there.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/publish/slot.h"
#include "core/shared/shared_worker.h"
#include "core/tasks/task_queue.h"
#include "core/workers/run_report.h"
#include "core/workers/stop_channel.h"
#include "core/workers/worker_spec.h"

namespace bgworkers {

enum class WorkerState { idle, starting, running, backoff, waiting, stopping, failed, stuck };
constexpr int kWorkerStateCount = 8;

const char* worker_state_name(WorkerState state) noexcept;
bool is_legal_transition(WorkerState from, WorkerState to) noexcept;

// *kept = text; "out of memory" if there is none for it.
void keep_text(std::string* kept, const std::string& text) noexcept;

class Worker;
class Scope;

// One thread's worth of a worker.
class Instance {
public:
    Instance(Worker& worker, int index) : worker_(worker), index_(index) {}

    Worker& worker() noexcept { return worker_; }
    int index() const noexcept { return index_; }
    StopChannel& stop_channel() noexcept { return stop_channel_; }

    // --- Mailbox: any thread posts, the supervisor takes. ---
    enum Mail : uint32_t {
        mail_start = 1,  // somebody needs this worker
        mail_began = 2,  // the script's first line is next
        mail_published = 4,  // first publication of the run
        mail_ended = 8,  // report_ is filled in
        mail_gone = 16,  // the thread has left the engine; join it
        mail_hold = 32,  // stop the run; no other before a later mail_resume
        mail_resume = 64,  // a later mail_hold cancels it
        mail_wanted = 128,  // of a job: somebody waits for its first publication
        mail_kill = 256,  // the run ends itself by a signal: kill what is left of it. Posted before its mail_ended
        mail_asked = 512,  // the run has asked for a task, for the first time
        mail_enough = 1024,  // it has had max_tasks, and its stop channel is at its end. Posted before its mail_ended
        mail_restart = 2048,  // a run shall begin after this, in place of the present one
    };
    void post(Mail mail) noexcept {
        leave(mail);
        wake();
    }
    // The halves of post(), for a poster with something more urgent in between. The supervisor may take the mail before
    // it is woken; mail left before a shutdown is asked for is read before that begins.
    void leave(Mail mail) noexcept;
    void wake() noexcept;
    // After mail_published or mail_asked: it ends a giving up, and else the supervisor need not know before it reads of
    // the run's end. Waking it would cost a reader that waits for this publication as much as all else. Of a shared
    // worker it keeps for a successor that the run works.
    void wake_if_given_up() noexcept;
    uint32_t take_mail() noexcept;

    // The worker's thread, right before the script's first line: status() shows "running" from here on, even if the
    // supervisor has not yet read its mail.
    void post_began() noexcept;

    // The worker's thread, between post_began() and post(mail_ended).
    RunReport& report() noexcept { return report_; }

    // --- The supervisor's thread only ---
    WorkerState state() const noexcept { return state_; }
    void enter(WorkerState state) noexcept;

    // A run is about to be ordered.
    void expect_beginning() noexcept { began_.store(false, std::memory_order_release); }

private:
    Worker& worker_;
    const int index_;
    WorkerState state_ = WorkerState::idle;  // copied into Worker's facts by enter()
    StopChannel stop_channel_;
    friend class Worker;
    std::atomic<uint32_t> mail_{0};
    std::atomic<bool> began_{false};
    std::atomic<bool> given_up_{false};  // by the supervisor, before the present run was ordered; until it hears of it
    RunReport report_;
};

// What status() and the exceptions tell about a worker.
struct WorkerFacts {
    WorkerState state = WorkerState::idle;
    double since = 0;  // Unix time when it came into that state; 0: nothing has happened yet
    int instances = 0;
    uint64_t runs = 0;
    uint64_t crashes = 0;
    uint32_t consecutive_failures = 0;
    std::optional<int> last_exit_status;
    std::string last_error;  // "" = none yet
    std::optional<double> next_run;  // of a job that waits: Unix time
    bool shared = false;
    bool hung = false;  // of a shared one: its leader lives, and has not said for a while that it is well
    uint32_t leader = 0;  // of a shared one: the process that leads; 0: none does now
    uint64_t took_over = 0;  // of a shared one: how often another process led from then on
};

// What its state is called: "hung" where the leader is.
const char* state_name(const WorkerFacts& facts) noexcept;

// How many threads a worker with this declaration has.
int instances_of(const WorkerSpec& spec) noexcept;

class Worker {
public:
    // wake: called after mail was posted, on the poster's thread. can_start: false for one with more instances than the
    // process may ever have; it is there to be shown and has none. task_memory: nullptr = no limit. shared: outlives
    // the worker; nullptr: it belongs to this process alone.
    Worker(Scope& scope, WorkerSpec spec, std::string name, void (*wake)(void*), void* wake_data, bool can_start = true,
           TaskMemory* task_memory = nullptr, SharedWorker* shared = nullptr);

    Scope& scope() noexcept { return scope_; }
    const std::string& name() const noexcept { return name_; }
    const WorkerSpec& spec() const noexcept { return spec_; }
    Slot& slot() noexcept { return slot_; }
    TaskQueue& tasks() noexcept { return tasks_; }
    // nullptr: it belongs to this process alone, from the beginning or since leave_shared().
    SharedWorker* shared() const noexcept { return shared_.load(std::memory_order_acquire); }
    // May it run in this process?
    bool runs_here() const noexcept {
        const SharedWorker* its = shared();
        return its == nullptr || its->leads();
    }
    // Belongs to this process alone from now on, and starts if somebody here has asked for it, or reads it: what the
    // slot keeps would be the newest for ever. A run under way goes on. Any thread, as often as one likes.
    void leave_shared(bool is_read) noexcept;
    // Fixed from construction on.
    std::vector<std::unique_ptr<Instance>>& instances() noexcept { return instances_; }

    // Asks for all instances to be running; only the first call of many does anything. Any thread, after the supervisor
    // was started: what it asks for cannot fail any more, so it need not be asked again.
    void request_start() noexcept;

    // Of a job that is not ready: somebody waits for it. After request_start(), any thread, as often as one likes.
    void request_run() noexcept;

    // A new run of each instance, in place of the present one or of the next one that is planned: the worker has not
    // given up any more until that has ended. False: nobody has asked for the worker yet, so there is nothing to do.
    // Any thread.
    bool request_restart() noexcept;

    WorkerFacts facts() BGW_EXCLUDES(facts_mutex_);
    // For messages: "2 attempts, last exit status 255, last error: ...".
    std::string describe_attempts() BGW_EXCLUDES(facts_mutex_);

    // --- The supervisor's thread only ---
    // Returns the run's number.
    uint64_t note_run_started() noexcept BGW_EXCLUDES(facts_mutex_);
    void note_run_ended(bool crash, std::optional<int> exit_status, const std::string& error,
                        uint32_t failures) noexcept BGW_EXCLUDES(facts_mutex_);
    void note_next_run(std::optional<double> unix_time) noexcept BGW_EXCLUDES(facts_mutex_);
    // Of a shared worker, when this process begins to lead: goes on from what the last leader has told.
    void take_facts_over(const SharedWorker& its) noexcept BGW_EXCLUDES(facts_mutex_);

    void lock_for_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    void unlock_after_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    void reinitialise() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    friend class Instance;
    WorkerState state_of(size_t index) const BGW_REQUIRES(facts_mutex_);
    WorkerState summed_up_state() const BGW_REQUIRES(facts_mutex_);
    void note_state() noexcept BGW_REQUIRES(facts_mutex_);
    void tell_others() noexcept BGW_REQUIRES(facts_mutex_);
    WorkerFacts shared_facts(SharedWorker& its);

    Scope& scope_;
    const WorkerSpec spec_;
    const std::string name_;
    void (*const wake_)(void*);
    void* const wake_data_;
    std::atomic<SharedWorker*> shared_;
    Slot slot_;
    std::vector<std::unique_ptr<Instance>> instances_;
    TaskQueue tasks_;
    std::atomic<bool> start_requested_{false};

    Mutex facts_mutex_;
    std::vector<WorkerState> states_ BGW_GUARDED_BY(facts_mutex_);  // by instance
    WorkerFacts facts_ BGW_GUARDED_BY(facts_mutex_);  // its state: as of the last change
};

}  // namespace bgworkers
