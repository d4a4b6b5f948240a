// One scope's part of the shared memory, as this process sees it: who leads, and the scope's shared workers.
//
// In each scope one process leads: it runs the shared workers and alone writes. The supervisor of each process calls
// tick(); what follows from it (starting, stopping) is the supervisor's business (supervisor_shared.cc).
//
// Threads: worker() and is_wanted() any; reserve() and publish() any thread of a run; all else the loop's thread.
// Nothing blocks but worker(), for a new name, some microseconds. Fork: Process locks and reinitialises; the child's
// scope leads nothing and is told of nothing, for its supervisor is gone. Death: core/pool/layout.h.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "core/base/mutex.h"
#include "core/base/status.h"
#include "core/pool/leadership.h"
#include "core/pool/scope_table.h"
#include "core/pool/store.h"
#include "core/shared/shared_memory.h"
#include "core/shared/shared_worker.h"

namespace bgworkers {

class SharedScope {
public:
    // key_text: all that tells this scope from others, between processes.
    static Result<std::unique_ptr<SharedScope>> join(std::shared_ptr<SharedMemory> memory, const std::string& key_text);
    ~SharedScope();
    SharedScope(const SharedScope&) = delete;
    SharedScope& operator=(const SharedScope&) = delete;

    // The worker's part; a new name takes one of the first `most` places. Lives as long as this.
    Result<SharedWorker*> worker(const std::string& name, uint32_t most);
    // The names that have a place, "" for those that are free. place < kPublications.
    std::string name(uint32_t place) const { return name_of_place(memory_->region(), scope_, place); }
    bool is_wanted(uint32_t place) const noexcept;

    // What leads to the data was written over by a broken process: this one shall have nothing more to do with it. Any
    // thread. Seen by whoever reads or publishes; stays so.
    bool is_spoilt() const noexcept { return is_spoilt_.load(); }

    // --- Leading ---

    // Every kTickEvery while wants_ticks(), else now and then. may_lead: false once the process ends.
    Leadership::Event tick(bool may_lead) noexcept;
    // It leads or is the next in line.
    bool wants_ticks() const noexcept { return leadership_.leads() || leadership_.in_line(); }
    bool leads() const noexcept { return leadership_.leads(); }
    // How long ago this process's predecessor was last well, as of the moment when it began to lead; seconds.
    double predecessor_silent_for() const noexcept { return silent_for_; }
    // After tick() has said that this process leads. On an error it leads no more.
    Status open_store();
    // Publishing ends; the memory stays as it is. Then, if this process led, another one may.
    void close_store() noexcept;
    void hand_over() noexcept;

    // What any process can tell.
    uint32_t leader() const noexcept { return leadership_.leader().process(); }  // 0: nobody
    bool is_leader_alive() const noexcept { return memory_->region().is_alive(leadership_.leader()); }
    uint64_t took_over() const noexcept { return leadership_.took_over(); }
    bool is_hung() const noexcept { return leadership_.is_hung(); }

    void lock_for_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    void unlock_after_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    void reinitialise() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    friend class SharedWorker;
    SharedScope(std::shared_ptr<SharedMemory> memory, uint32_t scope, uint64_t key, bool joined);
    std::shared_ptr<Store> store() BGW_EXCLUDES(mutex_);

    const std::shared_ptr<SharedMemory> memory_;
    const uint32_t scope_;
    const uint64_t key_;
    const bool joined_;  // a process without a row reads only

    // The loop's thread.
    Leadership leadership_;
    bool in_line_once_ = false;
    double silent_for_ = 0;

    std::atomic<bool> is_spoilt_{false};
    std::atomic<int> stores_{0};  // that are not wholly gone
    Mutex mutex_;
    // Whoever writes a block keeps the store until that is done: its end makes the memory read-only.
    std::shared_ptr<Store> store_ BGW_GUARDED_BY(mutex_);
    std::unique_ptr<SharedWorker> workers_[kPublications] BGW_GUARDED_BY(mutex_);
};

}  // namespace bgworkers
