#include "core/publish/waiters.h"

#include "core/base/sync_point.h"

namespace bgworkers {

WaitResult Waiters::wait(std::chrono::steady_clock::time_point until, uint32_t launch_failures_seen) noexcept {
    if (SharedPublication* its = shared()) {
        const WaitResult result = wait_for_shared(*its, until, launch_failures_seen);
        // Else it was left while this thread slept, and what it heard was about the shared one.
        if (shared() != nullptr) {
            return result;
        }
    }
    MutexLock lock(mutex_);
    for (;;) {
        // First of all: what is published can be read, though its worker has given up or the process ends.
        if (is_published()) {
            return WaitResult::ready;
        }
        if (closed_) {
            return WaitResult::closed;
        }
        if (given_up_) {
            return WaitResult::given_up;
        }
        if (ended_silently_) {
            return WaitResult::ended_silently;
        }
        if (launch_failures_ != launch_failures_seen) {
            return WaitResult::launch_failed;
        }
        if (std::chrono::steady_clock::now() >= until) {
            return WaitResult::elapsed;
        }
        BGW_SYNC_POINT("waiters.wait.before_sleep");
        ++asleep_;
        news_.wait_until(mutex_, until);
        --asleep_;
        // Between two slices of a wait nobody is asleep: this stands in for the reader until it comes back.
        last_awake_ = std::chrono::steady_clock::now();
    }
}

// Until it is left at the latest, with any result then.
WaitResult Waiters::wait_for_shared(SharedPublication& shared, std::chrono::steady_clock::time_point until,
                                    uint32_t launch_failures_seen) noexcept {
    while (this->shared() != nullptr) {
        const SharedPublication::News news = shared.news();  // before the look at what they are about
        // What comes after the count was read makes the sleep below return at once.
        if (shared.word().load(std::memory_order_acquire) != 0) {
            return WaitResult::ready;
        }
        if (closed()) {
            return WaitResult::closed;
        }
        if (news.given_up) {
            return WaitResult::given_up;
        }
        if (news.ended_silently) {
            return WaitResult::ended_silently;
        }
        if (news.launch_failures != launch_failures_seen) {
            return WaitResult::launch_failed;
        }
        if (std::chrono::steady_clock::now() >= until) {
            return WaitResult::elapsed;
        }
        shared.note_waiter();
        BGW_SYNC_POINT("waiters.wait.before_sleep");
        shared.sleep(news.count, until);
    }
    return WaitResult::elapsed;
}

void Waiters::note_waiter() noexcept {
    if (SharedPublication* its = shared()) {
        return its->note_waiter();
    }
    MutexLock lock(mutex_);
    last_awake_ = std::chrono::steady_clock::now();
}

bool Waiters::awaited_since(std::chrono::steady_clock::time_point when) noexcept {
    if (SharedPublication* its = shared()) {
        return its->awaited_since(when);
    }
    MutexLock lock(mutex_);
    return asleep_ > 0 || last_awake_ >= when;
}

uint32_t Waiters::launch_failures() noexcept {
    if (SharedPublication* its = shared()) {
        return its->news().launch_failures;
    }
    MutexLock lock(mutex_);
    return launch_failures_;
}

// Notified outside the lock, so that woken readers do not block on it. No wake-up is lost: a waiter looks at the
// publication under the lock that this call takes after the version was stored.
void Waiters::published() noexcept {
    if (SharedPublication* its = shared()) {
        return its->tell_published();
    }
    {
        MutexLock lock(mutex_);
        given_up_ = false;
        ended_silently_ = false;
    }
    news_.notify_all();
}

void Waiters::set_given_up(bool given_up) noexcept {
    if (SharedPublication* its = shared()) {
        return its->tell_given_up(given_up);
    }
    MutexLock lock(mutex_);
    given_up_ = given_up;
    news_.notify_all();
}

void Waiters::set_ended_silently(bool ended) noexcept {
    if (SharedPublication* its = shared()) {
        return its->tell_ended_silently(ended);
    }
    MutexLock lock(mutex_);
    ended_silently_ = ended;
    news_.notify_all();
}

void Waiters::fail_launch() noexcept {
    if (SharedPublication* its = shared()) {
        return its->tell_launch_failed();
    }
    MutexLock lock(mutex_);
    ++launch_failures_;
    news_.notify_all();
}

// A launch that failed there does not count here: whoever waits has counted from there on.
void Waiters::leave_shared() noexcept {
    SharedPublication* const its = shared();
    if (its == nullptr) {
        return;
    }
    MutexLock lock(mutex_);
    launch_failures_ = its->news().launch_failures;
    // Nobody is woken: who sleeps there looks again after 100 ms at the most, and then sleeps here.
    shared_.store(nullptr, std::memory_order_release);
}

void Waiters::close() noexcept {
    MutexLock lock(mutex_);
    closed_ = true;
    news_.notify_all();
}

bool Waiters::closed() noexcept {
    MutexLock lock(mutex_);
    return closed_;
}

void Waiters::reinitialise() {
    mutex_.reinitialise();
    news_.reinitialise();
    // Those who slept are not in the child, and would count as waiting for ever.
    asleep_ = 0;
}

}  // namespace bgworkers
