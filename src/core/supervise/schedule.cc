#include "core/supervise/schedule.h"

#include <algorithm>
#include <cmath>

namespace bgworkers {

Schedule::Schedule(double every) noexcept
    : every_(std::max<int64_t>(1, std::llround(every * static_cast<double>(kNanosecondsPerSecond)))) {}

int64_t Schedule::multiple_before(int64_t time) const noexcept {
    // % goes towards 0, so of a time before 1970 it goes up.
    const int64_t over = time % every_;
    return time - (over < 0 ? over + every_ : over);
}

void Schedule::plan(const ClockLook& now, double not_before) noexcept {
    const auto delay = static_cast<int64_t>(not_before * static_cast<double>(kNanosecondsPerSecond));
    not_before_ = now.steady + delay;
    seen_ = now;
    if (taken_ != kNone && taken_ - now.unix_time > std::max(every_, kLongestStepBack)) {
        taken_ = kNone;
    }
    // The first multiple after now, or the first at the end of the delay.
    due_ = std::max(multiple_before(now.unix_time), multiple_before(now.unix_time + delay - 1)) + every_;
    if (taken_ != kNone) {
        due_ = std::max(due_, taken_ + every_);
    }
}

bool Schedule::take(const ClockLook& now) noexcept {
    if (due_ == kNone) {
        return false;
    }
    const int64_t step = (now.unix_time - seen_.unix_time) - (now.steady - seen_.steady);
    seen_ = now;
    if (step > kSmallestStep || step < -kSmallestStep) {
        // What is left of the pace goes by the steady clock, which no step has touched.
        const int64_t wait = std::max<int64_t>(0, not_before_ - now.steady);
        plan(now, static_cast<double>(wait) / static_cast<double>(kNanosecondsPerSecond));
        return false;
    }
    if (now.unix_time < due_) {
        return false;
    }
    take_now(now);
    return true;
}

double Schedule::next_look(const ClockLook& now) const noexcept {
    const double left = static_cast<double>(due_ - now.unix_time) / static_cast<double>(kNanosecondsPerSecond);
    // A millisecond more, for timers round: none shall ring just before the time.
    return std::min(std::max(left, 0.0) + 0.001, kLongestLook);
}

void Schedule::take_now(const ClockLook& now) noexcept {
    const int64_t multiple = multiple_before(now.unix_time);
    // By a clock that was set back the present multiple is an old one: the latest stays.
    taken_ = taken_ == kNone ? multiple : std::max(taken_, multiple);
    due_ = kNone;
}

std::optional<double> Schedule::due() const noexcept {
    return due_ == kNone ? std::nullopt
                         : std::optional(static_cast<double>(due_) / static_cast<double>(kNanosecondsPerSecond));
}

}  // namespace bgworkers
