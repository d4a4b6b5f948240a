#include "core/registry.h"

namespace bgworkers {

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
    scope.next_load_ = now + kReloadInterval;
    return true;
}

Status Registry::adopt(Scope& scope, Result<ScopeSpec> spec, std::unique_ptr<ScopeSettings> settings, TimePoint now) {
    MutexLock lock(mutex_);
    if (scope.loaded()) {
        return {};  // another thread was faster; what it read is as good
    }
    scope.next_load_ = now + kReloadInterval;
    scope.load_error_ = spec.status();
    if (spec.ok()) {
        scope.spec_ = std::move(spec.value());
        scope.settings_ = std::move(settings);
        scope.loaded_.store(true, std::memory_order_release);
    }
    return scope.load_error_;
}

Result<Worker*> Registry::worker(Scope& scope, const std::string& name) {
    MutexLock lock(mutex_);
    Worker* worker = find_or_declare(scope, name);
    if (worker == nullptr) {
        const std::optional<WorkerSpec>& catch_all = scope.spec_.catch_all;
        if (!catch_all) {
            return Status::runtime("worker \"" + name + "\" is not declared; declared: " +
                                   scope.spec_.declared_names());
        }
        if (scope.catch_all_names_ >= catch_all->max_threads) {
            return Status::runtime("cannot start worker \"" + name + "\": the catch-all is full, it may start " +
                                   std::to_string(catch_all->max_threads) +
                                   " names; raise max_threads in its [*] section");
        }
        if (threads_ >= max_threads_) {
            return Status::runtime("cannot start worker \"" + name + "\": bgworkers.max_threads=" +
                                   std::to_string(max_threads_) + " is reached; raise it in php.ini");
        }
        worker = create(scope, *catch_all, name);
        ++scope.catch_all_names_;
    }
    Status counted = count_threads(*worker);
    if (!counted.ok()) {
        return counted;
    }
    return worker;
}

Worker* Registry::find_or_declare(Scope& scope, const std::string& name) {
    auto found = scope.workers_.find(name);
    if (found != scope.workers_.end()) {
        return found->second.get();
    }
    for (const WorkerSpec& spec : scope.spec_.workers) {
        if (spec.name == name) {
            return create(scope, spec, name);
        }
    }
    return nullptr;
}

Worker* Registry::create(Scope& scope, const WorkerSpec& spec, const std::string& name) {
    auto worker = std::make_unique<Worker>(scope, spec, name, wake_, wake_data_);
    Worker* created = worker.get();
    scope.workers_.emplace(name, std::move(worker));
    generation_.fetch_add(1, std::memory_order_release);
    return created;
}

Status Registry::count_threads(Worker& worker) {
    if (counted_.count(&worker) != 0) {
        return {};
    }
    const int wanted = static_cast<int>(worker.instances().size());
    if (threads_ + wanted > max_threads_) {
        return Status::runtime("cannot start worker \"" + worker.name() + "\": it needs " + std::to_string(wanted) +
                               (wanted == 1 ? " thread, " : " threads, ") + std::to_string(threads_) +
                               " are taken and bgworkers.max_threads=" + std::to_string(max_threads_) +
                               "; raise it in php.ini");
    }
    counted_.emplace(&worker, wanted);
    threads_ += wanted;
    return {};
}

std::vector<Worker*> Registry::workers(Scope& scope) {
    std::vector<Worker*> found;
    MutexLock lock(mutex_);
    if (scope.loaded()) {
        for (const WorkerSpec& spec : scope.spec_.workers) {
            find_or_declare(scope, spec.name);
        }
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

void Registry::lock_for_fork() {
    mutex_.lock();
    for (auto& [key, scope] : scopes_) {
        for (auto& [name, worker] : scope->workers_) {
            worker->lock_for_fork();
        }
    }
}

void Registry::unlock_after_fork() {
    for (auto& [key, scope] : scopes_) {
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
    }
}

}  // namespace bgworkers
