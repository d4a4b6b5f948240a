// The supervisor's runs: how one begins, what follows from its end, and when the next one is due.
#include <algorithm>
#include <functional>
#include <utility>

#include "core/supervise/kill_rhythm.h"
#include "core/supervise/supervisor.h"
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

void Supervisor::launch(Unit& unit) noexcept {
    Instance& instance = *unit.instance;
    if (!runs_here(unit)) {  // another process leads by now
        // So that serve() goes on with it, should this process lead again.
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
    // Before the state: with the last run's beginning it would show as running at once.
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
    // Before the run begins: should it end the process, the successor finds a run that was under way, and counts a
    // crash.
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
    // An attempt, as messages count them.
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
    // It may have been asked to stop before its first line.
    if (instance.state() == WorkerState::starting) {
        instance.enter(WorkerState::running);
    }
}

void Supervisor::on_published(Unit& unit) noexcept {
    unit.given_up = false;
    unit.worked_at = uv_hrtime();
    // Those who wait at the slot were told by the publication, those at the queue were not.
    unit.instance->worker().tasks().set_given_up(false);
    keep_progress(unit);
}

// The same crash, run after run, is told once, and then every kFoldFor seconds: a source that is down must not fill the
// disk.
bool Supervisor::is_told_already(Unit& unit, bool crash) noexcept {
    const RunReport& report = unit.instance->report();
    // A hash, for a copy of the text might find no memory.
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
    // Before anything is kept or dropped below: both ask whether a run is under way.
    unit.run_began_at = 0;

    RunReport& report = instance.report();
    // By the channel, not by the state: a run that a signal of its own has ended is `stopping`, and nobody has asked
    // it. close() leaves this as it was.
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
        // Here, since no next run is planned that would do it.
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
    // What ends because it is held, or because the process ends, says nothing of the worker: its history stays. One
    // that max_tasks has stopped is judged as if it had ended by itself.
    if (asked && unit.after_stop == AfterStop::restart) {
        decision = decide_after_change(unit.history, unit.instance->report().summary, random_fraction());
    } else if (!asked || (!shutdown_begun_ && unit.after_stop == AfterStop::as_it_ended)) {
        decision = decide(unit.history, *unit.instance);
    }
    if (unit.schedule) {
        return plan_turn(unit, decision, asked);
    }
    // Somebody asked for this run by hand: the failure of the one that had to make room does not count against it.
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
        // Also if it has published: whoever reads finds that first.
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
        // One instance of a pool that has given up leaves the others, which may still publish.
        if (std::all_of(units_.begin(), units_.end(),
                        [&](auto& one) { return &one->instance->worker() != &worker || one->given_up; })) {
            worker.slot().waiters().set_given_up(true);
            worker.tasks().set_given_up(true);
        }
        arm(unit, decision.delay);
        return;
    }
    keep_progress(unit);
    // resume() launches it, so no timer does.
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
        // It has left the engine, so this takes no longer than its last instructions.
        unit.thread->join();
        unit.thread.reset();
    }
    if (instance.state() != WorkerState::idle) {
        instance.enter(WorkerState::idle);
    }
}

}  // namespace bgworkers
