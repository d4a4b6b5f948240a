// When is a job due? At the multiples of its `every` on the Unix clock, each of them once at the most.
//
// Everything is counted in whole nanoseconds from the epoch, so nothing drifts. What goes by while a run goes on, while
// the clock is set forward or while the machine sleeps is skipped. What has had its run has it once: when the clock is
// set back, the job waits until the time after that comes. But a clock that is set back by more than kLongestStepBack
// was wrong before (a machine that boots in the wrong year): then the job begins anew.
//
// A loop that is late, after a long callback, is told from a clock that was set by the steady clock, which has run on
// as far as the wall's: a late run takes place, one that a step has skipped does not.
//
// Pure arithmetic on plain data: no clock is read, nothing allocates, any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "core/os/clock.h"

namespace bgworkers {

// How long at the most until the wall clock is looked at again: timers follow the steady clock.
constexpr double kLongestLook = 60;  // seconds
// Smaller steps are what time services do all day.
constexpr int64_t kSmallestStep = kNanosecondsPerSecond;
constexpr int64_t kLongestStepBack = 3 * 3600 * kNanosecondsPerSecond;  // or one `every`, if that is longer

class Schedule {
public:
    // every: seconds, more than 0.
    explicit Schedule(double every) noexcept;

    // Nothing is under way: plans the next multiple that the job has not had, at `not_before` (seconds from now) or
    // later.
    void plan(const ClockLook& now, double not_before = 0) noexcept;

    // Is the planned run due? Then that multiple is taken, and nothing is planned. Otherwise the plan is held against
    // the clock: one that a step of it has skipped gives way to the next.
    bool take(const ClockLook& now) noexcept;

    // Seconds until take() shall be asked (again).
    double next_look(const ClockLook& now) const noexcept;

    // A run begins now: the multiple that is just over has it, the next one has not.
    void take_now(const ClockLook& now) noexcept;

    void forget_plan() noexcept { due_ = kNone; }

    // The latest multiple that has had its run, nanoseconds since the epoch; 0: none. For a successor in another
    // process.
    int64_t taken() const noexcept { return taken_ == kNone ? 0 : taken_; }
    void set_taken(int64_t taken) noexcept { taken_ = taken == 0 ? kNone : taken; }

    // Unix time in seconds; nothing if no run is planned.
    std::optional<double> due() const noexcept;

private:
    static constexpr int64_t kNone = INT64_MIN;

    int64_t multiple_before(int64_t time) const noexcept;  // or at it

    int64_t every_;
    int64_t due_ = kNone;  // nanoseconds since the epoch
    int64_t taken_ = kNone;  // the latest multiple that has had its run
    int64_t not_before_ = 0;  // steady
    ClockLook seen_;  // the last look, to find steps
};

}  // namespace bgworkers
