// How much the tasks of a process may hold together: payloads, updates and results that lie in it.
//
// A count and a limit; who charges gives back exactly that. Any thread, no lock. Fork: the child has a copy.
#pragma once

#include <atomic>
#include <cstddef>

namespace bgworkers {

class TaskMemory {
public:
    // 0: no limit. Before the first charge().
    void set_limit(size_t bytes) noexcept { limit_ = bytes; }
    size_t limit() const noexcept { return limit_; }
    size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

    // False: there is not so much left, and nothing is charged.
    [[nodiscard]] bool charge(size_t bytes) noexcept {
        size_t used = used_.load(std::memory_order_relaxed);
        do {
            if (limit_ != 0 && (used > limit_ || bytes > limit_ - used)) {
                return false;
            }
        } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
        return true;
    }
    void give_back(size_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

private:
    size_t limit_ = 0;
    std::atomic<size_t> used_{0};
};

}  // namespace bgworkers
