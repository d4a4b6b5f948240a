#include "core/publish/slot.h"

#include <chrono>
#include <utility>

#include "core/base/sync_point.h"
#include "core/publish/reader_pins.h"

namespace bgworkers {

namespace {
// Unique over all slots and over repeated module starts: a version that a reader remembers never means other data.
std::atomic<uint64_t> last_version{0};
// No process publishes so often: a greater one is nonsense that was written over it.
constexpr uint64_t kMostShared = uint64_t{1} << 62;

double unix_time() noexcept {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}
}  // namespace

std::atomic<uint32_t> Slot::left_shared_{0};

Slot::Slot(SharedPublication* shared)
    : shared_(shared),
      word_(shared == nullptr ? &publication_.version : &shared->word()),
      replaced_bytes_(std::make_shared<std::atomic<uint64_t>>(0)),
      waiters_(publication_, shared) {}

Slot::~Slot() {
    if (current_ != nullptr) {
        current_->unpin();
    }
}

Snapshot* Slot::pin_current(const char** why) noexcept {
    if (SharedPublication* its = shared()) {
        const char* unheard = nullptr;
        return pin_shared(*its, why == nullptr ? &unheard : why);
    }
    MutexLock lock(mutex_);
    BGW_SYNC_POINT("slot.pin_current.before_pin");
    if (current_ != nullptr) {
        current_->pin();
    }
    return current_;
}

// This process has one mark on a block, held by its one snapshot of it. Two threads that come here at once make one
// each; the later one drops its own.
Snapshot* Slot::pin_shared(SharedPublication& shared, const char** why) noexcept {
    {
        MutexLock lock(mutex_);
        const uint64_t newest = version();
        if (newest == 0) {
            return nullptr;
        }
        if (current_ != nullptr && current_->version_ == newest) {
            current_->pin();
            return current_;
        }
    }
    // Without the mutex: where no mark is left this waits for its turn, for half a second at most.
    Snapshot* pinned = shared.pin_newest(why);
    if (pinned == nullptr) {
        return nullptr;
    }
    BGW_SYNC_POINT("slot.pin_shared.made");
    // What has to go in the end: the one made here, unless that takes the place of another.
    Snapshot* old = pinned;
    bool replaced = false;
    {
        MutexLock lock(mutex_);
        if (this->shared() == nullptr) {  // left meanwhile
            pinned = current_;
        } else if (current_ == nullptr || current_->version_ < pinned->version_) {
            old = std::exchange(current_, pinned);
            replaced = old != nullptr;
            if (replaced) {
                keep_count_of(old);
            }
        } else {
            pinned = current_;
        }
        if (pinned != nullptr) {
            // The one that it was made with is the slot's.
            pinned->pin();
        }
    }
    // Outside the mutex: the last pin frees a block, or clears a mark.
    if (old != nullptr && !old->unpin() && replaced) {
        ReaderPins::take_stale(*this);
    }
    return pinned;
}

void Slot::leave_shared() noexcept {
    SharedPublication* const its = shared();
    if (its == nullptr) {
        return;
    }
    const char* unheard = nullptr;
    if (Snapshot* newest = pin_shared(*its, &unheard)) {
        newest->unpin();  // the slot keeps it
    }
    const double published_at = its->facts().published_at;
    Snapshot* nonsense = nullptr;
    {
        MutexLock lock(mutex_);
        if (shared() == nullptr) {
            return;
        }
        if (current_ != nullptr && current_->version_ > kMostShared) {
            nonsense = std::exchange(current_, nullptr);
        }
        // The same version, so that those who have read it have the newest. All later ones are greater.
        const uint64_t version = current_ == nullptr ? 0 : current_->version_;
        uint64_t last = last_version.load(std::memory_order_relaxed);
        while (last < version && !last_version.compare_exchange_weak(last, version, std::memory_order_relaxed)) {
        }
        if (current_ != nullptr) {
            publication_.data = current_->data();
            publication_.bytes = current_->size();
            publication_.published_at = published_at;
            looked_at_.store(published_at, std::memory_order_relaxed);
            publication_.publications = 1;
        }
        publication_.version.store(version, std::memory_order_release);
        // Who still comes by way of pin_shared() finds that current_ has this very version.
        word_.store(&publication_.version, std::memory_order_release);
        shared_.store(nullptr, std::memory_order_release);
    }
    waiters_.leave_shared();
    if (nonsense != nullptr) {
        nonsense->unpin();
    }
    // Last: who sees this count asks for the word, and has to find the new one.
    left_shared_.fetch_add(1, std::memory_order_release);
}

void Slot::published_elsewhere() noexcept {
    note_look();
    waiters_.published();
    drop_stale();
}

void Slot::drop_stale() noexcept {
    Snapshot* old = nullptr;
    {
        MutexLock lock(mutex_);
        // Not made anew here: this process may never read again.
        if (current_ != nullptr && current_->version_ != version()) {
            old = std::exchange(current_, nullptr);
            keep_count_of(old);
        }
    }
    // Threads may keep older ones than the slot does.
    if (old == nullptr ? replaced_bytes_->load(std::memory_order_relaxed) != 0 : !old->unpin()) {
        ReaderPins::take_stale(*this);
    }
}

void Slot::keep_count_of(Snapshot* old) noexcept {
    old->replaced_bytes_ = replaced_bytes_;
    replaced_bytes_->fetch_add(old->size(), std::memory_order_relaxed);
}
void Slot::note_look() noexcept {
    if (SharedPublication* its = shared()) {
        return its->note_look();
    }
    looked_at_.store(unix_time(), std::memory_order_relaxed);
}

uint64_t Slot::publish(Snapshot* snapshot) noexcept {
    const double now = unix_time();
    Snapshot* old;
    uint64_t version;
    {
        MutexLock lock(mutex_);
        // Under the mutex: of two writers the one that swaps later gets the greater version.
        version = last_version.fetch_add(1, std::memory_order_relaxed) + 1;
        snapshot->version_ = version;
        old = current_;
        current_ = snapshot;
        if (old != nullptr) {
            keep_count_of(old);
        }
        publication_.data = snapshot->data();
        publication_.bytes = snapshot->size();
        publication_.published_at = now;
        looked_at_.store(now, std::memory_order_relaxed);
        ++publication_.publications;
        // Last of all: whoever sees it comes for the snapshot.
        publication_.version.store(version, std::memory_order_release);
    }
    // Before the old one is unpinned: to free a large block takes long, and readers wait for this.
    waiters_.published();
    BGW_SYNC_POINT("slot.publish.before_unpin");
    // If somebody still has it pinned, that may be threads which keep it for a request that has not come yet.
    if (old != nullptr && !old->unpin()) {
        ReaderPins::take_stale(*this);
    }
    return version;
}

Slot::Facts Slot::facts() noexcept {
    if (SharedPublication* its = shared()) {
        const SharedPublication::Facts facts = its->facts();
        return {facts.version,   facts.bytes,   facts.published_at,
                facts.looked_at, facts.version, replaced_bytes_->load(std::memory_order_relaxed)};
    }
    MutexLock lock(mutex_);
    return {publication_.version.load(std::memory_order_relaxed),
            publication_.bytes,
            publication_.published_at,
            looked_at_.load(std::memory_order_relaxed),
            publication_.publications,
            replaced_bytes_->load(std::memory_order_relaxed)};
}

void Slot::lock_for_fork() {
    mutex_.lock();
    waiters_.lock_for_fork();
}

void Slot::unlock_after_fork() {
    waiters_.unlock_after_fork();
    mutex_.unlock();
}

void Slot::reinitialise() {
    mutex_.reinitialise();
    waiters_.reinitialise();
}

}  // namespace bgworkers
