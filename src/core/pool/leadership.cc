#include "core/pool/leadership.h"

#include <utility>

#include "core/base/sync_point.h"

namespace bgworkers {

bool Leadership::is_older(const SharedWord& beat, uint64_t than) noexcept {
    const uint64_t then = beat.load(std::memory_order_relaxed), now = Region::now();
    return then > now || now - then > than;  // a time to come is a broken process's
}

void Leadership::join_line() noexcept {
    const ProcessId self = region_.self();
    if (self.nobody() || leads()) {
        return;
    }
    // Before the name: a new name beside an old beat would make others ask the system whether it lives.
    row().next_beat.store(Region::now(), std::memory_order_relaxed);
    // No CAS: the older one that stands there loses its place in any case.
    row().next.store(self.word);
    BGW_SYNC_POINT("pool.line.joined");
}

bool Leadership::look() noexcept {
    const ProcessId self = region_.self();
    uint64_t next = row().next.load();
    if (self.nobody() || row().leader.load() == self.word) {
        return false;
    }
    if (next == self.word) {
        return true;
    }
    if (next != 0 && (!is_older(row().next_beat, kLate) || region_.is_alive({next}))) {
        return false;
    }
    // Only the place of the one that was seen dead is taken: a younger one may have come meanwhile.
    if (!row().next.compare_exchange_strong(next, self.word)) {
        return false;
    }
    row().next_beat.store(Region::now(), std::memory_order_relaxed);
    return true;
}

Leadership::Event Leadership::try_to_lead() noexcept {
    const ProcessId self = region_.self();
    uint64_t leader = row().leader.load();
    // Asked with each tick, not only once its beat is late: a dead leader is succeeded within a tick, and a late one is
    // not taken for dead.
    if (region_.is_alive({leader})) {
        return Event::none;
    }
    BGW_SYNC_POINT("pool.takeover.seen_dead");
    // The byte first: no new leader shall look dead.
    if (!region_.reassert() || !row().leader.compare_exchange_strong(leader, self.word)) {
        return Event::none;
    }
    BGW_SYNC_POINT("pool.takeover.named");
    leading_ = true;
    last_beat_ = row().leader_beat.exchange(Region::now(), std::memory_order_relaxed);
    row().terms.fetch_add(1, std::memory_order_relaxed);
    uint64_t next = self.word;
    // If a younger one has come meanwhile, it stays.
    row().next.compare_exchange_strong(next, 0);
    BGW_SYNC_POINT("pool.takeover.line_free");
    // Who hands over leaves 0, so a name that was left is a death.
    return leader != 0 ? Event::took_over : Event::leads;
}

Leadership::Event Leadership::tick() noexcept {
    if (leads()) {
        leading_ = true;
        // A script may have made the process lose its locks, and a leader that seldom publishes would not notice.
        region_.reassert();
        row().leader_beat.store(Region::now(), std::memory_order_relaxed);
        uint64_t next = row().next.load();
        if (next != 0 && is_older(row().next_beat, kLate) && !region_.is_alive({next})) {
            row().next.compare_exchange_strong(next, 0);  // the next request of anybody sees it
        }
        return Event::none;
    }
    if (leading_) {
        leading_ = false;
        return Event::stepped_down;
    }
    if (!in_line()) {
        return std::exchange(waiting_, false) ? Event::out_of_line : Event::none;
    }
    waiting_ = true;
    row().next_beat.store(Region::now(), std::memory_order_relaxed);
    const Event event = try_to_lead();
    waiting_ = event == Event::none;
    return event;
}

void Leadership::hand_over() noexcept {
    const uint64_t self = region_.self().word;
    leading_ = waiting_ = false;
    if (self == 0) {
        return;
    }
    BGW_SYNC_POINT("pool.hand_over.before");
    uint64_t word = self;
    row().leader.compare_exchange_strong(word, 0);
    BGW_SYNC_POINT("pool.hand_over.nameless");
    word = self;
    row().next.compare_exchange_strong(word, 0);
}

bool Leadership::is_hung() const noexcept {
    const ProcessId leader{row().leader.load()};
    return !leader.nobody() && is_older(row().leader_beat, kHung) && region_.is_alive(leader);
}

}  // namespace bgworkers
