// The supervisor's jobs: workers whose runs are due by the clock (schedule.h). Between two runs an instance is in the
// state `waiting`, and its timer rings when the run is due, or a minute later at the most, for timers follow the steady
// clock.
#include "core/os/loop_timer.h"
#include "core/supervise/supervisor.h"
#include "core/supervise/supervisor_events.h"

namespace bgworkers {

// A clean run makes good what was before, and there is no giving up: the next due time comes anyway. After anything
// else it is the first that the pace allows. `delay` becomes the seconds until then.
RestartDecision Supervisor::plan_turn(Unit& unit, RestartDecision decision, bool asked) noexcept {
    if (unit.instance->report().summary.clean && !asked) {
        decision = RestartDecision{};
    }
    const ClockLook now = host_.clock();
    unit.schedule->plan(now, decision.pace);
    decision.given_up = false;
    decision.delay = unit.schedule->due().value() - static_cast<double>(now.unix_time) / kNanosecondsPerSecond;
    return decision;
}

// After plan() of the schedule.
void Supervisor::wait_for_turn(Unit& unit) noexcept {
    unit.instance->enter(WorkerState::waiting);
    unit.instance->worker().note_next_run(unit.schedule->due());
    if (!unit.held) {
        arm(unit, unit.schedule->next_look(host_.clock()));
    }
}

void Supervisor::look_for_turn(Unit& unit) noexcept {
    if (stopping()) {
        return;  // no run more for a process that ends
    }
    const ClockLook now = host_.clock();
    if (unit.schedule->take(now)) {
        launch(unit);
        return;
    }
    unit.instance->worker().note_next_run(unit.schedule->due());
    arm(unit, unit.schedule->next_look(now));
}

// Somebody waits for what the job publishes. Its first run begins at once then; whoever comes later waits for the next
// due time, for a job that publishes nothing must not run as often as it is asked.
void Supervisor::run_wanted(Unit& unit) noexcept {
    const bool has_run = unit.ended_at != 0;
    if (unit.schedule && unit.instance->state() == WorkerState::waiting && !unit.held && !has_run) {
        disarm(unit);
        unit.schedule->take_now(host_.clock());
        launch(unit);
    }
}

}  // namespace bgworkers
