#include "core/publish/reader_pins.h"

#include <new>

#include "core/base/sync_point.h"

namespace bgworkers {

namespace {

alignas(Mutex) unsigned char mutex_storage[sizeof(Mutex)];
Mutex* const mutex = new (mutex_storage) Mutex;
ReaderPins* first = nullptr;  // under the mutex

// Unpinned snapshots whose last pin that was may need long to be freed, so that comes after the lock.
constexpr size_t kTakenAtOnce = 32;

}  // namespace

Mutex& ReaderPins::table_mutex() noexcept { return *mutex; }

ReaderPins::ReaderPins() noexcept {
    MutexLock lock(table_mutex());
    next_ = first;
    if (first != nullptr) {
        first->previous_ = this;
    }
    first = this;
}

ReaderPins::~ReaderPins() {
    {
        MutexLock lock(table_mutex());
        (previous_ == nullptr ? first : previous_->next_) = next_;
        if (next_ != nullptr) {
            next_->previous_ = previous_;
        }
    }
    // Nobody else finds them any more.
    for (KeptPin* pin = kept_; pin != nullptr; pin = pin->next) {
        if (Snapshot* const snapshot = pin->take()) {
            snapshot->unpin();
        }
    }
}

void ReaderPins::enter_slowly() noexcept {
    for (;;) {
        uint32_t present = kOutside;
        if (state_.compare_exchange_strong(present, kInside, std::memory_order_acquire) || (present & kInside) != 0) {
            return;
        }
        BGW_SYNC_POINT("reader_pins.enter.swept");
        MutexLock lock(table_mutex());  // whoever sweeps holds it until it is done
    }
}

void ReaderPins::unpin_stale() noexcept {
    // No lock: inside a request nobody else touches what is kept.
    for (KeptPin* pin = kept_; pin != nullptr; pin = pin->next) {
        if (pin->is_stale()) {
            pin->take()->unpin();
        }
    }
}

void ReaderPins::leave() noexcept {
    for (;;) {
        uint32_t present = kInside;
        BGW_SYNC_POINT("reader_pins.leave.before_outside");
        // Release: who sweeps sees the list as this request leaves it. If a debt was noted first, the loop pays it.
        if (state_.compare_exchange_strong(present, kOutside, std::memory_order_release, std::memory_order_acquire) ||
            (present & kInside) == 0) {
            return;
        }
        // Cleared first: what becomes stale after our look is owed anew. An exchange, since it has to see the version
        // of whoever noted the debt last.
        state_.exchange(kInside, std::memory_order_acq_rel);
        unpin_stale();
    }
}

void ReaderPins::take_stale(const Slot& slot) noexcept {
    bool more = true;
    while (more) {
        Snapshot* taken[kTakenAtOnce];
        size_t count = 0;
        more = false;
        {
            MutexLock lock(table_mutex());
            for (ReaderPins* reader = first; reader != nullptr && !more; reader = reader->next_) {
                // A thread that is inside pays when it leaves. The debt is noted by release, after the version that
                // makes its pin stale.
                uint32_t present = kOutside;
                while (!reader->state_.compare_exchange_weak(present, kSwept, std::memory_order_acquire)) {
                    if ((present & kInside) != 0 &&
                        reader->state_.compare_exchange_weak(present, kInside | kOwes, std::memory_order_acq_rel)) {
                        break;
                    }
                    present = kOutside;
                }
                if ((present & kInside) != 0) {
                    continue;
                }
                BGW_SYNC_POINT("reader_pins.take.swept");
                for (KeptPin* pin = reader->kept_; pin != nullptr; pin = pin->next) {
                    if (pin->slot == &slot && pin->is_stale()) {
                        if (count == kTakenAtOnce) {
                            // From the first thread again: once the lock is free any of them may be gone.
                            more = true;
                            break;
                        }
                        taken[count++] = pin->take();
                    }
                }
                // A plain store: while it is swept its thread waits for the mutex, and nobody else changes it.
                reader->state_.store(kOutside, std::memory_order_release);
            }
        }
        for (size_t i = 0; i < count; ++i) {
            taken[i]->unpin();
        }
    }
}

void ReaderPins::lock_for_fork() { table_mutex().lock(); }
void ReaderPins::unlock_after_fork() { table_mutex().unlock(); }
void ReaderPins::reinitialise() { table_mutex().reinitialise(); }

}  // namespace bgworkers
