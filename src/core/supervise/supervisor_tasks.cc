// The supervisor's tasks: what is due in the queues of its workers, runs that tasks end, and what is left of tasks when
// the process ends.
#include <algorithm>

#include "core/os/loop_timer.h"
#include "core/supervise/supervisor.h"
#include "core/supervise/supervisor_events.h"

namespace bgworkers {

// A run that asks for work does what a worker is there for, as one that publishes does.
void Supervisor::on_asked(Unit& unit) noexcept {
    // Nothing is kept for a successor: a shared worker takes no tasks.
    unit.given_up = false;
    unit.instance->worker().tasks().set_given_up(false);
}

void Supervisor::on_enough(Unit& unit) noexcept {
    if (is_bound(unit.instance->state())) {
        ask_to_stop(unit, grace_of(unit.instance->worker()));
    }
}

// all: not only the queues that have asked for it.
void Supervisor::look_at_tasks(bool all) noexcept {
    const auto now = std::chrono::steady_clock::now();
    auto due = Task::kNever;
    for (auto& unit : units_) {
        // The queue is the worker's.
        if (unit->instance->index() != 0) {
            continue;
        }
        Worker& worker = unit->instance->worker();
        if (worker.tasks().wants_look() || (all && now >= unit->tasks_due)) {
            unit->tasks_due = worker.tasks().look(now);
            for (int overdue; (overdue = worker.tasks().take_overdue(now)) >= 0;) {
                kill_overdue(worker, overdue);
            }
        }
        due = std::min(due, unit->tasks_due);
    }
    if (due == Task::kNever) {
        uv_timer_stop(&tasks_timer_);
        return;
    }
    // A little late rather than early, or it would ring again at once.
    const double seconds = std::chrono::duration<double>(due - now).count() + 0.001;
    start_timer(
        &tasks_timer_, [](uv_timer_t* timer) { static_cast<Supervisor*>(timer->data)->look_at_tasks(true); },
        std::min(seconds, 1e6));
}

// Its task has run longer than task_timeout, was cancelled, and the grace has gone by as well.
void Supervisor::kill_overdue(Worker& worker, int instance) noexcept {
    for (auto& unit : units_) {
        if (&unit->instance->worker() == &worker && unit->instance->index() == instance &&
            is_bound(unit->instance->state())) {
            event(LogLevel::warning, *unit->instance, "task_timeout")
                .seconds("limit", worker.tasks().limits().task_timeout)
                .write_to(host_.log());
            end_itself(*unit);
        }
    }
}

bool Supervisor::has_run_under_way(Worker& worker) const noexcept {
    return std::any_of(units_.begin(), units_.end(), [&](auto& unit) {
        return &unit->instance->worker() == &worker && unit->run_began_at != 0 && unit->kill_began_at == 0;
    });
}

// Nobody will receive them any more.
void Supervisor::drop_tasks(Worker& worker) noexcept {
    if (const uint64_t dropped = worker.tasks().close(); dropped != 0) {
        LogEvent(LogLevel::warning, worker.name(), "dropped")
            .field("tasks", static_cast<long long>(dropped))
            .write_to(host_.log());
    }
}

}  // namespace bgworkers
