// (scope, name) -> worker. The only map of the process; creates each worker once and holds the caps.
//
// A scope is the triple (workers file, entrypoint, label). Its declarations are read once; while they are wrong,
// again at most every kReloadInterval seconds. Parsing needs PHP and happens outside, on a request's thread,
// without a lock: load_due() says whose turn it is, adopt() brings the result.
//
// Scopes and workers live as long as the registry (the module) and never move, so readers keep pointers.
// Threads: any; one short mutex. Fork: prepare locks the registry, then every worker; the child
// reinitialises and starts nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/base/status.h"
#include "core/shared/shared_scope.h"
#include "core/workers/worker.h"

namespace bgworkers {

struct ScopeKey {
    std::string config;
    std::string entrypoint;
    std::string label;
    auto operator<=>(const ScopeKey&) const = default;
};

// What the host adds to a scope (the settings of its pool or virtual host). Opaque here.
class ScopeSettings {
public:
    virtual ~ScopeSettings() = default;
};

class Scope {
public:
    static constexpr std::chrono::seconds kAutostartInterval{1};

    explicit Scope(ScopeKey key) : key_(std::move(key)) {}

    const ScopeKey& key() const noexcept { return key_; }

    // Declarations were adopted; spec() and settings() are fixed from then on.
    bool loaded() const noexcept { return loaded_.load(std::memory_order_acquire); }
    const ScopeSpec& spec() const noexcept { return spec_; }
    ScopeSettings* settings() const noexcept { return settings_.get(); }
    // The part of it that processes share; nullptr: nothing is shared, or no longer (Registry::leave_shared()), and
    // `shared = 1` means nothing.
    SharedScope* shared() const noexcept { return shares() ? shared_.get() : nullptr; }

    // Workers with num >= 1, and jobs, start with the first request that wants them to. An attempt that fails (no
    // descriptors, no memory) is repeated by later requests and calls of the API, by one of them in kAutostartInterval,
    // until somebody says that it is done. Any thread; two attempts at once do no harm, since a worker starts once.
    void want_autostart() noexcept;
    bool autostart_wanted() const noexcept { return autostart_.load(std::memory_order_acquire) == Autostart::wanted; }
    bool autostart_due(std::chrono::steady_clock::time_point now) noexcept;
    bool is_autostarted() const noexcept { return autostart_.load(std::memory_order_acquire) == Autostart::done; }
    // Somebody has seen that the declarations were edited after they were read here. true: for the first time.
    bool note_edit() noexcept { return !edit_noted_.exchange(true, std::memory_order_relaxed); }
    // true: for the first time.
    bool autostart_done() noexcept {
        return autostart_.exchange(Autostart::done, std::memory_order_acq_rel) != Autostart::done;
    }

private:
    friend class Registry;
    bool shares() const noexcept { return !left_shared_.load(std::memory_order_acquire); }
    enum class Autostart { unasked, wanted, done };
    const ScopeKey key_;
    std::atomic<bool> loaded_{false};
    std::atomic<bool> edit_noted_{false};
    std::atomic<Autostart> autostart_{Autostart::unasked};
    std::atomic<std::chrono::steady_clock::rep> next_autostart_{
        std::chrono::steady_clock::time_point::min().time_since_epoch().count()};
    ScopeSpec spec_;
    std::unique_ptr<ScopeSettings> settings_;
    std::unique_ptr<SharedScope> shared_;
    std::atomic<bool> left_shared_{false};  // set under Registry::mutex_
    // Under Registry::mutex_:
    Status load_error_;
    std::chrono::steady_clock::time_point next_load_{};
    std::map<std::string, std::unique_ptr<Worker>, std::less<>> workers_;
    int catch_all_names_ = 0;
};

class Registry {
public:
    static constexpr std::chrono::seconds kReloadInterval{5};

    // wake: see Worker. max_threads: bgworkers.max_threads. task_memory: bgworkers.task_memory, 0 = no limit.
    Registry(int max_threads, void (*wake)(void*), void* wake_data, size_t task_memory = 0)
        : max_threads_(max_threads), wake_(wake), wake_data_(wake_data) {
        task_memory_.set_limit(task_memory);
    }

    Scope& scope(const ScopeKey& key) BGW_EXCLUDES(mutex_);

    using TimePoint = std::chrono::steady_clock::time_point;

    // True: the caller has to read the declarations now and bring them to adopt(). False: they are loaded, or
    // *error holds why they are not. Several callers may be first at once. After a mistake, one caller per
    // kReloadInterval is sent, even if the one before never called adopt().
    bool load_due(Scope& scope, Status* error, TimePoint now = std::chrono::steady_clock::now()) BGW_EXCLUDES(mutex_);
    Status adopt(Scope& scope, Result<ScopeSpec> spec, std::unique_ptr<ScopeSettings> settings,
                 TimePoint now = std::chrono::steady_clock::now(), std::unique_ptr<SharedScope> shared = nullptr)
        BGW_EXCLUDES(mutex_);

    // The worker of that name in a loaded scope; a name of the catch-all is created and keeps its place. Its
    // threads are counted against max_threads from here on, whether they run or not. One that does not fit is refused
    // before anything is made for it.
    Result<Worker*> worker(Scope& scope, const std::string& name) BGW_EXCLUDES(mutex_);

    // The same without making it, or counting it: nullptr if it is declared and nobody has asked for it. Of a name that
    // only the catch-all stands for, an error then. A shared one is made, not counted: others may have asked for it.
    Result<Worker*> known(Scope& scope, const std::string& name) BGW_EXCLUDES(mutex_);

    // Workers that exist in the scope, by name. Declared ones that nobody has asked for are created without counting,
    // and without instances if max_threads never allows so many.
    std::vector<Worker*> workers(Scope& scope) BGW_EXCLUDES(mutex_);
    // All workers of all scopes, appended to *out.
    void all_workers(std::vector<Worker*>* out) BGW_EXCLUDES(mutex_);
    // All scopes that have something shared, or had, with that; appended to *out.
    void shared_scopes(std::vector<std::pair<Scope*, SharedScope*>>* out) BGW_EXCLUDES(mutex_);
    // All workers of the scope belong to this process alone from now on, those that are made later, too: what processes
    // share is spoilt. Those that worker() was asked for start, or do when it is. The memory goes on living, for what
    // is pinned there. True: for the first time.
    bool leave_shared(Scope& scope) noexcept BGW_EXCLUDES(mutex_);
    // Of all of them together.
    const TaskMemory& task_memory() const noexcept { return task_memory_; }
    // Changes whenever a worker is created, or a scope with something shared is loaded.
    uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

    void lock_for_fork() BGW_NO_THREAD_SAFETY_ANALYSIS;
    void unlock_after_fork() BGW_NO_THREAD_SAFETY_ANALYSIS;
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    static const WorkerSpec* declared(const Scope& scope, const std::string& name);
    static Status refuse_name(const Scope& scope, const std::string& name);
    static Worker* find(Scope& scope, const std::string& name);
    // One of those that are shared, and whether worker() was asked for it; nullptr: there is none.
    Worker* any_shared(Scope& scope, bool* is_read) BGW_EXCLUDES(mutex_);
    Result<Worker*> create(Scope& scope, const WorkerSpec& spec, const std::string& name) BGW_REQUIRES(mutex_);
    // Names of the catch-all that other processes have asked for.
    void create_shared_by_others(Scope& scope) BGW_REQUIRES(mutex_);
    Status refuse_threads(const std::string& name, int wanted) const BGW_REQUIRES(mutex_);

    const int max_threads_;
    void (*const wake_)(void*);
    void* const wake_data_;
    TaskMemory task_memory_;  // outlives the workers
    std::atomic<uint64_t> generation_{0};
    Mutex mutex_;
    std::map<ScopeKey, std::unique_ptr<Scope>> scopes_ BGW_GUARDED_BY(mutex_);
    std::map<const Worker*, int> counted_ BGW_GUARDED_BY(mutex_);
    int threads_ BGW_GUARDED_BY(mutex_) = 0;
};

}  // namespace bgworkers
