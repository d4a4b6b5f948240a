// The supervisor's shared workers: those of a scope run in the one process that leads it (core/shared), and only while
// it does. Every process looks now and then; a new leader goes on where the last one was.
#include <algorithm>

#include "core/os/loop_timer.h"
#include "core/supervise/supervisor.h"
#include "core/supervise/supervisor_events.h"

namespace bgworkers {

namespace {

LogEvent event_of(LogLevel level, const Scope& scope, std::string_view what) noexcept {
    LogEvent line(level, "", what);
    line.field("config", scope.key().config);
    if (!scope.key().label.empty()) {
        line.field("scope", scope.key().label);
    }
    return line;
}

bool is_under_way(WorkerState state) {
    return is_bound(state) || state == WorkerState::stopping || state == WorkerState::stuck;
}

}  // namespace

void Supervisor::adopt_shared_scopes() {
    std::vector<std::pair<Scope*, SharedScope*>> scopes;
    registry_.shared_scopes(&scopes);
    for (const auto& [scope, part] : scopes) {
        const bool known =
            std::any_of(shared_.begin(), shared_.end(), [&, &part = part](auto& each) { return each.part == part; });
        if (!known) {
            shared_.push_back({scope, part});
        }
    }
}

bool Supervisor::is_of(const Unit& unit, const Shared& shared) noexcept {
    Worker& worker = unit.instance->worker();
    return worker.spec().shared && &worker.scope() == shared.scope;
}

void Supervisor::look_at_shared() noexcept {
    bool any = false, often = false;
    for (Shared& shared : shared_) {
        if (!shared.fallen_back) {
            now_or_later([&] { look_at(shared); });
            any = true;
            often = often || shared.part->wants_ticks();
        }
    }
    if (any) {
        start_timer(
            &shared_timer_, [](uv_timer_t* timer) { static_cast<Supervisor*>(timer->data)->on_shared_tick(); },
            often ? kTickEvery : kSweepEvery);
    }
}

void Supervisor::look_at(Shared& shared) {
    SharedScope& scope = *shared.part;
    if (scope.is_spoilt()) {
        return fall_back(shared);
    }
    switch (scope.tick(!stopping())) {
        case Leadership::Event::leads: begin_to_lead(shared, false); break;
        case Leadership::Event::took_over: begin_to_lead(shared, true); break;
        case Leadership::Event::stepped_down: stop_leading(shared); break;
        case Leadership::Event::none:
        case Leadership::Event::out_of_line: break;
    }
    // Asked anew: another one may have been named since the tick.
    if (shared.term != 0 && scope.leads() && !shutdown_begun_) {
        serve(shared);
    }
    // By the next in line alone, or each process would log it.
    const bool hung = scope.wants_ticks() && !scope.leads() && scope.is_hung();
    if (hung && !shared.told_hung) {
        event_of(LogLevel::warning, *shared.scope, "hung")
            .field("leader", static_cast<long long>(scope.leader()))
            .write_to(host_.log());
    }
    shared.told_hung = hung;
    for (auto& unit : units_) {
        if (is_of(*unit, shared) && unit->instance->index() == 0) {
            // Also where nobody reads any more: an old block takes from what all scopes may have.
            unit->instance->worker().slot().drop_stale();
        }
    }
}

void Supervisor::begin_to_lead(Shared& shared, bool after_death) {
    SharedScope& scope = *shared.part;
    if (Status opened = scope.open_store(); !opened.ok()) {
        if (scope.is_spoilt()) {
            return fall_back(shared);
        }
        // This process may be the only one: then it tries again with each tick.
        if (shared.told_error != opened.message()) {
            shared.told_error = opened.message();
            event_of(LogLevel::error, *shared.scope, "shared_unavailable")
                .field("error", opened.message())
                .write_to(host_.log());
        }
        scope.hand_over();  // another process, or this one with its next tick
        return;
    }
    shared.term = ++terms_;
    shared.heir_since = after_death ? uv_hrtime() : 0;
    LogEvent line = event_of(LogLevel::notice, *shared.scope, after_death ? "took_over" : "leading");
    if (after_death) {
        line.seconds("after", scope.predecessor_silent_for());
    }
    line.write_to(host_.log());
}

// It does not lead any more, though it did not hand over: it was taken for dead. Its runs are stopped as ever, and
// publish nothing from now on.
void Supervisor::stop_leading(Shared& shared) {
    event_of(LogLevel::warning, *shared.scope, "stepped_down").write_to(host_.log());
    // First, so that what its runs publish from here on is refused.
    shared.part->close_store();
    shared.term = 0;
    for (auto& unit : units_) {
        Instance& instance = *unit->instance;
        if (!is_of(*unit, shared)) {
            continue;
        }
        unit->term = 0;
        if (is_bound(instance.state())) {
            ask_to_stop(*unit, grace_of(instance.worker()));
            unit->after_stop = AfterStop::held;
        } else if (is_at_rest(instance.state())) {
            disarm(*unit);
            instance.enter(WorkerState::idle);
        }
    }
}

// A broken process has written over the shared memory. From here on the scope's workers are this process's own; runs
// under way go on as such.
void Supervisor::fall_back(Shared& shared) {
    event_of(LogLevel::error, *shared.scope, "shared_unavailable")
        .field("error", SharedMemory::kSpoilt)
        .write_to(host_.log());
    // Before the store is closed: a run that publishes in between has its own slot to publish to.
    registry_.leave_shared(*shared.scope);
    shared.part->close_store();
    shared.part->hand_over();
    shared.term = 0;
    shared.fallen_back = true;
    for (auto& unit : units_) {
        if (!is_of(*unit, shared)) {
            continue;
        }
        Instance& instance = *unit->instance;
        // Stopped when this process no longer led: now the worker is its own, and goes on.
        if (unit->after_stop == AfterStop::held && !unit->held) {
            unit->after_stop = AfterStop::restart;
        } else if (is_bound(instance.state()) && unit->worked_at != 0 && instance.worker().slot().version() == 0) {
            begin_anew(*unit);  // what it has published is lost
        }
    }
}

// Starts, restarts, and does at once what any process has asked for.
void Supervisor::serve(Shared& shared) {
    SharedScope& scope = *shared.part;
    bool made = false;
    for (uint32_t place = 0; place < kPublications; ++place) {
        if ((shared.made >> place & 1) != 0 || !scope.is_wanted(place)) {
            continue;
        }
        Result<Worker*> worker = registry_.worker(*shared.scope, scope.name(place));
        if (!worker.ok() && shared.told_error != worker.status().message()) {
            shared.told_error = worker.status().message();
            event_of(LogLevel::warning, *shared.scope, "start_failed")
                .field("error", worker.status().message())
                .write_to(host_.log());
        }
        shared.made |= uint64_t{worker.ok()} << place;
        made = made || worker.ok();
    }
    if (made) {
        adopt_new_workers();
    }
    for (auto& unit : units_) {
        SharedWorker* const its = is_of(*unit, shared) ? unit->instance->worker().shared() : nullptr;
        // A run from a former time of leading has to end first.
        if (its != nullptr && unit->term != shared.term && its->is_started() &&
            !is_under_way(unit->instance->state())) {
            unit->term = shared.term;
            go_on(*unit, *its, shared.heir_since);
        }
    }
    for (auto& unit : units_) {
        if (!is_of(*unit, shared) || unit->instance->index() != 0) {
            continue;
        }
        Worker& worker = unit->instance->worker();
        SharedWorker* const its = worker.shared();
        if (its == nullptr) {
            continue;  // a thread has just found the memory spoilt
        }
        if (its->is_started() && its->take_restart()) {
            for (auto& one : units_) {
                if (&one->instance->worker() == &worker) {
                    begin_anew(*one);
                }
            }
        }
        // Not taken before the worker goes on here, or what was asked for would be lost.
        if (unit->term == shared.term && its->take_run_now()) {
            run_wanted(*unit);
        }
    }
}

// A unit that was idle in this process, of a worker that shall run, where this process has just begun to lead, or the
// worker was not wanted before. Its past stands in the shared memory.
void Supervisor::go_on(Unit& unit, SharedWorker& its, uint64_t heir_since) noexcept {
    Instance& instance = *unit.instance;
    Worker& worker = instance.worker();
    const ProgressOfWorker past = its.kept();
    const bool first = instance.index() == 0;
    if (first) {
        worker.take_facts_over(its);
    }
    unit.history = {past.bad_runs, past.failures};
    unit.given_up = past.given_up;
    unit.ended_at = past.ended_at;
    unit.pace = static_cast<double>(past.pace) / 1e9;
    unit.worked_at = 0;
    // What this process has told of crashes is from before another one led.
    unit.last_end.reset();
    unit.loops = false;
    if (unit.schedule) {
        unit.schedule->set_taken(past.taken);
    }
    // What began later is a run of this process, of another instance.
    if (past.began_at != 0 && past.began_at < heir_since) {
        // The run that went on there. It lived until its leader was last well, or a little longer.
        const double silent = its.scope().predecessor_silent_for();
        RunReport& report = instance.report();
        // The instance may still have the report of a run of its own, from an earlier time of leading.
        report.summary = RunSummary{};
        report.exit_status = 0;
        report.killed = report.killed_itself = false;
        report.cause.clear();
        keep_text(&report.error, "the process that ran it has died");
        report.summary.lived = std::max(0.0, seconds_since(past.began_at) - silent);
        report.summary.published = past.worked_at != 0;
        report.summary.lived_since_work =
            past.worked_at == 0 ? report.summary.lived : std::max(0.0, seconds_since(past.worked_at) - silent);
        const RestartDecision decision = plan_after(unit, false);
        // Once a worker: its instances share the past.
        if (first) {
            worker.note_run_ended(true, std::nullopt, report.error, decision.history.failures);
            event(LogLevel::warning, instance, "exited")
                .seconds("uptime", report.summary.lived)
                .field("error", report.error)
                .seconds("next", decision.delay)
                .write_to(host_.log());
        }
        watch_files(worker);
        plan_next_run(unit, decision);
        return;
    }
    const double left = past.ended_at == 0 ? 0 : pace_left(unit);
    if (unit.schedule || (left <= 0 && !unit.given_up)) {
        begin(unit);
        return;
    }
    watch_files(worker);
    instance.enter(unit.given_up ? WorkerState::failed : WorkerState::backoff);
    arm(unit, unit.given_up ? std::max(0.0, kGivenUpRetry - seconds_since(past.ended_at)) : left);
}

// For whoever leads next. All instances of a worker have one past.
void Supervisor::keep_progress(Unit& unit) noexcept {
    SharedWorker* const shared = unit.instance->worker().shared();
    if (shared == nullptr || !shared->leads()) {
        return;
    }
    ProgressOfWorker progress;
    progress.bad_runs = unit.history.bad_runs;
    progress.failures = unit.history.failures;
    progress.given_up = unit.given_up;
    progress.ended_at = unit.ended_at;
    progress.pace = static_cast<uint64_t>(unit.pace * 1e9);
    progress.taken = unit.schedule ? unit.schedule->taken() : 0;
    for (auto& one : units_) {
        if (&one->instance->worker() == &unit.instance->worker() && one->run_began_at != 0) {
            progress.began_at = one->run_began_at;
            progress.worked_at = one->worked_at;
        }
    }
    shared->keep(progress);
}

// The process ends in order, and nothing of ours runs any more.
void Supervisor::hand_over() noexcept {
    if (facts_ != nullptr) {
        facts_->leave();
    }
    for (Shared& shared : shared_) {
        SharedScope& scope = *shared.part;
        const bool led = scope.leads();
        scope.close_store();
        if (led) {
            event_of(LogLevel::notice, *shared.scope, "handed_over").write_to(host_.log());
        }
        scope.hand_over();
    }
}

}  // namespace bgworkers
