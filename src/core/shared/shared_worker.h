// A shared worker's part of the shared memory: what it has published, what is asked of it, and what its leader tells.
//
//   any process   asks: start(), run_now(), restart(), note_waiter(); reads: word(), pin_newest(), told(), news()
//   the leader    writes: publish(), tell(), tell_*(); goes on from kept() after another one
//
// Threads: any; tell() and what changes news by one thread at a time (the supervisor's, under the worker's mutex, and a
// run's when it publishes: both only set or count words of their own). Death: core/pool/layout.h.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/status.h"
#include "core/pool/layout.h"
#include "core/publish/shared_publication.h"

namespace bgworkers {

class SharedScope;
class Store;

// What the leader tells all processes of a worker.
struct TellingOfWorker {
    uint32_t state = 0;  // WorkerState
    uint64_t runs = 0;
    uint64_t crashes = 0;
    uint32_t failures = 0;
    bool has_exit_status = false;
    int exit_status = 0;
    double next_run = 0;  // Unix time; 0: none
    double since = 0;  // when it came into its state: Unix time; 0: it is in none yet
    std::string error;  // cut to what there is room for
};

// What a successor needs to go on. Times are nanoseconds of the steady clock, 0: none.
struct ProgressOfWorker {
    uint32_t bad_runs = 0;
    uint32_t failures = 0;
    bool given_up = false;
    uint64_t began_at = 0;  // of a run under way
    uint64_t worked_at = 0;
    uint64_t ended_at = 0;
    uint64_t pace = 0;
    int64_t taken = 0;  // of a job
};

class SharedWorker final : public SharedPublication {
public:
    SharedWorker(SharedScope& scope, uint32_t place) noexcept : scope_(scope), place_(place) {}

    SharedScope& scope() noexcept { return scope_; }
    uint32_t place() const noexcept { return place_; }

    // --- SharedPublication ---
    const std::atomic<uint64_t>& word() const noexcept override;
    Snapshot* pin_newest(const char** why) noexcept override;
    Facts facts() noexcept override;
    bool is_scarce() const noexcept override;
    News news() const noexcept override;
    void sleep(uint32_t count, std::chrono::steady_clock::time_point until) const noexcept override;
    void note_waiter() noexcept override;
    bool awaited_since(std::chrono::steady_clock::time_point when) const noexcept override;
    void note_look() noexcept override;
    void tell_published() noexcept override;
    void tell_given_up(bool given_up) noexcept override;
    void tell_ended_silently(bool ended) noexcept override;
    void tell_launch_failed() noexcept override;

    // --- Asking: any process. What is asked for is seen by the leader's next tick. ---
    void start() noexcept;
    bool is_started() const noexcept;
    void run_now() noexcept;
    void restart() noexcept;

    TellingOfWorker told() const;

    // --- The leader ---
    bool leads() const noexcept;
    void tell(const TellingOfWorker& telling) noexcept;
    ProgressOfWorker kept() const noexcept;
    void keep(const ProgressOfWorker& progress) noexcept;
    bool take_run_now() noexcept;
    bool take_restart() noexcept;  // true: somebody wants one that was not begun yet

    // write: given memory for so many bytes that it asks for, writes a block there. Then that is published. An error is
    // the store's, or write's own.
    using TakeMemory = std::function<Result<void*>(size_t bytes)>;
    Status publish(const std::function<Status(const TakeMemory&)>& write, size_t* bytes, uint64_t* version);

private:
    DemandRow& demand() const noexcept;
    SharedWorkerRow& row() const noexcept;
    void change_verdict(uint64_t set, uint64_t clear) noexcept;

    SharedScope& scope_;
    const uint32_t place_;
};

}  // namespace bgworkers
