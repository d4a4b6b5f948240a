// The tasks of one worker: those that wait, those that are open at its instances, and how all others have ended.
// task.h says who may touch what, and how races end.
//
// Every task that is sent is at any moment counted in exactly one place:
//
//     sent = queued + running + done + failed + aborted + cancelled + expired + dropped + rejected
//
// First in, first out. Exactly one instance is woken for a task: the one that has waited longest, and one that sleeps
// in receive() before one that only watches its handle. A receiver that goes away passes its wake-up on; one that was
// woken and has not fetched within kFetchWithin loses it to the next. An instance watches after a receive() that did
// not wait, or if it has asked for a channel; then it is woken by that.
//
// There is no thread and no timer in here. Whoever looks at a task whose time is over settles it; for those at which
// nobody looks the supervisor's loop calls look(). It is woken when something becomes due earlier than what it has
// promised to look at, so a queue in which all tasks have about the same time wakes it once in that time.
//
// Threads: any, but what names an instance is for the thread of that instance alone, and wake(), abort_open() for the
// supervisor, too. One mutex; nothing is taken inside it, nothing allocated, no PHP runs. offer(), receive(),
// await(), update() block until the time given at the most.
//
// A queue lives as long as its worker, which is as long as the module. Fork: prepare locks, the child reinitialises.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/tasks/task.h"
#include "core/tasks/task_memory.h"

namespace bgworkers {

struct TaskLimits {
    int queue = 128;          // tasks that may wait beside one for each instance that waits for one
    double task_timeout = 0;  // seconds a task may run; 0 = no limit
    int max_tasks = 0;        // a run has to stop after so many; 0 = no limit
    int concurrency = 1;      // open tasks an instance may have
    double grace = 5;         // seconds from the end of task_timeout to the kill
};

enum class Offered { queued, full, no_memory, given_up, closed };
// enough: the run has had max_tasks; nearly_enough: the same, and some of them are still open.
enum class Receipt { task, none, enough, nearly_enough, too_many };
enum class Closed { yes, last_of_the_run, already };
enum class Update { taken, dropped, full, closed };

class TaskQueue {
public:
    using TimePoint = Task::TimePoint;
    static constexpr std::chrono::milliseconds kFetchWithin{10};

    // memory: nullptr = no limit. wake_loop: called without the mutex, when look() is due earlier than promised.
    TaskQueue(const TaskLimits& limits, int instances, TaskMemory* memory, void (*wake_loop)(void*), void* wake_data);
    ~TaskQueue();
    TaskQueue(const TaskQueue&) = delete;
    TaskQueue& operator=(const TaskQueue&) = delete;

    // --- Senders ---
    // Queues it, waiting for room until then. Queued: it is sent, and the queue has a reference of its own. Anything
    // else: it is still the caller's alone.
    Offered offer(Task& task, TimePoint until) noexcept BGW_EXCLUDES(mutex_);
    // Counts a task that is not going to be queued. Once.
    void reject() noexcept BGW_EXCLUDES(mutex_);
    // Waits until it is settled; true if it is. What its worker tells from here on is thrown away, until the next
    // read().
    bool await(Task& task, TimePoint until) noexcept BGW_EXCLUDES(mutex_);
    // Waits for an update, or until it is settled (true; then *update may be one all the same, if any is unread). The
    // update has its pin.
    bool read(Task& task, TimePoint until, Snapshot** update) noexcept BGW_EXCLUDES(mutex_);
    bool is_settled(Task& task) noexcept BGW_EXCLUDES(mutex_);
    void cancel(Task& task) noexcept BGW_EXCLUDES(mutex_);
    // A socket that is readable while there is an update, or the end of the task; the task's, until its sender leaves.
    // Opened at the first call. kNoSocket: *error is libuv's.
    uv_os_sock_t channel(Task& task, int* error) noexcept BGW_EXCLUDES(mutex_);
    // Nobody will ask for what comes back. Gives the sender's reference back.
    void sender_left(Task* task) noexcept BGW_EXCLUDES(mutex_);

    // --- The thread of an instance ---
    // The next task, open at the instance, with a reference for the caller; waits until then, or until wake(). Having
    // waited in vain, the instance still counts as waiting: leave() follows, another receive(), or end_run().
    // With a concurrency of 1, a task that is open is settled as not finished, and closed.
    Receipt receive(int instance, TimePoint until, Task** task) noexcept BGW_EXCLUDES(mutex_);
    void leave(int instance) noexcept BGW_EXCLUDES(mutex_);
    // A socket that is readable while a task waits for this instance; the queue's, until the run is over. From now on
    // the instance waits for tasks whenever it may have one more. Opened at the first call. kNoSocket: *error is
    // libuv's.
    uv_os_sock_t channel(int instance, int* error) noexcept BGW_EXCLUDES(mutex_);
    // Nothing can be received at this moment, and while the process ends nothing will be.
    bool is_empty() noexcept BGW_EXCLUDES(mutex_);

    // Settled without its worker: by its sender, or since a time is over.
    bool is_cancelled(Task& task) noexcept BGW_EXCLUDES(mutex_);
    // Takes the pin over.
    Closed finish(Task& task, Snapshot* result) noexcept BGW_EXCLUDES(mutex_);
    Closed fail(Task& task, TaskErrorPtr error) noexcept BGW_EXCLUDES(mutex_);
    // May a result of that size be kept? It is charged from here on, until finish() or give_back().
    bool charge(size_t bytes) noexcept { return memory_ == nullptr || memory_->charge(bytes); }
    void give_back(size_t bytes) noexcept {
        if (memory_ != nullptr) {
            memory_->give_back(bytes);
        }
    }
    // Taken: the pin is taken over. Else it is still the caller's. Waits for the reader until then, or wake().
    Update update(Task& task, Snapshot* data, TimePoint until) noexcept BGW_EXCLUDES(mutex_);
    bool is_closed(Task& task) noexcept BGW_EXCLUDES(mutex_);

    // The run is over. What is open is settled so, and closed.
    void end_run(int instance, TaskOutcome outcome, TaskErrorPtr error) noexcept BGW_EXCLUDES(mutex_);

    // --- The supervisor, and who interrupts a run ---
    // A receive() or update() of that instance returns now, or the next one does at once.
    void wake(int instance) noexcept BGW_EXCLUDES(mutex_);
    // Every sender now and later hears it, until it is taken back; what is queued is rejected.
    void set_given_up(bool given_up) noexcept BGW_EXCLUDES(mutex_);
    // The thread is stuck: settles what is open there.
    void abort_open(int instance, TaskErrorPtr error) noexcept BGW_EXCLUDES(mutex_);
    // The process ends: nothing is taken any more, what is queued is still handed out.
    void drain() noexcept BGW_EXCLUDES(mutex_);
    bool is_draining() const noexcept { return draining_.load(std::memory_order_acquire); }
    // Nothing is handed out any more. How many were dropped.
    uint64_t close() noexcept BGW_EXCLUDES(mutex_);

    // Somebody has asked for a look().
    bool wants_look() const noexcept { return wants_look_.load(std::memory_order_acquire); }
    // Settles what is due. When to come back, at the latest, unless it is asked earlier.
    TimePoint look(TimePoint now) noexcept BGW_EXCLUDES(mutex_);
    // After look(): an instance whose task has run longer than task_timeout and the grace, each once; -1: none.
    int take_overdue(TimePoint now) noexcept BGW_EXCLUDES(mutex_);

    // --- What is told ---
    struct Facts {
        uint64_t sent = 0;
        uint64_t queued = 0;
        uint64_t running = 0;
        int busy = 0;  // instances with an open task
        std::optional<double> oldest;  // seconds since the first in the queue was queued
        uint64_t ended[kTaskOutcomes] = {};
    };
    Facts facts() noexcept BGW_EXCLUDES(mutex_);
    // For the wait graph, without the mutex: a sender that waits for room might go on.
    bool has_room() const noexcept { return has_room_.load(std::memory_order_acquire); }
    int instances() const noexcept { return static_cast<int>(stations_.size()); }
    const TaskLimits& limits() const noexcept { return limits_; }

    void lock_for_fork() BGW_ACQUIRE(mutex_) { mutex_.lock(); }
    void unlock_after_fork() BGW_RELEASE(mutex_) { mutex_.unlock(); }
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    friend class Task;
    // Tasks in order, linked through themselves.
    struct List {
        Task* first = nullptr;
        Task* last = nullptr;
        void append(Task* task) noexcept;
        void remove(Task* task) noexcept;
    };
    // What is known of an instance.
    struct Station {
        enum Place : uint8_t { away, sleeping, watching };
        Place place = away;  // how it waits for a task
        bool woken = false;  // for one that is queued
        bool nudged = false;  // by wake()
        uint64_t since = 0;  // in which order they began to wait
        TimePoint fetch_by = Task::kNever;
        uint64_t received = 0;  // in this run
        int open = 0;
        List tasks;  // the open ones
        CondVar called;
        CondVar* sleeps_on = nullptr;
        TaskChannel channel;  // open if the run has asked for one
    };
    // What a step leaves to do without the mutex.
    class Aftermath;

    void settle(Task* task, TaskOutcome outcome, TaskErrorPtr error, Aftermath& aftermath) noexcept
        BGW_REQUIRES(mutex_);
    void close_half(Task* task, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    bool settle_if_due(Task* task, TimePoint now, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    void settle_what_is_due(TimePoint now, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    void pass_on_late_calls(TimePoint now, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    TimePoint next_due() const noexcept BGW_REQUIRES(mutex_);
    void push(Task& task, TimePoint now, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    void open(Task* task, Station& station, TimePoint now, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    void throw_updates_away(Task& task, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    Closed close_with(Task& task, TaskOutcome outcome, TaskErrorPtr error, Snapshot* result) noexcept
        BGW_EXCLUDES(mutex_);
    void settle_queued(TaskOutcome outcome, const TaskErrorPtr& error, Aftermath& aftermath) noexcept
        BGW_REQUIRES(mutex_);
    // `task` if it may have one more. Ends what a receive() ends.
    Receipt may_receive(Station& station, TimePoint now, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    Task* take_first(TimePoint now, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    void place_at(Station& station, Station::Place place) noexcept BGW_REQUIRES(mutex_);
    // Sleeps until it is called there, or until then. False: that time has come, or wake().
    bool sleep(Station& station, CondVar& caller, TimePoint now, TimePoint until, const char* sync_point) noexcept
        BGW_REQUIRES(mutex_);
    // Where it is while its script does something else.
    void place_aside(Station& station) noexcept BGW_REQUIRES(mutex_);
    void call_next(TimePoint now, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    Station* next_to_call() noexcept BGW_REQUIRES(mutex_);
    bool may_queue() const noexcept BGW_REQUIRES(mutex_);
    void room_has_changed() noexcept BGW_REQUIRES(mutex_);
    void due_at(TimePoint when, Aftermath& aftermath) noexcept BGW_REQUIRES(mutex_);
    Station& station(int instance) noexcept BGW_REQUIRES(mutex_) { return stations_[static_cast<size_t>(instance)]; }

    const TaskLimits limits_;
    const TaskErrorPtr overran_;  // what a task is told that runs longer than task_timeout
    TaskMemory* const memory_;
    void (*const wake_loop_)(void*);
    void* const wake_data_;

    Mutex mutex_;
    std::vector<Station> stations_;  // their number is fixed from construction on; all else BGW_GUARDED_BY(mutex_)
    List queue_ BGW_GUARDED_BY(mutex_);
    Facts facts_ BGW_GUARDED_BY(mutex_);
    int waiting_ BGW_GUARDED_BY(mutex_) = 0;  // stations that are not away
    uint64_t woken_ BGW_GUARDED_BY(mutex_) = 0;
    uint64_t last_since_ BGW_GUARDED_BY(mutex_) = 0;
    TimePoint promised_ BGW_GUARDED_BY(mutex_) = Task::kNever;  // when the loop looks at the latest
    bool given_up_ BGW_GUARDED_BY(mutex_) = false;
    bool closed_ BGW_GUARDED_BY(mutex_) = false;
    CondVar room_;
    std::atomic<bool> draining_{false};
    std::atomic<bool> has_room_{true};
    std::atomic<bool> wants_look_{false};
};

}  // namespace bgworkers
