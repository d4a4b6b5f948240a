#include <algorithm>
#include <thread>

#include "core/os/shared_wait.h"

namespace bgworkers {

void sleep_while(const std::atomic<uint64_t>& word, uint32_t seen,
                 std::chrono::steady_clock::time_point until) noexcept {
    if (static_cast<uint32_t>(word.load()) == seen) {
        std::this_thread::sleep_until(std::min(until, std::chrono::steady_clock::now() + std::chrono::milliseconds(5)));
    }
}

void wake_sleepers(std::atomic<uint64_t>&) noexcept {}

}  // namespace bgworkers
