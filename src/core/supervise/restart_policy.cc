#include "core/supervise/restart_policy.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bgworkers {

namespace {

uint32_t one_more(uint32_t count) noexcept { return count == std::numeric_limits<uint32_t>::max() ? count : count + 1; }

Seconds paced_delay(uint32_t bad_runs, double random) noexcept {
    // Far past the longest delay, and far from an overflow.
    const int doublings = static_cast<int>(std::min<uint32_t>(bad_runs - 1, 30));
    return std::min(std::ldexp(kFirstDelay, doublings), kLongestDelay) * (1 + kJitter * (2 * random - 1));
}

}  // namespace

bool is_failure(const RunSummary& run) noexcept {
    const bool has_worked = run.published || run.finished_task || run.had_enough;
    return !run.clean || (!has_worked && (run.awaited || run.lived < kShortRun));
}

RestartDecision decide_after_change(RestartHistory history, const RunSummary& run, double random) noexcept {
    RestartDecision decision;
    // A bad run after a healthy life is the first of a new row.
    if (run.lived_since_work < kHealthyAfter) {
        decision.history = history;
    }
    decision.history.bad_runs = one_more(decision.history.bad_runs);
    decision.delay = decision.pace = paced_delay(decision.history.bad_runs, random);
    return decision;
}

RestartDecision decide_restart(RestartHistory history, const RunSummary& run, int limit, double random) noexcept {
    const bool failure = is_failure(run);
    if (!failure && (run.lived >= kShortRun || run.had_enough)) {
        RestartDecision at_once;
        at_once.history = run.lived_since_work >= kHealthyAfter ? RestartHistory{} : history;
        return at_once;
    }

    RestartDecision decision = decide_after_change(history, run, random);
    // A run that is no failure ends the state "given up", however long the row before it was.
    if (!failure) {
        return decision;
    }

    decision.history.failures = one_more(decision.history.failures);
    decision.given_up = limit >= 0 && decision.history.failures >= static_cast<uint32_t>(std::max(limit, 1));
    if (decision.given_up) {
        decision.delay = kGivenUpRetry;
    }
    return decision;
}

}  // namespace bgworkers
