// A task queue's side for the supervisor: what is due, and how all of it ends.
#include <algorithm>

#include "core/tasks/aftermath.h"
#include "core/tasks/task_queue.h"

namespace bgworkers {

void TaskQueue::wake(int instance) noexcept {
    MutexLock lock(mutex_);
    Station& at = station(instance);
    // It stays until the run sleeps next: this may come before it does.
    at.nudged = true;
    if (at.sleeps_on != nullptr) {
        at.sleeps_on->notify_all();
    }
}

void TaskQueue::set_given_up(bool given_up) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    given_up_ = given_up;
    if (given_up) {
        settle_queued(TaskOutcome::rejected, nullptr, aftermath);
        room_.notify_all();
    }
}

void TaskQueue::abort_open(int instance, TaskErrorPtr error) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    for (Task* task = station(instance).tasks.first; task != nullptr; task = task->next_) {
        // It is not closed: the thread may still touch it, and does that if it ever goes on.
        if (!task->is_settled()) {
            settle(task, TaskOutcome::aborted, error, aftermath);
        }
    }
}

void TaskQueue::drain() noexcept {
    MutexLock lock(mutex_);
    draining_.store(true, std::memory_order_release);
    room_.notify_all();
}

uint64_t TaskQueue::close() noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    draining_.store(true, std::memory_order_release);
    closed_ = true;
    room_.notify_all();
    const uint64_t dropped = facts_.queued;
    settle_queued(TaskOutcome::dropped, nullptr, aftermath);
    return dropped;
}

TaskQueue::TimePoint TaskQueue::next_due() const noexcept {
    TimePoint next = Task::kNever;
    for (const Task* task = queue_.first; task != nullptr; task = task->next_) {
        next = std::min(next, task->deadline_);
    }
    for (const Station& each : stations_) {
        if (each.woken && static_cast<uint64_t>(waiting_) > woken_) {
            next = std::min(next, each.fetch_by);
        }
        for (const Task* task = each.tasks.first; task != nullptr; task = task->next_) {
            // Of a settled one, too: its sender has been told, and its run goes on until then.
            next = std::min(next, task->kill_at_);
            if (!task->is_settled()) {
                next = std::min({next, task->deadline_, task->run_until_});
            }
        }
    }
    return next;
}

TaskQueue::TimePoint TaskQueue::look(TimePoint now) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    // Under the mutex, under which it is set: nothing that is asked for is lost.
    wants_look_.store(false, std::memory_order_relaxed);
    promised_ = now;  // whatever is found due below is not asked for again
    settle_what_is_due(now, aftermath);
    pass_on_late_calls(now, aftermath);
    promised_ = next_due();
    return promised_;
}

int TaskQueue::take_overdue(TimePoint now) noexcept {
    MutexLock lock(mutex_);
    for (Station& each : stations_) {
        for (Task* task = each.tasks.first; task != nullptr; task = task->next_) {
            if (now >= task->kill_at_) {
                // Once: a kill repeats itself from there on.
                task->kill_at_ = Task::kNever;
                return task->instance_;
            }
        }
    }
    return -1;
}

}  // namespace bgworkers
