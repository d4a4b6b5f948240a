// Sleeping until a number changes that lies in memory of several processes.
//
// shared_wait_posix.cc has Linux's futex; elsewhere a sleep is a short nap. Threads: any, of any process that maps the
// word, also if it may only read it. A wake-up may come for no reason; one that comes between the look at the number
// and the sleep is not lost.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace bgworkers {

// Until the low half of the word is another number than `seen`, or until then.
void sleep_while(const std::atomic<uint64_t>& word, uint32_t seen,
                 std::chrono::steady_clock::time_point until) noexcept;
// After the change: wakes all that sleep.
void wake_sleepers(std::atomic<uint64_t>& word) noexcept;

}  // namespace bgworkers
