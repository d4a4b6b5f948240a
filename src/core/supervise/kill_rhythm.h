// The rhythm of a force-kill: when to raise the engine's interrupt again, and when to send the signal with it.
//
// The flag is raised again and again, since each bailout clears it and shutdown functions, finally blocks and
// destructors may loop too. Signals come in short bursts that back off: a read of a pipe takes two of them to give up,
// but a steady rain would restart the time-out of a socket read for ever (the engine polls anew with the full time
// after each EINTR).
//
// Pure; any thread.
#pragma once

namespace bgworkers {

// A run that has not ended by then is stuck. Seconds.
constexpr double kStuckAfter = 1.0;

struct KillStep {
    bool signal;   // interrupt the blocking system call too
    bool stuck;    // the run has just become stuck
    double next;   // seconds to the next step
};

// step: 0 for the first.
constexpr KillStep kill_step(int step) noexcept {
    constexpr double kFast = 0.01;
    constexpr double kSlow = 0.1;
    constexpr int kStuckStep = static_cast<int>(kStuckAfter / kFast + 0.5);
    if (step < kStuckStep) {
        const bool burst = step < 3 || step == 10 || step == 11 || step == 40 || step == 41;
        return {burst, false, kFast};
    }
    return {(step - kStuckStep) % 50 < 2, step == kStuckStep, kSlow};
}

}  // namespace bgworkers
