// Who leads a scope: the one process that runs its workers and writes its slice.
//
// The leader's name is a word, changed by CAS from nobody or the dead: there can be two of them only if a living
// process is taken for dead (region.h). The next in line is the youngest process: it alone looks, with each tick(),
// whether the leader lives, and succeeds it. A younger one takes its place in one CAS, and the older one sees it with
// its next tick. When nobody is in line, or the one in line is dead, the first process that look()s, at the start of a
// request, goes there.
//
// Ticks come every 100 ms: from the leader, which says by it that it is well, and from the next in line. The others
// need no thread. A leader that finds another's name steps down: it writes nothing from then on.
//
// Threads: tick() and hand_over() by one thread at a time, look() and leads() by any. Blocks: no. Fork: the child has a
// Leadership that leads nothing and stands in no line, because it is another process. Death: layout.h.
#pragma once

#include "core/pool/region.h"

namespace bgworkers {

class Leadership {
public:
    enum class Event {
        none,
        leads,  // this process leads from now on; its predecessor handed over, or never was
        took_over,  // the same after a leader's death
        stepped_down,  // it does not lead any more
        out_of_line,  // a younger one is next: no more ticks needed
    };

    static constexpr uint64_t kTickEvery = 10;  // hundredths of a second
    static constexpr uint64_t kLate = 15;  // after such a time the system is asked whether the next in line lives
    static constexpr uint64_t kHung = 300;  // a leader that lives and has not ticked for so long

    // The process has joined the scope.
    Leadership(Region& region, uint32_t scope) noexcept : region_(region), scope_(scope) {}

    // Becomes the next in line, whoever it was: called once by each new process.
    void join_line() noexcept;
    // At the start of a request. True: this process is in line now, and has to tick. Some loads, if all is well.
    bool look() noexcept;
    Event tick() noexcept;
    // The process does not lead any more, or leaves the line.
    void hand_over() noexcept;

    bool leads() const noexcept {
        const ProcessId self = region_.self();
        return !self.nobody() && row().leader.load() == self.word;
    }
    bool in_line() const noexcept {
        const ProcessId self = region_.self();
        return !self.nobody() && row().next.load() == self.word;
    }

    // What any process can tell of the scope.
    ProcessId leader() const noexcept { return {row().leader.load()}; }
    // How often it was another one than before, or one anew; by a death or not.
    uint64_t took_over() const noexcept {
        const uint64_t terms = row().terms.load(std::memory_order_relaxed);
        return terms == 0 ? 0 : terms - 1;
    }
    // Of this process's predecessor, hundredths of a second: about when it ended; 0: there was none.
    uint64_t last_beat() const noexcept { return last_beat_; }
    // A leader that lives, and has not said for a while that it is well.
    bool is_hung() const noexcept;

private:
    ScopeRow& row() const noexcept { return region_.scopes().rows[scope_]; }
    static bool is_older(const SharedWord& beat, uint64_t than) noexcept;
    Event try_to_lead() noexcept;

    Region& region_;
    const uint32_t scope_;
    uint64_t last_beat_ = 0;
    bool leading_ = false;  // as of the last tick
    bool waiting_ = false;
};

}  // namespace bgworkers
