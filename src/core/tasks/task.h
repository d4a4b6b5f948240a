// A piece of work on its way to a worker, and what comes back.
//
// A task has two halves, which end apart from each other:
//
//   the sender's   made -> queued -> running -> settled     what the sender is told: once, with one outcome
//                      \-> settled   \-> settled
//   the worker's            (none) -> open -> closed        from receive() until the script has done with it
//
// `settled` is the end of the sender's half alone. A task that is cancelled, or whose time is over, while it runs is
// settled at once; its worker goes on with it, is_cancelled() tells it, and what it finishes later is freed. A task
// that its worker closes is settled in that step, if it is not yet.
//
// Who may touch what
//
//   state     by whom                         may touch
//   made      the sender's thread             everything
//   queued    the queue's mutex               everything
//   running   the queue's mutex               everything but the payload
//             the thread that received it     the payload: take_payload()
//   settled   the queue's mutex               updates, sender_gone, the worker's half
//             who took it out of its list     links and payload: nobody else finds it there any more
//   any       nobody's lock                   outcome() (written before the state, under the mutex), what is const
//
// Result and error are written in the step that settles, under the mutex, and never again (but that a sender who leaves
// takes the result with it): a sender that has seen outcome() may read them as long as it holds its reference.
// References: the sender has one, whoever has the task in its list (queue, or the instance at which it is open) has
// one, and the worker's script has one. The last one frees it, never under a lock.
//
// The races, each decided by which of the two takes the queue's mutex first; the other finds the task settled:
//
//   finish, fail against cancel, expiry, time limit   the first settles. finish() closes the worker's half all the
//                                                     same, and its result is freed
//   receive against cancel, expiry, drop              one that is settled is in no list: nobody receives it
//   kill, exit, fatal error against all of these      end_run() settles and closes what is open at the instance, after
//                                                     the run's last instruction; nothing of it comes later
//   stuck thread                                      abort_open() settles; the thread may close it whenever it can
//   close() (the process ends) against a sender       offer() and close() take the mutex: what is offered later is
//                                                     refused, what was offered earlier is dropped and told
//   wake-up against the end of a wait                 a receiver that leaves passes its wake-up on, under the mutex
//
// A sender that dies
//
//   before offer()       nobody else knows the task; it is freed, and was never sent
//   waiting for room     the same: a task is sent in the step that queues or refuses it
//   queued, running      sender_left(): the task goes on, its result is freed when it comes, updates are dropped, and a
//                        worker that waits for the reader of its update goes on
//   settled              the last reference frees it
// A bailout is such a death: the object that holds the sender's reference is freed with the request. So a reference is
// never on a stack while the engine may bail out.
//
// Fork: the queues' mutexes are held, so no task is between two states. In the child there is no worker and no loop: a
// queue is never looked at again there, a sender only gives its references back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/mutex.h"
#include "core/publish/snapshot.h"
#include "core/tasks/task_channel.h"

namespace bgworkers {

class TaskQueue;

// How a task ended. The names are those of status() and the metrics.
enum class TaskOutcome : uint8_t {
    none,  // it has not
    done,  // finish()
    failed,  // fail(), an exception that left the script, or dropped unfinished
    aborted,  // its run ended, or it ran longer than task_timeout
    cancelled,  // by its sender
    expired,  // the sender's time was over
    dropped,  // the process ended before anybody received it
    rejected,  // never queued for want of room or time, or the worker has given up
};
constexpr int kTaskOutcomes = 8;  // `none` among them
const char* task_outcome_name(TaskOutcome outcome) noexcept;

// Why a task failed, as it is told to its sender. Constant once it is shared.
struct TaskError {
    std::string error_class;  // "": none
    std::string message;  // "": what the outcome says is all
    std::string file;  // "": unknown
    int line = 0;
};
using TaskErrorPtr = std::shared_ptr<const TaskError>;
// nullptr if out of memory: then the outcome is all that is told.
TaskErrorPtr make_task_error(const char* error_class, const char* message, const char* file = "",
                             int line = 0) noexcept;

class Task {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr size_t kMostUpdates = 16;  // unread
    static constexpr TimePoint kNever = TimePoint::max();

    // With one reference. Takes the payload's pin over, also where memory is out and nullptr is returned.
    // deadline: when the sender does not want it any more. posted: nobody waits for it. sender: the worker that sends
    // it (see wait_graph.h), nullptr if it is a request.
    static Task* make(TaskQueue& queue, Snapshot* payload, TimePoint deadline, bool posted,
                      const void* sender) noexcept;

    void hold() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    // Never under a lock.
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    TaskQueue& queue() const noexcept { return queue_; }
    const void* sender() const noexcept { return sender_; }
    TimePoint deadline() const noexcept { return deadline_; }
    bool posted() const noexcept { return posted_; }

    TaskOutcome outcome() const noexcept { return outcome_.load(std::memory_order_acquire); }
    bool is_settled() const noexcept { return outcome() != TaskOutcome::none; }
    // Of a settled one. result(): of one that is done, else nullptr; pin() it to keep it beyond the task.
    Snapshot* result() const noexcept { return result_; }
    const TaskError* error() const noexcept { return error_.get(); }

    // For the wait graph, without a lock: an update that waits for its reader might go on.
    bool takes_updates() const noexcept { return takes_updates_.load(std::memory_order_acquire); }

    // The worker's thread, once, after receive(): the payload with its pin. What it held is given back to the limit.
    Snapshot* take_payload() noexcept;

    // How many exist in the process. For tests.
    static uint64_t live_count() noexcept;

private:
    friend class TaskQueue;
    Task(TaskQueue& queue, Snapshot* payload, TimePoint deadline, bool posted, const void* sender) noexcept;
    ~Task();

    // What is charged to the limit of the process: the task itself, and each block while the task has it.
    size_t bytes_to_offer() const noexcept { return sizeof(Task) + payload_->size(); }
    // After each change of what its sender could ask for.
    void show_news() noexcept {
        if (channel_.is_open()) {
            channel_.set_readable(updates_ > 0 || state_ == State::settled);
        }
    }
    void note_updates() noexcept {
        takes_updates_.store(updates_ < kMostUpdates || discards_updates_ || sender_gone_, std::memory_order_release);
    }

    TaskQueue& queue_;
    const TimePoint deadline_;
    const void* const sender_;
    const bool posted_;
    std::atomic<TaskOutcome> outcome_{TaskOutcome::none};
    std::atomic<uint32_t> references_{1};
    std::atomic<bool> takes_updates_{true};

    // Under the queue's mutex, with the exceptions told above.
    enum class State : uint8_t { made, queued, running, settled };
    State state_ = State::made;
    bool charged_ = false;
    bool open_ = false;  // the worker's half
    bool sender_gone_;  // from the start, if it is posted
    bool discards_updates_ = false;  // from await() until the next read()
    int instance_ = -1;  // at which it runs, or ran
    uint8_t updates_ = 0;  // unread
    uint8_t first_update_ = 0;
    Task* next_ = nullptr;  // in the queue, or among the open ones of its instance
    Task* previous_ = nullptr;
    Task* next_told_ = nullptr;  // settled in the same step, and not told yet
    TimePoint queued_at_{};
    TimePoint run_until_ = kNever;  // task_timeout
    TimePoint kill_at_ = kNever;  // once that is over
    Snapshot* payload_;
    Snapshot* result_ = nullptr;
    TaskErrorPtr error_;
    Snapshot* update_[kMostUpdates] = {};
    TaskChannel channel_;  // open if its sender has asked for one
    CondVar news_;  // for the sender, and for a worker whose update waits for room
};

}  // namespace bgworkers
