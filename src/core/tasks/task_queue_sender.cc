// A task queue's side for senders: from offer() until they have heard how it ended.
#include <algorithm>

#include "core/tasks/aftermath.h"
#include "core/tasks/task_queue.h"

namespace bgworkers {

namespace {
using Clock = std::chrono::steady_clock;
}

void TaskQueue::push(Task& task, TimePoint now, Aftermath& aftermath) noexcept {
    task.hold();  // the queue's
    task.charged_ = true;
    task.state_ = Task::State::queued;
    task.queued_at_ = now;
    queue_.append(&task);
    ++facts_.queued;
    ++facts_.sent;
    room_has_changed();
    call_next(now, aftermath);
    due_at(task.deadline_, aftermath);
}

Offered TaskQueue::offer(Task& task, TimePoint until) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    for (;;) {
        if (is_draining()) {
            return Offered::closed;
        }
        if (given_up_) {
            return Offered::given_up;
        }
        const TimePoint now = Clock::now();
        // Those whose time is over make room. What is settled here is told when this call is over, a slice of a wait
        // later at most.
        if (!may_queue()) {
            settle_what_is_due(now, aftermath);
        }
        Offered refused = Offered::full;
        if (may_queue()) {
            if (charge(task.bytes_to_offer())) {
                push(task, now, aftermath);
                return Offered::queued;
            }
            // Memory that is given back wakes nobody here: the next slice of the wait tries again.
            refused = Offered::no_memory;
        }
        if (now >= until) {
            return refused;
        }
        BGW_SYNC_POINT("task_queue.offer.before_sleep");
        room_.wait_until(mutex_, until);
    }
}

void TaskQueue::reject() noexcept {
    MutexLock lock(mutex_);
    ++facts_.sent;
    ++facts_.ended[static_cast<int>(TaskOutcome::rejected)];
}

void TaskQueue::throw_updates_away(Task& task, Aftermath& aftermath) noexcept {
    while (task.updates_ > 0) {
        aftermath.free(task.update_[task.first_update_]);
        task.first_update_ = (task.first_update_ + 1) % Task::kMostUpdates;
        --task.updates_;
    }
    task.note_updates();
    task.news_.notify_all();  // a worker whose update waits for room
}

bool TaskQueue::await(Task& task, TimePoint until) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    task.discards_updates_ = true;
    throw_updates_away(task, aftermath);
    task.show_news();
    for (;;) {
        const TimePoint now = Clock::now();
        const bool settled = settle_if_due(&task, now, aftermath);
        if (settled || now >= until) {
            return settled;
        }
        BGW_SYNC_POINT("task_queue.await.before_sleep");
        // At its deadline, too: who waits settles the task itself, and the loop need not be woken for that.
        task.news_.wait_until(mutex_, std::min(until, task.deadline_));
    }
}

bool TaskQueue::read(Task& task, TimePoint until, Snapshot** update) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    *update = nullptr;
    task.discards_updates_ = false;
    task.note_updates();
    for (;;) {
        const TimePoint now = Clock::now();
        const bool settled = settle_if_due(&task, now, aftermath);
        // Also of one that is settled: what its worker has told before the end is not lost.
        if (task.updates_ > 0) {
            *update = task.update_[task.first_update_];
            task.first_update_ = (task.first_update_ + 1) % Task::kMostUpdates;
            --task.updates_;
            task.note_updates();
            task.show_news();
            give_back((*update)->size());
            // A worker may wait for this room.
            task.news_.notify_all();
            return settled;
        }
        if (settled || now >= until) {
            return settled;
        }
        BGW_SYNC_POINT("task_queue.read.before_sleep");
        task.news_.wait_until(mutex_, std::min(until, task.deadline_));
    }
}

bool TaskQueue::is_settled(Task& task) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    return settle_if_due(&task, Clock::now(), aftermath);
}

void TaskQueue::cancel(Task& task) noexcept {
    Aftermath aftermath(*this);
    MutexLock lock(mutex_);
    if (!settle_if_due(&task, Clock::now(), aftermath)) {
        settle(&task, TaskOutcome::cancelled, nullptr, aftermath);
    }
}

uv_os_sock_t TaskQueue::channel(Task& task, int* error) noexcept {
    TaskChannel fresh;
    {
        MutexLock lock(mutex_);
        if (task.channel_.is_open()) {
            return task.channel_.reader();
        }
    }
    // Without the mutex, since it asks the system. No other thread opens one for this task meanwhile.
    *error = fresh.open();
    MutexLock lock(mutex_);
    task.channel_.take(fresh);
    task.show_news();
    return task.channel_.reader();
}

void TaskQueue::sender_left(Task* task) noexcept {
    {
        TaskChannel channel;  // closed when nobody waits for the mutex
        Aftermath aftermath(*this);
        MutexLock lock(mutex_);
        task->sender_gone_ = true;
        channel.take(task->channel_);
        throw_updates_away(*task, aftermath);
        if (task->result_ != nullptr) {
            aftermath.free(std::exchange(task->result_, nullptr));
        }
    }
    task->release();
}

}  // namespace bgworkers
