#include "core/supervise/supervisor.h"

#include <algorithm>
#include <utility>

#include "core/base/sync_point.h"
#include "core/os/loop_timer.h"
#include "core/supervise/supervisor_events.h"

namespace bgworkers {

Status Supervisor::start() {
    BGW_SYNC_POINT("supervisor.start.before_lock");
    // Without the lock, since each task that is sent asks. The caller has found its worker in the registry before: had
    // the loop's last look been earlier than that, the registry's lock would have shown the shutdown to this thread.
    if (running() && !stopping()) {
        return {};
    }
    MutexLock lock(mutex_);
    if (stopping()) {
        return Status::runtime("workers cannot be started: the process is shutting down");
    }
    return loop_.start();
}

void Supervisor::on_loop_begin(uv_loop_t* loop) noexcept {
    uv_timer_init(loop, &look_again_);
    look_again_.data = this;
    uv_timer_init(loop, &tasks_timer_);
    tasks_timer_.data = this;
    uv_timer_init(loop, &shared_timer_);
    shared_timer_.data = this;
    uv_timer_init(loop, &facts_timer_);
    facts_timer_.data = this;
}

void Supervisor::forget() noexcept {
    mutex_.reinitialise();
    ended_.reinitialise();
}

void Supervisor::on_wake() noexcept {
    bool shut_down;
    {
        MutexLock lock(mutex_);
        shut_down = shutdown_wanted_;
    }
    BGW_SYNC_POINT("supervisor.on_wake.between_looks");
    // After that look: whoever was still allowed to start a worker made it before the shutdown, and is told.
    now_or_later([this] { adopt_new_workers(); });
    BGW_SYNC_POINT("supervisor.on_wake.before_mail");
    if (shut_down && !shutdown_begun_) {
        BGW_SYNC_POINT("supervisor.on_wake.before_last_mail");
    }
    for (auto& unit : units_) {
        read_mail(*unit, !shut_down);
    }
    // After the mail: what was left before the shutdown was asked for is done before it begins.
    if (shut_down && !shutdown_begun_) {
        begin_shutdown();
    }
    look_at_shared();
    look_at_tasks(false);
    watch_what_is_not_yet();
    tell_facts();
    // Last, for it may close all handles.
    now_or_later([this] { check_shutdown(); });
}

// A shutdown looks again and again anyway.
void Supervisor::look_again_later() noexcept {
    if (!uv_is_active(reinterpret_cast<uv_handle_t*>(&look_again_))) {
        start_timer(
            &look_again_, [](uv_timer_t* timer) { static_cast<Supervisor*>(timer->data)->on_wake(); }, kRetryAfter);
    }
}

// All instances of a worker or none, so that a worker that is known is known whole.
void Supervisor::adopt_new_workers() {
    // Before the list is read: a worker that is made meanwhile is found next time.
    const uint64_t generation = registry_.generation();
    if (generation == known_generation_) {
        return;
    }
    adopt_shared_scopes();
    std::vector<Worker*> workers;
    registry_.all_workers(&workers);
    for (Worker* worker : workers) {
        const bool known =
            std::any_of(units_.begin(), units_.end(), [&](auto& unit) { return &unit->instance->worker() == worker; });
        if (known) {
            continue;
        }
        std::vector<std::unique_ptr<Unit>> units;
        for (auto& instance : worker->instances()) {
            units.push_back(std::make_unique<Unit>());
            units.back()->supervisor = this;
            units.back()->instance = instance.get();
            if (worker->spec().every) {
                units.back()->schedule.emplace(*worker->spec().every);
            }
        }
        // No handle is opened before all memory is there: libuv would keep the address of a unit that is gone.
        units_.reserve(units_.size() + units.size());
        for (auto& unit : units) {
            uv_timer_init(loop_.uv(), &unit->timer);
            unit->timer.data = unit.get();
            units_.push_back(std::move(unit));
        }
        // It came too late to be told with the others, and nobody will start it.
        if (shutdown_begun_) {
            worker->slot().waiters().close();
            drop_tasks(*worker);
        }
    }
    // Only now: were memory out on the way, the next call looks through all of them again.
    known_generation_ = generation;
}

void Supervisor::read_mail(Unit& unit, bool may_start) noexcept {
    const uint32_t mail = unit.instance->take_mail();
    if (mail == 0) {
        return;
    }
    // In the order of a run's life: several may have gathered.
    if (mail & Instance::mail_began) {
        on_began(unit);
    }
    if (mail & Instance::mail_published) {
        on_published(unit);
    }
    if (mail & Instance::mail_asked) {
        on_asked(unit);
    }
    if (mail & Instance::mail_enough) {
        on_enough(unit);
    }
    if (mail & Instance::mail_kill) {
        end_itself(unit);
    }
    if (mail & Instance::mail_ended) {
        on_ended(unit);
    }
    if (mail & Instance::mail_gone) {
        on_gone(unit);
    }
    // A hold takes an earlier resumption out of the mail, so where both lie here the resumption came later.
    if ((mail & Instance::mail_hold) && may_start) {
        hold(unit);
    }
    if ((mail & Instance::mail_resume) && may_start) {
        resume(unit);
    }
    // Before a first start: its run begins after this, so it is not stopped.
    if ((mail & Instance::mail_restart) && may_start) {
        begin_anew(unit);
    }
    // What was sent to a worker shall be done, also where the process ends before that has begun.
    const bool owes_tasks = !shutdown_begun_ && !unit.instance->worker().tasks().is_empty();
    if ((mail & Instance::mail_start) && (may_start || owes_tasks) && unit.instance->state() == WorkerState::idle) {
        begin(unit);
    }
    // After a first start, which makes a job wait for its turn: that wait is what this ends.
    if ((mail & Instance::mail_wanted) && may_start) {
        run_wanted(unit);
    }
}

// The first run of an instance.
void Supervisor::begin(Unit& unit) noexcept {
    watch_files(unit.instance->worker());
    if (unit.schedule) {
        unit.schedule->plan(host_.clock());
        wait_for_turn(unit);
    } else {
        launch(unit);
    }
}

void Supervisor::arm(Unit& unit, double seconds) noexcept {
    start_timer(
        &unit.timer,
        [](uv_timer_t* timer) {
            Unit* due = static_cast<Unit*>(timer->data);
            due->supervisor->on_timer(*due);
        },
        seconds);
}

void Supervisor::disarm(Unit& unit) noexcept { uv_timer_stop(&unit.timer); }

void Supervisor::on_timer(Unit& unit) noexcept {
    switch (unit.instance->state()) {
        case WorkerState::backoff: launch(unit); break;
        case WorkerState::failed:
            // The timer of one that has given up runs on while it is held: its attempt, or a restart(), waits for
            // resume().
            if (!unit.held) {
                launch(unit);
            }
            break;
        case WorkerState::waiting: look_for_turn(unit); break;
        case WorkerState::stopping:
        case WorkerState::stuck: continue_kill(unit); break;
        default: break;
    }
    tell_facts();
    now_or_later([this] { check_shutdown(); });
}

double Supervisor::grace_of(Worker& worker) const {
    return worker.spec().shutdown_grace.value_or(worker.scope().spec().shutdown_grace);
}

}  // namespace bgworkers
