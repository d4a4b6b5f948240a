#include "core/os/shared_wait.h"

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <climits>
#include <ctime>
#else
#include <algorithm>
#include <thread>
#endif

namespace bgworkers {

#ifdef __linux__

namespace {

const uint32_t* low_half(const std::atomic<uint64_t>& word) noexcept {
    // A futex has 32 bits.
    const auto* halves = reinterpret_cast<const uint32_t*>(&word);
    return std::endian::native == std::endian::little ? halves : halves + 1;
}

}  // namespace

void sleep_while(const std::atomic<uint64_t>& word, uint32_t seen,
                 std::chrono::steady_clock::time_point until) noexcept {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= left.zero()) {
        return;
    }
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec limit{static_cast<time_t>(nanoseconds / 1000000000), static_cast<long>(nanoseconds % 1000000000)};
    // Not FUTEX_PRIVATE_FLAG, which finds sleepers of one process alone. If the number has changed already it returns
    // at once.
    ::syscall(SYS_futex, low_half(word), FUTEX_WAIT, seen, &limit, nullptr, 0);
}

void wake_sleepers(std::atomic<uint64_t>& word) noexcept {
    ::syscall(SYS_futex, low_half(word), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

#else

void sleep_while(const std::atomic<uint64_t>& word, uint32_t seen,
                 std::chrono::steady_clock::time_point until) noexcept {
    if (static_cast<uint32_t>(word.load()) == seen) {
        std::this_thread::sleep_until(std::min(until, std::chrono::steady_clock::now() + std::chrono::milliseconds(5)));
    }
}

void wake_sleepers(std::atomic<uint64_t>&) noexcept {}

#endif

}  // namespace bgworkers
