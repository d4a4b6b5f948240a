// What this process tells the others of its user about its workers, and what those tell of theirs.
//
// One a process. Whoever has entered has a row of the region for each of its workers (core/pool/fact_rows.h); where not
// all of them find one, it has none, so that no other shows half of a process.
//
// Threads: enter() one at a time; entered(), key_of() and read() any; tell() and leave() the supervisor's loop. Blocks:
// no. Fork: the child reads on; it has no loop, so it tells nothing, and the rows are its parent's. Death:
// core/pool/layout.h; a process that ends without leave() is one that died.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/pool/fact_rows.h"
#include "core/shared/shared_memory.h"

namespace bgworkers {

class ProcessFacts {
public:
    // purpose: what this process is there for; processes that are there for something else are shown none of its facts.
    void enter(std::shared_ptr<SharedMemory> memory, std::string purpose);
    bool entered() const noexcept { return entered_.load(std::memory_order_acquire); }

    // --- Once entered ---

    // Of a scope, by what names it: the same in all processes that are there for the same.
    uint64_t key_of(std::string_view config, std::string_view entrypoint, std::string_view label) const;

    // All workers of this process, the ones of the last call first and in that order. True: something has changed since
    // then. Throws std::bad_alloc at the most.
    struct Telling {
        uint64_t scope;
        FactsOfWorker facts;
    };
    bool tell(const std::vector<Telling>& all, double now, uint64_t resident);
    // Nothing is told from here on.
    void leave() noexcept;

    // Of all processes, this one among them as others see it.
    std::vector<ToldFacts> read(uint64_t scope) const { return read_fact_rows(memory_->region(), scope); }

private:
    bool claim(const std::vector<Telling>& all);
    void free_all() noexcept;

    // Constant once entered_.
    std::shared_ptr<SharedMemory> memory_;
    std::string purpose_;
    std::atomic<bool> entered_{false};

    // The loop's thread.
    struct Row {
        uint32_t row = 0;
        Telling told;  // last
    };
    std::vector<Row> rows_;
    ProcessId owner_;  // of all rows
    bool left_ = false;
};

}  // namespace bgworkers
