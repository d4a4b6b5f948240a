// A task queue's side for the instances of its worker: from receive() until a task is closed.
#include "core/tasks/aftermath.h"
#include "core/tasks/task_queue.h"

namespace bgworkers {

namespace {

using Clock = std::chrono::steady_clock;

Clock::duration to_duration(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Task* TaskQueue::take_first(TimePoint now, Aftermath& aftermath) noexcept {
    while (Task* task = queue_.first) {
        // One that is due is settled, and so out of the queue.
        if (!settle_if_due(task, now, aftermath)) {
            queue_.remove(task);
            --facts_.queued;
            room_has_changed();
            return task;
        }
    }
    return nullptr;
}

void TaskQueue::open(Task* task, Station& at, TimePoint now, Aftermath& aftermath) noexcept {
    task->state_ = Task::State::running;
    task->open_ = true;
    task->instance_ = static_cast<int>(&at - stations_.data());
    ++facts_.running;
    ++at.received;
    facts_.busy += at.open == 0 ? 1 : 0;
    ++at.open;
    at.tasks.append(task);
    if (limits_.task_timeout > 0) {
        task->run_until_ = now + to_duration(limits_.task_timeout);
        task->kill_at_ = task->run_until_ + to_duration(limits_.grace);
        // The end of the grace is not asked for: look() finds it as what is due next.
        due_at(task->run_until_, aftermath);
    }
}

bool TaskQueue::sleep(Station& at, CondVar& caller, TimePoint now, TimePoint until,
                      [[maybe_unused]] const char* sync_point) noexcept {
    if (at.nudged || now >= until) {
        at.nudged = false;
        return false;
    }
    BGW_SYNC_POINT(sync_point);
    at.sleeps_on = &caller;
    caller.wait_until(mutex_, until);
    at.sleeps_on = nullptr;
    return true;
}

Receipt TaskQueue::may_receive(Station& at, TimePoint now, Aftermath& aftermath) noexcept {
    if (limits_.concurrency == 1 && at.open > 0) {
        Task* const unfinished = at.tasks.first;
        if (!settle_if_due(unfinished, now, aftermath)) {
            settle(unfinished, TaskOutcome::failed, nullptr, aftermath);
        }
        close_half(unfinished, aftermath);
    }
    if (limits_.max_tasks > 0 && at.received >= static_cast<uint64_t>(limits_.max_tasks)) {
        return at.open == 0 ? Receipt::enough : Receipt::nearly_enough;
    }
    if (at.open >= limits_.concurrency) {
        return Receipt::too_many;
    }
    // It is about to look itself. If a task stays behind, the call for that makes the handle readable again.
    if (at.channel.is_open()) {
        at.channel.set_readable(false);
    }
    return Receipt::task;
}

Receipt TaskQueue::receive(int instance, TimePoint until, Task** received) noexcept {
    const TimePoint began = Clock::now();
    const bool sleeps = until > began;
    TimePoint now = began;
    for (bool first = true;; first = false, now = Clock::now()) {
        // One for each round: whoever is settled in it hears of that, and memory is given back, before this sleeps.
        Aftermath aftermath(*this);
        MutexLock lock(mutex_);
        Station& at = station(instance);
        if (const Receipt may = first ? may_receive(at, now, aftermath) : Receipt::task; may != Receipt::task) {
            return may;
        }
        if (Task* task = take_first(now, aftermath)) {
            // Away in between, so that it goes to the end of those who wait.
            place_at(at, Station::away);
            open(task, at, now, aftermath);
            place_aside(at);
            call_next(now, aftermath);
            task->hold();
            *received = task;
            return Receipt::task;
        }
        if (at.woken) {  // somebody else was faster
            at.woken = false;
            --woken_;
        }
        place_at(at, sleeps ? Station::sleeping : Station::watching);
        const bool goes_on = now < until && !at.nudged;
        if (goes_on && !aftermath.is_empty()) {
            continue;
        }
        if (!sleep(at, at.called, now, until, "task_queue.receive.before_sleep")) {
            return Receipt::none;
        }
    }
}

void TaskQueue::leave(int instance) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    Station& at = station(instance);
    // The same: who comes back has a new turn.
    place_at(at, Station::away);
    place_aside(at);
    call_next(Clock::now(), aftermath);
}

// Opened without the mutex: that asks the system for memory and descriptors.
uv_os_sock_t TaskQueue::channel(int instance, int* error) noexcept {
    TaskChannel fresh;
    Aftermath aftermath(*this);
    {
        MutexLock lock(mutex_);
        if (station(instance).channel.is_open()) {
            return station(instance).channel.reader();
        }
    }
    *error = fresh.open();
    MutexLock lock(mutex_);
    Station& at = station(instance);
    at.channel.take(fresh);
    place_aside(at);
    call_next(Clock::now(), aftermath);
    return at.channel.reader();
}

bool TaskQueue::is_empty() noexcept {
    MutexLock lock(mutex_);
    return queue_.first == nullptr;
}

void TaskQueue::end_run(int instance, TaskOutcome outcome, TaskErrorPtr error) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    Station& at = station(instance);
    // First, or close_half() would let it wait for more.
    at.channel.close();
    while (Task* task = at.tasks.first) {
        if (!task->is_settled()) {
            settle(task, outcome, error, aftermath);
        }
        close_half(task, aftermath);
    }
    place_at(at, Station::away);
    at.received = 0;
    // A kill of this run must not end the first wait of the next.
    at.nudged = false;
    call_next(Clock::now(), aftermath);
}

bool TaskQueue::is_cancelled(Task& task) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    settle_if_due(&task, Clock::now(), aftermath);
    const TaskOutcome outcome = task.outcome();
    return outcome != TaskOutcome::none && outcome != TaskOutcome::done && outcome != TaskOutcome::failed;
}

bool TaskQueue::is_closed(Task& task) noexcept {
    MutexLock lock(mutex_);
    return !task.open_;
}

Closed TaskQueue::finish(Task& task, Snapshot* result) noexcept {
    return close_with(task, TaskOutcome::done, nullptr, result);
}

Closed TaskQueue::fail(Task& task, TaskErrorPtr error) noexcept {
    return close_with(task, TaskOutcome::failed, std::move(error), nullptr);
}

Closed TaskQueue::close_with(Task& task, TaskOutcome outcome, TaskErrorPtr error, Snapshot* result) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    const bool wanted = task.open_ && !settle_if_due(&task, Clock::now(), aftermath);
    // The outcome counts all the same where the sender has left; nobody would ever read the result.
    if (wanted && !task.sender_gone_) {
        task.result_ = result;
    } else if (result != nullptr) {
        aftermath.free(result);
    }
    if (!task.open_) {
        return Closed::already;
    }
    if (wanted) {
        settle(&task, outcome, std::move(error), aftermath);
    }
    close_half(&task, aftermath);
    const Station& at = station(task.instance_);
    const bool enough = limits_.max_tasks > 0 && at.received >= static_cast<uint64_t>(limits_.max_tasks);
    return enough && at.open == 0 ? Closed::last_of_the_run : Closed::yes;
}

Update TaskQueue::update(Task& task, Snapshot* data, TimePoint until) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    if (!task.open_) {
        return Update::closed;
    }
    Station& at = station(task.instance_);
    for (TimePoint now = Clock::now();; now = Clock::now()) {
        if (settle_if_due(&task, now, aftermath) || task.sender_gone_ || task.discards_updates_) {
            return Update::dropped;
        }
        // Full memory is waited for as a full task is: the reader gives some back with each update that it takes.
        if (task.updates_ < Task::kMostUpdates && charge(data->size())) {
            task.update_[(task.first_update_ + task.updates_) % Task::kMostUpdates] = data;
            ++task.updates_;
            task.note_updates();
            task.show_news();
            aftermath.call(task.news_);
            return Update::taken;
        }
        if (!sleep(at, task.news_, now, until, "task_queue.update.before_sleep")) {
            return Update::full;
        }
    }
}

}  // namespace bgworkers
