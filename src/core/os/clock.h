// The two clocks of a machine, read at the same moment: the one on the wall, which people and services set, and one
// that only runs forward (and may stand still while the machine sleeps). Nanoseconds. Any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace bgworkers {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

struct ClockLook {
    int64_t unix_time = 0;
    int64_t steady = 0;
};

inline ClockLook look_at_clock() noexcept {
    const auto nanoseconds = [](auto since) {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(since.time_since_epoch()).count();
    };
    return {nanoseconds(std::chrono::system_clock::now()), nanoseconds(std::chrono::steady_clock::now())};
}

}  // namespace bgworkers
