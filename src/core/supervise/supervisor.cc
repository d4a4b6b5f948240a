#include "core/supervise/supervisor.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <utility>

#include "core/base/sync_point.h"
#include "core/os/loop_timer.h"
#include "core/supervise/kill_rhythm.h"
#include "core/supervise/supervisor_events.h"

namespace bgworkers {

namespace {

// Spreads restarts of workers that crashed together; low bits of the clock are random enough for that.
double random_fraction() { return static_cast<double>(uv_hrtime() / 64 % 4096) / 4096; }

// A failure that left no error behind says why it is one.
void name_silence(RunReport& report) noexcept try {
    if (report.error.empty() && report.summary.clean && is_failure(report.summary)) {
        report.error = "the script ended without a call of BgWorkers\\set_vars()";
        report.error += report.cause.empty() ? "" : "; " + report.cause;
    }
} catch (const std::bad_alloc&) {
    report.error = "out of memory";  // short enough to need none
}

RestartDecision decide(const RestartHistory& history, Instance& instance) {
    return decide_restart(history, instance.report().summary, instance.worker().spec().max_consecutive_failures,
                          random_fraction());
}

// A script that takes a worker for a job is no failure, but hardly what was meant. Told once in a row of such runs.
bool returns_at_once(const RunSummary& run, const RestartDecision& decision) noexcept {
    constexpr uint32_t kRuns = 3;
    return run.clean && run.published && !run.finished_task && run.lived < kShortRun &&
           decision.history.bad_runs == kRuns;
}

}  // namespace

// Locks even if the loop runs: a shutdown that begins later then sees all workers that were started so far.
Status Supervisor::start() {
    BGW_SYNC_POINT("supervisor.start.before_lock");
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
    if (shut_down && !shutdown_begun_) {
        begin_shutdown();
    }
    look_at_shared();
    look_at_tasks(false);
    watch_what_is_not_yet();
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
        units_.reserve(units_.size() + units.size());
        for (auto& unit : units) {
            uv_timer_init(loop_.uv(), &unit->timer);
            unit->timer.data = unit.get();
            units_.push_back(std::move(unit));
        }
        if (shutdown_begun_) {
            worker->slot().waiters().close();
            drop_tasks(*worker);
        }
    }
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
        case WorkerState::backoff:
        case WorkerState::failed: launch(unit); break;
        case WorkerState::waiting: look_for_turn(unit); break;
        case WorkerState::stopping:
        case WorkerState::stuck: continue_kill(unit); break;
        default: break;
    }
    now_or_later([this] { check_shutdown(); });
}

double Supervisor::grace_of(Worker& worker) const {
    return worker.spec().shutdown_grace.value_or(worker.scope().spec().shutdown_grace);
}

// --- Runs -------------------------------------------------------------------------------------------------------

void Supervisor::launch(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    if (!runs_here(unit)) {  // another process leads by now
        unit.term = 0;
        if (instance.state() != WorkerState::idle) {
            instance.enter(WorkerState::idle);
        }
        return;
    }
    unit.after_stop = AfterStop::as_it_ended;
    unit.wanted_anew = false;
    unit.worked_at = 0;
    if (unit.schedule) {
        instance.worker().note_next_run(std::nullopt);
        instance.worker().slot().waiters().set_ended_silently(false);
    }
    instance.expect_beginning();
    instance.enter(WorkerState::starting);
    Status prepared;
    try {
        prepared = prepare_launch(unit);
    } catch (const std::bad_alloc&) {
        prepared = Status::runtime("out of memory");  // short enough to need none
    }
    if (!prepared.ok()) {
        instance.stop_channel().close();
        launch_failed(unit, prepared);
        return;
    }
    unit.run_number = instance.worker().note_run_started();
    unit.run_began_at = uv_hrtime();
    unit.launched_at = std::chrono::steady_clock::now();
    keep_progress(unit);
    // Before the thread can print anything.
    event(unit.loops ? LogLevel::debug : level_of_runs(instance), instance, "started")
        .field("run", static_cast<long long>(unit.run_number))
        .field("script", instance.worker().spec().script)
        .write_to(host_.log());
    unit.thread->begin_run();
}

Status Supervisor::prepare_launch(Unit& unit) {
    if (Status status = unit.instance->stop_channel().open(); !status.ok()) {
        return status;
    }
    if (unit.thread == nullptr) {
        Result<std::unique_ptr<WorkerThread>> thread = host_.create_thread(*unit.instance);
        if (!thread.ok()) {
            return thread.status();
        }
        unit.thread = std::move(thread.value());
    }
    return {};
}

void Supervisor::launch_failed(Unit& unit, const Status& why) noexcept {
    Instance& instance = *unit.instance;
    Worker& worker = instance.worker();
    keep_text(&instance.report().error, why.message());
    instance.report().summary = RunSummary{};
    const RestartDecision decision = plan_after(unit, false);
    worker.note_run_started();
    worker.note_run_ended(true, std::nullopt, why.message(), decision.history.failures);
    event(LogLevel::warning, instance, "launch_failed")
        .field("error", why.message())
        .seconds("next", decision.delay)
        .write_to(host_.log());
    worker.slot().waiters().fail_launch();
    plan_next_run(unit, decision);
}

void Supervisor::on_began(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    if (instance.state() == WorkerState::starting) {
        instance.enter(WorkerState::running);
    }
}

void Supervisor::on_published(Unit& unit) noexcept {
    unit.given_up = false;
    unit.worked_at = uv_hrtime();
    unit.instance->worker().tasks().set_given_up(false);
    keep_progress(unit);
}

// The same crash, run after run, is told once, and then every kFoldFor seconds: a source that is down must not fill the
// disk.
bool Supervisor::is_told_already(Unit& unit, bool crash) noexcept {
    const RunReport& report = unit.instance->report();
    const std::optional<size_t> end =
        crash ? std::optional(std::hash<std::string>()(report.error) + static_cast<size_t>(report.exit_status))
              : std::nullopt;
    unit.loops = crash && unit.last_end == end;
    unit.last_end = end;
    if (unit.loops && seconds_since(unit.end_told_at) < kFoldFor) {
        ++unit.untold_ends;
        return true;
    }
    unit.end_told_at = uv_hrtime();
    return false;
}

void Supervisor::on_ended(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    Worker& worker = instance.worker();
    disarm(unit);
    instance.stop_channel().close();
    unit.run_began_at = 0;

    RunReport& report = instance.report();
    const bool asked = instance.stop_channel().requested();
    report.summary.awaited = worker.slot().waiters().awaited_since(unit.launched_at);
    if (!asked && !unit.schedule) {  // a job need not publish
        name_silence(report);
    }
    const RestartDecision decision = plan_after(unit, asked);
    const bool crash = !report.summary.clean;
    worker.note_run_ended(crash, report.exit_status, report.error, decision.history.failures);
    if (report.killed && !report.killed_itself && unit.kill_began_at != 0) {
        LogEvent killed = event(LogLevel::warning, instance, "killed");
        killed.seconds("after", report.summary.lived);
        if (const std::string at = last_seen(*unit.thread); !at.empty()) {
            killed.field("at", at);
        }
        killed.write_to(host_.log());
    }
    unit.kill_began_at = 0;
    const bool told = is_told_already(unit, crash && !asked);
    LogEvent line = event(told              ? LogLevel::debug
                          : crash && !asked ? LogLevel::warning
                                            : level_of_runs(instance),
                          instance, "exited");
    line.field("status", report.exit_status).seconds("uptime", report.summary.lived);
    if (!report.error.empty()) {
        line.field("error", report.error);
    }
    if (!told && unit.untold_ends != 0) {
        line.field("more", static_cast<long long>(std::exchange(unit.untold_ends, 0)));
    }
    if (shutdown_begun_) {
        keep_progress(unit);
        line.write_to(host_.log());
        arm(unit, kStuckAfter);  // the thread was told to retire; on_gone() follows, or it is stuck in there
        if (!has_run_under_way(worker)) {
            drop_tasks(worker);
        }
        return;
    }
    line.seconds("next", decision.delay).write_to(host_.log());
    if (!asked && !unit.schedule && returns_at_once(report.summary, decision)) {
        event(LogLevel::warning, instance, "returns_at_once")
            .field("why",
                   "its runs publish and return: a worker goes on until BgWorkers\\should_stop() is true; a script "
                   "that is to run now and then is a job (every = SECONDS)")
            .write_to(host_.log());
    }
    plan_next_run(unit, decision);
}

// asked: it ended because it was told to.
RestartDecision Supervisor::plan_after(Unit& unit, bool asked) noexcept {
    RestartDecision decision{unit.history};
    if (asked && unit.after_stop == AfterStop::restart) {
        decision = decide_after_change(unit.history, unit.instance->report().summary, random_fraction());
    } else if (!asked || (!shutdown_begun_ && unit.after_stop == AfterStop::as_it_ended)) {
        decision = decide(unit.history, *unit.instance);
    }
    if (unit.schedule) {
        return plan_turn(unit, decision, asked);
    }
    if (unit.wanted_anew && decision.given_up) {
        decision.given_up = false;
        decision.delay = decision.pace;
    }
    return decision;
}

void Supervisor::plan_next_run(Unit& unit, const RestartDecision& decision) noexcept {
    Instance& instance = *unit.instance;
    Worker& worker = instance.worker();
    unit.history = decision.history;
    unit.ended_at = uv_hrtime();
    unit.pace = decision.pace;
    if (!runs_here(unit)) {
        instance.enter(WorkerState::idle);
        return;
    }
    if (unit.schedule) {
        if (instance.report().summary.clean) {
            worker.slot().waiters().set_ended_silently(true);
        }
        keep_progress(unit);
        wait_for_turn(unit);
        return;
    }
    if (!decision.given_up && unit.given_up) {  // an attempt that never published, and was no failure
        forget_giving_up(unit);
    }
    if (decision.given_up) {
        if (!unit.given_up) {
            unit.given_up = true;
            LogEvent failed = event(LogLevel::error, instance, "failed");
            failed.field("failures", static_cast<long long>(decision.history.failures));
            if (!instance.report().error.empty()) {
                failed.field("error", instance.report().error);
            }
            failed.seconds("next", decision.delay).write_to(host_.log());
        }
        keep_progress(unit);
        instance.enter(WorkerState::failed);
        if (std::all_of(units_.begin(), units_.end(),
                        [&](auto& one) { return &one->instance->worker() != &worker || one->given_up; })) {
            worker.slot().waiters().set_given_up(true);
            worker.tasks().set_given_up(true);
        }
        arm(unit, decision.delay);
        return;
    }
    keep_progress(unit);
    if (unit.held) {
        instance.enter(WorkerState::backoff);
    } else if (decision.delay > 0 || stopping()) {  // no run more for a process that ends
        instance.enter(WorkerState::backoff);
        arm(unit, decision.delay);
    } else {
        launch(unit);
    }
}

void Supervisor::forget_giving_up(Unit& unit) noexcept {
    unit.given_up = false;
    unit.instance->worker().slot().waiters().set_given_up(false);
    unit.instance->worker().tasks().set_given_up(false);
}

void Supervisor::on_gone(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    disarm(unit);
    if (unit.thread != nullptr) {
        unit.thread->join();
        unit.thread.reset();
    }
    if (instance.state() != WorkerState::idle) {
        instance.enter(WorkerState::idle);
    }
}

}  // namespace bgworkers
