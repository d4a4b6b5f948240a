// What the threads of this process keep pinned from one request to the next, so that the next one reads as fast.
//
// The newest snapshot costs nothing to keep: its slot has it anyway. It costs something once a newer one is
// published, and then the thread may be idle for hours. So each thread's kept pins stand in a table of the process,
// and a publisher takes stale ones from threads that are outside a request.
//
//   thread   enter()            request: reads, and may change its kept pins       leave()
//   state    outside -> inside                                                     inside -> outside
//   others                      may only note "owes": leave() drops the stale      outside -> swept -> outside,
//   meanwhile
//                               ones itself                                        they take stale pins
//
// Who writes: the thread its own pins, while it is inside; a publisher, while it has set the state to swept, and
// holds the table's mutex. enter() waits for that mutex in the rare case that it meets one. Taking a pin sets its place
// to nullptr and touches nothing else: the thread finds at its next read that the version has changed.
//
// The table itself has no destructor: threads leave the engine after the module has ended. Fork: prepare locks the
// table, so no thread is being swept; in the child only its one thread's entry is alive, and the others' pins are never
// given back there.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/mutex.h"
#include "core/publish/slot.h"

namespace bgworkers {

// Where one thread keeps a snapshot of one slot. Both this and the place that it names are the thread's, and stay where
// they are while they are in a list.
struct KeptPin {
    const Slot* slot;
    Snapshot** snapshot;  // the place; nullptr in it: none is kept
    KeptPin* next;

    bool is_stale() const noexcept { return *snapshot != nullptr && (*snapshot)->version() != slot->version(); }
    Snapshot* take() noexcept {
        Snapshot* const taken = *snapshot;
        *snapshot = nullptr;
        return taken;
    }
};

// One thread's. Made inside a request, by its first read.
class ReaderPins {
public:
    ReaderPins() noexcept BGW_EXCLUDES(table_mutex());
    // The thread leaves: unpins what it keeps.
    ~ReaderPins() BGW_EXCLUDES(table_mutex());
    ReaderPins(const ReaderPins&) = delete;
    ReaderPins& operator=(const ReaderPins&) = delete;

    // The thread, inside a request. From here on the pin belongs to the list; it is never taken out.
    void add(KeptPin* pin) noexcept {
        pin->next = kept_;
        kept_ = pin;
    }

    // A request begins. Nothing where the last one was not left.
    void enter() noexcept {
        uint32_t outside = kOutside;
        if (!state_.compare_exchange_strong(outside, kInside, std::memory_order_acquire)) {
            enter_slowly();
        }
    }
    // Entered and not left: nobody else takes what it keeps.
    bool is_inside() const noexcept { return (state_.load(std::memory_order_relaxed) & kInside) != 0; }
    // No PHP variable of the request is left that might point into a snapshot.
    void leave() noexcept;

    // A publisher, holding no lock: takes back what threads keep of older snapshots of the slot.
    static void take_stale(const Slot& slot) noexcept BGW_EXCLUDES(table_mutex());

    static void lock_for_fork() BGW_ACQUIRE(table_mutex());
    static void unlock_after_fork() BGW_RELEASE(table_mutex());
    static void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    static Mutex& table_mutex() noexcept;
    static constexpr uint32_t kOutside = 0;
    static constexpr uint32_t kInside = 1;
    static constexpr uint32_t kOwes = 2;  // with kInside
    static constexpr uint32_t kSwept = 4;

    void enter_slowly() noexcept BGW_EXCLUDES(table_mutex());
    void unpin_stale() noexcept;

    std::atomic<uint32_t> state_{kInside};
    KeptPin* kept_ = nullptr;
    // The table, under its mutex.
    ReaderPins* next_ = nullptr;
    ReaderPins* previous_ = nullptr;
};

}  // namespace bgworkers
