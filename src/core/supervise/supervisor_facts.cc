// What the supervisor tells other processes of this one's workers (core/shared/process_facts.h).
//
// It tells at most once a second. Whatever wakes the loop may have changed something, and is told within that second.
// Publications and tasks wake nobody: those are found by looking, once a second as long as something changes and every
// five seconds while nothing does. Where the loop ticks for shared workers anyway it looks with those ticks.
#include <algorithm>

#include "core/os/loop_timer.h"
#include "core/supervise/supervisor.h"

namespace bgworkers {

namespace {

constexpr double kTellEvery = 1;  // seconds
constexpr double kTellBeat = 5;   // while nothing changes
constexpr double kTickMayBeEarly = 0.1;

static_assert(kTaskOutcomes == std::extent_v<decltype(FactNumbers::ended)>);

double unix_now() noexcept {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

FactsOfWorker facts_of(Worker& worker, double now) {
    WorkerFacts facts = worker.facts();
    const Slot::Facts published = worker.slot().facts();
    const TaskQueue::Facts tasks = worker.tasks().facts();
    FactsOfWorker told;
    told.name = worker.name();
    told.error = std::move(facts.last_error);
    FactNumbers& numbers = told.numbers;
    numbers.state = static_cast<uint64_t>(facts.state);
    numbers.hung = facts.hung;
    numbers.since = facts.since;
    numbers.instances = static_cast<uint64_t>(facts.instances);
    numbers.runs = facts.runs;
    numbers.crashes = facts.crashes;
    numbers.failures = facts.consecutive_failures;
    if (facts.last_exit_status) {
        numbers.exit_status = FactNumbers::kHasExitStatus | static_cast<uint32_t>(*facts.last_exit_status);
    }
    numbers.next_run = facts.next_run.value_or(0);
    numbers.shared = facts.shared;
    numbers.leader = facts.leader;
    numbers.took_over = facts.took_over;
    numbers.version = published.version;
    numbers.publications = published.publications;
    numbers.bytes = published.bytes;
    numbers.pinned_bytes = published.replaced_bytes;
    numbers.published_at = published.published_at;
    numbers.looked_at = published.looked_at;
    numbers.queued = tasks.queued;
    numbers.running = tasks.running;
    numbers.sent = tasks.sent;
    numbers.busy = static_cast<uint64_t>(tasks.busy);
    numbers.oldest_at = tasks.oldest ? now - *tasks.oldest : 0;
    std::copy(std::begin(tasks.ended), std::end(tasks.ended), std::begin(numbers.ended));
    return told;
}

}  // namespace

// Also those that are declared and that nobody has asked for: status() shows them, too.
void Supervisor::find_workers_to_tell() {
    std::vector<Worker*> all;
    // To ask for the workers of a scope makes those that are only declared, and so changes the number: until it stays.
    for (uint64_t generation = registry_.generation(); generation != told_generation_;
         generation = registry_.generation()) {
        registry_.all_workers(&all);
        std::vector<std::pair<Scope*, SharedScope*>> shared;
        registry_.shared_scopes(&shared);
        std::vector<Scope*> scopes;
        for (const auto& [scope, part] : shared) {
            // Perhaps none of its workers is made yet.
            scopes.push_back(scope);
        }
        for (Worker* worker : all) {
            scopes.push_back(&worker->scope());
        }
        std::sort(scopes.begin(), scopes.end());
        scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
        for (Scope* scope : scopes) {
            const ScopeKey& key = scope->key();
            const uint64_t told_as = facts_->key_of(key.config, key.entrypoint, key.label);
            for (Worker* worker : registry_.workers(*scope)) {
                const bool known = std::any_of(told_workers_.begin(), told_workers_.end(),
                                               [&](const ToldWorker& told) { return told.worker == worker; });
                if (!known) {
                    told_workers_.push_back({worker, told_as});
                }
            }
        }
        all.clear();
        told_generation_ = generation;
    }
}

bool Supervisor::look_at_facts() {
    find_workers_to_tell();
    const double now = unix_now();
    std::vector<ProcessFacts::Telling> all;
    all.reserve(told_workers_.size());
    for (const ToldWorker& told : told_workers_) {
        all.push_back({told.scope, facts_of(*told.worker, now)});
    }
    size_t resident = 0;
    uv_resident_set_memory(&resident);
    return facts_->tell(all, now, resident);
}

void Supervisor::tell_facts() noexcept {
    if (facts_ == nullptr || !facts_->entered()) {
        return;
    }
    const double since = told_at_ == 0 ? kTellEvery : static_cast<double>(uv_hrtime() - told_at_) / 1e9;
    double next = kTellEvery - since;
    // Ticks come once a second as well: one that rings a little early would be passed over, and the next be a second
    // late.
    if (next < kTickMayBeEarly) {
        // So that it is tried again in a second, should there be no memory.
        bool changed = true;
        now_or_later([&] { changed = look_at_facts(); });
        told_at_ = uv_hrtime();
        next = changed ? kTellEvery : kTellBeat;
    }
    if (!uv_is_active(reinterpret_cast<uv_handle_t*>(&shared_timer_))) {
        start_timer(
            &facts_timer_, [](uv_timer_t* timer) { static_cast<Supervisor*>(timer->data)->tell_facts(); }, next);
    }
}

void Supervisor::on_shared_tick() noexcept {
    look_at_shared();
    tell_facts();
}

}  // namespace bgworkers
