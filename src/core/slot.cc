#include "core/slot.h"

#include "core/sync_point.h"

namespace bgworkers {

namespace {
// Unique over all slots and over repeated module starts: a version that a reader remembers never means other data.
std::atomic<uint64_t> last_version{0};
}  // namespace

Slot::~Slot() {
    if (current_ != nullptr) {
        current_->unpin();
    }
}

Snapshot* Slot::pin_current() noexcept {
    MutexLock lock(mutex_);
    BGW_SYNC_POINT("slot.pin_current.before_pin");
    if (current_ != nullptr) {
        current_->pin();
    }
    return current_;
}

uint64_t Slot::publish(Snapshot* snapshot) noexcept {
    const double now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    Snapshot* old;
    uint64_t version;
    {
        MutexLock lock(mutex_);
        version = last_version.fetch_add(1, std::memory_order_relaxed) + 1;
        snapshot->version_ = version;
        old = current_;
        current_ = snapshot;
        published_at_ = now;
        ++publications_;
        given_up_ = false;
        version_.store(version, std::memory_order_release);
    }
    news_.notify_all();  // not under the lock: who wakes up wants it at once
    BGW_SYNC_POINT("slot.publish.before_unpin");
    if (old != nullptr) {
        old->unpin();
    }
    return version;
}

WaitResult Slot::wait(std::chrono::steady_clock::time_point until, uint32_t launch_failures_seen) noexcept {
    MutexLock lock(mutex_);
    for (;;) {
        if (current_ != nullptr) {
            return WaitResult::ready;
        }
        if (closed_) {
            return WaitResult::closed;
        }
        if (given_up_) {
            return WaitResult::given_up;
        }
        if (launch_failures_ != launch_failures_seen) {
            return WaitResult::launch_failed;
        }
        if (std::chrono::steady_clock::now() >= until) {
            return WaitResult::elapsed;
        }
        BGW_SYNC_POINT("slot.wait.before_sleep");
        news_.wait_until(mutex_, until);
    }
}

uint32_t Slot::launch_failures() noexcept {
    MutexLock lock(mutex_);
    return launch_failures_;
}

void Slot::set_given_up(bool given_up) noexcept {
    MutexLock lock(mutex_);
    given_up_ = given_up;
    news_.notify_all();
}

void Slot::fail_launch() noexcept {
    MutexLock lock(mutex_);
    ++launch_failures_;
    news_.notify_all();
}

void Slot::close() noexcept {
    MutexLock lock(mutex_);
    closed_ = true;
    news_.notify_all();
}

Slot::Facts Slot::facts() noexcept {
    MutexLock lock(mutex_);
    if (current_ == nullptr) {
        return {};
    }
    return {current_->version(), current_->size(), published_at_, publications_};
}

void Slot::reinitialise() {
    mutex_.reinitialise();
    news_.reinitialise();
}

}  // namespace bgworkers
