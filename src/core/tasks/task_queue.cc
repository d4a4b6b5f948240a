#include "core/tasks/task_queue.h"

#include <algorithm>
#include <cstdio>

#include "core/tasks/aftermath.h"

namespace bgworkers {

namespace {

TaskErrorPtr error_of_task_timeout(double seconds) {
    if (seconds <= 0) {
        return nullptr;
    }
    char text[64];
    snprintf(text, sizeof(text), "it ran longer than %g s", seconds);
    return make_task_error("", text);
}

}  // namespace

void TaskQueue::List::append(Task* task) noexcept {
    task->previous_ = last;
    task->next_ = nullptr;
    (last == nullptr ? first : last->next_) = task;
    last = task;
}

void TaskQueue::List::remove(Task* task) noexcept {
    (task->previous_ == nullptr ? first : task->previous_->next_) = task->next_;
    (task->next_ == nullptr ? last : task->next_->previous_) = task->previous_;
    task->previous_ = task->next_ = nullptr;
}

TaskQueue::TaskQueue(const TaskLimits& limits, int instances, TaskMemory* memory, void (*wake_loop)(void*),
                     void* wake_data)
    : limits_(limits),
      overran_(error_of_task_timeout(limits.task_timeout)),
      memory_(memory),
      wake_loop_(wake_loop),
      wake_data_(wake_data),
      stations_(static_cast<size_t>(instances)),
      has_room_(limits.queue > 0) {}

TaskQueue::~TaskQueue() { close(); }

// --- Steps, under the mutex -------------------------------------------------------------------------------------

void TaskQueue::settle(Task* task, TaskOutcome outcome, TaskErrorPtr error, Aftermath& aftermath) noexcept {
    if (task->state_ == Task::State::queued) {
        queue_.remove(task);
        --facts_.queued;
        room_has_changed();
        aftermath.let_go(task);
    } else {
        // It stays in the list of its instance: the worker's half is open until the script has done with it.
        --facts_.running;
    }
    ++facts_.ended[static_cast<int>(outcome)];
    // Before the outcome: who has seen that reads this without the mutex.
    task->error_ = std::move(error);
    task->state_ = Task::State::settled;
    task->outcome_.store(outcome, std::memory_order_release);
    task->show_news();
    aftermath.tell(task);
}

bool TaskQueue::settle_if_due(Task* task, TimePoint now, Aftermath& aftermath) noexcept {
    if (task->state_ == Task::State::settled) {
        return true;
    }
    if (now >= task->deadline_) {
        settle(task, TaskOutcome::expired, nullptr, aftermath);
    } else if (now >= task->run_until_) {
        settle(task, TaskOutcome::aborted, overran_, aftermath);
    } else {
        return false;
    }
    return true;
}

void TaskQueue::settle_what_is_due(TimePoint now, Aftermath& aftermath) noexcept {
    for (Task* task = queue_.first; task != nullptr;) {
        // To settle one takes it out of this list, but not out of the next.
        Task* const next = task->next_;
        settle_if_due(task, now, aftermath);
        task = next;
    }
    for (Station& station : stations_) {
        for (Task* task = station.tasks.first; task != nullptr; task = task->next_) {
            settle_if_due(task, now, aftermath);
        }
    }
}

void TaskQueue::settle_queued(TaskOutcome outcome, const TaskErrorPtr& error, Aftermath& aftermath) noexcept {
    while (queue_.first != nullptr) {
        settle(queue_.first, outcome, error, aftermath);
    }
}

void TaskQueue::close_half(Task* task, Aftermath& aftermath) noexcept {
    Station& at = station(task->instance_);
    task->open_ = false;
    at.tasks.remove(task);
    --at.open;
    facts_.busy -= at.open == 0 ? 1 : 0;
    // It was away if it had as many open as it may: now it may have one more.
    if (at.channel.is_open() && at.place == Station::away) {
        place_aside(at);
        call_next(std::chrono::steady_clock::now(), aftermath);
    }
    aftermath.let_go(task);
}

bool TaskQueue::may_queue() const noexcept {
    return facts_.queued < static_cast<uint64_t>(limits_.queue) + static_cast<uint64_t>(waiting_);
}

void TaskQueue::room_has_changed() noexcept {
    const bool room = may_queue();
    has_room_.store(room, std::memory_order_release);
    if (room) {
        room_.notify_all();
    }
}

void TaskQueue::place_at(Station& station, Station::Place place) noexcept {
    if (station.place == place) {
        return;
    }
    if (station.place == Station::away) {
        // Only then: one that comes from watching to sleep, or goes back, keeps its turn.
        station.since = ++last_since_;
    }
    waiting_ += (place != Station::away) - (station.place != Station::away);
    station.place = place;
    // Whoever calls place_at() lets call_next() follow, so the task is another's.
    if (place == Station::away && station.woken) {
        station.woken = false;
        --woken_;
    }
    room_has_changed();
}

void TaskQueue::place_aside(Station& station) noexcept {
    const bool may_have_more = station.open < limits_.concurrency &&
                               (limits_.max_tasks == 0 || station.received < static_cast<uint64_t>(limits_.max_tasks));
    place_at(station, station.channel.is_open() && may_have_more ? Station::watching : Station::away);
}

// One that sleeps fetches at once, one that watches its handle may be busy.
TaskQueue::Station* TaskQueue::next_to_call() noexcept {
    Station* best = nullptr;
    for (Station& each : stations_) {
        if (each.place == Station::away || each.woken) {
            continue;
        }
        if (best == nullptr || each.place < best->place || (each.place == best->place && each.since < best->since)) {
            best = &each;
        }
    }
    return best;
}

void TaskQueue::call_next(TimePoint now, Aftermath& aftermath) noexcept {
    while (woken_ < facts_.queued) {
        Station* const next = next_to_call();
        // Whoever waits next finds what is queued by itself.
        if (next == nullptr) {
            return;
        }
        next->woken = true;
        ++woken_;
        next->fetch_by = now + kFetchWithin;
        if (static_cast<uint64_t>(waiting_) > woken_) {
            due_at(next->fetch_by, aftermath);  // there is another who could have it
        }
        // One that sleeps in update() watches its handle besides, and what it sleeps on goes with its task.
        if (next->sleeps_on == &next->called) {
            aftermath.call(next->called);
        } else if (next->channel.is_open()) {
            next->channel.set_readable(true);
        }
    }
}

void TaskQueue::pass_on_late_calls(TimePoint now, Aftermath& aftermath) noexcept {
    for (Station& each : stations_) {
        if (each.woken && facts_.queued == 0) {  // what it was called for has gone
            each.woken = false;
            --woken_;
        }
        if (!each.woken || now < each.fetch_by || static_cast<uint64_t>(waiting_) <= woken_) {
            continue;
        }
        // One that sleeps comes when it can, and goes to the end; one that watches comes when its script looks.
        const bool sleeps = each.place == Station::sleeping;
        place_at(each, Station::away);
        call_next(now, aftermath);
        if (sleeps) {
            place_at(each, Station::sleeping);
        }
    }
    call_next(now, aftermath);
}

void TaskQueue::due_at(TimePoint when, Aftermath& aftermath) noexcept {
    if (when < promised_) {
        promised_ = when;
        wants_look_.store(true, std::memory_order_release);
        aftermath.wake_loop();
    }
}

// --- What is told --------------------------------------------------------------------------------------------

TaskQueue::Facts TaskQueue::facts() noexcept {
    MutexLock lock(mutex_);
    Facts facts = facts_;
    if (queue_.first != nullptr) {
        facts.oldest =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - queue_.first->queued_at_).count();
    }
    return facts;
}

void TaskQueue::reinitialise() {
    mutex_.reinitialise();
    room_.reinitialise();
    for (Station& each : stations_) {
        each.called.reinitialise();
    }
}

}  // namespace bgworkers
