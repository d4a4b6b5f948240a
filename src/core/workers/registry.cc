#include "core/workers/registry.h"

#include <algorithm>

#include "core/base/spelling.h"

namespace bgworkers {

void Scope::want_autostart() noexcept {
    Autostart unasked = Autostart::unasked;
    autostart_.compare_exchange_strong(unasked, Autostart::wanted, std::memory_order_acq_rel);
}

bool Scope::autostart_due(std::chrono::steady_clock::time_point now) noexcept {
    if (!autostart_wanted()) {
        return false;
    }
    auto next = next_autostart_.load(std::memory_order_relaxed);
    const auto later = (now + kAutostartInterval).time_since_epoch().count();
    // Of many that come at once one goes.
    return now.time_since_epoch().count() >= next &&
           next_autostart_.compare_exchange_strong(next, later, std::memory_order_acq_rel);
}

Scope& Registry::scope(const ScopeKey& key) {
    MutexLock lock(mutex_);
    auto found = scopes_.find(key);
    if (found == scopes_.end()) {
        // Made first: were memory out in between, the map would keep a place without a scope.
        auto scope = std::make_unique<Scope>(key);
        found = scopes_.emplace(key, std::move(scope)).first;
    }
    return *found->second;
}

bool Registry::load_due(Scope& scope, Status* error, TimePoint now) {
    if (scope.loaded()) {
        return false;
    }
    MutexLock lock(mutex_);
    if (scope.loaded()) {
        return false;
    }
    if (!scope.load_error_.ok() && now < scope.next_load_) {
        *error = scope.load_error_;
        return false;
    }
    // Before anybody has read them: whoever does not come back, for a bailout, keeps nobody from trying later.
    scope.next_load_ = now + kReloadInterval;
    return true;
}

Status Registry::adopt(Scope& scope, Result<ScopeSpec> spec, std::unique_ptr<ScopeSettings> settings, TimePoint now,
                       std::unique_ptr<SharedScope> shared) {
    MutexLock lock(mutex_);
    if (scope.loaded()) {
        return {};  // another thread was faster; what it read is as good
    }
    scope.next_load_ = now + kReloadInterval;
    scope.load_error_ = spec.status();
    if (spec.ok()) {
        scope.spec_ = std::move(spec.value());
        scope.settings_ = std::move(settings);
        scope.shared_ = std::move(shared);
        // The loop has to tick for it before any worker is made.
        generation_.fetch_add(scope.shared_ != nullptr ? 1 : 0, std::memory_order_release);
        // Last: who sees it reads the declarations without the mutex.
        scope.loaded_.store(true, std::memory_order_release);
    }
    return scope.load_error_;
}

Result<Worker*> Registry::worker(Scope& scope, const std::string& name) {
    MutexLock lock(mutex_);
    Worker* worker = find(scope, name);
    if (worker != nullptr && counted_.count(worker) != 0) {
        return worker;
    }
    const WorkerSpec* spec = worker == nullptr ? declared(scope, name) : &worker->spec();
    const bool caught = spec == nullptr;
    if (caught) {
        const std::optional<WorkerSpec>& catch_all = scope.spec_.catch_all;
        if (!catch_all || scope.spec_.switched_off.count(name) != 0) {
            return refuse_name(scope, name);
        }
        // Names count, not runs: what requests make up must not grow without an end, and no name is ever taken back.
        if (scope.catch_all_names_ >= catch_all->max_threads) {
            return Status::runtime("cannot start worker \"" + name + "\": the catch-all is full, it may start " +
                                   std::to_string(catch_all->max_threads) +
                                   " names; raise max_threads in its [*] section");
        }
        if (threads_ >= max_threads_) {
            return Status::runtime("cannot start worker \"" + name + "\": bgworkers.max_threads=" +
                                   std::to_string(max_threads_) + " is reached; raise it in php.ini");
        }
        spec = &*catch_all;
    }
    const int wanted = instances_of(*spec);
    // Subtracted, for num may be INT_MAX. Before the worker is made: an instance each would need that memory.
    if (wanted > max_threads_ - threads_) {
        return refuse_threads(name, wanted);
    }
    if (worker == nullptr) {
        Result<Worker*> created = create(scope, *spec, name);
        if (!created.ok()) {
            return created;
        }
        worker = created.value();
        scope.catch_all_names_ += caught ? 1 : 0;
    }
    // Last: one that could not be made has taken no threads.
    counted_.emplace(worker, wanted);
    threads_ += wanted;
    // Its slot keeps what other processes have published, so nobody waits for a first publication.
    if (scope.left_shared_.load(std::memory_order_relaxed) && worker->slot().version() != 0) {
        worker->request_start();
    }
    return worker;
}

Result<Worker*> Registry::known(Scope& scope, const std::string& name) {
    MutexLock lock(mutex_);
    create_shared_by_others(scope);
    Worker* worker = find(scope, name);
    const WorkerSpec* spec = worker == nullptr ? declared(scope, name) : nullptr;
    if (spec != nullptr && spec->shared && scope.shared() != nullptr) {
        return create(scope, *spec, name);
    }
    if (worker != nullptr || spec != nullptr) {
        return worker;
    }
    return refuse_name(scope, name);
}

Status Registry::refuse_name(const Scope& scope, const std::string& name) {
    const ScopeSpec& spec = scope.spec_;
    const std::string worker = "worker \"" + name + "\" is ";
    if (const auto off = spec.switched_off.find(name); off != spec.switched_off.end()) {
        return Status::runtime(worker + "switched off (enabled = 0) in " + off->second);
    }
    std::string message = worker + "not declared";
    if (spec.catch_all) {
        message += ", and nothing has started it by way of [*]";
    } else if (const auto off = spec.switched_off.find("*"); off != spec.switched_off.end()) {
        message += ", and [*] is switched off (enabled = 0) in " + off->second;
    }
    message += "; declared: " + spec.declared_names();
    NearestName nearest(name);
    for (const WorkerSpec& each : spec.workers) {
        nearest.offer(each.name);
    }
    if (nearest.found()) {
        message += "; did you mean \"" + std::string(nearest.name()) + "\"?";
    }
    return Status::runtime(std::move(message));
}

const WorkerSpec* Registry::declared(const Scope& scope, const std::string& name) {
    for (const WorkerSpec& spec : scope.spec_.workers) {
        if (spec.name == name) {
            return &spec;
        }
    }
    return nullptr;
}

Worker* Registry::find(Scope& scope, const std::string& name) {
    const auto found = scope.workers_.find(name);
    return found == scope.workers_.end() ? nullptr : found->second.get();
}

Result<Worker*> Registry::create(Scope& scope, const WorkerSpec& spec, const std::string& name) {
    const bool can_start = instances_of(spec) <= max_threads_;
    SharedWorker* shared = nullptr;
    if (spec.shared && scope.shared() != nullptr) {
        // Declared names have taken the first places.
        const size_t most = spec.name.empty() ? scope.spec_.workers.size() + static_cast<size_t>(spec.max_threads)
                                              : size_t{kPublications};
        Result<SharedWorker*> place =
            scope.shared_->worker(name, static_cast<uint32_t>(std::min<size_t>(most, kPublications)));
        if (!place.ok()) {
            return place.status();
        }
        shared = place.value();
    }
    auto worker = std::make_unique<Worker>(scope, spec, name, wake_, wake_data_, can_start, &task_memory_, shared);
    Worker* created = worker.get();
    scope.workers_.emplace(name, std::move(worker));
    generation_.fetch_add(1, std::memory_order_release);
    return created;
}

void Registry::create_shared_by_others(Scope& scope) {
    if (scope.shared() == nullptr || !scope.spec_.catch_all || !scope.spec_.catch_all->shared) {
        return;
    }
    for (uint32_t place = 0; place < kPublications; ++place) {
        const std::string name = scope.shared_->name(place);
        if (!name.empty() && find(scope, name) == nullptr && declared(scope, name) == nullptr &&
            create(scope, *scope.spec_.catch_all, name).ok()) {
            // When somebody asks for it here it is not new any more, so it counts now.
            ++scope.catch_all_names_;
        }
    }
}

Status Registry::refuse_threads(const std::string& name, int wanted) const {
    return Status::runtime("cannot start worker \"" + name + "\": it needs " + std::to_string(wanted) +
                           (wanted == 1 ? " thread, " : " threads, ") + std::to_string(threads_) +
                           " are taken and bgworkers.max_threads=" + std::to_string(max_threads_) +
                           "; raise it in php.ini");
}

std::vector<Worker*> Registry::workers(Scope& scope) {
    std::vector<Worker*> found;
    MutexLock lock(mutex_);
    if (scope.loaded()) {
        for (const WorkerSpec& spec : scope.spec_.workers) {
            if (find(scope, spec.name) == nullptr) {
                static_cast<void>(create(scope, spec, spec.name));  // one without a place is not there
            }
        }
        create_shared_by_others(scope);
    }
    for (auto& [name, worker] : scope.workers_) {
        found.push_back(worker.get());
    }
    return found;
}

void Registry::all_workers(std::vector<Worker*>* out) {
    MutexLock lock(mutex_);
    for (auto& [key, scope] : scopes_) {
        for (auto& [name, worker] : scope->workers_) {
            out->push_back(worker.get());
        }
    }
}

Worker* Registry::any_shared(Scope& scope, bool* is_read) {
    MutexLock lock(mutex_);
    for (auto& [name, worker] : scope.workers_) {
        if (worker->shared() != nullptr) {
            *is_read = counted_.count(worker.get()) != 0;
            return worker.get();
        }
    }
    return nullptr;
}

// Jobs and workers with num >= 1 run in this process from now on: its next request starts those that nobody has asked
// for here.
bool Registry::leave_shared(Scope& scope) noexcept {
    {
        MutexLock lock(mutex_);
        if (scope.shared() == nullptr) {
            return false;
        }
        // Under the mutex, under which workers are made: each is shared and found below, or is not.
        scope.left_shared_.store(true, std::memory_order_release);
    }
    // Outside the lock, and from now on no new one is shared.
    bool is_read;
    while (Worker* worker = any_shared(scope, &is_read)) {
        worker->leave_shared(is_read);
    }
    Scope::Autostart done = Scope::Autostart::done;
    scope.autostart_.compare_exchange_strong(done, Scope::Autostart::wanted, std::memory_order_acq_rel);
    return true;
}

void Registry::shared_scopes(std::vector<std::pair<Scope*, SharedScope*>>* out) {
    MutexLock lock(mutex_);
    for (auto& [key, scope] : scopes_) {
        if (scope->shared_ != nullptr) {
            out->emplace_back(scope.get(), scope->shared_.get());
        }
    }
}

void Registry::lock_for_fork() {
    mutex_.lock();
    for (auto& [key, scope] : scopes_) {
        for (auto& [name, worker] : scope->workers_) {
            worker->lock_for_fork();
        }
        if (scope->shared_ != nullptr) {
            scope->shared_->lock_for_fork();
        }
    }
}

void Registry::unlock_after_fork() {
    for (auto& [key, scope] : scopes_) {
        if (scope->shared_ != nullptr) {
            scope->shared_->unlock_after_fork();
        }
        for (auto& [name, worker] : scope->workers_) {
            worker->unlock_after_fork();
        }
    }
    mutex_.unlock();
}

void Registry::reinitialise() {
    mutex_.reinitialise();
    for (auto& [key, scope] : scopes_) {
        for (auto& [name, worker] : scope->workers_) {
            worker->reinitialise();
        }
        if (scope->shared_ != nullptr) {
            scope->shared_->reinitialise();
        }
    }
}

}  // namespace bgworkers
