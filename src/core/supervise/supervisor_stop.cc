// The supervisor's other half: how runs are asked to stop, killed and restarted, and how it all ends.
#include <algorithm>

#include "core/os/loop_timer.h"
#include "core/supervise/kill_rhythm.h"
#include "core/supervise/supervisor.h"
#include "core/supervise/supervisor_events.h"

namespace bgworkers {

namespace {

std::string shown_name(Instance& instance) {
    const std::string& name = instance.worker().name();
    return instance.worker().instances().size() == 1 ? name : name + "#" + std::to_string(instance.index());
}

}  // namespace

void Supervisor::ask_to_stop(Unit& unit, double grace) noexcept {
    Instance& instance = *unit.instance;
    event(LogLevel::notice, instance, "stop").seconds("grace", grace).write_to(host_.log());
    instance.enter(WorkerState::stopping);
    // The signal first: a script that sees the stop may be over before it could come.
    unit.thread->stop_requested();
    instance.stop_channel().request_stop();
    // A run that waits for a task sleeps there, and does not look at its channel.
    instance.worker().tasks().wake(instance.index());
    arm(unit, grace);
}

// As a force-kill, without a grace, of a run that may not have been asked to stop. What follows its end is decided as
// after any run.
void Supervisor::end_itself(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    if (is_bound(instance.state())) {
        instance.enter(WorkerState::stopping);
    }
    if (instance.state() == WorkerState::stopping) {
        continue_kill(unit);
    }
}

void Supervisor::continue_kill(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    if (unit.kill_began_at == 0) {
        unit.kill_began_at = uv_hrtime();
        unit.kill_steps = 0;
        if (shutdown_begun_ && !has_run_under_way(instance.worker())) {
            drop_tasks(instance.worker());  // the grace is over
        }
    }
    const KillStep step = kill_step(unit.kill_steps++);
    // Of a stuck run, too, for ever: the call that holds it may return after all.
    unit.thread->interrupt(step.signal);
    if (step.stuck && instance.state() == WorkerState::stopping) {
        instance.enter(WorkerState::stuck);
        instance.worker().tasks().abort_open(instance.index(),
                                             make_task_error("", "its thread is stuck and cannot be stopped"));
        event(LogLevel::error, instance, "stuck")
            .seconds("uptime", unit.run_began_at == 0 ? 0 : seconds_since(unit.run_began_at))
            .field("at", last_seen(*unit.thread))
            .write_to(host_.log());
    }
    arm(unit, step.next);
}

// The present run gets EOF and its grace first. A worker that waits for its next run has it when the pace of bad runs
// allows: one in backoff waits for just that, one that has given up need not wait for its 30 s.
void Supervisor::restart(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    if (is_bound(instance.state())) {
        ask_to_stop(unit, grace_of(instance.worker()));
        unit.after_stop = AfterStop::restart;
    } else if (instance.state() == WorkerState::failed) {
        arm(unit, pace_left(unit));
    }
}

double Supervisor::pace_left(const Unit& unit) noexcept { return unit.pace - seconds_since(unit.ended_at); }

// As restart(), but what waits for its run by the clock, or for the end of a stop, shall have one, too.
void Supervisor::begin_anew(Unit& unit) noexcept {
    const WorkerState state = unit.instance->state();
    unit.wanted_anew = true;
    if (state == WorkerState::idle) {
        return;  // its start is in the same mail; a job shall not wait for its time then, either
    }
    event(LogLevel::notice, *unit.instance, "restart").write_to(host_.log());
    if (state == WorkerState::failed) {
        forget_giving_up(unit);
    }
    if (state == WorkerState::waiting) {
        arm_turn(unit);
    } else {
        restart(unit);
    }
}

void Supervisor::hold(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    if (is_bound(instance.state())) {
        ask_to_stop(unit, grace_of(instance.worker()));
        unit.after_stop = AfterStop::held;
    } else if (is_between_runs(instance.state())) {
        disarm(unit);
    }
    unit.held = instance.state() == WorkerState::stopping || instance.state() == WorkerState::stuck ||
                is_at_rest(instance.state());
}

void Supervisor::resume(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    if (unit.held) {
        unit.held = false;
        if (instance.state() == WorkerState::backoff) {
            launch(unit);
        } else if (instance.state() == WorkerState::failed) {
            restart(unit);
        } else if (instance.state() == WorkerState::waiting) {
            look_for_turn(unit);
        }
    }
}

void Supervisor::begin_shutdown() noexcept {
    shutdown_begun_ = true;
    shutdown_began_at_ = uv_hrtime();
    // No file restarts anything from here on.
    watchers_.clear();
    double grace = 0;
    for (auto& unit : units_) {
        // The longest for all: the process waits for the slowest in any case.
        if (is_bound(unit->instance->state())) {
            grace = std::max(grace, grace_of(unit->instance->worker()));
        }
    }
    for (auto& unit : units_) {
        Instance& instance = *unit->instance;
        instance.worker().slot().waiters().close();
        instance.worker().tasks().drain();
        // A restart or a hold that was under way means nothing now.
        unit->after_stop = AfterStop::as_it_ended;
        if (is_bound(instance.state())) {
            ask_to_stop(*unit, grace);
        } else if (is_at_rest(instance.state())) {
            disarm(*unit);
            instance.worker().note_next_run(std::nullopt);
            if (unit->thread == nullptr) {
                instance.enter(WorkerState::idle);
            } else {
                instance.enter(WorkerState::stopping);
                arm(*unit, kStuckAfter);  // it has nothing to do but to leave
            }
        }
        if (unit->thread != nullptr) {
            unit->thread->retire();
        }
    }
    for (auto& unit : units_) {
        if (!has_run_under_way(unit->instance->worker())) {
            drop_tasks(unit->instance->worker());
        }
    }
    start_timer(
        &look_again_, [](uv_timer_t* timer) { static_cast<Supervisor*>(timer->data)->on_wake(); }, kRetryAfter,
        kRetryAfter);
}

// Done when every thread is gone; given up when only stuck ones are left and the plan does not wait for them.
void Supervisor::check_shutdown() {
    if (!shutdown_begun_) {
        return;
    }
    std::vector<std::string> stuck;
    bool waits = false;
    for (auto& unit : units_) {
        if (unit->thread == nullptr) {
            continue;
        }
        stuck.push_back(shown_name(*unit->instance));
        waits = waits || unit->instance->state() != WorkerState::stuck;
    }
    ShutdownPlan plan;
    {
        MutexLock lock(mutex_);
        if (shutdown_done_) {
            return;
        }
        plan = plan_;
    }
    const double waited = seconds_since(shutdown_began_at_);
    if (!stuck.empty() && (waits || (!plan.process_ends && waited < plan.stuck_limit))) {
        if (!waits) {
            say_waiting(stuck, waited, plan.stuck_limit);
        }
        return;
    }
    if (stuck.empty()) {
        // Not while a stuck thread may still write: then the end of the process hands over.
        hand_over();
    }
    MutexLock lock(mutex_);
    if (stuck.empty()) {
        loop_.end();
        close_handles();
    }
    still_running_ = std::move(stuck);
    shutdown_done_ = true;
    ended_.notify_all();
}

// Every 5 s.
void Supervisor::say_waiting(const std::vector<std::string>& stuck, double waited, double limit) {
    const uint64_t fives = static_cast<uint64_t>(waited / 5);
    if (fives == said_waiting_) {
        return;
    }
    said_waiting_ = fives;
    for (const std::string& name : stuck) {
        LogEvent(LogLevel::error, name, "waiting_for_stuck")
            .seconds("waited", waited)
            .seconds("limit", limit)
            .write_to(host_.log());
    }
}

void Supervisor::close_handles() {
    uv_close(reinterpret_cast<uv_handle_t*>(&look_again_), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&tasks_timer_), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&shared_timer_), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&facts_timer_), nullptr);
    for (auto& unit : units_) {
        uv_close(reinterpret_cast<uv_handle_t*>(&unit->timer), nullptr);
    }
}

std::vector<std::string> Supervisor::shutdown(const ShutdownPlan& plan) {
    // Before the mutex: whoever starts a worker after this is refused, and whoever was faster has it in the registry,
    // where the loop finds it.
    stopping_.store(true, std::memory_order_release);
    {
        MutexLock lock(mutex_);
        if (!running()) {
            return {};
        }
        plan_ = plan;
        shutdown_wanted_ = true;
        loop_.wake();
        while (!shutdown_done_) {
            ended_.wait(mutex_);
        }
        if (!still_running_.empty()) {
            return std::move(still_running_);  // a copy would need memory
        }
    }
    loop_.join();
    return {};
}

}  // namespace bgworkers
