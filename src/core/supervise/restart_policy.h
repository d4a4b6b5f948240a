// When does an instance run again? A pure function of its history and of the run that ended.
//
//   clean run that lived >= 1 s and was not waited for in vain  -> at once, history unchanged
//   clean run that was stopped by max_tasks, however short      -> the same: each of its tasks was asked for
//   any other run ("bad")                                       -> after min(100 ms * 2^(n-1), 5 s) +- 10 %,
//                                                                  n = bad runs in a row
//   failures reach max_consecutive_failures                     -> given up: one attempt every 30 s
//   healthy run                                                 -> n and failures start again from 0
//
// A run works once it has published or asked for a task. It is healthy if it lived 10 s since
// that, or, if it did not come to that, since its start: a consumer that ends every 15 s to free memory is healthy
// although it never publishes.
//
// Failures are crashes, and clean runs that published nothing if a get_vars() waited for them (in vain) or if they
// ended within 1 s; one that finished a task is none. A clean run that published but ended within 1 s is bad (it is
// paced) but no failure.
//
// No clock, no state of its own, no locks: any thread may call; trivially fork-safe.
#pragma once

#include <cstdint>

#include "core/workers/run_report.h"

namespace bgworkers {

using Seconds = double;

constexpr Seconds kFirstDelay = 0.1;
constexpr Seconds kLongestDelay = 5.0;
constexpr double kJitter = 0.1;
constexpr Seconds kShortRun = 1.0;
constexpr Seconds kHealthyAfter = 10.0;
constexpr Seconds kGivenUpRetry = 30.0;

// What has to be remembered from run to run.
struct RestartHistory {
    uint32_t bad_runs = 0;  // in a row; paces
    uint32_t failures = 0;  // in a row; gives up
};

// Is this run one of those that count against max_consecutive_failures?
bool is_failure(const RunSummary& run) noexcept;

struct RestartDecision {
    RestartHistory history;  // to be kept for the next call
    bool given_up = false;   // true: the failure limit is reached
    Seconds delay = 0;       // until the next run
    Seconds pace = 0;        // the same, were it not given up
};

// How the next run is paced after one that was asked to stop because a watched file had changed: as after a bad run, so
// that a file which every run changes cannot make it spin. It is no failure, whatever its end was.
RestartDecision decide_after_change(RestartHistory history, const RunSummary& run, double random) noexcept;

// limit: max_consecutive_failures; -1 = never give up; 0 or more = give up at that many (0 acts as 1).
// random: in [0, 1); spreads the delay over +-10 % (0 = -10 %, 0.5 = exact). Not used for the 30 s of a worker
// that has given up, nor for "at once".
RestartDecision decide_restart(RestartHistory history, const RunSummary& run, int limit, double random) noexcept;

}  // namespace bgworkers
