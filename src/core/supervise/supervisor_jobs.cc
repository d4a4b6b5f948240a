// The supervisor's jobs: workers whose runs are due by the clock (schedule.h). Between two runs an instance is in the
// state `waiting`, and its timer rings when the run is due, or a minute later at the most, for timers follow the steady
// clock.
#include <algorithm>

#include "core/os/loop_timer.h"
#include "core/supervise/supervisor.h"
#include "core/supervise/supervisor_events.h"

namespace bgworkers {

// A clean run makes good what was before, and there is no giving up: the next due time comes anyway. After anything
// else it is the first that the pace allows; one that is wanted anew begins when the pace alone allows it. `delay`
// becomes the seconds until then.
RestartDecision Supervisor::plan_turn(Unit& unit, RestartDecision decision, bool asked) noexcept {
    if (unit.instance->report().summary.clean && !asked) {
        decision = RestartDecision{};
    }
    const ClockLook now = host_.clock();
    unit.schedule->plan(now, decision.pace);
    decision.given_up = false;
    decision.delay = unit.wanted_anew ? decision.pace : unit.schedule->due().value() - unix_seconds(now);
    return decision;
}

// After plan() of the schedule.
void Supervisor::wait_for_turn(Unit& unit) noexcept {
    unit.instance->enter(WorkerState::waiting);
    arm_turn(unit);
}

void Supervisor::arm_turn(Unit& unit) noexcept {
    const ClockLook now = host_.clock();
    const double paced = std::max(0.0, pace_left(unit));
    unit.instance->worker().note_next_run(unit.wanted_anew ? unix_seconds(now) + paced : unit.schedule->due());
    if (!unit.held) {
        arm(unit, unit.wanted_anew ? paced : unit.schedule->next_look(now));
    }
}

void Supervisor::look_for_turn(Unit& unit) noexcept {
    if (stopping()) {
        return;  // no run more for a process that ends
    }
    // Also where a run is wanted anew: one that is due does for both.
    if (unit.schedule->take(host_.clock())) {
        launch(unit);
    } else if (unit.wanted_anew && pace_left(unit) <= 0) {
        run_out_of_turn(unit);
    } else {
        arm_turn(unit);
    }
}

// Somebody waits for what the job publishes. Its first run begins at once then; whoever comes later waits for the next
// due time, for a job that publishes nothing must not run as often as it is asked.
void Supervisor::run_wanted(Unit& unit) noexcept {
    const bool has_run = unit.ended_at != 0;
    if (unit.schedule && unit.instance->state() == WorkerState::waiting && !unit.held && !has_run) {
        run_out_of_turn(unit);
    }
}

void Supervisor::run_out_of_turn(Unit& unit) noexcept {
    disarm(unit);
    // This run stands for the multiple that has just gone by: the next one still comes.
    unit.schedule->take_now(host_.clock());
    launch(unit);
}

}  // namespace bgworkers
